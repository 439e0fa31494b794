//! Fixed points against those that an independent search found (`golden/analysis`, see `golden/README.md`).

use crate::reference::{analyses, matrix, network, vector};
use circuitscope::dynamics::fixed_points::{
    FixedPoints, LARGEST_SPEED, Search, along_trials, fixed_points, roots,
};
use circuitscope::dynamics::flow::Flow;
use circuitscope::dynamics::run;
use circuitscope::dynamics::stability::Stability;
use circuitscope::network::Network;
use ndarray::{Array1, Array2};
use serde_json::Value;

const SEED: u64 = 20_261;
/// The reference ends at ‖rhs‖ < 1e-9; roots near a fold are that much less certain there.
const SAME: f64 = 1e-6;

/// One network of the reference with its inputs, its roots there, and states along trials.
struct Case {
    name: String,
    network: Network,
    inputs: Array2<f64>,
    starts: Array2<f64>,
    /// By input: state and largest real part.
    expected: Vec<Vec<(Array1<f64>, f64)>>,
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (task, reference) in analyses() {
        let inputs = matrix(&reference["fixed_point_inputs"]);
        let trials = task.analysis_trials();
        for (name, by_input) in reference["fixed_points"].as_object().expect("roots by network") {
            let network = network(name);
            let states = run::states(&network, trials.inputs.view()).expect("runs");
            let roots = |roots: &Value| {
                let entries = roots.as_array().expect("a list of roots");
                entries
                    .iter()
                    .map(|root| (vector(&root["y"]), root["max_re"].as_f64().expect("a number")))
                    .collect()
            };
            cases.push(Case {
                name: name.clone(),
                starts: along_trials(states.view(), 10),
                inputs: inputs.clone(),
                expected: by_input.as_array().expect("a list of inputs").iter().map(roots).collect(),
                network,
            });
        }
    }
    assert!(!cases.is_empty(), "the reference holds fixed points");
    cases
}

fn search(case: &Case, seed: u64) -> Vec<FixedPoints> {
    fixed_points(&case.network, case.inputs.view(), case.starts.view(), &Search::STANDARD, seed)
        .expect("a network that fits its inputs")
}

fn gap(a: &Array1<f64>, b: &Array1<f64>) -> f64 {
    (a - b).mapv(|x| x * x).sum().sqrt()
}

#[test]
fn every_reference_root_is_found_with_its_stability_and_nothing_else_is_called_a_root() {
    let mut missing = Vec::new();
    let (mut n_expected, mut n_found) = (0, 0);
    for case in cases() {
        for (i, (found, expected)) in search(&case, SEED).iter().zip(&case.expected).enumerate() {
            let flow = Flow::new(&case.network, case.inputs.row(i)).expect("fits");
            n_found += found.points.len();
            for point in &found.points {
                let speed = (2.0 * flow.speed(point.root.state.view())).sqrt();
                assert!(speed <= LARGEST_SPEED, "{} input {i}: ‖rhs‖ {speed}", case.name);
            }
            for (y, max_re) in expected {
                n_expected += 1;
                let Some(point) = found.points.iter().find(|point| gap(&point.root.state, y) < SAME) else {
                    missing.push(format!("{} input {i}: max_re {max_re}", case.name));
                    continue;
                };
                let own = point.linearization.max_re();
                assert_eq!(own > 0.0, *max_re > 0.0, "{} input {i}: {own} for {max_re}", case.name);
                assert!((own - max_re).abs() < 1e-5 * (1.0 + max_re.abs()), "{own} for {max_re}"); // roots within 1e-6
                let is_unstable = point.linearization.flow == Stability::Unstable;
                assert_eq!(
                    is_unstable,
                    *max_re > 0.0,
                    "{} input {i}: no reference root is marginal",
                    case.name
                );
            }
        }
    }
    assert!(missing.is_empty(), "{} of {n_expected} are missing:\n{}", missing.len(), missing.join("\n"));
    assert!(n_found >= n_expected, "{n_found} found, {n_expected} expected");
}

#[test]
fn every_root_is_certified_and_no_two_balls_contradict_each_other() {
    for case in cases() {
        for (i, found) in search(&case, SEED + 1).iter().enumerate() {
            for (k, point) in found.points.iter().enumerate() {
                let proof =
                    point.root.certificate.unwrap_or_else(|| panic!("{} input {i}: no proof", case.name));
                assert!(proof.radius < 1e-9, "{} input {i}: {}", case.name, proof.radius); // rounding × condition
                assert!(proof.radius < proof.unique_radius);
                for other in &found.points[..k] {
                    let apart = gap(&point.root.state, &other.root.state);
                    let twin = other.root.certificate.expect("checked before").radius;
                    assert!(apart + twin > proof.unique_radius, "{} input {i}: one root twice", case.name);
                }
            }
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let case = &cases()[0];
    let with = |n_threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().expect("a pool");
        pool.install(|| {
            roots(&case.network, case.inputs.view(), case.starts.view(), &Search::STANDARD, SEED)
                .expect("fits")
        })
    };
    assert_eq!(with(1), with(2));
}
