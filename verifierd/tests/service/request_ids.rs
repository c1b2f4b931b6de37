//! Every answer and every error is named.

use proto::v1::{GetAccountRequest, GetAccountResponse};
use tonic::{Code, Request, Response, Status, client::Grpc, codegen::http::uri::PathAndQuery};
use tonic_prost::ProstCodec;
use tonic_types::StatusExt as _;

use crate::support::{Daemon, database::Database, reason};

const HEADER: &str = "x-request-id";

fn asking(account: &str, ids: &[&str]) -> Request<GetAccountRequest> {
    let mut request = Request::new(GetAccountRequest {
        account_id: account.into(),
    });
    for id in ids {
        request.metadata_mut().append(HEADER, id.parse().unwrap());
    }
    request
}

async fn get(
    daemon: &Daemon,
    request: Request<GetAccountRequest>,
) -> Result<Response<GetAccountResponse>, Status> {
    daemon.accounts.clone().get_account(request).await
}

/// The id in the headers of an error, which is that in its details.
fn named(error: &Status) -> String {
    let details = error.get_details_request_info().unwrap().request_id;
    let header = error.metadata().get(HEADER).unwrap().to_str().unwrap();
    assert_eq!(details, header);
    details
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_names_the_call() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    daemon.register("a-1").await;
    let answer = get(&daemon, asking("a-1", &["Portal_7.x"])).await.unwrap();
    assert_eq!(answer.metadata().get(HEADER).unwrap(), "Portal_7.x");
    let error = get(&daemon, asking("a-2", &["Portal_7.y"]))
        .await
        .unwrap_err();
    assert_eq!(reason(&error).1, "ACCOUNT_UNKNOWN");
    assert_eq!(named(&error), "Portal_7.y");
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_a_good_name_gets_one() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let long = "x".repeat(65);
    for ids in [&[][..], &["a b"], &["a/b"], &[long.as_str()], &["a", "b"]] {
        let error = get(&daemon, asking("a-2", ids)).await.unwrap_err();
        let id = uuid::Uuid::parse_str(&named(&error)).unwrap();
        assert_eq!(id.get_version_num(), 7, "{ids:?}");
    }
    daemon.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_the_transport_are_like_all_others() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    let call = |path: &'static str| {
        let mut client = Grpc::new(daemon.channel.clone());
        async move {
            client.ready().await.unwrap();
            // Field 1 of every request is a text: octets that are no UTF-8 are not read.
            let codec: ProstCodec<Octets, GetAccountResponse> = ProstCodec::default();
            let request = Request::new(Octets { field: vec![0xff] });
            let path = PathAndQuery::from_static(path);
            client.unary(request, path, codec).await.unwrap_err()
        }
    };
    for (path, code, code_name) in [
        (
            "/verifier.v1.AccountService/GetAccount",
            Code::InvalidArgument,
            "MESSAGE_MALFORMED",
        ),
        (
            "/verifier.v1.AccountService/Nothing",
            Code::Unimplemented,
            "METHOD_UNKNOWN",
        ),
        (
            "/verifier.v1.Nothing/Nothing",
            Code::Unimplemented,
            "METHOD_UNKNOWN",
        ),
    ] {
        let error = call(path).await;
        assert_eq!(reason(&error), (code, code_name.into()), "{path}");
        assert_eq!(named(&error).len(), 36);
    }
    daemon.stop().await;
}

/// A message with octets where a text belongs.
#[derive(Clone, PartialEq, prost::Message)]
struct Octets {
    #[prost(bytes = "vec", tag = "1")]
    field: Vec<u8>,
}
