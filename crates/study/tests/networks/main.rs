//! Files of networks in every form: what is read, to which score it leads, what is refused and with which remedy.

#![allow(clippy::unwrap_used)] // a test

mod own_format;

use circuitscope::network::Form;
use circuitscope_study::Task;
use circuitscope_study::import::{ImportError, network, networks};
use circuitscope_study::one_network::{self, NetworkScore};
use miette::Diagnostic;
use serde_json::{Map, Value, json};
use std::fs::write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/physics").join(name)
}

fn object(name: &str) -> Map<String, Value> {
    serde_json::from_slice(&std::fs::read(case(name)).unwrap()).unwrap()
}

/// What `net.json` holds, changed by members that replace its own; a null takes one away.
fn changed(members: &[(&str, Value)]) -> Vec<u8> {
    let mut object = object("net.json");
    for (key, value) in members {
        match value {
            Value::Null => object.remove(*key),
            value => object.insert((*key).to_owned(), value.clone()),
        };
    }
    serde_json::to_vec(&object).unwrap()
}

fn scored(bytes: &[u8]) -> NetworkScore {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("net.json");
    write(&path, bytes).unwrap();
    let task = Task::published("go_no_go").unwrap();
    let networks = networks(&[path]).unwrap_or_else(|error| panic!("{error:?}"));
    one_network::score(&networks, &task).unwrap().networks.remove(0)
}

/// The refusal of a file: what is wrong and the remedy.
fn refused(name: &str, bytes: &[u8]) -> (String, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    write(&path, bytes).unwrap();
    let error: ImportError = network(&path).expect_err(name);
    (error.to_string(), error.help().unwrap().to_string())
}

fn assert_refused(bytes: &[u8], reason: &[&str], remedy: &[&str]) {
    let (found, help) = refused("net.json", bytes);
    assert!(reason.iter().all(|part| found.contains(part)), "{reason:?} not in: {found}");
    assert!(remedy.iter().all(|part| help.contains(part)), "{remedy:?} not in: {help}");
}

/// R² on Go/NoGo by NumPy in float64, straight from trainRNNbrain's equations:
/// "s": x ← x + α (−x + f(W x + `W_inp` u + b)), o = `W_out` x; "h": x ← x + α (−x + W f(x) + `W_inp` u + b), o = `W_out` f(x).
#[test]
fn everything_that_changes_the_dynamics_is_in_the_score() {
    let sigmoid = |slope: f64| json!({"name": "sigmoid", "slope": slope});
    let bias = object("bias.json")["bias"].clone();
    let cases = [
        (std::fs::read(case("net.json")).unwrap(), 0.997_458_517_649_673_4),
        (std::fs::read(case("h.json")).unwrap(), 0.781_368_498_385_311_5),
        (std::fs::read(case("bias.json")).unwrap(), -0.148_901_469_858_358_4),
        (changed(&[("activation_args", sigmoid(5.0))]), 0.514_553_983_725_647_9),
        (changed(&[("activation_args", sigmoid(1.0))]), -0.146_060_530_736_503_3),
        (changed(&[("dt", json!(2))]), 0.886_620_170_139_051_8),
        (changed(&[("tau", json!(20))]), 0.852_394_797_370_007_7),
        (changed(&[("equation_type", json!("h")), ("bias", bias.clone())]), -0.229_218_631_854_633_9),
        // The same network in the words of the older export, and of others.
        (
            changed(&[
                ("activation_args", Value::Null),
                ("activation_name", json!("Sigmoid")),
                ("activation_slope", json!(5.0)),
            ]),
            0.514_553_983_725_647_9,
        ),
        (changed(&[("bias_rec", bias.clone())]), -0.148_901_469_858_358_4),
        (changed(&[("b_rec", bias.clone()), ("bias", bias)]), -0.148_901_469_858_358_4),
    ];
    for (i, (bytes, expected)) in cases.into_iter().enumerate() {
        let found = scored(&bytes).r2.unwrap();
        assert!((found - expected).abs() < 1e-9, "{i}: {found}, expected {expected}"); // rounding of 60 steps
    }
    assert_eq!(network(&case("h.json")).unwrap().network.form, Form::Potential);
}

/// A key with its value, and what is said of it: reason and remedy.
type Refusal<'a> = ((&'a str, Value), &'a [&'a str], &'a [&'a str]);
/// A file, and what is said of it.
type RefusedFile<'a> = (Vec<u8>, &'a [&'a str]);

#[test]
fn what_cannot_be_honoured_is_refused_with_key_value_and_remedy() {
    let arguments = |extra: Value| {
        let mut arguments = json!({"name": "sigmoid", "slope": 7.5});
        arguments.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        ("activation_args", arguments)
    };
    let of = |name: &str| ("activation_args", json!({"name": name, "slope": 1.0}));
    let cases: &[Refusal<'_>] = &[
        (("gamma", json!(0.1)), &["`gamma` is 0.1", "cubic"], &["gamma = 0"]),
        (("gamma", json!(-1e-3)), &["`gamma` is -0.001"], &["gamma = 0"]),
        (arguments(json!({"shift": 0.05})), &["`shift` is 0.05"], &["every entry of `bias`"]),
        (("shift", json!(0.2)), &["`shift` is 0.2"], &["every entry of `bias`"]),
        (arguments(json!({"leak_slope": 0.1})), &["`leak_slope` is 0.1"], &["leak_slope = 0"]),
        (arguments(json!({"beta": 25})), &["`beta` of `activation_args`", "25"], &["remove it"]),
        (arguments(json!({"slop": 2})), &["`slop` of `activation_args`", "2"], &["did you mean `slope`?"]),
        (of("elu"), &["activation `elu` is unknown", "relu, sigmoid, tanh, softplus"], &["train with one"]),
        (
            of("leaky_relu"),
            &["`leak` is missing, which leaky_relu needs", "0.1"],
            &["beside `name` and `slope`"],
        ),
        (
            arguments(json!({"leak": 0.1})),
            &["`leak` is 0.1", "a parameter of leaky_relu, not of"],
            &["train with one"],
        ),
        (of("gelu"), &["activation `gelu` is unknown"], &["train with one"]),
        (("activation_args", json!("relu")), &["`activation_args` is \"relu\""], &["\"name\""]),
        (("equation_type", json!("x")), &["`equation_type` is \"x\""], &["\"s\"", "\"h\""]),
        (("equation_type", json!(1)), &["`equation_type` is 1"], &["quotes"]),
        (("d", json!(0.5)), &["`d` is 0.5"], &["d = 0"]),
        (("bias_out", json!([0.5])), &["`bias_out` is [0.5]"], &["without"]),
        (("bias", json!([0.5, 0.5])), &["`bias` has 2 entries, expected 100"], &["100 units"]),
        (("bias", json!(0.5)), &["`bias` is 0.5, expected a list"], &["100 units"]),
        (("tau", json!([10.0, 20.0])), &["`tau` is [10.0,20.0]"], &["share one value"]),
        (("tau", json!("10")), &["`tau` is \"10\""], &["a number"]),
        (("N", json!(99)), &["`N` is 99 but `W_rec` has 100 rows"], &["another network"]),
        (("N", json!(99.5)), &["`N` is 99.5 but"], &[]),
        (("n_inputs", json!(6)), &["`n_inputs` is 6 but `W_inp` has 3"], &[]),
        (("alpha", json!(0.5)), &["`alpha` is 0.5, but `dt` / `tau` is 0.1"], &["dt / tau"]),
        (("activation_name", json!("relu")), &["`activation_name` is \"relu\"", "\"sigmoid\""], &["keep"]),
        (("activation_slope", json!(1.0)), &["`activation_slope` is 1", "7.5"], &["keep the one"]),
        (("weight_boundary", json!("soft")), &["`weight_boundary` is \"soft\""], &["reflective"]),
        (("adaptation", json!(0.3)), &["key `adaptation`, which is 0.3, is unknown"], &["`notes`"]),
        (("equation_typ", json!("h")), &["key `equation_typ`", "\"h\""], &["`equation_type`"]),
        (("tau_inh", json!(20)), &["key `tau_inh`, which is 20"], &["did you mean `tau`?"]),
        (("delay", json!([1, 2, 3, 4, 5])), &["key `delay`, which is a list of 5 entries"], &["`notes`"]),
        (("W_fb", json!([[0.0]])), &["key `W_fb`"], &["`notes`"]),
    ];
    for (member, reason, remedy) in cases {
        assert_refused(&changed(std::slice::from_ref(member)), reason, remedy);
    }
    let (one, other) = (json!(vec![0.5; 100]), json!(vec![0.25; 100]));
    assert_refused(
        &changed(&[("bias", one), ("bias_rec", other)]),
        &["`bias`[0] is 0.5", "`bias_rec`[0] is 0.25"],
        &["both are the bias"],
    );
    let twice = String::from_utf8(changed(&[])).unwrap().replacen('{', "{\"tau\": 20, ", 1);
    assert_refused(twice.as_bytes(), &["key `tau` stands twice"], &["keep"]);
    for key in ["W_rec", "W_inp", "W_out", "dt", "tau", "activation_args"] {
        assert_refused(&changed(&[(key, Value::Null)]), &[&format!("key `{key}` is missing")], &["W_inp"]);
    }
    assert_refused(
        &changed(&[("W_rec", Value::Null), ("Wrec", json!([[0.0]]))]),
        &["`W_rec` is missing", "`Wrec`"],
        &[],
    );
    assert_refused(b"[1, 2]", &["not a network", "sequence"], &["W_inp"]);
}

#[test]
fn keys_without_physics_change_nothing() {
    let plain = scored(&changed(&[]));
    let noted = changed(&[
        ("date", json!("2024-05-01")),
        ("note", json!("seed 7, run again")),
        ("Notes", json!({"alpha": 3})),
        ("seed", json!(12)),
        ("score", json!(0.99)),
        ("sigma_rec", json!(0.05)),
        ("sigma_inp", json!(0.05)),
        ("exc2inhR", json!(4.0)),
        ("connectivity_density_rec", json!(1.0)),
        ("dale_mask", json!(vec![1.0; 100])),
        ("recurrent_mask", json!([[0.0, 1.0], [1.0, 0.0]])),
        ("gamma", json!(0)),
        ("bias_out", json!([0.0])),
        ("shift", json!(0.0)),
        ("alpha", json!(0.1)),
        ("n_inputs", json!(3)),
        ("output_size", json!(1)),
        ("bias", json!(vec![0.0; 100])),
        ("N", json!(100.0)),
    ]);
    assert_eq!(scored(&noted), plain);
    // Python's words for no number: no fault of a weight where they do not matter.
    let text = String::from_utf8(changed(&[("note", json!("NaN \\\" Infinity"))])).unwrap();
    let text = text.replacen('{', "{\"score\": NaN, \"loss\": [-Infinity, Infinity], ", 1);
    assert_eq!(scored(text.as_bytes()), plain);
    let marked = [b"\xEF\xBB\xBF\n".as_slice(), text.as_bytes()].concat();
    assert_eq!(scored(&marked), plain);
    let nan = text.replacen("\"W_rec\":[[", "\"W_rec\":[[NaN,", 1);
    assert_refused(nan.as_bytes(), &["`W_rec`[0][0] is \"NaN\", expected a number"], &["rows of numbers"]);
}

#[test]
fn the_example_of_the_guide_is_a_network() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/networks.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let example = guide.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(scored(example.as_bytes()).r2.is_some());
}

#[test]
fn raw_weights_of_a_reflective_boundary_are_refused() {
    let reflective = |members: &[(&str, Value)]| {
        changed(
            &[&[("weight_boundary", json!("reflective")), ("io_nonnegativity", json!(false))], members]
                .concat(),
        )
    };
    assert_eq!(scored(&reflective(&[])).r2, scored(&changed(&[])).r2);
    for (mask, key) in [("dale_mask", "W_rec"), ("recurrent_mask", "W_rec"), ("output_mask", "W_out")] {
        let closed = match mask {
            "dale_mask" => json!((0..100).map(|i| if i < 50 { 1.0 } else { -1.0 }).collect::<Vec<_>>()),
            "recurrent_mask" => json!(vec![vec![0.0; 100]; 100]),
            _ => json!([vec![0.0; 100]]),
        };
        let reason = format!("`{key}`[");
        assert_refused(&reflective(&[(mask, closed)]), &[&reason, mask], &["get_params"]);
    }
}

#[test]
fn transposed_matrices_are_suspected_with_the_shape_that_fits() {
    let transposed = |key: &str| {
        let rows = object("net.json")[key].as_array().unwrap().clone();
        let width = rows[0].as_array().unwrap().len();
        let columns: Vec<Vec<Value>> =
            (0..width).map(|j| rows.iter().map(|row| row[j].clone()).collect()).collect();
        changed(&[(key, json!(columns))])
    };
    let expected = "`W_inp` has shape [3, 100], expected [100, 3]: transposed?";
    assert_refused(&transposed("W_inp"), &[expected], &["W_rec is [to, from]"]);
    let expected = "`W_out` has shape [100, 1], expected [1, 100]: transposed?";
    assert_refused(&transposed("W_out"), &[expected], &["W_rec is [to, from]"]);
    let cut: Vec<Value> = object("net.json")["W_inp"].as_array().unwrap()[..99].to_vec();
    assert_refused(
        &changed(&[("W_inp", json!(cut))]),
        &["`W_inp` has shape [99, 3], expected [100, 3]"],
        &[],
    );
}

#[test]
fn times_in_seconds_are_suspected() {
    let warnings = |dt: f64, tau: f64| scored(&changed(&[("dt", json!(dt)), ("tau", json!(tau))])).warnings;
    for (dt, tau) in [(1.0, 10.0), (0.1, 1.0), (10.0, 100.0), (0.1, 50.0)] {
        assert_eq!(warnings(dt, tau), [""; 0], "{dt} {tau}");
    }
    let [both] = <[String; 1]>::try_from(warnings(0.001, 0.01)).unwrap();
    assert!(both.contains("`tau` is 0.01 ms") && both.ends_with("`dt` 1 and `tau` 10"), "{both}");
    let [step] = <[String; 1]>::try_from(warnings(0.001, 10.0)).unwrap();
    assert!(step.contains("`dt` is 0.001 ms, 10000 steps") && step.ends_with("`dt` 1"), "{step}");
    assert_refused(
        &changed(&[("tau", json!(0.1))]),
        &["`dt` is 1, expected at most tau"],
        &["`tau` is 0.1 ms", "in seconds", "`tau` 100"],
    );
}

#[test]
fn files_of_other_formats_are_named_with_the_way_to_convert_them() {
    let text = changed(&[]);
    let wide: Vec<u8> = text.iter().flat_map(|&byte| [byte, 0]).collect();
    let recordings = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/recordings");
    let recording = |name: &str| std::fs::read(recordings.join(name)).unwrap();
    let cases: [(&str, Vec<u8>, &str, &str); 10] = [
        ("a.mat", recording("v5.mat"), "a MATLAB file (MAT, version 5 to 7)", "scipy.io.loadmat"),
        ("a.npz", recording("f16.npz"), "a NumPy archive (NPZ)", "circuitscope circuit"),
        ("a.parquet", recording("gzip.parquet"), "a Parquet table", "circuitscope circuit"),
        ("a.npy", b"\x93NUMPY\x01\0v\0{'descr': '<f8'}".to_vec(), "a single NumPy array", "numpy.load"),
        ("a.pkl", b"\x80\x04\x95\x14\0\0\0\0\0\0\0}\x94".to_vec(), "a Python pickle", "pickle.load"),
        (
            "a.pt",
            b"PK\x03\x04\0\0\x08\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x0C\0\0\0net/data.pkl".to_vec(),
            "a PyTorch file",
            "torch.load",
        ),
        ("a.json", [b"\xFF\xFE", wide.as_slice()].concat(), "a text in UTF-16", "iconv -f UTF-16"),
        ("a.gz", b"\x1F\x8B\x08\0".to_vec(), "compressed by gzip", "gunzip"),
        ("a.csv", b"0.1,0.2\n0.3,0.4\n".to_vec(), "a table as text (CSV)", "numpy.loadtxt"),
        ("empty", Vec::new(), "empty", "trainRNNbrain"),
    ];
    for (name, bytes, format, remedy) in cases {
        let (reason, help) = refused(name, &bytes);
        assert!(reason.contains(&format!("the file is {format}")), "{name}: {reason}");
        assert!(help.contains(remedy), "{name}: {help}");
    }
}

#[test]
fn files_of_one_name_and_networks_that_diverge_are_told_apart() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    // All units excite each other a hundred times as strongly: nothing bounds the activity of rectified units.
    for (name, of, gain) in [
        ("a/net.json", "go_no_go_relu_dale_0.json", 1.0),
        ("b/net.json", "go_no_go_relu_dale_0.json", 100.0),
        ("c/other.json", "go_no_go_relu_free_0.json", 1.0),
        ("d/net.json", "go_no_go_relu_dale_1.json", 1.0),
    ] {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/networks").join(of);
        let mut object: Value = serde_json::from_slice(&std::fs::read(golden).unwrap()).unwrap();
        for row in object["W_rec"].as_array_mut().unwrap() {
            for weight in row.as_array_mut().unwrap() {
                let value = weight.as_f64().unwrap();
                *weight = json!(if gain > 1.0 { gain * value.abs() } else { value });
            }
        }
        std::fs::create_dir_all(path(name).parent().unwrap()).unwrap();
        write(path(name), object.to_string()).unwrap();
    }
    let task = Task::published("go_no_go").unwrap();
    let paths = ["a/net.json", "b/net.json", "c/other.json"].map(path);
    let scores = one_network::score(&networks(&paths).unwrap(), &task).unwrap().networks;
    let names: Vec<_> = scores.iter().map(|score| score.name.as_str()).collect();
    assert_eq!(names, ["a/net", "b/net", "other"]);
    assert!(scores[0].r2.is_some() && scores[0].outcome.is_none());
    assert_eq!((scores[1].mse, scores[1].r2, scores[1].outcome), (None, None, Some("diverges")));

    let aspect = one_network::aspect("endpoints").unwrap();
    let measure = one_network::DistanceMeasure::OfAspect;
    let [a, b, c] = &paths;
    let compared = one_network::compare(
        &networks(&[a.clone(), b.clone(), c.clone(), path("d/net.json")]).unwrap(),
        &task,
        aspect,
        measure,
        None,
    );
    let compared = compared.unwrap();
    assert_eq!(compared.networks, ["a/net", "other", "d/net"]);
    assert_eq!((compared.left_out.len(), compared.left_out[0].name.as_str()), (1, "b/net"));
    assert!(compared.left_out[0].reason.contains("diverges"));
    let two = networks(&[a.clone(), b.clone()]).unwrap();
    let error = one_network::compare(&two, &task, aspect, measure, None).unwrap_err().to_string();
    assert!(error.contains("b/net diverges") && error.contains("no two networks"), "{error}");
}
