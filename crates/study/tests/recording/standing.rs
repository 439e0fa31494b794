//! Simulated recordings among the networks of each class: percentiles of measures that claims are about, and further distances.

use crate::ranked::{DESIGN, Design, Ensemble};
use circuitscope::analysis::measures::{Contexts, Measure};
use circuitscope::ranking::{Conditions, FurtherMeasure, Matched, Percentile, Percentiles, Recording};
use std::collections::BTreeMap;

impl Ensemble {
    fn conditions(&self) -> Conditions {
        Conditions {
            factors: self.task.analysis_trials().conditions.mapv(f64::from),
            has_contexts: Contexts::of_task(&self.task),
            decision: self.task.decision(),
        }
    }

    /// Where a recording of one network stands among the others.
    fn placed(
        &self,
        recording: &Recording,
        left_out: (usize, usize),
        n_worlds: usize,
        seed: u64,
    ) -> Percentiles {
        let classes = self.without(Some(left_out), None);
        let matched = Matched::new(recording, &classes, seed).unwrap();
        matched.percentiles(&self.conditions(), n_worlds, &|| ()).unwrap()
    }
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

#[test]
fn a_tanh_recording_lies_within_tanh_networks_and_at_the_ends_of_relu_networks_where_these_differ() {
    let ensemble = Ensemble::of("memory_number");
    let mut within = Vec::new();
    for (class, place, seed) in [(4, 0, 1), (5, 0, 2), (4, 1, 3), (5, 1, 4)] {
        let recording = ensemble.recording(class, place, DESIGN, seed);
        let found = ensemble.placed(&recording, (class, place), 2, seed);
        assert!(found.not_taken.is_empty(), "{:?}", found.not_taken);
        for row in found.rows {
            // The values that tanh networks recall fill more than a plane.
            if row.measure == Measure::PlaneShare && ensemble.group(row.class) == "relu" {
                assert!(row.percentile < 0.05 && row.value < row.range[0], "{row:?}");
            }
            if [Measure::PlaneShare, Measure::KurtosisOfRadii].contains(&row.measure) && row.class == class {
                within.push(row.percentile);
            }
        }
    }
    // Eight uniform numbers have a mean within three standard errors of a half.
    let mean = within.iter().sum::<f64>() / within.len() as f64;
    assert!(within.len() == 8 && (mean - 0.5).abs() < 3.0 / 96.0_f64.sqrt(), "{within:?}");
}

#[test]
#[ignore = "minutes; percentiles within the recording's own class and others, to be read with --nocapture"]
#[allow(clippy::print_stdout, reason = "what it measures")]
fn percentiles_within_classes() {
    let task = std::env::var("TASK").unwrap_or_else(|_| "go_no_go".to_owned());
    let n = number("RECORDINGS", 60);
    let design = Design { n_neurons: number("NEURONS", 60), n_trials: number("TRIALS", 20) };
    let ensemble = Ensemble::of(&task);
    let [mut own, mut others]: [BTreeMap<Measure, Vec<Percentile>>; 2] = Default::default();
    for draw in 0..n {
        let (class, place) = ensemble.drawn(draw);
        let seed = draw as u64;
        let recording = ensemble.recording(class, place, design, seed);
        for row in ensemble.placed(&recording, (class, place), 4, seed).rows {
            if row.class == class {
                own.entry(row.measure).or_default().push(row);
            } else if ensemble.group(row.class) != ensemble.group(class) {
                others.entry(row.measure).or_default().push(row);
            }
        }
    }
    println!(
        "{task}, {n} recordings; outermost: percentile up to 5 or from 95; largest gap to a uniform distribution"
    );
    for (measure, own) in own {
        let mut sorted: Vec<f64> = own.iter().map(|row| row.percentile).collect();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len() as f64;
        let gap = sorted.iter().enumerate().map(|(k, x)| (x - k as f64 / n).max((k + 1) as f64 / n - x));
        let outermost = |rows: &[Percentile]| {
            let n = rows.iter().filter(|row| row.percentile.min(1.0 - row.percentile) <= 0.05).count();
            100.0 * n as f64 / rows.len() as f64
        };
        println!(
            "{:<24} n {n}, mean {:.2}, gap {:.2} (5 %: {:.2}), outermost {:.0} %, p up to .2 {:.0} %; other groups outermost {:.0} %",
            measure.name(),
            sorted.iter().sum::<f64>() / n,
            gap.fold(0.0, f64::max),
            1.36 / n.sqrt(),
            outermost(&own),
            100.0 * own.iter().filter(|row| row.p <= 0.2).count() as f64 / n,
            others.get(&measure).map_or(0.0, |rows| outermost(rows)),
        );
    }
}

#[test]
#[ignore = "minutes; how often the right group is nearest by distances without a vote, to be read with --nocapture"]
#[allow(clippy::print_stdout, reason = "what it measures")]
fn rates_of_further_distances() {
    let task = std::env::var("TASK").unwrap_or_else(|_| "go_no_go".to_owned());
    let (n, n_worlds) = (number("RECORDINGS", 60), number("WORLDS", 2));
    let design = Design { n_neurons: number("NEURONS", 60), n_trials: number("TRIALS", 20) };
    let ensemble = Ensemble::of(&task);
    let (mut first, mut n_judged) = (vec![0; FurtherMeasure::ALL.len()], 0);
    for draw in 0..n {
        let (class, place) = ensemble.drawn(draw);
        let seed = draw as u64;
        let recording = ensemble.recording(class, place, design, seed);
        let classes = ensemble.without(Some((class, place)), None);
        let found = Matched::new(&recording, &classes, seed).unwrap().further(n_worlds, &|| ()).unwrap();
        n_judged += usize::from(!found.rows.is_empty());
        for (first, measure) in first.iter_mut().zip(FurtherMeasure::ALL) {
            let rows = found.rows.iter().filter(|row| row.measure == measure);
            let nearest = rows.min_by(|a, b| a.distance.total_cmp(&b.distance));
            *first +=
                usize::from(nearest.is_some_and(|row| classes[row.class].group == ensemble.group(class)));
        }
    }
    let names = FurtherMeasure::ALL.map(FurtherMeasure::name);
    println!("{task}, {n} recordings, {n_judged} with a signal: right group nearest by {names:?}: {first:?}");
}
