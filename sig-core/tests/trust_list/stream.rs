//! Lists are read as a stream: the same octets are hashed as by a tree of the document, what is hashed is what is read,
//! and memory does not grow with what is not kept.

use std::fmt::Write as _;

use allocation_counter::measure;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sig_core::base::error::{Limit, LimitExceeded};
use sig_core::trust::c14n::{NotCanonical, document, document_by_tree};
use sig_core::trust::xml::{XmlLimits, XmlRejected};

use super::fixture::{DSIG, Fixture, HEAD, ROOT_END, authority, certificate, data, status};
use super::fixture::{history, two_authorities};
use super::*;

type Form = fn(&[u8], &XmlLimits, &mut dyn FnMut(&[u8])) -> Result<(), NotCanonical>;

fn canonical(octets: &[u8], form: Form) -> Result<Vec<u8>, NotCanonical> {
    let mut written = Vec::new();
    let mut sink = |piece: &[u8]| written.extend_from_slice(piece);
    form(octets, &XmlLimits::STANDARD, &mut sink)?;
    Ok(written)
}

/// The stream gives what the tree gives; true when that is a canonical form. Of two reasons to refuse a document each may
/// meet the other one first.
fn agree(octets: &[u8]) -> bool {
    let stream = canonical(octets, document);
    let tree = canonical(octets, document_by_tree);
    assert!(
        stream.as_ref().ok() == tree.as_ref().ok(),
        "{}",
        String::from_utf8_lossy(octets)
    );
    stream.is_ok()
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// Lists of the test data, European ones too, and signed ones of the tests.
fn lists() -> Vec<Vec<u8>> {
    let generated = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/generated");
    let mut lists = vec![two_authorities().xml().into_bytes()];
    for folder in ["ru-demo/trust-lists", "eu/trust-lists"] {
        for entry in fs::read_dir(generated.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|it| it == "xml") {
                lists.push(fs::read(path).unwrap());
            }
        }
    }
    lists
}

#[test]
fn stream_and_tree_write_the_same_of_every_list() {
    let lists = lists();
    assert!(lists.len() > 10);
    for list in &lists {
        assert!(agree(list));
    }
}

#[test]
fn stream_and_tree_agree_on_altered_lists() {
    const PIECES: [&str; 24] = [
        "<",
        ">",
        "&",
        "\"",
        "'",
        "/",
        "=",
        " ",
        "\r",
        "\r\n",
        "\t",
        "\u{0}",
        "\u{feff}",
        "]]>",
        "&#10;",
        "&x;",
        "<!-- -->",
        "<?p d?>",
        "<![CDATA[<&]]>",
        "xmlns=''",
        " xmlns:ds='u:1'",
        "<a>",
        "</a>",
        "<a/>",
    ];
    let mut numbers = Numbers(7);
    let (mut accepted, mut refused) = (0, 0);
    for list in lists().into_iter().filter(|list| list.len() < 60_000) {
        for _ in 0..60 {
            let mut altered = list.clone();
            let at = numbers.below(altered.len());
            let until = (at + numbers.below(3)).min(altered.len());
            altered.splice(at..until, numbers.pick(&PIECES).bytes());
            if agree(&altered) {
                accepted += 1;
            } else {
                refused += 1;
            }
        }
    }
    assert!(accepted > 50 && refused > 50, "{accepted} {refused}");
}

#[test]
fn stream_and_tree_write_the_same_of_made_up_documents() {
    let mut numbers = Numbers(1);
    let mut accepted = 0;
    for _ in 0..4_000 {
        let mut xml = numbers
            .pick(&["", "\u{feff}", "<?xml version='1.0'?>\r\n", "<!--c-->\n"])
            .to_owned();
        xml.push_str(numbers.pick(&["", "<?p?>", "<?p  d\r\n ?> ", " \r\n"]));
        write_element(&mut numbers, 0, &mut xml);
        xml.push_str(numbers.pick(&["", "\n<!-- c -->", "<?after d?>\r", "  "]));
        accepted += usize::from(agree(xml.as_bytes()));
        // Nor is the stream stricter than the parser of the tree where both follow the same standard.
        if roxmltree::Document::parse(&xml).is_ok() {
            let stream = canonical(xml.as_bytes(), document);
            assert!(!matches!(stream, Err(NotCanonical::Xml(_))), "{xml}");
        }
    }
    assert!(accepted > 1_000, "{accepted}");
}

fn write_element(numbers: &mut Numbers, depth: usize, xml: &mut String) {
    const PREFIXES: [&str; 4] = ["", "", "p:", "q:"];
    let name = format!(
        "{}{}",
        numbers.pick(&PREFIXES),
        numbers.pick(&["a", "б", "c-1"])
    );
    write!(xml, "<{name}").unwrap();
    let is_root = depth == 0;
    for prefix in [":p", ":q", ""] {
        if (is_root && !prefix.is_empty()) || numbers.below(4) == 0 {
            let uri = numbers.pick(&["u:1", "u:2", "u:&lt;&#9;", "u:1"]);
            let uri = if prefix.is_empty() {
                numbers.pick(&["", uri])
            } else {
                uri
            };
            write!(
                xml,
                "{}xmlns{prefix}='{uri}'",
                numbers.pick(&[" ", "\r\n\t"])
            )
            .unwrap();
        }
    }
    for name in ["z", "A", "p:x", "q:x", "xml:lang", "p:y"] {
        if numbers.below(4) == 0 {
            let value = numbers.pick(&[
                "",
                "v",
                "'",
                "&amp;\t&#xA;\r\n",
                "Ж&#x436;",
                "<",
                "&quot;>",
                "a\rb",
            ]);
            write!(xml, " {name} {}=\"{value}\"", numbers.pick(&["", "\n"])).unwrap();
        }
    }
    if numbers.below(5) == 0 {
        return xml.push_str(numbers.pick(&["/>", " />"]));
    }
    xml.push_str(numbers.pick(&[">", "\n>"]));
    for _ in 0..numbers.below(4) {
        if depth < 4 && numbers.below(2) == 0 {
            write_element(numbers, depth + 1, xml);
        } else {
            xml.push_str(numbers.pick(&[
                "text",
                "]]&gt; >",
                "\r\n",
                "\r",
                "a&#13;\nb",
                "<!-- - -->",
                "<?p?>",
                "<?p \r\nd ?>",
                "<![CDATA[]]>",
                "<![CDATA[]]]]>",
                "<![CDATA[<a>&amp;\r]]>",
                "&lt;&#x10FFFF;",
                "ё\u{301}\u{a0}\u{85}",
            ]));
        }
    }
    write!(xml, "</{name}{}>", numbers.pick(&["", " \r"])).unwrap();
}

/// How a value is written is not signed; what it says is.
#[test]
fn a_value_is_read_as_it_is_hashed() {
    let expected = read(two_authorities().xml()).unwrap().list;
    for same in [
        "10000<!-- 9 -->00000001",
        "<!---->1000000000001",
        "10000<![CDATA[0000000]]>1",
        "<![CDATA[1000000000001]]><![CDATA[]]>",
        "&#49;00000000000&#x31;",
    ] {
        let xml = two_authorities().xml().replace("1000000000001", same);
        assert_eq!(read(xml).unwrap().list, expected, "{same}");
    }
    for other in [
        "1000000000001<?p?>",
        "1000000000001<a/>",
        "1000000000001 ",
        "&#49;1",
    ] {
        let xml = two_authorities().xml().replace("1000000000001", other);
        assert_eq!(
            refused_for(xml),
            Some(SignatureRejected::DigestMismatch),
            "{other}"
        );
    }
    // A processing instruction that is signed does not shorten a value either.
    let mut fixture = two_authorities();
    fixture.content = fixture
        .content
        .replace("1000000000001", "10000<?p d?>00000001");
    assert_eq!(read(fixture.xml()).unwrap().list, expected);
}

#[test]
fn line_ends_and_the_form_of_tags_are_not_signed() {
    let mut fixture = two_authorities();
    fixture.content = fixture.content.replace("<ИНН>", "\n  <ИНН>");
    let expected = read(fixture.xml()).unwrap();
    let xml = fixture.xml();
    for same in [
        xml.replace('\n', "\r\n"),
        xml.replace('\n', "\r"),
        xml.replace("></ds:Transform>", "\r\n/>"),
        xml.replace("<ИНН>", "<ИНН xmlns:unused='u:x'\t>"),
        format!("\u{feff}<?xml version='1.0' encoding='UTF-8'?>\r\n<!-- c -->{xml}\r\n<!-- c -->"),
    ] {
        assert_eq!(read(&same).unwrap(), expected, "{same}");
    }
}

#[test]
fn what_stands_outside_the_root_is_signed_or_refused() {
    let xml = two_authorities().xml();
    for edited in [format!("<?p d?>{xml}"), format!("{xml}<?p d?>")] {
        assert_eq!(refused_for(edited), Some(SignatureRejected::DigestMismatch));
    }
    for edited in [
        format!("{xml}<a/>"),
        format!("{xml}{xml}"),
        format!("{xml}text"),
        format!("{xml}</a>"),
        format!("{xml}<![CDATA[]]>"),
        format!("&#32;{xml}"),
        xml.replace(ROOT_END, ""),
    ] {
        let rejected = read(&edited).unwrap_err();
        assert_eq!(rejected.code(), "list.xml.not_well_formed", "{edited}");
    }
}

/// Only the one element is left out of what is hashed, wherever it stands among the children of the root.
#[test]
fn the_signature_may_stand_anywhere_in_the_root() {
    let fixture = two_authorities();
    let (start, content, signature) = (&fixture.root_start, &fixture.content, fixture.signature());
    let expected = read(fixture.xml()).unwrap();
    let first = format!("{start}{signature}{content}{ROOT_END}");
    assert_eq!(read(first).unwrap(), expected);
    let (head, tail) = content.split_at(HEAD.len());
    let between = format!("{start}{head}{signature}{tail}{ROOT_END}");
    assert_eq!(read(between).unwrap(), expected);
}

#[test]
fn a_signature_of_another_namespace_is_content() {
    let fixture = two_authorities();
    let other = "<Signature xmlns=\"urn:other\"><Версия>9</Версия></Signature>";
    let added = fixture
        .xml()
        .replace("<Версия>", &format!("{other}<Версия>"));
    assert_eq!(refused_for(added), Some(SignatureRejected::DigestMismatch));
    let mut signed = two_authorities();
    signed.content.push_str(other);
    assert_eq!(
        read(signed.xml()).unwrap().list,
        read(fixture.xml()).unwrap().list
    );
    let unsigned = format!("{}{}{other}{ROOT_END}", fixture.root_start, fixture.content);
    assert_eq!(refused_for(unsigned), Some(SignatureRejected::Missing));
}

/// The signature is kept apart from the document, with the namespaces that are bound around it.
#[test]
fn the_signature_may_use_the_namespaces_of_the_root() {
    let fixture = two_authorities();
    let expected = read(fixture.xml()).unwrap();
    let xml = fixture.xml();
    let declared = format!(" xmlns:ds=\"{DSIG}\"");
    let start = fixture.root_start.strip_suffix('>').unwrap();
    let at_the_root = xml.replace(&declared, "").replace(
        start,
        &format!("{start}{declared} xmlns:x='u:&lt;&amp;&quot;&#10;&apos;' xmlns:n=''"),
    );
    assert_eq!(read(at_the_root).unwrap(), expected);
    // A default namespace that only the signature is in.
    let prefixed = xml.replace("ds:", "").replace("xmlns:ds", "xmlns");
    let rejected = refused_for(prefixed);
    assert_eq!(rejected, Some(SignatureRejected::SignatureInvalid));
    // The prefix is bound anew between: what is bound last counts.
    let bound_anew = xml.replace(start, &format!("{start} xmlns:ds='u:other'"));
    assert_eq!(read(bound_anew).unwrap(), expected);
}

#[test]
fn a_signature_is_small() {
    let with = |length: usize| {
        let name = format!(
            "<ds:KeyName>{}</ds:KeyName></ds:KeyInfo>",
            "k".repeat(length)
        );
        let fixture = two_authorities().key_info("</ds:KeyInfo>", &name);
        read(fixture.xml())
    };
    assert!(with(200 << 10).is_ok());
    let bound = 256 << 10;
    let which = Limit::Bytes;
    assert_eq!(
        with(256 << 10),
        Err(ListRejected::Limit(LimitExceeded { which, bound }))
    );
}

/// The signature decides before the content does, and to the end of the document.
#[test]
fn content_is_judged_after_the_signature() {
    let broken = Fixture::new(&HEAD.replace("16", "x")).xml();
    assert_eq!(
        read(&broken).unwrap_err().code(),
        "list.content.not_a_number"
    );
    let changed = broken.replace(ROOT_END, &format!("<a></a>{ROOT_END}"));
    assert_eq!(
        refused_for(changed),
        Some(SignatureRejected::DigestMismatch)
    );
    let cut = broken.replace(ROOT_END, "");
    assert!(matches!(
        read(cut),
        Err(ListRejected::Xml(XmlRejected::NotWellFormed { .. }))
    ));
}

/// Elements may stand in any order, so the date and the version may come last.
#[test]
fn what_comes_last_counts_for_all() {
    let later = history(&[status("Действует", "2027-01-01T00:00:00Z")]);
    let terminated = status("Прекращена", "2022-01-01T00:00:00Z");
    let certificates = [data("?"), data(&STANDARD.encode(certificate(2)))].concat();
    let content =
        authority("1", &format!("{later}{terminated}"), &certificates).replace("0A0B", "0A0");
    let unknown = authority("2", &status("Иное", "2020-01-01T00:00:00Z"), "");
    let first = Fixture::new(&format!("{HEAD}{content}{unknown}"));
    let last = Fixture::new(&format!("{content}{unknown}{HEAD}"));
    let list = read(last.xml()).unwrap().list;
    assert_eq!(list, read(first.xml()).unwrap().list);
    let codes: Vec<_> = list.notes.iter().map(|note| note.reason.code()).collect();
    assert_eq!(
        codes,
        [
            "list.key.identifier_not_hex",
            "list.certificate.not_base64",
            "list.status.unknown"
        ]
    );
    assert!(list.services.iter().all(|service| service.version == 16));
    let tool_class = "<КлассСредствЭП>КС2</КлассСредствЭП>";
    let moved = content.replace(tool_class, "").replace(
        "</ПрограммноАппаратныйКомплекс>",
        &format!("{tool_class}</ПрограммноАппаратныйКомплекс>"),
    );
    let moved = read(Fixture::new(&format!("{HEAD}{moved}{unknown}")).xml()).unwrap();
    assert_eq!(moved.list, list);
}

/// Far more attributes than any list has, each element within its limit.
#[test]
fn many_attributes_are_hashed_in_their_order() {
    let attributes: String = (10..60).rev().map(|n| format!(" a{n}=\"{n}\"")).collect();
    let canonical: String = (10..60).map(|n| format!(" a{n}=\"{n}\"")).collect();
    let mut fixture = two_authorities();
    let elements = format!("<Новое{canonical}></Новое>").repeat(2_000);
    fixture.content.push_str(&elements);
    let xml = fixture.xml().replace(&canonical, &attributes);
    assert_eq!(read(&xml).unwrap(), read(fixture.xml()).unwrap());
    assert!(agree(xml.as_bytes()));
}

/// Megabytes that are read, hashed and not kept.
#[test]
fn memory_does_not_grow_with_the_document() {
    let unknown = "<Новое а=\"1\"><б>текст</б>&amp;</Новое>";
    let xml = |count: usize| {
        let mut fixture = two_authorities();
        fixture.content.push_str(&unknown.repeat(count));
        fixture.xml()
    };
    let peak = |xml: &str| {
        let info = measure(|| assert!(read(xml).is_ok()));
        info.bytes_max
    };
    let (small, large) = (xml(1), xml(60_000));
    assert!(large.len() > 3_000_000);
    let (few, many) = (peak(&small), peak(&large));
    assert!(many <= few + 1_024, "{few} {many}");
}
