//! Shape of the cloud of units (claims 9 and 10).

use ndarray::ArrayView2;
use std::f64::consts::FRAC_PI_2;

/// Share of the units that lie on the four arms of a cross in the plane of the first two components, whatever way it is
/// turned: `|Σ e^{4iθ}| / N` over the units that are not near the centre, times how evenly the four arms are populated. 1
/// where every unit lies on an arm and each arm has as many; near 0 for a round cloud, or for one with a few far units.
///
/// - `points`: `[N, K]`, centred. `near`: within this share of the root mean square of the radii there, a unit is near the
///   centre.
///
/// # Source
/// Claim 9: share of units on the arms, by angular concentration over the four half-axes: the fourth trigonometric moment
/// (Mardia & Jupp 2000, §3.4). Evenness is the entropy of the arms' shares over that of four equal ones (Pielou 1966,
/// doi:10.1016/0022-5193(66)90013-0), so that a line, which has two arms, is half a cross.
pub fn arm_concentration(points: ArrayView2<'_, f64>, near: f64) -> Option<f64> {
    let Far { angles, n_units } = far(points, near)?;
    let [re, im] = fourth_moment(&angles);
    let turn = im.atan2(re) / 4.0;
    let mut arms = [0.0_f64; 4];
    for angle in &angles {
        arms[((angle - turn) / FRAC_PI_2).round().rem_euclid(4.0) as usize] += 1.0;
    }
    let shares = arms.map(|count| count / angles.len() as f64);
    let entropy: f64 = shares.iter().filter(|share| **share > 0.0).map(|share| -share * share.ln()).sum();
    Some(re.hypot(im) / n_units * entropy / 4.0_f64.ln())
}

/// How far the angles of the units that are not near the centre repeat every quarter turn, by `(|Σ e^{4iθ}|² − n) /
/// (n (n − 1))` over these n units: 1 where every one lies on an arm of one cross, 0 on average for a round cloud of any
/// number of units; −1/(n − 1) at least. A line is as concentrated as a cross.
///
/// - `points`, `near`: as of [`arm_concentration`]. [`None`] with fewer than two far units.
///
/// # Source
/// Claim 9: the squared resultant length of the fourth trigonometric moment without the n terms of a unit with itself, which
/// makes its mean 0 where angles are independent and uniform (Mardia & Jupp 2000, §3.4).
pub fn angular_concentration(points: ArrayView2<'_, f64>, near: f64) -> Option<f64> {
    let angles = far(points, near)?.angles;
    let n = angles.len() as f64;
    let [re, im] = fourth_moment(&angles);
    (angles.len() > 1).then(|| (re * re + im * im - n) / (n * (n - 1.0)))
}

/// Share of the units that are not near the centre, 0 to 1.
///
/// - `points`, `near`: as of [`arm_concentration`].
///
/// # Source
/// Claim 9: arms are populated where many units are far. In the plane a round normal cloud has exp(−`near`²) of them.
pub fn far_share(points: ArrayView2<'_, f64>, near: f64) -> Option<f64> {
    far(points, near).map(|far| far.angles.len() as f64 / far.n_units)
}

/// The units that are not near the centre.
struct Far {
    /// Their angles in the plane of the first two components.
    angles: Vec<f64>,
    /// All units.
    n_units: f64,
}

/// [`None`] where all units are at the centre.
fn far(points: ArrayView2<'_, f64>, near: f64) -> Option<Far> {
    let in_plane: Vec<[f64; 2]> = points.outer_iter().map(|point| [point[0], point[1]]).collect();
    let n_units = in_plane.len() as f64;
    let mean_square = in_plane.iter().map(|[x, y]| x * x + y * y).sum::<f64>() / n_units;
    if mean_square.is_nan() || mean_square <= 0.0 {
        return None;
    }
    let is_far = |[x, y]: &&[f64; 2]| x * x + y * y > near * near * mean_square;
    let angles = in_plane.iter().filter(is_far).map(|[x, y]| y.atan2(*x)).collect();
    Some(Far { angles, n_units })
}

/// Real and imaginary part of `Σ e^{4iθ}`.
fn fourth_moment(angles: &[f64]) -> [f64; 2] {
    [
        angles.iter().map(|angle| (4.0 * angle).cos()).sum(),
        angles.iter().map(|angle| (4.0 * angle).sin()).sum(),
    ]
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
