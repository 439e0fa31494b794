//! Shape of the cloud of units (claims 9 and 10).

use ndarray::ArrayView2;

/// How much of the units' extent in the plane of the first two components lies on the four arms of a cross, whatever way
/// it is turned: `|Σ r² e^{4iθ}| / Σ r²`, 1 for a cross, near 0 for a round cloud.
///
/// - `points`: `[N, K]`, centred.
///
/// # Source
/// Claim 9: angular concentration over the four half-axes; the fourth trigonometric moment (Mardia & Jupp 2000, §3.4),
/// weighted by squared radii so that units that respond to nothing do not count.
pub fn arm_concentration(points: ArrayView2<'_, f64>) -> Option<f64> {
    let (mut re, mut im, mut total) = (0.0, 0.0, 0.0);
    for point in points.outer_iter() {
        let (x, y) = (point[0], point[1]);
        let (square, angle) = (x * x + y * y, 4.0 * y.atan2(x));
        re += square * angle.cos();
        im += square * angle.sin();
        total += square;
    }
    (total > 0.0).then(|| re.hypot(im) / total)
}

/// One less the largest gap between the distribution of the units' radii, over the largest, and a uniform one (the
/// statistic of Kolmogorov and Smirnov): near 1 for arms that are populated all along, low for a central cluster.
///
/// # Source
/// Claim 9: evenness of radii.
pub fn evenness_of_radii(points: ArrayView2<'_, f64>) -> Option<f64> {
    let radii = sorted_radii(points);
    let (n, largest) = (radii.len() as f64, *radii.last()?);
    let gap = radii.iter().enumerate().map(|(i, r)| {
        let share = r / largest;
        (share - i as f64 / n).abs().max(((i + 1) as f64 / n - share).abs())
    });
    (largest > 0.0).then(|| 1.0 - gap.fold(0.0, f64::max))
}

/// Excess kurtosis of the units' radii: high for one cluster with a few far units.
///
/// # Source
/// Claim 10.
pub fn kurtosis_of_radii(points: ArrayView2<'_, f64>) -> Option<f64> {
    let radii = sorted_radii(points);
    let n = radii.len() as f64;
    let mean = radii.iter().sum::<f64>() / n;
    let moment = |power: i32| radii.iter().map(|r| (r - mean).powi(power)).sum::<f64>() / n;
    let variance = moment(2);
    (variance > 0.0).then(|| moment(4) / (variance * variance) - 3.0)
}

/// Largest over median radius of a unit.
///
/// # Source
/// Claim 10.
pub fn largest_radius(points: ArrayView2<'_, f64>) -> Option<f64> {
    let radii = sorted_radii(points);
    let middle = radii.len() / 2;
    let median = if radii.len().is_multiple_of(2) {
        f64::midpoint(*radii.get(middle.checked_sub(1)?)?, radii[middle])
    } else {
        radii[middle]
    };
    (median > 0.0).then(|| radii[radii.len() - 1] / median)
}

fn sorted_radii(points: ArrayView2<'_, f64>) -> Vec<f64> {
    let mut radii: Vec<f64> = points.outer_iter().map(|point| point.dot(&point).sqrt()).collect();
    radii.sort_by(f64::total_cmp);
    radii
}
