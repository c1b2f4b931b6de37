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
    finding::Language,
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
pub(super) fn deviations(octets: &Octets, message: &SignedData, language: Language) -> Vec<String> {
    let pick = |ru: &'static str, en: &'static str| match language {
        Language::Ru => ru,
        Language::En => en,
    };
    let encoding = pick("кодировка", "encoding");
    let deviation = pick("отступление", "deviation");
    let mut lines = Vec::new();
    let mut forms = Forms::default();
    let mut budget = Budget::new(Limits::STANDARD);
    let reader = Reader::new(octets, Encoding::Ber, Structure::ContentInfo);
    if count(reader, &mut forms, 0, &mut budget).is_err() {
        let what = pick("прочитана не до конца", "not read to its end");
        lines.push(format!("{encoding}: {what}"));
    }
    for (count, ru, en) in [
        (
            forms.indefinite,
            "неопределённых длин",
            "indefinite length(s)",
        ),
        (
            forms.not_minimal,
            "длин записаны не короче всего",
            "length(s) longer than needed",
        ),
        (forms.segmented, "строк из частей", "string(s) in segments"),
        (forms.segments, "частей", "segment(s)"),
    ] {
        if count > 0 {
            lines.push(match language {
                Language::Ru => format!("{encoding}: {ru}: {count}"),
                Language::En => format!("{encoding}: {count} {en}"),
            });
        }
    }
    if message.trailing > 0 {
        let count = message.trailing;
        let what = match message.is_padded {
            true => pick("нулевых байтов после конца", "zero octets after the end"),
            false => pick("байтов после конца", "octets after the end"),
        };
        lines.push(match language {
            Language::Ru => format!("{deviation}: {what}: {count}"),
            Language::En => format!("{deviation}: {count} {what}"),
        });
    }
    let expected = message.expected_version();
    if message.version != expected {
        let what = pick(
            "по содержимому нужна версия",
            "the content asks for version",
        );
        lines.push(format!("{deviation}: {what} {expected}"));
    }
    // A bundle has no signer to list a digest for.
    if message.digest_algorithms.is_empty() && !message.signers.is_empty() {
        let what = pick("digestAlgorithms пуст", "digestAlgorithms is empty");
        lines.push(format!("{deviation}: {what}"));
    }
    for (index, signer) in message.signers.iter().enumerate() {
        let Ok(signer) = signer else {
            continue;
        };
        let digest = signer.digest_algorithm.algorithm;
        let mut listed = message.digest_algorithms.iter();
        if !listed.any(|listed| listed.algorithm == digest) {
            let name = oids::name(&digest);
            lines.push(match language {
                Language::Ru => {
                    format!("{deviation}: {name} подписанта {index} нет в digestAlgorithms")
                }
                Language::En => {
                    format!("{deviation}: {name} of signer {index} is not in digestAlgorithms")
                }
            });
        }
        let Some(signed) = &signer.signed_attributes else {
            continue;
        };
        let all = &signed.attributes.all;
        for (place, attribute) in all.iter().enumerate() {
            let name = oids::name(&attribute.id);
            let before = all.iter().take(place);
            if before.clone().any(|other| other.id == attribute.id) {
                lines.push(match language {
                    Language::Ru => format!("{deviation}: у подписанта {index} повторяется {name}"),
                    Language::En => format!("{deviation}: signer {index} has {name} again"),
                });
            }
            if attribute.values.len() != 1 {
                let count = attribute.values.len();
                lines.push(match language {
                    Language::Ru => {
                        format!("{deviation}: {name} подписанта {index}: значений {count}")
                    }
                    Language::En => {
                        format!("{deviation}: {name} of signer {index} has {count} values")
                    }
                });
            }
        }
        let is_sorted = all.is_sorted_by(|left, right| *left.octets <= *right.octets);
        if !is_sorted {
            lines.push(match language {
                Language::Ru => {
                    format!("{deviation}: подписанные атрибуты подписанта {index} не упорядочены")
                }
                Language::En => {
                    format!("{deviation}: signed attributes of signer {index} are not sorted")
                }
            });
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
