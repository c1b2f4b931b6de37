use super::super::xml::{Source, XmlLimits};
use super::*;

/// The canonical form of the document, or of its first element of this name.
fn canonical(
    text: &str,
    apex: Option<&str>,
    without: Option<&str>,
) -> Result<String, C14nRejected> {
    let source = Source::new(text.as_bytes(), &XmlLimits::STANDARD).unwrap();
    let tree = source.tree().unwrap();
    let find = |name: &str| {
        tree.document_node()
            .descendants()
            .find(|node| node.is_element() && node.tag_name().name() == name)
            .unwrap()
    };
    let mut out = Vec::new();
    let by_tree = exclusive(
        apex.map_or(tree.document_node(), find),
        without.map(|name| find(name).id()),
        &mut |octets| out.extend_from_slice(octets),
    )
    .map(|()| String::from_utf8(out).unwrap());
    if apex.is_none() && without.is_none() {
        assert_eq!(streamed(text), by_tree, "{text}");
    }
    by_tree
}

/// The canonical form of the document as it is read, without a tree.
fn streamed(text: &str) -> Result<String, C14nRejected> {
    let mut out = Vec::new();
    let mut sink = |octets: &[u8]| out.extend_from_slice(octets);
    match document(text.as_bytes(), &XmlLimits::STANDARD, &mut sink) {
        Ok(()) => Ok(String::from_utf8(out).unwrap()),
        Err(NotCanonical::Form(rejected)) => Err(rejected),
        Err(NotCanonical::Xml(rejected)) => panic!("{rejected:?}"),
    }
}

fn whole(text: &str) -> String {
    canonical(text, None, None).unwrap()
}

fn part(text: &str, apex: &str) -> String {
    canonical(text, Some(apex), None).unwrap()
}

/// Canonical XML 1.0 §3.1: processing instructions, comments and what is outside the root.
#[test]
fn outside_the_root() {
    let text = "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\n<!-- c -->\n<doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n<!-- Comment 2 -->\n\n<!-- Comment 3 -->\n";
    let expected = "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!</doc>\n<?pi-without-data?>";
    assert_eq!(whole(text), expected);
}

/// Canonical XML 1.0 §3.2: white space in content is kept.
#[test]
fn white_space_in_content() {
    let text = "<doc>\n   <clean>   </clean>\n   <mixed>\n      A\n      <clean>   </clean>\n      B\n      C\n   </mixed>\n</doc>";
    assert_eq!(whole(text), text);
}

/// Canonical XML 1.0 §3.3: start and end tags, order of attributes, superfluous declarations.
#[test]
fn tags_and_attributes() {
    let text = "<doc>\n   <e1   />\n   <e2   ></e2>\n   <e3   name = \"elem3\"   id=\"elem3\"   />\n   <e5 a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" attr=\"I'm\"\n      xmlns:b=\"http://www.ietf.org\"\n      xmlns:a=\"http://www.w3.org\"\n      xmlns=\"http://example.org\"/>\n   <e6 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n      <e7 xmlns=\"http://www.ietf.org\">\n         <e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\">\n            <e9 xmlns=\"\" xmlns:a=\"http://www.ietf.org\"/>\n         </e8>\n      </e7>\n   </e6>\n</doc>";
    let expected = "<doc>\n   <e1></e1>\n   <e2></e2>\n   <e3 id=\"elem3\" name=\"elem3\"></e3>\n   <e5 xmlns=\"http://example.org\" xmlns:a=\"http://www.w3.org\" xmlns:b=\"http://www.ietf.org\" attr=\"I'm\" attr2=\"all\" b:attr=\"sorted\" a:attr=\"out\"></e5>\n   <e6>\n      <e7 xmlns=\"http://www.ietf.org\">\n         <e8 xmlns=\"\">\n            <e9></e9>\n         </e8>\n      </e7>\n   </e6>\n</doc>";
    assert_eq!(whole(text), expected);
}

/// Canonical XML 1.0 §3.4: character references, CDATA, escaping in text and in attributes.
#[test]
fn references_and_escaping() {
    let text = "<doc>\r\n   <text>First line&#x0d;&#10;Second line</text>\r\n   <value>&#x32;</value>\r\n   <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>\r\n   <compute expr='value>\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"'>valid</compute>\r\n   <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>\r\n   <line attr='a\r\nb\tc'/>\r\n</doc>";
    let expected = "<doc>\n   <text>First line&#xD;\nSecond line</text>\n   <value>2</value>\n   <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\n   <compute expr=\"value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;\">valid</compute>\n   <norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm>\n   <line attr=\"a b c\"></line>\n</doc>";
    assert_eq!(whole(text), expected);
}

/// xml-exc-c14n §2.2: the context of a subtree does not change its canonical form.
#[test]
fn context_of_a_subtree() {
    let first = "<n0:local xmlns:n0=\"foo:bar\" xmlns:n3=\"ftp://example.org\"><n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"/></n1:elem2></n0:local>";
    let second = "<n2:pdu xmlns:n1=\"http://example.com\" xmlns:n2=\"http://foo.example\" xml:lang=\"fr\" xml:space=\"retain\"><n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"/></n1:elem2></n2:pdu>";
    let expected = "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>";
    assert_eq!(part(first, "elem2"), expected);
    assert_eq!(part(second, "elem2"), expected);
}

#[test]
fn only_visibly_utilized_namespaces_are_written_where_they_are_used() {
    let text = "<r xmlns='u:d' xmlns:a='u:a' xmlns:b='u:b'><x a:k='1'><a:y/><y b:m='2' a:k='3'/></x><z/></r>";
    let expected = "<r xmlns=\"u:d\"><x xmlns:a=\"u:a\" a:k=\"1\"><a:y></a:y><y xmlns:b=\"u:b\" a:k=\"3\" b:m=\"2\"></y></x><z></z></r>";
    assert_eq!(whole(text), expected);
    assert_eq!(part(text, "z"), "<z xmlns=\"u:d\"></z>");
}

#[test]
fn a_default_namespace_comes_and_goes() {
    let text = "<a><b xmlns='u:1'><c xmlns=''><d xmlns='u:1'/></c><p:e xmlns:p='u:2' xmlns='u:3' k='1'><f/></p:e></b></a>";
    let expected = "<a><b xmlns=\"u:1\"><c xmlns=\"\"><d xmlns=\"u:1\"></d></c><p:e xmlns:p=\"u:2\" k=\"1\"><f xmlns=\"u:3\"></f></p:e></b></a>";
    assert_eq!(whole(text), expected);
}

#[test]
fn a_prefix_bound_anew_is_written_anew() {
    let text = "<p:a xmlns:p='u:1'><p:b xmlns:p='u:2'><p:c xmlns:p='u:1'/></p:b><p:d/></p:a>";
    let expected = "<p:a xmlns:p=\"u:1\"><p:b xmlns:p=\"u:2\"><p:c xmlns:p=\"u:1\"></p:c></p:b><p:d></p:d></p:a>";
    assert_eq!(whole(text), expected);
}

#[test]
fn two_prefixes_of_one_name_sort_by_local_name() {
    let text = "<r xmlns:b='u:1' xmlns:a='u:1' b:x='1' a:y='2' z='3' xml:lang='ru'/>";
    let expected =
        "<r xmlns:a=\"u:1\" xmlns:b=\"u:1\" z=\"3\" xml:lang=\"ru\" b:x=\"1\" a:y=\"2\"></r>";
    assert_eq!(whole(text), expected);
}

#[test]
fn names_sort_by_code_point_and_letters_are_not_changed() {
    let text = "<Ё я='1' а='2' Z='3' _='4' \u{10000}='5' \u{f900}='6'>е\u{308}\u{a0}</Ё>";
    let expected =
        "<Ё Z=\"3\" _=\"4\" а=\"2\" я=\"1\" \u{f900}=\"6\" \u{10000}=\"5\">е\u{308}\u{a0}</Ё>";
    assert_eq!(whole(text), expected);
}

#[test]
fn the_subtree_left_out_leaves_the_text_around_it() {
    let text = "<r>a<s:S xmlns:s='u:s'><b/></s:S>c<s:T xmlns:s='u:s'/></r>";
    let without = canonical(text, None, Some("S")).unwrap();
    assert_eq!(without, "<r>ac<s:T xmlns:s=\"u:s\"></s:T></r>");
}

#[test]
fn carriage_returns_in_instructions_and_comments_are_line_ends() {
    assert_eq!(
        whole("<r><?p a\r\nb\rc?><!--\r--></r>"),
        "<r><?p a\nb\nc?></r>"
    );
}

#[test]
fn pieces_join_without_a_gap() {
    let text = format!("<r>{}</r>", "<e a=\"1\">текст</e>".repeat(20_000));
    assert_eq!(whole(&text), text);
}

#[test]
fn documents_without_a_canonical_form_are_refused() {
    for (text, rejected) in [
        (
            "<r xmlns='relative/name'/>",
            C14nRejected::RelativeNamespace,
        ),
        (
            "<r xmlns:a='#x'><a:b/></r>",
            C14nRejected::RelativeNamespace,
        ),
        (
            "<r xmlns:a='1u:x' a:b=''/>",
            C14nRejected::RelativeNamespace,
        ),
        ("<r xmlns:a='' a:b=''/>", C14nRejected::UndeclaredPrefix),
    ] {
        assert_eq!(canonical(text, None, None), Err(rejected), "{text}");
    }
}
