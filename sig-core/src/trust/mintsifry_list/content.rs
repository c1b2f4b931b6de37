//! From the elements of a verified list to values.

use std::sync::Arc;

use roxmltree::Node;

use crate::base::limits::{Budget, Limits};
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::x509::certificate::Certificate;

use super::super::service::{
    AccreditedList, Authority, History, ListNote, NoteReason, Service, Status, StatusChange,
};
use super::super::xml::{self, is_element, namespace};
use super::super::xml_signature::{SignedTree, base64_of};
use super::rejected::{ContentReason, ListRejected};
use super::time;

const ROOT: &str = "АккредитованныеУдостоверяющиеЦентры";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Reads a list from the nodes its signature covers.
pub(super) fn read(
    signed: &SignedTree<'_>,
    limits: &Limits,
) -> Result<AccreditedList, ListRejected> {
    let root = signed.root();
    let mut reading = Reading {
        signed,
        limits,
        namespace: namespace(root),
        version: 0,
        issued_at: None,
        services: Vec::new(),
        notes: Vec::new(),
    };
    if root.tag_name().name() != ROOT {
        return Err(reading.wrong(root, ContentReason::UnexpectedRoot));
    }
    let version = reading.required(root, "Версия")?;
    reading.version = reading.number(version)?;
    reading.issued_at = reading.time(root, "Дата")?;
    for (index, authority) in reading
        .all(root, "УдостоверяющийЦентр")
        .into_iter()
        .enumerate()
    {
        reading.authority(authority, index + 1)?;
    }
    Ok(AccreditedList {
        version: reading.version,
        issued_at: reading.issued_at,
        services: reading.services,
        notes: reading.notes,
    })
}

struct Reading<'r, 't> {
    signed: &'r SignedTree<'t>,
    limits: &'r Limits,
    namespace: &'t str,
    version: u64,
    issued_at: Option<UnixTime>,
    services: Vec<Service>,
    notes: Vec<ListNote>,
}

/// The place of a key in the list, and what its authority gives to it.
struct KeyContext {
    authority_index: usize,
    key_index: usize,
    authority: Arc<Authority>,
    tool_class: Option<String>,
    history: History,
}

impl<'t> Reading<'_, 't> {
    fn authority(&mut self, node: Node<'t, 't>, index: usize) -> Result<(), ListRejected> {
        let history = self.history(node, index)?;
        let mut context = KeyContext {
            authority_index: index,
            key_index: 0,
            authority: Arc::new(Authority {
                name: self.text(node, "Название")?,
                inn: self.text(node, "ИНН")?,
                ogrn: self.text(node, "ОГРН")?,
                registry_number: self.text(node, "РеестровыйНомер")?,
            }),
            tool_class: None,
            history,
        };
        let complexes = self.list(
            node,
            "ПрограммноАппаратныеКомплексы",
            "ПрограммноАппаратныйКомплекс",
        )?;
        for complex in complexes {
            context.tool_class = self.text(complex, "КлассСредствЭП")?;
            for key in self.list(complex, "КлючиУполномоченныхЛиц", "Ключ")?
            {
                context.key_index += 1;
                self.key(key, &context)?;
            }
        }
        Ok(())
    }

    fn key(&mut self, node: Node<'t, 't>, context: &KeyContext) -> Result<(), ListRejected> {
        let note = |certificate, reason| ListNote {
            authority: context.authority_index,
            key: Some(context.key_index),
            certificate,
            reason,
        };
        let key_identifier = match self.text(node, "ИдентификаторКлюча")? {
            None => Vec::new(),
            Some(digits) => hexadecimal(&digits).unwrap_or_else(|| {
                self.notes.push(note(None, NoteReason::KeyIdentifierNotHex));
                Vec::new()
            }),
        };
        let mut crl_addresses = Vec::new();
        for address in self.list(node, "АдресаСписковОтзыва", "Адрес")? {
            crl_addresses.extend(self.text_of(address)?);
        }
        let mut certificates = Vec::new();
        let entries = self.list(node, "Сертификаты", "ДанныеСертификата")?;
        for (index, entry) in entries.into_iter().enumerate() {
            match self.certificate(entry)? {
                Ok(certificate) => certificates.push(certificate),
                Err(reason) => self.notes.push(note(Some(index + 1), reason)),
            }
        }
        self.services.push(Service {
            version: self.version,
            authority: Arc::clone(&context.authority),
            key_identifier,
            certificates,
            crl_addresses,
            tool_class: context.tool_class.clone(),
            history: context.history.clone(),
        });
        Ok(())
    }

    fn certificate(&self, entry: Node<'t, 't>) -> Result<Result<Octets, NoteReason>, ListRejected> {
        let Some(data) = self.optional(entry, "Данные")? else {
            return Ok(Err(NoteReason::CertificateAbsent));
        };
        let Some(octets) = base64_of(data).map(Octets::from) else {
            return Ok(Err(NoteReason::CertificateNotBase64));
        };
        Ok(
            match Certificate::from_der(&octets, &mut Budget::new(*self.limits)) {
                Ok(_) => Ok(octets),
                Err(_) => Err(NoteReason::CertificateMalformed),
            },
        )
    }

    fn history(&mut self, node: Node<'t, 't>, index: usize) -> Result<History, ListRejected> {
        let mut changes = Vec::new();
        let current = match self.optional(node, "СтатусАккредитации")? {
            Some(current) => Some(self.status_change(current)?),
            None => None,
        };
        let past = self.list(node, "ИсторияСтатусовАккредитации", "СтатусАккредитации")?;
        for entry in past {
            changes.push(self.status_change(entry)?);
        }
        changes.extend(current.clone());
        let history = History::new(changes);
        let note = |reason| ListNote {
            authority: index,
            key: None,
            certificate: None,
            reason,
        };
        let has_unknown = history
            .changes()
            .iter()
            .any(|change| matches!(change.status, Status::Unknown(_)));
        if has_unknown {
            self.notes.push(note(NoteReason::StatusUnknown));
        }
        let at = self.issued_at.unwrap_or(UnixTime::from_seconds(i64::MAX));
        let latest = history.status_at(at);
        let contradicts = current.is_some_and(|current| {
            current.from <= at && latest.is_none_or(|latest| latest.status != current.status)
        });
        if contradicts {
            self.notes.push(note(NoteReason::StatusContradictsHistory));
        }
        Ok(history)
    }

    fn status_change(&self, node: Node<'t, 't>) -> Result<StatusChange, ListRejected> {
        let word = self
            .text(node, "Статус")?
            .ok_or_else(|| self.wrong(node, ContentReason::Missing("Статус")))?;
        let from = self
            .time(node, "ДействуетС")?
            .ok_or_else(|| self.wrong(node, ContentReason::Missing("ДействуетС")))?;
        Ok(StatusChange {
            from,
            status: Status::from_word(&word),
        })
    }

    /// The elements of one name below a node.
    fn all(&self, node: Node<'t, 't>, name: &str) -> Vec<Node<'t, 't>> {
        self.signed
            .children(node)
            .filter(|child| is_element(*child, self.namespace, name))
            .collect()
    }

    /// The element of one name below a node; `None` when absent or nil.
    fn optional(
        &self,
        node: Node<'t, 't>,
        name: &'static str,
    ) -> Result<Option<Node<'t, 't>>, ListRejected> {
        match self.all(node, name).as_slice() {
            [] => Ok(None),
            [only] if is_nil(*only) => Ok(None),
            [only] => Ok(Some(*only)),
            [_, second, ..] => Err(self.wrong(*second, ContentReason::Duplicate(name))),
        }
    }

    fn required(
        &self,
        node: Node<'t, 't>,
        name: &'static str,
    ) -> Result<Node<'t, 't>, ListRejected> {
        self.optional(node, name)?
            .ok_or_else(|| self.wrong(node, ContentReason::Missing(name)))
    }

    /// The items of a list element, which may be absent or nil.
    fn list(
        &self,
        node: Node<'t, 't>,
        name: &'static str,
        item: &str,
    ) -> Result<Vec<Node<'t, 't>>, ListRejected> {
        let list = self.optional(node, name)?;
        Ok(list.map_or_else(Vec::new, |list| self.all(list, item)))
    }

    /// The trimmed text of an element; `None` when absent, nil or empty.
    fn text(&self, node: Node<'t, 't>, name: &'static str) -> Result<Option<String>, ListRejected> {
        match self.optional(node, name)? {
            Some(element) => self.text_of(element),
            None => Ok(None),
        }
    }

    fn text_of(&self, element: Node<'t, 't>) -> Result<Option<String>, ListRejected> {
        let text = xml::text(element).map_err(|_| self.wrong(element, ContentReason::NotText))?;
        let text = text.trim();
        Ok((!text.is_empty()).then(|| text.to_owned()))
    }

    fn number(&self, element: Node<'t, 't>) -> Result<u64, ListRejected> {
        self.text_of(element)?
            .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| self.wrong(element, ContentReason::NotANumber))
    }

    fn time(
        &self,
        node: Node<'t, 't>,
        name: &'static str,
    ) -> Result<Option<UnixTime>, ListRejected> {
        let Some(element) = self.optional(node, name)? else {
            return Ok(None);
        };
        let Some(text) = self.text_of(element)? else {
            return Ok(None);
        };
        time::parse(&text)
            .map(Some)
            .ok_or_else(|| self.wrong(element, ContentReason::NotATime))
    }

    fn wrong(&self, node: Node<'t, 't>, reason: ContentReason) -> ListRejected {
        ListRejected::Content {
            path: path(node),
            at: self.signed.tree().position(node),
            reason,
        }
    }
}

fn is_nil(node: Node<'_, '_>) -> bool {
    node.attributes().any(|attribute| {
        attribute.name() == "nil"
            && attribute.namespace() == Some(INSTANCE)
            && matches!(attribute.value().trim(), "true" | "1")
    })
}

/// `root/element[2]/element[1]`.
pub(in crate::trust) fn path(node: Node<'_, '_>) -> String {
    let mut steps: Vec<String> = node
        .ancestors()
        .filter(Node::is_element)
        .map(|step| {
            let name = step.tag_name().name();
            let place = 1 + step
                .prev_siblings()
                .skip(1)
                .filter(|other| other.is_element() && other.tag_name().name() == name)
                .count();
            match step.parent_element() {
                Some(_) => format!("{name}[{place}]"),
                None => crate::finding::displayable(name),
            }
        })
        .collect();
    steps.reverse();
    steps.join("/")
}

/// Octets written in hexadecimal digits, with or without blanks and colons between them.
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|character| !character.is_whitespace() && *character != ':')
        .map(|character| character.to_digit(16))
        .collect::<Option<_>>()?;
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    digits
        .chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect()
}
