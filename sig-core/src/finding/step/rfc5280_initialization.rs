//! Initialization of path validation.

use super::steps;

steps! {
    /// RFC 5280 §6.1.2 and RFC 9618 §5.2.
    rfc5280_6_1_2, "rfc5280.6.1.2", "RFC 5280 §6.1.2";
    A = "a", "(a)", [code::path::NO_VALID_POLICY],
        "граф политик начинается с anyPolicy", "the policy graph starts with anyPolicy";
    B = "b", "(b)", [code::path::NAME_NOT_PERMITTED, code::path::SUBTREE_MALFORMED],
        "разрешены имена, которые разрешает запрос", "names are permitted as the caller permits";
    C = "c", "(c)", [code::path::NAME_EXCLUDED, code::path::SUBTREE_MALFORMED],
        "исключены имена, которые исключает запрос", "names are excluded as the caller excludes";
    D = "d", "(d)", [code::path::NO_VALID_POLICY],
        "когда нужна явная политика", "when an explicit policy is needed";
    E = "e", "(e)", [code::path::NO_VALID_POLICY],
        "до каких пор считается anyPolicy", "how long anyPolicy counts";
    F = "f", "(f)", [code::path::NO_VALID_POLICY],
        "до каких пор считаются соответствия политик", "how long policy mappings count";
    G = "g", "(g)", [code::path::ALGORITHM_UNSUPPORTED],
        "алгоритм ключа — от доверенного корня", "the key's algorithm is the trust anchor's";
    H = "h", "(h)", [code::path::SIGNATURE_INVALID],
        "ключ — от доверенного корня", "the key is the trust anchor's";
    I = "i", "(i)", [code::path::ALGORITHM_UNSUPPORTED],
        "параметры ключа — от доверенного корня", "the key's parameters are the trust anchor's";
    J = "j", "(j)", [code::path::NAME_CHAINING],
        "имя издателя — от доверенного корня", "the issuer's name is the trust anchor's";
    K = "k", "(k)", [code::path::PATH_LENGTH],
        "сколько промежуточных сертификатов разрешено", "how many intermediate certificates are allowed";
}
