//! `verifier.v1.TrustService`.

use std::{collections::BTreeSet, sync::Arc};

use prost_types::Timestamp;
use proto::v1::{
    AccreditationStatus, AccreditedSnapshot, AuthorityKey, GetTrustRequest, GetTrustResponse,
    ListAuthoritiesRequest, ListAuthoritiesResponse, TrustedList, TrustedLists,
    trust_service_server::TrustService,
};
use sha2::{Digest as _, Sha256};
use sig_core::{
    UnixTime,
    trust::{
        etsi_list::{EtsiEdition, EtsiSnapshot},
        service::{Service, Status as Accredited},
        snapshot::TrustSnapshot,
    },
};
use tonic::{Request, Response, Status};

use super::{convert, status::refused};
use crate::service::{
    Context,
    page::Asked,
    ports::trust::Purpose,
    refusal::Refusal,
    trust::{self, KeyFilter},
};

/// The service over its use cases.
#[derive(Clone)]
pub struct Trust(pub Context);

#[tonic::async_trait]
impl TrustService for Trust {
    async fn get_trust(
        &self,
        _: Request<GetTrustRequest>,
    ) -> Result<Response<GetTrustResponse>, Status> {
        let held = self.0.trust.held();
        let now = UnixTime::from_seconds(self.0.clock.now().seconds());
        Ok(Response::new(GetTrustResponse {
            accredited: held.accredited.map(|it| accredited(&it, now)),
            european: held.lists.map(|it| lists(&it, now)),
            demonstration: held.purpose == Purpose::Demonstration,
        }))
    }

    async fn list_authorities(
        &self,
        request: Request<ListAuthoritiesRequest>,
    ) -> Result<Response<ListAuthoritiesResponse>, Status> {
        let request = request.into_inner();
        let refused = |refusal| refused(&self.0, "ListAuthorities", refusal);
        let at = request.at.as_ref().map(convert::time_field);
        let at = at.transpose().map_err(|v| refused(Refusal::from(v)))?;
        let at = at.unwrap_or_else(|| self.0.clock.now());
        let at = UnixTime::from_seconds(at.seconds());
        let filter = KeyFilter {
            ogrn: &request.ogrn,
            key_identifier: &request.key_identifier,
        };
        let asked = Asked {
            size: request.page_size,
            token: &request.page_token,
        };
        let (snapshot, page) = trust::keys(&self.0, filter, asked).map_err(refused)?;
        Ok(Response::new(ListAuthoritiesResponse {
            snapshot_id: snapshot.id().to_owned(),
            keys: page.items.iter().map(|it| key(it, at)).collect(),
            next_page_token: page.next.unwrap_or_default(),
        }))
    }
}

fn timestamp(at: UnixTime) -> Timestamp {
    Timestamp {
        seconds: at.seconds(),
        nanos: 0,
    }
}

fn accredited(snapshot: &TrustSnapshot, now: UnixTime) -> AccreditedSnapshot {
    let issued = snapshot.newest().issued_at();
    let age = now.seconds().saturating_sub(issued.seconds()) / (24 * 3600);
    // Keys of one authority share its value.
    let authorities: BTreeSet<_> = snapshot
        .services()
        .iter()
        .map(|service| Arc::as_ptr(&service.authority))
        .collect();
    AccreditedSnapshot {
        id: snapshot.id().to_owned(),
        digest: snapshot.digest().to_owned(),
        version: snapshot.version(),
        issued_at: Some(timestamp(issued)),
        age_days: u64::try_from(age).unwrap_or_default(),
        editions: snapshot.editions().len() as u64,
        authorities: authorities.len() as u64,
        keys: snapshot.services().len() as u64,
    }
}

fn lists(snapshot: &EtsiSnapshot, now: UnixTime) -> TrustedLists {
    let list = |edition: &Arc<EtsiEdition>| {
        let list = edition.list();
        TrustedList {
            territory: list.header.territory.clone(),
            sequence_number: list.header.sequence_number,
            issued_at: Some(timestamp(list.header.issued_at)),
            next_update: list.header.next_update.map(timestamp),
            outdated: list.header.next_update.is_some_and(|due| due < now),
            services: list.services.len() as u64,
        }
    };
    TrustedLists {
        id: snapshot.id().to_owned(),
        digest: snapshot.digest().to_owned(),
        lists: snapshot.editions().iter().map(list).collect(),
    }
}

fn key(service: &Service, at: UnixTime) -> AuthorityKey {
    let authority = &service.authority;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let change = service.status_at(at);
    let status = match change.map(|change| &change.status) {
        None => AccreditationStatus::Unspecified,
        Some(Accredited::InForce) => AccreditationStatus::InForce,
        Some(Accredited::Suspended) => AccreditationStatus::Suspended,
        Some(Accredited::Terminated) => AccreditationStatus::Terminated,
        Some(Accredited::Annulled) => AccreditationStatus::Annulled,
        Some(_) => AccreditationStatus::Unknown,
    };
    let certificates = service.certificates.iter();
    AuthorityKey {
        name: text(&authority.name),
        ogrn: text(&authority.ogrn),
        inn: text(&authority.inn),
        registry_number: text(&authority.registry_number),
        key_identifier: service.key_identifier.clone(),
        certificate_sha256: certificates
            .map(|der| Sha256::digest(&**der).to_vec())
            .collect(),
        tool_class: text(&service.tool_class),
        status: status.into(),
        status_from: change.map(|change| timestamp(change.from)),
    }
}
