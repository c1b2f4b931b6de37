//! GOST R 34.10 of both editions against OpenSSL with gost-engine, for every parameter set: genuine signatures of
//! either side, corrupted ones, and keys at the edges.
//!
//! OpenSSL reads its configuration when it starts, so each test runs itself again in a process of its own whose
//! `OPENSSL_CONF` loads the engine.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod corrupted;
mod genuine;
mod keys;
mod lengths;
#[path = "../../src/alg/gost/gost3410/reference.rs"]
#[allow(dead_code, reason = "this test needs a part of it")]
mod reference;
mod sets;
mod sides;

use std::cell::OnceCell;
use std::env;
use std::fmt::{self, Debug};
use std::path::Path;
use std::process::Command;

use num_bigint::BigUint;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestCaseResult, TestRunner};

use sets::Set;
use sides::{engine, ours, spki};
use sig_core::alg::signature::Message;

/// Relative to this crate.
const CONFIGURATION: &str = "../xtask/setup/gost-engine.cnf";

/// Runs a check in a process that has the engine. `test` is the name of the test that calls.
fn with_engine(test: &str, check: fn()) {
    let configuration = Path::new(env!("CARGO_MANIFEST_DIR")).join(CONFIGURATION);
    let is_configured = env::var_os("OPENSSL_CONF").is_some_and(|path| path == configuration);
    if is_configured {
        assert!(
            engine::is_loaded(),
            "OpenSSL has no gost-engine: install the Debian package libengine-gost-openssl"
        );
        return check();
    }
    let output = Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env("OPENSSL_CONF", configuration)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}\n{errors}");
    let ran = printed.contains("test result: ok. 1 passed");
    assert!(ran, "there is no test {test}:\n{printed}\n{errors}");
}

/// One set with a key pair, for both sides.
struct Pair {
    set: &'static Set,
    key: openssl::pkey::PKey<openssl::pkey::Private>,
    spki: Vec<u8>,
    keys: OnceCell<Option<ours::Keys>>,
}

impl Pair {
    fn new(set: &'static Set, d: &BigUint) -> Self {
        let key = engine::private_key(set, d);
        let spki = key.public_key_to_der().unwrap();
        Self {
            set,
            key,
            spki,
            keys: OnceCell::new(),
        }
    }

    fn sign(&self, digest: &[u8]) -> Vec<u8> {
        engine::sign(&self.key, digest)
    }

    /// A key pair whose public key is another one.
    fn with_public(set: &'static Set, d: &BigUint, coordinates: &[u8]) -> Self {
        Self {
            spki: spki(set, coordinates),
            ..Self::new(set, d)
        }
    }

    /// The public key on our side, if it is accepted.
    fn keys(&self) -> Option<&ours::Keys> {
        let prepare = || ours::keys(self.set, &self.spki);
        self.keys.get_or_init(prepare).as_ref()
    }

    fn verdicts(&self, digest: &[u8], signature: &[u8]) -> Verdicts {
        Verdicts {
            ours: ours::accepts(self, Message::Digest(digest), signature),
            engine: engine::accepts(&self.spki, digest, signature),
        }
    }
}

/// Who takes a signature for genuine.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Verdicts {
    ours: bool,
    engine: bool,
}

/// What is to be.
#[derive(Clone, Copy, Debug)]
enum Expected {
    Accepted,
    Refused,
    /// Refused here; the engine may accept it, for this reason.
    EngineAlone(&'static str),
}

impl Expected {
    fn holds(self, Verdicts { ours, engine }: Verdicts) -> bool {
        match self {
            Self::Accepted => ours && engine,
            Self::Refused => !ours && !engine,
            Self::EngineAlone(_) => !ours,
        }
    }

    /// An error with everything that repeats it.
    fn check(self, pair: &Pair, what: &str, digest: &[u8], signature: &[u8]) -> TestCaseResult {
        let verdicts = pair.verdicts(digest, signature);
        if self.holds(verdicts) {
            return Ok(());
        }
        Err(TestCaseError::fail(format!(
            "{}: {what}: {verdicts:?}, expected: {self}\nkey {}\ndigest {}\nsignature {}",
            pair.set.name,
            hex::encode(&pair.spki),
            hex::encode(digest),
            hex::encode(signature)
        )))
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("both accept"),
            Self::Refused => f.write_str("both refuse"),
            Self::EngineAlone(why) => write!(f, "refused here; {why}"),
        }
    }
}

/// Runs a property for every parameter set; sets of 512 bits, which take longer, have half of the cases.
fn for_each_set<S: Strategy>(
    cases: u32,
    input: impl Fn(&'static Set) -> S,
    check: impl Fn(&'static Set, S::Value) -> TestCaseResult,
) where
    S::Value: Debug,
{
    for set in sets::ALL {
        let cases = cases * 32 / set.edition.octets() as u32;
        let mut runner = TestRunner::new(Config {
            cases: cases.max(1),
            failure_persistence: None,
            max_shrink_iters: 64,
            ..Config::default()
        });
        if let Err(error) = runner.run(&input(set), |value| check(set, value)) {
            panic!("{}: {error}", set.name);
        }
    }
}

/// A number from 1 to q − 1.
fn scalar(set: &Set) -> impl Strategy<Value = BigUint> + use<> {
    let q = set.curve().q;
    prop::collection::vec(any::<u8>(), set.edition.octets() + 16)
        .prop_map(move |octets| BigUint::from_bytes_le(&octets) % (&q - 1_u8) + 1_u8)
}

/// A digest, sometimes one at the edges of the order: 0, 1, q − 1, q, q + 1 and all ones.
fn digest(set: &Set) -> impl Strategy<Value = Vec<u8>> + use<> {
    let (q, octets) = (set.curve().q, set.edition.octets());
    let little_endian = move |number: BigUint| {
        let mut digest = number.to_bytes_le();
        digest.resize(octets, 0);
        digest
    };
    let edges = [
        BigUint::ZERO,
        BigUint::from(1_u8),
        &q - 1_u8,
        q.clone(),
        &q + 1_u8,
        (BigUint::from(1_u8) << (8 * octets)) - 1_u8,
    ];
    prop_oneof![
        3 => prop::collection::vec(any::<u8>(), octets),
        1 => prop::sample::select(edges.map(little_endian).to_vec()),
    ]
}
