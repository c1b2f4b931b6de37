//! What one of two states has and the other has not.

/// Members of two states of the same thing that only one of them has, each in the order of its state.
pub(super) struct Changed<T> {
    /// Of the newer one alone.
    pub(super) added: Vec<T>,
    /// Of the older one alone.
    pub(super) removed: Vec<T>,
}

impl<T: Clone + PartialEq> Changed<T> {
    pub(super) fn between(older: &[T], newer: &[T]) -> Self {
        Self {
            added: only_in(newer, older),
            removed: only_in(older, newer),
        }
    }
}

fn only_in<T: Clone + PartialEq>(these: &[T], others: &[T]) -> Vec<T> {
    let only = these.iter().filter(|it| !others.contains(it));
    only.cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_both_have_is_no_change() {
        let Changed { added, removed } = Changed::between(&[1, 2, 3], &[3, 4, 2, 5]);
        assert_eq!((added, removed), (vec![4, 5], vec![1]));
    }
}
