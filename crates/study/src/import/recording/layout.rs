//! In which order the axes of a recording's arrays stand.

use ndarray::Array3;
use std::fmt;
use std::str::FromStr;

/// Letters of the axes: units (or inputs, or outputs), time steps, trials.
const LETTERS: [char; 3] = ['N', 'T', 'B'];

/// The order of the axes of responses, inputs and outputs: for each of units, time and trials its place in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    places: [usize; 3],
}

impl Default for Layout {
    /// Units, then time, then trials.
    fn default() -> Self {
        Self { places: [0, 1, 2] }
    }
}

impl FromStr for Layout {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let letters: Vec<char> = text.trim().chars().map(|letter| letter.to_ascii_uppercase()).collect();
        let place = |letter| letters.iter().position(|&found| found == letter);
        match (letters.len(), LETTERS.map(place)) {
            (3, [Some(units), Some(time), Some(trials)]) => Ok(Self { places: [units, time, trials] }),
            _ => Err(format!(
                "`{text}` is invalid, expected each of N (units), T (time) and B (trials) once, such as NBT"
            )),
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = self.of_file(LETTERS);
        letters.iter().try_for_each(|letter| write!(f, "{letter}"))
    }
}

impl Layout {
    /// Every layout, the default first.
    pub(super) const ALL: [Self; 6] = [
        Self { places: [0, 1, 2] },
        Self { places: [0, 2, 1] },
        Self { places: [1, 0, 2] },
        Self { places: [2, 0, 1] },
        Self { places: [1, 2, 0] },
        Self { places: [2, 1, 0] },
    ];

    /// Things of units, time and trials, in the order of the file.
    pub(super) fn of_file<T: Copy>(self, things: [T; 3]) -> [T; 3] {
        let mut found = things;
        for (place, thing) in self.places.into_iter().zip(things) {
            found[place] = thing;
        }
        found
    }

    /// Things in the order of the file, as those of units, time and trials.
    pub(super) fn in_order<T: Copy>(self, things: [T; 3]) -> [T; 3] {
        self.places.map(|place| things[place])
    }

    /// Whether units stand before trials.
    pub(super) fn has_units_before_trials(self) -> bool {
        self.places[0] < self.places[2]
    }

    /// Whether time stands before trials.
    pub(super) fn has_time_first(self) -> bool {
        self.places[1] < self.places[2]
    }

    /// An array as [rows, steps, trials] from its entries in the order of the file; [`None`] if they do not fit.
    pub(super) fn cube(self, shape: [usize; 3], values: Vec<f64>) -> Option<Array3<f64>> {
        let array = Array3::from_shape_vec(shape, values).ok()?;
        Some(array.permuted_axes(self.places).as_standard_layout().into_owned())
    }
}
