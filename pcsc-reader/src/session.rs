//! One card at one reader, for as long as it stays there.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use sig_core::base::limits::{Budget, Limits};
use sig_core::cms::build::ToBeSigned;
use sig_core::der::octets::Octets;
use sig_core::x509::certificate::Certificate;

use crate::apdu::Channel;
use crate::card::{CardCertificate, CardContents, CardPin, CardRegistry, CardRoad, Progress};
use crate::error::{CardError, CardErrorKind};
use crate::pkcs11::{Pkcs11Module, Pkcs11Token};
use crate::secret::PinUse;
use crate::transport::{ReaderService, ReaderStatus, Slot};

/// What was read from one card, and the roads by which it signs.
///
/// It is bound to the reader's name, the count of insertions there and the ATR: names move when readers are replugged,
/// and a card that was taken out and put back may be another one.
pub struct CardSession {
    reader: String,
    insertions: u16,
    atr: Vec<u8>,
    contents: CardContents,
    /// The road of each certificate of `contents`; none when a module was asked.
    origins: Vec<Arc<dyn CardRoad>>,
    module: Option<(Arc<Pkcs11Module>, Pkcs11Token)>,
    problems: Vec<CardError>,
}

/// Certificates that were decoded, by the serial number of their card and the digest of their file. It lives as long as
/// one session of the program and is never written anywhere.
#[derive(Debug, Default)]
pub struct CertificateCache {
    decoded: HashMap<CacheKey, Option<Arc<Certificate>>>,
}

/// Serial number of the card, SHA-256 of the file.
type CacheKey = (Option<Vec<u8>>, [u8; 32]);

impl CardSession {
    /// Reads the card of a reader by every road that its model has, in one transaction. What one road cannot read keeps
    /// the others from nothing.
    ///
    /// # Errors
    /// What kept the card from being reached, or from being read by any road.
    pub fn open(
        service: &mut dyn ReaderService,
        registry: &CardRegistry,
        status: &ReaderStatus,
        progress: &mut dyn Progress,
    ) -> Result<Self, CardError> {
        let roads = match &status.slot {
            Slot::Card(atr) => registry.roads(atr),
            _ => Vec::new(),
        };
        Self::read(service, &roads, status, progress)
    }

    /// Reads it by these roads.
    pub(crate) fn read(
        service: &mut dyn ReaderService,
        roads: &[Arc<dyn CardRoad>],
        status: &ReaderStatus,
        progress: &mut dyn Progress,
    ) -> Result<Self, CardError> {
        let located = |kind| CardError::new(kind).with_reader(&status.name);
        let atr = match &status.slot {
            Slot::Card(atr) => atr.clone(),
            Slot::Mute => return Err(located(CardErrorKind::Mute)),
            Slot::Empty => return Err(located(CardErrorKind::NoCard)),
            Slot::Unavailable => return Err(located(CardErrorKind::ReaderDetached)),
        };
        let mut session = CardSession {
            reader: status.name.clone(),
            insertions: status.insertions,
            atr,
            contents: CardContents::default(),
            origins: Vec::new(),
            module: None,
            problems: Vec::new(),
        };
        let mut is_read = false;
        service.transaction(&status.name, &mut |card| {
            require_same_card(card.atr(), &session.atr)?;
            for road in roads {
                let mut channel = Channel::new(card);
                match road.read(&mut channel, &mut session.contents, progress) {
                    Ok(known) => is_read |= known,
                    Err(error) if is_lost(error.kind) => return Err(error),
                    Err(error) => session.problems.push(error.with_reader(&status.name)),
                }
                session.settle(road);
            }
            Ok(())
        })?;
        if !is_read && session.contents.certificates.is_empty() {
            return match session.problems.into_iter().next() {
                Some(problem) => Err(problem),
                None => Err(located(CardErrorKind::Unsupported)),
            };
        }
        Ok(session)
    }

    /// Reads a token through a PKCS #11 module, for cards that only their maker's program can speak to.
    ///
    /// # Errors
    /// What the module says.
    pub fn of_module(module: &Arc<Pkcs11Module>, token: &Pkcs11Token) -> Result<Self, CardError> {
        Ok(CardSession {
            reader: token.label.clone(),
            insertions: 0,
            atr: Vec::new(),
            contents: module.read(token)?,
            origins: Vec::new(),
            module: Some((Arc::clone(module), token.clone())),
            problems: Vec::new(),
        })
    }

    /// The reader's name; of a token behind a module its label.
    #[must_use]
    pub fn reader(&self) -> &str {
        &self.reader
    }

    /// What is on the card.
    #[must_use]
    pub fn contents(&self) -> &CardContents {
        &self.contents
    }

    /// What kept parts of the card from being read.
    #[must_use]
    pub fn problems(&self) -> &[CardError] {
        &self.problems
    }

    /// The card that was read is still the one in this reader: name, count of insertions and ATR are the same.
    #[must_use]
    pub fn is_of(&self, status: &ReaderStatus) -> bool {
        let same_atr = matches!(&status.slot, Slot::Card(atr) if *atr == self.atr);
        status.name == self.reader && status.insertions == self.insertions && same_atr
    }

    /// The PIN that opens the key of a certificate.
    #[must_use]
    pub fn pin_of(&self, certificate: &CardCertificate) -> Option<&CardPin> {
        let id = certificate.key.as_ref()?.pin.as_ref()?;
        self.contents.pins.iter().find(|pin| pin.id == *id)
    }

    /// Signs with the key of a certificate of this card (RFC 5652 §5.4): one transaction, in which the certificate is found
    /// on the card once more before the PIN is verified, once, and the card reset behind it. Nothing is ever sent again. `is_right` checks a value with the key of the certificate, for
    /// modules of which it is not known in which order they give octets; `service` is not asked for a token behind one.
    ///
    /// # Errors
    /// [`CardErrorKind::NoKey`] for a certificate whose key is not here, [`CardErrorKind::Removed`] when the card is no
    /// longer the one that was read, or what the card said.
    pub fn sign(
        &self,
        service: &mut dyn ReaderService,
        certificate: &str,
        pin: Option<PinUse<'_>>,
        input: ToBeSigned<'_>,
        is_right: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Vec<u8>, CardError> {
        let located = |kind| CardError::new(kind).with_reader(&self.reader);
        if let Some((module, token)) = &self.module {
            let mut certificates = self.contents.certificates.iter();
            let found = certificates.find(|it| it.id == certificate);
            let key = found.and_then(|it| it.key.as_ref());
            let key = key.ok_or_else(|| located(CardErrorKind::NoKey))?;
            // The tries that are left may have changed, and the token with them.
            let mut tokens = module.tokens()?.into_iter();
            let token = tokens.find(|it| it.is_same(token));
            let token = token.ok_or_else(|| located(CardErrorKind::Removed))?;
            let outcome = module.sign(&token, key, pin, input, is_right);
            return outcome.map_err(|error| error.with_reader(&self.reader));
        }
        let certificates = self.contents.certificates.iter().zip(&self.origins);
        let found = certificates
            .into_iter()
            .find_map(|(it, road)| (it.id == certificate).then_some((it, it.key.as_ref()?, road)));
        let (chosen, key, road) = found.ok_or_else(|| located(CardErrorKind::NoKey))?;
        let readers = service.readers()?;
        if !readers.iter().any(|status| self.is_of(status)) {
            return Err(located(CardErrorKind::Removed));
        }
        let mut value = None;
        service.transaction(&self.reader, &mut |card| {
            require_same_card(card.atr(), &self.atr)?;
            let mut channel = Channel::new(card);
            // Names, counts and ATRs of two tokens of a model may agree; what they hold does not.
            let mut now = CardContents::default();
            road.read(&mut channel, &mut now, &mut ())?;
            let is_chosen =
                |it: &CardCertificate| it.octets == chosen.octets && it.key == chosen.key;
            if !now.certificates.iter().any(is_chosen) {
                return Err(located(CardErrorKind::Removed));
            }
            if pin.is_some() {
                channel.reset_on_release();
            }
            value = Some(road.sign(&mut channel, key, pin, input)?);
            Ok(())
        })?;
        value.ok_or_else(|| located(CardErrorKind::ShortResponse))
    }

    /// Notes the road of what it added, and drops a certificate that another road found before: the one with a key
    /// stays.
    fn settle(&mut self, road: &Arc<dyn CardRoad>) {
        let known = self.origins.len().min(self.contents.certificates.len());
        let added = self.contents.certificates.split_off(known);
        for certificate in added {
            let same = |it: &CardCertificate| it.octets == certificate.octets;
            let place = self.contents.certificates.iter().position(same);
            match place.and_then(|place| {
                let earlier = self.contents.certificates.get_mut(place)?;
                Some((earlier, self.origins.get_mut(place)?))
            }) {
                Some((earlier, origin)) => {
                    if earlier.key.is_none() && certificate.key.is_some() {
                        *earlier = certificate;
                        *origin = Arc::clone(road);
                    }
                }
                None => {
                    self.contents.certificates.push(certificate);
                    self.origins.push(Arc::clone(road));
                }
            }
        }
    }
}

impl CertificateCache {
    /// The decoded certificate of a card (RFC 5280 §4.1); none when the file is not one.
    ///
    /// # Limits
    /// [`Limits::STANDARD`] for each file.
    pub fn certificate(
        &mut self,
        session: &CardSession,
        octets: &[u8],
    ) -> Option<Arc<Certificate>> {
        let key = (
            session.contents.serial.clone(),
            Sha256::digest(octets).into(),
        );
        let decoded = self.decoded.entry(key).or_insert_with(|| {
            let mut budget = Budget::new(Limits::STANDARD);
            let octets = Octets::from(octets.to_vec());
            Certificate::from_der(&octets, &mut budget)
                .ok()
                .map(Arc::new)
        });
        decoded.clone()
    }
}

impl fmt::Debug for CardSession {
    /// What is on a card may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let certificates = self.contents.certificates.len();
        write!(
            f,
            "CardSession({}, {certificates} certificates)",
            self.reader
        )
    }
}

/// Nothing more can come from the card.
fn is_lost(kind: CardErrorKind) -> bool {
    matches!(
        kind,
        CardErrorKind::Removed
            | CardErrorKind::Reset
            | CardErrorKind::ReaderDetached
            | CardErrorKind::NoService
            | CardErrorKind::NoCard
            | CardErrorKind::Communication
            | CardErrorKind::ShortResponse
    )
}

fn require_same_card(found: &[u8], expected: &[u8]) -> Result<(), CardError> {
    if found == expected {
        return Ok(());
    }
    Err(CardError::new(CardErrorKind::Removed))
}
