//! Tables as pandas, polars and R read them: Parquet with plain columns, each with its meaning, unit and levels.

use super::{SOFTWARE_VERSION, StoreError, write_whole};
use parquet::basic::{Compression, GzipLevel, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriterImpl;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Version of the tables' columns; it changes when one is renamed, removed or given another meaning.
pub const TABLES_VERSION: u32 = 2;

/// The entries of a column; a missing one is null.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Names and texts.
    Text(Vec<Option<Arc<str>>>),
    /// Numbers.
    Float(Vec<Option<f64>>),
    /// Counts.
    Integer(Vec<Option<i64>>),
    /// Numbers up to 2^64 − 1, such as seeds.
    Unsigned(Vec<Option<u64>>),
    /// True or false.
    Flag(Vec<bool>),
}

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// In a sentence.
    pub text: String,
    /// Physical unit; empty for numbers without one, and for text.
    pub unit: &'static str,
    /// The values that a text can take; empty for free text.
    pub levels: Vec<&'static str>,
    /// `text`, `float`, `integer` or `boolean`.
    pub kind: &'static str,
    /// Whether entries may be null.
    pub is_optional: bool,
}

/// One column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub meaning: Meaning,
    /// Its entries.
    pub values: Values,
}

/// A table: columns of one length.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// What a row is, in a sentence.
    pub row: String,
    /// The columns, in their order.
    pub columns: Vec<Column>,
}

impl Table {
    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.columns.first().map_or(0, |column| match &column.values {
            Values::Text(values) => values.len(),
            Values::Float(values) => values.len(),
            Values::Integer(values) => values.len(),
            Values::Unsigned(values) => values.len(),
            Values::Flag(values) => values.len(),
        })
    }

    /// Writes the table as Parquet; the same table gives the same bytes.
    ///
    /// - `study_identity`: hash of all that decides the results of the study, for the file's metadata.
    ///
    /// # Errors
    /// [`StoreError`] if columns differ in length or the file cannot be written.
    pub fn write(&self, path: &Path, study_identity: &str) -> Result<(), StoreError> {
        let bytes = self.to_parquet(study_identity).map_err(|error| StoreError::damaged(path, &error))?;
        write_whole(path, &bytes)
    }

    fn to_parquet(&self, study_identity: &str) -> Result<Vec<u8>, ParquetError> {
        let fields =
            self.columns.iter().map(|column| column.field().map(Arc::new)).collect::<Result<_, _>>()?;
        let schema = Type::group_type_builder("schema").with_fields(fields).build()?;
        let notes = vec![
            KeyValue::new("circuitscope_format_version".into(), TABLES_VERSION.to_string()),
            KeyValue::new("circuitscope_version".into(), SOFTWARE_VERSION.to_owned()),
            KeyValue::new("circuitscope_study".into(), study_identity.to_owned()),
            KeyValue::new("circuitscope_row".into(), self.row.clone()),
            KeyValue::new("circuitscope_columns".into(), self.meanings().to_string()),
        ];
        let properties = WriterProperties::builder()
            .set_compression(Compression::GZIP(GzipLevel::default())) // every reader has it, and it needs no C compiler
            .set_key_value_metadata(Some(notes))
            .build();
        let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
        let mut rows = file.next_row_group()?;
        for column in &self.columns {
            // The schema has as many columns; the row group refuses columns of unequal length when it closes.
            if let Some(mut writer) = rows.next_column()? {
                column.values.write(&mut writer)?;
                writer.close()?;
            }
        }
        rows.close()?;
        file.into_inner()
    }

    /// The meaning of each column by its name, for the metadata of the file.
    fn meanings(&self) -> serde_json::Value {
        let of_column = |column: &Column| {
            let Meaning { text, unit, levels, kind, is_optional } = &column.meaning;
            let mut said =
                serde_json::json!({ "meaning": text, "type": kind, "may_be_missing": is_optional });
            if !unit.is_empty() {
                said["unit"] = (*unit).into();
            }
            if !levels.is_empty() {
                said["levels"] = levels.clone().into();
            }
            (column.name.clone(), said)
        };
        let columns: BTreeMap<String, serde_json::Value> = self.columns.iter().map(of_column).collect();
        serde_json::json!(columns)
    }
}

impl Column {
    /// The column in the schema of a file.
    fn field(&self) -> Result<Type, ParquetError> {
        let (physical, logical) = match &self.values {
            Values::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Values::Float(_) => (Physical::DOUBLE, None),
            Values::Integer(_) => (Physical::INT64, None),
            Values::Unsigned(_) => (Physical::INT64, Some(LogicalType::integer(64, false))),
            Values::Flag(_) => (Physical::BOOLEAN, None),
        };
        let repetition =
            if matches!(self.values, Values::Flag(_)) { Repetition::REQUIRED } else { Repetition::OPTIONAL };
        Type::primitive_type_builder(&self.name, physical)
            .with_repetition(repetition)
            .with_logical_type(logical)
            .build()
    }
}

impl Values {
    fn write(&self, writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        match self {
            Self::Text(values) => {
                write_optional::<ByteArrayType, _>(writer.typed(), values, |text| ByteArray::from(&**text))?;
            }
            Self::Float(values) => write_optional::<DoubleType, _>(writer.typed(), values, |x| *x)?,
            Self::Integer(values) => write_optional::<Int64Type, _>(writer.typed(), values, |x| *x)?,
            Self::Unsigned(values) => {
                write_optional::<Int64Type, _>(writer.typed(), values, |x| x.cast_signed())?;
            }
            Self::Flag(values) => {
                writer.typed::<BoolType>().write_batch(values, None, None)?;
            }
        }
        Ok(())
    }
}

/// Writes the values that are there; level 0 marks a missing one, level 1 a present one.
fn write_optional<T: DataType, V>(
    writer: &mut ColumnWriterImpl<'_, T>,
    values: &[Option<V>],
    stored: impl Fn(&V) -> T::T,
) -> Result<(), ParquetError> {
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let present: Vec<T::T> = values.iter().flatten().map(stored).collect();
    writer.write_batch(&present, Some(&levels), None)?;
    Ok(())
}
