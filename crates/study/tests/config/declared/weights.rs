//! Masks with weights: what each output counts at each step of each trial, against the rules of docs/tasks.md written out.

use super::parsed;
use circuitscope::trials::Trials;

/// A delay that differs between trials and is drawn besides, a grace period after it, and two outputs.
const TASK: &str = r#"name = "weighted"
duration = 60
inputs = ["cue"]
outputs = ["answer", "fixation"]
conditions = ["delay"]
[factors.delay]
values = [10, 20, 30]
[factors.more]
drawn = { uniform = [0, 5], multiple_of = 1 }
[[epochs]]
name = "wait"
duration = "delay + more"
[[epochs]]
name = "grace"
duration = 4
[[epochs]]
name = "response"
duration = 12
[[epochs]]
name = "end"
start = 50
end = 60
[[drive]]
channel = "cue"
epoch = "wait"
value = 1
[[target]]
channel = "answer"
epoch = "response"
value = 1
[[target]]
channel = "fixation"
epoch = "wait"
value = 1
[loss]
mask = [
    "wait",
    { epoch = "response", weight = 5 },
    { epoch = "response", weight = 10, outputs = ["fixation"] },
    { times = [0, 3], weight = 0 },
]
decision = "end"
"#;

/// The weight of an output at a step, if the wait lasts `wait` steps.
fn expected(output: usize, step: usize, wait: usize) -> f32 {
    if step < 3 {
        0.0
    } else if step < wait {
        1.0
    } else if (wait + 4..wait + 16).contains(&step) {
        [5.0, 10.0][output]
    } else {
        0.0
    }
}

/// How long the cue is shown on a trial.
fn wait(trials: &Trials, trial: usize) -> usize {
    (0..60).filter(|&step| trials.inputs[[0, step, trial]] == 1.0).count()
}

#[test]
fn a_mask_with_weights_counts_trial_by_trial_and_output_by_output() {
    let task = parsed(TASK);
    let sets = [
        task.scoring_trials(),
        task.analysis_trials(),
        task.training_trials(3, 1),
        task.training_trials(3, 2),
    ];
    let mut waits = Vec::new();
    for trials in &sets {
        let weights = trials.weights.as_ref().unwrap();
        for ((output, step, trial), &weight) in weights.indexed_iter() {
            let case = (output, step, trial);
            assert_eq!(weight, expected(output, step, wait(trials, trial)), "{case:?}");
        }
        let counts = |step: &usize| (0..3).any(|trial| expected(1, *step, wait(trials, trial)) > 0.0);
        assert_eq!(trials.mask, (0..60).filter(counts).collect::<Vec<_>>());
        waits.push((0..3).map(|trial| wait(trials, trial)).collect::<Vec<_>>());
    }
    assert_eq!(waits[..2], [[10, 20, 30], [10, 20, 30]]);
    assert!(waits[2] != waits[3] || waits[2] != waits[0], "nothing was drawn: {waits:?}");
    // Other weights are another training; a mask without weights is text as before.
    assert_ne!(parsed(&TASK.replace("weight = 5", "weight = 4")).training_text(), task.training_text());
}

#[test]
fn trials_with_weights_are_prolonged_and_repeated_with_them() {
    let task = parsed(TASK);
    let trials = task.analysis_trials();
    let longer = trials.prolonged(8, 5);
    for ((output, step, trial), &weight) in longer.weights.as_ref().unwrap().indexed_iter() {
        let source = if step <= 8 { step } else { step.saturating_sub(5).max(8) };
        assert_eq!(weight, trials.weights.as_ref().unwrap()[[output, source, trial]], "{step}");
    }
    assert_eq!(longer.mask, Trials::mask_of(longer.weights.as_ref().unwrap()));
    let more = trials.repeated(7);
    for ((output, step, trial), &weight) in more.weights.as_ref().unwrap().indexed_iter() {
        assert_eq!(weight, trials.weights.as_ref().unwrap()[[output, step, trial % 3]]);
    }
}
