//! What is concluded from a number, a reading and a claim.

/// What a study says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The whole interval lies on the claimed side, and p after correction is below the level.
    Supported,
    /// The whole interval lies on the other side, and p times the number of parts is below the level.
    Contradicted,
    /// The whole interval lies inside a margin around the reference that was stated beforehand.
    Equivalent,
    /// None of these: the study cannot tell.
    Inconclusive,
    /// Data are missing, or so few networks that they could not pass however clear they were.
    NotDecidable,
}

impl Verdict {
    /// Every verdict, in the order in which they are counted.
    pub const ALL: [Self; 5] =
        [Self::Supported, Self::Contradicted, Self::Equivalent, Self::Inconclusive, Self::NotDecidable];

    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Supported => "supported",
            Self::Contradicted => "contradicted",
            Self::Equivalent => "equivalent",
            Self::Inconclusive => "inconclusive",
            Self::NotDecidable => "not_decidable",
        }
    }

    /// What it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::NotDecidable => "not decidable",
            _ => self.name(),
        }
    }
}

/// What decides a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// Intervals on the claimed side and a p below the level after Holm's correction.
    Test,
    /// Intervals alone: its numbers have no p, or what is claimed is that they lie inside a margin.
    Interval,
}

impl Criterion {
    /// Name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Interval => "interval",
        }
    }
}
