//! Where a recording stands among the networks of each class: measures of claims, and distances that have no vote in the verdict.

use circuitscope::ranking::{
    Class, Conditions, Effort, FurtherDistance, Matched, NotTaken, Percentile, RankingError,
};
use serde::{Deserialize, Serialize};

/// Times that every network is observed for the further distances, which are slow.
const N_FURTHER_WORLDS: usize = 2;
/// Work of such a world over that of a resample of the ranking.
const FURTHER_WORLD: u64 = 60;
/// Work of a world in which measures are taken.
const MEASURED_WORLD: u64 = 5;

/// Where a recording stands, with keys that other tools read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    /// Measures that claims are about, by measure and class.
    pub measures: Vec<MeasureRow>,
    /// Measures and distances that networks of the task have, but this recording has not.
    pub measures_not_taken: Vec<NotTakenRow>,
    /// Distances without a vote, by measure and class.
    pub further_distances: Vec<FurtherDistanceRow>,
}

/// A recording among the networks of a class, each observed as the recording was, by one measure that claims are about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasureRow {
    /// The measure.
    pub measure: String,
    /// What of the responses it is taken from: `trajectories`, `units`, `ends` or `decision`.
    pub of: String,
    /// The class.
    pub class: String,
    /// The recording's value.
    pub value: f64,
    /// Networks of the class.
    pub networks: usize,
    /// Median of the networks.
    pub median: f64,
    /// Range of 95 % of the networks.
    pub range: [f64; 2],
    /// Share of the networks that lie below, half of the equal ones with them: 0 to 1.
    pub percentile: f64,
    /// Two-sided p that a further network of the class is as far out.
    pub p: f64,
}

/// A measure that cannot be taken from the recording.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotTakenRow {
    /// The measure.
    pub measure: String,
    /// The reason.
    pub why: String,
}

/// How far the recording is from a class by a measure that has no vote in the verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FurtherDistanceRow {
    /// The class.
    pub class: String,
    /// The measure.
    pub measure: String,
    /// Mean distance to its networks, each observed as the recording was.
    pub distance: f64,
    /// 95 % interval over networks alone; null for a class of fewer than three.
    pub interval: Option<[f64; 2]>,
    /// Share of resamples of the networks in which no class is nearer.
    pub nearest_share: f64,
    /// Whether it counts for the verdict.
    pub votes: bool,
}

/// The work of [`standing`], in resamples of the ranking.
pub(super) fn work(effort: Effort) -> u64 {
    effort.n_worlds as u64 * MEASURED_WORLD + N_FURTHER_WORLDS as u64 * FURTHER_WORLD
}

/// Takes measures and further distances; `on_work` is told how much of [`work`] was done since it was told last.
pub(super) fn standing(
    matched: &Matched,
    classes: &[Class],
    conditions: &Conditions,
    effort: Effort,
    on_work: &dyn Fn(u64),
) -> Result<Standing, RankingError> {
    let name = |class: usize| classes[class].name.clone();
    let measured = matched.percentiles(conditions, effort.n_worlds, &|| on_work(MEASURED_WORLD))?;
    let distances = matched.further(N_FURTHER_WORLDS, &|| on_work(FURTHER_WORLD))?;
    let of_measure = |row: Percentile| {
        let Percentile { measure, of, class, value, n_networks, median, range, percentile, p } = row;
        MeasureRow {
            measure: measure.name().to_owned(),
            of: of.name().to_owned(),
            class: name(class),
            value,
            networks: n_networks,
            median,
            range,
            percentile,
            p,
        }
    };
    let not_taken = |NotTaken { measure, lacking }: NotTaken| NotTakenRow {
        measure: measure.name().to_owned(),
        why: lacking.to_string(),
    };
    let of_distance = |row: FurtherDistance| {
        let FurtherDistance { class, measure, distance, interval, nearest_share } = row;
        FurtherDistanceRow {
            class: name(class),
            measure: measure.name().to_owned(),
            distance,
            interval,
            nearest_share,
            votes: false,
        }
    };
    let without_distance = distances.not_taken.iter().map(|(measure, lacking)| NotTakenRow {
        measure: measure.name().to_owned(),
        why: lacking.to_string(),
    });
    Ok(Standing {
        measures: measured.rows.into_iter().map(of_measure).collect(),
        measures_not_taken: measured.not_taken.into_iter().map(not_taken).chain(without_distance).collect(),
        further_distances: distances.rows.into_iter().map(of_distance).collect(),
    })
}
