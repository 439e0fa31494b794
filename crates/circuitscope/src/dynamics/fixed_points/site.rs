//! One input during the search: its roots so far, and the starts made there.

use circuitscope_kernel::Curve;
use ndarray::ArrayView2;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::super::linear::{add_product, norm};
use super::patterns::{self, End};
use super::smooth::{self, Outcome};
use super::system::{Drive, System};
use super::{Search, path};

/// Places on the segment between two roots from which a third is looked for.
const BETWEEN: [f64; 3] = [0.5, 0.2, 0.8];

/// Distances from a root at which its partner is looked for, in units of rates.
const BESIDE: [f64; 10] = [-2.0, -1.0, -0.5, -0.25, -0.1, 0.1, 0.25, 0.5, 1.0, 2.0];
/// Steps of the power method for a root's slowest direction.
const POWER_STEPS: usize = 6;
/// Steps of the flow before a state of the trials is a start: towards where it goes under this input.
const SETTLING_STEPS: usize = 50;
/// Steps of the flow, where no trials are given.
const OWN_TRIAL_STEPS: usize = 100;

/// Whether a start counts towards what is estimated of unseen roots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Independent,
    Derived,
}

/// An input with what is known of it.
pub(super) struct Site {
    pub(super) input: Vec<f64>,
    pub(super) drive: Drive,
    pub(super) known: patterns::Known,
    pub(super) n_starts: usize,
    pub(super) n_unconverged: usize,
    rng: ChaCha8Rng,
    /// Roots that may still keep their inverse.
    n_inverses: usize,
    /// Roots whose pairs have been searched between.
    n_paired: usize,
}

impl Site {
    pub(super) fn new(system: &System<'_>, input: Vec<f64>, n_inverses: usize, rng: ChaCha8Rng) -> Self {
        let drive = system.drive(&input);
        let known = patterns::Known::default();
        Self { input, drive, known, n_starts: 0, n_unconverged: 0, rng, n_inverses, n_paired: 0 }
    }

    /// Descends from a state, and gives where that ended.
    pub(super) fn visit(&mut self, system: &System<'_>, start: &[f64], origin: Origin) -> End {
        let end = match system.activation.curve {
            Curve::Relu => patterns::descend(system, &self.drive, start, &mut self.known),
            Curve::Sigmoid | Curve::Tanh => {
                match smooth::descend(system, &self.drive, start, &self.known.roots) {
                    Outcome::Found(mut root) => {
                        match self.n_inverses.checked_sub(1) {
                            Some(left) => self.n_inverses = left,
                            None => root.inverse = None,
                        }
                        self.known.roots.push(*root);
                        End::Root(self.known.roots.len() - 1)
                    }
                    Outcome::Known(at) => End::Root(at),
                    Outcome::Unconverged => End::Nowhere,
                }
            }
        };
        let counted = usize::from(origin == Origin::Independent);
        self.n_starts += counted;
        match end {
            End::Root(at) => self.known.roots[at].n_hits += counted,
            End::Manifold(at) => self.known.manifolds[at].n_hits += counted,
            End::Nowhere => self.n_unconverged += 1,
        }
        end
    }

    /// Hits of roots and manifolds.
    pub(super) fn hits(&self) -> Vec<usize> {
        let roots = self.known.roots.iter().map(|root| root.n_hits);
        roots.chain(self.known.manifolds.iter().map(|manifold| manifold.n_hits)).collect()
    }

    /// Independent starts until the estimates allow an end.
    pub(super) fn explore(&mut self, system: &System<'_>, starts: ArrayView2<'_, f64>, search: &Search) {
        let limit = self.n_starts + search.max_starts;
        let least = self.n_starts + search.min_starts;
        while self.n_starts < limit {
            if self.n_starts >= least {
                let n_once = self.hits().iter().filter(|&&hits| hits == 1).count();
                if n_once as f64 <= search.unseen * self.n_starts as f64 {
                    break;
                }
            }
            let start = self.draw(system, starts);
            self.visit(system, &start, Origin::Independent);
        }
    }

    /// A state of the trials: gone on with the flow at this input, or, every fourth time each, as it is, and mixed with
    /// another, beyond either as well.
    fn draw(&mut self, system: &System<'_>, starts: ArrayView2<'_, f64>) -> Vec<f64> {
        if starts.nrows() == 0 {
            // No trials: rates of normal potentials, wide enough to saturate either way, and every other time where
            // the flow takes them, which is what a trial would do.
            let spread = 2.0 / system.activation.slope;
            let c = &self.drive.c;
            let draw = |&c: &f64| {
                let normal: f64 = self.rng.sample(rand_distr::StandardNormal);
                system.activation.rate(c + spread * normal)
            };
            let start: Vec<f64> = c.iter().map(draw).collect();
            return if self.n_starts.is_multiple_of(2) {
                system.relaxed(&self.drive.c, system.point(&self.drive.c, start), OWN_TRIAL_STEPS).y
            } else {
                start
            };
        }
        let first = starts.row(self.rng.random_range(0..starts.nrows()));
        match self.n_starts % 4 {
            0 | 2 => {
                let point = system.point(&self.drive.c, first.to_vec());
                return system.relaxed(&self.drive.c, point, SETTLING_STEPS).y;
            }
            1 => {}
            _ => return first.to_vec(),
        }
        let second = starts.row(self.rng.random_range(0..starts.nrows()));
        let share = 2.0 * self.rng.random::<f64>() - 0.5;
        first.iter().zip(second).map(|(a, b)| a + share * (b - a)).collect()
    }

    /// Starts between every two roots that have not been searched between.
    pub(super) fn between(&mut self, system: &System<'_>) {
        while self.n_paired < self.known.roots.len() {
            let second = self.n_paired;
            for first in 0..second {
                for share in BETWEEN {
                    let [a, b] = [first, second].map(|at| &self.known.roots[at].point.y);
                    let start: Vec<f64> = a.iter().zip(b).map(|(a, b)| a + share * (b - a)).collect();
                    self.visit(system, &start, Origin::Derived);
                }
            }
            self.n_paired += 1;
        }
    }

    /// `ReLU`: roots on the paths through the known ones along a few directions.
    pub(super) fn along_paths(&mut self, system: &System<'_>, n_directions: usize) {
        for _ in 0..n_directions {
            let direction: Vec<f64> =
                (0..system.n).map(|_| self.rng.sample(rand_distr::StandardNormal)).collect();
            for at in 0..self.known.roots.len() {
                for pattern in path::through(system, &self.known.roots[at].point, &direction) {
                    patterns::arrive(system, &self.drive, &pattern, &mut self.known);
                }
            }
        }
    }

    /// Smooth networks: starts on either side of every root along its slowest direction, where the partner lies with
    /// which it appeared at a fold.
    pub(super) fn beside(&mut self, system: &System<'_>) {
        for at in 0..self.known.roots.len() {
            let Some(inverse) = &self.known.roots[at].inverse else { continue };
            let mut direction: Vec<f64> =
                (0..system.n).map(|_| self.rng.sample(rand_distr::StandardNormal)).collect();
            for _ in 0..POWER_STEPS {
                let mut next = vec![0.0; system.n];
                add_product(&mut next, inverse, &direction);
                let size = norm(&next);
                direction = next.into_iter().map(|v| v / size).collect();
            }
            let y = self.known.roots[at].point.y.clone();
            for reach in BESIDE {
                let start: Vec<f64> = y.iter().zip(&direction).map(|(y, d)| y + reach * d).collect();
                self.visit(system, &start, Origin::Derived);
            }
        }
    }

    /// Sum of the indices, if every root has one.
    pub(super) fn index_sum(&self) -> Option<i64> {
        let is_clear = self.known.manifolds.is_empty()
            && self.known.roots.iter().all(|root| root.certificate.is_some() && root.sign != 0.0);
        is_clear.then(|| self.known.roots.iter().map(|root| root.sign as i64).sum())
    }
}
