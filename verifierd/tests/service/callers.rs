//! Who may call what, over TLS with certificates on both sides.

use std::fs;

use proto::v1::{self, confirmation_service_client::ConfirmationServiceClient};
use tempfile::TempDir;
use tonic::{Code, Status, transport::Channel};
use verifierd::{
    api::permissions::PERMISSIONS,
    domain::{caller::Role, time::UnixSeconds},
    listen::{
        Door,
        callers::Callers,
        tls::{Looked, Tls, TlsFiles},
    },
};

use crate::support::{
    Daemon,
    certificates::{Authority, Identity},
    database::Database,
    reason,
    script::Script,
    secured::{Secured, call},
};

/// What permissions say of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gate {
    Open,
    Closed(&'static str),
}

fn gate(answered: &Result<(), Status>) -> Gate {
    let Err(status) = answered else {
        return Gate::Open;
    };
    for closed in ["METHOD_NOT_ALLOWED", "CALLER_UNKNOWN"] {
        if status
            .details()
            .windows(closed.len())
            .any(|it| it == closed.as_bytes())
        {
            assert_eq!(reason(status), (Code::PermissionDenied, closed.to_owned()));
            return Gate::Closed(closed);
        }
    }
    Gate::Open
}

/// The table of `docs/callers.md`: the path of each method and its roles.
fn documented() -> Vec<(String, Vec<Role>)> {
    let text = include_str!("../../../docs/callers.md");
    let mut rows = Vec::new();
    let mut roles: Vec<Role> = Vec::new();
    for line in text.lines().filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let (first, marks) = cells.split_first().unwrap();
        match first.strip_prefix('`').and_then(|it| it.strip_suffix('`')) {
            Some(method) if method.contains('/') => {
                assert_eq!(marks.len(), roles.len(), "{line}");
                let of = roles.iter().zip(marks).filter(|(_, mark)| **mark == "+");
                rows.push((format!("/{method}"), of.map(|(role, _)| *role).collect()));
            }
            _ if *first == "method" => {
                roles = marks
                    .iter()
                    .map(|it| Role::from_code(it).unwrap())
                    .collect();
            }
            _ => {}
        }
    }
    rows
}

#[test]
fn the_manual_has_the_table_of_permissions() {
    let documented = documented();
    assert_eq!(documented.len(), PERMISSIONS.len());
    for ((path, roles), (documented, said)) in PERMISSIONS.iter().zip(&documented) {
        assert_eq!(path, documented);
        let roles: Vec<Role> = Role::ALL
            .iter()
            .copied()
            .filter(|it| roles.contains(it))
            .collect();
        assert_eq!(&roles, said, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_method_answers_its_roles_and_nobody_else() {
    let secured = Secured::start("").await;
    for role in Role::ALL {
        let channel = secured.role(*role).await;
        for (path, roles) in PERMISSIONS {
            let expected = match roles.contains(role) {
                true => Gate::Open,
                false => Gate::Closed("METHOD_NOT_ALLOWED"),
            };
            assert_eq!(
                gate(&call(&channel, path).await),
                expected,
                "{role:?} {path}"
            );
        }
    }
    let stranger = secured.connect(&secured.issue("somebody")).await;
    for (path, _) in PERMISSIONS {
        let refused = gate(&call(&stranger, path).await);
        assert_eq!(refused, Gate::Closed("CALLER_UNKNOWN"), "{path}");
    }
    secured.daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_good_certificate_nobody_comes_in() {
    let secured = Secured::start("").await;
    let folder = secured.folder.path();
    let own = &secured.authority;
    let portal = secured.issue("portal");
    assert!(secured.is_let_in(own, Some(&portal)).await);

    assert!(!secured.is_let_in(own, None).await, "no certificate");
    let expired = own.issue_expired(folder, "portal");
    assert!(!secured.is_let_in(own, Some(&expired)).await, "expired");
    let other = Authority::new("another");
    let foreign = other.issue(folder, "portal");
    assert!(
        !secured.is_let_in(own, Some(&foreign)).await,
        "another authority"
    );
    let namesake = Authority::new("callers of a test").issue(folder, "portal");
    assert!(
        !secured.is_let_in(own, Some(&namesake)).await,
        "an authority of the same name"
    );
    assert!(
        !secured.is_let_in(&other, Some(&portal)).await,
        "the daemon is not the caller's"
    );
    let stolen = Identity {
        key: secured.issue("portal").key,
        ..portal.clone()
    };
    let endpoint = secured.endpoint(own, Some(&stolen));
    if let Ok(endpoint) = endpoint {
        assert!(
            endpoint.connect().await.is_err(),
            "a certificate without its key"
        );
    }
    let plain = format!("http://127.0.0.1:{}", secured.daemon.address.port());
    let plain = Channel::from_shared(plain).unwrap().connect().await;
    if let Ok(plain) = plain {
        let status = call(&plain, "/verifier.v1.AuditService/GetKey")
            .await
            .unwrap_err();
        assert!(status.details().is_empty(), "without TLS");
    }
    assert!(secured.is_let_in(own, Some(&portal)).await);
    secured.daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_is_told_by_its_fingerprint() {
    let folder = TempDir::new().unwrap();
    let before = Authority::new("before").issue(folder.path(), "any");
    let fingerprint = |der: &[u8]| {
        use sha2::Digest as _;
        hex::encode(sha2::Sha256::digest(der))
    };
    let extra = format!(
        "[[callers]]\nname = 'one'\nrole = 'auditor'\nfingerprint = '{}'\n",
        fingerprint(&before.der)
    );
    let secured = Secured::start(&extra).await;
    // The same name from an authority that is trusted, but not the very certificate.
    let same_name = secured.connect(&secured.issue("any")).await;
    let refused = gate(&call(&same_name, "/verifier.v1.AuditService/GetKey").await);
    assert_eq!(refused, Gate::Closed("CALLER_UNKNOWN"));
    // The very certificate, from an authority that is not trusted.
    assert!(!secured.is_let_in(&secured.authority, Some(&before)).await);
    secured.daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_and_a_desk_have_their_own_channels() {
    let secured = Secured::start("").await;
    let portal = secured.role(Role::Portal).await;
    secured.daemon.standard("acc-1").await;
    let prepare = |channel: &Channel, by: v1::Channel| {
        let mut client = ConfirmationServiceClient::new(channel.clone());
        async move {
            let request = v1::PrepareApplicationRequest {
                account_id: "acc-1".into(),
                channel: by.into(),
                attestor: None,
            };
            client.prepare_application(request).await
        }
    };
    let prepared = prepare(&portal, v1::Channel::OwnSignature).await.unwrap();
    let application_id = prepared.into_inner().application.unwrap().application_id;
    let get = |channel: &Channel| {
        let mut client = ConfirmationServiceClient::new(channel.clone());
        let request = v1::GetApplicationRequest {
            account_id: "acc-1".into(),
            application_id: application_id.clone(),
        };
        async move { client.get_application(request).await.map(|_| ()) }
    };
    let submit = |channel: &Channel| {
        let mut client = ConfirmationServiceClient::new(channel.clone());
        let request = v1::SubmitApplicationRequest {
            account_id: "acc-1".into(),
            application_id: application_id.clone(),
            signature: b"no signature".to_vec(),
        };
        async move { client.submit_application(request).await.map(|_| ()) }
    };
    let not_allowed = |answered: Result<(), Status>| {
        answered.is_err_and(|status| reason(&status).1 == "CHANNEL_NOT_ALLOWED")
    };
    let (desk, bank) = (
        secured.role(Role::Desk).await,
        secured.role(Role::Bank).await,
    );
    get(&portal).await.unwrap();
    get(&desk).await.unwrap();
    assert!(not_allowed(get(&bank).await));
    assert!(!not_allowed(submit(&desk).await));
    assert!(not_allowed(submit(&bank).await));
    for (by, of_desk, of_bank) in [
        (v1::Channel::OwnSignature, true, false),
        (v1::Channel::UecCard, true, false),
        (v1::Channel::ServiceCentre, true, false),
        (v1::Channel::Bank, false, true),
        (v1::Channel::PostalCode, false, false),
    ] {
        for (caller, may) in [(&portal, true), (&desk, of_desk), (&bank, of_bank)] {
            let answered = prepare(caller, by).await.map(|_| ());
            assert_eq!(!not_allowed(answered), may, "{by:?}");
        }
    }
    secured.daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_renewed_while_calls_go_on() {
    let secured = Secured::start("").await;
    let Door::Tls(tls) = secured.daemon.door.clone() else {
        panic!()
    };
    let clients = secured.folder.path().join("clients.pem");
    let (old, portal) = (&secured.authority, secured.issue("portal"));
    let open = secured.connect(&portal).await;
    assert_eq!(tls.look(), Looked::Same);

    // Half of a change is no change: the key is not the certificate's.
    let new = Authority::new("the next one");
    let next = new.issue(secured.folder.path(), "daemon");
    let certificate_before = fs::read(&secured.of_daemon.certificate).unwrap();
    fs::copy(&next.certificate, &secured.of_daemon.certificate).unwrap();
    assert!(matches!(tls.look(), Looked::Kept(_)));
    assert!(secured.is_let_in(old, Some(&portal)).await);
    fs::write(&secured.of_daemon.certificate, certificate_before).unwrap();
    assert_eq!(tls.look(), Looked::Same);

    fs::copy(&next.certificate, &secured.of_daemon.certificate).unwrap();
    fs::copy(&next.key, &secured.of_daemon.key).unwrap();
    assert_eq!(tls.look(), Looked::Renewed);
    assert!(
        !secured.is_let_in(old, Some(&portal)).await,
        "the daemon has the next one"
    );
    assert!(secured.is_let_in(&new, Some(&portal)).await);

    // Callers of the old authority are no longer let in; who was, stays.
    fs::write(&clients, &new.pem).unwrap();
    assert_eq!(tls.look(), Looked::Renewed);
    assert!(!secured.is_let_in(&new, Some(&portal)).await);
    let portal = new.issue(secured.folder.path(), "portal");
    assert!(secured.is_let_in(&new, Some(&portal)).await);
    assert_eq!(
        gate(&call(&open, "/verifier.v1.AuditService/GetKey").await),
        Gate::Open
    );

    fs::write(&clients, "nothing").unwrap();
    assert!(matches!(tls.look(), Looked::Kept(_)));
    assert!(secured.is_let_in(&new, Some(&portal)).await);
    secured.daemon.stop().await;
}

#[tokio::test]
async fn without_tls_every_program_of_this_machine_may_call() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    for (path, _) in PERMISSIONS {
        assert_eq!(
            gate(&call(&daemon.channel, path).await),
            Gate::Open,
            "{path}"
        );
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_failed_tries_of_one_caller_are_not_anothers() {
    let secured = Secured::start("[applications]\nfailed_tries_of_caller = 1\n").await;
    secured.daemon.standard("acc-1").await;
    let (application, content) = secured.daemon.issue("acc-1").await;
    let submit = async |signature: Vec<u8>| {
        // Another connection is no other caller.
        let mut desk = ConfirmationServiceClient::new(secured.role(Role::Desk).await);
        let request = v1::SubmitApplicationRequest {
            account_id: "acc-1".into(),
            application_id: application.clone(),
            signature,
        };
        desk.submit_application(request).await.unwrap_err()
    };
    let first = submit(b"no signature".to_vec()).await;
    assert_eq!(reason(&first).1, "NOT_A_SIGNATURE");
    let second = submit(Script::good(&content).bytes()).await;
    assert_eq!(reason(&second).1, "TOO_MANY_FAILED_TRIES_OF_CALLER");
    let of_portal = secured
        .daemon
        .submit("acc-1", &application, Script::good(&content).bytes());
    of_portal.await.unwrap();
    secured.daemon.stop().await;
}

#[test]
fn the_days_until_the_certificate_of_the_daemon_ends_are_counted() {
    let folder = TempDir::new().unwrap();
    let authority = Authority::new("an authority");
    let clients = folder.path().join("clients.pem");
    fs::write(&clients, &authority.pem).unwrap();
    let of_daemon = authority.issue_expired(folder.path(), "daemon");
    let files = TlsFiles {
        certificate: of_daemon.certificate,
        key: of_daemon.key,
        clients,
    };
    let tls = Tls::load(files, Callers::default()).unwrap();
    // 2020-01-01T00:00:00Z
    let end = UnixSeconds::new(1_577_836_800);
    for (later, days) in [
        (-86_400 * 30, 30),
        (-86_400, 1),
        (-86_399, 0),
        (0, 0),
        (1, -1),
    ] {
        assert_eq!(tls.days_left(end.plus(later)), Some(days), "{later}");
    }
}
