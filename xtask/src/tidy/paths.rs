//! The paths a file names: in `use` trees and inline.

use super::source::{Source, is_word, starts_word};

/// A path such as `crate::der::reader`, and where it stands.
#[derive(Debug, Eq, PartialEq)]
pub struct Named {
    /// Offset in the file.
    pub offset: usize,
    /// Its parts.
    pub parts: Vec<String>,
}

/// Every path in product code that starts with one of these words, `use` trees spread out.
pub fn starting_with(source: &Source<'_>, first: &[&str]) -> Vec<Named> {
    let mut named = Vec::new();
    for word in first {
        let needle = format!("{word}::");
        for offset in source.product_code(&needle).collect::<Vec<_>>() {
            if starts_word(&source.code, offset) && !follows_path(&source.code, offset) {
                let rest = source.code.get(offset..).unwrap_or_default();
                let mut tree = Tree { rest, offset };
                tree.spread(&[], &mut named);
            }
        }
    }
    named
}

fn follows_path(code: &str, offset: usize) -> bool {
    code.get(..offset)
        .is_some_and(|before| before.ends_with("::"))
}

struct Tree<'a> {
    rest: &'a str,
    offset: usize,
}

impl Tree<'_> {
    fn skip(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
        self.offset += count;
    }

    fn skip_space(&mut self) {
        let space = self.rest.len() - self.rest.trim_start().len();
        self.skip(space);
    }

    /// Reads one tree: `a::b`, `a::{b, c::d}`, `a::*`.
    fn spread(&mut self, prefix: &[String], named: &mut Vec<Named>) {
        let mut parts = prefix.to_vec();
        let start = self.offset;
        loop {
            self.skip_space();
            if self.rest.starts_with('{') {
                self.group(&parts, named);
                return;
            }
            let length = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
            if length == 0 {
                break;
            }
            parts.push(self.rest.get(..length).unwrap_or_default().to_owned());
            self.skip(length);
            if !self.rest.starts_with("::") {
                break;
            }
            self.skip(2);
        }
        named.push(Named {
            offset: start,
            parts,
        });
    }

    fn group(&mut self, prefix: &[String], named: &mut Vec<Named>) {
        self.skip(1);
        loop {
            self.skip_space();
            match self.rest.chars().next() {
                None => return,
                Some('}') => {
                    self.skip(1);
                    return;
                }
                Some(_) => {
                    let before = self.rest.len();
                    self.spread(prefix, named);
                    let next = self.rest.find([',', '}']).unwrap_or(self.rest.len());
                    self.skip(next);
                    if self.rest.starts_with(',') {
                        self.skip(1);
                    }
                    if self.rest.len() == before {
                        return;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees_are_spread() {
        let text = "use crate::{a::{b, c as d}, e::*};\nfn f() { crate::g::h(); x::crate::no(); }";
        let source = Source::plain("sig-core/src/der/x.rs", text);
        let named: Vec<String> = starting_with(&source, &["crate"])
            .into_iter()
            .map(|named| named.parts.join("::"))
            .collect();
        assert_eq!(
            named,
            ["crate::a::b", "crate::a::c", "crate::e", "crate::g::h"]
        );
    }
}
