//! `CMS_verify` with a store that is kept.

use anyhow::Result;
use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::ssl::SslFiletype;
use openssl::x509::store::{X509Lookup, X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509Crl, X509PurposeId};

use super::message::{AT, Message};
use crate::bench::measure::Work;

/// Root and CRLs are in the store; the message, with its certificates, is read each time.
pub fn verify(message: &Message) -> Result<Work> {
    let store = store(message)?;
    let (signature, content) = (message.signature.clone(), message.content.clone());
    Ok(Box::new(move || {
        let mut message = CmsContentInfo::from_der(&signature)?;
        let flags = CMSOptions::BINARY;
        message.verify(None, Some(&store), Some(&content), None, flags)?;
        Ok(())
    }))
}

fn store(message: &Message) -> Result<X509Store> {
    let mut builder = X509StoreBuilder::new()?;
    builder.add_cert(X509::from_der(&message.root)?)?;
    let mut parameters = X509VerifyParam::new()?;
    parameters.set_time(AT.seconds());
    parameters.set_flags(X509VerifyFlags::CRL_CHECK | X509VerifyFlags::CRL_CHECK_ALL)?;
    parameters.set_purpose(X509PurposeId::ANY)?;
    builder.set_param(&parameters)?;
    // The binding adds CRLs to a store only from a file.
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("crl.pem");
    let lookup = builder.add_lookup(X509Lookup::file())?;
    for crl in &message.crls {
        std::fs::write(&file, X509Crl::from_der(crl)?.to_pem()?)?;
        lookup.load_crl_file(&file, SslFiletype::PEM)?;
    }
    Ok(builder.build())
}
