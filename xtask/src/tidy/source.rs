//! A Rust file as the rules read it: comments and literals blanked out, tests marked.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One Rust file.
pub struct Source<'a> {
    /// Folders and name, relative to the root of the repository.
    pub path: Vec<String>,
    /// The text as written.
    pub text: &'a str,
    /// The code: same length, with what stands in comments, strings and characters blanked out.
    pub code: String,
    tests: Vec<Range<usize>>,
}

impl<'a> Source<'a> {
    /// Reads a file; `test_files` are those declared by [`test_modules`] of other files.
    pub fn new(path: &Path, text: &'a str, test_files: &BTreeSet<PathBuf>) -> Self {
        let declared = path
            .ancestors()
            .any(|part| test_files.contains(&part.with_extension("rs")));
        let path: Vec<String> = path
            .components()
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        let code = blank(text);
        let tests = if declared || is_test_file(&path) {
            Vec::from([Range {
                start: 0,
                end: text.len(),
            }])
        } else {
            test_items(&code).collect()
        };
        Self {
            path,
            text,
            code,
            tests,
        }
    }

    /// A file by itself.
    #[cfg(test)]
    pub fn plain(path: &str, text: &'a str) -> Self {
        Self::new(Path::new(path), text, &BTreeSet::new())
    }

    /// The crate's folder, when the file belongs to its product code.
    pub fn product_crate(&self) -> Option<&str> {
        let [folder, src, ..] = self.path.as_slice() else {
            return None;
        };
        (src == "src").then_some(folder)
    }

    /// Whether the code at this offset is compiled for tests only.
    pub fn is_test(&self, offset: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&offset))
    }

    /// The line of an offset, from 1.
    pub fn line(&self, offset: usize) -> usize {
        let before = self.code.as_bytes().get(..offset).unwrap_or_default();
        before.iter().filter(|byte| **byte == b'\n').count() + 1
    }

    /// Offsets at which a text occurs in the product code.
    pub fn product_code<'s>(&'s self, needle: &'s str) -> impl Iterator<Item = usize> + 's {
        self.code
            .match_indices(needle)
            .map(|(offset, _)| offset)
            .filter(|offset| !self.is_test(*offset))
    }
}

/// Whether the character before an offset cannot belong to a word.
pub fn starts_word(code: &str, offset: usize) -> bool {
    !code
        .get(..offset)
        .and_then(|before| before.chars().next_back())
        .is_some_and(is_word)
}

/// Whether a character belongs to a word.
pub fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The files of modules that this file declares behind `#[cfg(test)]`.
pub fn test_modules(path: &Path, text: &str) -> Vec<PathBuf> {
    let code = blank(text);
    let stem = path.file_stem().unwrap_or_default();
    let parent = path.parent().unwrap_or(Path::new(""));
    let folder = if stem == "mod" || stem == "lib" || stem == "main" {
        parent.to_owned()
    } else {
        parent.join(stem)
    };
    test_items(&code)
        .filter_map(|range| {
            let item = code.get(range)?.strip_suffix(';')?;
            let (_, name) = item.rsplit_once("mod ")?;
            Some(folder.join(name.trim()).with_extension("rs"))
        })
        .collect()
}

fn is_test_file(path: &[String]) -> bool {
    let folders = path.get(..path.len().saturating_sub(1)).unwrap_or_default();
    folders
        .iter()
        .any(|part| part == "tests" || part == "benches" || part == "examples")
        || path.last().is_some_and(|name| name == "tests.rs")
}

/// Items behind `#[cfg(test)]`.
fn test_items(code: &str) -> impl Iterator<Item = Range<usize>> {
    code.match_indices("#[cfg(test)]")
        .map(|(start, _)| start..end_of_item(code, start))
}

/// Where an item ends: at its closing brace or its semicolon.
fn end_of_item(code: &str, start: usize) -> usize {
    let mut depth = 0_usize;
    for (index, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return index + 1;
                }
            }
            b';' if depth == 0 => return index + 1,
            _ => {}
        }
    }
    code.len()
}

/// Blanks out comments and the inside of literals, keeping quotes, line ends and offsets.
fn blank(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = literal_length(rest, at.checked_sub(1).and_then(|before| bytes.get(before)));
        match length {
            Some(Literal { length, keep }) => {
                let inside = at + keep..(at + length).saturating_sub(keep);
                for byte in out.get_mut(inside).unwrap_or_default() {
                    if *byte != b'\n' {
                        *byte = b' ';
                    }
                }
                at += length.max(1);
            }
            None => at += 1,
        }
    }
    // Only whole literals and comments are overwritten, with ASCII.
    String::from_utf8(out).unwrap_or_default()
}

struct Literal {
    length: usize,
    /// Octets at each end that stay visible.
    keep: usize,
}

fn literal_length(rest: &[u8], before: Option<&u8>) -> Option<Literal> {
    let in_word = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    match rest {
        [b'/', b'/', ..] => {
            let length = rest.iter().position(|byte| *byte == b'\n');
            let length = length.unwrap_or(rest.len());
            Some(Literal { length, keep: 0 })
        }
        [b'/', b'*', ..] => Some(Literal {
            length: block_comment(rest),
            keep: 0,
        }),
        [b'"', ..] => Some(Literal {
            length: string(rest),
            keep: 1,
        }),
        [b'r', b'"' | b'#', ..] if !in_word => raw_string(rest),
        [b'b', b'r', b'"' | b'#', tail @ ..] if !in_word => {
            let _ = tail;
            raw_string(rest.get(1..)?).map(|literal| Literal {
                length: literal.length + 1,
                keep: 1,
            })
        }
        [b'\'', ..] => character(rest),
        _ => None,
    }
}

fn block_comment(rest: &[u8]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        match rest.get(at..) {
            Some([b'/', b'*', ..]) => {
                depth += 1;
                at += 2;
            }
            Some([b'*', b'/', ..]) => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

fn string(rest: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn raw_string(rest: &[u8]) -> Option<Literal> {
    let hashes = rest
        .iter()
        .skip(1)
        .take_while(|byte| **byte == b'#')
        .count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return None;
    }
    let mut end = vec![b'"'];
    end.extend(std::iter::repeat_n(b'#', hashes));
    let body = rest.get(2 + hashes..)?;
    let length = body
        .windows(end.len())
        .position(|window| window == end)
        .map_or(rest.len(), |at| 2 + hashes + at + end.len());
    Some(Literal {
        length,
        keep: 1 + hashes,
    })
}

/// A character literal, not a lifetime.
fn character(rest: &[u8]) -> Option<Literal> {
    let text = std::str::from_utf8(rest.get(..rest.len().min(16))?)
        .or_else(|error| std::str::from_utf8(rest.get(..error.valid_up_to()).unwrap_or_default()))
        .ok()?;
    let mut characters = text.char_indices().skip(1);
    let (_, first) = characters.next()?;
    if first == '\\' {
        let (_, escaped) = characters.next()?;
        let mut end = characters.find(|(_, character)| *character == '\'')?.0;
        if escaped == '\'' {
            end = end.max(3);
        }
        return Some(Literal {
            length: end + 1,
            keep: 1,
        });
    }
    let (end, quote) = characters.next()?;
    (quote == '\'').then_some(Literal {
        length: end + 1,
        keep: 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_literals_are_blanked() {
        let text = "a // panic!\n/* x /* y */ z */ b \"pan\\\"ic!\" r#\"q\"uote\"# c 'x' '\\'' '\\u{1}' &'a str";
        let code = blank(text);
        assert_eq!(code.len(), text.len());
        assert!(!code.contains("panic!") && !code.contains("uote") && !code.contains('x'));
        for kept in ["a ", " b \"", "# c '", "&'a str"] {
            assert!(code.contains(kept), "{kept} in {code}");
        }
    }

    #[test]
    fn letters_outside_ascii_keep_offsets() {
        let text = "let д = 'ж'; \"й\"; // я\nf()";
        let code = blank(text);
        assert_eq!(code.len(), text.len());
        assert!(code.ends_with("\nf()") && code.contains("let д"));
    }

    #[test]
    fn test_items_are_known() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests { fn b() { x } }\nfn c() {}\n#[cfg(test)]\nmod more;\nfn d() {}";
        let source = Source::plain("sig-core/src/x.rs", text);
        for (name, test) in [
            ("a()", false),
            ("b()", true),
            ("c()", false),
            ("more", true),
            ("d()", false),
        ] {
            let offset = text.find(name).unwrap();
            assert_eq!(source.is_test(offset), test, "{name}");
        }
        assert!(Source::plain("verifierd/tests/a.rs", "x").is_test(0));
        assert!(Source::plain("sig-core/src/der/reader/tests.rs", "x").is_test(0));
    }

    #[test]
    fn modules_declared_for_tests_are_tests() {
        let text =
            "#[cfg(test)]\npub(super) mod reference;\n#[cfg(test)]\nmod tests { }\nmod other;";
        let declared = test_modules(Path::new("sig-core/src/alg/gost.rs"), text);
        assert_eq!(declared, [Path::new("sig-core/src/alg/gost/reference.rs")]);
        let declared = test_modules(Path::new("sig-core/src/alg/mod.rs"), text);
        assert_eq!(declared, [Path::new("sig-core/src/alg/reference.rs")]);
        let files = declared.into_iter().collect();
        let is_test = |path: &str| Source::new(Path::new(path), "x", &files).is_test(0);
        assert!(is_test("sig-core/src/alg/reference.rs"));
        assert!(is_test("sig-core/src/alg/reference/part.rs"));
        assert!(!is_test("sig-core/src/alg/other.rs"));
    }
}
