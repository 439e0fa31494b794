//! What a planted network is, and how a search is held against it.

use circuitscope::dynamics::fixed_points::{FixedPoint, Search, along_trials, fixed_points};
use circuitscope::dynamics::run::states;
use circuitscope::dynamics::stability::Stability;
use circuitscope::network::{Form, Network};
use circuitscope::{Activation, Curve};
use ndarray::{Array1, Array2, Array3, Axis};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;
use std::fmt;

/// A root is found if it is returned this near: far above rounding, far below the distance of planted roots.
const FOUND: f64 = 1e-6;

/// Where the search may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Setting {
    /// No start is given and the input does nothing.
    NoStarts,
    /// States along trials under other inputs.
    Trials,
    /// States along trials of a network that no input reaches, from the state 0.
    SilentTrials,
}

/// Weights and constant drive with the roots that they must have.
pub(crate) struct Planted {
    pub(crate) w_rec: Array2<f64>,
    /// `W_inp u + b` `[N]`.
    pub(crate) drive: Array1<f64>,
    pub(crate) activation: Activation,
    pub(crate) roots: Vec<Known>,
}

/// A planted root.
pub(crate) struct Known {
    /// Rates `[N]`.
    pub(crate) rates: Array1<f64>,
    /// Unstable directions, where they are known by other means.
    pub(crate) n_unstable: Option<usize>,
}

/// Networks of one kind.
pub(crate) struct Family {
    pub(crate) n_seeds: u64,
    /// The network of a seed.
    pub(crate) plant: fn(&mut ChaCha8Rng, u64) -> Planted,
}

/// How a family fared.
pub(crate) struct Tally {
    pub(crate) n_seeds: usize,
    /// Seeds in which every root is found, proven and of the right stability.
    pub(crate) n_complete: usize,
    /// Planted roots that are returned without a proof, or with a stability or index that is not theirs.
    pub(crate) n_wrong: usize,
    n_roots: usize,
    n_missing: usize,
    first_gap: Option<String>,
}

/// What a search made of a planted root.
enum Gap {
    Missing(String),
    Wrong(String),
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { n_seeds, n_complete, n_wrong, n_roots, n_missing, .. } = self;
        write!(
            f,
            "{n_complete} of {n_seeds} seeds complete; of {n_roots} roots {n_missing} missing, {n_wrong} wrong"
        )?;
        self.first_gap.iter().try_for_each(|gap| write!(f, "; first gap: {gap}"))
    }
}

pub(crate) fn normals(rng: &mut ChaCha8Rng, n: usize) -> Array1<f64> {
    (0..n).map(|_| rng.sample(StandardNormal)).collect()
}

pub(crate) fn sign(rng: &mut ChaCha8Rng) -> f64 {
    if rng.random::<bool>() { 1.0 } else { -1.0 }
}

/// A number between two.
pub(crate) fn between(rng: &mut ChaCha8Rng, low: f64, high: f64) -> f64 {
    low + (high - low) * rng.random::<f64>()
}

/// Largest |f′|.
pub(crate) fn steepest(activation: Activation) -> f64 {
    if activation.curve == Curve::Sigmoid { 0.25 * activation.slope } else { activation.slope }
}

pub(crate) fn distance(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    (a - b).mapv(|x| x * x).sum().sqrt()
}

impl Family {
    pub(crate) fn tally(&self, search: &Search, setting: Setting) -> Tally {
        let mut tally =
            Tally { n_seeds: 0, n_complete: 0, n_wrong: 0, n_roots: 0, n_missing: 0, first_gap: None };
        for seed in 0..self.n_seeds {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let planted = (self.plant)(&mut rng, seed);
            if planted.roots.is_empty() {
                continue; // a ReLU network that runs away says nothing
            }
            planted.check();
            let form = if seed % 2 == 0 { Form::Rate } else { Form::Potential };
            let gaps = planted.gaps(search, setting, form, seed);
            tally.n_seeds += 1;
            tally.n_roots += planted.roots.len();
            tally.n_complete += usize::from(gaps.is_empty());
            for gap in gaps {
                let (count, words) = match gap {
                    Gap::Missing(words) => (&mut tally.n_missing, words),
                    Gap::Wrong(words) => (&mut tally.n_wrong, words),
                };
                *count += 1;
                tally.first_gap.get_or_insert_with(|| format!("seed {seed}, {form:?}: {words}"));
            }
        }
        tally
    }
}

impl Planted {
    /// The network with the input at which it has the drive.
    pub(crate) fn network(
        &self,
        setting: Setting,
        form: Form,
        rng: &mut ChaCha8Rng,
    ) -> (Network, Array1<f64>) {
        let n = self.w_rec.nrows();
        let input = normals(rng, 2);
        let w_inp = match setting {
            Setting::NoStarts | Setting::SilentTrials => Array2::zeros((n, 2)),
            Setting::Trials => Array2::from_shape_fn((n, 2), |_| 0.5 * rng.sample::<f64, _>(StandardNormal)),
        };
        let network = Network {
            bias: &self.drive - &w_inp.dot(&input),
            w_rec: self.w_rec.clone(),
            w_inp,
            w_out: Array2::ones((1, n)),
            initial_state: Array1::zeros(n),
            activation: self.activation,
            form,
            dt_ms: 1.0,
            tau_ms: 10.0,
        };
        (network, input)
    }

    /// A root in the variable of a form.
    pub(crate) fn state(&self, root: &Known, form: Form) -> Array1<f64> {
        match form {
            Form::Rate => root.rates.clone(),
            Form::Potential => self.w_rec.dot(&root.rates) + &self.drive,
        }
    }

    /// Holds the suite itself to its word: planted roots are roots.
    fn check(&self) {
        for root in &self.roots {
            let rest =
                (self.w_rec.dot(&root.rates) + &self.drive).mapv(|x| self.activation.rate(x)) - &root.rates;
            // Rounding of sums of up to 1000 terms, and of scalar equations divided by couplings of 0.1.
            assert!(rest.dot(&rest).sqrt() < 1e-10, "a planted state is no root: {}", rest.dot(&rest).sqrt());
        }
    }

    /// What the search has not found, or found wrong: at most one a root.
    fn gaps(&self, search: &Search, setting: Setting, form: Form, seed: u64) -> Vec<Gap> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x5eed);
        let (network, input) = self.network(setting, form, &mut rng);
        let starts = starts(&network, setting, &mut rng);
        let inputs = input.insert_axis(Axis(0));
        let found =
            fixed_points(&network, inputs.view(), starts.view(), search, seed).expect("fits").remove(0);
        let gap = |root: &Known| {
            let state = self.state(root, form);
            let near = |point: &&FixedPoint| distance(&point.root.state, &state) < FOUND;
            if let Some(point) = found.points.iter().find(near) {
                return wrong(root, point).map(Gap::Wrong);
            }
            let (n, n_unstable) = (self.w_rec.nrows(), root.n_unstable);
            Some(Gap::Missing(format!("N = {n}, unstable directions {n_unstable:?}: missing")))
        };
        self.roots.iter().filter_map(gap).collect()
    }
}

/// What is wrong with a root that was found.
fn wrong(root: &Known, point: &FixedPoint) -> Option<String> {
    if !point.root.is_certified() {
        return Some(format!("not certified, ‖rhs‖ {}", point.root.residual));
    }
    let n_unstable = root.n_unstable?;
    let expected = if n_unstable == 0 { Stability::Stable } else { Stability::Unstable };
    let linear = &point.linearization;
    let index = if n_unstable % 2 == 0 { 1 } else { -1 };
    let is_right = linear.n_unstable == n_unstable && linear.flow == expected && point.root.index == index;
    let told = (linear.n_unstable, linear.flow, point.root.index);
    (!is_right).then(|| format!("unstable directions {n_unstable}, told {told:?}"))
}

/// States along six trials of random constant inputs.
fn starts(network: &Network, setting: Setting, rng: &mut ChaCha8Rng) -> Array2<f64> {
    if setting == Setting::NoStarts {
        return Array2::zeros((0, network.n_units()));
    }
    let levels = Array2::from_shape_fn((2, 6), |_| 2.0 * rng.sample::<f64, _>(StandardNormal));
    let inputs = Array3::from_shape_fn((2, 80, 6), |(u, _, trial)| levels[[u, trial]]);
    let all = along_trials(states(network, inputs.view()).expect("fits").view(), 10);
    // ReLU networks may run away under some inputs.
    let kept: Vec<usize> = (0..all.nrows()).filter(|&k| all.row(k).iter().all(|y| y.abs() < 1e6)).collect();
    all.select(Axis(0), &kept)
}
