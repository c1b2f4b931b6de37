//! A daemon with TLS on both sides, and those who call it.

use std::{fmt::Write as _, fs, net::SocketAddr, sync::Arc};

use tempfile::TempDir;
use tonic::{
    Request, Status,
    client::Grpc,
    codegen::http::uri::PathAndQuery,
    transport::{Certificate, Channel, ClientTlsConfig, Endpoint},
};
use tonic_prost::ProstCodec;
use verifierd::{config::Config, domain::caller::Role};

use super::{
    Daemon,
    certificates::{Authority, Identity},
    database::Database,
    script::Scripted,
};

/// A daemon with TLS, and the authority of both sides.
pub struct Secured {
    pub folder: TempDir,
    pub authority: Authority,
    pub of_daemon: Identity,
    /// Called by the portal.
    pub daemon: Daemon,
}

impl Secured {
    /// Each role has a caller of its name, by subject; `extra` callers are of the configuration, too.
    pub async fn start(extra: &str) -> Self {
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

    pub fn issue(&self, name: &str) -> Identity {
        self.authority.issue(self.folder.path(), name)
    }

    pub fn endpoint(
        &self,
        authority: &Authority,
        identity: Option<&Identity>,
    ) -> Result<Endpoint, tonic::transport::Error> {
        endpoint(self.daemon.address, authority, identity)
    }

    pub async fn connect(&self, identity: &Identity) -> Channel {
        let endpoint = self.endpoint(&self.authority, Some(identity));
        endpoint.unwrap().connect().await.unwrap()
    }

    pub async fn role(&self, role: Role) -> Channel {
        self.connect(&self.issue(role.code())).await
    }

    /// Whether somebody so equipped gets an answer of any kind from the daemon itself.
    pub async fn is_let_in(&self, authority: &Authority, identity: Option<&Identity>) -> bool {
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
pub async fn call(channel: &Channel, path: &'static str) -> Result<(), Status> {
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready()
        .await
        .map_err(|error| Status::unknown(error.to_string()))?;
    let codec: ProstCodec<(), ()> = ProstCodec::default();
    let path = PathAndQuery::from_static(path);
    let answered = grpc.server_streaming(Request::new(()), path, codec).await;
    answered.map(|_| ())
}
