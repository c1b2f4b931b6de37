//! Which implementation of the algorithms is used.

use clap::ValueEnum;
use serde::Deserialize;
use sig_core::alg::{
    differential::DIFFERENTIAL,
    openssl::OPENSSL,
    provider::{Algorithms, RUSTCRYPTO},
};

/// An implementation of the algorithms. GOST is the product's own in each.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum BackEnd {
    /// In Rust only / только на Rust
    Rustcrypto,
    /// OpenSSL of the system / OpenSSL системы
    #[default]
    Openssl,
    /// Both; where they disagree there is no verdict / обе сразу, при расхождении ответа нет
    Differential,
}

impl BackEnd {
    /// The one of a name in reports.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        let mut all = Self::value_variants().iter().copied();
        all.find(|back_end| back_end.algorithms().name == name)
    }

    /// The table of algorithms.
    #[must_use]
    pub const fn algorithms(self) -> &'static Algorithms {
        match self {
            Self::Rustcrypto => &RUSTCRYPTO,
            Self::Openssl => &OPENSSL,
            Self::Differential => &DIFFERENTIAL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_on_the_command_line_is_the_name_in_reports() {
        for back_end in BackEnd::value_variants() {
            let value = back_end.to_possible_value().unwrap();
            assert_eq!(value.get_name(), back_end.algorithms().name);
        }
    }
}
