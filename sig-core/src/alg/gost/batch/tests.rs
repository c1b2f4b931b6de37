use super::super::gost3410::reference::Curve;
use super::super::parameters::{ParameterSet, by_oid, tests::reference};
use super::*;
use crate::alg::testing::{sequence_of, spki};
use crate::der::oid::Oid;
use crate::der::oids;
use crate::der::tag::Tag;
use crate::der::writer::element;

fn cpa() -> (&'static ParameterSet, Curve) {
    let set = by_oid(&Oid::new(&[1, 2, 643, 2, 2, 35, 1])).unwrap();
    (set, reference(set))
}

struct Signed {
    algorithm: SignatureId,
    key: SubjectPublicKeyInfo,
    digest: Vec<u8>,
    signature: Vec<u8>,
}

impl Signed {
    fn item(&self) -> BatchItem<'_> {
        BatchItem {
            algorithm: self.algorithm,
            key: &self.key,
            message: Message::Digest(&self.digest),
            signature: &self.signature,
        }
    }
}

fn signed(set: &ParameterSet, curve: &Curve, seed: u32) -> Signed {
    let d = (&curve.q / 7_u8) + seed;
    let k = (&curve.q / 11_u8) + seed;
    let digest: Vec<u8> = (0..curve.octets as u32)
        .map(|i| (i * 37 + seed * 11) as u8)
        .collect();
    let rs = curve.sign(&d, &k, &digest).unwrap();
    let public = curve.multiply(&d, &curve.base());
    let key = element(Tag::OCTET_STRING, &curve.encode_point(&public));
    Signed {
        algorithm: GOST2012_256.id(),
        key: spki(oids::GOST2012_256, &sequence_of(&[set.oid]), &key),
        digest,
        signature: curve.encode_signature(&rs),
    }
}

#[test]
fn smoke() {
    let (set, curve) = cpa();
    for n in 1..40 {
        let all: Vec<Signed> = (0..n)
            .map(|seed| {
                let mut s = signed(set, &curve, seed + 1);
                if seed % 5 == 3 {
                    s.digest[4] ^= 1;
                }
                s
            })
            .collect();
        let items: Vec<_> = all.iter().map(Signed::item).collect();
        let verdicts = verify_batch(&items);
        for (i, v) in verdicts.iter().enumerate() {
            assert_eq!(v.is_ok(), i % 5 != 3, "{n} {i}");
        }
    }
    let all: Vec<Signed> = (0..16).map(|seed| signed(set, &curve, seed + 1)).collect();
    let items: Vec<_> = all.iter().map(Signed::item).collect();
    for o in verify_vector(&lanes(&candidates(&items))).unwrap() {
        assert_eq!(o, Outcome::Holds);
    }
}
