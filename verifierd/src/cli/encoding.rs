//! How a message is encoded, and where it departs from DER and from RFC 5652.

use sig_core::{
    Budget, Error, Limits,
    base::error::Structure,
    cms::signed_data::SignedData,
    der::{
        element::{Element, LengthForm},
        octets::Octets,
        oids,
        reader::{Encoding, Reader},
        tag::Tag,
    },
};

/// Elements that are counted in each form.
#[derive(Default)]
struct Forms {
    indefinite: u64,
    not_minimal: u64,
    segmented: u64,
    segments: u64,
}

/// What is said of an encoding, a line each.
pub(super) fn deviations(octets: &Octets, message: &SignedData) -> Vec<String> {
    let mut lines = Vec::new();
    let mut forms = Forms::default();
    let mut budget = Budget::new(Limits::STANDARD);
    let reader = Reader::new(octets, Encoding::Ber, Structure::ContentInfo);
    if count(reader, &mut forms, 0, &mut budget).is_err() {
        lines.push("encoding: not read to its end".to_owned());
    }
    let mut say = |count: u64, what: &str| {
        if count > 0 {
            lines.push(format!("encoding: {count} {what}"));
        }
    };
    say(forms.indefinite, "indefinite length(s)");
    say(forms.not_minimal, "length(s) longer than needed");
    say(forms.segmented, "string(s) in segments");
    say(forms.segments, "segment(s)");
    if message.trailing > 0 {
        let what = if message.is_padded { "zero " } else { "" };
        let count = message.trailing;
        lines.push(format!("deviation: {count} {what}octets after the end"));
    }
    let expected = message.expected_version();
    if message.version != expected {
        lines.push(format!(
            "deviation: the content asks for version {expected}"
        ));
    }
    // A bundle has no signer to list a digest for.
    if message.digest_algorithms.is_empty() && !message.signers.is_empty() {
        lines.push("deviation: digestAlgorithms is empty".to_owned());
    }
    for (index, signer) in message.signers.iter().enumerate() {
        let Ok(signer) = signer else {
            continue;
        };
        let digest = signer.digest_algorithm.algorithm;
        let mut listed = message.digest_algorithms.iter();
        if !listed.any(|listed| listed.algorithm == digest) {
            let name = oids::name(&digest);
            lines.push(format!(
                "deviation: {name} of signer {index} is not in digestAlgorithms"
            ));
        }
        let Some(signed) = &signer.signed_attributes else {
            continue;
        };
        let all = &signed.attributes.all;
        for (place, attribute) in all.iter().enumerate() {
            let name = oids::name(&attribute.id);
            let before = all.iter().take(place);
            if before.clone().any(|other| other.id == attribute.id) {
                lines.push(format!("deviation: signer {index} has {name} again"));
            }
            if attribute.values.len() != 1 {
                let count = attribute.values.len();
                lines.push(format!(
                    "deviation: {name} of signer {index} has {count} values"
                ));
            }
        }
        let is_sorted = all.is_sorted_by(|left, right| *left.octets <= *right.octets);
        if !is_sorted {
            lines.push(format!(
                "deviation: signed attributes of signer {index} are not sorted"
            ));
        }
    }
    lines
}

/// Counts in the envelope; what was taken into it whole, certificates and the like, has an encoding of its own.
fn count(
    mut reader: Reader<'_>,
    forms: &mut Forms,
    depth: u32,
    budget: &mut Budget,
) -> Result<(), Error> {
    /// ContentInfo, [0], SignedData, its fields, and what stands in them.
    const ENVELOPE: u32 = 7;
    while !reader.is_empty() {
        // What follows the message was told.
        if depth == 0 && reader.offset() > 0 {
            return Ok(());
        }
        let element = reader.element(budget)?;
        match element.length_form() {
            LengthForm::Minimal => {}
            LengthForm::Indefinite => forms.indefinite += 1,
            LengthForm::NotMinimal => forms.not_minimal += 1,
        }
        if element.tag == Tag::OCTET_STRING.constructed() {
            forms.segmented += 1;
            forms.segments += segments(&element, budget)?;
        } else if element.tag.is_constructed() && depth < ENVELOPE {
            let inside = element.reader(Structure::SignedData, budget)?;
            count(inside, forms, depth + 1, budget)?;
        }
    }
    Ok(())
}

fn segments(string: &Element<'_>, budget: &mut Budget) -> Result<u64, Error> {
    let mut reader = string.reader(Structure::EncapsulatedContentInfo, budget)?;
    let mut count = 0;
    while !reader.is_empty() {
        let segment = reader.element(budget)?;
        count += if segment.tag.is_constructed() {
            segments(&segment, budget)?
        } else {
            1
        };
    }
    Ok(count)
}
