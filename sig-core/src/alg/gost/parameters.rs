//! The named parameter sets (RFC 4357 §11.4, RFC 7836 §5, RFC 7091 §7). Explicit parameters are never read.

#[cfg(target_arch = "x86_64")]
use super::adx::{
    CRYPTOPRO_A as FASTEST_CRYPTOPRO_A, TC26_256_A as FASTEST_TC26_256_A,
    TC26_512_A as FASTEST_TC26_512_A, TC26_512_C as FASTEST_TC26_512_C,
};
use super::curve::{AnyCurve, Cofactor, Curve};
use super::edwards::Edwards;
use super::field::{Field, Minus, Plus};
use super::limbs::from_hex;
use super::montgomery::Montgomery;
use super::weierstrass::{CoefficientA, Weierstrass};
use crate::der::oid::Oid;

#[cfg(not(target_arch = "x86_64"))]
use self::{
    CRYPTOPRO_A as FASTEST_CRYPTOPRO_A, TC26_256_A as FASTEST_TC26_256_A,
    TC26_512_A as FASTEST_TC26_512_A, TC26_512_C as FASTEST_TC26_512_C,
};

/// Size of a key, and of the digest that goes with it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum KeySize {
    /// 256 bits, Streebog-256.
    Bits256,
    /// 512 bits, Streebog-512.
    Bits512,
}

/// What a parameter set was published for.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Purpose {
    /// Signatures.
    Signature,
    /// Examples in the standards (RFC 9215 §4.2): a policy refuses it.
    Test,
}

/// A named parameter set.
#[derive(Debug)]
pub struct ParameterSet {
    /// The identifier in certificates.
    pub oid: Oid,
    /// The name in the standards.
    pub name: &'static str,
    /// The name in reports, unique within a size.
    pub short_name: &'static str,
    /// Size of its keys.
    pub size: KeySize,
    /// What it is for.
    pub purpose: Purpose,
    pub(super) curve: &'static dyn AnyCurve,
}

impl KeySize {
    /// The size in octets of a coordinate, of each half of a signature and of the digest.
    #[must_use]
    pub const fn octets(self) -> usize {
        match self {
            Self::Bits256 => 32,
            Self::Bits512 => 64,
        }
    }
}

impl ParameterSet {
    /// Whether the set is one of RFC 4357 §11.4, which keys of GOST R 34.10-2001 have.
    pub(super) fn is_of_rfc_4357(&self) -> bool {
        const CRYPTOPRO: Oid = Oid::new(&[1, 2, 643, 2, 2]);
        self.oid.content().starts_with(CRYPTOPRO.content())
    }

    /// Whether the curve is that of CryptoPro-A, under any of its names.
    pub(super) fn is_on_cryptopro_a(&self) -> bool {
        std::ptr::addr_eq(self.curve, &raw const FASTEST_CRYPTOPRO_A)
    }
}

/// The parameter set with this identifier.
#[must_use]
pub fn by_oid(oid: &Oid) -> Option<&'static ParameterSet> {
    ALL.iter().find(|set| set.oid == *oid)
}

/// Every parameter set that is known.
pub static ALL: &[ParameterSet] = &[
    ParameterSet {
        oid: Oid::new(&[1, 2, 643, 2, 2, 35, 0]),
        name: "id-GostR3410-2001-TestParamSet",
        short_name: "test",
        size: KeySize::Bits256,
        purpose: Purpose::Test,
        curve: &TEST_256,
    },
    ParameterSet {
        oid: Oid::new(&[1, 2, 643, 2, 2, 35, 1]),
        name: "id-GostR3410-2001-CryptoPro-A-ParamSet",
        short_name: "cpa",
        size: KeySize::Bits256,
        purpose: Purpose::Signature,
        curve: &FASTEST_CRYPTOPRO_A,
    },
    ParameterSet {
        oid: Oid::new(&[1, 2, 643, 2, 2, 35, 2]),
        name: "id-GostR3410-2001-CryptoPro-B-ParamSet",
        short_name: "cpb",
        size: KeySize::Bits256,
        purpose: Purpose::Signature,
        curve: &CRYPTOPRO_B,
    },
    ParameterSet {
        oid: Oid::new(&[1, 2, 643, 2, 2, 35, 3]),
        name: "id-GostR3410-2001-CryptoPro-C-ParamSet",
        short_name: "cpc",
        size: KeySize::Bits256,
        purpose: Purpose::Signature,
        curve: &CRYPTOPRO_C,
    },
    ParameterSet {
        oid: Oid::new(&[1, 2, 643, 2, 2, 36, 0]),
        name: "id-GostR3410-2001-CryptoPro-XchA-ParamSet",
        short_name: "xcha",
        size: KeySize::Bits256,
        purpose: Purpose::Signature,
        curve: &FASTEST_CRYPTOPRO_A,
    },
    ParameterSet {
        oid: Oid::new(&[1, 2, 643, 2, 2, 36, 1]),
        name: "id-GostR3410-2001-CryptoPro-XchB-ParamSet",
        short_name: "xchb",
        size: KeySize::Bits256,
        purpose: Purpose::Signature,
        curve: &CRYPTOPRO_C,
    },
    ParameterSet {
        oid: Oid::new(&[1, 2, 643, 7, 1, 2, 1, 1, 1]),
        name: "id-tc26-gost-3410-2012-256-paramSetA",
        short_name: "tc26a",
        size: KeySize::Bits256,
        purpose: Purpose::Signature,
        curve: &FASTEST_TC26_256_A,
    },
    ParameterSet {
        oid: Oid::new(&[1, 2, 643, 7, 1, 2, 1, 1, 2]),
        name: "id-tc26-gost-3410-2012-256-paramSetB",
        short_name: "tc26b",
        size: KeySize::Bits256,
        purpose: Purpose::Signature,
        curve: &FASTEST_CRYPTOPRO_A,
    },
    ParameterSet {
        oid: Oid::new(&[1, 2, 643, 7, 1, 2, 1, 1, 3]),
        name: "id-tc26-gost-3410-2012-256-paramSetC",
        short_name: "tc26c",
        size: KeySize::Bits256,
        purpose: Purpose::Signature,
        curve: &CRYPTOPRO_B,
    },
    ParameterSet {
        oid: Oid::new(&[1, 2, 643, 7, 1, 2, 1, 1, 4]),
        name: "id-tc26-gost-3410-2012-256-paramSetD",
        short_name: "tc26d",
        size: KeySize::Bits256,
        purpose: Purpose::Signature,
        curve: &CRYPTOPRO_C,
    },
    ParameterSet {
        oid: Oid::new(&[1, 2, 643, 7, 1, 2, 1, 2, 0]),
        name: "id-tc26-gost-3410-2012-512-paramSetTest",
        short_name: "test",
        size: KeySize::Bits512,
        purpose: Purpose::Test,
        curve: &TEST_512,
    },
    ParameterSet {
        oid: Oid::new(&[1, 2, 643, 7, 1, 2, 1, 2, 1]),
        name: "id-tc26-gost-3410-12-512-paramSetA",
        short_name: "tc26a",
        size: KeySize::Bits512,
        purpose: Purpose::Signature,
        curve: &FASTEST_TC26_512_A,
    },
    ParameterSet {
        oid: Oid::new(&[1, 2, 643, 7, 1, 2, 1, 2, 2]),
        name: "id-tc26-gost-3410-12-512-paramSetB",
        short_name: "tc26b",
        size: KeySize::Bits512,
        purpose: Purpose::Signature,
        curve: &TC26_512_B,
    },
    ParameterSet {
        oid: Oid::new(&[1, 2, 643, 7, 1, 2, 1, 2, 3]),
        name: "id-tc26-gost-3410-2012-512-paramSetC",
        short_name: "tc26c",
        size: KeySize::Bits512,
        purpose: Purpose::Signature,
        curve: &FASTEST_TC26_512_C,
    },
];

static TEST_256: Curve<Weierstrass<Plus<1073>, 4>, 4> = Curve::new(
    Weierstrass {
        field: Plus,
        a: CoefficientA::Small(7),
        b: from_hex("5fbff498aa938ce739b8e022fbafef40563f6e6a3472fc2a514c0ce9dae23b7e"),
    },
    from_hex("8000000000000000000000000000000150fe8a1892976154c59cfc193accf5b3"),
    Cofactor::One,
    [
        from_hex("0000000000000000000000000000000000000000000000000000000000000002"),
        from_hex("08e2a8a0e65147d4bd6316030e16d19c85c97f0a9ca267122b96abbcea7e8fc8"),
    ],
);

pub(super) static CRYPTOPRO_A: Curve<Weierstrass<Minus<617>, 4>, 4> = cryptopro_a(Minus);

pub(super) const fn cryptopro_a<F: Field<4>>(field: F) -> Curve<Weierstrass<F, 4>, 4> {
    Curve::new(
        Weierstrass {
            field,
            a: CoefficientA::MinusThree,
            b: from_hex("00000000000000000000000000000000000000000000000000000000000000a6"),
        },
        from_hex("ffffffffffffffffffffffffffffffff6c611070995ad10045841b09b761b893"),
        Cofactor::One,
        [
            from_hex("0000000000000000000000000000000000000000000000000000000000000001"),
            from_hex("8d91e471e0989cda27df505a453f2b7635294f2ddf23e3b122acc99c9e9f1e14"),
        ],
    )
}

static CRYPTOPRO_B: Curve<Weierstrass<Plus<3225>, 4>, 4> = Curve::new(
    Weierstrass {
        field: Plus,
        a: CoefficientA::MinusThree,
        b: from_hex("3e1af419a269a5f866a7d3c25c3df80ae979259373ff2b182f49d4ce7e1bbc8b"),
    },
    from_hex("800000000000000000000000000000015f700cfff1a624e5e497161bcc8a198f"),
    Cofactor::One,
    [
        from_hex("0000000000000000000000000000000000000000000000000000000000000001"),
        from_hex("3fa8124359f96680b83d1c3eb2c070e5c545c9858d03ecfb744bf8d717717efc"),
    ],
);

static CRYPTOPRO_C: Curve<Weierstrass<Montgomery<4>, 4>, 4> = Curve::new(
    Weierstrass {
        field: Montgomery::new(from_hex(
            "9b9f605f5a858107ab1ec85e6b41c8aacf846e86789051d37998f7b9022d759b",
        )),
        a: CoefficientA::MinusThree,
        b: from_hex("000000000000000000000000000000000000000000000000000000000000805a"),
    },
    from_hex("9b9f605f5a858107ab1ec85e6b41c8aa582ca3511eddfb74f02f3a6598980bb9"),
    Cofactor::One,
    [
        from_hex("0000000000000000000000000000000000000000000000000000000000000000"),
        from_hex("41ece55743711a8c3cbf3783cd08c0ee4d4dc440d4641a8f366e550dfdb3bb67"),
    ],
);

pub(super) static TC26_256_A: Curve<Edwards<Minus<617>, 4>, 4> = tc26_256_a(Minus);

pub(super) const fn tc26_256_a<F: Field<4>>(field: F) -> Curve<Edwards<F, 4>, 4> {
    Curve::new(
        Edwards {
            field,
            d: from_hex("0605f6b7c183fa81578bc39cfad518132b9df62897009af7e522c32d6dc7bffb"),
            s: from_hex("7e7e82520f9f015faa1d0f18c14ab9fb35188275da3fd94206b74f34a48e0ecd"),
            t: from_hex("0100fe73f595ff158e974b44d478d9588744fe5c192ac47ea63075dce7a14aaa"),
            k: from_hex("7c1a4226420c14cec22d17390d433caca3776d5ed21e58e6fe458fa2b85c28eb"),
            a: from_hex("c2173f1513981673af4892c23035a27ce25e2013bf95aa33b22c656f277e7335"),
            b: from_hex("295f9bae7428ed9ccc20e7c359a9d41a22fccd9108e17bf7ba9337a6f8ae9513"),
        },
        from_hex("400000000000000000000000000000000fd8cddfc87b6635c115af556c360c67"),
        Cofactor::Four,
        [
            from_hex("91e38443a5e82c0d880923425712b2bb658b9196932e02c78b2582fe742daa28"),
            from_hex("32879423ab1a0375895786c4bb46e9565fde0b5344766740af268adb32322e5c"),
        ],
    )
}

static TEST_512: Curve<Weierstrass<Montgomery<8>, 8>, 8> = Curve::new(
    Weierstrass {
        field: Montgomery::new(from_hex(
            "4531acd1fe0023c7550d267b6b2fee80922b14b2ffb90f04d4eb7c09b5d2d15df1d852741af4704a0458047e80e4546d35b8336fac224dd81664bbf528be6373",
        )),
        a: CoefficientA::Small(7),
        b: from_hex(
            "1cff0806a31116da29d8cfa54e57eb748bc5f377e49400fdd788b649eca1ac4361834013b2ad7322480a89ca58e0cf74bc9e540c2add6897fad0a3084f302adc",
        ),
    },
    from_hex(
        "4531acd1fe0023c7550d267b6b2fee80922b14b2ffb90f04d4eb7c09b5d2d15da82f2d7ecb1dbac719905c5eecc423f1d86e25edbe23c595d644aaf187e6e6df",
    ),
    Cofactor::One,
    [
        from_hex(
            "24d19cc64572ee30f396bf6ebbfd7a6c5213b3b3d7057cc825f91093a68cd762fd60611262cd838dc6b60aa7eee804e28bc849977fac33b4b530f1b120248a9a",
        ),
        from_hex(
            "2bb312a43bd2ce6e0d020613c857acddcfbf061e91e5f2c3f32447c259f39b2c83ab156d77f1496bf7eb3351e1ee4e43dc1a18b91b24640b6dbb92cb1add371e",
        ),
    ],
);

pub(super) static TC26_512_A: Curve<Weierstrass<Minus<569>, 8>, 8> = tc26_512_a(Minus);

pub(super) const fn tc26_512_a<F: Field<8>>(field: F) -> Curve<Weierstrass<F, 8>, 8> {
    Curve::new(
        Weierstrass {
            field,
            a: CoefficientA::MinusThree,
            b: from_hex(
                "e8c2505dedfc86ddc1bd0b2b6667f1da34b82574761cb0e879bd081cfd0b6265ee3cb090f30d27614cb4574010da90dd862ef9d4ebee4761503190785a71c760",
            ),
        },
        from_hex(
            "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275",
        ),
        Cofactor::One,
        [
            from_hex(
                "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000003",
            ),
            from_hex(
                "7503cfe87a836ae3a61b8816e25450e6ce5e1c93acf1abc1778064fdcbefa921df1626be4fd036e93d75e6a50e3a41e98028fe5fc235f5b889a589cb5215f2a4",
            ),
        ],
    )
}

static TC26_512_B: Curve<Weierstrass<Plus<111>, 8>, 8> = Curve::new(
    Weierstrass {
        field: Plus,
        a: CoefficientA::MinusThree,
        b: from_hex(
            "687d1b459dc841457e3e06cf6f5e2517b97c7d614af138bcbf85dc806c4b289f3e965d2db1416d217f8b276fad1ab69c50f78bee1fa3106efb8ccbc7c5140116",
        ),
    },
    from_hex(
        "800000000000000000000000000000000000000000000000000000000000000149a1ec142565a545acfdb77bd9d40cfa8b996712101bea0ec6346c54374f25bd",
    ),
    Cofactor::One,
    [
        from_hex(
            "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000002",
        ),
        from_hex(
            "1a8f7eda389b094c2c071e3647a8940f3c123b697578c213be6dd9e6c8ec7335dcb228fd1edf4a39152cbcaaf8c0398828041055f94ceeec7e21340780fe41bd",
        ),
    ],
);

pub(super) static TC26_512_C: Curve<Edwards<Minus<569>, 8>, 8> = tc26_512_c(Minus);

pub(super) const fn tc26_512_c<F: Field<8>>(field: F) -> Curve<Edwards<F, 8>, 8> {
    Curve::new(
        Edwards {
            field,
            d: from_hex(
                "9e4f5d8c017d8d9f13a5cf3cdf5bfe4dab402d54198e31ebde28a0621050439ca6b39e0a515c06b304e2ce43e79e369e91a0cfc2bc2a22b4ca302dbb33ee7550",
            ),
            s: from_hex(
                "186c289cffa09c983b168c30c829006c952ff4aaf99c73850875d7e77bebef18d653187d6ba8fe533ec74c6f061872585b97cc0f50f57752cd73f4913304621e",
            ),
            t: from_hex(
                "9a628f975594ecefd89ba28a2539ffb79c8ab238aeed0851fa5c1abb02b80b44c6734501b83a011dd625cd0b5145091a6d9acd4b1f5c5b1e21b2b249ddfd1271",
            ),
            k: from_hex(
                "6929cde12ae11b4983eb30cfafa5f6a196cd8a7b6a6b53331f3ac402c2ad038e15ab1f3a17ca721a7171af77afeec3f4ae3a017c443e113583b88b2535357f02",
            ),
            a: from_hex(
                "dc9203e514a721875485a529d2c722fb187bc8980eb866644de41c68e143064546e861c0e2c9edd92ade71f46fcf50ff2ad97f951fda9f2a2eb6546f39689bd3",
            ),
            b: from_hex(
                "b4c4ee28cebc6c2c8ac12952cf37f16ac7efb6a9f69f4b57ffda2e4f0de5ade038cbc2fff719d2c18de0284b8bfef3b52b8cc7a5f5bf0a3c8d2319a5312557e1",
            ),
        },
        from_hex(
            "3fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffc98cdba46506ab004c33a9ff5147502cc8eda9e7a769a12694623cef47f023ed",
        ),
        Cofactor::Four,
        [
            from_hex(
                "e2e31edfc23de7bdebe241ce593ef5de2295b7a9cbaef021d385f7074cea043aa27272a7ae602bf2a7b9033db9ed3610c6fb85487eae97aac5bc7928c1950148",
            ),
            from_hex(
                "f5ce40d95b5eb899abbccff5911cb8577939804d6527378b8c108c3d2090ff9be18e2d33e3021ed2ef32d85822423b6304f726aa854bae07d0396e9a9addc40f",
            ),
        ],
    )
}

#[cfg(test)]
pub(super) mod tests;
