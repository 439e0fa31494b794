//! Principal components of responses without their baseline and unit of measure.

use ndarray::{Array3, ArrayView2, Axis};

/// Components `[K, T, B]` about their means and divided by one number, so that their squares add up to 1 for each recorded step of
/// a trial: the same for responses in any unit of measure and above any baselines.
pub(super) fn standardised(mut components: Array3<f64>) -> Array3<f64> {
    let mut square = 0.0;
    let mut n_recorded = 0;
    for mut of_component in components.outer_iter_mut() {
        let mean = mean_of(of_component.view()).unwrap_or(0.0);
        of_component -= mean;
        square += of_component.iter().filter(|z| !z.is_nan()).map(|z| z * z).sum::<f64>();
        n_recorded = of_component.iter().filter(|z| !z.is_nan()).count();
    }
    if square > 0.0 {
        components /= (square / n_recorded as f64).sqrt();
    }
    components
}

/// Components `[K, T, B]` above their mean at the first step that was recorded on any trial.
///
/// The nodes of a circuit are at rest there, so that what the responses then are is baseline.
pub(super) fn above_first_step(components: &Array3<f64>) -> Array3<f64> {
    let mut above = components.clone();
    for mut of_component in above.outer_iter_mut() {
        let first = of_component.axis_iter(Axis(0)).find_map(|step| mean_of(step.insert_axis(Axis(0))));
        of_component -= first.unwrap_or(0.0);
    }
    above
}

/// Mean of what was recorded; [`None`] if nothing was.
fn mean_of(values: ArrayView2<'_, f64>) -> Option<f64> {
    let recorded = values.iter().filter(|z| !z.is_nan());
    let (n, sum) = recorded.fold((0, 0.0), |(n, sum), z| (n + 1, sum + z));
    (n > 0).then(|| sum / f64::from(n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_baselines_nor_units_of_measure_are_left() {
        let raw = Array3::from_shape_fn((3, 10, 4), |(k, t, b)| {
            if (t, b) == (2, 1) { f64::NAN } else { ((7 * k + 3 * t + t * b) as f64).sin() }
        });
        let baselines = Array3::from_shape_fn((3, 1, 1), |(k, ..)| 40.0 - 30.0 * k as f64);
        let [found, other] = [raw.clone(), raw * 20.0 + &baselines].map(standardised);
        for (a, b) in found.iter().zip(&other) {
            assert!((a - b).abs() < 1e-12 || a.is_nan() && b.is_nan()); // rounding of numbers of size 50
        }
        let square: f64 = found.iter().filter(|z| !z.is_nan()).map(|z| z * z).sum();
        assert!((square / 39.0 - 1.0).abs() < 1e-12);
        let above = above_first_step(&found);
        assert!(above.outer_iter().all(|of_component| of_component.row(0).sum().abs() < 1e-12));
    }
}
