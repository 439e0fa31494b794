//! Writes the same recording in every format.

use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope_study::store::npz;
pub(crate) use circuitscope_study::store::npz::Entry;
use ndarray::{Array0, Array1, Array3, ArrayBase, Data, Dimension, arr0};
use parquet::basic::{Repetition, Type as PhysicalType};
use parquet::data_type::{BoolType, DoubleType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use safetensors::tensor::{Dtype, TensorView};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Every tenth response or so is lost, none of them together with all others of its unit.
pub(crate) fn with_gaps(mut responses: Responses) -> Responses {
    let mut state = 7u64;
    for rate in &mut responses.rates {
        // Knuth's MMIX generator; its high bits are even.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        if (state >> 33).is_multiple_of(10) {
            *rate = f64::NAN;
        }
    }
    responses
}

fn doubles(array: &Array3<f32>) -> Array3<f64> {
    array.mapv(f64::from)
}

/// The arrays of an NPZ file.
#[derive(Default)]
pub(crate) struct Npz(npz::Npz);

impl Npz {
    pub(crate) fn add<A: Entry>(
        &mut self,
        name: &str,
        array: &ArrayBase<impl Data<Elem = A>, impl Dimension>,
    ) {
        self.0.add(name, array).unwrap();
    }

    pub(crate) fn write(&self, path: &Path) {
        std::fs::write(path, self.0.bytes().unwrap()).unwrap();
    }
}

pub(crate) fn write_npz(path: &Path, responses: &Responses) {
    let mut file = Npz::default();
    file.add("responses", &responses.rates);
    file.add("inputs", &responses.inputs);
    file.add("outputs", &responses.outputs);
    file.add("mask", &Array1::from_iter(responses.mask.iter().map(|&step| step as i64)));
    let (dt, tau): (Array0<f64>, Array0<i64>) = (arr0(1.0), arr0(10));
    file.add("dt_ms", &dt);
    file.add("tau_ms", &tau);
    file.write(path);
}

fn write_safetensors(path: &Path, responses: &Responses) {
    let bytes = |array: &Array3<f64>| array.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let arrays = [
        ("responses", responses.rates.clone()),
        ("inputs", doubles(&responses.inputs)),
        ("outputs", responses.outputs.clone()),
    ];
    let arrays = arrays.map(|(name, array)| (name, array.shape().to_vec(), bytes(&array)));
    let flags: Vec<u8> =
        (0..responses.n_steps()).map(|step| u8::from(responses.mask.contains(&step))).collect();
    let mask = TensorView::new(Dtype::BOOL, vec![flags.len()], &flags).unwrap();
    let views = arrays
        .iter()
        .map(|(name, shape, bytes)| (*name, TensorView::new(Dtype::F64, shape.clone(), bytes).unwrap()))
        .chain([("mask", mask)]);
    std::fs::write(path, safetensors::serialize(views, None).unwrap()).unwrap();
}

/// A column of a table; [`None`] is null.
#[derive(Clone)]
pub(crate) enum Column {
    Whole(Vec<i64>),
    Numbers(Vec<Option<f64>>),
    Flags(Vec<bool>),
}

pub(crate) type Columns = Vec<(String, Column)>;

/// The rows of a long table, the last trial first; missing responses as nulls. Trials and steps are numbered from 5.
pub(crate) fn table(responses: &Responses) -> Columns {
    let (n_steps, n_trials) = (responses.n_steps(), responses.n_trials());
    let places: Vec<(usize, usize)> =
        (0..n_trials).rev().flat_map(|b| (0..n_steps).map(move |t| (t, b))).collect();
    let whole = |number: &dyn Fn((usize, usize)) -> usize| {
        Column::Whole(places.iter().map(|&place| number(place) as i64 + 5).collect())
    };
    let mut columns = vec![("trial".to_owned(), whole(&|(_, b)| b)), ("step".to_owned(), whole(&|(t, _)| t))];
    let inputs = doubles(&responses.inputs);
    for (prefix, array) in [("unit", &responses.rates), ("input", &inputs), ("output", &responses.outputs)] {
        for (row, of_row) in array.outer_iter().enumerate() {
            let values = places.iter().map(|&(t, b)| Some(of_row[[t, b]]).filter(|x| !x.is_nan()));
            columns.push((format!("{prefix}_{row}"), Column::Numbers(values.collect())));
        }
    }
    let mask: Vec<bool> = places.iter().map(|(t, _)| responses.mask.contains(t)).collect();
    columns.push(("mask".to_owned(), Column::Flags(mask)));
    columns
}

pub(crate) fn write_parquet(path: &Path, columns: &Columns) {
    let field = |(name, column): &(String, Column)| {
        let (physical, repetition) = match column {
            Column::Whole(_) => (PhysicalType::INT64, Repetition::REQUIRED),
            Column::Numbers(_) => (PhysicalType::DOUBLE, Repetition::OPTIONAL),
            Column::Flags(_) => (PhysicalType::BOOLEAN, Repetition::REQUIRED),
        };
        Arc::new(Type::primitive_type_builder(name, physical).with_repetition(repetition).build().unwrap())
    };
    let fields = columns.iter().map(field).collect();
    let schema = Arc::new(Type::group_type_builder("table").with_fields(fields).build().unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let mut file = SerializedFileWriter::new(File::create(path).unwrap(), schema, properties).unwrap();
    let mut group = file.next_row_group().unwrap();
    for (_, column) in columns {
        let mut writer = group.next_column().unwrap().unwrap();
        match column {
            Column::Whole(values) => {
                writer.typed::<Int64Type>().write_batch(values, None, None).unwrap();
            }
            Column::Numbers(values) => {
                let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
                let present: Vec<f64> = values.iter().copied().flatten().collect();
                writer.typed::<DoubleType>().write_batch(&present, Some(&levels), None).unwrap();
            }
            Column::Flags(values) => {
                writer.typed::<BoolType>().write_batch(values, None, None).unwrap();
            }
        }
        writer.close().unwrap();
    }
    group.close().unwrap();
    file.close().unwrap();
}

/// A recording in every format.
pub(crate) fn written(folder: &Path, responses: &Responses) -> [PathBuf; 3] {
    let paths = ["neurons.npz", "neurons.safetensors", "neurons.parquet"].map(|name| folder.join(name));
    write_npz(&paths[0], responses);
    write_safetensors(&paths[1], responses);
    write_parquet(&paths[2], &table(responses));
    paths
}
