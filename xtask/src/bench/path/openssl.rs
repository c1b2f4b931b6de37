//! `X509_verify_cert` with a store that is kept.

use anyhow::{Result, bail};
use openssl::ssl::SslFiletype;
use openssl::stack::Stack;
use openssl::x509::store::{X509Lookup, X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use openssl::x509::{X509, X509Crl, X509StoreContext};

use super::{AT, Chain};
use crate::bench::measure::Work;

/// Root and CRLs are in the store, the intermediate was read before; the end entity is read each time.
pub fn verify(chain: &Chain) -> Result<Work> {
    let store = store(chain)?;
    let mut intermediates = Stack::new()?;
    intermediates.push(X509::from_der(&chain.ca)?)?;
    let person = chain.person.clone();
    Ok(Box::new(move || {
        let person = X509::from_der(&person)?;
        let mut context = X509StoreContext::new()?;
        let verified = context.init(&store, &person, &intermediates, |context| {
            Ok((context.verify_cert()?, context.error()))
        })?;
        match verified {
            (true, _) => Ok(()),
            (false, why) => bail!("OpenSSL refuses the path: {why}"),
        }
    }))
}

fn store(chain: &Chain) -> Result<X509Store> {
    let mut builder = X509StoreBuilder::new()?;
    builder.add_cert(X509::from_der(&chain.root)?)?;
    let mut parameters = X509VerifyParam::new()?;
    parameters.set_time(AT.seconds());
    parameters.set_flags(X509VerifyFlags::CRL_CHECK | X509VerifyFlags::CRL_CHECK_ALL)?;
    builder.set_param(&parameters)?;
    // The binding adds CRLs to a store only from a file.
    let file = std::env::temp_dir().join(format!("xtask-bench-{}.pem", std::process::id()));
    let lookup = builder.add_lookup(X509Lookup::file())?;
    for crl in &chain.crls {
        std::fs::write(&file, X509Crl::from_der(crl)?.to_pem()?)?;
        let loaded = lookup.load_crl_file(&file, SslFiletype::PEM);
        std::fs::remove_file(&file)?;
        loaded?;
    }
    Ok(builder.build())
}
