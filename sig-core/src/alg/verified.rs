//! Signatures that are known to verify, so that none of a whole country is computed twice.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::OnceLock;

use super::provider::Algorithms;
use super::signature::SignatureId;
use crate::der::octets::Octets;

/// That a key signed octets by an algorithm. Everything that the verification depends on is in it.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// The octets that were signed.
    pub signed: &'a Octets,
    /// The whole `AlgorithmIdentifier`, with its parameters.
    pub algorithm: &'a Octets,
    /// The signature value.
    pub signature: &'a Octets,
    /// The whole `SubjectPublicKeyInfo`.
    pub key: &'a Octets,
}

/// Statements that one back end verified.
///
/// A fact is one of octets alone: that a certificate is valid, or its issuer trusted, does not follow. It is found
/// again by the signature value and confirmed on all octets of the statement, never on a digest of them.
#[derive(Clone, Default)]
pub struct VerifiedSignatures {
    back_end: Option<&'static str>,
    /// Address of the table of algorithms: two back ends of one name are still two.
    table: usize,
    by_signature: BTreeMap<Box<[u8]>, Vec<Fact>>,
}

#[derive(Clone)]
struct Fact {
    signed: Octets,
    algorithm: Octets,
    key: Octets,
    id: SignatureId,
}

/// A signature that was verified before.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Known {
    /// The algorithm it was verified by.
    pub id: SignatureId,
    /// Octets that had to be compared, because they stood in another buffer.
    pub compared: usize,
}

fn table_of(algorithms: &Algorithms) -> usize {
    algorithms.signatures.as_ptr().addr()
}

impl VerifiedSignatures {
    /// None yet, by a back end.
    #[must_use]
    pub fn by(algorithms: &Algorithms) -> Self {
        Self {
            back_end: Some(algorithms.name),
            table: table_of(algorithms),
            by_signature: BTreeMap::new(),
        }
    }

    /// Whether this very back end verified them.
    #[must_use]
    pub fn is_of(&self, algorithms: &Algorithms) -> bool {
        self.back_end == Some(algorithms.name) && self.table == table_of(algorithms)
    }

    /// The name of the back end; empty before there is one.
    #[must_use]
    pub fn back_end(&self) -> &'static str {
        self.back_end.unwrap_or_default()
    }

    /// Takes a statement that this back end verified. The proof is an
    /// [`Authentic`](crate::x509::authentic::Authentic), or a mark of one in a stored snapshot that is whole, was
    /// written by the same version of the same back end, and of which the caller says that nobody else could write it
    /// ([`OwnFile`](crate::trust::snapshot::OwnFile)).
    pub(crate) fn insert(&mut self, statement: Statement<'_>, id: SignatureId) {
        if self.find(statement).is_some() {
            return;
        }
        let facts = self.by_signature.entry((**statement.signature).into());
        facts.or_default().push(Fact {
            signed: statement.signed.clone(),
            algorithm: statement.algorithm.clone(),
            key: statement.key.clone(),
            id,
        });
    }

    /// What is known of a statement. That nothing is known says nothing against it.
    #[must_use]
    pub fn find(&self, statement: Statement<'_>) -> Option<Known> {
        let facts = self.by_signature.get(&**statement.signature)?;
        facts.iter().find_map(|fact| {
            let same = fact.key == *statement.key && fact.algorithm == *statement.algorithm;
            let compared = same.then(|| compare(&fact.signed, statement.signed))??;
            Some(Known {
                id: fact.id,
                compared,
            })
        })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_signature.values().map(Vec::len).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_signature.is_empty()
    }
}

/// The first statement on one object that a back end verified, kept with the object.
#[derive(Clone, Default)]
pub(crate) struct VerifiedOnce(OnceLock<Box<Once>>);

#[derive(Clone)]
struct Once {
    back_end: &'static str,
    table: usize,
    signature: Octets,
    fact: Fact,
}

impl VerifiedOnce {
    /// The algorithm that this very back end verified this very statement by.
    pub(crate) fn find(
        &self,
        statement: Statement<'_>,
        algorithms: &Algorithms,
    ) -> Option<SignatureId> {
        let once = self.0.get()?;
        let fact = &once.fact;
        let same = once.table == table_of(algorithms)
            && once.back_end == algorithms.name
            && once.signature == *statement.signature
            && fact.key == *statement.key
            && fact.algorithm == *statement.algorithm
            && compare(&fact.signed, statement.signed).is_some();
        same.then_some(fact.id)
    }

    /// Keeps a statement that this back end verified, unless there is one.
    pub(crate) fn keep(&self, statement: Statement<'_>, id: SignatureId, algorithms: &Algorithms) {
        self.0.get_or_init(|| {
            Box::new(Once {
                back_end: algorithms.name,
                table: table_of(algorithms),
                signature: statement.signature.clone(),
                fact: Fact {
                    signed: statement.signed.clone(),
                    algorithm: statement.algorithm.clone(),
                    // Of another object, whose buffer must not be held for it.
                    key: Octets::from(&**statement.key),
                    id,
                },
            })
        });
    }
}

/// How many octets had to be compared to see that both are equal; none when they are not.
fn compare(left: &[u8], right: &[u8]) -> Option<usize> {
    if std::ptr::eq(left, right) {
        return Some(0);
    }
    (left == right).then_some(left.len())
}

impl fmt::Debug for VerifiedSignatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedSignatures")
            .field("back_end", &self.back_end)
            .field("count", &self.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alg::provider::RUSTCRYPTO;

    /// The same under the same name, at another address.
    static TWIN: Algorithms = Algorithms {
        name: "rustcrypto",
        digests: &[],
        signatures: &[],
    };

    #[test]
    fn a_statement_kept_once_is_found_by_all_of_its_parts() {
        let octets = |text: &str| Octets::from(text.as_bytes());
        let [signed, algorithm, signature, key] =
            ["signed", "algorithm", "signature", "key"].map(octets);
        let other = octets("other");
        let statement = Statement {
            signed: &signed,
            algorithm: &algorithm,
            signature: &signature,
            key: &key,
        };
        let id = RUSTCRYPTO.signatures.first().expect("algorithms").id();
        let once = VerifiedOnce::default();
        assert_eq!(once.find(statement, &RUSTCRYPTO), None);
        once.keep(statement, id, &RUSTCRYPTO);
        assert_eq!(once.find(statement, &RUSTCRYPTO), Some(id));
        assert_eq!(once.find(statement, &TWIN), None);
        for changed in [
            Statement {
                signed: &other,
                ..statement
            },
            Statement {
                algorithm: &other,
                ..statement
            },
            Statement {
                signature: &other,
                ..statement
            },
            Statement {
                key: &other,
                ..statement
            },
        ] {
            assert_eq!(once.find(changed, &RUSTCRYPTO), None);
            once.keep(changed, id, &RUSTCRYPTO);
            assert_eq!(once.find(changed, &RUSTCRYPTO), None, "the first stays");
        }
        assert_eq!(once.find(statement, &RUSTCRYPTO), Some(id));
    }
}
