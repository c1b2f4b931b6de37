//! Settings from the environment: `VERIFIERD_STORE_POSTGRES` is `store.postgres`.

use std::ffi::OsString;

use serde::Deserialize as _;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer},
};

use super::file::File;

const PREFIX: &str = "VERIFIERD_";

/// Sections whose keys can be set, the longer names first. Callers are a list, which only a file can hold.
const SECTIONS: &[&str] = &[
    "limits.calls",
    "store",
    "keys",
    "trust",
    "accounts",
    "applications",
    "log",
    "workers",
    "limits",
    "tls",
];

/// Keys of no section.
const KEYS: &[&str] = &["listen", "instance", "algorithms"];

/// Read where the secrets are that they hold or name.
const SECRETS: &[&str] = &[
    "VERIFIERD_KEYS",
    "VERIFIERD_KEYS_FILE",
    "VERIFIERD_LOG_KEY",
    "VERIFIERD_LOG_KEY_FILE",
];

/// A variable that sets a key; it comes before the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: String,
    /// Such as `["limits", "calls", "desk"]`.
    path: Vec<String>,
    value: String,
}

/// Those of an environment, in the order of their names; and the names of those whose values are no text.
pub(super) fn variables(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> (Vec<Variable>, Vec<String>) {
    let (mut known, mut broken) = (Vec::new(), Vec::new());
    for (name, value) in environment {
        let Some(name) = name.to_str() else { continue };
        let Some(path) = path(name) else { continue };
        let name = name.to_owned();
        match value.into_string() {
            Ok(value) => known.push(Variable { name, path, value }),
            Err(_) => broken.push(name),
        }
    }
    known.sort_by(|a, b| a.name.cmp(&b.name));
    broken.sort();
    (known, broken)
}

/// Where the key of a variable stands; other programs may have variables that begin alike.
fn path(name: &str) -> Option<Vec<String>> {
    let bare = name.strip_prefix(PREFIX)?;
    if SECRETS.contains(&name) || bare.bytes().any(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let bare = bare.to_ascii_lowercase();
    if KEYS.contains(&bare.as_str()) {
        return Some(vec![bare]);
    }
    SECTIONS.iter().find_map(|section| {
        let rest = bare.strip_prefix(&section.replace('.', "_"))?;
        let key = rest.strip_prefix('_')?;
        let parts = section.split('.').chain([key]);
        Some(parts.map(str::to_owned).collect())
    })
}

impl Variable {
    /// Puts the value in the place of what the file says; `at` marks it as this variable's.
    pub(super) fn put_into<'t>(&'t self, table: &mut DeTable<'t>, at: usize) {
        let text = DeValue::String(self.value.as_str().into());
        let mut alone = DeTable::new();
        put(&mut alone, &self.path, text.clone(), at);
        let is_text = File::deserialize(Deserializer::from(Spanned::new(at..at, alone))).is_ok();
        let value = match DeValue::parse(&self.value) {
            Ok(value) if !is_text && value.get_ref().is_integer() => value.into_inner(),
            _ => text,
        };
        put(table, &self.path, value, at);
    }
}

fn put<'t>(table: &mut DeTable<'t>, path: &'t [String], value: DeValue<'t>, at: usize) {
    let Some((first, rest)) = path.split_first() else {
        return;
    };
    if rest.is_empty() {
        let span = at..at + 1;
        let key = Spanned::new(span.clone(), first.as_str().into());
        table.remove(first.as_str());
        table.insert(key, Spanned::new(span, value));
        return;
    }
    let is_table = table
        .get(first.as_str())
        .is_some_and(|it| it.get_ref().is_table());
    if !is_table {
        table.remove(first.as_str());
        // No place of any fault: one of a key must not take the others of its section along.
        let nowhere = usize::MAX..usize::MAX;
        let key = Spanned::new(nowhere.clone(), first.as_str().into());
        table.insert(key, Spanned::new(nowhere, DeValue::Table(DeTable::new())));
    }
    if let Some(DeValue::Table(section)) = table.get_mut(first.as_str()).map(Spanned::get_mut) {
        put(section, rest, value, at);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Config, StoreConfig};
    use super::*;
    use crate::domain::caller::Role;

    fn parse(text: &str, environment: &[(&str, &str)]) -> Result<Config, Vec<String>> {
        let environment = environment.iter();
        let environment = environment.map(|(name, value)| ((*name).into(), (*value).into()));
        Config::parse_with(text, environment, None).map_err(|error| error.0)
    }

    #[test]
    fn a_variable_comes_before_the_file() {
        let text = "instance = 'a'\n[limits.calls]\ndesk = 5\nbank = 6\n[store]\nsqlite = 'x'";
        let config = parse(
            text,
            &[
                ("VERIFIERD_INSTANCE", "12"),
                ("VERIFIERD_LIMITS_CALLS_DESK", "7"),
                ("VERIFIERD_STORE_SQLITE", "y"),
                ("VERIFIERD_LISTEN", "127.0.0.1:9"),
                ("VERIFIERD_WORKERS_WAITING", "3"),
                ("VERIFIERD_SOMETHING", "else"),
                ("PATH", "/bin"),
            ],
        )
        .unwrap();
        assert_eq!(config.instance.as_deref(), Some("12"));
        let calls = |role| config.limits.calls_of(role);
        assert_eq!((calls(Role::Desk), calls(Role::Bank)), (7, 6));
        assert_eq!(config.store, StoreConfig::Sqlite("y".into()));
        assert_eq!((config.listen.port(), config.waiting), (9, 3));
        assert_eq!(
            config.variables,
            [
                "VERIFIERD_INSTANCE",
                "VERIFIERD_LIMITS_CALLS_DESK",
                "VERIFIERD_LISTEN",
                "VERIFIERD_STORE_SQLITE",
                "VERIFIERD_WORKERS_WAITING"
            ]
        );
    }

    #[test]
    fn what_is_wrong_with_a_variable_is_told_by_its_name() {
        let table = [
            ("VERIFIERD_WORKERS_WAITING", "many"),
            ("VERIFIERD_WORKERS_WALKING", "3"),
            ("VERIFIERD_LISTEN", "secret"),
            ("VERIFIERD_LIMITS_CONNECTIONS", "0"),
            ("VERIFIERD_APPLICATIONS_POLICY", "secret"),
            ("VERIFIERD_LIMITS_CALLS", "5"),
        ];
        for (name, value) in table {
            let faults = parse("[workers]\nrunning = 1", &[(name, value)]).unwrap_err();
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert!(faults[0].starts_with(&format!("{name}: ")), "{faults:?}");
            assert!(!faults[0].contains("secret"), "{faults:?}");
        }
        let faults = parse("lisen = 1", &table).unwrap_err();
        assert_eq!(faults.len(), table.len() + 1, "{faults:?}");
        assert!(faults[0].starts_with("line 1: "), "{faults:?}");
    }

    #[test]
    fn a_value_that_is_no_text_is_a_fault() {
        use std::os::unix::ffi::OsStringExt as _;
        let value = OsString::from_vec(vec![0xff]);
        let environment = [(OsString::from("VERIFIERD_LISTEN"), value)];
        let faults = Config::parse_with("", environment, None).unwrap_err().0;
        assert!(faults[0].starts_with("VERIFIERD_LISTEN: "), "{faults:?}");
    }

    #[test]
    fn secrets_are_read_elsewhere() {
        for name in SECRETS {
            assert_eq!(path(name), None, "{name}");
        }
        assert_eq!(path("VERIFIERD_KEYS_OTHER").unwrap(), ["keys", "other"]);
        assert_eq!(path("VERIFIERD_listen"), None);
    }

    #[test]
    fn every_section_of_the_example_can_be_set() {
        for line in super::super::EXAMPLE.lines() {
            let bare = line.trim_start_matches(['#', ' ']);
            if let Some(section) = bare.strip_prefix('[').and_then(|it| it.strip_suffix(']'))
                && !section.starts_with('[')
            {
                assert!(SECTIONS.contains(&section), "{section}");
            }
        }
    }
}
