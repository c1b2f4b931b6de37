//! Many verifications in one process: nothing grows, nothing crashes, every verdict is the first one again.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};
use sig_core::alg::openssl::OPENSSL;
use sig_core::alg::provider::{Algorithms, RUSTCRYPTO};
use sig_core::finding::Conclusion;
use sig_core::report::Judged;
use sig_core::{Evidence, Limits, Material, Policy, UnixTime, Validator};
use testdata::cases::{self, Case, Indication};

/// What a process may grow by after the first rounds, in octets.
const MOST_GROWTH: u64 = 16 << 20;
/// Rounds over all cases before memory is measured.
const WARM_ROUNDS: u64 = 2;
/// Verifications between two lines of progress.
const PROGRESS: u64 = 50_000;

/// Verifies signatures again and again, and watches memory and verdicts.
#[derive(clap::Args)]
pub struct Options {
    /// Verifications.
    #[arg(long, default_value_t = 1_000_000)]
    times: u64,
    /// The implementation of the algorithms: rustcrypto or openssl.
    #[arg(long, default_value = "openssl")]
    algorithms: String,
    /// The area of the cases.
    #[arg(long, default_value = "attacks")]
    area: String,
}

struct Prepared {
    case: Case,
    material: Material,
    validator: Validator,
}

/// Verifies the cases of an area in turns.
pub fn run(options: &Options) -> Result<ExitCode> {
    let algorithms = match options.algorithms.as_str() {
        "openssl" => &OPENSSL,
        "rustcrypto" => &RUSTCRYPTO,
        other => bail!("no implementation {other}; take openssl or rustcrypto"),
    };
    let all = cases::all()?.into_iter();
    let taken = all.filter(|case| {
        let is_judged = case.expect.indication != Indication::NotJudged;
        case.area == options.area
            && is_judged
            && case.trust_list.is_none()
            && case.trusted_lists.is_empty()
    });
    let prepared = taken.map(|case| prepare(case, algorithms));
    let prepared: Vec<Prepared> = prepared.collect::<Result<_>>()?;
    ensure!(!prepared.is_empty(), "no case in {}", options.area);
    let expected: Vec<Conclusion> = prepared.iter().map(judge).collect::<Result<_>>()?;
    let warm = WARM_ROUNDS * prepared.len() as u64;
    let mut start = resident()?;
    let mut most = 0;
    for number in 0..options.times {
        let place = (number % prepared.len() as u64) as usize;
        let found = judge(&prepared[place])?;
        ensure!(
            found == expected[place],
            "{}: another verdict after {number} verifications",
            prepared[place].case.id
        );
        if number == warm {
            start = resident()?;
        }
        if number % PROGRESS == PROGRESS - 1 {
            most = most.max(resident()?.saturating_sub(start));
            println!(
                "soak: {} verifications, {} KiB more",
                number + 1,
                most >> 10
            );
        }
    }
    most = most.max(resident()?.saturating_sub(start));
    println!(
        "soak: {} verifications of {} signatures by {}, {} KiB more memory",
        options.times,
        prepared.len(),
        algorithms.name,
        most >> 10
    );
    ensure!(most <= MOST_GROWTH, "the process grows");
    Ok(ExitCode::SUCCESS)
}

fn prepare(case: Case, algorithms: &'static Algorithms) -> Result<Prepared> {
    let limits = Limits::STANDARD;
    let mut material = Material::default();
    for anchor in &case.anchors {
        material.add_anchors(anchor, &limits)?;
    }
    for object in case.certificates.iter().chain(&case.crls).chain(&case.ocsp) {
        material.add(object, &limits)?;
    }
    let policy = Policy::builtin(&case.policy).or_else(|_| Policy::testing(&case.policy))?;
    Ok(Prepared {
        case,
        material,
        validator: Validator {
            algorithms,
            policy,
            limits,
        },
    })
}

fn judge(prepared: &Prepared) -> Result<Conclusion> {
    let Prepared {
        case,
        material,
        validator,
    } = prepared;
    let mut evidence = Evidence::parse(&case.signature, &validator.limits)?;
    evidence = evidence.with_material(material.clone());
    if let Some(content) = &case.content {
        evidence = evidence.with_content(content.clone());
    }
    let report = validator.validate(evidence, UnixTime::from_seconds(case.at))?;
    Ok(match report.judged {
        Judged::Signatures { conclusion, .. } => conclusion,
        Judged::Certificate(certificate) => certificate.conclusion,
        Judged::TimeStamp { time_stamp, .. } => time_stamp.conclusion,
        Judged::EvidenceRecord {
            evidence_record, ..
        } => evidence_record.conclusion,
    })
}

/// Octets of the process in memory.
fn resident() -> Result<u64> {
    let text = fs::read_to_string("/proc/self/status").context("read /proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    let kibibytes: u64 = number.context("no VmRSS in /proc/self/status")?.parse()?;
    Ok(kibibytes << 10)
}
