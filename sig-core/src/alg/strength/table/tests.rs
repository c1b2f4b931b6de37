use super::*;
use crate::der::oids;

const RSA: KeyDescription = KeyDescription {
    family: KeyFamily::Rsa,
    bits: 2048,
    parameters: None,
    test_only: false,
    scheme: None,
};
const BOTH: [Use; 2] = [Use::Creation, Use::Checking];

const fn second(number: i64) -> UnixTime {
    UnixTime::from_seconds(number)
}

fn row(subject: Subject, uses: &[Use], until: Option<i64>) -> StrengthRow {
    StrengthRow {
        subject,
        uses: uses.to_vec(),
        from: None,
        until: until.map(second),
        source: "a source".to_owned(),
    }
}

fn rsa(bits: u32, scheme: Option<SignatureScheme>) -> Subject {
    Subject::Key {
        family: KeyFamily::Rsa,
        bits,
        parameters: Vec::new(),
        scheme,
    }
}

fn on(parameters: &[Oid]) -> Subject {
    Subject::Key {
        family: KeyFamily::Gost2001,
        bits: 256,
        parameters: parameters.to_vec(),
        scheme: None,
    }
}

fn table(rows: Vec<StrengthRow>) -> StrengthTable {
    StrengthTable::new(rows).unwrap()
}

fn refused(rows: Vec<StrengthRow>) -> Option<&'static str> {
    StrengthTable::new(rows).err().map(|rejected| rejected.why)
}

#[test]
fn a_row_accepts_from_its_begin_until_before_its_end() {
    let row = StrengthRow {
        from: Some(second(10)),
        ..row(Subject::Digest(DigestId::Sha1), &BOTH, Some(20))
    };
    assert_eq!(
        row.judge(second(9)),
        Strength::NotAcceptableBefore(second(10))
    );
    assert_eq!(row.judge(second(10)), Strength::Acceptable);
    assert_eq!(row.judge(second(19)), Strength::Acceptable);
    assert_eq!(
        row.judge(second(20)),
        Strength::NotAcceptableSince(second(20))
    );
}

#[test]
fn a_proof_of_existence_moves_the_time_of_creation_only() {
    let sha1 = Subject::Digest(DigestId::Sha1);
    let table = table(vec![
        row(sha1.clone(), &[Use::Creation], Some(20)),
        row(sha1, &[Use::Checking], Some(40)),
    ]);
    let judge = |when| table.digest(DigestId::Sha1, when);
    let ended = |number| Strength::NotAcceptableSince(second(number));
    assert_eq!(judge(Moments::unproven(second(30))), ended(20));
    assert_eq!(judge(Moments::proven(None, second(30))), ended(20));
    assert_eq!(
        judge(Moments::proven(Some(second(20)), second(30))),
        ended(20)
    );
    assert_eq!(
        judge(Moments::proven(Some(second(19)), second(30))),
        Strength::Acceptable
    );
    assert_eq!(
        judge(Moments::proven(Some(second(19)), second(40))),
        ended(40)
    );
    // A proof from the future proves existence at the time of checking, no more.
    assert_eq!(
        Moments::proven(Some(second(50)), second(30)),
        Moments::unproven(second(30))
    );
}

#[test]
fn without_a_row_for_each_use_nothing_is_known() {
    let sha1 = Subject::Digest(DigestId::Sha1);
    let now = Moments::unproven(second(1));
    for uses in [&[Use::Creation][..], &[Use::Checking]] {
        let table = table(vec![row(sha1.clone(), uses, None)]);
        assert_eq!(table.digest(DigestId::Sha1, now), Strength::Unknown);
    }
    let table = table(vec![row(sha1, &BOTH, None)]);
    assert_eq!(table.digest(DigestId::Sha1, now), Strength::Acceptable);
    assert_eq!(table.digest(DigestId::Sha256, now), Strength::Unknown);
    assert_eq!(table.key(&RSA, now), Strength::Unknown);
}

#[test]
fn a_key_is_judged_by_the_largest_size_it_reaches() {
    let table = table(vec![
        row(rsa(1024, None), &BOTH, Some(10)),
        row(rsa(2048, None), &BOTH, None),
    ]);
    let now = Moments::unproven(second(10));
    let judge = |bits| table.key(&KeyDescription { bits, ..RSA }, now);
    assert_eq!(judge(1023), Strength::Unknown);
    assert_eq!(judge(2047), Strength::NotAcceptableSince(second(10)));
    assert_eq!(judge(2048), Strength::Acceptable);
    let other = KeyDescription {
        family: KeyFamily::Other(oids::DATA),
        ..RSA
    };
    assert_eq!(table.key(&other, now), Strength::Unknown);
}

#[test]
fn a_scheme_has_rows_of_its_own() {
    use SignatureScheme::{RsaPkcs1, RsaPss};
    let table = table(vec![
        row(rsa(1024, None), &BOTH, Some(10)),
        row(rsa(2048, Some(RsaPkcs1)), &BOTH, Some(20)),
        row(rsa(2048, Some(RsaPss)), &BOTH, None),
    ]);
    let late = Moments::unproven(second(20));
    let ended = Strength::NotAcceptableSince(second(20));
    assert_eq!(table.signature(&RSA, RsaPkcs1, late), ended);
    assert_eq!(table.signature(&RSA, RsaPss, late), Strength::Acceptable);
    // The key alone may still be used with the better scheme, unless it says which it is for.
    assert_eq!(table.key(&RSA, late), Strength::Acceptable);
    let bound = |scheme| KeyDescription {
        scheme: Some(scheme),
        ..RSA
    };
    assert_eq!(table.key(&bound(RsaPkcs1), late), ended);
    assert_eq!(
        table.signature(&bound(RsaPss), RsaPkcs1, late),
        Strength::Unknown
    );
}

#[test]
fn only_named_parameters_are_listed() {
    let table = table(vec![row(on(&[oids::DATA]), &BOTH, None)]);
    let judge = |parameters| {
        let key = KeyDescription {
            family: KeyFamily::Gost2001,
            bits: 256,
            parameters,
            ..RSA
        };
        table.key(&key, Moments::unproven(second(1)))
    };
    assert_eq!(judge(Some(oids::DATA)), Strength::Acceptable);
    assert_eq!(judge(Some(oids::SIGNED_DATA)), Strength::Unknown);
    assert_eq!(judge(None), Strength::Unknown);
}

#[test]
fn rows_that_contradict_each_other_are_refused() {
    let sha1 = || Subject::Digest(DigestId::Sha1);
    let good = || row(sha1(), &BOTH, Some(10));
    assert_eq!(refused(vec![good()]), None);
    let same = Some("an earlier row is about the same");
    assert_eq!(
        refused(vec![good(), row(sha1(), &[Use::Checking], None)]),
        same
    );
    let (one, two) = (oids::DATA, oids::SIGNED_DATA);
    let keys = |left: &[Oid], right: &[Oid]| {
        refused(vec![
            row(on(left), &BOTH, None),
            row(on(right), &BOTH, None),
        ])
    };
    assert_eq!(keys(&[one], &[two]), None);
    assert_eq!(keys(&[one], &[two, one]), same);
    assert_eq!(keys(&[], &[]), same);
    let uses = Some("needs its uses, each once: creation, then checking");
    for wrong in [
        &[][..],
        &[Use::Creation; 2],
        &[Use::Checking, Use::Creation],
    ] {
        assert_eq!(refused(vec![row(sha1(), wrong, None)]), uses);
    }
    let mut nameless = good();
    nameless.source = " ".to_owned();
    assert_eq!(refused(vec![nameless]), Some("needs a source"));
    let mut empty = good();
    empty.from = empty.until;
    assert_eq!(refused(vec![empty]), Some("ends before it begins"));
}
