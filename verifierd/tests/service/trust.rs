//! What the daemon trusts, for those who ask.

use proto::v1::{
    AccreditationStatus, GetTrustRequest, ListAuthoritiesRequest, ListAuthoritiesResponse,
    trust_service_client::TrustServiceClient,
};
use tonic::{Code, Status};

use crate::support::{Daemon, database::Database, fields, reason};

async fn list(
    daemon: &Daemon,
    request: ListAuthoritiesRequest,
) -> Result<ListAuthoritiesResponse, Status> {
    let mut client = TrustServiceClient::new(daemon.channel.clone());
    Ok(client.list_authorities(request).await?.into_inner())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_active_snapshot_is_told() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let mut client = TrustServiceClient::new(daemon.channel.clone());
    let held = client
        .get_trust(GetTrustRequest {})
        .await
        .unwrap()
        .into_inner();
    assert!(held.demonstration && held.european.is_none());
    let accredited = held.accredited.unwrap();
    assert!(
        accredited.id.starts_with("mintsifry-100-"),
        "{}",
        accredited.id
    );
    assert_eq!((accredited.version, accredited.editions), (100, 1));
    assert_eq!(accredited.digest.len(), 64);
    assert!(accredited.keys >= accredited.authorities && accredited.authorities > 0);
    let issued = accredited.issued_at.unwrap().seconds;
    daemon.clock.advance(10 * 24 * 3600);
    let later = client
        .get_trust(GetTrustRequest {})
        .await
        .unwrap()
        .into_inner();
    let later = later.accredited.unwrap();
    assert_eq!(later.age_days, accredited.age_days + 10);
    assert_eq!(later.issued_at.unwrap().seconds, issued);
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_of_authorities_are_listed() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let all = list(&daemon, ListAuthoritiesRequest::default())
        .await
        .unwrap();
    assert!(all.snapshot_id.starts_with("mintsifry-100-"));
    assert!(all.keys.len() > 1 && all.next_page_token.is_empty());
    assert!(
        all.keys
            .iter()
            .any(|key| key.status() == AccreditationStatus::InForce)
    );
    for key in &all.keys {
        assert!(
            key.certificate_sha256
                .iter()
                .all(|digest| digest.len() == 32)
        );
        assert!(!key.name.is_empty() && key.status_from.is_some());
    }

    let mut paged = Vec::new();
    let mut token = String::new();
    loop {
        let request = ListAuthoritiesRequest {
            page_size: 1,
            page_token: token,
            ..Default::default()
        };
        let page = list(&daemon, request).await.unwrap();
        assert_eq!(page.keys.len(), 1);
        paged.extend(page.keys);
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(paged, all.keys);

    let key = &all.keys[0];
    let of_key = ListAuthoritiesRequest {
        ogrn: key.ogrn.clone(),
        key_identifier: key.key_identifier.clone(),
        ..Default::default()
    };
    let found = list(&daemon, of_key.clone()).await.unwrap().keys;
    assert!(found.contains(key) && found.len() < all.keys.len());
    let before = ListAuthoritiesRequest {
        at: Some(prost_types::Timestamp {
            seconds: 0,
            nanos: 0,
        }),
        ..of_key
    };
    let then = list(&daemon, before).await.unwrap().keys;
    assert_eq!(then[0].status(), AccreditationStatus::Unspecified);
    assert!(then[0].status_from.is_none());
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_asked_is_refused() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let base = ListAuthoritiesRequest::default;
    for (request, field) in [
        (
            ListAuthoritiesRequest {
                ogrn: "1".into(),
                ..base()
            },
            "ogrn",
        ),
        (
            ListAuthoritiesRequest {
                ogrn: "a".repeat(13),
                ..base()
            },
            "ogrn",
        ),
        (
            ListAuthoritiesRequest {
                key_identifier: vec![0; 65],
                ..base()
            },
            "key_identifier",
        ),
        (
            ListAuthoritiesRequest {
                page_size: 101,
                ..base()
            },
            "page_size",
        ),
    ] {
        let error = list(&daemon, request).await.unwrap_err();
        assert_eq!(
            reason(&error),
            (Code::InvalidArgument, "FIELD_INVALID".into())
        );
        assert_eq!(fields(&error), [field]);
    }
    let page = ListAuthoritiesRequest {
        page_size: 1,
        ..base()
    };
    let token = list(&daemon, page.clone()).await.unwrap().next_page_token;
    let other = ListAuthoritiesRequest {
        ogrn: "1".repeat(13),
        page_token: token,
        ..page
    };
    let error = list(&daemon, other).await.unwrap_err();
    assert_eq!(reason(&error).1, "PAGE_TOKEN_INVALID");
    daemon.stop().await;
}
