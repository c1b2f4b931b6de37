//! C2SP `signed-note`: a text with signature lines under it.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::key::{SigningKey, VerifyingKey};

/// Largest note that is read, in octets.
pub const MOST_NOTE: usize = 64 << 10;
const MOST_SIGNATURES: usize = 64;

/// Why a note says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteFault {
    /// A text, an empty line, one signature line or more.
    #[error("this is not a signed note / это не подписанная запись")]
    Form,
    /// No signature is of this key.
    #[error("it is not signed with this key / она подписана не этим ключом")]
    OtherKey,
    /// The signature of this key does not verify.
    #[error(
        "its signature does not verify: the text was changed / её подпись не сходится: текст изменён"
    )]
    Signature,
}

/// `text`, which ends with a line break, with a signature under it.
pub(crate) fn sign(key: &SigningKey, text: &str) -> String {
    let public = key.verifying_key();
    let signature = [public.hash().as_slice(), &key.sign(text)].concat();
    format!(
        "{text}\n— {} {}\n",
        public.name(),
        STANDARD.encode(signature)
    )
}

/// The text of a note that `key` has signed. Signatures of other keys are nothing.
pub(crate) fn open<'a>(key: &VerifyingKey, note: &'a str) -> Result<&'a str, NoteFault> {
    let printable = |c: char| c == '\n' || !c.is_ascii_control();
    if note.len() > MOST_NOTE || !note.chars().all(printable) || !note.ends_with('\n') {
        return Err(NoteFault::Form);
    }
    let at = note.rfind("\n\n").ok_or(NoteFault::Form)?;
    let (text, signatures) = (&note[..=at], &note[at + 2..]);
    let mut fault = NoteFault::OtherKey;
    let mut good = false;
    for (count, line) in signatures.lines().enumerate() {
        let line = line
            .strip_prefix("— ")
            .and_then(|line| line.split_once(' '));
        let (name, signature) = line.ok_or(NoteFault::Form)?;
        let signature = STANDARD.decode(signature).map_err(|_| NoteFault::Form)?;
        let (hash, signature) = signature.split_first_chunk().ok_or(NoteFault::Form)?;
        if count >= MOST_SIGNATURES || name.is_empty() || name.contains('+') || signature.is_empty()
        {
            return Err(NoteFault::Form);
        }
        if name == key.name() && *hash == key.hash() && !good {
            good = key.verifies(text, signature);
            fault = NoteFault::Signature;
        }
    }
    match (good, signatures.is_empty()) {
        (_, true) => Err(NoteFault::Form),
        (true, _) => Ok(text),
        (false, _) => Err(fault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::{PUBLIC, SECRET};

    const TEXT: &str = "If you think cryptography is the answer to your problem,\n\
         then you don't know what your problem is.\n";
    /// The example of `golang.org/x/mod/sumdb/note`.
    const SIGNATURE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    fn opened(note: &str) -> Result<&str, NoteFault> {
        open(&VerifyingKey::parse(PUBLIC).unwrap(), note)
    }

    #[test]
    fn the_example_of_the_go_module() {
        let note = format!("{TEXT}\n{SIGNATURE}");
        assert_eq!(sign(&SigningKey::parse(SECRET).unwrap(), TEXT), note);
        assert_eq!(opened(&note), Ok(TEXT));
    }

    #[test]
    fn another_text_another_key_another_form() {
        let note = format!("{TEXT}\n{SIGNATURE}");
        assert_eq!(
            opened(&note.replace("don't", "do")),
            Err(NoteFault::Signature)
        );
        assert_eq!(
            opened(&note.replace("— Peter", "— Paul")),
            Err(NoteFault::OtherKey)
        );
        let other = "— other AAAAAAA=\n";
        assert_eq!(opened(&format!("{note}{other}")), Ok(TEXT));
        assert_eq!(opened(&format!("{TEXT}\n{other}{SIGNATURE}")), Ok(TEXT));
        assert_eq!(
            opened(&format!("{TEXT}\n{other}")),
            Err(NoteFault::OtherKey)
        );
        for wrong in [
            String::new(),
            TEXT.to_owned(),
            format!("{TEXT}\n"),
            format!("{TEXT}{SIGNATURE}"),
            note.trim_end().to_owned(),
            note.replace('—', "-"),
            note.replace("then", "\tthen"),
            format!("{note}— other AAAA\n"),
            format!("{note}— other ????\n"),
            format!("{TEXT}\n{}{SIGNATURE}", other.repeat(64)),
            format!("{}{note}", "\n".repeat(MOST_NOTE)),
        ] {
            assert_eq!(opened(&wrong), Err(NoteFault::Form), "{wrong:?}");
        }
    }
}
