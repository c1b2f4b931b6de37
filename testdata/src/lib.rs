//! Generated test PKIs, signatures and lists.
