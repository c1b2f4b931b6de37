//! Personal data at rest: sealed for its row, found by keyed digests.

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::keys::Keys;
use crate::service::ports::StoreError;

/// Octets of the random nonce in front of what is sealed.
const NONCE: usize = 24;

/// What keeps sealed values of different uses apart.
const CONTEXT: &str = "qes.sealed/1";

/// The row that a sealed value belongs to: in another row it does not open.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Name of the table.
    pub table: &'static str,
    /// Primary key of the row, as text.
    pub key: &'a str,
}

impl Place<'_> {
    /// No table's name holds a zero octet, so that no two places share these octets.
    fn associated(&self) -> Vec<u8> {
        [CONTEXT, self.table, self.key].join("\0").into_bytes()
    }
}

/// A sealed value as its row keeps it.
#[derive(Clone)]
pub struct Sealed {
    /// Which data key opens it.
    pub key_id: String,
    /// Nonce, then the encrypted octets with their tag.
    pub octets: Vec<u8>,
}

/// Why a value was not sealed or not opened. Holds no stored value but the row's key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The operating system gives no random nonce.
    #[error("the operating system gives no randomness / система не даёт случайных чисел")]
    Random,
    /// The daemon was not given the data key.
    #[error(
        "table {table}, row {key}: data key {key_id} is not in the key file; put it back there / \
         таблица {table}, запись {key}: в файле ключей нет ключа данных {key_id}; верните его туда"
    )]
    UnknownKey {
        /// Name of the table.
        table: &'static str,
        /// Primary key of the row.
        key: String,
        /// Id of the missing data key.
        key_id: String,
    },
    /// The octets were changed, or belong to another row or another key.
    #[error(
        "table {table}, row {key}: what is sealed does not open; restore the row from a backup / \
         таблица {table}, запись {key}: зашифрованное не открывается; восстановите запись из копии"
    )]
    DoesNotOpen {
        /// Name of the table.
        table: &'static str,
        /// Primary key of the row.
        key: String,
    },
}

impl From<SealError> for StoreError {
    fn from(error: SealError) -> Self {
        match &error {
            SealError::Random => Self::Unavailable(error.to_string()),
            SealError::UnknownKey { table, .. } | SealError::DoesNotOpen { table, .. } => {
                tracing::error!(%error, "a sealed row cannot be read");
                Self::Corrupt(table)
            }
        }
    }
}

impl Keys {
    /// Seals `clear` for the row at `place` under the current data key.
    ///
    /// # Errors
    /// [`SealError::Random`].
    pub fn seal(&self, place: &Place<'_>, clear: &[u8]) -> Result<Sealed, SealError> {
        let (key_id, key) = self.current();
        seal(key_id, key, place, clear)
    }

    /// The same under the data key `key_id`.
    pub(super) fn seal_with(
        &self,
        key_id: &str,
        place: &Place<'_>,
        clear: &[u8],
    ) -> Result<Sealed, SealError> {
        let key = self
            .data_key(key_id)
            .ok_or_else(|| unknown_key(place, key_id))?;
        seal(key_id, key, place, clear)
    }

    /// Opens what was sealed for the row at `place`.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`]; [`SealError::DoesNotOpen`].
    pub fn open(
        &self,
        place: &Place<'_>,
        sealed: &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let key = self
            .data_key(&sealed.key_id)
            .ok_or_else(|| unknown_key(place, &sealed.key_id))?;
        let opened = sealed
            .octets
            .split_first_chunk::<NONCE>()
            .and_then(|(nonce, msg)| {
                let aad = &place.associated();
                XChaCha20Poly1305::new(key.into())
                    .decrypt(&XNonce::from(*nonce), Payload { msg, aad })
                    .ok()
            });
        opened
            .map(Zeroizing::new)
            .ok_or_else(|| SealError::DoesNotOpen {
                table: place.table,
                key: place.key.to_owned(),
            })
    }

    /// The digest by which rows with `value` are found: HMAC-SHA-256 over
    /// `kind`, a zero octet and `value`. Two kinds never share a digest.
    pub fn digest(&self, kind: &'static str, value: &str) -> [u8; 32] {
        let mut mac: Hmac<Sha256> = self.look_up().clone();
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

fn unknown_key(place: &Place<'_>, key_id: &str) -> SealError {
    SealError::UnknownKey {
        table: place.table,
        key: place.key.to_owned(),
        key_id: key_id.to_owned(),
    }
}

fn seal(
    key_id: &str,
    key: &[u8; 32],
    place: &Place<'_>,
    clear: &[u8],
) -> Result<Sealed, SealError> {
    let mut nonce = [0; NONCE];
    getrandom::fill(&mut nonce).map_err(|_| SealError::Random)?;
    let payload = Payload {
        msg: clear,
        aad: &place.associated(),
    };
    // The cipher refuses only what is longer than 256 GiB.
    let sealed = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|_| SealError::Random)?;
    Ok(Sealed {
        key_id: key_id.to_owned(),
        octets: [nonce.as_slice(), &sealed].concat(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Place<'_> = Place {
        table: "account",
        key: "acc-1",
    };

    fn keys(current: &str) -> Keys {
        let text = format!(
            "current = '{current}'\nlook_up = '{}'\n[data]\na = '{}'\nb = '{}'\n",
            "11".repeat(31) + "00",
            "22".repeat(31) + "00",
            "33".repeat(31) + "00",
        );
        Keys::parse(&text).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_in_its_row_and_shows_nothing() {
        let keys = keys("a");
        let sealed = keys.seal(&HERE, "Семёнова".as_bytes()).unwrap();
        assert_eq!(sealed.key_id, "a");
        assert_eq!(sealed.octets.len(), NONCE + "Семёнова".len() + 16);
        assert_eq!(
            *keys.open(&HERE, &sealed).unwrap(),
            "Семёнова".as_bytes().to_vec()
        );
        let again = keys.seal(&HERE, "Семёнова".as_bytes()).unwrap();
        assert_ne!(again.octets, sealed.octets);
    }

    #[test]
    fn a_value_of_another_row_table_or_key_does_not_open() {
        let keys = keys("a");
        let sealed = keys.seal(&HERE, b"x").unwrap();
        let not_here = |place: Place<'_>| keys.open(&place, &sealed).unwrap_err();
        for (table, key) in [("account", "acc-2"), ("evidence", "acc-1")] {
            let expected = SealError::DoesNotOpen {
                table,
                key: key.to_owned(),
            };
            assert_eq!(not_here(Place { table, key }), expected);
        }
        let other = Sealed {
            key_id: "b".into(),
            ..sealed.clone()
        };
        assert!(matches!(
            keys.open(&HERE, &other),
            Err(SealError::DoesNotOpen { .. })
        ));
        let unknown = Sealed {
            key_id: "c".into(),
            ..sealed
        };
        let error = keys.open(&HERE, &unknown).unwrap_err().to_string();
        for word in ["account", "acc-1", "data key c", "ключа данных c"] {
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn no_octet_of_a_sealed_value_may_change() {
        let keys = keys("a");
        let sealed = keys.seal(&HERE, b"clear").unwrap();
        for at in 0..sealed.octets.len() {
            let mut changed = sealed.clone();
            changed.octets[at] ^= 1;
            assert!(keys.open(&HERE, &changed).is_err(), "octet {at}");
            changed.octets.truncate(at);
            assert!(keys.open(&HERE, &changed).is_err(), "{at} octets");
        }
    }

    #[test]
    fn a_row_of_an_older_key_opens_after_rotation() {
        let sealed = keys("a").seal(&HERE, b"clear").unwrap();
        let rotated = keys("b");
        assert_eq!(*rotated.open(&HERE, &sealed).unwrap(), b"clear".to_vec());
        assert_eq!(rotated.seal(&HERE, b"clear").unwrap().key_id, "b");
    }

    #[test]
    fn a_digest_is_the_hmac_of_kind_and_value() {
        let keys = keys("a");
        // As `openssl dgst -sha256 -mac HMAC -macopt hexkey:1111…00` gives it.
        let expected = "65b061cb8f3e320aa85c5319f80b5e412fb43b07c47f96edb4688b132700eadd";
        assert_eq!(hex::encode(keys.digest("phone", "+79161234567")), expected);
        assert_ne!(
            keys.digest("email", "+79161234567"),
            keys.digest("phone", "+79161234567")
        );
        assert_ne!(keys.digest("a", "b"), keys.digest("ab", ""));
    }
}
