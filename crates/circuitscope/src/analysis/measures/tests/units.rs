//! Concentration and share of far units, apart.

use super::*;

/// Units on arms at these angles, in turns, at radii from 0 to 1.
fn on_arms(n: usize, angles: &[f64]) -> Array2<f64> {
    Array2::from_shape_fn((n, 3), |(unit, d)| {
        let (sin, cos) = angles[unit % angles.len()].sin_cos();
        // A third component, which the plane leaves out.
        [cos, sin, 0.5][d] * unit as f64 / n as f64
    })
}

#[test]
fn the_concentration_of_a_cross_is_one_and_that_of_a_round_cloud_zero_for_any_number_of_units() {
    let quarter = std::f64::consts::FRAC_PI_2;
    for turn in [0.0, 0.4, 2.0] {
        let angles = [0.0, 1.0, 2.0, 3.0].map(|k| turn + k * quarter);
        let cross = angular_concentration(on_arms(80, &angles).view(), NEAR_CENTRE).expect("units");
        assert!((cross - 1.0).abs() < 1e-12, "{cross}"); // rounding
        // A line is as concentrated; evenness of the arms tells it from a cross.
        let line = angular_concentration(on_arms(80, &angles[..1]).view(), NEAR_CENTRE).expect("units");
        assert!((line - 1.0).abs() < 1e-12, "{line}");
    }
    // Eight arms cancel but for the units with themselves, 1/(n − 1).
    let eight: Vec<f64> = (0..8).map(|k| 0.5 * f64::from(k) * quarter).collect();
    let none = angular_concentration(on_arms(80, &eight).view(), 0.0).expect("units");
    assert!(none.abs() < 0.02, "{none}");
    for n in [8, 40] {
        let n_clouds = 4000;
        let drawn = normals(2 * n * n_clouds, n as u64);
        let of_cloud = |values: &[f64]| {
            let cloud = Array2::from_shape_vec((n, 2), values.to_vec()).expect("shape");
            angular_concentration(cloud.view(), 0.0).expect("units")
        };
        let mean = drawn.chunks(2 * n).map(of_cloud).sum::<f64>() / n_clouds as f64;
        // It spreads by 1/(n − 1): four standard errors. With the n terms that are left out the mean would be as much.
        assert!(mean.abs() < 4.0 / (n - 1) as f64 / 4000.0_f64.sqrt(), "{n}: {mean}");
    }
}

#[test]
fn the_share_of_far_units_is_that_of_their_radii() {
    // Radii up to r of uniform ones have a root mean square of r/√3.
    let arms = on_arms(1000, &[0.3, 2.0]);
    let found = far_share(arms.view(), NEAR_CENTRE).expect("units");
    assert!((found - (1.0 - NEAR_CENTRE / 3.0_f64.sqrt())).abs() < 2e-3, "{found}"); // a unit or two
    let cloud = Array2::from_shape_vec((5000, 2), normals(10_000, 4)).expect("shape");
    let found = far_share(cloud.view(), NEAR_CENTRE).expect("units");
    assert!((found - (-0.25_f64).exp()).abs() < 0.024, "{found}"); // four standard errors
    // One cluster with a few far units.
    let cluster =
        Array2::from_shape_fn(
            (100, 2),
            |(unit, d)| {
                if unit < 4 { [5.0, 5.0][d] } else { 0.1 * cloud[[unit, d]] }
            },
        );
    assert_eq!(far_share(cluster.view(), NEAR_CENTRE), Some(0.04));
    assert_eq!(far_share(Array2::zeros((5, 2)).view(), NEAR_CENTRE), None);
    let one = array![[1.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]];
    assert_eq!(far_share(one.view(), NEAR_CENTRE), Some(0.25));
    assert_eq!(angular_concentration(one.view(), NEAR_CENTRE), None);
}

#[test]
fn concentration_and_far_share_are_those_of_numpy_however_the_plane_is_turned_and_scaled() {
    let units = Array2::from_shape_fn((40, 3), |(i, d)| {
        (1.3 * (i + 1) as f64 * (d + 1) as f64 + 0.7 * (d * d) as f64).sin()
    });
    let (sin, cos) = 0.6_f64.sin_cos();
    let turn = array![[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]];
    let turned = units.dot(&turn) * 5.0;
    let order: Vec<usize> = (0..40).rev().collect();
    let reversed = units.select(Axis(0), &order);
    // NumPy 2.4, from the definition in complex numbers.
    for (near, concentration, share) in
        [(0.5, 0.128_973_161_220_552, 0.875), (0.75, 0.130_824_526_027_032, 0.8)]
    {
        for points in [&units, &turned, &reversed] {
            let found = angular_concentration(points.view(), near).expect("units");
            assert!((found - concentration).abs() < 1e-12, "{near}: {found}"); // rounding
            assert_eq!(far_share(points.view(), near), Some(share));
        }
    }
}
