//! Roots at and near bifurcations, where they are known by mathematics: nothing is claimed that rounding does not tell.

use super::*;

/// The root above zero of `m = tanh((1 + δ) m)`, from `δ = artanh(m) / m − 1 = m²/3 + m⁴/5 + …`.
fn amplitude(delta: f64) -> f64 {
    let series = |m: f64| (1..40).map(|k| m.powi(2 * k) / f64::from(2 * k + 1)).sum::<f64>();
    let (mut low, mut high) = (0.0, 0.6);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if series(middle) < delta { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// A unit of `weight` on itself beside others that it does not hear, with one root among them, and that hear it or not.
fn embedded(n: usize, weight: f64, seed: u64) -> Network {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // Gain below 1: the others have one root whatever they hear.
    let mut w_rec = normal(&mut rng, (n, n)) * (0.4 / (n as f64).sqrt());
    w_rec.row_mut(0).fill(0.0);
    w_rec[[0, 0]] = weight;
    let mut bias = normal(&mut rng, (1, n)).row(0).to_vec();
    bias[0] = 0.0;
    network(w_rec, bias, Curve::Tanh, 1.0, if seed.is_multiple_of(2) { Form::Rate } else { Form::Potential })
}

/// Known roots `[(value of the first unit, stable)]` against what is found of it: each lies within the radius of a point,
/// no point claims what is not so, and what leaves the count open says so.
fn check(name: &str, found: &FixedPoints, known: &[(f64, bool)]) {
    for &(at, _) in known {
        let is_near = |point: &&FixedPoint| {
            let radius = point.root.radius().unwrap_or_else(|| panic!("{name}: no radius"));
            (point.root.state[0] - at).abs() <= radius
        };
        assert!(found.points.iter().any(|point| is_near(&point)), "{name}: {at} is missing in {found:?}");
    }
    for point in &found.points {
        let radius = point.root.radius().expect("bounded");
        let here: Vec<bool> = known
            .iter()
            .filter(|(at, _)| (point.root.state[0] - at).abs() <= radius)
            .map(|&(_, stable)| stable)
            .collect();
        if point.root.is_certified() {
            assert_eq!(here.len(), 1, "{name}: certified, {point:?}");
            let claimed = point.linearization.flow;
            let false_claim = if here[0] { Stability::Unstable } else { Stability::Stable };
            assert_ne!(claimed, false_claim, "{name}: {point:?}");
        } else {
            assert!(point.root.degeneracy.is_some(), "{name}: {point:?}");
            assert_ne!(point.linearization.flow, Stability::Stable, "{name}: {point:?}");
        }
    }
    let n_degenerate = found.points.iter().filter(|point| point.root.degeneracy.is_some()).count();
    assert_eq!(found.completeness.n_degenerate, n_degenerate, "{name}");
    if n_degenerate == 0 {
        assert_eq!(found.points.len(), known.len(), "{name}");
    } else {
        assert_eq!(found.completeness.coverage, None, "{name}");
    }
}

#[test]
fn a_pitchfork_has_one_root_before_and_three_after_it_or_says_that_it_cannot_tell() {
    for n in [1, 2, 5, 40] {
        for exponent in [1, 3, 6, 9, 11, 12, 13, 14, 15, 16, 17] {
            for side in [-1.0, 1.0] {
                let weight = 1.0 + side * 10.0_f64.powi(-exponent);
                // What the float is above 1: exact.
                let delta = weight - 1.0;
                let network = embedded(n, weight, exponent as u64 + u64::from(side > 0.0));
                let found = at_rest(&network, 3);
                let scale = if network.form == Form::Rate { 1.0 } else { weight };
                let m = if delta > 0.0 { scale * amplitude(delta) } else { 0.0 };
                let known = [(0.0, delta < 0.0), (m, true), (-m, true)];
                let known = if delta > 0.0 { &known[..] } else { &known[..1] };
                let name = format!("N = {n}, δ = {delta:e}, {:?}", network.form);
                check(&name, &found, known);
                assert_eq!(found.completeness.is_balanced(), Some(true), "{name}");
                if exponent <= 9 && n <= 5 {
                    assert_eq!(found.completeness.n_degenerate, 0, "{name}: told apart");
                    assert!(
                        found.points.iter().all(|point| point.linearization.flow != Stability::Marginal),
                        "{name}"
                    );
                }
                if exponent >= 16 {
                    let point = &found.points[0];
                    assert_eq!(
                        (found.points.len(), point.linearization.flow),
                        (1, Stability::Marginal),
                        "{name}"
                    );
                    assert_eq!(point.root.degeneracy.and_then(|near| near.index), Some(1), "{name}");
                    assert!(
                        point.root.state[0].abs() < 1e-7 && point.root.radius() < Some(1e-5),
                        "{name}: {point:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn an_imperfect_pitchfork_has_its_root_at_the_cube_root() {
    // y = tanh(y + b): y³/3 = b to first order, one root for every b.
    for exponent in [1, 3, 6, 9, 12, 15, 18, 21, 24, 30] {
        let bias = 10.0_f64.powi(-exponent);
        let w_rec = Array2::ones((1, 1));
        let found = at_rest(&network(w_rec, vec![bias], Curve::Tanh, 1.0, Form::Rate), 1);
        // artanh(y) − y = y³/3 + y⁵/5 + … = b.
        let (mut low, mut high) = (0.0, 0.9);
        for _ in 0..200 {
            let middle: f64 = 0.5 * (low + high);
            let sum: f64 = (1..400).map(|k| middle.powi(2 * k + 1) / f64::from(2 * k + 1)).sum();
            if sum < bias { low = middle } else { high = middle }
        }
        check(&format!("b = {bias:e}"), &found, &[(low, true)]);
        assert_eq!(found.points.len(), 1, "b = {bias:e}");
        assert_eq!(found.completeness.is_balanced(), Some(true), "b = {bias:e}");
    }
}

#[test]
fn at_a_fold_there_is_a_degenerate_root_and_beyond_it_none() {
    // y = tanh(2 y + b) folds at y = −√½, b = artanh(y) − 2 y; to 40 digits (mpmath), 4e-17 of them lost in the float.
    let (fold_y, fold_b) = (-(0.5_f64.sqrt()), 0.532_839_975_353_552);
    for n in [1, 30] {
        for gap in [-1e-3, -1e-6, -1e-9, -1e-12, -1e-15, 0.0, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3] {
            let mut network = embedded(n, 2.0, 7);
            network.form = Form::Rate;
            network.bias[0] = fold_b + gap;
            let found = at_rest(&network, 5);
            let near: Vec<&FixedPoint> =
                found.points.iter().filter(|point| (point.root.state[0] - fold_y).abs() < 0.2).collect();
            let name = format!("N = {n}, gap {gap:e}: {near:?}");
            if gap <= -1e-12 {
                // √2 x² + gap / 2 = 0 to second order: f″ = 2 √2 and ∂f/∂b = ½ there.
                let reach = (-gap / 8.0_f64.sqrt()).sqrt();
                assert_eq!(near.len(), 2, "{name}");
                let share = |point: &&FixedPoint| (point.root.state[0] - fold_y).abs() / reach;
                assert!(near.iter().map(share).all(|share| (0.8..1.2).contains(&share)), "{name}");
                let mut stabilities: Vec<usize> =
                    near.iter().map(|point| point.linearization.n_unstable).collect();
                stabilities.sort_unstable();
                assert_eq!(stabilities, [0, 1], "{name}");
            } else if gap.abs() <= 1e-15 {
                assert_eq!(near.len(), 1, "{name}");
                let point = near[0];
                assert_eq!(point.linearization.flow, Stability::Marginal, "{name}");
                assert_eq!(point.root.degeneracy.and_then(|near| near.index), Some(0), "{name}");
                assert!(
                    (point.root.state[0] - fold_y).abs() <= point.root.radius().expect("bounded"),
                    "{name}"
                );
                assert_eq!(
                    (found.completeness.coverage, found.completeness.n_degenerate),
                    (None, 1),
                    "{name}"
                );
            } else {
                assert!(near.is_empty(), "{name}");
                assert_eq!((found.points.len(), found.completeness.n_degenerate), (1, 0), "{name}");
            }
            assert_eq!(found.completeness.is_balanced(), Some(true), "{name}");
        }
    }
}

#[test]
fn a_pitchfork_of_sigmoid_units_is_marginal_within_a_wider_radius() {
    // y = σ(w y − w/2) around ½: rates near ½ have an absolute error, so that less is told apart than around 0.
    for (delta, n_known) in [(-1e-2, 1), (-1e-5, 1), (-1e-12, 1), (0.0, 1), (1e-12, 3), (1e-5, 3), (1e-2, 3)]
    {
        let weight = 4.0 * (1.0 + delta);
        let sigmoid =
            network(Array2::from_elem((1, 1), weight), vec![-0.5 * weight], Curve::Sigmoid, 1.0, Form::Rate);
        let found = at_rest(&sigmoid, 2);
        // y = ½ + m/2 with m = tanh((1 + δ) m).
        let m = if delta > 0.0 { 0.5 * amplitude(weight / 4.0 - 1.0) } else { 0.0 };
        let known = [(0.5, delta < 0.0), (0.5 + m, true), (0.5 - m, true)];
        check(&format!("δ = {delta:e}"), &found, &known[..n_known]);
        assert_eq!(found.completeness.is_balanced(), Some(true), "δ = {delta:e}");
        assert_eq!(found.completeness.n_degenerate, usize::from(delta.abs() < 1e-10), "δ = {delta:e}");
    }
}

#[test]
fn several_degenerate_directions_are_one_point_that_leaves_the_count_open() {
    for n in [2, 3, 8] {
        let found = at_rest(&without_bias(Array2::eye(n), Curve::Tanh), 4);
        assert_eq!(found.points.len(), 1, "N = {n}: {found:?}");
        let point = &found.points[0];
        let size = gap(&point.root.state, &Array1::zeros(n));
        assert!(Some(size) <= point.root.radius() && point.root.radius() < Some(1e-5), "N = {n}: {point:?}");
        assert_eq!(point.linearization.flow, Stability::Marginal);
        assert_eq!((found.completeness.coverage, found.completeness.is_balanced()), (None, None));
    }
    // One at its pitchfork, one beyond: (0, ±m) rest on the border, (0, 0) is left along the second.
    let found = at_rest(&without_bias(Array2::from_diag(&ndarray::aview1(&[1.0, 2.0])), Curve::Tanh), 4);
    assert_eq!((found.points.len(), found.completeness.n_degenerate), (3, 3), "{found:?}");
    for point in &found.points {
        let expected =
            if point.root.state[1].abs() < 0.1 { Stability::Unstable } else { Stability::Marginal };
        assert_eq!(point.linearization.flow, expected, "{point:?}");
    }
    assert_eq!(found.completeness.is_balanced(), Some(true), "1 − 1 + 1");
}

#[test]
fn nine_roots_just_beyond_two_pitchforks_are_told_apart() {
    let delta = (1.0 + 1e-9) - 1.0;
    let m = amplitude(delta);
    let found = at_rest(&without_bias(Array2::eye(2) * (1.0 + 1e-9), Curve::Tanh), 6);
    assert_eq!(found.points.len(), 9, "{found:?}");
    for point in &found.points {
        assert!(point.root.is_certified(), "{point:?}");
        let n_zero = point.root.state.iter().filter(|y| y.abs() < 0.5 * m).count();
        let radius = point.root.radius().expect("certified");
        assert!(
            point.root.state.iter().all(|y| y.abs() <= radius || (y.abs() - m).abs() <= radius),
            "{point:?}"
        );
        assert!(radius < 1e-4 * m, "{point:?}");
        let expected = if n_zero == 0 { Stability::Stable } else { Stability::Unstable };
        assert_eq!(
            (point.linearization.flow, point.linearization.n_unstable),
            (expected, n_zero),
            "{point:?}"
        );
    }
}

#[test]
fn an_oscillation_on_the_border_is_marginal_at_a_root_that_is_certain() {
    // Eigenvalues δ ± 5i at 0: a Hopf bifurcation at δ = 0, across which the root stays the only one.
    for (delta, expected) in [
        (-1e-9, Stability::Stable),
        (-1e-16, Stability::Marginal),
        (0.0, Stability::Marginal),
        (1e-16, Stability::Marginal),
        (1e-9, Stability::Unstable),
    ] {
        let a = 1.0 + delta;
        let w_rec = Array2::from_shape_vec((2, 2), vec![a, -5.0, 5.0, a]).expect("2 × 2");
        let found = at_rest(&without_bias(w_rec, Curve::Tanh), 1);
        assert_eq!(found.points.len(), 1, "{delta}");
        let point = &found.points[0];
        assert!(point.root.is_certified(), "{delta}: {point:?}");
        assert_eq!(point.linearization.flow, expected, "{delta}: {point:?}");
        assert_eq!(found.completeness.coverage, Some(1.0), "one root, found by every start");
    }
}

#[test]
fn two_roots_that_pass_through_each_other_lie_within_one_radius() {
    // y₁ = tanh(a y₁ + y₂ − tanh ½), y₂ = tanh(½ + y₁): 0 and a second root that passes it at a = 1 − sech²(½).
    let fold = 1.0 - 1.0 / 0.5_f64.cosh().powi(2);
    for delta in [-1e-3, -1e-6, -1e-10, 0.0, 1e-10, 1e-6, 1e-3] {
        let a = fold + delta;
        let w_rec = Array2::from_shape_vec((2, 2), vec![a, 1.0, 1.0, 0.0]).expect("2 × 2");
        let found = at_rest(&network(w_rec, vec![-(0.5_f64.tanh()), 0.5], Curve::Tanh, 1.0, Form::Rate), 9);
        // δ y − tanh(½) sech²(½) y² = 0 to second order.
        let second = delta / (0.5_f64.tanh() / 0.5_f64.cosh().powi(2));
        let name = format!("δ = {delta:e}: {found:?}");
        for known in [0.0, second] {
            let is_near = |point: &FixedPoint| {
                (point.root.state[0] - known).abs()
                    <= point.root.radius().expect("bounded") + 3.0 * second * second
            };
            assert!(found.points.iter().any(is_near), "{known} is missing: {name}");
        }
        assert_eq!(found.completeness.n_degenerate, usize::from(delta.abs() < 1e-8), "{name}");
        assert_eq!(found.completeness.is_balanced(), Some(true), "{name}");
        let stable = found.points.iter().filter(|point| point.root.state[0].abs() < 0.01);
        let n_stable = stable.filter(|point| point.linearization.flow == Stability::Stable).count();
        assert_eq!(n_stable, usize::from(delta.abs() > 1e-8), "one of the two: {name}");
    }
}

#[test]
fn a_rectified_unit_at_its_border_is_a_line_a_certain_point_or_an_open_one() {
    let alone = |weight: f64| at_rest(&without_bias(Array2::from_elem((1, 1), weight), Curve::Relu), 3);
    // w = 1: every y ≥ 0 rests; its end at 0 is no further point.
    let line = alone(1.0);
    assert_eq!((line.points.len(), line.manifolds.len()), (0, 1), "{line:?}");
    assert!(line.manifolds[0].extents[0].iter().any(|end| end.is_infinite()), "{line:?}");
    // Below, 0 is the only root, and stable; its kink does not open the count.
    let below = alone(1.0 - 1e-9);
    assert_eq!((below.points.len(), below.completeness.n_degenerate), (1, 0));
    assert_eq!(below.points[0].linearization.flow, Stability::Stable);
    assert_eq!(below.completeness.coverage, Some(1.0));
    // Above, a drive within rounding of 0 makes two roots of it, or none.
    let above = alone(1.0 + 1e-9);
    assert_eq!((above.points.len(), above.completeness.n_degenerate), (1, 1));
    let point = &above.points[0];
    assert_eq!((point.root.state[0], point.linearization.flow), (0.0, Stability::Marginal));
    assert_eq!(point.root.degeneracy.map(|near| (near.radius < 1e-12, near.index)), Some((true, Some(0))));
    assert_eq!(above.completeness.coverage, None);
}
