//! Lists page by page, and whose tokens count.

use proto::v1::{
    AccountLevel, AccountStatus, ApplicationState, ListAccountsRequest, ListApplicationsRequest,
};
use tonic::{Code, Status};

use crate::{
    on_both_databases,
    support::{Daemon, database::Database, fields, person, reason, script::Script},
};

on_both_databases! {
    accounts_are_listed_in_the_order_of_their_ids
    accounts_are_listed_by_level_and_status
    a_token_counts_for_its_list_only
    applications_are_listed_oldest_first
}

fn accounts(size: u32, token: &str) -> ListAccountsRequest {
    ListAccountsRequest {
        page_size: size,
        page_token: token.into(),
        ..Default::default()
    }
}

/// Ids of a page, and the token of the next.
async fn page(
    daemon: &Daemon,
    request: ListAccountsRequest,
) -> Result<(Vec<String>, String), Status> {
    let answer = daemon.accounts.clone().list_accounts(request).await?;
    let answer = answer.into_inner();
    let ids = answer.accounts.into_iter().map(|it| it.account_id);
    Ok((ids.collect(), answer.next_page_token))
}

async fn applications(
    daemon: &Daemon,
    account: &str,
    (page_size, page_token): (u32, &str),
) -> Result<proto::v1::ListApplicationsResponse, Status> {
    let request = ListApplicationsRequest {
        account_id: account.into(),
        page_size,
        page_token: page_token.into(),
    };
    let answer = daemon
        .confirmations
        .clone()
        .list_applications(request)
        .await?;
    Ok(answer.into_inner())
}

/// Order is that of octets on both databases, whatever the language of the server.
async fn accounts_are_listed_in_the_order_of_their_ids(database: Database) {
    let daemon = Daemon::start(&database).await;
    assert_eq!(page(&daemon, accounts(0, "")).await.unwrap().0, [""; 0]);
    for id in ["b", "a", "B", "a-1", "a_1", "aB", "a.1", "A:1"] {
        daemon
            .register_with(id, &format!("{}@example.org", hex::encode(id)))
            .await;
    }
    let sorted = ["A:1", "B", "a", "a-1", "a.1", "aB", "a_1", "b"];
    let (all, next) = page(&daemon, accounts(0, "")).await.unwrap();
    assert_eq!(
        (all.as_slice(), next.as_str()),
        (&sorted.map(str::to_owned)[..], "")
    );

    let (first, next) = page(&daemon, accounts(3, "")).await.unwrap();
    assert_eq!(first, sorted[..3]);
    // What is added meanwhile moves nothing.
    for id in ["0", "a-0", "a-2", "z"] {
        daemon
            .register_with(id, &format!("{}@example.org", hex::encode(id)))
            .await;
    }
    let (second, next) = page(&daemon, accounts(3, &next)).await.unwrap();
    assert_eq!(second, ["a-0", "a-1", "a-2"]);
    let (third, next) = page(&daemon, accounts(100, &next)).await.unwrap();
    assert_eq!(
        (third.as_slice(), next.as_str()),
        (&["a.1", "aB", "a_1", "b", "z"].map(str::to_owned)[..], "")
    );
    daemon.stop().await;
}

async fn accounts_are_listed_by_level_and_status(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("a").await;
    daemon.register("b").await;
    daemon.standard_with("c", person::another()).await;
    let of = |level: AccountLevel, status: AccountStatus| ListAccountsRequest {
        level: level.into(),
        status: status.into(),
        ..Default::default()
    };
    for (level, status, ids) in [
        (
            AccountLevel::Standard,
            AccountStatus::Unspecified,
            &["a", "c"][..],
        ),
        (AccountLevel::Simplified, AccountStatus::Active, &["b"]),
        (AccountLevel::Confirmed, AccountStatus::Unspecified, &[]),
        (
            AccountLevel::Unspecified,
            AccountStatus::Active,
            &["a", "b", "c"],
        ),
        (AccountLevel::Unspecified, AccountStatus::Blocked, &[]),
    ] {
        let (found, _) = page(&daemon, of(level, status)).await.unwrap();
        assert_eq!(found, ids, "{level:?} {status:?}");
    }
    for (request, field) in [
        (
            ListAccountsRequest {
                level: 77,
                ..Default::default()
            },
            "level",
        ),
        (
            ListAccountsRequest {
                status: 77,
                ..Default::default()
            },
            "status",
        ),
        (accounts(101, ""), "page_size"),
    ] {
        let error = page(&daemon, request).await.unwrap_err();
        assert_eq!(
            reason(&error),
            (Code::InvalidArgument, "FIELD_INVALID".into())
        );
        assert_eq!(fields(&error), [field]);
    }
    daemon.stop().await;
}

async fn a_token_counts_for_its_list_only(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("a").await;
    daemon.register("b").await;
    daemon.issue("a").await;
    daemon.issue("a").await;
    let (_, token) = page(&daemon, accounts(1, "")).await.unwrap();
    let of_a = applications(&daemon, "a", (1, ""))
        .await
        .unwrap()
        .next_page_token;
    let refused = |error: Status| {
        assert_eq!(
            reason(&error),
            (Code::InvalidArgument, "PAGE_TOKEN_INVALID".into())
        );
    };
    let filtered = ListAccountsRequest {
        level: AccountLevel::Standard.into(),
        ..accounts(1, &token)
    };
    refused(page(&daemon, filtered).await.unwrap_err());
    for bad in [
        "x",
        of_a.as_str(),
        &format!("{token}A"),
        &token[..token.len() - 1],
    ] {
        refused(page(&daemon, accounts(1, bad)).await.unwrap_err());
    }
    for (account, bad) in [("b", &of_a), ("a", &token)] {
        refused(applications(&daemon, account, (1, bad)).await.unwrap_err());
    }
    daemon.stop().await;

    // Another daemon over the same database goes on where this one was.
    let daemon = Daemon::start(&database).await;
    assert_eq!(page(&daemon, accounts(1, &token)).await.unwrap().0, ["b"]);
    daemon.stop().await;
}

async fn applications_are_listed_oldest_first(database: Database) {
    let daemon = Daemon::start(&database).await;
    daemon.standard("a").await;
    let mut issued = Vec::new();
    for _ in 0..3 {
        daemon.clock.advance(1);
        issued.push(daemon.issue("a").await);
    }
    let signature = Script::good(&issued[1].1).bytes();
    daemon.submit("a", &issued[1].0, signature).await.unwrap();
    let first = applications(&daemon, "a", (2, "")).await.unwrap();
    let rest = applications(&daemon, "a", (2, &first.next_page_token))
        .await
        .unwrap();
    assert_eq!(rest.next_page_token, "");
    let all: Vec<_> = first
        .applications
        .into_iter()
        .chain(rest.applications)
        .collect();
    let ids: Vec<_> = all.iter().map(|it| it.application_id.clone()).collect();
    assert!(ids.iter().eq(issued.iter().map(|(id, _)| id)));
    assert_eq!(all[1].state(), ApplicationState::Accepted);
    let outcome = all[1].outcome.as_ref().unwrap();
    assert!(outcome.report_json.is_empty() && outcome.audit.is_some());

    let error = applications(&daemon, "nobody", (0, "")).await.unwrap_err();
    assert_eq!(reason(&error), (Code::NotFound, "ACCOUNT_UNKNOWN".into()));
    let error = applications(&daemon, "", (0, "")).await.unwrap_err();
    assert_eq!(fields(&error), ["account_id"]);
    daemon.stop().await;
}
