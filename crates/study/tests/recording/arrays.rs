//! Recordings as arrays: every type, mask and order of axes, and what is refused.

use super::written::{Entry, Npz, with_gaps, write_npz, written};
use super::{
    GO_NO_GO, assert_same, assert_says, case, golden, made, read, read_as, refused, refused_as, responses,
};
use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope_study::Task;
use circuitscope_study::import::recording::{Reading, Recording, Source, source};
use ndarray::{Array1, Array2, Array3, ArrayD, Axis, IxDyn};
use std::path::Path;
use tempfile::TempDir;

/// The responses of `tests/recordings`: (n + 2 t + 3 b) % 7.
fn expected() -> Array3<f64> {
    Array3::from_shape_fn((3, 8, 4), |(n, t, b)| ((n + 2 * t + 3 * b) % 7) as f64)
}

/// Those recordings with a mask, or anything else.
fn with(path: &Path, add: &dyn Fn(&mut Npz)) {
    let mut file = Npz::default();
    file.add("responses", &expected());
    file.add("inputs", &Array3::<f64>::from_shape_fn((1, 8, 4), |(_, _, b)| b as f64));
    file.add("outputs", &Array3::<f64>::ones((1, 8, 4)));
    add(&mut file);
    file.write(path);
}

fn layout(letters: &str) -> Reading {
    Reading { layout: letters.parse().unwrap(), ..Reading::default() }
}

#[test]
fn arrays_come_back_as_they_were_with_the_times_that_a_file_leaves_out() {
    let folder = TempDir::new().unwrap();
    let task = Task::published("go_no_go").unwrap();
    let lost = with_gaps(responses(GO_NO_GO, &task));
    for path in written(folder.path(), &lost) {
        let Recording { responses, dt_ms, tau_ms, name, .. } = read(&path);
        assert_eq!((dt_ms, tau_ms, name.as_str()), (1.0, 10.0, "neurons"));
        assert_eq!(
            (&responses.inputs, &responses.outputs, &responses.mask, &responses.scored),
            (&lost.inputs, &lost.outputs, &lost.mask, &None)
        );
        assert_same(&responses.rates, &lost.rates);
    }
    let network = source(&golden(GO_NO_GO), &Reading::default());
    assert!(matches!(network.unwrap(), Source::Network(_)), "a network is no recording");
}

#[test]
fn every_type_that_numpy_saves_is_read_in_both_byte_orders() {
    let wide = ["int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "float32", "float64"];
    let names = wide.iter().flat_map(|name| [format!("little-{name}"), format!("big-{name}")]);
    for name in names.chain(["int8", "uint8"].map(str::to_owned)) {
        let found = read(&made(&format!("{name}.npz"))).responses;
        assert_eq!(found.rates, expected(), "{name}");
        assert_eq!(found.inputs[[0, 7, 3]], 3.0);
    }
    let flags = read(&made("bool.npz")).responses.rates;
    assert_eq!(flags, expected().mapv(|y| if y == 0.0 { 0.0 } else { 1.0 }));
    let fortran = read(&made("fortran.npz")).responses;
    assert_eq!(fortran.rates, expected());
    assert_eq!(fortran.scored.unwrap(), Array2::from_shape_fn((8, 4), |(t, b)| t >= b));
}

#[test]
fn counts_half_floats_and_a_mask_of_0_and_1_are_read() {
    let whole = read(&case("recordings/mask01.npz")).responses;
    assert_eq!(whole.mask, (10..30).chain(40..60).collect::<Vec<_>>());
    let half = read(&case("recordings/f16.npz")).responses;
    // Eleven bits of a number below 1.
    let largest = half.rates.iter().zip(&whole.rates).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(0.0 < largest && largest <= 0.5 * 2f64.powi(-11), "{largest}");
    assert_eq!(half.mask.len(), 60);
    let counts = read(&case("recordings/counts_u1.npz")).responses;
    assert_eq!((counts.rates.sum(), counts.rates.iter().copied().fold(0.0, f64::max)), (840.0, 7.0)); // NumPy's sum and maximum
}

/// A safetensors file of these tensors: name, type, shape, bytes.
fn safetensors(tensors: &[(&str, &str, &[usize], Vec<u8>)], notes: &serde_json::Value) -> Vec<u8> {
    let (mut header, mut data) = (serde_json::json!({ "__metadata__": notes }), Vec::new());
    for (name, kind, shape, bytes) in tensors {
        let begin = data.len();
        data.extend(bytes);
        header[name] =
            serde_json::json!({"dtype": kind, "shape": shape, "data_offsets": [begin, data.len()]});
    }
    let mut header = serde_json::to_vec(&header).unwrap();
    header.resize(header.len().next_multiple_of(8), b' ');
    [(header.len() as u64).to_le_bytes().to_vec(), header, data].concat()
}

#[test]
fn every_type_of_safetensors_is_read() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("neurons.safetensors");
    // numpy.arange(7, dtype=numpy.float16).view(numpy.uint16)
    let half = [0x0000u16, 0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600];
    let bytes = |y: f64, kind: &str| -> Vec<u8> {
        let whole = y as u8;
        match kind {
            "U8" | "I8" => vec![whole],
            "U16" | "I16" => u16::from(whole).to_le_bytes().to_vec(),
            "U32" | "I32" => u32::from(whole).to_le_bytes().to_vec(),
            "U64" | "I64" => u64::from(whole).to_le_bytes().to_vec(),
            "F16" => half[usize::from(whole)].to_le_bytes().to_vec(),
            "BF16" => (y as f32).to_le_bytes()[2..].to_vec(),
            "F32" => (y as f32).to_le_bytes().to_vec(),
            _ => y.to_le_bytes().to_vec(),
        }
    };
    let file = |kind: &str, notes: serde_json::Value| {
        let rates = expected().iter().flat_map(|&y| bytes(y, kind)).collect();
        let others = [0; 32].iter().flat_map(|&x: &i32| f64::from(x).to_le_bytes()).collect::<Vec<u8>>();
        let tensors = [
            ("responses", kind, &[3, 8, 4][..], rates),
            ("inputs", "F64", &[1, 8, 4], others.clone()),
            ("outputs", "F64", &[1, 8, 4], others),
        ];
        std::fs::write(&path, safetensors(&tensors, &notes)).unwrap();
    };
    for kind in ["U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64", "F16", "BF16", "F32", "F64"] {
        file(kind, serde_json::json!({"format": "np"}));
        assert_eq!(read(&path).responses.rates, expected(), "{kind}");
    }
    file("F64", serde_json::json!({"tau_ms": "20", "dt": "4", "note": "day 3"}));
    let found = read(&path);
    assert_eq!((found.dt_ms, found.tau_ms), (4.0, 20.0));
    assert!(found.notes.contains(&"not used: `note`".to_owned()), "{:?}", found.notes);
    file("F64", serde_json::json!({"equation_type": "h"}));
    assert_says(&refused(&path), &["`equation_type` (h) is not understood", "could change the result"]);
}

#[test]
fn times_are_used_under_either_name() {
    let found = read(&made("labels.npz"));
    assert_eq!((found.dt_ms, found.tau_ms), (2.0, 20.0));
    let found = read(&case("recordings/dt20.npz"));
    // The file names no time constant: five steps are the shortest that is taken.
    assert_eq!((found.dt_ms, found.tau_ms, found.dt_ms / found.tau_ms), (20.0, 100.0, 0.2));
    assert!(
        found.notes.iter().any(|note| note.contains("`tau_ms`") && note.contains("100 ms")),
        "{:?}",
        found.notes
    );

    let folder = TempDir::new().unwrap();
    let path = folder.path().join("neurons.npz");
    let times = |times: &[(&str, f64)]| {
        with(&path, &|file| {
            for (name, time) in times {
                file.add(name, &Array1::from_elem(1, *time));
            }
        });
    };
    times(&[("dt", 20.0), ("tau", 100.0)]);
    assert_eq!((read(&path).dt_ms, read(&path).tau_ms), (20.0, 100.0));
    times(&[("dt", 20.0), ("dt_ms", 20.0), ("tau_ms", 100.0)]);
    assert_eq!(read(&path).dt_ms, 20.0);
    times(&[("dt", 0.02), ("tau", 0.1)]);
    assert!(read(&path).notes.iter().any(|note| note.contains("in seconds?")), "{:?}", read(&path).notes);
    times(&[("dt", 20.0), ("dt_ms", 10.0)]);
    assert_says(&refused(&path), &["`dt_ms` is 10, but `dt` is 20"]);
    times(&[("dt", 20.0), ("tau", 10.0)]);
    assert_says(&refused(&path), &["`dt_ms` is 20, longer than `tau_ms`, 10"]);
    times(&[("tau", -1.0)]);
    assert_says(&refused(&path), &["`tau_ms` is -1", "above 0"]);
}

#[test]
fn labels_are_named_as_not_used_and_what_carries_physics_is_refused() {
    let notes = read(&made("labels.npz")).notes;
    let not_used = "not used: `date`, `recorded`, `note`, `trial_type`, `unit_names`";
    assert!(notes.contains(&not_used.to_owned()), "{notes:?}");
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("neurons.npz");
    for (name, value, meant) in [
        ("fs", 500.0, "dt_ms"),
        ("gain", 2.0, "understood are"),
        ("input", 1.0, "did you mean `inputs`?"),
        ("bin_ms", 10.0, "dt_ms"),
    ] {
        with(&path, &|file| file.add(name, &ndarray::arr0(value)));
        assert_says(&refused(&path), &[&format!("the array `{name}` ({value}) is not understood"), meant]);
    }
    assert_says(
        &refused(&made("objects.npz")),
        &["`responses` holds Python objects", "fill their ends with NaN"],
    );
}

#[test]
fn the_layout_is_told_and_can_be_given() {
    let path = case("recordings/units_trials_time.npz");
    let as_written = read(&path);
    assert_eq!(as_written.responses.rates.dim(), (12, 11, 60));
    assert!(as_written.notes.iter().any(|note| note == "axes read as NTB; `--layout` says otherwise"));
    let whole = read(&case("recordings/dt20.npz")).responses;
    for letters in ["NBT", "nbt"] {
        let found = read_as(&path, &layout(letters)).responses;
        assert_eq!(
            (&found.rates, &found.inputs, &found.outputs),
            (&whole.rates, &whole.inputs, &whole.outputs)
        );
    }
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("neurons.npz");
    for (letters, axes) in
        [("NTB", [0, 1, 2]), ("TBN", [1, 2, 0]), ("BNT", [2, 0, 1]), ("TNB", [1, 0, 2]), ("BTN", [2, 1, 0])]
    {
        let mut file = Npz::default();
        file.add("responses", &whole.rates.view().permuted_axes(axes));
        file.add("inputs", &whole.inputs.view().permuted_axes(axes));
        file.add("outputs", &whole.outputs.view().permuted_axes(axes));
        file.write(&path);
        assert_eq!(read_as(&path, &layout(letters)).responses, whole, "{letters}");
        if letters == "TBN" {
            // Steps and trials differ between the arrays when the last axis is taken for trials.
            assert_says(&refused(&path), &["`--layout TBN` (12 units x 60 steps x 11 trials)"]);
        }
    }
    let wrong = "NTX".parse::<circuitscope_study::import::recording::Layout>().unwrap_err();
    assert_says(&wrong, &["`NTX` is invalid", "N (units), T (time) and B (trials) once"]);
    assert_says(&refused_as(&case("recordings/gzip.parquet"), &layout("NBT")), &["a table has none"]);
    assert_says(
        &refused_as(&golden(GO_NO_GO), &layout("NBT")),
        &["`--layout` says how to read a recording", "is a network"],
    );
}

#[test]
fn an_array_whose_axes_differ_from_the_others_is_told_how_to_turn() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("neurons.npz");
    let whole = read(&case("recordings/dt20.npz")).responses;
    let turned = |axes: [usize; 3]| {
        let mut file = Npz::default();
        file.add("responses", &whole.rates.view().permuted_axes(axes));
        file.add("inputs", &whole.inputs);
        file.add("outputs", &whole.outputs);
        file.write(&path);
        refused(&path)
    };
    assert_says(&turned([2, 1, 0]), &["`responses` fits as `responses.transpose(2, 1, 0)`"]);
    // NumPy: a.transpose(1, 2, 0).transpose(2, 0, 1) is a.
    assert_says(&turned([1, 2, 0]), &["`responses` fits as `responses.transpose(2, 0, 1)`"]);
}

/// The mask that an array is read as.
fn mask_of<T: Entry>(values: Vec<T>, shape: &[usize]) -> Result<Responses, String> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("neurons.npz");
    let mask = ArrayD::from_shape_vec(IxDyn(shape), values).unwrap();
    with(&path, &|file| file.add("mask", &mask));
    match source(&path, &Reading::default()) {
        Ok(_) => Ok(read(&path).responses),
        Err(_) => Err(refused(&path)),
    }
}

#[test]
fn masks_are_flags_of_any_type_numbers_of_steps_or_flags_of_each_trial() {
    let late: Vec<usize> = (5..8).collect();
    let flags = [0, 0, 0, 0, 0, 1, 1, 1];
    assert_eq!(mask_of(flags.map(|x| x as u8).to_vec(), &[8]).unwrap().mask, late);
    assert_eq!(mask_of(flags.map(f64::from).to_vec(), &[8]).unwrap().mask, late);
    assert_eq!(mask_of(flags.map(|x| x == 1).to_vec(), &[1, 8]).unwrap().mask, late);
    assert_eq!(mask_of(vec![5.0f32, 6.0, 7.0], &[3]).unwrap().mask, late);
    assert_eq!(mask_of(vec![5u16, 6, 7], &[3, 1]).unwrap().mask, late);
    assert_eq!(mask_of(vec![0i64, 1], &[2]).unwrap().mask, [0, 1]);
    // Steps from the trial's own number on, as steps × trials and as trials × steps.
    let of_trials = Array2::from_shape_fn((8, 4), |(t, b)| t >= b);
    let found = mask_of(of_trials.iter().copied().collect(), &[8, 4]).unwrap();
    assert_eq!((found.scored.as_ref(), found.mask), (Some(&of_trials), (0..8).collect()));
    let turned: Vec<i32> = of_trials.t().iter().map(|&x| i32::from(x)).collect();
    assert_eq!(mask_of(turned, &[4, 8]).unwrap().scored, Some(of_trials.clone()));
    let shared = Array2::from_shape_fn((8, 4), |(t, _)| t >= 5);
    let found = mask_of(shared.iter().copied().collect(), &[8, 4]).unwrap();
    assert_eq!((found.mask, found.scored), (late, None));

    assert_says(&mask_of(vec![0.5; 8], &[8]).unwrap_err(), &["`mask` holds something else", "rising"]);
    assert_says(&mask_of(vec![1, 0, 1], &[3]).unwrap_err(), &["`mask` at [1] is 0 after 1", "rising"]);
    assert_says(&mask_of(vec![2; 32], &[8, 4]).unwrap_err(), &["`mask` holds something else than 0 and 1"]);
    assert_says(&mask_of(vec![true; 4], &[4]).unwrap_err(), &["has 4 entries for 8 steps", "--layout"]);
    assert_says(&mask_of(vec![true; 21], &[7, 3]).unwrap_err(), &["`mask` has shape [7, 3]", "[8, 4]"]);
    assert_says(&mask_of(vec![-1, 3], &[2]).unwrap_err(), &["`mask` at [0] is -1", "from 0"]);
    assert_says(&mask_of(vec![3, 8], &[2]).unwrap_err(), &["`mask` holds 8, expected steps below 8"]);
    assert_says(&mask_of(vec![false; 8], &[8]).unwrap_err(), &["`mask` holds 0, expected at least one step"]);
}

#[test]
fn trials_end_where_their_arrays_are_filled_with_nan_or_lengths_say() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("neurons.npz");
    let lengths = [8, 6, 8, 5];
    let mut file = Npz::default();
    for (name, mut array) in
        [("responses", expected()), ("inputs", Array3::ones((1, 8, 4))), ("outputs", Array3::ones((1, 8, 4)))]
    {
        for (b, length) in lengths.into_iter().enumerate() {
            array.index_axis_mut(Axis(2), b).slice_mut(ndarray::s![.., length..]).fill(f64::NAN);
        }
        file.add(name, &array);
    }
    file.write(&path);
    let filled = read(&path);
    with(&path, &|file| file.add("lengths", &Array1::from_vec(vec![8u8, 6, 8, 5])));
    let told = read(&path);
    for found in [&filled, &told] {
        assert!(found.notes.iter().any(|note| note.contains("trials of 5 to 8 steps")), "{:?}", found.notes);
        for ((_, t, b), y) in found.responses.rates.indexed_iter() {
            assert_eq!(y.is_nan(), t >= lengths[b], "{t} {b}");
            assert_eq!(found.responses.outputs[[0, t, b]].is_nan(), t >= lengths[b]);
        }
        assert!(found.responses.inputs.iter().all(|u| u.is_finite()));
    }
    with(&path, &|file| file.add("lengths", &Array1::from_vec(vec![8u8, 6, 9, 5])));
    assert_says(&refused(&path), &["`lengths` at [2] is 9", "from 1 to 8"]);
}

#[test]
fn an_array_that_does_not_fit_is_named_with_its_place_and_the_remedy() {
    let folder = TempDir::new().unwrap();
    let task = Task::published("go_no_go").unwrap();
    let sound = responses(GO_NO_GO, &task);
    let path = folder.path().join("broken.npz");
    let with = |change: &dyn Fn(&mut Responses)| {
        let mut changed = sound.clone();
        change(&mut changed);
        write_npz(&path, &changed);
        refused(&path)
    };
    let nan_input = with(&|responses| responses.inputs[[1, 20, 3]] = f32::NAN);
    assert_says(
        &nan_input,
        &["broken.npz", "`inputs` at [1, 20, 3] is NaN", "responses alone", "leave the trial out"],
    );
    let nan_output = with(&|responses| responses.outputs[[0, 2, 10]] = f64::NAN);
    assert_says(&nan_output, &["broken.npz", "`outputs` at [0, 2, 10] is NaN", "fill this one in"]);
    let infinite = with(&|responses| responses.rates[[4, 2, 1]] = f64::INFINITY);
    assert_says(&infinite, &["`responses` at [4, 2, 1] is inf", "write NaN"]);
    let unit = with(&|responses| responses.rates.index_axis_mut(Axis(0), 7).fill(f64::NAN));
    assert_says(&unit, &["unit 7 of `responses` has no response", "leave the unit out"]);
    let turned = with(&|responses| responses.rates.swap_axes(0, 2));
    assert_says(
        &turned,
        &["broken.npz", "`inputs` has shape [3, 60, 11], expected [3, 60, 75]", "the same trials"],
    );
    let mask = with(&|responses| responses.mask.push(60));
    assert_says(&mask, &["`mask` holds 60, expected steps below 60", "from 0"]);
    let mask = with(&|responses| responses.mask = vec![3, 2]);
    assert_says(&mask, &["`mask` at [1] is 2 after 3", "rising"]);

    let mut file = Npz::default();
    file.add("responses", &sound.rates);
    file.add("outputs", &sound.outputs);
    file.write(&path);
    assert_says(
        &refused(&path),
        &["`inputs` is missing", "`outputs`", "`responses`", "[inputs, steps, trials]"],
    );
    let whole = std::fs::read(made("labels.npz")).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 9]).unwrap();
    assert_says(&refused(&path), &["broken.npz: not a whole NPZ file", "numpy.savez"]);
    let mut flipped = std::fs::read(made("fortran.npz")).unwrap();
    flipped[300] ^= 1; // an entry of `responses`, which is not packed
    std::fs::write(&path, flipped).unwrap();
    assert_says(&refused(&path), &["`responses` cannot be read: its checksum does not match", "numpy.savez"]);
}

#[test]
fn other_files_are_named_for_what_they_are_with_the_lines_that_convert_them() {
    let told = refused(&case("recordings/v5.mat"));
    assert_says(
        &told,
        &["v5.mat: the file is a MATLAB file (MAT, version 5 to 7)", "scipy.io.loadmat", "numpy.savez"],
    );
    let folder = TempDir::new().unwrap();
    let given = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        refused(&path)
    };
    let hdf = given("new.mat", b"MATLAB 7.3 MAT-file, Platform: GLNXA64");
    assert_says(&hdf, &["7.3", "h5py.File", "numpy.savez"]);
    let utf16: Vec<u8> =
        "\u{feff}trial,step,unit_0\n0,0,1".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_says(&given("table.csv", &utf16), &["a text in UTF-16", "iconv"]);
    assert_says(&given("table.csv", b"trial,step,unit_0\n0,0,1\n"), &["(CSV)", "numpy.savez"]);
    assert_says(&given("array.npz", b"\x93NUMPY\x01\x00"), &["a single NumPy array (NPY)"]);
    assert_says(&given("neurons.npz", b""), &["the file is empty"]);
    assert_says(&given("data.pkl", b"\x80\x04\x95"), &["a Python pickle"]);
}
