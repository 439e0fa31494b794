//! Study files: what is read from them, and what is said of those that cannot be run.

#![allow(clippy::unwrap_used)] // a test

mod claims;
mod declared;
mod masks;
mod mistakes;
mod several;
mod tasks;

use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::registration::Budget;
use circuitscope::architecture::{Architecture, Constraint};
use circuitscope::network::Form;
use circuitscope::task::Task;
use circuitscope::train::{Bias, Connections, InputOutput, Model, Phase, Recipe, Spread};
use circuitscope::{Activation, Curve};
use circuitscope_study::KernelPath;
use circuitscope_study::config::{Circuits, Control, Study, TaskStudy};
use circuitscope_study::training_job::training_jobs;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn parsed(text: &str) -> Study {
    Study::parse("own.toml", text).unwrap_or_else(|error| panic!("{} — {}", error.message, error.remedy))
}

fn recipe<'a>(study: &'a Study, task: &str, class: &str) -> &'a Recipe {
    let of_task = study.tasks.iter().find(|of_task| of_task.task.name() == task).unwrap();
    let names: Vec<_> = of_task.classes.iter().map(|class| &class.name).collect();
    let found = of_task.classes.iter().find(|known| known.name == class);
    &found.unwrap_or_else(|| panic!("no {class} in {names:?}")).recipe
}

#[test]
fn an_empty_file_is_the_published_recipe_in_all_its_fields() {
    let study = parsed("");
    assert_eq!((study.name.as_str(), study.seed, study.networks_per_class), ("own", 0, 10));
    assert_eq!(study.tasks.len(), 3);
    let names = ["relu_dale", "relu_free", "sigmoid_dale", "sigmoid_free", "tanh_dale", "tanh_free"];
    for of_task in &study.tasks {
        assert_eq!(of_task.task, Task::published(of_task.task.name()).unwrap());
        assert_eq!(of_task.classes.iter().map(|class| class.name.as_str()).collect::<Vec<_>>(), names);
        for (class, architecture) in of_task.classes.iter().zip(Architecture::PUBLISHED) {
            assert_published(of_task, &class.recipe, architecture);
        }
        let floor = if of_task.task.name() == "memory_number" { 0.9 } else { 0.8 };
        assert_eq!((of_task.selection.min_r2, of_task.selection.keep), (floor, 50));
    }
    assert_eq!(study.comparison.aspects, Aspect::ALL);
    assert_eq!(study.comparison.controls, [Control::Shuffled, Control::Untrained]);
    let comparison = &study.comparison;
    assert_eq!([comparison.mds_starts, comparison.permutations, comparison.resamples], [101, 9999, 1000]);
    assert_eq!(comparison.registration, Budget::THOROUGH);
    assert_eq!([comparison.behaviour.n_coherences, comparison.behaviour.n_repeats], [31, 7]);
}

/// docs/methods.md §1 and §3, written out.
fn assert_published(of_task: &TaskStudy, recipe: &Recipe, architecture: Architecture) {
    let curve = architecture.activation.curve;
    let slope = if curve == Curve::Sigmoid { 7.5 } else { 1.0 };
    let phases = match of_task.task.name() {
        "memory_number" => {
            vec![Phase { iterations: 6000, lambda_r: 0.0 }, Phase { iterations: 6000, lambda_r: 0.3 }]
        }
        _ => vec![Phase { iterations: 5000, lambda_r: 0.5 }],
    };
    let published = Recipe {
        architecture: Architecture { activation: Activation { curve, slope }, ..architecture },
        model: Model::PUBLISHED,
        n_units: 100,
        ratio: if curve == Curve::Tanh { 1.0 } else { 4.0 },
        spectral_radius: 1.2,
        dt_ms: 1.0,
        tau_ms: 10.0,
        sigma_rec: 0.05,
        sigma_inp: 0.05,
        lambda_orth: 0.3,
        learning_rate: 0.005,
        weight_decay: 5e-6,
        phases,
    };
    assert_eq!(*recipe, published);
}

#[test]
fn the_grid_decides_over_the_class_over_the_tasks_defaults_over_the_defaults() {
    let study = parsed(
        r#"
        tasks = ["cddm", "go_no_go"]
        classes = ["relu_free", "own"]
        [defaults]
        n_units = 10
        tau_ms = 11.0
        sigma_rec = 0.1
        sigma_inp = 0.1
        [defaults.cddm]
        tau_ms = 12.0
        sigma_rec = 0.2
        sigma_inp = 0.2
        [class.own]
        base = "tanh_dale"
        sigma_rec = 0.3
        sigma_inp = 0.3
        [grid]
        sigma_inp = [0.4]
        "#,
    );
    let fields = |task, class| {
        let recipe = recipe(&study, task, class);
        (recipe.n_units, recipe.tau_ms, recipe.sigma_rec, recipe.sigma_inp)
    };
    assert_eq!(fields("cddm", "own@sigma_inp=0.4"), (10, 12.0, 0.3, 0.4));
    assert_eq!(fields("cddm", "relu_free@sigma_inp=0.4"), (10, 12.0, 0.2, 0.4));
    assert_eq!(fields("go_no_go", "own@sigma_inp=0.4"), (10, 11.0, 0.3, 0.4));
    assert_eq!(fields("go_no_go", "relu_free@sigma_inp=0.4"), (10, 11.0, 0.1, 0.4));
    let own = recipe(&study, "cddm", "own@sigma_inp=0.4").architecture;
    assert_eq!((own.activation.curve, own.constraint), (Curve::Tanh, Constraint::Dale));
}

#[test]
fn an_activation_brings_its_published_slope_and_ratio_unless_a_file_sets_them() {
    let study = parsed(
        r#"
        tasks = ["go_no_go"]
        [defaults]
        ratio = 3.0
        [class.a]
        base = "tanh_dale"
        activation = "sigmoid"
        [class.b]
        base = "sigmoid_free"
        activation = "relu"
        constraint = "dale"
        slope = 2.5
        "#,
    );
    let (a, b) = (recipe(&study, "go_no_go", "a"), recipe(&study, "go_no_go", "b"));
    assert_eq!(a.architecture, Architecture::published(Curve::Sigmoid, Constraint::Dale));
    assert_eq!((b.architecture.activation.curve, b.architecture.activation.slope), (Curve::Relu, 2.5));
    assert_eq!(b.architecture.constraint, Constraint::Dale);
    assert_eq!([a.ratio, b.ratio], [3.0, 3.0]);
}

#[test]
fn activations_have_their_parameters_and_a_grid_varies_them() {
    let study = parsed(
        r#"
        tasks = ["go_no_go"]
        classes = ["leaky", "leaky_twin"]
        [class.leaky]
        base = "relu_dale"
        activation = "leaky_relu"
        slope = 2.0
        [class.leaky_twin]
        base = "tanh_dale"
        activation = "leaky_relu"
        [grid]
        leak = [0.1, 0.25]
        "#,
    );
    let of = |class: &str| recipe(&study, "go_no_go", class).clone();
    let [a, b] = ["leaky@leak=0.1", "leaky@leak=0.25"].map(of);
    assert_eq!(a.architecture.activation.curve.parameter(), Some(("leak", 0.1)));
    assert_eq!(b.architecture.activation.curve.parameter(), Some(("leak", 0.25)));
    assert_eq!(
        [a.architecture.activation.slope, of("leaky_twin@leak=0.1").architecture.activation.slope],
        [2.0, 1.0]
    );
    assert_eq!([a.ratio, of("leaky_twin@leak=0.25").ratio], [4.0, 4.0]);
    let of_curve = |activation: &str| {
        let text = format!(
            "tasks = [\"go_no_go\"]\nclasses = [\"a\"]\n[class.a]\nbase = \"relu_dale\"\n{activation}"
        );
        recipe(&parsed(&text), "go_no_go", "a").clone()
    };
    let power = of_curve("activation = \"power\"");
    assert_eq!(
        (power.architecture.activation.curve.parameter(), power.ratio),
        (Some(("exponent", 2.0)), 4.0)
    );
    let power = of_curve("exponent = 3\nactivation = \"power\""); // whatever the order
    assert_eq!(power.architecture.activation.curve.parameter(), Some(("exponent", 3.0)));
    let odd = of_curve("activation = \"hard_tanh\"");
    assert_eq!(
        (odd.architecture.activation, odd.ratio),
        (Activation { curve: Curve::HardTanh, slope: 1.0 }, 1.0)
    );
}

#[test]
fn phases_take_one_entry_each_or_share_one() {
    let phases = |fields: &str| {
        let study = parsed(&format!("tasks = [\"memory_number\"]\n[defaults]\n{fields}"));
        let phases = &recipe(&study, "memory_number", "relu_dale").phases;
        phases.iter().map(|phase| (phase.iterations, phase.lambda_r)).collect::<Vec<_>>()
    };
    assert_eq!(phases("iterations = 9"), [(9, 0.0), (9, 0.3)]);
    assert_eq!(phases("iterations = [7, 8]"), [(7, 0.0), (8, 0.3)]);
    assert_eq!(phases("lambda_r = 0.4"), [(6000, 0.0), (6000, 0.4)]);
    assert_eq!(phases("iterations = [7, 8, 9]"), [(7, 0.0), (8, 0.3), (9, 0.3)]);
    assert_eq!(phases("lambda_r = [0.1]\niterations = [7]"), [(7, 0.1)]);
}

#[test]
fn a_grid_is_every_combination_under_names_of_their_own() {
    let study = parsed(
        r#"
        tasks = ["go_no_go"]
        classes = ["relu_dale", "tanh_free"]
        [grid]
        activation = ["relu", "tanh"]
        slope = [0.5, 1.0, 2e0]
        iterations = [[1, 23], [12, 3]]
        "#,
    );
    let classes = &study.tasks[0].classes;
    assert_eq!(classes.len(), 2 * 2 * 3 * 2);
    let names: BTreeSet<&str> = classes.iter().map(|class| class.name.as_str()).collect();
    assert_eq!(names.len(), classes.len(), "{names:?}");
    let recipes: BTreeSet<String> = classes.iter().map(|class| format!("{:?}", class.recipe)).collect();
    assert_eq!(recipes.len(), classes.len());
    let is_file_safe = |name: &str| !name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|', ' ', '\'']);
    assert!(names.iter().all(|name| is_file_safe(name)), "{names:?}");
    let one = recipe(&study, "go_no_go", "tanh_free@activation=relu,slope=0.5,iterations=1+23");
    assert_eq!((one.architecture.activation.curve, one.architecture.activation.slope), (Curve::Relu, 0.5));
    assert_eq!(one.phases.iter().map(|phase| phase.iterations).collect::<Vec<_>>(), [1, 23]);
}

#[test]
fn fields_of_the_model_are_read_and_decide_which_networks_are_trained() {
    let study = parsed(
        r#"
        tasks = ["go_no_go"]
        classes = ["tanh_free", "potential", "biased", "shifted", "sparse", "all", "product", "signs"]
        [defaults]
        activation = "tanh"
        constraint = "free"
        [class.potential]
        form = "potential"
        [class.biased]
        bias = "learned"
        bias_sd = 0.5
        [class.shifted]
        bias = "fixed"
        bias_mean = -1
        [class.sparse]
        density = 0.2
        [class.all]
        density = 1
        [class.product]
        rank = 3
        [class.signs]
        input_output_weights = "any_sign"
        "#,
    );
    let published = Model::PUBLISHED;
    let expected = [
        ("tanh_free", published),
        ("potential", Model { form: Form::Potential, ..published }),
        ("biased", Model { bias: Bias::Learned(Spread { mean: 0.0, sd: 0.5 }), ..published }),
        ("shifted", Model { bias: Bias::Fixed(Spread { mean: -1.0, sd: 0.0 }), ..published }),
        ("sparse", Model { connections: Connections::Sparse { density: 0.2 }, ..published }),
        ("all", published),
        ("product", Model { connections: Connections::LowRank { rank: 3 }, ..published }),
        ("signs", Model { input_output: InputOutput::AnySign, ..published }),
    ];
    for (class, model) in expected {
        assert_eq!(recipe(&study, "go_no_go", class).model, model, "{class}");
    }
    // The same seed would be drawn for one class; what differs in the identities below is the recipe.
    let alone = |fields: &str| {
        let text =
            format!("tasks = [\"go_no_go\"]\nclasses = [\"a\"]\n[class.a]\nbase = \"tanh_free\"\n{fields}");
        let study = parsed(&text);
        training_jobs(&study, KernelPath::detect().into())[0].identity.clone()
    };
    let fields = [
        "",
        "form = \"potential\"",
        "bias = \"learned\"",
        "bias = \"learned\"\nbias_mean = 0.5",
        "bias = \"learned\"\nbias_sd = 0.5",
        "bias = \"fixed\"\nbias_sd = 0.5",
        "density = 0.5",
        "density = 0.25",
        "rank = 1",
        "rank = 2",
        "input_output_weights = \"any_sign\"",
    ];
    let identities: BTreeSet<String> = fields.into_iter().map(alone).collect();
    assert_eq!(identities.len(), fields.len());
    let published = "form = \"rate\"\nbias = \"none\"\ndensity = 1.0\ninput_output_weights = \"nonnegative\"";
    assert_eq!(alone(published), alone(""), "a published value is no change");
}

/// Defaults are held against the classes of the study, also for tasks that it lacks, and not against another architecture.
#[test]
fn defaults_fit_the_classes_that_the_study_has() {
    let study = parsed("tasks = [\"go_no_go\"]\nclasses = [\"tanh_free\"]\n[defaults]\nrank = 2");
    let model = recipe(&study, "go_no_go", "tanh_free").model;
    assert_eq!(model.connections, Connections::LowRank { rank: 2 });
    let own = "tasks = [\"go_no_go\"]\nclasses = [\"own\"]\n[class.own]\nactivation = \"leaky_relu\"\n[defaults]\nleak = 0.3";
    assert!(
        recipe(&parsed(own), "go_no_go", "own").architecture.activation.curve.parameter()
            == Some(("leak", 0.3))
    );
    let dale = "tasks = [\"go_no_go\"]\nclasses = [\"tanh_free\", \"tanh_dale\"]\n[defaults]\nrank = 2";
    let error = Study::parse("own.toml", dale).unwrap_err();
    assert!(error.message.contains("under Dale's law"), "{}", error.message);
}

#[test]
fn a_grid_too_large_to_run_is_refused_before_it_fills_the_memory() {
    let list = (1..=60).map(|n| format!("{n}.0")).collect::<Vec<_>>().join(", ");
    let fields = ["slope", "ratio", "spectral_radius", "tau_ms", "sigma_rec", "sigma_inp", "lambda_orth"];
    let lines: Vec<String> = fields.iter().map(|field| format!("{field} = [{list}]")).collect();
    let error = Study::parse("own.toml", &format!("[grid]\n{}", lines.join("\n"))).unwrap_err();
    assert!(error.message.contains("more than 10000 classes"), "{}", error.message);
}

#[test]
fn selections_are_set_for_all_tasks_and_for_one() {
    let study = parsed("[selection]\nmin_r2 = 0.5\nkeep = 3\n[selection.cddm]\nmin_r2 = -inf");
    let of = |place: usize| (study.tasks[place].selection.min_r2, study.tasks[place].selection.keep);
    assert_eq!([of(0), of(1), of(2)], [(f64::NEG_INFINITY, 3), (0.5, 3), (0.5, 3)]);
}

#[test]
fn task_fields_change_the_trials() {
    let study = parsed(
        r"
        [task.cddm]
        n_steps = 50
        context = [0, 50]
        stimulus = [10, 50]
        decision = [30, 50]
        mask = [[0, 10], [40, 50]]
        train_coherences = [-1, 0, 1]
        [task.go_no_go]
        train_values = 5
        analysis_values = [0.25, 0.75]
        threshold = 0.7
        [task.memory_number]
        onset_jitter = [0, 0]
        ",
    );
    let [cddm, go, memory] = [0, 1, 2].map(|place| &study.tasks[place].task);
    let trials = cddm.training_trials(0, 0);
    assert_eq!((trials.n_trials(), trials.n_steps(), trials.mask.len()), (18, 50, 20));
    assert_eq!(
        go.training_trials(0, 0).conditions.iter().copied().collect::<Vec<_>>(),
        [0.0, 0.25, 0.5, 0.75, 1.0]
    );
    let analysis = go.analysis_trials();
    assert_eq!(analysis.n_trials(), 2);
    assert_eq!([analysis.targets[[0, 45, 0]], analysis.targets[[0, 45, 1]]], [0.0, 1.0]);
    assert!(!memory.redraws_trials());
}

fn studies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../studies")
}

#[test]
fn every_example_study_can_be_run() {
    let files = std::fs::read_dir(studies()).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    assert!(files.len() >= 3, "{files:?}");
    for file in files {
        let study = Study::read(&file).unwrap_or_else(|error| panic!("{error}"));
        assert!(study.n_networks() > 0);
        assert_eq!(Some(study.name.as_str()), file.file_stem().and_then(|stem| stem.to_str()));
    }
}

#[test]
fn the_built_in_study_is_the_quick_one_with_six_classes_on_three_tasks() {
    let quick = Study::quick().unwrap();
    assert_eq!(quick.text, std::fs::read_to_string(studies().join("quick.toml")).unwrap());
    assert_eq!((quick.name.as_str(), quick.tasks.len()), ("quick", 3));
    assert!(quick.tasks.iter().all(|of_task| of_task.classes.len() == 6));
    assert!(quick.networks_per_class >= 3);
}

#[test]
fn the_paper_study_has_the_published_numbers() {
    let paper = Study::read(&studies().join("paper.toml")).unwrap();
    assert_eq!((paper.networks_per_class, paper.n_networks()), (100, 1800));
    let trials: Vec<_> =
        paper.tasks.iter().map(|of_task| of_task.task.training_trials(0, 0).n_trials()).collect();
    assert_eq!(trials, [450, 256, 256]);
    for (of_task, floor) in paper.tasks.iter().zip([0.8, 0.8, 0.9]) {
        assert_eq!(of_task.task, Task::published(of_task.task.name()).unwrap());
        assert_eq!((of_task.selection.min_r2, of_task.selection.keep), (floor, 50));
        for (class, architecture) in of_task.classes.iter().zip(Architecture::PUBLISHED) {
            assert_published(of_task, &class.recipe, architecture);
        }
    }
    let comparison = &paper.comparison;
    assert_eq!([comparison.mds_starts, comparison.permutations], [101, 9999]);
    assert_eq!(comparison.registration, Budget::THOROUGH);
    assert_eq!(paper.circuits, Circuits { networks: 10, fits: 5, iterations: 2000, folds: 5 }); // docs/methods.md §4.7
    assert_eq!((comparison.aspects.len(), comparison.controls.len()), (4, 2));
}

#[test]
fn the_standard_study_trains_by_the_published_recipe() {
    let standard = Study::read(&studies().join("standard.toml")).unwrap();
    assert!((10..100).contains(&standard.networks_per_class));
    for of_task in &standard.tasks {
        for (class, architecture) in of_task.classes.iter().zip(Architecture::PUBLISHED) {
            assert_published(of_task, &class.recipe, architecture);
        }
    }
}

#[test]
fn margins_that_are_set_are_read_and_the_others_are_the_usual_ones() {
    let usual = circuitscope::claims::Margins::default();
    assert_eq!(parsed("[margins]").margins, usual);
    let own = parsed("[margins]\nsheet = 0.25\nsmallest_effect = 0.8\nperformance = 1").margins;
    assert_eq!((own.sheet, own.smallest_effect, own.performance), (0.25, Some(0.8), 1.0));
    assert_eq!(
        (own.endpoint, own.sensitivity, own.symmetry),
        (usual.endpoint, usual.sensitivity, usual.symmetry)
    );
    let paper = Study::read(&studies().join("paper.toml")).unwrap();
    assert_eq!(paper.margins, usual);
    assert!(paper.text.contains("[margins]"));
}
