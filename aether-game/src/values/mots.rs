//! Closed lists of words, spelt in JSON and SQL as the studio spells them.

/// A text that is none of the words a type knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is not a {of}; expected one of {known}")]
pub struct UnknownWord {
    /// The text.
    pub word: String,
    /// The type that does not know it.
    pub of: &'static str,
    /// The words it knows.
    pub known: String,
}

/// Declares closed lists of words. The name of a variant in `SCREAMING_SNAKE_CASE` is its word, which a test compares; one file
/// calls it once.
macro_rules! mots {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)+ })*) => {$(
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            ::serde::Serialize, ::serde::Deserialize, ::aether_core::Shape,
        )]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        pub enum $name {
            $($(#[$word_doc])* $variant,)+
        }

        impl $name {
            /// Every word.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As JSON and SQL spell it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::values::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::ALL.iter().copied().find(|known| known.as_str() == word).ok_or_else(|| {
                    $crate::values::UnknownWord {
                        word: word.to_owned(),
                        of: stringify!($name),
                        known: Self::ALL.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", "),
                    }
                })
            }
        }
    )*

        #[cfg(test)]
        #[test]
        fn json_and_sql_spell_alike() {
            $(for word in $name::ALL {
                assert_eq!(serde_json::to_value(word).unwrap(), word.as_str());
                assert_eq!(word.as_str().parse::<$name>().as_ref(), Ok(word));
            })*
        }
    };
}

pub(crate) use mots;
