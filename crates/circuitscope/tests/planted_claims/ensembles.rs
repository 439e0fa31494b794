//! Studies drawn from generators: which class has networks of which, and what the verdicts on many such studies are.

use std::collections::BTreeMap;

use circuitscope::Curve;
use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::embedding;
use circuitscope::analysis::measures::{Contexts, Measure};
use circuitscope::analysis::statistics::Resampling;
use circuitscope::architecture::Constraint;
use circuitscope::claims::{
    AspectEvidence, Between, Claim, LEVEL, Margins, NetworkEvidence, Reading, TaskEvidence, Terms, Verdict,
    judge,
};
use ndarray::{Array2, Axis};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use crate::circuits::Gating;
use crate::networks::Generator;
use crate::pipeline::{Protocol, Seen, distances};

const CURVES: [Curve; 3] = [Curve::Relu, Curve::Sigmoid, Curve::Tanh];
const CONSTRAINTS: [Constraint; 2] = [Constraint::Dale, Constraint::Free];
/// Enough permutations for a p below the level after the correction, and enough resamples for an interval.
const FEW: [usize; 2] = [999, 200];

/// What units tell of a network, and nothing of its trajectories.
const OF_UNITS: [Measure; 6] = [
    Measure::ArmConcentration,
    Measure::AngularConcentration,
    Measure::FarShare,
    Measure::EvennessOfRadii,
    Measure::KurtosisOfRadii,
    Measure::LargestRadius,
];

/// Where the networks of `ReLU`, sigmoid and tanh come from; those of either constraint from the same.
pub(crate) type Networks = [Generator; 3];
/// The same of their circuits.
pub(crate) type Circuits = [(Gating, Curve); 3];

/// Networks of some generators with the distances between all of them.
pub(crate) struct Pool {
    generators: Vec<Generator>,
    seen: Vec<Seen>,
    distances: Vec<(Aspect, Array2<f64>)>,
}

impl Pool {
    /// As many networks of each generator as are asked for, compared in some aspects.
    ///
    /// Of networks whose units are tuned only measures of units are kept, of others all else.
    pub(crate) fn new(
        protocol: &Protocol,
        asked: &[(Generator, usize)],
        aspects: &[Aspect],
        seed: u64,
    ) -> Self {
        let generators: Vec<Generator> =
            asked.iter().flat_map(|&(generator, n)| vec![generator; n]).collect();
        let seen = generators.par_iter().enumerate().map(|(place, &generator)| {
            let seed = (seed << 32) + place as u64;
            protocol.seen(&generator.network(&mut ChaCha8Rng::seed_from_u64(seed)), seed)
        });
        let mut seen: Vec<Seen> = seen.collect();
        for (network, generator) in seen.iter_mut().zip(&generators) {
            let is_of_units = matches!(generator, Generator::Tuned(_));
            network.measures.retain(|measure, _| OF_UNITS.contains(measure) == is_of_units);
        }
        Self { distances: distances(&seen, aspects), generators, seen }
    }

    /// A study of `n` networks per class, none twice.
    pub(crate) fn study(&self, from: Networks, n: usize, seed: u64) -> TaskEvidence {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut order: Vec<usize> = (0..self.seen.len()).collect();
        order.shuffle(&mut rng);
        let mut places = Vec::new();
        let networks = classes(n).map(|(activation, constraint)| {
            let is_wanted = |place: &usize| self.generators[*place] == from[activation];
            let first = order.iter().position(is_wanted).expect("networks enough");
            let place = order.swap_remove(first);
            places.push(place);
            // Networks perform alike, whatever their shape.
            let r2 = Some(rng.random_range(0.9..0.95));
            NetworkEvidence { r2, ..network(activation, constraint, self.seen[place].measures.clone()) }
        });
        let networks = networks.collect();
        let of_aspect = |(aspect, all): &(Aspect, Array2<f64>)| {
            let distances = all.select(Axis(0), &places).select(Axis(1), &places);
            let budget = embedding::Budget { n_starts: 2, ..embedding::Budget::PUBLISHED };
            let map = embedding::metric(distances.view(), budget, seed).expect("distances");
            let between = |distances| Between { distances, networks: (0..places.len()).collect() };
            AspectEvidence {
                aspect: *aspect,
                embedded: Some(between(embedding::distances(map.points.view()))),
                trained: between(distances),
                untrained: None,
            }
        };
        task(networks, self.distances.iter().map(of_aspect).collect())
    }
}

/// A class for each of `n` networks per class: activation, by its place among the three, and constraint.
fn classes(n: usize) -> impl Iterator<Item = (usize, Constraint)> {
    (0..CURVES.len()).flat_map(move |activation| {
        CONSTRAINTS.into_iter().flat_map(move |constraint| std::iter::repeat_n((activation, constraint), n))
    })
}

/// A study of `n` circuits per class, without networks.
pub(crate) fn of_circuits(protocol: &Protocol, from: Circuits, n: usize, seed: u64) -> TaskEvidence {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let networks = classes(n).map(|(activation, constraint)| {
        let (gating, curve) = from[activation];
        network(activation, constraint, gating.measures(curve, protocol, &mut rng))
    });
    task(networks.collect(), Vec::new())
}

fn network(activation: usize, constraint: Constraint, measures: BTreeMap<Measure, f64>) -> NetworkEvidence {
    let curve = CURVES[activation];
    let class = format!("{curve:?} {constraint:?}");
    NetworkEvidence { curve, constraint, class, r2: None, measures, untrained: BTreeMap::new() }
}

fn task(networks: Vec<NetworkEvidence>, aspects: Vec<AspectEvidence>) -> TaskEvidence {
    let contexts = Contexts::Two { onset: 0 };
    TaskEvidence { task: "cddm".to_owned(), contexts, floor: 0.8, scores: Vec::new(), networks, aspects }
}

/// A reading, by the number of its claim and its name.
pub(crate) type Key = (u32, &'static str);

/// How often each verdict came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) studies: usize,
    pub(crate) supported: usize,
    pub(crate) contradicted: usize,
    /// Supported if the claim had been the only one.
    pub(crate) alone: usize,
    /// Studies that could not decide it.
    pub(crate) undecided: usize,
}

/// Judges many studies, and counts the verdicts of every reading that could be decided in one of them.
pub(crate) fn counted(n_studies: u64, study: impl Fn(u64) -> TaskEvidence + Sync) -> BTreeMap<Key, Count> {
    let judged = |seed: u64| {
        let [n_permutations, n_resamples] = FEW;
        let resampling = Resampling { n_resamples, n_permutations, seed };
        let claims = judge(&[study(seed)], Terms::new(resampling, Margins::default()));
        let of_claim = |claim: &Claim| {
            let number = claim.number;
            claim
                .readings
                .iter()
                .map(move |r| (number, r.name.clone(), r.verdict, is_met_alone(r)))
                .collect::<Vec<_>>()
        };
        claims.iter().flat_map(of_claim).collect::<Vec<_>>()
    };
    let all: Vec<_> = (0..n_studies).into_par_iter().map(judged).collect();
    let mut counts = BTreeMap::<Key, Count>::new();
    for (number, name, verdict, alone) in all.into_iter().flatten() {
        let known = counts.keys().find(|known| **known == (number, name.as_str())).copied();
        // Readings are few, and live as long as the tests.
        let count = counts.entry(known.unwrap_or_else(|| (number, name.leak()))).or_default();
        count.studies += 1;
        count.supported += usize::from(verdict == Verdict::Supported);
        count.contradicted += usize::from(verdict == Verdict::Contradicted);
        count.undecided += usize::from(verdict == Verdict::NotDecidable);
        count.alone += usize::from(alone);
    }
    counts.retain(|_, count| count.undecided < count.studies);
    counts
}

/// Whether a reading would be supported without the correction over claims.
fn is_met_alone(reading: &Reading) -> bool {
    let is_certain = |p: Option<f64>| p.is_none_or(|p| p < LEVEL);
    reading.parts.iter().all(|part| part.is_met() && is_certain(part.p_for()))
}
