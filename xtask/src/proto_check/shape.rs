//! The API as lines: `KIND OWNER KEY = WHAT`, sorted.

use std::collections::BTreeSet;

use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorSet,
    ServiceDescriptorProto,
    field_descriptor_proto::{Label, Type},
};

use super::PACKAGE;

/// The lines of an API.
pub(super) fn lines(api: &FileDescriptorSet) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    let files = api.file.iter().filter(|file| file.package() == PACKAGE);
    for file in files {
        for message in &file.message_type {
            of_message(PACKAGE, message, &mut lines);
        }
        for kind in &file.enum_type {
            of_enum(PACKAGE, kind, &mut lines);
        }
        for service in &file.service {
            of_service(service, &mut lines);
        }
    }
    lines
}

fn of_message(place: &str, message: &DescriptorProto, lines: &mut BTreeSet<String>) {
    let name = format!("{place}.{}", message.name());
    lines.insert(format!("message {name} ="));
    for field in &message.field {
        let what = what(message, field);
        lines.insert(format!("field {name} {} = {what}", field.number()));
    }
    for range in &message.reserved_range {
        // The end is not in it.
        for number in range.start()..range.end() {
            lines.insert(format!("reserved {name} {number} ="));
        }
    }
    for reserved in &message.reserved_name {
        lines.insert(format!("reserved {name} {reserved} ="));
    }
    for inner in &message.nested_type {
        of_message(&name, inner, lines);
    }
    for kind in &message.enum_type {
        of_enum(&name, kind, lines);
    }
}

/// Name, type, how often, which oneof, name in JSON.
fn what(message: &DescriptorProto, field: &FieldDescriptorProto) -> String {
    let kind = match field.r#type() {
        Type::Message | Type::Enum | Type::Group => {
            field.type_name().trim_start_matches('.').to_owned()
        }
        scalar => scalar
            .as_str_name()
            .trim_start_matches("TYPE_")
            .to_lowercase(),
    };
    let often = match field.label() {
        Label::Repeated => "repeated",
        Label::Required => "required",
        Label::Optional if field.proto3_optional() => "optional",
        Label::Optional => "single",
    };
    let oneof = field
        .oneof_index
        .filter(|_| !field.proto3_optional())
        .and_then(|index| message.oneof_decl.get(usize::try_from(index).ok()?))
        .map_or("-", |oneof| oneof.name());
    let json = field.json_name();
    format!("{} {kind} {often} oneof:{oneof} json:{json}", field.name())
}

fn of_enum(place: &str, kind: &EnumDescriptorProto, lines: &mut BTreeSet<String>) {
    let name = format!("{place}.{}", kind.name());
    lines.insert(format!("enum {name} ="));
    for value in &kind.value {
        lines.insert(format!(
            "value {name} {} = {}",
            value.number(),
            value.name()
        ));
    }
    for range in &kind.reserved_range {
        // The end is in it, unlike that of a message.
        for number in range.start()..=range.end() {
            lines.insert(format!("reserved {name} {number} ="));
        }
    }
    for reserved in &kind.reserved_name {
        lines.insert(format!("reserved {name} {reserved} ="));
    }
}

fn of_service(service: &ServiceDescriptorProto, lines: &mut BTreeSet<String>) {
    let name = format!("{PACKAGE}.{}", service.name());
    lines.insert(format!("service {name} ="));
    for rpc in &service.method {
        let side = |streams: bool, kind: &str| {
            let stream = if streams { "stream " } else { "" };
            format!("{stream}{}", kind.trim_start_matches('.'))
        };
        let asked = side(rpc.client_streaming(), rpc.input_type());
        let answered = side(rpc.server_streaming(), rpc.output_type());
        lines.insert(format!(
            "rpc {name} {} = {asked} returns {answered}",
            rpc.name()
        ));
    }
}
