use proptest::prelude::*;
use sha2::Digest as _;

use super::*;

fn engines() -> Vec<Engine> {
    let mut engines = vec![Engine::Portable];
    match Engine::detect() {
        Engine::Portable => println!("skipped: this processor has no AVX-512 VBMI and GFNI"),
        #[cfg(target_arch = "x86_64")]
        registers => engines.push(registers),
    }
    engines
}

fn oracle(algorithm: &Streebog, octets: &[u8]) -> Vec<u8> {
    match algorithm.id {
        DigestId::Streebog256 => streebog::Streebog256::digest(octets).to_vec(),
        _ => streebog::Streebog512::digest(octets).to_vec(),
    }
}

/// RFC 6986 §10.1: the message M1, in the order of its octets.
#[test]
fn example_of_the_standard() {
    let message = b"012345678901234567890123456789012345678901234567890123456789012";
    let expected = [
        (
            &STREEBOG256,
            "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500",
        ),
        (
            &STREEBOG512,
            "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa\
             00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48",
        ),
    ];
    for (algorithm, expected) in expected {
        for engine in engines() {
            assert_eq!(algorithm.digest_by(engine, message).hex(), expected);
        }
        assert_eq!(algorithm.digest(message).unwrap().hex(), expected);
        assert_eq!(algorithm.digest(message).unwrap().algorithm, algorithm.id());
    }
}

#[test]
fn every_length_up_to_five_blocks() {
    let octets: Vec<u8> = (0..320u32).map(|i| (i * i + 7) as u8).collect();
    for algorithm in [&STREEBOG256, &STREEBOG512] {
        for length in 0..=octets.len() {
            let message = &octets[..length];
            let expected = oracle(algorithm, message);
            for engine in engines() {
                let found = algorithm.digest_by(engine, message).value;
                assert_eq!(found, expected, "{engine:?}, {length} octets");
            }
        }
    }
}

/// The sum of the blocks carries through all eight words.
#[test]
fn blocks_of_ones() {
    let message = [0xff; 300];
    for algorithm in [&STREEBOG256, &STREEBOG512] {
        for engine in engines() {
            let found = algorithm.digest_by(engine, &message).value;
            assert_eq!(found, oracle(algorithm, &message), "{engine:?}");
        }
    }
}

proptest! {
    #[test]
    fn each_engine_agrees_in_any_pieces(
        message in proptest::collection::vec(any::<u8>(), 0..1500),
        cuts in proptest::collection::vec(0usize..200, 0..12),
        long in any::<bool>(),
    ) {
        let algorithm = if long { &STREEBOG512 } else { &STREEBOG256 };
        let expected = oracle(algorithm, &message);
        for engine in engines() {
            prop_assert_eq!(&algorithm.digest_by(engine, &message).value, &expected);
            let mut context = algorithm.start_by(engine);
            let mut rest = message.as_slice();
            for cut in &cuts {
                let (piece, after) = rest.split_at((*cut).min(rest.len()));
                context.update(piece);
                rest = after;
            }
            context.update(rest);
            prop_assert_eq!(&context.finish().unwrap().value, &expected);
        }
    }

    #[test]
    fn two_at_once_are_as_one_by_one(
        a in proptest::collection::vec(any::<u8>(), 0..700),
        b in proptest::collection::vec(any::<u8>(), 0..700),
        long in any::<bool>(),
    ) {
        let algorithm = if long { &STREEBOG512 } else { &STREEBOG256 };
        let expected = [oracle(algorithm, &a), oracle(algorithm, &b)];
        for engine in engines() {
            let found = algorithm.pair_by(engine, [&a, &b]).map(|digest| digest.value);
            prop_assert_eq!(&found, &expected);
        }
        let found = algorithm.digest_pair([&a, &b]).unwrap().map(|digest| digest.value);
        prop_assert_eq!(&found, &expected);
    }

    #[test]
    fn each_engine_compresses_alike(
        h in any::<[u64; 8]>(),
        count in any::<u128>(),
        m in any::<[u64; 8]>(),
    ) {
        let mut values = engines().into_iter().map(|engine| {
            let mut value = h;
            engine.compress([&mut value], [count], [&m]);
            value
        });
        let first = values.next();
        prop_assert!(values.all(|value| Some(value) == first));
    }
}
