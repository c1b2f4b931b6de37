//! What the database shows to whoever reads it without the keys.

use std::iter;

use proto::v1::{
    BlockAccountRequest, IssuePostalCodeRequest, PersonalData, PrepareOrganisationLinkRequest, Sex,
    SubmitOrganisationLinkRequest, organisation_service_client::OrganisationServiceClient,
    prepare_organisation_link_request::Number,
};
use sqlx::{AssertSqlSafe, Row as _};
use testdata::{Form, Person, Timestamp, Variant};
use verifierd::{config::StoreConfig, service::change::sha256, store::keys::KeySource};

use crate::{
    on_both_databases,
    support::{
        Daemon, NOW,
        attest::{OPERATOR, at_centre, by_operator},
        database::Database,
        demonstration, person,
        script::Script,
    },
};

on_both_databases! {
    no_table_shows_personal_data
    a_certificate_is_sealed_anew_with_its_account
}

const OGRNIP: &str = "304500116000157";

/// A citizen with a certificate of a real authority.
const CITIZEN: &str = "citizen";

fn citizen() -> &'static Person {
    testdata::demo::pki().unwrap().person(CITIZEN).unwrap()
}

fn claims(person: &Person) -> PersonalData {
    let sample = person::data();
    PersonalData {
        surname: person.surname.clone(),
        given_name: person.given_name.clone(),
        patronymic: person.patronymic.clone().unwrap_or_default(),
        sex: match person.sex {
            testdata::Sex::Female => Sex::Female.into(),
            testdata::Sex::Male => Sex::Male.into(),
        },
        birth_date: person.birth_date.clone(),
        snils: person.snils.clone().unwrap(),
        inn: person.inn.clone().unwrap_or_default(),
        ..sample
    }
}

/// Confirms the citizen by a real signature.
async fn confirm_citizen(database: &Database, keys: Option<&KeySource>) {
    let daemon = match keys {
        None => Daemon::start_with(database, "", demonstration()).await,
        Some(keys) => Daemon::start_judging(database, keys, demonstration()).await,
    };
    daemon.standard_with(CITIZEN, claims(citizen())).await;
    let (application, content) = daemon.issue(CITIZEN).await;
    let token = testdata::demo::pki().unwrap().token(CITIZEN).unwrap();
    let time = Timestamp(NOW - 60);
    let signature = token.sign(&content, Form::Detached, time, &Variant::default());
    let answer = daemon
        .submit(CITIZEN, &application, signature.unwrap())
        .await;
    let account = answer.unwrap().account.unwrap();
    let shown = account.confirmation.unwrap().certificate.unwrap();
    assert_eq!(shown.sha256, sha256(&certificate().der));
    // Read again from the database.
    let account = daemon.account(CITIZEN).await;
    assert_eq!(account.confirmation.unwrap().certificate, Some(shown));
    daemon.stop().await;
}

fn certificate() -> &'static testdata::Certificate {
    testdata::demo::pki().unwrap().certificate(CITIZEN).unwrap()
}

/// What of the certificate says whose it is.
fn of_certificate() -> Vec<Vec<u8>> {
    let it = certificate();
    let serial: String = hex::encode(&it.serial);
    vec![
        it.der.clone(),
        it.subject_name.clone(),
        it.serial.clone(),
        serial.to_uppercase().into_bytes(),
        it.subject_key_id.clone(),
        sha256(&it.der).to_vec(),
    ]
}

/// Every way in which a text may stand somewhere.
fn spellings(text: &str) -> Vec<Vec<u8>> {
    let mut texts = vec![text.to_owned(), text.to_lowercase(), text.to_uppercase()];
    if text.len() == 11 && text.bytes().all(|octet| octet.is_ascii_digit()) {
        let (a, b, c, d) = (&text[..3], &text[3..6], &text[6..9], &text[9..]);
        texts.extend([format!("{a}-{b}-{c} {d}"), format!("{a}-{b}-{c}-{d}")]);
    }
    let mut all = Vec::new();
    for text in texts {
        all.push(text.encode_utf16().flat_map(u16::to_be_bytes).collect());
        all.push(text.encode_utf16().flat_map(u16::to_le_bytes).collect());
        // As JSON escapes it.
        let escaped = text.encode_utf16().map(|unit| format!("\\u{unit:04x}"));
        all.push(escaped.collect::<String>().into_bytes());
        all.push(text.into_bytes());
    }
    all
}

/// Everything that the database has, whoever put it there.
async fn kept(database: &Database) -> Vec<u8> {
    match database.config() {
        StoreConfig::Sqlite(path) => {
            let folder = std::fs::read_dir(path.parent().unwrap()).unwrap();
            let names = folder.map(|entry| entry.unwrap().path());
            names
                .flat_map(|name| std::fs::read(name).unwrap())
                .collect()
        }
        StoreConfig::Postgres(_) => dump(database).await.into_bytes(),
    }
}

/// All rows of all tables, as text; octets are in hexadecimal.
async fn dump(database: &Database) -> String {
    let pool = database.pool().await;
    let tables = "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = 'public'";
    let tables = sqlx::query(tables).fetch_all(&pool).await.unwrap();
    let mut all = String::new();
    for table in &tables {
        let name: String = table.get(0);
        let rows = format!("SELECT COALESCE(string_agg(CAST(t AS TEXT), ' '), '') FROM {name} t");
        let rows = sqlx::query(AssertSqlSafe(rows)).fetch_one(&pool).await;
        all += &rows.unwrap().get::<String, _>(0);
    }
    pool.close().await;
    all
}

/// Whether it stands there as octets or as their hexadecimal digits.
fn shows(kept: &[u8], octets: &[u8]) -> bool {
    let digits = hex::encode(octets);
    let forms = [
        octets.to_vec(),
        digits.to_uppercase().into_bytes(),
        digits.into_bytes(),
    ];
    forms.iter().any(|form| memmem(kept, form))
}

fn memmem(kept: &[u8], form: &[u8]) -> bool {
    let Some((first, rest)) = form.split_first() else {
        return false;
    };
    let mut at = 0;
    while let Some(next) = kept[at..].iter().position(|octet| octet == first) {
        at += next + 1;
        if kept[at..].starts_with(rest) {
            return true;
        }
    }
    false
}

async fn no_table_shows_personal_data(database: Database) {
    confirm_citizen(&database, None).await;

    // The other ways in which something about a person comes in.
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    for surname in ["Иванова", "СЕМЕНОВА"] {
        let (application, content) = daemon.issue("acc-1").await;
        let script = Script {
            surname: Some(surname.into()),
            ..Script::good(&content)
        };
        let bytes = script.bytes();
        daemon.submit("acc-1", &application, bytes).await.unwrap();
    }
    let mut organisations = OrganisationServiceClient::new(daemon.channel.clone());
    let request = PrepareOrganisationLinkRequest {
        account_id: "acc-1".into(),
        number: Some(Number::Ogrnip(OGRNIP.into())),
    };
    let prepared = organisations.prepare_organisation_link(request).await;
    let prepared = prepared.unwrap().into_inner();
    let signature = Script {
        ogrnip: Some(OGRNIP.into()),
        ..Script::good(&prepared.content)
    };
    let request = SubmitOrganisationLinkRequest {
        account_id: "acc-1".into(),
        application_id: prepared.application.unwrap().application_id,
        signature: signature.bytes(),
    };
    organisations
        .submit_organisation_link(request)
        .await
        .unwrap();
    daemon.enrol_everybody().await;
    daemon.simplified("acc-2").await;
    let (application, content) = daemon.attest("acc-2", at_centre()).await;
    let attested = by_operator(&content).bytes();
    daemon
        .submit("acc-2", &application, attested)
        .await
        .unwrap();
    daemon.register("acc-3").await;
    let data = person::another();
    let check = daemon.submit_data("acc-3", data).await;
    daemon.pass_check("acc-3", &check).await.unwrap();
    let request = IssuePostalCodeRequest {
        account_id: "acc-3".into(),
    };
    let letter = daemon
        .confirmations
        .clone()
        .issue_postal_code(request)
        .await;
    let code = letter.unwrap().into_inner().code;
    let request = BlockAccountRequest {
        account_id: "acc-1".into(),
        reason: "спор о Кузнецовой".into(),
        acted_by: "staff-7".into(),
    };
    let mut accounts = daemon.accounts.clone();
    accounts.block_account(request).await.unwrap();
    daemon.stop().await;

    let kept = kept(&database).await;
    assert!(shows(&kept, b"acc-1"));
    assert!(shows(&kept, CITIZEN.as_bytes()));
    for octets in of_certificate() {
        assert!(!shows(&kept, &octets), "{}", hex::encode(octets));
    }
    let it = citizen();
    let of_citizen = [&it.surname, &it.given_name, &it.birth_date].into_iter();
    let of_citizen = of_citizen.chain([&it.patronymic, &it.snils, &it.inn].into_iter().flatten());
    let others = [
        "Иванова",
        "Кузнецов",
        OGRNIP,
        OPERATOR,
        "08765430300",
        &code,
    ];
    let all = person::PRIVATE.into_iter().chain(others);
    for value in all.chain(of_citizen.map(String::as_str)) {
        for spelling in spellings(value) {
            assert!(!shows(&kept, &spelling), "{value}");
        }
    }
}

/// It is sealed with the rest of the account: an older key is not needed for it either.
async fn a_certificate_is_sealed_anew_with_its_account(database: Database) {
    let (a, b) = (keys("a", "ab"), keys("b", "ab"));
    confirm_citizen(&database, Some(&a)).await;
    let daemon = Daemon::start_with_keys(&database, &b).await;
    let resealed = daemon
        .store
        .reseal(std::time::Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(resealed.free, ["a"]);
    daemon.stop().await;
    let daemon = Daemon::start_with_keys(&database, &keys("b", "b")).await;
    let confirmation = daemon.account(CITIZEN).await.confirmation.unwrap();
    let shown = confirmation.certificate.unwrap().sha256;
    assert_eq!(shown, sha256(&certificate().der));
    // A confirmation cannot be taken away from what is sealed.
    let edit = "UPDATE account SET level = 'STANDARD', confirmation = NULL";
    database.execute(edit).await.unwrap();
    let request = proto::v1::GetAccountRequest {
        account_id: CITIZEN.into(),
    };
    let refused = daemon.accounts.clone().get_account(request).await;
    assert_eq!(refused.unwrap_err().code(), tonic::Code::Internal);
    daemon.stop().await;
}

/// A key file with data keys `ids`, of which `current` is in use.
fn keys(current: &str, ids: &str) -> KeySource {
    let data = ids.bytes().map(|id| {
        let octets: Vec<u8> = iter::repeat_n(id, 31).collect();
        format!("{} = '{}00'\n", char::from(id), hex::encode(octets))
    });
    let (look_up, data) = ("01".repeat(31) + "00", data.collect::<String>());
    let text = format!("current = '{current}'\nlook_up = '{look_up}'\n[data]\n{data}");
    KeySource::Text(text.into())
}
