//! A claim and what came of it.

use anyhow::Result;

/// What was counted while a claim held.
#[derive(Debug)]
pub struct Figure(pub String);

/// The line of a claim: name, figure or why it failed, and `held` or `failed`.
pub fn line(claim: &str, outcome: &Result<Figure>) -> String {
    match outcome {
        Ok(Figure(figure)) => format!("{claim}\t{figure}\theld"),
        Err(why) => {
            let why = format!("{why:#}").replace(['\t', '\n'], " ");
            format!("{claim}\t{why}\tfailed")
        }
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_line_has_three_fields() {
        let held = line("log honest", &Ok(Figure("3 rows".into())));
        assert_eq!(held, "log honest\t3 rows\theld");
        let failed = line("log honest", &Err(anyhow!("row\t7\nwas taken")));
        assert_eq!(failed, "log honest\trow 7 was taken\tfailed");
    }
}
