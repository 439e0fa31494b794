//! Values that declared tasks show and ask for: the tests of the built-in tasks, in units of their own, and what cannot be.

use super::{of_file, parsed};
use circuitscope::analysis::behaviour::Showing;
use circuitscope::analysis::behaviour::surface::Range;
use circuitscope::analysis::behaviour::values::{Test, answers_to_values};
use circuitscope::analysis::statistics::Bootstrap;
use circuitscope::architecture::Architecture;
use circuitscope::task::{AskedValue, Epoch, Question, Task};
use circuitscope::train::{Recipe, untrained};
use circuitscope_study::config::parse_task;

/// A vibration is shown, and 30 steps later its frequency is to be reported, the higher the lower.
const RECALLED: &str = r#"name = "own_recall"
duration = 100
inputs = ["cue", "vibration"]
outputs = ["other", "report"]
[factors.frequency]
train = [10, 22, 34]
analysis = { from = 10, to = 34, n = 5 }
[factors.wait]
drawn = { uniform = [-5, 5], multiple_of = 1 }
[[epochs]]
name = "shown"
start = "10 + wait"
duration = 20
[[epochs]]
name = "report"
start = 60
end = 90
[[drive]]
channel = "vibration"
epoch = "shown"
value = "frequency / 10"
[[drive]]
channel = "cue"
epoch = "report"
value = 1
[[target]]
channel = "other"
value = 0.5
[[target]]
channel = "report"
epoch = "report"
value = "1.2 - frequency / 50"
[loss]
mask = [[0, 60], [70, 90]]
decision = "report"
[recall]
value = "frequency"
input = "vibration"
shown = "shown"
at = "report"
answer = "report"
"#;

fn asked(task: &Task) -> &AskedValue {
    task.asked_value().expect("it asks for a value")
}

#[test]
fn tasks_that_declare_what_they_ask_for_are_tested_as_the_built_in_ones() {
    let showing = Showing { n_repeats: 2, sigma: 0.03, seed: 4 };
    for name in ["go_no_go", "memory_number"] {
        let (declared, built_in) = (of_file(name), Task::published(name).unwrap());
        assert_eq!(asked(&declared), asked(&built_in), "{name}");
        let units = [-1.0, -0.35, 0.0, 0.5, 1.0, 1.95, 2.0];
        assert_eq!(declared.trials_of_values(&units), built_in.trials_of_values(&units), "{name}");
        let recipe = Recipe { n_units: 20, ..Recipe::published(name, Architecture::PUBLISHED[5]) };
        let network = untrained(&built_in, &recipe, 3);
        let answers = |task: &Task| answers_to_values(&network, task, asked(task), showing).unwrap();
        assert_eq!(answers(&declared), answers(&built_in), "{name}");
    }
    assert_eq!(Task::published("cddm").unwrap().asked_value(), None);
}

#[test]
fn values_and_answers_are_in_units_of_the_range_of_training() {
    let task = parsed(RECALLED);
    let expected = AskedValue {
        question: Question::Recall,
        input: 1,
        output: 1,
        shown: Epoch::new(10, 30),
        asked: Epoch::new(60, 90),
        trained: [10.0, 34.0],
        answers: [1.0, 0.52],
    };
    let found = asked(&task);
    assert_eq!(AskedValue { answers: expected.answers, ..found.clone() }, expected);
    // Targets are float32.
    assert!(found.answers.iter().zip(expected.answers).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}");
    // Frequencies -14, 22 and 58.
    let trials = task.trials_of_values(&[-1.0, 0.5, 2.0]).unwrap();
    for (trial, frequency) in [-14.0_f32, 22.0, 58.0].into_iter().enumerate() {
        for step in 0..100 {
            let shown = if (10..30).contains(&step) { frequency / 10.0 } else { 0.0 };
            assert!((trials.inputs[[1, step, trial]] - shown).abs() < 1e-6);
            let target = if (60..90).contains(&step) { 1.2 - frequency / 50.0 } else { 0.0 };
            assert!((trials.targets[[1, step, trial]] - target).abs() < 1e-6);
        }
    }
}

/// A network that reports what it should, for as long as is asked: its unit adds up what is shown, and keeps it.
#[test]
fn a_perfect_memory_has_a_gain_of_one_in_any_units_over_any_delay() {
    use circuitscope::Curve;
    use circuitscope::network::{Form, Network};
    use ndarray::{Array1, Array2};
    let task = parsed(RECALLED);
    // Twenty steps of a tenth of frequency / 10: the unit holds frequency / 5; the other holds 12 for the constant of the target.
    let mut network = Network {
        w_rec: Array2::eye(2),
        w_inp: Array2::zeros((2, 2)),
        w_out: Array2::zeros((2, 2)),
        bias: Array1::zeros(2),
        initial_state: ndarray::arr1(&[0.0, 12.0]),
        activation: circuitscope::Activation { curve: Curve::Relu, slope: 1.0 },
        form: Form::Rate,
        dt_ms: 1.0,
        tau_ms: 10.0,
    };
    network.w_inp[[0, 1]] = 1.0;
    network.w_out[[1, 0]] = -0.1;
    network.w_out[[1, 1]] = 0.1;
    let showing = Showing { n_repeats: 2, sigma: 0.0, seed: 0 };
    let curves = answers_to_values(&network, &task, asked(&task), showing).unwrap();
    assert_eq!(curves.len(), 8);
    let bootstrap = Bootstrap { n_resamples: 20, level: 0.95, seed: 0 };
    for curve in curves {
        let shift = match curve.test {
            Test::Noise(_) => continue, // without noise of the states it would be the first again
            // A distractor of u adds the frequency 10 + 24 u, which is 10 / 24 + u above that of 0.
            Test::Distractor(unit) => 10.0 / 24.0 + unit,
            _ => 0.0,
        };
        let gain = curve.gain(Range::Trained, bootstrap).unwrap();
        assert!((gain.value - 1.0).abs() < 1e-5, "{:?}: {gain:?}", curve.test); // inputs and targets are float32
        let middle = curve.mean_answers()[30]; // of the value 0.5
        assert!((middle - 0.5 - shift).abs() < 1e-5, "{:?}: {middle}", curve.test);
    }
}

/// Each line changes one thing of the sound task; what is said of it must hold all words.
#[test]
fn values_that_cannot_be_asked_for_are_refused_with_the_remedy() {
    for (from, to, message, remedy) in [
        ("value = \"frequency\"\n", "value = \"frequncy\"\n", "frequncy", "did you mean `frequency`"),
        ("value = \"frequency\"\n", "value = \"wait\"\n", "wait", "frequency"),
        ("input = \"vibration\"", "input = \"vibrations\"", "vibrations", "did you mean `vibration`"),
        ("shown = \"shown\"", "shown = \"delay\"", "delay", "shown"),
        ("at = \"report\"", "at = \"shown\"", "from step 10", "after it was shown"),
        ("answer = \"report\"", "answer = \"other\"", "a target of 0.5 for all values", "straight line"),
        ("1.2 - frequency / 50", "(frequency / 34) ^ 2", "a target of", "straight line"),
        ("1.2 - frequency / 50", "frequency / 50 + time / 1000", "on one trial", "one number"),
        (
            "mask = [[0, 60], [70, 90]]",
            "mask = [[0, 60]]",
            "at none of which the output counts",
            "`mask` of [loss]",
        ),
        ("[recall]", "[go]", "changes 2 times", "one number below some value"),
        ("[recall]", "[recal]", "recal", "did you mean `recall`"),
        ("duration = 20", "duration = \"frequency\"", "shown", "same time on all trials"),
    ] {
        assert_eq!(RECALLED.matches(from).count(), 1, "{from}");
        let text = RECALLED.replace(from, to);
        let error = parse_task("own.toml", &text).expect_err(to);
        assert!(error.message.contains(message), "{to}\n{} — {}", error.message, error.remedy);
        assert!(error.remedy.contains(remedy), "{to}\n{} — {}", error.message, error.remedy);
    }
    // Another factor that differs between trials, and both kinds of question at once.
    let level = RECALLED
        .replace("[factors.wait]", "[factors.level]\nvalues = [0, 1]\n[factors.wait]")
        .replace("value = 0.5", "value = \"level\"");
    let error = parse_task("own.toml", &level).expect_err("two factors");
    assert!(error.message.contains("trials differ by \"level\" too"), "{}", error.message);
    let both = RECALLED.to_owned() + "[go]\nvalue = \"frequency\"\n";
    let error = parse_task("own.toml", &both).expect_err("two questions");
    assert!(error.message.contains("stands beside [go]"), "{}", error.message);
    let choice =
        RECALLED.to_owned() + "[choice]\nevidence = \"frequency - 22\"\nanswers = [\"other\", \"report\"]\n";
    let error = parse_task("own.toml", &choice).expect_err("two offers");
    assert!(error.remedy.contains("one of [contexts], [choice], [go] and [recall]"), "{}", error.remedy);
}
