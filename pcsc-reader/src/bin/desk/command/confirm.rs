//! `desk confirm`: an account confirmed by the holder's own signature.

use std::io::{self, Write};

use pcsc_reader::{Language, Proposal, SigningKey};
use proto::v1::{ApplicationState, SubmitApplicationResponse};
use serde::Serialize;

use super::sign::{CertificateName, certificate_name};
use crate::application;
use crate::args::{ConfirmOptions, Format};
use crate::card;
use crate::daemon::{self, Daemon};
use crate::exit::Exit;
use crate::failure::{Failure, ended};
use crate::json;
use crate::signing;
use crate::text::{BothLanguages, printable};

const SCHEMA: &str = "desk.confirm/1";

/// What became of the account: `desk.confirm/1`.
#[derive(Serialize)]
struct Confirmed {
    schema: &'static str,
    account: String,
    level: String,
    application: String,
    state: &'static str,
    reasons: Vec<ReasonView>,
    evidence: Option<String>,
    certificate: CertificateName,
}

#[derive(Serialize)]
struct ReasonView {
    code: String,
    fields: Vec<String>,
    text: BothLanguages,
}

pub(crate) fn run(options: &ConfirmOptions) -> Exit {
    match confirm(options) {
        Ok(exit) => exit,
        Err(failure) => failure.conclude(SCHEMA, options.card.output),
    }
}

fn confirm(options: &ConfirmOptions) -> Result<Exit, Failure> {
    let language: Language = options.card.output.lang.into();
    signing::require_person(&options.pin)?;
    let mut daemon = Daemon::connect(&options.endpoint, &options.tls)?;
    let (mut service, session) = card::open(&options.card.reader, language)?;
    let key = SigningKey::choose(&session, options.certificate.as_deref())?;
    let prepared = daemon.prepare(&options.account)?;
    let id = daemon::application_of(prepared.application)?.application_id;
    application::check(&prepared.content, &options.account, &id)?;
    let proposal = Proposal::of_application(key, prepared.content, false, card::now())?;
    let (shown, message) =
        signing::sign(&mut *service, &session, proposal, &options.pin, language)?;
    let answer = daemon.submit(&options.account, &id, message.to_der())?;
    outcome(options, id, answer, certificate_name(&shown))
}

fn outcome(
    options: &ConfirmOptions,
    application: String,
    answer: SubmitApplicationResponse,
    certificate: CertificateName,
) -> Result<Exit, Failure> {
    let judged = daemon::application_of(answer.application)?;
    let (state, exit, text) = match judged.state() {
        ApplicationState::Accepted => (
            "ACCEPTED",
            Exit::Done,
            ["Учётная запись подтверждена", "The account is confirmed"],
        ),
        ApplicationState::Rejected => (
            "REJECTED",
            Exit::Refused,
            ["Заявление отклонено", "The application was rejected"],
        ),
        ApplicationState::Deferred => (
            "DEFERRED",
            Exit::Undecided,
            [
                "Решение отложено: не хватает данных об отзыве, повторите позже",
                "The decision is deferred: revocation data is missing, try again later",
            ],
        ),
        ApplicationState::Expired => (
            "EXPIRED",
            Exit::Refused,
            [
                "Срок заявления вышел: запросите новое",
                "The application has expired: ask for a new one",
            ],
        ),
        ApplicationState::Cancelled => (
            "CANCELLED",
            Exit::Refused,
            [
                "Заявление отменено: данные учётной записи изменились",
                "The application was cancelled: the data of the account changed",
            ],
        ),
        _ => {
            return Err(Failure::internal([
                "служба ответила неизвестным состоянием",
                "the daemon answered with an unknown state",
            ]));
        }
    };
    let outcome = judged.outcome.unwrap_or_default();
    let reasons = outcome.reasons.into_iter().map(|reason| {
        let text = reason.text.unwrap_or_default();
        ReasonView {
            code: reason.code,
            fields: reason.fields,
            text: BothLanguages {
                ru: text.ru,
                en: text.en,
            },
        }
    });
    let level = answer
        .account
        .map(|account| account.level().as_str_name().to_owned());
    let document = Confirmed {
        schema: SCHEMA,
        account: options.account.clone(),
        level: level.unwrap_or_default().replace("ACCOUNT_LEVEL_", ""),
        application,
        state,
        reasons: reasons.collect(),
        evidence: Some(outcome.evidence_id).filter(|id| !id.is_empty()),
        certificate,
    };
    ended(exit, print(options, &document, text))
}

fn print(options: &ConfirmOptions, document: &Confirmed, [ru, en]: [&str; 2]) -> io::Result<()> {
    let language: Language = options.card.output.lang.into();
    let mut out = io::stdout().lock();
    if options.card.output.format() == Format::Json {
        json::write_line(&mut out, document)?;
    } else {
        let (text, evidence) = match language {
            Language::Ru => (ru, "доказательство"),
            _ => (en, "evidence"),
        };
        writeln!(out, "{text}: {}", printable(&document.account))?;
        for reason in &document.reasons {
            let text = printable(reason.text.in_language(language));
            writeln!(out, "  {}: {text}", printable(&reason.code))?;
        }
        if let Some(id) = &document.evidence {
            writeln!(out, "  {evidence}: {}", printable(id))?;
        }
    }
    out.flush()
}
