//! Memory that a side takes for a list, in a process of its own.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail, ensure};
use openssl::x509::X509Crl;
use sig_core::der::octets::Octets;

use super::{List, entries_of, is_revoked, read};

/// Growth of each side, in KiB: ours, then OpenSSL's.
pub fn growth(list: &List) -> Result<[f64; 2]> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("list.crl");
    fs::write(&file, &list.der)?;
    fs::write(folder.path().join("list.serial"), list.one()?)?;
    Ok([child("ours", &file)?, child("openssl", &file)?])
}

fn child(side: &str, file: &Path) -> Result<f64> {
    let program = std::env::current_exe().context("find the program itself")?;
    let asked = format!("{side}:{}", file.display());
    let output = Command::new(program)
        .args(["bench", "--crl-memory", &asked])
        .output()?;
    ensure!(output.status.success(), "the measuring process failed");
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// Prints by how many KiB this process grows when a side reads a list and looks up one entry.
pub fn print_memory(asked: &str) -> Result<ExitCode> {
    let (side, file) = asked.split_once(':').context("SIDE:FILE")?;
    let der = fs::read(file)?;
    let serial = fs::read(Path::new(file).with_extension("serial"))?;
    let grown = match side {
        "ours" => {
            let octets = Octets::from(&*der);
            let before = resident()?;
            let crl = read(&octets)?;
            ensure!(entries_of(&crl, &serial)? == 1, "the entry is not found");
            resident()? - before
        }
        "openssl" => {
            let before = resident()?;
            let crl = X509Crl::from_der(&der)?;
            ensure!(is_revoked(&crl, &serial)?, "OpenSSL finds no entry");
            resident()? - before
        }
        _ => bail!("there is no side {side}"),
    };
    println!("{grown}");
    Ok(ExitCode::SUCCESS)
}

/// Memory of this process, in KiB.
fn resident() -> Result<f64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let digits = line.and_then(|line| line.trim().strip_suffix(" kB"));
    Ok(digits.context("VmRSS in /proc/self/status")?.parse()?)
}
