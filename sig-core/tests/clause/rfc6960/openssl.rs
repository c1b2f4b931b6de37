//! A second opinion: OpenSSL on the signature and the authority of the responder.

use openssl::ocsp::{OcspFlag, OcspResponse};
use openssl::stack::Stack;
use openssl::x509::X509;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::X509VerifyParam;

use super::pki::{
    Draft, NOCHECK, OCSP_SIGNING, Response, World, by_key, by_name, extension, purposes, rsa,
};
use crate::certificates::{AT, name};

fn certificate(octets: &[u8]) -> X509 {
    X509::from_der(octets).unwrap()
}

fn store(world: &World) -> X509Store {
    let mut builder = X509StoreBuilder::new().unwrap();
    builder
        .add_cert(certificate(&world.path().anchor.octets))
        .unwrap();
    let mut parameters = X509VerifyParam::new().unwrap();
    parameters.set_time(AT.seconds());
    builder.set_param(&parameters).unwrap();
    builder.build()
}

fn openssl_accepts(world: &World, response: &Response) -> bool {
    let mut others = Stack::new().unwrap();
    others.push(certificate(&world.ca.make().octets)).unwrap();
    let response = OcspResponse::from_der(&response.write()).unwrap();
    let basic = response.basic().unwrap();
    basic
        .verify(&others, &store(world), OcspFlag::empty())
        .is_ok()
}

#[test]
fn openssl_agrees_who_may_answer() {
    let world = World::of(rsa());
    let keys = world.keys;
    let delegated = world.delegated();
    let direct = world.direct();
    let with = |change: &dyn Fn(&mut Draft)| {
        let mut world = world.clone();
        change(&mut world.responder);
        world.delegated()
    };
    let no_check = || extension(&NOCHECK, &[5, 0]);
    let cases = [
        ("delegated", true, delegated.clone()),
        ("direct", true, direct.clone()),
        (
            "by key",
            true,
            Response {
                responder: by_key(keys.responder),
                ..delegated.clone()
            },
        ),
        (
            "changed",
            false,
            Response {
                change_after_signing: true,
                ..delegated.clone()
            },
        ),
        (
            "changed, direct",
            false,
            Response {
                change_after_signing: true,
                ..direct.clone()
            },
        ),
        (
            "another responder id",
            false,
            Response {
                responder: by_name("Another"),
                ..delegated.clone()
            },
        ),
        (
            "another key",
            false,
            Response {
                signed_by: keys.other,
                ..direct
            },
        ),
        (
            "no purpose",
            false,
            with(&|responder| responder.extensions = vec![no_check()]),
        ),
        (
            "two purposes",
            true,
            with(&|responder| {
                responder.extensions = vec![purposes(&[8, OCSP_SIGNING]), no_check()];
            }),
        ),
        (
            "another authority",
            false,
            with(&|responder| {
                responder.issuer = name("Root");
                responder.signed_by = keys.root;
            }),
        ),
        (
            "not signed by the authority",
            false,
            with(&|responder| responder.signed_by = keys.other),
        ),
        (
            "expired",
            false,
            with(&|responder| responder.validity[1] = "261120000000Z"),
        ),
    ];
    for (what, expected, response) in cases {
        let ours = world.ask(&[response.make()]).answer.is_some();
        assert_eq!(ours, expected, "{what}");
        assert_eq!(
            openssl_accepts(&world, &response),
            expected,
            "OpenSSL: {what}"
        );
    }
}
