//! The verification daemon and its command line.
fn main() {}
