//! The audit log's notes and proofs.

use audit_log::{
    Checkpoint, ConsistencyProof, Leaf, Receipt, SigningKey, VerifyingKey, leaf_hash, root,
};

fn key() -> Option<SigningKey> {
    SigningKey::new("fuzz.example/log", &[7; 32]).ok()
}

/// A note: read or refused; a signed one is read, and no other octets pass for it.
pub fn audit_note(data: &[u8]) {
    let Some(key) = key() else { return };
    let public = key.verifying_key();
    let text = String::from_utf8_lossy(data);
    if let Ok(read) = VerifyingKey::parse(&text) {
        assert!(read.to_string() == text);
    }
    if let Ok(read) = SigningKey::parse(&text) {
        assert!(read.to_text().as_str() == text.trim());
    }
    if let Ok(read) = Checkpoint::open(public, &text) {
        assert!(text.starts_with(&read.origin));
    }
    let root = leaf_hash(data);
    let signed = Checkpoint::sign(&key, 5, &root);
    assert!(Checkpoint::open(public, &signed).is_ok_and(|read| read.root == root));
    let (place, changes) = data.split_at(data.len().min(2));
    let place = place
        .iter()
        .fold(0, |at, octet| at << 8 | usize::from(*octet));
    let mut changed = signed.clone().into_bytes();
    let at = place % changed.len();
    for (octet, change) in changed.iter_mut().skip(at).zip(changes.iter().take(16)) {
        *octet ^= change;
    }
    if let Ok(changed) = String::from_utf8(changed)
        && let Ok(read) = Checkpoint::open(public, &changed)
    {
        assert!(read.root == root && read.size == 5);
    }
}

/// A receipt, a proof of consistency or a leaf: read or refused; what is read is what is written, and nothing that was not
/// signed is shown.
pub fn audit_receipt(data: &[u8]) {
    let Some(key) = key() else { return };
    let public = key.verifying_key();
    if let Ok(leaf) = Leaf::parse(data) {
        assert!(leaf.to_octets().is_ok_and(|octets| octets == data));
    }
    if let Ok(receipt) = Receipt::parse(data) {
        assert!(Receipt::parse(receipt.to_text().as_bytes()).as_ref() == Ok(&receipt));
        let _ = receipt.check(public);
    }
    if let Ok(proof) = ConsistencyProof::parse(data) {
        assert!(ConsistencyProof::parse(proof.to_text().as_bytes()).as_ref() == Ok(&proof));
        let _ = proof.check(public);
    }
    let hash = leaf_hash(data);
    let signed = Checkpoint::sign(&key, 1, &root(&[hash]));
    let receipt = Receipt::new(0, data, &[], signed);
    let is_leaf = Leaf::parse(data).is_ok_and(|leaf| leaf.sequence == 0);
    assert!(receipt.is_some_and(|it| it.check(public).is_ok()) == is_leaf);
}
