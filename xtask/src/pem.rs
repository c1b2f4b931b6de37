//! PEM text (RFC 7468) of test material.

use anyhow::{Context, Result};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// The octets of every block, in order.
pub fn objects(text: &str) -> Result<Vec<Vec<u8>>> {
    let mut objects = Vec::new();
    let mut lines = text.lines();
    while lines.any(|line| line.starts_with("-----BEGIN ")) {
        let body: String = lines
            .by_ref()
            .map(str::trim)
            .take_while(|line| !line.starts_with("-----END "))
            .filter(|line| !line.contains(':'))
            .collect();
        let octets = BASE64_STANDARD.decode(body);
        objects.push(octets.context("a PEM block is not base64")?);
    }
    Ok(objects)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_read_in_order() {
        let text = "note\n-----BEGIN X-----\nAQI=\n-----END X-----\n-----BEGIN Y-----\r\nA: b\r\nAw==\r\n-----END Y-----\n";
        assert_eq!(objects(text).unwrap(), [vec![1, 2], vec![3]]);
        assert!(objects("-----BEGIN X-----\n!\n-----END X-----\n").is_err());
    }
}
