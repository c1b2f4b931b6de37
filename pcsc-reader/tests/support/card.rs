//! Cards in the virtual reader.

use std::net::{Shutdown, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};

use testdata::card::{Card, vpcd};

use super::DEADLINE;
use super::service::ReaderPort;

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

/// A card of an ATR and a treatment of commands.
struct Scripted<F> {
    atr: Vec<u8>,
    reply: F,
}

impl<F: FnMut(&[u8]) -> Reply + Send> Card for Scripted<F> {
    fn atr(&self) -> Vec<u8> {
        self.atr.clone()
    }

    fn reset(&mut self) {}

    fn answer(&mut self, command: &[u8]) -> Option<Vec<u8>> {
        match (self.reply)(command) {
            Reply::Answer(octets) => Some(octets),
            Reply::Leave => None,
        }
    }
}

impl VirtualCard {
    /// Inserts a card with this ATR that refuses every command.
    pub fn insert(port: ReaderPort, atr: &str) -> Self {
        VirtualCard::insert_with(port, atr, |_| Reply::Answer(vec![0x6D, 0x00]))
    }

    /// Inserts a card with this ATR that treats commands with `reply`.
    pub fn insert_with(
        port: ReaderPort,
        atr: &str,
        reply: impl FnMut(&[u8]) -> Reply + Send + 'static,
    ) -> Self {
        let atr = hex::decode(atr).unwrap();
        VirtualCard::insert_card(port, Scripted { atr, reply })
    }

    /// Inserts an emulated card.
    pub fn insert_card(port: ReaderPort, mut card: impl Card + 'static) -> Self {
        let connection = port.connect();
        connection.set_nodelay(true).unwrap();
        let mut stream = connection.try_clone().unwrap();
        let (sender, commands) = channel();
        let thread = thread::spawn(move || {
            let mut seen = |command: &[u8]| {
                // Nobody need listen.
                let _ = sender.send(command.to_vec());
            };
            vpcd::play(&mut stream, &mut card, &mut seen).expect("virtual reader");
        });
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
