//! What lists say, as octets (ETSI TS 119 612 §5).
//!
//! Numbers have the least significant octet first. A *text* and *octets* are a length (4) and as many octets; a *list* is a
//! count (4) and so many items; an *option* is an octet 0, or an octet 1 and the value; a *kind* is its number (1) and its
//! value if it has one; a record is its members in the order that they are declared in.

use std::sync::Arc;

use crate::base::time::UnixTime;
use crate::der::octets::Octets;
use crate::der::oid::Oid;
use crate::trust::etsi_list::{
    Assertion, Criteria, Criterion, Header, ListKind, ListedService, Pointer, Provider,
    Qualification, Qualifier, ServicePeriod, ServiceStatus, ServiceType, ServiceUse,
};
use crate::trust::snapshot::{ExtractBound, StoredRefused};

/// Criteria inside criteria, at most: more than a list may nest.
const MOST_NESTED: u32 = 64;

/// What is left to be read. Everything answers none when it is not there.
pub(super) struct Input {
    octets: Octets,
    at: usize,
    nested: u32,
    items: usize,
}

impl Input {
    pub(super) const fn new(octets: Octets) -> Self {
        Self {
            octets,
            at: 0,
            nested: 0,
            items: 0,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.at == self.octets.len()
    }

    /// Why reading came to an end before the octets did.
    pub(super) fn refused(&self) -> StoredRefused {
        match ExtractBound::Items.check(self.items) {
            Ok(()) => StoredRefused::Inconsistent,
            Err(bound) => bound.into(),
        }
    }

    fn left(&self) -> usize {
        self.octets.len() - self.at
    }

    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.octets.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.first_chunk().copied()
    }

    fn size(&mut self) -> Option<usize> {
        usize::try_from(u32::from_le_bytes(self.array()?)).ok()
    }
}

fn put_size(size: usize, out: &mut Vec<u8>) {
    // What is read from one file is far below 4 GiB.
    out.extend(u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes());
}

/// A value of the form.
pub(super) trait Form: Sized {
    fn put(&self, out: &mut Vec<u8>);
    fn take(input: &mut Input) -> Option<Self>;
}

impl Form for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend(self.to_le_bytes());
    }

    fn take(input: &mut Input) -> Option<Self> {
        Some(Self::from_le_bytes(input.array()?))
    }
}

impl Form for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn take(input: &mut Input) -> Option<Self> {
        match input.array()? {
            [0] => Some(false),
            [1] => Some(true),
            _ => None,
        }
    }
}

impl Form for UnixTime {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend(self.seconds().to_le_bytes());
    }

    /// An instant of the years 1 to 9999, as every date of a list is.
    fn take(input: &mut Input) -> Option<Self> {
        const FIRST: i64 = -62_135_596_800;
        const LAST: i64 = 253_402_300_799;
        let seconds = i64::from_le_bytes(input.array()?);
        let is_date = (FIRST..=LAST).contains(&seconds);
        is_date.then(|| Self::from_seconds(seconds))
    }
}

impl Form for Octets {
    fn put(&self, out: &mut Vec<u8>) {
        put_size(self.len(), out);
        out.extend_from_slice(self);
    }

    /// Octets of their own: places in a report count from the start of a certificate.
    fn take(input: &mut Input) -> Option<Self> {
        let length = input.size()?;
        input.take(length).map(Self::from)
    }
}

impl Form for Vec<u8> {
    fn put(&self, out: &mut Vec<u8>) {
        put_size(self.len(), out);
        out.extend_from_slice(self);
    }

    fn take(input: &mut Input) -> Option<Self> {
        let length = input.size()?;
        input.take(length).map(<[u8]>::to_vec)
    }
}

impl Form for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_size(self.len(), out);
        out.extend_from_slice(self.as_bytes());
    }

    fn take(input: &mut Input) -> Option<Self> {
        Self::from_utf8(Vec::take(input)?).ok()
    }
}

/// As text: one way to write it.
impl Form for Oid {
    fn put(&self, out: &mut Vec<u8>) {
        self.to_string().put(out);
    }

    fn take(input: &mut Input) -> Option<Self> {
        let text = String::take(input)?;
        Self::parse(&text).filter(|oid| oid.to_string() == text)
    }
}

impl<T: Form> Form for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(input: &mut Input) -> Option<Self> {
        Some(if bool::take(input)? {
            Some(T::take(input)?)
        } else {
            None
        })
    }
}

impl<A: Form, B: Form> Form for (A, B) {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(input: &mut Input) -> Option<Self> {
        Some((A::take(input)?, B::take(input)?))
    }
}

impl<T: Form> Form for Arc<T> {
    fn put(&self, out: &mut Vec<u8>) {
        T::put(self, out);
    }

    fn take(input: &mut Input) -> Option<Self> {
        T::take(input).map(Self::new)
    }
}

/// Lists of records: every item takes an octet at least, so that a count is bounded by what is left.
pub(super) fn put_list<T: Form>(items: &[T], out: &mut Vec<u8>) {
    put_size(items.len(), out);
    for item in items {
        item.put(out);
    }
}

pub(super) fn take_list<T: Form>(input: &mut Input) -> Option<Vec<T>> {
    let count = input.size()?;
    if count > input.left() {
        return None;
    }
    // Items are larger in memory than in the file: all of them are counted, and room is taken as they come.
    input.items = input.items.saturating_add(count);
    ExtractBound::Items.check(input.items).ok()?;
    let mut items = Vec::new();
    for _ in 0..count {
        items.push(T::take(input)?);
    }
    Some(items)
}

macro_rules! lists {
    ($($item:ty),* $(,)?) => {$(
        impl Form for Vec<$item> {
            fn put(&self, out: &mut Vec<u8>) {
                put_list(self, out);
            }

            fn take(input: &mut Input) -> Option<Self> {
                take_list(input)
            }
        }
    )*};
}

macro_rules! records {
    ($($name:ident { $($member:ident),* $(,)? })*) => {$(
        impl Form for $name {
            fn put(&self, out: &mut Vec<u8>) {
                let Self { $($member),* } = self;
                $($member.put(out);)*
            }

            fn take(input: &mut Input) -> Option<Self> {
                Some(Self { $($member: Form::take(input)?),* })
            }
        }
    )*};
}

macro_rules! kinds {
    ($($name:ident { $($number:literal $kind:ident $(($value:ident))?),* $(,)? })*) => {$(
        impl Form for $name {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$kind $(($value))? => {
                        out.push($number);
                        $($value.put(out);)?
                    })*
                }
            }

            fn take(input: &mut Input) -> Option<Self> {
                let [number] = input.array()?;
                Some(match number {
                    $($number => Self::$kind $(({
                        let $value = Form::take(input)?;
                        $value
                    }))?,)*
                    _ => return None,
                })
            }
        }
    )*};
}

pub(super) use records;

lists!(
    String,
    Octets,
    Vec<u8>,
    Oid,
    (String, bool),
    Pointer,
    ListedService,
    ServicePeriod,
    ServiceUse,
    Qualification,
    Qualifier,
    Criterion,
);

records! {
    Header { version, sequence_number, kind, territory, issued_at, next_update, pivots }
    Pointer { location, territory, kind, media_type, signers }
    Provider { name }
    ListedService { provider, name, certificates, subject_names, key_identifiers, periods }
    ServicePeriod { from, service_type, status, uses, qualifications, unknown_critical }
    Qualification { qualifiers, criteria }
}

kinds! {
    ListKind { 0 National, 1 ListOfLists, 2 Other(uri) }
    ServiceType {
        0 CaQc, 1 CaPkc, 2 QualifiedTimeStamps, 3 TimeStamps, 4 QualifiedStatus, 5 Other(uri),
    }
    ServiceUse { 0 Signatures, 1 Seals, 2 WebSites, 3 RootCa, 4 Other(uri) }
    ServiceStatus {
        0 Granted, 1 Accredited, 2 UnderSupervision, 3 SupervisionInCessation,
        4 RecognisedNationally, 5 DeprecatedNationally, 6 SupervisionCeased,
        7 AccreditationCeased, 8 SupervisionRevoked, 9 AccreditationRevoked, 10 Withdrawn,
        11 Unknown(uri),
    }
    Qualifier {
        0 Qualified, 1 NotQualified, 2 InDevice, 3 NotInDevice, 4 DeviceAsInCertificate,
        5 DeviceOnBehalf, 6 ForLegalPerson, 7 ForSignatures, 8 ForSeals, 9 ForWebSites,
        10 Other(uri),
    }
    Assertion { 0 All, 1 AtLeastOne, 2 None, 3 Unknown }
    Criterion {
        0 KeyUsage(bits), 1 Policies(ids), 2 KeyPurposes(ids), 3 SubjectAttributes(ids),
        4 Nested(criteria), 5 Unknown(name),
    }
}

impl Form for Criteria {
    fn put(&self, out: &mut Vec<u8>) {
        let Self {
            assertion,
            criteria,
        } = self;
        assertion.put(out);
        criteria.put(out);
    }

    fn take(input: &mut Input) -> Option<Self> {
        input.nested += 1;
        let criteria = (input.nested <= MOST_NESTED).then(|| {
            Some(Self {
                assertion: Form::take(input)?,
                criteria: Form::take(input)?,
            })
        });
        input.nested -= 1;
        criteria?
    }
}
