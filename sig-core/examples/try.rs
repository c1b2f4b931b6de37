use sig_core::*;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let limits = Limits::STANDARD;
    let mut policy = Policy::builtin(&args[1]).unwrap();
    if args[2] == "norev" {
        policy.revocation = sig_core::validate::policy::RevocationRule::Off;
    }
    let at = UnixTime::parse_rfc3339(&args[3]).unwrap();
    let mut material = Material::default();
    let mut content = None;
    for a in &args[5..] {
        let (k, f) = a.split_once('=').unwrap();
        let bytes = std::fs::read(f).unwrap();
        match k {
            "anchor" => {
                material.add_anchors(&bytes, &limits).unwrap();
            }
            "m" => {
                println!("{:?}", material.add(&bytes, &limits).unwrap());
            }
            "content" => content = Some(bytes),
            _ => panic!(),
        }
    }
    let mut e = Evidence::parse(&std::fs::read(&args[4]).unwrap(), &limits)
        .unwrap()
        .with_material(material);
    if let Some(c) = content {
        e = e.with_content(c);
    }
    let v = Validator {
        algorithms: &alg::provider::RUSTCRYPTO,
        policy,
        limits,
    };
    let r = v.validate(e, at).unwrap();
    println!(
        "{}",
        report::text::write(&r, finding::Language::En, report::text::Detail::Explain)
    );
    let j = report::json::write(&r);
    let _: serde_json::Value = serde_json::from_str(&j).unwrap();
}
