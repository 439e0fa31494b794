//! Writes the same recording in every format.

use circuitscope::analysis::latent_circuit::responses::Responses;
use flate2::Crc;
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

/// A number as NumPy names its type and stores it.
pub(crate) trait Entry: Copy {
    const TYPE: &str;
    fn bytes(self) -> Vec<u8>;
}

macro_rules! entries {
    ($($number:ty: $name:literal),*) => {
        $(impl Entry for $number {
            const TYPE: &str = $name;
            fn bytes(self) -> Vec<u8> {
                self.to_le_bytes().to_vec()
            }
        })*
    };
}

entries!(u8: "|u1", u16: "<u2", i32: "<i4", i64: "<i8", f32: "<f4", f64: "<f8");

impl Entry for bool {
    const TYPE: &str = "|b1";
    fn bytes(self) -> Vec<u8> {
        vec![u8::from(self)]
    }
}

/// The arrays of an NPZ file: an archive of NPY files that are not packed.
#[derive(Default)]
pub(crate) struct Npz {
    files: Vec<u8>,
    list: Vec<u8>,
    n_files: u16,
}

impl Npz {
    pub(crate) fn add<A: Entry>(
        &mut self,
        name: &str,
        array: &ArrayBase<impl Data<Elem = A>, impl Dimension>,
    ) {
        let shape: String = array.shape().iter().map(|length| length.to_string() + ", ").collect();
        let head = format!("{{'descr': '{}', 'fortran_order': False, 'shape': ({shape}), }}\n", A::TYPE);
        let entries = array.iter().flat_map(|entry| entry.bytes());
        let file: Vec<u8> = b"\x93NUMPY\x01\x00"
            .iter()
            .copied()
            .chain((head.len() as u16).to_le_bytes())
            .chain(head.bytes())
            .chain(entries)
            .collect();
        let mut checksum = Crc::new();
        checksum.update(&file);
        let name = format!("{name}.npy");
        let size = (file.len() as u32).to_le_bytes();
        // Version, flags, method, time and date; checksum, sizes; lengths of the name and of what is extra.
        let fields = [
            &[20, 0, 0, 0, 0, 0, 0, 0, 33, 0],
            &checksum.sum().to_le_bytes()[..],
            &size,
            &size,
            &(name.len() as u16).to_le_bytes(),
            &[0, 0],
        ]
        .concat();
        let offset = (self.files.len() as u32).to_le_bytes();
        self.list.extend([b"PK\x01\x02\x14\x00", &fields[..], &[0; 10], &offset, name.as_bytes()].concat());
        self.files.extend([b"PK\x03\x04", &fields[..], name.as_bytes(), &file].concat());
        self.n_files += 1;
    }

    pub(crate) fn write(&self, path: &Path) {
        let (n_files, n_bytes) = (self.n_files.to_le_bytes(), (self.list.len() as u32).to_le_bytes());
        let offset = (self.files.len() as u32).to_le_bytes();
        let end = [b"PK\x05\x06\0\0\0\0", &n_files[..], &n_files, &n_bytes, &offset, &[0, 0]].concat();
        std::fs::write(path, [&self.files[..], &self.list, &end].concat()).unwrap();
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
