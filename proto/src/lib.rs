//! The public gRPC API of the verifier: package `verifier.v1`.
//!
//! The `.proto` files under `proto/` are the source; field rules stand in
//! their comments and the daemon enforces them.

#[cfg(feature = "client")]
pub mod client;

/// Package `verifier.v1`: messages, clients and servers.
#[allow(
    missing_docs,
    clippy::doc_markdown,
    clippy::large_enum_variant,
    unused_qualifications
)]
pub mod v1 {
    tonic::include_proto!("verifier.v1");
}

/// Every `.proto` file of the API and its imports, encoded as
/// `google.protobuf.FileDescriptorSet`, for reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
