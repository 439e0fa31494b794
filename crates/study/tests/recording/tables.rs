//! Recordings as tables: names of trials, trials of different length, masks of each trial, and what is refused.

use super::written::{Column, Columns, table, write_parquet};
use super::{GO_NO_GO, assert_same, assert_says, case, made, read, refused, responses};
use circuitscope_study::Task;
use ndarray::Array2;
use tempfile::TempDir;

#[test]
fn tables_of_any_compression_with_trials_by_number_or_name_hold_the_recording_of_the_arrays() {
    let whole = read(&case("recordings/dt20.npz")).responses;
    for name in ["gzip", "trial_string"] {
        let found = read(&case(&format!("recordings/{name}.parquet")));
        assert_eq!(found.responses, whole, "{name}");
    }
    let notes = read(&case("recordings/trial_string.parquet")).notes;
    assert!(notes.contains(&"trials by name, from `tr0` to `tr10`".to_owned()), "{notes:?}");
}

#[test]
fn each_trial_runs_to_its_own_end() {
    let whole = read(&case("recordings/dt20.npz")).responses;
    let ragged = read(&case("recordings/ragged.parquet"));
    let lengths = [60, 50, 60, 55, 60, 60, 45, 60, 60, 60, 60]; // rows of each trial, by pyarrow
    for ((n, t, b), y) in ragged.responses.rates.indexed_iter() {
        if t < lengths[b] {
            assert_eq!(*y, whole.rates[[n, t, b]]);
        } else {
            assert!(y.is_nan() && ragged.responses.outputs[[0, t, b]].is_nan());
            assert_eq!(ragged.responses.inputs[[0, t, b]], 0.0);
        }
    }
    assert!(ragged.notes.iter().any(|note| note.contains("trials of 45 to 60 steps")), "{:?}", ragged.notes);
    assert_eq!((ragged.responses.mask.len(), &ragged.responses.scored), (60, &None));
}

#[test]
fn shuffled_rows_of_named_trials_of_different_length_with_a_mask_of_each_are_put_in_place() {
    let found = read(&made("ragged_names.parquet"));
    assert_eq!((found.dt_ms, found.tau_ms), (2.0, 20.0));
    for note in ["not used: `condition`, `day`", "trials by name, from `go 1` to `no-go 1`"] {
        assert!(found.notes.contains(&note.to_owned()), "{:?}", found.notes);
    }
    let of_trials = [3, 0, 1, 2]; // go 1, go 2, go 10, no-go 1
    let lengths = [8, 6, 8, 5];
    let responses = &found.responses;
    assert_eq!(responses.rates.dim(), (3, 8, 4));
    let expected = |n: usize, t: usize, b: usize| match (n, t) {
        _ if t >= lengths[b] => f64::NAN,
        (1, 2) if b == 1 => f64::NAN, // null
        _ => ((n + 2 * t + 3 * b) % 7) as f64,
    };
    let expected = ndarray::Array3::from_shape_fn((3, 8, 4), |(n, t, b)| expected(n, t, of_trials[b]));
    assert_same(&responses.rates, &expected);
    for (b, of_trial) in of_trials.into_iter().enumerate() {
        assert_eq!(responses.inputs[[0, 0, b]], of_trial as f32);
        for t in 0..lengths[of_trial] {
            assert_eq!(responses.scored.as_ref().unwrap()[[t, b]], t >= of_trial, "{t} {b}");
        }
    }
}

#[test]
fn columns_that_are_not_read_are_refused_with_their_type_and_what_would_be_right() {
    let told = |name: &str| refused(&made(&format!("refused_{name}.parquet")));
    assert_says(
        &told("decimal"),
        &["column `unit_b` is of type decimal, expected numbers", "cast `unit_b` to float64"],
    );
    assert_says(&told("list"), &["column `unit_b` is of type list or nested, expected numbers"]);
    assert_says(&told("rate"), &["the column `fs` is not understood, and could change the result", "dt_ms"]);
    assert_says(&told("time"), &["the column `time_ms` is not understood"]);
    assert_says(&told("null_trial"), &["column `trial` is null in row 0", "number every row"]);
}

#[test]
fn a_table_that_does_not_fit_is_answered_with_column_trial_and_step() {
    let folder = TempDir::new().unwrap();
    let task = Task::published("go_no_go").unwrap();
    let sound = responses(GO_NO_GO, &task);
    let path = folder.path().join("broken.parquet");
    let with = |change: &dyn Fn(&mut Columns)| {
        let mut columns = table(&sound);
        change(&mut columns);
        write_parquet(&path, &columns);
        refused(&path)
    };
    let mut lacking = sound.clone();
    lacking.inputs[[1, 20, 3]] = f32::NAN;
    write_parquet(&path, &table(&lacking));
    // Trials and steps of the table are numbered from 5.
    assert_says(&refused(&path), &["column `input_1` at trial 8, step 25 is NaN", "leave the trial out"]);
    let column = with(&|columns| columns.retain(|(name, _)| !name.starts_with("output_")));
    assert_says(&column, &["broken.parquet: the column `output_*` is missing", "unit_*, input_*, output_*"]);
    let short = with(&|columns| {
        for (_, column) in columns {
            match column {
                Column::Whole(values) => drop(values.remove(0)),
                Column::Numbers(values) => drop(values.remove(0)),
                Column::Flags(values) => drop(values.remove(0)),
            }
        }
    });
    assert_says(&short, &["trial 15 lacks step 5", "each step once"]);
    let n_rows = (sound.n_steps() * sound.n_trials()) as i64;
    let twice = with(&|columns| columns[1].1 = Column::Whole((0..n_rows).map(|row| row % 30).collect()));
    assert_says(&twice, &["stands in two rows", "each step once"]);
    let stray = with(&|columns| {
        let Column::Whole(steps) = &mut columns[1].1 else { panic!("steps are whole") };
        steps[7] = 1 << 50;
    });
    assert_says(&stray, &["trial 15 lacks step 12"]);
    let halves = with(&|columns| columns[1].1 = Column::Numbers(vec![Some(0.5); n_rows as usize]));
    assert_says(&halves, &["column `step` is 0.5 in row 0, expected a whole number", "`dt_ms`"]);
    let flags = with(&|columns| columns[0].1 = Column::Flags(vec![true; n_rows as usize]));
    assert_says(&flags, &["column `trial` is of type boolean", "whole numbers or names"]);
    let mask = with(&|columns| {
        if let Some(mask) = columns.iter_mut().find(|(name, _)| name == "mask") {
            mask.1 = Column::Numbers(vec![Some(0.5); n_rows as usize]);
        }
    });
    assert_says(&mask, &["column `mask` is not true or false in every row", "booleans, or 0 and 1"]);
    let times = with(&|columns| {
        columns.push(("dt".into(), Column::Whole((0..n_rows).map(|row| 1 + row / 100).collect())));
    });
    assert_says(&times, &["column `dt` is 1 in row 0 and 2 in row 100"]);
    std::fs::write(&path, b"PAR1").unwrap();
    assert_says(&refused(&path), &["broken.parquet: not a Parquet file", "zstd"]);
}

#[test]
fn trials_numbered_by_floats_and_a_mask_of_numbers_are_read() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("neurons.parquet");
    let sound = responses(GO_NO_GO, &Task::published("go_no_go").unwrap());
    let mut columns = table(&sound);
    let n_rows = sound.n_steps() * sound.n_trials();
    let numbers = |column: &Column| match column {
        Column::Whole(values) => values.iter().map(|&x| Some(x as f64)).collect(),
        Column::Numbers(values) => values.clone(),
        Column::Flags(values) => values.iter().map(|&x| Some(f64::from(u8::from(x)))).collect(),
    };
    for (name, column) in &mut columns {
        if ["trial", "step", "mask"].contains(&name.as_str()) {
            *column = Column::Numbers(numbers(column));
        }
    }
    write_parquet(&path, &columns);
    assert_eq!(read(&path).responses, sound);
    // A mask that differs between trials: the first half of each second trial is not scored.
    let is_scored = |t: usize, b: usize| b.is_multiple_of(2) || t >= 30;
    let flags = (0..n_rows).map(|row| is_scored(row % 60, sound.n_trials() - 1 - row / 60));
    columns.retain(|(name, _)| name != "mask");
    columns.push(("mask".into(), Column::Flags(flags.collect())));
    write_parquet(&path, &columns);
    let expected = Array2::from_shape_fn((60, sound.n_trials()), |(t, b)| is_scored(t, b));
    assert_eq!(read(&path).responses.scored, Some(expected));
}
