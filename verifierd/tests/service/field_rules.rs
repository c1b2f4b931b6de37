//! Every field whose comment says "Required" is: walked by the descriptors of the API, so that no RPC is left out.

use std::str::FromStr as _;

use prost_reflect::{
    DescriptorPool, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, MethodDescriptor,
    ReflectMessage as _, Value,
};
use tonic::{Code, Request, Status, client::Grpc, codegen::http::uri::PathAndQuery};
use tonic_prost::ProstCodec;

use crate::support::{Daemon, database::Database, fields, reason};

fn is_required(field: &FieldDescriptor) -> bool {
    let message = field.parent_message();
    let file = message.parent_file();
    let info = file
        .file_descriptor_proto()
        .source_code_info
        .as_ref()
        .unwrap();
    let mut locations = info.location.iter();
    let location = locations.find(|it| it.path == field.path()).unwrap();
    location.leading_comments().contains("Required")
        && !location.leading_comments().contains("Required for")
}

/// A value that keeps the form of most fields of such a name.
fn plausible(field: &FieldDescriptor) -> Option<Value> {
    Some(match field.kind() {
        Kind::String => Value::String(
            match field.name() {
                "account_id" => "acc-1",
                "code" => "1234567890123456",
                "origin" => "https://portal.example",
                name if name.ends_with("_id") => "0192f0c1-2345-7890-abcd-ef0123456789",
                _ => "1",
            }
            .into(),
        ),
        Kind::Bytes => Value::Bytes(b"octets".to_vec().into()),
        Kind::Enum(_) => Value::EnumNumber(1),
        Kind::Message(message) if !field.is_list() => Value::Message(DynamicMessage::new(message)),
        _ => return None,
    })
}

async fn call(daemon: &Daemon, method: &MethodDescriptor, request: DynamicMessage) -> Status {
    let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
    let path = PathAndQuery::from_str(&path).unwrap();
    let mut client = Grpc::new(daemon.channel.clone());
    client.ready().await.unwrap();
    let codec: ProstCodec<DynamicMessage, ()> = ProstCodec::default();
    let asked = Request::new(request);
    let answer = match method.is_server_streaming() {
        false => client.unary(asked, path, codec).await.map(drop),
        true => match client.server_streaming(asked, path, codec).await {
            Ok(answers) => answers.into_inner().message().await.map(drop),
            Err(status) => Err(status),
        },
    };
    answer.expect_err(method.full_name())
}

/// Whether an error names a field, or one inside it.
fn names(named: &[String], field: &FieldDescriptor) -> bool {
    let inside = |message: MessageDescriptor| {
        named.iter().any(|name| {
            let first = name.split('.').next().unwrap();
            message.get_field_by_name(first).is_some()
        })
    };
    let is_named = |name: &String| name.split('.').next() == Some(field.name());
    named.iter().any(is_named) || field.kind().as_message().cloned().is_some_and(inside)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_required_field_is_required() {
    let database = Database::sqlite();
    let daemon = Daemon::start(&database).await;
    daemon.standard("acc-1").await;
    let pool = DescriptorPool::decode(proto::DESCRIPTORS).unwrap();
    let methods = pool
        .services()
        .flat_map(|service| service.methods().collect::<Vec<_>>());
    let methods = methods.filter(|method| !method.is_client_streaming());
    let mut checked = 0;
    for method in methods.collect::<Vec<_>>() {
        let request = method.input();
        let required: Vec<_> = request.fields().filter(is_required).collect();
        for left_out in &required {
            let mut message = DynamicMessage::new(request.clone());
            for field in required.iter().filter(|field| *field != left_out) {
                if let Some(value) = plausible(field) {
                    message.set_field(field, value);
                }
            }
            assert_eq!(message.descriptor(), request);
            let error = call(&daemon, &method, message).await;
            let place = left_out.full_name();
            match (left_out.name(), reason(&error)) {
                // An empty file has words of its own.
                ("signature", (Code::InvalidArgument, said)) if said == "SIGNATURE_EMPTY" => {}
                (_, (Code::InvalidArgument, said)) if said == "FIELD_INVALID" => {
                    let named = fields(&error);
                    assert!(names(&named, left_out), "{place}: only {named:?}");
                }
                (_, other) => panic!("{place}: {other:?}"),
            }
            checked += 1;
        }
    }
    assert!(checked > 10, "{checked} fields");
    daemon.stop().await;
}
