//! An array of a file, whatever its format and type.

use super::fault::Fault;

/// An array, row by row in the order of its axes.
pub(super) struct Stored {
    pub(super) shape: Vec<usize>,
    pub(super) entries: Entries,
}

/// The entries of an array.
pub(super) enum Entries {
    Numbers(Vec<f64>),
    Whole(Vec<i64>),
    Flags(Vec<bool>),
    /// Something that is not read: its name.
    Other(&'static str),
}

/// What an array holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Numbers,
    /// Text or dates, in words.
    Text(&'static str),
    Other(&'static str),
}

/// Words of W bytes as numbers.
pub(super) fn words<const W: usize, T>(bytes: &[u8], number: impl Fn([u8; W]) -> T) -> Vec<T> {
    bytes.chunks_exact(W).map(|word| number(std::array::from_fn(|i| word[i]))).collect()
}

impl Entries {
    /// Numbers without sign; those of which one is beyond the signed ones become floats.
    pub(super) fn of_unsigned(values: Vec<u64>) -> Self {
        match values.iter().map(|&value| i64::try_from(value)).collect() {
            Ok(whole) => Self::Whole(whole),
            Err(_) => Self::Numbers(values.into_iter().map(|value| value as f64).collect()),
        }
    }

    /// Numbers of 0 and 1, or true and false, as flags; [`None`] if there is any other.
    pub(super) fn flags(&self) -> Option<Vec<bool>> {
        match self {
            Self::Flags(flags) => Some(flags.clone()),
            Self::Whole(whole) => whole.iter().map(|&x| (x == 0 || x == 1).then_some(x == 1)).collect(),
            Self::Numbers(numbers) => {
                numbers.iter().map(|&x| (x == 0.0 || x == 1.0).then_some(x == 1.0)).collect()
            }
            Self::Other(_) => None,
        }
    }

    /// Whole numbers; [`None`] if there is any other.
    pub(super) fn whole(&self) -> Option<Vec<i64>> {
        match self {
            Self::Whole(whole) => Some(whole.clone()),
            // Beyond 2^53 floats skip whole numbers.
            Self::Numbers(numbers) => {
                numbers.iter().map(|&x| (x.fract() == 0.0 && x.abs() < 9e15).then_some(x as i64)).collect()
            }
            Self::Flags(_) | Self::Other(_) => None,
        }
    }
}

impl Stored {
    /// The entries as numbers; true is 1 and false is 0.
    pub(super) fn numbers(self, name: &str) -> Result<Vec<f64>, Fault> {
        match self.entries {
            Entries::Numbers(values) => Ok(values),
            Entries::Whole(values) => Ok(values.into_iter().map(|value| value as f64).collect()),
            Entries::Flags(values) => {
                Ok(values.into_iter().map(|value| f64::from(u8::from(value))).collect())
            }
            Entries::Other(kind) => Err(Fault::new(
                format!("`{name}` holds {kind}, expected numbers"),
                format!(
                    "save it as an array of numbers: `{name}.astype(float)`; where trials differ in length, fill their ends \
                     with NaN"
                ),
            )),
        }
    }

    /// The only number of an array.
    pub(super) fn single(self, name: &str) -> Result<f64, Fault> {
        let shape = self.shape.clone();
        match self.numbers(name)?[..] {
            [value] => Ok(value),
            _ => Err(Fault::new(
                format!("`{name}` has shape {shape:?}, expected a single number"),
                format!("give one number for the whole recording as `{name}`"),
            )),
        }
    }
}
