//! What must hold for arbitrary octets. Each function is one libFuzzer target, and each is run on
//! the seeds by the tests of this crate.

use sig_core::base::error::Structure;
use sig_core::der::octets::Octets;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::{Budget, Error, Limits};

/// Small enough for thousands of runs a second, large enough for every structure.
const LIMITS: Limits = Limits {
    bytes: 1 << 20,
    depth: 32,
    nodes: 20_000,
    signers: 4,
    certificates: 16,
    crl_entries: 1_000,
    signature_checks: 8,
    path_candidates: 100,
    path_length: 10,
    name_comparisons: 1_000,
};

/// Every element, under both encoding rules: parts of the input in order, never more than it.
pub fn der(data: &[u8]) {
    let input = Octets::from(data);
    for encoding in [Encoding::Der, Encoding::Ber] {
        let mut budget = Budget::new(LIMITS);
        let _ = walk(
            Reader::new(&input, encoding, Structure::Object),
            data,
            &mut budget,
        );
        assert!(budget.used().nodes <= LIMITS.nodes);
    }
}

fn walk(mut reader: Reader<'_>, data: &[u8], budget: &mut Budget) -> Result<(), Error> {
    while !reader.is_empty() {
        let start = reader.offset();
        let element = reader.element(budget)?;
        let whole = element.octets();
        assert_eq!(element.offset(), start);
        assert_eq!(reader.offset(), start + whole.len());
        assert_slice(&whole, data);
        assert_slice(&element.content(), data);
        assert_eq!(*element.content(), *element.content_bytes());
        if element.tag.is_constructed() {
            let inside = element.reader(Structure::Object, budget)?;
            walk(inside, data, budget)?;
        } else {
            let _ = (element.boolean(), element.oid(), element.integer());
            let _ = (element.small_integer(), element.bit_string_octets());
        }
    }
    reader.finish()
}

/// What was read is the part of the input it says it is.
fn assert_slice(part: &Octets, data: &[u8]) {
    let start = part.offset();
    assert_eq!(data.get(start..start + part.len()), Some(&**part));
}
