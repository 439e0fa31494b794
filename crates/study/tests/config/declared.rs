//! Declared tasks: what their files give, equal to the built-in tasks and to plain loops, and what is said of wrong ones.

mod asked;
mod contexts;
mod mistakes;
mod weights;

use circuitscope::task::declared::evenly_spaced;
use circuitscope::task::{ChoiceByContext, Epoch, InputLine, Task, Yang, crossed_in_contexts};
use circuitscope_study::config::{parse_task, read_task, task_names};
use std::path::{Path, PathBuf};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../studies/tasks").join(format!("{name}.toml"))
}

fn of_file(name: &str) -> Task {
    read_task(&file(name)).unwrap_or_else(|error| panic!("{error}")).into()
}

fn parsed(text: &str) -> Task {
    parse_task("own.toml", text).unwrap_or_else(|error| panic!("{} — {}", error.message, error.remedy)).into()
}

/// What a task offers of its choice by context, but what makes its trials.
fn offered(task: &Task) -> Option<impl PartialEq + std::fmt::Debug> {
    task.contexts().map(|contexts| {
        let ChoiceByContext { names, quantity, answers, answer_names, balanced, directions, .. } =
            contexts.clone();
        let levels = (contexts.strongest, contexts.trained.clone(), contexts.onset, contexts.context_onset);
        let wide = task.trials_in_contexts(&crossed_in_contexts(&[-4.0, -0.3, 0.0, 2.5]));
        ((names, quantity, answers, answer_names), (balanced, directions), levels, wide, contexts.channels())
    })
}

#[test]
fn the_built_in_tasks_declared_are_the_built_in_tasks() {
    for name in Task::NAMES {
        let (declared, built_in) = (of_file(name), Task::published(name).unwrap());
        assert_eq!(declared.input_names(), built_in.input_names(), "{name}");
        assert_eq!(declared.output_names(), built_in.output_names(), "{name}");
        assert_eq!(declared.condition_names(), built_in.condition_names(), "{name}");
        assert_eq!(declared.redraws_trials(), built_in.redraws_trials(), "{name}");
        assert_eq!(declared.scoring_trials(), built_in.scoring_trials(), "{name}");
        assert_eq!(declared.analysis_trials(), built_in.analysis_trials(), "{name}");
        for (seed, iteration) in [(0, 0), (0, 1), (1, 0), (u64::MAX, 5999)] {
            let expected = built_in.training_trials(seed, iteration);
            assert_eq!(declared.training_trials(seed, iteration), expected, "{name} {seed} {iteration}");
        }
        assert_eq!(declared.decision(), built_in.decision(), "{name}");
        assert_eq!(declared.epochs(), built_in.epochs(), "{name}");
        assert_eq!(declared.epoch_starts(), built_in.epoch_starts(), "{name}");
        assert_eq!(declared.constant_inputs(), built_in.constant_inputs(), "{name}");
        assert_eq!(declared.read_out(), built_in.read_out(), "{name}");
        assert_eq!(declared.quantity(), built_in.quantity(), "{name}");
        assert_eq!(offered(&declared), offered(&built_in), "{name}");
    }
}

#[test]
fn parametric_working_memory_is_what_its_file_says() {
    let task = of_file("parametric_working_memory");
    let frequencies = |n: usize| (0..n).map(|k| k as f64 / (n - 1) as f64).collect::<Vec<_>>();
    let pairs = |n: usize| -> Vec<(f64, f64)> {
        let all = frequencies(n).into_iter().flat_map(|a| frequencies(n).into_iter().map(move |b| (a, b)));
        all.filter(|(a, b)| (a - b).abs() > 0.05).collect()
    };
    // Steps of 10 ms, nothing drawn: fixation 0-40, first 40-70, delay 70-150, second 150-180, go 200-250.
    for (trials, n) in [(task.scoring_trials(), 11), (task.analysis_trials(), 6)] {
        let pairs = pairs(n);
        assert_eq!(trials.inputs.dim(), (3, 250, n * (n - 1)));
        assert_eq!(trials.targets.dim(), (2, 250, n * (n - 1)));
        assert_eq!(trials.mask, (0..200).chain(210..250).collect::<Vec<_>>());
        for (trial, &(first, second)) in pairs.iter().enumerate() {
            let close = |found: f32, wanted: f64| (f64::from(found) - wanted).abs() < 1e-6; // float32
            assert!(close(trials.conditions[[trial, 0]], first), "{trial}");
            assert!(close(trials.conditions[[trial, 1]], second), "{trial}");
            for step in 0..250 {
                let frequency = match step {
                    40..70 => 0.2 + 0.8 * first,
                    150..180 => 0.2 + 0.8 * second,
                    _ => 0.0,
                };
                assert!(close(trials.inputs[[0, step, trial]], frequency), "{trial} {step}");
                assert_eq!(trials.inputs[[1, step, trial]], if step >= 200 { 1.0 } else { 0.0 });
                assert_eq!(trials.inputs[[2, step, trial]], 1.0);
                let answers = [first > second, second > first].map(|is_right| step >= 200 && is_right);
                for (output, answer) in answers.into_iter().enumerate() {
                    assert_eq!(trials.targets[[output, step, trial]], f32::from(u8::from(answer)));
                }
            }
        }
    }
    assert_eq!(task.decision(), Epoch::new(200, 250));
    let starts = [("first", 40), ("delay", 70), ("second", 150), ("go", 200)];
    assert_eq!(task.epoch_starts(), starts);
    assert_eq!(task.condition_names(), ["first", "second"]);
    let grid = task.constant_inputs();
    assert_eq!(grid.names, ["go cue", "frequency"]);
    assert_eq!((grid.inputs.dim(), grid.lines.len()), ((22, 3), 2));
    assert_eq!(task.quantity(), ("first", [0.0, 1.0]));
    let declared = read_task(&file("parametric_working_memory")).unwrap();
    assert_eq!((declared.declaration().dt_ms, task.name()), (Some(10.0), "parametric_working_memory"));
}

#[test]
fn the_delay_that_is_drawn_moves_the_first_stimulus_and_nothing_else() {
    let task = of_file("parametric_working_memory");
    let still = task.scoring_trials();
    assert!(task.redraws_trials());
    let (drawn, again, other) =
        (task.training_trials(3, 7), task.training_trials(3, 7), task.training_trials(3, 8));
    assert_eq!(drawn, again);
    assert_ne!(drawn.inputs, other.inputs);
    assert_eq!((&drawn.targets, &drawn.mask), (&still.targets, &still.mask));
    let mut starts = std::collections::BTreeSet::new();
    for trial in 0..drawn.n_trials() {
        let shown: Vec<usize> = (0..150).filter(|&step| drawn.inputs[[0, step, trial]] > 0.0).collect();
        assert_eq!(shown.len(), 30, "300 ms");
        assert_eq!(shown, (shown[0]..shown[0] + 30).collect::<Vec<_>>());
        starts.insert(shown[0]);
    }
    assert!(starts.iter().all(|start| (20..=60).contains(start)), "{starts:?}");
    assert!(starts.len() > 30, "of 41 that may be drawn: {starts:?}");
}

#[test]
fn a_task_with_sums_time_derived_values_and_a_label_is_its_plain_loop() {
    let task = parsed(
        r#"
        name = "sums"
        time_unit = "ms"
        dt_ms = 0.1
        duration = 5
        inputs = ["wave", "sum of parts"]
        outputs = ["ramp", "zero"]
        [factors."gain level"]
        train = [0.5, 1, 2]
        analysis = [-1, 1]
        [factors.period]
        values = { from = 1, to = 2, n = 3 }
        [derived]
        slow = "period > 1.2"
        angle = "2 * pi / period + slow"
        [conditions]
        "gain squared" = "gain_level ^ 2"
        slow = "slow"
        [[epochs]]
        name = "rest"
        duration = 0.3
        [[epochs]]
        name = "stimulus"
        duration = "0.1 * round(10 * period)"
        [[epochs]]
        name = "answer"
        start = 3.5
        end = 5
        [[drive]]
        channel = "wave"
        epoch = "stimulus"
        value = "gain_level * sin(angle * time)"
        [[drive]]
        channel = "sum of parts"
        value = 0.25
        [[drive]]
        channel = "sum of parts"
        epoch = "stimulus"
        value = "if(not slow, -gain_level, max(gain_level, 0.75, period / 3))"
        [[target]]
        channel = "ramp"
        epoch = "answer"
        value = "time / 1.5 * sign(gain_level)"
        [[target]]
        channel = "zero"
        value = 0
        [loss]
        decision = "answer"
        "#,
    );
    for (trials, gains) in
        [(task.training_trials(0, 0), vec![0.5, 1.0, 2.0]), (task.analysis_trials(), vec![-1.0, 1.0])]
    {
        assert_eq!(trials.mask, (0..50).collect::<Vec<_>>(), "without a mask the output counts always");
        let mut trial = 0;
        for gain in gains {
            for (period, length) in [(1.0, 10), (1.5, 15), (2.0, 20)] {
                let slow = if period > 1.2 { 1.0 } else { 0.0 };
                assert_eq!(trials.conditions.row(trial).to_vec(), [(gain * gain) as f32, slow as f32]);
                for step in 0..50_usize {
                    let is_shown = (3..3 + length).contains(&step);
                    let time = |start: usize| step.saturating_sub(start) as f64 * 0.1;
                    let (mut wave, mut sum, mut ramp) = (0.0, 0.25, 0.0);
                    if is_shown {
                        wave = gain * ((2.0 * std::f64::consts::PI / period + slow) * time(3)).sin();
                        sum += if slow == 0.0 { -gain } else { gain.max(0.75).max(period / 3.0) };
                    }
                    if step >= 35 {
                        ramp = time(35) / 1.5 * if gain > 0.0 { 1.0 } else { -1.0 };
                    }
                    let at = |array: &ndarray::Array3<f32>, channel| array[[channel, step, trial]];
                    assert_eq!(at(&trials.inputs, 0), wave as f32, "{trial} {step}");
                    assert_eq!(at(&trials.inputs, 1), sum as f32, "{trial} {step}");
                    assert_eq!(at(&trials.targets, 0), ramp as f32, "{trial} {step}");
                    assert_eq!(at(&trials.targets, 1), 0.0);
                }
                trial += 1;
            }
        }
        assert_eq!(trial, trials.n_trials());
    }
    // The stimulus starts together on all trials, so it is a part of a trial though it lasts differently long.
    let parts = [("rest", Epoch::new(0, 3)), ("stimulus", Epoch::new(3, 35)), ("answer", Epoch::new(35, 50))];
    assert_eq!(task.epochs(), parts);
    // Without fixed points declared: the distinct inputs at the end of the answer, here one.
    let grid = task.constant_inputs();
    assert_eq!((&grid.inputs, grid.lines.len()), (&ndarray::array![[0.0, 0.25]], 0));
}

#[test]
fn drawn_durations_go_to_the_nearest_step_and_stay_in_the_trial() {
    let text = |drawn: &str| {
        format!(
            r#"
            name = "waits"
            time_unit = "ms"
            dt_ms = 10
            duration = 2000
            inputs = ["cue", "noise"]
            outputs = ["answer"]
            [factors.trial]
            values = {{ from = 1, to = 200, n = 200 }}
            [factors.wait]
            drawn = {drawn}
            still = 300
            [factors.noise]
            drawn = {{ normal = [1, 0.5] }}
            [derived]
            side = "if(trial <= 100, -1, 1)"
            [[epochs]]
            name = "wait"
            duration = "min(max(wait, 100), 1000)"
            [[epochs]]
            name = "cue"
            duration = 500
            [[epochs]]
            name = "end"
            end = 2000
            [[epochs]]
            name = "late"
            start = 1500
            end = 2000
            [[drive]]
            channel = "cue"
            epoch = "cue"
            value = "side"
            [[drive]]
            channel = "noise"
            epoch = "late"
            value = "noise"
            [[target]]
            channel = "answer"
            epoch = "end"
            value = "side"
            [loss]
            decision = "end"
            "#
        )
    };
    for (drawn, mean) in [
        ("{ exponential = 300 }", 300.0),
        ("{ normal = [400, 100] }", 400.0),
        ("{ uniform = [100, 900] }", 500.0),
    ] {
        let task = parsed(&text(drawn));
        let (mut starts, mut noise) = (Vec::new(), Vec::new());
        for iteration in 0..20 {
            let trials = task.training_trials(1, iteration);
            for trial in 0..trials.n_trials() {
                let on: Vec<usize> =
                    (0..200).filter(|&step| trials.inputs[[0, step, trial]] != 0.0).collect();
                assert_eq!(on.len(), 50, "the cue lasts 500 ms wherever it starts");
                assert!((10..=100).contains(&on[0]));
                let answered = (0..200).find(|&step| trials.targets[[0, step, trial]] != 0.0);
                assert_eq!(answered, Some(on[0] + 50));
                starts.push(on[0] as f64 * 10.0);
                noise.push(f64::from(trials.inputs[[1, 199, trial]]));
            }
        }
        let of = |values: &[f64]| {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            (mean, (values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt())
        };
        let (found, _) = of(&starts);
        // Mean of min(max(x, 100), 1000): for the exponential 100 + 300 (e^(-1/3) - e^(-10/3)).
        let expected = if drawn.contains("exp") {
            100.0 + mean * ((-1.0_f64 / 3.0).exp() - (-10.0_f64 / 3.0).exp())
        } else {
            mean
        };
        assert!((found - expected).abs() < 20.0, "{drawn}: {found}, {expected}"); // 5 standard errors of 4000 draws
        let (mean, sd) = of(&noise);
        assert!((mean - 1.0).abs() < 0.04 && (sd - 0.5).abs() < 0.03, "{mean} {sd}"); // 5 standard errors
        // Nothing drawn: the wait is 300 ms, the noise 0.
        let still = task.scoring_trials();
        assert_eq!(
            (still.inputs[[0, 29, 0]], still.inputs[[0, 30, 0]], still.inputs[[1, 199, 0]]),
            (0.0, -1.0, 0.0)
        );
        assert_eq!(task.decision(), Epoch::new(80, 200));
    }
}

#[test]
fn a_grid_has_its_lines_in_order_whatever_the_order_of_its_levels() {
    let text = std::fs::read_to_string(file("go_no_go")).unwrap();
    let (before, _) = text.split_once("[fixed_points]").unwrap();
    let grid = "[fixed_points]\nover = { bias = [1, 0], \"level a\" = [0.5, 0, 1], b = [3, 1, 2, 4] }\n\
                inputs = { value = \"level_a + 10 * b\", bias = \"bias\" }\n";
    let task = parsed(&format!("{before}{grid}"));
    let (a, b) = ([0.5, 0.0, 1.0], [3.0, 1.0, 2.0, 4.0]);
    let mut inputs = Vec::new();
    let mut conditions = Vec::new();
    for bias in [1.0, 0.0] {
        for a in a {
            for b in b {
                inputs.push([a + 10.0 * b, 0.0, bias]);
                conditions.push([bias, a, b]);
            }
        }
    }
    let found = task.constant_inputs();
    assert_eq!(found.names, ["bias", "level a", "b"]);
    assert_eq!(found.inputs, ndarray::Array2::from(inputs));
    assert_eq!(found.conditions, ndarray::Array2::from(conditions));
    // By rising level: of `a` the places 1, 0, 2, of `b` the places 1, 2, 0, 3.
    let mut lines = Vec::new();
    let mut middle = Vec::new();
    for bias in 0..2 {
        for b in 0..4 {
            let inputs: Vec<usize> = [1, 0, 2].map(|a| bias * 12 + a * 4 + b).to_vec();
            lines.push(InputLine { quantity: "level a".to_owned(), inputs });
            middle.extend((b == 2).then(|| lines[lines.len() - 1].clone())); // the lower of 2 and 3
        }
        for a in 0..3 {
            let inputs: Vec<usize> = [1, 2, 0, 3].map(|b| bias * 12 + a * 4 + b).to_vec();
            lines.push(InputLine { quantity: "b".to_owned(), inputs });
            middle.extend((a == 0).then(|| lines[lines.len() - 1].clone()));
        }
    }
    assert_eq!(found.lines, lines);
    assert_eq!(found.middle_lines, middle);
}

#[test]
fn the_text_of_a_task_changes_with_its_arrays_alone() {
    let text = std::fs::read_to_string(file("memory_number")).unwrap();
    let of = |text: &str| parsed(text).text();
    let same = [
        ("\"20 + onset\"", "\"(20+ (onset))\""),
        ("duration = 120", "duration = 12e1 # steps"),
        ("[-20, 19]", "[-20.0, 19]"),
        ("value = 1\n", "value = \"1.0\"\n"),
    ];
    for (from, to) in same {
        assert!(text.contains(from), "{from}");
        assert_eq!(of(&text), of(&text.replace(from, to)), "{to}");
    }
    let other = [
        ("20 + onset", "21 + onset"),
        ("20 + onset", "20 - onset"),
        ("[-20, 19]", "[-20, 18]"),
        ("multiple_of = 1", "multiple_of = 0.5"),
        ("n = 256", "n = 255"),
        ("analysis = { from = 0, to = 1, n = 11 }", "analysis = { from = 0, to = 1, n = 12 }"),
        ("[80, 120]", "[81, 120]"),
        ("duration = 120", "duration = 121"),
        ("\"recall cue\" = \"cue\"", "\"recall cue\" = \"2 * cue\""),
        ("lines = [\"value\", \"cue\"]", "lines = [\"value\"]"),
        ("decision = \"recall\"", "decision = \"delay\""),
        ("name = \"value_memory\"", "name = \"memory\""),
        ("channel = \"bias\"\nvalue = 1", "channel = \"bias\"\nvalue = 2"),
        ("[loss]", "[[target]]\nchannel = \"value\"\nvalue = 1\n[loss]"),
    ];
    let of_training = |text: &str| parsed(text).training_text();
    // Neither constant inputs nor the epoch of the answer changes what a network is trained on.
    let analysed = ["\"recall cue\" = \"2 * cue\"", "lines = [\"value\"]", "decision = \"delay\""];
    for (from, to) in other {
        assert!(text.contains(from), "{from}");
        let changed = text.replace(from, to);
        assert_ne!(of(&text), of(&changed), "{to}");
        assert_eq!(of_training(&text) == of_training(&changed), analysed.contains(&to), "{to}");
    }
}

#[test]
fn evenly_spaced_values_are_those_of_linspace() {
    // As NumPy prints them.
    for ((from, to, n), printed) in [
        (
            (0.0, 1.0, 11),
            "0.0 0.1 0.2 0.30000000000000004 0.4 0.5 0.6000000000000001 0.7000000000000001 0.8 0.9 1.0",
        ),
        (
            (-0.3, 2.4, 6),
            "-0.3 0.23999999999999994 0.7799999999999998 1.3199999999999996 1.8599999999999997 2.4",
        ),
        (
            (0.2, 0.9, 7),
            "0.2 0.31666666666666665 0.43333333333333335 0.55 0.6666666666666666 0.7833333333333332 0.9",
        ),
        ((2.0, 9.0, 1), "2.0"),
    ] {
        let numpy: Vec<f64> = printed.split(' ').map(|number| number.parse().unwrap()).collect();
        assert_eq!(evenly_spaced(from, to, n), numpy);
    }
}

#[test]
fn the_example_of_the_page_is_the_file_and_every_file_of_a_task_is_one() {
    let page = std::fs::read_to_string(file("").with_file_name("../../docs/tasks.md")).unwrap();
    let example = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(parsed(example).text(), of_file("parametric_working_memory").text());
    let files = std::fs::read_dir(file("").with_file_name("")).unwrap().map(|entry| entry.unwrap().path());
    let mut names: Vec<String> = files
        .map(|path| read_task(&path).unwrap_or_else(|error| panic!("{error}")).name().to_owned())
        .collect();
    let n_files = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), n_files, "a name each: {names:?}");
    let built_in = task_names();
    let of_files = built_in.iter().filter(|name| !Yang::NAMES.contains(name));
    assert!(of_files.skip(Task::NAMES.len()).all(|name| names.iter().any(|known| known == name)));
}
