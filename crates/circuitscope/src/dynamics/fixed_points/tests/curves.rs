//! The curves that published networks lack, each against all roots that there are, found another way.

use circuitscope_kernel::Family;

use super::*;

/// Softplus, leaky `ReLU`, power laws, hard tanh and `SiLU`.
pub(super) fn new_curves() -> Vec<Curve> {
    let of = |family: Family, value: f64| {
        let (name, _) = family.curve().parameter().expect("a parameter");
        family.curve().with_parameter(name, value).expect("fits")
    };
    vec![
        Curve::Softplus,
        of(Family::LeakyRelu, 0.1),
        of(Family::LeakyRelu, 0.4),
        of(Family::Power, 1.5),
        of(Family::Power, 2.0),
        of(Family::Power, 3.0),
        Curve::HardTanh,
        Curve::Silu,
    ]
}

/// All roots of `y = f(w y + b)` with |y| below `most`, by sign changes on a fine grid and bisection.
fn of_one_unit(activation: Activation, weight: f64, bias: f64, most: f64) -> Vec<f64> {
    const COUNT: usize = 40_000;
    let flow = |y: f64| activation.rate(weight * y + bias) - y;
    let at = |k: usize| most * (2.0 * k as f64 / COUNT as f64 - 1.0);
    let mut roots = Vec::new();
    for k in 0..COUNT {
        let (mut low, mut high) = (at(k), at(k + 1));
        let rises = flow(high) > 0.0;
        if (flow(low) > 0.0) == rises {
            continue;
        }
        for _ in 0..80 {
            let middle = f64::midpoint(low, high);
            *(if (flow(middle) > 0.0) == rises { &mut high } else { &mut low }) = middle;
        }
        roots.push(f64::midpoint(low, high));
    }
    roots
}

#[test]
fn independent_units_have_every_combination_of_their_roots() {
    let (mut n_planted, mut n_missing) = (0, 0);
    for (number, curve) in new_curves().into_iter().enumerate() {
        for seed in 0..12 {
            let mut rng = ChaCha8Rng::seed_from_u64(100 * number as u64 + seed);
            let slope = [1.0, 1.7][seed as usize % 2];
            let activation = Activation { curve, slope };
            let of_unit = |rng: &mut ChaCha8Rng| loop {
                let weight = 2.0 * rng.sample::<f64, _>(StandardNormal);
                let bias = rng.sample::<f64, _>(StandardNormal);
                let roots = of_one_unit(activation, weight, bias, 40.0);
                // Roots that meet, and units without one, are the business of other tests.
                let decay = |y: &f64| 1.0 - activation.slope_at(weight * y + bias) * weight;
                if !roots.is_empty() && roots.iter().all(|y| decay(y).abs() > 0.05) {
                    return (weight, bias, roots);
                }
            };
            let units = [of_unit(&mut rng), of_unit(&mut rng)];
            let w_rec = Array2::from_diag(&Array1::from_iter(units.iter().map(|unit| unit.0)));
            let bias = units.iter().map(|unit| unit.1).collect();
            let network = network(w_rec, bias, curve, slope, Form::Rate);
            let found = at_rest(&network, seed);
            let planted = units[0].2.iter().flat_map(|&a| units[1].2.iter().map(move |&b| [a, b]));
            for planted in planted {
                n_planted += 1;
                n_missing += usize::from(!holds(&found, &Array1::from_vec(planted.to_vec())));
            }
            for point in &found.points {
                // None but these, unless beyond the grid; each certified, as none is near another or a kink.
                let known = |unit: usize| {
                    let y = point.root.state[unit];
                    y.abs() > 39.0
                        || units[unit].2.iter().any(|root| (root - y).abs() < 1e-9 * (1.0 + y.abs()))
                };
                assert!(known(0) && known(1), "{activation:?}: {:?} of {units:?}", point.root.state);
                assert!(point.root.is_certified(), "{activation:?}: {:?}", point.root);
                let unstable = (0..2)
                    .filter(|&unit| {
                        let (weight, bias, _) = units[unit];
                        activation.slope_at(weight * point.root.state[unit] + bias) * weight > 1.0
                    })
                    .count();
                assert_eq!(
                    point.linearization.n_unstable, unstable,
                    "{activation:?}: {:?}",
                    point.root.state
                );
            }
        }
    }
    assert!(n_planted > 120, "{n_planted}");
    assert!(n_missing * 100 <= n_planted, "{n_missing} of {n_planted} are missing");
}

/// All roots of a network of straight pieces: every combination of pieces, solved by elimination.
fn of_all_patterns(network: &Network) -> Vec<Array1<f64>> {
    let n = network.n_units();
    let f = network.activation;
    let n_pieces = f.curve.kinks().len() + 1;
    let mut roots = Vec::new();
    for code in 0..n_pieces.pow(n as u32) {
        let places: Vec<usize> = (0..n).map(|unit| code / n_pieces.pow(unit as u32) % n_pieces).collect();
        let pieces: Vec<_> = places.iter().map(|&place| f.piece(place).expect("a piece")).collect();
        // y = D (W y + b) + o
        let mut rows: Vec<Vec<f64>> = (0..n)
            .map(|i| {
                let weights =
                    (0..n).map(|j| f64::from(u8::from(i == j)) - pieces[i].slope * network.w_rec[[i, j]]);
                weights.chain([pieces[i].slope * network.bias[i] + pieces[i].offset]).collect()
            })
            .collect();
        for k in 0..n {
            let pivot = (k..n).max_by(|&a, &b| rows[a][k].abs().total_cmp(&rows[b][k].abs())).expect("a row");
            rows.swap(k, pivot);
            for i in (0..n).filter(|&i| i != k) {
                let share = rows[i][k] / rows[k][k];
                let source = rows[k].clone();
                rows[i].iter_mut().zip(source).for_each(|(entry, from)| *entry -= share * from);
            }
        }
        let y = Array1::from_iter((0..n).map(|k| rows[k][n] / rows[k][k]));
        let x = network.w_rec.dot(&y) + &network.bias;
        if (0..n).all(|unit| f.piece_at(x[unit]) == places[unit]) {
            roots.push(y);
        }
    }
    roots
}

#[test]
fn networks_of_straight_pieces_have_every_root_of_every_pattern() {
    let (mut n_planted, mut n_missing) = (0, 0);
    for curve in new_curves().into_iter().filter(|curve| curve.is_piecewise_linear()) {
        for seed in 0..40 {
            for form in [Form::Rate, Form::Potential] {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                let n = 2 + seed as usize % 4;
                let w_rec = normal(&mut rng, (n, n)) * 1.5;
                let bias = normal(&mut rng, (1, n)).row(0).to_vec();
                let network = network(w_rec, bias, curve, 1.0, form);
                let expected = of_all_patterns(&network);
                let found = at_rest(&network, seed);
                for y in &expected {
                    let state = match form {
                        Form::Rate => y.clone(),
                        Form::Potential => network.w_rec.dot(y) + &network.bias,
                    };
                    n_planted += 1;
                    n_missing += usize::from(!holds(&found, &state));
                }
                assert!(found.points.len() <= expected.len(), "{curve:?} {seed} {form:?}: {found:?}");
                for point in &found.points {
                    assert!(point.root.is_certified(), "{curve:?} {seed} {form:?}: {:?}", point.root);
                }
            }
        }
    }
    assert!(n_planted > 300, "{n_planted}");
    assert!(n_missing * 200 <= n_planted, "{n_missing} of {n_planted} are missing");
}

#[test]
fn a_planted_root_is_found_and_certified_in_networks_of_up_to_forty_units() {
    let (mut n_planted, mut missing) = (0, Vec::new());
    for seed in 0..12 {
        for curve in new_curves() {
            for form in [Form::Rate, Form::Potential] {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                let n = 2 + (seed as usize * 7) % 40;
                let w_rec = normal(&mut rng, (n, n)) * (0.6 / (n as f64).sqrt());
                let mut network = network(w_rec, vec![0.0; n], curve, 1.0, form);
                let h: Array1<f64> = (0..n).map(|_| 0.8 * rng.sample::<f64, _>(StandardNormal)).collect();
                let rates = h.mapv(|x| network.activation.rate(x));
                network.bias = &h - &network.w_rec.dot(&rates);
                let planted = if form == Form::Rate { rates } else { h };
                let found = at_rest(&network, seed);
                n_planted += 1;
                let root = found.points.iter().find(|point| gap(&point.root.state, &planted) < 1e-9);
                if root.is_none() {
                    missing.push((curve, n));
                }
                if let Some(root) = root {
                    let proof = root.root.certificate;
                    assert!(proof.is_some(), "{curve:?} {form:?} {seed}: {:?}", root.root);
                    // The planted one is the root up to the rounding of its bias.
                    let radius = proof.map_or(0.0, |proof| proof.radius);
                    assert!(gap(&root.root.state, &planted) <= radius + 1e-12, "{curve:?} {form:?} {seed}");
                }
            }
        }
    }
    // A planted root of a power law is often far from where the flow leads, beyond a saddle: few starts descend to it.
    let (of_powers, others): (Vec<_>, Vec<_>) =
        missing.into_iter().partition(|(curve, _)| curve.family() == Family::Power);
    assert!(others.len() * 100 <= n_planted, "{others:?} of {n_planted} are missing");
    assert!(of_powers.len() * 20 <= n_planted, "{of_powers:?} of {n_planted} are missing");
}

#[test]
fn two_roots_that_meet_at_a_kink_are_certified_only_where_they_are() {
    // y = leaky(2 y + b) has −b and 0.1 b / 0.8 for b < 0, the same 0 for b = 0, none for b > 0.
    let leaky = Family::LeakyRelu.curve();
    for exponent in 1..=18 {
        for side in [-1.0, 1.0] {
            let bias = side * 10.0_f64.powi(-exponent);
            let found =
                at_rest(&network(Array2::from_elem((1, 1), 2.0), vec![bias], leaky, 1.0, Form::Rate), 5);
            let certified: Vec<&FixedPoint> =
                found.points.iter().filter(|point| point.root.is_certified()).collect();
            if bias > 0.0 {
                assert!(certified.is_empty(), "{bias}: {found:?}");
            } else if exponent <= 12 {
                assert_eq!(certified.len(), 2, "{bias}: {found:?}");
            }
            for point in certified {
                let (y, proof) = (point.root.state[0], point.root.certificate.expect("certified"));
                let of = |root: f64| (y - root).abs();
                let gaps = [of(-bias), of(0.1 * bias / 0.8)];
                assert_eq!(gaps.iter().filter(|gap| **gap <= proof.radius).count(), 1, "{bias}: {proof:?}");
                assert_eq!(
                    gaps.iter().filter(|gap| **gap < proof.unique_radius).count(),
                    1,
                    "{bias}: {proof:?}"
                );
            }
        }
    }
    // Where they meet, nothing is certified, and both sides of the kink have their say.
    let found = at_rest(&without_bias(Array2::from_elem((1, 1), 2.0), leaky), 1);
    assert_eq!(found.points.len(), 1, "{found:?}");
    let point = &found.points[0];
    assert_eq!((point.root.boundary_units.as_slice(), point.root.is_certified()), (&[0][..], false));
    assert_eq!(point.linearization.flow, Stability::Marginal); // −0.8 below, 1 above
    assert_eq!(point.root.degeneracy.and_then(|near| near.index), Some(0));
    // One root at a kink, where the proof holds whichever slope the unit has: 1 − 0.05 or 1 − 0.5.
    let found = at_rest(&without_bias(Array2::from_elem((1, 1), 0.5), leaky), 1);
    assert_eq!(found.points.len(), 1, "{found:?}");
    let point = &found.points[0];
    assert!(point.root.is_certified() && point.root.state[0] == 0.0, "{found:?}");
    assert_eq!(point.linearization.flow, Stability::Stable);
}

#[test]
fn indices_add_up_to_one_where_rates_are_bounded_alone() {
    let of = |curve: Curve| at_rest(&without_bias(2.0 * Array2::<f64>::eye(2), curve), 3).completeness;
    let bounded = of(Curve::HardTanh);
    assert_eq!((bounded.index_sum, bounded.expected_index_sum), (Some(1), Some(1)));
    // y = softplus(0.5 y) has one root of index 1 per unit; y = y²/4 has 0 and 4, of indices 1 and −1.
    let power = network(Array2::from_elem((1, 1), 0.5), vec![0.0], Family::Power.curve(), 1.0, Form::Rate);
    let found = at_rest(&power, 1);
    let mut roots: Vec<(f64, i8)> =
        found.points.iter().map(|point| (point.root.state[0], point.root.index)).collect();
    roots.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert_eq!(roots.len(), 2, "{found:?}");
    assert!(roots[0].0.abs() < 1e-12 && (roots[1].0 - 4.0).abs() < 1e-12, "{roots:?}");
    assert_eq!((roots[0].1, roots[1].1), (1, -1));
    assert_eq!((found.completeness.index_sum, found.completeness.expected_index_sum), (Some(0), Some(0)));
}
