//! Configurations of fixed points on the networks of `golden/`: inputs, features and the search for registrations.

use crate::reference::{analyses, matrix, names, network};
use circuitscope::analysis::components::Features;
use circuitscope::analysis::distance::upper_pairs;
use circuitscope::analysis::fixed_point_configuration::{
    N_COMPONENTS, configuration, fixed_points_on_task, rates_at_fixed_points, register_both,
    register_from_random_starts,
};
use circuitscope::dynamics::run;
use circuitscope::task::Task;
use serde_json::Value;

const SEED: u64 = 20_262;

/// Every network that the reference lists for a task, with its configuration.
fn configurations(task: &Task, reference: &Value) -> Vec<(String, Features)> {
    let of_network = |name: String| {
        let network = network(&name);
        let states = run::states(&network, task.analysis_trials().inputs.view()).expect("runs");
        let found = fixed_points_on_task(&network, task, states.view(), SEED);
        let at_rest = rates_at_fixed_points(&network, &found.expect("fits"));
        let features = configuration(&at_rest).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, features)
    };
    names(&reference["networks"]).into_iter().map(of_network).collect()
}

#[test]
fn golden_inputs_are_reproduced_exactly_and_in_order() {
    for (task, reference) in analyses() {
        assert_eq!(
            task.constant_inputs().inputs,
            matrix(&reference["fixed_point_inputs"]),
            "{}",
            task.name()
        );
    }
}

#[test]
fn every_golden_network_has_a_configuration_of_unit_radius() {
    for (task, reference) in analyses() {
        for (name, features) in configurations(&task, &reference) {
            assert_eq!(features.points.dim(), (features.groups.len(), N_COMPONENTS), "{name}");
            let mean_square =
                features.points.iter().map(|x| x * x).sum::<f64>() / features.groups.len() as f64;
            assert!((mean_square - 1.0).abs() < 1e-12, "{name}: {mean_square}");
            assert!(features.explained.sum() > 0.8, "{name}: {}", features.explained);
        }
    }
}

#[test]
fn no_golden_registration_is_above_the_best_of_60_fresh_random_starts() {
    let mut faults = Vec::new();
    for (task, reference) in analyses() {
        let networks = configurations(&task, &reference);
        for (i, j) in upper_pairs(networks.len()) {
            let [(first, a), (second, b)] = [i, j].map(|place| &networks[place]);
            // The search must not owe its minima to one seed.
            for seed in [SEED, 0, 1, 2, 3] {
                let [there, back] = register_both(a, b, seed);
                for (found, moving, fixed) in [(there, a, b), (back, b, a)] {
                    let random = register_from_random_starts(moving, fixed, 60, seed + 1000);
                    let ratio = found.mean_square() / random.mean_square();
                    // Two descents to one minimum agree to rounding.
                    if ratio > 1.0 + 1e-9 {
                        faults.push(format!("{first} {second}, seed {seed}: {ratio}"));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
