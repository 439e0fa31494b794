//! Tables as pandas, polars and R read them: Parquet with plain columns.

use super::{FORMAT_VERSION, SOFTWARE_VERSION, StoreError, write_whole};
use parquet::basic::{Compression, GzipLevel, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriterImpl;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use std::path::Path;
use std::sync::Arc;

/// One column of a table; a missing number is null.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Names.
    Text(Vec<String>),
    /// Numbers.
    Float(Vec<Option<f64>>),
    /// Counts.
    Integer(Vec<Option<i64>>),
    /// Yes or no.
    Flag(Vec<bool>),
}

/// A table with named columns of one length.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    columns: Vec<(&'static str, Column)>,
}

impl Table {
    /// Adds a column of names.
    pub fn text(mut self, name: &'static str, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.columns.push((name, Column::Text(values.into_iter().map(Into::into).collect())));
        self
    }

    /// Adds a column of numbers.
    pub fn float(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = impl Into<Option<f64>>>,
    ) -> Self {
        self.columns.push((name, Column::Float(values.into_iter().map(Into::into).collect())));
        self
    }

    /// Adds a column of counts.
    pub fn integer(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = impl Into<Option<i64>>>,
    ) -> Self {
        self.columns.push((name, Column::Integer(values.into_iter().map(Into::into).collect())));
        self
    }

    /// Adds a column of yes or no.
    pub fn flag(mut self, name: &'static str, values: impl IntoIterator<Item = bool>) -> Self {
        self.columns.push((name, Column::Flag(values.into_iter().collect())));
        self
    }

    /// Whether it has no row.
    pub fn is_empty(&self) -> bool {
        self.columns.iter().all(|(_, column)| match column {
            Column::Text(values) => values.is_empty(),
            Column::Float(values) => values.is_empty(),
            Column::Integer(values) => values.is_empty(),
            Column::Flag(values) => values.is_empty(),
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
        let fields = self
            .columns
            .iter()
            .map(|(name, column)| column.field(name).map(Arc::new))
            .collect::<Result<_, _>>()?;
        let schema = Type::group_type_builder("schema").with_fields(fields).build()?;
        let versions = vec![
            KeyValue::new("circuitscope_format_version".into(), FORMAT_VERSION.to_string()),
            KeyValue::new("circuitscope_version".into(), SOFTWARE_VERSION.to_owned()),
            KeyValue::new("circuitscope_study".into(), study_identity.to_owned()),
        ];
        let properties = WriterProperties::builder()
            .set_compression(Compression::GZIP(GzipLevel::default())) // every reader has it, and it needs no C compiler
            .set_key_value_metadata(Some(versions))
            .build();
        let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
        let mut rows = file.next_row_group()?;
        for (_, column) in &self.columns {
            // The schema has as many columns; the row group refuses columns of unequal length when it closes.
            if let Some(mut writer) = rows.next_column()? {
                column.write(&mut writer)?;
                writer.close()?;
            }
        }
        rows.close()?;
        file.into_inner()
    }
}

impl Column {
    /// The column in the schema of a file.
    fn field(&self, name: &str) -> Result<Type, ParquetError> {
        let (physical, repetition) = match self {
            Self::Text(_) => (Physical::BYTE_ARRAY, Repetition::REQUIRED),
            Self::Float(_) => (Physical::DOUBLE, Repetition::OPTIONAL),
            Self::Integer(_) => (Physical::INT64, Repetition::OPTIONAL),
            Self::Flag(_) => (Physical::BOOLEAN, Repetition::REQUIRED),
        };
        let logical = matches!(self, Self::Text(_)).then_some(LogicalType::String);
        Type::primitive_type_builder(name, physical)
            .with_repetition(repetition)
            .with_logical_type(logical)
            .build()
    }

    fn write(&self, writer: &mut SerializedColumnWriter<'_>) -> Result<(), ParquetError> {
        match self {
            Self::Text(values) => {
                let values: Vec<ByteArray> = values.iter().map(|text| text.as_str().into()).collect();
                writer.typed::<ByteArrayType>().write_batch(&values, None, None)?;
            }
            Self::Flag(values) => {
                writer.typed::<BoolType>().write_batch(values, None, None)?;
            }
            Self::Float(values) => write_optional(writer.typed::<DoubleType>(), values)?,
            Self::Integer(values) => write_optional(writer.typed::<Int64Type>(), values)?,
        }
        Ok(())
    }
}

/// Writes the values that are there; level 0 marks a missing one, level 1 a present one.
fn write_optional<T: DataType>(
    writer: &mut ColumnWriterImpl<'_, T>,
    values: &[Option<T::T>],
) -> Result<(), ParquetError> {
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let present: Vec<T::T> = values.iter().flatten().cloned().collect();
    writer.write_batch(&present, Some(&levels), None)?;
    Ok(())
}
