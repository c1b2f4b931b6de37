//! A card service that does what a test says: the other side of pcsc-lite's protocol 4:4, spoken to by the real
//! `libpcsclite`. It plays what `pcscd` cannot be brought to on a test machine: the refusals of polkit, readers that
//! come, go and move, as many readers as there can be.

use std::fs;
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use rustix::event::{PollFd, PollFlags, poll};
use tempfile::TempDir;
use testdata::card::Card;

/// Readers in the table that the service sends.
const READERS: usize = 16;
/// Octets of a row: name 128, count 4, state 4, sharing 4, ATR 33, padding 3, length 4, protocol 4.
const ROW: usize = 184;
const NAME: usize = 128;

const ABSENT: u32 = 0x02;
const PRESENT_POWERED_NEGOTIABLE: u32 = 0x34;

const SUCCESS: u32 = 0;
const INVALID_HANDLE: u32 = 0x8010_0003;
const UNKNOWN_READER: u32 = 0x8010_0009;
const NO_SMARTCARD: u32 = 0x8010_000C;
const CANCELLED: u32 = 0x8010_0002;

/// What the service refuses, as pcscd does for polkit: by closing the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    Nothing,
    /// The user (`access_pcsc`): before anything is heard.
    AtOnce,
    /// The user, when polkit has taken its time and the first question waits unread.
    AfterTheFirstQuestion,
    /// The cards of every reader (`access_card`): when one is asked for.
    Cards,
}

/// A reader of the script.
pub struct ScriptedReader {
    pub name: String,
    /// Insertions and removals.
    pub count: u32,
    pub card: Option<Box<dyn Card>>,
}

impl ScriptedReader {
    pub fn empty(name: &str) -> Self {
        ScriptedReader {
            name: name.to_owned(),
            count: 0,
            card: None,
        }
    }

    pub fn with(name: &str, card: impl Card + 'static) -> Self {
        ScriptedReader {
            name: name.to_owned(),
            count: 1,
            card: Some(Box::new(card)),
        }
    }
}

/// The service; it ends when dropped.
pub struct ScriptedService {
    folder: TempDir,
    script: Arc<Mutex<Script>>,
    door: Option<JoinHandle<()>>,
}

struct Script {
    refusal: Refusal,
    readers: Vec<ScriptedReader>,
    is_over: bool,
    /// All connections; who waits for a change of the readers is marked.
    clients: Vec<Client>,
}

struct Client {
    connection: UnixStream,
    is_waiting: bool,
    /// The reader whose card it has.
    reader: Option<String>,
}

impl ScriptedService {
    pub fn start(refusal: Refusal, readers: Vec<ScriptedReader>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join("pcscd.comm")).unwrap();
        let script = Arc::new(Mutex::new(Script {
            refusal,
            readers,
            is_over: false,
            clients: Vec::new(),
        }));
        let shared = Arc::clone(&script);
        let door = Some(thread::spawn(move || serve(&listener, &shared)));
        ScriptedService {
            folder,
            script,
            door,
        }
    }

    /// Path of the socket clients connect to.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("pcscd.comm")
    }

    /// Other readers from now on; who waits is told.
    pub fn change(&self, change: impl FnOnce(&mut Vec<ScriptedReader>)) {
        let mut script = lock(&self.script);
        change(&mut script.readers);
        for client in script.clients.iter_mut().filter(|it| it.is_waiting) {
            client.is_waiting = false;
            let _ = client.connection.write_all(&words(&[0, SUCCESS]));
        }
    }
}

impl Drop for ScriptedService {
    fn drop(&mut self) {
        let mut script = lock(&self.script);
        script.is_over = true;
        for client in &script.clients {
            let _ = client.connection.shutdown(Shutdown::Both);
        }
        drop(script);
        let _ = UnixStream::connect(self.socket());
        let _ = fs::remove_file(self.socket());
        if let Some(door) = self.door.take() {
            let _ = door.join();
        }
    }
}

fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap()
}

fn serve(listener: &UnixListener, script: &Arc<Mutex<Script>>) {
    for connection in listener.incoming() {
        let connection = connection.unwrap();
        let mut now = lock(script);
        if now.is_over {
            return;
        }
        match now.refusal {
            Refusal::AtOnce => continue,
            Refusal::AfterTheFirstQuestion => {
                drop(now);
                let mut readable = [PollFd::new(&connection, PollFlags::IN)];
                poll(&mut readable, None).unwrap();
                continue;
            }
            Refusal::Nothing | Refusal::Cards => {}
        }
        let number = now.clients.len();
        now.clients.push(Client {
            connection: connection.try_clone().unwrap(),
            is_waiting: false,
            reader: None,
        });
        drop(now);
        let script = Arc::clone(script);
        thread::spawn(move || {
            // A client that goes in the middle of a message is as good as one that goes after it.
            let _ = converse(connection, number, &script);
            let _ = lock(&script).clients[number]
                .connection
                .shutdown(Shutdown::Both);
        });
    }
}

/// Answers one client until one of both closes the connection.
fn converse(
    mut connection: UnixStream,
    number: usize,
    script: &Mutex<Script>,
) -> Result<(), io::Error> {
    loop {
        let mut header = [0; 8];
        connection.read_exact(&mut header)?;
        let length = word(&header, 0) as usize;
        let mut body = vec![0; length];
        connection.read_exact(&mut body)?;
        let mut now = lock(script);
        let context = u32::try_from(number).unwrap() + 1;
        let answer = match word(&header, 4) {
            // Version, with its own.
            0x11 => words(&[4, 4, SUCCESS]),
            // Establish: scope, context.
            0x01 => words(&[word(&body, 0), context, SUCCESS]),
            // Release: context.
            0x02 => words(&[word(&body, 0), SUCCESS]),
            0x12 => table(&now.readers),
            // Wait for a change: the table now, and two words when it comes.
            0x13 => {
                now.clients[number].is_waiting = true;
                table(&now.readers)
            }
            0x14 => {
                let was_waiting = std::mem::take(&mut now.clients[number].is_waiting);
                if !was_waiting {
                    continue;
                }
                words(&[0, SUCCESS])
            }
            // Cancel, from another connection: context.
            0x0D => {
                let target = word(&body, 0) as usize - 1;
                let outcome = match now.clients.get_mut(target) {
                    Some(client) if client.is_waiting => {
                        client.is_waiting = false;
                        client.connection.write_all(&words(&[0, CANCELLED]))?;
                        SUCCESS
                    }
                    _ => INVALID_HANDLE,
                };
                words(&[word(&body, 0), outcome])
            }
            0x04 if now.refusal == Refusal::Cards => return Ok(()),
            0x04 => connect(&mut now, number, body),
            // Begin and status: card. Disconnect and end: card, disposition.
            0x07 | 0x0B => words(&[word(&body, 0), SUCCESS]),
            0x06 | 0x08 => words(&[word(&body, 0), word(&body, 4), SUCCESS]),
            0x09 => {
                let mut command = vec![0; word(&body, 12) as usize];
                connection.read_exact(&mut command)?;
                transmit(&mut now, number, body, &command)
            }
            other => panic!("the script has no answer to command {other:#x}"),
        };
        // Before anybody else writes to this client: the news of a change comes after the table.
        connection.write_all(&answer)?;
        drop(now);
    }
}

/// Connect: context, name, share mode, protocols, card, protocol.
fn connect(script: &mut Script, number: usize, mut body: Vec<u8>) -> Vec<u8> {
    let name: Vec<u8> = body[4..4 + NAME]
        .iter()
        .copied()
        .take_while(|it| *it != 0)
        .collect();
    let name = String::from_utf8(name).unwrap();
    let reader = script.readers.iter_mut().find(|it| it.name == name);
    let (protocol, outcome) = match reader.map(|it| &it.card) {
        None => (0, UNKNOWN_READER),
        Some(None) => (0, NO_SMARTCARD),
        Some(Some(card)) => (protocol(card.as_ref()), SUCCESS),
    };
    script.clients[number].reader = Some(name);
    let handle = u32::try_from(number).unwrap() + 1;
    body.truncate(4 + NAME + 8);
    body.extend(words(&[handle, protocol, outcome]));
    body
}

/// Transmit: card, four words about protocols around the length of the command, room for the answer.
fn transmit(script: &mut Script, number: usize, mut body: Vec<u8>, command: &[u8]) -> Vec<u8> {
    let name = script.clients[number].reader.clone().unwrap();
    let reader = script.readers.iter_mut().find(|it| it.name == name);
    let card = reader.and_then(|it| it.card.as_mut());
    let answer = card.and_then(|it| it.answer(command)).unwrap_or_default();
    body.truncate(24);
    body.extend(words(&[u32::try_from(answer.len()).unwrap(), SUCCESS]));
    body.extend(answer);
    body
}

/// Every reader a row, empty ones behind.
fn table(readers: &[ScriptedReader]) -> Vec<u8> {
    let mut table = Vec::new();
    for reader in readers {
        let begin = table.len();
        table.extend(reader.name.as_bytes());
        table.resize(begin + NAME, 0);
        let (state, atr, protocol) = match &reader.card {
            Some(card) => (
                PRESENT_POWERED_NEGOTIABLE,
                card.atr(),
                protocol(card.as_ref()),
            ),
            None => (ABSENT, Vec::new(), 0),
        };
        table.extend(words(&[reader.count, state, 0]));
        table.extend(&atr);
        table.resize(begin + NAME + 12 + 36, 0);
        table.extend(words(&[u32::try_from(atr.len()).unwrap(), protocol]));
    }
    assert!(table.len() <= READERS * ROW);
    table.resize(READERS * ROW, 0);
    table
}

/// T=1 where the ATR has a TD1 that says so.
fn protocol(card: &dyn Card) -> u32 {
    let atr = card.atr();
    let first = atr[1];
    let skipped = (first >> 4 & 0x07).count_ones() as usize;
    let is_t1 = first & 0x80 != 0 && atr[2 + skipped] & 0x0F == 1;
    if is_t1 { 2 } else { 1 }
}

fn word(octets: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes(octets[at..at + 4].try_into().unwrap())
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|it| it.to_ne_bytes()).collect()
}
