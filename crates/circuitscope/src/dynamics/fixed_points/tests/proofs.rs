//! What a certificate says is true, and nothing is said where it might not be.

use super::*;
use faer::Mat;

#[test]
fn a_root_just_before_a_fold_is_not_certified_falsely() {
    // y = tanh(2 y + b): two roots meet at a fold where 2 (1 − y²) = 1, y = −√½.
    let fold_y = -(0.5_f64.sqrt());
    let fold_b = fold_y.atanh() - 2.0 * fold_y;
    for exponent in 1..=17 {
        for side in [-1.0, 1.0] {
            let gap = side * 10.0_f64.powi(-exponent);
            let bias = fold_b + gap;
            let tanh = network(Array2::from_elem((1, 1), 2.0), vec![bias], Curve::Tanh, 1.0, Form::Rate);
            let found = at_rest(&tanh, 5);
            // Beyond the fold (b above) only the upper root is left; before it there are two more, 2 √(gap/√½)… apart.
            let near: Vec<&FixedPoint> =
                found.points.iter().filter(|point| (point.root.state[0] - fold_y).abs() < 0.3).collect();
            let certified = near.iter().filter(|point| point.root.is_certified()).count();
            if gap > 1e-15 {
                assert_eq!(certified, 0, "gap {gap}: no root is near the fold");
            }
            if (-0.01..-1e-7).contains(&gap) {
                assert_eq!(certified, 2, "gap {gap}: both roots, apart");
            }
            for point in near {
                if let Some(proof) = point.root.certificate {
                    // The function changes its sign across the ball, so that a root is in it.
                    let y = point.root.state[0];
                    let flow = |y: f64| (2.0 * y + bias).tanh() - y;
                    let reach = proof.unique_radius.min(1e-3).max(proof.radius);
                    assert!(flow(y - 0.9 * reach) * flow(y + 0.9 * reach) <= 1e-30, "gap {gap}: {proof:?}");
                }
            }
        }
    }
}

#[test]
fn certified_balls_hold_a_root_and_only_one() {
    // The root again from far inside the ball of uniqueness: Newton must come back to the same, within both radii.
    for seed in 0..30 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let n = 2 + (seed as usize) % 9;
        let others = curves::new_curves().into_iter().map(|curve| (curve, 1.0));
        let published = [(Curve::Tanh, 1.0), (Curve::Sigmoid, 7.5), (Curve::Relu, 1.0)];
        for (curve, slope) in published.into_iter().chain(others) {
            for form in [Form::Rate, Form::Potential] {
                let gain = if (Activation { curve, slope }).is_bounded() { 2.0 } else { 0.9 };
                let w_rec = normal(&mut rng, (n, n)) * (gain / (n as f64).sqrt());
                let bias = normal(&mut rng, (1, n)).row(0).to_vec();
                let network = network(w_rec, bias, curve, slope, form);
                let found = at_rest(&network, seed);
                let flow = Flow::new(&network, ndarray::aview1(&[0.0])).expect("fits");
                for (k, point) in found.points.iter().enumerate() {
                    let Some(proof) = point.root.certificate else { continue };
                    for _ in 0..3 {
                        let offset: Array1<f64> = (0..n).map(|_| rng.sample(StandardNormal)).collect();
                        let length = offset.dot(&offset).sqrt();
                        let reach = proof.unique_radius.min(1.0);
                        let mut state = &point.root.state + &(offset * (0.5 * reach / length));
                        for _ in 0..60 {
                            let rhs = flow.rhs(state.view());
                            let jacobian = flow.jacobian(state.view());
                            let matrix = Mat::from_fn(n, n, |i, j| -jacobian[[i, j]]);
                            let mut step = rhs.to_vec();
                            crate::dynamics::linear::Factor::new(matrix).solve(&mut step);
                            state += &Array1::from_vec(step);
                        }
                        let apart = gap(&state, &point.root.state);
                        // Rounding of this check's own Newton steps on top of the ball.
                        let is_same = apart <= proof.radius + 1e-12;
                        let is_other = apart >= proof.unique_radius;
                        let is_none = flow.speed(state.view()).is_nan() || flow.speed(state.view()) > 1e-18;
                        assert!(is_same || is_other || is_none, "{curve:?} {form:?}: {apart} in {proof:?}");
                    }
                    for other in &found.points[..k] {
                        assert!(gap(&point.root.state, &other.root.state) > 1e-12, "one root twice");
                    }
                }
            }
        }
    }
}
