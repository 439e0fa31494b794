//! Distances of a recording to classes of networks, with intervals over neurons, trials and networks.

use super::alike::Units;
use super::error::RankingError;
use super::mean::mean;
use super::measure::{Distances, Measure, Population};
use super::recorded::Recorded;
use super::worlds::{Protocol, World, means};
use crate::analysis::statistics::{Bootstrap, CONFIDENCE, Ends, Interval};
use crate::stream::Stream;
use rand::RngExt;

/// How far a recording is from a class by one measure.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassDistance {
    /// The class, by its place.
    pub class: usize,
    /// The measure.
    pub measure: Measure,
    /// Mean over networks and worlds.
    pub distance: f64,
    /// 95 % interval over neurons, trials and networks, resampled together; farther out the fewer networks the class has. It is
    /// centred on the distance: a resampled recording has more noise than the recording, and so is farther from everything.
    pub interval: [f64; 2],
    /// Share of resamples in which no class is nearer.
    pub nearest_share: f64,
}

/// The class that is nearest by most measures, the first of equal ones.
pub(super) fn nearest(distances: &[ClassDistance]) -> usize {
    let of_measure = |measure| distances.iter().filter(move |row| row.measure == measure);
    let winners: Vec<usize> = Measure::ALL
        .into_iter()
        .filter_map(|measure| of_measure(measure).min_by(|a, b| a.distance.total_cmp(&b.distance)))
        .map(|row| row.class)
        .collect();
    let wins = |class: &&usize| winners.iter().filter(|winner| winner == class).count();
    winners.iter().rev().max_by_key(wins).copied().unwrap_or_default()
}

/// A recording beside the networks.
pub(super) struct Compared<'a> {
    pub(super) recorded: &'a Recorded,
    pub(super) networks: Vec<&'a Units>,
    pub(super) members: &'a [Vec<usize>],
    pub(super) protocol: Protocol<'a>,
}

impl Compared<'_> {
    /// Distances of the recording to each class, with intervals over resamples.
    pub(super) fn distances(
        &self,
        recorded: &[Vec<Distances>],
        worlds: &[World],
        n_draws: usize,
        on_draw: &dyn Fn(),
    ) -> Result<Vec<ClassDistance>, RankingError> {
        let of_worlds: Vec<Vec<Option<Distances>>> =
            recorded.iter().map(|to| means(to, self.members, &[])).collect();
        let mut draws = Vec::with_capacity(n_draws);
        for draw in 0..n_draws {
            draws.push(self.resampled(&worlds[draw % worlds.len()], draw)?);
            on_draw();
        }
        let mut rows = Vec::new();
        for (place, measure) in Measure::ALL.into_iter().enumerate() {
            let present: Vec<usize> =
                (0..self.members.len()).filter(|&class| !self.members[class].is_empty()).collect();
            let column = |means: &[Vec<Option<Distances>>], class: usize| -> Vec<f64> {
                means.iter().filter_map(|of| Some(of[class]?[place])).collect()
            };
            let average = |values: &[f64]| mean(values.iter().copied()).unwrap_or_default();
            // Each draw about the distance itself.
            let centred: Vec<(f64, Vec<f64>)> = present
                .iter()
                .map(|&class| {
                    let (distance, draws) = (average(&column(&of_worlds, class)), column(&draws, class));
                    let shift = distance - average(&draws);
                    (distance, draws.into_iter().map(|drawn| drawn + shift).collect())
                })
                .collect();
            for (at, &class) in present.iter().enumerate() {
                let (distance, draws) = &centred[at];
                let is_nearest =
                    |draw: &usize| centred.iter().all(|(_, others)| draws[*draw] <= others[*draw]);
                let n_nearest = (0..draws.len()).filter(is_nearest).count();
                let bootstrap =
                    Bootstrap { n_resamples: n_draws, level: CONFIDENCE, seed: self.protocol.seed };
                let ends = Ends::of_groups_of(self.members[class].len());
                let interval = bootstrap.interval(ends, draws.iter().copied()).map(Interval::ends);
                rows.push(ClassDistance {
                    class,
                    measure,
                    distance: *distance,
                    interval: interval.unwrap_or([f64::NAN; 2]),
                    nearest_share: n_nearest as f64 / draws.len() as f64,
                });
            }
        }
        Ok(rows)
    }

    /// Distances to each class of a recording whose neurons and trials are resampled, to resampled networks.
    fn resampled(&self, world: &World, draw: usize) -> Result<Vec<Option<Distances>>, RankingError> {
        let mut rng = Stream::Recording { draw: draw as u64 }.rng(self.protocol.seed);
        let n = self.recorded.n_neurons();
        let neurons: Vec<usize> = (0..n).map(|_| rng.random_range(0..n)).collect();
        let population = Population::new(self.recorded.resampled(&neurons, &mut rng))?;
        let to = world.from(&population, self.protocol.search)?;
        let resampled: Vec<Vec<usize>> = self
            .members
            .iter()
            .map(|members| members.iter().map(|_| members[rng.random_range(0..members.len())]).collect())
            .collect();
        Ok(means(&to, &resampled, &[]))
    }
}
