//! Reading signatures and saying what is proven about them.
