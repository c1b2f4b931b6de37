//! Elementary files of the application: certificates, public keys, the flag of the holder's certificate.

use super::application::Application;
use super::cvc::CardVerifiableCertificate;
use super::exchange::{Found, read_objects, select_file};
use super::facts::{self, Row};
use super::road::{UecRoad, unreadable};
use super::session::read_key;
use super::settings::{Content, ElementaryFile, Suite};
use crate::apdu::Channel;
use crate::card::contents::{CardCertificate, CardContents};
use crate::error::{CardError, CardErrorKind};

/// Most certificates of the holder's chain.
const MOST_CHAIN: usize = 4;

impl UecRoad {
    pub(super) fn read_files(
        &self,
        channel: &mut Channel<'_>,
        application: &Application,
        contents: &mut CardContents,
    ) -> Result<(), CardError> {
        let mut is_holder_absent = false;
        for file in &self.settings.ef {
            let is_used = file.suite.is_none_or(|suite| application.usage.has(suite));
            let is_absent = is_holder_absent && file.content == Content::HolderCertificate;
            if !is_used || is_absent {
                continue;
            }
            match self.read_file(channel, application, *file, contents) {
                Ok(Some(presence)) => is_holder_absent = !presence,
                Ok(None) => {}
                Err(error) if error.kind == CardErrorKind::Malformed => {
                    unreadable(contents, &hex::encode_upper(file.fid.0));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Whether there is a certificate of the holder, where the file tells.
    fn read_file(
        &self,
        channel: &mut Channel<'_>,
        application: &Application,
        file: ElementaryFile,
        contents: &mut CardContents,
    ) -> Result<Option<bool>, CardError> {
        let chunk = self.settings.read_chunk;
        let selected = select_file(channel, file.fid.0)?;
        if file.content == Content::ApplicationKey {
            let suite = file.suite.unwrap_or(Suite::Gost);
            let is_untagged = application.usage.needs_mse();
            let key = selected.then(|()| read_key(channel, is_untagged, suite, chunk))?;
            if let Some(key) = key.value() {
                let (ru, en) = key.names();
                facts::add(contents, facts::APPLICATION_KEY, facts::both(&ru, &en));
            }
            return Ok(None);
        }
        let most = match file.content {
            Content::HolderCertificate => MOST_CHAIN,
            _ => 1,
        };
        let objects = match selected.then(|()| read_objects(channel, chunk, most))? {
            Found::There(objects) => objects,
            Found::Refused(_) => {
                unreadable(contents, &hex::encode_upper(file.fid.0));
                return Ok(None);
            }
            Found::Absent | Found::Protected => return Ok(None),
        };
        let mut presence_flag = None;
        for (number, octets) in (1..).zip(objects) {
            match file.content {
                Content::ApplicationCertificate => {
                    add_certificate(contents, facts::APPLICATION_CERTIFICATE, &octets)?;
                }
                Content::IssuerCertificate => {
                    add_certificate(contents, facts::ISSUER_CERTIFICATE, &octets)?;
                }
                Content::HolderPresence => presence_flag = presence(&octets),
                // X.509 begins with a SEQUENCE of more than 255 octets.
                Content::HolderCertificate => match octets.as_slice() {
                    [0x30, 0x82, ..] => contents.certificates.push(CardCertificate {
                        id: holder_id(file.fid.0, number),
                        label: None,
                        octets,
                        key: None,
                    }),
                    _ => add_certificate(contents, facts::HOLDER_CERTIFICATE, &octets)?,
                },
                Content::ApplicationKey => {}
            }
        }
        Ok(presence_flag)
    }
}

/// Identifier of a certificate of the chain; the holder's own comes first.
fn holder_id(fid: [u8; 2], number: usize) -> String {
    let fid = hex::encode_upper(fid);
    match number {
        1 => format!("uec:{fid}"),
        number => format!("uec:{fid}.{number}"),
    }
}

/// What a certificate says without its subject, which is a person.
fn add_certificate(contents: &mut CardContents, row: Row, octets: &[u8]) -> Result<(), CardError> {
    let certificate = CardVerifiableCertificate::read(octets)?;
    let role = certificate.role.text();
    let (ru, en) = certificate.public_key.names();
    let dates = format!("{} – {}", certificate.effective, certificate.expires);
    let value = facts::both(
        &format!("{}, {ru}, {dates}", role.ru),
        &format!("{}, {en}, {dates}", role.en),
    );
    facts::add(contents, row, value);
    Ok(())
}

/// `30 { 03 02 xx 03 }` says that there is a certificate of the holder.
fn presence(octets: &[u8]) -> Option<bool> {
    match octets {
        [0x30, 0x04, 0x03, 0x02, _, flags] => Some(*flags == 0x03),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_of_the_holders_certificate_is_told() {
        let of = |hex: &str| presence(&hex::decode(hex).unwrap());
        assert_eq!(of("300403020603"), Some(true));
        assert_eq!(of("300403020003"), Some(true));
        assert_eq!(of("300403020600"), Some(false));
        assert_eq!(of("30050303060300"), None);
        assert_eq!(of("300404020603"), None);
    }
}
