//! What a signature covers, event by event: each goes into the canonical form before it is handed on, so that nothing
//! can be read that was not signed (XMLDSig §4.3.3.2).

use super::super::c14n::Writer;
use super::super::xml::events::{Element, Event, Events};
use super::super::xml::{Attribute, NotText};
use super::enveloped::EnvelopedRejected;
use super::rejected::SignatureRejected;

/// The events of a document without its enveloped signature.
pub(crate) struct Covered<'w, 'a> {
    events: Events<'a>,
    canonical: Writer<'w, 'a>,
    /// Where the signature begins.
    signature: usize,
    rejected: Option<EnvelopedRejected>,
}

impl<'w, 'a> Covered<'w, 'a> {
    pub(super) fn new(events: Events<'a>, signature: usize, canonical: Writer<'w, 'a>) -> Self {
        Self {
            events,
            canonical,
            signature,
            rejected: None,
        }
    }

    /// The next event; none at the end. What stops the reading early is told to who verifies, not to the reader.
    pub(crate) fn next(&mut self) -> Option<Event<'a>> {
        if self.rejected.is_some() {
            return None;
        }
        match self.step() {
            Ok(event) => event,
            Err(rejected) => {
                self.rejected = Some(rejected);
                None
            }
        }
    }

    /// The attributes of the element that has just begun.
    pub(crate) fn attributes(&self) -> &[Attribute<'a>] {
        self.events.attributes()
    }

    /// The root element.
    pub(crate) fn root(&mut self) -> Option<Element<'a>> {
        loop {
            if let Event::Start(element) = self.next()? {
                return Some(element);
            }
        }
    }

    /// The next element directly in an element that did not end; none where it ends. What stands in the element before
    /// is passed over.
    pub(crate) fn child(&mut self, parent: &Element<'a>) -> Option<Element<'a>> {
        loop {
            match self.next()? {
                Event::Start(element) if element.depth == parent.depth + 1 => return Some(element),
                Event::End { depth, .. } if depth <= parent.depth => return None,
                _ => {}
            }
        }
    }

    /// Joins the text of an element that has just begun, to its end. Comments and processing instructions are left out,
    /// as canonicalization leaves comments out: a comment never shortens a value.
    ///
    /// # Errors
    /// An element begins in it: the text stops there.
    pub(crate) fn text(
        &mut self,
        element: &Element<'a>,
        whole: &mut String,
    ) -> Result<(), NotText> {
        while let Some(event) = self.next() {
            match event {
                Event::Text(part) => whole.push_str(part),
                Event::Character(character) => whole.push(character),
                Event::Instruction { .. } => {}
                Event::Start(_) => return Err(NotText),
                Event::End { depth, .. } if depth <= element.depth => break,
                Event::End { .. } => {}
            }
        }
        Ok(())
    }

    /// Reads what the reader left, so that the canonical form is whole.
    pub(super) fn finish(mut self) -> Result<(), EnvelopedRejected> {
        while self.next().is_some() {}
        match self.rejected {
            Some(rejected) => Err(rejected),
            None => {
                self.canonical.finish();
                Ok(())
            }
        }
    }

    fn step(&mut self) -> Result<Option<Event<'a>>, EnvelopedRejected> {
        let mut event = self.events.next()?;
        while let Some(Event::Start(Element { offset, depth, .. })) = event
            && offset == self.signature
        {
            loop {
                match self.events.next()? {
                    Some(Event::End { depth: end, .. }) if end == depth => break,
                    Some(_) => {}
                    None => return Ok(None),
                }
            }
            event = self.events.next()?;
        }
        if let Some(event) = &event {
            let written = self.canonical.event(event, self.events.attributes());
            written.map_err(SignatureRejected::Canonicalization)?;
        }
        Ok(event)
    }
}

#[cfg(test)]
mod tests;
