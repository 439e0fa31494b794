//! Branches that are known.

use circuitscope_kernel::{Activation, Curve, Family};
use ndarray::{Array1, Array2, aview1};

use super::*;
use crate::network::Form;

fn network(w_rec: Array2<f64>, curve: Curve, form: Form) -> Network {
    let n = w_rec.nrows();
    Network {
        w_rec,
        w_inp: Array2::ones((n, 1)),
        w_out: Array2::ones((1, n)),
        bias: Array1::zeros(n),
        initial_state: Array1::zeros(n),
        activation: Activation { curve, slope: 1.0 },
        form,
        dt_ms: 1.0,
        tau_ms: 10.0,
    }
}

#[test]
fn a_bistable_unit_has_one_branch_with_two_folds() {
    // y = tanh(2 y + u), u from −1 to 1: folds at y = ±√½, u = ±(2 √½ − atanh √½).
    let fold = 0.5_f64.sqrt();
    let at = 2.0 * fold - fold.atanh();
    for form in [Form::Rate, Form::Potential] {
        let network = network(Array2::from_elem((1, 1), 2.0), Curve::Tanh, form);
        let branch =
            follow(&network, [aview1(&[-1.0]), aview1(&[1.0])], 0.5, aview1(&[0.0]), &Pace::STANDARD, &[])
                .expect("0 is a fixed point");
        assert_eq!(branch.ends, [End::Left, End::Left], "{form:?}");
        let mut ends = [branch.points[0].position, branch.points[branch.points.len() - 1].position];
        ends.sort_by(f64::total_cmp);
        assert_eq!(ends, [0.0, 1.0]);
        let folds: Vec<&BranchEvent> =
            branch.events.iter().filter(|event| event.event == Event::Fold).collect();
        assert_eq!(folds.len(), 2, "{form:?}: {:?}", branch.events);
        for found in folds {
            let input = 2.0 * found.at.position - 1.0;
            assert!((input.abs() - at).abs() < 1e-9, "{form:?}: {input} for ±{at}");
            assert!(found.at.max_re.abs() < 1e-6, "an eigenvalue is zero at a fold");
        }
        for point in &branch.points {
            let y = if form == Form::Rate { point.state[0] } else { point.state[0].tanh() };
            assert_eq!(point.n_unstable, usize::from(y.abs() < fold), "{form:?}: {y}");
        }
    }
}

#[test]
fn a_fold_in_the_last_step_before_the_end_of_the_line_is_told() {
    // Of y = tanh(2 y + u) with the line ending just beyond the fold at u = 0.533: whatever the step, what turns back
    // within it has turned at a fold.
    let at = 2.0 * 0.5_f64.sqrt() - 0.5_f64.sqrt().atanh();
    let network = network(Array2::from_elem((1, 1), 2.0), Curve::Tanh, Form::Rate);
    for beyond in [1e-3, 1e-2, 0.05] {
        let ends = [-at - beyond, 0.0];
        // The upper root at the second end, found from above.
        let mut y: f64 = 1.0;
        for _ in 0..200 {
            y = (2.0 * y).tanh();
        }
        let line = [aview1(&ends[..1]), aview1(&ends[1..])];
        for first_step in [0.02, 0.1, 0.2, 0.4] {
            let pace = Pace { first_step, max_step: 0.4, ..Pace::STANDARD };
            let branch = follow(&network, line, 1.0, aview1(&[y]), &pace, &[]).expect("a fixed point");
            let folds: Vec<&BranchEvent> =
                branch.events.iter().filter(|event| event.event == Event::Fold).collect();
            assert_eq!(
                (folds.len(), branch.events.len()),
                (1, 1),
                "{beyond} {first_step}: {:?}",
                branch.events
            );
            assert!((folds[0].at.position - beyond / (at + beyond)).abs() < 1e-9);
        }
    }
}

#[test]
fn an_oscillation_begins_where_a_pair_crosses() {
    // W = g [[1, −2], [2, 1]] with y = tanh(W y) and an input that scales nothing: along the bias the slope falls, and the
    // pair −1 + f′ g (1 ± 2 i) crosses where f′ g = 1.
    let w_rec = Array2::from_shape_vec((2, 2), vec![1.3, -2.6, 2.6, 1.3]).expect("2 × 2");
    let network = network(w_rec, Curve::Tanh, Form::Rate);
    let branch =
        follow(&network, [aview1(&[0.0]), aview1(&[6.0])], 0.0, aview1(&[0.0, 0.0]), &Pace::STANDARD, &[])
            .expect("0 is a fixed point");
    assert_eq!(branch.points[0].n_unstable, 2);
    assert_eq!(branch.points[branch.points.len() - 1].n_unstable, 0);
    let hopf: Vec<&BranchEvent> = branch.events.iter().filter(|event| event.event == Event::Hopf).collect();
    assert_eq!(hopf.len(), 1, "{:?}", branch.events);
    assert!(hopf[0].at.max_re.abs() < 1e-6);
}

#[test]
fn a_relu_branch_turns_at_its_kink() {
    // y = max(0, 2 y + u): −u above 0 for u < 0 (unstable), and 0; they meet at u = 0.
    let network = network(Array2::from_elem((1, 1), 2.0), Curve::Relu, Form::Rate);
    let branch =
        follow(&network, [aview1(&[-1.0]), aview1(&[1.0])], 0.25, aview1(&[0.5]), &Pace::STANDARD, &[])
            .expect("a fixed point");
    let folds: Vec<&BranchEvent> = branch.events.iter().filter(|event| event.event == Event::Fold).collect();
    assert_eq!(folds.len(), 1, "{:?} {:?}", branch.events, branch.ends);
    assert!((folds[0].at.position - 0.5).abs() < 1e-6, "{}", folds[0].at.position);
    assert_eq!(branch.ends, [End::Left, End::Left]);
}

#[test]
fn branches_meet_the_roots_that_the_search_finds() {
    use crate::dynamics::fixed_points::{Search, roots};
    use rand::{RngExt, SeedableRng};
    for seed in 0..20 {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let n = 6;
        let w_rec = Array2::from_shape_fn((n, n), |_| rng.sample::<f64, _>(rand_distr::StandardNormal) * 0.6);
        let curves = [Family::Relu, Family::LeakyRelu, Family::HardTanh, Family::Softplus].map(Family::curve);
        let forms = [Form::Rate, Form::Potential];
        for (curve, form) in curves.into_iter().flat_map(|curve| forms.map(|form| (curve, form))) {
            let mut network = network(w_rec.clone(), curve, form);
            network.bias = Array1::from_shape_fn(n, |i| 0.5 - 0.3 * (i as f64).sin());
            let inputs = Array2::from_shape_vec((2, 1), vec![-1.0, 1.0]).expect("two inputs");
            let starts = Array2::zeros((0, n));
            let found = roots(&network, inputs.view(), starts.view(), &Search::THOROUGH, seed).expect("fits");
            for root in &found[0].points {
                let ends = [inputs.row(0), inputs.row(1)];
                let branch =
                    follow(&network, ends, 0.0, root.state.view(), &Pace::STANDARD, &[]).expect("a root");
                let Some(last) = branch.points.last() else { continue };
                if branch.ends[1] != End::Left {
                    continue;
                }
                let at = &found[usize::from(last.position == 1.0)];
                let gap = |other: &Array1<f64>| (&last.state - other).mapv(f64::abs).sum();
                assert!(
                    at.points.iter().any(|other| gap(&other.state) < 1e-8),
                    "seed {seed} {curve:?} {form:?}"
                );
            }
        }
    }
}

#[test]
fn a_hard_tanh_unit_turns_at_both_its_kinks() {
    // y = clamp(2 y + u): the middle root −u meets the lower one, −1, at u = 1 and the upper one at u = −1.
    for form in [Form::Rate, Form::Potential] {
        let network = network(Array2::from_elem((1, 1), 2.0), Curve::HardTanh, form);
        let ends = [aview1(&[-2.0]), aview1(&[2.0])];
        let branch =
            follow(&network, ends, 0.5, aview1(&[0.0]), &Pace::STANDARD, &[0.5]).expect("0 is a fixed point");
        assert_eq!(branch.ends, [End::Left, End::Left], "{form:?}");
        let mut folds: Vec<f64> = branch.events.iter().map(|event| event.at.position).collect();
        folds.sort_by(f64::total_cmp);
        assert!(
            branch.events.iter().all(|event| event.event == Event::Fold),
            "{form:?}: {:?}",
            branch.events
        );
        assert_eq!(folds.len(), 2, "{form:?}");
        assert!((folds[0] - 0.25).abs() < 1e-12 && (folds[1] - 0.75).abs() < 1e-12, "{form:?}: {folds:?}");
        // At u = 0 all three roots are on it, in order.
        let mut rates: Vec<f64> =
            branch.passes.iter().map(|pass| network.activation.rate(pass.state[0])).collect();
        rates.sort_by(f64::total_cmp);
        assert_eq!(rates, [-1.0, 0.0, 1.0], "{form:?}");
        let in_pieces = branch.points.iter().skip(1).step_by(2);
        let unstable: Vec<usize> = in_pieces.map(|point| point.n_unstable).collect();
        assert_eq!(unstable, [0, 1, 0], "{form:?}");
    }
}

#[test]
fn a_leaky_branch_bends_at_its_kink_and_goes_on() {
    // y = leaky(0.5 y + u) is u / (1 − 0.5) above zero and 0.1 u / (1 − 0.05) below.
    let network = network(Array2::from_elem((1, 1), 0.5), Family::LeakyRelu.curve(), Form::Rate);
    let ends = [aview1(&[-1.0]), aview1(&[1.0])];
    let branch =
        follow(&network, ends, 0.75, aview1(&[1.0]), &Pace::STANDARD, &[0.0, 1.0]).expect("a fixed point");
    assert_eq!((branch.ends, branch.events.len()), ([End::Left, End::Left], 0));
    let mut states: Vec<f64> = branch.passes.iter().map(|pass| pass.state[0]).collect();
    states.sort_by(f64::total_cmp);
    assert!((states[0] + 0.1 / 0.95).abs() < 1e-14 && (states[1] - 2.0).abs() < 1e-14, "{states:?}");
    assert_eq!(branch.points.len(), 5); // the begin and the middle of two pieces, and the last end
}

#[test]
fn what_cannot_be_followed_is_named() {
    let network = network(Array2::from_elem((1, 1), 2.0), Curve::Tanh, Form::Rate);
    let ends = [aview1(&[-1.0]), aview1(&[1.0])];
    let error = follow(&network, ends, 0.5, aview1(&[0.3]), &Pace::STANDARD, &[]).expect_err("not at rest");
    assert!(matches!(error, DynamicsError::NotAtRest { .. }));
    let error =
        follow(&network, [ends[0], ends[0]], 0.5, aview1(&[0.0]), &Pace::STANDARD, &[]).expect_err("no line");
    assert_eq!(error, DynamicsError::SameEnds);
}
