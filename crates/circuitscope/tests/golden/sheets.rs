//! Sheets of fixed points of the networks of `golden/`: what branches say against what the reference found.

use crate::reference::{analyses, matrix, network, vector};
use circuitscope::dynamics::continuation::Pace;
use circuitscope::dynamics::fixed_points::{FixedPointRoot, Search, along_trials, roots};
use circuitscope::dynamics::run;
use circuitscope::dynamics::sheets::{RootAt, sheets};

const SEED: u64 = 20_262;

#[test]
fn every_root_of_a_grid_is_on_a_branch_and_branches_meet_no_other_roots() {
    for (task, reference) in analyses() {
        let inputs = matrix(&reference["fixed_point_inputs"]);
        let lines = task.middle_lines();
        let trials = task.analysis_trials();
        for (name, by_input) in reference["fixed_points"].as_object().expect("roots by network") {
            let network = network(name);
            let states = run::states(&network, trials.inputs.view()).expect("runs");
            let starts = along_trials(states.view(), 10);
            let found = roots(&network, inputs.view(), starts.view(), &Search::STANDARD, SEED).expect("fits");
            let found: Vec<Vec<FixedPointRoot>> = found.into_iter().map(|found| found.points).collect();
            let all = sheets(&network, inputs.view(), &lines, &found, &Pace::STANDARD, &|| ()).expect("fits");
            assert_eq!(all.n_unfollowed, 0, "{name}");
            for (number, line) in lines.iter().enumerate() {
                let of_line = || all.branches.iter().filter(|found| found.line == number);
                for &input in &line.inputs {
                    for root in 0..all.roots[input].len() {
                        let at = RootAt { input, root };
                        let n =
                            of_line().filter(|found| found.from == at || found.passed.contains(&at)).count();
                        assert_eq!(n, 1, "{name}: {at:?} of line {number} is on one branch");
                    }
                    // What the reference knows is on a branch as well.
                    for root in by_input[input].as_array().expect("roots") {
                        let y = vector(&root["y"]);
                        let is_there = |own: &FixedPointRoot| (&own.state - &y).mapv(f64::abs).sum() < 1e-5;
                        assert!(all.roots[input].iter().any(is_there), "{name}: input {input}");
                    }
                }
            }
            println!(
                "{name}: {} roots, {} added, {} branches ({} broken), {} sheets",
                all.roots.iter().map(Vec::len).sum::<usize>(),
                all.n_added.iter().sum::<usize>(),
                all.branches.len(),
                all.n_broken(),
                all.n_sheets
            );
        }
    }
}
