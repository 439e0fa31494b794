//! A task of one's own that asks for a choice gets the analyses that CDDM gets.

use crate::{ASPECTS, TINY, WITH_FIXED_POINTS, contents, run_through, table, texts};
use circuitscope_study::config::Study;
use std::collections::BTreeSet;
use std::path::Path;
use tempfile::TempDir;

/// CDDM of the tiny study about sounds: the same arrays but for the order of channels.
const SOUNDS: &str = r#"
[task.sounds]
duration = 40
inputs = ["high", "low", "loud", "quiet", "attend pitch", "attend volume"]
outputs = ["no", "yes"]
conditions = ["rule", "pitch", "volume"]
[task.sounds.factors.rule]
values = [0, 1]
[task.sounds.factors.pitch]
train = [-1, 0, 1]
analysis = [-1, 1]
[task.sounds.factors.volume]
train = [-1, 0, 1]
analysis = [-1, 1]
[task.sounds.derived]
asked = "if(rule == 0, pitch, volume)"
[[task.sounds.epochs]]
name = "sound"
start = 10
end = 40
[[task.sounds.epochs]]
name = "report"
start = 20
end = 40
[[task.sounds.drive]]
channel = "attend pitch"
value = "rule == 0"
[[task.sounds.drive]]
channel = "attend volume"
value = "rule == 1"
[[task.sounds.drive]]
channel = "high"
epoch = "sound"
value = "max(0, (1 + pitch) / 2)"
[[task.sounds.drive]]
channel = "low"
epoch = "sound"
value = "max(0, (1 - pitch) / 2)"
[[task.sounds.drive]]
channel = "loud"
epoch = "sound"
value = "max(0, (1 + volume) / 2)"
[[task.sounds.drive]]
channel = "quiet"
epoch = "sound"
value = "max(0, (1 - volume) / 2)"
[[task.sounds.target]]
channel = "yes"
epoch = "report"
value = "asked > 0"
[[task.sounds.target]]
channel = "no"
epoch = "report"
value = "asked < 0"
[task.sounds.loss]
mask = [[0, 10], [30, 40]]
decision = "report"
"#;

const IN_CONTEXTS: &str = "[task.sounds.contexts]\ncontext = \"rule\"\nevidence = [\"pitch\", \"volume\"]\nanswers = [\"yes\", \"no\"]\n";

/// The tiny study of one task.
fn of(task: &str, tables: &str) -> Study {
    let text = TINY.replace("tasks = [\"go_no_go\", \"cddm\"]", &format!("tasks = [\"{task}\"]"));
    let text = text.replace(ASPECTS, WITH_FIXED_POINTS);
    let start = text.find("[task.cddm]").unwrap();
    let end = text.find("[selection]").unwrap();
    let own = if task == "cddm" { &text[start..text.find("[task.go_no_go]").unwrap()] } else { tables };
    let text = format!("{}{}{own}", &text[..start], &text[end..]);
    Study::parse("own.toml", &text).unwrap_or_else(|error| panic!("{} {}", error.message, error.remedy))
}

fn is_network(text: &str) -> bool {
    text.starts_with("relu_dale-") || text.starts_with("tanh_free-")
}

/// Rows of a table by these columns, names of the other task put as those of CDDM.
fn rows(root: &Path, name: &str, columns: &[&str]) -> BTreeSet<Vec<String>> {
    let found = table(root, name);
    // A number over both contexts has none.
    let column =
        |name: &&str| found.texts(name).unwrap().into_iter().map(Option::unwrap_or_default).collect();
    let columns: Vec<Vec<String>> = columns.iter().map(column).collect();
    let as_cddm = |text: &String| match text.as_str() {
        "sounds" => "cddm".to_owned(),
        "pitch" => "motion".to_owned(),
        "volume" => "colour".to_owned(),
        "yes" => "right".to_owned(),
        "no" => "left".to_owned(),
        // Names of networks end with the first digits of their identity.
        other if is_network(other) => other.rsplit_once('-').unwrap().0.to_owned(),
        other => other.to_owned(),
    };
    (0..columns[0].len()).map(|row| columns.iter().map(|column| as_cddm(&column[row])).collect()).collect()
}

#[test]
fn a_context_task_of_ones_own_gets_the_tables_figures_and_claims_of_cddm() {
    let folder = TempDir::new().unwrap();
    let [own, cddm] = ["own", "cddm"].map(|name| folder.path().join(name));
    run_through(&of("sounds", &format!("{SOUNDS}{IN_CONTEXTS}")), &own);
    run_through(&of("cddm", ""), &cddm);
    for (name, columns) in [
        ("behaviour", &["task", "network", "test", "context"][..]),
        ("psychometrics", &["task", "network", "test", "context", "measure"]),
        ("response_curves", &["task", "class_name", "test", "context"]),
        ("line_attractors", &["task", "class_name", "context"]),
        ("choice_planes", &["task", "class_name", "context", "mark"]),
        ("branches", &["task", "class_name"]),
        ("claims", &["statement"]),
        ("claim_readings", &["reading"]),
    ] {
        let (found, expected) = (rows(&own, name, columns), rows(&cddm, name, columns));
        assert_eq!(found, expected, "{name}");
        assert!(!found.is_empty(), "{name}");
    }
    let measures = |root: &Path| rows(root, "measures", &["measure"]);
    assert_eq!(measures(&own), measures(&cddm));
    let figures = |root: &Path, task: &str| -> BTreeSet<String> {
        let files = contents(root).into_keys().filter(|name| name.starts_with("figures/"));
        // Numbers that were published are of CDDM alone.
        let own = files.filter(|name| !name.starts_with("figures/agreement"));
        own.map(|name| name.replace(task, "task").replace("evidence", "coherence")).collect()
    };
    assert_eq!(figures(&own, "sounds"), figures(&cddm, "cddm"));
    let page = std::fs::read_to_string(own.join("report.html")).unwrap();
    for words in ["pitch context", "volume input", "share of yes choices", "irrelevant evidence"] {
        assert!(page.contains(words), "{words}");
    }
    // As labels: the words of one measure of circuits speak of motion and colour whatever the task.
    for words in [">motion context<", ">colour context<", "share of right choices", ">left choice<"] {
        assert!(!page.contains(words), "{words}");
    }
}

#[test]
fn a_choice_by_evidence_gets_psychometric_functions_and_trains_the_same_networks() {
    let folder = TempDir::new().unwrap();
    let [plain, asked] = ["plain", "asked"].map(|name| folder.path().join(name));
    let choice = "[task.sounds.choice]\nevidence = \"asked\"\nanswers = [\"yes\", \"no\"]\n";
    run_through(&of("sounds", SOUNDS), &plain);
    run_through(&of("sounds", &format!("{SOUNDS}{choice}")), &asked);
    let networks = |root: &Path| -> Vec<(String, Vec<u8>)> {
        contents(root).into_iter().filter(|(name, _)| name.starts_with("networks/")).collect()
    };
    assert_eq!(networks(&plain), networks(&asked));
    assert_eq!(texts(&table(&plain, "psychometrics"), "measure"), Vec::<String>::new());
    let found = rows(&asked, "psychometrics", &["test", "measure"]);
    for test in ["as_trained", "noise"] {
        for measure in ["slope", "bias", "lapse_low", "lapse_high", "even", "deviance"] {
            assert!(found.contains(&vec![test.to_owned(), measure.to_owned()]), "{test} {measure}");
        }
    }
    let page = std::fs::read_to_string(asked.join("report.html")).unwrap();
    assert!(page.contains("choice against asked") && page.contains("share of yes choices"));
}
