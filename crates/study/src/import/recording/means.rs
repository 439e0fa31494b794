//! Condition means, and what a file says of the noise that is left in them.

use super::fault::Fault;
use super::layout::Layout;
use super::parts::ARRAYS;
use super::repeats::Repeats;
use super::stored::Stored;
use circuitscope::ranking::{errors_of_counts, of_halves};
use ndarray::{Array2, Array3};
use std::collections::BTreeMap;

/// Means over the halves of the trials.
pub(super) const HALVES: [&str; 2] = ["responses_a", "responses_b"];
/// Their numbers of trials.
const HALF_COUNTS: [&str; 2] = ["n_trials_a", "n_trials_b"];
const COUNTS: &str = "n_trials";
pub(super) const ERRORS: &str = "sem";
/// Variance of spike counts over their mean, where responses are spikes per second, and where they are spikes per step.
const FANO: [&str; 2] = ["fano", "fano_counts"];

/// Every name that says something of means.
pub(super) const NAMES: [&str; 8] =
    [HALVES[0], HALVES[1], HALF_COUNTS[0], HALF_COUNTS[1], COUNTS, ERRORS, FANO[0], FANO[1]];

/// Names in a table: those of one number for each mean, or for the recording, and the first letters of columns of errors.
pub(super) const COLUMNS: [&str; 3] = [COUNTS, FANO[0], FANO[1]];
pub(super) const ERROR_COLUMNS: &str = "sem_";

/// What gives the noise of means.
const REMEDY: &str = "add `sem`, the standard errors of the means [units, steps, conditions]; or, for spikes, the variance of counts \
                      over their mean, as `fano` where responses are spikes per second or `fano_counts` where they are spikes per \
                      step; or give means over halves of the trials, `responses_a` and `responses_b`, in place of `responses`. Single trials need none, and no `n_trials`";

/// The arrays of a file that say something of means.
pub(super) enum Means {
    /// The second half, and the numbers of trials of both; the first half stands as the responses.
    Halves {
        second: Stored,
        n_trials: Option<[Stored; 2]>,
    },
    Errors {
        errors: Stored,
        n_trials: Option<Stored>,
    },
    /// The name of the factor, the factor, the numbers of trials.
    Fano {
        name: &'static str,
        factor: Stored,
        n_trials: Stored,
    },
}

impl Means {
    /// Takes the arrays out of those of a file; [`None`] if it holds single trials. Means over the first half become the responses.
    pub(super) fn taken(known: &mut BTreeMap<&'static str, Stored>) -> Result<Option<Self>, Fault> {
        let has = |name: &&str| known.contains_key(*name);
        let with = |a: &str, b: &str, remedy: &str| Fault::new(format!("`{a}` stands beside `{b}`"), remedy);
        if let Some(half) = HALVES.iter().find(|name| has(name)) {
            if let Some(lacking) = HALVES.iter().find(|name| !has(name)) {
                let reason = format!("the array `{lacking}` is missing, but `{half}` is there");
                return Err(Fault::new(reason, "give the means over both halves of the trials"));
            }
            let others = [ARRAYS[0], COUNTS, ERRORS, FANO[0], FANO[1]];
            if let Some(other) = others.iter().find(|name| has(name)) {
                let remedy = "leave one out: means over halves say how much noise is in them, and their numbers of trials are \
                              `n_trials_a` and `n_trials_b`";
                return Err(with(other, half, remedy));
            }
            let n_trials = match HALF_COUNTS.map(|name| known.remove(name)) {
                [Some(a), Some(b)] => Some([a, b]),
                [None, None] => None,
                _ => {
                    let reason = "one of `n_trials_a` and `n_trials_b` is missing";
                    return Err(Fault::new(reason, "give the trials of both halves, or of none"));
                }
            };
            let [Some(first), Some(second)] = HALVES.map(|name| known.remove(name)) else { return Ok(None) };
            if first.shape != second.shape {
                let reason =
                    format!("`{}` has shape {:?}, expected {:?}", HALVES[1], second.shape, first.shape);
                return Err(Fault::new(reason, "both halves have the same units, steps and conditions"));
            }
            known.insert(ARRAYS[0], first);
            return Ok(Some(Self::Halves { second, n_trials }));
        }
        if let Some(count) = HALF_COUNTS.iter().find(|name| has(name)) {
            let reason = format!("`{count}` is there, but no means over halves");
            return Err(Fault::new(reason, "give `responses_a` and `responses_b`, or leave it out"));
        }
        let noise: Vec<&str> = [ERRORS, FANO[0], FANO[1]].into_iter().filter(has).collect();
        if let [a, b, ..] = noise[..] {
            return Err(with(a, b, "leave one out: each says how much noise is in the means"));
        }
        let n_trials = known.remove(COUNTS);
        if let Some(errors) = known.remove(ERRORS) {
            return Ok(Some(Self::Errors { errors, n_trials }));
        }
        let factor = FANO.into_iter().find_map(|name| Some((name, known.remove(name)?)));
        match (factor, n_trials) {
            (Some((name, factor)), Some(n_trials)) => Ok(Some(Self::Fano { name, factor, n_trials })),
            (Some((name, _)), None) => {
                let reason = format!("`{name}` is there, but not the number of trials of each mean");
                Err(Fault::new(reason, "add `n_trials`, [conditions] or [units, conditions]"))
            }
            (None, Some(_)) => {
                let reason = "`n_trials` says that `responses` are means over trials, but nothing says how much noise is left in \
                              them";
                Err(Fault::new(reason, REMEDY))
            }
            (None, None) => Ok(None),
        }
    }

    /// The means over all trials and what is known of their noise, from the responses `[N, T, C]` of the file.
    pub(super) fn read(
        self,
        responses: Array3<f64>,
        layout: Layout,
        dt_ms: Option<f64>,
    ) -> Result<(Array3<f64>, Repeats, Vec<String>), Fault> {
        let cube = |name: &str, stored: Stored| {
            let shape = stored.shape.clone();
            let wrong = || {
                let (n, t, c) = responses.dim();
                let expected = layout.of_file([n, t, c]);
                let reason = format!("`{name}` has shape {shape:?}, expected {expected:?}");
                Fault::new(reason, "it has a number for each mean, in the order of the responses")
            };
            let shape = <[usize; 3]>::try_from(shape.clone()).map_err(|_| wrong())?;
            let cube = layout.cube(shape, stored.numbers(name)?).ok_or_else(wrong)?;
            if cube.dim() == responses.dim() { Ok(cube) } else { Err(wrong()) }
        };
        match self {
            Self::Halves { second, n_trials } => {
                let halves = [responses.clone(), cube(HALVES[1], second)?];
                for (name, half) in HALVES.into_iter().zip(&halves) {
                    first_wrong(
                        name,
                        half,
                        layout,
                        f64::is_infinite,
                        "means are finite; write NaN for a missing one",
                    )?;
                }
                let mut notes = vec!["responses are means over two halves of the trials".to_owned()];
                let n_trials = if let Some([a, b]) = &n_trials {
                    Some([
                        counts(HALF_COUNTS[0], a, &halves[0], layout)?,
                        counts(HALF_COUNTS[1], b, &halves[1], layout)?,
                    ])
                } else {
                    notes.push(
                        "both halves are taken to have as many trials: no `n_trials_a`, `n_trials_b`"
                            .to_owned(),
                    );
                    None
                };
                let [means, _] = of_halves(&halves, n_trials.as_ref());
                Ok((means, Repeats::SplitHalves { halves, n_trials }, notes))
            }
            Self::Errors { errors, n_trials } => {
                let errors = cube(ERRORS, errors)?;
                let is_wrong = |error: f64| error < 0.0 || error.is_infinite();
                first_wrong(
                    ERRORS,
                    &errors,
                    layout,
                    is_wrong,
                    "standard errors are finite numbers from 0; NaN if not known",
                )?;
                let n_trials =
                    n_trials.map(|stored| counts(COUNTS, &stored, &responses, layout)).transpose()?;
                let mut notes = vec![
                    "responses are means over trials, with standard errors `sem` of noise that is independent between steps".to_owned(),
                ];
                let is_lacking = |(mean, error): &(&f64, &f64)| !mean.is_nan() && error.is_nan();
                let n_lacking = responses.iter().zip(&errors).filter(is_lacking).count();
                if n_lacking > 0 {
                    notes.push(format!(
                        "the noise of {n_lacking} of {} means is not known: their `sem` is NaN",
                        responses.len()
                    ));
                }
                Ok((responses, Repeats::ConditionMeans { errors, n_trials }, notes))
            }
            Self::Fano { name, factor, n_trials } => {
                let n_trials = counts(COUNTS, &n_trials, &responses, layout)?;
                let factors = factors(name, factor, responses.dim().0)?;
                first_wrong(
                    ARRAYS[0],
                    &responses,
                    layout,
                    |mean| mean < 0.0,
                    "means of spikes are 0 or more; others need `sem`",
                )?;
                let (step, unit) = match (name == FANO[0], dt_ms) {
                    (false, _) => (1.0, "step"),
                    (true, Some(dt_ms)) => (dt_ms / 1000.0, "second"),
                    (true, None) => {
                        let reason = "`fano` is there, but not the time between two steps, over which spikes were counted";
                        let remedy = "add `dt_ms` in ms; where responses are spikes per step give `fano_counts` in its place";
                        return Err(Fault::new(reason, remedy));
                    }
                };
                let errors = errors_of_counts(&responses, &factors, &n_trials, step);
                let note = format!(
                    "responses are mean spikes per {unit}, with the noise of independent counts whose variance is `{name}` times their mean"
                );
                Ok((responses, Repeats::ConditionMeans { errors, n_trials: Some(n_trials) }, vec![note]))
            }
        }
    }
}

/// Refuses the first entry `[N, T, C]` that is wrong.
fn first_wrong(
    name: &str,
    array: &Array3<f64>,
    layout: Layout,
    is_wrong: impl Fn(f64) -> bool,
    remedy: &str,
) -> Result<(), Fault> {
    match array.indexed_iter().find(|(_, value)| is_wrong(**value)) {
        Some(((n, t, c), value)) => {
            Err(Fault::new(format!("`{name}` at {:?} is {value}", layout.of_file([n, t, c])), remedy))
        }
        None => Ok(()),
    }
}

/// Numbers of trials `[N, C]`: one for all means, for each condition, or for each unit and condition.
fn counts(name: &str, stored: &Stored, means: &Array3<f64>, layout: Layout) -> Result<Array2<usize>, Fault> {
    let (n_units, _, n_conditions) = means.dim();
    let remedy = format!(
        "`{name}` is the number of trials of each of the {n_conditions} conditions, or of each unit and condition [{n_units}, \
         {n_conditions}]"
    );
    let Stored { shape, entries } = stored;
    let Some(whole) = entries.whole() else {
        return Err(Fault::new(format!("`{name}` holds something else than whole numbers"), remedy));
    };
    // MATLAB and `keepdims` leave axes of length 1.
    let lengths: Vec<usize> = shape.iter().copied().filter(|&length| length != 1).collect();
    let has_units_first = layout.has_units_before_trials();
    let place: Box<dyn Fn(usize, usize) -> usize> = match lengths[..] {
        [] => Box::new(|_, _| 0),
        [n] if n == n_conditions => Box::new(|_, condition| condition),
        [a, b] if [a, b] == [n_units, n_conditions] && (has_units_first || a != b) => {
            Box::new(move |unit, condition| unit * n_conditions + condition)
        }
        [a, b] if [b, a] == [n_units, n_conditions] => {
            Box::new(move |unit, condition| condition * n_units + unit)
        }
        _ => return Err(Fault::new(format!("`{name}` has shape {shape:?}"), remedy)),
    };
    let mut counts = Array2::zeros((n_units, n_conditions));
    for ((unit, condition), count) in counts.indexed_iter_mut() {
        let found = whole[place(unit, condition)];
        let is_missing = means.slice(ndarray::s![unit, .., condition]).iter().all(|mean| mean.is_nan());
        *count = match usize::try_from(found) {
            Ok(count) if count > 0 || is_missing => count,
            _ => {
                let reason =
                    format!("`{name}` of unit {unit}, condition {condition} is {found}, but there is a mean");
                return Err(Fault::new(
                    reason,
                    "a mean is over one trial at least; write NaN for a missing mean",
                ));
            }
        };
    }
    Ok(counts)
}

/// The factors of all units.
fn factors(name: &str, stored: Stored, n_units: usize) -> Result<Vec<f64>, Fault> {
    let shape = stored.shape.clone();
    let factors = stored.numbers(name)?;
    if let Some(unit) = factors.iter().position(|factor| !(factor.is_finite() && *factor > 0.0)) {
        let reason = format!("`{name}` at [{unit}] is {}", factors[unit]);
        return Err(Fault::new(
            reason,
            "give a number above 0: the variance of spike counts over their mean",
        ));
    }
    match factors.len() {
        1 => Ok(vec![factors[0]; n_units]),
        n if n == n_units => Ok(factors),
        _ => {
            let reason = format!("`{name}` has shape {shape:?}, expected one number or [{n_units}]");
            Err(Fault::new(reason, "give one number for all units, or one for each"))
        }
    }
}
