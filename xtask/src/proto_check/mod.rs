//! The public API against what clients rely on: its shape as lines, a baseline of them, and rules of style.

use anyhow::{Context as _, Result};
use prost::Message as _;
use prost_types::FileDescriptorSet;

mod breaking;
mod lint;
mod shape;

pub use breaking::broken;

/// Where the baseline is kept.
pub const BASELINE: &str = "proto/baseline.txt";

/// The package that the rules are about.
const PACKAGE: &str = "verifier.v1";

/// The compiled `.proto` files.
pub fn api() -> Result<FileDescriptorSet> {
    FileDescriptorSet::decode(proto::DESCRIPTORS).context("descriptors of the API")
}

/// The shape of the API: the text of its baseline.
pub fn text(api: &FileDescriptorSet) -> String {
    let mut text = String::from(
        "# The public API as clients rely on it, a line for each thing that must not change.\n\
         # Written by `cargo xtask codegen`, which adds what is new and refuses what breaks a client.\n",
    );
    for line in shape::lines(api) {
        text += &line;
        text.push('\n');
    }
    text
}

/// What breaks the rules of style.
pub fn untidy(api: &FileDescriptorSet) -> Vec<String> {
    lint::untidy(api)
}

#[cfg(test)]
mod testing {
    use prost_types::{
        DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FieldDescriptorProto,
        FileDescriptorProto, FileDescriptorSet, MethodDescriptorProto, OneofDescriptorProto,
        ServiceDescriptorProto,
        field_descriptor_proto::{Label, Type},
    };

    /// A small API in which each rule has something to hold.
    pub fn api() -> FileDescriptorSet {
        let field = |name: &str, number, kind: Type| FieldDescriptorProto {
            name: Some(name.into()),
            number: Some(number),
            label: Some(Label::Optional.into()),
            r#type: Some(kind.into()),
            json_name: Some(name.into()),
            ..Default::default()
        };
        let request = DescriptorProto {
            name: Some("GetRequest".into()),
            field: vec![
                field("id", 1, Type::String),
                FieldDescriptorProto {
                    oneof_index: Some(0),
                    ..field("text", 2, Type::String)
                },
            ],
            oneof_decl: vec![OneofDescriptorProto {
                name: Some("part".into()),
                ..Default::default()
            }],
            ..Default::default()
        };
        let response = DescriptorProto {
            name: Some("GetResponse".into()),
            field: vec![FieldDescriptorProto {
                type_name: Some(".verifier.v1.Level".into()),
                ..field("level", 1, Type::Enum)
            }],
            ..Default::default()
        };
        let thing = DescriptorProto {
            name: Some("Thing".into()),
            ..Default::default()
        };
        let value = |name: &str, number| EnumValueDescriptorProto {
            name: Some(name.into()),
            number: Some(number),
            ..Default::default()
        };
        let level = EnumDescriptorProto {
            name: Some("Level".into()),
            value: vec![value("LEVEL_UNSPECIFIED", 0), value("LEVEL_HIGH", 1)],
            ..Default::default()
        };
        let service = ServiceDescriptorProto {
            name: Some("ThingService".into()),
            method: vec![MethodDescriptorProto {
                name: Some("Get".into()),
                input_type: Some(".verifier.v1.GetRequest".into()),
                output_type: Some(".verifier.v1.GetResponse".into()),
                ..Default::default()
            }],
            ..Default::default()
        };
        let file = FileDescriptorProto {
            name: Some("verifier/v1/thing.proto".into()),
            package: Some("verifier.v1".into()),
            message_type: vec![request, response, thing],
            enum_type: vec![level],
            service: vec![service],
            syntax: Some("proto3".into()),
            ..Default::default()
        };
        FileDescriptorSet { file: vec![file] }
    }
}
