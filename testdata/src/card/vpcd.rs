//! The protocol between the virtual reader of vsmartcard and a card.
//!
//! The reader is the TCP server. Every message is a length (two octets, big endian) and as many octets. One octet is
//! an order: 0 power off, 1 power on, 2 reset, 4 send the ATR; more are a command APDU. A card that closes the
//! connection has left the reader.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::linux::net::TcpStreamExt as _;

use super::Card;

const POWER_ON: u8 = 1;
const RESET: u8 = 2;
const SEND_ATR: u8 = 4;

/// Plays the card until the reader or the card ends the connection. `seen` is told every command before it is
/// answered.
///
/// # Errors
/// When the connection fails otherwise than by its end.
pub fn play(
    stream: &mut TcpStream,
    card: &mut dyn Card,
    seen: &mut dyn FnMut(&[u8]),
) -> std::io::Result<()> {
    while let Some(message) = receive(stream)? {
        let answer = match message.as_slice() {
            [SEND_ATR] => Some(card.atr()),
            [POWER_ON | RESET] => {
                card.reset();
                continue;
            }
            [] | [_] => continue,
            command => {
                seen(command);
                card.answer(command)
            }
        };
        match answer {
            Some(octets) if send(stream, &octets) => {}
            _ => break,
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
    Ok(())
}

/// The next message; none when the connection has ended.
fn receive(stream: &mut TcpStream) -> std::io::Result<Option<Vec<u8>>> {
    let mut length = [0; 2];
    if !fill(stream, &mut length)? {
        return Ok(None);
    }
    // The reader keeps the message back until its length is acknowledged, which would else take 40 ms a command.
    stream.set_quickack(true)?;
    let mut message = vec![0; usize::from(u16::from_be_bytes(length))];
    Ok(fill(stream, &mut message)?.then_some(message))
}

fn fill(stream: &mut TcpStream, buffer: &mut [u8]) -> std::io::Result<bool> {
    match stream.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) => match error.kind() {
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset => Ok(false),
            _ => Err(error),
        },
    }
}

/// `false` when the reader has closed the connection.
fn send(stream: &mut TcpStream, octets: &[u8]) -> bool {
    let Ok(length) = u16::try_from(octets.len()) else {
        return false;
    };
    stream
        .write_all(&[&length.to_be_bytes(), octets].concat())
        .is_ok()
}
