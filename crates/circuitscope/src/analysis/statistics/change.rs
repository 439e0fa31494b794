//! Whether training moved a statistic of classes: trained networks less controls made from the same networks.

use super::resampling::{Bootstrap, Interval, Streams};
use super::tails::Tails;
use super::{Grouped, Undefined};

/// How far classes are separated, on a scale that trained networks and controls share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separation {
    /// Mean silhouette.
    Silhouette,
    /// ω² of PERMANOVA.
    OmegaSquared,
}

/// Trained less control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// The difference.
    pub value: f64,
    /// Of trained networks.
    pub trained: f64,
    /// Of controls.
    pub control: f64,
    /// 95 % interval over networks.
    pub interval: [f64; 2],
    /// p of an increase (above) and of a decrease (below).
    ///
    /// By the bootstrap, at the level at which the interval's end would lie at zero. Networks and controls cannot be exchanged one
    /// by one, as a permutation would have to: the distance of a network to another's control is not among those compared.
    pub tails: Tails,
    /// The smallest one-sided p that so many resamples could give.
    pub least_p: f64,
}

impl Grouped {
    /// The statistic.
    ///
    /// # Errors
    /// [`Undefined`], as [`Grouped::silhouette`] and [`Grouped::omega_squared`].
    pub fn separation(&self, of: Separation) -> Result<f64, Undefined> {
        match of {
            Separation::Silhouette => self.silhouette(),
            Separation::OmegaSquared => self.omega_squared(),
        }
    }

    fn weighted_separation(&self, of: Separation, weights: &[f64]) -> Option<f64> {
        match of {
            Separation::Silhouette => Some(self.weighted_silhouette(weights)),
            Separation::OmegaSquared => self.weighted_omega_squared(weights),
        }
    }
}

/// Statistic of `trained` networks less that of controls, item `i` of which is made from item `i` of `trained`; [`None`] where
/// classes or strata are not the same, a class has fewer than three networks, or a statistic is not defined.
///
/// A resample draws the same networks for both; pairs of copies of one network are left out.
pub fn change(trained: &Grouped, control: &Grouped, of: Separation, bootstrap: Bootstrap) -> Option<Change> {
    let is_paired = trained.classes == control.classes && trained.strata == control.strata;
    if !is_paired || !trained.can_be_resampled() {
        return None;
    }
    let (of_trained, of_control) = trained.separation(of).ok().zip(control.separation(of).ok())?;
    let resamples: Option<Vec<f64>> = bootstrap
        .resamples(Streams::Each, |rng| {
            let weights = trained.draw(rng);
            Some(trained.weighted_separation(of, &weights)? - control.weighted_separation(of, &weights)?)
        })
        .into_iter()
        .collect();
    let (resamples, ends) = (resamples?, trained.ends());
    let p = |is_against: fn(&&f64) -> bool| bootstrap.p(ends, resamples.iter().filter(is_against).count());
    let tails = Tails { above: p(|change| **change <= 0.0), below: p(|change| **change >= 0.0) };
    let interval = bootstrap.interval(ends, resamples).map(Interval::ends)?;
    Some(Change {
        value: of_trained - of_control,
        trained: of_trained,
        control: of_control,
        interval,
        tails,
        least_p: bootstrap.p(ends, 0),
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{grouped, labels_of};
    use super::*;
    use crate::analysis::embedding::distances;
    use ndarray::Array2;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    /// Three classes of `size` in six dimensions, their centres `apart` in trained networks and controls, which share half of the
    /// variance within classes.
    fn paired(size: usize, apart: [f64; 2], seed: u64) -> [Grouped; 2] {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let labels = labels_of(&[size; 3]);
        let mut normals =
            || Array2::from_shape_simple_fn((3 * size, 6), || rng.sample::<f64, _>(StandardNormal));
        let (common, own) = (normals(), [normals(), normals()]);
        [0, 1].map(|k| {
            let mut places = 0.5_f64.sqrt() * (&common + &own[k]);
            for (mut place, &label) in places.outer_iter_mut().zip(&labels) {
                place[label] += apart[k] / 2.0_f64.sqrt();
            }
            grouped(&distances(places.view()), &labels)
        })
    }

    #[test]
    fn a_separation_that_training_did_not_change_is_found_no_oftener_than_the_level() {
        for (size, apart) in [(5, 2.0), (10, 2.0), (10, 0.0)] {
            for of in [Separation::OmegaSquared, Separation::Silhouette] {
                let p: Vec<f64> = (0..300)
                    .map(|seed| {
                        let [trained, control] = paired(size, [apart; 2], seed);
                        let bootstrap = Bootstrap { n_resamples: 199, level: 0.95, seed };
                        change(&trained, &control, of, bootstrap).expect("defined").tails.above
                    })
                    .collect();
                let share = p.iter().filter(|&&p| p <= 0.05).count() as f64 / 300.0;
                // Three standard errors of 0.05 over 300 draws.
                assert!(share <= 0.05 + 0.038, "{size} {apart} {of:?}: {share}");
            }
        }
    }

    #[test]
    fn a_separation_that_training_raised_or_lowered_is_found_on_its_side() {
        let mut n_found = 0;
        for seed in 0..50 {
            let [far, near] = paired(10, [3.5, 1.5], seed);
            let bootstrap = Bootstrap { n_resamples: 199, level: 0.95, seed };
            let up = change(&far, &near, Separation::OmegaSquared, bootstrap).expect("defined");
            let down = change(&near, &far, Separation::OmegaSquared, bootstrap).expect("defined");
            assert_eq!([up.value, up.tails.above], [-down.value, down.tails.below]);
            n_found += usize::from(up.interval[0] > 0.0 && up.tails.above <= 0.05);
        }
        assert!(n_found > 45, "{n_found}");
        let [a, b] = [paired(5, [1.0; 2], 1), paired(6, [1.0; 2], 1)].map(|[trained, _]| trained);
        assert_eq!(
            change(&a, &b, Separation::Silhouette, Bootstrap { n_resamples: 9, level: 0.95, seed: 1 }),
            None
        );
    }
}
