//! Whole signatures: in this process against OpenSSL's `CMS_verify`, and `verifierd verify` against `openssl cms`.

use anyhow::Result;

use super::figure::Figure;
use super::measure::{Measure, Side};
use super::peer;

mod allocations;
mod allocator;
mod message;
mod openssl;
mod process;
mod sigcore;

use message::Message;
use sigcore::Seen;

/// Area of every line.
const AREA: &str = "cms";

/// An algorithm with what is wanted of it.
struct Row {
    name: &'static str,
    algorithm: &'static str,
    goals: &'static [(Seen, f64)],
}

/// RSA with SHA-256 and GOST R 34.10-2012 have all three goals, the others one.
const ROWS: [Row; 4] = [
    Row {
        name: "RSA-2048",
        algorithm: "rsa-2048",
        goals: &ALL,
    },
    Row {
        name: "GOST 256",
        algorithm: "gost-2012-256",
        goals: &ALL,
    },
    Row {
        name: "P-256",
        algorithm: "p-256",
        goals: &[(Seen::Authorities, 4.0)],
    },
    Row {
        name: "GOST 512",
        algorithm: "gost-2012-512",
        goals: &[(Seen::Authorities, 8.0)],
    },
];
const ALL: [(Seen, f64); 3] = [
    (Seen::Nothing, 3.0),
    (Seen::Authorities, 8.0),
    (Seen::Signer, 15.0),
];

/// Every comparison in this process.
pub fn measures() -> Result<Vec<Measure>> {
    let mut measures = Vec::new();
    for row in ROWS {
        let message = Message::new(row.algorithm)?;
        for (seen, goal) in row.goals {
            let lacks_engine = row.name.starts_with("GOST") && !peer::has_engine();
            let peer = if lacks_engine {
                Side::Missing(peer::ENGINE)
            } else {
                Side::Here(openssl::verify(&message)?)
            };
            measures.push(Measure {
                area: AREA,
                what: format!(
                    "{}, 10 KB detached BES, chain of three, two CRLs, {}",
                    row.name,
                    seen.text()
                ),
                unit: "1/s",
                units: 1.0,
                ours: Side::Here(sigcore::judge(&message, *seen)?),
                peer,
                goal: *goal,
            });
        }
    }
    Ok(measures)
}

/// What is measured once: allocations, and processes.
pub fn figures() -> Result<Vec<Figure>> {
    let mut figures = allocations::figures()?;
    figures.extend(process::figures()?);
    Ok(figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_measured_signature_passes_on_both_sides() {
        let message = Message::new("p-256").unwrap();
        for seen in [Seen::Nothing, Seen::Authorities, Seen::Signer] {
            sigcore::judge(&message, seen).unwrap()().unwrap();
        }
        openssl::verify(&message).unwrap()().unwrap();
    }

    #[test]
    fn another_content_fails_on_both_sides() {
        let mut message = Message::new("p-256").unwrap();
        message.content[0] ^= 1;
        for seen in [Seen::Nothing, Seen::Authorities, Seen::Signer] {
            assert!(sigcore::judge(&message, seen).unwrap()().is_err());
        }
        assert!(openssl::verify(&message).unwrap()().is_err());
    }
}
