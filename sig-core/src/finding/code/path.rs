//! Certification paths (RFC 5280 §6.1).

use super::rows;
use crate::finding::SubIndication as Sub;

rows! {
    NO_CHAIN = "path.build.no_chain", Fail, Chain, Some(Sub::NoCertificateChainFound), "EN 319 102-1 §5.2.6.4 step 2",
        "нет цепочки от сертификата до доверенного корня: не найден издатель {issuer}",
        "no path leads from the certificate to a trust anchor: issuer {issuer} was not found";
    ANCHOR_SUNSET = "path.anchor.sunset", Fail, Chain, Some(Sub::NoCertificateChainFoundNoPoe), "EN 319 102-1 §5.2.6.4 step 3",
        "доверие к корню закончилось {sunset}, проверено на {at}",
        "the trust in the anchor ended {sunset}, checked at {at}";
    ANCHOR_NOT_IN_FORCE = "path.anchor.not_in_force", Fail, Chain, Some(Sub::NoCertificateChainFound), "ETSI TS 119 615 §4.3",
        "по доверенному списку услуга удостоверяющего центра на {at} не действовала",
        "by the trusted list the service of the authority was not in force at {at}";
    NAME_CHAINING = "path.name.chaining", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §6.1.3(a)(4)",
        "издатель сертификата не равен владельцу вышестоящего",
        "the issuer name is not the subject name of the certificate above";
    SIGNATURE_INVALID = "path.signature.invalid", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §6.1.3(a)(1)",
        "подпись сертификата неверна для ключа его издателя",
        "the signature of the certificate does not verify with its issuer's key";
    ALGORITHM_UNSUPPORTED = "path.signature.unsupported", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §6.1.3(a)(1)",
        "подпись сертификата нельзя проверить: {reason}",
        "the signature of the certificate cannot be checked: {reason}";
    ALGORITHMS_DIFFER = "path.signature.algorithms_differ", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §4.1.1.2",
        "алгоритм подписи внутри и снаружи сертификата записан по-разному",
        "the signature algorithm inside the certificate differs from the one outside";
    EXPIRED = "path.validity.expired", Fail, Chain, Some(Sub::OutOfBoundsNoPoe), "RFC 5280 §6.1.3(a)(2)",
        "срок действия сертификата истёк {not_after}, проверено на {at}; отозван ли он, неизвестно",
        "the certificate expired {not_after}, checked at {at}; whether it was revoked is not known";
    EXPIRED_NOT_REVOKED = "path.validity.expired_not_revoked", Fail, Chain, Some(Sub::OutOfBoundsNotRevoked), "RFC 5280 §6.1.3(a)(2)",
        "срок действия сертификата истёк {not_after}, проверено на {at}; он не был отозван",
        "the certificate expired {not_after}, checked at {at}; it was not revoked";
    NOT_YET_VALID = "path.validity.not_yet_valid", Fail, Chain, Some(Sub::NotYetValid), "EN 319 102-1 §5.5.4 step 4",
        "сертификат действует только с {not_before}, проверено на {at}",
        "the certificate is valid only from {not_before}, checked at {at}";
    CA_EXPIRED = "path.validity.ca_expired", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §6.1.3(a)(2)",
        "срок действия сертификата удостоверяющего центра истёк {not_after}, нужен на {at}",
        "the authority's certificate expired {not_after}, it is needed at {at}";
    CA_NOT_YET_VALID = "path.validity.ca_not_yet_valid", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §6.1.3(a)(2)",
        "сертификат удостоверяющего центра действует только с {not_before}, нужен на {at}",
        "the authority's certificate is valid only from {not_before}, it is needed at {at}";
    NOT_A_CA = "path.basic_constraints.not_ca", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §6.1.4(k)",
        "вышестоящий сертификат не принадлежит удостоверяющему центру",
        "the certificate above is not one of a certification authority";
    PATH_LENGTH = "path.basic_constraints.path_length", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §6.1.4(l), (m)",
        "цепочка длиннее, чем разрешает pathLenConstraint или запрос",
        "the path is longer than pathLenConstraint or the request allows";
    NO_CERT_SIGN = "path.key_usage.no_cert_sign", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §6.1.4(n)",
        "ключ вышестоящего сертификата не предназначен для подписи сертификатов",
        "the key of the certificate above is not meant for signing certificates";
    CRITICAL_EXTENSION = "path.extension.critical_unsupported", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §6.1.4(o), §6.1.5(f)",
        "критическое расширение {extension} не поддерживается",
        "critical extension {extension} is not supported";
    NO_VALID_POLICY = "path.policy.none_valid", Fail, Chain, Some(Sub::ChainConstraintsFailure), "RFC 5280 §6.1.3(f), §6.1.5(g)",
        "цепочка должна действовать по политике сертификатов, но не действует ни по одной из допустимых",
        "the path must be valid for a certificate policy, and is valid for none that is acceptable";
    ANY_POLICY_MAPPED = "path.policy.any_policy_mapped", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §6.1.4(a)",
        "соответствие политик в вышестоящем сертификате использует anyPolicy",
        "the policy mappings of a certificate above use anyPolicy";
    NAME_NOT_PERMITTED = "path.name_constraints.not_permitted", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §6.1.3(b)",
        "имя вида {form} лежит вне разрешённых вышестоящим сертификатом",
        "a name of form {form} lies outside what a certificate above permits";
    NAME_EXCLUDED = "path.name_constraints.excluded", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §6.1.3(c)",
        "имя вида {form} исключено вышестоящим сертификатом",
        "a name of form {form} is excluded by a certificate above";
    NAME_FORM_UNSUPPORTED = "path.name_constraints.unsupported_form", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §4.2.1.10",
        "вышестоящий сертификат ограничивает имена вида {form}, а сравнивать их нельзя",
        "a certificate above constrains names of form {form}, which cannot be compared";
    NAME_MALFORMED = "path.name_constraints.malformed_name", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §4.2.1.10",
        "имена вида {form} ограничены, а это имя записано неверно",
        "names of form {form} are constrained, and this one is malformed";
    SUBTREE_MALFORMED = "path.name_constraints.malformed_subtree", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §4.2.1.10",
        "ограничение имён вида {form} записано неверно",
        "a constraint on names of form {form} is malformed";
    KEY_PURPOSE = "path.key_purpose.not_allowed", Fail, Chain, Some(Sub::ChainConstraintsFailure), "RFC 5280 §4.2.1.12",
        "сертификат не разрешает использовать ключ для цели {purpose}",
        "the certificate does not allow its key to be used for {purpose}";
    HOST_MISMATCH = "path.host.mismatch", Fail, Chain, Some(Sub::ChainConstraintsFailure), "RFC 9525 §6",
        "сертификат выдан другому серверу",
        "the certificate does not name this server";
    PROFILE = "path.profile.rule_broken", Fail, Chain, Some(Sub::ChainConstraintsFailure), "RFC 5280 §4.1, §4.2",
        "сертификат нарушает правило для издателей: RFC 5280 {rule}",
        "the certificate breaks a rule for issuers: RFC 5280 {rule}";
    DUPLICATE_EXTENSION = "path.extension.duplicate", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §4.2",
        "расширение {extension} встречается дважды",
        "extension {extension} occurs twice";
    EXTENSION_MALFORMED = "path.extension.malformed", Fail, Chain, Some(Sub::CertificateChainGeneralFailure), "RFC 5280 §4.2",
        "расширение {extension} повреждено",
        "extension {extension} is malformed";
    SIGNER_KEY_USAGE = "path.signer.key_usage", Fail, Chain, Some(Sub::ChainConstraintsFailure), "RFC 5280 §4.2.1.3, FSB 795",
        "ключ подписанта не предназначен для подписи документов",
        "the signer's key is not meant for signing documents";
    SIGNER_EXTENDED_KEY_USAGE = "path.signer.extended_key_usage", Fail, Chain, Some(Sub::ChainConstraintsFailure), "RFC 5280 §4.2.1.12",
        "сертификат предназначен только для другой цели: {purpose}",
        "the certificate is meant only for another purpose: {purpose}";
}
