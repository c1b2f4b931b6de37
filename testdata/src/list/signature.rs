//! An enveloped XML signature (XML Signature 1.1 §4, §6.6.4): with GOST algorithms, and as XAdES with ECDSA.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::digest::Digest;
use crate::error::Error;
use crate::key::{Key, SequenceForm, SignatureForm};
use crate::pki::Pki;
use crate::timestamp::Timestamp;

const NAMESPACE: &str = "http://www.w3.org/2000/09/xmldsig#";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const GOST: &str = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:";

/// A `Signature` element over `canonical`, the root element in canonical form.
pub fn enveloped(pki: &Pki, signer: &str, canonical: &str) -> Result<String, Error> {
    let certificate = pki.certificate(signer)?;
    let key = pki.key(&certificate.key)?;
    let (digest, size) = match key.digest() {
        Digest::Streebog256 => (Digest::Streebog256, "256"),
        Digest::Streebog512 => (Digest::Streebog512, "512"),
        _ => {
            return Err(Error::value(
                format!("list signer {signer}"),
                "needs a GOST key",
            ));
        }
    };
    let value = STANDARD.encode(digest.of(canonical.as_bytes()));
    let inside = format!(
        "<ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{GOST}gostr34102012-gostr34112012-{size}\"></ds:SignatureMethod>\
         <ds:Reference URI=\"\"><ds:Transforms>\
         <ds:Transform Algorithm=\"{NAMESPACE}enveloped-signature\"></ds:Transform>\
         <ds:Transform Algorithm=\"{EXCLUSIVE}\"></ds:Transform></ds:Transforms>\
         <ds:DigestMethod Algorithm=\"{GOST}gostr34112012-{size}\"></ds:DigestMethod>\
         <ds:DigestValue>{value}</ds:DigestValue></ds:Reference>"
    );
    // In the exclusive canonical form of SignedInfo its own start tag declares the prefix; in the
    // document the Signature element does.
    let canonical_signed_info =
        format!("<ds:SignedInfo xmlns:ds=\"{NAMESPACE}\">{inside}</ds:SignedInfo>");
    let signature = STANDARD.encode(key.sign(digest, canonical_signed_info.as_bytes())?);
    let certificate = STANDARD.encode(&certificate.der);
    Ok(format!(
        "<ds:Signature xmlns:ds=\"{NAMESPACE}\"><ds:SignedInfo>{inside}</ds:SignedInfo>\
         <ds:SignatureValue>{signature}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>\
         <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
    ))
}

const XADES: &str = "http://uri.etsi.org/01903/v1.3.2#";
const SHA256: &str = "http://www.w3.org/2001/04/xmlenc#sha256";

/// A XAdES `Signature` element (EN 319 132-1 §4) over `canonical`, the root element in canonical form, by a P-256 key.
pub fn enveloped_xades(
    pki: &Pki,
    signer: &str,
    canonical: &str,
    at: Timestamp,
) -> Result<String, Error> {
    let certificate = pki.certificate(signer)?;
    let key: &Key = pki.key(&certificate.key)?;
    let digest = |octets: &[u8]| STANDARD.encode(Digest::Sha256.of(octets));
    let exclusive = format!("<ds:Transform Algorithm=\"{EXCLUSIVE}\"></ds:Transform>");
    // In canonical form each element declares the prefixes that no element around it uses.
    let properties = |xades: &str, ds: &str| {
        format!(
            "<xades:SignedProperties{xades} Id=\"signed-properties\"><xades:SignedSignatureProperties>\
             <xades:SigningTime>{}</xades:SigningTime><xades:SigningCertificateV2><xades:Cert><xades:CertDigest>\
             <ds:DigestMethod{ds} Algorithm=\"{SHA256}\"></ds:DigestMethod>\
             <ds:DigestValue{ds}>{}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificateV2>\
             </xades:SignedSignatureProperties></xades:SignedProperties>",
            at.rfc3339(),
            digest(&certificate.der),
        )
    };
    let declared = properties(
        &format!(" xmlns:xades=\"{XADES}\""),
        &format!(" xmlns:ds=\"{NAMESPACE}\""),
    );
    let reference = |attributes: &str, transforms: &str, value: &str| {
        format!(
            "<ds:Reference {attributes}><ds:Transforms>{transforms}</ds:Transforms>\
             <ds:DigestMethod Algorithm=\"{SHA256}\"></ds:DigestMethod>\
             <ds:DigestValue>{value}</ds:DigestValue></ds:Reference>"
        )
    };
    let enveloped =
        format!("<ds:Transform Algorithm=\"{NAMESPACE}enveloped-signature\"></ds:Transform>");
    let inside = format!(
        "<ds:CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256\"></ds:SignatureMethod>{}{}",
        reference(
            "URI=\"\"",
            &format!("{enveloped}{exclusive}"),
            &digest(canonical.as_bytes())
        ),
        reference(
            "Type=\"http://uri.etsi.org/01903#SignedProperties\" URI=\"#signed-properties\"",
            &exclusive,
            &digest(declared.as_bytes())
        ),
    );
    let signed_info = format!("<ds:SignedInfo xmlns:ds=\"{NAMESPACE}\">{inside}</ds:SignedInfo>");
    let form = SignatureForm::Ecdsa(SequenceForm::Plain);
    let value = key.sign_in_form(Digest::Sha256, signed_info.as_bytes(), &form)?;
    Ok(format!(
        "<ds:Signature xmlns:ds=\"{NAMESPACE}\" Id=\"signature\"><ds:SignedInfo>{inside}</ds:SignedInfo>\
         <ds:SignatureValue>{}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>\
         <ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo><ds:Object>\
         <xades:QualifyingProperties xmlns:xades=\"{XADES}\" Target=\"#signature\">{}</xades:QualifyingProperties>\
         </ds:Object></ds:Signature>",
        STANDARD.encode(value),
        STANDARD.encode(&certificate.der),
        properties("", ""),
    ))
}

/// The same element with another first character in its signature value.
pub fn with_broken_value(signature: &str) -> String {
    const START: &str = "<ds:SignatureValue>";
    let Some((before, value)) = signature.split_once(START) else {
        return signature.to_owned();
    };
    let mut rest = value.chars();
    let first = if rest.next() == Some('A') { 'B' } else { 'A' };
    format!("{before}{START}{first}{}", rest.as_str())
}
