//! Real signatures, a real database, real gRPC: citizens of the demonstration
//! PKI confirm their accounts, or are told why not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod support;

use std::sync::Arc;

use proto::v1::{
    self, AccountLevel, ApplicationState, ConditionStatus, Indication, VerifyRequest,
    verify_request::SignedContent,
};
use support::{Daemon, NOW, database::Database};
use testdata::{Form, Person, Pki, Sex, Timestamp, Variant};
use tonic::Code;
use verifierd::{
    back_end::BackEnd,
    domain::time::UnixSeconds,
    service::verify::{Judge, TrustFiles},
};

const CRLS: [&str; 6] = [
    "root",
    "root-512",
    "ca",
    "ca-second-key",
    "ca-512",
    "ca-unlisted",
];

fn pki() -> &'static Pki {
    testdata::demo::pki().unwrap()
}

/// The judge under the demonstration PKI with these CRLs.
fn judge(crls: &[&str]) -> Arc<Judge> {
    let certificate = |id| testdata::pem("CERTIFICATE", &pki().certificate(id).unwrap().der);
    let crls: String = crls
        .iter()
        .map(|id| testdata::pem("X509 CRL", pki().crl(id).unwrap()))
        .collect();
    let anchors = certificate("root") + &certificate("root-512");
    let files = TrustFiles {
        anchors: anchors.as_bytes(),
        crls: crls.as_bytes(),
        list: pki().trust_list("accredited").unwrap(),
        policy: None,
    };
    Arc::new(
        Judge::new(
            files,
            BackEnd::default().algorithms(),
            UnixSeconds::new(NOW),
        )
        .unwrap(),
    )
}

async fn daemon(database: &Database, crls: &[&str]) -> Daemon {
    let config = "[applications]\nfailed_tries = 100";
    Daemon::start_with(database, config, judge(crls)).await
}

fn claims(person: &Person) -> v1::PersonalData {
    let sample = support::person::data();
    v1::PersonalData {
        surname: person.surname.clone(),
        given_name: person.given_name.clone(),
        patronymic: person.patronymic.clone().unwrap_or_default(),
        sex: match person.sex {
            Sex::Female => v1::Sex::Female.into(),
            Sex::Male => v1::Sex::Male.into(),
        },
        birth_date: person.birth_date.clone(),
        birth_place: person.birth_place.clone(),
        citizenship: person.citizenship.clone(),
        snils: person.snils.clone().unwrap_or(sample.snils),
        inn: person.inn.clone().unwrap_or_default(),
        document: match &person.passport {
            None => sample.document,
            Some(passport) => Some(v1::IdentityDocument {
                kind: v1::IdentityDocumentKind::RfPassport.into(),
                series: passport.series.clone(),
                number: passport.number.clone(),
                issued_on: passport.issued_on.clone(),
                issued_by: passport.issued_by.clone(),
                department_code: passport.department_code.clone(),
            }),
        },
    }
}

fn sign(certificate: &str, content: &[u8], form: Form, variant: &Variant) -> Vec<u8> {
    let token = pki().token(certificate).unwrap();
    token
        .sign(content, form, Timestamp(NOW - 60), variant)
        .unwrap()
}

fn plain(certificate: &str, content: &[u8]) -> Vec<u8> {
    sign(certificate, content, Form::Detached, &Variant::default())
}

/// Prepares for `account`, signs with `certificate`, submits.
async fn apply(daemon: &Daemon, account: &str, certificate: &str) -> v1::SubmitApplicationResponse {
    let (application, content) = daemon.issue(account).await;
    daemon
        .submit(account, &application, plain(certificate, &content))
        .await
        .unwrap()
}

fn codes(answer: &v1::SubmitApplicationResponse) -> Vec<&str> {
    let outcome = answer
        .application
        .as_ref()
        .unwrap()
        .outcome
        .as_ref()
        .unwrap();
    outcome
        .reasons
        .iter()
        .map(|reason| reason.code.as_str())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn citizens_with_good_certificates_are_confirmed() {
    let database = Database::sqlite();
    let daemon = daemon(&database, &CRLS).await;
    for (certificate, person) in [
        ("citizen", "citizen"),
        ("citizen-yo", "citizen-yo"),
        ("citizen-no-patronymic", "no-patronymic"),
        ("citizen-second-key", "second-key"),
        ("citizen-512", "512"),
    ] {
        daemon
            .standard_with(person, claims(pki().person(person).unwrap()))
            .await;
        for form in [Form::Detached, Form::Attached] {
            let (application, content) = daemon.issue(person).await;
            let signature = sign(certificate, &content, form, &Variant::default());
            let answer = daemon
                .submit(person, &application, signature)
                .await
                .unwrap();
            assert_eq!(codes(&answer), [""; 0], "{certificate} {form:?}");
            let account = answer.account.unwrap();
            assert_eq!(account.level(), AccountLevel::Confirmed, "{certificate}");
            let der = &pki().certificate(certificate).unwrap().der;
            let proof = account.confirmation.unwrap().certificate.unwrap();
            assert_eq!(proof.sha256, verifierd::service::change::sha256(der));
        }
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_certificate_has_its_reason() {
    let database = Database::sqlite();
    let daemon = daemon(&database, &CRLS).await;
    for (certificate, person, expected) in [
        ("citizen-expired", "expired", "CERTIFICATE_EXPIRED"),
        ("citizen-future", "future", "CERTIFICATE_NOT_YET_VALID"),
        ("citizen-revoked", "revoked", "CERTIFICATE_REVOKED"),
        (
            "citizen-foreign",
            "foreign",
            "CERTIFICATE_AUTHORITY_UNKNOWN",
        ),
        ("citizen-unlisted", "unlisted", "QUALIFICATION_NOT_PROVABLE"),
        ("citizen-no-snils", "citizen", "CERTIFICATE_WITHOUT_SNILS"),
        ("citizen-yo", "citizen", "PERSON_DIFFERS"),
    ] {
        let data = claims(pki().person(person).unwrap());
        if daemon
            .accounts
            .clone()
            .get_account(v1::GetAccountRequest {
                account_id: person.into(),
            })
            .await
            .is_err()
        {
            daemon.standard_with(person, data).await;
        }
        let answer = apply(&daemon, person, certificate).await;
        assert_eq!(codes(&answer), [expected], "{certificate}");
        let application = answer.application.as_ref().unwrap();
        assert_eq!(
            application.state(),
            ApplicationState::Rejected,
            "{certificate}"
        );
        assert_eq!(answer.account.unwrap().level(), AccountLevel::Standard);
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_that_was_used_is_not_used_again() {
    let databases = [Some(Database::sqlite()), Database::postgres().await];
    for database in databases.into_iter().flatten() {
        let daemon = daemon(&database, &CRLS).await;
        daemon
            .standard_with("citizen", claims(testdata::demo::citizen().unwrap()))
            .await;
        for form in [Form::Attached, Form::Detached] {
            let (first, content) = daemon.issue("citizen").await;
            let signature = sign("citizen", &content, form, &Variant::default());
            let answer = daemon.submit("citizen", &first, signature.clone()).await;
            assert_eq!(codes(&answer.unwrap()), [""; 0]);
            let (second, _) = daemon.issue("citizen").await;
            let error = daemon
                .submit("citizen", &second, signature)
                .await
                .unwrap_err();
            assert_eq!(
                support::reason(&error),
                (Code::InvalidArgument, "SIGNATURE_REPLAYED".into()),
                "{form:?}"
            );
        }
        daemon.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_signature_has_its_reason() {
    let database = Database::sqlite();
    let daemon = daemon(&database, &CRLS).await;
    daemon
        .standard_with("citizen", claims(testdata::demo::citizen().unwrap()))
        .await;
    let (application, content) = daemon.issue("citizen").await;
    let (_, other_content) = daemon.issue("citizen").await;
    let good = plain("citizen", &content);
    let two = Variant {
        co_signers: vec!["citizen-yo".into()],
        ..Variant::default()
    };
    let unsigned = plain("citizen", &other_content);
    let refused: [(&str, Vec<u8>, &str); 7] = [
        ("empty", Vec::new(), "SIGNATURE_EMPTY"),
        ("text", b"Hello, world\n".to_vec(), "NOT_A_SIGNATURE"),
        (
            "certificate",
            pki().certificate("citizen").unwrap().der.clone(),
            "NOT_A_SIGNATURE",
        ),
        ("bomb", [0x30, 0x80].repeat(1 << 20), "SIGNATURE_LIMIT"),
        ("replayed", unsigned, "CONTENT_DIFFERS"),
        ("wrong content", plain("citizen", b"{}"), "CONTENT_DIFFERS"),
        (
            "two signers",
            sign("citizen", &content, Form::Detached, &two),
            "SIGNER_COUNT",
        ),
    ];
    for (name, signature, expected) in refused {
        let error = daemon
            .submit("citizen", &application, signature)
            .await
            .unwrap_err();
        let (code, reason) = support::reason(&error);
        assert_eq!(
            (code, reason.as_str()),
            (Code::InvalidArgument, expected),
            "{name}"
        );
    }
    for (length, expected) in [
        (1, "NOT_A_SIGNATURE"),
        (10, "NOT_A_SIGNATURE"),
        (100, "SIGNATURE_TRUNCATED"),
        (good.len() / 2, "SIGNATURE_TRUNCATED"),
        (good.len() - 1, "SIGNATURE_TRUNCATED"),
    ] {
        let cut = good[..length].to_vec();
        let error = daemon
            .submit("citizen", &application, cut)
            .await
            .unwrap_err();
        assert_eq!(support::reason(&error).1, expected, "{length}");
    }
    assert_eq!(
        daemon.application("citizen", &application).await.state(),
        ApplicationState::Prepared
    );

    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    let answer = daemon
        .submit("citizen", &application, flipped)
        .await
        .unwrap();
    assert_eq!(codes(&answer), ["SIGNATURE_BROKEN"]);
    let error = daemon
        .submit("citizen", &application, good)
        .await
        .unwrap_err();
    assert_eq!(support::reason(&error).1, "APPLICATION_ALREADY_SUBMITTED");
    assert_eq!(
        daemon.account("citizen").await.level(),
        AccountLevel::Standard
    );
    daemon.stop().await;
}

/// Where `part` stands in `whole`.
fn place(whole: &[u8], part: &[u8]) -> std::ops::Range<usize> {
    let start = whole
        .windows(part.len())
        .position(|window| window == part)
        .unwrap();
    start..start + part.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_confirms_nobody() {
    let database = Database::sqlite();
    let config = "[applications]\nfailed_tries = 1000";
    let daemon = Daemon::start_with(&database, config, judge(&CRLS)).await;
    daemon
        .standard_with("citizen", claims(testdata::demo::citizen().unwrap()))
        .await;
    let (mut application, mut content) = daemon.issue("citizen").await;
    let mut good = plain("citizen", &content);
    // Two unsigned hints: the list of digest algorithms (RFC 5652 §5.1), whose
    // only member stands first, and the authority's certificate, which the
    // daemon has from the list of authorities.
    let streebog_256 = [0x06, 0x08, 0x2a, 0x85, 0x03, 0x07, 0x01, 0x01, 0x02, 0x02];
    let hints = [
        place(&good, &streebog_256),
        place(&good, &pki().certificate("ca").unwrap().der),
    ];
    let signed = |at: &usize| !hints.iter().any(|hint| hint.contains(at));
    let mut refused = 0;
    for at in (0..good.len()).step_by(31).filter(signed) {
        let mut flipped = good.clone();
        flipped[at] ^= 0x04;
        match daemon.submit("citizen", &application, flipped).await {
            Err(error) => assert_eq!(error.code(), Code::InvalidArgument, "byte {at}"),
            Ok(answer) => {
                let state = answer.application.as_ref().unwrap().state();
                assert_ne!(state, ApplicationState::Accepted, "byte {at}");
                (application, content) = daemon.issue("citizen").await;
                good = plain("citizen", &content);
            }
        }
        refused += 1;
    }
    assert!(refused > 40, "{refused} places");
    assert_eq!(
        daemon.account("citizen").await.level(),
        AccountLevel::Standard
    );
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_fresh_revocation_data_the_application_waits() {
    for crls in [&["root", "ca-stale"][..], &["root"], &["foreign-root"]] {
        let database = Database::sqlite();
        let daemon = daemon(&database, crls).await;
        daemon
            .standard_with("citizen", claims(testdata::demo::citizen().unwrap()))
            .await;
        let answer = apply(&daemon, "citizen", "citizen").await;
        let application = answer.application.as_ref().unwrap();
        assert_eq!(application.state(), ApplicationState::Deferred, "{crls:?}");
        assert_eq!(codes(&answer), ["REVOCATION_DATA_MISSING"]);
        assert_eq!(answer.account.unwrap().level(), AccountLevel::Standard);
        daemon.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verify_answers_the_report_twice_over() {
    let daemon = daemon(&Database::sqlite(), &CRLS).await;
    let request = VerifyRequest {
        signature: plain("citizen", b"content"),
        signed_content: Some(SignedContent::Content(b"content".to_vec())),
        ..VerifyRequest::default()
    };
    let mut client = daemon.verification.clone();
    let answer = client.verify(request.clone()).await.unwrap().into_inner();
    let report = answer.report.unwrap();
    assert_eq!(
        report.conclusion.unwrap().indication(),
        Indication::TotalPassed
    );
    let [signature] = report.signatures.as_slice() else {
        panic!("one signature")
    };
    let qualified = signature.qualified.as_ref().unwrap();
    assert_eq!(qualified.verdict(), v1::QualifiedVerdict::Qualified);
    assert_eq!(qualified.conditions.len(), 4);
    assert!(
        qualified
            .conditions
            .iter()
            .all(|c| c.status() == ConditionStatus::Met)
    );
    assert_eq!(signature.path.len(), 3);

    let json: serde_json::Value = serde_json::from_str(&answer.report_json).unwrap();
    assert_eq!(json["conclusion"]["indication"], "TOTAL_PASSED");
    let of_json = &json["signatures"][0];
    assert_eq!(of_json["id"], signature.id.as_str());
    let findings = of_json["findings"].as_array().unwrap();
    assert_eq!(findings.len(), signature.findings.len());
    for (json, message) in findings.iter().zip(&signature.findings) {
        assert_eq!(json["code"], message.code.as_str());
        let text = message.text.as_ref().unwrap();
        assert_eq!(json["text"]["ru"], text.ru.as_str());
        assert_eq!(json["text"]["en"], text.en.as_str());
    }

    let other = SignedContent::Content(b"other".to_vec());
    let request = VerifyRequest {
        signed_content: Some(other),
        ..request
    };
    let failed = client
        .verify(request)
        .await
        .unwrap()
        .into_inner()
        .report
        .unwrap();
    let conclusion = failed.conclusion.unwrap();
    assert_eq!(conclusion.indication(), Indication::TotalFailed);
    assert_eq!(conclusion.sub_indication, "HASH_FAILURE");
    drop(client);
    daemon.stop().await;
}
