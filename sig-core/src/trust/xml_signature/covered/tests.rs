use super::super::super::c14n;
use super::super::super::xml::{Input, Source, XmlLimits, is_element};
use super::super::NAMESPACE;
use super::*;

/// What a reader was given: names with namespaces, attributes in their canonical order, texts joined.
#[derive(Debug, Eq, PartialEq)]
enum Given {
    Start(String, Vec<(String, String)>),
    End,
    Text(String),
    Instruction(String),
}

fn record(given: &mut Vec<Given>, event: &Event<'_>, attributes: &[Attribute<'_>]) {
    let mut add = |part: &str| match given.last_mut() {
        Some(Given::Text(text)) => text.push_str(part),
        _ if part.is_empty() => {}
        _ => given.push(Given::Text(part.to_owned())),
    };
    match event {
        Event::Start(element) => {
            let name = |namespace: &str, local: &str| format!("{{{namespace}}}{local}");
            let mut attributes: Vec<_> = attributes
                .iter()
                .map(|it| (name(&it.namespace, it.local_name()), it.value.to_string()))
                .collect();
            attributes.sort();
            let element = name(&element.namespace, element.local_name());
            given.push(Given::Start(element, attributes));
        }
        Event::End { .. } => given.push(Given::End),
        Event::Text(part) => add(part),
        Event::Character(part) => add(&part.to_string()),
        Event::Instruction { target, data } => {
            given.push(Given::Instruction(format!("{target} {data}")));
        }
    }
}

/// What is given to a reader of the document without its signature, and the canonical form that was written meanwhile.
fn covered(text: &str, signature: usize) -> (Vec<Given>, String) {
    let input = Input::new(text.as_bytes(), &XmlLimits::STANDARD).unwrap();
    let mut written = Vec::new();
    let mut sink = |octets: &[u8]| written.extend_from_slice(octets);
    let writer = Writer::new(&mut sink);
    let mut covered = Covered::new(input.events().unwrap(), signature, writer);
    let mut given = Vec::new();
    while let Some(event) = covered.next() {
        record(&mut given, &event, covered.attributes());
    }
    covered.finish().unwrap();
    (given, String::from_utf8(written).unwrap())
}

/// What is read of a document is what its canonical form says, and that is what a tree gives.
#[test]
fn what_is_given_is_what_is_written() {
    const SIGNATURE: &str =
        "<s:Signature xmlns:s='http://www.w3.org/2000/09/xmldsig#'><s:Signature/>x</s:Signature>";
    for text in [
        "<r>{}</r>",
        "<?p d?><!-- c --><r>a{}b</r>\n<?q?>",
        "<r>{}<a/>{</r>",
        "<r xmlns='u:1' xmlns:p='u:2' p:z='&lt;&#10;' a='1'>a<!-- c -->b<![CDATA[<c>]]>&#13;\r\n{}<p:b xmlns=''><c q='\t'/></p:b></r>",
        "<r><a xmlns:p='u:1'><p:b/><?i  d ?></a>&amp;{}</r>",
    ] {
        let text = text.replacen("{}", SIGNATURE, 1);
        let at = text.find("<s:Signature").unwrap();
        let (given, written) = covered(&text, at);
        let (again, rewritten) = covered(&written, usize::MAX);
        assert_eq!(given, again, "{text}");
        assert_eq!(written, rewritten, "{text}");
        assert!(!written.contains("Signature"));

        let source = Source::new(text.as_bytes(), &XmlLimits::STANDARD).unwrap();
        let tree = source.tree().unwrap();
        let mut nodes = tree.document_node().descendants();
        let signature = nodes.find(|node| is_element(*node, NAMESPACE, "Signature"));
        let mut by_tree = Vec::new();
        c14n::exclusive(
            tree.document_node(),
            signature.map(|node| node.id()),
            &mut |octets| by_tree.extend_from_slice(octets),
        )
        .unwrap();
        assert_eq!(written.as_bytes(), by_tree, "{text}");
    }
}

#[test]
fn a_reader_that_stops_early_does_not_shorten_what_is_written() {
    let text = "<r>a<b>c</b><d e='1'>f</d></r>";
    let input = Input::new(text.as_bytes(), &XmlLimits::STANDARD).unwrap();
    let mut written = Vec::new();
    let mut sink = |octets: &[u8]| written.extend_from_slice(octets);
    let writer = Writer::new(&mut sink);
    let mut covered = Covered::new(input.events().unwrap(), usize::MAX, writer);
    let root = covered.root().unwrap();
    assert_eq!(covered.child(&root).unwrap().qualified_name, "b");
    covered.finish().unwrap();
    assert_eq!(written, text.replace('\'', "\"").into_bytes());
}

#[test]
fn children_come_one_by_one_and_what_is_in_them_is_passed_over() {
    let text =
        "<r>x<a><b><a/></b></a><?p?><b/><c>1<!-- 2 -->3&#52;<?p?></c><d>5<e>6</e>7</d><f/></r>";
    let input = Input::new(text.as_bytes(), &XmlLimits::STANDARD).unwrap();
    let mut sink = |_: &[u8]| {};
    let writer = Writer::new(&mut sink);
    let mut covered = Covered::new(input.events().unwrap(), usize::MAX, writer);
    let root = covered.root().unwrap();
    let mut names = String::new();
    let mut texts = Vec::new();
    while let Some(child) = covered.child(&root) {
        names.push_str(child.qualified_name);
        if matches!(child.qualified_name, "c" | "d") {
            let mut text = String::new();
            texts.push((covered.text(&child, &mut text), text));
        }
    }
    assert_eq!(names, "abcdf");
    assert_eq!(
        texts,
        [(Ok(()), "134".to_owned()), (Err(NotText), "5".to_owned())]
    );
    assert_eq!(covered.child(&root), None);
    assert_eq!(covered.next(), None);
}
