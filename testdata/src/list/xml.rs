//! XML text already in canonical form (Canonical XML 1.0 §2.3): no empty-element tags, escaped text,
//! line feeds only.

/// Elements without attributes, one to a line.
#[derive(Default)]
pub struct Writer {
    text: String,
    open: Vec<&'static str>,
}

impl Writer {
    pub fn open(&mut self, name: &'static str) {
        self.text += &format!("<{name}>\n");
        self.open.push(name);
    }

    /// Closes the element opened last.
    pub fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.text += &format!("</{name}>\n");
        }
    }

    pub fn leaf(&mut self, name: &str, text: &str) {
        self.text += &format!("<{name}>{}</{name}>\n", escaped(text));
    }

    pub fn finish(self) -> String {
        self.text
    }
}

/// Character data as canonical XML writes it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\r', "&#xD;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_elements_are_closed_in_order() {
        let mut writer = Writer::default();
        writer.open("a");
        writer.leaf("b", "1 < 2 & \"3\"");
        writer.close();
        assert_eq!(writer.finish(), "<a>\n<b>1 &lt; 2 &amp; \"3\"</b>\n</a>\n");
    }
}
