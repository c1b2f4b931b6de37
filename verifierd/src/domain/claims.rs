//! Personal data of an account.

use serde::{Deserialize, Serialize};
use time::{Date, macros::date};

use super::{
    country::Country,
    identifiers::{PersonInn, Snils, Unacceptable},
    names::PersonName,
    time::{parse_date, print_date},
};

/// Personal data as the caller wrote it, one text a field; an empty text
/// stands for "not given".
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct RawClaims {
    pub surname: String,
    pub given_name: String,
    pub patronymic: String,
    pub sex: String,
    pub birth_date: String,
    pub birth_place: String,
    pub citizenship: String,
    pub snils: String,
    pub inn: String,
    pub document: RawDocument,
}

/// An identity document as the caller wrote it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct RawDocument {
    pub kind: String,
    pub series: String,
    pub number: String,
    pub issued_on: String,
    pub issued_by: String,
    pub department_code: String,
}

/// Personal data that keeps every rule of its fields.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Claims {
    pub surname: PersonName,
    pub given_name: PersonName,
    pub patronymic: Option<PersonName>,
    pub sex: Sex,
    pub birth_date: Date,
    pub birth_place: Line,
    pub citizenship: Country,
    pub snils: Snils,
    pub inn: Option<PersonInn>,
    pub document: IdentityDocument,
}

/// Sex as registries record it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Sex {
    Female,
    Male,
}

/// The document that proves who a person is.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct IdentityDocument {
    pub kind: DocumentKind,
    pub series: String,
    pub number: String,
    pub issued_on: Date,
    pub issued_by: Line,
    pub department_code: Option<String>,
}

/// Which rules an identity document follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    /// Internal passport of the Russian Federation.
    RfPassport,
    /// Any other document: bounded text.
    Other,
}

/// 1 to 255 printable characters, surrounding spaces dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Line(String);

impl Line {
    /// Reads a line.
    pub fn parse(text: &str) -> Option<Self> {
        let line = text.trim();
        let printable = |c: char| !c.is_control() && !is_format(c);
        ((1..=255).contains(&line.chars().count()) && line.chars().all(printable))
            .then(|| Self(line.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Invisible characters that change how a line is shown.
fn is_format(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// One field that breaks its rule. Holds nothing of any value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldViolation {
    /// Path of the field in the personal data: `document.number`.
    pub field: &'static str,
    /// The broken rule.
    pub rule: Rule,
}

macro_rules! rules {
    ($($name:ident: $ru:literal, $en:literal;)*) => {
        /// The rules of fields.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum Rule { $($name,)* }

        impl Rule {
            /// Every rule.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The stable code: `NotInFuture` is `NOT_IN_FUTURE`.
            pub fn code(self) -> String {
                let mut code = String::new();
                for c in format!("{self:?}").chars() {
                    if c.is_ascii_uppercase() && !code.is_empty() {
                        code.push('_');
                    }
                    code.push(c.to_ascii_uppercase());
                }
                code
            }

            /// What the field must be, in Russian.
            pub fn ru(self) -> &'static str {
                match self { $(Self::$name => $ru,)* }
            }

            /// What the field must be, in English.
            pub fn en(self) -> &'static str {
                match self { $(Self::$name => $en,)* }
            }
        }
    };
}

rules! {
    Required: "поле обязательно", "is required";
    Name: "от 1 до 100 букв, пробелов, дефисов, апострофов и точек",
        "1 to 100 letters, spaces, hyphens, apostrophes and full stops";
    Line: "от 1 до 255 печатных знаков", "1 to 255 printable characters";
    Date: "дата в виде ГГГГ-ММ-ДД", "a date written YYYY-MM-DD";
    NotInFuture: "дата не может быть в будущем", "must not be in the future";
    From1900: "дата не раньше 1900-01-01", "must not be before 1900-01-01";
    NotBeforeBirth: "дата не раньше даты рождения", "must not be before the birth date";
    Country: "три заглавные буквы кода страны ИСО 3166-1", "an ISO 3166-1 alpha-3 code in upper case";
    Snils: "11 цифр", "11 digits";
    Inn: "12 цифр ИНН физического лица", "the 12 digits of a natural person's INN";
    CheckDigits: "контрольные цифры не сходятся, проверьте номер", "the check digits do not fit, check the number";
    PassportSeries: "4 цифры", "4 digits";
    PassportNumber: "6 цифр", "6 digits";
    DocumentText: "от 1 до 32 печатных знаков", "1 to 32 printable characters";
    DocumentSeries: "не более 32 печатных знаков", "at most 32 printable characters";
    DepartmentCode: "код подразделения вида 000-000", "a department code of the form 000-000";
    AccountId: "от 1 до 64 знаков A-Z a-z 0-9 . _ : -", "1 to 64 of A-Z a-z 0-9 . _ : -";
    Uuid: "идентификатор вида 00000000-0000-0000-0000-000000000000, строчными буквами",
        "an identifier of the form 00000000-0000-0000-0000-000000000000 in lower case";
    Origin: "источник вида https://узел или https://узел:порт, строчными буквами, без порта 443 и пути",
        "an origin of the form https://host or https://host:port, in lower case, without port 443 and path";
    PageSize: "от 1 до указанного предела", "1 up to the limit given";
    BlockReason: "от 1 до 500 печатных знаков", "1 to 500 printable characters";
    PostalCode: "16 цифр кода из письма", "the 16 digits of the code in the letter";
    Ogrnip: "15 цифр ОГРНИП", "the 15 digits of an OGRNIP";
    Phone: "плюс и от 8 до 15 цифр", "a plus sign and 8 to 15 digits";
    Email: "адрес электронной почты, не более 254 знаков", "an e-mail address of at most 254 characters";
    PhoneOrEmail: "нужен телефон или адрес электронной почты", "a phone or an e-mail is required";
    Registries: "ответ каждого реестра ровно один раз", "the answer of each registry exactly once";
    Mismatches: "для отказа от 1 до 16 полей, для подтверждения ни одного",
        "1 to 16 fields with a failure, none with a pass";
    MismatchField: "имя поля личных данных", "the name of a personal data field";
    MismatchCode: "от 1 до 64 знаков A-Z 0-9 _", "1 to 64 of A-Z 0-9 _";
    Listed: "значение из перечня", "a value of the enumeration";
    PageLength: "не более 100", "at most 100";
    OgrnOrNone: "13 цифр ОГРН или пусто", "the 13 digits of an OGRN, or empty";
    KeyIdentifier: "не более 64 байтов", "at most 64 bytes";
    PageToken: "значение next_page_token прошлого ответа", "the next_page_token of an earlier answer";
    TreeSize: "размер не больше журнала: для записи больше её места, первый не больше второго",
        "at most the size of the log: above the place of an entry, the first at most the second";
    Sha256: "32 байта", "32 bytes";
    ContentDigests: "от 1 до 8 дайджестов, каждый алгоритм один раз, длина по алгоритму",
        "1 to 8 digests, each algorithm once, as long as the algorithm says";
    Time: "время с 1970 по 9999 год", "a time in the years 1970 to 9999";
    Ogrn: "13 цифр ОГРН", "the 13 digits of an OGRN";
    After: "время позже начала и позже нынешнего", "a time after the beginning and after now";
    DocumentsSeen: "от 1 до 8 кодов без повторов: документ личности учётной записи, а для центра обслуживания и СНИЛС",
        "1 to 8 codes, each once: the account's kind of identity document and, for a service centre, SNILS";
    Attestor: "кто удостоверяет: service_centre для SERVICE_CENTRE, bank для BANK, для других способов ничего",
        "who attests: service_centre for SERVICE_CENTRE, bank for BANK, nothing for other channels";
    Policy: "известная политика: ru-qes, etsi-ades, cms-basic, archive", "a known policy: ru-qes, etsi-ades, cms-basic, archive";
}

/// Collects what is wrong while fields are read.
#[derive(Default)]
struct Fields {
    violations: Vec<FieldViolation>,
}

impl Fields {
    fn check<T>(&mut self, field: &'static str, value: Result<T, Rule>) -> Option<T> {
        value
            .map_err(|rule| self.violations.push(FieldViolation { field, rule }))
            .ok()
    }

    fn required<T>(
        &mut self,
        field: &'static str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, Rule>,
    ) -> Option<T> {
        let value = if text.is_empty() {
            Err(Rule::Required)
        } else {
            parse(text)
        };
        self.check(field, value)
    }

    fn optional<T>(
        &mut self,
        field: &'static str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, Rule>,
    ) -> Option<Option<T>> {
        if text.is_empty() {
            return Some(None);
        }
        self.check(field, parse(text).map(Some))
    }
}

impl Claims {
    /// Reads personal data; dates are compared with `today`.
    ///
    /// # Errors
    /// Every field that breaks its rule.
    pub fn parse(raw: &RawClaims, today: Date) -> Result<Self, Vec<FieldViolation>> {
        let mut fields = Fields::default();
        let surname = fields.required("surname", &raw.surname, name);
        let given_name = fields.required("given_name", &raw.given_name, name);
        let patronymic = fields.optional("patronymic", &raw.patronymic, name);
        let sex = fields.required("sex", &raw.sex, |text| {
            Sex::from_code(text).ok_or(Rule::Required)
        });
        let birth_date = fields.required("birth_date", &raw.birth_date, |text| {
            let born = past(text, today)?;
            (born >= date!(1900 - 01 - 01))
                .then_some(born)
                .ok_or(Rule::From1900)
        });
        let birth_place = fields.required("birth_place", &raw.birth_place, line);
        let citizenship = fields.required("citizenship", &raw.citizenship, |text| {
            Country::parse(text).ok_or(Rule::Country)
        });
        let snils = fields.required("snils", &raw.snils, |text| {
            Snils::parse(text).map_err(|e| number_rule(e, Rule::Snils))
        });
        let inn = fields.optional("inn", &raw.inn, |text| {
            PersonInn::parse(text).map_err(|e| number_rule(e, Rule::Inn))
        });
        let document = IdentityDocument::parse(&mut fields, &raw.document, birth_date, today);
        let claims = (|| {
            Some(Self {
                surname: surname?,
                given_name: given_name?,
                patronymic: patronymic?,
                sex: sex?,
                birth_date: birth_date?,
                birth_place: birth_place?,
                citizenship: citizenship?,
                snils: snils?,
                inn: inn?,
                document: document?,
            })
        })();
        claims.ok_or(fields.violations)
    }

    /// One text a field; [`Claims::parse`] reads it back.
    pub fn to_raw(&self) -> RawClaims {
        RawClaims {
            surname: self.surname.as_str().to_owned(),
            given_name: self.given_name.as_str().to_owned(),
            patronymic: self
                .patronymic
                .as_ref()
                .map_or(String::new(), |n| n.as_str().to_owned()),
            sex: self.sex.code().to_owned(),
            birth_date: print_date(self.birth_date),
            birth_place: self.birth_place.as_str().to_owned(),
            citizenship: self.citizenship.alpha_3().to_owned(),
            snils: self.snils.as_str().to_owned(),
            inn: self
                .inn
                .as_ref()
                .map_or(String::new(), |inn| inn.as_str().to_owned()),
            document: self.document.to_raw(),
        }
    }

    /// Whether `other` has the same surname, given name, patronymic, birth date
    /// and SNILS: what a confirmation rests on.
    pub fn names_the_same_person(&self, other: &Self) -> bool {
        self.surname == other.surname
            && self.given_name == other.given_name
            && self.patronymic == other.patronymic
            && self.birth_date == other.birth_date
            && self.snils == other.snils
    }
}

impl Sex {
    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Female => "FEMALE",
            Self::Male => "MALE",
        }
    }

    fn from_code(text: &str) -> Option<Self> {
        [Self::Female, Self::Male]
            .into_iter()
            .find(|sex| sex.code() == text)
    }
}

impl DocumentKind {
    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::RfPassport => "RF_PASSPORT",
            Self::Other => "OTHER",
        }
    }

    fn from_code(text: &str) -> Option<Self> {
        [Self::RfPassport, Self::Other]
            .into_iter()
            .find(|kind| kind.code() == text)
    }
}

impl IdentityDocument {
    fn parse(
        fields: &mut Fields,
        raw: &RawDocument,
        birth_date: Option<Date>,
        today: Date,
    ) -> Option<Self> {
        let kind = fields.required("document.kind", &raw.kind, |text| {
            DocumentKind::from_code(text).ok_or(Rule::Required)
        });
        let passport = kind == Some(DocumentKind::RfPassport);
        let series = if passport {
            fields.required("document.series", &raw.series, |t| {
                decimal(t, 4).ok_or(Rule::PassportSeries)
            })
        } else {
            let series = fields.optional("document.series", &raw.series, |t| {
                short(t).ok_or(Rule::DocumentSeries)
            });
            series.map(Option::unwrap_or_default)
        };
        let number = fields.required("document.number", &raw.number, |t| match passport {
            true => decimal(t, 6).ok_or(Rule::PassportNumber),
            false => short(t).ok_or(Rule::DocumentText),
        });
        let issued_on = fields.required("document.issued_on", &raw.issued_on, |text| {
            let issued = past(text, today)?;
            match birth_date {
                Some(born) if issued < born => Err(Rule::NotBeforeBirth),
                _ => Ok(issued),
            }
        });
        let issued_by = fields.required("document.issued_by", &raw.issued_by, line);
        let code = |text: &str| department_code(text).ok_or(Rule::DepartmentCode);
        let department_code = if passport {
            fields
                .required("document.department_code", &raw.department_code, code)
                .map(Some)
        } else {
            fields.optional("document.department_code", &raw.department_code, code)
        };
        Some(Self {
            kind: kind?,
            series: series?,
            number: number?,
            issued_on: issued_on?,
            issued_by: issued_by?,
            department_code: department_code?,
        })
    }

    pub(super) fn to_raw(&self) -> RawDocument {
        RawDocument {
            kind: self.kind.code().to_owned(),
            series: self.series.clone(),
            number: self.number.clone(),
            issued_on: print_date(self.issued_on),
            issued_by: self.issued_by.as_str().to_owned(),
            department_code: self.department_code.clone().unwrap_or_default(),
        }
    }
}

/// Paths of the fields of personal data.
pub const FIELDS: [&str; 15] = [
    "birth_date",
    "birth_place",
    "citizenship",
    "document.department_code",
    "document.issued_by",
    "document.issued_on",
    "document.kind",
    "document.number",
    "document.series",
    "given_name",
    "inn",
    "patronymic",
    "sex",
    "snils",
    "surname",
];

fn name(text: &str) -> Result<PersonName, Rule> {
    PersonName::parse(text).ok_or(Rule::Name)
}

fn line(text: &str) -> Result<Line, Rule> {
    Line::parse(text).ok_or(Rule::Line)
}

fn past(text: &str, today: Date) -> Result<Date, Rule> {
    let date = parse_date(text).ok_or(Rule::Date)?;
    (date <= today).then_some(date).ok_or(Rule::NotInFuture)
}

fn number_rule(error: Unacceptable, format: Rule) -> Rule {
    match error {
        Unacceptable::Format => format,
        Unacceptable::CheckDigits => Rule::CheckDigits,
    }
}

fn decimal(text: &str, length: usize) -> Option<String> {
    (text.len() == length && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.to_owned())
}

fn short(text: &str) -> Option<String> {
    let line = Line::parse(text)?;
    (line.0.chars().count() <= 32).then_some(line.0)
}

fn department_code(text: &str) -> Option<String> {
    let (left, right) = text.split_once('-')?;
    (decimal(left, 3).is_some() && decimal(right, 3).is_some()).then(|| text.to_owned())
}

#[cfg(test)]
pub(crate) mod tests;
