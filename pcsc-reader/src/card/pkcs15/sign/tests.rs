use sig_core::alg::digest::DigestId;
use sig_core::alg::signature::SignatureId;

use super::*;
use crate::card::pkcs15::object::Path;
use crate::transport::Transcript;

fn key(kind: KeyKind) -> PrivateKey {
    PrivateKey {
        kind,
        id: vec![0x45],
        auth_id: None,
        signs: true,
        reference: Some(0x81),
        algorithms: Vec::new(),
        path: Path::default(),
        bits: Some(1024),
    }
}

fn signing(input: Input, output: Output, reversed: bool) -> Signing {
    Signing {
        mse_p1: Some(0x41),
        algorithm: None,
        file_reference: false,
        input,
        output,
        reversed,
    }
}

fn asked(scheme: SignatureScheme) -> ToBeSigned<'static> {
    const DIGEST: [u8; 32] = {
        let mut digest = [0xAB; 32];
        digest[0] = 0x01;
        digest
    };
    ToBeSigned {
        algorithm: SignatureId {
            scheme,
            digest: DigestId::Sha256,
        },
        octets: b"octets",
        digest: &DIGEST,
        salt: None,
    }
}

#[test]
fn the_input_is_what_the_card_takes() {
    let rsa = asked(SignatureScheme::RsaPkcs1);
    let info = "3031300D060960864801650304020105000420";
    let digest_info = signing(Input::DigestInfo, Output::Value, false);
    let data = input(&key(KeyKind::Rsa), &digest_info, &rsa).unwrap();
    assert!(hex::encode_upper(&data).starts_with(&format!("{info}01AB")));
    assert_eq!(data.len(), 51);

    let block = signing(Input::Block, Output::Value, false);
    let data = input(&key(KeyKind::Rsa), &block, &rsa).unwrap();
    assert_eq!(data.len(), 128);
    assert!(data.starts_with(&[0x00, 0x01, 0xFF, 0xFF]));
    assert_eq!(data[76..78], [0x00, 0x30]);

    let reversed = signing(Input::Block, Output::Value, true);
    let data = input(&key(KeyKind::Rsa), &reversed, &rsa).unwrap();
    assert_eq!(data[126..], [0x01, 0x00]);
    // A digest of GOST has its low octet first as it is.
    let reversed = signing(Input::Digest, Output::Value, true);
    let gost = asked(SignatureScheme::Gost2012_256);
    let data = input(&key(KeyKind::Gost), &reversed, &gost).unwrap();
    assert_eq!((data[0], data[31]), (0x01, 0xAB));
    let turned = signing(Input::DigestReversed, Output::Value, true);
    let data = input(&key(KeyKind::Gost), &turned, &gost).unwrap();
    assert_eq!((data[0], data[31]), (0xAB, 0x01));
}

#[test]
fn a_key_does_not_sign_by_the_algorithm_of_another() {
    let digest = signing(Input::Digest, Output::Value, false);
    for (kind, scheme) in [
        (KeyKind::Rsa, SignatureScheme::Ecdsa),
        (KeyKind::Rsa, SignatureScheme::RsaPss),
        (KeyKind::Ec, SignatureScheme::RsaPkcs1),
        (KeyKind::Gost, SignatureScheme::Ecdsa),
        (KeyKind::Other, SignatureScheme::RsaPkcs1),
    ] {
        let error = input(&key(kind), &digest, &asked(scheme)).unwrap_err();
        assert_eq!(error.kind, CardErrorKind::Unsupported);
    }
    // A modulus of 488 bits has no room for the padding, and one of unknown size no block.
    let block = signing(Input::Block, Output::Value, false);
    for bits in [Some(488), None, Some(1 << 20)] {
        let mut key = key(KeyKind::Rsa);
        key.bits = bits;
        assert!(input(&key, &block, &asked(SignatureScheme::RsaPkcs1)).is_err());
    }
    let mut key = key(KeyKind::Rsa);
    key.bits = Some(496);
    assert!(input(&key, &block, &asked(SignatureScheme::RsaPkcs1)).is_ok());
}

#[test]
fn the_output_becomes_the_value_of_cms() {
    let plain = vec![0x80, 0x01, 0x00, 0x02];
    let sequence = vec![0x30, 0x08, 0x02, 0x03, 0x00, 0x80, 0x01, 0x02, 0x01, 0x02];
    let written = vec![0x30, 0x08, 0x02, 0x03, 0x00, 0x80, 0x01, 0x02, 0x01, 0x02];
    assert_eq!(output(Output::Value, plain.clone()), Ok(plain.clone()));
    assert_eq!(output(Output::Ecdsa, plain.clone()), Ok(written.clone()));
    assert_eq!(output(Output::Ecdsa, sequence), Ok(written));
    let swapped = output(Output::HalvesSwapped, plain);
    assert_eq!(swapped, Ok(vec![0x00, 0x02, 0x80, 0x01]));
    for form in [Output::Value, Output::Ecdsa, Output::HalvesSwapped] {
        assert!(output(form, Vec::new()).is_err());
    }
    assert!(output(Output::Ecdsa, vec![1, 2, 3]).is_err());
    assert!(output(Output::HalvesSwapped, vec![1, 2, 3]).is_err());
}

#[test]
fn the_environment_names_what_is_known() {
    for (references, environment) in [
        (
            References {
                algorithm: Some(0x02),
                file: Some([0x4B, 0x01]),
                key: Some(0x81),
            },
            "002241B60A 800102 81024B01 840181",
        ),
        (
            References {
                algorithm: None,
                file: None,
                key: Some(0x81),
            },
            "002241B603 840181",
        ),
    ] {
        let script = format!("> {environment}\n< 9000\n> 002A9E9A02010200\n< 03049000\n");
        let atr = "atr 3B80800101\n";
        let mut card = Transcript::parse(&format!("{atr}{script}")).unwrap();
        let mut channel = Channel::new(&mut card);
        let way = signing(Input::Digest, Output::Value, true);
        let value = sign(&mut channel, &way, &references, vec![1, 2]).unwrap();
        assert_eq!(value, [4, 3]);
    }
}
