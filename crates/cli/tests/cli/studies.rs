//! Runs, plans, claims and benches.

use crate::{TINY, circuitscope, contents, first_network, json, keys, run, stdout, succeeded, tiny, told};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn a_run_tells_where_its_results_are_and_how_to_open_them() {
    let folder = tiny();
    let output = succeeded(run(folder.path(), &["run", "tiny.toml"]));
    let text = stdout(&output);
    assert!(text.contains("6 networks trained: 6 compared"), "{text}");
    for part in ["tiny-study/report.html", "browser", "tiny-study/tables/", "tiny-study/networks/"] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(folder.path().join("tiny-study/report.html").exists());
    assert!(told(&output).contains("training networks (6)"), "{}", told(&output));
    // Without a terminal every stage is told as it begins and ends, with how far the whole is.
    let lines = String::from_utf8_lossy(&output.stderr);
    for stage in ["networks trained", "features taken", "tables, figures and report written"] {
        let line = lines.lines().find(|line| line.contains(&format!("✓ {stage}")));
        let line = line.unwrap_or_else(|| panic!("{stage}: {lines}"));
        assert!(line.starts_with('[') && line.contains(" %"), "{line}");
    }
    let again = succeeded(run(folder.path(), &["run", "tiny.toml"]));
    assert!(told(&again).contains("training networks (6 of 6 are there)"), "{}", told(&again));
}

#[test]
fn claims_of_a_study_are_told_under_the_agreed_keys() {
    let folder = tiny();
    succeeded(run(folder.path(), &["run", "tiny.toml"]));
    let judged = json(&succeeded(run(folder.path(), &["claims", "tiny-study", "--json"])));
    let claims = judged["claims"].as_array().expect("a list");
    for claim in claims {
        for key in ["number", "statement", "verdict", "statistic", "interval", "p", "task", "evidence"] {
            assert!(claim.get(key).is_some(), "{key} in {claim}");
        }
        let verdict = claim["verdict"].as_str().expect("a word");
        let verdicts = ["supported", "contradicted", "equivalent", "inconclusive", "not_decidable"];
        assert!(verdicts.contains(&verdict), "{verdict}");
        assert_eq!(claim["readings"][0]["verdict"], verdict, "{claim}");
        // What cannot be decided says why.
        assert_eq!(verdict == "not_decidable", claim["missing"] != serde_json::json!([]), "{claim}");
        assert_eq!(["supported", "equivalent"].contains(&verdict), claim["reason"] == "", "{claim}");
    }
    let numbers: Vec<u64> = claims.iter().filter_map(|claim| claim["number"].as_u64()).collect();
    assert!((1..=17).all(|number| numbers.contains(&number)) && numbers.contains(&19), "{numbers:?}");
    // The page says the same.
    let page = std::fs::read_to_string(folder.path().join("tiny-study/report.html")).expect("a page");
    let output = succeeded(run(folder.path(), &["claims", "tiny-study"]));
    let text = stdout(&output);
    for claim in claims {
        let statement = claim["statement"].as_str().expect("words");
        assert!(page.contains(statement) && text.contains(statement), "{statement}");
    }
    // Every p that goes with a verdict is corrected, and says so; that of a number stands beside its interval without.
    let tells_p = |line: &&str| line.starts_with("    ") && line.contains(", p ");
    let decisions: Vec<&str> = text.lines().filter(tells_p).collect();
    assert!(
        !decisions.is_empty() && decisions.iter().all(|line| line.contains("after correction")),
        "{text}"
    );
    std::fs::remove_file(folder.path().join("tiny-study/claims.json")).expect("removed");
    let failed = run(folder.path(), &["claims", "tiny-study"]);
    assert_eq!(failed.status.code(), Some(6));
    assert!(told(&failed).contains("circuitscope report"), "{}", told(&failed));
}

#[test]
fn a_bench_times_the_case_chosen_under_the_agreed_keys() {
    let folder = tiny();
    let chosen = ["--task", "go_no_go", "--trials", "5", "--units", "30", "--activation", "tanh"];
    let output =
        succeeded(run(folder.path(), &[&["bench", "--json", "--threads", "2"], &chosen[..]].concat()));
    let bench = json(&output);
    let [case] = bench["cases"].as_array().expect("a list").as_slice() else { panic!("one case: {bench}") };
    for (key, expected) in [
        ("task", Value::from("go_no_go")),
        ("activation", "tanh".into()),
        ("dale", true.into()),
        ("trials", 5.into()),
        ("steps", 60.into()),
        ("units", 30.into()),
        ("threads", 2.into()),
    ] {
        assert_eq!(case[key], expected, "{key}");
    }
    let number = |key: &str| case[key].as_f64().expect(key);
    let operations = f64::from(6 * 60 * 5 * 30 * (30 + 3));
    let gflops = operations / number("ms_per_iteration") / 1e6;
    assert!((number("gflops") / gflops - 1.0).abs() < 1e-9, "{case}");
    assert!((number("share_of_sgemm") / (gflops / number("sgemm_gflops")) - 1.0).abs() < 1e-9, "{case}");
    assert!(bench["sgemm_gflops"].as_f64().expect("a peak") > 0.1, "{bench}");
    assert!(bench["kernel"].is_string(), "{bench}");
}

#[test]
fn json_stands_alone_on_standard_output() {
    let folder = tiny();
    let summary = json(&succeeded(run(folder.path(), &["run", "tiny.toml", "--out", "s", "--json"])));
    assert_eq!(keys(&summary), ["below_floor", "diverged", "report", "selected", "surplus", "trained"]);
    assert_eq!((summary["trained"].as_u64(), summary["selected"].as_u64()), (Some(6), Some(6)));
    let rebuilt = json(&succeeded(run(folder.path(), &["report", "s", "--json"])));
    assert_eq!(rebuilt, summary);
    let plan = json(&succeeded(run(
        folder.path(),
        &["plan", "tiny.toml", "--out", "s", "--threads", "3", "--json"],
    )));
    assert_eq!(
        (plan["networks"].as_u64(), plan["finished"].as_u64(), plan["threads"].as_u64()),
        (Some(6), Some(6), Some(3))
    );
    assert_eq!(plan["rows"].as_array().unwrap().len(), 2);
    let analyses = plan["analyses"].as_object().unwrap().values().map(|seconds| seconds.as_f64().unwrap());
    let total: f64 = analyses.sum();
    assert!((total - plan["analysis_seconds"].as_f64().unwrap()).abs() < 1e-9); // sums in another order
    let network = first_network(&folder.path().join("s")).display().to_string();
    let scores = json(&succeeded(run(folder.path(), &["score", &network, "--task", "go_no_go", "--json"])));
    assert_eq!(scores["networks"].as_array().unwrap().len(), 1);
    let arguments =
        ["compare", &network, &network, "--task", "go_no_go", "--aspect", "selectivity", "--json"];
    let comparison = json(&succeeded(run(folder.path(), &arguments)));
    assert!(comparison["statistics"]["silhouette3"].is_null()); // one activation has nothing to be told from
}

#[test]
fn a_plan_trains_nothing_and_makes_no_folder() {
    let folder = tiny();
    let output = succeeded(run(folder.path(), &["plan", "tiny.toml"]));
    for part in ["study tiny: 6 networks, 0 finished", "relu_dale", "tanh_free", "ms/iteration", "about"] {
        assert!(stdout(&output).contains(part), "{part} in {}", stdout(&output));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let quick = succeeded(run(folder.path(), &["plan", "--threads", "2", "--json"]));
    assert_eq!(json(&quick)["study"], "quick");
}

/// Kills runs of a changed study in a finished folder: what is then read belongs to the study that stands there, or is
/// refused.
#[test]
fn a_changed_study_killed_at_any_moment_never_shows_the_old_results() {
    let folder = tiny();
    let changed = TINY.replace("iterations = 40", "iterations = 300");
    std::fs::write(folder.path().join("changed.toml"), &changed).unwrap();
    succeeded(run(folder.path(), &["run", "tiny.toml", "--out", "s", "--threads", "2"]));
    let begun = Instant::now();
    succeeded(run(folder.path(), &["run", "changed.toml", "--out", "whole", "--threads", "2"]));
    let whole = begun.elapsed();
    let of = |name: &str| json(&succeeded(run(folder.path(), &["claims", name, "--json"])));
    let (old, new) = (of("s"), of("whole"));
    assert_ne!(old["study_identity"], new["study_identity"]);
    let (mut n_killed, mut n_refused) = (0, 0);
    // Before it has done anything, as soon as it trains, and then anywhere.
    for share in [0.0, 0.0, 0.2, 0.5, 0.8] {
        let is_first = n_refused == 0;
        let mut child = circuitscope(folder.path())
            .args(["run", "changed.toml", "--out", "s", "--threads", "2"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
        if n_killed > 0 && is_first {
            assert!(lines.any(|line| line.contains("training networks")));
        }
        n_killed += 1;
        std::thread::sleep(whole.mul_f64(share));
        child.kill().unwrap();
        child.wait().unwrap();
        let told_of = run(folder.path(), &["claims", "s", "--json"]);
        let is_new = std::fs::read_to_string(folder.path().join("s/study.toml")).unwrap() == changed;
        if told_of.status.code() == Some(6) {
            n_refused += 1;
            assert!(told(&told_of).contains("circuitscope run STUDY.toml --out s"), "{}", told(&told_of));
        } else {
            let read = json(&succeeded(told_of));
            assert_eq!(read, if is_new { new.clone() } else { old.clone() }, "killed at {share}");
        }
        // A page that is whole is that of the study.toml beside it.
        let page = std::fs::read_to_string(folder.path().join("s/report.html")).unwrap_or_default();
        let identity = if is_new { &new } else { &old }["study_identity"].as_str().unwrap();
        assert!(page.is_empty() || page.contains(identity) || page.contains("Still running"), "{share}");
    }
    assert!(n_refused >= 1, "no read was refused: the test shows nothing");
    succeeded(run(folder.path(), &["run", "changed.toml", "--out", "s"]));
    assert_eq!(of("s"), new);
}

#[test]
fn a_run_killed_at_any_moment_and_started_again_gives_the_same_bytes() {
    let folder = tiny();
    std::fs::write(folder.path().join("longer.toml"), TINY.replace("iterations = 40", "iterations = 500"))
        .unwrap();
    let begun = Instant::now();
    succeeded(run(folder.path(), &["run", "longer.toml", "--out", "undisturbed", "--threads", "2"]));
    let whole = begun.elapsed();
    let expected = contents(&folder.path().join("undisturbed"));
    let mut n_killed = 0;
    // Shares of an undisturbed run: while the first network trains, in the middle, among the analyses, at the end.
    for (round, shares) in
        [[0.05, 0.5, 0.4, 0.3], [0.8, 0.1, 0.2, 0.02], [0.95, 0.1, 0.01, 0.9]].iter().enumerate()
    {
        let study = format!("killed{round}");
        for &share in shares {
            let mut child = circuitscope(folder.path())
                .args(["run", "longer.toml", "--out", &study, "--threads", "2"])
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(whole.mul_f64(share));
            child.kill().unwrap();
            n_killed += usize::from(!child.wait().unwrap().success());
        }
        succeeded(run(folder.path(), &["run", "longer.toml", "--out", &study, "--threads", "1"]));
        let found = contents(&folder.path().join(&study));
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        let different: Vec<_> = found.iter().filter(|(name, bytes)| expected[*name] != **bytes).collect();
        assert!(different.is_empty(), "{:?}", different.iter().map(|(name, _)| name).collect::<Vec<_>>());
    }
    assert!(n_killed >= 4, "only {n_killed} runs were killed before their end: the test shows little");
}

#[cfg(unix)]
#[test]
fn ctrl_c_stops_a_run_with_130_and_tells_how_to_go_on() {
    let folder = tiny();
    let endless = TINY.replace("iterations = 40", "iterations = 100000000");
    std::fs::write(folder.path().join("endless.toml"), endless).unwrap();
    let mut child = circuitscope(folder.path())
        .args(["run", "endless.toml", "--out", "s", "--threads", "2"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let begun = lines.find(|line| line.contains("training networks"));
    assert!(begun.is_some());
    std::thread::sleep(Duration::from_millis(50));
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let rest = lines.collect::<Vec<_>>().join("\n");
    assert_eq!(child.wait().unwrap().code(), Some(130), "{rest}");
    assert!(rest.contains("interrupted; what is finished is kept"), "{rest}");
    assert!(rest.contains("run the same command again"), "{rest}");
}

#[test]
fn a_folder_at_work_lists_its_jobs_and_is_refused_to_another_study() {
    let folder = tiny();
    let endless = TINY.replace("iterations = 40", "iterations = 100000000");
    std::fs::write(folder.path().join("endless.toml"), endless).unwrap();
    let mut first = circuitscope(folder.path())
        .args(["run", "endless.toml", "--out", "s", "--threads", "1"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(first.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert!(lines.any(|line| line.contains("training networks")));
    std::thread::sleep(Duration::from_millis(200)); // until it holds the lock of its first network
    let jobs = run(folder.path(), &["jobs", "s", "--json"]);
    let other = run(folder.path(), &["run", "tiny.toml", "--out", "s"]);
    first.kill().unwrap();
    first.wait().unwrap();
    let jobs = json(&succeeded(jobs));
    let states: Vec<&str> =
        jobs["jobs"].as_array().unwrap().iter().map(|job| job["state"].as_str().unwrap()).collect();
    assert_eq!(states.iter().filter(|state| **state == "running").count(), 1, "{jobs}");
    assert_eq!(states.iter().filter(|state| **state == "open").count(), 5, "{jobs}");
    assert_eq!(other.status.code(), Some(6));
    assert!(told(&other).contains("another run is at work in s"), "{}", told(&other));
}

#[test]
fn the_jobs_of_a_finished_study_are_all_finished_and_one_that_is_not_known_is_named() {
    let folder = tiny();
    succeeded(run(folder.path(), &["run", "tiny.toml"]));
    let text = succeeded(run(folder.path(), &["jobs", "tiny-study"]));
    let last = stdout(&text).lines().last().unwrap().to_owned();
    assert!(last.ends_with("finished, 0 running, 0 open"), "{last}");
    let id = stdout(&text).split_whitespace().nth(2).unwrap().to_owned();
    succeeded(run(folder.path(), &["job", "tiny-study", &id]));
    let unknown = run(folder.path(), &["job", "tiny-study", "0123"]);
    assert_eq!(unknown.status.code(), Some(6));
    assert!(told(&unknown).contains("tiny-study has no job `0123`"), "{}", told(&unknown));
}
