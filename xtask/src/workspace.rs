//! Where things are in the repository.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The root of the repository.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// Every file under a folder, sorted, by path relative to `base`; folders of build results and of
/// version control are left out.
pub fn files(base: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![base.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("read folder {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let path = entry.path();
            let kind = entry.file_type()?;
            if is_left_out(base, &path) {
                continue;
            }
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                found.push(path.strip_prefix(base)?.to_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_left_out(base: &Path, path: &Path) -> bool {
    let relative = path.strip_prefix(base).unwrap_or(path);
    [
        "target",
        ".git",
        "var",
        "fuzz/target",
        "fuzz/artifacts",
        "fuzz/corpus",
    ]
    .iter()
    .any(|name| relative == Path::new(name))
}
