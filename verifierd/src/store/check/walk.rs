//! The leaves one after another, and the tree that they make.

use audit_log::{Checkpoint, Frontier, Hash, Leaf, Node, leaf_hash};

use super::fault::{Faults, What};

/// Walks over the leaves of a log in their order.
#[derive(Default)]
pub struct Walk<'a> {
    frontier: Frontier,
    /// Signed heads that the log must have had, smallest first.
    checkpoints: Vec<&'a Checkpoint>,
    /// What was found.
    pub faults: Faults,
    /// Places of leaves that are not what they were.
    broken: Vec<u64>,
}

impl<'a> Walk<'a> {
    /// A walk past these signed heads.
    pub fn new(checkpoints: &'a [Checkpoint]) -> Self {
        let mut checkpoints: Vec<_> = checkpoints.iter().collect();
        checkpoints.sort_by_key(|checkpoint| std::cmp::Reverse(checkpoint.size));
        let mut walk = Self {
            checkpoints,
            ..Self::default()
        };
        walk.pass();
        walk
    }

    /// The number of leaves so far.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The tree so far.
    pub(super) fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// The root so far.
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Whether a leaf of `node` is already known to be broken.
    pub(super) fn is_broken(&self, node: Node) -> bool {
        let span = node.leaves();
        self.broken.iter().any(|place| span.contains(place))
    }

    /// The next leaf, with the hash that is stored beside it; answers it and the subtrees that it completes.
    pub fn leaf(
        &mut self,
        octets: &[u8],
        stored: Option<&[u8]>,
    ) -> (Option<Leaf>, Vec<(Node, Hash)>) {
        let place = self.size();
        let hash = leaf_hash(octets);
        let what = match (Leaf::parse(octets), stored) {
            (Ok(leaf), _) if leaf.sequence != place => Err(What::Moved),
            (Ok(_), Some(stored)) if stored != hash => Err(What::Edited),
            (Ok(leaf), _) => Ok(leaf),
            (Err(_), _) => Err(What::Edited),
        };
        let leaf = what.map_err(|what| self.break_at(place, what)).ok();
        (leaf, self.push(hash))
    }

    /// The next leaf is not there.
    pub(super) fn missing(&mut self) {
        self.break_at(self.size(), What::Missing);
        self.push([0; 32]);
    }

    fn break_at(&mut self, place: u64, what: What) {
        self.faults.add("audit_leaf", place, what);
        if self.broken.len() < super::fault::NAMED {
            self.broken.push(place);
        }
    }

    fn push(&mut self, hash: Hash) -> Vec<(Node, Hash)> {
        let completed = self.frontier.push(hash);
        self.pass();
        completed
    }

    fn pass(&mut self) {
        while let Some(next) = self
            .checkpoints
            .pop_if(|next| next.size == self.frontier.size())
        {
            if next.root != self.frontier.root() {
                self.faults.add("checkpoint", next.size, What::Forked);
            }
        }
    }

    /// The log has ended.
    pub fn end(&mut self) {
        while let Some(left) = self.checkpoints.pop() {
            self.faults.add("checkpoint", left.size, What::Shorter);
        }
    }
}
