//! The daemon that issues applications and judges their signatures: `verifier.v1` over gRPC.

use std::error::Error as _;
use std::time::Duration;

use pcsc_reader::{Language, system_fault};
use proto::client::{self, Unusable};
use proto::v1::confirmation_service_client::ConfirmationServiceClient;
use proto::v1::{
    Application, Channel as ConfirmationChannel, GetApplicationRequest, GetApplicationResponse,
    PrepareApplicationRequest, PrepareApplicationResponse, SubmitApplicationRequest,
    SubmitApplicationResponse,
};
use tokio::runtime::Runtime;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::{ErrorDetail, StatusExt as _};

use crate::exit::Exit;
use crate::failure::{Failure, Told};
use crate::text::BothLanguages;
use crate::tls::TlsFiles;

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Longest wait for an answer: a judgement may fetch revocation data.
const ANSWER: Duration = Duration::from_secs(120);

/// A connection to the daemon.
pub(crate) struct Daemon {
    address: String,
    runtime: Runtime,
    confirmations: ConfirmationServiceClient<Channel>,
}

impl Daemon {
    /// Connects. Only this machine's own daemon is spoken to without TLS.
    pub(crate) fn connect(address: &str, files: &TlsFiles) -> Result<Self, Failure> {
        let endpoint = client::endpoint(address, files.read()?);
        let endpoint = endpoint.map_err(|unusable| unusable_endpoint(address, unusable))?;
        // On a thread of its own: the daemon asks silent connections whether anybody is there, also while a PIN is awaited.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| {
                let said = |language| system_fault(error.kind(), language);
                Failure::internal([said(Language::Ru), said(Language::En)])
            })?;
        let endpoint = endpoint.connect_timeout(CONNECT).timeout(ANSWER);
        let channel = runtime.block_on(endpoint.connect());
        let channel = channel.map_err(|error| match client::tls_fault(&error) {
            Some(why) => no_tls(address, &why),
            None => unreachable(address),
        })?;
        Ok(Daemon {
            address: address.to_owned(),
            runtime,
            confirmations: ConfirmationServiceClient::new(channel),
        })
    }

    /// Has an application prepared for the holder's own signature.
    pub(crate) fn prepare(&mut self, account: &str) -> Result<PrepareApplicationResponse, Failure> {
        let request = PrepareApplicationRequest {
            account_id: account.to_owned(),
            channel: ConfirmationChannel::OwnSignature.into(),
            attestor: None,
        };
        let call = self.confirmations.prepare_application(request);
        let answer = self.runtime.block_on(call);
        Ok(answer
            .map_err(|status| refused(&self.address, &status))?
            .into_inner())
    }

    /// An application that was prepared before.
    pub(crate) fn application(
        &mut self,
        account: &str,
        application: &str,
    ) -> Result<GetApplicationResponse, Failure> {
        let request = GetApplicationRequest {
            account_id: account.to_owned(),
            application_id: application.to_owned(),
        };
        let call = self.confirmations.get_application(request);
        let answer = self.runtime.block_on(call);
        Ok(answer
            .map_err(|status| refused(&self.address, &status))?
            .into_inner())
    }

    /// Hands a signature in and waits for the judgement.
    pub(crate) fn submit(
        &mut self,
        account: &str,
        application: &str,
        signature: Vec<u8>,
    ) -> Result<SubmitApplicationResponse, Failure> {
        let request = SubmitApplicationRequest {
            account_id: account.to_owned(),
            application_id: application.to_owned(),
            signature,
        };
        let call = self.confirmations.submit_application(request);
        let answer = self.runtime.block_on(call);
        Ok(answer
            .map_err(|status| refused(&self.address, &status))?
            .into_inner())
    }
}

/// The application of an answer.
pub(crate) fn application_of(application: Option<Application>) -> Result<Application, Failure> {
    application.ok_or_else(|| {
        Failure::internal([
            "в ответе службы нет заявления",
            "the daemon's answer holds no application",
        ])
    })
}

fn unusable_endpoint(address: &str, unusable: Unusable) -> Failure {
    let (what, advice) = match unusable {
        Unusable::NoAddress => (
            [
                format!("{address} не адрес службы"),
                format!("{address} is no address of a daemon"),
            ],
            [
                "Укажите http://127.0.0.1:ПОРТ или https://АДРЕС:ПОРТ.",
                "Give http://127.0.0.1:PORT or https://ADDRESS:PORT.",
            ],
        ),
        Unusable::OtherMachine => (
            [
                format!(
                    "Адрес {address} не годится: без TLS служба доступна только на этой машине"
                ),
                format!(
                    "The address {address} cannot be used: without TLS only a daemon of this machine is spoken to"
                ),
            ],
            [
                "Укажите http://127.0.0.1:ПОРТ, а для другой машины её адрес https://.",
                "Give http://127.0.0.1:PORT, and for another machine its https:// address.",
            ],
        ),
        Unusable::Scheme => return TlsFiles::missing(),
        Unusable::Parts(why) => (
            [
                format!("Файлы TLS не подходят: {why}"),
                format!("The files of TLS cannot be used: {why}"),
            ],
            [
                "Укажите сертификаты и закрытый ключ в PEM.",
                "Give certificates and a private key in PEM.",
            ],
        ),
    };
    Failure::told(Exit::Usage, "desk.endpoint.unusable", what, advice)
}

fn no_tls(address: &str, why: &str) -> Failure {
    Failure::told(
        Exit::Unavailable,
        "desk.daemon.tls",
        [
            format!("Нет соединения TLS со службой {address}: {why}"),
            format!("There is no TLS connection with the daemon at {address}: {why}"),
        ],
        [
            "Проверьте --tls-ca, --tls-certificate и --tls-key; причина отказа есть и в журнале службы.",
            "Check --tls-ca, --tls-certificate and --tls-key; the log of the daemon has the reason of a refusal, too.",
        ],
    )
}

fn unreachable(address: &str) -> Failure {
    Failure::told(
        Exit::Unavailable,
        "desk.daemon.unreachable",
        [
            format!("Служба не отвечает по адресу {address}"),
            format!("The daemon does not answer at {address}"),
        ],
        [
            "Проверьте адрес и запущена ли служба: verifierd serve.",
            "Check the address and whether the daemon runs: verifierd serve.",
        ],
    )
}

/// The daemon took a request and no answer came: whether it was carried out is not known.
fn lost() -> Failure {
    Failure::told(
        Exit::Unavailable,
        "desk.daemon.lost",
        [
            "Связь со службой оборвалась, её ответ неизвестен".into(),
            "The connection to the daemon broke, its answer is unknown".into(),
        ],
        [
            "Проверьте, запущена ли служба (verifierd serve), и повторите: повтор ничего не портит.",
            "Check whether the daemon runs (verifierd serve) and try again: to repeat it does no harm.",
        ],
    )
}

/// What the daemon said, in its own words where it sent them.
fn refused(address: &str, status: &Status) -> Failure {
    let exit = match status.code() {
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => Exit::Unavailable,
        Code::Internal | Code::Unknown | Code::DataLoss | Code::Unimplemented => Exit::Internal,
        _ => Exit::Refused,
    };
    let (mut ru, mut en) = (None, None);
    let mut reason = None;
    for detail in status.get_error_details_vec() {
        match detail {
            ErrorDetail::ErrorInfo(info) => reason = Some(info.reason),
            ErrorDetail::LocalizedMessage(text) if text.locale == "ru" => ru = Some(text.message),
            ErrorDetail::LocalizedMessage(text) if text.locale == "en" => en = Some(text.message),
            _ => {}
        }
    }
    // The daemon itself always gives a reason.
    let is_silent = matches!(
        status.code(),
        Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled
    );
    if let Some(why) = status.source().and_then(client::tls_fault) {
        return no_tls(address, &why);
    }
    if reason.is_none() && (is_silent || client::is_cut(status)) {
        return lost();
    }
    let reason = reason.unwrap_or_else(|| format!("{:?}", status.code()));
    let said = |text: Option<String>, label: &str| match text {
        Some(text) => format!("{label} ({reason}): {}", text.trim_end_matches('.')),
        None => format!("{label} ({reason})"),
    };
    Failure::Told(Told {
        exit,
        code: "desk.daemon.refused",
        what: BothLanguages {
            ru: said(ru, "Служба отказала"),
            en: said(en, "The daemon refused"),
        },
        advice: BothLanguages {
            ru: "Исправьте причину и повторите.".into(),
            en: "Mend the cause and try again.".into(),
        },
    })
}
