//! Smart-card readers, tokens and the `desk` command.
