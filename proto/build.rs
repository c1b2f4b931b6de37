//! Turns `proto/verifier/v1/*.proto` into Rust, without `protoc`.

use std::{env, fs, io, path::PathBuf};

use prost::Message as _;

const FILES: &[&str] = &[
    "verifier/v1/account.proto",
    "verifier/v1/audit.proto",
    "verifier/v1/confirmation.proto",
    "verifier/v1/event.proto",
    "verifier/v1/organisation.proto",
    "verifier/v1/reason.proto",
    "verifier/v1/report.proto",
    "verifier/v1/sign_in.proto",
    "verifier/v1/trust.proto",
    "verifier/v1/verification.proto",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=proto");
    let descriptors = protox::Compiler::new(["proto"])?
        .include_source_info(true)
        .include_imports(true)
        .open_files(FILES)?
        .file_descriptor_set();
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("OUT_DIR"))?);
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;
    let mut config = tonic_prost_build::Config::new();
    // A message knows its descriptor by its name.
    config.enable_type_names();
    tonic_prost_build::configure().compile_fds_with_config(descriptors, config)?;
    Ok(())
}
