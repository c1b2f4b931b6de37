use super::*;
use crate::card::CardRegistry;

const HEAD: &str = r#"
schema = 1
[[card]]
id = "x"
kind = "token"
name = { ru = "Икс", en = "X" }
confidence = "assumed"
"#;

fn read(tail: &str) -> Result<Vec<CardProfile>, ProfileError> {
    Ok(from_toml("x.toml", &format!("{HEAD}{tail}"))?.cards)
}

fn hex_error(key: &'static str) -> ProfileError {
    ProfileError::Hex {
        file: "x.toml".into(),
        id: "x".into(),
        key,
    }
}

#[test]
fn a_card_with_a_rule_is_read() {
    let cards =
        read("confirm_aid = \"A000000432900001\"\n[[card.match]]\natr = \"3B 00\"").unwrap();
    assert_eq!(cards[0].name.ru, "Икс");
    assert_eq!(cards[0].confirm.as_ref().unwrap().as_bytes().len(), 8);
    assert!(cards[0].matches(&Atr::from_bytes(&[0x3B, 0]).unwrap()));
    assert!(!cards[0].matches(&Atr::from_bytes(&[0x3F, 0]).unwrap()));
}

#[test]
fn the_mask_leaves_octets_out_and_the_length_counts() {
    let card = &read("[[card.match]]\nhist = \"80 00 07\"\nhist_mask = \"FF 00 FF\"").unwrap()[0];
    let matches = |bytes: &[u8]| card.matches(&Atr::from_bytes(bytes).unwrap());
    assert!(matches(&[0x3B, 3, 0x80, 0x55, 0x07]));
    assert!(!matches(&[0x3B, 3, 0x80, 0x55, 0x05]));
    assert!(!matches(&[0x3B, 4, 0x80, 0x55, 0x07, 0x00]));
}

#[test]
fn what_is_wrong_is_named() {
    let no_match = ProfileError::NoMatch {
        file: "x.toml".into(),
        id: "x".into(),
    };
    assert_eq!(read("").unwrap_err(), no_match);
    assert_eq!(
        read("[[card.match]]\natr = \"3B0\"").unwrap_err(),
        hex_error("atr")
    );
    assert_eq!(
        read("[[card.match]]\natr = \"\"").unwrap_err(),
        hex_error("atr")
    );
    assert_eq!(
        read("[[card.match]]\natr = \"3B00\"\natr_mask = \"FF\"").unwrap_err(),
        hex_error("atr_mask")
    );
    for prefix in ["", "5", "no"] {
        assert_eq!(
            read(&format!("[[card.match]]\nhist_prefix = \"{prefix}\"")).unwrap_err(),
            hex_error("hist_prefix")
        );
    }
    assert_eq!(
        read("confirm_aid = \"A000\"\n[[card.match]]\natr = \"3B00\"").unwrap_err(),
        hex_error("confirm_aid")
    );
}

#[test]
fn unknown_keys_and_versions_are_refused() {
    for text in [
        "colour = \"red\"\n[[card.match]]\natr = \"3B00\"",
        "[[card.match]]\natr = \"3B00\"\ncolour = \"red\"",
        "[[card.match]]\natr = \"3B00\"\nhist = \"00\"",
        "[[card.match]]\nhist_prefix = \"52\"\nhist_mask = \"FF\"",
    ] {
        assert!(
            matches!(read(text), Err(ProfileError::Syntax { .. })),
            "{text}"
        );
    }
    let text = HEAD.replace("schema = 1", "schema = 2");
    let schema = ProfileError::Schema {
        file: "x.toml".into(),
        schema: 2,
    };
    assert_eq!(from_toml("x.toml", &text).err().unwrap(), schema);
}

/// Two rules for models must not both match one ATR, nor two for families: the order of files must not matter.
#[test]
fn no_two_built_in_rules_overlap() {
    let registry = CardRegistry::builtin().unwrap();
    let rules: Vec<(&str, &Pattern)> = registry
        .profiles()
        .iter()
        .flat_map(|card| {
            card.patterns
                .iter()
                .map(|pattern| (card.id.as_str(), pattern))
        })
        .collect();
    let is_family = |rule: &(&str, &Pattern)| rule.1.part == Part::HistoricalPrefix;
    let (families, rules): (Vec<_>, Vec<_>) = rules.into_iter().partition(is_family);
    for (index, (id, a)) in families.iter().enumerate() {
        for (other, b) in families.iter().skip(index + 1) {
            let starts = |a: &Pattern, b: &Pattern| a.value.starts_with(&b.value);
            assert!(!starts(a, b) && !starts(b, a), "{id} and {other}");
        }
    }
    for (index, (id, a)) in rules.iter().enumerate() {
        for (other_id, b) in rules
            .iter()
            .skip(index + 1)
            .filter(|(other, _)| other != id)
        {
            assert!(!overlap(a, b), "{id} and {other_id}: {a:02X?} {b:02X?}");
        }
    }
}

/// Whether some octets satisfy both rules. Historical octets end an ATR, or stand before TCK.
fn overlap(a: &Pattern, b: &Pattern) -> bool {
    if a.part == b.part {
        return a.value.len() == b.value.len() && agree(a, 0, b);
    }
    let (whole, tail) = if a.part == Part::Atr { (a, b) } else { (b, a) };
    [0, 1].into_iter().any(|check| {
        let start = whole.value.len().checked_sub(tail.value.len() + check);
        start.is_some_and(|start| start >= 2 && agree(whole, start, tail))
    })
}

fn agree(whole: &Pattern, start: usize, part: &Pattern) -> bool {
    (0..part.value.len()).all(|i| {
        let mask = whole.mask[start + i] & part.mask[i];
        (whole.value[start + i] ^ part.value[i]) & mask == 0
    })
}

/// Every exact ATR of the built-in profiles is itself a well-formed ATR, or the rule could
/// never match.
#[test]
fn built_in_atrs_are_well_formed_and_recognised_as_their_card() {
    let registry = CardRegistry::builtin().unwrap();
    for card in registry.profiles() {
        for pattern in &card.patterns {
            if pattern.part == Part::Atr && pattern.mask.iter().all(|mask| *mask == 0xFF) {
                let atr = Atr::from_bytes(&pattern.value);
                let atr = atr.unwrap_or_else(|error| panic!("{}: {error}", card.id));
                assert_eq!(
                    registry.recognise(&atr).map(|found| &found.id),
                    Some(&card.id)
                );
            }
        }
    }
}
