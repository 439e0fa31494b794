//! What is said of study files that cannot be run.

use circuitscope_study::config::{Study, StudyError};
use std::path::Path;

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
    ("[task.gonogo]", 1, &["there is no task `gonogo`"], &["did you mean `go_no_go`?"]),
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
    (
        "[class.a]\nactivation = \"softplos\"",
        2,
        &["`activation` is \"softplos\""],
        &["did you mean `softplus`?"],
    ),
    ("[class.a]\nactivation = \"elu\"", 2, &["`activation` is \"elu\""], &["relu, sigmoid, tanh, softplus"]),
    // Parameters of activations.
    ("[class.a]\nactivation = \"leaky_relu\"\nleak = 1.5", 3, &["`leak` is 1.5"], &["above 0 and below 1"]),
    (
        "[class.a]\nactivation = \"power\"\nexponent = 2.2",
        3,
        &["`exponent` is 2.2"],
        &["a multiple of 0.25 from 1.25 to 4"],
    ),
    (
        "[class.a]\nbase = \"tanh_free\"\nleak = 0.1",
        3,
        &["`leak` is 0.1", "a parameter of leaky_relu, not of tanh"],
        &["leave it out, or set `activation = \"leaky_relu\"`"],
    ),
    (
        "tasks = [\"cddm\"]\n[grid]\nexponent = [1.5, 2.0]",
        3,
        &["`exponent` is 1.5", "not of relu"],
        &["\"power\""],
    ),
    // Fields of the model.
    ("[class.a]\nform = \"h\"", 2, &["`form` is \"h\""], &["rate, potential"]),
    ("[class.a]\nbias = \"learnt\"", 2, &["`bias` is \"learnt\""], &["did you mean `learned`?"]),
    (
        "[class.a]\nbias_sd = 0.5",
        2,
        &["`bias_sd` is 0.5, and there is no bias"],
        &["set `bias = \"learned\"`"],
    ),
    ("[class.a]\nbias = \"fixed\"", 2, &["`bias` is fixed, and 0"], &["`bias_mean` or `bias_sd`"]),
    ("[class.a]\nbias_sd = -1\nbias = \"learned\"", 2, &["`bias_sd` is -1"], &["0 or a finite number above"]),
    ("[class.a]\ndensity = 0", 2, &["`density` is 0"], &["above 0 and not exceed 1"]),
    ("[class.a]\nn_units = 10\nbase = \"tanh_free\"\nrank = 10", 4, &["`rank` is 10"], &["from 1 to 9"]),
    ("[class.a]\nbase = \"tanh_free\"\nrank = 2.5", 3, &["`rank`"], &[]),
    ("[class.a]\nrank = 2", 2, &["`rank` is 2, under Dale's law"], &["`constraint = \"free\"`"]),
    (
        "[class.a]\nrank = 2\ndensity = 0.5",
        2,
        &["`rank` is 2, and `density` is 0.5"],
        &["leave one of them out"],
    ),
    (
        "[class.a]\ninput_output_weights = \"any\"",
        2,
        &["`input_output_weights` is \"any\""],
        &["nonnegative, any_sign"],
    ),
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
