//! Who may call what, over TLS with certificates on both sides.

use std::{fmt::Write as _, fs, net::SocketAddr, sync::Arc};

use proto::v1::{self, confirmation_service_client::ConfirmationServiceClient};
use tempfile::TempDir;
use tonic::{
    Code, Request, Status,
    client::Grpc,
    codegen::http::uri::PathAndQuery,
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint},
};
use tonic_prost::ProstCodec;
use verifierd::{
    api::permissions::PERMISSIONS,
    config::Config,
    domain::caller::Role,
    listen::{Door, tls::Looked},
};

use crate::support::{
    Daemon,
    certificates::{Authority, Identity},
    database::Database,
    reason,
    script::{Script, Scripted},
};

/// A daemon with TLS, and the authority of both sides.
struct Secured {
    folder: TempDir,
    authority: Authority,
    of_daemon: Identity,
    /// Called by the portal.
    daemon: Daemon,
}

impl Secured {
    /// Each role has a caller of its name, by subject; `extra` callers are of the configuration, too.
    async fn start(extra: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let authority = Authority::new("callers of a test");
        let of_daemon = authority.issue(folder.path(), "daemon");
        fs::write(folder.path().join("clients.pem"), &authority.pem).unwrap();
        let mut config = format!(
            "[tls]\ncertificate = '{}'\nkey = '{}'\nclients = '{}'\n",
            of_daemon.certificate.display(),
            of_daemon.key.display(),
            folder.path().join("clients.pem").display(),
        );
        for role in Role::ALL {
            let role = role.code();
            write!(
                config,
                "[[callers]]\nname = '{role}'\nrole = '{role}'\nsubject = 'CN={role}'\n"
            )
            .unwrap();
        }
        let database = Database::sqlite_in(folder.path());
        let mut config = Config::parse(&(config + extra), "127.0.0.1:0".parse().ok()).unwrap();
        config.store = database.config();
        config.keys = database.keys();
        let portal = authority.issue(folder.path(), "portal");
        let daemon = Daemon::start_over(config, Arc::new(Scripted::default()), |address| {
            endpoint(address, &authority, Some(&portal)).unwrap()
        });
        let daemon = daemon.await;
        Self {
            folder,
            authority,
            of_daemon,
            daemon,
        }
    }

    fn issue(&self, name: &str) -> Identity {
        self.authority.issue(self.folder.path(), name)
    }

    fn endpoint(
        &self,
        authority: &Authority,
        identity: Option<&Identity>,
    ) -> Result<Endpoint, tonic::transport::Error> {
        endpoint(self.daemon.address, authority, identity)
    }

    async fn connect(&self, identity: &Identity) -> Channel {
        let endpoint = self.endpoint(&self.authority, Some(identity));
        endpoint.unwrap().connect().await.unwrap()
    }

    async fn role(&self, role: Role) -> Channel {
        self.connect(&self.issue(role.code())).await
    }

    /// Whether somebody so equipped gets an answer of any kind from the daemon itself.
    async fn is_let_in(&self, authority: &Authority, identity: Option<&Identity>) -> bool {
        let endpoint = self.endpoint(authority, identity).unwrap();
        let Ok(channel) = endpoint.connect().await else {
            return false;
        };
        let answered = call(&channel, "/verifier.v1.AuditService/GetKey").await;
        answered.map_or_else(|status| !status.details().is_empty(), |()| true)
    }
}

fn endpoint(
    address: SocketAddr,
    authority: &Authority,
    identity: Option<&Identity>,
) -> Result<Endpoint, tonic::transport::Error> {
    let mut tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(&authority.pem));
    if let Some(identity) = identity {
        let [certificate, key] =
            [&identity.certificate, &identity.key].map(|path| fs::read(path).unwrap());
        tls = tls.identity(tonic::transport::Identity::from_pem(certificate, key));
    }
    let endpoint = Endpoint::from_shared(format!("https://{address}")).unwrap();
    endpoint.tls_config(tls)
}

/// Calls a method of any kind with one empty message.
async fn call(channel: &Channel, path: &'static str) -> Result<(), Status> {
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready()
        .await
        .map_err(|error| Status::unknown(error.to_string()))?;
    let codec: ProstCodec<(), ()> = ProstCodec::default();
    let path = PathAndQuery::from_static(path);
    let answered = grpc.server_streaming(Request::new(()), path, codec).await;
    answered.map(|_| ())
}

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
