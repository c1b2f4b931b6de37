//! What is read of the card: data objects, octets, records.

use super::super::Protocol;
use super::files::{self, Access, Content};
use super::{Directory, Form, Interface, OK, SECURITY, Uec};
use crate::der::tlv;

impl Uec {
    /// The selected file, if it is open.
    pub(super) fn open_file(&self, is_secure: bool) -> Result<&Content, u16> {
        let selected = self.file.ok_or(0x6986u16)?;
        let mut here = self.files_here().iter();
        let file = here.find(|file| file.fid == selected).ok_or(0x6986u16)?;
        let is_open = match file.access {
            Access::Free => true,
            Access::Contact => self.interface == Interface::Contact || is_secure,
            Access::Pin => is_secure && self.is_verified,
        };
        is_open.then_some(&file.content).ok_or(SECURITY)
    }

    pub(super) fn get_data(
        &self,
        tag: [u8; 2],
        expected: Option<usize>,
        is_secure: bool,
    ) -> (Vec<u8>, u16) {
        let number = u16::from_be_bytes(tag);
        let value = match (self.directory, number) {
            (Directory::Issuer, 0x00CF) => files::CIN.to_vec(),
            (Directory::Application, 0xDF2C) if self.form == Form::V11 => {
                return match expected {
                    Some(1) => (vec![0x77], OK),
                    _ => (Vec::new(), 0x6700),
                };
            }
            (Directory::Application | Directory::Sector(_), _) => match self.open_file(is_secure) {
                Ok(Content::Objects(objects)) => {
                    let mut objects = objects.iter();
                    match objects.find(|(tag, _)| *tag == number) {
                        Some((_, value)) => value.clone(),
                        None => return (Vec::new(), 0x6A88),
                    }
                }
                Ok(_) => return (Vec::new(), 0x6981),
                Err(status) => return (Vec::new(), status),
            },
            _ => return (Vec::new(), 0x6A88),
        };
        // Version 1.0 answers with the tag.
        match (self.form, tag) {
            (Form::V10, [0, low]) => (tlv(&[low], &value), OK),
            (Form::V10, tag) => (tlv(&tag, &value), OK),
            _ => (value, OK),
        }
    }

    pub(super) fn read_binary(
        &self,
        offset: usize,
        expected: Option<usize>,
        is_secure: bool,
    ) -> (Vec<u8>, u16) {
        let file = match self.open_file(is_secure) {
            Ok(Content::Binary(file)) => file,
            Ok(_) => return (Vec::new(), 0x6981),
            Err(status) => return (Vec::new(), status),
        };
        let wanted = expected.unwrap_or(0);
        match file.get(offset..) {
            None | Some([]) => (Vec::new(), 0x6B00),
            Some(rest) if rest.len() >= wanted => (rest[..wanted].to_vec(), OK),
            Some(rest) if self.protocol() == Protocol::T0 && !is_secure => (rest.to_vec(), OK),
            Some(rest) => (rest.to_vec(), 0x6282),
        }
    }

    pub(super) fn read_record(&self, number: u8, is_secure: bool) -> (Vec<u8>, u16) {
        match self.open_file(is_secure) {
            Ok(Content::Records(records)) => {
                let place = usize::from(number).checked_sub(1);
                match place.and_then(|place| records.get(place)) {
                    Some(record) => (record.clone(), OK),
                    None => (Vec::new(), 0x6A83),
                }
            }
            Ok(_) => (Vec::new(), 0x6981),
            Err(status) => (Vec::new(), status),
        }
    }
}
