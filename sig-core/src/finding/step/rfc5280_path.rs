//! Path validation, certificate by certificate.

use super::steps;

steps! {
    /// RFC 5280 §6.1.3 and RFC 9618 §5.3: basic certificate processing.
    rfc5280_6_1_3, "rfc5280.6.1.3", "RFC 5280 §6.1.3";
    A_1 = "a.1", "(a)(1)", [code::path::SIGNATURE_INVALID, code::path::ALGORITHM_UNSUPPORTED, code::path::ALGORITHMS_DIFFER],
        "подпись сертификата верна для ключа издателя", "the certificate's signature verifies with the issuer's key";
    A_2 = "a.2", "(a)(2)", [
            code::path::CA_EXPIRED, code::path::CA_NOT_YET_VALID,
            code::path::EXPIRED, code::path::EXPIRED_NOT_REVOKED, code::path::NOT_YET_VALID,
        ],
        "срок действия включает время проверки", "the validity period includes the time of checking";
    A_3 = "a.3", "(a)(3)", [
            code::revocation::REVOKED, code::revocation::CA_REVOKED, code::revocation::ON_HOLD, code::revocation::MISSING,
            code::revocation::NOT_ESTABLISHED, code::revocation::STALE, code::revocation::NO_NEXT_UPDATE,
            code::revocation::REVOKED_LATER, code::revocation::NOT_REQUIRED,
        ],
        "сертификат не отозван на время проверки", "the certificate is not revoked at the time of checking";
    A_4 = "a.4", "(a)(4)", [code::path::NAME_CHAINING],
        "издатель назван так же, как владелец вышестоящего сертификата", "the issuer's name is the subject of the certificate above";
    B = "b", "(b)", [code::path::NAME_NOT_PERMITTED, code::path::NAME_FORM_UNSUPPORTED, code::path::NAME_MALFORMED],
        "каждое имя лежит среди разрешённых", "every name lies within the permitted subtrees";
    C = "c", "(c)", [code::path::NAME_EXCLUDED, code::path::NAME_FORM_UNSUPPORTED, code::path::NAME_MALFORMED],
        "ни одно имя не исключено", "no name lies within an excluded subtree";
    D_1 = "d.1", "(d)(1)", [code::path::NO_VALID_POLICY],
        "названные политики продолжают те, что ожидались", "stated policies continue those that were expected";
    D_2 = "d.2", "(d)(2)", [code::path::NO_VALID_POLICY],
        "anyPolicy продолжает всё, что ожидалось", "anyPolicy continues all that was expected";
    D_3 = "d.3", "(d)(3)", [code::path::NO_VALID_POLICY],
        "политики без продолжения не действуют", "policies without a continuation are not valid";
    E = "e", "(e)", [code::path::NO_VALID_POLICY],
        "без расширения политик ни одна больше не действует", "without the policies extension none is valid any more";
    F = "f", "(f)", [code::path::NO_VALID_POLICY],
        "если нужна явная политика, хотя бы одна действует", "where an explicit policy is needed, one is valid";
}

steps! {
    /// RFC 5280 §6.1.4 and RFC 9618 §5.4: preparation for the next certificate.
    rfc5280_6_1_4, "rfc5280.6.1.4", "RFC 5280 §6.1.4";
    A = "a", "(a)", [code::path::ANY_POLICY_MAPPED],
        "соответствия политик не содержат anyPolicy", "policy mappings hold no anyPolicy";
    B_1 = "b.1", "(b)(1)", [code::path::NO_VALID_POLICY],
        "соответствия политик меняют то, что ожидается дальше", "policy mappings change what is expected next";
    B_2 = "b.2", "(b)(2)", [code::path::NO_VALID_POLICY],
        "там, где соответствия запрещены, такие политики не действуют", "where mappings are inhibited, mapped policies are not valid";
    C = "c", "(c)", [code::path::NAME_CHAINING],
        "имя владельца — имя следующего издателя", "the subject is the next issuer's name";
    D = "d", "(d)", [code::path::SIGNATURE_INVALID],
        "ключ сертификата — ключ следующего издателя", "the certificate's key is the next issuer's key";
    E = "e", "(e)", [code::path::ALGORITHM_UNSUPPORTED],
        "параметры ключа берутся из того же сертификата", "the key's parameters come from the same certificate";
    F = "f", "(f)", [code::path::ALGORITHM_UNSUPPORTED, code::path::SIGNATURE_INVALID],
        "алгоритм ключа — алгоритм следующего издателя", "the key's algorithm is the next issuer's";
    G_1 = "g.1", "(g)(1)", [code::path::NAME_NOT_PERMITTED, code::path::SUBTREE_MALFORMED],
        "разрешённые имена сужаются", "permitted names are narrowed";
    G_2 = "g.2", "(g)(2)", [code::path::NAME_EXCLUDED, code::path::SUBTREE_MALFORMED],
        "исключённые имена добавляются", "excluded names are added";
    H_1 = "h.1", "(h)(1)", [code::path::NO_VALID_POLICY],
        "явная политика ближе на один сертификат", "an explicit policy is due one certificate sooner";
    H_2 = "h.2", "(h)(2)", [code::path::NO_VALID_POLICY],
        "запрет соответствий ближе на один сертификат", "mappings are inhibited one certificate sooner";
    H_3 = "h.3", "(h)(3)", [code::path::NO_VALID_POLICY],
        "запрет anyPolicy ближе на один сертификат", "anyPolicy is inhibited one certificate sooner";
    I_1 = "i.1", "(i)(1)", [code::path::NO_VALID_POLICY],
        "requireExplicitPolicy приближает явную политику", "requireExplicitPolicy brings the explicit policy nearer";
    I_2 = "i.2", "(i)(2)", [code::path::NO_VALID_POLICY],
        "inhibitPolicyMapping приближает запрет соответствий", "inhibitPolicyMapping brings the end of mappings nearer";
    J = "j", "(j)", [code::path::NO_VALID_POLICY],
        "inhibitAnyPolicy приближает запрет anyPolicy", "inhibitAnyPolicy brings the end of anyPolicy nearer";
    K = "k", "(k)", [code::path::NOT_A_CA],
        "сертификат принадлежит удостоверяющему центру", "the certificate is one of a certification authority";
    L = "l", "(l)", [code::path::PATH_LENGTH],
        "цепочка не длиннее разрешённой", "the path is not longer than allowed";
    M = "m", "(m)", [code::path::PATH_LENGTH],
        "pathLenConstraint сокращает остаток цепочки", "pathLenConstraint shortens the rest of the path";
    N = "n", "(n)", [code::path::NO_CERT_SIGN],
        "ключ предназначен для подписи сертификатов", "the key is meant for signing certificates";
    O = "o", "(o)", [code::path::CRITICAL_EXTENSION],
        "все критические расширения понятны", "every critical extension is understood";
}

steps! {
    /// RFC 5280 §6.1.5 and RFC 9618 §5.5: wrap-up.
    rfc5280_6_1_5, "rfc5280.6.1.5", "RFC 5280 §6.1.5";
    A = "a", "(a)", [code::path::NO_VALID_POLICY],
        "явная политика ближе на один сертификат", "an explicit policy is due one certificate sooner";
    B = "b", "(b)", [code::path::NO_VALID_POLICY],
        "requireExplicitPolicy со значением 0 требует явную политику", "requireExplicitPolicy of 0 asks for an explicit policy";
    C = "c", "(c)", [code::path::SIGNATURE_INVALID, code::crypto::SIGNATURE_INVALID],
        "ключ, который выдаёт цепочка, — ключ конечного сертификата", "the key the path gives is the end entity's";
    D = "d", "(d)", [code::path::ALGORITHM_UNSUPPORTED, code::crypto::KEY_REJECTED],
        "его параметры берутся из того же сертификата", "its parameters come from the same certificate";
    E = "e", "(e)", [code::path::ALGORITHM_UNSUPPORTED, code::crypto::ALGORITHMS_DISAGREE],
        "его алгоритм — алгоритм конечного сертификата", "its algorithm is the end entity's";
    F = "f", "(f)", [code::path::CRITICAL_EXTENSION],
        "все критические расширения понятны", "every critical extension is understood";
    G_I = "g.i", "(g)(i)", [code::path::NO_VALID_POLICY],
        "ни одна политика не действует: пересечение пусто", "no policy is valid: the intersection is empty";
    G_II = "g.ii", "(g)(ii)", [code::path::NO_VALID_POLICY],
        "годится любая политика: действуют все, что остались", "any policy will do: all that are left are valid";
    G_III = "g.iii", "(g)(iii)", [code::path::NO_VALID_POLICY],
        "среди действующих политик есть запрошенная", "a policy that was asked for is among the valid ones";
}
