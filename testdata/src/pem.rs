use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// PEM text (RFC 7468) of one object.
pub fn pem(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    // Base64 text is ASCII, so every 64 octets are 64 characters.
    for line in body.as_bytes().chunks(64) {
        text.extend(line.iter().map(|octet| char::from(*octet)));
        text.push('\n');
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}
