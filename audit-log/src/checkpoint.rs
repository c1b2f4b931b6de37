//! The signed head of a log, C2SP `tlog-checkpoint`.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{
    key::{SigningKey, VerifyingKey},
    merkle::Hash,
    note::{self, NoteFault},
};

/// Size and root of a log at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    /// RFC 9162 §2.1.1.
    pub root: Hash,
}

impl Checkpoint {
    /// The signed note about the head of the log of `key`.
    #[must_use]
    pub fn sign(key: &SigningKey, size: u64, root: &Hash) -> String {
        let origin = key.verifying_key().name();
        note::sign(
            key,
            &format!("{origin}\n{size}\n{}\n", STANDARD.encode(root)),
        )
    }

    /// Reads a note that `key` has signed about its log. Extension lines are nothing.
    ///
    /// # Errors
    /// Why it is none.
    pub fn open(key: &VerifyingKey, note: &str) -> Result<Self, NoteFault> {
        let read = Self::read(note::open(key, note)?).ok_or(NoteFault::Form)?;
        match read.origin == key.name() {
            true => Ok(read),
            false => Err(NoteFault::OtherKey),
        }
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let number: u64 = size.parse().ok()?;
        let root = STANDARD.decode(root).ok()?.try_into().ok()?;
        let plain = number.to_string() == size && !origin.is_empty();
        (plain && lines.all(|line| !line.is_empty())).then(|| Self {
            origin: origin.to_owned(),
            size: number,
            root,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::{PUBLIC, SECRET};

    fn opened(text: &str) -> Result<Checkpoint, NoteFault> {
        let note = note::sign(&SigningKey::parse(SECRET).unwrap(), text);
        Checkpoint::open(&VerifyingKey::parse(PUBLIC).unwrap(), &note)
    }

    #[test]
    fn three_lines_and_extensions() {
        let key = SigningKey::parse(SECRET).unwrap();
        let note = Checkpoint::sign(&key, 5, &[0; 32]);
        let zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        assert!(note.starts_with(&format!("PeterNeumann\n5\n{zeros}\n\n— PeterNeumann ")));
        let expected = Checkpoint {
            origin: "PeterNeumann".to_owned(),
            size: 5,
            root: [0; 32],
        };
        assert_eq!(
            Checkpoint::open(key.verifying_key(), &note),
            Ok(expected.clone())
        );
        assert_eq!(
            opened(&format!("PeterNeumann\n5\n{zeros}\nmore\n")),
            Ok(expected)
        );
        assert_eq!(
            opened(&format!("Other\n5\n{zeros}\n")),
            Err(NoteFault::OtherKey)
        );
        for text in [
            "PeterNeumann\n5\n".to_owned(),
            format!("PeterNeumann\n05\n{zeros}\n"),
            format!("PeterNeumann\n+5\n{zeros}\n"),
            format!("PeterNeumann\n-5\n{zeros}\n"),
            format!("PeterNeumann\n18446744073709551616\n{zeros}\n"),
            "PeterNeumann\n5\nAAAA\n".to_owned(),
            format!("\n5\n{zeros}\n"),
            format!("PeterNeumann\n5\n{zeros}\n\nmore\n"),
        ] {
            assert_eq!(opened(&text), Err(NoteFault::Form), "{text:?}");
        }
    }
}
