//! `verifierd inspect`: what a file is, in Russian or English. Judges nothing.

use std::path::PathBuf;

use sig_core::{
    Budget, Limits,
    alg::strength::describe_key,
    base::error::Malformed,
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
    finding::{Language, displayable, word},
    x509::{certificate::Certificate, crl::CertificateList},
};

use super::{
    Exit, encoding,
    material::{Lang, read_file},
    output::answer,
    verify::refused,
};
use crate::shown::{broken, why};

/// What is this file: structure, signers, certificates, algorithms, encodings
///
/// Judges nothing. Что это за файл: ничего не проверяет.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Any file, - for standard input / файл
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Language of the text / язык текста
    #[arg(long, value_enum, default_value = "ru")]
    lang: Lang,
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
    let page = Page {
        language: arguments.lang.language(),
    };
    let (size, form, count) = (file.len(), form.name(), objects.len());
    match page.language {
        Language::Ru => answer!("{size} байт, {form}, объектов: {count}"),
        Language::En => answer!("{size} octets, {form}, {count} object(s)"),
    }
    for (index, octets) in objects.iter().enumerate() {
        let [object, unit] = [page.say("объект", "object"), page.octets()];
        answer!("{object} {index}: {} {unit}", octets.len());
        let mut budget = Budget::new(Limits::STANDARD);
        match page.describe(octets, &mut budget) {
            Ok(true) => {}
            Ok(false) => return Exit::NoSignature,
            Err(error) => return refused(&arguments.file, &error),
        }
    }
    Exit::Done
}

/// What is said of objects; names of structures and fields are those of the standards in either language.
#[derive(Clone, Copy)]
struct Page {
    language: Language,
}

impl Page {
    const fn say<'a>(self, ru: &'a str, en: &'a str) -> &'a str {
        match self.language {
            Language::Ru => ru,
            Language::En => en,
        }
    }

    const fn octets(self) -> &'static str {
        self.say("байт", "octets")
    }

    /// `issuer CN=…`: the label, and what foreign data says.
    fn foreign(self, ru: &str, en: &str, text: &str) {
        answer!("    {} {}", self.say(ru, en), displayable(text));
    }

    fn broken(self, what: &str, malformed: &Malformed) {
        let label = self.say("повреждён", "broken");
        answer!("  {what}, {label}: {}", broken(malformed, self.language));
    }

    /// Prints one object; `false` when it is nothing that is read here.
    fn describe(self, octets: &Octets, budget: &mut Budget) -> Result<bool, sig_core::Error> {
        if TimeStampResponse::is_likely(octets, budget) {
            return match TimeStampResponse::from_der(octets, budget) {
                Ok(response) => {
                    self.print_response(&response);
                    match &response.token {
                        Some(token) => self.describe(token, budget),
                        None => Ok(true),
                    }
                }
                Err(sig_core::Error::Malformed(malformed)) => {
                    self.broken("TimeStampResp", &malformed);
                    Ok(true)
                }
                Err(other) => Err(other),
            };
        }
        if let Err(NotSignedData::Broken(malformed)) = SignedData::from_ber(octets, budget)? {
            self.broken("SignedData", &malformed);
            return Ok(true);
        }
        match identify(octets, budget)? {
            Object::SignedData(message) => self.print_message(octets, &message, budget),
            Object::Certificate(certificate) => self.print_certificate(&certificate),
            Object::Crl(crl) => self.print_crl(&crl),
            Object::Unknown(malformed) => {
                let label = self.say("не узнан", "unknown");
                answer!("  {label}: {}", broken(&malformed, self.language));
                return Ok(false);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn print_message(self, octets: &Octets, message: &SignedData, budget: &mut Budget) {
        let encoding = if message.is_ber { "BER" } else { "DER" };
        let version = self.say("версия", "version");
        answer!("  SignedData {version} {}, {encoding}", message.version);
        for deviation in encoding::deviations(octets, message, self.language) {
            answer!("    {deviation}");
        }
        let digests: Vec<String> = message
            .digest_algorithms
            .iter()
            .map(|id| oids::name(&id.algorithm))
            .collect();
        answer!("  digestAlgorithms: {}", digests.join(", "));
        let content_type = oids::name(&message.content_type);
        match message.content.size() {
            Some(size) => {
                let label = self.say("вложенное содержимое", "attached content");
                answer!("  {label}: {size} {}, {content_type}", self.octets());
            }
            None => {
                let label = self.say("содержимое отдельно", "detached content");
                answer!("  {label}, {content_type}");
            }
        }
        self.print_token(message, budget);
        for octets in &message.certificates {
            match Certificate::from_der(octets, budget) {
                Ok(certificate) => self.print_certificate(&certificate),
                Err(error) => {
                    let label = self.say("сертификат", "certificate");
                    answer!("  {label}: {}", why(&error, self.language));
                }
            }
        }
        for octets in &message.crls {
            match CertificateList::from_der(octets, budget) {
                Ok(crl) => self.print_crl(&crl),
                Err(error) => answer!("  CRL: {}", why(&error, self.language)),
            }
        }
        let [label, level_label] = [
            self.say("подписант", "signer"),
            self.say("уровень", "level"),
        ];
        for (index, signer) in message.signers.iter().enumerate() {
            match signer {
                Ok(signer) => {
                    match Level::of(message, signer, None, budget) {
                        Ok(level) => answer!("  {label} {index}: {level_label} {}", level.name()),
                        Err(error) => answer!("  {label} {index}: {}", why(&error, self.language)),
                    }
                    self.print_signer(signer);
                }
                Err(malformed) => {
                    answer!("  {label} {index}: {}", broken(malformed, self.language));
                }
            }
        }
    }

    fn print_response(self, response: &TimeStampResponse) {
        answer!("  TimeStampResp, {}", response.status.name());
        for failure in &response.failures {
            answer!("    {} {failure}", self.say("отказ", "failure"));
        }
        for line in &response.text {
            self.foreign("текст", "text", line);
        }
    }

    fn print_token(self, message: &SignedData, budget: &mut Budget) {
        let info = match TstInfo::of(message, budget) {
            Ok(Some(Ok(info))) => info,
            Ok(Some(Err(malformed))) => {
                self.broken("TSTInfo", &malformed);
                return;
            }
            Ok(None) | Err(_) => return,
        };
        let serial = self.serial();
        let policy = self.say("политика", "policy");
        answer!("  TSTInfo, {policy} {}", info.policy);
        answer!("    {serial} {}", hex::encode(&info.serial));
        answer!(
            "    genTime {} ({} … {}), ordering {}",
            info.gen_time.seconds,
            info.earliest(),
            info.latest(),
            info.ordering
        );
        answer!(
            "    imprint {} {}",
            oids::name(&info.imprint.algorithm.algorithm),
            hex::encode(&info.imprint.digest)
        );
        if let Some(nonce) = &info.nonce {
            answer!("    nonce {}", hex::encode(nonce));
        }
        if let Some(name) = &info.tsa {
            answer!("    tsa {}", name.form());
        }
        for deviation in &info.deviations {
            let label = self.say("отступление от DER", "deviation from DER");
            answer!("    {label}: {}", self.word(deviation.word()));
        }
    }

    fn print_signer(self, signer: &SignerInfo) {
        match &signer.identifier {
            SignerIdentifier::IssuerAndSerialNumber { issuer, serial } => {
                self.foreign("издатель", "issuer", &issuer.to_string());
                answer!("    {} {}", self.serial(), hex::encode(serial));
            }
            SignerIdentifier::SubjectKeyIdentifier(identifier) => {
                answer!("    subjectKeyIdentifier {}", hex::encode(identifier));
            }
        }
        answer!(
            "    {} {}",
            self.say("хэш", "digest"),
            oids::name(&signer.digest_algorithm.algorithm)
        );
        answer!(
            "    {} {}, {} {}",
            self.say("подпись", "signature"),
            oids::name(&signer.signature_algorithm.algorithm),
            signer.signature.len(),
            self.octets()
        );
        match &signer.signed_attributes {
            Some(signed) => {
                self.print_attributes(self.say("подписан", "signed"), &signed.attributes)
            }
            None => answer!(
                "    {}",
                self.say("подписанных атрибутов нет", "no signed attributes")
            ),
        }
        self.print_attributes(
            self.say("не подписан", "unsigned"),
            &signer.unsigned_attributes,
        );
    }

    fn print_attributes(self, kind: &str, attributes: &Attributes) {
        for attribute in &attributes.all {
            let octets: usize = attribute.values.iter().map(|value| value.len()).sum();
            let (name, count) = (oids::name(&attribute.id), attribute.values.len());
            match self.language {
                Language::Ru => answer!("    {kind} {name}: значений {count}, {octets} байт"),
                Language::En => answer!("    {kind} {name}: {count} value(s), {octets} octets"),
            }
        }
    }

    fn print_certificate(self, certificate: &Certificate) {
        let label = self.say("сертификат", "certificate");
        answer!("  {label} {}", certificate.sha256());
        self.foreign("владелец", "subject", &certificate.subject.to_string());
        self.foreign("издатель", "issuer", &certificate.issuer.to_string());
        answer!(
            "    {} {}, {} {}",
            self.serial(),
            certificate.serial_hex(),
            self.say("версия", "version"),
            certificate.version
        );
        answer!(
            "    {} {} … {}",
            self.say("срок действия", "validity"),
            certificate.not_before,
            certificate.not_after
        );
        let label = self.say("ключ", "key");
        answer!("    {label} {}", describe_key(&certificate.spki));
        answer!(
            "    {} {}",
            self.say("подписан алгоритмом", "signed with"),
            oids::name(&certificate.signed.algorithm.algorithm)
        );
        for extension in &certificate.extensions.all {
            let critical = match extension.critical {
                true => self.say(", критическое", ", critical"),
                false => "",
            };
            let label = self.say("расширение", "extension");
            answer!("    {label} {}{critical}", oids::name(&extension.id));
        }
        for deviation in &certificate.extensions.deviations {
            answer!(
                "    {} {}: {}",
                self.say("отступление от DER, байт", "deviation from DER at byte"),
                deviation.offset,
                self.word(deviation.kind.word())
            );
        }
    }

    fn print_crl(self, crl: &CertificateList) {
        answer!("  CRL {}", crl.sha256());
        self.foreign("издатель", "issuer", &crl.issuer.to_string());
        let next = crl
            .next_update
            .map_or_else(|| "-".to_owned(), |time| time.to_string());
        answer!(
            "    thisUpdate {}, nextUpdate {next}, {} {}",
            crl.this_update,
            self.say("записей", "entries"),
            crl.entries.len()
        );
    }

    const fn serial(self) -> &'static str {
        self.say("серийный номер", "serial")
    }

    /// A word of the standards, in the language where it has a text.
    fn word(self, id: &str) -> &str {
        word::said(id, self.language).unwrap_or(id)
    }
}
