//! Where two reports differ.

use serde_json::Value;

/// Differences that are named; more do not help.
const MOST: usize = 16;

/// Octets by which a foreign report may be larger than twice the one it is compared with, and still be parsed.
const LARGER: usize = 1 << 20;

/// A place in a report whose value is another one now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Difference {
    /// JSON Pointer (RFC 6901); empty for the report as a whole.
    pub pointer: String,
}

/// Where two reports in JSON differ; none when their octets are the same.
pub(crate) fn differences(before: &[u8], now: &[u8]) -> Vec<Difference> {
    if before == now {
        return Vec::new();
    }
    let mut found = Vec::new();
    let is_comparable = before.len() <= now.len().saturating_mul(2).saturating_add(LARGER);
    if is_comparable {
        let values = [before, now].map(serde_json::from_slice::<Value>);
        if let [Ok(before), Ok(now)] = &values {
            compare(before, now, &mut String::new(), &mut found);
        }
    }
    if found.is_empty() {
        found.push(Difference {
            pointer: String::new(),
        });
    }
    found
}

fn compare(before: &Value, now: &Value, place: &mut String, found: &mut Vec<Difference>) {
    if before == now || found.len() == MOST {
        return;
    }
    let mut inside = |key: &str, before: &Value, now: &Value, found: &mut Vec<Difference>| {
        let length = place.len();
        place.push('/');
        place.push_str(&key.replace('~', "~0").replace('/', "~1"));
        compare(before, now, place, found);
        place.truncate(length);
    };
    match (before, now) {
        (Value::Object(before), Value::Object(now)) => {
            let added = now.keys().filter(|key| !before.contains_key(*key));
            for key in before.keys().chain(added) {
                let values = [before, now].map(|it| it.get(key).unwrap_or(&Value::Null));
                let is_in_both = before.contains_key(key) && now.contains_key(key);
                match values {
                    // That a member is there with nothing in it is a difference, too.
                    [Value::Null, Value::Null] if !is_in_both => {
                        inside(key, &Value::Bool(true), &Value::Null, found);
                    }
                    [before, now] => inside(key, before, now, found),
                }
            }
        }
        (Value::Array(before), Value::Array(now)) if before.len() == now.len() => {
            for (place, (before, now)) in before.iter().zip(now).enumerate() {
                inside(&place.to_string(), before, now, found);
            }
        }
        _ => found.push(Difference {
            pointer: place.clone(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointers(before: &str, now: &str) -> Vec<String> {
        let found = differences(before.as_bytes(), now.as_bytes());
        found.into_iter().map(|it| it.pointer).collect()
    }

    #[test]
    fn every_difference_has_its_place() {
        assert!(pointers(r#"{"a":[1,2]}"#, r#"{"a":[1,2]}"#).is_empty());
        assert_eq!(
            pointers(r#"{"a":[1,2],"b/c":1}"#, r#"{"a":[1,3]}"#),
            ["/a/1", "/b~1c"]
        );
        assert_eq!(pointers(r#"{"a":[1]}"#, r#"{"a":[1,2]}"#), ["/a"]);
        assert_eq!(pointers(r#"{"a":null}"#, "{}"), ["/a"]);
        assert_eq!(pointers("{}", r#"{"a":null}"#), ["/a"]);
        // The same values in other octets.
        assert_eq!(pointers(r#"{"a":1}"#, r#"{ "a":1}"#), [""]);
        assert_eq!(pointers("no JSON", "{}"), [""]);
    }

    #[test]
    fn a_report_that_is_far_larger_differs_as_a_whole() {
        let now = r#"{"a":2}"#;
        let most = 2 * now.len() + LARGER;
        let of_size = |size: usize| {
            let frame = r#"{"a":""}"#.len();
            format!(r#"{{"a":"{}"}}"#, "x".repeat(size - frame))
        };
        assert_eq!(pointers(&of_size(most), now), ["/a"]);
        assert_eq!(pointers(&of_size(most + 1), now), [""]);
    }
}
