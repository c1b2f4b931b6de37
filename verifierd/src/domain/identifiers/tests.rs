use std::path::Path;

use super::*;

fn snils(text: &str) -> Result<(), Unacceptable> {
    Snils::parse(text).map(drop)
}

fn inn(text: &str) -> Result<(), Unacceptable> {
    match text.len() {
        10 => OrganisationInn::parse(text).map(drop),
        _ => PersonInn::parse(text).map(drop),
    }
}

fn ogrn(text: &str) -> Result<(), Unacceptable> {
    match text.len() {
        13 => Ogrn::parse(text).map(drop),
        _ => Ogrnip::parse(text).map(drop),
    }
}

#[test]
fn snils_check_digits() {
    assert_eq!(snils("11223344595"), Ok(()));
    assert_eq!(snils("11223344594"), Err(Unacceptable::CheckDigits));
    // The sum is 101 or gives 100: the check digits are 00.
    assert_eq!(snils("08765430300"), Ok(()));
}

#[test]
fn snils_up_to_001_001_998_has_no_check_digits() {
    assert_eq!(snils("00100199899"), Ok(()));
    assert_eq!(snils("00100199899"), Ok(()));
    assert_eq!(snils("00100199999"), Err(Unacceptable::CheckDigits));
}

#[test]
fn snils_is_eleven_ascii_digits() {
    for wrong in [
        "",
        "1122334459",
        "112233445955",
        "112-233-445 95",
        "1122334459x",
        "١١٢٢٣٣",
    ] {
        assert_eq!(snils(wrong), Err(Unacceptable::Format), "{wrong}");
    }
    assert!(Snils::parse_printed("112-233-445 95") == Snils::parse("11223344595"));
}

#[test]
fn inn_check_digits() {
    assert_eq!(inn("500100732259"), Ok(()));
    assert_eq!(inn("500100732258"), Err(Unacceptable::CheckDigits));
    assert_eq!(inn("500100732249"), Err(Unacceptable::CheckDigits));
    assert_eq!(inn("7707329152"), Ok(()));
    assert_eq!(inn("7707083894"), Err(Unacceptable::CheckDigits));
}

#[test]
fn an_organisation_inn_padded_to_twelve_is_no_person_inn() {
    assert_eq!(inn("007707329152"), Err(Unacceptable::Format));
}

#[test]
fn registration_numbers() {
    assert_eq!(ogrn("1047702026701"), Ok(()));
    assert_eq!(ogrn("1047702026702"), Err(Unacceptable::CheckDigits));
    assert_eq!(ogrn("304500116000157"), Ok(()));
    assert_eq!(ogrn("304500116000158"), Err(Unacceptable::CheckDigits));
    assert_eq!(ogrn("30450011600015"), Err(Unacceptable::Format));
}

#[test]
fn published_vectors() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/gost-vectors/ids.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        return;
    };
    let file: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut seen = 0;
    for (kind, parse) in [
        ("snils", snils as fn(&str) -> _),
        ("inn", inn),
        ("ogrn", ogrn),
    ] {
        for vector in file["vectors"][kind].as_array().unwrap() {
            let value = vector["value"].as_str().unwrap();
            let expected = match vector["result"].as_str().unwrap() {
                "ok" | "nocheck" => Ok(()),
                "bad" => Err(Unacceptable::CheckDigits),
                "format" => Err(Unacceptable::Format),
                other => panic!("unknown result {other}"),
            };
            assert_eq!(parse(value), expected, "{kind} {value}");
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen} vectors");
}
