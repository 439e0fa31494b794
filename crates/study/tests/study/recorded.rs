//! A study with recordings: ranked as the command ranks them, kept in its folder, and refused before anything is trained where
//! they do not fit.

use crate::{FEW_MEASURES, TINY, assert_same, contents, first_network, run_through, run_until, table, texts};
use circuitscope_study::config::{Description, Study};
use circuitscope_study::ensemble::{selected, task_of};
use circuitscope_study::execute::ExecuteError;
use circuitscope_study::export;
use circuitscope_study::import::network;
use circuitscope_study::one_network::{Protocol, observe, rank};
use circuitscope_study::opened::{Access, Opened};
use circuitscope_study::publish::redrawn;
use circuitscope_study::recordings::{Described, described};
use std::path::Path;
use tempfile::TempDir;

/// Trials enough for a signal.
const PROTOCOL: Protocol =
    Protocol { n_neurons: 12, n_repeats: 20, rate_hz: 200.0, step_ms: 10.0, sigma_rec: 0.0, seed: 7 };

/// Writes a recording of the first network of Go/NoGo.
fn record(study: &Study, root: &Path, path: &Path, seed: u64) {
    let task = &study.tasks[0].task;
    let network = network(&first_network(root, task.name())).unwrap();
    let recording = observe(&network, task, &Protocol { seed, ..PROTOCOL }).unwrap();
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, export::recording(&recording).unwrap()).unwrap();
}

/// What is asked for beside one task and the maps that a recording has a place in.
const LESS: [(&str, &str); 4] = [
    ("tasks = [\"go_no_go\", \"cddm\"]", "tasks = [\"go_no_go\"]"),
    ("checkpoints = [2, 4]\n", ""),
    (FEW_MEASURES, "measures = []\n"),
    ("[circuits]\n", "[circuits]\nnetworks = 0\n"),
];

/// The tiny study with less to compute, and with these lines more.
fn text(lines: &str) -> String {
    let less = LESS.iter().fold(TINY.to_owned(), |text, (line, changed)| text.replacen(line, changed, 1));
    less.replacen("[defaults]", &format!("{lines}\n[defaults]"), 1)
}

fn plain() -> Study {
    Study::parse("tiny.toml", &text("")).unwrap()
}

/// The study with a recording, written to a folder.
fn with_recording(folder: &Path, entry: &str) -> Study {
    let path = folder.join("mine.toml");
    std::fs::write(&path, text(&format!("[[recordings]]\n{entry}"))).unwrap();
    Study::read(&path).unwrap()
}

#[test]
fn a_recording_of_a_study_is_ranked_as_by_the_command_and_kept_in_its_folder() {
    let folder = TempDir::new().unwrap();
    let (root, data) = (folder.path().join("study"), folder.path().join("data/area8.npz"));
    run_through(&plain(), &root);
    record(&plain(), &root, &data, 7);
    let study = with_recording(folder.path(), "file = \"data/area8.npz\"\nstarts = { cue = 300 }");
    let (_, heard) = run_through(&study, &root);
    assert_eq!(heard.trained, Vec::<String>::new(), "networks are those of the study without it");

    // The same numbers as those of `rank`.
    let opened = Opened::read(&root, Access::Read).unwrap();
    let said = study.recordings[0].description.clone();
    let Described { recording, description } = described(&data, said).unwrap();
    let task = task_of(&opened.study, &recording, None).unwrap();
    let ensembles = selected(&opened, &task, &|text| panic!("{text}"));
    let report = rank(&recording, &task, &ensembles, &description.starts, study.seed, &|_| ()).unwrap();
    assert!(!report.ranking.is_empty(), "{:?}", report.verdict);
    let distances = table(&root, "recording_distances");
    let further = report.standing.further_distances.iter().map(|row| row.distance);
    let expected: Vec<f64> = report.ranking.iter().map(|row| row.distance).chain(further).collect();
    assert_eq!(distances.float("distance").unwrap().into_iter().flatten().collect::<Vec<_>>(), expected);
    let verdicts = table(&root, "recordings");
    assert_eq!(texts(&verdicts, "recording"), ["area8"]);
    assert_eq!(texts(&verdicts, "verdict"), [report.verdict.label]);
    let percentiles: Vec<f64> = report.standing.measures.iter().map(|row| row.percentile).collect();
    let measures = table(&root, "recording_measures");
    assert_eq!(measures.float("percentile").unwrap().into_iter().flatten().collect::<Vec<_>>(), percentiles);
    let map = table(&root, "recording_maps");
    assert_eq!(texts(&map, "aspect"), ["trajectories", "endpoints"]);

    // All that the page shows of it stands in tables.
    let files = contents(&root);
    assert!(files.contains_key("figures/recording-area8-go-nogo.svg"), "{:?}", files.keys());
    for (name, bytes) in redrawn(&opened).unwrap() {
        assert!(files[&name] == bytes, "{name} is not what its tables say");
    }
    assert_eq!(files["recordings/area8.npz"], std::fs::read(&data).unwrap());

    // The folder is enough, and threads change nothing.
    std::fs::remove_file(&data).unwrap();
    for (name, _) in files.iter().filter(|(name, _)| name.starts_with("work/recordings")) {
        std::fs::remove_file(root.join(name)).unwrap();
    }
    let (ended, heard) = run_until(&study, &root, 1, |_| false);
    ended.unwrap();
    assert_same(&contents(&root), &files, "without the file, on one thread");
    assert!(heard.warned[0].contains("there is no file"), "{:?}", heard.warned);

    // Another recording under the same name is another result.
    record(&plain(), &root, &data, 8);
    run_through(&study, &root);
    assert_eq!(contents(&root)["recordings/area8.npz"], std::fs::read(&data).unwrap());
    let other = table(&root, "recording_distances");
    assert_ne!(other.float("distance").unwrap(), distances.float("distance").unwrap());
}

#[test]
fn what_stands_beside_a_recording_names_its_labels_and_times() {
    let folder = TempDir::new().unwrap();
    let (root, data) = (folder.path().join("study"), folder.path().join("area8.npz"));
    run_through(&plain(), &root);
    record(&plain(), &root, &data, 7);
    let plain = described(&data, Description::default()).unwrap().recording;
    let beside = folder.path().join("area8.npz.toml");
    std::fs::write(&beside, "task = \"go_no_go\"\n[starts]\ncue = 300\n[factors]\ncontrast = \"value\"\n")
        .unwrap();
    let found = described(&data, Description::default()).unwrap();
    assert_eq!(found.description.task.as_deref(), Some("go_no_go"));
    assert_eq!(found.recording.conditions[0], ("contrast".to_owned(), plain.conditions[0].1.clone()));
    for (text, wanted) in [
        ("[factors]\nvalue = \"stimulus\"\n", "no array `condition_stimulus`"),
        ("bin_ms = 3\n", "`dt_ms` is 10 in the file"),
        ("task = 3\n", "area8.npz.toml, line 1"),
    ] {
        std::fs::write(&beside, text).unwrap();
        let error = described(&data, Description::default()).unwrap_err();
        assert!(error.to_string().contains(wanted), "{error}");
    }
}

#[test]
fn a_recording_that_does_not_fit_stops_a_study_before_anything_is_trained() {
    let folder = TempDir::new().unwrap();
    let root = folder.path().join("study");
    run_through(&plain(), &root);
    record(&plain(), &root, &folder.path().join("a.npz"), 7);
    let whole = contents(&root);
    for (entry, wanted) in [
        ("file = \"b.npz\"", "there is no file"),
        ("file = \"a.npz\"\ntask = \"cddm\"", "no task `cddm`"),
        ("file = \"a.npz\"\ntask = \"memory_number\"", "memory_number"),
        ("file = \"a.npz\"\nstarts = { stimulus = 3 }", "has no epoch `stimulus`"),
        ("file = \"a.npz\"\nfactors = { contrast = \"value\" }", "no task of the study tells"),
        ("file = \"mine.toml\"", "the file is a text"),
    ] {
        let study = with_recording(folder.path(), entry);
        let error = run_until(&study, &root, 1, |_| false).0.unwrap_err();
        let ExecuteError::Recording { reason, remedy, .. } = &error else { panic!("{error:?}") };
        assert!(
            format!("{reason} {remedy}").contains(wanted) && !remedy.is_empty(),
            "{entry}: {reason}; {remedy}"
        );
        assert_same(&contents(&root), &whole, "nothing is touched");
    }
}
