//! The factors of a task, the trials that they make, and what expressions are on each.

use super::declaration::{Declaration, Levels};
use super::drawn::Drawn;
use super::error::{DeclaredError, Place};
use super::expression::Expression;
use super::interval::Interval;
use super::names::{check_identifier, expression, in_expressions};
use rand_chacha::ChaCha8Rng;
use std::fmt::{self, Write};

/// Most combinations of factors, before some are left out.
const MOST_COMBINATIONS: usize = 1_000_000;
/// Most trials.
const MOST_TRIALS: usize = 100_000;

/// Which trials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    Training,
    Analysis,
}

impl fmt::Display for Set {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Training => "training",
            Self::Analysis => "analysis",
        })
    }
}

/// The values of a factor, checked.
#[derive(Clone, Debug, PartialEq)]
enum Values {
    Crossed { train: Vec<f64>, analysis: Vec<f64> },
    Drawn { drawn: Drawn, still: f64 },
}

/// The factors of a task with all that is derived from them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Factors {
    /// Factors, then derived values, as expressions write them.
    names: Vec<String>,
    values: Vec<Values>,
    derived: Vec<Expression>,
    derived_places: Vec<Place>,
    keep: Option<Expression>,
}

/// One trial: what every name is on it, and last the time in an epoch. Ranges where something is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Trial {
    set: Set,
    number: usize,
    pub(super) values: Vec<Interval>,
}

impl Factors {
    pub(super) fn new(declaration: &Declaration) -> Result<Self, DeclaredError> {
        let factors = Place::of("factors");
        let mut names: Vec<String> = Vec::new();
        let take = |names: &mut Vec<String>, name: &str, place: &Place| {
            check_identifier(name, place)?;
            if names.contains(&in_expressions(name)) {
                let remedy = "factors and derived values have names of their own";
                return Err(DeclaredError::refused(
                    place.clone(),
                    format!("the name \"{name}\" a second time"),
                    remedy,
                ));
            }
            names.push(in_expressions(name));
            Ok(())
        };
        let mut values = Vec::new();
        for factor in &declaration.factors {
            let place = factors.key(&factor.name);
            take(&mut names, &factor.name, &place)?;
            values.push(checked(&factor.levels, &place)?);
        }
        if !values.iter().any(|values| matches!(values, Values::Crossed { .. })) {
            let remedy = "give at least one factor with values, such as `[factors.value]` with `values = [0, 0.5, 1]`; \
                          for trials that differ only in what is drawn number them: `values = { from = 1, to = 64, n = 64 }`";
            return Err(DeclaredError::refused(factors, "no factor that makes trials", remedy));
        }
        let (mut derived, mut derived_places) = (Vec::new(), Vec::new());
        for named in &declaration.derived {
            let place = Place::of("derived").key(&named.name);
            derived.push(expression(&named.value, &names, place.clone())?);
            take(&mut names, &named.name, &place)?;
            derived_places.push(place);
        }
        let keep =
            declaration.keep.as_ref().map(|text| expression(text, &names, Place::of("keep"))).transpose()?;
        let made = Self { names, values, derived, derived_places, keep };
        if made.keep.as_ref().is_some_and(|keep| made.is_drawn(keep)) {
            let remedy =
                "it chooses among combinations, before anything is drawn: use factors that have values";
            return Err(DeclaredError::refused(
                Place::of("keep"),
                "an expression over what is drawn",
                remedy,
            ));
        }
        Ok(made)
    }

    /// Names that expressions may use.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Names of the factors that are crossed, by their place among all factors.
    pub(super) fn crossed(&self) -> impl Iterator<Item = usize> {
        (0..self.values.len()).filter(|&factor| matches!(self.values[factor], Values::Crossed { .. }))
    }

    /// Whether anything is drawn.
    pub(super) fn draws(&self) -> bool {
        self.values.iter().any(|values| matches!(values, Values::Drawn { .. }))
    }

    /// Whether an expression depends on what is drawn.
    pub(super) fn is_drawn(&self, expression: &Expression) -> bool {
        expression.mentions(&|name| match self.values.get(name) {
            Some(values) => matches!(values, Values::Drawn { .. }),
            None => self.derived.get(name - self.values.len()).is_some_and(|derived| self.is_drawn(derived)),
        })
    }

    /// Which names these expressions use, directly or by way of derived values.
    fn used<'a>(&self, expressions: impl IntoIterator<Item = &'a Expression>) -> Vec<bool> {
        let mut used = vec![false; self.names.len()];
        let mark = |used: &mut Vec<bool>, expression: &Expression| {
            (0..used.len()).for_each(|name| used[name] |= expression.mentions(&|other| other == name));
        };
        expressions.into_iter().for_each(|expression| mark(&mut used, expression));
        for (at, derived) in self.derived.iter().enumerate().rev() {
            if used[self.values.len() + at] {
                mark(&mut used, derived);
            }
        }
        used
    }

    /// Refuses factors and derived values that neither these expressions nor `keep` use.
    pub(super) fn check_used<'a>(
        &'a self,
        expressions: impl Iterator<Item = &'a Expression>,
        declaration: &Declaration,
    ) -> Result<(), DeclaredError> {
        let used = self.used(expressions.chain(&self.keep));
        let Some(unused) = used.iter().position(|used| !used) else { return Ok(()) };
        let place = match declaration.factors.get(unused) {
            Some(factor) => Place::of("factors").key(&factor.name),
            None => self.derived_places[unused - self.values.len()].clone(),
        };
        let name = &self.names[unused];
        let remedy = "use it in an epoch, in `value` of drive or target, or in `conditions`; or leave it out";
        Err(DeclaredError::refused(place, format!("`{name}`, which nothing uses"), remedy))
    }

    /// The combinations of the factors that are kept, each a number per factor; what is drawn is at its `still` value.
    pub(super) fn combinations(&self, set: Set) -> Result<Vec<Vec<f64>>, DeclaredError> {
        let place = Place::of("factors");
        let levels: Vec<&[f64]> = self
            .values
            .iter()
            .map(|values| match (values, set) {
                (Values::Crossed { train, .. }, Set::Training) => train.as_slice(),
                (Values::Crossed { analysis, .. }, Set::Analysis) => analysis.as_slice(),
                (Values::Drawn { still, .. }, _) => std::slice::from_ref(still),
            })
            .collect();
        let n = levels.iter().try_fold(1_usize, |n, levels| n.checked_mul(levels.len()));
        let Some(n) = n.filter(|&n| n <= MOST_COMBINATIONS) else {
            let found = format!("more than {MOST_COMBINATIONS} combinations of factors in {set}");
            return Err(DeclaredError::refused(place, found, "give fewer values"));
        };
        let needed = self.used(&self.keep);
        let mut kept = Vec::new();
        for number in 0..n {
            let row = crossed(&levels, number);
            if let Some(keep) = &self.keep {
                let trial = self.trial_of(set, number, &points(&row), &needed)?;
                if self.value(keep, &Place::of("keep"), &trial)?.truth() == Some(false) {
                    continue;
                }
            }
            kept.push(row);
        }
        if kept.is_empty() {
            let found = format!("an expression that is false for all {n} combinations of factors in {set}");
            let remedy = "it must keep at least one trial";
            return Err(DeclaredError::refused(Place::of("keep"), found, remedy));
        }
        if kept.len() > MOST_TRIALS {
            let found = format!("{} trials in {set}", kept.len());
            return Err(DeclaredError::refused(place, found, format!("make at most {MOST_TRIALS}")));
        }
        Ok(kept)
    }

    /// A combination with new draws, in the order of the factors.
    pub(super) fn redrawn(&self, combination: &[f64], rng: &mut ChaCha8Rng) -> Vec<f64> {
        let redrawn = self.values.iter().zip(combination).map(|(values, &held)| match values {
            Values::Crossed { .. } => held,
            Values::Drawn { drawn, .. } => drawn.draw(rng),
        });
        redrawn.collect()
    }

    /// A combination with the range of all draws.
    pub(super) fn range(&self, combination: &[f64]) -> Vec<Interval> {
        let ranges = self.values.iter().zip(combination).map(|(values, &held)| match values {
            Values::Crossed { .. } => Interval::point(held),
            Values::Drawn { drawn, .. } => drawn.range(),
        });
        ranges.collect()
    }

    /// The trial of these values of the factors.
    pub(super) fn trial(&self, set: Set, number: usize, row: &[Interval]) -> Result<Trial, DeclaredError> {
        self.trial_of(set, number, row, &vec![true; self.names.len()])
    }

    /// The trial of these values of the factors, with those derived values that are needed.
    fn trial_of(
        &self,
        set: Set,
        number: usize,
        row: &[Interval],
        needed: &[bool],
    ) -> Result<Trial, DeclaredError> {
        let mut values = vec![Interval::point(0.0); self.names.len() + 1];
        values[..row.len()].copy_from_slice(row);
        let mut trial = Trial { set, number, values };
        for (at, derived) in self.derived.iter().enumerate().filter(|(at, _)| needed[row.len() + at]) {
            trial.values[row.len() + at] = self.value(derived, &self.derived_places[at], &trial)?;
        }
        Ok(trial)
    }

    /// What an expression is on a trial.
    pub(super) fn value(
        &self,
        expression: &Expression,
        place: &Place,
        trial: &Trial,
    ) -> Result<Interval, DeclaredError> {
        expression.range(&trial.values).map_err(|fault| {
            let found = format!("{} on {}", fault.why, self.words(trial));
            let remedy = if self.is_drawn(expression) {
                "an expression must be finite for every draw; keep its parts in range with min(…), max(…) or if(…)"
            } else {
                "an expression must be finite on every trial; if(condition, value, otherwise) takes the trials apart"
            };
            DeclaredError { span: Some(fault.span), ..DeclaredError::refused(place.clone(), found, remedy) }
        })
    }

    /// Adds all that makes the trials.
    pub(super) fn write_text(&self, text: &mut String) {
        for (name, values) in self.names.iter().zip(&self.values) {
            let _ = writeln!(text, "factor {name}={values:?}");
        }
        for (name, derived) in self.names[self.values.len()..].iter().zip(&self.derived) {
            let _ = writeln!(text, "derived {name}={derived}");
        }
        if let Some(keep) = &self.keep {
            let _ = writeln!(text, "keep={keep}");
        }
    }

    /// A trial in words.
    pub(super) fn words(&self, trial: &Trial) -> String {
        let word = |(name, value): (&String, &Interval)| {
            if value.is_point() {
                format!("{name} = {}", value.low)
            } else {
                format!("{name} from {} to {}", value.low, value.high)
            }
        };
        let factors: Vec<String> =
            self.names[..self.values.len()].iter().zip(&trial.values).map(word).collect();
        format!("trial {} of {} ({})", trial.number + 1, trial.set, factors.join(", "))
    }
}

impl Trial {
    /// Moves to a time since the start of an epoch.
    pub(super) fn set_time(&mut self, time: Interval) {
        if let Some(last) = self.values.last_mut() {
            *last = time;
        }
    }
}

/// Numbers as ranges of one number each.
pub(super) fn points(row: &[f64]) -> Vec<Interval> {
    row.iter().copied().map(Interval::point).collect()
}

/// The combination of this number; the last list varies fastest.
pub(super) fn crossed(levels: &[&[f64]], mut number: usize) -> Vec<f64> {
    let mut row = vec![0.0; levels.len()];
    for (place, levels) in row.iter_mut().zip(levels).rev() {
        *place = levels[number % levels.len()];
        number /= levels.len();
    }
    row
}

fn checked(levels: &Levels, place: &Place) -> Result<Values, DeclaredError> {
    match levels {
        Levels::Crossed { train, analysis } => {
            for (key, values) in [("train", train), ("analysis", analysis)] {
                check_levels(values, &place.key(key))?;
            }
            Ok(Values::Crossed { train: train.clone(), analysis: analysis.clone() })
        }
        Levels::Drawn { distribution, multiple_of, still } => {
            if !still.is_finite() {
                return Err(DeclaredError::refused(
                    place.key("still"),
                    still.to_string(),
                    "it must be finite",
                ));
            }
            Ok(Values::Drawn { drawn: Drawn::new(distribution, *multiple_of, place)?, still: *still })
        }
    }
}

/// Refuses an empty list and numbers that are not finite.
pub(super) fn check_levels(values: &[f64], place: &Place) -> Result<(), DeclaredError> {
    if values.is_empty() {
        return Err(DeclaredError::refused(place.clone(), "an empty list", "give at least one number"));
    }
    match values.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(DeclaredError::refused(place.entry(at), values[at].to_string(), "it must be finite")),
        None => Ok(()),
    }
}
