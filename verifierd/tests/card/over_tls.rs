//! A desk that reaches the daemon over TLS, as from another machine.

use std::fs;

use proto::client::{self, Tls};
use proto::v1::AccountLevel;
use testdata::card::pkcs15::PIN;

use crate::certificates::{Authority, Identity};
use crate::daemon::Daemon;
use crate::place::Place;
use crate::{ACCOUNT, gost, level, runtime, standard_account};

const CONFIG: &str = "[tls]\ncertificate = 'daemon.pem'\nkey = 'daemon.key'\nclients = 'clients.pem'\n\
    [[callers]]\nname = 'portal'\nrole = 'portal'\nsubject = 'CN=portal'\n\
    [[callers]]\nname = 'desk-1'\nrole = 'desk'\nsubject = 'CN=desk'\n\
    [[callers]]\nname = 'bank-1'\nrole = 'bank'\nsubject = 'CN=bank'\n";

#[test]
fn a_desk_confirms_an_account_with_the_certificate_of_its_role() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new("desks and banks");
    let issued = authority.issue(folder.path(), "daemon");
    fs::rename(&issued.certificate, folder.path().join("daemon.pem")).unwrap();
    fs::rename(&issued.key, folder.path().join("daemon.key")).unwrap();
    fs::write(folder.path().join("clients.pem"), &authority.pem).unwrap();
    fs::write(folder.path().join("verifierd.toml"), CONFIG).unwrap();
    let [portal, desk, bank, stranger] =
        ["portal", "desk", "bank", "nobody"].map(|name| authority.issue(folder.path(), name));
    let daemon = Daemon::secured(folder);

    let tls = Tls {
        authorities: authority.pem.clone().into_bytes(),
        certificate: fs::read(&portal.certificate).unwrap(),
        key: fs::read(&portal.key).unwrap(),
    };
    let endpoint = client::endpoint(&daemon.endpoint, Some(tls)).unwrap();
    let runtime = runtime();
    let channel = runtime.block_on(endpoint.connect()).unwrap();
    runtime.block_on(standard_account(channel.clone()));

    let place = Place::new(gost(), PIN);
    let authorities = daemon.folder.path().join("clients.pem");
    let confirm = |identity: &Identity| {
        let [authorities, certificate, key] =
            [&authorities, &identity.certificate, &identity.key].map(|it| it.to_str().unwrap());
        place.desk(&[
            "confirm",
            "--account",
            ACCOUNT,
            "--endpoint",
            &daemon.endpoint,
            "--tls-ca",
            authorities,
            "--tls-certificate",
            certificate,
            "--tls-key",
            key,
            "--pin-fd",
            "0",
        ])
    };
    for (identity, reason) in [
        (&bank, "CHANNEL_NOT_ALLOWED"),
        (&stranger, "CALLER_UNKNOWN"),
    ] {
        let refused = confirm(identity);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        let said = [refused.stdout, refused.stderr].concat();
        assert!(
            String::from_utf8(said).unwrap().contains(reason),
            "{reason}"
        );
    }
    assert_eq!(level(&runtime, &channel), AccountLevel::Standard);
    let confirmed = confirm(&desk);
    assert_eq!(confirmed.status.code(), Some(0), "{confirmed:?}");
    let read_by_portal = level(&runtime, &channel);
    assert_eq!(read_by_portal, AccountLevel::Confirmed);
}

#[test]
fn the_files_of_tls_go_with_the_address() {
    let place = Place::new(gost(), PIN);
    let authority = Authority::new("desks");
    let folder = tempfile::tempdir().unwrap();
    let desk = authority.issue(folder.path(), "desk");
    let certificate = desk.certificate.to_str().unwrap();
    let key = desk.key.to_str().unwrap();
    let missing = folder.path().join("missing.pem");
    let all = |endpoint, authorities| {
        let files = ["--tls-certificate", certificate, "--tls-key", key];
        let common = ["confirm", "--account", ACCOUNT, "--pin-fd", "0"];
        let rest = ["--endpoint", endpoint, "--tls-ca", authorities];
        [&common[..], &rest, &files].concat()
    };
    for (arguments, exit) in [
        (all("http://127.0.0.1:1", certificate), 64),
        (all("https://127.0.0.1:1", missing.to_str().unwrap()), 64),
        (all("https://127.0.0.1:1", key), 64),
        (all("https://127.0.0.1:1", certificate), 69),
        (all("https://127.0.0.1:1", certificate)[..9].to_vec(), 64),
    ] {
        let outcome = place.desk(&arguments);
        assert_eq!(
            outcome.status.code(),
            Some(exit),
            "{arguments:?}: {outcome:?}"
        );
    }
}
