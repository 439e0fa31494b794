//! Choices by context under other names: a task that is CDDM but for names and order gives the numbers of CDDM.

use super::parsed;
use circuitscope::analysis::behaviour::Showing;
use circuitscope::analysis::behaviour::surface::surface;
use circuitscope::analysis::latent_circuit::mechanism::{Reading, mechanism};
use circuitscope::analysis::latent_circuit::perturbation::psychometric;
use circuitscope::analysis::measures::{Contexts, Measure, Responding};
use circuitscope::dynamics::run::{outputs, rates, states};
use circuitscope::network::Network;
use circuitscope::task::{Channels, Task, crossed_in_contexts};
use circuitscope::trials::Trials;
use circuitscope_study::config::{built_in_task, parse_task};
use circuitscope_study::event::Event;
use circuitscope_study::import::Named;
use circuitscope_study::one_network::{behave, line_attractor};
use ndarray::{Array2, Array3, Axis, s};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// CDDM about sounds: other names, channels, outputs, factors and conditions in another order.
const SOUNDS: &str = r#"
name = "sounds"
duration = 300
inputs = ["quiet", "attend pitch", "low", "high", "attend volume", "loud"]
outputs = ["no", "yes"]
conditions = ["volume", "pitch", "rule"]

[factors.volume]
train = [-1, -0.5, -0.25, -0.125, -0.0625, -0.03125, -0.015625, 0, 0.015625, 0.03125, 0.0625, 0.125, 0.25, 0.5, 1]
analysis = { from = -1, to = 1, n = 5 }
[factors.rule]
values = [1, 0]
[factors.pitch]
train = [-1, -0.5, -0.25, -0.125, -0.0625, -0.03125, -0.015625, 0, 0.015625, 0.03125, 0.0625, 0.125, 0.25, 0.5, 1]
analysis = { from = -1, to = 1, n = 5 }

[derived]
asked = "if(rule == 0, pitch, volume)"

[[epochs]]
name = "sound"
start = 99
end = 300
[[epochs]]
name = "report"
start = 199
end = 300

[[drive]]
channel = "attend pitch"
value = "rule == 0"
[[drive]]
channel = "attend volume"
value = "rule == 1"
[[drive]]
channel = "high"
epoch = "sound"
value = "max(0, (1 + pitch) / 2)"
[[drive]]
channel = "low"
epoch = "sound"
value = "max(0, (1 - pitch) / 2)"
[[drive]]
channel = "loud"
epoch = "sound"
value = "max(0, (1 + volume) / 2)"
[[drive]]
channel = "quiet"
epoch = "sound"
value = "max(0, (1 - volume) / 2)"
[[target]]
channel = "yes"
epoch = "report"
value = "asked > 0"
[[target]]
channel = "no"
epoch = "report"
value = "asked < 0"

[loss]
mask = [[0, 100], [200, 300]]
decision = "report"

[contexts]
context = "rule"
evidence = ["pitch", "volume"]
answers = ["yes", "no"]
"#;

/// The channel of CDDM that each channel of [`SOUNDS`] is, and likewise its outputs.
const CHANNELS: [usize; 6] = [5, 0, 3, 2, 1, 4];
const OUTPUTS: [usize; 2] = [1, 0];

fn cddm() -> Task {
    Task::published("cddm").unwrap()
}

/// Trials of every pair of evidence.
fn crossed(task: &Task, evidence: &[f64]) -> Trials {
    task.trials_in_contexts(&crossed_in_contexts(evidence)).unwrap()
}

/// A trained network of CDDM, and the same for the other order of channels and outputs.
fn networks() -> [Named; 2] {
    let golden = std::env::var_os("CIRCUITSCOPE_GOLDEN")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden"), PathBuf::from);
    let of_cddm =
        circuitscope_study::import::network(&golden.join("networks/cddm_relu_dale_1.json")).unwrap();
    let network = Network {
        w_inp: of_cddm.network.w_inp.select(Axis(1), &CHANNELS),
        w_out: of_cddm.network.w_out.select(Axis(0), &OUTPUTS),
        ..of_cddm.network.clone()
    };
    let of_sounds = Named { network, ..of_cddm.clone() };
    [of_cddm, of_sounds]
}

/// Sums over channels in another order differ in their last digits, which a run of 300 steps carries on.
#[track_caller]
fn assert_close(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} {expected}");
}

/// The trial of CDDM's analysis that each trial of the other task is.
fn trial_of_cddm(sounds: &Task) -> Vec<usize> {
    let known = cddm().analysis_trials().conditions;
    let conditions = sounds.analysis_trials().conditions;
    let place = |row| known.outer_iter().position(|other| other == row).unwrap();
    conditions.outer_iter().map(place).collect()
}

#[test]
fn its_trials_and_constant_inputs_are_those_of_cddm() {
    let (sounds, cddm) = (parsed(SOUNDS), cddm());
    assert_eq!(sounds.condition_names(), ["rule", "pitch", "volume"]);
    let contexts = sounds.contexts().unwrap();
    assert_eq!(contexts.names, ["pitch", "volume"]);
    assert_eq!(contexts.channels(), Some(Channels { contexts: [1, 4], evidence: [[3, 2], [5, 0]] }));
    assert_eq!((contexts.onset, contexts.context_onset), (99, 0));
    assert_eq!(sounds.quantity(), ("relevant evidence", [-1.0, 1.0]));
    for evidence in [&contexts.trained[..], &[-4.0, 1.5, 4.0]] {
        let (found, expected) = (crossed(&sounds, evidence), crossed(&cddm, evidence));
        assert_eq!(found.inputs, expected.inputs.select(Axis(0), &CHANNELS));
        assert_eq!(found.targets, expected.targets.select(Axis(0), &OUTPUTS));
        assert_eq!((found.mask, found.conditions), (expected.mask, expected.conditions));
    }
    assert_eq!(contexts.trained, cddm.contexts().unwrap().trained);
    let (found, expected) = (sounds.constant_inputs(), cddm.constant_inputs());
    assert_eq!(found.inputs, expected.inputs.select(Axis(1), &CHANNELS));
    assert_eq!(found.conditions, expected.conditions);
    let along = |lines: &[circuitscope::task::InputLine]| -> Vec<Vec<usize>> {
        lines.iter().map(|line| line.inputs.clone()).collect()
    };
    assert_eq!(along(&found.lines), along(&expected.lines));
    assert_eq!(along(&found.middle_lines), along(&expected.middle_lines));
}

#[test]
fn choices_and_lines_between_them_are_those_of_cddm() {
    let (sounds, cddm) = (parsed(SOUNDS), cddm());
    let [of_cddm, of_sounds] = networks();
    // Noise of inputs is drawn channel by channel: without it the numbers are the same.
    let showing = Showing { n_repeats: 1, sigma: 0.0, seed: 1 };
    let shown = |network: &Named, task: &Task| {
        surface(&network.network, task, &[-4.0, -1.0, -0.5, 0.25, 1.0, 3.0], showing, 0)
    };
    let (found, expected) = (shown(&of_sounds, &sounds).unwrap(), shown(&of_cddm, &cddm).unwrap());
    let mut right = 0.0;
    for (found, expected) in found.contexts.iter().zip(&expected.contexts) {
        assert_eq!(found.choices, expected.choices);
        right += expected.choices.sum();
        found.mse.iter().zip(&expected.mse).for_each(|(&found, &expected)| assert_close(found, expected));
    }
    assert!(right > 20.0 && right < 52.0, "{right} of 72 choices"); // both answers are given

    let lines = |network: &Named, task: &Task| line_attractor(network, task, 11).unwrap();
    let (found, expected) = (lines(&of_sounds, &sounds), lines(&of_cddm, &cddm));
    assert_eq!(found.input_names, sounds.input_names());
    for (context, (found, expected)) in found.contexts.iter().zip(&expected.contexts).enumerate() {
        assert_eq!(found.context, ["pitch", "volume"][context]);
        assert_close(found.length, expected.length);
        for (found, expected) in found.points.iter().zip(&expected.points) {
            assert_close(found.drift_per_ms, expected.drift_per_ms);
            assert_close(found.max_re, expected.max_re);
            for (place, &channel) in CHANNELS.iter().enumerate() {
                assert!((found.selection[place] - expected.selection[channel]).abs() < 1e-6);
            }
        }
    }
}

#[test]
fn measures_of_responses_are_those_of_cddm() {
    let (sounds, cddm) = (parsed(SOUNDS), cddm());
    let [of_cddm, of_sounds] = networks();
    let order = trial_of_cddm(&sounds);
    let measured = |named: &Named, task: &Task, order: Option<&[usize]>| -> BTreeMap<Measure, f64> {
        let trials = task.analysis_trials();
        let states = states(&named.network, trials.inputs.view()).unwrap();
        let responses: Array3<f64> = rates(&named.network, states);
        let conditions: Array2<f64> = task.in_units(trials.conditions.mapv(f64::from));
        // Trials in one order: sums over them, and components with them, would differ in their last digits.
        let places: Vec<usize> = match order {
            Some(order) => {
                (0..order.len()).map(|trial| order.iter().position(|&at| at == trial).unwrap()).collect()
            }
            None => (0..trials.n_trials()).collect(),
        };
        let (responses, conditions) =
            (responses.select(Axis(2), &places), conditions.select(Axis(0), &places));
        let has_contexts = Contexts::of_task(task);
        let responding = Responding {
            responses: responses.view(),
            conditions: conditions.view(),
            has_contexts,
            decision: task.decision(),
            early_bin: Some(has_contexts.early_step()),
        };
        responding.measures().unwrap()
    };
    let (found, expected) = (measured(&of_sounds, &sounds, Some(&order)), measured(&of_cddm, &cddm, None));
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for measure in [Measure::ExchangeResidual, Measure::EarlyDivergence, Measure::SheetIndex] {
        assert!(expected.contains_key(&measure), "{measure:?}");
    }
    for (measure, value) in &found {
        // Components are found to about half the digits.
        assert!((value - expected[measure]).abs() < 1e-6 * expected[measure].abs().max(1.0), "{measure:?}");
    }

    // What changes of behaviour are told by.
    let planes = |named: &Named, task: &Task| {
        let trials = task.analysis_trials();
        let states = states(&named.network, trials.inputs.view()).unwrap();
        let outputs = outputs(&named.network, rates(&named.network, states).view()).unwrap();
        let [of, from] = task.contexts().unwrap().answers;
        let last = trials.n_steps() - 1;
        let decision = &outputs.slice(s![of, last, ..]) - &outputs.slice(s![from, last, ..]);
        psychometric(task, decision.view(), trials.conditions.view())
    };
    let (found, expected) = (planes(&of_sounds, &sounds), planes(&of_cddm, &cddm));
    assert_eq!(found.len(), 6);
    found.iter().zip(&expected).for_each(|(&found, &expected)| assert_close(found, expected));
}

#[test]
fn the_mechanism_of_a_circuit_is_read_from_the_nodes_of_contexts_and_evidence() {
    let (sounds, cddm) = (parsed(SOUNDS), cddm());
    let base = networks()[0].network.clone();
    // Eight nodes, six of which carry inputs; weights that tell every node apart.
    let weight = |i: usize, j: usize| ((7 * i + 3 * j) % 11) as f64 / 11.0 - 0.45;
    let circuit = Network {
        w_rec: Array2::from_shape_fn((8, 8), |(i, j)| 0.4 * weight(i, j)),
        w_inp: Array2::from_shape_fn((8, 6), |(i, u)| if i == u { 1.0 + 0.1 * i as f64 } else { 0.0 }),
        w_out: Array2::from_shape_fn((2, 8), |(o, i)| weight(o + 3, i)),
        bias: ndarray::Array1::zeros(8),
        initial_state: ndarray::Array1::zeros(8),
        ..base
    };
    let nodes: Vec<usize> = CHANNELS.into_iter().chain([6, 7]).collect();
    let moved = Network {
        w_rec: circuit.w_rec.select(Axis(0), &nodes).select(Axis(1), &nodes),
        w_inp: circuit.w_inp.select(Axis(0), &nodes).select(Axis(1), &CHANNELS),
        w_out: circuit.w_out.select(Axis(1), &nodes).select(Axis(0), &OUTPUTS),
        ..circuit.clone()
    };
    let read = |circuit: &Network, task: &Task| {
        mechanism(circuit, Reading::of(task).unwrap(), &task.analysis_trials()).unwrap()
    };
    let (found, expected) = (read(&moved, &sounds), read(&circuit, &cddm));
    assert_close(found.inhibition(), expected.inhibition());
    assert_close(found.sign_product(), expected.sign_product());
    assert_close(found.node_sign_product(), expected.node_sign_product());
    assert_close(found.stimulus_sign_product(), expected.stimulus_sign_product());
    assert_close(found.gain_lost(), expected.gain_lost());
    assert_close(found.irrelevant_argument(), expected.irrelevant_argument());
    assert!(expected.inhibition().abs() > 0.01 && expected.irrelevant_argument().abs() > 0.01);
    for (place, &node) in nodes.iter().enumerate() {
        assert_close(found.output_drive[place], expected.output_drive[node]);
    }
}

#[test]
fn results_of_its_behaviour_bear_its_names() {
    let sounds = parsed(SOUNDS);
    let found = behave(&networks()[1], &sounds, &|_: Event<'_>| ()).unwrap();
    let json = serde_json::to_value(&found.responses).unwrap();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    let mut wanted = ["coherences", "pitch", "volume", "irrelevant_slope", "measures"];
    wanted.sort_unstable();
    assert_eq!(keys, wanted);
    assert_eq!(json["measures"][0]["context"], "pitch");
    assert_eq!(json["pitch"]["right"].as_array().unwrap().len(), 31);
}

#[test]
fn evidence_in_other_units_is_shown_in_those_of_training() {
    // Volume from -20 to 20, with inputs as before.
    let scaled = SOUNDS
        .replacen("train = [-1, -0.5, -0.25, -0.125, -0.0625, -0.03125, -0.015625, 0, 0.015625, 0.03125, 0.0625, 0.125, 0.25, 0.5, 1]\nanalysis = { from = -1, to = 1, n = 5 }", "train = [-20, -10, 0, 10, 20]\nanalysis = { from = -20, to = 20, n = 5 }", 1)
        .replace("1 + volume", "1 + volume / 20")
        .replace("1 - volume", "1 - volume / 20");
    let (task, cddm) = (parsed(&scaled), cddm());
    let (contexts, of_cddm) = (task.contexts().unwrap(), cddm.contexts().unwrap());
    assert_eq!(contexts.strongest, [1.0, 20.0]);
    assert_eq!(contexts.trained, of_cddm.trained);
    let evidence = [-4.0, 0.5, 1.0];
    let (found, expected) = (crossed(&task, &evidence), crossed(&cddm, &evidence));
    assert_eq!(found.inputs, expected.inputs.select(Axis(0), &CHANNELS));
    assert_eq!(task.in_units(found.conditions.mapv(f64::from)), expected.conditions.mapv(f64::from));
}

#[test]
fn trials_are_recognised_by_their_inputs() {
    let sounds = parsed(SOUNDS);
    let trials = sounds.scoring_trials();
    assert_eq!(sounds.recognised(&trials.inputs).as_ref(), Some(&trials));
    let mut late = trials.inputs.clone();
    late[[0, 99, 0]] += 0.25;
    assert_eq!(sounds.recognised(&late), None);
    assert_eq!(sounds.recognised(&cddm().scoring_trials().inputs), None);
}

#[track_caller]
fn refused(changes: &[(&str, &str)], marked: &str, message: &str, remedy: &str) {
    let mut text = SOUNDS.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let error = parse_task("own.toml", &text).err().unwrap_or_else(|| panic!("accepted: {changes:?}"));
    let place = error.span.map(|span| &text[span.offset()..span.offset() + span.len()]);
    assert!(
        error.message.contains(message) && error.remedy.contains(remedy),
        "{}\n{}",
        error.message,
        error.remedy
    );
    assert_eq!(place.unwrap_or_default(), marked, "{}", error.message);
}

#[test]
fn contexts_that_cannot_be_are_refused() {
    let keys = ("context = \"rule\"", "evidence = [\"pitch\", \"volume\"]", "answers = [\"yes\", \"no\"]");
    refused(&[(keys.0, "context = \"rul\"")], "\"rul\"", "there is no condition `rul`", "rule");
    refused(
        &[(keys.0, "")],
        "[contexts]",
        "[contexts] has no `context`",
        "0 in one context and 1 in the other",
    );
    refused(
        &[(keys.0, "context = \"pitch\"")],
        "[\"pitch\", \"volume\"]",
        "stands twice",
        "three conditions",
    );
    refused(&[(keys.1, "evidence = [\"pitch\"]")], "[\"pitch\"]", "holds 1 names", "two");
    refused(
        &[(keys.1, "evidence = [\"pitch\", \"loudness\"]")],
        "\"loudness\"",
        "no condition `loudness`",
        "volume",
    );
    refused(&[(keys.2, "answers = [\"yes\", \"perhaps\"]")], "\"perhaps\"", "no output `perhaps`", "yes");
    refused(&[(keys.2, "answers = [\"yes\", \"yes\"]")], "[\"yes\", \"yes\"]", "one output twice", "below 0");
    refused(&[(keys.2, "answers = [\"yes\", \"no\"]\nanswer = 1")], "answer", "answer", "answers");
    refused(
        &[(keys.2, "answers = [\"yes\", \"no\"]\nnames = [\"one\", \"one\"]")],
        "[\"one\", \"one\"]",
        "\"one\"",
        "names of their own",
    );
    refused(
        &[(keys.2, "answers = [\"yes\", \"no\"]\nnames = [\"yes\", \"other\"]")],
        "[\"yes\", \"other\"]",
        "\"yes\"",
        "names of their own",
    );
    refused(
        &[("values = [1, 0]", "values = [1, 2]"), ("rule == 0", "rule == 2")],
        "\"rule\"",
        "which is 2 on trial",
        "0 in the first context",
    );
    refused(
        &[
            ("values = [1, 0]", "values = [1]"),
            ("max(0, (1 + pitch) / 2)", "1"),
            ("channel = \"attend pitch\"\nvalue = \"rule == 0\"", "channel = \"attend pitch\"\nvalue = 1"),
        ],
        "\"rule\"",
        "0 on no trial",
        "both contexts",
    );
    // What is shown beyond training.
    refused(
        &[("\"max(0, (1 + pitch) / 2)\"", "\"1 / (2 + pitch)\"")],
        "1 / (2 + pitch)",
        "pitch from -4 to 4",
        "",
    );
    // Factors from which no other evidence can be made.
    refused(
        &[
            ("[derived]", "[derived]\nsquare = \"pitch * abs(pitch)\""),
            ("\"pitch\", \"rule\"]", "\"square\", \"rule\"]"),
            ("[\"pitch\", \"volume\"]", "[\"square\", \"volume\"]"),
        ],
        "[contexts]",
        "are not its factors",
        "must be three",
    );
    refused(
        &[(
            "conditions = [\"volume\", \"pitch\", \"rule\"]",
            "conditions = { volume = \"volume\", pitch = \"pitch\", rule = \"rule\", other = \"asked\" }",
        )],
        "[contexts]",
        "\"other\"",
        "these three",
    );
    // Contexts that are gone when the answer is read.
    let gone = "channel = \"attend volume\"\nepoch = \"early\"\nvalue = \"rule == 1\"";
    refused(
        &[
            ("channel = \"attend volume\"\nvalue = \"rule == 1\"", gone),
            ("channel = \"attend pitch\"\n", "channel = \"attend pitch\"\nepoch = \"early\"\n"),
            (
                "[[epochs]]\nname = \"sound\"",
                "[[epochs]]\nname = \"early\"\nend = 200\n[[epochs]]\nname = \"sound\"",
            ),
        ],
        "",
        "the same in both contexts",
        "[fixed_points]",
    );
    // Constant inputs of a task with contexts are told apart by its conditions.
    let grid = "\n[fixed_points]\nover = { rule = [0, 1], pitch = [-1, 0, 1] }\ninputs = { \"attend pitch\" = \"rule\", high = \"pitch\" }\n[contexts]";
    refused(
        &[("\n[contexts]", grid)],
        "{ rule = [0, 1], pitch = [-1, 0, 1] }",
        "over rule, pitch",
        "rule, pitch, volume",
    );
}

#[test]
fn a_choice_by_evidence_is_counted_on_the_trials_of_training() {
    let task: Task = built_in_task("parametric_working_memory").unwrap();
    let choice = task.choice().unwrap();
    let conditions = task.scoring_trials().conditions;
    let differences = conditions.outer_iter().map(|pair| f64::from(pair[0]) - f64::from(pair[1]));
    assert_eq!(choice.evidence.len(), conditions.nrows());
    for (found, expected) in choice.evidence.iter().zip(differences) {
        assert!((found - expected).abs() < 1e-6, "{found} {expected}"); // conditions are float32
    }
    let mut levels = choice.evidence.clone();
    levels.sort_by(f64::total_cmp);
    levels.dedup();
    assert_eq!(levels.len(), 20); // tenths from -1 to 1, but 0: sums of decimals do not make levels of their own
    assert_eq!((&choice.quantity[..], choice.answers), ("frequency difference", [0, 1]));
    assert_eq!(task.read_out(), circuitscope::task::ReadOut::Difference { of: 0, from: 1 });
}

#[test]
fn choices_that_cannot_be_are_refused() {
    let (start, _) = SOUNDS.split_once("[contexts]").unwrap();
    let sound = format!("{start}[choice]\nevidence = \"asked\"\nanswers = [\"yes\", \"no\"]\n");
    let task = parsed(&sound);
    assert_eq!(task.choice().unwrap().quantity, "asked");
    assert_eq!(task.read_out(), circuitscope::task::ReadOut::Difference { of: 1, from: 0 });
    for (from, to, message, remedy) in [
        ("evidence = \"asked\"", "evidence = \"aksed\"", "no name `aksed`", "asked"),
        ("evidence = \"asked\"", "evidence = \"abs(asked)\"", "one side of 0", "below 0"),
        ("evidence = \"asked\"", "evidence = \"1 / asked\"", "division by zero on trial", "if("),
        ("evidence = \"asked\"", "", "has no `evidence`", "above 0 for the first answer"),
        ("[\"yes\", \"no\"]\n", "[\"no\", \"no\"]\n", "one output twice", "evidence above 0"),
        ("[\"yes\", \"no\"]\n", "[\"yes\"]\n", "holds 1 names", "two"),
        (
            "[choice]",
            "[contexts]\ncontext = \"rule\"\nevidence = [\"pitch\", \"volume\"]\nanswers = [\"yes\", \"no\"]\n[choice]",
            "beside [contexts]",
            "leave [choice] out",
        ),
    ] {
        assert!(sound.contains(from), "{from}");
        let error =
            parse_task("own.toml", &sound.replacen(from, to, if from.starts_with("[\"yes") { 2 } else { 1 }))
                .err();
        let error = error.unwrap_or_else(|| panic!("accepted: {to}"));
        assert!(
            error.message.contains(message) && error.remedy.contains(remedy),
            "{to}: {}\n{}",
            error.message,
            error.remedy
        );
    }
}
