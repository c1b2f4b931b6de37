//! The person at the terminal: what is shown, what is asked, and the PIN without echo.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use pcsc_reader::Pin;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{DumpableBehavior, set_dumpable_behavior};
use rustix::termios::{
    LocalModes, OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::low_level::{self, pipe};
use signal_hook::{SigId, flag};
use zeroize::Zeroizing;

/// Octets of the longest PIN with room for what does not belong to one; memory of a PIN never moves.
const MOST_OCTETS: usize = 256;

/// Octets of the longest answer to a question.
const MOST_ANSWER: usize = 64;

/// A terminal with a person before it.
pub(crate) struct Person {
    input: File,
    output: File,
}

/// What was typed without echo.
pub(crate) enum Typed {
    /// Characters and the end of the line.
    Pin(Pin),
    /// No characters, or more than a PIN has.
    Unusable,
    /// The person gave up: Ctrl+C, Ctrl+D, or the terminal went away.
    Nothing,
    /// A signal that ends the program came.
    Signal(i32),
}

impl Person {
    /// The terminal of the program; none when there is nobody.
    pub(crate) fn find() -> Option<Self> {
        let (input, output) = (io::stdin(), io::stderr());
        if input.is_terminal() && output.is_terminal() {
            let input = input.as_fd().try_clone_to_owned().ok()?;
            let output = output.as_fd().try_clone_to_owned().ok()?;
            return Some(Person {
                input: input.into(),
                output: output.into(),
            });
        }
        let input = OpenOptions::new()
            .read(true)
            .write(true)
            .open("/dev/tty")
            .ok()?;
        let output = input.try_clone().ok()?;
        Some(Person { input, output })
    }

    /// Puts text before the person.
    pub(crate) fn show(&mut self, text: &str) -> io::Result<()> {
        self.output.write_all(text.as_bytes())?;
        self.output.flush()
    }

    /// Asks and waits for one of the words, in any case of letters.
    pub(crate) fn agrees(&mut self, question: &str, words: &[&str]) -> io::Result<bool> {
        // What was typed before the question is no answer to it.
        tcflush(&self.input, QueueSelector::IFlush)?;
        self.show(question)?;
        let mut answer = Vec::new();
        let mut octet = [0];
        while answer.len() < MOST_ANSWER {
            match self.input.read(&mut octet) {
                Ok(0) => break,
                Ok(_) if octet == [b'\n'] => break,
                Ok(_) => answer.extend_from_slice(&octet),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        let answer = String::from_utf8_lossy(&answer).trim().to_lowercase();
        Ok(words.contains(&answer.as_str()))
    }

    /// Asks for a PIN. Nothing of what is typed appears; a signal that ends the program, or a panic, leaves the terminal
    /// as it was.
    pub(crate) fn pin(&mut self, question: &str) -> io::Result<Typed> {
        let signals = Signals::watch()?;
        let quiet = Quiet::new(&self.input)?;
        self.output.write_all(question.as_bytes())?;
        self.output.flush()?;
        let typed = read_pin(&self.input, &signals);
        drop(quiet);
        let _ = self.output.write_all(b"\n");
        match signals.came() {
            Some(signal) => Ok(Typed::Signal(signal)),
            None => typed,
        }
    }
}

/// From now on the memory of this process, which will hold a PIN, is written to no file when the process falls, and no
/// other program of this user may look into it.
///
/// # Errors
/// The system refuses.
pub(crate) fn conceal_memory() -> io::Result<()> {
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}

/// Reads octets to the end of the line.
fn read_pin(mut input: &File, signals: &Signals) -> io::Result<Typed> {
    const CTRL_C: u8 = 0x03;
    const CTRL_D: u8 = 0x04;
    const BACKSPACE: u8 = 0x08;
    const CTRL_U: u8 = 0x15;
    const CTRL_BACKSLASH: u8 = 0x1C;
    const DELETE: u8 = 0x7F;
    let mut characters = Zeroizing::new(Vec::with_capacity(MOST_OCTETS));
    let mut is_too_long = false;
    let mut octet = Zeroizing::new([0]);
    loop {
        let mut waits = [
            PollFd::new(&input, PollFlags::IN),
            PollFd::new(&signals.wake, PollFlags::IN),
        ];
        match poll(&mut waits, None) {
            Err(rustix::io::Errno::INTR) => continue,
            outcome => outcome?,
        };
        if signals.came().is_some() {
            return Ok(Typed::Nothing);
        }
        match input.read(octet.as_mut_slice()) {
            Ok(0) => return Ok(Typed::Nothing),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        }
        match octet[0] {
            b'\n' | b'\r' => break,
            CTRL_C | CTRL_BACKSLASH => return Ok(Typed::Nothing),
            CTRL_D if characters.is_empty() => return Ok(Typed::Nothing),
            CTRL_D => break,
            CTRL_U => {
                characters.clear();
                is_too_long = false;
            }
            BACKSPACE | DELETE => {
                // A character of UTF-8 ends where its first octet was.
                while let Some(last) = characters.pop() {
                    if last & 0xC0 != 0x80 {
                        break;
                    }
                }
            }
            other if characters.len() < MOST_OCTETS => characters.push(other),
            _ => is_too_long = true,
        }
    }
    if is_too_long {
        return Ok(Typed::Unusable);
    }
    Ok(match Pin::new(characters) {
        Ok(pin) => Typed::Pin(pin),
        Err(_) => Typed::Unusable,
    })
}

/// A terminal without echo, whose keys make no signals; as before when it is dropped.
struct Quiet<'t> {
    terminal: &'t File,
    before: Termios,
}

impl<'t> Quiet<'t> {
    fn new(terminal: &'t File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut modes = before.clone();
        modes.local_modes -=
            LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
        // What was typed before the question is no answer to it.
        tcsetattr(terminal, OptionalActions::Flush, &modes)?;
        Ok(Quiet { terminal, before })
    }
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        // A terminal that has gone needs nothing back.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

/// The signals that end the program.
const ENDING: [i32; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];

/// No terminal waits to be put in order: the signals do what they do. Once it was handled, a signal does nothing by itself.
static IDLE: OnceLock<Arc<AtomicBool>> = OnceLock::new();

fn set_idle(is_idle: bool) -> io::Result<()> {
    if let Some(idle) = IDLE.get() {
        idle.store(is_idle, Ordering::SeqCst);
        return Ok(());
    }
    let idle = Arc::new(AtomicBool::new(is_idle));
    for signal in ENDING {
        flag::register_conditional_default(signal, Arc::clone(&idle))?;
    }
    let _ = IDLE.set(idle);
    Ok(())
}

/// The signals that end the program, kept back until the terminal is as it was.
struct Signals {
    wake: UnixStream,
    came: Arc<AtomicUsize>,
    registered: Vec<SigId>,
}

impl Signals {
    fn watch() -> io::Result<Self> {
        set_idle(false)?;
        let (wake, sender) = UnixStream::pair()?;
        let mut signals = Signals {
            wake,
            came: Arc::new(AtomicUsize::new(0)),
            registered: Vec::new(),
        };
        for signal in ENDING {
            let number = usize::try_from(signal).unwrap_or_default();
            let came = Arc::clone(&signals.came);
            signals
                .registered
                .push(flag::register_usize(signal, came, number)?);
            signals
                .registered
                .push(pipe::register(signal, sender.try_clone()?)?);
        }
        Ok(signals)
    }

    fn came(&self) -> Option<i32> {
        match self.came.load(Ordering::SeqCst) {
            0 => None,
            number => i32::try_from(number).ok(),
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for id in self.registered.drain(..) {
            low_level::unregister(id);
        }
        // They are registered already: nothing is left that could fail.
        let _ = set_idle(true);
    }
}

/// The PIN from the next line of a file descriptor, which is read to that line's end and no further.
pub(crate) fn pin_from_descriptor(number: u32) -> io::Result<Option<Pin>> {
    let mut file = File::open(format!("/dev/fd/{number}"))?;
    if file.metadata()?.is_file() {
        // It was opened anew and begins at its first line, which may be the PIN of another card.
        file.seek(SeekFrom::Start(position(number)?))?;
    }
    let mut characters = Zeroizing::new(Vec::with_capacity(MOST_OCTETS));
    let mut octet = Zeroizing::new([0]);
    while characters.len() < MOST_OCTETS {
        match file.read(octet.as_mut_slice()) {
            Ok(0) => break,
            Ok(_) if octet[0] == b'\n' => break,
            Ok(_) => characters.push(octet[0]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    if characters.last() == Some(&b'\r') {
        characters.pop();
    }
    Ok(Pin::new(characters).ok())
}

/// Where a file descriptor has come to in its file (proc(5), `fdinfo`).
fn position(number: u32) -> io::Result<u64> {
    let information = fs::read_to_string(format!("/proc/self/fdinfo/{number}"))?;
    let mut lines = information.lines();
    let position = lines.find_map(|line| line.strip_prefix("pos:")?.trim().parse().ok());
    position.ok_or_else(|| io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;

    use rustix::process::dumpable_behavior;

    use super::*;

    #[test]
    fn the_pin_is_the_next_line_of_the_descriptor() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"first\n4321\r\nthird\n").unwrap();
        let number = u32::try_from(file.as_raw_fd()).unwrap();
        for (start, expected) in [(0, &b"first"[..]), (6, b"4321")] {
            file.seek(SeekFrom::Start(start)).unwrap();
            let pin = pin_from_descriptor(number).unwrap().unwrap();
            let wanted = Pin::new(Zeroizing::new(expected.to_vec())).unwrap();
            let plain = |pin: &Pin| pin.encoded(pcsc_reader::PinEncoding::Plain).unwrap();
            assert_eq!(plain(&pin), plain(&wanted));
        }
    }

    #[test]
    fn concealed_memory_is_not_dumped() {
        conceal_memory().unwrap();
        let behavior = dumpable_behavior().unwrap();
        assert!(matches!(behavior, DumpableBehavior::NotDumpable));
    }
}
