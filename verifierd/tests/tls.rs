//! The daemon and its commands over TLS, as an operator starts them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[allow(dead_code, reason = "shared with other tests")]
#[path = "support/certificates.rs"]
mod certificates;

use std::{
    fs::{self, Permissions},
    io::{BufRead as _, BufReader, Lines, Read as _},
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Child, ChildStderr, Command, Stdio},
};

use certificates::{Authority, Identity};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

struct Daemon {
    child: Child,
    address: String,
    said: Vec<String>,
    log: Lines<BufReader<ChildStderr>>,
}

fn serve(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_verifierd"));
    command
        .args(["serve", "--config", "verifierd.toml"])
        .current_dir(folder)
        .stdin(Stdio::null());
    command
}

impl Daemon {
    fn start(folder: &Path) -> Self {
        let mut child = serve(folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap()).lines();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut said = Vec::new();
        for line in lines.map_while(Result::ok) {
            let is_last = line.starts_with("instance: ");
            said.push(line);
            if is_last {
                break;
            }
        }
        let address = said
            .first()
            .and_then(|line| line.strip_prefix("listening on "));
        let address = address.expect("the daemon did not start").to_owned();
        Self {
            child,
            address,
            said,
            log,
        }
    }

    /// Waits for a line of the log.
    fn logged(&mut self, text: &str) {
        let found = self
            .log
            .by_ref()
            .find(|line| line.as_ref().is_ok_and(|it| it.contains(text)));
        assert!(found.is_some(), "the daemon ended");
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder with the configuration of a daemon whose administrator and auditor are named.
fn configured(authority: &Authority) -> (TempDir, Identity) {
    let folder = TempDir::new().unwrap();
    let of_daemon = authority.issue(folder.path(), "daemon");
    fs::write(folder.path().join("clients.pem"), &authority.pem).unwrap();
    let config = format!(
        "listen = '127.0.0.1:0'\n\
         [tls]\ncertificate = '{}'\nkey = '{}'\nclients = 'clients.pem'\n\
         [[callers]]\nname = 'root'\nrole = 'administrator'\nsubject = 'CN=root'\n\
         [[callers]]\nname = 'audit'\nrole = 'auditor'\nsubject = 'CN=audit'\n",
        of_daemon.certificate.display(),
        of_daemon.key.display(),
    );
    fs::write(folder.path().join("verifierd.toml"), config).unwrap();
    (folder, of_daemon)
}

/// Exit code and all that was said.
fn command(arguments: &[&str], endpoint: &str, files: &[(&str, &Path)]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_verifierd"));
    command.args(arguments).args(["--endpoint", endpoint]);
    for (option, file) in files {
        command.arg(option).arg(file);
    }
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(said).unwrap(),
    )
}

/// The files of a caller who trusts an authority.
fn files<'a>(authority: &'a Path, identity: &'a Identity) -> [(&'static str, &'a Path); 3] {
    [
        ("--tls-ca", authority),
        ("--tls-certificate", &identity.certificate),
        ("--tls-key", &identity.key),
    ]
}

#[test]
fn commands_reach_the_daemon_with_a_certificate_of_their_role() {
    let authority = Authority::new("callers");
    let (folder, _) = configured(&authority);
    let daemon = Daemon::start(folder.path());
    assert!(
        daemon.said[1].starts_with("callers: with TLS and one of 2 named"),
        "{}",
        daemon.said[1]
    );
    let over_tls = format!("https://{}", daemon.address);
    let path = folder.path().join("clients.pem");
    let [administrator, auditor, stranger] =
        ["root", "audit", "nobody"].map(|name| authority.issue(folder.path(), name));
    let another = Authority::new("another");
    let foreign = another.issue(folder.path(), "root");
    let other_path = folder.path().join("another.pem");
    fs::write(&other_path, &another.pem).unwrap();

    let enrolments = ["admin", "enrolments"];
    for identity in [&administrator, &auditor] {
        let (exit, said) = command(&enrolments, &over_tls, &files(&path, identity));
        assert_eq!(exit, 0, "{said}");
    }
    let end = [
        "admin",
        "end-enrolment",
        "--by",
        "x",
        "01940000-0000-7000-8000-000000000000",
    ];
    let (exit, said) = command(&end, &over_tls, &files(&path, &auditor));
    assert!(
        exit == 1 && said.contains("METHOD_NOT_ALLOWED"),
        "{exit} {said}"
    );
    let (exit, said) = command(&end, &over_tls, &files(&path, &administrator));
    assert!(
        exit == 1 && said.contains("ENROLMENT_UNKNOWN"),
        "{exit} {said}"
    );
    let (exit, said) = command(&enrolments, &over_tls, &files(&path, &stranger));
    assert!(
        exit == 1 && said.contains("CALLER_UNKNOWN"),
        "{exit} {said}"
    );

    // Whom the daemon does not let in, and whom the caller does not believe.
    let (exit, said) = command(&enrolments, &over_tls, &files(&path, &foreign));
    // Whether the reason arrives before the connection is cut is a matter of time.
    let is_told = said.contains("no TLS connection") || said.contains("ended the connection");
    assert!(exit == 69 && is_told, "{exit} {said}");
    let (exit, said) = command(&enrolments, &over_tls, &files(&other_path, &administrator));
    assert!(
        exit == 69 && said.contains("no TLS connection"),
        "{exit} {said}"
    );

    // Mistakes of a user.
    let plain = format!("http://{}", daemon.address);
    assert_eq!(command(&enrolments, &plain, &[]).0, 69);
    for (endpoint, files) in [
        (&over_tls, vec![]),
        (&over_tls, files(&path, &administrator)[..2].to_vec()),
        (&plain, files(&path, &administrator).to_vec()),
    ] {
        let (exit, said) = command(&enrolments, endpoint, &files);
        assert!(exit == 64 && said.contains("--tls-ca"), "{exit} {said}");
    }
    let swapped = Identity {
        certificate: administrator.key.clone(),
        key: administrator.certificate.clone(),
        ..administrator
    };
    let (exit, said) = command(&enrolments, &over_tls, &files(&path, &swapped));
    assert_eq!(exit, 64, "{said}");
}

#[test]
fn certificates_are_renewed_at_a_signal() {
    let authority = Authority::new("callers");
    let (folder, of_daemon) = configured(&authority);
    let mut daemon = Daemon::start(folder.path());
    let over_tls = format!("https://{}", daemon.address);
    let administrator = authority.issue(folder.path(), "root");
    let next = Authority::new("next");
    let next_path = folder.path().join("next.pem");
    fs::write(&next_path, &next.pem).unwrap();
    let status = ["admin", "status"];
    let reached = || command(&status, &over_tls, &files(&next_path, &administrator));
    assert_eq!(reached().0, 69);

    let issued = next.issue(folder.path(), "daemon");
    fs::copy(&issued.certificate, &of_daemon.certificate).unwrap();
    daemon.signal(Signal::HUP);
    daemon.logged("the certificates of TLS stay as they were");
    fs::copy(&issued.key, &of_daemon.key).unwrap();
    daemon.signal(Signal::HUP);
    daemon.logged("the certificates of TLS are renewed");
    let (exit, said) = reached();
    assert_eq!(exit, 0, "{said}");
    daemon.signal(Signal::TERM);
    assert!(daemon.child.wait().unwrap().success());
}

#[test]
fn an_expired_certificate_of_the_daemon_is_told_and_refused() {
    let authority = Authority::new("callers");
    let (folder, of_daemon) = configured(&authority);
    let good = [&of_daemon.certificate, &of_daemon.key].map(|file| fs::read(file).unwrap());
    let expired = authority.issue_expired(folder.path(), "daemon");
    fs::copy(&expired.certificate, &of_daemon.certificate).unwrap();
    fs::copy(&expired.key, &of_daemon.key).unwrap();
    let mut daemon = Daemon::start(folder.path());
    daemon.logged("the daemon's certificate has expired");
    let over_tls = format!("https://{}", daemon.address);
    let administrator = authority.issue(folder.path(), "root");
    let path = folder.path().join("clients.pem");
    let status = ["admin", "status"];
    let reached = || command(&status, &over_tls, &files(&path, &administrator));
    let (exit, said) = reached();
    assert!(
        exit == 69 && said.contains("no TLS connection"),
        "{exit} {said}"
    );

    // It mends without a restart.
    fs::write(&of_daemon.certificate, &good[0]).unwrap();
    fs::write(&of_daemon.key, &good[1]).unwrap();
    daemon.signal(Signal::HUP);
    daemon.logged("the certificates of TLS are renewed");
    let (exit, said) = reached();
    assert_eq!(exit, 0, "{said}");
}

#[test]
fn a_daemon_whose_files_are_not_good_does_not_start() {
    let authority = Authority::new("callers");
    let refused = |spoil: &dyn Fn(&Path, &Identity)| {
        let (folder, of_daemon) = configured(&authority);
        spoil(folder.path(), &of_daemon);
        let output = serve(folder.path()).output().unwrap();
        assert_ne!(output.status.code(), Some(0));
        assert!(output.stdout.is_empty());
        String::from_utf8(output.stderr).unwrap()
    };
    let said = refused(&|_, files| {
        fs::set_permissions(&files.key, Permissions::from_mode(0o640)).unwrap();
    });
    assert!(said.contains("chmod 600"), "{said}");
    let said = refused(&|_, files| fs::remove_file(&files.certificate).unwrap());
    assert!(said.contains("no such file"), "{said}");
    let said = refused(&|folder, _| fs::write(folder.join("clients.pem"), "").unwrap());
    assert!(said.contains("there is no certificate"), "{said}");
    let said = refused(&|_, files| certificates::write_private(&files.key, "no key"));
    assert!(said.contains("there is no private key"), "{said}");
    let said = refused(&|folder, files| {
        let other = authority.issue(folder, "daemon");
        fs::copy(other.key, &files.key).unwrap();
    });
    assert!(said.contains("not the one of the certificate"), "{said}");
    let said = refused(&|folder, _| {
        fs::write(folder.join("clients.pem"), vec![b' '; (1 << 20) + 1]).unwrap();
    });
    assert!(said.contains("larger than"), "{said}");
}

#[test]
fn a_connection_that_is_cut_is_no_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let cutting = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut begun = [0; 24];
        stream.read_exact(&mut begun).unwrap();
    });
    let (exit, said) = command(&["admin", "enrolments"], &endpoint, &[]);
    assert!(exit == 69 && said.contains(&endpoint), "{exit} {said}");
    cutting.join().unwrap();
}
