//! Sheets about moving means, of planted trajectories.

use super::*;
use crate::analysis::procrustes::orthogonal_map;

/// Trajectories whose columns are waves of different lengths: no structure, and the same in any language.
fn waves() -> Array2<f64> {
    Array2::from_shape_fn((6 * 18, 4), |(row, d)| {
        (1.3 * (row + 1) as f64 * (d + 1) as f64 + 0.7 * (d * d) as f64).sin()
    })
}

/// Thirty steps; places from step (0 to 1), context, relevant and irrelevant coherence.
fn moving(place: impl Fn(f64, f64, f64, f64) -> [f64; 3]) -> Array2<f64> {
    let conditions = conditions();
    Array2::from_shape_fn((30 * 18, 3), |(row, d)| {
        let c = conditions.row(row % 18);
        let (relevant, irrelevant) = if c[0] == 0.0 { (c[1], c[2]) } else { (c[2], c[1]) };
        place((row / 18) as f64 / 29.0, c[0], relevant, irrelevant)[d]
    })
}

fn share(points: &Array2<f64>) -> Option<f64> {
    moving_context_share(points.view(), conditions().view(), 20..30)
}

fn angle(points: &Array2<f64>) -> Option<f64> {
    sheet_angle(points.view(), conditions().view(), 20..30)
}

/// Mean angle of a line and a plane in three dimensions: half a turn times ½ − 1/π, in degrees.
const BY_CHANCE: f64 = 90.0 - 57.295_779_513_082_32;

#[test]
fn what_all_trials_of_a_context_do_is_no_variance_along_the_axis() {
    // Contexts part ever further, in sheets across the axis.
    let parting = moving(|t, context, r, i| [(2.0 * context - 1.0) * t, r, i]);
    assert!(share(&parting).expect("contexts") < 1e-12);
    // About the mean over all steps the parting itself is variance along the axis.
    assert!(context_axis_share(parting.view(), conditions().view()).expect("contexts") > 0.05);
    let along = moving(|t, context, r, _| [context + t + r, 0.0, 0.0]);
    assert!((share(&along).expect("contexts") - 1.0).abs() < 1e-12);
    // Relevant coherence along the axis, irrelevant across: as much of either.
    let half = moving(|t, context, r, i| [10.0 * t + context + r, i, 0.0]);
    assert!((share(&half).expect("contexts") - 0.5).abs() < 1e-12);
    // The axis turns from step to step, and the states with it.
    let turning = moving(|t, context, r, i| {
        let (sin, cos) = (3.0 * t).sin_cos();
        [cos * (context + 2.0 * r), sin * (context + 2.0 * r), i]
    });
    assert!((share(&turning).expect("contexts") - 0.8).abs() < 1e-12);
    assert_eq!(share(&moving(|t, context, _, _| [context, t, 0.0])), None);
    assert_eq!(share(&moving(|_, _, r, i| [r, i, 0.0])), None);
}

#[test]
fn sheets_have_the_angle_to_the_axis_that_is_planted() {
    let close = |points: &Array2<f64>, expected: f64| {
        let found = angle(points).expect("sheets") + BY_CHANCE;
        // An arc cosine near 1 keeps half of the digits.
        assert!((found - expected).abs() < 1e-5, "{found} {expected}");
    };
    close(&moving(|t, context, r, i| [context + t, r, i]), 90.0);
    close(&moving(|t, context, r, i| [context + r, i, t]), 0.0);
    close(&moving(|t, context, r, i| [context + r, r, i + t]), 45.0);
    // One context across the axis, the other along it.
    close(&moving(|_, context, r, i| [context + context * r, i, r * (1.0 - context)]), 45.0);
    // The axis is that of the first step, before the contexts part in the plane of their sheets.
    close(&moving(|t, context, r, i| [context, r + 9.0 * t * context, i]), 90.0);
    // States on a line have no plane; a plane has no angle to what lies in it.
    assert_eq!(angle(&moving(|t, context, r, _| [context, r, t])), None);
    assert_eq!(angle(&moving(|_, context, r, i| [context + r, i, 0.0])), None);
    assert_eq!(angle(&moving(|t, _, r, i| [r, i, t])), None);
}

#[test]
fn the_angle_by_chance_is_that_of_lines_that_are_drawn() {
    assert!((angle_by_chance(3).expect("three") - BY_CHANCE).abs() < 1e-12);
    for n in [3, 4, 5, 10] {
        let drawn = normals(20_000 * n, n as u64);
        let angle = |line: &[f64]| {
            let length = line.iter().map(|x| x * x).sum::<f64>().sqrt();
            (line[0].hypot(line[1]) / length).acos().to_degrees()
        };
        let mean = drawn.chunks(n).map(angle).sum::<f64>() / 20_000.0;
        // Angles spread by 22° at most: four standard errors.
        assert!((mean - angle_by_chance(n).expect("three")).abs() < 0.62, "{n}: {mean}");
    }
    assert_eq!([0, 1, 2].map(angle_by_chance), [None; 3]);
}

#[test]
fn shares_and_angles_of_waves_are_those_of_numpy_in_any_space_at_any_scale() {
    let conditions = conditions();
    let drawn = Array2::from_shape_vec((4, 4), normals(16, 3)).expect("shape");
    let map = orthogonal_map(&drawn);
    let turned = waves().dot(&map) * 7.0 + 3.0;
    // NumPy 2.4: from the definitions, the angle by a singular value decomposition; that by chance in four dimensions is 45°.
    for (points, tolerance) in [(waves(), 1e-12), (turned, 1e-10)] {
        let share = moving_context_share(points.view(), conditions.view(), 2..6).expect("contexts");
        assert!((share - 0.265_139_386_844_787).abs() < tolerance, "{share}");
        let angle = sheet_angle(points.view(), conditions.view(), 2..6).expect("sheets");
        assert!((angle - (40.547_000_936_981 - 45.0)).abs() < 1e-9, "{angle}");
    }
    // Steps beyond the last are none.
    let [whole, beyond] =
        [2..6, 2..90].map(|steps| moving_context_share(waves().view(), conditions.view(), steps));
    assert_eq!(whole, beyond);
    // So are the trials of a context in another order.
    let order: Vec<usize> = (0..18).rev().collect();
    let rows: Vec<usize> = (0..6 * 18).map(|row| row / 18 * 18 + order[row % 18]).collect();
    let other = (waves().select(Axis(0), &rows), conditions.select(Axis(0), &order));
    let share = moving_context_share(other.0.view(), other.1.view(), 2..6).expect("contexts");
    assert!((share - 0.265_139_386_844_787).abs() < 1e-12, "{share}");
}

#[test]
fn the_share_of_evidence_along_the_axis_is_the_squared_cosine_whatever_else_varies() {
    let evidence = |points: &Array2<f64>| evidence_along_axis(points.view(), conditions().view(), 20..30);
    // Evidence at 30 and at 60 degrees to the axis; the first context twice as long, irrelevant coherence across and along.
    let (sin, cos) = 30.0_f64.to_radians().sin_cos();
    let of = |irrelevant: [f64; 3], length: f64| {
        moving(|t, context, r, i| {
            let own = if context < 0.5 { [cos, sin, 0.0] } else { [sin, 0.0, cos] };
            let length = if context < 0.5 { length } else { 1.0 };
            std::array::from_fn(|d| {
                length * own[d] * r
                    + irrelevant[d] * i
                    + if d == 0 { (2.0 * context - 1.0) * (1.0 + t) } else { t }
            })
        })
    };
    for (irrelevant, length) in
        [([0.0; 3], 1.0), ([0.0, 3.0, 1.0], 1.0), ([2.0, 0.0, 0.0], 1.0), ([0.0; 3], 5.0)]
    {
        let found = evidence(&of(irrelevant, length)).expect("evidence");
        assert!((found - 0.5).abs() < 1e-12, "{irrelevant:?} {length}: {found}"); // (¾ + ¼) / 2
    }
    // The share of all variance along the axis is moved by both.
    let shares = [of([0.0; 3], 1.0), of([0.0, 3.0, 1.0], 1.0), of([0.0; 3], 5.0)]
        .map(|points| share(&points).expect("contexts"));
    assert!((shares[0] - shares[1]).abs() > 0.2 && (shares[0] - shares[2]).abs() > 0.1, "{shares:?}");
    assert_eq!(evidence(&moving(|t, context, _, i| [context, t, i])), None);
    assert_eq!(evidence(&moving(|_, _, r, i| [r, i, 0.0])), None);
}
