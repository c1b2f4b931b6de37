//! Elements that may be there once.

/// An element that may be there once, in any order with others, and may be nil.
pub(super) struct Field<T> {
    name: &'static str,
    has_begun: bool,
    value: Option<T>,
}

impl<T> Field<T> {
    /// One that was not met yet.
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            has_begun: false,
            value: None,
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// It is met; false when it was met before.
    #[must_use]
    pub(super) fn begin(&mut self) -> bool {
        !std::mem::replace(&mut self.has_begun, true)
    }

    /// What it says; none when it is empty.
    pub(super) fn set(&mut self, value: Option<T>) {
        self.value = value;
    }

    /// What it says; none when it is absent, nil or empty.
    pub(super) fn value(self) -> Option<T> {
        self.value
    }
}
