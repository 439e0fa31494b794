//! Claims that a study file states, and what the fields of its grid do, from the networks to the page.

use crate::{TINY, contents, run_through, table, texts};
use circuitscope_study::config::Study;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use tempfile::TempDir;

/// A difference, a level with a reading, a trend and a distance.
const CLAIMS: &str = r#"
[[claims]]
name = "tanh_radii"
statement = "Units of tanh networks lie nearer to the centre"
tasks = "go_no_go"
measure = "output_alignment"
of = { activation = "tanh" }
than = { activation = "relu" }
direction = "below"

[[claims]]
name = "all_do_well"
statement = "Every network is near the mean of its task"
measure = "r2"
than = -5.0
direction = "above"

[[claims.readings]]
name = "not_perfect"
meaning = "and none is perfect"
than = 1.0
direction = "below"

[[claims]]
name = "noise_aligns"
statement = "Noise moves activity towards the outputs"
measure = "output_alignment"
over = "sigma_rec"
trend = "slope"
direction = "rises"

[[claims]]
name = "noise_moves_ends"
statement = "Networks trained with other noise end in other places"
distance = "endpoints"
over = "sigma_rec"
"#;

const GRID: &str = "[grid]\nsigma_rec = [0.05, 0.2]\n\n[task.go_no_go]";

/// The tiny study over a grid.
fn over_a_grid() -> String {
    TINY.replace("[task.go_no_go]", GRID)
        .replace("checkpoints = [2, 4]\n", "")
        .replace("fits = 3", "networks = 0")
}

/// The same with claims of its own.
pub(crate) fn claiming() -> Study {
    let text = format!("{}{CLAIMS}", over_a_grid());
    Study::parse("tiny.toml", &text).unwrap_or_else(|error| panic!("{error}: {}", error.remedy))
}

fn json(root: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(root.join("claims.json")).unwrap()).unwrap()
}

/// A measure of the trained networks of a task as judged, class by class, from the table of measures.
fn by_class(root: &Path, task: &str, measure: &str) -> BTreeMap<String, Vec<f64>> {
    let measures = table(root, "measures");
    let [tasks, classes, kinds, names, choices] =
        ["task", "class_name", "kind", "measure", "choice"].map(|column| texts(&measures, column));
    let values = measures.float("value").unwrap();
    let mut found = BTreeMap::<String, Vec<f64>>::new();
    for row in 0..values.len() {
        let told = [&tasks[row], &kinds[row], &names[row], &choices[row]];
        if told == [task, "trained", measure, "as judged"] {
            found.entry(classes[row].clone()).or_default().push(values[row].unwrap());
        }
    }
    found
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn claims_of_a_finished_study_are_judged_without_training_and_leave_the_built_in_ones_as_they_are() {
    let folder = TempDir::new().unwrap();
    let root = folder.path();
    let plain = Study::parse("tiny.toml", &over_a_grid()).unwrap();
    run_through(&plain, root);
    let (before, networks) = (json(root), contents(&root.join("networks")));
    let (_, heard) = run_through(&claiming(), root);
    assert!(heard.trained.is_empty(), "{:?}", heard.trained);
    assert!(contents(&root.join("networks")) == networks);
    let after = json(root);
    let claims = after["claims"].as_array().unwrap();
    let (own, built_in): (Vec<&Value>, Vec<&Value>) =
        claims.iter().partition(|claim| claim["name"].is_string());
    assert_eq!(built_in, before["claims"].as_array().unwrap().iter().collect::<Vec<_>>());

    let told: Vec<(u64, &str, &str)> = own
        .iter()
        .map(|claim| {
            let text = |key: &str| claim[key].as_str().unwrap();
            (claim["number"].as_u64().unwrap(), text("name"), text("task"))
        })
        .collect();
    let of_both = |number, name| [(number, name, "go_no_go"), (number, name, "cddm")];
    let mut expected = vec![(101, "tanh_radii", "go_no_go")];
    expected.extend(of_both(102, "all_do_well"));
    expected.extend(of_both(103, "noise_aligns"));
    expected.extend(of_both(104, "noise_moves_ends"));
    assert_eq!(told, expected);

    // The difference of the means of activations within each noise, over both.
    let classes = by_class(root, "go_no_go", "output_alignment");
    let of = |class: &str, sigma: &str| mean(&classes[&format!("{class}@sigma_rec={sigma}")]);
    let gap = |sigma: &str| of("tanh_free", sigma) - of("relu_dale", sigma);
    let number = |claim: &Value| claim["statistic"].as_f64().unwrap();
    // These architectures differ in their constraint too, so that only the noise is shared.
    assert!((number(own[0]) - 0.5 * (gap("0.05") + gap("0.2"))).abs() < 1e-12, "{}", own[0]);
    // Of two values the slope is the difference of means over their distance: three networks of each class.
    let rise = |class: &str| (of(class, "0.2") - of(class, "0.05")) / 0.15;
    assert!((number(own[3]) - 0.5 * (rise("tanh_free") + rise("relu_dale"))).abs() < 1e-9, "{}", own[3]);
    let scores = table(root, "scores");
    let r2 = scores.float("r2").unwrap();
    let of_task: Vec<f64> = texts(&scores, "task")
        .iter()
        .zip(r2)
        .filter(|(task, _)| *task == "go_no_go")
        .map(|(_, r2)| r2.unwrap())
        .collect();
    assert!((number(own[1]) - mean(&of_task)).abs() < 1e-12);
    // Every R² is below 1: the smallest p of 99 permutations, corrected over the seven claims and tasks, which is too large.
    let readings = own[1]["readings"].as_array().unwrap();
    assert_eq!((readings.len(), readings[1]["reading"].as_str()), (2, Some("not_perfect")));
    assert!((readings[1]["p"].as_f64().unwrap() - 0.07).abs() < 1e-12, "{}", readings[1]);
    assert_eq!(
        readings[1]["reason"].as_str(),
        Some("so few networks could not pass however clear they were")
    );
    let numbers = own.iter().flat_map(|claim| claim["evidence"].as_array().unwrap());
    assert!(
        numbers.clone().count() >= 7 && numbers.clone().all(|number| number["value"].is_f64()),
        "{own:#?}"
    );
    // Numbers of single networks are drawn.
    let figures: Vec<&str> = own.iter().map(|claim| claim["figure"].as_str().unwrap()).collect();
    assert_eq!(figures[0], "figures/claim-tanh-radii-go-nogo.svg");
    assert!(figures[..5].iter().all(|figure| root.join(figure).is_file()), "{figures:?}");
    assert_eq!(figures[5..], ["", ""]);
    let page = std::fs::read_to_string(root.join("report.html")).unwrap();
    for words in [
        "Claims of this study",
        "tanh_radii",
        "Upheld under",
        "What the grid does",
        "within activation, constraint",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains("The 7 claims of the study file that have a p are another family"));
}

#[test]
fn each_field_of_a_grid_is_tested_on_every_aspect_and_measure() {
    let folder = TempDir::new().unwrap();
    run_through(&claiming(), folder.path());
    let effects = table(folder.path(), "field_effects");
    let [tasks, fields, within, kinds, names, tests] =
        ["task", "field", "within", "kind", "name", "test"].map(|column| texts(&effects, column));
    assert!(
        fields.iter().all(|field| field == "sigma_rec")
            && within.iter().all(|held| held == "activation, constraint")
    );
    for task in ["go_no_go", "cddm"] {
        let of = |kind: &str| -> Vec<&str> {
            let is_own = |row: &usize| tasks[*row] == task && kinds[*row] == kind;
            (0..tasks.len()).filter(is_own).map(|row| names[row].as_str()).collect()
        };
        assert_eq!(of("aspect"), ["trajectories", "endpoints"]);
        // Each measure that networks have, with both tests.
        let measures = table(folder.path(), "measures");
        let (of_rows, own) = (texts(&measures, "task"), texts(&measures, "measure"));
        let mut known: Vec<&str> =
            of_rows.iter().zip(&own).filter(|(of, _)| *of == task).map(|(_, name)| name.as_str()).collect();
        known.push("r2");
        known.sort_unstable();
        known.dedup();
        let mut told = of("measure");
        told.sort_unstable();
        let twice: Vec<&str> = known.iter().flat_map(|name| [*name; 2]).collect();
        assert_eq!(told, twice, "{task}");
    }
    let (p, holm) = (effects.float("p").unwrap(), effects.float("p_holm").unwrap());
    assert!(p.iter().zip(&holm).all(|(p, holm)| p.is_some() == holm.is_some() && p <= holm));
    // R² by hand: of the sum of squares about the mean of each architecture, what classes do not have about their own.
    let classes = by_class(folder.path(), "go_no_go", "output_alignment");
    let squares = |values: &[f64]| values.iter().map(|value| (value - mean(values)).powi(2)).sum::<f64>();
    let within: f64 = classes.values().map(|values| squares(values)).sum();
    let of_architecture = |name: &str| {
        let own = classes.iter().filter(|(class, _)| class.starts_with(name));
        squares(&own.flat_map(|(_, values)| values.clone()).collect::<Vec<_>>())
    };
    let total = of_architecture("relu_dale") + of_architecture("tanh_free");
    let row = (0..tasks.len())
        .find(|&row| tasks[row] == "go_no_go" && names[row] == "output_alignment" && tests[row] == "values");
    let r2 = effects.float("r2").unwrap()[row.unwrap()].unwrap();
    assert!((r2 - (1.0 - within / total)).abs() < 1e-9, "{r2}");
}
