//! `desk sign`: CAdES-BES with a key on the card.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use pcsc_reader::{Document, Language, Proposal, Shown, SigningError, SigningKey};
use proto::v1::ApplicationState;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use sig_core::cms::build::Message;

use crate::application;
use crate::args::{Format, SignOptions};
use crate::card;
use crate::daemon::{self, Daemon};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::json;
use crate::reserved::Reserved;
use crate::signing;

const SCHEMA: &str = "desk.sign/1";

/// What was signed: `desk.sign/1`.
#[derive(Serialize)]
struct Signed {
    schema: &'static str,
    out: PathBuf,
    certificate: CertificateName,
    algorithm: String,
    content: ContentName,
    detached: bool,
    signing_time: String,
}

#[derive(Serialize)]
pub(crate) struct CertificateName {
    id: String,
    sha256: String,
}

#[derive(Serialize)]
pub(crate) struct ContentName {
    size: u64,
    digest: DigestName,
}

#[derive(Serialize)]
struct DigestName {
    alg: &'static str,
    hex: String,
}

pub(crate) fn run(options: &SignOptions) -> Exit {
    match sign(options) {
        Ok(()) => Exit::Done,
        Err(failure) => failure.conclude(SCHEMA, options.card.output),
    }
}

fn sign(options: &SignOptions) -> Result<(), Failure> {
    let language: Language = options.card.output.lang.into();
    let mut content = options.content.as_deref().map(Source::open).transpose()?;
    Reserved::check(&options.file.out)?;
    signing::require_person(&options.pin)?;
    let prepared = match (&options.endpoint, &options.account, &options.application) {
        (Some(endpoint), Some(account), Some(id)) => {
            let answer = Daemon::connect(endpoint, &options.tls)?.application(account, id)?;
            let issued = daemon::application_of(answer.application)?;
            if issued.state() != ApplicationState::Prepared || answer.content.is_empty() {
                return Err(not_to_be_signed(issued.state().as_str_name()));
            }
            application::check(&answer.content, account, id)?;
            Some(answer.content)
        }
        _ => None,
    };
    let (mut service, session) = card::open(&options.card.reader, language)?;
    let key = SigningKey::choose(&session, Some(&options.certificate))?;
    let is_attached = !options.detached;
    let proposal = match (&mut content, prepared) {
        (Some(source), _) => {
            let name = source.name.clone();
            Proposal::of_file(key, &name, &mut source.file, is_attached, card::now())?
        }
        (None, Some(octets)) => Proposal::of_application(key, octets, is_attached, card::now())?,
        (None, None) => {
            return Err(Failure::internal([
                "нет ни файла, ни заявления",
                "neither a file nor an application",
            ]));
        }
    };
    let (shown, message) =
        signing::sign(&mut *service, &session, proposal, &options.pin, language)?;
    let mut out = Reserved::new(&options.file.out)?;
    write(
        &mut out,
        &message,
        content.as_mut().filter(|_| is_attached),
        &shown,
    )?;
    let path = out.path().to_owned();
    out.finish()?;
    report(options, path, &shown)
}

fn not_to_be_signed(state: &str) -> Failure {
    let state = state.replace("APPLICATION_STATE_", "");
    Failure::told(
        Exit::Refused,
        "desk.application.past",
        [
            format!("Заявление уже нельзя подписать: его состояние {state}"),
            format!("The application can no longer be signed: its state is {state}"),
        ],
        ["Запросите новое.", "Ask for a new one."],
    )
}

/// A file that is read for its digest and, attached, once more for the message.
struct Source {
    name: String,
    path: PathBuf,
    file: BufReader<File>,
}

impl Source {
    fn open(path: &Path) -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::file(path, &error);
        let file = File::open(path).map_err(failed)?;
        if file.metadata().map_err(failed)?.is_dir() {
            return Err(Failure::file(path, &io::ErrorKind::IsADirectory.into()));
        }
        let name = path.file_name().unwrap_or(path.as_os_str());
        Ok(Source {
            name: name.to_string_lossy().into_owned(),
            path: path.to_owned(),
            file: BufReader::new(file),
        })
    }
}

/// The message; content of a file goes in from the file, and must still be what was shown.
fn write(
    out: &mut Reserved,
    message: &Message,
    content: Option<&mut Source>,
    shown: &Shown,
) -> Result<(), Failure> {
    let path = out.path().to_owned();
    let failed = |error: io::Error| Failure::file(&path, &error);
    let Some(source) = content else {
        return out.write_all(&message.to_der()).map_err(failed);
    };
    out.write_all(&message.head).map_err(failed)?;
    source
        .file
        .seek(SeekFrom::Start(0))
        .map_err(|error| Failure::file(&source.path, &error))?;
    let key = shown.proposal().key();
    let mut copy = Copy {
        from: &mut source.file,
        to: out,
    };
    let (digest, size) = key.digest(&mut copy)?;
    match shown.proposal().document() {
        Document::File {
            digest: was,
            size: length,
            ..
        } if *was == digest && *length == size => {}
        _ => {
            return Err(Failure::told(
                Exit::Refused,
                "desk.content.changed",
                [
                    "Файл изменился, пока его подписывали: подпись не записана".into(),
                    "The file changed while it was signed: no signature was written".into(),
                ],
                [
                    "Закройте программу, которая его пишет, и повторите.",
                    "Close the program that writes it and try again.",
                ],
            ));
        }
    }
    out.write_all(&message.tail).map_err(failed)
}

/// Writes what is read through it.
struct Copy<'a, R, W> {
    from: &'a mut R,
    to: &'a mut W,
}

impl<R: Read, W: Write> Read for Copy<'_, R, W> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.from.read(buffer)?;
        self.to.write_all(buffer.get(..count).unwrap_or_default())?;
        Ok(count)
    }
}

pub(crate) fn certificate_name(shown: &Shown) -> CertificateName {
    let key = shown.proposal().key();
    CertificateName {
        id: key.id.clone(),
        sha256: hex::encode(Sha256::digest(&key.certificate.octets)),
    }
}

pub(crate) fn content_name(shown: &Shown) -> Result<ContentName, SigningError> {
    let (size, digest) = match shown.proposal().document() {
        Document::File { size, digest, .. } => (*size, digest),
        Document::Application { text, digest } => (text.len() as u64, digest),
        _ => return Err(SigningError::NotText),
    };
    Ok(ContentName {
        size,
        digest: DigestName {
            alg: digest.algorithm.name(),
            hex: digest.hex(),
        },
    })
}

fn report(options: &SignOptions, path: PathBuf, shown: &Shown) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    if options.card.output.format() == Format::Json {
        let document = Signed {
            schema: SCHEMA,
            out: path,
            certificate: certificate_name(shown),
            algorithm: shown.proposal().key().algorithm.to_string(),
            content: content_name(shown)?,
            detached: options.detached,
            signing_time: shown.proposal().signing_time().to_string(),
        };
        json::write_line(&mut out, &document)?;
    } else {
        let label = match options.card.output.lang.into() {
            Language::Ru => "Подпись записана",
            _ => "The signature is written",
        };
        writeln!(out, "{label}: {}", path.display())?;
    }
    out.flush()?;
    Ok(())
}
