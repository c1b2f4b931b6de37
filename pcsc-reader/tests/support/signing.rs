//! Signatures by cards, judged by the library: what is finished verifies with the key of the certificate.

use pcsc_reader::{
    CardCertificate, CardContents, CardError, CardRegistry, CardRoad, Channel, Pin, PinUse,
    Transport,
};
use sig_core::alg::provider::RUSTCRYPTO;
use sig_core::cms::build::{Content, Prepared, Request, customary};
use sig_core::der::octets::Octets;
use sig_core::x509::certificate::Certificate;
use sig_core::{Budget, Limits, UnixTime};
use std::sync::Arc;
use zeroize::Zeroizing;

/// The road of this name for the card.
pub fn road(registry: &CardRegistry, atr: &[u8], name: &str) -> Arc<dyn CardRoad> {
    let roads = registry.roads(atr);
    let road = roads.into_iter().find(|road| road.name() == name);
    road.unwrap_or_else(|| panic!("no road {name}"))
}

/// What the card holds by the road; none when the card does not know it.
pub fn contents(
    road: &dyn CardRoad,
    card: &mut dyn Transport,
) -> Result<Option<CardContents>, CardError> {
    let mut contents = CardContents::default();
    let is_known = road.read(&mut Channel::new(card), &mut contents, &mut ())?;
    Ok(is_known.then_some(contents))
}

pub fn pin(characters: &[u8]) -> Pin {
    Pin::new(Zeroizing::new(characters.to_vec())).unwrap()
}

/// A signature over a short text to be made by the key of the certificate.
pub fn prepared(certificate: &[u8]) -> Prepared {
    let octets = Octets::from(certificate);
    let mut budget = Budget::new(Limits::STANDARD);
    let certificate = Certificate::from_der(&octets, &mut budget).unwrap();
    let content = Content::Detached(Octets::from(&b"what is signed"[..]));
    let algorithm = customary(&certificate).unwrap();
    Request::new(content, UnixTime::from_seconds(1_795_219_200))
        .prepare(&certificate, algorithm, &RUSTCRYPTO)
        .unwrap()
}

/// Signs with the key of a certificate and checks the value with it.
pub fn signed(
    road: &dyn CardRoad,
    card: &mut dyn Transport,
    certificate: &CardCertificate,
    pin: Option<PinUse<'_>>,
) -> Result<Vec<u8>, CardError> {
    let prepared = prepared(&certificate.octets);
    let key = certificate.key.as_ref().expect("a key");
    let asked = prepared.to_be_signed();
    let value = road.sign(&mut Channel::new(card), key, pin, asked)?;
    prepared.finish(&value).expect("a signature of the key");
    Ok(value)
}
