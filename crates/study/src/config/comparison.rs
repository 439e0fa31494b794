//! The `[comparison]` and `[circuits]` tables of a study file.

use super::error::ConfigError;
use super::section::{Section, Value};
use circuitscope::analysis::behaviour::measures::Amount;
use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::registration;
use circuitscope::analysis::similarity::SimilarityMeasure;

/// What trained networks are held against (docs/methods.md §4.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Control {
    /// The trained weights, permuted.
    Shuffled,
    /// The network's own initial weights.
    Untrained,
}

impl Control {
    /// Every control with its name in study files.
    pub const ALL: [(&'static str, Self); 2] = [("shuffled", Self::Shuffled), ("untrained", Self::Untrained)];

    /// Its name in study files and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Shuffled => "shuffled",
            Self::Untrained => "untrained",
        }
    }
}

/// How much work the comparison does.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What is compared.
    pub aspects: Vec<Aspect>,
    /// Measures of similarity by which the conclusions on trajectories are asked again.
    pub measures: Vec<SimilarityMeasure>,
    /// What trained networks are held against.
    pub controls: Vec<Control>,
    /// How much is searched for each registration of selectivity.
    pub registration: registration::Budget,
    /// Starts of SMACOF.
    pub mds_starts: usize,
    /// Label permutations of each PERMANOVA.
    pub permutations: usize,
    /// Bootstrap resamples of each interval.
    pub resamples: usize,
    /// How much of the published test of behaviour is done.
    pub behaviour: Amount,
}

/// How much work latent circuits are (docs/methods.md §4.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Circuits {
    /// Best networks of each class that circuits are fitted to; 0: none.
    pub networks: usize,
    /// Fits of a network.
    pub fits: usize,
    /// Updates of a fit.
    pub iterations: usize,
    /// Parts that the trials are dealt to, each held out in turn to judge the best fit, at most as many as trials; 0: none.
    pub folds: usize,
}

/// Most starts, permutations or resamples; more would fill the memory long before it would tell more.
const MOST: usize = 10_000_000;
/// Most chains of a registration; so many take a second a pair, and twelve seldom gain on nine.
const MOST_CHAINS: usize = 100;
/// Most coherences and repeats of the test of behaviour: 2 × 200² × 200 trials are hours a network.
const MOST_SHOWN: usize = 200;

/// Measures unless the study names others. Not the Euclidean Procrustes distance: of trajectories, all of one size, it is a
/// function of the angular one.
const MEASURES: [SimilarityMeasure; 5] = [
    SimilarityMeasure::Angular,
    SimilarityMeasure::Cka,
    SimilarityMeasure::Regression,
    SimilarityMeasure::Dsa,
    SimilarityMeasure::DsaEuclidean,
];

/// Most fits of a network.
const MOST_FITS: usize = 1000;

/// The `[comparison]` table over the published amounts of work.
pub(super) fn comparison(top: &mut Section<'_>) -> Result<Comparison, Box<ConfigError>> {
    let mut comparison = Comparison {
        aspects: Aspect::ALL.to_vec(),
        measures: MEASURES.to_vec(),
        controls: Control::ALL.map(|(_, control)| control).to_vec(),
        registration: registration::Budget::THOROUGH,
        mds_starts: 101,
        permutations: 9999,
        resamples: 1000,
        behaviour: Amount::PUBLISHED,
    };
    let Some(value) = top.take("comparison") else { return Ok(comparison) };
    let mut section = value.section("comparison")?;
    if let Some(list) = section.take("aspects") {
        let choices = Aspect::ALL.map(|aspect| (aspect.name(), aspect));
        comparison.aspects = distinct(list, "aspects", "aspect", &choices)?;
    }
    if let Some(list) = section.take("measures") {
        let choices = SimilarityMeasure::ALL.map(|measure| (measure.name(), measure));
        comparison.measures = distinct(list, "measures", "measure", &choices)?;
    }
    if let Some(list) = section.take("controls") {
        comparison.controls = distinct(list, "controls", "control", &Control::ALL)?;
    }
    section.set_count("registration_chains", MOST_CHAINS, &mut comparison.registration.n_agreeing)?;
    section.set_count("mds_starts", MOST, &mut comparison.mds_starts)?;
    section.set_count("permutations", MOST, &mut comparison.permutations)?;
    section.set_count("resamples", MOST, &mut comparison.resamples)?;
    let Amount { n_coherences, n_repeats } = &mut comparison.behaviour;
    section.set_count("behaviour_coherences", MOST_SHOWN, n_coherences)?;
    section.set_count("behaviour_repeats", MOST_SHOWN, n_repeats)?;
    section.finish()?;
    Ok(comparison)
}

/// The `[circuits]` table over the published number of fits of the example of each class.
pub(super) fn circuits(top: &mut Section<'_>) -> Result<Circuits, Box<ConfigError>> {
    let mut circuits = Circuits { networks: 1, fits: 5, iterations: 2000, folds: 5 };
    let Some(value) = top.take("circuits") else { return Ok(circuits) };
    let mut section = value.section("circuits")?;
    section.set("networks", &mut circuits.networks)?;
    section.set_count("fits", MOST_FITS, &mut circuits.fits)?;
    section.set_count("iterations", MOST, &mut circuits.iterations)?;
    if let Some(value) = section.take("folds") {
        circuits.folds = value.read("folds")?;
        if circuits.folds == 1 || circuits.folds > MOST_FITS {
            let message = format!("`folds` is {}", circuits.folds);
            return Err(value.error(
                message,
                format!("it must lie from 2 to {MOST_FITS}, or be 0 to hold out no trials"),
            ));
        }
    }
    section.finish()?;
    Ok(circuits)
}

/// The choices that a list names, each once, in their own order.
fn distinct<T: Copy + Ord>(
    list: Value<'_>,
    field: &str,
    one: &str,
    choices: &[(&str, T)],
) -> Result<Vec<T>, Box<ConfigError>> {
    let mut chosen = Vec::new();
    for entry in list.entries(field)? {
        chosen.push(entry.choose(one, choices)?);
    }
    chosen.sort();
    chosen.dedup();
    Ok(chosen)
}
