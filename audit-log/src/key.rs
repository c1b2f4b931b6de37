//! The key pair of a log, in the text forms of the Go module `golang.org/x/mod/sumdb/note`.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ed25519_dalek::Signer as _;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// Signature type of C2SP `signed-note`: Ed25519 over the text of the note.
const ED25519: u8 = 1;
const PRIVATE: &str = "PRIVATE+KEY+";
const MOST_NAME: usize = 255;

/// Why a text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The form is `NAME+HASH+BASE64`, with `PRIVATE+KEY+` before a signing key.
    #[error("this is not a key of a log, NAME+HASH+BASE64 / это не ключ журнала, ИМЯ+ХЕШ+BASE64")]
    Form,
    /// 1 to 255 octets without spaces, control characters and `+`.
    #[error(
        "the name of the key is empty, too long or has spaces or + / имя ключа пусто, слишком длинно или содержит пробелы или +"
    )]
    Name,
    /// Its hash is not that of its name and octets.
    #[error(
        "the key was copied with a mistake: its hash does not fit / ключ скопирован с ошибкой: его хеш не сходится"
    )]
    Hash,
    /// Only Ed25519 is known.
    #[error("the key is not an Ed25519 key / это не ключ Ed25519")]
    Kind,
}

/// Whether `name` may name a key and a log, C2SP `signed-note`.
fn is_name(name: &str) -> bool {
    let allowed = |c: char| !c.is_whitespace() && !c.is_control() && c != '+';
    (1..=MOST_NAME).contains(&name.len()) && name.chars().all(allowed)
}

/// SHA-256(name || 0x0A || type || key), its first four octets.
fn key_hash(name: &str, typed: &[u8]) -> [u8; 4] {
    let hash = Sha256::new().chain_update(name).chain_update(b"\n");
    let [a, b, c, d, ..]: [u8; 32] = hash.chain_update(typed).finalize().into();
    [a, b, c, d]
}

fn typed(key: &[u8; 32]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([&[ED25519], key.as_slice()].concat())
}

/// Name, hash and octets of a key.
type Parts<'a> = (&'a str, [u8; 4], Zeroizing<[u8; 32]>);

/// Reads `NAME+HASH+BASE64`.
fn split(text: &str) -> Result<Parts<'_>, KeyFault> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(KeyFault::Form);
    };
    if !is_name(name) {
        return Err(KeyFault::Name);
    }
    let digits = hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let hash = u32::from_str_radix(hash, 16)
        .ok()
        .filter(|_| digits && hash.len() == 8);
    let hash = hash.ok_or(KeyFault::Form)?.to_be_bytes();
    let octets = Zeroizing::new(STANDARD.decode(key).map_err(|_| KeyFault::Form)?);
    let (kind, octets) = octets.split_first().ok_or(KeyFault::Form)?;
    match (*kind, octets.try_into()) {
        (ED25519, Ok(key)) => Ok((name, hash, Zeroizing::new(key))),
        _ => Err(KeyFault::Kind),
    }
}

/// Checks signatures of a log; its text form is public.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    name: String,
    hash: [u8; 4],
    key: ed25519_dalek::VerifyingKey,
}

impl VerifyingKey {
    fn new(name: &str, key: ed25519_dalek::VerifyingKey) -> Self {
        Self {
            name: name.to_owned(),
            hash: key_hash(name, &typed(key.as_bytes())),
            key,
        }
    }

    /// Reads `NAME+HASH+BASE64`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        let (name, hash, key) = split(text)?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&key).map_err(|_| KeyFault::Kind)?;
        let key = Self::new(name, key);
        match key.hash == hash {
            true => Ok(key),
            false => Err(KeyFault::Hash),
        }
    }

    /// The name of the key, which is that of the log: its origin.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The id of the key in signature lines.
    pub(crate) fn hash(&self) -> [u8; 4] {
        self.hash
    }

    pub(crate) fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        ed25519_dalek::Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(text.as_bytes(), &signature).is_ok())
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hash, key) = (u32::from_be_bytes(self.hash), typed(self.key.as_bytes()));
        write!(f, "{}+{hash:08x}+{}", self.name, STANDARD.encode(&*key))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({self})")
    }
}

/// Signs the heads of a log.
pub struct SigningKey {
    key: ed25519_dalek::SigningKey,
    public: VerifyingKey,
}

impl SigningKey {
    /// The key of `seed`, 32 unpredictable octets, for the log `name`.
    ///
    /// # Errors
    /// [`KeyFault::Name`].
    pub fn new(name: &str, seed: &[u8; 32]) -> Result<Self, KeyFault> {
        if !is_name(name) {
            return Err(KeyFault::Name);
        }
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let public = VerifyingKey::new(name, key.verifying_key());
        Ok(Self { key, public })
    }

    /// Reads `PRIVATE+KEY+NAME+HASH+BASE64`; white space around it is nothing.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        let text = text.trim().strip_prefix(PRIVATE).ok_or(KeyFault::Form)?;
        let (name, hash, seed) = split(text)?;
        let key = Self::new(name, &seed)?;
        match key.public.hash == hash {
            true => Ok(key),
            false => Err(KeyFault::Hash),
        }
    }

    /// The text form; secret.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let hash = u32::from_be_bytes(self.public.hash);
        let seed = Zeroizing::new(self.key.to_bytes());
        let seed = Zeroizing::new(STANDARD.encode(&*typed(&seed)));
        Zeroizing::new(format!(
            "{PRIVATE}{}+{hash:08x}+{}",
            self.public.name, *seed
        ))
    }

    /// What checks its signatures.
    #[must_use]
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    pub(crate) fn sign(&self, text: &str) -> [u8; 64] {
        self.key.sign(text.as_bytes()).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.name)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// The example of `golang.org/x/mod/sumdb/note`.
    pub(crate) const PUBLIC: &str =
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    pub(crate) const SECRET: &str =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";

    #[test]
    fn the_text_forms_are_those_of_the_go_module() {
        let secret = SigningKey::parse(SECRET).unwrap();
        assert_eq!(*secret.to_text(), SECRET);
        assert_eq!(secret.verifying_key().to_string(), PUBLIC);
        assert_eq!(
            VerifyingKey::parse(PUBLIC).as_ref(),
            Ok(secret.verifying_key())
        );
        assert!(!format!("{secret:?}").contains("AYEK"));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let fault = |text: &str| VerifyingKey::parse(text).unwrap_err();
        assert_eq!(fault(""), KeyFault::Form);
        assert_eq!(fault("a+b"), KeyFault::Form);
        assert_eq!(fault(SECRET), KeyFault::Form);
        assert_eq!(fault(&PUBLIC.replace("PeterN", "PeterM")), KeyFault::Hash);
        assert_eq!(
            fault(&PUBLIC.replace("c74f20a3", "C74F20A3")),
            KeyFault::Form
        );
        assert_eq!(
            fault(&PUBLIC.replace("c74f20a3", "c74f20a4")),
            KeyFault::Hash
        );
        assert_eq!(fault(&PUBLIC.replace("PeterN", "Peter N")), KeyFault::Name);
        assert_eq!(fault(&PUBLIC.replace("+ARpc", "+Apc2")), KeyFault::Kind);
        assert!(SigningKey::parse(PUBLIC).is_err());
        for name in ["", "a+b", "a b", "a\u{a0}b", "a\nb", &"a".repeat(256)] {
            assert_eq!(SigningKey::new(name, &[7; 32]).unwrap_err(), KeyFault::Name);
        }
    }
}
