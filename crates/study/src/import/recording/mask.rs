//! The steps on which scores are taken.

use super::fault::Fault;
use super::layout::Layout;
use super::stored::Stored;
use ndarray::Array2;

/// Steps on which scores are taken.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Mask {
    /// All.
    All,
    /// The same in every trial, rising.
    Steps(Vec<usize>),
    /// Those that are true `[T, B]`.
    OfTrials(Array2<bool>),
}

impl Mask {
    /// Flags `[T, B]` in the simplest form.
    pub(super) fn of_flags(flags: Array2<bool>) -> Self {
        let is_shared = |row: ndarray::ArrayView1<'_, bool>| row.iter().all(|&flag| flag == row[0]);
        if !flags.outer_iter().all(is_shared) {
            return Self::OfTrials(flags);
        }
        Self::Steps((0..flags.nrows()).filter(|&step| flags[[step, 0]]).collect())
    }

    /// The mask of bins of `width` steps: a bin counts where at least half of its steps do.
    pub(super) fn binned(self, width: usize, n_bins: usize) -> Self {
        match self {
            Self::All => Self::All,
            Self::Steps(steps) => {
                let n_of = |bin: usize| steps.iter().filter(|&&step| step / width == bin).count();
                Self::Steps((0..n_bins).filter(|&bin| 2 * n_of(bin) >= width).collect())
            }
            Self::OfTrials(flags) => {
                let n_of = |bin: usize, trial: usize| {
                    (bin * width..(bin + 1) * width).filter(|&step| flags[[step, trial]]).count()
                };
                let shape = (n_bins, flags.ncols());
                Self::OfTrials(Array2::from_shape_fn(shape, |(bin, trial)| 2 * n_of(bin, trial) >= width))
            }
        }
    }
}

/// The mask that an array says: flags for each step, or each step and trial, or numbers of steps from 0.
///
/// Gives a note with it where the array could be read in another way.
pub(super) fn mask(
    stored: Stored,
    n_steps: usize,
    n_trials: usize,
    layout: Layout,
) -> Result<(Mask, Option<String>), Fault> {
    let remedy = format!(
        "`mask` is a true or false (or 1 or 0) for each of the {n_steps} steps, for each step and trial [{n_steps}, {n_trials}], \
         or the numbers of its steps from 0, rising"
    );
    let fault = |found: String| Fault::new(format!("`mask` {found}"), remedy.clone());
    let Stored { shape, entries } = stored;
    // MATLAB and `keepdims` leave axes of length 1.
    let lengths: Vec<usize> = shape.iter().copied().filter(|&length| length != 1).collect();
    match lengths[..] {
        [] | [_] => {
            let n = lengths.first().copied().unwrap_or(1);
            if let Some(flags) = entries.flags().filter(|flags| flags.len() == n_steps) {
                let steps: Vec<usize> = (0..n_steps).filter(|&step| flags[step]).collect();
                let is_ambiguous = entries.whole().is_some_and(|whole| whole == [0, 1]);
                let note = "mask [0, 1] read as a 0 or 1 for each of the two steps, not as their numbers";
                return Ok((Mask::Steps(steps), is_ambiguous.then(|| note.to_owned())));
            }
            let Some(whole) = entries.whole() else {
                let what = match entries.flags() {
                    Some(_) => format!("has {n} entries for {n_steps} steps"),
                    None => "holds something else".to_owned(),
                };
                let mut fault = fault(what);
                if n == n_trials {
                    fault.remedy += "; if the axes stand in another order, say so with `--layout`";
                }
                return Err(fault);
            };
            steps(&whole, n_steps, &fault).map(|steps| (Mask::Steps(steps), None))
        }
        [a, b] if [a, b] == [n_steps, n_trials] || [b, a] == [n_steps, n_trials] => {
            let flags =
                entries.flags().ok_or_else(|| fault("holds something else than 0 and 1".to_owned()))?;
            let is_square = n_steps == n_trials;
            let has_steps_first = if is_square { layout.has_time_first() } else { a == n_steps };
            let order = if has_steps_first { "steps, then trials" } else { "trials, then steps" };
            let at = |(step, trial): (usize, usize)| {
                flags[if has_steps_first { step * n_trials + trial } else { trial * n_steps + step }]
            };
            let flags = Array2::from_shape_fn((n_steps, n_trials), at);
            let note = is_square.then(|| format!("mask read as {order}, in the order of the responses"));
            Ok((Mask::of_flags(flags), note))
        }
        _ => Err(fault(format!("has shape {shape:?}"))),
    }
}

/// Numbers of steps, which rise.
fn steps(whole: &[i64], n_steps: usize, fault: &dyn Fn(String) -> Fault) -> Result<Vec<usize>, Fault> {
    if let Some(place) = (1..whole.len()).find(|&place| whole[place] <= whole[place - 1]) {
        let (before, found) = (whole[place - 1], whole[place]);
        return Err(fault(format!("at [{place}] is {found} after {before}, expected rising steps")));
    }
    let step = |(place, &step): (usize, &i64)| match usize::try_from(step) {
        Ok(found) if found < n_steps => Ok(found),
        Ok(_) => Err(fault(format!("holds {step}, expected steps below {n_steps}"))),
        Err(_) => Err(fault(format!("at [{place}] is {step}, expected a step from 0"))),
    };
    whole.iter().enumerate().map(step).collect()
}
