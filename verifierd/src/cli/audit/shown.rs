//! `verifierd audit receipt` and `consistency`: proofs in files, checked offline.

use std::path::PathBuf;

use audit_log::{Checkpoint, ConsistencyProof, VerifyingKey};
use clap::Args;

use super::{Exit, parse_key, read, read_text, stop};
use crate::cli::{evidence::binding::Binding, named, output::answer};

#[derive(Args)]
pub(super) struct Receipt {
    /// Public key of the log, as `audit key` prints it / открытый ключ журнала
    #[arg(long, value_name = "KEY", value_parser = parse_key)]
    key: VerifyingKey,
    /// The receipt: receipt_json of an answer / расписка: receipt_json из ответа
    #[arg(value_name = "RECEIPT")]
    receipt: PathBuf,
    /// The binding of the evidence that the outcome must rest on, EVIDENCE.json / файл привязки доказательства, на котором
    /// должно быть основано решение
    #[arg(long, value_name = "BINDING")]
    evidence: Option<PathBuf>,
}

impl Receipt {
    pub(super) fn run(&self) -> Result<Exit, Exit> {
        let octets = read(&self.receipt)?;
        let shown = audit_log::Receipt::parse(&octets).and_then(|receipt| receipt.check(&self.key));
        let (leaf, checkpoint) = shown.map_err(|fault| {
            stop(
                Exit::Failed,
                format_args!("{}: {fault}", named(&self.receipt)),
            )
        })?;
        let leaf = leaf
            .to_octets()
            .map_err(|fault| stop(Exit::Internal, fault))?;
        if let Some(path) = &self.evidence {
            let binding = Binding::read(&read(path)?);
            let fits = binding.and_then(|binding| binding.check_entry(&leaf));
            fits.map_err(|unbound| {
                let (en, ru) = unbound.texts();
                stop(Exit::Failed, format_args!("{}: {en} / {ru}", named(path)))
            })?;
        }
        answer!("{}", String::from_utf8_lossy(&leaf));
        crate::cli::say(&format_args!(
            "the entry stands in the log {origin} of {size} entries / запись стоит в журнале {origin} из {size} записей",
            origin = checkpoint.origin,
            size = checkpoint.size,
        ));
        Ok(Exit::Done)
    }
}

#[derive(Args)]
pub(super) struct Consistency {
    /// Public key of the log / открытый ключ журнала
    #[arg(long, value_name = "KEY", value_parser = parse_key)]
    key: VerifyingKey,
    /// The proof: a file of schema qes.consistency/1 / доказательство
    #[arg(value_name = "PROOF")]
    proof: PathBuf,
    /// The checkpoint that was kept: the proof must begin at it / сохранённая контрольная точка: доказательство должно
    /// начинаться с неё
    #[arg(long, value_name = "CHECKPOINT")]
    since: Option<PathBuf>,
}

impl Consistency {
    pub(super) fn run(&self) -> Result<Exit, Exit> {
        let octets = read(&self.proof)?;
        let shown = ConsistencyProof::parse(&octets).and_then(|proof| proof.check(&self.key));
        let (first, second) = shown.map_err(|fault| {
            stop(
                Exit::Failed,
                format_args!("{}: {fault}", named(&self.proof)),
            )
        })?;
        if let Some(path) = &self.since {
            let kept = Checkpoint::open(&self.key, &read_text(path)?)
                .map_err(|fault| stop(Exit::Failed, format_args!("{}: {fault}", named(path))))?;
            if kept != first {
                return Err(stop(
                    Exit::Failed,
                    format_args!(
                        "{}: the proof begins at another checkpoint than this one; make one with `verifierd audit proof \
                         --since` and this file / доказательство начинается с другой контрольной точки; составьте его командой \
                         `verifierd audit proof --since` с этим файлом",
                        named(path)
                    ),
                ));
            }
        }
        answer!("{}: {} -> {}", second.origin, first.size, second.size);
        Ok(Exit::Done)
    }
}
