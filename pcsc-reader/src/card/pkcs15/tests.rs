use super::*;

fn refusal(text: &str) -> String {
    let table = toml::from_str(text).unwrap();
    Pkcs15::from_table(table).err().unwrap_or_default()
}

#[test]
fn a_table_says_how_the_card_signs() {
    let text = r#"
        safe_query = true
        logout = "80400000"
        aids = ["A000000063"]
        rsa = { mse_p1 = 0xF1, algorithm = 2, file_reference = true, input = "digest-info", output = "value" }
        ec = { input = "digest", output = "ecdsa" }
        gost = { input = "digest", output = "halves-swapped", reversed = true }
    "#;
    let road = Pkcs15::from_table(toml::from_str(text).unwrap()).unwrap();
    assert_eq!(road.settings.logout, Some([0x80, 0x40, 0, 0]));
    assert_eq!(road.settings.aids.len(), 1);
    let rsa = road.settings.signing(directory::KeyKind::Rsa).unwrap();
    assert_eq!((rsa.mse_p1, rsa.algorithm), (Some(0xF1), Some(2)));
    assert!(road.settings.signing(directory::KeyKind::Other).is_none());
    let plain = Pkcs15::from_table(toml::Table::new()).unwrap();
    assert!(!plain.settings.safe_query);
    assert!(plain.settings.signing(directory::KeyKind::Rsa).is_none());
}

#[test]
fn a_table_at_fault_is_refused() {
    for (text, part) in [
        ("safe_querry = true", "safe_querry"),
        ("aids = []", "aids"),
        ("aids = [\"A0\"]", "aids"),
        ("aids = [\"xx\"]", "aids"),
        ("logout = \"8040\"", "logout"),
        ("rsa = { input = \"digest\", output = \"value\" }", "rsa"),
        ("ec = { input = \"digest\", output = \"value\" }", "ec"),
        ("gost = { input = \"block\", output = \"value\" }", "gost"),
        ("gost = { input = \"digest\" }", "output"),
        (
            "rsa = { mse_p1 = 256, input = \"block\", output = \"value\" }",
            "256",
        ),
    ] {
        let message = refusal(text);
        assert!(message.contains(part), "{text}: {message}");
    }
}
