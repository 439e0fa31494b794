//! Files that this program writes: every tensor and key is read, or refused.

use crate::RefusedFile;
use circuitscope::Family;
use circuitscope::network::Form;
use circuitscope_study::import::network;
use safetensors::tensor::{Dtype, TensorView};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::write;
use tempfile::TempDir;

/// A circuitscope file of two units, with more tensors and metadata.
fn safetensors(
    tensors: &[(&str, Vec<usize>, f32)],
    header: &[(&str, Value)],
    metadata: &[(&str, &str)],
) -> Vec<u8> {
    let own = [("w_rec", vec![2, 2], 0.5), ("w_inp", vec![2, 3], 0.5), ("w_out", vec![1, 2], 0.5)];
    let mut all: Vec<(&str, Vec<usize>, f32)> = own.into_iter().collect();
    for tensor in tensors {
        all.retain(|(name, ..)| *name != tensor.0);
        all.push(tensor.clone());
    }
    let bytes: Vec<Vec<u8>> = all
        .iter()
        .map(|(_, shape, value)| vec![value.to_le_bytes(); shape.iter().product()].concat())
        .collect();
    let views = all
        .iter()
        .zip(&bytes)
        .map(|((name, shape, _), bytes)| (*name, TensorView::new(Dtype::F32, shape.clone(), bytes).unwrap()));
    let mut text = json!({"format_version": 1, "software_version": "0.1.0", "name": "two", "activation": "tanh",
                          "slope": 1.0, "form": "potential", "dt_ms": 1.0, "tau_ms": 10.0});
    for (key, value) in header {
        text[*key] = value.clone();
    }
    let mut notes = HashMap::from([("circuitscope".to_owned(), text.to_string())]);
    notes.extend(metadata.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
    safetensors::serialize(views, Some(notes)).unwrap()
}

#[test]
fn activations_keep_their_parameters_in_files_of_either_kind() {
    let folder = TempDir::new().unwrap();
    let read = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        write(&path, bytes).unwrap();
        network(&path).map(|imported| imported.network.activation).map_err(|error| error.to_string())
    };
    let of = |name: &str, parameter: &[(&str, Value)]| {
        let header: Vec<(&str, Value)> =
            [("activation", json!(name))].into_iter().chain(parameter.iter().cloned()).collect();
        let own = read("two.safetensors", &safetensors(&[], &header, &[]));
        let mut arguments = json!({"name": name, "slope": 1.0});
        for (key, value) in parameter {
            arguments[*key] = value.clone();
        }
        let parameters = json!({"W_rec": [[0.5]], "W_inp": [[1.0]], "W_out": [[1.0]], "dt": 1.0, "tau": 10.0,
                                "activation_args": arguments});
        (own, read("one.json", parameters.to_string().as_bytes()))
    };
    for family in Family::ALL {
        let curve = family.curve();
        let parameter: Vec<(&str, Value)> =
            curve.parameter().map(|(name, value)| (name, json!(value + 0.25))).into_iter().collect();
        let expected =
            curve.parameter().map_or(Ok(curve), |(name, value)| curve.with_parameter(name, value + 0.25));
        let (own, json) = of(family.name(), &parameter);
        assert_eq!(own.unwrap().curve, expected.unwrap(), "{family:?}");
        assert_eq!(json.unwrap().curve, expected.unwrap(), "{family:?}");
        // Back into a header: the same again, and nothing of other curves.
        let network = circuitscope::network::Network {
            activation: circuitscope::Activation { curve: expected.unwrap(), slope: 1.0 },
            ..circuitscope_study::store::network_file::network(&safetensors(&[], &[], &[])).unwrap()
        };
        let header = circuitscope_study::store::network_file::header_of(&network, "two", None);
        let header = serde_json::to_value(header).unwrap();
        for name in circuitscope::Curve::PARAMETERS {
            let value = expected.unwrap().parameter().filter(|(own, _)| *own == name).map(|(_, value)| value);
            assert_eq!(header.get(name).and_then(Value::as_f64), value, "{family:?}: {name}");
        }
    }
    for (name, parameter, reason) in [
        ("power", vec![], "`exponent` is missing, which power needs"),
        (
            "power",
            vec![("exponent", json!(2.2))],
            "`exponent` is 2.2, expected a multiple of 0.25 from 1.25 to 4",
        ),
        (
            "tanh",
            vec![("leak", json!(0.1))],
            "`leak` is 0.1, but it is a parameter of leaky_relu, not of tanh",
        ),
        ("leakyrelu", vec![], "did you mean `leaky_relu`?"),
    ] {
        let (own, json) = of(name, &parameter);
        assert!(own.as_ref().unwrap_err().contains(reason), "{own:?}");
        assert!(json.as_ref().unwrap_err().contains(reason), "{json:?}");
    }
}

#[test]
fn circuitscope_files_hold_nothing_that_is_passed_over() {
    let folder = TempDir::new().unwrap();
    let read = |bytes: &[u8]| {
        write(folder.path().join("two.safetensors"), bytes).unwrap();
        network(&folder.path().join("two.safetensors")).map(|imported| imported.network)
    };
    let bias = ("bias", vec![2], 0.25);
    let found =
        read(&safetensors(&[bias], &[("note", json!("mine"))], &[("format", "pt"), ("date", "today")]))
            .unwrap();
    assert_eq!((found.form, found.bias.to_vec()), (Form::Potential, vec![0.25, 0.25]));
    // What is wrong before training is no fault of the network.
    let initial = [
        ("initial_w_rec", vec![2, 2], f32::NAN),
        ("initial_w_inp", vec![2, 3], 0.0),
        ("initial_w_out", vec![1, 2], 0.0),
    ];
    assert_eq!(read(&safetensors(&initial, &[], &[])).unwrap().w_rec[[0, 0]], 0.5);
    let parsed = circuitscope_study::store::network_file::parse(&safetensors(&initial, &[], &[]));
    assert!(parsed.unwrap_err().contains("`initial_w_rec` holds NaN at position [0, 0]"));

    let cases: [RefusedFile<'_>; 8] = [
        (
            safetensors(&[("biases", vec![2], 0.5)], &[], &[]),
            &["tensor `biases` is unknown", "did you mean `bias`?"],
        ),
        (safetensors(&[("gamma", vec![1], 0.1)], &[], &[]), &["tensor `gamma` is unknown"]),
        (safetensors(&[], &[("gamma", json!(0.1))], &[]), &["key `gamma`, which is 0.1, is unknown"]),
        (safetensors(&[], &[("tau", json!(20))], &[]), &["key `tau`", "did you mean `tau_ms`?"]),
        (safetensors(&[], &[], &[("gamma", "0.1")]), &["metadata `gamma` is unknown"]),
        (safetensors(&[], &[("form", json!("s"))], &[]), &["form `s` is unknown (known: rate, potential)"]),
        (
            safetensors(&[], &[("format_version", json!(0)), ("bias", json!(1))], &[]),
            &["network of format 0", "reads format 1"],
        ),
        (
            safetensors(&[("w_inp", vec![3, 2], 0.5)], &[], &[]),
            &["`w_inp` has shape [3, 2], expected [2, 3]: transposed?"],
        ),
    ];
    for (bytes, reason) in cases {
        let found = read(&bytes).unwrap_err().to_string();
        assert!(reason.iter().all(|part| found.contains(part)), "{reason:?} not in: {found}");
    }
}

#[test]
fn a_network_without_a_training_is_written_and_read_without_loss() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("network.safetensors");
    write(&path, safetensors(&[], &[], &[])).unwrap();
    let single = network(&path).unwrap().network;
    let mut double = single.clone();
    double.w_rec[[0, 1]] = 0.1; // no float32
    double.initial_state[1] = -0.25;
    for (given, n_bytes) in [(&single, 4), (&double, 8)] {
        let bytes = circuitscope_study::export::network(given, "two").unwrap();
        write(&path, &bytes).unwrap();
        assert_eq!(network(&path).unwrap().network, *given);
        let held = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        assert_eq!(held.tensor("w_rec").unwrap().data().len(), 4 * n_bytes);
    }
}
