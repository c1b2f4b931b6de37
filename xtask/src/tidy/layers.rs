//! The layers of `sig-core`: a layer uses itself and those before it.

use super::Violation;
use super::paths::starting_with;
use super::source::Source;

/// From the bottom to the top.
const LAYERS: &[&str] = &[
    "base", "der", "finding", "alg", "x509", "profile", "path", "cms", "trust", "report",
    "validate",
];

/// Paths that lead to a higher layer.
pub fn check(source: &Source<'_>) -> Vec<Violation> {
    let Some(module) = module(source) else {
        return Vec::new();
    };
    let Some(layer) = module.first() else {
        return Vec::new();
    };
    let Some(own) = rank(layer) else {
        return vec![Violation {
            line: 1,
            text: format!(
                "`{layer}` is not a layer of sig-core; put the file into one of {}",
                LAYERS.join(", ")
            ),
        }];
    };
    starting_with(source, &["crate", "super"])
        .into_iter()
        .filter_map(|named| {
            let target = resolve(&module, &named.parts)?;
            let used = rank(&target)?;
            (used > own).then(|| Violation {
                line: source.line(named.offset),
                text: format!(
                    "layer `{layer}` uses the higher layer `{target}`; move the code up or what it needs down"
                ),
            })
        })
        .collect()
}

fn rank(layer: &str) -> Option<usize> {
    LAYERS.iter().position(|name| *name == layer)
}

/// The module of a file of `sig-core`; nothing for its root.
fn module(source: &Source<'_>) -> Option<Vec<String>> {
    if source.product_crate() != Some("sig-core") {
        return None;
    }
    let mut parts = source.path.get(2..)?.to_vec();
    let name = parts.pop()?;
    match name.trim_end_matches(".rs") {
        "mod" => {}
        "lib" if parts.is_empty() => return None,
        stem => parts.push(stem.to_owned()),
    }
    Some(parts)
}

/// The layer a path leads to.
fn resolve(module: &[String], parts: &[String]) -> Option<String> {
    if parts.first()? == "crate" {
        return parts.get(1).cloned();
    }
    let up = parts.iter().take_while(|part| *part == "super").count();
    let kept = module.get(..module.len().checked_sub(up)?)?;
    kept.first().or_else(|| parts.get(up)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let found = check(&Source::plain(path, text));
        found.into_iter().map(|violation| violation.line).collect()
    }

    #[test]
    fn lower_layers_may_be_used() {
        let text = "use crate::der::reader::Reader;\nuse super::name::Name;\nuse crate::{base, alg::spki};\n";
        assert!(lines("sig-core/src/x509/certificate.rs", text).is_empty());
    }

    #[test]
    fn higher_layers_may_not() {
        let text = "use crate::der::Tag;\nuse crate::{base, cms::SignedData};\nfn f() { crate::path::build() }\n";
        assert_eq!(lines("sig-core/src/x509/certificate.rs", text), [2, 3]);
        let by_super = "use super::super::validate::Session;\n";
        assert_eq!(lines("sig-core/src/cms/attribute.rs", by_super), [1]);
        assert_eq!(
            lines("sig-core/src/cms/mod.rs", "use super::validate::Session;\n"),
            [1]
        );
    }

    #[test]
    fn tests_and_other_crates_are_free() {
        let text = "#[cfg(test)]\nmod tests { use crate::validate::Session; }\n";
        assert!(lines("sig-core/src/der/tag.rs", text).is_empty());
        assert!(lines("verifierd/src/api/x.rs", "use crate::validate::X;\n").is_empty());
        assert!(lines("sig-core/src/lib.rs", "pub use crate::validate::X;\n").is_empty());
    }

    #[test]
    fn a_new_folder_is_no_layer() {
        assert_eq!(lines("sig-core/src/helpers/x.rs", ""), [1]);
    }
}
