//! Rows of codes: the one source of level, sub-indication, clause and texts.

use super::indication::SubIndication;

pub mod archive;
pub mod attribute;
pub mod certificate;
pub mod cms;
pub mod crypto;
pub mod evidence;
pub mod ocsp;
pub mod past;
pub mod path;
pub mod policy;
pub mod qualified;
pub mod qualified_eu;
pub mod revocation;
pub mod time;

/// One code. Ids are `area.object.condition` and are never reused.
#[derive(Debug, Eq)]
pub struct Code {
    /// The stable name.
    pub id: &'static str,
    /// The default level; a policy may set another.
    pub level: Level,
    /// The building block that states it.
    pub stage: Stage,
    /// The sub-indication it leads to at level fail.
    pub sub_indication: Option<SubIndication>,
    /// Whether it fails what is signed although the arithmetic is right: nothing was changed (RFC 5652 §5.6).
    pub is_beside_arithmetic: bool,
    /// The clause it comes from.
    pub clause: &'static str,
    /// The text in Russian.
    pub ru: &'static str,
    /// The text in English.
    pub en: &'static str,
}

impl PartialEq for Code {
    /// The name says which it is.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || self.id == other.id
    }
}

/// What a finding does to the conclusion.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// Stated only.
    Info,
    /// Stated; a reader should look at it.
    Warn,
    /// Stops `TOTAL_PASSED`.
    Fail,
}

impl Level {
    /// The name used in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// The building blocks of EN 319 102-1 §5.2, in the order in which their failures decide (§5.3).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Stage {
    /// Format checking, §5.2.2.
    Format,
    /// Identification of the signing certificate, §5.2.3.
    Signer,
    /// Validation context, §5.2.4.
    Context,
    /// Cryptographic verification, §5.2.7. Its failure outweighs that of the path (§5.3 step 5).
    Crypto,
    /// X.509 certificate validation, §5.2.6.
    Chain,
    /// Signature acceptance, §5.2.8.
    Acceptance,
    /// 63-FZ art. 11; never changes the indication.
    Qualified,
}

macro_rules! rows {
    ($($name:ident = $id:literal, $level:ident, $stage:ident, $sub:expr, $($beside_arithmetic:ident,)? $clause:literal, $ru:literal, $en:literal;)+) => {
        $(
            #[doc = $en]
            pub static $name: $crate::finding::code::Code = $crate::finding::code::Code {
                id: $id,
                level: $crate::finding::code::Level::$level,
                stage: $crate::finding::code::Stage::$stage,
                sub_indication: $sub,
                is_beside_arithmetic: {
                    const MARKS: &[&str] = &[$(stringify!($beside_arithmetic))?];
                    !MARKS.is_empty()
                },
                clause: $clause,
                ru: $ru,
                en: $en,
            };
        )+
        /// Every row of this file.
        pub static ROWS: &[&$crate::finding::code::Code] = &[$(&$name),+];
    };
}
pub(crate) use rows;

/// Every code.
pub fn all() -> impl Iterator<Item = &'static Code> {
    [
        cms::ROWS,
        attribute::ROWS,
        crypto::ROWS,
        certificate::ROWS,
        path::ROWS,
        policy::ROWS,
        revocation::ROWS,
        ocsp::ROWS,
        time::ROWS,
        past::ROWS,
        evidence::ROWS,
        qualified::ROWS,
        qualified_eu::ROWS,
        archive::ROWS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn placeholders(text: &str) -> BTreeSet<&str> {
        text.split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}'))
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn ids_are_unique_and_well_formed() {
        let mut seen = BTreeSet::new();
        for code in all() {
            assert!(seen.insert(code.id), "{} twice", code.id);
            assert_eq!(code.id.split('.').count(), 3, "{}", code.id);
            assert!(
                code.id
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c))
            );
        }
    }

    #[test]
    fn texts_have_the_same_placeholders() {
        for code in all() {
            assert!(
                !code.ru.is_empty() && !code.en.is_empty() && !code.clause.is_empty(),
                "{}",
                code.id
            );
            assert_eq!(placeholders(code.ru), placeholders(code.en), "{}", code.id);
        }
    }

    #[test]
    fn what_can_fail_says_why() {
        for code in all().filter(|code| code.level == Level::Fail && code.stage != Stage::Qualified)
        {
            assert!(code.sub_indication.is_some(), "{}", code.id);
        }
    }
}
