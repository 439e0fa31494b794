//! Intervals of means over pairs of networks, by leaving out one network at a time.

use statrs::distribution::{ContinuousCDF, StudentsT};

use super::CONFIDENCE;

/// 95 % interval over networks of a number that is made of means over pairs of them; [`None`] if it is not finite.
///
/// - `value`: the number of all networks. `left_out`: for each group of two or more, the number without each of its networks
///   in turn.
///
/// Each group has a variance of its own; t has Welch–Satterthwaite degrees of freedom. A pair shares a network with many
/// others, so that pairs are not independent draws and networks are. A bootstrap would draw a network twice, at distance
/// zero from itself.
///
/// # Source
/// Arvesen 1969, doi:10.1214/aoms/1177697287 (the jackknife of means over pairs); Efron & Stein 1981,
/// doi:10.1214/aos/1176345462: its variance is too large rather than too small, in the mean, and up to twice as large where
/// no group lies apart, so that the interval is on the safe side there. Satterthwaite 1946, doi:10.2307/3002019.
pub(crate) fn jackknife_interval(value: f64, left_out: &[Vec<f64>]) -> Option<[f64; 2]> {
    let variance = |numbers: &Vec<f64>| {
        let n = numbers.len() as f64;
        let mean = numbers.iter().sum::<f64>() / n;
        (n - 1.0) / n * numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>()
    };
    let variances: Vec<f64> = left_out.iter().map(variance).collect();
    let whole: f64 = variances.iter().sum();
    if !(value.is_finite() && whole.is_finite()) {
        return None;
    }
    if whole == 0.0 {
        return Some([value; 2]);
    }
    let shares = variances.iter().zip(left_out);
    let inverse: f64 =
        shares.map(|(variance, numbers)| (variance / whole).powi(2) / (numbers.len() as f64 - 1.0)).sum();
    let t = StudentsT::new(0.0, 1.0, 1.0 / inverse).ok()?.inverse_cdf(0.5 + 0.5 * CONFIDENCE);
    let half = t * whole.sqrt();
    Some([value - half, value + half])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_mean_it_is_the_interval_of_student_and_of_a_difference_that_of_welch() {
        let without = |numbers: &[f64], sign: f64, other: f64| -> Vec<f64> {
            let sum: f64 = numbers.iter().sum();
            numbers.iter().map(|x| sign * (sum - x) / (numbers.len() - 1) as f64 + other).collect()
        };
        let (a, b) = ([1.0, 2.0, 4.0, 9.0], [3.0, 3.5, 5.0]);
        // SciPy 1.17: stats.ttest_1samp(a, 0) and stats.ttest_ind(a, b, equal_var=False), confidence_interval().
        let found = jackknife_interval(4.0, &[without(&a, 1.0, 0.0)]).expect("finite");
        let expected = [-1.663_204_706, 9.663_204_706];
        assert!(found.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-6), "{found:?}");
        let mean_b = b.iter().sum::<f64>() / 3.0;
        let parts = [without(&a, 1.0, -mean_b), without(&b, -1.0, 4.0)];
        let found = jackknife_interval(4.0 - mean_b, &parts).expect("finite");
        let expected = [-5.250_112_069, 5.583_445_402];
        assert!(found.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-6), "{found:?}");
    }

    #[test]
    fn a_number_that_no_network_changes_has_an_interval_of_no_width_and_one_that_is_none_has_none() {
        assert_eq!(jackknife_interval(2.0, &[vec![2.0; 3]]), Some([2.0; 2]));
        assert_eq!(jackknife_interval(f64::NAN, &[vec![2.0; 3]]), None);
    }
}
