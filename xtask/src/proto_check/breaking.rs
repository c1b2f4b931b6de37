//! What of a new API breaks a client of the old one.

use std::collections::{BTreeMap, BTreeSet};

/// Every way in which `new` breaks what clients of `old` rely on, both as baselines.
pub fn broken(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (Lines::read(old), Lines::read(new));
    let mut found = Vec::new();
    for (key, what) in &old.of {
        match new.of.get(key) {
            Some(now) if now == what => {}
            Some(now) => found.push(format!("{}: was `{what}`, is `{now}`", key.text())),
            None if key.gone_by_right(what, &new) => {}
            None => found.push(format!(
                "{}: is gone (`{what}`); {}",
                key.text(),
                key.advice()
            )),
        }
    }
    found
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    kind: String,
    owner: String,
    /// Number of a field or value, name of an RPC, what is reserved.
    item: String,
}

struct Lines {
    of: BTreeMap<Key, String>,
    reserved: BTreeSet<(String, String)>,
}

impl Lines {
    fn read(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let entries = lines.filter_map(|line| {
            let (left, what) = line.split_once(" =")?;
            let mut words = left.split(' ').map(str::to_owned);
            let key = Key {
                kind: words.next()?,
                owner: words.next()?,
                item: words.next().unwrap_or_default(),
            };
            Some((key, what.trim().to_owned()))
        });
        let of: BTreeMap<_, _> = entries.collect();
        let reserved = of.keys().filter(|key| key.kind == "reserved");
        let reserved = reserved.map(|key| (key.owner.clone(), key.item.clone()));
        let reserved = reserved.collect();
        Self { of, reserved }
    }
}

impl Key {
    /// A field or value may go when its number and its name are reserved.
    fn gone_by_right(&self, what: &str, new: &Lines) -> bool {
        let name = what.split(' ').next().unwrap_or_default();
        let reserved = |item: &str| {
            new.reserved
                .contains(&(self.owner.clone(), item.to_owned()))
        };
        matches!(self.kind.as_str(), "field" | "value") && reserved(&self.item) && reserved(name)
    }

    fn text(&self) -> String {
        format!("{} {} {}", self.kind, self.owner, self.item)
            .trim_end()
            .to_owned()
    }

    fn advice(&self) -> &'static str {
        match self.kind.as_str() {
            "field" | "value" => "reserve its number and its name",
            _ => "keep it: clients of this version call it",
        }
    }
}

#[cfg(test)]
mod tests {
    use prost_types::{
        DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
        descriptor_proto::ReservedRange,
        enum_descriptor_proto::EnumReservedRange,
        field_descriptor_proto::{Label, Type},
    };

    use super::super::{testing::api, text};
    use super::*;

    /// What breaks when the API is changed so.
    fn after(change: impl FnOnce(&mut FileDescriptorProto)) -> Vec<String> {
        let old = api();
        let mut new = old.clone();
        change(&mut new.file[0]);
        broken(&text(&old), &text(&new))
    }

    fn fields(file: &mut FileDescriptorProto) -> &mut Vec<FieldDescriptorProto> {
        &mut file.message_type[0].field
    }

    #[test]
    fn nothing_and_additions_break_nothing() {
        assert!(after(|_| {}).is_empty());
        assert!(
            after(|file| {
                let mut another = fields(file)[0].clone();
                another.name = Some("another".into());
                another.number = Some(7);
                fields(file).push(another);
                let mut value = file.enum_type[0].value[1].clone();
                value.name = Some("LEVEL_LOW".into());
                value.number = Some(2);
                file.enum_type[0].value.push(value);
                let mut rpc = file.service[0].method[0].clone();
                rpc.name = Some("List".into());
                file.service[0].method.push(rpc);
                file.message_type.push(DescriptorProto {
                    name: Some("Other".into()),
                    ..Default::default()
                });
            })
            .is_empty()
        );
    }

    #[test]
    fn every_change_of_a_field_is_found() {
        type Change = fn(&mut FieldDescriptorProto);
        let changes: [(&str, Change); 6] = [
            ("renamed", |it| it.name = Some("key".into())),
            ("renumbered", |it| it.number = Some(9)),
            ("retyped", |it| it.r#type = Some(Type::Bytes.into())),
            ("repeated", |it| it.label = Some(Label::Repeated.into())),
            ("its name in JSON", |it| it.json_name = Some("key".into())),
            ("put into the oneof", |it| it.oneof_index = Some(0)),
        ];
        for (what, change) in changes {
            let found = after(|file| change(&mut fields(file)[0]));
            assert_eq!(found.len(), 1, "{what}: {found:?}");
            assert!(
                found[0].starts_with("field verifier.v1.GetRequest 1: "),
                "{found:?}"
            );
        }
        let taken_out = after(|file| fields(file)[1].oneof_index = None);
        assert_eq!(taken_out.len(), 1);
        let optional = after(|file| fields(file)[0].proto3_optional = Some(true));
        assert_eq!(optional.len(), 1);
    }

    #[test]
    fn a_field_may_go_when_number_and_name_are_reserved() {
        let gone = |numbers: bool, names: bool| {
            after(|file| {
                let message = &mut file.message_type[0];
                message.field.remove(0);
                if numbers {
                    message.reserved_range.push(ReservedRange {
                        start: Some(1),
                        end: Some(2),
                    });
                }
                if names {
                    message.reserved_name.push("id".into());
                }
            })
        };
        assert!(gone(true, true).is_empty());
        for found in [gone(false, false), gone(true, false), gone(false, true)] {
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].contains("is gone") && found[0].contains("reserve"));
        }
    }

    #[test]
    fn a_reservation_stays() {
        let mut old = api();
        old.file[0].message_type[0].reserved_name.push("was".into());
        let found = broken(&text(&old), &text(&api()));
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn every_change_of_an_enumeration_is_found() {
        let value = |file: &mut FileDescriptorProto, name: &str, number| {
            file.enum_type[0].value[1].name = Some(name.into());
            file.enum_type[0].value[1].number = Some(number);
        };
        assert_eq!(after(|file| value(file, "LEVEL_TOP", 1)).len(), 1);
        assert_eq!(after(|file| value(file, "LEVEL_HIGH", 5)).len(), 1);
        assert_eq!(after(|file| drop(file.enum_type[0].value.pop())).len(), 1);
        let reserved = after(|file| {
            let kind = &mut file.enum_type[0];
            kind.value.pop();
            kind.reserved_name.push("LEVEL_HIGH".into());
            kind.reserved_range.push(EnumReservedRange {
                start: Some(1),
                end: Some(1),
            });
        });
        assert!(reserved.is_empty(), "{reserved:?}");
    }

    #[test]
    fn every_change_of_a_service_is_found() {
        let rpc = |change: fn(&mut prost_types::MethodDescriptorProto)| {
            after(|file| change(&mut file.service[0].method[0]))
        };
        for found in [
            rpc(|it| it.name = Some("Fetch".into())),
            rpc(|it| it.input_type = Some(".verifier.v1.GetResponse".into())),
            rpc(|it| it.output_type = Some(".verifier.v1.GetRequest".into())),
            rpc(|it| it.client_streaming = Some(true)),
            rpc(|it| it.server_streaming = Some(true)),
        ] {
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(
                found[0].starts_with("rpc verifier.v1.ThingService Get"),
                "{found:?}"
            );
        }
        let renamed = after(|file| file.service[0].name = Some("OtherService".into()));
        assert_eq!(renamed.len(), 2, "the service and its method");
        let package = after(|file| file.package = Some("verifier.v2".into()));
        assert!(package.len() > 6);
        let message = after(|file| drop(file.message_type.remove(1)));
        assert_eq!(message.len(), 2, "{message:?}");
        let none = broken(&text(&api()), &text(&FileDescriptorSet::default()));
        assert!(none.len() > 6);
    }
}
