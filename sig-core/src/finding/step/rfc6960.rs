//! Acceptance of OCSP responses.

use super::steps;

steps! {
    /// RFC 6960 §3.2: response acceptance requirements.
    rfc6960_3_2, "rfc6960.3.2", "RFC 6960 §3.2";
    STEP_1 = "step.1", "step 1", [code::ocsp::REJECTED, code::revocation::MISSING],
        "ответ — о том сертификате, о котором спрошено", "the response is about the certificate that was asked for";
    STEP_2 = "step.2", "step 2", [code::ocsp::REJECTED, code::revocation::MISSING],
        "подпись ответа верна", "the signature of the response verifies";
    STEP_3 = "step.3", "step 3", [code::ocsp::REJECTED, code::revocation::MISSING],
        "подписал тот, кто назван в ответе", "the signer is the one the response names";
    STEP_4 = "step.4", "step 4", [code::ocsp::REJECTED, code::revocation::MISSING],
        "подписавший вправе отвечать об этом сертификате", "the signer may answer for the certificate";
    STEP_5 = "step.5", "step 5", [code::ocsp::REJECTED],
        "thisUpdate достаточно недавнее", "thisUpdate is sufficiently recent";
    STEP_6 = "step.6", "step 6", [code::ocsp::REJECTED, code::revocation::STALE, code::revocation::NO_NEXT_UPDATE],
        "nextUpdate ещё не наступило", "nextUpdate has not come yet";
}

steps! {
    /// RFC 6960 §4.2.2.2: authorized responders.
    rfc6960_4_2_2_2, "rfc6960.4.2.2.2", "RFC 6960 §4.2.2.2";
    STEP_1 = "step.1", "step 1", [code::ocsp::REJECTED, code::revocation::MISSING],
        "отвечающий назначен настройкой", "the responder is configured locally";
    STEP_2 = "step.2", "step 2", [code::ocsp::REJECTED, code::revocation::MISSING],
        "отвечает сам издатель сертификата", "the responder is the certificate's issuer";
    STEP_3 = "step.3", "step 3", [code::ocsp::REJECTED, code::revocation::MISSING],
        "издатель сертификата поручил отвечать (id-kp-OCSPSigning)", "the certificate's issuer delegated (id-kp-OCSPSigning)";
}
