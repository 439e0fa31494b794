//! The trials of every task against the reference arrays, entry by entry.

use crate::reference::folder;
use circuitscope::task::Task;
use circuitscope::trials::Trials;
use safetensors::SafeTensors;

fn floats(tensors: &SafeTensors<'_>, name: &str) -> Vec<f32> {
    let bytes = tensors.tensor(name).expect(name).data();
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

fn integers(tensors: &SafeTensors<'_>, name: &str) -> Vec<usize> {
    let bytes = tensors.tensor(name).expect(name).data();
    bytes.chunks_exact(8).map(|b| i64::from_le_bytes(b.try_into().expect("eight bytes")) as usize).collect()
}

fn check(name: &str, trials: &Trials) {
    let path = folder("tasks").join(format!("{name}.safetensors"));
    let bytes = std::fs::read(&path).expect("golden file");
    let tensors = SafeTensors::deserialize(&bytes).expect("safetensors");
    let kept = integers(&tensors, "trial_index");
    assert_eq!(trials.n_trials(), integers(&tensors, "n_trials")[0], "{name}: number of trials");
    assert_eq!(trials.mask, integers(&tensors, "mask"), "{name}: mask");
    let of_kept = |array: &ndarray::Array3<f32>| {
        array.select(ndarray::Axis(2), &kept).iter().copied().collect::<Vec<_>>()
    };
    assert!(of_kept(&trials.inputs) == floats(&tensors, "inputs"), "{name}: inputs");
    assert!(of_kept(&trials.targets) == floats(&tensors, "targets"), "{name}: targets");
    let conditions: Vec<f32> = trials.conditions.select(ndarray::Axis(0), &kept).iter().copied().collect();
    assert_eq!(conditions, floats(&tensors, "conditions"), "{name}: conditions");
}

#[test]
fn golden_trials_are_reproduced_exactly() {
    for name in Task::NAMES {
        let task = Task::published(name).expect("a published task");
        check(&format!("{name}_train"), &task.scoring_trials());
        check(&format!("{name}_analysis"), &task.analysis_trials());
    }
}

#[test]
fn jittered_onsets_cover_their_range_evenly_and_leave_all_else_alone() {
    let task = Task::published("memory_number").expect("a published task");
    let plain = task.scoring_trials();
    let mut counts = [0usize; 40];
    for iteration in 0..50 {
        let trials = task.training_trials(7, iteration);
        assert_eq!(trials, task.training_trials(7, iteration), "a draw depends on seed and iteration alone");
        assert_eq!(trials.targets, plain.targets);
        for trial in 1..trials.n_trials() {
            let shown: Vec<usize> = (0..120).filter(|&step| trials.inputs[[0, step, trial]] > 0.0).collect();
            assert_eq!(shown.len(), 10);
            assert!(shown.windows(2).all(|pair| pair[1] == pair[0] + 1));
            counts[shown[0]] += 1;
        }
    }
    // 12750 draws over 40 onsets: 319 expected, standard deviation 18; six of them leave one false alarm in 10⁷.
    assert!(counts.iter().all(|&n| n.abs_diff(319) < 108), "{counts:?}");
}

#[test]
fn a_parameter_that_no_trial_can_be_made_from_is_named_with_its_remedy() {
    use circuitscope::task::{Cddm, Epoch, GoNoGo, MemoryNumber};
    let cddm = Cddm::published();
    let cases = [
        (Task::from(Cddm { stimulus: Epoch::new(99, 301), ..cddm.clone() }), "stimulus", "end by step 300"),
        (Task::from(Cddm { mask: vec![], ..cddm.clone() }), "mask", "at least one epoch"),
        (
            Task::from(Cddm { train_coherences: vec![0.5, 1.5], ..cddm.clone() }),
            "train_coherences",
            "from -1 to 1",
        ),
        (Task::from(Cddm { n_steps: 0, ..cddm }), "n_steps", "2 to"),
        (
            Task::from(GoNoGo { cue: Epoch::new(40, 40), ..GoNoGo::published() }),
            "cue",
            "start before it ends",
        ),
        (
            Task::from(GoNoGo { train_values: vec![f64::NAN], ..GoNoGo::published() }),
            "train_values",
            "from 0 to 1",
        ),
        (
            Task::from(MemoryNumber { onset_jitter: (-21, 19), ..MemoryNumber::published() }),
            "onset_jitter",
            "from step -1",
        ),
    ];
    for (task, field, remedy) in cases {
        let error = task.checked().expect_err(field);
        assert_eq!(error.field, field);
        assert!(error.remedy.contains(remedy), "{error}");
    }
}
