//! Rows of organisations' links, changed behind the daemon's back: each is found and named.

use proto::v1::{
    EndOrganisationLinkRequest, PrepareOrganisationLinkRequest, SubmitOrganisationLinkRequest,
    organisation_service_client::OrganisationServiceClient,
    prepare_organisation_link_request::Number,
};
use verifierd::store::check::What;

use crate::{
    on_both_databases,
    support::{Daemon, database::Database, script::Script},
    tamper_state::{case, confirmed, found, one, start},
};

on_both_databases! {
    organisations
    an_organisation_linked_twice_by_clocks_that_differ
}

const NUMBERS: [(&str, bool); 2] = [("1027700132195", true), ("304500116000157", false)];

/// Prepares a link of an organisation and one of a sole trader; answers what is to be submitted.
async fn prepared(daemon: &Daemon, id: &str) -> Vec<SubmitOrganisationLinkRequest> {
    let mut client = OrganisationServiceClient::new(daemon.channel.clone());
    let mut requests = Vec::new();
    for (number, of_company) in NUMBERS {
        let number = number.to_owned();
        let request = PrepareOrganisationLinkRequest {
            account_id: id.into(),
            number: Some(match of_company {
                true => Number::Ogrn(number.clone()),
                false => Number::Ogrnip(number.clone()),
            }),
        };
        let prepared = client.prepare_organisation_link(request).await.unwrap();
        let prepared = prepared.into_inner();
        let good = Script::good(&prepared.content);
        let script = match of_company {
            true => Script {
                ogrn: Some(number),
                ..good
            },
            false => Script {
                ogrnip: Some(number),
                ..good
            },
        };
        requests.push(SubmitOrganisationLinkRequest {
            account_id: id.into(),
            application_id: prepared.application.unwrap().application_id,
            signature: script.bytes(),
        });
    }
    requests
}

/// Submits them; answers the links.
async fn submitted(daemon: &Daemon, requests: Vec<SubmitOrganisationLinkRequest>) -> Vec<String> {
    let mut client = OrganisationServiceClient::new(daemon.channel.clone());
    let mut links = Vec::new();
    for request in requests {
        links.push(request.application_id.clone());
        client.submit_organisation_link(request).await.unwrap();
    }
    links
}

/// Links an organisation and a sole trader to an account; answers the links.
async fn link(daemon: &Daemon, id: &str) -> Vec<String> {
    let requests = prepared(daemon, id).await;
    submitted(daemon, requests).await
}

async fn organisations(database: Database) {
    let daemon = start(&database).await;
    confirmed(&daemon, "acc-1").await;
    daemon.register("acc-2").await;
    let [ended, live] = link(&daemon, "acc-1").await.try_into().unwrap();
    let request = EndOrganisationLinkRequest {
        account_id: "acc-1".into(),
        link_id: ended.clone(),
    };
    let mut client = OrganisationServiceClient::new(daemon.channel.clone());
    client.end_organisation_link(request).await.unwrap();
    assert_eq!(found(&daemon).await, []);
    let tampered = async |edit: String, row: &str, what| {
        let expected = one("organisation_link", row, what);
        case((&database, &daemon), "organisation_link", &edit, &expected).await;
    };
    for (set, link) in [
        ("ended_at = NULL", &ended),
        ("ended_at = linked_at", &live),
        ("linked_at = linked_at - 1", &live),
        ("account_id = 'acc-2'", &live),
        (
            "organisation_digest = (SELECT hash FROM audit_leaf WHERE sequence = 0)",
            &live,
        ),
        ("evidence_id = 'x'", &live),
    ] {
        let edit = format!("UPDATE organisation_link SET {set} WHERE application_id = '{link}'");
        tampered(edit, link, What::NotItsLeaf).await;
    }
    let gone = format!("DELETE FROM organisation_link WHERE application_id = '{live}'");
    tampered(gone, &live, What::Missing).await;
    let more = format!(
        "INSERT INTO organisation_link SELECT 'x', 'acc-2', organisation_digest, linked_at, NULL, 'x' \
         FROM kept WHERE application_id = '{live}'"
    );
    tampered(more, "x", What::NotInLog).await;
    assert_eq!(found(&daemon).await, []);
    daemon.stop().await;
}

/// The log tells which was first: the second has no row of its own, whatever the clock of its daemon showed.
async fn an_organisation_linked_twice_by_clocks_that_differ(database: Database) {
    let daemon = start(&database).await;
    confirmed(&daemon, "acc-1").await;
    let slow = prepared(&daemon, "acc-1").await;
    let quick = prepared(&daemon, "acc-1").await;
    daemon.clock.advance(60);
    let [kept, _] = submitted(&daemon, quick).await.try_into().unwrap();
    daemon.clock.advance(-30);
    let [without, _] = submitted(&daemon, slow).await.try_into().unwrap();
    assert_eq!(found(&daemon).await, []);
    let mut both = [kept.as_str(), without.as_str()];
    both.sort_unstable();
    let expected = both.map(|id| ("organisation_link", id, What::Missing));
    let edit = format!("DELETE FROM organisation_link WHERE application_id = '{kept}'");
    case((&database, &daemon), "organisation_link", &edit, &expected).await;
    daemon.stop().await;
}
