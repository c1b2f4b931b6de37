//! `verifierd verify-certificate`.

use std::{path::PathBuf, sync::Arc};

use sig_core::{
    Budget, Error, Validator,
    cms::bundle::unwrap_text,
    finding::Indication,
    report::{Judged, QualifiedVerdict, Report},
    validate::bundle::JudgedCertificate,
    x509::certificate::Certificate,
};

use super::{
    Exit,
    evidence::{EvidenceFile, Writing},
    material::{Options, Setting, Stopped, read_file},
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
    #[command(flatten)]
    evidence: EvidenceFile,
    /// The certificate, DER, PEM or base64 / сертификат
    #[arg(value_name = "CERTIFICATE")]
    certificate: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match judge(arguments) {
        Ok(exit) => exit,
        Err(stopped) => stopped.tell(),
    }
}

fn judge(arguments: &Arguments) -> Result<Exit, Stopped> {
    let writing = arguments.evidence.begin()?;
    let mut setting = arguments.options.read()?;
    arguments.end_entity.apply(&mut setting.policy);
    let file = read_file(&arguments.certificate)?;
    Ok(match judged(&setting, &file, writing.as_ref()) {
        Ok((report, written)) => {
            setting.print(&arguments.certificate, &report, false);
            exit_of(&report).worse(written)
        }
        Err(error) => refused(&arguments.certificate, &error),
    })
}

/// A report, and how the writing of its bundle ended.
fn judged(
    setting: &Setting,
    file: &[u8],
    writing: Option<&Writing>,
) -> Result<(Report, Exit), Error> {
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
    let judged = JudgedCertificate {
        certificate: &certificate,
        material: &setting.material,
    };
    let report = validator.validate_certificate(&certificate, &setting.material, setting.at)?;
    let written = writing
        .map(|writing| writing.write_certificate(&validator, judged, &report, setting.detail));
    Ok((report, written.unwrap_or(Exit::Done)))
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
