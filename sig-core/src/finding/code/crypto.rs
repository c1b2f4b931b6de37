//! Digests, signature values and the strength of algorithms.

use super::rows;
use crate::finding::SubIndication as Sub;

rows! {
    DIGEST_MISMATCH = "crypto.digest.mismatch", Fail, Crypto, Some(Sub::HashFailure), "EN 319 102-1 §5.2.7",
        "документ изменён после подписания или это другой документ: хэш {digest} не совпадает",
        "the document was changed after signing or is another one: its {digest} digest differs";
    SIGNATURE_INVALID = "crypto.signature.invalid", Fail, Crypto, Some(Sub::SigCryptoFailure), "EN 319 102-1 §5.2.7",
        "значение подписи неверно для ключа этого сертификата",
        "the signature value does not verify with the key of the certificate";
    DIGEST_UNKNOWN = "crypto.digest.unknown_algorithm", Fail, Crypto, Some(Sub::CryptoConstraintsFailureNoPoe), "EN 319 102-1 §5.2.8.4",
        "алгоритм хэширования {algorithm} неизвестен",
        "digest algorithm {algorithm} is unknown";
    SIGNATURE_UNKNOWN = "crypto.signature.unknown_algorithm", Fail, Crypto, Some(Sub::CryptoConstraintsFailureNoPoe), "EN 319 102-1 §5.2.8.4",
        "алгоритм подписи {algorithm} неизвестен",
        "signature algorithm {algorithm} is unknown";
    ALGORITHMS_DISAGREE = "crypto.algorithms.disagree", Fail, Crypto, Some(Sub::SigCryptoFailure), "RFC 5652 §5.3, RFC 5280 §4.1.1.2",
        "алгоритмы хэширования, подписи и ключа не подходят друг другу",
        "the digest, signature and key algorithms do not fit each other";
    DIGESTS_DISAGREE = "crypto.digests.disagree", Fail, Crypto, Some(Sub::SigCryptoFailure), beside_arithmetic, "RFC 4056 §3, RFC 8419 §3.1",
        "подпись сходится, но сделана с хэшем {signature}, а документ подписан с хэшем {digest}: стандарт требует одного",
        "the signature verifies, but is made with {signature} and the document is signed with {digest}: they must agree";
    DIGEST_INFO = "crypto.signature.digest_info", Fail, Crypto, Some(Sub::SigCryptoFailure), beside_arithmetic, "RFC 8017 §9.2",
        "подпись сходится, но не засчитывается: {reason}",
        "the signature verifies, but does not count: {reason}";
    KEY_FLAWED = "crypto.key.flawed", Fail, Crypto, Some(Sub::SigCryptoFailure), beside_arithmetic, "FIPS 186-5 §5.1, RFC 8017 §A.1.1",
        "подпись сходится, но таким ключом подписывать нельзя: {reason}",
        "the signature verifies, but such a key must not sign: {reason}";
    KEY_REJECTED = "crypto.key.rejected", Fail, Crypto, Some(Sub::SigCryptoFailure), "EN 319 102-1 §5.2.7",
        "открытый ключ сертификата непригоден: {reason}",
        "the public key of the certificate cannot be used: {reason}";
    ALGORITHM_NOT_ACCEPTABLE = "crypto.algorithm.not_acceptable", Fail, Acceptance, Some(Sub::CryptoConstraintsFailureNoPoe), "EN 319 102-1 §5.2.8.4.2",
        "алгоритм {algorithm} не считается стойким на {at}",
        "algorithm {algorithm} is not considered strong at {at}";
    CHAIN_ALGORITHM_NOT_ACCEPTABLE = "crypto.algorithm.not_acceptable_in_path", Fail, Chain, Some(Sub::CryptoConstraintsFailureNoPoe), "EN 319 102-1 §5.2.6.4",
        "алгоритм {algorithm} сертификата или списка отзыва не считается стойким на {at}",
        "algorithm {algorithm} of a certificate or CRL is not considered strong at {at}";
    REFERENCE_DIGEST_NOT_ACCEPTABLE = "crypto.certificate_reference.not_acceptable", Fail, Acceptance, Some(Sub::CryptoConstraintsFailure), "EN 319 102-1 §5.2.8.4.2",
        "ссылка на сертификат сделана нестойким алгоритмом {algorithm}",
        "the certificate reference uses {algorithm}, which is not considered strong";
    ALGORITHM_UNLISTED = "crypto.algorithm.unlisted", Fail, Acceptance, Some(Sub::CryptoConstraintsFailureNoPoe), "EN 319 102-1 §5.2.8.4.2",
        "в политике нет алгоритма {algorithm}, поэтому он не принимается",
        "the policy has no row for algorithm {algorithm}, so it is not acceptable";
    CHAIN_ALGORITHM_UNLISTED = "crypto.algorithm.unlisted_in_path", Fail, Chain, Some(Sub::CryptoConstraintsFailureNoPoe), "EN 319 102-1 §5.2.6.4",
        "в политике нет алгоритма {algorithm} сертификата или списка отзыва, поэтому он не принимается",
        "the policy has no row for algorithm {algorithm} of a certificate or CRL, so it is not acceptable";
    TEST_PARAMETERS = "crypto.parameters.test_only", Fail, Acceptance, Some(Sub::CryptoConstraintsFailureNoPoe), "RFC 9215 §4.2",
        "ключ {algorithm} построен на параметрах из примеров стандарта; такие ключи ничего не доказывают",
        "key {algorithm} is on the parameters of published examples; such keys prove nothing";
    CHAIN_TEST_PARAMETERS = "crypto.parameters.test_only_in_path", Fail, Chain, Some(Sub::CryptoConstraintsFailureNoPoe), "RFC 9215 §4.2",
        "ключ {algorithm} в цепочке построен на параметрах из примеров стандарта; такие ключи ничего не доказывают",
        "key {algorithm} in the path is on the parameters of published examples; such keys prove nothing";
    PSS_SALT = "crypto.pss.salt_length", Fail, Acceptance, Some(Sub::CryptoConstraintsFailureNoPoe), "RFC 4055 §3.1",
        "подпись {algorithm} сделана с солью в {salt} байт; политика такую соль не принимает",
        "signature {algorithm} has {salt} octets of salt, which the policy does not accept";
    CHAIN_PSS_SALT = "crypto.pss.salt_length_in_path", Fail, Chain, Some(Sub::CryptoConstraintsFailureNoPoe), "RFC 4055 §3.1",
        "подпись {algorithm} сертификата или списка отзыва сделана с солью в {salt} байт; политика такую соль не принимает",
        "signature {algorithm} of a certificate or CRL has {salt} octets of salt, which the policy does not accept";
}
