//! Signed attributes in `qes.report/1`.

use super::super::attributes::{AttributesReport, PolicyStatus, SignaturePolicyReport};
use super::{Object, array, null, object, string};

pub(super) fn value(attributes: &AttributesReport) -> String {
    if attributes.is_empty() {
        return null();
    }
    object(|o| {
        let hints = attributes.content_hints.as_ref().map(|hints| {
            object(|o| {
                o.optional("description", hints.description.as_deref());
                o.text("content_type", &hints.content_type);
            })
        });
        o.raw("content_hints", &hints.unwrap_or_else(null));
        o.optional("mime_type", attributes.mime_type.as_deref());
        o.optional(
            "content_identifier",
            attributes.content_identifier.as_deref(),
        );
        let reference = attributes.content_reference.as_ref().map(|reference| {
            object(|o| {
                o.text("content_type", &reference.content_type);
                o.text("identifier", &reference.identifier);
                o.text("signature", &reference.signature);
            })
        });
        o.raw("content_reference", &reference.unwrap_or_else(null));
        let commitments = attributes.commitments.iter().map(|commitment| {
            object(|o| {
                o.text("id", &commitment.id);
                o.optional("name", commitment.name);
                texts(o, "qualifiers", &commitment.qualifiers);
            })
        });
        o.raw("commitments", &array(commitments));
        let location = attributes.location.as_ref().map(|location| {
            object(|o| {
                o.optional("country", location.country.as_deref());
                o.optional("locality", location.locality.as_deref());
                texts(o, "postal_address", &location.postal_address);
            })
        });
        o.raw("location", &location.unwrap_or_else(null));
        let claimed = attributes.claimed.iter().map(|claimed| {
            object(|o| {
                o.text("id", &claimed.id);
                texts(o, "values", &claimed.values);
            })
        });
        o.raw("claimed", &array(claimed));
        let certified = attributes.certified.iter().map(|certified| {
            object(|o| {
                o.text("form", &certified.form);
                o.text("sha256", &certified.sha256);
                o.raw("checked", "false");
            })
        });
        o.raw("certified", &array(certified));
        let policy = attributes.signature_policy.as_ref();
        o.raw(
            "signature_policy",
            &policy.map_or_else(null, signature_policy),
        );
    })
}

fn signature_policy(policy: &SignaturePolicyReport) -> String {
    object(|o| {
        o.optional("id", policy.id.as_deref());
        let digest = policy.digest.as_ref().map(|digest| {
            object(|o| {
                o.text("alg", &digest.algorithm);
                o.text("hex", &digest.hex);
            })
        });
        o.raw("digest", &digest.unwrap_or_else(null));
        texts(o, "uris", &policy.uris);
        texts(o, "notices", &policy.notices);
        o.text("status", policy.status.name());
        let form = match policy.status {
            PolicyStatus::Matched(form) => Some(form),
            _ => None,
        };
        o.optional("digest_over", form);
    })
}

fn texts(o: &mut Object, key: &str, texts: &[String]) {
    o.raw(key, &array(texts.iter().map(|text| string(text))));
}
