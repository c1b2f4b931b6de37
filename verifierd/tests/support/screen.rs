//! What a terminal shows of the octets that it gets (ECMA-48): as much as a progress bar uses.

/// Lines of a terminal that is high enough.
pub struct Screen {
    columns: usize,
    lines: Vec<Vec<char>>,
    row: usize,
    column: usize,
}

impl Screen {
    pub fn new(columns: usize) -> Self {
        Self {
            columns,
            lines: vec![Vec::new()],
            row: 0,
            column: 0,
        }
    }

    /// Takes text; answers every line that stood when the cursor left it or cleared it.
    pub fn take(&mut self, text: &str) -> String {
        let mut all = String::new();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            match character {
                '\r' => self.column = 0,
                '\n' => {
                    self.tell(&mut all);
                    self.move_to(self.row + 1);
                }
                '\u{1b}' => {
                    assert_eq!(characters.next(), Some('['), "another escape sequence");
                    let mut number = String::new();
                    let last = loop {
                        match characters.next().expect("the end of an escape sequence") {
                            last @ '@'..='~' => break last,
                            digit => number.push(digit),
                        }
                    };
                    self.tell(&mut all);
                    self.control(last, &number);
                }
                shown => self.put(shown),
            }
        }
        self.tell(&mut all);
        all
    }

    fn tell(&self, all: &mut String) {
        let line: String = self.lines[self.row].iter().collect();
        all.push_str(line.trim_end());
        all.push('\n');
    }

    fn control(&mut self, last: char, number: &str) {
        let count = number.parse().unwrap_or(1);
        match (last, number) {
            ('A', _) => self.row = self.row.saturating_sub(count),
            ('B', _) => self.move_to(self.row + count),
            ('C', _) => self.column += count,
            ('D', _) => self.column = self.column.saturating_sub(count),
            ('G', _) => self.column = count - 1,
            ('K', "2") => self.lines[self.row].clear(),
            ('K', "" | "0") => self.lines[self.row].truncate(self.column),
            ('J', "" | "0") => {
                self.lines.truncate(self.row + 1);
                self.lines[self.row].truncate(self.column);
            }
            // Colours; whether the cursor is shown.
            ('m', _) | ('h' | 'l', "?25") => {}
            other => panic!("another control sequence: {other:?}"),
        }
    }

    fn move_to(&mut self, row: usize) {
        self.row = row;
        while self.lines.len() <= row {
            self.lines.push(Vec::new());
        }
    }

    fn put(&mut self, character: char) {
        if self.column == self.columns {
            self.column = 0;
            self.move_to(self.row + 1);
        }
        let line = &mut self.lines[self.row];
        while line.len() <= self.column {
            line.push(' ');
        }
        line[self.column] = character;
        self.column += 1;
    }

    /// What stands there now, without empty lines at the end.
    pub fn text(&self) -> String {
        let lines = self.lines.iter();
        let lines: Vec<String> = lines
            .map(|line| line.iter().collect::<String>().trim_end().to_owned())
            .collect();
        lines.join("\n").trim_end().to_owned()
    }
}
