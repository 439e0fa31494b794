use super::*;
use crate::ranking::Recording;
use crate::ranking::made::{self, class, recording};

#[test]
fn classes_are_compared_by_the_means_of_their_networks() {
    let rows = of_measure(
        FurtherMeasure::Dsa,
        &[vec![1.0, 1.0, 1.0], vec![2.0, 4.0], Vec::new(), vec![1.0, 3.0, 2.0, 2.0]],
        1,
    );
    let found: Vec<(usize, f64, bool)> =
        rows.iter().map(|row| (row.class, row.distance, row.interval.is_some())).collect();
    assert_eq!(found, [(0, 1.0, true), (1, 3.0, false), (3, 2.0, true)]);
    assert_eq!(rows[0].interval, Some([1.0, 1.0]));
    // The mean of the last class is 1, as near as the first, where the nearest of its four networks is drawn four times.
    assert_eq!((rows[0].nearest_share, rows[1].nearest_share), (1.0, 0.0));
    let (p, n) = (0.25_f64.powi(4), N_RESAMPLES as f64);
    assert!((rows[2].nearest_share - p).abs() < 4.0 * (p / n).sqrt(), "{rows:?}");
    // Two networks at 1 and 3 of four: the mean of four draws has a standard deviation of √(½/4).
    let interval = rows[2].interval.expect("four networks");
    let outermost = [2.0 - 3.2 * 0.125_f64.sqrt() * (4.0_f64 / 3.0).sqrt(), 2.0 - 1.96 * 0.125_f64.sqrt()];
    assert!((outermost[0]..outermost[1]).contains(&interval[0]), "{interval:?}"); // t of 3 degrees is 3.18, a normal 1.96
}

fn found(recording: &Recording) -> FurtherDistances {
    let all: Vec<usize> = (0..18).collect();
    let classes = [class("line", 0.0, &all, 100), class("sheet", 1.0, &all, 200)];
    Matched::new(recording, &classes, 1).and_then(|matched| matched.further(1, &|| ())).expect("distances")
}

#[test]
fn the_class_of_a_recording_is_nearest_whatever_its_gains_and_the_threads() {
    let all: Vec<usize> = (0..18).collect();
    let plain = recording(0.0, &all, 7);
    let on = |recording: &Recording, n_threads| {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().expect("threads");
        threads.install(|| found(recording))
    };
    let FurtherDistances { rows, not_taken } = on(&plain, 1);
    let again = on(&plain, 3).rows;
    assert_eq!(format!("{rows:?}"), format!("{again:?}"));
    assert!(not_taken.is_empty());
    let measures: Vec<FurtherMeasure> = rows.iter().map(|row| row.measure).collect();
    assert_eq!(measures, FurtherMeasure::ALL.map(|measure| [measure; 2]).concat());
    // Of the two measures it is the places of units that an irrelevant coherence changes.
    let [line, sheet] = [&rows[0], &rows[1]];
    assert!(line.distance < sheet.distance, "{line:?} {sheet:?}");
    assert!(line.nearest_share > 0.99 && sheet.nearest_share < 0.01, "{line:?} {sheet:?}");
    let changed = |offset: f64| {
        found(&made::changed(plain.clone(), |neuron, count| (1.0 + neuron as f64) * (count - offset)))
    };
    for (row, same) in changed(0.0).rows.iter().zip(&rows) {
        // Rounding may lead the search to another minimum of the same depth.
        assert!((row.distance - same.distance).abs() < 1e-3 * same.distance, "{row:?} {same:?}");
    }
    // Below 0 nothing is known of baselines, which the law of motion does not see.
    let below = changed(30.0);
    assert_eq!(below.not_taken, [(FurtherMeasure::Selectivity, Lacking::Rates)]);
    for (row, same) in below.rows.iter().zip(&rows[2..]) {
        assert!((row.distance - same.distance).abs() < 1e-6 * same.distance, "{row:?} {same:?}");
    }
}
