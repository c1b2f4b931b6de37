//! What the daemon tells of itself: codes and identifiers, no personal data.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{Layer as _, layer::SubscriberExt as _, util::SubscriberInitExt as _};

/// Writes the log to standard error. A second call changes nothing.
pub fn log_to_stderr() {
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .with_target(false)
        .with_filter(LevelFilter::INFO);
    let _ = tracing_subscriber::registry().with(lines).try_init();
}
