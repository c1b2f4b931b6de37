//! `desk certificates`: list and export.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pcsc_reader::{CertificateCache, Language};
use serde::Serialize;

use crate::args::{CertificateForm, CertificatesOptions, Format};
use crate::card;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::text::printable;
use crate::view::certificate::CertificateView;

const SCHEMA: &str = "desk.certificates/1";

/// Characters on a line of PEM (RFC 7468 §2).
const PEM_LINE: usize = 64;

#[derive(Serialize)]
struct Document {
    schema: &'static str,
    reader: String,
    certificates: Vec<CertificateView>,
    files: Vec<PathBuf>,
}

pub(crate) fn run(options: &CertificatesOptions) -> Exit {
    match list(options) {
        Ok(()) => Exit::Done,
        Err(failure) => failure.conclude(SCHEMA, options.card.output),
    }
}

fn list(options: &CertificatesOptions) -> Result<(), Failure> {
    let language: Language = options.card.output.lang.into();
    let (_, session) = card::open(&options.card.reader, language)?;
    let mut cache = CertificateCache::default();
    let mut certificates = Vec::new();
    let mut files = Vec::new();
    for file in &session.contents().certificates {
        let decoded = cache.certificate(&session, &file.octets);
        let view = CertificateView::new(file, decoded.as_deref(), card::now());
        certificates.push(view);
        files.push((
            file_name(&file.id, options.form),
            in_form(&file.octets, options.form),
        ));
    }
    let files = match &options.out {
        Some(folder) => export(folder, &files)?,
        None => Vec::new(),
    };
    let mut out = io::stdout().lock();
    if options.card.output.format() == Format::Json {
        let document = Document {
            schema: SCHEMA,
            reader: session.reader().to_owned(),
            certificates,
            files,
        };
        serde_json::to_writer(&mut out, &document).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}", printable(session.reader()))?;
        for certificate in &certificates {
            certificate.write(&mut out, language)?;
        }
        for file in &files {
            let label = match language {
                Language::Ru => "записан",
                _ => "written",
            };
            writeln!(out, "{label}: {}", file.display())?;
        }
    }
    out.flush()?;
    Ok(())
}

/// Writes every file or none: what exists is neither replaced nor followed.
fn export(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<Vec<PathBuf>, Failure> {
    fs::create_dir_all(folder).map_err(|error| Failure::file(folder, &error))?;
    let mut written: Vec<PathBuf> = Vec::new();
    for (name, octets) in files {
        let path = folder.join(name);
        let opened = OpenOptions::new().write(true).create_new(true).open(&path);
        let outcome = opened.and_then(|mut file| {
            written.push(path.clone());
            file.write_all(octets)?;
            file.sync_all()
        });
        if let Err(error) = outcome {
            for path in &written {
                // What is left over is better than a second trouble that hides the first.
                let _ = fs::remove_file(path);
            }
            return Err(Failure::file(&path, &error));
        }
    }
    Ok(written)
}

/// The identifier with every character but letters, digits, `-` and `_` replaced: it comes from the card.
fn file_name(id: &str, form: CertificateForm) -> String {
    const LONGEST: usize = 100;
    let name: String = id
        .chars()
        .take(LONGEST)
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '_' {
                c
            } else {
                '-'
            }
        })
        .collect();
    match form {
        CertificateForm::Der => format!("{name}.cer"),
        CertificateForm::Pem => format!("{name}.pem"),
    }
}

fn in_form(octets: &[u8], form: CertificateForm) -> Vec<u8> {
    if form == CertificateForm::Der {
        return octets.to_vec();
    }
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for (place, character) in STANDARD.encode(octets).chars().enumerate() {
        if place > 0 && place % PEM_LINE == 0 {
            text.push('\n');
        }
        text.push(character);
    }
    text.push_str("\n-----END CERTIFICATE-----\n");
    text.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_from_the_card_stays_in_the_folder() {
        for (id, name) in [
            ("pkcs15:45", "pkcs15-45.cer"),
            ("../../etc/passwd", "------etc-passwd.cer"),
            ("a/б\u{0}", "a---.cer"),
        ] {
            assert_eq!(file_name(id, CertificateForm::Der), name);
        }
    }

    #[test]
    fn export_replaces_nothing_and_leaves_nothing_half_done() {
        let folder = tempfile::tempdir().unwrap();
        let there = folder.path().join("b.cer");
        fs::write(&there, b"mine").unwrap();
        let files = [("a.cer".to_owned(), vec![1]), ("b.cer".to_owned(), vec![2])];
        let failure = export(folder.path(), &files).unwrap_err();
        assert_eq!(failure.exit(), Exit::Usage);
        assert_eq!(fs::read(&there).unwrap(), b"mine");
        assert!(!folder.path().join("a.cer").exists());
        let written = export(&folder.path().join("new"), &files).unwrap();
        assert_eq!(fs::read(&written[1]).unwrap(), [2]);
    }

    #[test]
    fn pem_has_lines_of_sixty_four() {
        let pem = String::from_utf8(in_form(&[0; 96], CertificateForm::Pem)).unwrap();
        let lines: Vec<&str> = pem.lines().collect();
        assert_eq!(lines.len(), 4);
        assert_eq!((lines[1].len(), lines[2].len()), (64, 64));
    }
}
