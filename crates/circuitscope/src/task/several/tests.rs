use super::*;
use crate::task::{Cddm, Given, GoNoGo, MemoryNumber};

fn two() -> Task {
    let tasks = vec![GoNoGo::published().into(), MemoryNumber::published().into()];
    Several::new("both", tasks).expect("two tasks").into()
}

#[test]
fn trials_are_those_of_the_tasks_with_their_rules_and_hold_their_last_step() {
    let (both, parts) = (two(), [Task::from(GoNoGo::published()), MemoryNumber::published().into()]);
    // Go/NoGo has value, cue and bias; MemoryNumber a recall cue besides. Both have their own output.
    assert_eq!(
        both.input_names(),
        ["value", "cue", "bias", "recall cue", "rule go_no_go", "rule memory_number"]
    );
    assert_eq!(both.output_names(), ["go", "value"]);
    assert_eq!(both.condition_names(), ["task", "value"]);
    let channels = [[0, 1, 2], [0, 3, 2]];
    let sets: [(Trials, [Trials; 2]); 2] = [
        (both.analysis_trials(), parts.each_ref().map(Task::analysis_trials)),
        (both.scoring_trials(), parts.each_ref().map(Task::scoring_trials)),
    ];
    for (together, own) in sets {
        assert_eq!(together.inputs.dim(), (6, 120, own[0].n_trials() + own[1].n_trials()));
        for trial in 0..together.n_trials() {
            let part = usize::from(trial >= own[0].n_trials());
            let (of, place) = (&own[part], trial - part * own[0].n_trials());
            for step in 0..120 {
                let shown = step.min(of.n_steps() - 1); // Go/NoGo ends at step 60
                let mut inputs = [0.0_f32; 6];
                for (input, &channel) in channels[part].iter().enumerate() {
                    inputs[channel] = of.inputs[[input, shown, place]];
                }
                inputs[4 + part] = 1.0;
                for (channel, expected) in inputs.into_iter().enumerate() {
                    assert_eq!(together.inputs[[channel, step, trial]], expected, "{channel} {step} {trial}");
                }
                assert_eq!(together.targets[[part, step, trial]], of.targets[[0, shown, place]]);
                let counts = step < of.n_steps() && of.mask.contains(&step);
                assert_eq!(together.weight(part, step, trial) > 0.0, counts, "{step} {trial}");
                assert_eq!(together.weight(1 - part, step, trial), 0.0, "the output of the other task");
            }
            assert_eq!(together.conditions[[trial, 0]], part as f32);
            assert_eq!(together.conditions[[trial, 1]], of.conditions[[place, 0]]);
        }
    }
}

#[test]
fn each_task_counts_the_same_however_many_trials_and_outputs_it_has() {
    let tasks = vec![Cddm::published().into(), GoNoGo::published().into(), MemoryNumber::published().into()];
    let task = Task::from(Several::new("three", tasks).expect("three tasks"));
    let trials = task.analysis_trials();
    let total = |part: f32| -> f64 {
        let of_part =
            |&((_, _, trial), _): &((usize, usize, usize), &f32)| trials.conditions[[trial, 0]] == part;
        let weights = trials.weights.as_ref().expect("weights").indexed_iter().filter(of_part);
        weights.map(|(_, &weight)| f64::from(weight)).sum()
    };
    let totals = [total(0.0), total(1.0), total(2.0)];
    for other in totals {
        assert!((other / totals[0] - 1.0).abs() < 1e-6, "{totals:?}"); // float32 weights
    }
}

#[test]
fn what_a_task_draws_does_not_depend_on_the_others() {
    let with = |other: Task| -> Task {
        Several::new("both", vec![MemoryNumber::published().into(), other]).expect("two tasks").into()
    };
    let drawn = |task: &Task| {
        let trials = task.training_trials(5, 9);
        let value = task.input_names().iter().position(|name| name == "value").expect("an input");
        trials.inputs.slice(ndarray::s![value, ..120, ..256]).to_owned()
    };
    let (first, second) = (with(GoNoGo::published().into()), with(Cddm::published().into()));
    assert!(first.redraws_trials());
    assert_eq!(drawn(&first), drawn(&second));
    assert_ne!(first.training_trials(5, 9), first.training_trials(5, 10));
    assert_eq!(first.training_trials(5, 9), first.training_trials(5, 9));
}

#[test]
fn constant_inputs_and_parts_are_those_of_the_tasks() {
    let both = two();
    let (go, memory) = (Task::from(GoNoGo::published()), Task::from(MemoryNumber::published()));
    let (grid, own) = (both.constant_inputs(), [go.constant_inputs(), memory.constant_inputs()]);
    assert_eq!(grid.inputs.nrows(), own[0].inputs.nrows() + own[1].inputs.nrows());
    assert_eq!(grid.names, ["task", "value", "cue"]);
    assert_eq!(grid.inputs.row(3).to_vec(), [own[0].inputs.row(3).to_vec(), vec![0.0, 1.0, 0.0]].concat());
    let cue = own[1].inputs.row(2)[1];
    let shown = own[1].inputs.row(2);
    assert_eq!(grid.inputs.row(22 + 2).to_vec(), [shown[0], 0.0, shown[2], cue, 0.0, 1.0]);
    assert_eq!(grid.lines.len(), own[0].lines.len() + own[1].lines.len());
    assert_eq!(grid.lines[own[0].lines.len()].inputs[0], 22 + own[1].lines[0].inputs[0]);
    // Values differ from the start of Go/NoGo, and from step 20 of MemoryNumber.
    let parts: Vec<_> = both.parts().iter().map(|part| (part.name.as_str(), part.steps)).collect();
    assert_eq!(parts, [("go_no_go", Epoch::new(0, 60)), ("memory_number", Epoch::new(20, 120))]);
    assert_eq!(both.decision(), Epoch::new(60, 120));
    assert!(go.parts().is_empty());
}

#[test]
fn tasks_that_do_not_go_together_are_refused() {
    let go = || Task::from(GoNoGo::published());
    let yang = |dt_ms: f64| {
        let setting = crate::task::YangSetting { dt_ms, ..crate::task::YangSetting::published() };
        crate::task::Yang::task("yang_go", &setting).expect("a name").expect("a task")
    };
    let other = |dt_ms: f64| {
        let setting = crate::task::YangSetting { dt_ms, ..crate::task::YangSetting::published() };
        crate::task::Yang::task("yang_anti", &setting).expect("a name").expect("a task")
    };
    let renamed = |conditions: [&str; 1], inputs: [&str; 3]| -> Task {
        let names = [
            inputs.map(str::to_owned).to_vec(),
            vec!["go".to_owned()],
            conditions.map(str::to_owned).to_vec(),
        ];
        Given::new("mine".to_owned(), names, go().analysis_trials()).expect("trials").into()
    };
    for (tasks, says) in [
        (vec![go()], "1 tasks"),
        (vec![go(), two(), go()], "made of several"),
        (vec![go(), go()], "`go_no_go` twice"),
        (vec![yang(20.0), go(), other(10.0)], "steps of 20 ms and `yang_anti` with steps of 10 ms"),
        (vec![go(), renamed(["task"], ["a", "b", "c"])], "which has a condition `task`"),
        (vec![go(), renamed(["value"], ["a", "rule go_no_go", "c"])], "an input `rule go_no_go`"),
    ] {
        let error = Several::new("wrong", tasks).expect_err(says).to_string();
        assert!(error.contains(says), "{error}");
    }
}

#[test]
fn its_text_changes_with_that_of_each_task() {
    let text = |go: GoNoGo| -> String {
        Task::from(Several::new("both", vec![go.into(), Cddm::published().into()]).expect("two tasks")).text()
    };
    let other = GoNoGo { threshold: 0.6, ..GoNoGo::published() };
    assert_ne!(text(other), text(GoNoGo::published()));
}
