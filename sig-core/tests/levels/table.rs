//! Each row is a signature with one thing wrong, and what comes out at each level.

/// The levels of the columns (EN 319 122-1 §6.1).
pub(crate) const LEVELS: [&str; 4] = ["B-B", "B-T", "B-LT", "B-LTA"];

/// The policy, by what differs from etsi-ades.
#[derive(Clone, Copy)]
pub(crate) enum Rules {
    AsBuilt,
    /// The digests of the PKI ended on 2025-06-01.
    DigestsEnded,
    StampRequired,
}

/// Where the document is.
#[derive(Clone, Copy)]
pub(crate) enum Content {
    Inside,
    Missing,
}

/// A signature and what it is judged with, by ids of the PKI.
#[derive(Clone, Copy)]
pub(crate) struct Row {
    pub(crate) what: &'static str,
    /// What comes out at each of the levels: a sub-indication, or the indication that has none.
    pub(crate) expected: &'static [&'static str],
    pub(crate) signer: &'static str,
    pub(crate) signed: &'static str,
    /// What is wrong with it at every level, as a case declares it.
    pub(crate) variant: &'static str,
    /// Of the time-stamps.
    pub(crate) authority: &'static str,
    /// The time of the signature time-stamp.
    pub(crate) stamped: Option<&'static str>,
    /// The validation data inside.
    pub(crate) crls: &'static [&'static str],
    pub(crate) ocsp: &'static [&'static str],
    /// The time of the archive time-stamp.
    pub(crate) archived: &'static str,
    pub(crate) anchors: &'static [&'static str],
    /// The end of the trust in the first root.
    pub(crate) sunset: Option<&'static str>,
    /// The validation data of the caller.
    pub(crate) given: &'static [&'static str],
    pub(crate) given_ocsp: &'static [&'static str],
    pub(crate) policy: Rules,
    pub(crate) content: Content,
    /// What is added is itself what is wrong.
    pub(crate) is_against_itself: bool,
}

/// By a person whose certificate is valid, in November 2026.
pub(crate) const PLAIN: Row = Row {
    what: "nothing is wrong",
    expected: &[PASSED; 4],
    signer: "person",
    signed: "2026-11-01T12:00:00Z",
    variant: "",
    authority: "tsa-2",
    stamped: Some("2026-11-01T12:00:05Z"),
    crls: &["root", "ca", "ca-2"],
    ocsp: &[],
    archived: "2026-11-02T12:00:00Z",
    anchors: &["root"],
    sunset: None,
    given: &["root", "ca", "ca-2"],
    given_ocsp: &[],
    policy: Rules::AsBuilt,
    content: Content::Inside,
    is_against_itself: false,
};

/// In June 2024, archived in December.
const IN_2024: Row = Row {
    signed: "2024-06-01T00:00:00Z",
    stamped: Some("2024-06-01T00:00:05Z"),
    archived: "2024-12-15T00:00:00Z",
    ..PLAIN
};

/// In May 2025, before anything was revoked or ended.
const IN_2025: Row = Row {
    signed: "2025-05-01T00:00:00Z",
    stamped: Some("2025-05-01T00:00:05Z"),
    archived: "2025-05-15T00:00:00Z",
    ..PLAIN
};

const PASSED: &str = "TOTAL_PASSED";
const CERTIFICATE_CHAIN_GENERAL_FAILURE: &str = "CERTIFICATE_CHAIN_GENERAL_FAILURE";
const CHAIN_CONSTRAINTS_FAILURE: &str = "CHAIN_CONSTRAINTS_FAILURE";
const CRYPTO_CONSTRAINTS_FAILURE: &str = "CRYPTO_CONSTRAINTS_FAILURE";
const CRYPTO_CONSTRAINTS_FAILURE_NO_POE: &str = "CRYPTO_CONSTRAINTS_FAILURE_NO_POE";
const EXPIRED: &str = "EXPIRED";
const FORMAT_FAILURE: &str = "FORMAT_FAILURE";
const HASH_FAILURE: &str = "HASH_FAILURE";
const NOT_YET_VALID: &str = "NOT_YET_VALID";
const NO_CERTIFICATE_CHAIN_FOUND: &str = "NO_CERTIFICATE_CHAIN_FOUND";
const NO_CERTIFICATE_CHAIN_FOUND_NO_POE: &str = "NO_CERTIFICATE_CHAIN_FOUND_NO_POE";
const NO_POE: &str = "NO_POE";
const NO_SIGNATURE: &str = "NO_SIGNATURE";
const NO_SIGNING_CERTIFICATE_FOUND: &str = "NO_SIGNING_CERTIFICATE_FOUND";
const OUT_OF_BOUNDS_NOT_REVOKED: &str = "OUT_OF_BOUNDS_NOT_REVOKED";
const OUT_OF_BOUNDS_NO_POE: &str = "OUT_OF_BOUNDS_NO_POE";
const POLICY_PROCESSING_ERROR: &str = "POLICY_PROCESSING_ERROR";
const REVOCATION_OUT_OF_BOUNDS_NO_POE: &str = "REVOCATION_OUT_OF_BOUNDS_NO_POE";
const REVOKED: &str = "REVOKED";
const REVOKED_CA_NO_POE: &str = "REVOKED_CA_NO_POE";
const REVOKED_NO_POE: &str = "REVOKED_NO_POE";
const SIGNATURE_POLICY_NOT_AVAILABLE: &str = "SIGNATURE_POLICY_NOT_AVAILABLE";
const SIGNED_DATA_NOT_FOUND: &str = "SIGNED_DATA_NOT_FOUND";
const SIG_CONSTRAINTS_FAILURE: &str = "SIG_CONSTRAINTS_FAILURE";
const SIG_CRYPTO_FAILURE: &str = "SIG_CRYPTO_FAILURE";
const TIMESTAMP_ORDER_FAILURE: &str = "TIMESTAMP_ORDER_FAILURE";
const TRY_LATER: &str = "TRY_LATER";

pub(crate) const ROWS: &[Row] = &[
    PLAIN,
    Row {
        what: "no signer",
        expected: &[NO_SIGNATURE; 4],
        variant: "signers = \"none\"\ncertificates = [\"person\", \"ca\"]",
        stamped: None,
        ..PLAIN
    },
    Row {
        what: "an attribute stands twice",
        expected: &[FORMAT_FAILURE; 4],
        variant: "repeat = [\"message-digest\"]",
        ..PLAIN
    },
    Row {
        what: "the content is another",
        expected: &[HASH_FAILURE; 4],
        variant: "presented_content = \"another content\"",
        ..PLAIN
    },
    Row {
        what: "the signature value is broken",
        expected: &[SIG_CRYPTO_FAILURE; 4],
        variant: "signature = \"bit-flipped\"",
        ..PLAIN
    },
    Row {
        what: "signed after the revocation",
        expected: &[REVOKED; 4],
        signer: "person-revoked",
        variant: "content_time_stamp = { authority = \"tsa-2\", gen_time = \"2025-06-01T00:00:02Z\" }",
        stamped: Some("2025-06-02T00:00:00Z"),
        archived: "2025-06-03T00:00:00Z",
        ..IN_2025
    },
    Row {
        what: "signed after the end",
        expected: &[EXPIRED; 4],
        signer: "person-expired",
        variant: "content_time_stamp = { authority = \"tsa-2\", gen_time = \"2025-01-01T00:00:02Z\" }",
        stamped: Some("2025-01-02T00:00:00Z"),
        crls: &["root", "ca-2024"],
        archived: "2025-01-03T00:00:00Z",
        given: &["root", "ca-2024", "ca-2"],
        ..IN_2024
    },
    Row {
        what: "the certificate is not valid yet",
        expected: &[NOT_YET_VALID; 4],
        signer: "person-future",
        ..PLAIN
    },
    Row {
        what: "the signature is older than its certificate",
        expected: &[REVOKED_NO_POE, NOT_YET_VALID, NOT_YET_VALID, NOT_YET_VALID],
        signer: "person-revoked",
        stamped: Some("2023-12-31T23:59:58Z"),
        ..IN_2025
    },
    Row {
        what: "an attribute is missing",
        expected: &[SIG_CONSTRAINTS_FAILURE; 4],
        variant: "omit = [\"signing-certificate\"]",
        ..PLAIN
    },
    Row {
        what: "a time-stamp is demanded",
        expected: &[SIG_CONSTRAINTS_FAILURE, PASSED, PASSED, PASSED],
        policy: Rules::StampRequired,
        ..PLAIN
    },
    Row {
        what: "a time-stamp is demanded and its authority expired",
        expected: &[SIG_CONSTRAINTS_FAILURE; 4],
        authority: "tsa-expired",
        policy: Rules::StampRequired,
        ..IN_2024
    },
    Row {
        what: "the key is for encryption",
        expected: &[CHAIN_CONSTRAINTS_FAILURE; 4],
        signer: "person-encipherment",
        ..PLAIN
    },
    Row {
        what: "a critical extension is not known",
        expected: &[CERTIFICATE_CHAIN_GENERAL_FAILURE; 4],
        signer: "person-critical-extension",
        ..PLAIN
    },
    Row {
        what: "nothing says whether the certificate was revoked",
        expected: &[CERTIFICATE_CHAIN_GENERAL_FAILURE; 4],
        crls: &["root"],
        given: &["root", "ca-2"],
        ..PLAIN
    },
    Row {
        what: "nothing but the signature itself says that the certificate was not revoked",
        expected: &[
            CERTIFICATE_CHAIN_GENERAL_FAILURE,
            CERTIFICATE_CHAIN_GENERAL_FAILURE,
            PASSED,
            PASSED,
        ],
        given: &["root", "ca-2"],
        ..PLAIN
    },
    Row {
        what: "the authority expired",
        expected: &[
            CERTIFICATE_CHAIN_GENERAL_FAILURE,
            CERTIFICATE_CHAIN_GENERAL_FAILURE,
            CERTIFICATE_CHAIN_GENERAL_FAILURE,
            PASSED,
        ],
        signer: "person-of-ca-expired",
        variant: "certificates = [\"person-of-ca-expired\", \"ca-expired\"]",
        crls: &["root-2024", "ca-expired"],
        given: &["root", "ca-2"],
        ..IN_2025
    },
    Row {
        what: "the authority expired and the list is not as old",
        expected: &[
            CERTIFICATE_CHAIN_GENERAL_FAILURE,
            CERTIFICATE_CHAIN_GENERAL_FAILURE,
            CERTIFICATE_CHAIN_GENERAL_FAILURE,
            NO_POE,
        ],
        signer: "person-of-ca-expired",
        variant: "certificates = [\"person-of-ca-expired\", \"ca-expired\"]",
        crls: &["root-2024"],
        given: &["root", "ca-2", "ca-expired"],
        ..IN_2025
    },
    Row {
        what: "the signing certificate is named by SHA-1",
        expected: &[CRYPTO_CONSTRAINTS_FAILURE; 4],
        variant: "signing_certificate = \"v1\"",
        ..PLAIN
    },
    Row {
        what: "signed after the end of the algorithm",
        expected: &[CRYPTO_CONSTRAINTS_FAILURE; 4],
        signer: "person-of-ed25519",
        variant: "content_time_stamp = { authority = \"tsa-ed25519\", gen_time = \"2025-06-01T00:00:01Z\" }",
        authority: "tsa-ed25519",
        stamped: Some("2025-06-02T00:00:00Z"),
        crls: &["root-ed25519", "ca-ed25519"],
        archived: "2025-06-03T00:00:00Z",
        anchors: &["root", "root-ed25519"],
        given: &["root-ed25519", "ca-ed25519"],
        policy: Rules::DigestsEnded,
        ..IN_2025
    },
    Row {
        what: "the algorithm of the signature ended",
        expected: &[CRYPTO_CONSTRAINTS_FAILURE_NO_POE, PASSED, PASSED, PASSED],
        signer: "person-of-ed25519",
        authority: "tsa-ed25519",
        crls: &["root-ed25519", "ca-ed25519"],
        anchors: &["root", "root-ed25519"],
        given: &["root-ed25519", "ca-ed25519"],
        policy: Rules::DigestsEnded,
        ..IN_2025
    },
    Row {
        what: "the algorithm of the authority ended",
        expected: &[
            CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
            CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
            CRYPTO_CONSTRAINTS_FAILURE_NO_POE,
            PASSED,
        ],
        authority: "tsa-ed25519",
        crls: &["root-2024", "ca-2024"],
        anchors: &["root", "root-ed25519"],
        given: &["root-ed25519", "ca-ed25519", "root", "ca"],
        policy: Rules::DigestsEnded,
        ..IN_2025
    },
    Row {
        what: "the rules are not at hand",
        expected: &[SIGNATURE_POLICY_NOT_AVAILABLE; 4],
        variant: "signed_extra = [{ value = { policy = { id = \"2.999.10\", hash = { of = { document = { text = \"Rules\" }, digest = \"sha-256\" } } } } }]",
        ..PLAIN
    },
    Row {
        what: "the rules are named by an unknown digest",
        expected: &[POLICY_PROCESSING_ERROR; 4],
        variant: "signed_extra = [{ value = { policy = { id = \"2.999.10\", hash = { unknown = {} } } } }]\npolicy_store = { document = { text = \"Rules\" } }",
        ..PLAIN
    },
    Row {
        what: "the time-stamps are in the wrong order",
        expected: &[
            PASSED,
            TIMESTAMP_ORDER_FAILURE,
            TIMESTAMP_ORDER_FAILURE,
            TIMESTAMP_ORDER_FAILURE,
        ],
        variant: "content_time_stamp = { authority = \"tsa-2\", gen_time = \"2024-06-01T00:00:10Z\" }",
        stamped: Some("2024-06-01T00:00:07Z"),
        is_against_itself: true,
        ..IN_2024
    },
    Row {
        what: "the certificate is not at hand",
        expected: &[NO_SIGNING_CERTIFICATE_FOUND; 4],
        variant: "certificates = []",
        ..PLAIN
    },
    Row {
        what: "the anchor is another",
        expected: &[NO_CERTIFICATE_CHAIN_FOUND; 4],
        authority: "tsa-anchor",
        anchors: &["tsa-anchor"],
        ..PLAIN
    },
    Row {
        what: "the trust in the anchor ended",
        expected: &[
            NO_CERTIFICATE_CHAIN_FOUND_NO_POE,
            NO_CERTIFICATE_CHAIN_FOUND_NO_POE,
            NO_CERTIFICATE_CHAIN_FOUND_NO_POE,
            PASSED,
        ],
        signed: "2026-05-01T00:00:00Z",
        authority: "tsa-ed25519",
        stamped: Some("2026-05-01T00:00:05Z"),
        archived: "2026-05-15T00:00:00Z",
        anchors: &["root", "root-ed25519"],
        sunset: Some("2026-06-01T00:00:00Z"),
        given: &["root-ed25519", "ca-ed25519"],
        ..PLAIN
    },
    Row {
        what: "the certificate was revoked",
        expected: &[REVOKED_NO_POE, PASSED, PASSED, PASSED],
        signer: "person-revoked",
        ..IN_2025
    },
    Row {
        what: "the certificate was revoked before the time-stamps",
        expected: &[REVOKED_NO_POE; 4],
        signer: "person-revoked",
        stamped: Some("2025-06-02T00:00:00Z"),
        archived: "2025-06-03T00:00:00Z",
        ..IN_2025
    },
    Row {
        what: "the authority was revoked",
        expected: &[
            REVOKED_CA_NO_POE,
            REVOKED_CA_NO_POE,
            REVOKED_CA_NO_POE,
            PASSED,
        ],
        crls: &["ca-2024"],
        given: &["root-revoking-ca", "ca", "ca-2"],
        ..IN_2025
    },
    Row {
        what: "the authority ceased to operate",
        expected: &[REVOKED_CA_NO_POE, PASSED, PASSED, PASSED],
        crls: &["ca-2024"],
        given: &["root-ending-ca", "ca", "ca-2"],
        ..IN_2025
    },
    Row {
        what: "the certificate expired",
        expected: &[OUT_OF_BOUNDS_NOT_REVOKED, PASSED, PASSED, PASSED],
        signer: "person-expired",
        crls: &["root", "ca-2024"],
        given: &["root", "ca-2024", "ca-2"],
        ..IN_2024
    },
    Row {
        what: "the certificate expired before the time-stamps",
        expected: &[OUT_OF_BOUNDS_NOT_REVOKED; 4],
        signer: "person-expired",
        stamped: Some("2025-01-02T00:00:00Z"),
        crls: &["root", "ca-2024"],
        archived: "2025-01-03T00:00:00Z",
        given: &["root", "ca-2024", "ca-2"],
        ..IN_2024
    },
    Row {
        what: "the certificate expired and its list stands in the signature",
        expected: &[OUT_OF_BOUNDS_NO_POE, OUT_OF_BOUNDS_NO_POE, PASSED, PASSED],
        signer: "person-expired",
        crls: &["root", "ca-2024"],
        ..IN_2024
    },
    Row {
        what: "the certificate and its responder expired",
        expected: &[
            OUT_OF_BOUNDS_NO_POE,
            OUT_OF_BOUNDS_NO_POE,
            OUT_OF_BOUNDS_NO_POE,
            PASSED,
        ],
        signer: "person-expired",
        crls: &["root"],
        ocsp: &["person-expired-by-expired"],
        given: &["root", "ca-2"],
        ..IN_2024
    },
    Row {
        what: "the responder expired",
        expected: &[
            REVOCATION_OUT_OF_BOUNDS_NO_POE,
            REVOCATION_OUT_OF_BOUNDS_NO_POE,
            REVOCATION_OUT_OF_BOUNDS_NO_POE,
            PASSED,
        ],
        crls: &["root"],
        ocsp: &["person-by-expired"],
        given: &["root", "ca-2"],
        given_ocsp: &["person-by-expired"],
        ..IN_2024
    },
    Row {
        what: "the certificate is on hold",
        expected: &[TRY_LATER, PASSED, PASSED, PASSED],
        signer: "person-held",
        ..IN_2025
    },
    Row {
        what: "the certificate was put on hold before the time-stamps",
        expected: &[TRY_LATER; 4],
        signer: "person-held",
        stamped: Some("2025-06-02T00:00:00Z"),
        archived: "2025-06-03T00:00:00Z",
        ..IN_2025
    },
    Row {
        what: "the list is stale",
        expected: &[TRY_LATER, PASSED, PASSED, PASSED],
        signed: "2026-01-15T00:00:00Z",
        stamped: Some("2026-01-15T00:00:05Z"),
        crls: &["root", "ca-short"],
        archived: "2026-01-16T00:00:00Z",
        given: &["root", "ca-short", "ca-2"],
        ..PLAIN
    },
    Row {
        what: "the document is not at hand",
        expected: &[SIGNED_DATA_NOT_FOUND; 4],
        content: Content::Missing,
        ..PLAIN
    },
];
