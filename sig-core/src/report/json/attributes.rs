//! Signed attributes in `qes.report/1`.

use super::super::attributes::{AttributesReport, PolicyStatus, SignaturePolicyReport};
use super::Object;

pub(super) fn write(o: &mut Object<'_>, attributes: &AttributesReport) {
    let hints = attributes.content_hints.as_ref();
    o.optional_object("content_hints", hints, |o, hints| {
        o.optional("description", hints.description.as_deref());
        o.text("content_type", &hints.content_type);
    });
    o.optional("mime_type", attributes.mime_type.as_deref());
    o.optional(
        "content_identifier",
        attributes.content_identifier.as_deref(),
    );
    let reference = attributes.content_reference.as_ref();
    o.optional_object("content_reference", reference, |o, reference| {
        o.text("content_type", &reference.content_type);
        o.text("identifier", &reference.identifier);
        o.text("signature", &reference.signature);
    });
    o.objects("commitments", &attributes.commitments, |o, commitment| {
        o.text("id", &commitment.id);
        o.optional("name", commitment.name);
        o.texts("qualifiers", &commitment.qualifiers);
    });
    let location = attributes.location.as_ref();
    o.optional_object("location", location, |o, location| {
        o.optional("country", location.country.as_deref());
        o.optional("locality", location.locality.as_deref());
        o.texts("postal_address", &location.postal_address);
    });
    o.objects("claimed", &attributes.claimed, |o, claimed| {
        o.text("id", &claimed.id);
        o.texts("values", &claimed.values);
    });
    o.objects("certified", &attributes.certified, |o, certified| {
        o.text("form", &certified.form);
        o.text("sha256", &certified.sha256);
        o.flag("checked", false);
    });
    let policy = attributes.signature_policy.as_ref();
    o.optional_object("signature_policy", policy, signature_policy);
}

fn signature_policy(o: &mut Object<'_>, policy: &SignaturePolicyReport) {
    o.optional("id", policy.id.as_deref());
    o.optional_object("digest", policy.digest.as_ref(), |o, digest| {
        o.text("alg", &digest.algorithm);
        o.text("hex", &digest.hex);
    });
    o.texts("uris", &policy.uris);
    o.texts("notices", &policy.notices);
    o.text("status", policy.status.name());
    let form = match policy.status {
        PolicyStatus::Matched(form) => Some(form),
        _ => None,
    };
    o.optional("digest_over", form);
}
