//! Peers that are measured as programs.

use std::process::{Command, Stdio};

/// One algorithm of `openssl speed`, which counts its own processor time and keeps its keys.
pub struct Speed {
    /// Arguments that choose the algorithm.
    pub arguments: &'static [&'static str],
    /// How its line of figures starts.
    pub prefix: &'static str,
    /// The figure of that line, divided by this, is the rate.
    pub divisor: f64,
}

impl Speed {
    /// The rate of one round; nothing when the program is not here or does not know the algorithm.
    pub fn rate(&self) -> Option<f64> {
        let output = Command::new("openssl")
            .args(["speed", "-mr", "-seconds", "1"])
            .args(self.arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        figure(&text, self.prefix).map(|rate| rate / self.divisor)
    }
}

/// The last figure of the line that starts so.
fn figure(text: &str, prefix: &str) -> Option<f64> {
    let line = text.lines().find(|line| line.starts_with(prefix))?;
    line.rsplit(':').next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read() {
        let text = "+H:65536\n+F:25:sha256:1608523294.12\n+F2:2:2048:3073.684211:57208.474576\n";
        assert_eq!(figure(text, "+F2:"), Some(57_208.474_576));
        assert_eq!(figure(text, "+F:"), Some(1_608_523_294.12));
        assert_eq!(figure(text, "+F4:"), None);
    }
}
