use super::*;
use crate::base::error::{Limit, Structure};
use crate::base::limits::Limits;
use crate::der::octets::Octets;
use crate::der::reader::{Encoding, Reader};
use crate::der::tag::Tag;
use crate::der::writer::element;
use crate::x509::extension::general_name::GeneralName;
use crate::x509::extension::name_constraints::NameConstraints;
use crate::x509::name::Name;

fn dns(text: &str) -> GeneralName {
    GeneralName::Dns(text.to_owned())
}

fn mail(text: &str) -> GeneralName {
    GeneralName::Rfc822(text.to_owned())
}

fn uri(text: &str) -> GeneralName {
    GeneralName::Uri(text.to_owned())
}

fn ip(octets: &[u8]) -> GeneralName {
    GeneralName::Ip(Octets::from(octets))
}

fn directory(common_names: &[&str]) -> GeneralName {
    let relative_names: Vec<Vec<u8>> = common_names
        .iter()
        .map(|text| {
            let value = [
                vec![6, 3, 0x55, 4, 3],
                element(Tag::UTF8_STRING, text.as_bytes()),
            ];
            element(Tag::SET, &element(Tag::SEQUENCE, &value.concat()))
        })
        .collect();
    let source = Octets::from(element(Tag::SEQUENCE, &relative_names.concat()));
    let mut reader = Reader::new(&source, Encoding::Der, Structure::Name);
    GeneralName::Directory(Name::read(&mut reader, &mut budget()).unwrap())
}

fn budget() -> Budget {
    Budget::new(Limits::STANDARD)
}

fn constraints(permitted: Vec<GeneralName>, excluded: Vec<GeneralName>) -> NameConstraints {
    NameConstraints {
        octets: Octets::from(&[][..]),
        permitted,
        excluded,
    }
}

fn names(presented: &[GeneralName]) -> Names {
    let mut names = Names::default();
    for name in presented {
        names.add(name, &mut budget()).unwrap();
    }
    names
}

fn judge(constraints: &NameConstraints, presented: &[GeneralName]) -> Option<Violation> {
    let subtrees = Subtrees::new(constraints, &mut budget()).unwrap().unwrap();
    check(&subtrees, &names(presented), &mut budget()).unwrap()
}

fn permits(base: GeneralName, presented: GeneralName) -> bool {
    judge(&constraints(vec![base], vec![]), &[presented]).is_none()
}

fn excludes(base: GeneralName, presented: GeneralName) -> bool {
    let form = presented.form();
    match judge(&constraints(vec![], vec![base]), &[presented]) {
        None => false,
        Some(violation) => {
            assert_eq!(violation, Violation::Excluded(form));
            true
        }
    }
}

#[test]
fn domain_names_lie_in_their_domain() {
    for (base, name) in [
        ("a.example", "a.example"),
        ("a.example", "b.A.example"),
        ("A.example", "*.a.example"),
        ("a.example", "*.b.a.example"),
        (".a.example", "b.a.example"),
        ("", "anything"),
    ] {
        assert!(permits(dns(base), dns(name)), "{base} {name}");
        assert!(excludes(dns(base), dns(name)), "{base} {name}");
    }
    for (base, name) in [
        ("a.example", "example"),
        ("a.example", "ba.example"),
        ("a.example", "a.example.evil"),
    ] {
        assert!(!permits(dns(base), dns(name)), "{base} {name}");
        assert!(!excludes(dns(base), dns(name)), "{base} {name}");
    }
}

#[test]
fn a_wildcard_must_be_permitted_whole_and_is_excluded_in_part() {
    assert!(!permits(dns("b.a.example"), dns("*.a.example")));
    assert!(excludes(dns("b.a.example"), dns("*.a.example")));
    assert!(!excludes(dns("c.b.a.example"), dns("*.a.example")));
}

#[test]
fn malformed_names_of_a_constrained_form_are_refused() {
    let malformed = [
        (dns("a.example"), dns("b.a.example.")),
        (dns("a.example"), dns(".a.example")),
        (dns("a.example"), dns("b*.a.example")),
        (dns("a.example"), dns("")),
        (mail("a.example"), mail("x@y@a.example")),
        (mail("a.example"), mail("a.example")),
        (uri("a.example"), uri("urn:a.example")),
        (uri("a.example"), uri("http://192.0.2.1/")),
        (uri("a.example"), uri("http://a.example./")),
        (ip(&[10, 0, 0, 0, 255, 0, 0, 0]), ip(&[10, 0, 0])),
    ];
    for (base, name) in malformed {
        let form = name.form();
        for list in [
            constraints(vec![base.clone()], vec![]),
            constraints(vec![], vec![base.clone()]),
        ] {
            let found = judge(&list, std::slice::from_ref(&name));
            assert_eq!(found, Some(Violation::Malformed(form)), "{name:?}");
        }
    }
}

#[test]
fn malformed_subtrees_are_refused() {
    for base in [
        dns("*.example"),
        dns("example."),
        dns("..example"),
        mail("a@b@c.example"),
        mail("@c.example"),
        mail("..example"),
        uri("http://a.example./"),
        uri("a.example/b"),
        uri("a.example:80"),
        ip(&[10, 0, 0, 1]),
        ip(&[10, 0, 0, 0, 255, 0, 255, 0]),
        ip(&[10, 0, 0, 0, 255, 0xfd, 0, 0]),
        ip(&[0; 31]),
    ] {
        let form = base.form();
        let refused = Subtrees::new(&constraints(vec![base], vec![]), &mut budget()).unwrap();
        assert_eq!(refused.err(), Some(form));
    }
}

#[test]
fn mailboxes_lie_at_a_mailbox_a_host_or_below_a_domain() {
    for (base, name) in [
        ("user@a.example", "user@A.example"),
        ("a.example", "user@a.example"),
        (".a.example", "user@b.a.example"),
        ("user*@a.example", "user*@a.example"),
    ] {
        assert!(permits(mail(base), mail(name)), "{base} {name}");
        assert!(excludes(mail(base), mail(name)), "{base} {name}");
    }
    for (base, name) in [
        ("user@a.example", "User@a.example"),
        ("a.example", "user@b.a.example"),
        (".a.example", "user@a.example"),
        ("*@a.example", "user@a.example"),
        ("a.example", "\"x@a.example\"@b.example"),
    ] {
        assert!(!permits(mail(base), mail(name)), "{base} {name}");
        assert!(!excludes(mail(base), mail(name)), "{base} {name}");
    }
}

#[test]
fn resources_lie_at_a_host_or_below_a_domain() {
    for (base, name) in [
        ("a.example", "https://A.example:8443/b"),
        (".a.example", "ldap://c.b.a.example"),
        ("", "http://a.example"),
    ] {
        assert!(permits(uri(base), uri(name)), "{base} {name}");
        assert!(excludes(uri(base), uri(name)), "{base} {name}");
    }
    for (base, name) in [
        ("a.example", "http://b.a.example/"),
        (".a.example", "http://a.example/"),
        ("a.example", "http://a.example@evil.example/"),
    ] {
        assert!(!permits(uri(base), uri(name)), "{base} {name}");
        assert!(!excludes(uri(base), uri(name)), "{base} {name}");
    }
}

#[test]
fn a_whole_identifier_permits_itself_and_excludes_its_host() {
    let base = || uri("http://a.example/b");
    assert!(permits(base(), uri("http://a.example/b")));
    for other in [
        "http://a.example/c",
        "https://a.example/b",
        "http://A.example/b",
        "http://b.a.example/b",
    ] {
        assert!(!permits(base(), uri(other)), "{other}");
    }
    assert!(excludes(base(), uri("https://A.example/c")));
    assert!(!excludes(base(), uri("http://b.a.example/b")));
}

#[test]
fn addresses_lie_in_their_network() {
    let network = ip(&[10, 128, 0, 0, 255, 192, 0, 0]);
    assert!(permits(network.clone(), ip(&[10, 191, 1, 2])));
    assert!(excludes(network.clone(), ip(&[10, 128, 0, 0])));
    assert!(!permits(network.clone(), ip(&[10, 192, 0, 0])));
    assert!(!excludes(network.clone(), ip(&[10, 127, 0, 0])));
    assert!(!permits(network.clone(), ip(&[0; 16])));
    assert!(!excludes(network, ip(&[0; 16])));
    assert!(permits(ip(&[0; 8]), ip(&[1, 2, 3, 4])));
    assert!(permits(
        ip(&[[0xff; 16], [0xff; 16]].concat()),
        ip(&[0xff; 16])
    ));
}

#[test]
fn directory_names_lie_below_the_first_relative_names() {
    let base = || directory(&["a", "b"]);
    assert!(permits(base(), directory(&["A", "B", "c"])));
    assert!(excludes(base(), directory(&["a", "b"])));
    for outside in [&["a"][..], &["x", "a", "b"], &["b", "a"], &[]] {
        assert!(!permits(base(), directory(outside)), "{outside:?}");
        assert!(!excludes(base(), directory(outside)), "{outside:?}");
    }
}

#[test]
fn forms_without_comparison_are_refused_where_they_occur() {
    let other = |arc| GeneralName::OtherName {
        id: crate::der::oid::Oid::new(&[1, 2, arc]),
        value: Octets::from(&[5, 0][..]),
    };
    let registered = GeneralName::RegisteredId(crate::der::oid::Oid::new(&[1, 2]));
    let list = constraints(vec![], vec![other(1)]);
    assert_eq!(
        judge(&list, &[other(2)]),
        Some(Violation::Unsupported(NameForm::OtherName))
    );
    assert_eq!(judge(&list, &[dns("a"), registered.clone()]), None);
    let list = constraints(vec![registered.clone()], vec![]);
    assert_eq!(
        judge(&list, &[registered]),
        Some(Violation::Unsupported(NameForm::RegisteredId))
    );
}

#[test]
fn other_forms_are_not_constrained() {
    let list = constraints(vec![dns("a.example")], vec![mail("b.example")]);
    let free = [
        ip(&[1, 2, 3, 4]),
        uri("urn:x"),
        directory(&["a"]),
        dns("a.example"),
    ];
    assert_eq!(judge(&list, &free), None);
}

#[test]
fn excluded_outweighs_permitted() {
    let list = constraints(vec![dns("example")], vec![dns("a.example")]);
    assert_eq!(judge(&list, &[dns("b.example")]), None);
    assert_eq!(
        judge(&list, &[dns("b.example"), dns("x.a.example")]),
        Some(Violation::Excluded(NameForm::Dns))
    );
}

#[test]
fn the_count_of_pairs_is_spent_before_they_are_compared() {
    let many = |count: usize| {
        (0..count)
            .map(|n| dns(&format!("n{n}.example")))
            .collect::<Vec<_>>()
    };
    let subtrees = constraints(many(1024), vec![]);
    let subtrees = Subtrees::new(&subtrees, &mut budget()).unwrap().unwrap();
    let mut enough = budget();
    assert_eq!(check(&subtrees, &names(&many(1024)), &mut enough), Ok(None));
    assert_eq!(enough.used().name_constraint_checks, 1 << 20);
    let mut ended = budget();
    let limit = check(&subtrees, &names(&many(1025)), &mut ended).unwrap_err();
    assert_eq!(limit.which, Limit::NameConstraintChecks);
    assert_eq!(ended.used().name_constraint_checks, 0);
}
