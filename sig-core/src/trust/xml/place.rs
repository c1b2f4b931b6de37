//! Where something stands in a document, for people.

use roxmltree::Node;

use crate::finding::displayable;

use super::events::Event;
use super::{Input, Position};

/// The place of an offset, by the line ends of XML 1.0 §2.11.
pub(super) fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let octets = before.as_bytes();
    let follows = |index: usize| text.as_bytes().get(index + 1);
    let is_end = |(index, octet): (usize, &u8)| match octet {
        b'\n' => true,
        b'\r' => follows(index) != Some(&b'\n'),
        _ => false,
    };
    let lines = octets.iter().enumerate().filter(|it| is_end(*it)).count();
    let last_line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
    Position {
        line: u32::try_from(lines).unwrap_or(u32::MAX).saturating_add(1),
        column: u32::try_from(last_line.chars().count())
            .unwrap_or(u32::MAX)
            .saturating_add(1),
    }
}

impl Input<'_> {
    /// `root/element[2]/element[1]` of the element at this offset: two more passes over the document, and the depth of
    /// the element in memory.
    pub(crate) fn path(&self, offset: usize) -> String {
        let mut steps = self.ancestors(offset);
        self.count_siblings(&mut steps);
        let steps: Vec<_> = steps.iter().map(Step::text).collect();
        steps.join("/")
    }

    /// The element at this offset and those it is in, the root first.
    fn ancestors(&self, offset: usize) -> Vec<Step<'_>> {
        let mut open = Vec::new();
        let Ok(mut events) = self.events() else {
            return open;
        };
        while let Ok(Some(event)) = events.next() {
            match event {
                Event::Start(element) => {
                    open.push(Step {
                        offset: element.offset,
                        name: element.local_name(),
                        place: None,
                    });
                    if element.offset == offset {
                        break;
                    }
                }
                Event::End { .. } => {
                    open.pop();
                }
                _ => {}
            }
        }
        open
    }

    fn count_siblings(&self, steps: &mut [Step<'_>]) {
        let Ok(mut events) = self.events() else {
            return;
        };
        // How many of the steps the reading is inside of; what is deeper in another branch is not of the path.
        let mut inside = 0;
        while let Ok(Some(event)) = events.next() {
            let Event::Start(element) = event else {
                continue;
            };
            if element.depth != inside {
                continue;
            }
            let Some(step) = steps.get_mut(inside) else {
                return;
            };
            if inside > 0 && element.local_name() == step.name {
                step.place = Some(step.place.unwrap_or(0) + 1);
            }
            if element.offset == step.offset {
                inside += 1;
            }
        }
    }
}

/// One element of a path.
struct Step<'a> {
    offset: usize,
    name: &'a str,
    /// Which one of its name it is; none for the root.
    place: Option<usize>,
}

impl Step<'_> {
    fn text(&self) -> String {
        match self.place {
            Some(place) => format!("{}[{place}]", self.name),
            None => displayable(self.name),
        }
    }
}

/// `root/element[2]/element[1]`.
pub(crate) fn path(node: Node<'_, '_>) -> String {
    let mut steps: Vec<String> = node
        .ancestors()
        .filter(Node::is_element)
        .map(|step| {
            let name = step.tag_name().name();
            let place = 1 + step
                .prev_siblings()
                .skip(1)
                .filter(|other| other.is_element() && other.tag_name().name() == name)
                .count();
            match step.parent_element() {
                Some(_) => format!("{name}[{place}]"),
                None => displayable(name),
            }
        })
        .collect();
    steps.reverse();
    steps.join("/")
}
