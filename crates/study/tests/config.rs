//! Study files: what is read from them, and what is said of those that cannot be run.

#![allow(clippy::unwrap_used)] // a test

use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::registration::Budget;
use circuitscope::architecture::{Architecture, Constraint};
use circuitscope::task::Task;
use circuitscope::train::{Phase, Recipe};
use circuitscope::{Activation, Curve};
use circuitscope_study::config::{Circuits, Control, Study, StudyError, TaskStudy};
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

/// A study file, the line of its mistake, what must be said of it, and the remedy.
type Mistake = (&'static str, usize, &'static [&'static str], &'static [&'static str]);

const MISTAKES: &[Mistake] = &[
    // Not TOML.
    ("name = \"own\"\nseed = = 3", 2, &[], &["key = value", "studies/paper.toml"]),
    ("name = \"own\nseed = 3", 1, &[], &["key = value"]),
    ("[class.a]\n[class.a]", 2, &["duplicate"], &["key = value"]),
    // Names.
    ("sead = 3", 1, &["unknown key `sead`"], &["did you mean `seed`?", "networks_per_class"]),
    ("\n[defaults]\nn_unit = 5", 3, &["`n_unit` in [defaults]"], &["did you mean `n_units`?"]),
    ("[defaults.cdm]\nn_units = 5", 1, &["`cdm` in [defaults]"], &["did you mean `cddm`?"]),
    ("[defaults.cddm]\nlamda_r = 5", 2, &["`lamda_r` in [defaults.cddm]"], &["did you mean `lambda_r`?"]),
    ("[task.gonogo]", 1, &["`gonogo` in [task]"], &["did you mean `go_no_go`?"]),
    ("[task.cddm]\nstimuli = [1, 2]", 2, &["`stimuli` in [task.cddm]"], &["did you mean `stimulus`?"]),
    ("[class.a]\nslopes = 2", 2, &["`slopes` in [class.a]"], &["did you mean `slope`?"]),
    ("[selection]\nmin_r = 0.5", 2, &["`min_r` in [selection]"], &["did you mean `min_r2`?"]),
    ("[selection.cddm]\nbest = 5", 2, &["`best` in [selection.cddm]"], &["known: min_r2, keep"]),
    ("[comparison]\nmds = 5", 2, &["`mds` in [comparison]"], &["did you mean `mds_starts`?"]),
    ("[comparison]\naspects = [\"trajectory\"]", 2, &["\"trajectory\""], &["did you mean `trajectories`?"]),
    ("[comparison]\nmeasures = [\"angle\"]", 2, &["\"angle\""], &["did you mean `angular`?"]),
    ("[comparison]\ncontrols = [\"shufled\"]", 2, &["\"shufled\""], &["did you mean `shuffled`?"]),
    ("tasks = [\"cddm\",\n \"go_nogo\"]", 2, &["\"go_nogo\""], &["did you mean `go_no_go`?"]),
    ("classes = [\"relu_dael\"]", 1, &["`relu_dael`"], &["did you mean `relu_dale`?", "[class.relu_dael]"]),
    ("[class.a]\nbase = \"relu\"", 2, &["`base` is \"relu\""], &["did you mean `relu_", "tanh_free"]),
    ("[class.a]\nactivation = \"softplus\"", 2, &["`activation` is \"softplus\""], &["relu, sigmoid, tanh"]),
    ("[class.a]\nconstraint = \"dales\"", 2, &["`constraint` is \"dales\""], &["did you mean `dale`?"]),
    ("[grid]\nslop = [1.0]", 2, &["`slop` is no field of a class"], &["did you mean `slope`?"]),
    // For a task that the study lacks, and for units that a class lacks.
    (
        "tasks = [\"go_no_go\"]\n[task.cddm]\nstimuli = [1, 2]",
        3,
        &["`stimuli` in [task.cddm]"],
        &["did you mean `stimulus`?"],
    ),
    (
        "tasks = [\"go_no_go\"]\n[task.cddm]\nmask = []",
        3,
        &["`mask` of task `cddm` is empty"],
        &["one epoch"],
    ),
    (
        "tasks = [\"go_no_go\"]\n[defaults.cddm]\nn_units = \"x\"",
        3,
        &["`n_units` is \"x\""],
        &["a whole number"],
    ),
    ("tasks = [\"go_no_go\"]\n[defaults.cddm]\nn_units = 1", 3, &["`n_units` is 1"], &["from 2 to 20000"]),
    (
        "[class.a]\nconstraint = \"free\"\nratio = 2.0",
        3,
        &["`ratio` is set for class `a`"],
        &["leave it out"],
    ),
    ("[class.a]\nbase = \"tanh_free\"\nratio = 2.0", 3, &["`ratio` is set for class `a`"], &["\"dale\""]),
    ("[grid]\nratio = [1.0, 4.0]", 2, &["`ratio` is set for class `relu_free`"], &["`classes`"]),
    ("name = \"my study\"", 1, &["\"my study\" is no name"], &["letters, digits"]),
    ("name = \"\"", 1, &["\"\" is no name"], &["letters, digits"]),
    ("[class.\"a/b\"]", 1, &["\"a/b\" is no name"], &["letters, digits"]),
    ("[class.relu_dale]\nslope = 2", 1, &["`relu_dale` exists already"], &["`base`"]),
    // Lists that repeat themselves, or are empty, or leave something out.
    ("classes = [\"relu_dale\", \"relu_dale\"]", 1, &["`relu_dale` is named twice"], &["once"]),
    ("tasks = [\"cddm\", \"cddm\"]", 1, &["`cddm` is named twice"], &["once"]),
    ("tasks = []", 1, &["`tasks` is empty"], &["cddm, go_no_go, memory_number"]),
    ("classes = []", 1, &["`classes` is empty"], &["at least one class"]),
    ("classes = [\"relu_dale\"]\n[class.a]", 1, &["[class.a] is defined but not listed"], &["list it"]),
    ("[grid]\nslope = []", 2, &["`slope` is an empty list"], &["at least one value"]),
    ("[grid]\nslope = [1.0,\n 2.0, 1.0]", 3, &["`slope` holds 1.0 twice"], &["once"]),
    ("[defaults]\nlambda_r = []", 2, &["names no phase"], &["one entry a phase"]),
    (
        "[defaults]\nlambda_r = [0.0, 0.3]\n[class.a]\niterations = [100]",
        4,
        &["`iterations` has 1 entries and `lambda_r` 2"],
        &["one entry a phase"],
    ),
    // Types.
    ("seed = \"7\"", 1, &["`seed` is \"7\""], &["a whole number, 0 or above"]),
    ("seed = -1", 1, &["`seed` is -1"], &["a whole number, 0 or above"]),
    ("checkpoints = [50, 20]", 1, &["`checkpoints` holds 20 after a later one"], &["rising order"]),
    ("checkpoints = [0]", 1, &["`checkpoints` is 0"], &["from 1 to"]),
    ("name = 3", 1, &["`name` is 3"], &["a name in quotes"]),
    ("tasks = \"cddm\"", 1, &["`tasks` is \"cddm\""], &["a list in square brackets"]),
    ("classes = [3]", 1, &["`classes` is 3"], &["a name in quotes"]),
    ("defaults = 3", 1, &["`defaults` is 3"], &["a table: `[defaults]`"]),
    ("[grid]\nslope = 1.0", 2, &["`slope` is 1.0"], &["a list in square brackets"]),
    ("[grid]\nslope = [1.0, \"a\"]", 2, &["`slope` is \"a\""], &["a number"]),
    ("[defaults]\nn_units = 1.5", 2, &["`n_units` is 1.5"], &["a whole number"]),
    ("[defaults]\niterations = 1.5", 2, &["`iterations` is 1.5"], &["a whole number"]),
    ("[defaults]\niterations = [10,\n 1.5]", 3, &["`iterations` holds 1.5"], &["a whole number"]),
    ("[defaults]\nlambda_r = [0.1, \"x\"]", 2, &["`lambda_r` holds \"x\""], &["a number"]),
    ("[task.cddm]\ncontext = 5", 2, &["`context` is 5"], &["a pair of steps such as [10, 30]"]),
    ("[task.cddm]\nmask = [0, 100]", 2, &["`mask` holds 0"], &["a pair of steps"]),
    ("[task.cddm]\nmask = [[0, 100, 200]]", 2, &["`mask` holds [0, 100, 200]"], &["a pair of steps"]),
    ("[task.cddm]\nmask = [[-5, 100]]", 2, &["`mask` holds [-5, 100]"], &["a pair of steps"]),
    ("[task.go_no_go]\ntrain_values = \"all\"", 2, &["`train_values` is \"all\""], &["a whole number"]),
    ("[task.go_no_go]\ntrain_values = [0.5, \"x\"]", 2, &["`train_values` holds \"x\""], &["a number"]),
    // Ranges of the study.
    ("networks_per_class = 0", 1, &["`networks_per_class` is 0"], &["from 1 to"]),
    ("networks_per_class = 1000000000000", 1, &["is 1000000000000"], &["from 1 to 1000000"]),
    ("[selection]\nkeep = 0", 2, &["`keep` is 0"], &["from 1"]),
    ("[selection]\nmin_r2 = 1.5", 2, &["`min_r2` is 1.5"], &["at most 1", "-inf"]),
    ("[selection.go_no_go]\nmin_r2 = nan", 2, &["`min_r2` is NaN"], &["at most 1"]),
    ("[comparison]\npermutations = 0", 2, &["`permutations` is 0"], &["from 1 to"]),
    ("[comparison]\nresamples = 100000000000", 2, &["`resamples` is 100000000000"], &["from 1 to"]),
    ("[comparison]\nregistration_chains = 0", 2, &["`registration_chains` is 0"], &["from 1 to 100"]),
    ("[comparison]\nmds_starts = 0", 2, &["`mds_starts` is 0"], &["from 1 to"]),
    ("[circuits]\nfits = 0", 2, &["`fits` is 0"], &["from 1 to"]),
    ("[circuits]\nfolds = 1", 2, &["`folds` is 1"], &["from 2 to", "0 to hold out no trials"]),
    ("[circuits]\nfit = 3", 2, &["`fit` in [circuits]"], &["did you mean `fits`?"]),
    // Ranges of a class, wherever it is set.
    ("[defaults]\nn_units = 1", 2, &["`n_units` is 1"], &["from 2 to 20000"]),
    ("[class.a]\nslope = 0", 2, &["`slope` is 0"], &["above 0"]),
    ("[class.a]\nslope = nan", 2, &["`slope` is NaN"], &["finite"]),
    ("[class.a]\nratio = -4", 2, &["`ratio` is -4"], &["above 0"]),
    ("[class.a]\nspectral_radius = inf", 2, &["`spectral_radius` is inf"], &["finite"]),
    ("[class.a]\nsigma_rec = -0.1", 2, &["`sigma_rec` is -0.1"], &["0 or a finite number above"]),
    ("[class.a]\nsigma_inp = -0.1", 2, &["`sigma_inp` is -0.1"], &["0 or a finite number above"]),
    ("[class.a]\nlambda_orth = -1", 2, &["`lambda_orth` is -1"], &["0 or a finite number above"]),
    ("[class.a]\nlambda_r = -1", 2, &["`lambda_r` is -1"], &["0 or a finite number above"]),
    ("[class.a]\nweight_decay = nan", 2, &["`weight_decay` is NaN"], &["0 or a finite number above"]),
    ("[class.a]\nlearning_rate = 0", 2, &["`learning_rate` is 0"], &["above 0"]),
    ("[class.a]\niterations = 0", 2, &["`iterations` is 0"], &["from 1 to"]),
    ("[defaults.cddm]\niterations = 0", 2, &["`iterations` is 0"], &["from 1 to"]),
    ("[grid]\niterations = [10,\n 0]", 3, &["`iterations` is 0"], &["from 1 to"]),
    ("[class.a]\ndt_ms = 20", 2, &["`dt_ms` is 20"], &["`tau_ms` = 10"]),
    ("[class.a]\nn_units = 9\ntau_ms = 0.5", 3, &["`dt_ms` is 1"], &["not exceed `tau_ms` = 0.5"]),
    // Ranges of a task.
    ("[task.cddm]\ndecision = [199, 301]", 2, &["`decision` of task `cddm` is [199, 301]"], &["by step 300"]),
    ("[task.cddm]\ncontext = [5, 5]", 2, &["`context` of task `cddm` is [5, 5]"], &["start before it ends"]),
    ("[task.cddm]\nmask = []", 2, &["`mask` of task `cddm` is empty"], &["at least one epoch"]),
    ("[task.cddm]\nmask = [[0, 10], [20, 400]]", 2, &["`mask`", "[20, 400]"], &["by step 300"]),
    ("[task.cddm]\nmask = [[7, 7]]", 2, &["`mask`", "[7, 7]"], &["start before it ends"]),
    (
        "[task.cddm]\nn_steps = 200",
        2,
        &["`context` of task `cddm` is [0, 300] as published"],
        &["by step 200"],
    ),
    ("[task.cddm]\nn_steps = 0", 2, &["`n_steps` of task `cddm` is 0"], &["from 2 to"]),
    ("[task.cddm]\ntrain_coherences = [0.0, 1.5]", 2, &["`train_coherences`", "1.5"], &["from -1 to 1"]),
    ("[task.cddm]\nanalysis_coherences = []", 2, &["`analysis_coherences`", "empty"], &["from -1 to 1"]),
    ("[task.cddm]\nanalysis_coherences = [nan]", 2, &["`analysis_coherences`", "NaN"], &["from -1 to 1"]),
    ("[task.go_no_go]\nthreshold = 2", 2, &["`threshold`", "2"], &["from 0 to 1"]),
    ("[task.go_no_go]\ntrain_values = 0", 2, &["`train_values` is 0"], &["from 1 to"]),
    ("[task.go_no_go]\ntrain_values = 9000000000000", 2, &["`train_values` is 9"], &["from 1 to 1000000"]),
    ("[task.go_no_go]\nanalysis_values = [0.5, -0.1]", 2, &["`analysis_values`", "-0.1"], &["from 0 to 1"]),
    ("[task.go_no_go]\ncue = [30, 61]", 2, &["`cue` of task `go_no_go` is [30, 61]"], &["by step 60"]),
    ("[task.memory_number]\nrecall = [60, 121]", 2, &["`recall`", "[60, 121]"], &["by step 120"]),
    ("[task.memory_number]\nonset_jitter = [5, -5]", 2, &["`onset_jitter`", "[5, -5]"], &["must not exceed"]),
    (
        "[task.memory_number]\nonset_jitter = [-30, 0]",
        2,
        &["`onset_jitter`", "[-30, 0]"],
        &["outside the trial"],
    ),
    (
        "[task.memory_number]\nvalue = [10, 20]",
        2,
        &["`onset_jitter`", "as published"],
        &["outside the trial"],
    ),
];

#[test]
fn every_mistake_is_answered_with_file_line_field_and_remedy() {
    let mut faults = Vec::new();
    for (text, line, said, remedies) in MISTAKES {
        let Err(error) = Study::parse("own.toml", text) else {
            faults.push(format!("accepted:\n{text}"));
            continue;
        };
        let place = format!("own.toml, line {line}: ");
        let missing = said.iter().filter(|part| !error.message.contains(**part));
        let missing = missing.chain(remedies.iter().filter(|part| !error.remedy.contains(**part)));
        let missing: Vec<_> = missing.collect();
        if !error.message.starts_with(&place) || !missing.is_empty() || error.span.is_none() {
            faults
                .push(format!("{text}\n  {}\n  {}\n  lacks {place}{missing:?}", error.message, error.remedy));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n\n"));
}

#[test]
fn a_known_name_is_offered_once() {
    let error = Study::parse("own.toml", "nam = 3").unwrap_err();
    assert_eq!(error.remedy.matches("networks_per_class").count(), 1, "{}", error.remedy);
}

#[test]
fn a_study_file_that_is_not_there_is_named_with_the_way_out() {
    let error = Study::read(Path::new("no/such/study.toml")).unwrap_err();
    assert!(matches!(&error, StudyError::Read { path, .. } if path == "no/such/study.toml"));
    assert!(miette::Diagnostic::help(&error).unwrap().to_string().contains("built-in quick study"));
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
fn margins_that_are_no_margins_are_refused_with_line_and_range() {
    let mistakes: [(&str, &str, &str); 13] = [
        ("performance = -0.1", "`performance` is -0.1", "above 0, up to 1"),
        ("performance = 0", "`performance` is 0", "above 0, up to 1"),
        ("performance = 1.5", "`performance` is 1.5", "above 0, up to 1"),
        ("sensitivity = 2", "`sensitivity` is 2", "above 0, up to 1"),
        ("sheet = 1.01", "`sheet` is 1.01", "above 0, up to 1"),
        ("symmetry = 1.5", "`symmetry` is 1.5", "above 0, up to 1.414"),
        ("endpoint = \"half\"", "`endpoint` is \"half\"", "a number"),
        ("endpoint = nan", "`endpoint` is NaN", "a number above 0"),
        ("endpoint = inf", "`endpoint` is inf", "a number above 0"),
        ("smallest_effect = 0.0", "`smallest_effect` is 0", "a number above 0"),
        ("smallest_effect = [0.5]", "`smallest_effect` is [0.5]", "a number"),
        ("sensitivty = 0.1", "`sensitivty` in [margins]", "did you mean `sensitivity`?"),
        ("sheets = 0.1", "`sheets` in [margins]", "did you mean `sheet`?"),
    ];
    for (line, said, remedy) in mistakes {
        let error = Study::parse("own.toml", &format!("[margins]\n{line}")).unwrap_err();
        assert!(error.message.contains(said), "{line}: {}", error.message);
        assert!(error.remedy.contains(remedy), "{line}: {}", error.remedy);
        assert!(error.message.starts_with("own.toml, line 2: "), "{}", error.message);
    }
    let error = Study::parse("own.toml", "seed = 3\nmargins = 0.1").unwrap_err();
    assert!(error.message.contains("`margins` is 0.1") && error.remedy.contains("a table: `[margins]`"));
    assert!(error.message.starts_with("own.toml, line 2: "), "{}", error.message);
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
