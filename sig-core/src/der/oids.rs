//! The object identifiers this library knows by name.

use super::oid::Oid;

macro_rules! oids {
    ($($name:ident = [$($arc:literal),+], $label:literal;)+) => {
        $(#[doc = $label] pub const $name: Oid = Oid::new(&[$($arc),+]);)+

        const NAMES: &[(Oid, &str)] = &[$(($name, $label)),+];
    };
}

oids! {
    DATA = [1, 2, 840, 113549, 1, 7, 1], "id-data";
    SIGNED_DATA = [1, 2, 840, 113549, 1, 7, 2], "id-signedData";
    TST_INFO = [1, 2, 840, 113549, 1, 9, 16, 1, 4], "id-ct-TSTInfo";

    CONTENT_TYPE = [1, 2, 840, 113549, 1, 9, 3], "contentType";
    MESSAGE_DIGEST = [1, 2, 840, 113549, 1, 9, 4], "messageDigest";
    SIGNING_TIME = [1, 2, 840, 113549, 1, 9, 5], "signingTime";
    COUNTER_SIGNATURE = [1, 2, 840, 113549, 1, 9, 6], "counterSignature";
    CMS_ALGORITHM_PROTECTION = [1, 2, 840, 113549, 1, 9, 52], "cmsAlgorithmProtection";
    SIGNING_CERTIFICATE = [1, 2, 840, 113549, 1, 9, 16, 2, 12], "signingCertificate";
    SIGNING_CERTIFICATE_V2 = [1, 2, 840, 113549, 1, 9, 16, 2, 47], "signingCertificateV2";
    SIGNATURE_POLICY = [1, 2, 840, 113549, 1, 9, 16, 2, 15], "signaturePolicyIdentifier";
    COMMITMENT_TYPE = [1, 2, 840, 113549, 1, 9, 16, 2, 16], "commitmentTypeIndication";
    SIGNER_LOCATION = [1, 2, 840, 113549, 1, 9, 16, 2, 17], "signerLocation";
    SIGNER_ATTRIBUTES = [1, 2, 840, 113549, 1, 9, 16, 2, 18], "signerAttributes";
    SIGNER_ATTRIBUTES_V2 = [0, 4, 0, 19122, 1, 1], "signerAttributesV2";
    SIGNATURE_POLICY_STORE = [0, 4, 0, 19122, 1, 3], "signaturePolicyStore";
    POLICY_URI = [1, 2, 840, 113549, 1, 9, 16, 5, 1], "id-spq-ets-uri";
    POLICY_USER_NOTICE = [1, 2, 840, 113549, 1, 9, 16, 5, 2], "id-spq-ets-unotice";
    POLICY_SPECIFICATION = [0, 4, 0, 19122, 2, 1], "id-spq-ets-docspec";
    CONTENT_IDENTIFIER = [1, 2, 840, 113549, 1, 9, 16, 2, 7], "contentIdentifier";
    CONTENT_REFERENCE = [1, 2, 840, 113549, 1, 9, 16, 2, 10], "contentReference";
    CONTENT_HINTS = [1, 2, 840, 113549, 1, 9, 16, 2, 4], "contentHints";
    CONTENT_TIME_STAMP = [1, 2, 840, 113549, 1, 9, 16, 2, 20], "contentTimeStamp";
    SIGNATURE_TIME_STAMP = [1, 2, 840, 113549, 1, 9, 16, 2, 14], "signatureTimeStamp";
    CERTIFICATE_REFERENCES = [1, 2, 840, 113549, 1, 9, 16, 2, 21], "completeCertificateReferences";
    REVOCATION_REFERENCES = [1, 2, 840, 113549, 1, 9, 16, 2, 22], "completeRevocationReferences";
    CERTIFICATE_VALUES = [1, 2, 840, 113549, 1, 9, 16, 2, 23], "certificateValues";
    REVOCATION_VALUES = [1, 2, 840, 113549, 1, 9, 16, 2, 24], "revocationValues";
    CADES_C_TIME_STAMP = [1, 2, 840, 113549, 1, 9, 16, 2, 25], "cadesCTimeStamp";
    REFERENCES_TIME_STAMP = [1, 2, 840, 113549, 1, 9, 16, 2, 26], "certCRLTimestamp";
    ARCHIVE_TIME_STAMP_V1 = [1, 2, 840, 113549, 1, 9, 16, 2, 27], "archiveTimeStamp";
    ARCHIVE_TIME_STAMP_V2 = [1, 2, 840, 113549, 1, 9, 16, 2, 48], "archiveTimeStampV2";
    ARCHIVE_TIME_STAMP_V3 = [0, 4, 0, 1733, 2, 4], "archiveTimeStampV3";
    ATTRIBUTE_CERTIFICATE_REFERENCES = [1, 2, 840, 113549, 1, 9, 16, 2, 44], "attributeCertificateReferences";
    ATTRIBUTE_REVOCATION_REFERENCES = [1, 2, 840, 113549, 1, 9, 16, 2, 45], "attributeRevocationReferences";
    LONG_TERM_VALIDATION = [0, 4, 0, 1733, 2, 2], "longTermValidation";
    ATS_HASH_INDEX = [0, 4, 0, 1733, 2, 5], "atsHashIndex";
    ATS_HASH_INDEX_V2 = [0, 4, 0, 19122, 1, 4], "atsHashIndexV2";
    ATS_HASH_INDEX_V3 = [0, 4, 0, 19122, 1, 5], "atsHashIndexV3";
    EVIDENCE_RECORD_INTERNAL = [1, 2, 840, 113549, 1, 9, 16, 2, 49], "evidenceRecordInternal";
    EVIDENCE_RECORD_EXTERNAL = [1, 2, 840, 113549, 1, 9, 16, 2, 50], "evidenceRecordExternal";
    MIME_TYPE = [0, 4, 0, 1733, 2, 1], "mimeType";

    MD5 = [1, 2, 840, 113549, 2, 5], "md5";
    SHA1 = [1, 3, 14, 3, 2, 26], "sha1";
    SHA224 = [2, 16, 840, 1, 101, 3, 4, 2, 4], "sha224";
    SHA256 = [2, 16, 840, 1, 101, 3, 4, 2, 1], "sha256";
    SHA384 = [2, 16, 840, 1, 101, 3, 4, 2, 2], "sha384";
    SHA512 = [2, 16, 840, 1, 101, 3, 4, 2, 3], "sha512";
    GOST94 = [1, 2, 643, 2, 2, 9], "gost R 34.11-94";
    STREEBOG256 = [1, 2, 643, 7, 1, 1, 2, 2], "streebog256";
    STREEBOG512 = [1, 2, 643, 7, 1, 1, 2, 3], "streebog512";

    RSA = [1, 2, 840, 113549, 1, 1, 1], "rsaEncryption";
    RSA_MD5 = [1, 2, 840, 113549, 1, 1, 4], "md5WithRSAEncryption";
    RSA_SHA1 = [1, 2, 840, 113549, 1, 1, 5], "sha1WithRSAEncryption";
    RSA_SHA224 = [1, 2, 840, 113549, 1, 1, 14], "sha224WithRSAEncryption";
    RSA_SHA256 = [1, 2, 840, 113549, 1, 1, 11], "sha256WithRSAEncryption";
    RSA_SHA384 = [1, 2, 840, 113549, 1, 1, 12], "sha384WithRSAEncryption";
    RSA_SHA512 = [1, 2, 840, 113549, 1, 1, 13], "sha512WithRSAEncryption";
    RSA_SHA3_224 = [2, 16, 840, 1, 101, 3, 4, 3, 13], "sha3-224WithRSAEncryption";
    RSA_SHA3_256 = [2, 16, 840, 1, 101, 3, 4, 3, 14], "sha3-256WithRSAEncryption";
    RSA_SHA3_384 = [2, 16, 840, 1, 101, 3, 4, 3, 15], "sha3-384WithRSAEncryption";
    RSA_SHA3_512 = [2, 16, 840, 1, 101, 3, 4, 3, 16], "sha3-512WithRSAEncryption";
    RSA_PSS = [1, 2, 840, 113549, 1, 1, 10], "RSASSA-PSS";
    DSA = [1, 2, 840, 10040, 4, 1], "dsa";
    DSA_SHA1 = [1, 2, 840, 10040, 4, 3], "dsaWithSHA1";
    DSA_SHA224 = [2, 16, 840, 1, 101, 3, 4, 3, 1], "dsaWithSHA224";
    DSA_SHA256 = [2, 16, 840, 1, 101, 3, 4, 3, 2], "dsaWithSHA256";
    DSA_SHA384 = [2, 16, 840, 1, 101, 3, 4, 3, 3], "dsaWithSHA384";
    DSA_SHA512 = [2, 16, 840, 1, 101, 3, 4, 3, 4], "dsaWithSHA512";
    EC = [1, 2, 840, 10045, 2, 1], "ecPublicKey";
    P256 = [1, 2, 840, 10045, 3, 1, 7], "P-256";
    P384 = [1, 3, 132, 0, 34], "P-384";
    P521 = [1, 3, 132, 0, 35], "P-521";
    ECDSA_SHA1 = [1, 2, 840, 10045, 4, 1], "ecdsaWithSHA1";
    ECDSA_SHA224 = [1, 2, 840, 10045, 4, 3, 1], "ecdsaWithSHA224";
    ECDSA_SHA256 = [1, 2, 840, 10045, 4, 3, 2], "ecdsaWithSHA256";
    ECDSA_SHA384 = [1, 2, 840, 10045, 4, 3, 3], "ecdsaWithSHA384";
    ECDSA_SHA512 = [1, 2, 840, 10045, 4, 3, 4], "ecdsaWithSHA512";
    ECDSA_SHA3_224 = [2, 16, 840, 1, 101, 3, 4, 3, 9], "ecdsaWithSHA3-224";
    ECDSA_SHA3_256 = [2, 16, 840, 1, 101, 3, 4, 3, 10], "ecdsaWithSHA3-256";
    ECDSA_SHA3_384 = [2, 16, 840, 1, 101, 3, 4, 3, 11], "ecdsaWithSHA3-384";
    ECDSA_SHA3_512 = [2, 16, 840, 1, 101, 3, 4, 3, 12], "ecdsaWithSHA3-512";
    ECDSA_PLAIN_SHA1 = [0, 4, 0, 127, 0, 7, 1, 1, 4, 1, 1], "ecdsa-plain-SHA1";
    ECDSA_PLAIN_SHA224 = [0, 4, 0, 127, 0, 7, 1, 1, 4, 1, 2], "ecdsa-plain-SHA224";
    ECDSA_PLAIN_SHA256 = [0, 4, 0, 127, 0, 7, 1, 1, 4, 1, 3], "ecdsa-plain-SHA256";
    ECDSA_PLAIN_SHA384 = [0, 4, 0, 127, 0, 7, 1, 1, 4, 1, 4], "ecdsa-plain-SHA384";
    ECDSA_PLAIN_SHA512 = [0, 4, 0, 127, 0, 7, 1, 1, 4, 1, 5], "ecdsa-plain-SHA512";
    ED25519 = [1, 3, 101, 112], "Ed25519";
    X25519 = [1, 3, 101, 110], "X25519";
    X448 = [1, 3, 101, 111], "X448";
    ED448 = [1, 3, 101, 113], "Ed448";
    GOST2001 = [1, 2, 643, 2, 2, 19], "gost R 34.10-2001";
    GOST2001_GOST94 = [1, 2, 643, 2, 2, 3], "gost R 34.10-2001 with 34.11-94";
    GOST2012_256 = [1, 2, 643, 7, 1, 1, 1, 1], "gost R 34.10-2012 256";
    GOST2012_512 = [1, 2, 643, 7, 1, 1, 1, 2], "gost R 34.10-2012 512";
    GOST2012_256_STREEBOG = [1, 2, 643, 7, 1, 1, 3, 2], "gost R 34.10-2012 256 with streebog256";
    GOST2012_512_STREEBOG = [1, 2, 643, 7, 1, 1, 3, 3], "gost R 34.10-2012 512 with streebog512";

    COMMON_NAME = [2, 5, 4, 3], "CN";
    SURNAME = [2, 5, 4, 4], "SN";
    SERIAL_NUMBER = [2, 5, 4, 5], "serialNumber";
    COUNTRY = [2, 5, 4, 6], "C";
    LOCALITY = [2, 5, 4, 7], "L";
    STATE = [2, 5, 4, 8], "ST";
    STREET = [2, 5, 4, 9], "street";
    ORGANIZATION = [2, 5, 4, 10], "O";
    ORGANIZATIONAL_UNIT = [2, 5, 4, 11], "OU";
    TITLE = [2, 5, 4, 12], "T";
    GIVEN_NAME = [2, 5, 4, 42], "G";
    EMAIL = [1, 2, 840, 113549, 1, 9, 1], "E";
    DOMAIN_COMPONENT = [0, 9, 2342, 19200300, 100, 1, 25], "DC";
    OGRN = [1, 2, 643, 100, 1], "OGRN";
    SNILS = [1, 2, 643, 100, 3], "SNILS";
    INNLE = [1, 2, 643, 100, 4], "INNLE";
    OGRNIP = [1, 2, 643, 100, 5], "OGRNIP";
    INN = [1, 2, 643, 3, 131, 1, 1], "INN";

    SUBJECT_KEY_IDENTIFIER = [2, 5, 29, 14], "subjectKeyIdentifier";
    KEY_USAGE = [2, 5, 29, 15], "keyUsage";
    PRIVATE_KEY_USAGE_PERIOD = [2, 5, 29, 16], "privateKeyUsagePeriod";
    SUBJECT_ALT_NAME = [2, 5, 29, 17], "subjectAltName";
    ISSUER_ALT_NAME = [2, 5, 29, 18], "issuerAltName";
    BASIC_CONSTRAINTS = [2, 5, 29, 19], "basicConstraints";
    CRL_NUMBER = [2, 5, 29, 20], "cRLNumber";
    REASON_CODE = [2, 5, 29, 21], "reasonCode";
    INVALIDITY_DATE = [2, 5, 29, 24], "invalidityDate";
    DELTA_CRL_INDICATOR = [2, 5, 29, 27], "deltaCRLIndicator";
    ISSUING_DISTRIBUTION_POINT = [2, 5, 29, 28], "issuingDistributionPoint";
    CERTIFICATE_ISSUER = [2, 5, 29, 29], "certificateIssuer";
    NAME_CONSTRAINTS = [2, 5, 29, 30], "nameConstraints";
    CRL_DISTRIBUTION_POINTS = [2, 5, 29, 31], "cRLDistributionPoints";
    CERTIFICATE_POLICIES = [2, 5, 29, 32], "certificatePolicies";
    ANY_POLICY = [2, 5, 29, 32, 0], "anyPolicy";
    POLICY_MAPPINGS = [2, 5, 29, 33], "policyMappings";
    AUTHORITY_KEY_IDENTIFIER = [2, 5, 29, 35], "authorityKeyIdentifier";
    POLICY_CONSTRAINTS = [2, 5, 29, 36], "policyConstraints";
    EXTENDED_KEY_USAGE = [2, 5, 29, 37], "extKeyUsage";
    FRESHEST_CRL = [2, 5, 29, 46], "freshestCRL";
    INHIBIT_ANY_POLICY = [2, 5, 29, 54], "inhibitAnyPolicy";
    EXPIRED_CERTS_ON_CRL = [2, 5, 29, 60], "expiredCertsOnCRL";
    AUTHORITY_INFO_ACCESS = [1, 3, 6, 1, 5, 5, 7, 1, 1], "authorityInfoAccess";
    QC_STATEMENTS = [1, 3, 6, 1, 5, 5, 7, 1, 3], "qcStatements";
    OCSP_BASIC = [1, 3, 6, 1, 5, 5, 7, 48, 1, 1], "id-pkix-ocsp-basic";
    RI_OCSP_RESPONSE = [1, 3, 6, 1, 5, 5, 7, 16, 2], "id-ri-ocsp-response";
    OCSP_NONCE = [1, 3, 6, 1, 5, 5, 7, 48, 1, 2], "id-pkix-ocsp-nonce";
    OCSP_CRL = [1, 3, 6, 1, 5, 5, 7, 48, 1, 3], "id-pkix-ocsp-crl";
    OCSP_NO_CHECK = [1, 3, 6, 1, 5, 5, 7, 48, 1, 5], "id-pkix-ocsp-nocheck";
    OCSP_ARCHIVE_CUTOFF = [1, 3, 6, 1, 5, 5, 7, 48, 1, 6], "id-pkix-ocsp-archive-cutoff";
    OCSP_EXTENDED_REVOKE = [1, 3, 6, 1, 5, 5, 7, 48, 1, 9], "id-pkix-ocsp-extended-revoke";
    CERTIFICATE_HASH = [1, 3, 36, 8, 3, 13], "certHash";
    SUBJECT_SIGN_TOOL = [1, 2, 643, 100, 111], "subjectSignTool";
    ISSUER_SIGN_TOOL = [1, 2, 643, 100, 112], "issuerSignTool";
    SIGN_TOOL_CLASS_KC1 = [1, 2, 643, 100, 113, 1], "KC1";
    SIGN_TOOL_CLASS_KC2 = [1, 2, 643, 100, 113, 2], "KC2";
    SIGN_TOOL_CLASS_KC3 = [1, 2, 643, 100, 113, 3], "KC3";
    SIGN_TOOL_CLASS_KB1 = [1, 2, 643, 100, 113, 4], "KB1";
    SIGN_TOOL_CLASS_KB2 = [1, 2, 643, 100, 113, 5], "KB2";
    SIGN_TOOL_CLASS_KA1 = [1, 2, 643, 100, 113, 6], "KA1";
    IDENTIFICATION_KIND = [1, 2, 643, 100, 114], "identificationKind";
    AD_OCSP = [1, 3, 6, 1, 5, 5, 7, 48, 1], "id-ad-ocsp";
    AD_CA_ISSUERS = [1, 3, 6, 1, 5, 5, 7, 48, 2], "id-ad-caIssuers";

    QC_SYNTAX_V1 = [1, 3, 6, 1, 5, 5, 7, 11, 1], "id-qcs-pkixQCSyntax-v1";
    QC_SYNTAX_V2 = [1, 3, 6, 1, 5, 5, 7, 11, 2], "id-qcs-pkixQCSyntax-v2";
    QC_COMPLIANCE = [0, 4, 0, 1862, 1, 1], "QcCompliance";
    QC_LIMIT_VALUE = [0, 4, 0, 1862, 1, 2], "QcLimitValue";
    QC_RETENTION_PERIOD = [0, 4, 0, 1862, 1, 3], "QcRetentionPeriod";
    QC_SSCD = [0, 4, 0, 1862, 1, 4], "QcSSCD";
    QC_PDS = [0, 4, 0, 1862, 1, 5], "QcPDS";
    QC_TYPE = [0, 4, 0, 1862, 1, 6], "QcType";
    QC_TYPE_ESIGN = [0, 4, 0, 1862, 1, 6, 1], "qct-esign";
    QC_TYPE_ESEAL = [0, 4, 0, 1862, 1, 6, 2], "qct-eseal";
    QC_TYPE_WEB = [0, 4, 0, 1862, 1, 6, 3], "qct-web";
    QC_CC_LEGISLATION = [0, 4, 0, 1862, 1, 7], "QcCClegislation";
    SEMANTICS_NATURAL = [0, 4, 0, 194121, 1, 1], "qcs-semanticsId-Natural";
    SEMANTICS_LEGAL = [0, 4, 0, 194121, 1, 2], "qcs-semanticsId-Legal";

    CPS = [1, 3, 6, 1, 5, 5, 7, 2, 1], "cps";
    USER_NOTICE = [1, 3, 6, 1, 5, 5, 7, 2, 2], "userNotice";
    ANY_EXTENDED_KEY_USAGE = [2, 5, 29, 37, 0], "anyExtendedKeyUsage";
    SERVER_AUTH = [1, 3, 6, 1, 5, 5, 7, 3, 1], "serverAuth";
    CLIENT_AUTH = [1, 3, 6, 1, 5, 5, 7, 3, 2], "clientAuth";
    CODE_SIGNING = [1, 3, 6, 1, 5, 5, 7, 3, 3], "codeSigning";
    EMAIL_PROTECTION = [1, 3, 6, 1, 5, 5, 7, 3, 4], "emailProtection";
    SMTP_UTF8_MAILBOX = [1, 3, 6, 1, 5, 5, 7, 8, 9], "SmtpUTF8Mailbox";
    TIME_STAMPING = [1, 3, 6, 1, 5, 5, 7, 3, 8], "timeStamping";
    OCSP_SIGNING = [1, 3, 6, 1, 5, 5, 7, 3, 9], "OCSPSigning";
}

/// The usual name of an object identifier, or its dotted form.
#[must_use]
pub fn name(oid: &Oid) -> String {
    known_name(oid).map_or_else(|| oid.to_string(), str::to_owned)
}

/// The usual name of an object identifier, when it has one here.
#[must_use]
pub fn known_name(oid: &Oid) -> Option<&'static str> {
    let mut names = NAMES.iter();
    names
        .find(|(known, _)| known.is(oid))
        .map(|(_, label)| *label)
}
