//! Every mistake with its error.

use crate::{built_in_golden, circuitscope, first_network, run, succeeded, tiny, told};
use serde_json::Value;

/// A mistake: arguments, exit code, and what is said of it.
type Mistake<'a> = (&'a [&'a str], i32, &'a [&'a str]);

#[test]
fn every_mistake_has_one_clear_error_and_the_exit_code_of_the_table() {
    let folder = tiny();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write("broken.toml", b"seed = = 3");
    write("unknown.toml", b"[defaults]\nn_unit = 5");
    write("task.toml", b"tasks = [\"cdmm\"]");
    write("file", b"");
    write("inputs.json", b"[[0, 0, 0, 0, 0, 0], [0, 1]]");
    let sound = built_in_golden().join("networks/cddm_relu_dale_1.json");
    let sound = std::fs::read_to_string(sound).unwrap();
    let mut object: serde_json::Map<String, Value> = serde_json::from_str(&sound).unwrap();
    write("sound.json", sound.as_bytes());
    let mut changed = |name: &str, key: &str, value: Option<Value>| {
        let kept = object.get(key).cloned().unwrap();
        match value {
            Some(value) => object.insert(key.to_owned(), value),
            None => object.remove(key),
        };
        write(name, serde_json::to_string(&object).unwrap().as_bytes());
        object.insert(key.to_owned(), kept);
    };
    changed("rows.json", "W_inp", Some(serde_json::json!([[1.0, 2.0], [1.0]])));
    changed("shapes.json", "W_inp", Some(serde_json::json!([[1.0, 2.0], [1.0, 2.0]])));
    changed("oblong.json", "W_rec", Some(serde_json::json!([[0.0, 1.0, 2.0], [1.0, 0.0, 2.0]])));
    changed("word_weight.json", "W_rec", Some(serde_json::json!([[0.0, "NaN"], [1.0, 0.0]])));
    changed("count.json", "N", Some(3.into()));
    changed("curve.json", "activation_name", Some("rellu".into()));
    changed("text.json", "W_out", Some(serde_json::json!([["a"]])));
    changed("lacks.json", "W_rec", None);
    changed("time.json", "dt", Some(100.0.into()));
    let nan = sound.replacen("\"W_inp\": [[", "\"W_inp\": [[NaN, ", 1);
    assert_ne!(nan, sound);
    write("nan.json", nan.as_bytes());
    write("word.json", b"[[0, 0, 0, 0, 0, \"half\"]]");
    write("nan_inputs.json", b"[[0, 0, 0, 0, 0, NaN]]");
    write("huge_inputs.json", b"[[0, 0, 0, 0, 0, 1e999]]");
    write("no_inputs.json", b"[]");
    write("empty.json", b"");
    write("noise.bin", b"\x01\x02\x03\x00 no network at all");
    succeeded(run(folder.path(), &["run", "tiny.toml", "--out", "study"]));
    let network = std::fs::read(first_network(&folder.path().join("study"))).unwrap();
    write("cut.safetensors", &network[..network.len() - 100]);
    write("beheaded.safetensors", &network[..40]);
    write("neurons.npz", b"PK\x03\x04 and no more");
    write("whole.safetensors", &network);
    let needle = br#"\"format_version\":1"#;
    let place =
        network.windows(needle.len()).position(|word| word == needle).expect("the header says its format");
    let mut newer = network.clone();
    newer[place + needle.len() - 1] = b'7';
    write("newer.safetensors", &newer);
    std::fs::create_dir(folder.path().join("newer")).unwrap();
    write("newer/manifest.json", b"{\"format_version\": 99, \"software_version\": \"9.8.7\"}");
    std::fs::create_dir(folder.path().join("things")).unwrap();
    write("things/thesis.tex", b"");
    std::fs::create_dir(folder.path().join("nothing")).unwrap();

    let cddm = ["--task", "cddm"];
    let score = |name: &'static str| ["score", name, cddm[0], cddm[1]];
    let mistakes: &[Mistake<'_>] = &[
        (&["trian"], 2, &["unrecognized subcommand 'trian'"]),
        (&["run", "--threads", "0"], 2, &["--threads"]),
        (
            &["circuit", "sound.json", "--task", "cddm", "--nodes", "5"],
            2,
            &["`nodes` is 5, expected from 6 to 16", "leave the option out"],
        ),
        (&["circuit", "sound.json"], 2, &["sound.json is a network", "--task"]),
        (
            &["circuit", "sound.json", "--task", "cddm", "--activation", "tanh"],
            2,
            &["leave --activation out"],
        ),
        (&["circuit", "sound.json", "--task", "cddm", "--nodes", "9..7"], 2, &["ends at 7", "--nodes"]),
        (
            &["circuit", "sound.json", "--task", "cddm", "--nodes", "7..8", "--folds", "0"],
            2,
            &["`folds` is 0, expected from 2"],
        ),
        (&["circuit", "neurons.npz"], 4, &["neurons.npz: not a whole NPZ file", "numpy.savez"]),
        (&["circuit", "sound.json", "--task", "cddm", "--folds", "1"], 2, &["0, or 2 and more"]),
        (&["circuit", "sound.json", "--task", "go_no_go"], 4, &["6 inputs", "--task"]),
        (&["run", "--thread", "1"], 2, &["'--threads'"]),
        (&["score", "--task", "cddm"], 2, &["<NETWORK>"]),
        (&["compare", "sound.json", "--task", "cddm", "--aspect", "endpoints"], 2, &["2 values"]),
        (&["score", "sound.json", "--task", "cdmm"], 2, &["no task `cdmm`", "did you mean `cddm`?"]),
        (
            &["compare", "sound.json", "sound.json", "--task", "cddm", "--aspect", "endpoint"],
            2,
            &["no aspect `endpoint`", "did you mean `endpoints`?"],
        ),
        (
            &[
                "compare",
                "sound.json",
                "sound.json",
                "--task",
                "cddm",
                "--aspect",
                "selectivity",
                "--measure",
                "cka",
            ],
            2,
            &["measure `cka` cannot compare selectivity", "--aspect trajectories or endpoints"],
        ),
        (
            &[
                "compare",
                "sound.json",
                "sound.json",
                "--task",
                "cddm",
                "--aspect",
                "endpoints",
                "--measure",
                "dsa",
            ],
            2,
            &["measure `dsa` cannot compare endpoints", "--aspect trajectories"],
        ),
        (&["fixed-points", "sound.json", "--task", "go_no_go"], 4, &["sound.json has 6 inputs", "--task"]),
        (
            &["fixed-points", "sound.json", "--task", "cddm", "--inputs", "inputs.json"],
            4,
            &["inputs.json: input 1 has 2 numbers", "a list of 6 finite numbers"],
        ),
        (
            &["fixed-points", "sound.json", "--inputs", "inputs.json"],
            4,
            &["input 1 has 2 numbers, the network has 6 inputs"],
        ),
        (&["fixed-points", "sound.json"], 2, &["nothing says at which inputs", "--task", "--inputs"]),
        (&["branches", "sound.json"], 2, &["nothing says at which inputs", "--task", "--inputs"]),
        (
            &["fixed-points", "sound.json", "--task", "cddm", "--inputs", "none.json"],
            4,
            &["none.json: No such file"],
        ),
        (
            &["fixed-points", "nan.json", "--task", "cddm"],
            4,
            &["nan.json: `W_inp`[0][0] is \"NaN\", expected a number"],
        ),
        (
            &["fixed-points", "oblong.json", "--task", "cddm"],
            4,
            &["oblong.json: `N` is", "`W_rec` has 2 rows"],
        ),
        (
            &["fixed-points", "word_weight.json", "--task", "cddm"],
            4,
            &["`W_rec`[0][1] is \"NaN\", expected a number"],
        ),
        (
            &["fixed-points", "sound.json", "--task", "cddm", "--inputs", "word.json"],
            4,
            &["word.json", "invalid type: string \"half\"", "a list of 6 finite numbers"],
        ),
        (
            &["fixed-points", "sound.json", "--task", "cddm", "--inputs", "nan_inputs.json"],
            4,
            &["nan_inputs.json", "a list of 6 finite numbers"],
        ),
        (
            &["fixed-points", "sound.json", "--task", "cddm", "--inputs", "huge_inputs.json"],
            4,
            &["huge_inputs.json", "number out of range", "a list of 6 finite numbers"],
        ),
        (
            &["fixed-points", "sound.json", "--task", "cddm", "--inputs", "no_inputs.json"],
            4,
            &["no_inputs.json: it holds no input"],
        ),
        (
            &["branches", "sound.json", "--task", "cddm", "--inputs", "inputs.json"],
            4,
            &["inputs.json: input 1 has 2 numbers"],
        ),
        (
            &["line-attractor", "sound.json", "--task", "go_no_go"],
            2,
            &["task `go_no_go` has no choices", "--task cddm"],
        ),
        (&["bench", "--task", "cdmm"], 2, &["no task `cdmm`", "did you mean `cddm`?"]),
        (&["bench", "--units", "1"], 2, &["--units is 1", "from 2 to 20000"]),
        (&["bench", "--trials", "0"], 2, &["--trials is 0", "from 1 to"]),
        (
            &["run", "none.toml"],
            3,
            &["cannot read the study file none.toml", "No such file", "built-in quick study"],
        ),
        (&["run", "study"], 3, &["cannot read the study file study", "directory"]),
        (&["run", "broken.toml"], 3, &["broken.toml, line 1", "key = value"]),
        (
            &["plan", "unknown.toml"],
            3,
            &["unknown.toml, line 2: unknown key `n_unit`", "did you mean `n_units`?"],
        ),
        (&["run", "task.toml"], 3, &["task.toml, line 1", "\"cdmm\"", "did you mean `cddm`?"]),
        (&score("none.json"), 4, &["cannot read the network none.json", "No such file"]),
        (&score("study"), 4, &["cannot read the network study", "directory"]),
        (&score("empty.json"), 4, &["empty.json: the file is empty", "trainRNNbrain"]),
        (
            &score("noise.bin"),
            4,
            &["noise.bin: the file is a binary file of unknown format", "trainRNNbrain"],
        ),
        (&score("nan.json"), 4, &["nan.json: `W_inp`[0][0] is \"NaN\", expected a number"]),
        (&score("rows.json"), 4, &["row 1 of `W_inp` has 1 entries, row 0 has 2"]),
        (&score("shapes.json"), 4, &["`W_inp` has shape [2, 2], expected ["]),
        (&score("count.json"), 4, &["`N` is 3 but `W_rec` has"]),
        (&score("curve.json"), 4, &["activation `rellu` is unknown", "did you mean `relu`?"]),
        (&score("text.json"), 4, &["`W_out`[0][0] is \"a\", expected a number"]),
        (&score("lacks.json"), 4, &["key `W_rec` is missing"]),
        (&score("time.json"), 4, &["`dt` is 100, expected at most tau"]),
        (&score("cut.safetensors"), 4, &["cut.safetensors: not a"]),
        (&score("beheaded.safetensors"), 4, &["beheaded.safetensors: not a"]),
        (&score("newer.safetensors"), 4, &["network of format 7, written by circuitscope", "format 1"]),
        (&score("whole.safetensors"), 4, &["3 inputs and 1 outputs, but task `cddm` has 6 and 2", "--task"]),
        (
            &["compare", "sound.json", "whole.safetensors", "--task", "cddm", "--aspect", "endpoints"],
            4,
            &["3 inputs and 1 outputs"],
        ),
        (&["run", "tiny.toml", "--out", "file/study"], 5, &["cannot write file/study", "--out"]),
        (&["run", "tiny.toml", "--out", "file"], 5, &["cannot write file"]),
        (
            &["run", "tiny.toml", "--out", "newer"],
            6,
            &["study of format 99, written by circuitscope 9.8.7", "--out"],
        ),
        (&["plan", "tiny.toml", "--out", "newer"], 6, &["study of format 99"]),
        (&["report", "newer"], 6, &["study of format 99"]),
        (&["run", "tiny.toml", "--out", "things"], 6, &["not a study folder", "thesis.tex", "--out"]),
        (&["report", "nothing"], 6, &["nothing holds no study", "manifest.json"]),
        (&["report", "none"], 6, &["none holds no study: there is no such folder"]),
        (&["report", "file"], 6, &["file holds no study"]),
    ];
    let mut faults = Vec::new();
    for (arguments, code, said) in mistakes {
        let output = run(folder.path(), arguments);
        let told = told(&output);
        let lacks: Vec<_> = said.iter().filter(|part| !told.contains(**part)).collect();
        if output.status.code() != Some(*code) || !lacks.is_empty() || !output.stdout.is_empty() {
            faults.push(format!("{arguments:?}: {:?}, lacks {lacks:?}\n  {told}", output.status.code()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert_eq!(std::fs::read_dir(folder.path().join("things")).unwrap().count(), 1);
}

#[test]
fn an_unknown_kernel_path_is_refused_with_the_way_out() {
    let folder = tiny();
    for arguments in [&["run", "tiny.toml"][..], &["plan", "tiny.toml"]] {
        let output =
            circuitscope(folder.path()).args(arguments).env("CIRCUITSCOPE_KERNEL", "nonsense").output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(told(&output).contains("no kernel path is called `nonsense`"), "{}", told(&output));
        assert!(told(&output).contains("unset CIRCUITSCOPE_KERNEL"), "{}", told(&output));
    }
    assert!(!folder.path().join("tiny-study").exists());
}
