//! A signed message in the encodings that a sender may choose (X.690 §8.1.3, §8.7.3).

#![allow(dead_code)]

/// What stands around the content of a message.
pub struct Around {
    /// Everything before the octets of the content.
    pub head: Vec<u8>,
    /// Everything after them.
    pub tail: Vec<u8>,
}

/// A detached message, taken apart.
pub struct Detached {
    /// Version and digestAlgorithms.
    fields: Vec<u8>,
    /// The type of the content.
    data: Vec<u8>,
    /// What follows encapContentInfo.
    rest: Vec<u8>,
    signed_data: Vec<u8>,
}

impl Detached {
    pub fn read(message: &[u8]) -> Self {
        let info = contents(message);
        let (signed_data, wrapped) = next(info);
        let fields = contents(contents(wrapped));
        let (version, others) = next(fields);
        let (digests, others) = next(others);
        let (encapsulated, rest) = next(others);
        Self {
            fields: [version, digests].concat(),
            data: contents(encapsulated).to_vec(),
            rest: rest.to_vec(),
            signed_data: signed_data.to_vec(),
        }
    }

    /// All lengths definite, around `size` octets of one string.
    pub fn definite(&self, size: usize) -> Around {
        self.with_string(0x04, size)
    }

    /// All lengths definite, around a string in segments of so many octets together.
    pub fn segmented(&self, size: usize) -> Around {
        self.with_string(0x24, size)
    }

    fn with_string(&self, tag: u8, size: usize) -> Around {
        let string = header(tag, Some(size));
        let content = header(0xa0, Some(string.len() + size));
        let inside = self.data.len() + content.len() + string.len() + size;
        let encapsulated = header(0x30, Some(inside));
        let message = self.fields.len() + encapsulated.len() + inside + self.rest.len();
        let sequence = header(0x30, Some(message));
        let wrapper = header(0xa0, Some(sequence.len() + message));
        let whole = self.signed_data.len() + wrapper.len() + sequence.len() + message;
        let parts = [
            &header(0x30, Some(whole))[..],
            &self.signed_data,
            &wrapper,
            &sequence,
            &self.fields,
            &encapsulated,
            &self.data,
            &content,
            &string,
        ];
        Around {
            head: parts.concat(),
            tail: self.rest.clone(),
        }
    }

    /// Indefinite lengths down to the string, whose segments are the content.
    pub fn indefinite(&self) -> Around {
        let open = |tag| header(tag, None);
        let parts = [
            &open(0x30)[..],
            &self.signed_data,
            &open(0xa0),
            &open(0x30),
            &self.fields,
            &open(0x30),
            &self.data,
            &open(0xa0),
            &open(0x24),
        ];
        Around {
            head: parts.concat(),
            // The string, its wrapper and encapContentInfo end; then SignedData, its wrapper and ContentInfo.
            tail: [&[0; 6][..], &self.rest, &[0; 6]].concat(),
        }
    }
}

/// The content as segments of so many octets.
pub fn segments(content: &[u8], size: usize) -> Vec<u8> {
    let segments = content.chunks(size);
    segments
        .flat_map(|segment| [&header(0x04, Some(segment.len()))[..], segment].concat())
        .collect()
}

/// Tag and length: the shortest form, or the indefinite one.
fn header(tag: u8, length: Option<usize>) -> Vec<u8> {
    let Some(length) = length else {
        return vec![tag, 0x80];
    };
    let octets = length.to_be_bytes();
    let first = octets.iter().position(|octet| *octet != 0);
    let significant = &octets[first.unwrap_or(octets.len() - 1)..];
    match significant {
        [short] if *short < 0x80 => vec![tag, *short],
        long => [&[tag, 0x80 | long.len() as u8][..], long].concat(),
    }
}

/// The first element and what follows it.
fn next(octets: &[u8]) -> (&[u8], &[u8]) {
    let (header, length) = measure(octets);
    octets.split_at(header + length)
}

fn contents(element: &[u8]) -> &[u8] {
    let (header, length) = measure(element);
    &element[header..header + length]
}

fn measure(element: &[u8]) -> (usize, usize) {
    match element[1] {
        short if short < 0x80 => (2, usize::from(short)),
        long => {
            let count = usize::from(long & 0x7f);
            let octets = &element[2..2 + count];
            let length = octets
                .iter()
                .fold(0, |sum, octet| sum << 8 | usize::from(*octet));
            (2 + count, length)
        }
    }
}
