use super::super::{CardPin, Protocol};
use super::*;

const AID: [u8; 5] = [0xA0, 0, 0, 0, 0x63];

fn card() -> FileSystem {
    let mut files = FileSystem::new();
    let directory = files.add_directory(FileSystem::MASTER, 0x5015, &AID);
    files.add_file(directory, 0x5031, &[1, 2, 3, 4, 5], Access::Free);
    files.add_file(directory, 0x4401, &[9; 300], Access::Pin(1));
    files.add_file(directory, 0x4402, &[9], Access::Never);
    let records = vec![vec![7; 3], vec![8; 4]];
    files.add_records(FileSystem::MASTER, 0x2F00, records, Access::Free);
    files
}

fn said(files: &mut FileSystem, pins: &Pins, command: &str) -> String {
    let octets = hex::decode(command.replace(' ', "")).unwrap();
    let command = Command::read(&octets, Protocol::T1).unwrap();
    let (data, status) = files.answer(&command, pins).unwrap();
    format!("{}{status:04X}", hex::encode_upper(data))
}

#[test]
fn files_are_selected_by_identifier_path_and_name() {
    let (mut files, pins) = (card(), Pins::default());
    for (command, expected) in [
        ("00A4000C025015", "9000"),
        ("00A4000C025031", "9000"),
        ("00A4020C025031", "9000"),
        ("00A4010C025031", "6A82"),
        ("00A4000C022F00", "6A82"),
        ("00A4030C", "9000"),
        ("00A4000C022F00", "9000"),
        ("00A4080C0450155031", "9000"),
        ("00A4090C025031", "9000"),
        ("00A4080C025016", "6A82"),
        ("00A4080C03501500", "6A82"),
        ("00A4000C", "9000"),
        ("00A4010C025015", "9000"),
        ("00A4040C05A000000063", "9000"),
        ("00A4040C05A000000064", "6A82"),
        ("00A4050C025015", "6A86"),
        ("00A40001025015", "6A82"),
        ("00A40001025031", "6A86"),
        ("00A4000402503100", "620E800200058201018302 50318A01059000"),
        (
            "00A4040005A00000006300",
            "6F11820138830250158405A0000000638A01059000",
        ),
    ] {
        assert_eq!(
            said(&mut files, &pins, command),
            expected.replace(' ', ""),
            "{command}"
        );
    }
}

#[test]
fn a_file_is_read_to_its_end_and_not_further() {
    let (mut files, pins) = (card(), Pins::default());
    for (command, expected) in [
        ("00B0000000", "6986"),
        ("00A4080C0450155031", "9000"),
        ("00B0000000", "01020304059000"),
        ("00B0000302", "04059000"),
        ("00B0000303", "04056282"),
        ("00B0000500", "6B00"),
        ("00B0800000", "6A86"),
        ("00B2010400", "6981"),
        ("00A4080C022F00", "9000"),
        ("00B2010400", "0707079000"),
        ("00B2020404", "080808089000"),
        ("00B2020403", "6C04"),
        ("00B2030400", "6A83"),
        ("00B2000400", "6A86"),
        ("00B0000000", "6981"),
    ] {
        assert_eq!(said(&mut files, &pins, command), expected, "{command}");
    }
}

#[test]
fn a_pin_opens_its_file_and_no_other() {
    let (mut files, mut pins) = (card(), Pins::new([CardPin::new(1, b"1234", 3)]));
    assert_eq!(said(&mut files, &pins, "00A4080C0450154401"), "9000");
    assert_eq!(said(&mut files, &pins, "00B0000002"), "6982");
    assert_eq!(pins.verify(1, b"1234"), 0x9000);
    assert_eq!(said(&mut files, &pins, "00B0000002"), "09099000");
    assert_eq!(said(&mut files, &pins, "00A4080C0450154402"), "9000");
    assert_eq!(said(&mut files, &pins, "00B0000001"), "6982");
    files.reset();
    assert_eq!(files.selected(), FileSystem::MASTER);
    assert_eq!(files.children(FileSystem::MASTER).len(), 2);
}
