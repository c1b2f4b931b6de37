//! Base64 as it arrives, in either alphabet (RFC 4648 §4, §5).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::base::error::{Error, Reason};

/// Characters that are decoded at once: whole groups of four.
const BLOCK: usize = 4096;
const GROUP: usize = 4;

/// Base64 of which a part has arrived. White space may stand anywhere; padding may be left out, but not be wrong.
#[derive(Clone, Debug, Default)]
pub(super) struct Base64 {
    /// Characters that are not decoded yet, in the alphabet of RFC 4648 §4.
    packed: Vec<u8>,
    /// Whether one of the two alphabets was met in what they differ.
    is_url: Option<bool>,
    /// Octets of padding.
    padding: usize,
    has_octets: bool,
}

/// It is not base64.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct NotBase64;

type Take<'a> = dyn FnMut(&[u8]) -> Result<(), Error> + 'a;

impl Base64 {
    /// Whether it is written in the alphabet for names and addresses.
    pub(super) fn is_url(&self) -> bool {
        self.is_url == Some(true)
    }

    pub(super) fn push(
        &mut self,
        text: &[u8],
        take: &mut Take<'_>,
    ) -> Result<Result<(), NotBase64>, Error> {
        for text in text.chunks(BLOCK) {
            if self.pack(text).is_err() {
                return Ok(Err(NotBase64));
            }
            if self.packed.len() >= BLOCK {
                let whole = self.packed.len() / GROUP * GROUP;
                if let Err(NotBase64) = self.decode(whole, take)? {
                    return Ok(Err(NotBase64));
                }
            }
        }
        Ok(Ok(()))
    }

    /// The text has ended.
    pub(super) fn finish(mut self, take: &mut Take<'_>) -> Result<Result<(), Reason>, Error> {
        let missing = self.packed.len().next_multiple_of(GROUP) - self.packed.len();
        if self.padding != 0 && self.padding != missing {
            return Ok(Err(Reason::InvalidText));
        }
        if let Err(NotBase64) = self.decode(self.packed.len(), take)? {
            return Ok(Err(Reason::InvalidText));
        }
        Ok(if self.has_octets {
            Ok(())
        } else {
            Err(Reason::Empty)
        })
    }

    fn pack(&mut self, text: &[u8]) -> Result<(), NotBase64> {
        for octet in text {
            let (plain, is_url) = match octet {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => (*octet, None),
                b'+' | b'/' => (*octet, Some(false)),
                b'-' => (b'+', Some(true)),
                b'_' => (b'/', Some(true)),
                b'=' => {
                    self.padding += 1;
                    if self.padding > 2 {
                        return Err(NotBase64);
                    }
                    continue;
                }
                octet if octet.is_ascii_whitespace() => continue,
                _ => return Err(NotBase64),
            };
            let is_other = is_url.is_some() && self.is_url.is_some() && is_url != self.is_url;
            if self.padding > 0 || is_other {
                return Err(NotBase64);
            }
            self.is_url = self.is_url.or(is_url);
            self.packed.push(plain);
        }
        Ok(())
    }

    fn decode(
        &mut self,
        count: usize,
        take: &mut Take<'_>,
    ) -> Result<Result<(), NotBase64>, Error> {
        let text = self.packed.get(..count).unwrap_or_default();
        let Ok(octets) = STANDARD_NO_PAD.decode(text) else {
            return Ok(Err(NotBase64));
        };
        self.packed.drain(..count);
        self.has_octets |= !octets.is_empty();
        take(&octets)?;
        Ok(Ok(()))
    }
}
