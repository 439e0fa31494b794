//! Declared tasks that cannot be: the line, the field, what is found and what would be right.

use circuitscope_study::config::{parse_task, read_task};

/// A task in which one thing at a time is wrong.
const SOUND: &str = r#"name = "own_task"
duration = 100
inputs = ["stimulus", "go cue"]
outputs = ["choice"]
keep = "first != second"
[factors.first]
values = [0, 0.5, 1]
[factors.second]
values = [0, 1]
[factors.onset]
drawn = { uniform = [-5, 5], multiple_of = 1 }
[derived]
difference = "first - second"
[[epochs]]
name = "stimulus"
start = "10 + onset"
duration = 20
[[epochs]]
name = "delay"
end = 60
[[epochs]]
name = "go"
duration = 40
[[drive]]
channel = "stimulus"
epoch = "stimulus"
value = "0.5 + difference"
[[drive]]
channel = "go cue"
epoch = "go"
value = 1
[[target]]
channel = "choice"
epoch = "go"
value = "sign(difference)"
[loss]
mask = ["go"]
decision = "go"
[fixed_points]
over = { level = [0, 1, 2] }
inputs = { stimulus = "level" }
"#;

fn error_of(text: &str) -> (String, String, Option<String>) {
    let error = parse_task("own.toml", text).err().unwrap_or_else(|| panic!("accepted:\n{text}"));
    let marked = error.span.map(|span| text[span.offset()..span.offset() + span.len()].to_owned());
    (error.message, error.remedy, marked)
}

#[track_caller]
fn check(from: &str, to: &str, marked: &str, message: &[&str], remedy: &str) {
    assert_eq!(SOUND.matches(from).count(), 1, "{from}");
    let text = SOUND.replace(from, to);
    let (found, advice, place) = error_of(&text);
    let said = format!("{to}\n{found}\n{advice}\n{place:?}");
    let place = place.unwrap_or_else(|| panic!("nothing is marked: {said}"));
    assert!(place == marked, "marked: {said}");
    assert!(message.iter().all(|part| found.contains(part)), "{message:?}: {said}");
    assert!(advice.contains(remedy), "{remedy}: {said}");
    // The mark stands where it is meant: the line that is named holds it.
    let line: usize = found.split("line ").nth(1).unwrap().split(':').next().unwrap().parse().unwrap();
    assert!(
        text.lines().nth(line - 1).unwrap().contains(marked.lines().next().unwrap_or_default()),
        "{said}"
    );
}

#[test]
fn the_task_itself_is_sound() {
    parse_task("own.toml", SOUND).unwrap_or_else(|error| panic!("{} {}", error.message, error.remedy));
}

#[test]
fn epochs_outside_the_trial_or_against_time_are_refused() {
    check(
        "end = 60",
        "end = 30",
        "30",
        &[
            "line 20",
            "the end of epoch \"delay\", 30 steps",
            "before its start, 35 steps",
            "trial 1 of training (first = 0, second = 1, onset from -5 to 5)",
        ],
        "start before it ends",
    );
    check(
        "duration = 20",
        "duration = -1",
        "-1",
        &["`epochs 1, duration`", "-1 steps", "trial 1"],
        "start before it ends",
    );
    check(
        "duration = 20",
        "duration = 0",
        "[[epochs]]",
        &["`epochs 1`", "lasts no step on any trial"],
        "end after it starts",
    );
    check(
        "duration = 40",
        "duration = \"40 + 2 * first\"",
        "\"40 + 2 * first\"",
        &["the end of epoch \"go\", 101 steps, after the trial", "first = 0.5, second = 0"],
        "by 100 steps",
    );
    check(
        "10 + onset",
        "4 + onset",
        "\"4 + onset\"",
        &["the start of epoch \"stimulus\", -1 steps, before the trial"],
        "at 0 or later, for every draw",
    );
    check(
        "duration = 40",
        "duration = \"39 + first\"",
        "\"39 + first\"",
        &["99.5 steps, no whole number of steps on trial 2 of training (first = 0.5"],
        "round",
    );
    check("duration = 100\n", "duration = 1\n", "1", &["1 steps"], "from 2 to 1000000");
    check("duration = 100\n", "duration = 1000001\n", "1000001", &["1000001"], "from 2 to 1000000");
    check(
        "duration = 100\n",
        "dt_ms = 3\ntime_unit = \"ms\"\nduration = 100\n",
        "100",
        &["100 ms, no multiple of dt_ms = 3"],
        "99",
    );
    check(
        "duration = 100\n",
        "dt_ms = 0\ntime_unit = \"ms\"\nduration = 100\n",
        "0",
        &["`dt_ms` is 0"],
        "above 0",
    );
    check("duration = 100\n", "time_unit = \"sec\"\nduration = 100\n", "\"sec\"", &["sec"], "ms");
}

#[test]
fn a_mask_or_a_decision_that_no_score_can_be_taken_in_is_refused() {
    check(
        "mask = [\"go\"]",
        "mask = []",
        "[]",
        &["`loss.mask` is a mask that leaves nothing"],
        "at least one epoch",
    );
    check(
        "mask = [\"go\"]",
        "mask = [\"go\", \"stimulus\"]",
        "\"stimulus\"",
        &["`loss.mask 2`", "not at the same steps on all trials"],
        "times",
    );
    check(
        "mask = [\"go\"]",
        "mask = [[0, 10], [90, 101]]",
        "[90, 101]",
        &["`loss.mask 2` is [90, 101]"],
        "from 0 to 100",
    );
    check("mask = [\"go\"]", "mask = [[20, 10]]", "[20, 10]", &["[20, 10]"], "start before it ends");
    check("mask = [\"go\"]", "mask = [[0, 5.5]]", "[0, 5.5]", &["5.5 steps"], "whole steps");
    check("mask = [\"go\"]", "mask = [\"gone\"]", "\"gone\"", &["no epoch `gone`"], "did you mean `go`?");
    check(
        "mask = [\"go\"]",
        "mask = [[0, 60]]",
        "[[0, 60]]",
        &["every target of every training trial is 0"],
        "no R²",
    );
    let weighted = |entry: &str| format!("mask = [{entry}]");
    for (entry, marked, message, remedy) in [
        ("{ epoch = \"go\" }", "{ epoch = \"go\" }", "has no `weight`", "`weight = 5`"),
        ("{ epoch = \"go\", weight = -1 }", "-1", "`loss.mask 1, weight` is -1", "0 or a number above it"),
        ("{ epoch = \"go\", weight = inf }", "inf", "`loss.mask 1, weight` is inf", "float32"),
        ("{ epoch = \"gone\", weight = 1 }", "\"gone\"", "no epoch `gone`", "did you mean `go`?"),
        ("{ weight = 1, outputs = [\"chose\"] }", "\"chose\"", "no output `chose`", "did you mean `choice`?"),
        ("{ weight = 1, outputs = [] }", "[]", "an empty list", "leave `outputs` out"),
        ("{ weight = 1, times = [0, 101] }", "[0, 101]", "[0, 101]", "from 0 to 100"),
        (
            "{ weight = 1, times = [0, 10], epoch = \"go\" }",
            "[0, 10]",
            "both `epoch` and `times`",
            "one of them",
        ),
        ("{ weight = 1, wieght = 2 }", "wieght", "wieght", "weight"),
        ("{ weight = 0 }", "[{ weight = 0 }]", "a mask that may leave nothing", "above 0"),
        ("\"go\", { weight = 0 }", "[\"go\", { weight = 0 }]", "a mask that may leave nothing", "above 0"),
    ] {
        check("mask = [\"go\"]", &weighted(entry), marked, &[message], remedy);
    }
    check("decision = \"go\"", "decision = \"goo\"", "\"goo\"", &["no epoch `goo`"], "did you mean `go`?");
    check(
        "duration = 40",
        "start = \"60 + 10 * first\"\nend = 100",
        "\"go\"",
        &["loss.mask 1", "not at the same steps"],
        "one for all trials",
    );
    let moved = SOUND
        .replace("mask = [\"go\"]\n", "")
        .replace("duration = 40", "start = \"40 + 10 * second\"\nend = 100");
    let (message, remedy, _) = error_of(&moved);
    assert!(message.contains("steps 40 to 100 on one trial and steps 50 to 100 on another"), "{message}");
    assert!(remedy.contains("a `start` of its own"), "{remedy}");
}

#[test]
fn channels_without_a_part_and_factors_without_a_use_are_refused() {
    check(
        "channel = \"go cue\"\nepoch = \"go\"\nvalue = 1",
        "channel = \"go cue\"\nvalue = 0",
        "\"go cue\"",
        &["line 3", "`inputs 2` is \"go cue\", which is 0 on all training trials"],
        "leave it out",
    );
    check(
        "[\"stimulus\", \"go cue\"]",
        "[\"stimulus\", \"go cue\", \"noise\"]",
        "\"noise\"",
        &["`inputs 3`", "no [[drive]]"],
        "add a [[drive]]",
    );
    check(
        "[\"choice\"]",
        "[\"choice\", \"other\"]",
        "\"other\"",
        &["`outputs 2`", "no [[target]]"],
        "value = 0",
    );
    check(
        "[\"stimulus\", \"go cue\"]",
        "[\"stimulus\", \"go cue\", \"stimulus\"]",
        "\"stimulus\"",
        &["a second time"],
        "once",
    );
    check("[\"stimulus\", \"go cue\"]", "[]", "[]", &["`inputs` is empty"], "at least one");
    check(
        "channel = \"go cue\"",
        "channel = \"go que\"",
        "\"go que\"",
        &["`drive 2, channel`: there is no input `go que`"],
        "did you mean `go cue`?",
    );
    check(
        "[derived]\n",
        "[factors.spare]\nvalues = [1, 2]\n[derived]\n",
        "[factors.spare]",
        &["`spare`, which nothing uses"],
        "leave it out",
    );
    check(
        "[derived]\n",
        "[derived]\nsum = \"first + second\"\n",
        "\"first + second\"",
        &["`sum`, which nothing uses"],
        "leave it out",
    );
    check(
        "name = \"delay\"",
        "name = \"stimulus\"",
        "\"stimulus\"",
        &["`epochs 2, name`", "a second time"],
        "once",
    );
    check("[factors.second]", "[factors.First]", "[factors.First]", &["\"First\""], "lower-case");
    check("[factors.second]", "[factors.max]", "[factors.max]", &["\"max\""], "choose another name");
    check("[factors.second]", "[factors.time]", "[factors.time]", &["\"time\""], "choose another name");
    check(
        "difference = \"first",
        "onset = \"first",
        "\"first - second\"",
        &["\"onset\" a second time"],
        "names of their own",
    );
    check(
        "values = [0, 0.5, 1]",
        "values = []",
        "[]",
        &["`factors.first.train` is an empty list"],
        "at least one number",
    );
    check(
        "values = [0, 0.5, 1]",
        "values = [0, nan, 1]",
        "nan",
        &["`factors.first.train 2` is NaN"],
        "finite",
    );
    check("name = \"own_task\"", "name = \"own task\"", "\"own task\"", &["own task"], "lower-case");
    check("name = \"own_task\"", "name = \"cddm\"", "\"cddm\"", &["\"cddm\""], "built-in");
}

#[test]
fn expressions_are_read_with_their_place_and_finite_on_every_trial() {
    check(
        "0.5 + difference",
        "0.5 + diference",
        "diference",
        &["`drive 1, value`: there is no name `diference`"],
        "did you mean `difference`?",
    );
    check(
        "0.5 + difference",
        "0.5 + squrt(difference)",
        "squrt",
        &["no function `squrt`"],
        "did you mean `sqrt`?",
    );
    check("0.5 + difference", "0.5 + * difference", "*", &["`*` at column 7"], "a number, a name");
    check("0.5 + difference", "0.5 ** difference", "**", &["`**` at column 5"], "^");
    check("0.5 + difference", "(0.5 + difference", "", &["ends too soon"], "column 18");
    check("0.5 + difference", "0.5 + 2difference", "2difference", &["`2difference`"], "2 * difference");
    check("0.5 + difference", "0 < first < 1", "<", &["comparison of a comparison"], "and");
    check("0.5 + difference", "min(first)", "min(first)", &["min(…) of 1"], "two numbers or more");
    check(
        "0.5 + difference",
        "1 / (first + second - 1.5)",
        "1 / (first + second - 1.5)",
        &["a division by zero on trial 3 of training (first = 0.5, second = 1, onset = 0)"],
        "finite on every trial",
    );
    check(
        "0.5 + difference",
        "sqrt(difference)",
        "sqrt(difference)",
        &["square root of a negative number", "first = 0, second = 1"],
        "if(",
    );
    check(
        "0.5 + difference",
        "exp(1000 * second) + first",
        "exp(1000 * second)",
        &["not finite", "first = 0, second = 1"],
        "",
    );
    check("0.5 + difference", "1e39 + difference", "\"1e39 + difference\"", &["1e39", "trial 1"], "float32");
    check(
        "0.5 + difference",
        "first / onset + second",
        "first / onset",
        &["a division by zero", "onset"],
        "every draw",
    );
    check(
        "0.5 + difference",
        "first / (onset + 0.5) + second",
        "first / (onset + 0.5)",
        &["a division by zero", "onset from -5 to 5"],
        "every draw",
    );
    check(
        "\"sign(difference)\"",
        "\"sign(difference) * onse\"",
        "onse",
        &["no name `onse`"],
        "did you mean `onset`?",
    );
    check("end = 60", "end = \"60 + time\"", "time", &["`time`"], "only `value`");
    check(
        "first != second",
        "first > 2",
        "\"first > 2\"",
        &["`keep` is an expression that is false for all 6 combinations"],
        "at least one trial",
    );
    check(
        "first != second",
        "first > onset",
        "\"first > onset\"",
        &["what is drawn"],
        "factors that have values",
    );
    check("first != second", "fist != second", "fist", &["no name `fist`"], "did you mean `first`?");
    check("first - second", "first - difference", "difference", &["no name `difference`"], "first");
    let deep = format!("{}1{}", "(".repeat(2000), ")".repeat(2000));
    check("0.5 + difference", &deep, &deep, &["4001 bytes"], "at most 2000");
    let deep = format!("{}1{}", "(".repeat(500), ")".repeat(500));
    let (message, ..) = error_of(&SOUND.replace("0.5 + difference", &deep));
    assert!(message.contains("nested too deep"), "{message}");
}

#[test]
fn too_many_trials_are_refused_before_they_are_made() {
    check(
        "values = [0, 0.5, 1]",
        "values = { from = 0, to = 1, n = 60001 }",
        "factors",
        &["120000 trials in training"],
        "at most 100000",
    );
    check(
        "values = [0, 0.5, 1]",
        "values = { from = 0, to = 1, n = 100001 }",
        "100001",
        &["100001"],
        "from 1 to 100000",
    );
    let wide = "values = { from = 0, to = 1, n = 100000 }\n[factors.third]\nvalues = { from = 0, to = 1, n = 100000 }";
    let (message, ..) =
        error_of(&SOUND.replace("values = [0, 0.5, 1]", wide).replace("0.5 + diff", "third + diff"));
    assert!(message.contains("more than 1000000 combinations"), "{message}");
    let long = SOUND
        .replace("duration = 100\n", "duration = 1000000\n")
        .replace("values = [0, 0.5, 1]", "values = { from = 0, to = 1, n = 1000 }");
    let (message, ..) = error_of(&long);
    assert!(message.contains("3 channels x 1000000 steps x 1998 trials"), "{message}");
}

#[test]
fn what_is_drawn_must_be_a_distribution() {
    check(
        "uniform = [-5, 5]",
        "uniform = [5, -5]",
        "{ uniform = [5, -5], multiple_of = 1 }",
        &["uniform from 5 to -5"],
        "must not exceed",
    );
    check(
        "multiple_of = 1",
        "multiple_of = 2",
        "2",
        &["`factors.onset.drawn.multiple_of` is 2"],
        "-5 is not",
    );
    check("multiple_of = 1", "multiple_of = 0", "0", &["is 0"], "above 0");
    check(
        "uniform = [-5, 5], multiple_of = 1",
        "normal = [0, 0]",
        "{ normal = [0, 0] }",
        &["standard deviation of 0"],
        "above 0",
    );
    check(
        "uniform = [-5, 5], multiple_of = 1",
        "exponential = -2",
        "{ exponential = -2 }",
        &["exponential mean of -2"],
        "above 0",
    );
    check(
        "uniform = [-5, 5], multiple_of = 1",
        "choice = []",
        "{ choice = [] }",
        &["a choice of nothing"],
        "at least one",
    );
    check(
        "uniform = [-5, 5], multiple_of = 1",
        "normal = [0, 1], choice = [1]",
        "{ normal = [0, 1], choice = [1] }",
        &["2 distributions"],
        "give one of",
    );
    check("uniform = [-5, 5]", "uniform = [-5]", "[-5]", &["holds 1 numbers"], "[low, high]");
    check(
        "uniform = [-5, 5], multiple_of = 1 }",
        "uniform = [-5, 5], multiple_of = 1 }\nvalues = [1]",
        "[factors.onset]",
        &["does not say what values"],
        "`drawn`",
    );
}

#[test]
fn a_grid_that_is_none_is_refused() {
    check(
        "stimulus = \"level\"",
        "stimulis = \"level\"",
        "\"level\"",
        &["there is no input `stimulis`"],
        "did you mean `stimulus`?",
    );
    check(
        "stimulus = \"level\"",
        "stimulus = \"lvel\"",
        "lvel",
        &["there is no name `lvel`"],
        "did you mean `level`?",
    );
    check(
        "stimulus = \"level\"",
        "stimulus = \"1 / level\"",
        "1 / level",
        &["a division by zero at level = 0"],
        "finite",
    );
    check(
        "stimulus = \"level\"",
        "stimulus = \"level > 0\"",
        "{ stimulus = \"level > 0\" }",
        &["the same inputs for (level = 1) and (level = 2)"],
        "inputs of its own",
    );
    check(
        "level = [0, 1, 2]",
        "level = [0, 1, 0]",
        "0",
        &["`fixed_points.over.level 3` is 0 a second time"],
        "once",
    );
    check(
        "inputs = { stimulus = \"level\" }\n",
        "inputs = { stimulus = \"level\" }\nlines = [\"levl\"]\n",
        "\"levl\"",
        &["no quantity `levl`"],
        "did you mean `level`?",
    );
    check(
        "over = { level = [0, 1, 2] }\ninputs = { stimulus = \"level\" }\n",
        "over = { level = [0, 1, 2], go = [1] }\ninputs = { stimulus = \"level + go\" }\nlines = [\"go\"]\n",
        "\"go\"",
        &["which has one level"],
        "at least two levels",
    );
    check(
        "inputs = { stimulus = \"level\" }\n",
        "",
        "[fixed_points]",
        &["no `inputs`"],
        "what each channel carries",
    );
}

#[test]
fn keys_that_are_missing_misplaced_or_unknown_are_named() {
    for key in [
        "duration = 100\n",
        "inputs = [\"stimulus\", \"go cue\"]\n",
        "outputs = [\"choice\"]\n",
        "name = \"own_task\"\n",
    ] {
        let (message, remedy, _) = error_of(&SOUND.replacen(key, "", 1));
        let name = key.split(' ').next().unwrap();
        assert!(message.contains(&format!("no `{name}`")), "{message}");
        assert!(remedy.contains("give"), "{remedy}");
    }
    check("decision = \"go\"\n", "", "[loss]", &["[loss] has no `decision`"], "by its name");
    check(
        "mask = [\"go\"]",
        "maks = [\"go\"]",
        "maks",
        &["unknown key `maks` in [loss]"],
        "did you mean `mask`?",
    );
    check(
        "values = [0, 1]\n",
        "values = [0, 1]\nkeep = \"first > 0\"\n",
        "\"first > 0\"",
        &["`keep` stands in [factors.second]"],
        "above the first [table]",
    );
    check(
        "values = [0, 1]\n",
        "value = [0, 1]\n",
        "[factors.second]",
        &["what values `second` takes"],
        "`values`",
    );
    check("values = [0, 1]\n", "values = 3\n", "3", &["`values` is 3"], "from = 0");
    check(
        "values = [0, 1]\n",
        "values = { from = 0, to = 1 }\n",
        "{ from = 0, to = 1 }",
        &["no `n`"],
        "how many",
    );
    check("value = 1\n", "value = true\n", "true", &["`value` is true"], "in quotes");
    check("value = 1\n", "value = inf\n", "inf", &["`value` is inf"], "finite");
    check("end = 60", "end = 60\nduration = 3", "[[epochs]]", &["both `duration` and `end`"], "one of them");
    check("end = 60\n", "", "[[epochs]]", &["neither `duration` nor `end`"], "one of them");
    check("mask = [\"go\"]", "mask = [3]", "3", &["`mask` holds 3"], "pairs of times");
    check("duration = 40", "duration = 40\ncolour = 3", "colour", &["unknown key `colour`"], "known: name");
}

#[test]
fn a_file_under_the_name_of_a_built_in_task_is_that_task_or_is_refused() {
    let folder = tempfile::TempDir::new().unwrap();
    let own = folder.path().join("copy.toml");
    let built_in = std::fs::read_to_string(super::file("delayed_xor")).unwrap();
    std::fs::write(&own, &built_in).unwrap();
    assert_eq!(read_task(&own).unwrap().name(), "delayed_xor");
    std::fs::write(&own, built_in.replace("values = [-1, 1]", "values = [-1, 0.5, 1]")).unwrap();
    let error = read_task(&own).err().unwrap();
    // What a person reads is broken into lines.
    let said = format!("{:?}", miette::Report::new(error));
    assert!(said.contains("`name` is \"delayed_xor\"") && said.contains("built-in task"), "{said}");
}
