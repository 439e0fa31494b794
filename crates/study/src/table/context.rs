//! The contexts of CDDM.

use super::field::Levels;
use circuitscope::analysis::choice_lines::CONTEXTS;

/// A context, called after the stimulus that counts in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Context {
    /// Motion counts.
    Motion,
    /// Colour counts.
    Colour,
}

impl Context {
    /// All, in the order of [`CONTEXTS`].
    pub(crate) const ALL: [Self; 2] = [Self::Motion, Self::Colour];
}

impl Levels for Context {
    fn all() -> Vec<(&'static str, Self)> {
        CONTEXTS.into_iter().zip(Self::ALL).collect()
    }

    fn level(self) -> &'static str {
        match self {
            Self::Motion => CONTEXTS[0],
            Self::Colour => CONTEXTS[1],
        }
    }
}
