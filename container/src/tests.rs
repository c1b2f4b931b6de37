use std::io::{Cursor, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use sig_core::alg::digest::DigestId;
use sig_core::alg::provider::RUSTCRYPTO;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;

fn stored() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Stored)
}

fn deflated() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)
}

fn pack(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (index, (name, octets)) in members.iter().enumerate() {
        let options = if index == 0 { stored() } else { deflated() };
        writer.start_file(*name, options).unwrap();
        writer.write_all(octets).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

const MEDIA: (&str, &[u8]) = ("mimetype", MEDIA_TYPE);
const DOCUMENT: (&str, &[u8]) = ("документ.txt", b"content");
const TOKEN: (&str, &[u8]) = (TIME_STAMP, b"first token");

fn judge(file: &[u8]) -> Result<Container, Refused> {
    assert!(is_likely(file));
    read(file, Bounds::STANDARD)
}

fn refused(members: &[(&str, &[u8])]) -> Refused {
    judge(&pack(members)).unwrap_err()
}

type Make = fn(Vec<u8>) -> Inside;

#[test]
fn each_kind_is_read() {
    let kinds: [(&str, Make); 3] = [
        (SIGNATURE, Inside::Signature),
        (TIME_STAMP, Inside::TimeStamp),
        (RECORD, Inside::EvidenceRecord),
    ];
    for (name, inside) in kinds {
        let manifest = ("META-INF/manifest.xml", &b"<manifest/>"[..]);
        let file = pack(&[MEDIA, DOCUMENT, (name, b"octets"), manifest]);
        let container = judge(&file).unwrap();
        assert_eq!(container.name, DOCUMENT.0);
        assert_eq!(container.inside, inside(b"octets".to_vec()));
        assert_eq!(container.inside.file(), b"octets");
        assert_eq!(container.content(), DOCUMENT.1);
    }
}

#[test]
fn other_containers_are_refused() {
    let is_other = |members: &[(&str, &[u8])]| matches!(refused(members), Refused::NotAsicS(_));
    assert!(is_other(&[DOCUMENT, MEDIA, TOKEN]));
    assert!(is_other(&[DOCUMENT, TOKEN]));
    assert!(is_other(&[
        ("mimetype", b"application/zip"),
        DOCUMENT,
        TOKEN
    ]));
    assert!(is_other(&[MEDIA, TOKEN]));
    assert!(is_other(&[MEDIA, DOCUMENT]));
    assert!(is_other(&[MEDIA, DOCUMENT, ("second", b""), TOKEN]));
    assert!(is_other(&[MEDIA, ("folder/name", b""), TOKEN]));
    assert!(is_other(&[MEDIA, DOCUMENT, TOKEN, (SIGNATURE, b"x")]));
    assert!(is_other(&[
        MEDIA,
        DOCUMENT,
        TOKEN,
        ("META-INF/x.p7s", b"x")
    ]));
    let xades = ("META-INF/signatures.xml", &b"<x/>"[..]);
    assert_eq!(
        refused(&[MEDIA, DOCUMENT, xades]),
        Refused::Unsupported("XAdES")
    );
}

#[test]
fn names_are_those_of_plain_files() {
    for name in ["../x", "/x", "a/../x", "a//x", "a\\x", "c:x", "x\n", "./x"] {
        let refused = refused(&[MEDIA, (name, b""), TOKEN]);
        assert!(
            matches!(refused, Refused::Archive(_)),
            "{name:?}: {refused}"
        );
    }
    let long = "x".repeat(256);
    assert!(matches!(
        refused(&[MEDIA, (&long, b""), TOKEN]),
        Refused::Archive(_)
    ));
}

/// Row 49: a decompression bomb is refused by what comes out, not by what its headers state.
#[test]
fn bombs_are_refused() {
    let zeros = vec![0; 4 << 20];
    let bomb = pack(&[MEDIA, ("zeros", &zeros), TOKEN]);
    assert!(bomb.len() < 16 << 10);
    assert_eq!(judge(&bomb), Err(Refused::TooMuch("octets")));
    // The same octets within the ratio pass, and not beyond the bound of octets.
    let roomy = Bounds {
        ratio: 2_000,
        ..Bounds::STANDARD
    };
    assert!(read(&bomb, roomy).is_ok());
    let small = Bounds {
        octets: 1 << 20,
        ..roomy
    };
    assert_eq!(read(&bomb, small), Err(Refused::TooMuch("octets")));
    // Headers that lie about the size, in both places.
    let mut liar = bomb;
    let size = u32::try_from(zeros.len()).unwrap().to_le_bytes();
    for at in 0..liar.len() - 4 {
        if liar[at..at + 4] == size {
            liar[at..at + 4].copy_from_slice(&7_u32.to_le_bytes());
        }
    }
    assert!(read(&liar, roomy).is_err() && judge(&liar).is_err());
    let names: Vec<String> = (0..70).map(|number| format!("META-INF/{number}")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(judge(&pack(&many)), Err(Refused::TooMuch("members")));
}

#[test]
fn what_two_readers_may_read_differently_is_refused() {
    let good = pack(&[MEDIA, DOCUMENT, TOKEN]);
    assert!(judge(&good).is_ok());
    let other = pack(&[MEDIA, ("документ.TXT", b"other!!"), DOCUMENT, TOKEN]);
    assert!(judge(&other).is_err());
    // The same name twice: written as two, then renamed in place.
    let twice = pack(&[MEDIA, ("name-1", b"first"), ("name-2", b"second"), TOKEN]);
    let mut renamed = twice.clone();
    for at in 0..renamed.len() - 6 {
        if &renamed[at..at + 6] == b"name-2" {
            renamed[at + 5] = b'1';
        }
    }
    assert_eq!(
        judge(&renamed),
        Err(Refused::Archive("a member stands twice"))
    );
    assert!(judge(&[&good[..], b"x"].concat()).is_err());
    let before = [b"PK\x03\x04 octets before", &good[..]].concat();
    assert!(judge(&before).is_err());
    let mut compressed = ZipWriter::new(Cursor::new(Vec::new()));
    compressed.start_file("mimetype", deflated()).unwrap();
    compressed.write_all(MEDIA_TYPE).unwrap();
    let file = compressed.finish().unwrap().into_inner();
    assert!(matches!(judge(&file), Err(Refused::NotAsicS(_))));
    let mut linked = ZipWriter::new(Cursor::new(Vec::new()));
    linked.start_file("mimetype", stored()).unwrap();
    linked.write_all(MEDIA_TYPE).unwrap();
    linked.add_symlink("link", "/etc/passwd", stored()).unwrap();
    let file = linked.finish().unwrap().into_inner();
    assert!(matches!(judge(&file), Err(Refused::Archive(_))));
}

/// The file with octets put in at a place, and the directory told where it now stands.
fn with_octets_at(file: &[u8], at: usize, octets: &[u8]) -> Vec<u8> {
    let end = file.len() - 22;
    let directory = u32::from_le_bytes(file[end + 16..end + 20].try_into().unwrap());
    let mut file = file.to_vec();
    let moved = directory + u32::try_from(octets.len()).unwrap();
    file[end + 16..end + 20].copy_from_slice(&moved.to_le_bytes());
    file.splice(at..at, octets.iter().copied());
    file
}

#[test]
fn a_reader_of_the_stream_sees_the_members_of_the_directory() {
    let disagrees = Refused::Archive("its directory and its members do not agree");
    let good = pack(&[MEDIA, ("name-1", b"document"), TOKEN]);
    let places = |what: &[u8]| {
        let windows = good.windows(what.len()).enumerate();
        let found = windows.filter(|(_, octets)| *octets == what);
        found.map(|(at, _)| at).collect::<Vec<_>>()
    };
    // Another name in front of the document than in the directory.
    let names = places(b"name-1");
    assert_eq!(names.len(), 2);
    for at in names {
        let mut renamed = good.clone();
        renamed[at + 5] = b'2';
        assert_eq!(judge(&renamed), Err(disagrees.clone()));
    }
    // A member that the directory does not name, behind the others.
    let directory = places(b"PK\x01\x02")[0];
    let hidden = pack(&[("name-1", b"another")]);
    let hidden = &hidden[..hidden.len() - 22 - 46 - 6];
    let moved = with_octets_at(&good, directory, hidden);
    assert_eq!(judge(&moved), Err(disagrees.clone()));
    assert_eq!(judge(&with_octets_at(&good, directory, b"")), judge(&good));
    // Octets between the directory and the record that ends it.
    let end = good.len() - 22;
    let gap = [&good[..end], b"gap", &good[end..]].concat();
    assert_eq!(judge(&gap), Err(disagrees));
}

#[test]
fn sizes_may_stand_behind_a_member() {
    let mut writer = ZipWriter::new_stream(Vec::new());
    for (name, octets) in [MEDIA, DOCUMENT, TOKEN] {
        writer.start_file(name, stored()).unwrap();
        writer.write_all(octets).unwrap();
    }
    let file = writer.finish().unwrap().into_inner();
    assert!(file.windows(4).any(|it| it == b"PK\x07\x08"));
    assert_eq!(judge(&file).unwrap().document, DOCUMENT.1);
}

#[test]
fn sizes_may_stand_in_an_extra_field() {
    let pack = |size: u64| {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, octets) in [MEDIA, TOKEN, ("name-1", DOCUMENT.1)] {
            writer.start_file(name, stored()).unwrap();
            writer.write_all(octets).unwrap();
        }
        let mut file = writer.finish().unwrap().into_inner();
        let name = file.windows(6).position(|it| it == b"name-1").unwrap();
        file[name - 12..name - 4].fill(0xff);
        file[name - 2] = 20;
        let extra = [
            &[1, 0, 16, 0][..],
            &size.to_le_bytes(),
            &7_u64.to_le_bytes(),
        ];
        with_octets_at(&file, name + 6, &extra.concat())
    };
    assert_eq!(judge(&pack(7)).unwrap().document, DOCUMENT.1);
    assert!(matches!(judge(&pack(8)), Err(Refused::Archive(_))));
}

fn reference(name: &str, octets: &[u8]) -> String {
    let digest = RUSTCRYPTO.digest(DigestId::Sha256).unwrap().digest(octets);
    let value = STANDARD.encode(digest.unwrap().value);
    format!(
        "<a:DataObjectReference URI=\"{name}\"><d:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/>\
         <d:DigestValue>{value}</d:DigestValue></a:DataObjectReference>"
    )
}

fn manifest(references: &[String]) -> String {
    format!(
        "<a:ASiCManifest xmlns:a=\"{}\" xmlns:d=\"{}\"><a:SigReference URI=\"META-INF/timestamp002.tst\"/>{}</a:ASiCManifest>",
        "http://uri.etsi.org/02918/v1.2.1#",
        "http://www.w3.org/2000/09/xmldsig#",
        references.concat()
    )
}

fn renewed_by(manifest: &str) -> Result<Container, Refused> {
    let second = ("META-INF/timestamp002.tst", &b"second token"[..]);
    judge(&pack(&[
        MEDIA,
        DOCUMENT,
        TOKEN,
        second,
        (NEWEST, manifest.as_bytes()),
    ]))
}

#[test]
fn the_newest_time_stamp_is_of_all_before_it() {
    let document = reference(
        "%D0%B4%D0%BE%D0%BA%D1%83%D0%BC%D0%B5%D0%BD%D1%82.txt",
        DOCUMENT.1,
    );
    let token = reference(TOKEN.0, TOKEN.1);
    let whole = manifest(&[document.clone(), token.clone()]);
    let container = renewed_by(&whole).unwrap();
    assert_eq!(container.content(), whole.as_bytes());
    assert_eq!(container.inside.file(), b"second token");
    assert_eq!(container.document, DOCUMENT.1);
    let Inside::Renewed { older, .. } = &container.inside else {
        unreachable!("it is renewed");
    };
    assert_eq!(older, &[TIME_STAMP]);
    let is_refused = |text: &str| matches!(renewed_by(text), Err(Refused::Manifest(_)));
    assert!(is_refused(&manifest(std::slice::from_ref(&document))));
    assert!(is_refused(&manifest(std::slice::from_ref(&token))));
    let other = reference(DOCUMENT.0, b"Content");
    assert!(is_refused(&manifest(&[other, token.clone()])));
    let missing = reference("another.txt", b"");
    assert!(is_refused(&manifest(&[
        document.clone(),
        token.clone(),
        missing
    ])));
    assert!(is_refused(&whole.replace("timestamp002", "timestamp003")));
    assert!(is_refused(
        &whole.replace("META-INF/timestamp002.tst", TIME_STAMP)
    ));
    assert!(is_refused(&whole.replace("xmlenc#sha256", "xmldsig#sha1")));
    assert!(is_refused(&format!(
        "<!DOCTYPE x [<!ENTITY y \"z\">]>{whole}"
    )));
    assert!(is_refused(&whole.replace("%D0", "%D")));
    assert!(is_refused("<x/>"));
    let second = ("META-INF/timestamp002.tst", &b"x"[..]);
    assert!(matches!(
        refused(&[MEDIA, DOCUMENT, TOKEN, second]),
        Refused::Manifest(_)
    ));
}

proptest! {
    #[test]
    fn any_octets_are_read_or_refused(octets: Vec<u8>, at in 0_usize..300, value: u8) {
        let _ = read(&octets, Bounds::STANDARD);
        let mut changed = pack(&[MEDIA, DOCUMENT, TOKEN]);
        let place = at % changed.len();
        changed[place] = value;
        if let Ok(container) = read(&changed, Bounds::STANDARD) {
            prop_assert!(container.document.len() < 1 << 20);
        }
    }
}
