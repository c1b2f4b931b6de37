//! `verifierd inspect`: what a file is. Judges nothing.

use std::path::PathBuf;

use sig_core::{
    Budget, Limits,
    alg::strength::describe_key,
    cms::{
        attribute::Attributes,
        bundle::{Object, identify, unwrap_form},
        cades::Level,
        signed_data::{NotSignedData, SignedData},
        signer_info::{SignerIdentifier, SignerInfo},
        time_stamp::TstInfo,
        time_stamp_response::TimeStampResponse,
    },
    der::{octets::Octets, oids},
    finding::displayable,
    x509::{certificate::Certificate, crl::CertificateList},
};

use super::{Exit, encoding, material::read_file, verify::refused};

/// What is this file: structure, signers, certificates, algorithms, encodings
///
/// Judges nothing. Что это за файл: ничего не проверяет.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Any file, - for standard input / файл
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let file = match read_file(&arguments.file) {
        Ok(file) => file,
        Err(stopped) => return stopped.tell(),
    };
    let (form, objects) = match unwrap_form(&file) {
        Ok(found) => found,
        Err(error) => return refused(&arguments.file, &error),
    };
    println!(
        "{} octets, {}, {} object(s)",
        file.len(),
        form.name(),
        objects.len()
    );
    for (index, octets) in objects.iter().enumerate() {
        println!("object {index}: {} octets", octets.len());
        let mut budget = Budget::new(Limits::STANDARD);
        match describe(octets, &mut budget) {
            Ok(true) => {}
            Ok(false) => return Exit::NoSignature,
            Err(error) => return refused(&arguments.file, &error),
        }
    }
    Exit::Done
}

/// Prints one object; `false` when it is nothing that is read here.
fn describe(octets: &Octets, budget: &mut Budget) -> Result<bool, sig_core::Error> {
    if TimeStampResponse::is_likely(octets, budget) {
        return match TimeStampResponse::from_der(octets, budget) {
            Ok(response) => {
                print_response(&response);
                match &response.token {
                    Some(token) => describe(token, budget),
                    None => Ok(true),
                }
            }
            Err(sig_core::Error::Malformed(malformed)) => {
                println!("  TimeStampResp, broken: {malformed}");
                Ok(true)
            }
            Err(other) => Err(other),
        };
    }
    if let Err(NotSignedData::Broken(malformed)) = SignedData::from_ber(octets, budget)? {
        println!("  SignedData, broken: {malformed}");
        return Ok(true);
    }
    match identify(octets, budget)? {
        Object::SignedData(message) => print_message(octets, &message, budget),
        Object::Certificate(certificate) => print_certificate(&certificate),
        Object::Crl(crl) => print_crl(&crl),
        Object::Unknown(malformed) => {
            println!("  unknown: {malformed}");
            return Ok(false);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn print_message(octets: &Octets, message: &SignedData, budget: &mut Budget) {
    let encoding = if message.is_ber { "BER" } else { "DER" };
    println!("  SignedData version {}, {encoding}", message.version);
    for deviation in encoding::deviations(octets, message) {
        println!("    {deviation}");
    }
    let digests: Vec<String> = message
        .digest_algorithms
        .iter()
        .map(|id| oids::name(&id.algorithm))
        .collect();
    println!("  digestAlgorithms: {}", digests.join(", "));
    let content_type = oids::name(&message.content_type);
    match message.content.size() {
        Some(size) => println!("  attached content: {size} octets, {content_type}"),
        None => println!("  detached content, {content_type}"),
    }
    print_token(message, budget);
    for octets in &message.certificates {
        match Certificate::from_der(octets, budget) {
            Ok(certificate) => print_certificate(&certificate),
            Err(error) => println!("  certificate: {error}"),
        }
    }
    for octets in &message.crls {
        match CertificateList::from_der(octets, budget) {
            Ok(crl) => print_crl(&crl),
            Err(error) => println!("  CRL: {error}"),
        }
    }
    for (index, signer) in message.signers.iter().enumerate() {
        match signer {
            Ok(signer) => {
                match Level::of(message, signer, None, budget) {
                    Ok(level) => println!("  signer {index}: level {}", level.name()),
                    Err(error) => println!("  signer {index}: {error}"),
                }
                print_signer(signer);
            }
            Err(malformed) => println!("  signer {index}: {malformed}"),
        }
    }
}

fn print_response(response: &TimeStampResponse) {
    println!("  TimeStampResp, {}", response.status.name());
    for failure in &response.failures {
        println!("    failure {failure}");
    }
    for line in &response.text {
        println!("    text {}", displayable(line));
    }
}

fn print_token(message: &SignedData, budget: &mut Budget) {
    let info = match TstInfo::of(message, budget) {
        Ok(Some(Ok(info))) => info,
        Ok(Some(Err(malformed))) => {
            println!("  TSTInfo, broken: {malformed}");
            return;
        }
        Ok(None) | Err(_) => return,
    };
    println!("  TSTInfo, policy {}", info.policy);
    println!("    serial {}", hex::encode(&info.serial));
    println!(
        "    genTime {} ({} … {}), ordering {}",
        info.gen_time.seconds,
        info.earliest(),
        info.latest(),
        info.ordering
    );
    println!(
        "    imprint {} {}",
        oids::name(&info.imprint.algorithm.algorithm),
        hex::encode(&info.imprint.digest)
    );
    if let Some(nonce) = &info.nonce {
        println!("    nonce {}", hex::encode(nonce));
    }
    if let Some(name) = &info.tsa {
        println!("    tsa {}", name.form());
    }
    for deviation in &info.deviations {
        println!("    deviation from DER: {}", deviation.word());
    }
}

fn print_signer(signer: &SignerInfo) {
    match &signer.identifier {
        SignerIdentifier::IssuerAndSerialNumber { issuer, serial } => {
            println!("    issuer {}", displayable(&issuer.to_string()));
            println!("    serial {}", hex::encode(serial));
        }
        SignerIdentifier::SubjectKeyIdentifier(identifier) => {
            println!("    subjectKeyIdentifier {}", hex::encode(identifier));
        }
    }
    println!(
        "    digest {}",
        oids::name(&signer.digest_algorithm.algorithm)
    );
    println!(
        "    signature {}, {} octets",
        oids::name(&signer.signature_algorithm.algorithm),
        signer.signature.len()
    );
    match &signer.signed_attributes {
        Some(signed) => print_attributes("signed", &signed.attributes),
        None => println!("    no signed attributes"),
    }
    print_attributes("unsigned", &signer.unsigned_attributes);
}

fn print_attributes(kind: &str, attributes: &Attributes) {
    for attribute in &attributes.all {
        let octets: usize = attribute.values.iter().map(|value| value.len()).sum();
        println!(
            "    {kind} {}: {} value(s), {octets} octets",
            oids::name(&attribute.id),
            attribute.values.len()
        );
    }
}

fn print_certificate(certificate: &Certificate) {
    println!("  certificate {}", certificate.sha256());
    println!(
        "    subject {}",
        displayable(&certificate.subject.to_string())
    );
    println!(
        "    issuer {}",
        displayable(&certificate.issuer.to_string())
    );
    println!(
        "    serial {}, version {}",
        certificate.serial_hex(),
        certificate.version
    );
    println!(
        "    validity {} … {}",
        certificate.not_before, certificate.not_after
    );
    println!("    key {}", describe_key(&certificate.spki));
    println!(
        "    signed with {}",
        oids::name(&certificate.signed.algorithm.algorithm)
    );
    for extension in &certificate.extensions.all {
        let critical = if extension.critical { ", critical" } else { "" };
        println!("    extension {}{critical}", oids::name(&extension.id));
    }
    for deviation in &certificate.extensions.deviations {
        println!(
            "    deviation from DER at byte {}: {}",
            deviation.offset,
            deviation.kind.word()
        );
    }
}

fn print_crl(crl: &CertificateList) {
    println!("  CRL {}", crl.sha256());
    println!("    issuer {}", displayable(&crl.issuer.to_string()));
    let next = crl
        .next_update
        .map_or_else(|| "-".to_owned(), |time| time.to_string());
    println!(
        "    thisUpdate {}, nextUpdate {next}, {} entries",
        crl.this_update,
        crl.entries.len()
    );
}
