//! Processor cycles of one signature check, for every parameter set of GOST R 34.10-2012: with a key never seen
//! before and with one that is kept, for tables of several sizes. A chain of multiplications before each short
//! round tells the clock, and of the rounds the tenth part that was disturbed least is told.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and stops at the first mistake"
)]

use std::hint::black_box;
use std::time::Instant;

use sig_core::alg::gost::gost3410::{GOST2012_256, GOST2012_512, Gost3410};
use sig_core::alg::gost::parameters::{self, KeySize, ParameterSet};
use sig_core::alg::signature::{Message, SignatureAlgorithm, VerifyingKey};
use sig_core::alg::spki::SubjectPublicKeyInfo;
use sig_core::base::error::Structure;
use sig_core::der::octets::Octets;
use sig_core::der::oid::Oid;
use sig_core::der::oids;
use sig_core::der::reader::{Encoding, Reader};
use sig_core::der::tag::Tag;
use sig_core::der::writer::element;
use sig_core::{Budget, Limits};

const ROUNDS: usize = 60;

/// Thousands of cycles of one call.
fn measure(calls: usize, mut call: impl FnMut()) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let cycle = seconds_of_a_cycle();
            let start = Instant::now();
            for _ in 0..calls {
                call();
            }
            start.elapsed().as_secs_f64() / cycle / 1e3 / calls as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 10]
}

/// A multiplication that waits for the one before takes three cycles, and the `xor` one more.
fn seconds_of_a_cycle() -> f64 {
    const CHAIN: u32 = 20_000;
    (0..5)
        .map(|_| {
            let start = Instant::now();
            let mut product = black_box(3_u64);
            let factor = black_box(5_u64);
            for _ in 0..CHAIN {
                product = product.wrapping_mul(factor) ^ product >> 63;
            }
            black_box(product);
            start.elapsed().as_secs_f64() / f64::from(4 * CHAIN)
        })
        .fold(f64::INFINITY, f64::min)
}

fn spki(set: &ParameterSet, coordinates: &[u8]) -> SubjectPublicKeyInfo {
    let algorithm = match set.size {
        KeySize::Bits256 => oids::GOST2012_256,
        KeySize::Bits512 => oids::GOST2012_512,
    };
    let parameters = element(Tag::SEQUENCE, &element(Tag::OID, set.oid.content()));
    let identifier = [element(Tag::OID, algorithm.content()), parameters].concat();
    let key = [vec![0], element(Tag::OCTET_STRING, coordinates)].concat();
    let encoded = [
        element(Tag::SEQUENCE, &identifier),
        element(Tag::BIT_STRING, &key),
    ]
    .concat();
    let source = Octets::from(element(Tag::SEQUENCE, &encoded));
    let mut reader = Reader::new(&source, Encoding::Der, Structure::SubjectPublicKeyInfo);
    SubjectPublicKeyInfo::read(&mut reader, &mut Budget::new(Limits::STANDARD)).unwrap()
}

/// The base point of a set is a valid key, and a signature that is wrong costs what a right one does.
const BASE_POINTS: &[(&str, &str, &str)] = &[
    (
        "1.2.643.2.2.35.0",
        "0000000000000000000000000000000000000000000000000000000000000002",
        "08e2a8a0e65147d4bd6316030e16d19c85c97f0a9ca267122b96abbcea7e8fc8",
    ),
    (
        "1.2.643.2.2.35.1",
        "0000000000000000000000000000000000000000000000000000000000000001",
        "8d91e471e0989cda27df505a453f2b7635294f2ddf23e3b122acc99c9e9f1e14",
    ),
    (
        "1.2.643.2.2.35.2",
        "0000000000000000000000000000000000000000000000000000000000000001",
        "3fa8124359f96680b83d1c3eb2c070e5c545c9858d03ecfb744bf8d717717efc",
    ),
    (
        "1.2.643.2.2.35.3",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "41ece55743711a8c3cbf3783cd08c0ee4d4dc440d4641a8f366e550dfdb3bb67",
    ),
    (
        "1.2.643.7.1.2.1.1.1",
        "91e38443a5e82c0d880923425712b2bb658b9196932e02c78b2582fe742daa28",
        "32879423ab1a0375895786c4bb46e9565fde0b5344766740af268adb32322e5c",
    ),
    (
        "1.2.643.7.1.2.1.2.0",
        "24d19cc64572ee30f396bf6ebbfd7a6c5213b3b3d7057cc825f91093a68cd762fd60611262cd838dc6b60aa7eee804e28bc849977fac33b4b530f1b120248a9a",
        "2bb312a43bd2ce6e0d020613c857acddcfbf061e91e5f2c3f32447c259f39b2c83ab156d77f1496bf7eb3351e1ee4e43dc1a18b91b24640b6dbb92cb1add371e",
    ),
    (
        "1.2.643.7.1.2.1.2.1",
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003",
        "7503cfe87a836ae3a61b8816e25450e6ce5e1c93acf1abc1778064fdcbefa921df1626be4fd036e93d75e6a50e3a41e98028fe5fc235f5b889a589cb5215f2a4",
    ),
    (
        "1.2.643.7.1.2.1.2.2",
        "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000002",
        "1a8f7eda389b094c2c071e3647a8940f3c123b697578c213be6dd9e6c8ec7335dcb228fd1edf4a39152cbcaaf8c0398828041055f94ceeec7e21340780fe41bd",
    ),
    (
        "1.2.643.7.1.2.1.2.3",
        "e2e31edfc23de7bdebe241ce593ef5de2295b7a9cbaef021d385f7074cea043aa27272a7ae602bf2a7b9033db9ed3610c6fb85487eae97aac5bc7928c1950148",
        "f5ce40d95b5eb899abbccff5911cb8577939804d6527378b8c108c3d2090ff9be18e2d33e3021ed2ef32d85822423b6304f726aa854bae07d0396e9a9addc40f",
    ),
];

fn main() {
    println!("set\tnew key, kcycles\tprepare\tverify");
    let wanted = std::env::args().nth(1);
    for (oid, x, y) in BASE_POINTS {
        if wanted
            .as_deref()
            .is_some_and(|wanted| !wanted.starts_with("--") && wanted != *oid)
        {
            continue;
        }
        let set = parameters::by_oid(&Oid::parse(oid).unwrap()).unwrap();
        let mut coordinates = hex::decode([*y, *x].concat()).unwrap();
        coordinates.reverse();
        let algorithm: &Gost3410 = match set.size {
            KeySize::Bits256 => &GOST2012_256,
            KeySize::Bits512 => &GOST2012_512,
        };
        let spki = spki(set, &coordinates);
        let digest = vec![0xa5; set.size.octets()];
        let signature = vec![0x35; 2 * set.size.octets()];
        let calls = if set.size == KeySize::Bits256 { 16 } else { 2 };
        let verify = |key: &dyn VerifyingKey| {
            let message = Message::Digest(black_box(&digest));
            black_box(key.verify(message, &signature).is_ok());
        };
        let new = measure(calls, || {
            let key = algorithm.prepare(black_box(&spki)).unwrap();
            verify(&*key);
        });
        print!("{}\t{new:.1}", set.name);
        for memory in [0, 120_000, 300_000, 1_500_000] {
            let prepare = || algorithm.prepare_within(black_box(&spki), memory).unwrap();
            let prepare_time = measure(1, || drop(black_box(prepare())));
            let key = prepare();
            let time = measure(calls, || verify(&*key));
            print!("\t{}K {prepare_time:.0} {time:.1}", key.memory() / 1024);
        }
        println!();
    }
}
