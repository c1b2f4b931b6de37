//! Rules of style: names, and a comment on everything that no other comment speaks of.
//!
//! The messages of an RPC are spoken of by the RPC, and a field of a type of the API by its type.

use std::collections::BTreeSet;

use prost_types::{
    DescriptorProto, EnumDescriptorProto, FileDescriptorProto, FileDescriptorSet,
    ServiceDescriptorProto,
};

use super::PACKAGE;

/// Every rule that an API breaks, with the place.
pub(super) fn untidy(api: &FileDescriptorSet) -> Vec<String> {
    let files = api.file.iter().filter(|file| file.package() == PACKAGE);
    let of_rpcs = of_rpcs(api);
    let mut found = Vec::new();
    for file in files {
        let mut look = Look {
            commented: commented(file),
            of_rpcs: &of_rpcs,
            file: file.name().to_owned(),
            found: &mut found,
        };
        for (index, message) in (0..).zip(&file.message_type) {
            look.message(message, vec![4, index]);
        }
        for (index, kind) in (0..).zip(&file.enum_type) {
            look.kind(kind, vec![5, index]);
        }
        for (index, service) in (0..).zip(&file.service) {
            look.service(service, vec![6, index]);
        }
    }
    found
}

/// The paths that a comment stands at (`google.protobuf.SourceCodeInfo.Location`).
fn commented(file: &FileDescriptorProto) -> BTreeSet<Vec<i32>> {
    let locations = file.source_code_info.iter().flat_map(|info| &info.location);
    let commented = locations.filter(|it| !it.leading_comments().trim().is_empty());
    commented.map(|it| it.path.clone()).collect()
}

/// The messages that RPCs take and give.
fn of_rpcs(api: &FileDescriptorSet) -> BTreeSet<&str> {
    let services = api.file.iter().flat_map(|file| &file.service);
    let rpcs = services.flat_map(|service| &service.method);
    let sides = rpcs.flat_map(|rpc| [rpc.input_type(), rpc.output_type()]);
    sides
        .filter_map(|name| name.strip_prefix(&format!(".{PACKAGE}.")))
        .collect()
}

struct Look<'a> {
    of_rpcs: &'a BTreeSet<&'a str>,
    commented: BTreeSet<Vec<i32>>,
    file: String,
    found: &'a mut Vec<String>,
}

impl Look<'_> {
    fn tell(&mut self, name: &str, what: &str) {
        self.found.push(format!("{}: {name}: {what}", self.file));
    }

    fn comment(&mut self, name: &str, path: &[i32]) {
        if !self.commented.contains(path) {
            self.tell(name, "has no comment; say what it is and its rule");
        }
    }

    fn message(&mut self, message: &DescriptorProto, path: Vec<i32>) {
        let name = message.name();
        // The entry of a map has no source of its own.
        if message.options.as_ref().is_some_and(|it| it.map_entry()) {
            return;
        }
        if !self.of_rpcs.contains(name) {
            self.comment(name, &path);
        }
        if !is_camel(name) {
            self.tell(name, "write a message in CamelCase");
        }
        for (index, field) in (0..).zip(&message.field) {
            let place = format!("{name}.{}", field.name());
            if !field.type_name().starts_with(&format!(".{PACKAGE}.")) {
                self.comment(&place, &[&path[..], &[2, index]].concat());
            }
            if !is_snake(field.name()) {
                self.tell(&place, "write a field in snake_case");
            }
        }
        for (index, inner) in (0..).zip(&message.nested_type) {
            self.message(inner, [&path[..], &[3, index]].concat());
        }
        for (index, kind) in (0..).zip(&message.enum_type) {
            self.kind(kind, [&path[..], &[4, index]].concat());
        }
    }

    fn kind(&mut self, kind: &EnumDescriptorProto, path: Vec<i32>) {
        self.comment(kind.name(), &path);
        let prefix = format!("{}_", screaming(kind.name()));
        for (index, value) in (0..).zip(&kind.value) {
            let name = value.name();
            let is_zero = value.number() == 0;
            // That nothing is said needs no words.
            if !is_zero {
                self.comment(name, &[&path[..], &[2, index]].concat());
            }
            if !name.starts_with(&prefix) {
                self.tell(name, &format!("begin a value with {prefix}"));
            }
            if is_zero != (name == format!("{prefix}UNSPECIFIED")) {
                self.tell(
                    name,
                    &format!("0 is {prefix}UNSPECIFIED and nothing else is"),
                );
            }
        }
    }

    fn service(&mut self, service: &ServiceDescriptorProto, path: Vec<i32>) {
        self.comment(service.name(), &path);
        if !service.name().ends_with("Service") {
            self.tell(service.name(), "end the name of a service with Service");
        }
        for (index, rpc) in (0..).zip(&service.method) {
            let name = rpc.name();
            self.comment(name, &[&path[..], &[2, index]].concat());
            for (kind, end) in [
                (rpc.input_type(), "Request"),
                (rpc.output_type(), "Response"),
            ] {
                // A call that takes its request in parts may answer as the call of the whole does.
                let whole = name.strip_suffix("Stream").filter(|_| end == "Response");
                let named = |name: &str| kind == format!(".{PACKAGE}.{name}{end}");
                if !named(name) && !whole.is_some_and(named) {
                    self.tell(name, &format!("name its message {name}{end}"));
                }
            }
        }
    }
}

fn is_camel(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
}

fn is_snake(name: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split('_').all(word)
}

/// `ACCOUNT_LEVEL` of `AccountLevel`.
fn screaming(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !text.is_empty() {
            text.push('_');
        }
        text.push(c.to_ascii_uppercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use prost_types::{SourceCodeInfo, source_code_info::Location};

    use super::super::testing::api;
    use super::*;

    const COMMENTED: &[&[i32]] = &[
        &[4, 0, 2, 0],
        &[4, 0, 2, 1],
        &[4, 2],
        &[5, 0],
        &[5, 0, 2, 1],
        &[6, 0],
        &[6, 0, 2, 0],
    ];

    /// What is untidy when the API is changed so and has comments at these places.
    fn after(places: &[&[i32]], change: impl FnOnce(&mut FileDescriptorProto)) -> Vec<String> {
        let mut api = api();
        let location = |path: &&[i32]| Location {
            path: path.to_vec(),
            leading_comments: Some(" Says what it is.\n".into()),
            ..Default::default()
        };
        api.file[0].source_code_info = Some(SourceCodeInfo {
            location: places.iter().map(location).collect(),
        });
        change(&mut api.file[0]);
        untidy(&api)
    }

    #[test]
    fn a_tidy_api_passes_and_every_missing_comment_is_found() {
        let found = after(COMMENTED, |_| {});
        assert!(found.is_empty(), "{found:?}");
        for left_out in 0..COMMENTED.len() {
            let mut places = COMMENTED.to_vec();
            places.remove(left_out);
            let found = after(&places, |_| {});
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].contains("has no comment"));
        }
    }

    #[test]
    fn every_name_out_of_form_is_found() {
        type Change = fn(&mut FileDescriptorProto);
        let changes: [(Change, &str); 7] = [
            (
                |it| it.message_type[0].field[0].name = Some("theId".into()),
                "snake_case",
            ),
            (
                |it| it.enum_type[0].value[1].name = Some("HIGH".into()),
                "LEVEL_",
            ),
            (
                |it| it.enum_type[0].value[0].name = Some("LEVEL_NONE".into()),
                "UNSPECIFIED",
            ),
            (
                |it| it.enum_type[0].value[1].name = Some("LEVEL_UNSPECIFIED".into()),
                "UNSPECIFIED",
            ),
            (|it| it.service[0].name = Some("Things".into()), "Service"),
            (
                |it| it.service[0].method[0].name = Some("Fetch".into()),
                "FetchRequest",
            ),
            (
                |it| it.message_type[2].name = Some("a_thing".into()),
                "CamelCase",
            ),
        ];
        for (change, said) in changes {
            let found = after(COMMENTED, change);
            assert!(
                found.iter().any(|it| it.contains(said)),
                "{said}: {found:?}"
            );
        }
    }
}
