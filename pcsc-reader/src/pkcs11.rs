//! Modules of makers, PKCS #11: the second road to tokens whose own protocol is not public.

mod error;
mod mechanism;

use std::path::Path;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::object::{Attribute, AttributeType, CertificateType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::RawAuthPin;
use sig_core::cms::build::ToBeSigned;

use crate::card::{Application, CardCertificate, CardContents, CardKey, CardPin, PinState};
use crate::error::{CardError, CardErrorKind};
use crate::secret::{LastTry, PinUse};

use error::card_error;

/// Most objects of one kind that are looked at.
const MOST_OBJECTS: usize = 256;

/// Most octets of a certificate.
const MOST_OCTETS: usize = 65_536;

/// Identifier of the PIN in [`CardContents::pins`].
const PIN_ID: &str = "pkcs11:user";

/// A loaded module (PKCS #11 §5.4). One program loads a module once; it is finalized when dropped.
pub struct Pkcs11Module {
    context: Option<Pkcs11>,
}

/// A token in a slot of a module (PKCS #11 §3.2).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Pkcs11Token {
    /// Label of the token.
    pub label: String,
    /// Maker and model.
    pub model: String,
    /// Serial number.
    pub serial: String,
    slot: Slot,
    state: PinState,
    login_required: bool,
}

impl Pkcs11Token {
    /// It is the same token in the same slot: names can be given to any token.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (self.slot, &self.serial, &self.label) == (other.slot, &other.serial, &other.label)
    }
}

impl Pkcs11Module {
    /// Loads a module and initialises it. The code of the module runs inside this program: load none that is not
    /// trusted.
    ///
    /// # Errors
    /// [`CardErrorKind::ModuleUnusable`] when the file is no module, or the module's own failure.
    pub fn load(path: &Path) -> Result<Self, CardError> {
        let unusable = |_| CardError::new(CardErrorKind::ModuleUnusable);
        let context = Pkcs11::new(path).map_err(unusable)?;
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        context
            .initialize(arguments)
            .map_err(|error| card_error(&error))?;
        Ok(Pkcs11Module {
            context: Some(context),
        })
    }

    /// The tokens that are there and initialised, in the order of the module.
    ///
    /// # Errors
    /// What the module says.
    pub fn tokens(&self) -> Result<Vec<Pkcs11Token>, CardError> {
        let failed = |error| card_error(&error);
        let context = self.context()?;
        let slots = context.get_slots_with_initialized_token().map_err(failed)?;
        let mut tokens = Vec::new();
        for slot in slots.into_iter().take(MOST_OBJECTS) {
            let info = context.get_token_info(slot).map_err(failed)?;
            let state = match (info.user_pin_locked(), info.user_pin_final_try()) {
                (true, _) => PinState::Blocked,
                (false, true) => PinState::Tries(1),
                (false, false) => PinState::Unknown,
            };
            tokens.push(Pkcs11Token {
                label: info.label().trim().to_owned(),
                model: format!("{} {}", info.manufacturer_id().trim(), info.model().trim()),
                serial: info.serial_number().trim().to_owned(),
                slot,
                state,
                login_required: info.login_required(),
            });
        }
        Ok(tokens)
    }

    /// What a token shows without a PIN. Private keys are not visible then: a certificate with an identifier is taken
    /// to have one, and signing tells when it has not.
    ///
    /// # Errors
    /// What the module says; [`CardErrorKind::ResponseTooLong`] for a certificate over 64 KiB.
    ///
    /// # Limits
    /// 256 certificates.
    pub fn read(&self, token: &Pkcs11Token) -> Result<CardContents, CardError> {
        let session = self.session(token)?;
        let mut contents = CardContents {
            applications: vec![Application {
                road: "pkcs11",
                name: token.label.clone(),
                place: Vec::new(),
            }],
            serial: Some(token.serial.clone().into_bytes()),
            label: Some(token.label.clone()),
            ..CardContents::default()
        };
        let template = [
            Attribute::Class(ObjectClass::CERTIFICATE),
            Attribute::CertificateType(CertificateType::X_509),
        ];
        for handle in found(&session, &template)? {
            contents
                .certificates
                .extend(certificate(&session, handle, token)?);
        }
        if token.login_required {
            contents.pins.push(CardPin {
                id: PIN_ID.to_owned(),
                label: token.label.clone(),
                state: token.state,
            });
        }
        Ok(contents)
    }

    /// Logs in once and signs with the private key of the identifier in `key`. The value is that of the field
    /// `signature` of a `SignerInfo` (RFC 5652 §5.3); `is_right` checks one with the key of the certificate. Modules
    /// differ in the order of the octets of a GOST signature, so the order is the one that the key itself proves.
    ///
    /// # Errors
    /// [`CardErrorKind::PinLastTry`] and [`CardErrorKind::PinBlocked`] before anything is sent, [`CardErrorKind::NoKey`]
    /// without such a key, [`CardErrorKind::Unsupported`] for an algorithm that the token offers no mechanism for, or
    /// what the module says.
    pub fn sign(
        &self,
        token: &Pkcs11Token,
        key: &CardKey,
        pin: Option<PinUse<'_>>,
        input: ToBeSigned<'_>,
        is_right: &dyn Fn(&[u8]) -> bool,
    ) -> Result<Vec<u8>, CardError> {
        // What the token cannot sign costs no PIN.
        let mechanisms = self.offered(token, mechanism::of(input)?)?;
        let session = self.session(token)?;
        let secret = pin.map(|used| RawAuthPin::new(Box::new(used.pin.characters().to_vec())));
        if token.login_required {
            let used = pin.ok_or(CardError::new(CardErrorKind::PinRequired))?;
            match token.state {
                PinState::Blocked => return Err(CardError::new(CardErrorKind::PinBlocked)),
                PinState::Tries(1) if used.last_try == LastTry::Refuse => {
                    return Err(CardError::new(CardErrorKind::PinLastTry));
                }
                _ => {}
            }
            log_in(&session, UserType::User, secret.as_ref())?;
        }
        let made = signed(&session, key, &mechanisms, secret.as_ref());
        if token.login_required {
            // The outcome of the signature says more than a failure to log out, and the session ends anyway.
            let _ = session.logout();
        }
        let (mechanism, value) = made?;
        mechanism.signature(&value, is_right)
    }

    /// Those of the mechanisms that the token says it signs by; all where it says nothing of them.
    fn offered(
        &self,
        token: &Pkcs11Token,
        mut mechanisms: Vec<mechanism::Chosen>,
    ) -> Result<Vec<mechanism::Chosen>, CardError> {
        let context = self.context()?;
        mechanisms.retain(|it| {
            let kind = it.mechanism.mechanism_type();
            match context.get_mechanism_info(token.slot, kind) {
                Ok(info) => info.sign(),
                Err(Error::Pkcs11(RvError::MechanismInvalid, _)) => false,
                // The module has no answer: signing will show.
                Err(_) => true,
            }
        });
        if mechanisms.is_empty() {
            return Err(CardError::new(CardErrorKind::Unsupported));
        }
        Ok(mechanisms)
    }

    fn session(&self, token: &Pkcs11Token) -> Result<Session, CardError> {
        let session = self.context()?.open_ro_session(token.slot);
        session.map_err(|error| card_error(&error))
    }

    fn context(&self) -> Result<&Pkcs11, CardError> {
        let gone = || CardError::new(CardErrorKind::ModuleUnusable);
        self.context.as_ref().ok_or_else(gone)
    }
}

impl Drop for Pkcs11Module {
    fn drop(&mut self) {
        if let Some(context) = self.context.take() {
            // Nobody is left to be told.
            let _ = context.finalize();
        }
    }
}

/// The private key of the identifier makes a signature by the first of the mechanisms that goes with it.
fn signed<'m>(
    session: &Session,
    key: &CardKey,
    mechanisms: &'m [mechanism::Chosen],
    secret: Option<&RawAuthPin>,
) -> Result<(&'m mechanism::Chosen, Vec<u8>), CardError> {
    let failed = |error| card_error(&error);
    let template = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::Id(key.reference.clone()),
    ];
    let Some(handle) = found(session, &template)?.into_iter().next() else {
        return Err(CardError::new(CardErrorKind::NoKey));
    };
    let wanted = [AttributeType::AlwaysAuthenticate];
    let attributes = session.get_attributes(handle, &wanted).unwrap_or_default();
    let is_always = attributes.contains(&Attribute::AlwaysAuthenticate(true));
    // Such a key wants the PIN after the signature was begun (PKCS #11 §4.9, CKA_ALWAYS_AUTHENTICATE), which here means
    // in parts: a mechanism that may have them comes first. Modules that take a digest so are common, too.
    let in_parts = mechanisms.iter().find(|it| is_always && it.hashes);
    let chosen = in_parts.or(mechanisms.first());
    let chosen = chosen.ok_or(CardError::new(CardErrorKind::Unsupported))?;
    if !is_always {
        let value = session.sign(&chosen.mechanism, handle, &chosen.data);
        return Ok((chosen, value.map_err(failed)?));
    }
    session
        .sign_init(&chosen.mechanism, handle)
        .map_err(failed)?;
    log_in(session, UserType::ContextSpecific, secret)?;
    session.sign_update(&chosen.data).map_err(failed)?;
    Ok((chosen, session.sign_final().map_err(failed)?))
}

fn log_in(session: &Session, user: UserType, secret: Option<&RawAuthPin>) -> Result<(), CardError> {
    let secret = secret.ok_or(CardError::new(CardErrorKind::PinRequired))?;
    session
        .login_with_raw(user, secret)
        .map_err(|error| card_error(&error))
}

fn found(session: &Session, template: &[Attribute]) -> Result<Vec<ObjectHandle>, CardError> {
    let failed = |error: Error| card_error(&error);
    let objects = session.iter_objects(template).map_err(failed)?;
    let objects: Result<Vec<_>, _> = objects.take(MOST_OBJECTS).collect();
    objects.map_err(failed)
}

fn certificate(
    session: &Session,
    handle: ObjectHandle,
    token: &Pkcs11Token,
) -> Result<Option<CardCertificate>, CardError> {
    let wanted = [
        AttributeType::Value,
        AttributeType::Id,
        AttributeType::Label,
    ];
    let attributes = session.get_attributes(handle, &wanted);
    let (mut octets, mut id, mut label) = (Vec::new(), Vec::new(), None);
    for attribute in attributes.map_err(|error| card_error(&error))? {
        match attribute {
            Attribute::Value(value) => octets = value,
            Attribute::Id(value) => id = value,
            Attribute::Label(value) => label = String::from_utf8(value).ok(),
            _ => {}
        }
    }
    if octets.len() > MOST_OCTETS {
        return Err(CardError::new(CardErrorKind::ResponseTooLong));
    }
    if octets.is_empty() {
        return Ok(None);
    }
    let key = (!id.is_empty()).then(|| CardKey {
        pin: token.login_required.then(|| PIN_ID.to_owned()),
        reference: id.clone(),
        path: Vec::new(),
    });
    Ok(Some(CardCertificate {
        id: format!("pkcs11:{}", hex::encode(&id)),
        label,
        octets,
        key,
    }))
}
