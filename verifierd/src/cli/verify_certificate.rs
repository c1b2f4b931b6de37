//! `verifierd verify-certificate`.

use std::{path::PathBuf, sync::Arc};

use sig_core::{
    Budget, Error, Validator,
    cms::bundle::unwrap_text,
    finding::Indication,
    report::{Judged, QualifiedVerdict, Report},
    x509::certificate::Certificate,
};

use super::{
    Exit,
    material::{Options, Setting, read_file},
    path_options::EndEntityOptions,
    verify::refused,
};

/// Judge one certificate: path, revocation, and whether it is a qualified one
///
/// Exit: 0 passed (and qualified, under ru-qes or by European lists), 1 failed, 2 not proven or not
/// qualified, 64 usage, 65 no certificate, 75 a limit.
///
/// Проверить один сертификат: цепочку, отзыв, квалифицированный ли он.
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    end_entity: EndEntityOptions,
    /// The certificate, DER, PEM or base64 / сертификат
    #[arg(value_name = "CERTIFICATE")]
    certificate: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let (setting, file) = match arguments.options.read().and_then(|mut setting| {
        arguments.end_entity.apply(&mut setting.policy);
        let file = read_file(&arguments.certificate)?;
        Ok((setting, file))
    }) {
        Ok(read) => read,
        Err(stopped) => return stopped.tell(),
    };
    match judge(&setting, &file) {
        Ok(report) => {
            setting.print(&arguments.certificate, &report, false);
            exit_of(&report)
        }
        Err(error) => refused(&arguments.certificate, &error),
    }
}

fn judge(setting: &Setting, file: &[u8]) -> Result<Report, Error> {
    let octets = unwrap_text(file)?
        .into_iter()
        .next()
        .unwrap_or_else(|| Vec::new().into());
    let mut budget = Budget::new(setting.limits);
    let certificate = Arc::new(Certificate::from_der(&octets, &mut budget)?);
    let validator = Validator {
        algorithms: setting.algorithms,
        policy: setting.policy.clone(),
        limits: setting.limits,
    };
    validator.validate_certificate(&certificate, &setting.material, setting.at)
}

fn exit_of(report: &Report) -> Exit {
    let Judged::Certificate(certificate) = &report.judged else {
        return Exit::Internal;
    };
    match certificate.conclusion.indication {
        Indication::TotalPassed => {
            let qualified = certificate.qualified.as_ref();
            match qualified.map(|report| report.verdict) {
                None | Some(QualifiedVerdict::Qualified) => Exit::Done,
                Some(QualifiedVerdict::NotQualified | QualifiedVerdict::NotProvable) => {
                    Exit::Indeterminate
                }
            }
        }
        Indication::TotalFailed => Exit::Failed,
        Indication::Indeterminate | Indication::NoSignature => Exit::Indeterminate,
    }
}
