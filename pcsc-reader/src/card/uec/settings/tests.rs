use super::*;
use crate::card::CardRegistry;

/// The text that comes with the program, changed at one place.
fn changed(from: &str, to: &str) -> Result<UecSettings, String> {
    assert!(BUILTIN.contains(from), "{from}");
    UecSettings::from_profile(&BUILTIN.replacen(from, to, 1))
}

fn refusal(from: &str, to: &str) -> String {
    match changed(from, to) {
        Ok(_) => panic!("{to} was taken"),
        Err(reason) => reason,
    }
}

#[test]
fn the_profile_that_comes_with_the_program_is_read() {
    let settings = UecSettings::builtin().unwrap();
    assert_eq!(settings.pin.len(), 3);
    assert_eq!(
        settings.layout(1, 0x11, 4).map(|block| block.kind),
        Some(BlockKind::Tlv)
    );
    assert_eq!(
        settings.layout(1, 0x12, 4).map(|block| block.kind),
        Some(BlockKind::BinaryTlv)
    );
    assert!(settings.layout(1, 0x13, 4).is_none());
    // Every block that is known has a layout, the photograph behind PIN 1.
    for (sector, block) in [(2, 4), (2, 5), (2, 6), (2, 7), (3, 1), (3, 2)] {
        let layout = settings.layout(sector, 0x11, block).unwrap();
        assert!(!layout.fields.is_empty(), "{sector}-{block}");
    }
    let photo = settings.layout(1, 0x11, 3).unwrap();
    assert_eq!(photo.access, Access::Pin(1));
    assert_eq!(
        settings.file(Content::ApplicationKey, Some(Suite::Rsa)),
        Some([0x00, 0x10])
    );
    assert_eq!(
        settings.file(Content::HolderCertificate, None),
        Some([0x00, 0x11])
    );
}

#[test]
fn no_profile_sends_a_pin_without_a_session() {
    let pin = "label = \"ПИН1\"";
    assert!(changed(pin, "label = \"ПИН1\"\nrequires_sm = true").is_ok());
    let reason = refusal(pin, "label = \"ПИН1\"\nrequires_sm = false");
    assert!(reason.contains("requires_sm"), "{reason}");
    let reason = refusal(pin, "label = \"ПИН1\"\nsafe_query = true");
    assert!(reason.contains("safe_query"), "{reason}");
    // The registry refuses the profile as a whole.
    let text = BUILTIN.replacen(pin, "label = \"ПИН1\"\nrequires_sm = false", 1);
    let error = CardRegistry::from_toml(&[("uec.toml", &text)]).unwrap_err();
    assert!(error.to_string().contains("requires_sm"), "{error}");
}

#[test]
fn what_is_wrong_is_refused_by_name() {
    for (from, to, named) in [
        (
            "read_chunk = 248",
            "read_chunk = 248\nencoding = \"ascii\"",
            "encoding",
        ),
        ("read_chunk = 248", "read_chunk = 300", "read_chunk"),
        (
            "read_chunk_sm = 224",
            "read_chunk_sm = 240",
            "read_chunk_sm",
        ),
        (
            "envelope_chunk = 248",
            "envelope_chunk = 0",
            "envelope_chunk",
        ),
        (
            "issuer = \"A000000432554543495344\"",
            "issuer = \"A000000003000000\"",
            "A000000432",
        ),
        (
            "issuer = \"A000000432554543495344\"",
            "issuer = \"A0\"",
            "AID",
        ),
        (
            "empty_select_template = \"6F5D",
            "empty_select_template = \"6F5E",
            "empty_select_template",
        ),
        ("pan_file = \"0009\"", "pan_file = \"09\"", "09"),
        ("entry = \"E1\"", "entry = \"E1E1\"", "E1E1"),
        (
            "version = [\"64/9F08\"",
            "version = [\"64/64/64/64/9F08\"",
            "four tags",
        ),
        ("name = \"snils\"", "name = \"snilz\"", "snilz"),
        ("codec = \"bcd-left-f\"", "codec = \"bcd\"", "bcd"),
        ("access = \"sm+pin:01\"", "access = \"pin:01\"", "pin:01"),
        ("tag = \"DF27\", codec", "offset = 1, codec", "snils"),
        ("root = \"5F40\"", "", "root"),
        ("records = 10", "records = 0", "records"),
        ("max = 65535", "max = 65536", "photo"),
        ("\"801A0000\"", "\"801A00\"", "4 octets"),
        ("key_rsa_long = \"18\"\n", "", "key_rsa_long"),
        ("max = 6 }", "max = 0 }", "snils"),
        ("kind = \"uec\"", "kind = \"pkcs15\"", "uec"),
    ] {
        let reason = refusal(from, to);
        assert!(reason.contains(named), "{to}: {reason}");
    }
}
