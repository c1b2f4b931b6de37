use super::*;

#[test]
fn halves_become_minimal_positive_integers() {
    let value = ecdsa_value(&[0x00, 0x80, 0x00, 0x00]).unwrap();
    assert_eq!(value, [0x30, 7, 2, 2, 0, 0x80, 2, 1, 0]);
    assert_eq!(ecdsa_value(&[]), None);
    assert_eq!(ecdsa_value(&[1, 2, 3]), None);
}
