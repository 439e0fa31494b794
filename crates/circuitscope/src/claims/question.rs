//! Questions of a study file to its networks, as values.

use std::collections::BTreeMap;

use crate::analysis::distance::Aspect;
use crate::analysis::measures::Measure;
use crate::analysis::statistics::TrendForm;

/// One number that a study is asked for, and what it must be.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// What is asked.
    pub asked: Asked,
    /// What it must be.
    pub aim: Aim,
    /// Fields whose levels nothing is compared across.
    pub within: Strata,
}

/// What is asked of the networks of a study.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// A number of one group of classes less that of another.
    Difference {
        /// The number.
        number: Number,
        /// The groups, the first less the second.
        groups: [Group; 2],
    },
    /// A number of one group of classes beside a value.
    Level {
        /// The number.
        number: Number,
        /// The classes.
        group: Group,
        /// The value.
        reference: f64,
    },
    /// Whether a number rises or falls with a field of the classes.
    Trend {
        /// The number.
        number: Number,
        /// The field.
        over: Ordered,
        /// How it is measured.
        form: TrendForm,
    },
    /// Whether groups of classes differ in an aspect.
    Apart {
        /// The aspect.
        aspect: Aspect,
        /// What tells the groups apart, in words.
        what: String,
        /// The groups.
        groups: Vec<Group>,
    },
}

/// What a number must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Aim {
    /// Above the other group, the value, or no trend.
    Above,
    /// Below it.
    Below,
    /// At most so far from it.
    Within(f64),
}

/// A number of single networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// What is taken.
    pub quantity: Quantity,
    /// Of which state of the networks.
    pub state: State,
}

/// What is taken of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// A measure.
    Measure(Measure),
    /// R² on the analysis trials, of the selected networks.
    R2,
}

/// Which networks a number is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Trained ones.
    Trained,
    /// The same before training.
    Untrained,
    /// The change that training made, network by network.
    Change,
}

/// Classes that are taken together.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// What they are, in words.
    pub words: String,
    /// Their names.
    pub classes: Vec<String>,
}

/// A field that orders classes.
#[derive(Clone, Debug, PartialEq)]
pub struct Ordered {
    /// Its name.
    pub field: String,
    /// Its value in each class that counts.
    pub at: BTreeMap<String, f64>,
}

/// Nuisance factors: within each combination of their levels networks are compared, and labels permuted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strata {
    /// Names of the fields.
    pub fields: Vec<String>,
    /// The combination of each class, as a number; 0 of a class that is not named.
    pub of_class: BTreeMap<String, usize>,
}

impl Quantity {
    /// The quantity of a name.
    pub fn named(name: &str) -> Option<Self> {
        if name == Self::R2.name() {
            return Some(Self::R2);
        }
        Measure::ALL.into_iter().find(|measure| measure.name() == name).map(Self::Measure)
    }

    /// Its name in study files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Measure(measure) => measure.name(),
            Self::R2 => "r2",
        }
    }

    /// What it is, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Measure(measure) => measure.words(),
            Self::R2 => "R² on the analysis trials",
        }
    }
}

impl Number {
    /// What it is, in words.
    pub fn words(self) -> String {
        let words = self.quantity.words();
        match self.state {
            State::Trained => words.to_owned(),
            State::Untrained => format!("{words}, untrained"),
            State::Change => format!("{words}, trained less untrained"),
        }
    }
}

impl Strata {
    /// The combination of levels that a class is of.
    pub fn of(&self, class: &str) -> usize {
        self.of_class.get(class).copied().unwrap_or_default()
    }

    /// ", within constraint and `n_units`", or nothing without a nuisance factor.
    pub(super) fn words(&self) -> String {
        match self.fields.as_slice() {
            [] => String::new(),
            [only] => format!(", within {only}"),
            [head @ .., last] => format!(", within {} and {last}", head.join(", ")),
        }
    }
}

impl Question {
    /// Whether it asks for a difference between labels of networks.
    pub(super) fn is_of_labels(&self) -> bool {
        !matches!(self.asked, Asked::Level { .. }) && !matches!(self.aim, Aim::Within(_))
    }
}
