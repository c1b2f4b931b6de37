//! One file is one unit of change.

use super::Violation;
use super::source::Source;

const MOST: usize = 500;

/// A file of more lines than a unit of change needs; generated files are excepted.
pub fn check(source: &Source<'_>) -> Vec<Violation> {
    let lines = source.text.lines().count();
    let generated = source.path.iter().any(|part| part == "generated")
        || source.text.starts_with("// @generated");
    if lines <= MOST || generated {
        return Vec::new();
    }
    vec![Violation {
        line: lines,
        text: format!("{lines} lines; split the file by unit of change into at most {MOST}"),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(path: &str, text: &str) -> usize {
        check(&Source::plain(path, text)).len()
    }

    #[test]
    fn five_hundred_lines_pass_and_one_more_does_not() {
        assert_eq!(violations("a/src/b.rs", &"x\n".repeat(MOST)), 0);
        assert_eq!(violations("a/src/b.rs", &"x\n".repeat(MOST + 1)), 1);
    }

    #[test]
    fn generated_files_may_be_long() {
        let text = "x\n".repeat(MOST + 1);
        assert_eq!(violations("proto/src/generated/b.rs", &text), 0);
        assert_eq!(
            violations("a/src/b.rs", &format!("// @generated\n{text}")),
            0
        );
    }
}
