//! Choices of a policy and the words for them.

/// An enumeration whose variants have words.
macro_rules! choice {
    ($(#[$documentation:meta])* $name:ident {
        $($(#[$variant_documentation:meta])* $variant:ident = $word:literal,)+
    }) => {
        $(#[$documentation])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        pub enum $name {
            $($(#[$variant_documentation])* $variant,)+
        }

        impl $name {
            /// The word in the file of a policy.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The choice of a word.
            #[must_use]
            pub fn of_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use choice;
