use super::events::Event;
use super::*;

fn small() -> XmlLimits {
    XmlLimits {
        bytes: 4_096,
        depth: 4,
        nodes: 20,
        attributes: 20,
        attributes_of_element: 4,
        namespaces_of_element: 2,
        namespaces: 5,
    }
}

/// The text of the root element by the tree. The events give the same, and refuse for the same reason, alone.
fn read_with(text: &str, limits: &XmlLimits) -> Result<String, XmlRejected> {
    let by_tree = (|| {
        let source = Source::new(text.as_bytes(), limits)?;
        let tree = source.tree()?;
        Ok(super::text(tree.root()).unwrap_or_default().into_owned())
    })();
    let streamed = streamed(text, limits);
    assert_eq!(streamed.as_ref().err(), by_tree.as_ref().err(), "{text}");
    if let (Ok(Some(streamed)), Ok(by_tree)) = (&streamed, &by_tree) {
        assert_eq!(streamed, by_tree, "{text}");
    }
    by_tree
}

/// The text of the root element by events; none when it has elements in it.
fn streamed(text: &str, limits: &XmlLimits) -> Result<Option<String>, XmlRejected> {
    let mut events = Input::new(text.as_bytes(), limits)?.events()?;
    let mut whole = Some(String::new());
    while let Some(event) = events.next()? {
        match event {
            Event::Start(element) if element.depth > 0 => whole = None,
            Event::Text(part) => whole.iter_mut().for_each(|whole| whole.push_str(part)),
            Event::Character(part) => whole.iter_mut().for_each(|whole| whole.push(part)),
            Event::Start(_) | Event::End { .. } | Event::Instruction { .. } => {}
        }
    }
    Ok(whole)
}

fn read(text: &str) -> Result<String, XmlRejected> {
    read_with(text, &XmlLimits::STANDARD)
}

fn limit(which: Limit, bound: u64) -> Result<String, XmlRejected> {
    Err(XmlRejected::Limit(LimitExceeded { which, bound }))
}

fn broken(line: u32, column: u32) -> Result<String, XmlRejected> {
    let at = Position { line, column };
    Err(XmlRejected::NotWellFormed { at })
}

#[test]
fn a_comment_does_not_shorten_a_value() {
    assert_eq!(
        read("<a>one<!-- x -->two<?p q?>three</a>").as_deref(),
        Ok("onetwothree")
    );
    assert_eq!(
        read("<a><![CDATA[<>]]>&amp;&#65;</a>").as_deref(),
        Ok("<>&A")
    );
}

#[test]
fn an_element_is_not_text() {
    let source = Source::new(b"<a>one<b/></a>", &XmlLimits::STANDARD).unwrap();
    assert_eq!(text(source.tree().unwrap().root()), Err(NotText));
}

#[test]
fn line_ends_are_normalised_and_references_are_not() {
    assert_eq!(
        read("<a>1\r\n2\r3\n4&#13;5</a>").as_deref(),
        Ok("1\n2\n3\n4\r5")
    );
    assert_eq!(read("<a>x&#13;\r</a>").as_deref(), Ok("x\r\n"));
}

#[test]
fn a_byte_order_mark_and_a_declaration_are_skipped() {
    for text in [
        "\u{feff}<a>v</a>",
        "<?xml version='1.0'?><a>v</a>",
        "\u{feff}<?xml\tversion = \"1.0\"\r\nencoding='utf-8' standalone='no' ?>\r\n<a>v</a>",
    ] {
        assert_eq!(read(text).as_deref(), Ok("v"), "{text:?}");
    }
}

#[test]
fn other_declarations_are_refused() {
    for text in [
        "<?xml version='1.1'?><a/>",
        "<?xml version='1.0' encoding='windows-1251'?><a/>",
        "<?xml version='1.0' encoding='UTF-16'?><a/>",
        "<?xml encoding='UTF-8'?><a/>",
        "<?xml version='1.0' standalone='no' encoding='UTF-8'?><a/>",
        "<?xml version='1.0'encoding='UTF-8'?><a/>",
        "<?xml version='1.0' version='1.0'?><a/>",
        "<?xml version='1.0' other='1'?><a/>",
        "<?xml version='1.0'",
    ] {
        assert_eq!(read(text), Err(XmlRejected::Declaration), "{text}");
    }
    assert_eq!(read("<a><?xml version='1.0'?></a>"), broken(1, 4));
    assert_eq!(read(" <?XML x?><a/>"), broken(1, 2));
}

#[test]
fn octets_that_are_not_utf8_are_refused() {
    let limits = &XmlLimits::STANDARD;
    for (octets, offset) in [(&b"<a>\xff</a>"[..], 3), (b"\xff\xfe<\0a\0", 0)] {
        let rejected = Source::new(octets, limits).map(|_| ());
        assert_eq!(rejected, Err(XmlRejected::NotUtf8 { offset }));
    }
}

#[test]
fn a_document_type_is_refused_wherever_it_stands() {
    for (text, column) in [
        ("<!DOCTYPE a><a/>", 1),
        ("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", 1),
        ("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", 1),
        ("<!-- c --><!DOCTYPE a><a/>", 11),
        ("<a><!DOCTYPE a></a>", 4),
    ] {
        let at = Position { line: 1, column };
        assert_eq!(read(text), Err(XmlRejected::DocumentType { at }), "{text}");
    }
}

#[test]
fn unknown_entities_and_broken_documents_are_refused() {
    assert_eq!(read("<a>\n&lol;</a>"), broken(2, 1));
    for text in [
        "",
        " ",
        "text",
        "<a>",
        "<a",
        "<a b",
        "<a b=",
        "<a b='",
        "<a b='1'",
        "</a>",
        "<a></a></a>",
        "<a></b>",
        "<a/><b/>",
        "<a/>text",
        "<a><b></a></b>",
        "<a b='1' b='2'/>",
        "<a b='1'c='2'/>",
        "<a b=1/>",
        "<a ='1'/>",
        "<a b='<'/>",
        "<a>]]></a>",
        "<a>&</a>",
        "<a>&#0;</a>",
        "<a>\u{1}</a>",
        "<a><!-- -- --></a>",
        "<a><!ENTITY x 'y'></a>",
        "<x:a/>",
        "<a x:b='1'/>",
        "<a:b:c xmlns:a='u:1'/>",
        "<a><![CDATA[x]]</a>",
        "<a><?p</a>",
        "<!--",
        "<a><!--></a>",
        "<a><!---></a>",
        "<a><!-- --->x--></a>",
        "<a><!-- \u{1} --></a>",
        "<a><?p \u{ffff}?></a>",
        "<a><?p+d?></a>",
        "<a><?1?></a>",
        "<a><? p?></a>",
        "<a><![CDATA[\u{fffe}]]></a>",
        "<a>\u{ffff}</a>",
        "<a b='\u{2}'/>",
        "<a b='&#x1;'/>",
        "<a b='&'/>",
        "<a b='&lt'/>",
        "<a b='&unknown;'/>",
        "<a b=\"'/>",
        "<a b='1' / >",
        "<a / >",
        "<a b='1'/",
        "< a/>",
        "<1a/>",
        "<-a/>",
        "<a\u{d7}/>",
        "<:a/>",
        "<a:/>",
        "<a b:='1'/>",
        "<a :b='1'/>",
        "<a></a b='1'>",
        "<a></ a>",
        "<a></a",
        "<a></aa>",
        "<aa></a>",
        "<x:a xmlns:x='u:1' xmlns:y='u:1'></y:a>",
        "<a>&#;</a>",
        "<a>&#x;</a>",
        "<a>&#+65;</a>",
        "<a>&#xD800;</a>",
        "<a>&#x110000;</a>",
        "<a>&#99999999999999999999;</a>",
        "<a>&#xFFFE;</a>",
        "<a>& amp;</a>",
        "<a>&amp</a>",
        "<a>x]]></a>",
        "<a>\u{0}</a>",
        "<![CDATA[ ]]><a/>",
        "<a/><![CDATA[]]>",
        "<a/>&#32;",
        "\u{feff}\u{feff}<a/>",
        "<a xmlns:x='u:1' xmlns:y='u:1' x:b='1' y:b='2'/>",
        "<a><b xmlns:x='u:1'/><x:c/></a>",
        "<xml:a/>",
        "<xmlns:a/>",
        "<a xmlns:xmlns='u:1'/>",
        "<a xmlns:xml='u:1'/>",
        "<a xmlns:x='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns='http://www.w3.org/XML/1998/namespace'/>",
        "<a xmlns:x='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns='http://www.w3.org/2000/xmlns/'/>",
        "<a xmlns:='u:1'/>",
        "<a xmlns:b='u:1' xmlns:b='u:1'/>",
    ] {
        let result = read(text);
        assert!(
            matches!(result, Err(XmlRejected::NotWellFormed { .. })),
            "{text}: {result:?}"
        );
    }
}

#[test]
fn unusual_documents_that_are_well_formed_are_read() {
    for (text, value) in [
        ("<a><!-- - --></a>", ""),
        ("<a><?p?><?p ??><?p-1:x d?></a>", ""),
        ("<a>]]]&gt;></a>", "]]]>>"),
        ("<a><![CDATA[]]]]><![CDATA[>]]></a>", "]]>"),
        ("<a><![CDATA[]]]></a>", "]"),
        ("<a b='>' c='\"' d=\"'\" e='&#60;'/>", ""),
        ("<a\r\n b\t=\n'1'\r></a\r\n>", ""),
        (
            "<a>\u{85}\u{2028}\u{fffd}\u{7f}\u{10ffff}\u{efff}</a>",
            "\u{85}\u{2028}\u{fffd}\u{7f}\u{10ffff}\u{efff}",
        ),
        ("<a>&#00065;&#x0042;&quot;&apos;&lt;&gt;</a>", "AB\"'<>"),
        ("<a xmlns:x='u:1' x:b='1' b='2'/>", ""),
        (
            "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='ru'/>",
            "",
        ),
        ("<a xmlns='u:1'><a xmlns=''/></a>", ""),
        ("<_ё.-1·\u{300}/>", ""),
        (" <!-- c --> <?p?>\r\n<a/> <?p?> <!-- c --> ", ""),
    ] {
        assert_eq!(read(text).as_deref(), Ok(value), "{text}");
    }
}

#[test]
fn a_value_of_an_attribute_is_normalised() {
    let text = "<a b=' \t\r\n\r&#13;&#10;&#9;&amp;я'/>";
    let mut events = Input::new(text.as_bytes(), &XmlLimits::STANDARD)
        .unwrap()
        .events()
        .unwrap();
    events.next().unwrap();
    assert_eq!(events.attributes()[0].value, "    \r\n\t&я");
}

/// The path and the place of an element are those that the tree gives.
#[test]
fn events_and_tree_name_elements_alike() {
    let text = "<?xml version='1.0'?>\r\n<к xmlns:x='u:1'>т<а/><x:а><а/><б>\r<а/></б></x:а>\n<б/><а><б><в/></б></а></к>";
    let input = Input::new(text.as_bytes(), &XmlLimits::STANDARD).unwrap();
    let source = Source::new(text.as_bytes(), &XmlLimits::STANDARD).unwrap();
    let tree = source.tree().unwrap();
    let mut events = input.events().unwrap();
    let mut elements = tree.document_node().descendants().filter(Node::is_element);
    while let Some(event) = events.next().unwrap() {
        if let Event::Start(element) = event {
            let node = elements.next().unwrap();
            assert_eq!(input.path(element.offset), path(node));
            assert_eq!(input.position(element.offset), tree.position(node));
            assert_eq!(element.local_name(), node.tag_name().name());
            assert_eq!(element.namespace, namespace(node));
        }
    }
    assert!(elements.next().is_none());
}

/// What the parser of the tree itself would accept.
#[test]
fn ambiguous_namespace_declarations_are_refused() {
    assert_eq!(read("<a xmlns='u:1' xmlns='u:2'/>"), broken(1, 16));
    assert_eq!(read("<a xmlns:b='u:1' b:xmlns='u:2'/>"), broken(1, 18));
    assert!(read("<a xmlns:b='u:1' xmlns:b='u:2'/>").is_err());
}

#[test]
fn each_limit_is_met_exactly() {
    let limits = &small();
    for (inside, outside, (which, bound)) in [
        (
            "<a><a><a><a><a/></a></a></a></a>".to_owned(),
            "<a><a><a><a><a></a></a></a></a></a>".to_owned(),
            (Limit::Depth, 4),
        ),
        (
            format!("<a>{}</a>", "<a/>".repeat(18)),
            format!("<a>{}</a>", "<a/>".repeat(19)),
            (Limit::XmlNodes, 20),
        ),
        (
            "<a b='' c='' d='' e=''/>".to_owned(),
            "<a b='' c='' d='' e='' f=''/>".to_owned(),
            (Limit::XmlNodes, 4),
        ),
        (
            "<a xmlns='u:1' xmlns:b='u:1'/>".to_owned(),
            "<a xmlns='u:1' xmlns:b='u:1' xmlns:c='u:1'/>".to_owned(),
            (Limit::XmlNodes, 2),
        ),
        (
            format!("<a>{}</a>", "<a xmlns='u:1'/>".repeat(5)),
            format!("<a>{}</a>", "<a xmlns='u:1'/>".repeat(6)),
            (Limit::XmlNodes, 5),
        ),
        (
            format!("<a>{}</a>", "=".repeat(20)),
            format!("<a>{}</a>", "=".repeat(21)),
            (Limit::XmlNodes, 20),
        ),
        (
            format!("<a>{}</a>", " ".repeat(4_089)),
            format!("<a>{}</a>", " ".repeat(4_090)),
            (Limit::Bytes, 4_096),
        ),
    ] {
        assert!(read_with(&inside, limits).is_ok(), "{inside}");
        assert_eq!(
            read_with(&outside, limits),
            limit(which, bound),
            "{outside}"
        );
    }
}

/// Else a name of megabytes would be compared at each of many elements.
#[test]
fn names_of_namespaces_are_short() {
    let with = |length: usize| {
        let name = "n".repeat(length);
        read(&format!(
            "<a xmlns='u:&amp;{name}' xmlns:b='u:{name}'>v</a>"
        ))
    };
    assert_eq!(with(1_021).as_deref(), Ok("v"));
    assert_eq!(with(1_022), limit(Limit::Bytes, 1_024));
    assert_eq!(with(1_000_000), limit(Limit::Bytes, 1_024));
}

#[test]
fn bombs_are_limits_and_not_trees() {
    let attributes: String = (0..100_000).map(|n| format!(" a{n}=''")).collect();
    assert_eq!(
        read(&format!("<a{attributes}/>")),
        limit(Limit::XmlNodes, 64)
    );
    let namespaces: String = (0..100_000)
        .map(|n| format!(" xmlns:a{n}='u:{n}'"))
        .collect();
    assert_eq!(
        read(&format!("<a{namespaces}/>")),
        limit(Limit::XmlNodes, 16)
    );
    assert_eq!(
        read(&format!("<a>{}</a>", "<b/>".repeat(1_000_000))),
        limit(Limit::XmlNodes, 800_000)
    );
    assert_eq!(read(&"<a>".repeat(1_000_000)), limit(Limit::Depth, 32));
    assert_eq!(
        read(&"=".repeat(1_000_000)),
        limit(Limit::XmlNodes, 400_000)
    );
}

#[test]
fn a_bare_name_finds_no_attribute_of_a_namespace() {
    let text = b"<a xmlns:x='u:1' x:v='1' w='2'/>";
    let source = Source::new(text, &XmlLimits::STANDARD).unwrap();
    let tree = source.tree().unwrap();
    assert_eq!(attribute(tree.root(), "v"), None);
    assert_eq!(attribute(tree.root(), "w"), Some("2"));
}

#[test]
fn positions_count_from_the_start_of_the_input() {
    let text = "<?xml version='1.0'?><а>\r\n<бв/></а>".as_bytes();
    let source = Source::new(text, &XmlLimits::STANDARD).unwrap();
    let tree = source.tree().unwrap();
    assert_eq!(
        tree.position(tree.root()),
        Position {
            line: 1,
            column: 22
        }
    );
    let inner = tree.root().first_element_child().unwrap();
    assert_eq!(tree.position(inner), Position { line: 2, column: 1 });
    assert_eq!(read("<?xml version='1.0'?><a>&b;</a>"), broken(1, 25));
}
