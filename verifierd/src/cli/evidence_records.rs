//! Evidence records on the command line (RFC 4998).

use std::path::PathBuf;

use sig_core::{Error, Evidence};

use super::material::{Stopped, read_file};

#[derive(clap::Args)]
pub(super) struct RecordOptions {
    /// An evidence record (RFC 4998) of the signature file / архивная запись файла подписи
    #[arg(long, value_name = "FILE")]
    evidence_record: Vec<PathBuf>,
    /// A further document of the group that a record alone is of / другие документы группы
    #[arg(long, value_name = "FILE", requires = "content")]
    with_document: Vec<PathBuf>,
}

/// What was given, read.
pub(super) struct Given {
    records: Vec<Vec<u8>>,
    documents: Vec<Vec<u8>>,
}

impl RecordOptions {
    pub(super) fn read(&self) -> Result<Given, Stopped> {
        let all = |paths: &[PathBuf]| -> Result<Vec<Vec<u8>>, Stopped> {
            paths
                .iter()
                .map(|path| Ok(read_file(path)?.to_vec()))
                .collect()
        };
        Ok(Given {
            records: all(&self.evidence_record)?,
            documents: all(&self.with_document)?,
        })
    }
}

impl Given {
    /// Puts them beside a signature.
    pub(super) fn offer(&self, mut evidence: Evidence) -> Result<Evidence, Error> {
        for record in &self.records {
            evidence = evidence.with_evidence_record(record)?;
        }
        for document in &self.documents {
            evidence = evidence.with_document_of_group(document.as_slice());
        }
        Ok(evidence)
    }
}
