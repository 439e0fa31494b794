use super::*;
use crate::analysis::behaviour::surface::{ContextSurface, Range, Surface, wide_coherences};
use crate::analysis::statistics::Bootstrap;
use ndarray::{Array2, Array3, array};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

mod choices;
mod rest;
mod sheets;
mod units;

const COHERENCES: [f64; 3] = [-1.0, 0.0, 1.0];

/// Two contexts by three motion and three colour coherences.
fn conditions() -> Array2<f64> {
    Array2::from_shape_fn((18, 3), |(trial, column)| match column {
        0 => (trial / 9) as f64,
        1 => COHERENCES[trial / 3 % 3],
        _ => COHERENCES[trial % 3],
    })
}

/// Thirty steps along which each trial goes to a place that its condition decides.
fn trajectories(place: impl Fn(f64, f64, f64) -> [f64; 3], pace: impl Fn(f64) -> f64) -> Array2<f64> {
    let conditions = conditions();
    Array2::from_shape_fn((30 * 18, 3), |(row, d)| {
        let c = conditions.row(row % 18);
        let (relevant, irrelevant) = if c[0] == 0.0 { (c[1], c[2]) } else { (c[2], c[1]) };
        place(c[0], relevant, irrelevant)[d] * pace((row / 18) as f64 / 29.0)
    })
}

#[test]
fn contexts_that_mirror_each_other_are_exchanged_without_a_residual() {
    let butterfly = trajectories(|context, r, i| [2.0 * context - 1.0, r, 0.3 * i], |t| t);
    let residual = exchange_residual(butterfly.view(), conditions().view()).expect("counterparts");
    assert!(residual < 1e-12, "{residual}");
    // One context is a sheet, the other a line.
    let sheets = trajectories(|context, r, i| [2.0 * context - 1.0, r, context * i], |t| t);
    assert!(exchange_residual(sheets.view(), conditions().view()).expect("counterparts") > 0.3);
}

#[test]
fn wings_that_mirror_each_other_leave_nothing_whatever_the_contexts_do() {
    // A context moves its trials together, along a curve of its own, and turns them.
    let moving = |length: f64| {
        trajectories(
            |context, r, i| {
                let wing = if context > 0.5 { length } else { 1.0 };
                [
                    wing * r + 7.0 * context,
                    if context > 0.5 { wing * 0.3 * i } else { -0.3 * i },
                    4.0 * context,
                ]
            },
            |t| t,
        )
    };
    let residual = |points: &Array2<f64>| wing_residual(points.view(), conditions().view());
    assert!(residual(&moving(1.0)).expect("wings") < 1e-12);
    // What is left of the lengths 1 and l is 1 − l for either context, over the root of their squares.
    let expected = 2.0_f64.sqrt() * 0.6 / 1.16_f64.sqrt();
    assert!((residual(&moving(0.4)).expect("wings") - expected).abs() < 1e-12);
    // What all trials of a context do together, at whatever time, changes nothing.
    let mut pulled = moving(0.4);
    for (row, mut state) in pulled.outer_iter_mut().enumerate() {
        let context = conditions()[[row % 18, 0]];
        state += &array![(row / 18) as f64 * context, 30.0 * context, -1.0];
    }
    assert!((residual(&pulled).expect("wings") - expected).abs() < 1e-9); // rounding of states of length 60
    let residual_of_all =
        |points: &Array2<f64>| exchange_residual(points.view(), conditions().view()).expect("counterparts");
    assert!((residual_of_all(&pulled) - residual_of_all(&moving(0.4))).abs() > 0.05);
    assert_eq!(residual(&trajectories(|context, _, _| [context, 0.0, 0.0], |t| t)), None);
}

#[test]
fn contexts_that_part_at_once_are_told_from_those_that_part_late() {
    let place = |context, r, _| [context, r, 0.0];
    let at_once = trajectories(place, |t| if t > 0.0 { 1.0 } else { 0.0 });
    let late = trajectories(place, |t| t.powi(4));
    let ratio = |points: &Array2<f64>| {
        early_divergence(points.view(), conditions().view(), EARLY_STEP).expect("steps")
    };
    assert!((ratio(&at_once) - 1.0).abs() < 1e-12);
    assert!((ratio(&late) - (20.0_f64 / 29.0).powi(4)).abs() < 1e-12);
    assert_eq!(early_divergence(late.view(), conditions().view(), 30), None);
}

#[test]
fn sheets_across_the_context_axis_have_no_variance_along_it() {
    let across = trajectories(|context, r, i| [context, r, i], |_| 1.0);
    assert!(context_axis_share(across.view(), conditions().view()).expect("contexts") < 1e-12);
    let along = trajectories(|context, r, _| [context + r, 0.0, 0.0], |_| 1.0);
    assert!((context_axis_share(along.view(), conditions().view()).expect("contexts") - 1.0).abs() < 1e-12);
}

fn normals(n: usize, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..n).map(|_| rng.sample(StandardNormal)).collect()
}

#[test]
fn a_cross_is_told_from_a_round_cloud_however_it_is_turned() {
    let cross = |turn: f64| {
        Array2::from_shape_fn((200, 2), |(unit, d)| {
            let angle = turn + std::f64::consts::FRAC_PI_2 * (unit % 4) as f64;
            (unit as f64 / 200.0) * if d == 0 { angle.cos() } else { angle.sin() }
        })
    };
    for turn in [0.0, 0.4, 0.7] {
        for near in [0.25, NEAR_CENTRE, 0.75] {
            // Units nearer than this share of 1/√3, the root mean square of the radii, count as central: 0.29 of them for
            // a half, and one more or less on each arm.
            let share = arm_concentration(cross(turn).view(), near).expect("units");
            assert!((share - (1.0 - near / 3.0_f64.sqrt())).abs() < 0.02, "{near}: {share}");
        }
        // Radii from 0 to 1 in even steps.
        assert!(evenness_of_radii(cross(turn).view()).expect("units") > 0.98);
    }
    let cloud = Array2::from_shape_vec((2000, 2), normals(4000, 1)).expect("shape");
    assert!(arm_concentration(cloud.view(), NEAR_CENTRE).expect("units") < 0.1);
    assert!(evenness_of_radii(cloud.view()).expect("units") < 0.75);
    // A line has two arms, each evenly populated: half the entropy of four.
    let line =
        Array2::from_shape_fn((200, 2), |(unit, d)| if d == 0 { (unit as f64 - 99.5) / 99.5 } else { 0.0 });
    let share = arm_concentration(line.view(), NEAR_CENTRE).expect("units");
    assert!((share - 0.5 * (1.0 - 0.5 / 3.0_f64.sqrt())).abs() < 0.02, "{share}");
    // A central cluster with a few far units has no arms to speak of.
    let few_far = Array2::from_shape_fn((100, 2), |(unit, d)| {
        if unit < 3 { [[9.0, 0.0], [0.0, 9.0], [-9.0, 0.0]][unit][d] } else { cloud[[unit, d]] }
    });
    assert!(arm_concentration(few_far.view(), NEAR_CENTRE).expect("units") < 0.1);
}

#[test]
fn a_cluster_with_far_units_has_heavy_tails() {
    let mut values = normals(400, 2);
    let cloud = Array2::from_shape_vec((200, 2), values.clone()).expect("shape");
    values[0] = 40.0;
    let far = Array2::from_shape_vec((200, 2), values).expect("shape");
    assert!(kurtosis_of_radii(cloud.view()).expect("units") < 1.0);
    assert!(kurtosis_of_radii(far.view()).expect("units") > 50.0);
    assert!(largest_radius(far.view()).expect("units") > 20.0);
    // The radii of normal pairs have the median √(2 ln 2), and 200 of them a largest near √(2 ln 200).
    assert!((largest_radius(cloud.view()).expect("units") - 2.76).abs() < 0.6);
}

#[test]
fn contexts_and_coherences_of_fixed_points_are_measured_as_planted() {
    let conditions = conditions();
    let contexts: Vec<usize> = conditions.column(0).iter().map(|&c| c as usize).collect();
    let coherences: Vec<[f64; 2]> =
        conditions.outer_iter().map(|c| if c[0] == 0.0 { [c[1], c[2]] } else { [c[2], c[1]] }).collect();
    let points = Array2::from_shape_fn((18, 3), |(row, d)| {
        [10.0 * contexts[row] as f64, coherences[row][0], 0.5 * coherences[row][1]][d]
    });
    let share = irrelevant_share(points.view(), &contexts, &coherences).expect("points");
    assert!((share - 0.25).abs() < 1e-12, "{share}");
    assert!(context_separation(points.view(), &contexts).expect("points") > 0.7);
    let mixed: Vec<usize> = (0..18).map(|row| row % 2).collect();
    assert!(context_separation(points.view(), &mixed).expect("points") < 0.1);
}

#[test]
fn endpoints_on_fixed_points_have_no_gap() {
    let ends = [[0.0, 0.0, 0.0], [2.0, 0.0, 0.0]];
    assert_eq!(endpoint_gap(&ends, &ends), Some(0.0));
    assert_eq!(endpoint_gap(&ends, &[[0.0, 1.0, 0.0], [2.0, 1.0, 0.0]]), Some(1.0));
    assert_eq!(endpoint_gap(&ends, &[]), None);
}

/// Rates `[4, 12, 18]`: two units that hold relevant and irrelevant coherence, two that hold nothing of them.
fn rates_at_decision() -> Array3<f64> {
    let conditions = conditions();
    Array3::from_shape_fn((4, 12, 18), |(unit, step, trial)| {
        let c = conditions.row(trial);
        let (relevant, irrelevant) = if c[0] == 0.0 { (c[1], c[2]) } else { (c[2], c[1]) };
        // Up to step 10 the irrelevant coherence is held as strongly as the other.
        let irrelevant = irrelevant * if step < 10 { 1.0 } else { 0.5 };
        [relevant, irrelevant, c[0], 0.5][unit]
    })
}

#[test]
fn information_at_the_decision_is_told_by_window() {
    let (rates, conditions) = (rates_at_decision(), conditions());
    let share = |steps| irrelevant_information(rates.view(), conditions.view(), steps).expect("coherences");
    assert!((share(0..10) - 1.0).abs() < 1e-12);
    assert!((share(11..12) - 0.25).abs() < 1e-12);
    let epoch = crate::task::Epoch::new(2, 12);
    let windows = [DecisionWindow::Epoch, DecisionWindow::LastTen, DecisionWindow::Last];
    assert_eq!(windows.map(|window| window.steps(epoch)), [2..12, 2..12, 11..12]);
}

#[test]
fn outputs_see_what_lies_along_their_weights_and_no_constant() {
    let rates = rates_at_decision();
    let seen = |w_out: Array2<f64>| output_alignment(w_out.view(), rates.view(), 0..10);
    // Over three levels each, both coherences vary by 2/3, the context by 1/4.
    let of_relevant = seen(array![[2.0, 0.0, 0.0, 0.0]]).expect("activity");
    let expected = (2.0_f64 / 3.0 / (4.0 / 3.0 + 0.25)).sqrt();
    assert!((of_relevant - expected).abs() < 1e-12, "{of_relevant}");
    assert_eq!(seen(array![[0.0, 0.0, 0.0, 1.0]]), Some(0.0));
    assert_eq!(seen(array![[0.0, 0.0, 0.0, 0.0]]), None);
}

#[test]
fn a_variation_looks_at_fewer_components_and_changes_nothing_else() {
    let points = trajectories(|context, r, i| [2.0 * context - 1.0, r, context * i], |t| t);
    let features =
        Features { points, explained: ndarray::Array1::from_vec(vec![0.5, 0.3, 0.2]), groups: Vec::new() };
    let (conditions, none) = (conditions(), Array2::zeros((0, 3)));
    let described = Described {
        trajectories: Some(&features),
        selectivity: None,
        fixed_points: None,
        over_trajectories: &[],
        trial_conditions: conditions.view(),
        input_conditions: none.view(),
        has_contexts: Contexts::Two { onset: 0 },
        decision: crate::task::Epoch::new(20, 30),
        at_decision: AtDecision { alignment: [Some(0.1), Some(0.2), Some(0.3)], ..AtDecision::default() },
    };
    let judged = of_network(&described);
    let under = |name: &str| {
        let variation = VARIATIONS.iter().find(|variation| variation.name == name).expect("a variation");
        variation.of_network(&described)
    };
    // The sheet of one context lies along the third component: without it the contexts mirror each other.
    assert!(judged[&Measure::ExchangeResidual] > 0.3);
    assert!(under("2 components")[&Measure::ExchangeResidual] < 1e-12);
    assert_eq!(under("5 components")[&Measure::ExchangeResidual], judged[&Measure::ExchangeResidual]);
    let [early, judged_early] = [&under("step 10"), &judged].map(|values| values[&Measure::EarlyDivergence]);
    assert!((early - 10.0 / 29.0).abs() < 1e-12 && (judged_early - 20.0 / 29.0).abs() < 1e-12);
    // The context with a line has no sheet, and so no angle; half of the variance of the other one is across.
    assert_eq!(
        under("last step"),
        BTreeMap::from([
            (Measure::MovingContextShare, 0.0),
            (Measure::EvidenceAlongAxis, 0.0),
            (Measure::OutputAlignment, 0.3)
        ])
    );
    assert!(!judged.contains_key(&Measure::SheetAngle));
}

#[test]
fn every_measure_that_leaves_a_choice_has_another_one() {
    // Two components by what it says, all units by what it says; numbers of a fit.
    let without = [
        Measure::PlaneShare,
        Measure::EndpointOffset,
        Measure::ContextInhibition,
        Measure::LeastInhibition,
        Measure::ContextToIrrelevant,
        Measure::IrrelevantSignProduct,
        Measure::NodeSignProduct,
        Measure::StimulusSignProduct,
        Measure::IrrelevantPreactivation,
        Measure::IrrelevantGain,
        Measure::RelativeGain,
        Measure::PerturbationCorrelation,
        Measure::PerturbationIdentity,
        Measure::PerturbationIdentityOtherCircuit,
        Measure::PerturbationIdentityNoRecurrence,
        Measure::PerturbationIdentityRotated,
    ];
    for measure in Measure::ALL {
        let is_varied = VARIATIONS.iter().any(|variation| variation.changes(measure));
        assert_eq!(is_varied, !without.contains(&measure), "{measure:?}");
    }
}

#[test]
fn endpoints_and_units_are_looked_at_under_other_choices() {
    let points = trajectories(|context, r, i| [2.0 * context - 1.0, r, i], |t| t);
    // Each trial ends at a fixed point, but for the third component.
    let at_rest: Vec<[f64; 3]> =
        points.outer_iter().skip(29 * 18).map(|end| [end[0], end[1], end[2] + 3.0]).collect();
    let explained = ndarray::Array1::from_vec(vec![0.5, 0.3, 0.2]);
    let features = |points, groups| Features { points, explained: explained.clone(), groups };
    // A unit on each arm at 0.2, at 0.4, at 0.7 and at 1; the root mean square of these radii is 0.65.
    let units = Array2::from_shape_fn((16, 2), |(unit, d)| {
        let radius = [0.2, 0.4, 0.7, 1.0][unit / 4];
        [[radius, 0.0], [0.0, radius], [-radius, 0.0], [0.0, -radius]][unit % 4][d]
    });
    let [trajectories, selectivity, fixed_points] = [
        features(points, Vec::new()),
        features(units, Vec::new()),
        features(Array2::zeros((18, 3)), vec![0; 18]),
    ];
    let (conditions, none) = (conditions(), Array2::zeros((0, 3)));
    let described = Described {
        trajectories: Some(&trajectories),
        selectivity: Some(&selectivity),
        fixed_points: Some(&fixed_points),
        over_trajectories: &at_rest,
        trial_conditions: conditions.view(),
        input_conditions: none.view(),
        has_contexts: Contexts::None,
        decision: crate::task::Epoch::new(20, 30),
        at_decision: AtDecision { endpoint_offset: Some(0.5), ..AtDecision::default() },
    };
    let judged = of_network(&described);
    let under = |name: &str| {
        let variation = VARIATIONS.iter().find(|variation| variation.name == name).expect("a variation");
        variation.of_network(&described)
    };
    // The shift of 3 brings endpoints at −1, 0 and 1 to the nearest of 2, 3 and 4; they are spread by √(1 + ⅔ + ⅔).
    let expected = 2.0 / (7.0_f64 / 3.0).sqrt();
    assert!((judged[&Measure::EndpointGap] - expected).abs() < 1e-12, "{judged:?}"); // rounding
    assert_eq!(judged[&Measure::EndpointOffset], 0.5);
    assert_eq!(under("2 components")[&Measure::EndpointGap], 0.0);
    for name in ["3 components", "5 components"] {
        assert_eq!(under(name).get(&Measure::EndpointGap), None, "{name}");
    }
    let arms = [&under("units beyond 0.25 RMS"), &judged, &under("units beyond 0.75 RMS")]
        .map(|measures| measures[&Measure::ArmConcentration]);
    for (found, expected) in arms.into_iter().zip([1.0, 0.75, 0.5]) {
        assert!((found - expected).abs() < 1e-12, "{arms:?}"); // rounding
    }
    let under_another = under("units beyond 0.75 RMS");
    assert_eq!(under_another.len(), 3);
    assert_eq!(judged[&Measure::FarShare], 0.75);
    assert_eq!(under_another[&Measure::FarShare], 0.5);
    assert!((under_another[&Measure::AngularConcentration] - 1.0).abs() < 1e-12);
}

#[test]
fn the_slope_on_strong_coherences_is_that_of_the_surface_and_changes_with_what_is_strong() {
    let coherences = wide_coherences(9); // by one from −4 to 4
    // Up to 2 every other choice is right, whatever the irrelevant coherence; beyond, choices follow its sign.
    let choice = |irrelevant: f64, repeat: usize| {
        if irrelevant.abs() > 2.0 { f64::from(u8::from(irrelevant > 0.0)) } else { (repeat % 2) as f64 }
    };
    let contexts = [0, 1].map(|context| ContextSurface {
        choices: Array3::from_shape_fn((9, 9, 4), |(i, j, r)| choice(coherences[[j, i][context]], r)),
        mse: Array2::zeros((9, 9)),
    });
    let surface = Surface { coherences: coherences.clone(), contexts };
    let choices: Vec<Choices> = (0..2)
        .flat_map(|context| {
            let right = surface.contexts[context].right();
            let cell = |((i, j), &right): ((usize, usize), &f64)| Choices {
                relevant: coherences[[i, j][context]],
                irrelevant: coherences[[j, i][context]],
                right,
            };
            right.indexed_iter().map(cell).collect::<Vec<_>>()
        })
        .collect();
    let without_interval = Bootstrap { n_resamples: 0, level: 0.95, seed: 0 };
    let of_surface = surface.irrelevant_slope(Range::Beyond, without_interval).expect("levels").value;
    let judged = irrelevant_slope(&choices, STRONG).expect("levels");
    let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found} {expected}"); // rounding
    close(judged, of_surface);
    // Half a choice at 3 and at 4, over the squares of 2, 3 and 4.
    close(judged, 3.5 / 29.0);
    let under = |name: &str| {
        let variation = VARIATIONS.iter().find(|variation| variation.name == name).expect("a variation");
        variation.of_choices(&choices)
    };
    // No level lies between 1 and 1.5; the one at 2 is not beyond it.
    assert_eq!(under("coherence beyond 1.5"), BTreeMap::from([(Measure::IrrelevantSlope, judged)]));
    close(under("coherence beyond 2")[&Measure::IrrelevantSlope], 3.5 / 25.0);
    assert!(under("step 5").is_empty());
    assert_eq!(irrelevant_slope(&choices, 4.0), None);
    let wild = [(3.0, f64::NAN), (-3.0, 0.0)];
    let wild = wild.map(|(irrelevant, right)| Choices { relevant: 0.0, irrelevant, right });
    assert_eq!(irrelevant_slope(&wild, STRONG), None);
}
