//! Sheets of fixed points of the networks of `golden/`: what branches say against what the reference found.

use crate::reference::{analyses, folder, matrix, network, vector};
use circuitscope::Curve;
use circuitscope::dynamics::branch_grid::{BranchGrid, RootAt, branch_grid};
use circuitscope::dynamics::continuation::{Event, Pace};
use circuitscope::dynamics::fixed_points::{FixedPointRoot, Search, along_trials, roots};
use circuitscope::dynamics::run;
use circuitscope::task::{InputGrid, Task};

const SEED: u64 = 20_262;

#[test]
fn every_root_of_a_grid_is_on_a_branch_and_branches_meet_no_other_roots() {
    for (task, reference) in analyses() {
        let inputs = matrix(&reference["fixed_point_inputs"]);
        let lines = &task.constant_inputs().middle_lines;
        let trials = task.analysis_trials();
        for (name, by_input) in reference["fixed_points"].as_object().expect("roots by network") {
            let network = network(name);
            let states = run::states(&network, trials.inputs.view()).expect("runs");
            let starts = along_trials(states.view(), 10);
            let found = roots(&network, inputs.view(), starts.view(), &Search::STANDARD, SEED).expect("fits");
            let found: Vec<Vec<FixedPointRoot>> = found.into_iter().map(|found| found.points).collect();
            let all =
                branch_grid(&network, inputs.view(), lines, &found, &Pace::STANDARD, &|| ()).expect("fits");
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
            assert_eq!(all.n_broken(), 0, "{name}");
        }
    }
}

/// Folds by line: position, in rising order.
fn folds(all: &BranchGrid, n_lines: usize) -> Vec<Vec<f64>> {
    let of_line = |line: usize| {
        let branches = all.branches.iter().filter(|found| found.line == line);
        let events = branches.flat_map(|found| &found.branch.events);
        let mut at: Vec<f64> =
            events.filter(|event| event.event == Event::Fold).map(|event| event.at.position).collect();
        at.sort_by(f64::total_cmp);
        at
    };
    (0..n_lines).map(of_line).collect()
}

#[test]
fn a_quarter_of_the_step_changes_no_sheet_and_moves_no_fold() {
    let mut n_folds = 0;
    let files = std::fs::read_dir(folder("networks")).expect("golden/networks opens");
    let mut names: Vec<String> =
        files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    for name in names {
        let task = Task::NAMES.into_iter().find(|task| name.starts_with(task)).expect("a task");
        let task = Task::published(task).expect("a task");
        let network = network(&name);
        if network.activation.curve == Curve::Relu {
            continue; // its pieces have no step
        }
        let InputGrid { inputs, middle_lines: lines, .. } = task.constant_inputs();
        let states = run::states(&network, task.analysis_trials().inputs.view()).expect("runs");
        let starts = along_trials(states.view(), 10);
        let found = roots(&network, inputs.view(), starts.view(), &Search::STANDARD, SEED).expect("fits");
        let found: Vec<Vec<FixedPointRoot>> = found.into_iter().map(|found| found.points).collect();
        let with = |max_step: f64| {
            let pace = Pace { max_step, ..Pace::STANDARD };
            branch_grid(&network, inputs.view(), lines, &found, &pace, &|| ()).expect("fits")
        };
        let [long, short] = [Pace::STANDARD.max_step, 0.25 * Pace::STANDARD.max_step].map(with);
        assert_eq!((&long.sheets, &long.n_added), (&short.sheets, &short.n_added), "{name}");
        let (long, short) = (folds(&long, lines.len()), folds(&short, lines.len()));
        for (a, b) in long.iter().zip(&short) {
            n_folds += a.len();
            assert_eq!(a.len(), b.len(), "{name}: {a:?} {b:?}");
            // A fold is bisected to 1e-12 along the branch.
            assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9), "{name}: {a:?} {b:?}");
        }
    }
    assert!(n_folds > 0, "no network folds: the test shows nothing");
}
