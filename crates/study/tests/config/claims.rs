//! Claims of a study file: what is read, and what is said of those that cannot be judged.

use crate::parsed;
use circuitscope::analysis::measures::Measure;
use circuitscope::analysis::statistics::TrendForm;
use circuitscope::claims::{Aim, Asked, Hypothesis, Number, Quantity, Question, State};
use circuitscope_study::config::Study;

const HEAD: &str = "\
tasks = [\"cddm\", \"go_no_go\"]
classes = [\"relu_dale\", \"relu_free\", \"tanh_dale\", \"tanh_free\"]
[grid]
sigma_rec = [0.2, 0.0, 0.05]
[circuits]
networks = 0
[[claims]]
name = \"own\"
statement = \"It is so\"
";
/// Line of `name` in a file of [`HEAD`]; what a test writes stands from the line after the next one.
const CLAIM: usize = 7;

fn read(claim: &str) -> Vec<Hypothesis> {
    parsed(&format!("{HEAD}{claim}")).hypotheses
}

fn only(claim: &str) -> Question {
    let mut read = read(claim);
    let hypothesis = read.swap_remove(0);
    assert_eq!(hypothesis.readings.len(), 1);
    hypothesis.readings[0].questions[0].clone()
}

const RADIUS: Number = Number { quantity: Quantity::Measure(Measure::LargestRadius), state: State::Trained };

#[test]
fn a_difference_is_of_two_groups_within_what_they_share() {
    let of = "measure = \"largest_radius\"\nof = { activation = \"tanh\" }\nthan = { activation = \"relu\" }";
    let question = only(&format!("{of}\ndirection = \"above\""));
    let Asked::Difference { number, groups: [tanh, relu] } = &question.asked else { panic!("{question:?}") };
    assert_eq!((*number, question.aim), (RADIUS, Aim::Above));
    assert_eq!((tanh.words.as_str(), tanh.classes.len(), relu.classes.len()), ("tanh", 6, 6));
    assert_eq!(tanh.classes[0], "tanh_dale@sigma_rec=0.2");
    assert_eq!(question.within.fields, ["constraint", "sigma_rec"]);
    let stratum = |class: &str| question.within.of(class);
    assert_eq!(stratum("tanh_dale@sigma_rec=0.2"), stratum("relu_dale@sigma_rec=0.2"));
    let others = ["tanh_free@sigma_rec=0.2", "tanh_dale@sigma_rec=0.0", "tanh_free@sigma_rec=0.05"];
    assert!(others.iter().all(|other| stratum(other) != stratum("tanh_dale@sigma_rec=0.2")));
    // What the user names decides.
    let plain = only(&format!("{of}\nmargin = 0.5\nwithin = []"));
    assert!(plain.within.fields.is_empty() && plain.aim == Aim::Within(0.5));
    let other = only(&format!("{of}\nmargin = 0.5\nwithin = [\"constraint\"]"));
    assert_eq!(other.within.fields, ["constraint"]);
}

#[test]
fn classes_are_chosen_by_name_with_and_without_the_grid_and_by_numbers() {
    let of = |of: &str| {
        let claim = format!("measure = \"r2\"\nof = {of}\nthan = 0.8\ndirection = \"below\"");
        let question = only(&claim);
        let Asked::Level { group, reference, .. } = question.asked else { panic!("{claim}") };
        assert_eq!((question.aim, reference), (Aim::Below, 0.8));
        (group.words, group.classes.join(" "))
    };
    let three = "tanh_free@sigma_rec=0.2 tanh_free@sigma_rec=0.0 tanh_free@sigma_rec=0.05";
    assert_eq!(of("\"tanh_free\""), ("tanh_free".to_owned(), three.to_owned()));
    assert_eq!(of("[\"tanh_free@sigma_rec=0.0\"]").1, "tanh_free@sigma_rec=0.0");
    let chosen = of("{ sigma_rec = [0, 0.05], activation = \"tanh\", constraint = \"free\" }");
    assert_eq!(chosen.0, "sigma_rec 0 or 0.05, tanh, free");
    assert_eq!(chosen.1, "tanh_free@sigma_rec=0.0 tanh_free@sigma_rec=0.05");
    let chosen = of("{ class = [\"tanh_free\", \"relu_dale\"], sigma_rec = 0.2 }");
    assert_eq!(chosen.1, "relu_dale@sigma_rec=0.2 tanh_free@sigma_rec=0.2");
    let all = only("measure = \"r2\"\nthan = 0.8\ndirection = \"below\"");
    assert!(matches!(all.asked, Asked::Level { group, .. } if group.classes.len() == 12));
}

#[test]
fn a_trend_goes_over_the_values_of_a_field_within_all_others() {
    let claim = "measure = [\"largest_radius\", \"far_share\"]\nover = \"sigma_rec\"\ndirection = \"falls\"";
    let read = read(&format!("{claim}\ntasks = \"go_no_go\""));
    let [hypothesis] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!((hypothesis.number, hypothesis.task.as_str()), (101, "go_no_go"));
    let [first, second] = hypothesis.readings[0].questions.as_slice() else { panic!("{hypothesis:?}") };
    let Asked::Trend { number, over, form } = &first.asked else { panic!("{first:?}") };
    assert_eq!((*number, *form, first.aim), (RADIUS, TrendForm::Spearman, Aim::Below));
    assert_eq!((over.at["tanh_free@sigma_rec=0.05"], over.at.len()), (0.05, 12));
    assert_eq!(first.within.fields, ["activation", "constraint"]);
    assert!(matches!(second.asked, Asked::Trend { number, .. } if number.quantity.name() == "far_share"));
    let slope = only(&format!("{claim}\ntrend = \"slope\"\nof = {{ activation = \"tanh\" }}"));
    assert_eq!(slope.within.fields, ["constraint"]);
    assert!(matches!(slope.asked, Asked::Trend { form: TrendForm::Slope, over, .. } if over.at.len() == 6));
}

#[test]
fn distances_are_asked_between_groups_or_over_a_field() {
    let over = only("distance = \"trajectories\"\nover = \"sigma_rec\"");
    let Asked::Apart { groups, what, .. } = &over.asked else { panic!("{over:?}") };
    let words: Vec<&str> = groups.iter().map(|group| group.words.as_str()).collect();
    assert_eq!((what.as_str(), words), ("sigma_rec", vec!["sigma_rec 0", "sigma_rec 0.05", "sigma_rec 0.2"]));
    assert_eq!(over.within.fields, ["activation", "constraint"]);
    let between = only("distance = \"endpoints\"\nof = \"tanh_dale\"\nthan = [\"relu_dale\", \"relu_free\"]");
    assert!(
        matches!(between.asked, Asked::Apart { what, .. } if what == "tanh_dale against relu_dale or relu_free")
    );
}

#[test]
fn a_claim_is_judged_on_every_task_that_offers_it_and_readings_say_what_is_other() {
    let read = read(
        "measure = \"exchange_residual\"\nover = \"sigma_rec\"\ndirection = \"rises\"\n\
         [[claims.readings]]\nname = \"slope\"\ntrend = \"slope\"\n\
         [[claims.readings]]\nname = \"classes\"\nmeaning = \"tanh alone\"\nof = \"tanh_free\"\nthan = 0.5\ndirection = \"below\"\n\
         [[claims.readings]]\nname = \"margin\"\nmargin = 0.2\n\
         [[claims]]\nname = \"r2\"\nstatement = \"All do well\"\nmeasure = \"r2\"\nthan = 0.9\ndirection = \"above\"",
    );
    let told: Vec<(u32, &str, &str)> =
        read.iter().map(|one| (one.number, one.name.as_str(), one.task.as_str())).collect();
    assert_eq!(told, [(101, "own", "cddm"), (102, "r2", "cddm"), (102, "r2", "go_no_go")]);
    let readings = &read[0].readings;
    let names: Vec<(&str, &str)> =
        readings.iter().map(|one| (one.name.as_str(), one.words.as_str())).collect();
    let expected = [
        ("as_stated", "as it is stated"),
        ("slope", "slope"),
        ("classes", "tanh alone"),
        ("margin", "margin"),
    ];
    assert_eq!(names, expected);
    let question = |place: usize| &readings[place].questions[0];
    assert!(matches!(question(1).asked, Asked::Trend { form: TrendForm::Slope, .. }));
    assert!(matches!(&question(2).asked, Asked::Level { reference, .. } if *reference == 0.5));
    assert!(matches!(question(3).asked, Asked::Trend { .. }) && question(3).aim == Aim::Within(0.2));
    assert_eq!(question(1).aim, Aim::Above);
}

#[test]
fn the_fields_of_the_grid_are_looked_at_with_the_others_held() {
    let study = parsed(
        "tasks = [\"go_no_go\"]\n[grid]\nsigma_rec = [0.2, 0.0]\nn_units = [50]\nactivation = [\"relu\", \"tanh\"]",
    );
    let told: Vec<(&str, Vec<String>, bool)> = study
        .factors
        .iter()
        .map(|factor| (factor.field.as_str(), factor.within.fields.clone(), factor.ordered.is_some()))
        .collect();
    let held = |names: [&str; 2]| names.map(str::to_owned).to_vec();
    let expected = [
        ("sigma_rec", held(["activation", "constraint"]), true),
        ("activation", held(["constraint", "sigma_rec"]), false),
    ];
    assert_eq!(told, expected);
    assert!(parsed("").factors.is_empty() && parsed("").hypotheses.is_empty());
    // Classes that differ in what the grid does not vary are looked at apart.
    let own = "classes = [\"tanh_free\", \"small\"]\ntasks = [\"go_no_go\"]\n[grid]\nslope = [0.5, 1.0]\n[class.small]\n\
               base = \"tanh_free\"\nn_units = 50";
    let within = &parsed(own).factors[0].within;
    assert_eq!(within.fields, ["class"]);
    assert_ne!(within.of("small@slope=0.5"), within.of("tanh_free@slope=0.5"));
    assert_eq!(within.of("small@slope=0.5"), within.of("small@slope=1.0"));
}

/// What stands below the head, the line of the mistake from the claim's `[[claims]]`, what must be said, and the remedy.
type Mistake = (&'static str, usize, &'static [&'static str], &'static [&'static str]);

const MISTAKES: &[Mistake] = &[
    // Measures and aspects.
    (
        "measure = \"largest_radus\"\nthan = 1\ndirection = \"above\"",
        3,
        &["`measure` is \"largest_radus\", which is no measure"],
        &["did you mean `largest_radius`?", "offers r2, "],
    ),
    (
        "measure = \"trajectories\"\nthan = 1\ndirection = \"above\"",
        3,
        &["no measure"],
        &["`distance = \"trajectories\"`"],
    ),
    (
        "measure = \"plane_share\"\ntasks = \"go_no_go\"\nthan = 1\ndirection = \"above\"\nof = \"none\"",
        7,
        &["names class `none`"],
        &["known: relu_dale, relu_free, tanh_dale, tanh_free"],
    ),
    (
        "measure = \"exchange_residual\"\ntasks = \"go_no_go\"\nthan = 1\ndirection = \"above\"",
        3,
        &["does not offer `exchange_residual` on task `go_no_go`"],
        &["it needs a task with contexts", "offers r2, arm_concentration"],
    ),
    (
        "measure = \"context_inhibition\"\nthan = 0\ndirection = \"below\"",
        3,
        &["does not offer `context_inhibition` on task `cddm`"],
        &["latent circuits: `networks` of [circuits] above 0"],
    ),
    (
        "measure = \"accuracy_lost\"\ntraining = \"change\"\nthan = 0\ndirection = \"below\"",
        3,
        &["`accuracy_lost` is not taken before training"],
        &["leave `training` out"],
    ),
    (
        "measure = \"r2\"\ntasks = [\"cddm\", \"memory_number\"]\nthan = 0\ndirection = \"below\"",
        4,
        &["`tasks` names `memory_number`, which the study does not train"],
        &["its tasks: cddm, go_no_go"],
    ),
    ("distance = \"trajectory\"\nover = \"sigma_rec\"", 3, &["no aspect"], &["did you mean `trajectories`?"]),
    ("distance = \"far_share\"\nover = \"sigma_rec\"", 3, &["no aspect"], &["`measure = \"far_share\"`"]),
    ("than = 1\ndirection = \"above\"", 0, &["neither a `measure` nor a `distance`"], &["distance = "]),
    (
        "measure = \"r2\"\ndistance = \"endpoints\"\nover = \"sigma_rec\"",
        4,
        &["`measure` and `distance` exclude each other"],
        &["reading"],
    ),
    // Groups.
    (
        "measure = \"r2\"\nof = { activation = \"sigmoid\" }\nthan = 1\ndirection = \"above\"",
        4,
        &["no class of this study has `activation` = sigmoid"],
        &["the classes have relu, tanh"],
    ),
    (
        "measure = \"r2\"\nof = { sigma_rec = 0.1 }\nthan = 1\ndirection = \"above\"",
        4,
        &["no class of this study has `sigma_rec` = 0.1"],
        &["the classes have 0, 0.05, 0.2"],
    ),
    (
        "measure = \"r2\"\nof = { sigma = 0.1 }\nthan = 1\ndirection = \"above\"",
        4,
        &["`sigma` is no field of a class"],
        &["did you mean `sigma_"],
    ),
    (
        "measure = \"r2\"\nof = { class = \"tanh_dale\", activation = \"relu\" }\nthan = 1\ndirection = \"above\"",
        4,
        &["`of` selects no class"],
        &["no class is all of that at once", "relu_dale@sigma_rec=0.2"],
    ),
    (
        "measure = \"r2\"\nof = { activation = \"tanh\" }\nthan = \"tanh_free\"\ndirection = \"above\"",
        5,
        &["`of` and `than` both select class `tanh_free@sigma_rec=0.2`"],
        &["no class is in both"],
    ),
    (
        "measure = \"r2\"\nthan = \"tanh_free\"\ndirection = \"above\"",
        4,
        &["`of` does not say which"],
        &["of = { activation"],
    ),
    ("measure = \"r2\"\nof = 3\nthan = 1\ndirection = \"above\"", 4, &["`of` is 3"], &["name of a class"]),
    ("measure = \"r2\"\nof = {}\nthan = 1\ndirection = \"above\"", 4, &["`of` is empty"], &["all classes"]),
    (
        "measure = \"r2\"\nof = \"tanh_free\"\ndirection = \"above\"",
        0,
        &["neither `than` nor `over`"],
        &["than = 0.5"],
    ),
    (
        "measure = \"r2\"\nof = { activation = \"tanh\", sigma_rec = 0 }\nthan = { activation = \"relu\", sigma_rec = 0.2 }\n\
         direction = \"above\"\nwithin = [\"sigma_rec\"]",
        7,
        &["no combination of sigma_rec has classes of both groups"],
        &["`within = []`"],
    ),
    (
        "measure = \"r2\"\nof = \"tanh_free\"\nthan = 1\ndirection = \"above\"\nwithin = [\"constraint\"]",
        7,
        &["`within` goes with groups or a field"],
        &["leave it out"],
    ),
    // Fields.
    (
        "measure = \"r2\"\nover = \"n_units\"\ndirection = \"rises\"",
        4,
        &["`n_units` does not vary among the classes of task `cddm`"],
        &["sigma_rec vary"],
    ),
    (
        "measure = \"r2\"\nover = \"sigma\"\ndirection = \"rises\"",
        4,
        &["`sigma` is no field"],
        &["did you mean"],
    ),
    (
        "measure = \"r2\"\nover = \"activation\"\ndirection = \"rises\"",
        4,
        &["the values of `activation` have no order"],
        &["`of = { … }`"],
    ),
    (
        "measure = \"r2\"\nover = \"sigma_rec\"\nof = { sigma_rec = 0 }\ndirection = \"rises\"",
        4,
        &["`sigma_rec` does not vary"],
        &["activation, constraint"],
    ),
    (
        "measure = \"r2\"\nover = \"sigma_rec\"\nthan = 1\ndirection = \"rises\"",
        4,
        &["`than` and `over` exclude each other"],
        &["leave one out"],
    ),
    (
        "measure = \"r2\"\nover = \"sigma_rec\"\ndirection = \"rises\"\nwithin = [\"sigma_rec\"]",
        6,
        &["`within` names `sigma_rec`, which the claim is over"],
        &["leave it out"],
    ),
    (
        "measure = \"r2\"\nthan = 1\ndirection = \"above\"\ntrend = \"slope\"",
        6,
        &["`trend` without a field"],
        &["over = "],
    ),
    (
        "measure = \"r2\"\nover = \"sigma_rec\"\ndirection = \"rises\"\ntrend = \"kendall\"",
        6,
        &["no trend"],
        &["spearman, slope"],
    ),
    // Which way.
    (
        "measure = \"r2\"\nthan = 1\ndirection = \"above\"\nmargin = 0.1",
        6,
        &["`direction` and `margin` exclude each other"],
        &["make one of them a reading"],
    ),
    ("measure = \"r2\"\nthan = 1", 0, &["neither `direction` nor `margin`"], &["direction = \"above\""]),
    ("measure = \"r2\"\nthan = 1\nmargin = 0", 5, &["`margin` is 0"], &["above 0"]),
    ("measure = \"r2\"\nthan = 1\ndirection = \"rises\"", 5, &["is \"rises\""], &["\"above\" or \"below\""]),
    (
        "measure = \"r2\"\nover = \"sigma_rec\"\ndirection = \"above\"",
        5,
        &["is \"above\""],
        &["\"rises\" or \"falls\""],
    ),
    ("measure = \"r2\"\nthan = 1\ndirection = \"bellow\"", 5, &["no direction"], &["did you mean `below`?"]),
    ("measure = \"r2\"\nthan = nan\ndirection = \"below\"", 4, &["`than` is NaN"], &["finite"]),
    (
        "distance = \"endpoints\"\nover = \"sigma_rec\"\ndirection = \"rises\"",
        5,
        &["`direction` goes with a measure"],
        &["leave it out"],
    ),
    ("distance = \"endpoints\"\nover = \"sigma_rec\"\nmargin = 1", 5, &["`margin` goes with"], &["measure"]),
    ("distance = \"endpoints\"\nof = \"tanh_free\"\nthan = 1", 5, &["`than` is a number"], &["groups"]),
    // Claims and readings.
    (
        "measure = \"r2\"\nthan = 1\nmargin = 1\n[[claims]]\nname = \"own\"\nstatement = \"Again\"\nmeasure = \"r2\"",
        6,
        &["claim \"own\" is there twice"],
        &["`name` of its own"],
    ),
    (
        "measure = \"r2\"\nthan = 1\nmargin = 1\n[[claims]]\nname = \"own-\"\nstatement = \"Again\"\nmeasure = \"r2\"",
        6,
        &["\"own\" and \"own-\" differ by signs alone"],
        &["`name` of its own"],
    ),
    (
        "measure = \"r2\"\nthan = 1\nmargin = 1\n[[claims]]\nname = \"next\"\nmeasure = \"r2\"",
        6,
        &["claim \"next\" has no `statement`"],
        &["in a sentence"],
    ),
    ("measure = \"r2\"\nthan = 1\nmargin = 1\n[[claims]]\nmeasure = \"r2\"", 6, &["no `name`"], &["tables"]),
    ("measure = \"r2\"\nthan = 1\nmargins = 1", 5, &["unknown key `margins`"], &["did you mean `margin`?"]),
    (
        "measure = \"r2\"\nthan = 1\nmargin = 1\n[[claims.readings]]\nname = \"same\"",
        6,
        &["reading \"same\" is the claim itself"],
        &["another `measure`"],
    ),
    (
        "measure = \"r2\"\nthan = 1\nmargin = 1\n[[claims.readings]]\nname = \"as_stated\"\nmargin = 2",
        6,
        &["reading \"as_stated\" is there twice"],
        &["the claim itself is \"as_stated\""],
    ),
];

#[test]
fn every_mistake_in_a_claim_is_answered_with_its_line_and_the_remedy() {
    for (claim, line, said, remedies) in MISTAKES {
        let text = format!("{HEAD}{claim}");
        let error = Study::parse("own.toml", &text).expect_err(claim);
        let place = format!("own.toml, line {}: ", CLAIM + line);
        assert!(error.message.starts_with(&place), "{claim}\n{}\nexpected {place}", error.message);
        assert!(said.iter().all(|words| error.message.contains(words)), "{claim}\n{}", error.message);
        assert!(remedies.iter().all(|words| error.remedy.contains(words)), "{claim}\n{}", error.remedy);
    }
    let error = Study::parse("own.toml", "[claims]\nname = \"x\"").expect_err("one bracket");
    assert!(error.message.contains("`claims` is a single table") && error.remedy.contains("[[claims]]"));
}

#[test]
fn claims_change_the_identity_of_a_study_and_of_no_network() {
    use circuitscope_study::KernelPath;
    use circuitscope_study::training_job::{study_identity, training_jobs};
    let plain = "tasks = [\"go_no_go\"]\nname = \"own\"\n";
    let claim = "[[claims]]\nname = \"own\"\nstatement = \"So\"\nmeasure = \"r2\"\nthan = 0.9\ndirection = \"above\"\n";
    let arithmetic = KernelPath::detect().into();
    let [without, with] = [plain.to_owned(), format!("{plain}{claim}")].map(|text| parsed(&text));
    assert_ne!(study_identity(&without, arithmetic), study_identity(&with, arithmetic));
    let identities = |study| -> Vec<String> {
        training_jobs(study, arithmetic).into_iter().map(|job| job.identity).collect()
    };
    assert_eq!(identities(&without), identities(&with));
    let other = parsed(&format!("{plain}{}", claim.replace("0.9", "0.8")));
    assert_ne!(study_identity(&other, arithmetic), study_identity(&with, arithmetic));
}
