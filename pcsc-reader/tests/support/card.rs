//! A card that speaks the protocol of the virtual reader.
//!
//! The driver is the TCP server. Every message is a length (two octets, big endian) and as many
//! octets. One octet is an order: 0 power off, 1 power on, 2 reset, 4 send the ATR; more are a
//! command APDU. A card that closes the connection has left the reader.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};

use super::DEADLINE;

const SEND_ATR: u8 = 4;

/// What the card does with a command.
pub enum Reply {
    /// Answers with these octets.
    Answer(Vec<u8>),
    /// Leaves the reader.
    Leave,
}

/// A card in a virtual reader; it leaves the reader when dropped.
pub struct VirtualCard {
    connection: TcpStream,
    thread: Option<JoinHandle<()>>,
    commands: Receiver<Vec<u8>>,
}

impl VirtualCard {
    /// Inserts a card with this ATR that refuses every command.
    pub fn insert(port: u16, atr: &str) -> Self {
        VirtualCard::insert_with(port, atr, |_| Reply::Answer(vec![0x6D, 0x00]))
    }

    /// Inserts a card with this ATR that treats commands with `reply`.
    pub fn insert_with(
        port: u16,
        atr: &str,
        reply: impl FnMut(&[u8]) -> Reply + Send + 'static,
    ) -> Self {
        let atr = hex::decode(atr).unwrap();
        let connection = TcpStream::connect(("127.0.0.1", port)).unwrap();
        connection.set_nodelay(true).unwrap();
        let stream = connection.try_clone().unwrap();
        let (sender, commands) = channel();
        let thread = thread::spawn(move || play(stream, &atr, reply, &sender));
        VirtualCard {
            connection,
            thread: Some(thread),
            commands,
        }
    }

    /// The next command the card got.
    pub fn command(&self) -> Vec<u8> {
        self.commands
            .recv_timeout(DEADLINE)
            .expect("the card got no command")
    }

    /// The commands the card got and nobody asked for yet.
    pub fn commands(&self) -> Vec<Vec<u8>> {
        self.commands.try_iter().collect()
    }

    /// Takes the card out.
    pub fn remove(self) {}
}

impl Drop for VirtualCard {
    fn drop(&mut self) {
        let _ = self.connection.shutdown(Shutdown::Both);
        if let Some(thread) = self.thread.take() {
            let outcome = thread.join();
            if !thread::panicking() {
                outcome.expect("the virtual card failed");
            }
        }
    }
}

fn play(
    mut stream: TcpStream,
    atr: &[u8],
    mut reply: impl FnMut(&[u8]) -> Reply,
    commands: &Sender<Vec<u8>>,
) {
    while let Some(message) = receive(&mut stream) {
        let answer = match message.as_slice() {
            [SEND_ATR] => Reply::Answer(atr.to_vec()),
            [] | [_] => continue,
            command => {
                let _ = commands.send(command.to_vec());
                reply(command)
            }
        };
        match answer {
            Reply::Answer(octets) if send(&mut stream, &octets) => {}
            _ => break,
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
}

/// The next message; none when the connection has ended.
fn receive(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut length = [0; 2];
    fill(stream, &mut length)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    fill(stream, &mut message)?;
    Some(message)
}

fn fill(stream: &mut TcpStream, buffer: &mut [u8]) -> Option<()> {
    match stream.read_exact(buffer) {
        Ok(()) => Some(()),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => None,
        Err(error) if error.kind() == ErrorKind::ConnectionReset => None,
        Err(error) => panic!("virtual reader: {error}"),
    }
}

/// `false` when the reader has closed the connection.
fn send(stream: &mut TcpStream, octets: &[u8]) -> bool {
    let length = u16::try_from(octets.len()).unwrap().to_be_bytes();
    stream.write_all(&[&length, octets].concat()).is_ok()
}
