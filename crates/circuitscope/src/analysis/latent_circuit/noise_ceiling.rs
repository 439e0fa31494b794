//! How much of recorded responses any model of their conditions could explain.

use super::responses::Responses;

/// What repeats of conditions tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NoiseCeiling {
    /// Share of the variance of all units about their means that is not noise, at least 0.
    pub variance_explained: f64,
    /// Distinct conditions.
    pub n_conditions: usize,
    /// Those with two trials or more.
    pub n_repeated: usize,
}

/// The noise ceiling; [`None`] if no condition was recorded twice.
///
/// Trials of the same inputs are one condition ([`Responses::conditions`]). Noise is what differs between the trials of one condition at the
/// same step: its variance is estimated for each unit, and a model that knew every mean would leave so much. Only masked
/// steps and recorded entries count, as in scores.
///
/// # Source
/// Sahani & Linden 2003, *How linear are auditory cortical responses?*, NIPS 15; here for all units together.
pub fn noise_ceiling(responses: &Responses) -> Option<NoiseCeiling> {
    let conditions = trials_by_condition(responses);
    let n_repeated = conditions.iter().filter(|trials| trials.len() > 1).count();
    if n_repeated == 0 {
        return None;
    }
    let (mut noise, mut variance) = (0.0, 0.0);
    for rates in responses.where_scored(responses.rates.view()).outer_iter() {
        let mut within = Spread::default();
        let mut freedom = 0.0;
        let mut all = Spread::default();
        for &step in &responses.mask {
            for trials in &conditions {
                let mut of_condition = Spread::default();
                for &trial in trials {
                    of_condition.add(rates[[step, trial]]);
                    all.add(rates[[step, trial]]);
                }
                if of_condition.n > 1.0 {
                    within.squares += of_condition.squares;
                    freedom += of_condition.n - 1.0;
                }
            }
        }
        // Of a unit without repeats nothing is known.
        if freedom > 0.0 {
            noise += within.squares / freedom * all.n;
            variance += all.squares;
        }
    }
    let share = if variance > 0.0 { 1.0 - noise / variance } else { f64::NAN };
    Some(NoiseCeiling { variance_explained: share.max(0.0), n_conditions: conditions.len(), n_repeated })
}

/// The trials of each condition.
fn trials_by_condition(responses: &Responses) -> Vec<Vec<usize>> {
    let mut trials = vec![Vec::new(); responses.n_conditions()];
    for (trial, condition) in responses.conditions().into_iter().enumerate() {
        trials[condition].push(trial);
    }
    trials
}

/// Number, mean and squares about the mean of what was recorded (Welford 1962).
#[derive(Default)]
struct Spread {
    n: f64,
    mean: f64,
    squares: f64,
}

impl Spread {
    fn add(&mut self, y: f64) {
        if !y.is_nan() {
            self.n += 1.0;
            let gap = y - self.mean;
            self.mean += gap / self.n;
            self.squares += gap * (y - self.mean);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array3, array};

    /// One unit, one step, an input that is the condition of each trial.
    fn recorded(conditions: &[f32], rates: &[f64]) -> Responses {
        let n = conditions.len();
        Responses {
            rates: Array3::from_shape_vec((1, 1, n), rates.to_vec()).expect("one rate for each trial"),
            inputs: Array3::from_shape_vec((1, 1, n), conditions.to_vec()).expect("one input for each trial"),
            outputs: Array3::zeros((1, 1, n)),
            mask: vec![0],
            scored: None,
        }
    }

    #[test]
    fn the_ceiling_is_what_the_spread_of_repeats_leaves() {
        // Within the conditions squares of 0.5, 0.5 and 0 with a degree of freedom each: a noise variance of 1/3 on six entries
        // is 2, of a total of 25.5 about the mean of 2.5.
        let found =
            noise_ceiling(&recorded(&[0.0, 1.0, 0.0, 1.0, 2.0, 2.0], &[0.0, 2.0, 1.0, 3.0, 5.5, 5.5]));
        let rates = array![0.0_f64, 2.0, 1.0, 3.0, 5.5, 5.5];
        let mean = rates.sum() / 6.0;
        let total: f64 = rates.iter().map(|y| (y - mean).powi(2)).sum();
        let found = found.expect("repeats");
        assert_eq!((found.n_conditions, found.n_repeated), (3, 3));
        assert!((found.variance_explained - (1.0 - 2.0 / total)).abs() < 1e-12);
    }

    #[test]
    fn without_repeats_there_is_no_ceiling_and_where_all_is_noise_it_is_zero() {
        assert_eq!(noise_ceiling(&recorded(&[0.0, 1.0], &[1.0, 2.0])), None);
        assert_eq!(noise_ceiling(&recorded(&[0.0, 1.0], &[f64::NAN, 2.0])), None);
        let noise = noise_ceiling(&recorded(&[0.0, 0.0, 1.0, 1.0], &[1.0, 3.0, 3.0, 1.0])).expect("repeats");
        assert_eq!(noise.variance_explained, 0.0);
    }
}
