//! The file of the configuration: what it says, where each key stands, and every fault at once.

use std::{net::SocketAddr, ops::Range, path::PathBuf};

use serde::Deserialize;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer, Error},
};

use super::{
    access::{CallerSection, TlsSection},
    environment::Variable,
    limits::LimitsSection,
};
use crate::back_end::BackEnd;

/// Faults that are told of one file.
const MOST_FAULTS: usize = 100;

/// Configuration as a file gives it; what is absent has its default.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) listen: Option<SocketAddr>,
    pub(super) instance: Option<String>,
    pub(super) algorithms: BackEnd,
    pub(super) store: StoreSection,
    pub(super) keys: KeysSection,
    pub(super) trust: TrustSection,
    pub(super) accounts: AccountsSection,
    pub(super) applications: ApplicationsSection,
    pub(super) log: LogSection,
    pub(super) workers: WorkersSection,
    pub(super) limits: LimitsSection,
    pub(super) tls: Option<TlsSection>,
    pub(super) callers: Vec<CallerSection>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct StoreSection {
    pub(super) sqlite: Option<PathBuf>,
    pub(super) postgres: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct KeysSection {
    pub(super) file: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct TrustSection {
    pub(super) anchors: Option<PathBuf>,
    pub(super) crls: Option<PathBuf>,
    pub(super) list: Option<PathBuf>,
    pub(super) store: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct AccountsSection {
    pub(super) registry_check_deadline_s: Option<i64>,
    pub(super) certificate_expiry_notice_s: Option<i64>,
    pub(super) open_applications: Option<i64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ApplicationsSection {
    pub(super) policy: Option<String>,
    pub(super) lifetime_s: Option<i64>,
    pub(super) attestation_max_age_s: Option<i64>,
    pub(super) failed_tries: Option<i64>,
    pub(super) failed_tries_of_caller: Option<i64>,
    pub(super) failed_tries_window_s: Option<i64>,
    pub(super) retry_pause_s: Option<i64>,
    pub(super) retry_pause_max_s: Option<i64>,
    pub(super) deferral_limit_s: Option<i64>,
    pub(super) signature_bytes: Option<i64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LogSection {
    pub(super) key: Option<PathBuf>,
    pub(super) origin: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WorkersSection {
    pub(super) running: Option<i64>,
    pub(super) waiting: Option<i64>,
}

/// Faults of a file, each with the line it is about.
pub(super) struct Faults<'t> {
    text: &'t str,
    keys: DeTable<'t>,
    variables: &'t [Variable],
    /// With the line of each; those of no line come last.
    found: Vec<(usize, String)>,
}

impl<'t> Faults<'t> {
    /// Reads a text, and variables in the place of what it says. A key that does not fit is told and left out, so that the others are looked at, too.
    pub(super) fn read(text: &'t str, variables: &'t [Variable]) -> (File, Self) {
        let (mut keys, broken) = DeTable::parse_recoverable(text);
        // Places of variables come after those of the text.
        for (number, variable) in variables.iter().enumerate() {
            variable.put_into(keys.get_mut(), text.len() + 1 + number);
        }
        let mut faults = Self {
            text,
            keys: keys.get_ref().clone(),
            variables,
            found: Vec::new(),
        };
        if !broken.is_empty() {
            for error in &broken {
                faults.add_error(error, "это не TOML");
            }
            return (File::default(), faults);
        }
        let mut table = keys;
        loop {
            let error = match File::deserialize(Deserializer::from(table.clone())) {
                Ok(file) => return (file, faults),
                Err(error) => error,
            };
            faults.add_error(&error, "нет такого ключа или у него другой вид");
            let is_left_out = error
                .span()
                .is_some_and(|it| leave_out(table.get_mut(), &it));
            if !is_left_out || faults.found.len() >= MOST_FAULTS {
                return (File::default(), faults);
            }
        }
    }

    /// Adds a fault of `key`, such as `log.origin` or `callers[1].role`.
    pub(super) fn add(&mut self, key: &str, en: &str, ru: &str) {
        let span = span_of(&self.keys, key);
        self.push(span, format!("{key}: {en} / {ru}"));
    }

    /// Adds a fault of no key.
    pub(super) fn add_of_none(&mut self, fault: String) {
        self.push(None, fault);
    }

    /// The value, or the default in the middle of `bounds`; one that is out of them is a fault.
    pub(super) fn bounded(
        &mut self,
        key: &str,
        value: Option<i64>,
        (least, default, most): (i64, i64, i64),
    ) -> i64 {
        let value = value.unwrap_or(default);
        if !(least..=most).contains(&value) {
            let en = format!("{value} is not in {least} to {most}");
            self.add(
                key,
                &en,
                &format!("{value} вне пределов от {least} до {most}"),
            );
        }
        value
    }

    /// The message and its place, never the line itself: it may hold a password.
    fn add_error(&mut self, error: &Error, ru: &str) {
        let message = without_value(error.message());
        self.push(error.span(), format!("{message} / {ru}"));
    }

    fn push(&mut self, span: Option<Range<usize>>, fault: String) {
        let Some(span) = span else {
            return self.found.push((usize::MAX, fault));
        };
        if let Some(number) = span.start.checked_sub(self.text.len() + 1)
            && let Some(variable) = self.variables.get(number)
        {
            let fault = format!("{}: {fault}", variable.name);
            return self.found.push((usize::MAX, fault));
        }
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        self.found.push((line, format!("line {line}: {fault}")));
    }

    /// All of them, in the order of their lines.
    pub(super) fn found(mut self) -> Vec<String> {
        self.found.sort_by_key(|(line, _)| *line);
        self.found.into_iter().map(|(_, fault)| fault).collect()
    }
}

/// A text of another kind than expected is quoted by the parser.
fn without_value(message: &str) -> String {
    match (
        message.strip_prefix("invalid type: string "),
        message.rfind("\", expected "),
    ) {
        (Some(_), Some(end)) => {
            let rest = message.get(end + 1..).unwrap_or_default();
            format!("invalid type: string{rest}")
        }
        _ => message.lines().next().unwrap_or_default().to_owned(),
    }
}

/// Takes the entry that an error is about out of the table.
fn leave_out(table: &mut DeTable<'_>, span: &Range<usize>) -> bool {
    let about = |key: &Range<usize>, value: &Spanned<DeValue<'_>>| {
        let is_leaf = !matches!(value.get_ref(), DeValue::Table(_) | DeValue::Array(_));
        key == span || value.span() == *span || (is_leaf && value.span().contains(&span.start))
    };
    let found = table.iter().find(|(key, value)| about(&key.span(), value));
    if let Some(key) = found.map(|(key, _)| key.get_ref().to_string()) {
        return table.remove(key.as_str()).is_some();
    }
    table
        .iter_mut()
        .any(|(_, value)| leave_out_of(value.get_mut(), span))
}

fn leave_out_of(value: &mut DeValue<'_>, span: &Range<usize>) -> bool {
    match value {
        DeValue::Table(table) => leave_out(table, span),
        DeValue::Array(values) => values.iter_mut().any(|it| leave_out_of(it.get_mut(), span)),
        _ => false,
    }
}

/// Where a key stands, or what there is of the way to it.
fn span_of(table: &DeTable<'_>, key: &str) -> Option<Range<usize>> {
    let (first, rest) = match key.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (key, None),
    };
    let (name, number) = match first.split_once('[') {
        Some((name, number)) => (name, number.strip_suffix(']')?.parse::<usize>().ok()),
        None => (first, None),
    };
    let (known, value) = table.get_key_value(name)?;
    let (span, value) = match (number, value.get_ref()) {
        (Some(number), DeValue::Array(values)) => {
            let value = values.get(number)?;
            (value.span(), value.get_ref())
        }
        (_, value) => (known.span(), value),
    };
    let deeper = match (rest, value) {
        (Some(rest), DeValue::Table(table)) => span_of(table, rest),
        _ => None,
    };
    Some(deeper.unwrap_or(span))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        Faults::read(text, &[]).1.found()
    }

    #[test]
    fn every_key_that_does_not_fit_is_told_with_its_line() {
        let text = "lisen = 1\nlisten = 5\n[workers]\nrunning = 'two'\nwalking = 2\n[[callers]]\nname = 3\n[store]\nsqlite = 'a'";
        let (file, read) = Faults::read(text, &[]);
        let found = read.found();
        let lines: Vec<_> = found
            .iter()
            .map(|it| it.split(':').next().unwrap())
            .collect();
        assert_eq!(
            lines,
            ["line 1", "line 2", "line 4", "line 5", "line 7"],
            "{found:?}"
        );
        assert_eq!(file.store.sqlite, Some("a".into()), "the rest is read");
    }

    #[test]
    fn nothing_is_quoted() {
        for text in [
            "\npostgress = \"postgres://user:secret@db/x\"\n",
            "\npostgres = \"postgres://user:secret@db/x\n",
            "\n[workers]\nrunning = \"a\\\", expected secret\"\n",
            "\nkeys = 'secret'\n",
            "\nalgorithms = 5\nkeys = [ 'secret', 'secret' ]",
        ] {
            let found = faults(text);
            assert!(found.iter().all(|it| it.starts_with("line ")), "{found:?}");
            assert!(
                !found.is_empty() && !found.concat().contains("secret"),
                "{found:?}"
            );
        }
    }

    #[test]
    fn faults_are_bounded() {
        let many = (0..1000).map(|number| format!("a{number} = 1\n"));
        assert_eq!(faults(&many.collect::<String>()).len(), MOST_FAULTS);
    }

    #[test]
    fn a_key_is_found_as_far_as_it_goes() {
        let text = "[store]\nsqlite = 'a'\n\n[[callers]]\nname = 'a'\n[[callers]]\nname = 'b'\n";
        let (_, mut read) = Faults::read(text, &[]);
        for key in [
            "store.sqlite",
            "store.postgres",
            "callers[1]",
            "callers[1].name",
            "log.origin",
            "callers[7]",
        ] {
            read.add(key, "en", "ru");
        }
        let lines: Vec<_> = read
            .found()
            .iter()
            .map(|it| it.split(' ').nth(1).unwrap().to_owned())
            .collect();
        assert_eq!(lines, ["1:", "2:", "6:", "7:", "en", "en"]);
    }
}
