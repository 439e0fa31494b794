//! One input during the search: its roots so far, and the starts made there.

use ndarray::ArrayView2;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::super::linear::{add_product, distance, norm};
use super::patterns::{self, End};
use super::root::Root;
use super::smooth::{self, Outcome};
use super::system::{Drive, System};
use super::{Search, path};

/// Places on the segment between two roots from which a third is looked for.
const BETWEEN: [f64; 3] = [0.5, 0.2, 0.8];

/// Distances from a root at which its partner is looked for, in units of rates.
const BESIDE: [f64; 10] = [-2.0, -1.0, -0.5, -0.25, -0.1, 0.1, 0.25, 0.5, 1.0, 2.0];
/// Steps of the power method for a root's slowest direction.
const POWER_STEPS: usize = 6;
/// Steps of the flow before a settled state is a start: towards where it goes under this input.
const SETTLING_STEPS: usize = 50;
/// Times a run that is stuck goes with the flow at most.
const MAX_TURNS: usize = 3;
/// Steps of the flow the first time; four times as many each further time.
const TURN_STEPS: usize = 50;
/// Starts at a time beyond the first ones.
const MORE_STARTS: usize = 8;

/// Where a start comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A state of the trials.
    Trial,
    /// A state of the trials that has gone on with the flow at this input.
    SettledTrial,
    /// A state between two of the trials, or beyond either.
    Mixture,
    /// Drawn at random.
    Random(Spread),
    /// Drawn at random and gone on with the flow.
    SettledRandom(Spread),
}

impl Kind {
    fn goes_with_the_flow(self) -> bool {
        matches!(self, Self::SettledTrial | Self::SettledRandom(_))
    }
}

/// Where random starts are spread. A drive far from zero leaves all rates near it low or high, while the roots balance it
/// by their feedback; and in many dimensions independent rates have next to no share of any one direction of feedback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spread {
    /// Normal potentials around the drive.
    Drive,
    /// Normal potentials around zero: rates over their whole range.
    Range,
    /// What the network makes of such rates, their deviation from the middle enlarged.
    Image,
}

const WITH_TRIALS: [Kind; 12] = [
    Kind::SettledTrial,
    Kind::Mixture,
    Kind::SettledRandom(Spread::Drive),
    Kind::SettledTrial,
    Kind::Trial,
    Kind::SettledRandom(Spread::Drive),
    // Beyond the first few, further away from the trials.
    Kind::Random(Spread::Range),
    Kind::SettledRandom(Spread::Image),
    Kind::Random(Spread::Image),
    Kind::SettledRandom(Spread::Range),
    Kind::Mixture,
    Kind::Random(Spread::Drive),
];
const WITHOUT_TRIALS: [Kind; 6] = [
    Kind::SettledRandom(Spread::Drive),
    Kind::Random(Spread::Range),
    Kind::SettledRandom(Spread::Image),
    Kind::Random(Spread::Image),
    Kind::SettledRandom(Spread::Range),
    Kind::Random(Spread::Drive),
];

/// Whether the states of the trials differ: without inputs every trial may rest where it begins.
fn has_trials(starts: ArrayView2<'_, f64>) -> bool {
    starts.outer_iter().skip(1).any(|start| start != starts.row(0))
}

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

    /// Descends from states, and gives where each ended; those that are stuck go with the flow, together, and descend
    /// again.
    pub(super) fn visit(&mut self, system: &System<'_>, starts: Vec<Vec<f64>>, origin: Origin) -> Vec<End> {
        let counted = usize::from(origin == Origin::Independent);
        self.n_starts += counted * starts.len();
        let mut ends = vec![End::Nowhere; starts.len()];
        let mut waiting: Vec<(usize, Vec<f64>)> = starts.into_iter().enumerate().collect();
        for turn in 0..=MAX_TURNS {
            let (mut numbers, mut stuck) = (Vec::new(), Vec::new());
            for (number, start) in waiting {
                match self.descend(system, &start) {
                    Ok(end) => ends[number] = end,
                    Err(state) => {
                        numbers.push(number);
                        stuck.push(state);
                    }
                }
            }
            if stuck.is_empty() || turn == MAX_TURNS {
                break;
            }
            // Away from a ghost the state moves slowly at first: each time longer.
            let states = system.relaxed(&self.drive.c, &stuck, TURN_STEPS << (2 * turn));
            waiting = numbers.into_iter().zip(states).collect();
        }
        for end in &ends {
            match *end {
                End::Root(at) => self.known.roots[at].n_hits += counted,
                End::Manifold(at) => self.known.manifolds[at].n_hits += counted,
                End::Nowhere => self.n_unconverged += 1,
            }
        }
        ends
    }

    /// Where a descent ends, or the state at which it is stuck.
    fn descend(&mut self, system: &System<'_>, start: &[f64]) -> Result<End, Vec<f64>> {
        if system.activation.curve.is_rectified_linear() {
            return Ok(patterns::descend(system, &self.drive, start, &mut self.known));
        }
        match smooth::descend(system, &self.drive, start, &self.known.roots) {
            Outcome::Found(mut root) => {
                match self.n_inverses.checked_sub(1) {
                    Some(left) => self.n_inverses = left,
                    None => root.inverse = None,
                }
                self.known.roots.push(*root);
                Ok(End::Root(self.known.roots.len() - 1))
            }
            Outcome::Known(at) => Ok(End::Root(at)),
            Outcome::Stuck(state) => Err(state),
        }
    }

    /// Hits of roots and manifolds.
    pub(super) fn hits(&self) -> Vec<usize> {
        let roots = self.known.roots.iter().map(|root| root.n_hits);
        roots.chain(self.known.manifolds.iter().map(|manifold| manifold.n_hits)).collect()
    }

    /// Independent starts until the estimates allow an end.
    pub(super) fn explore(&mut self, system: &System<'_>, starts: ArrayView2<'_, f64>, search: &Search) {
        let limit = self.n_starts + search.max_starts;
        let mut n_next = search.min_starts.min(search.max_starts);
        while n_next > 0 {
            let drawn = self.draw(system, starts, n_next);
            self.visit(system, drawn, Origin::Independent);
            let n_once = self.hits().iter().filter(|&&hits| hits == 1).count();
            if n_once as f64 <= search.unseen * self.n_starts as f64 {
                break;
            }
            n_next = MORE_STARTS.min(limit - self.n_starts);
        }
    }

    /// So many states to start from, the kinds in turn; those that go with the flow do so together.
    fn draw(&mut self, system: &System<'_>, starts: ArrayView2<'_, f64>, count: usize) -> Vec<Vec<f64>> {
        let kinds: &[Kind] = if has_trials(starts) { &WITH_TRIALS } else { &WITHOUT_TRIALS };
        let kinds: Vec<Kind> =
            kinds.iter().copied().cycle().skip(self.n_starts % kinds.len()).take(count).collect();
        let drawn: Vec<(Kind, Vec<f64>)> =
            kinds.into_iter().map(|kind| (kind, self.one(system, starts, kind))).collect();
        let (flowing, resting): (Vec<_>, Vec<_>) =
            drawn.into_iter().partition(|(kind, _)| kind.goes_with_the_flow());
        let [flowing, mut resting] =
            [flowing, resting].map(|part| part.into_iter().map(|(_, state)| state).collect::<Vec<_>>());
        // The settled ones first: the roots that they lead to make the others' descents shorter.
        let mut states = system.relaxed(&self.drive.c, &flowing, SETTLING_STEPS);
        states.append(&mut resting);
        states
    }

    /// A state of a kind, before the flow takes it.
    fn one(&mut self, system: &System<'_>, starts: ArrayView2<'_, f64>, kind: Kind) -> Vec<f64> {
        match kind {
            Kind::Trial | Kind::SettledTrial => starts.row(self.rng.random_range(0..starts.nrows())).to_vec(),
            Kind::Mixture => {
                let [first, second] = [(); 2].map(|()| starts.row(self.rng.random_range(0..starts.nrows())));
                let share = 2.0 * self.rng.random::<f64>() - 0.5;
                first.iter().zip(second).map(|(a, b)| a + share * (b - a)).collect()
            }
            Kind::Random(spread) | Kind::SettledRandom(spread) => self.at_random(system, spread),
        }
    }

    fn at_random(&mut self, system: &System<'_>, spread: Spread) -> Vec<f64> {
        let f = system.activation;
        let width = match (f.is_bounded(), spread) {
            // Rates without an end: over two decades.
            (false, Spread::Range | Spread::Image) => {
                2.0 / f.slope * 100_f64.powf(self.rng.random::<f64>() / f.curve.growth())
            }
            // Wide enough to saturate either way.
            _ => 2.0 / f.slope,
        };
        let mut around = |centre: f64| {
            let normal: f64 = self.rng.sample(rand_distr::StandardNormal);
            f.rate(centre + width * normal)
        };
        match spread {
            Spread::Drive => self.drive.c.iter().map(|&c| around(c)).collect(),
            Spread::Range => (0..system.n).map(|_| around(0.0)).collect(),
            Spread::Image => {
                let middle = f.rate(0.0);
                let deviations: Vec<f64> = (0..system.n).map(|_| around(0.0) - middle).collect();
                let gain = (system.n as f64).powf(0.5 * self.rng.random::<f64>());
                let rates = deviations.iter().map(|deviation| middle + gain * deviation).collect();
                system.point(&self.drive.c, rates).r
            }
        }
    }

    /// Starts between every two roots that have not been searched between.
    pub(super) fn between(&mut self, system: &System<'_>) {
        while self.n_paired < self.known.roots.len() {
            let second = self.n_paired;
            for first in 0..second {
                let [a, b] = [first, second].map(|at| &self.known.roots[at].point.y);
                let at = |share: f64| a.iter().zip(b).map(|(a, b)| a + share * (b - a)).collect();
                let starts = BETWEEN.map(at).into();
                self.visit(system, starts, Origin::Derived);
            }
            self.n_paired += 1;
        }
    }

    /// Rectified linear networks: roots on the paths through the known ones along a few directions.
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

    /// Other networks: starts on either side of every root along its slowest direction, where the partner lies with
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
            let y = &self.known.roots[at].point.y;
            let at = |reach: f64| y.iter().zip(&direction).map(|(y, d)| y + reach * d).collect();
            self.visit(system, BESIDE.map(at).into(), Origin::Derived);
        }
    }

    /// The known root nearest to a state.
    pub(super) fn nearest_root(&self, state: &[f64]) -> Option<usize> {
        let gap = |&at: &usize| distance(&self.known.roots[at].point.y, state);
        (0..self.known.roots.len()).min_by(|a, b| gap(a).total_cmp(&gap(b)))
    }

    /// Sum of the indices, if every root has one.
    pub(super) fn index_sum(&self) -> Option<i64> {
        if !self.known.manifolds.is_empty() {
            return None;
        }
        let index = |root: &Root| match root.degeneracy {
            Some(near) => near.index.map(i64::from),
            None => (root.certificate.is_some() && root.sign != 0.0).then_some(root.sign as i64),
        };
        self.known.roots.iter().map(index).sum()
    }
}
