//! The public gRPC API.
