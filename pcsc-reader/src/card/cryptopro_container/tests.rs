use proptest::prelude::*;
use testdata::Timestamp;
use testdata::card::Identity;
use testdata::card::container::Container;

use super::*;

const NAME: &str = "Образцов-2026";

fn citizen() -> Identity {
    Identity::new("ru-demo", "citizen").unwrap()
}

fn container() -> Container {
    Container::new(NAME, citizen())
}

fn header(container: &Container) -> ContainerHeader {
    ContainerHeader::from_der(&container.header().unwrap()).unwrap()
}

fn binding(container: &Container) -> KeyBinding {
    header(container).primary.certificate.unwrap().binding
}

#[test]
fn a_header_tells_keys_certificates_and_their_time() {
    let from = Timestamp::try_from("2026-01-02T03:04:05Z".to_owned()).unwrap();
    let until = Timestamp::try_from("2027-04-02T03:04:05Z".to_owned()).unwrap();
    let other = Identity::new("ru-demo", "citizen-512").unwrap();
    let container = container()
        .with_secondary(other)
        .exportable()
        .in_use(from, until);
    let header = header(&container);
    assert_eq!(header.name.as_deref(), Some(NAME));
    assert!(!header.is_key_absent && !header.is_scanned);
    assert_eq!(header.is_whole, Some(true));
    let primary = &header.primary;
    assert_eq!(primary.is_exportable, Some(true));
    assert_eq!(primary.algorithm.unwrap().to_string(), "1.2.643.7.1.1.6.1");
    assert_eq!(
        primary.parameter_set.unwrap().to_string(),
        "1.2.643.2.2.36.0"
    );
    let certificate = primary.certificate.as_ref().unwrap();
    assert_eq!(certificate.octets, citizen().certificate().unwrap());
    assert_eq!(certificate.binding, KeyBinding::Agrees);
    let secondary = header.secondary.as_ref().unwrap();
    let certificate = secondary.certificate.as_ref().unwrap();
    assert_eq!(certificate.octets, other.certificate().unwrap());
    assert_eq!(certificate.binding, KeyBinding::Agrees);
    assert_eq!(secondary.is_exportable, Some(false));
    assert_eq!(
        header.not_before.unwrap().to_string(),
        "2026-01-02T03:04:05Z"
    );
    assert_eq!(
        header.not_after.unwrap().to_string(),
        "2027-04-02T03:04:05Z"
    );
}

#[test]
fn a_certificate_of_another_key_is_told() {
    assert_eq!(binding(&container()), KeyBinding::Agrees);
    let other = Identity::new("ru-demo", "citizen-yo").unwrap();
    let contradicting = container().with_fingerprint_of(other);
    assert_eq!(binding(&contradicting), KeyBinding::Contradicts);
    assert_eq!(binding(&contradicting.strange()), KeyBinding::Contradicts);
}

#[test]
fn an_rsa_certificate_cannot_be_compared() {
    let person = Identity::new("rsa", "person").unwrap();
    assert_eq!(binding(&Container::new("rsa", person)), KeyBinding::Unknown);
}

#[test]
fn what_is_absent_is_absent() {
    let header = header(&container().without_certificate().without_key());
    assert!(header.primary.certificate.is_none() && header.secondary.is_none());
    assert!(header.is_key_absent && header.not_after.is_none());
}

#[test]
fn a_header_of_no_schema_is_searched() {
    let header = header(&container().strange());
    assert!(header.is_scanned && header.name.is_none());
    assert_eq!(header.is_whole, None);
    let certificate = header.primary.certificate.unwrap();
    assert_eq!(certificate.octets, citizen().certificate().unwrap());
    assert_eq!(certificate.binding, KeyBinding::Agrees);
    assert!(
        ContainerHeader::from_der(
            &container()
                .without_certificate()
                .strange()
                .header()
                .unwrap()
        )
        .is_err()
    );
    assert!(ContainerHeader::from_der(b"").is_err());
    assert!(ContainerHeader::from_der(&[0x30, 0x00]).is_err());
}

#[test]
fn a_header_with_another_checksum_is_read_and_told_of() {
    let damaged = header(&container().damaged());
    assert_eq!(damaged.is_whole, Some(false));
    assert_eq!(
        damaged.primary.certificate.unwrap().binding,
        KeyBinding::Agrees
    );
}

#[test]
fn names_are_read_from_name_key() {
    assert_eq!(container_name(&container().name_key()).unwrap(), NAME);
    for hex in [
        "",
        "3000",
        "30021600",
        "3104160161",
        "3003160461",
        "3005A003160161",
    ] {
        assert!(container_name(&hex::decode(hex).unwrap()).is_err(), "{hex}");
    }
}

#[test]
fn only_name_and_header_have_a_suffix() {
    let suffixes = [ContainerFile::Header, ContainerFile::Name].map(ContainerFile::suffix);
    assert_eq!(suffixes, [0x03, 0x06]);
}

proptest! {
    #[test]
    fn any_octets_are_a_header_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = ContainerHeader::from_der(&bytes);
        let _ = container_name(&bytes);
    }

    #[test]
    fn a_changed_header_is_read_or_refused_and_never_binds_wrongly(
        at in 0_usize..1200,
        value in any::<u8>(),
        end in 0_usize..1600,
    ) {
        let whole = container().header().unwrap();
        let mut changed = whole.clone();
        if let Some(octet) = changed.get_mut(at) {
            *octet = value;
        }
        changed.truncate(end.max(1));
        if let Ok(header) = ContainerHeader::from_der(&changed) {
            for (_, key) in header.keys() {
                let Some(certificate) = &key.certificate else { continue };
                // A certificate is taken whole: no part of the container runs into it.
                prop_assert!(changed.windows(certificate.octets.len()).any(|part| part == certificate.octets));
                if certificate.binding == KeyBinding::Agrees {
                    let fingerprint = key.fingerprint.unwrap();
                    prop_assert!(certificate.octets.windows(8).any(|part| part == fingerprint));
                }
            }
        }
    }
}
