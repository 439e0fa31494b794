use super::super::{Activation, Curve, Exponent, Family, Leak, ParameterError};

fn exponent(value: f64) -> Curve {
    Curve::Power(Exponent::new(value).expect("a multiple of a quarter"))
}

/// Every family, those with a parameter more than once, under slopes other than 1 too.
fn activations() -> Vec<Activation> {
    let mut curves: Vec<Curve> = Family::ALL.map(Family::curve).to_vec();
    curves.push(Curve::LeakyRelu(Leak::new(0.6).expect("below 1")));
    curves.extend([1.25, 1.5, 2.75, 3.0, 4.0].map(exponent));
    curves.into_iter().flat_map(|curve| [1.0, 0.4, 2.5].map(|slope| Activation { curve, slope })).collect()
}

/// Arguments over all that matters, kinks left out.
fn arguments() -> impl Iterator<Item = f64> {
    (-400..=400).map(|k| 0.025 * f64::from(k) + 0.0071)
}

#[test]
fn the_slope_is_that_of_the_rate() {
    for activation in activations() {
        for x in arguments() {
            let step = 1e-6 * (1.0 + x.abs());
            if activation.slope_change(x, step) > 0.1 * activation.slope {
                continue; // a kink lies between the two points
            }
            let difference = (activation.rate(x + step) - activation.rate(x - step)) / (2.0 * step);
            let slope = activation.slope_at(x);
            // Truncation f‴ step² and rounding over step; x⁴ has values of 1e8 here.
            let allowed = 1e-7 * (1.0 + slope.abs());
            assert!((difference - slope).abs() <= allowed, "{activation:?} at {x}: {slope} for {difference}");
        }
    }
}

#[test]
fn the_second_derivative_is_the_slope_of_the_slope() {
    for activation in activations() {
        for x in arguments().filter(|x| x.abs() > 0.02) {
            let step = 1e-6 * (1.0 + x.abs());
            let change = activation.slope_at(x + step) - activation.slope_at(x - step);
            if activation.curve.is_piecewise_linear() && change != 0.0 {
                continue; // a kink lies between the two points
            }
            let bend = activation.second_derivative(x);
            let allowed = 1e-6 * (1.0 + bend.abs() + activation.slope_at(x).abs());
            let difference = change / (2.0 * step);
            assert!((difference - bend).abs() <= allowed, "{activation:?} at {x}: {bend} for {difference}");
        }
    }
}

#[test]
fn bounds_hold_on_every_interval() {
    for activation in activations() {
        for centre in 0..60 {
            let x = 0.1 * f64::from(centre) - 3.0;
            for reach in [0.0, 1e-3, 0.1, 1.0, 5.0] {
                let curvature = activation.curvature(x, reach);
                let change = activation.slope_change(x, reach);
                let steepest = activation.steepest_near(x, reach);
                let here = activation.slope_at(x);
                for k in -100..=100 {
                    let at = x + reach * f64::from(k) / 100.0;
                    let (slope, bend) = (activation.slope_at(at), activation.second_derivative(at));
                    let case = format!("{activation:?} at {at} from {x}");
                    assert!(bend.abs() <= curvature, "{case}: curvature {bend} above {curvature}");
                    assert!((slope - here).abs() <= change, "{case}: slope {slope} from {here} by {change}");
                    assert!(slope.abs() <= steepest, "{case}: slope {slope} above {steepest}");
                    assert!(bend.abs() <= activation.largest_curvature() * (1.0 + 1e-12), "{case}");
                }
            }
        }
    }
}

#[test]
fn bounds_are_no_wider_than_a_factor_of_what_they_bound() {
    for activation in activations() {
        let s = activation.slope;
        let slopes: Vec<f64> = arguments().map(|x| activation.slope_at(x / s).abs()).collect();
        let largest = slopes.iter().copied().fold(0.0, f64::max);
        let steepest = activation.steepest();
        assert!(
            steepest.is_infinite() || steepest <= 1.001 * largest,
            "{activation:?}: {steepest}, {largest}"
        );
        // Within a straight piece the slope does not change at all.
        if activation.curve.is_piecewise_linear() {
            for x in [-2.0, -0.5, 0.5, 2.0] {
                assert_eq!(activation.slope_change(x / s, 0.4 / s), 0.0, "{activation:?} at {x}");
                assert!(
                    activation.slope_change(x / s, 1.1 / s) > 0.0 || x.abs() > 1.0,
                    "{activation:?} at {x}"
                );
            }
        }
    }
}

#[test]
fn pieces_make_the_curve() {
    for activation in activations() {
        let is_linear = activation.curve.is_piecewise_linear();
        for x in arguments() {
            let piece = activation.piece(activation.piece_at(x));
            assert_eq!(piece.is_some(), is_linear, "{activation:?}");
            if let Some(piece) = piece {
                let rate = activation.rate(x);
                let found = piece.slope * x + piece.offset;
                // One product in another order.
                assert!(
                    (found - rate).abs() <= 4.0 * f64::EPSILON * (1.0 + rate.abs()),
                    "{activation:?} at {x}"
                );
                assert_eq!(piece.slope, activation.slope_at(x), "{activation:?} at {x}");
            }
        }
        for kink in 0..activation.curve.kinks().len() {
            let [before, after] = activation.slopes_at_kink(activation.kink(kink)).expect("a kink");
            let beside = [-0.1, 0.1].map(|by| activation.slope_at(activation.kink(kink) + by));
            assert_eq!([before, after], beside, "{activation:?}");
        }
    }
}

#[test]
fn ranges_and_symmetries_are_those_of_the_rates() {
    for activation in activations() {
        let curve = activation.curve;
        let mut last = f64::NEG_INFINITY;
        let mut never_falls = true;
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for x in (-6000..=6000).map(|k| 0.01 * f64::from(k)) {
            let rate = activation.rate(x);
            assert!(
                (activation.lowest_rate()..=activation.highest_rate()).contains(&rate),
                "{activation:?} at {x}"
            );
            // Saturated rates wander within their rounding.
            never_falls &= rate >= last - 4.0 * f64::EPSILON * last.abs().min(1.0);
            last = rate;
            (low, high) = (low.min(rate), high.max(rate));
            if curve.is_odd() {
                assert_eq!(activation.rate(-x), -rate, "{activation:?} at {x}");
            }
            if curve.is_rectified() {
                assert!(rate >= 0.0 && (rate == 0.0) == (x <= 0.0), "{activation:?} at {x}");
            }
        }
        assert_eq!(never_falls, curve.is_monotone(), "{activation:?}");
        assert_eq!(activation.rate(-1.5) == -activation.rate(1.5), curve.is_odd(), "{activation:?}");
        assert_eq!(activation.rate(-1.5) == 0.0, curve.is_rectified(), "{activation:?}");
        // Bounds are reached, up to the grid of arguments.
        for (bound, reached) in [(activation.lowest_rate(), low), (activation.highest_rate(), high)] {
            assert!(
                bound.is_infinite() || (bound - reached).abs() < 1e-4,
                "{activation:?}: {bound}, {reached}"
            );
        }
        assert_eq!(activation.is_bounded(), high <= 1.0 && low >= -1.0, "{activation:?}");
    }
}

#[test]
fn parameters_have_their_range_and_order() {
    let names: Vec<&str> = Family::ALL.map(Family::name).to_vec();
    for (k, family) in Family::ALL.into_iter().enumerate() {
        assert_eq!((family.curve().family(), family as usize), (family, k));
        assert_eq!(Family::named(names[k]), Some(family));
    }
    let leaky = Family::LeakyRelu.curve();
    assert_eq!(leaky.parameter(), Some(("leak", 0.1)));
    assert_eq!(leaky.with_parameter("leak", 0.3).map(Curve::parameter), Ok(Some(("leak", 0.3))));
    for value in [0.0, 1.0, -0.1, f64::NAN, f64::INFINITY] {
        assert_eq!(leaky.with_parameter("leak", value), Err(ParameterError::Range { expected: Leak::RANGE }));
    }
    let power = Family::Power.curve();
    assert_eq!(power.parameter(), Some(("exponent", 2.0)));
    for value in [1.25, 2.5, 4.0] {
        assert_eq!(
            power.with_parameter("exponent", value).map(Curve::parameter),
            Ok(Some(("exponent", value)))
        );
    }
    for value in [1.0, 1.3, 4.25, -2.0, f64::NAN] {
        assert!(power.with_parameter("exponent", value).is_err(), "{value}");
    }
    let foreign = Curve::Tanh.with_parameter("leak", 0.3);
    assert_eq!(foreign, Err(ParameterError::Foreign { owner: Some(Family::LeakyRelu) }));
    let leaks = [0.01, 0.1, 0.5].map(|leak| leaky.with_parameter("leak", leak));
    assert!(leaks.windows(2).all(|pair| pair[0].expect("fits") < pair[1].expect("fits")));
}
