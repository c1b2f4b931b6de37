//! From the events of a signed list to values.

use std::borrow::Cow;
use std::sync::Arc;

use crate::base::limits::{Budget, Limits};
use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::x509::certificate::Certificate;

use super::super::service::{
    AccreditedList, Authority, History, ListNote, NoteReason, Service, Status, StatusChange,
};
use super::super::value;
use super::super::xml::Input;
use super::super::xml::events::Element;
use super::super::xml_signature::Covered;
use super::field::Field;
use super::rejected::{ContentReason, ListRejected};
use super::time;

const ROOT: &str = "АккредитованныеУдостоверяющиеЦентры";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Reads a list from what its signature covers.
pub(super) fn read<'a>(
    covered: &mut Covered<'_, 'a>,
    input: &Input<'a>,
    limits: &Limits,
) -> Result<AccreditedList, ListRejected> {
    let mut reading = Reading {
        covered,
        input,
        limits,
        namespace: Cow::Borrowed(""),
        text: String::new(),
        services: Vec::new(),
        statuses: Vec::new(),
        notes: Vec::new(),
    };
    reading.list()
}

struct Reading<'r, 'w, 'a> {
    covered: &'r mut Covered<'w, 'a>,
    input: &'r Input<'a>,
    limits: &'r Limits,
    /// That of the root element.
    namespace: Cow<'a, str>,
    /// The text that is read, in room that is used again.
    text: String,
    services: Vec<Service>,
    /// What each authority says of itself, in the order of the list.
    statuses: Vec<Statuses>,
    notes: Vec<ListNote>,
}

/// An element of the list, in the namespace of the root.
struct Child<'a> {
    element: Element<'a>,
    is_nil: bool,
}

/// The status that an authority has, and the history with it.
struct Statuses {
    current: Option<StatusChange>,
    history: History,
}

/// What a key says, before all is known of its authority.
struct Key {
    identifier: Vec<u8>,
    certificates: Vec<Octets>,
    crl_addresses: Vec<String>,
    tool_class: Option<String>,
}

impl<'a> Reading<'_, '_, 'a> {
    fn list(&mut self) -> Result<AccreditedList, ListRejected> {
        let mut version = Field::new("Версия");
        let mut issued_at = Field::new("Дата");
        // A document has a root element: its events were read before.
        let Some(root) = self.covered.root() else {
            let at = self.input.position(0);
            let (path, reason) = (ROOT.to_owned(), ContentReason::UnexpectedRoot);
            return Err(ListRejected::Content { path, at, reason });
        };
        if root.local_name() != ROOT {
            return Err(self.wrong(&root, ContentReason::UnexpectedRoot));
        }
        self.namespace = root.namespace.clone();
        while let Some(child) = self.child(&root) {
            if child.is("УдостоверяющийЦентр") {
                self.authority(&child)?;
            } else if child.is(version.name()) {
                if self.begins(&child, &mut version)? {
                    version.set(Some(self.number(&child)?));
                }
            } else if child.is(issued_at.name()) {
                self.time(&child, &mut issued_at)?;
            }
        }
        let version = self.required(&root, version)?;
        let issued_at = issued_at.value();
        for service in &mut self.services {
            service.version = version;
        }
        self.note_statuses(issued_at);
        let mut notes = std::mem::take(&mut self.notes);
        notes.sort_by_key(|note| (note.authority, note.key, note.certificate));
        Ok(AccreditedList {
            version,
            issued_at,
            services: std::mem::take(&mut self.services),
            notes,
        })
    }

    fn authority(&mut self, node: &Child<'a>) -> Result<(), ListRejected> {
        let mut texts = ["Название", "ИНН", "ОГРН", "РеестровыйНомер"].map(Field::new);
        let mut current = Field::new("СтатусАккредитации");
        let mut past = Field::new("ИсторияСтатусовАккредитации");
        let mut complexes = Field::new("ПрограммноАппаратныеКомплексы");
        let mut keys = Vec::new();
        while let Some(child) = self.child(&node.element) {
            if let Some(text) = texts.iter_mut().find(|field| child.is(field.name())) {
                self.text(&child, text)?;
            } else if child.is(current.name()) {
                if self.begins(&child, &mut current)? {
                    current.set(Some(self.status_change(&child)?));
                }
            } else if child.is(past.name()) {
                if self.begins(&child, &mut past)? {
                    past.set(Some(self.history(&child)?));
                }
            } else if child.is(complexes.name()) && self.begins(&child, &mut complexes)? {
                complexes.set(Some(()));
                while let Some(complex) = self.child(&child.element) {
                    if complex.is("ПрограммноАппаратныйКомплекс") {
                        self.complex(&complex, &mut keys)?;
                    }
                }
            }
        }
        let [name, inn, ogrn, registry_number] = texts.map(Field::value);
        let authority = Arc::new(Authority {
            name,
            inn,
            ogrn,
            registry_number,
        });
        let current = current.value();
        let mut changes: Vec<StatusChange> = past.value().unwrap_or_default();
        changes.extend(current.clone());
        let history = History::new(changes);
        self.services.extend(keys.into_iter().map(|key| Service {
            version: 0,
            authority: Arc::clone(&authority),
            key_identifier: key.identifier,
            certificates: key.certificates,
            crl_addresses: key.crl_addresses,
            tool_class: key.tool_class,
            history: history.clone(),
        }));
        self.statuses.push(Statuses { current, history });
        Ok(())
    }

    fn complex(&mut self, node: &Child<'a>, keys: &mut Vec<Key>) -> Result<(), ListRejected> {
        let mut tool_class = Field::new("КлассСредствЭП");
        let mut list = Field::new("КлючиУполномоченныхЛиц");
        let before = keys.len();
        while let Some(child) = self.child(&node.element) {
            if child.is(tool_class.name()) {
                self.text(&child, &mut tool_class)?;
            } else if child.is(list.name()) && self.begins(&child, &mut list)? {
                list.set(Some(()));
                while let Some(key) = self.child(&child.element) {
                    if key.is("Ключ") {
                        let key = self.key(&key, keys.len() + 1)?;
                        keys.push(key);
                    }
                }
            }
        }
        let tool_class = tool_class.value();
        for key in keys.iter_mut().skip(before) {
            key.tool_class.clone_from(&tool_class);
        }
        Ok(())
    }

    fn key(&mut self, node: &Child<'a>, index: usize) -> Result<Key, ListRejected> {
        let mut identifier = Field::new("ИдентификаторКлюча");
        let mut addresses = Field::new("АдресаСписковОтзыва");
        let mut list = Field::new("Сертификаты");
        let mut key = Key {
            identifier: Vec::new(),
            certificates: Vec::new(),
            crl_addresses: Vec::new(),
            tool_class: None,
        };
        while let Some(child) = self.child(&node.element) {
            if child.is(identifier.name()) {
                self.text(&child, &mut identifier)?;
            } else if child.is(addresses.name()) {
                if self.begins(&child, &mut addresses)? {
                    addresses.set(Some(()));
                    while let Some(address) = self.child(&child.element) {
                        if address.is("Адрес") {
                            key.crl_addresses.extend(self.text_of(&address)?);
                        }
                    }
                }
            } else if child.is(list.name()) && self.begins(&child, &mut list)? {
                list.set(Some(()));
                self.certificates(&child, index, &mut key.certificates)?;
            }
        }
        if let Some(digits) = identifier.value() {
            match hexadecimal(&digits) {
                Some(octets) => key.identifier = octets,
                None => self.note(Some(index), None, NoteReason::KeyIdentifierNotHex),
            }
        }
        Ok(key)
    }

    /// The certificates of a key; one that cannot be read is noted.
    fn certificates(
        &mut self,
        list: &Child<'a>,
        key: usize,
        found: &mut Vec<Octets>,
    ) -> Result<(), ListRejected> {
        let mut index = 0;
        while let Some(entry) = self.child(&list.element) {
            if !entry.is("ДанныеСертификата") {
                continue;
            }
            index += 1;
            let mut data = Field::new("Данные");
            while let Some(child) = self.child(&entry.element) {
                if child.is(data.name()) && self.begins(&child, &mut data)? {
                    data.set(Some(self.certificate(&child)));
                }
            }
            match data.value().unwrap_or(Err(NoteReason::CertificateAbsent)) {
                Ok(certificate) => found.push(certificate),
                Err(reason) => self.note(Some(key), Some(index), reason),
            }
        }
        Ok(())
    }

    fn certificate(&mut self, data: &Child<'a>) -> Result<Octets, NoteReason> {
        self.text.clear();
        let read = self.covered.text(&data.element, &mut self.text).ok();
        let octets = read.and_then(|()| value::base64(&self.text));
        let octets = Octets::from(octets.ok_or(NoteReason::CertificateNotBase64)?);
        match Certificate::from_der(&octets, &mut Budget::new(*self.limits)) {
            Ok(_) => Ok(octets),
            Err(_) => Err(NoteReason::CertificateMalformed),
        }
    }

    fn history(&mut self, list: &Child<'a>) -> Result<Vec<StatusChange>, ListRejected> {
        let mut changes = Vec::new();
        while let Some(entry) = self.child(&list.element) {
            if entry.is("СтатусАккредитации") {
                changes.push(self.status_change(&entry)?);
            }
        }
        Ok(changes)
    }

    fn status_change(&mut self, node: &Child<'a>) -> Result<StatusChange, ListRejected> {
        let mut word = Field::new("Статус");
        let mut from = Field::new("ДействуетС");
        while let Some(child) = self.child(&node.element) {
            if child.is(word.name()) {
                self.text(&child, &mut word)?;
            } else if child.is(from.name()) {
                self.time(&child, &mut from)?;
            }
        }
        let word: String = self.required(&node.element, word)?;
        Ok(StatusChange {
            from: self.required(&node.element, from)?,
            status: Status::from_word(&word),
        })
    }

    /// Notes the statuses that are unknown, and those that contradict the history on the day of the list.
    fn note_statuses(&mut self, issued_at: Option<UnixTime>) {
        let at = issued_at.unwrap_or(UnixTime::from_seconds(i64::MAX));
        for (index, statuses) in self.statuses.iter().enumerate() {
            let mut note = |reason| {
                self.notes.push(ListNote {
                    authority: index + 1,
                    key: None,
                    certificate: None,
                    reason,
                });
            };
            let is_unknown = |change: &StatusChange| matches!(change.status, Status::Unknown(_));
            if statuses.history.changes().iter().any(is_unknown) {
                note(NoteReason::StatusUnknown);
            }
            let latest = statuses.history.status_at(at);
            let contradicts = statuses.current.as_ref().is_some_and(|current| {
                current.from <= at && latest.is_none_or(|latest| latest.status != current.status)
            });
            if contradicts {
                note(NoteReason::StatusContradictsHistory);
            }
        }
    }

    /// The next element of the list's namespace directly in another; others are passed over.
    fn child(&mut self, parent: &Element<'a>) -> Option<Child<'a>> {
        loop {
            let element = self.covered.child(parent)?;
            if element.namespace == self.namespace {
                let is_nil = self.covered.attributes().iter().any(|attribute| {
                    attribute.local_name() == "nil"
                        && attribute.namespace == INSTANCE
                        && matches!(attribute.value.trim(), "true" | "1")
                });
                return Some(Child { element, is_nil });
            }
        }
    }

    /// An element that may be there once begins; false when it is nil, so that there is nothing to read.
    fn begins<T>(&self, child: &Child<'a>, field: &mut Field<T>) -> Result<bool, ListRejected> {
        if field.begin() {
            Ok(!child.is_nil)
        } else {
            Err(self.wrong(&child.element, ContentReason::Duplicate(field.name())))
        }
    }

    /// Its value; an error when it is absent or nil.
    fn required<T>(&self, node: &Element<'a>, field: Field<T>) -> Result<T, ListRejected> {
        let missing = ContentReason::Missing(field.name());
        field.value().ok_or_else(|| self.wrong(node, missing))
    }

    /// Reads the trimmed text of an element; none when nil or empty.
    fn text(&mut self, child: &Child<'a>, field: &mut Field<String>) -> Result<(), ListRejected> {
        if self.begins(child, field)? {
            field.set(self.text_of(child)?);
        }
        Ok(())
    }

    fn time(&mut self, child: &Child<'a>, field: &mut Field<UnixTime>) -> Result<(), ListRejected> {
        if self.begins(child, field)? {
            let text = self.read_text(child)?;
            let time = value::time(text, time::parse);
            field.set(time.map_err(|reason| self.wrong(&child.element, reason))?);
        }
        Ok(())
    }

    fn number(&mut self, child: &Child<'a>) -> Result<u64, ListRejected> {
        let number = value::number(self.read_text(child)?);
        number.map_err(|reason| self.wrong(&child.element, reason))
    }

    fn text_of(&mut self, child: &Child<'a>) -> Result<Option<String>, ListRejected> {
        Ok(self.read_text(child)?.map(str::to_owned))
    }

    fn read_text(&mut self, child: &Child<'a>) -> Result<Option<&str>, ListRejected> {
        self.text.clear();
        if self.covered.text(&child.element, &mut self.text).is_err() {
            return Err(self.wrong(&child.element, ContentReason::NotText));
        }
        Ok(value::text(&self.text))
    }

    /// A note of the authority that is being read.
    fn note(&mut self, key: Option<usize>, certificate: Option<usize>, reason: NoteReason) {
        self.notes.push(ListNote {
            authority: self.statuses.len() + 1,
            key,
            certificate,
            reason,
        });
    }

    fn wrong(&self, element: &Element<'a>, reason: ContentReason) -> ListRejected {
        ListRejected::Content {
            path: self.input.path(element.offset),
            at: self.input.position(element.offset),
            reason,
        }
    }
}

impl Child<'_> {
    fn is(&self, name: &str) -> bool {
        self.element.local_name() == name
    }
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
