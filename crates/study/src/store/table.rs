//! Tables as pandas, polars and R read them: Parquet with plain columns.

use super::{FORMAT_VERSION, SOFTWARE_VERSION, StoreError, write_whole};
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
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

    /// Writes the table as Parquet; the same table gives the same bytes.
    ///
    /// # Errors
    /// [`StoreError`] if columns differ in length or the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), StoreError> {
        let bytes = self.to_parquet().map_err(|error| StoreError::damaged(path, &error))?;
        write_whole(path, &bytes)
    }

    fn to_parquet(&self) -> Result<Vec<u8>, parquet::errors::ParquetError> {
        let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = self
            .columns
            .iter()
            .map(|(name, column)| match column {
                Column::Text(values) => (
                    Field::new(*name, DataType::Utf8, false),
                    Arc::new(StringArray::from_iter_values(values)) as ArrayRef,
                ),
                Column::Float(values) => (
                    Field::new(*name, DataType::Float64, true),
                    Arc::new(values.iter().copied().collect::<Float64Array>()) as ArrayRef,
                ),
                Column::Integer(values) => (
                    Field::new(*name, DataType::Int64, true),
                    Arc::new(values.iter().copied().collect::<Int64Array>()) as ArrayRef,
                ),
                Column::Flag(values) => (
                    Field::new(*name, DataType::Boolean, false),
                    Arc::new(BooleanArray::from(values.clone())) as ArrayRef,
                ),
            })
            .unzip();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?;
        let versions = vec![
            KeyValue::new("circuitscope_format_version".into(), FORMAT_VERSION.to_string()),
            KeyValue::new("circuitscope_version".into(), SOFTWARE_VERSION.to_owned()),
        ];
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_key_value_metadata(Some(versions))
            .build();
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties))?;
        writer.write(&batch)?;
        writer.into_inner()
    }
}
