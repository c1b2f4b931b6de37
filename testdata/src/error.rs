/// Why a declaration could not be turned into bytes. A declaration is ours, so each error names the
/// file or item to mend.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The TOML text is not a declaration: syntax, unknown key, wrong type.
    #[error("{file}: {reason}")]
    Declaration { file: String, reason: String },
    /// A declaration names something that is not declared.
    #[error("{pki}: no {kind} \"{id}\" is declared")]
    Unknown {
        pki: String,
        kind: &'static str,
        id: String,
    },
    /// A value is declared but cannot be used.
    #[error("{what}: {reason}")]
    Value { what: String, reason: String },
    /// A file cannot be read or written.
    #[error("{path}: {reason}")]
    File { path: String, reason: String },
}

impl Error {
    pub(crate) fn value(what: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::Value {
            what: what.into(),
            reason: reason.into(),
        }
    }

    pub(crate) fn file(path: &std::path::Path, reason: impl ToString) -> Self {
        Self::File {
            path: path.display().to_string(),
            reason: reason.to_string(),
        }
    }
}
