//! Every command of the documents is one that this program takes.

use std::{fs, path::Path};

use audit_log::SigningKey;
use clap::Parser as _;

use super::Arguments;

/// The commands of one line: words, without comments and redirections.
fn commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let (mut word, mut quote, mut skipped) = (String::new(), None, false);
    for letter in line.chars().chain([' ']) {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (Some(_), letter) => word.push(letter),
            (None, '\'' | '"') => quote = Some(letter),
            (None, '#') if word.is_empty() => break,
            (None, ' ' | ';' | '|' | '&' | '>' | '<') => {
                // What follows a redirection is a file, and no word of the command.
                let whole = std::mem::take(&mut word);
                if !whole.is_empty() && !std::mem::take(&mut skipped) {
                    commands.last_mut().unwrap().push(whole);
                }
                match letter {
                    ';' | '|' | '&' => commands.push(Vec::new()),
                    '>' | '<' => skipped = true,
                    _ => {}
                }
            }
            (None, letter) => word.push(letter),
        }
    }
    commands.retain(|words| !words.is_empty());
    commands
}

/// Lines of a document's blocks of commands, those that go on joined.
fn lines(document: &str) -> Vec<String> {
    let mut lines = Vec::new();
    // Inside of a block: whether it is one of commands.
    let (mut block, mut begun) = (None, String::new());
    for line in document.lines() {
        match line.strip_prefix("```") {
            Some(kind) => {
                block = match block {
                    None => Some(matches!(kind, "" | "sh")),
                    Some(_) => None,
                }
            }
            None if block == Some(true) => match line.strip_suffix('\\') {
                Some(part) => begun.push_str(part),
                None => lines.push(std::mem::take(&mut begun) + line),
            },
            None => {}
        }
    }
    lines
}

#[test]
fn every_command_of_the_documents_is_taken() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut paths = vec![root.join("README.md")];
    for entry in fs::read_dir(root.join("docs")).unwrap() {
        paths.push(entry.unwrap().path());
    }
    paths.retain(|path| path.extension().is_some_and(|it| it == "md"));
    let key = SigningKey::new("a.log", &[1; 32]).unwrap();
    let key = key.verifying_key().to_string();
    let mut taken = 0;
    for path in paths {
        for line in lines(&fs::read_to_string(&path).unwrap()) {
            for words in commands(&line) {
                let program = words.first().unwrap();
                let name = program.rsplit('/').next().unwrap();
                if program.contains('=') || !["verifierd", "$V"].contains(&name) {
                    continue;
                }
                let known = words.iter().map(|word| match word.as_str() {
                    "KEY" => key.as_str(),
                    word => word,
                });
                if let Err(error) = Arguments::try_parse_from(known) {
                    panic!("{}: {line}\n{error}", path.display());
                }
                taken += 1;
            }
        }
    }
    assert!(taken > 40, "{taken} commands were found");
}

#[test]
fn a_line_falls_into_commands_and_words() {
    let line = "echo '{\"a\": 1}; #' > x.json; $V admin enrol --by staff-1 < in | cat   # says";
    let words: Vec<Vec<String>> = vec![
        vec!["echo".into(), "{\"a\": 1}; #".into()],
        ["$V", "admin", "enrol", "--by", "staff-1"]
            .map(String::from)
            .to_vec(),
        vec!["cat".into()],
    ];
    assert_eq!(commands(line), words);
    let document = "text\n```sh\na \\\n b\n```\nc\n```toml\nd\n```\n```\ne\n```\n";
    assert_eq!(lines(document), ["a  b", "e"]);
    let another = ["verifierd", "audit", "prove"];
    assert!(Arguments::try_parse_from(another).is_err());
}
