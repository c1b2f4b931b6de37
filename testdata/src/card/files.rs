//! A file system of ISO/IEC 7816-4 §7: directories, transparent files, records, and who may read them.

use super::{Card, Command, Pins, Protocol, Waiting};

/// Success.
const OK: u16 = 0x9000;
/// The end of the file came first.
const END_OF_FILE: u16 = 0x6282;
/// The command does not go with the structure of the file.
const INCOMPATIBLE: u16 = 0x6981;
/// A PIN is wanted.
const SECURITY: u16 = 0x6982;
/// No file is selected.
const NO_FILE: u16 = 0x6986;
const NOT_FOUND: u16 = 0x6A82;
const NO_RECORD: u16 = 0x6A83;
const WRONG_P1_P2: u16 = 0x6A86;
const WRONG_DATA: u16 = 0x6A80;
const WRONG_OFFSET: u16 = 0x6B00;

/// The master file.
pub const MASTER: u16 = 0x3F00;

/// Who may read a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    #[default]
    Free,
    /// Who has verified the PIN of this reference.
    Pin(u8),
    /// Nobody.
    Never,
}

/// What a file holds.
#[derive(Clone, Debug)]
enum Content {
    Directory {
        name: Vec<u8>,
        children: Vec<FileId>,
    },
    Transparent(Vec<u8>),
    Records(Vec<Vec<u8>>),
}

/// A file of a [`FileSystem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId(usize);

#[derive(Clone, Debug)]
struct File {
    identifier: u16,
    parent: FileId,
    content: Content,
    access: Access,
    security: Vec<u8>,
}

/// The files of a card and which of them is selected.
#[derive(Clone, Debug)]
pub struct FileSystem {
    files: Vec<File>,
    directory: FileId,
    selected: FileId,
}

impl Default for FileSystem {
    fn default() -> Self {
        Self::new()
    }
}

impl FileSystem {
    /// The master file alone.
    pub fn new() -> Self {
        let master = File {
            identifier: MASTER,
            parent: Self::MASTER,
            content: Content::Directory {
                name: Vec::new(),
                children: Vec::new(),
            },
            access: Access::Free,
            security: Vec::new(),
        };
        Self {
            files: vec![master],
            directory: Self::MASTER,
            selected: Self::MASTER,
        }
    }

    /// The master file.
    pub const MASTER: FileId = FileId(0);

    /// Adds a directory; `name` is its DF name (AID), possibly empty.
    pub fn add_directory(&mut self, parent: FileId, identifier: u16, name: &[u8]) -> FileId {
        let content = Content::Directory {
            name: name.to_vec(),
            children: Vec::new(),
        };
        self.add(parent, identifier, content, Access::Free)
    }

    /// Adds a transparent file.
    pub fn add_file(
        &mut self,
        parent: FileId,
        identifier: u16,
        octets: &[u8],
        access: Access,
    ) -> FileId {
        let content = Content::Transparent(octets.to_vec());
        self.add(parent, identifier, content, access)
    }

    /// Adds a file of records of variable size.
    pub fn add_records(
        &mut self,
        parent: FileId,
        identifier: u16,
        records: Vec<Vec<u8>>,
        access: Access,
    ) -> FileId {
        self.add(parent, identifier, Content::Records(records), access)
    }

    fn add(&mut self, parent: FileId, identifier: u16, content: Content, access: Access) -> FileId {
        let id = FileId(self.files.len());
        self.files.push(File {
            identifier,
            parent,
            content,
            access,
            security: Vec::new(),
        });
        if let Content::Directory { children, .. } = &mut self.files[parent.0].content {
            children.push(id);
        }
        id
    }

    /// The security attributes that the control information shows (tag 86).
    pub fn set_security(&mut self, file: FileId, attributes: &[u8]) {
        self.files[file.0].security = attributes.to_vec();
    }

    /// Puts other octets into a transparent file.
    pub fn write(&mut self, file: FileId, octets: &[u8]) {
        self.files[file.0].content = Content::Transparent(octets.to_vec());
    }

    /// Makes it a file of these records.
    pub fn write_records(&mut self, file: FileId, records: Vec<Vec<u8>>) {
        self.files[file.0].content = Content::Records(records);
    }

    /// The octets of a transparent file.
    pub fn octets(&self, file: FileId) -> Option<&[u8]> {
        match &self.files[file.0].content {
            Content::Transparent(octets) => Some(octets),
            _ => None,
        }
    }

    /// Gives a directory another name.
    pub fn rename(&mut self, directory: FileId, other: &[u8]) {
        if let Content::Directory { name, .. } = &mut self.files[directory.0].content {
            *name = other.to_vec();
        }
    }

    /// Takes a file out of its directory.
    pub fn remove(&mut self, file: FileId) {
        let parent = self.parent(file);
        if let Content::Directory { children, .. } = &mut self.files[parent.0].content {
            children.retain(|child| *child != file);
        }
    }

    /// Power comes: the master file is selected.
    pub fn reset(&mut self) {
        self.directory = Self::MASTER;
        self.selected = Self::MASTER;
    }

    /// The directory that is selected, or that of the selected file.
    pub fn directory(&self) -> FileId {
        self.directory
    }

    /// What is selected.
    pub fn selected(&self) -> FileId {
        self.selected
    }

    /// The file identifier.
    pub fn identifier(&self, file: FileId) -> u16 {
        self.files[file.0].identifier
    }

    /// It is a directory.
    pub fn is_directory(&self, file: FileId) -> bool {
        matches!(self.files[file.0].content, Content::Directory { .. })
    }

    /// Files of a directory, in the order they were added.
    pub fn children(&self, directory: FileId) -> &[FileId] {
        match &self.files[directory.0].content {
            Content::Directory { children, .. } => children,
            _ => &[],
        }
    }

    /// The directory of a file; the master file is its own.
    pub fn parent(&self, file: FileId) -> FileId {
        self.files[file.0].parent
    }

    /// Selects a file.
    pub fn select(&mut self, file: FileId) {
        self.selected = file;
        self.directory = match self.is_directory(file) {
            true => file,
            false => self.parent(file),
        };
    }

    /// The file of this identifier in a directory.
    pub fn child(&self, directory: FileId, identifier: u16) -> Option<FileId> {
        let children = self.children(directory).iter().copied();
        children
            .into_iter()
            .find(|file| self.identifier(*file) == identifier)
    }

    /// The file at the end of a path of file identifiers, two octets each, that starts in `from`.
    pub fn follow(&self, from: FileId, path: &[u8]) -> Option<FileId> {
        let (steps, []) = path.as_chunks::<2>() else {
            return None;
        };
        steps
            .iter()
            .try_fold(from, |directory, step| match u16::from_be_bytes(*step) {
                MASTER => Some(Self::MASTER),
                identifier => self.child(directory, identifier),
            })
    }

    /// The directory whose name begins with these octets (ISO/IEC 7816-4 §11.2.2, right truncated DF name).
    pub fn named(&self, wanted: &[u8]) -> Option<FileId> {
        let place = self.files.iter().position(|file| match &file.content {
            Content::Directory { name, .. } => !name.is_empty() && name.starts_with(wanted),
            _ => false,
        });
        place.filter(|_| !wanted.is_empty()).map(FileId)
    }

    /// Answers SELECT, READ BINARY and READ RECORD; none for another instruction.
    pub fn answer(&mut self, command: &Command, pins: &Pins) -> Option<(Vec<u8>, u16)> {
        let answered = match command.instruction {
            0xA4 => self.answer_select(command),
            0xB0 => self.answer_read_binary(command, pins),
            0xB2 => self.answer_read_record(command, pins),
            _ => return None,
        };
        Some(answered.unwrap_or_else(|status| (Vec::new(), status)))
    }

    /// P1 says how to select, P2 what to answer (ISO/IEC 7816-4 §11.2.2).
    fn answer_select(&mut self, command: &Command) -> Result<(Vec<u8>, u16), u16> {
        let file = self.find(command.p1, &command.data)?;
        let template = match command.p2 {
            0x00 => Some(0x6F),
            0x04 => Some(0x62),
            0x0C => None,
            _ => return Err(WRONG_P1_P2),
        };
        self.select(file);
        let control = template.map(|template| self.control(file, template));
        Ok((control.unwrap_or_default(), OK))
    }

    fn find(&self, p1: u8, data: &[u8]) -> Result<FileId, u16> {
        let one = || {
            let octets = data.try_into().map_err(|_| WRONG_DATA)?;
            let found = self.child(self.directory, u16::from_be_bytes(octets));
            found.ok_or(NOT_FOUND)
        };
        let of_kind = |wanted: bool| {
            let file = one()?;
            (self.is_directory(file) == wanted)
                .then_some(file)
                .ok_or(NOT_FOUND)
        };
        match p1 {
            0x00 if data.is_empty() || data == MASTER.to_be_bytes() => Ok(Self::MASTER),
            0x00 => one(),
            0x01 => of_kind(true),
            0x02 => of_kind(false),
            0x03 if data.is_empty() => Ok(self.parent(self.directory)),
            0x03 => Err(WRONG_DATA),
            0x04 => self.named(data).ok_or(NOT_FOUND),
            0x08 | 0x09 if data.is_empty() => Err(WRONG_DATA),
            0x08 => self.follow(Self::MASTER, data).ok_or(NOT_FOUND),
            0x09 => self.follow(self.directory, data).ok_or(NOT_FOUND),
            _ => Err(WRONG_P1_P2),
        }
    }

    /// File control information of a file under this tag (ISO/IEC 7816-4 §7.4).
    pub fn control(&self, file: FileId, template: u8) -> Vec<u8> {
        let file = &self.files[file.0];
        let mut objects = Vec::new();
        let mut add = |tag: u8, value: &[u8]| {
            objects.push(tag);
            objects.push(u8::try_from(value.len()).unwrap_or(u8::MAX));
            objects.extend_from_slice(value);
        };
        let short = |length: usize| u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes();
        match &file.content {
            Content::Directory { name, .. } => {
                add(0x82, &[0x38]);
                add(0x83, &file.identifier.to_be_bytes());
                if !name.is_empty() {
                    add(0x84, name);
                }
            }
            Content::Transparent(octets) => {
                add(0x80, &short(octets.len()));
                add(0x82, &[0x01]);
                add(0x83, &file.identifier.to_be_bytes());
            }
            Content::Records(records) => {
                let total = records.iter().map(Vec::len).sum();
                let most = records.iter().map(Vec::len).max().unwrap_or(0);
                let [high, low] = short(most);
                let count = u8::try_from(records.len()).unwrap_or(u8::MAX);
                add(0x80, &short(total));
                add(0x82, &[0x04, 0x41, high, low, count]);
                add(0x83, &file.identifier.to_be_bytes());
            }
        }
        if !file.security.is_empty() {
            add(0x86, &file.security);
        }
        add(0x8A, &[0x05]);
        let length = u8::try_from(objects.len()).unwrap_or(u8::MAX);
        [&[template, length][..], &objects].concat()
    }

    fn readable(&self, pins: &Pins) -> Result<&Content, u16> {
        let file = &self.files[self.selected.0];
        let open = match file.access {
            Access::Free => true,
            Access::Pin(reference) => pins.is_verified(reference),
            Access::Never => false,
        };
        match &file.content {
            Content::Directory { .. } => Err(NO_FILE),
            _ if !open => Err(SECURITY),
            content => Ok(content),
        }
    }

    fn answer_read_binary(&self, command: &Command, pins: &Pins) -> Result<(Vec<u8>, u16), u16> {
        if command.p1 & 0x80 != 0 {
            return Err(WRONG_P1_P2);
        }
        let Content::Transparent(octets) = self.readable(pins)? else {
            return Err(INCOMPATIBLE);
        };
        let offset = usize::from(u16::from_be_bytes([command.p1, command.p2]));
        let rest = octets.get(offset..).filter(|rest| !rest.is_empty());
        let rest = rest.ok_or(WRONG_OFFSET)?;
        let wanted = command.expected.unwrap_or(0);
        match rest.get(..wanted) {
            Some(whole) => Ok((whole.to_vec(), OK)),
            // Le 00 asks for what there is.
            None if wanted >= 256 => Ok((rest.to_vec(), OK)),
            None => Ok((rest.to_vec(), END_OF_FILE)),
        }
    }

    fn answer_read_record(&self, command: &Command, pins: &Pins) -> Result<(Vec<u8>, u16), u16> {
        if command.p2 != 0x04 || command.p1 == 0 {
            return Err(WRONG_P1_P2);
        }
        let Content::Records(records) = self.readable(pins)? else {
            return Err(INCOMPATIBLE);
        };
        let record = records.get(usize::from(command.p1) - 1).ok_or(NO_RECORD)?;
        let wanted = command.expected.unwrap_or(0);
        if wanted < record.len() {
            let length = u16::try_from(record.len()).unwrap_or(0) & 0xFF;
            return Err(0x6C00 | length);
        }
        Ok((record.clone(), OK))
    }
}

/// A card that has files and nothing else. It speaks T=1.
#[derive(Clone, Default)]
pub struct FileSystemCard {
    pub files: FileSystem,
    pub pins: Pins,
    waiting: Waiting,
}

impl Card for FileSystemCard {
    fn atr(&self) -> Vec<u8> {
        vec![0x3B, 0x80, 0x80, 0x01, 0x01]
    }

    fn reset(&mut self) {
        self.files.reset();
        self.pins.reset();
        self.waiting.reset();
    }

    fn answer(&mut self, octets: &[u8]) -> Option<Vec<u8>> {
        let Some(command) = Command::read(octets, Protocol::T1) else {
            return Some(vec![0x67, 0x00]);
        };
        let answered = self.files.answer(&command, &self.pins);
        let (data, status) = answered.unwrap_or((Vec::new(), 0x6D00));
        Some(self.waiting.respond(&command, Protocol::T1, &data, status))
    }
}

#[cfg(test)]
mod tests;
