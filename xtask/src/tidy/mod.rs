//! House rules that neither the compiler nor clippy checks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::workspace;
use source::Source;

mod clauses;
mod layers;
mod panics;
mod paths;
mod size;
pub mod source;
mod words;
mod world;

/// One place that breaks a rule.
#[derive(Debug, Eq, PartialEq)]
pub struct Violation {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub text: String,
}

/// Endings of the files that people write.
const TEXT: &[&str] = &[
    "rs", "toml", "md", "proto", "sql", "tsv", "json", "yml", "yaml", "xml", "sh", "txt",
];

/// Checks every file of the repository and prints what breaks a rule.
pub fn run() -> Result<ExitCode> {
    let root = workspace::root();
    let mut files = Vec::new();
    for path in workspace::files(&root)? {
        if is_text(&path) {
            let octets = fs::read(root.join(&path));
            let octets = octets.with_context(|| format!("read {}", path.display()))?;
            files.push((path, String::from_utf8_lossy(&octets).into_owned()));
        }
    }
    let rust = files.iter().filter(|(path, _)| is_rust(path));
    let test_files = rust
        .flat_map(|(path, text)| source::test_modules(path, text))
        .collect();
    let checked = files.len();
    let mut broken = 0;
    for (path, text) in &files {
        for Violation { line, text } in check(path, text, &test_files) {
            broken += 1;
            println!("{}:{line}: {text}", path.display());
        }
    }
    if broken > 0 {
        println!("tidy: {checked} files checked, {broken} places to mend");
        return Ok(ExitCode::FAILURE);
    }
    println!("tidy: {checked} files checked");
    Ok(ExitCode::SUCCESS)
}

fn is_text(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension {
        Some("lock") => false,
        Some(extension) => TEXT.contains(&extension),
        None => {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| !name.starts_with("LICENSE")) && path.components().count() <= 4
        }
    }
}

fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

/// What one file breaks.
fn check(path: &Path, text: &str, test_files: &BTreeSet<PathBuf>) -> Vec<Violation> {
    let mut violations = words::check(text);
    if is_rust(path) {
        let source = Source::new(path, text, test_files);
        violations.extend(size::check(&source));
        violations.extend(layers::check(&source));
        violations.extend(panics::check(&source));
        violations.extend(world::check(&source));
        violations.extend(clauses::check(&source));
    }
    violations.sort_by_key(|violation| violation.line);
    violations
}
