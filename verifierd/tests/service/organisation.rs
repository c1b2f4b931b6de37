//! Organisations of confirmed persons.

use proto::v1::{
    ApplicationState, EndOrganisationLinkRequest, ListOrganisationsRequest, OrganisationLink,
    PrepareApplicationRequest, PrepareOrganisationLinkRequest, SubmitOrganisationLinkRequest,
    SubmitOrganisationLinkResponse, organisation_link,
    organisation_service_client::OrganisationServiceClient,
    prepare_organisation_link_request::Number,
};
use tonic::{Code, Status, transport::Channel};

use crate::{
    on_both_databases, on_postgres,
    support::{Daemon, NOW, database::Database, fields, person, reason, script::Script},
};

on_both_databases! {
    a_head_links_an_organisation_and_ends_the_link
    who_may_not_link
    certificates_that_link_nothing
    links_and_confirmations_are_not_mixed_up
    another_person_has_no_links
}

on_postgres! { two_daemons: the_same_signature_on_two_daemons_is_one_link }

const OGRN: &str = "1027700132195";
const OGRNIP: &str = "304500116000157";

fn client(daemon: &Daemon) -> OrganisationServiceClient<Channel> {
    OrganisationServiceClient::new(daemon.channel.clone())
}

async fn confirmed(daemon: &Daemon, id: &str) {
    daemon.standard(id).await;
    let (application, content) = daemon.issue(id).await;
    let signature = Script::good(&content).bytes();
    daemon.submit(id, &application, signature).await.unwrap();
}

async fn prepare_with(
    daemon: &Daemon,
    id: &str,
    number: Option<Number>,
) -> Result<(String, Vec<u8>), Status> {
    let request = PrepareOrganisationLinkRequest {
        account_id: id.into(),
        number,
    };
    let answer = client(daemon).prepare_organisation_link(request).await?;
    let answer = answer.into_inner();
    Ok((answer.application.unwrap().application_id, answer.content))
}

async fn prepare(daemon: &Daemon, id: &str) -> Result<(String, Vec<u8>), Status> {
    prepare_with(daemon, id, Some(Number::Ogrn(OGRN.into()))).await
}

async fn submit(
    daemon: &Daemon,
    id: &str,
    application: &str,
    script: &Script,
) -> Result<SubmitOrganisationLinkResponse, Status> {
    let request = SubmitOrganisationLinkRequest {
        account_id: id.into(),
        application_id: application.into(),
        signature: script.bytes(),
    };
    let answer = client(daemon).submit_organisation_link(request).await?;
    Ok(answer.into_inner())
}

async fn list(daemon: &Daemon, id: &str) -> Vec<OrganisationLink> {
    let request = ListOrganisationsRequest {
        account_id: id.into(),
    };
    let answer = client(daemon).list_organisations(request).await.unwrap();
    answer.into_inner().links
}

async fn end(daemon: &Daemon, id: &str, link: &str) -> Result<OrganisationLink, Status> {
    let request = EndOrganisationLinkRequest {
        account_id: id.into(),
        link_id: link.into(),
    };
    let answer = client(daemon).end_organisation_link(request).await?;
    Ok(answer.into_inner().link.unwrap())
}

/// A signature with the certificate of the organisation, whose head the
/// citizen is.
fn of_organisation(content: &[u8]) -> Script {
    Script {
        ogrn: Some(OGRN.into()),
        ..Script::good(content)
    }
}

fn failed(code: &str) -> (Code, String) {
    (Code::FailedPrecondition, code.into())
}

async fn a_head_links_an_organisation_and_ends_the_link(database: Database) {
    let daemon = Daemon::start(&database).await;
    confirmed(&daemon, "acc-1").await;
    let before = daemon.account("acc-1").await;
    let (application, content) = prepare(&daemon, "acc-1").await.unwrap();
    let issued: serde_json::Value = serde_json::from_slice(&content).unwrap();
    assert_eq!(issued["schema"], "qes.organisation-link/1");
    assert_eq!(issued["organisation"]["ogrn"], OGRN);
    // By the INN of the head alone, in a certificate that names nobody's SNILS.
    let script = Script {
        snils: None,
        ..of_organisation(&content)
    };
    let answer = submit(&daemon, "acc-1", &application, &script)
        .await
        .unwrap();
    let accepted = answer.application.clone().unwrap();
    assert_eq!(accepted.state(), ApplicationState::Accepted);
    assert_eq!(accepted.channel(), proto::v1::Channel::Organisation);
    let link = answer.link.clone().unwrap();
    assert_eq!(
        link.number,
        Some(organisation_link::Number::Ogrn(OGRN.into()))
    );
    assert_eq!(link.linked_at.unwrap().seconds, NOW);
    assert_eq!(link.evidence_id, accepted.outcome.unwrap().evidence_id);
    assert_eq!(list(&daemon, "acc-1").await, std::slice::from_ref(&link));
    // It confirms nothing.
    assert_eq!(daemon.account("acc-1").await, before);
    assert_eq!(
        submit(&daemon, "acc-1", &application, &script)
            .await
            .unwrap(),
        answer
    );
    let error = prepare(&daemon, "acc-1").await.unwrap_err();
    let linked = (Code::AlreadyExists, "ORGANISATION_ALREADY_LINKED".into());
    assert_eq!(reason(&error), linked);

    let trader = Some(Number::Ogrnip(OGRNIP.into()));
    let (application, content) = prepare_with(&daemon, "acc-1", trader).await.unwrap();
    let script = Script {
        ogrnip: Some(OGRNIP.into()),
        ..Script::good(&content)
    };
    let answer = submit(&daemon, "acc-1", &application, &script)
        .await
        .unwrap();
    assert!(answer.link.is_some());
    assert_eq!(list(&daemon, "acc-1").await.len(), 2);

    daemon.clock.advance(60);
    let ended = end(&daemon, "acc-1", &link.link_id).await.unwrap();
    assert_eq!(ended.ended_at.unwrap().seconds, NOW + 60);
    daemon.clock.advance(60);
    assert_eq!(end(&daemon, "acc-1", &link.link_id).await.unwrap(), ended);
    let live = list(&daemon, "acc-1").await;
    assert_eq!(
        live.iter().filter(|link| link.ended_at.is_none()).count(),
        1
    );
    for (statement, expected) in [
        (
            "SELECT COUNT(*) FROM event WHERE kind = 'ORGANISATION_LINKED'",
            2,
        ),
        (
            "SELECT COUNT(*) FROM event WHERE kind = 'ORGANISATION_UNLINKED'",
            1,
        ),
    ] {
        assert_eq!(database.count(statement).await, expected);
    }
    prepare(&daemon, "acc-1").await.unwrap();
    daemon.stop().await;
}

async fn who_may_not_link(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let error = prepare(&daemon, "acc-1").await.unwrap_err();
    assert_eq!(reason(&error), failed("NOT_CONFIRMED"));
    let error = prepare(&daemon, "nobody").await.unwrap_err();
    assert_eq!(reason(&error), (Code::NotFound, "ACCOUNT_UNKNOWN".into()));
    for (number, field) in [
        (None, "number"),
        (Some(Number::Ogrn("1027700132196".into())), "ogrn"),
        (Some(Number::Ogrn(OGRNIP.into())), "ogrn"),
        (Some(Number::Ogrnip(OGRN.into())), "ogrnip"),
        (Some(Number::Ogrnip(String::new())), "ogrnip"),
    ] {
        let error = prepare_with(&daemon, "", number).await.unwrap_err();
        assert_eq!(fields(&error), ["account_id", field]);
    }
    let unknown = "0192f0c1-2345-7890-abcd-ef0123456789";
    let error = end(&daemon, "acc-1", unknown).await.unwrap_err();
    let code = "ORGANISATION_LINK_UNKNOWN".to_owned();
    assert_eq!(reason(&error), (Code::NotFound, code));
    assert_eq!(
        fields(&end(&daemon, "", "x").await.unwrap_err()),
        ["account_id", "link_id"]
    );

    let (application, content) = daemon.issue("acc-1").await;
    let signature = Script::good(&content).bytes();
    daemon
        .submit("acc-1", &application, signature)
        .await
        .unwrap();
    let (application, content) = prepare(&daemon, "acc-1").await.unwrap();
    let block = r#"UPDATE account SET blocked = '{"by":"admin","at":1795000000}'"#;
    database.execute(block).await.unwrap();
    let error = prepare(&daemon, "acc-1").await.unwrap_err();
    assert_eq!(reason(&error), failed("ACCOUNT_BLOCKED"));
    let script = of_organisation(&content);
    let error = submit(&daemon, "acc-1", &application, &script)
        .await
        .unwrap_err();
    assert_eq!(reason(&error), failed("ACCOUNT_BLOCKED"));
    assert!(list(&daemon, "acc-1").await.is_empty());
    daemon.stop().await;
}

async fn certificates_that_link_nothing(database: Database) {
    let config = "[applications]\nfailed_tries = 100";
    let verify = std::sync::Arc::new(crate::support::script::Scripted::default());
    let daemon = Daemon::start_with(&database, config, verify).await;
    confirmed(&daemon, "acc-1").await;
    let another = |c: &[u8]| Script {
        ogrn: Some("1037739010891".into()),
        ..Script::good(c)
    };
    let two = |c: &[u8]| Script {
        repeated: Some("ogrn".into()),
        ..of_organisation(c)
    };
    let nobodys = |c: &[u8]| Script {
        snils: None,
        inn: None,
        ..of_organisation(c)
    };
    let other_head = |c: &[u8]| Script {
        snils: Some("08765430300".into()),
        ..of_organisation(c)
    };
    let renamed = |c: &[u8]| Script {
        surname: Some("Иванова".into()),
        ..of_organisation(c)
    };
    let unqualified = |c: &[u8]| Script {
        qualified: Some("NOT_QUALIFIED".into()),
        ..of_organisation(c)
    };
    type Make<'a> = &'a dyn Fn(&[u8]) -> Script;
    let table: [(Make, &str, &[&str]); 7] = [
        (&|c| Script::good(c), "ORGANISATION_DIFFERS", &[]),
        (&another, "ORGANISATION_DIFFERS", &[]),
        (&two, "ORGANISATION_DIFFERS", &[]),
        (&nobodys, "HEAD_NOT_NAMED", &["snils", "inn"]),
        (&other_head, "PERSON_DIFFERS", &["snils"]),
        (&renamed, "PERSON_DIFFERS", &["surname"]),
        (&unqualified, "CERTIFICATE_NOT_QUALIFIED", &[]),
    ];
    for (make, code, fields) in table {
        let (application, content) = prepare(&daemon, "acc-1").await.unwrap();
        let script = make(&content);
        let answer = submit(&daemon, "acc-1", &application, &script)
            .await
            .unwrap();
        assert!(answer.link.is_none());
        let rejected = answer.application.unwrap();
        assert_eq!(rejected.state(), ApplicationState::Rejected, "{code}");
        let reason = &rejected.outcome.unwrap().reasons[0];
        assert_eq!(reason.code, code);
        assert_eq!(reason.fields, fields);
    }
    assert!(list(&daemon, "acc-1").await.is_empty());
    // What only time can tell is deferred as it is for accounts.
    let (application, content) = prepare(&daemon, "acc-1").await.unwrap();
    let script = Script {
        ogrn: Some(OGRN.into()),
        ..Script::indeterminate(&content, "TRY_LATER")
    };
    let answer = submit(&daemon, "acc-1", &application, &script)
        .await
        .unwrap();
    let state = answer.application.unwrap().state();
    assert_eq!((state, answer.link), (ApplicationState::Deferred, None));
    daemon.stop().await;
}

async fn links_and_confirmations_are_not_mixed_up(database: Database) {
    let daemon = Daemon::start(&database).await;
    confirmed(&daemon, "acc-1").await;
    let (link, content) = prepare(&daemon, "acc-1").await.unwrap();
    let (application, application_content) = daemon.issue("acc-1").await;
    let kind = failed("APPLICATION_OF_ANOTHER_KIND");
    let signature = of_organisation(&content).bytes();
    let error = daemon.submit("acc-1", &link, signature).await.unwrap_err();
    assert_eq!(reason(&error), kind);
    let script = of_organisation(&application_content);
    let error = submit(&daemon, "acc-1", &application, &script)
        .await
        .unwrap_err();
    assert_eq!(reason(&error), kind);
    // The bytes of one under the id of the other.
    let differs = (Code::InvalidArgument, "CONTENT_DIFFERS".to_owned());
    let error = submit(&daemon, "acc-1", &link, &script).await.unwrap_err();
    assert_eq!(reason(&error), differs);
    let signature = of_organisation(&content).bytes();
    let error = daemon
        .submit("acc-1", &application, signature)
        .await
        .unwrap_err();
    assert_eq!(reason(&error), differs);
    let request = PrepareApplicationRequest {
        account_id: "acc-1".into(),
        channel: proto::v1::Channel::Organisation.into(),
        attestor: None,
    };
    let mut confirmations = daemon.confirmations.clone();
    let error = confirmations
        .prepare_application(request)
        .await
        .unwrap_err();
    assert_eq!(reason(&error), kind);
    drop(confirmations);
    daemon.stop().await;
}

async fn the_same_signature_on_two_daemons_is_one_link(database: Database) {
    let one = Daemon::start(&database).await;
    let two = Daemon::start(&database).await;
    confirmed(&one, "acc-1").await;
    let (application, content) = prepare(&one, "acc-1").await.unwrap();
    let (second, second_content) = prepare(&two, "acc-1").await.unwrap();
    let script = of_organisation(&content);
    let other = of_organisation(&second_content);
    let answers = tokio::join!(
        submit(&one, "acc-1", &application, &script),
        submit(&two, "acc-1", &application, &script),
        submit(&one, "acc-1", &second, &other),
        submit(&two, "acc-1", &second, &other)
    );
    let answers = [answers.0, answers.1, answers.2, answers.3].map(Result::unwrap);
    let links = answers.map(|answer| answer.link.unwrap());
    assert!(links.iter().all(|link| *link == links[0]));
    assert_eq!(list(&one, "acc-1").await, std::slice::from_ref(&links[0]));
    let double = "INSERT INTO organisation_link (application_id, account_id, organisation_digest, \
         linked_at, evidence_id) SELECT a.application_id, l.account_id, l.organisation_digest, \
         l.linked_at, e.evidence_id FROM organisation_link l, application a \
         JOIN evidence e ON e.application_id = a.application_id \
         WHERE a.channel = 'ORGANISATION' AND a.application_id <> l.application_id";
    assert!(database.execute(double).await.is_err());
    one.stop().await;
    two.stop().await;
}

async fn another_person_has_no_links(database: Database) {
    let daemon = Daemon::start(&database).await;
    confirmed(&daemon, "acc-1").await;
    let (application, content) = prepare(&daemon, "acc-1").await.unwrap();
    let script = of_organisation(&content);
    submit(&daemon, "acc-1", &application, &script)
        .await
        .unwrap();
    let mut renewed = person::data();
    renewed.document.as_mut().unwrap().number = "730520".into();
    daemon.submit_data("acc-1", renewed).await;
    assert_eq!(list(&daemon, "acc-1").await[0].ended_at, None);
    daemon.submit_data("acc-1", person::another()).await;
    assert!(list(&daemon, "acc-1").await[0].ended_at.is_some());
    let events = "SELECT COUNT(*) FROM event WHERE kind = 'ORGANISATION_UNLINKED'";
    assert_eq!(database.count(events).await, 1);
    daemon.stop().await;
}
