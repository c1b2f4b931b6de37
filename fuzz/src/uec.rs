//! The universal electronic card: what it says of itself, and its certificates.

use std::sync::LazyLock;

use pcsc_reader::uec::{Application, Block, CardVerifiableCertificate, PublicKey, UecSettings};

static SETTINGS: LazyLock<Option<UecSettings>> = LazyLock::new(|| UecSettings::builtin().ok());

/// The answer to SELECT of the application and of a sector: read under limits, or refused.
pub fn uec_fci(data: &[u8]) {
    let Some(settings) = &*SETTINGS else {
        unreachable!("the settings of the program are read");
    };
    if let Ok(application) = Application::read(data, settings) {
        assert_eq!(application.is_from_template, data.is_empty());
        assert!(application.sectors.len() <= 64);
        let _ = application.suite(&[0xFF; 16]);
    }
    if let Ok(blocks) = Block::catalogue(data, settings) {
        assert!((1..=64).contains(&blocks.len()));
    }
}

/// A card verifiable certificate: its signed parts are parts of the input, and `Debug` names nobody.
pub fn cvc(data: &[u8]) {
    if let Ok(certificate) = CardVerifiableCertificate::read(data) {
        for part in [&certificate.body, &certificate.signature] {
            assert!(data.windows(part.len()).any(|window| window == part));
        }
        assert!(certificate.subject.len() <= 64);
        assert!(format!("{certificate:?}").len() < 300);
    }
    let _ = PublicKey::from_file(data);
    let _ = PublicKey::from_untagged(data);
}
