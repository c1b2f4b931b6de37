use super::*;
use crate::apdu::TlvReason;

/// 55 octets of version 1.1.
const FMD: &str = "64359F0801115F24031803145F2503130315C20280008F0101E01CE10CDF20010151020001DF210111E10CDF20010351020003DF210111";

fn settings() -> UecSettings {
    UecSettings::builtin().unwrap()
}

fn octets(hex: &str) -> Vec<u8> {
    hex::decode(hex.replace(' ', "")).unwrap()
}

fn read(hex: &str) -> Result<Application, FormatError> {
    Application::read(&octets(hex), &settings())
}

/// An FMD with these objects inside.
fn fmd(objects: &str) -> Result<Application, FormatError> {
    let objects = octets(objects);
    let length = u8::try_from(objects.len()).unwrap();
    Application::read(&[&[0x64, length], objects.as_slice()].concat(), &settings())
}

fn date(year: u16, month: u8, day: u8) -> CardDate {
    CardDate::new(year, month, day).unwrap()
}

#[test]
fn the_fmd_of_version_1_1_is_read() {
    assert_eq!(octets(FMD).len(), 55);
    let application = read(FMD).unwrap();
    assert_eq!(application.version, UecVersion::V11);
    assert_eq!(application.effective, date(2013, 3, 15));
    assert_eq!(application.expires, date(2018, 3, 14));
    assert_eq!(application.usage, Usage([0x80, 0x00]));
    assert_eq!(application.key_set, Some(1));
    let sector = |id, fid| Sector {
        id,
        fid,
        version: 0x11,
    };
    assert_eq!(application.sectors, [sector(1, [0, 1]), sector(3, [0, 3])]);
    assert!(!application.is_from_template);
}

#[test]
fn an_empty_answer_stands_for_the_template_of_micron() {
    assert_eq!(settings().empty_select_template.as_bytes().len(), 95);
    let application = read("").unwrap();
    assert!(application.is_from_template);
    assert_eq!(application.version, UecVersion::V10);
    assert_eq!(application.usage, Usage([0xF0, 0x00]));
    assert_eq!(application.effective, date(2011, 3, 15));
    assert_eq!(application.expires, date(2016, 3, 14));
    assert_eq!(application.key_set, None);
    let sectors: Vec<_> = application
        .sectors
        .iter()
        .map(|sector| (sector.id, sector.fid, sector.version))
        .collect();
    assert_eq!(
        sectors,
        [(1, [0, 1], 0x10), (2, [0, 2], 0x10), (3, [0, 3], 0x10)]
    );
    // The same octets from a card are from the card.
    let given =
        Application::read(settings().empty_select_template.as_bytes(), &settings()).unwrap();
    assert!(!given.is_from_template);
}

#[test]
fn lengths_are_exact_and_every_object_is_there_once() {
    let rest = "5F2403180314 5F2503130315 C2028000";
    assert!(fmd(&format!("9F080111 {rest}")).is_ok());
    let length = |tag, expected, found| FormatError::Length {
        tag: Tag(tag),
        expected,
        found,
    };
    for (objects, error) in [
        (
            "9F08021100 5F2403180314 5F2503130315 C2028000",
            length(0x9F08, 1, 2),
        ),
        (
            "9F080111 5F24021803 5F2503130315 C2028000",
            length(0x5F24, 3, 2),
        ),
        (
            "9F080111 5F2403180314 5F250413031500 C2028000",
            length(0x5F25, 3, 4),
        ),
        (
            "9F080111 5F2403180314 5F2503130315 C20180",
            length(0xC2, 2, 1),
        ),
        (
            "9F080111 5F2403180314 5F2503130315 C2028000 8F020101",
            length(0x8F, 1, 2),
        ),
        (
            "5F2403180314 5F2503130315 C2028000",
            FormatError::Missing(Tag(0x9F08)),
        ),
        (
            "9F080111 5F2503130315 C2028000",
            FormatError::Missing(Tag(0x5F24)),
        ),
        (
            "9F080111 5F2403180314 5F2503130315",
            FormatError::Missing(Tag(0xC2)),
        ),
        (
            "9F080111 9F080111 5F2403180314 5F2503130315 C2028000",
            FormatError::Duplicate(Tag(0x9F08)),
        ),
        (
            "9F080111 5F2403181314 5F2503130315 C2028000",
            FormatError::Date(Tag(0x5F24)),
        ),
        (
            "9F080111 5F2403180314 5F25031303A5 C2028000",
            FormatError::Date(Tag(0x5F25)),
        ),
        (
            "9F080111 5F2403180314 5F2503130315 C2028000 E004E1025110",
            FormatError::Tlv(TlvError {
                offset: 0,
                reason: TlvReason::Truncated,
            }),
        ),
        (
            "9F080111 5F2403180314 5F2503130315 C2028000 E008E106DF2001015100",
            FormatError::Length {
                tag: Tag(0x51),
                expected: 2,
                found: 0,
            },
        ),
        (
            "9F080111 5F2403180314 5F2503130315 C2028000 E00AE108DF200101510200 01",
            FormatError::Missing(Tag(0xDF21)),
        ),
    ] {
        assert_eq!(fmd(objects), Err(error), "{objects}");
    }
}

#[test]
fn a_version_over_11_is_refused() {
    let version = |octet: &str| {
        fmd(&format!("9F0801{octet} 5F2403180314 5F2503130315 C2028000")).map(|app| app.version)
    };
    assert_eq!(version("10"), Ok(UecVersion::V10));
    assert_eq!(version("11"), Ok(UecVersion::V11));
    assert_eq!(version("12"), Err(FormatError::Version(0x12)));
    assert_eq!(version("0F"), Err(FormatError::Value(Tag(0x9F08))));
    let error = CardError::from(FormatError::Version(0x12));
    assert_eq!(error.kind, CardErrorKind::Unsupported);
    assert_eq!(
        CardError::from(FormatError::Trailing).kind,
        CardErrorKind::Malformed
    );
}

#[test]
fn every_truncation_is_an_error() {
    let whole = octets(FMD);
    for length in 1..whole.len() {
        assert!(
            Application::read(&whole[..length], &settings()).is_err(),
            "{length}"
        );
    }
    let more = [whole.as_slice(), &[0x00]].concat();
    assert_eq!(
        Application::read(&more, &settings()),
        Err(FormatError::Trailing)
    );
}

#[test]
fn a_number_of_a_sector_stands_once_and_there_are_at_most_64() {
    let head = "9F080111 5F2403180314 5F2503130315 C2028000";
    let sectors = |ids: &mut dyn Iterator<Item = u8>| {
        let list: Vec<u8> = ids
            .flat_map(|id| {
                [
                    0xE1, 12, 0xDF, 0x20, 1, id, 0x51, 2, 0, id, 0xDF, 0x21, 1, 0x11,
                ]
            })
            .collect();
        let list = [
            &[0xE0, 0x82],
            &u16::try_from(list.len()).unwrap().to_be_bytes()[..],
            &list,
        ]
        .concat();
        let objects = [octets(head), list].concat();
        let length = u16::try_from(objects.len()).unwrap().to_be_bytes();
        let answer = [&[0x64, 0x82], &length[..], &objects].concat();
        Application::read(&answer, &settings()).map(|application| application.sectors.len())
    };
    assert_eq!(sectors(&mut (0..64)), Ok(64));
    assert_eq!(sectors(&mut (0..65)), Err(FormatError::TooMany(Tag(0xE0))));
    let twice = FormatError::Duplicate(Tag(0xDF20));
    assert_eq!(sectors(&mut [1, 2, 1].into_iter()), Err(twice));
}

#[test]
fn the_catalogue_of_blocks_is_read_and_must_not_be_empty() {
    let blocks = |hex: &str| Block::catalogue(&octets(hex), &settings());
    let block = |id| Block { id, fid: [0, id] };
    assert_eq!(
        blocks("6416 E214 E308DF22010251020002 E308DF22010451020004"),
        Ok(vec![block(2), block(4)])
    );
    assert_eq!(
        blocks("6F0E A50C E20A E308DF22010251020002"),
        Ok(vec![block(2)])
    );
    let missing = Err(FormatError::Missing(Tag(0xE3)));
    assert_eq!(blocks("6402E200"), missing);
    assert_eq!(blocks("6400"), missing);
    assert!(blocks("").is_err());
    assert_eq!(
        blocks("640CE20AE308DF2201025102000200"),
        Err(FormatError::Trailing)
    );
}

#[test]
fn the_suite_is_the_common_one_and_gost_wins() {
    let application = |version, usage| Application {
        version,
        usage: Usage([usage, 0]),
        ..read(FMD).unwrap()
    };
    let mut terminal = [0; 16];
    terminal[14] = 0xC4;
    terminal[10] = 0x40;
    let v11 = |usage| application(UecVersion::V11, usage);
    assert_eq!(v11(0xC0).suite(&terminal), Some(Suite::Gost));
    assert_eq!(v11(0x40).suite(&terminal), Some(Suite::Rsa));
    assert_eq!(v11(0x30).suite(&terminal), None);
    // Version 1.0 looks at another octet.
    let v10 = application(UecVersion::V10, 0xC0);
    assert_eq!(v10.suite(&terminal), Some(Suite::Rsa));
    assert_eq!(application(UecVersion::V10, 0x80).suite(&terminal), None);
    assert!(v11(0x80).may_sign(&terminal));
    assert!(!v11(0x40).may_sign(&terminal) && !v10.may_sign(&terminal));
    terminal[14] = 0xC0;
    assert!(!v11(0x80).may_sign(&terminal));
}

proptest::proptest! {
    #[test]
    fn any_octets_are_an_application_or_an_error(octets in proptest::collection::vec(proptest::num::u8::ANY, 1..300)) {
        let settings = settings();
        let _ = Application::read(&octets, &settings);
        let _ = Block::catalogue(&octets, &settings);
    }

    #[test]
    fn any_change_is_an_application_or_an_error(place in 0usize..55, value in proptest::num::u8::ANY) {
        let mut changed = octets(FMD);
        changed[place] = value;
        if let Ok(application) = Application::read(&changed, &settings()) {
            proptest::prop_assert!(application.sectors.len() <= 2 && !application.is_from_template);
        }
    }
}
