//! Disagreements that have a reason.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::case::{Case, Outcome};

/// The file of exceptions.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    exception: Vec<Exception>,
}

/// One case judged otherwise than the material says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// Folder and id of the case.
    pub case: String,
    /// What the material says.
    pub expected: String,
    /// What the product says.
    pub actual: String,
    /// Why that is right, or which limitation it is.
    pub reason: String,
}

/// The exceptions by case.
#[derive(Debug, Default)]
pub struct Exceptions {
    by_case: BTreeMap<String, Exception>,
}

/// What the exceptions make of an outcome.
#[derive(Debug, Eq, PartialEq)]
pub enum Explained {
    /// Nothing to explain.
    AsItIs,
    /// Disagreed, as the exception says.
    ByException,
    /// Something is wrong: this text says what.
    No(String),
}

impl Exceptions {
    /// Reads the file.
    pub fn load(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        Self::parse(&text).with_context(|| format!("in {}", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text)?;
        let mut by_case = BTreeMap::new();
        for exception in file.exception {
            if exception.reason.trim().is_empty() {
                bail!("{} has no reason", exception.case);
            }
            let case = exception.case.clone();
            if by_case.insert(case.clone(), exception).is_some() {
                bail!("{case} is listed twice");
            }
        }
        Ok(Self { by_case })
    }

    /// Whether an outcome needs no word, is explained, or is wrong.
    pub fn explain(&self, case: &Case, outcome: &Outcome) -> Explained {
        let listed = self.by_case.get(&case.name());
        match (outcome, listed) {
            (Outcome::Disagreed { .. }, None) => {
                Explained::No("disagrees and is not in exceptions.toml".to_owned())
            }
            (Outcome::Agreed | Outcome::Skipped(_), None) => Explained::AsItIs,
            (Outcome::Agreed, Some(_)) => Explained::No(
                "agrees although exceptions.toml lists it; remove it there".to_owned(),
            ),
            (Outcome::Skipped(_), Some(_)) => Explained::No(
                "is not judged although exceptions.toml lists it; remove it there".to_owned(),
            ),
            (Outcome::Disagreed { actual, .. }, Some(listed)) => {
                let expected = case.expected.to_string();
                if *actual == listed.actual && expected == listed.expected {
                    Explained::ByException
                } else {
                    Explained::No(format!(
                        "disagrees otherwise than exceptions.toml says: expected {}, actual {}",
                        listed.expected, listed.actual
                    ))
                }
            }
        }
    }

    /// Listed cases of a folder that do not exist.
    pub fn unknown<'a>(
        &'a self,
        folder: &str,
        known: &BTreeSet<String>,
    ) -> impl Iterator<Item = &'a str> {
        let prefix = format!("{folder}/");
        let unknown = self
            .by_case
            .keys()
            .filter(|case| case.starts_with(&prefix) && !known.contains(*case))
            .map(String::as_str);
        unknown.collect::<Vec<_>>().into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::super::case::{Expected, Task};
    use super::*;

    const LISTED: &str = "[[exception]]\ncase = \"f/a\"\nexpected = \"valid\"\nactual = \"INDETERMINATE\"\nreason = \"because\"\n";

    fn case(id: &str) -> Case {
        Case {
            folder: "f".to_owned(),
            id: id.to_owned(),
            task: Task::Later(String::new()),
            expected: Expected::Valid,
        }
    }

    fn disagreed(actual: &str) -> Outcome {
        Outcome::of(false, actual, "path.validity.expired")
    }

    #[test]
    fn a_listed_disagreement_is_explained_only_as_listed() {
        let exceptions = Exceptions::parse(LISTED).unwrap();
        let explain = |id, outcome: Outcome| exceptions.explain(&case(id), &outcome);
        assert_eq!(
            explain("a", disagreed("INDETERMINATE")),
            Explained::ByException
        );
        assert!(matches!(
            explain("a", disagreed("TOTAL_FAILED")),
            Explained::No(_)
        ));
        assert!(matches!(explain("a", Outcome::Agreed), Explained::No(_)));
        assert!(matches!(
            explain("a", Outcome::Skipped(String::new())),
            Explained::No(_)
        ));
        assert!(matches!(
            explain("b", disagreed("INDETERMINATE")),
            Explained::No(_)
        ));
        assert_eq!(explain("b", Outcome::Agreed), Explained::AsItIs);
    }

    #[test]
    fn an_exception_needs_a_reason_and_a_case_that_exists() {
        assert!(Exceptions::parse(&LISTED.replace("because", " ")).is_err());
        assert!(Exceptions::parse(&LISTED.repeat(2)).is_err());
        assert!(Exceptions::parse("[[exception]]\ncase = \"x\"\n").is_err());
        let exceptions = Exceptions::parse(LISTED).unwrap();
        let known = BTreeSet::from(["f/b".to_owned()]);
        assert_eq!(exceptions.unknown("f", &known).collect::<Vec<_>>(), ["f/a"]);
        assert_eq!(exceptions.unknown("g", &known).count(), 0);
    }
}
