//! The XML declaration (XML 1.0 §2.8).

use super::XmlRejected;

/// Reads the XML declaration, if there is one, and gives the offset after it.
pub(super) fn end_of_declaration(text: &str) -> Result<usize, XmlRejected> {
    let Some(rest) = text.strip_prefix("<?xml") else {
        return Ok(0);
    };
    if !rest.starts_with(is_space) {
        return Ok(0);
    }
    let end = rest.find("?>").ok_or(XmlRejected::Declaration)?;
    let mut fields = rest.get(..end).unwrap_or_default();
    let mut names = Vec::new();
    while !fields.trim_start_matches(is_space).is_empty() {
        let (name, value, after) = pseudo_attribute(fields).ok_or(XmlRejected::Declaration)?;
        let known = match name {
            "version" => value == "1.0",
            "encoding" => value.eq_ignore_ascii_case("utf-8"),
            "standalone" => matches!(value, "yes" | "no"),
            _ => false,
        };
        if !known || names.len() == 3 {
            return Err(XmlRejected::Declaration);
        }
        names.push(name);
        fields = after;
    }
    let in_order = matches!(
        names.as_slice(),
        ["version"]
            | ["version", "encoding"]
            | ["version", "standalone"]
            | ["version", "encoding", "standalone"]
    );
    if in_order {
        Ok("<?xml".len() + end + "?>".len())
    } else {
        Err(XmlRejected::Declaration)
    }
}

fn pseudo_attribute(fields: &str) -> Option<(&str, &str, &str)> {
    let trimmed = fields.trim_start_matches(is_space);
    if trimmed.len() == fields.len() {
        return None;
    }
    let (name, rest) = trimmed.split_once('=')?;
    let rest = rest.trim_start_matches(is_space);
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, after) = rest.get(1..)?.split_once(quote)?;
    Some((name.trim_end_matches(is_space), value, after))
}

const fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}
