use proptest::prelude::*;
use sha2::Digest as _;

use super::*;

/// RFC 5831 §7.3.1, written in the order of its octets.
#[test]
fn the_example_of_the_standard_has_the_test_s_box() {
    let message = b"This is message, length=32 bytes";
    let expected = "b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa";
    assert_eq!(hex::encode(Gost94TestSBox.digest(message)), expected);
    assert_ne!(GOST94.digest(message).unwrap().hex(), expected);
}

#[test]
fn certificates_have_the_cryptopro_s_box() {
    let expected = "981e5f3ca30c841487830f84fb433e13ac1101569b9c13584ac483234cd656c0";
    let empty = GOST94.digest(b"").unwrap();
    assert_eq!(empty.hex(), expected);
    assert_eq!(empty.algorithm, DigestId::Gost94);
    assert_eq!(empty.value.len(), DigestId::Gost94.size());
    assert_ne!(hex::encode(Gost94TestSBox.digest(b"")), expected);
    let mut context = GOST94.start();
    context.update(b"");
    assert_eq!(context.finish(), Ok(empty));
}

#[test]
fn every_length_up_to_ten_blocks() {
    let octets: Vec<u8> = (0..320u32).map(|i| (i * i + 7) as u8).collect();
    for length in 0..=octets.len() {
        let message = &octets[..length];
        let expected = gost94::Gost94CryptoPro::digest(message).to_vec();
        assert_eq!(
            GOST94.digest(message).unwrap().value,
            expected,
            "{length} octets"
        );
        let expected = gost94::Gost94Test::digest(message).to_vec();
        assert_eq!(Gost94TestSBox.digest(message), expected, "{length} octets");
    }
}

/// The sum of the blocks carries through all four words.
#[test]
fn blocks_of_ones() {
    let message = [0xff; 150];
    let expected = gost94::Gost94CryptoPro::digest(message).to_vec();
    assert_eq!(GOST94.digest(&message).unwrap().value, expected);
}

proptest! {
    #[test]
    fn agrees_in_any_pieces(
        message in proptest::collection::vec(any::<u8>(), 0..700),
        cuts in proptest::collection::vec(0usize..100, 0..12),
    ) {
        let expected = gost94::Gost94CryptoPro::digest(&message).to_vec();
        prop_assert_eq!(&GOST94.digest(&message).unwrap().value, &expected);
        let mut context = GOST94.start();
        let mut rest = message.as_slice();
        for cut in cuts {
            let (piece, after) = rest.split_at(cut.min(rest.len()));
            context.update(piece);
            rest = after;
        }
        context.update(rest);
        prop_assert_eq!(&context.finish().unwrap().value, &expected);
        let expected = gost94::Gost94Test::digest(&message).to_vec();
        prop_assert_eq!(Gost94TestSBox.digest(&message), expected);
    }
}
