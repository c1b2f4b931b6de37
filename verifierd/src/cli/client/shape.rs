//! Messages as JSON and back, by their descriptors.
//!
//! An answer is one object whose keys are the names of the fields in the `.proto` files, every field present: a message
//! that is absent is `null`. Enumerations are words without the name of their kind (`STANDARD`), times RFC 3339 in UTC,
//! octets hexadecimal, whole numbers numbers.

use std::sync::LazyLock;

use prost::{Message, Name};
use prost_reflect::{
    DescriptorPool, DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MapKey,
    MessageDescriptor, ReflectMessage as _, Value,
};
use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};
use sig_core::UnixTime;

static POOL: LazyLock<Option<DescriptorPool>> =
    LazyLock::new(|| DescriptorPool::decode(proto::DESCRIPTORS).ok());

const TIMESTAMP: &str = "google.protobuf.Timestamp";

/// A message or a part of one, fields in the order of their declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Shape {
    Absent,
    Word(String),
    Whole(i128),
    Truth(bool),
    List(Vec<Shape>),
    Object(Vec<(String, Shape)>),
}

impl Serialize for Shape {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent => to.serialize_unit(),
            Self::Word(word) => to.serialize_str(word),
            Self::Whole(number) => to.serialize_i128(*number),
            Self::Truth(truth) => to.serialize_bool(*truth),
            Self::List(items) => {
                let mut list = to.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(item)?;
                }
                list.end()
            }
            Self::Object(fields) => {
                let mut object = to.serialize_map(Some(fields.len()))?;
                for (name, value) in fields {
                    object.serialize_entry(name, value)?;
                }
                object.end()
            }
        }
    }
}

impl Shape {
    /// The shape of a message; nothing when the API does not know its kind.
    pub(in crate::cli) fn of<M: Message + Name>(message: &M) -> Option<Self> {
        let descriptor = descriptor::<M>()?;
        let message = DynamicMessage::decode(descriptor, &*message.encode_to_vec()).ok()?;
        Some(of_message(&message))
    }

    /// What stands at a path of names, dots between them.
    pub(super) fn at(&self, path: &str) -> &Self {
        let mut shape = self;
        for name in path.split('.') {
            let Self::Object(fields) = shape else {
                return &Self::Absent;
            };
            let Some((_, value)) = fields.iter().find(|(known, _)| known == name) else {
                return &Self::Absent;
            };
            shape = value;
        }
        shape
    }
}

fn descriptor<M: Name>() -> Option<MessageDescriptor> {
    POOL.as_ref()?.get_message_by_name(&M::full_name())
}

fn of_message(message: &DynamicMessage) -> Shape {
    if message.descriptor().full_name() == TIMESTAMP {
        let seconds = message.get_field_by_name("seconds");
        let seconds = seconds.and_then(|it| it.as_i64()).unwrap_or_default();
        return Shape::Word(UnixTime::from_seconds(seconds).to_string());
    }
    let fields = message.descriptor();
    let fields = fields.fields().map(|field| {
        let absent = field.supports_presence() && !message.has_field(&field);
        let shape = match absent {
            true => Shape::Absent,
            false => of_value(&message.get_field(&field), &field.kind()),
        };
        (field.name().to_owned(), shape)
    });
    Shape::Object(fields.collect())
}

fn of_value(value: &Value, kind: &Kind) -> Shape {
    match value {
        Value::Bool(truth) => Shape::Truth(*truth),
        Value::I32(number) => Shape::Whole((*number).into()),
        Value::I64(number) => Shape::Whole((*number).into()),
        Value::U32(number) => Shape::Whole((*number).into()),
        Value::U64(number) => Shape::Whole((*number).into()),
        Value::F32(number) => Shape::Word(number.to_string()),
        Value::F64(number) => Shape::Word(number.to_string()),
        Value::String(text) => Shape::Word(text.clone()),
        Value::Bytes(octets) => Shape::Word(hex::encode(octets)),
        Value::EnumNumber(number) => match kind.as_enum() {
            Some(kind) => Shape::Word(word_of(kind, *number)),
            None => Shape::Whole((*number).into()),
        },
        Value::Message(message) => of_message(message),
        Value::List(items) => Shape::List(items.iter().map(|it| of_value(it, kind)).collect()),
        Value::Map(items) => {
            let values = kind
                .as_message()
                .map(MessageDescriptor::map_entry_value_field);
            let mut fields: Vec<_> = items
                .iter()
                .map(|(key, value)| {
                    let kind = values.as_ref().map_or(Kind::String, FieldDescriptor::kind);
                    (key_text(key), of_value(value, &kind))
                })
                .collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            Shape::Object(fields)
        }
    }
}

fn key_text(key: &MapKey) -> String {
    match key {
        MapKey::Bool(it) => it.to_string(),
        MapKey::I32(it) => it.to_string(),
        MapKey::I64(it) => it.to_string(),
        MapKey::U32(it) => it.to_string(),
        MapKey::U64(it) => it.to_string(),
        MapKey::String(it) => it.clone(),
    }
}

/// `ACCOUNT_LEVEL_` of `AccountLevel`.
fn prefix(kind: &EnumDescriptor) -> String {
    let mut prefix = String::new();
    for c in kind.name().chars() {
        if c.is_ascii_uppercase() && !prefix.is_empty() {
            prefix.push('_');
        }
        prefix.push(c.to_ascii_uppercase());
    }
    prefix.push('_');
    prefix
}

/// The word of a value; the number of one that this program does not know.
fn word_of(kind: &EnumDescriptor, number: i32) -> String {
    let Some(value) = kind.get_value(number) else {
        return number.to_string();
    };
    let word = value.name().strip_prefix(&prefix(kind));
    word.unwrap_or(value.name()).to_owned()
}

/// The number of an enumeration's word, with or without the name of its kind.
fn number_of(kind: &EnumDescriptor, word: &str) -> Option<i32> {
    let long = format!("{}{word}", prefix(kind));
    let value = kind.get_value_by_name(word);
    Some(value.or_else(|| kind.get_value_by_name(&long))?.number())
}

/// Why JSON is not the message that is needed. Names keys, never values: they may be personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Unfit {
    /// Where, keys with dots between them; empty for the whole.
    pub(in crate::cli) place: String,
    pub(in crate::cli) ru: &'static str,
    pub(in crate::cli) en: &'static str,
}

impl Unfit {
    fn new(place: &str, ru: &'static str, en: &'static str) -> Self {
        let place = place.to_owned();
        Self { place, ru, en }
    }
}

/// Reads a message from JSON of the form above; keys may be left out.
///
/// # Errors
/// The first key that does not fit.
pub(in crate::cli) fn read<M: Message + Name + Default>(text: &[u8]) -> Result<M, Unfit> {
    let value: serde_json::Value =
        serde_json::from_slice(text).map_err(|_| Unfit::new("", "не JSON", "not JSON"))?;
    let unknown = || Unfit::new("", "неизвестный вид данных", "an unknown kind of data");
    let descriptor = descriptor::<M>().ok_or_else(unknown)?;
    let message = message_from(&descriptor, &value, "")?;
    message.transcode_to().map_err(|_| unknown())
}

fn message_from(
    descriptor: &MessageDescriptor,
    value: &serde_json::Value,
    place: &str,
) -> Result<DynamicMessage, Unfit> {
    let mut message = DynamicMessage::new(descriptor.clone());
    let unfit = |ru, en| Unfit::new(place, ru, en);
    if descriptor.full_name() == TIMESTAMP {
        let time = value.as_str().and_then(UnixTime::parse_rfc3339);
        let time = time.ok_or_else(|| {
            unfit(
                "нужно время вида 2026-01-31T12:00:00Z",
                "a time of the form 2026-01-31T12:00:00Z is needed",
            )
        })?;
        message.set_field_by_name("seconds", Value::I64(time.seconds()));
        return Ok(message);
    }
    let object = value
        .as_object()
        .ok_or_else(|| unfit("нужен объект { … }", "an object { … } is needed"))?;
    for (key, value) in object {
        let place = match place {
            "" => key.clone(),
            place => format!("{place}.{key}"),
        };
        let field = descriptor
            .get_field_by_name(key)
            .ok_or_else(|| Unfit::new(&place, "такого ключа нет", "there is no such key"))?;
        if !value.is_null() {
            message.set_field(&field, field_from(&field, value, &place)?);
        }
    }
    Ok(message)
}

fn field_from(
    field: &FieldDescriptor,
    value: &serde_json::Value,
    place: &str,
) -> Result<Value, Unfit> {
    if !field.is_list() {
        return value_from(&field.kind(), value, place);
    }
    let items = value.as_array();
    let items =
        items.ok_or_else(|| Unfit::new(place, "нужен список [ … ]", "a list [ … ] is needed"))?;
    let items = items
        .iter()
        .enumerate()
        .map(|(index, item)| value_from(&field.kind(), item, &format!("{place}[{index}]")));
    items.collect::<Result<_, _>>().map(Value::List)
}

fn value_from(kind: &Kind, value: &serde_json::Value, place: &str) -> Result<Value, Unfit> {
    let unfit = |ru, en| Unfit::new(place, ru, en);
    let text = || value.as_str();
    let read = match kind {
        Kind::Message(descriptor) => {
            return message_from(descriptor, value, place).map(Value::Message);
        }
        Kind::Enum(kind) => {
            let number = text().and_then(|word| number_of(kind, word));
            return number.map(Value::EnumNumber).ok_or_else(|| {
                unfit(
                    "такого слова в перечне нет",
                    "there is no such word in the list",
                )
            });
        }
        Kind::String => text().map(|text| Value::String(text.to_owned())),
        Kind::Bytes => text()
            .and_then(|text| hex::decode(text).ok())
            .map(|octets| Value::Bytes(octets.into())),
        Kind::Bool => value.as_bool().map(Value::Bool),
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => {
            let number = value.as_i64().and_then(|it| it.try_into().ok());
            number.map(Value::I32)
        }
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => value.as_i64().map(Value::I64),
        Kind::Uint32 | Kind::Fixed32 => {
            let number = value.as_u64().and_then(|it| it.try_into().ok());
            number.map(Value::U32)
        }
        Kind::Uint64 | Kind::Fixed64 => value.as_u64().map(Value::U64),
        Kind::Double => value.as_f64().map(Value::F64),
        Kind::Float => None,
    };
    read.ok_or_else(|| unfit("значение другого вида", "the value is of another kind"))
}

#[cfg(test)]
mod tests {
    use proto::v1;

    use super::*;

    fn json<M: Message + Name>(message: &M) -> String {
        serde_json::to_string(&Shape::of(message).unwrap()).unwrap()
    }

    #[test]
    fn every_field_is_there_in_the_order_of_the_declaration() {
        let account = v1::Account {
            account_id: "a".into(),
            level: v1::AccountLevel::Standard.into(),
            registered_at: Some(prost_types::Timestamp {
                seconds: 1_795_000_000,
                nanos: 0,
            }),
            ..v1::Account::default()
        };
        let text = json(&account);
        let start = r#"{"account_id":"a","level":"STANDARD","status":"UNSPECIFIED","block":null,"registered_at":"2026-11-18T11:06:40Z","registry_check":null,"confirmation":null"#;
        assert!(text.starts_with(start), "{text}");
        let receipt = v1::AuditReceipt {
            sequence: u64::MAX,
            leaf_hash: vec![0xab, 1],
            ..v1::AuditReceipt::default()
        };
        let text = json(&receipt);
        let start = r#"{"sequence":18446744073709551615,"leaf_hash":"ab01""#;
        assert!(text.starts_with(start), "{text}");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut data = v1::PersonalData {
            surname: "Иванова".into(),
            sex: v1::Sex::Female.into(),
            document: Some(v1::IdentityDocument {
                kind: v1::IdentityDocumentKind::RfPassport.into(),
                ..Default::default()
            }),
            ..Default::default()
        };
        assert_eq!(read(json(&data).as_bytes()), Ok(data.clone()));
        data.document = None;
        let text = r#"{"surname":"Иванова","sex":"SEX_FEMALE"}"#;
        assert_eq!(read(text.as_bytes()), Ok(data));
        let answers = r#"{"answers":[{"registry":"PASSPORT","outcome":"PASSED"}]}"#;
        let answers: v1::RecordRegistryResultRequest = read(answers.as_bytes()).unwrap();
        assert_eq!(answers.answers[0].registry(), v1::Registry::Passport);
    }

    #[test]
    fn what_does_not_fit_is_named_by_key_and_never_by_value() {
        for (text, place) in [
            ("Иванова", ""),
            ("[]", ""),
            (r#"{"surnam":"Иванова"}"#, "surnam"),
            (r#"{"surname":["Иванова"]}"#, "surname"),
            (r#"{"sex":"Иванова"}"#, "sex"),
            (r#"{"document":"Иванова"}"#, "document"),
            (r#"{"document":{"number":730519}}"#, "document.number"),
        ] {
            let unfit = read::<v1::PersonalData>(text.as_bytes()).unwrap_err();
            assert_eq!(unfit.place, place);
            assert!(!unfit.ru.contains("Иванова") && !unfit.en.contains("730519"));
        }
    }
}
