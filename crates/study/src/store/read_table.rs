//! Tables with flat columns, read from Parquet files of any writer.

use super::half::binary16;
use parquet::basic::{ConvertedType, LogicalType, Type as PhysicalType};
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{
    BoolType, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;
use std::fmt;
use std::fs::File;
use std::path::Path;

/// What the entries of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, in a dictionary or not.
    Text,
    /// Floats of 16, 32 or 64 bits.
    Float,
    /// Whole numbers of 8 to 64 bits, with or without sign.
    Integer,
    /// True or false.
    Flag,
    /// Anything else, which cannot be read: its name.
    Other(&'static str),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Float => "float",
            Self::Integer => "integer",
            Self::Flag => "boolean",
            Self::Other(name) => name,
        })
    }
}

/// A table or a column that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no Parquet file, or a part of one.
    #[error("not a Parquet file that can be read ({reason})")]
    File {
        /// Why.
        reason: String,
    },
    /// There is no such column.
    #[error("the column `{name}` is missing; the table holds `{}`", held.join("`, `"))]
    Missing {
        /// The column.
        name: String,
        /// The columns that there are.
        held: Vec<String>,
    },
    /// The column holds something else.
    #[error("column `{name}` is of type {found}, expected {expected}")]
    Type {
        /// The column.
        name: String,
        /// What it holds.
        found: Kind,
        /// What it should hold.
        expected: &'static str,
    },
    /// An entry is missing where none may be.
    #[error("column `{name}` is null in row {row}")]
    Null {
        /// The column.
        name: String,
        /// The row, from 0.
        row: usize,
    },
    /// An entry is beyond what a signed integer of 64 bits holds.
    #[error("column `{name}` holds {found} in row {row}, expected a whole number below 2^63")]
    Large {
        /// The column.
        name: String,
        /// The row, from 0.
        row: usize,
        /// The entry.
        found: u64,
    },
    /// The entries of the column cannot be decoded.
    #[error("column `{name}` cannot be read ({reason})")]
    Column {
        /// The column.
        name: String,
        /// Why.
        reason: String,
    },
}

/// The columns of a Parquet file; each is read when it is asked for.
pub struct Columns {
    file: SerializedFileReader<File>,
    described: Vec<Described>,
    n_rows: usize,
}

/// A column without its entries.
struct Described {
    name: String,
    kind: Kind,
    /// Its place among the leaves of the schema; that of its first leaf, if it is nested.
    leaf: usize,
}

/// How a number of 32 or 64 bits is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Signed,
    Unsigned,
}

impl Columns {
    /// Opens a Parquet file, compressed in any of the usual ways, of any number of row groups.
    ///
    /// # Errors
    /// [`TableError::Read`] or [`TableError::File`].
    pub fn open(path: &Path) -> Result<Self, TableError> {
        let read = |source| TableError::Read { path: path.display().to_string(), source };
        let broken = |error: &ParquetError| TableError::File { reason: reason(error) };
        let file = SerializedFileReader::new(File::open(path).map_err(read)?).map_err(|e| broken(&e))?;
        let metadata = file.metadata().file_metadata();
        let schema = metadata.schema_descr();
        let mut described: Vec<Described> = Vec::new();
        let mut last_root = None;
        for (leaf, column) in schema.columns().iter().enumerate() {
            let root = schema.get_column_root_idx(leaf);
            if last_root.replace(root) != Some(root) {
                let name = schema.get_column_root(leaf).name().to_owned();
                described.push(Described { name, kind: kind(column), leaf });
            }
        }
        let n_rows = usize::try_from(metadata.num_rows())
            .map_err(|_| TableError::File { reason: format!("{} rows", metadata.num_rows()) })?;
        Ok(Self { file, described, n_rows })
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Names of the columns, in the order of the file.
    pub fn names(&self) -> Vec<&str> {
        self.described.iter().map(|column| column.name.as_str()).collect()
    }

    /// What a column holds; [`None`] without such a column.
    pub fn kind(&self, name: &str) -> Option<Kind> {
        self.described.iter().find(|column| column.name == name).map(|column| column.kind)
    }

    /// The value of a key that the writer put beside the table.
    pub fn note(&self, key: &str) -> Option<&str> {
        let notes = self.file.metadata().file_metadata().key_value_metadata()?;
        notes.iter().find(|note| note.key == key)?.value.as_deref()
    }

    /// Texts of a column.
    ///
    /// # Errors
    /// [`TableError`] names the column, and the row of a null.
    pub fn text(&self, name: &str) -> Result<Vec<String>, TableError> {
        present(name, self.texts(name)?)
    }

    /// Texts of a column, null as [`None`].
    ///
    /// # Errors
    /// [`TableError`] names the column.
    pub fn texts(&self, name: &str) -> Result<Vec<Option<String>>, TableError> {
        let column = self.of_kind(name, &[Kind::Text], "text")?;
        let damaged = |reason: &str| TableError::Column { name: name.to_owned(), reason: reason.to_owned() };
        let texts = self.entries::<ByteArrayType, _>(column, |bytes| {
            bytes.as_utf8().map(str::to_owned).map_err(|_| damaged("bytes that are not text in UTF-8"))
        })?;
        texts.into_iter().map(Option::transpose).collect()
    }

    /// Floats of a column, null as [`None`].
    ///
    /// # Errors
    /// [`TableError`] names the column.
    pub fn float(&self, name: &str) -> Result<Vec<Option<f64>>, TableError> {
        let column = self.of_kind(name, &[Kind::Float], "float")?;
        match self.descriptor(column).physical_type() {
            PhysicalType::FLOAT => self.entries::<FloatType, _>(column, f64::from),
            PhysicalType::DOUBLE => self.entries::<DoubleType, _>(column, |x| x),
            _ => self.entries::<FixedLenByteArrayType, _>(column, |bytes| match *bytes.data() {
                [low, high] => binary16(u16::from_le_bytes([low, high])),
                _ => f64::NAN, // not reached: the schema says two bytes
            }),
        }
    }

    /// Whole numbers of a column, null as [`None`].
    ///
    /// # Errors
    /// [`TableError`] names the column, and the row of a number that is too large.
    pub fn integer(&self, name: &str) -> Result<Vec<Option<i64>>, TableError> {
        let column = self.of_kind(name, &[Kind::Integer], "integer")?;
        let descriptor = self.descriptor(column);
        match (descriptor.physical_type(), sign(descriptor)) {
            (PhysicalType::INT32, Sign::Signed) => self.entries::<Int32Type, _>(column, i64::from),
            (PhysicalType::INT32, Sign::Unsigned) => {
                self.entries::<Int32Type, _>(column, |x| i64::from(x.cast_unsigned()))
            }
            (_, Sign::Signed) => self.entries::<Int64Type, _>(column, |x| x),
            (_, Sign::Unsigned) => {
                let numbers = self.entries::<Int64Type, _>(column, |x| x)?;
                match numbers.iter().enumerate().find_map(|(row, x)| x.filter(|x| *x < 0).map(|x| (row, x))) {
                    Some((row, found)) => {
                        Err(TableError::Large { name: name.to_owned(), row, found: found.cast_unsigned() })
                    }
                    None => Ok(numbers),
                }
            }
        }
    }

    /// Whole numbers of an unsigned column of 64 bits, null as [`None`].
    ///
    /// # Errors
    /// [`TableError`] names the column.
    pub fn unsigned(&self, name: &str) -> Result<Vec<Option<u64>>, TableError> {
        let column = self.of_kind(name, &[Kind::Integer], "integer")?;
        let descriptor = self.descriptor(column);
        if (descriptor.physical_type(), sign(descriptor)) == (PhysicalType::INT64, Sign::Unsigned) {
            return self.entries::<Int64Type, _>(column, i64::cast_unsigned);
        }
        let (name, found) = (name.to_owned(), Kind::Integer);
        Err(TableError::Type { name, found, expected: "unsigned integer of 64 bits" })
    }

    /// Entries of a column of true and false.
    ///
    /// # Errors
    /// [`TableError`] names the column, and the row of a null.
    pub fn flag(&self, name: &str) -> Result<Vec<bool>, TableError> {
        let column = self.of_kind(name, &[Kind::Flag], "boolean")?;
        present(name, self.entries::<BoolType, _>(column, |x| x)?)
    }

    /// Numbers of a column of floats, whole numbers, or true (1) and false (0); NaN for null.
    ///
    /// # Errors
    /// [`TableError`] names the column, and the row of a number that is too large.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, TableError> {
        let column = self.of_kind(name, &[Kind::Float, Kind::Integer, Kind::Flag], "numbers")?;
        Ok(match column.kind {
            Kind::Integer => {
                self.integer(name)?.into_iter().map(|x| x.map_or(f64::NAN, |x| x as f64)).collect()
            }
            Kind::Flag => {
                let flags = self.entries::<BoolType, _>(column, |flag| f64::from(u8::from(flag)))?;
                flags.into_iter().map(|x| x.unwrap_or(f64::NAN)).collect()
            }
            _ => self.float(name)?.into_iter().map(|x| x.unwrap_or(f64::NAN)).collect(),
        })
    }

    fn of_kind(&self, name: &str, kinds: &[Kind], expected: &'static str) -> Result<&Described, TableError> {
        let Some(column) = self.described.iter().find(|column| column.name == name) else {
            let held = self.names().into_iter().map(str::to_owned).collect();
            return Err(TableError::Missing { name: name.to_owned(), held });
        };
        if !kinds.contains(&column.kind) {
            return Err(TableError::Type { name: name.to_owned(), found: column.kind, expected });
        }
        Ok(column)
    }

    fn descriptor(&self, column: &Described) -> &ColumnDescriptor {
        &self.file.metadata().file_metadata().schema_descr().columns()[column.leaf]
    }

    /// The entries of a flat column over all row groups.
    fn entries<T: DataType, V>(
        &self,
        column: &Described,
        value: impl Fn(T::T) -> V,
    ) -> Result<Vec<Option<V>>, TableError> {
        let damaged = |reason| TableError::Column { name: column.name.clone(), reason };
        let broken = |error: ParquetError| damaged(reason(&error));
        let n_levels = self.descriptor(column).max_def_level();
        let mut entries = Vec::with_capacity(self.n_rows);
        for group in 0..self.file.num_row_groups() {
            let group = self.file.get_row_group(group).map_err(broken)?;
            let n_rows = usize::try_from(group.metadata().num_rows()).unwrap_or(0);
            let mut reader =
                get_typed_column_reader::<T>(group.get_column_reader(column.leaf).map_err(broken)?);
            let (mut levels, mut values) = (Vec::new(), Vec::with_capacity(n_rows));
            let mut n_read = 0;
            while n_read < n_rows {
                let read = reader.read_records(n_rows - n_read, Some(&mut levels), None, &mut values);
                let (n_records, ..) = read.map_err(broken)?;
                if n_records == 0 {
                    return Err(damaged(format!("{n_read} of {n_rows} entries in a row group")));
                }
                n_read += n_records;
            }
            let mut values = values.into_iter().map(&value);
            if n_levels == 0 {
                entries.extend(values.map(Some));
            } else {
                entries
                    .extend(levels.iter().map(|&level| if level < n_levels { None } else { values.next() }));
            }
        }
        if entries.len() != self.n_rows {
            return Err(damaged(format!("{} entries in {} rows", entries.len(), self.n_rows)));
        }
        Ok(entries)
    }
}

/// Entries of which none may be missing.
fn present<V>(name: &str, entries: Vec<Option<V>>) -> Result<Vec<V>, TableError> {
    let missing = |row| TableError::Null { name: name.to_owned(), row };
    entries.into_iter().enumerate().map(|(row, entry)| entry.ok_or_else(|| missing(row))).collect()
}

/// What the file's reader says, without its own first word.
fn reason(error: &ParquetError) -> String {
    let told = error.to_string();
    told.strip_prefix("Parquet error: ").unwrap_or(&told).to_owned()
}

/// Whether a column of whole numbers is annotated as one without sign.
fn sign(column: &ColumnDescriptor) -> Sign {
    let is_unsigned = match (column.logical_type_ref(), column.converted_type()) {
        (Some(LogicalType::Integer(integer)), _) => !integer.is_signed,
        (_, converted) => matches!(
            converted,
            ConvertedType::UINT_8 | ConvertedType::UINT_16 | ConvertedType::UINT_32 | ConvertedType::UINT_64
        ),
    };
    if is_unsigned { Sign::Unsigned } else { Sign::Signed }
}

/// What a column holds, by its physical type and the newer or older annotation.
fn kind(column: &ColumnDescriptor) -> Kind {
    if column.path().parts().len() > 1 || column.max_rep_level() > 0 {
        return Kind::Other("list or nested");
    }
    let (physical, converted) = (column.physical_type(), column.converted_type());
    match column.logical_type_ref() {
        Some(LogicalType::Decimal(_)) => return Kind::Other("decimal"),
        Some(LogicalType::Date) => return Kind::Other("date"),
        Some(LogicalType::Time(_)) => return Kind::Other("time of day"),
        Some(LogicalType::Timestamp(_)) => return Kind::Other("timestamp"),
        Some(LogicalType::Unknown) => return Kind::Other("null"),
        Some(LogicalType::Uuid) => return Kind::Other("UUID"),
        Some(LogicalType::Float16) => return Kind::Float,
        _ => {}
    }
    match (physical, converted) {
        (_, ConvertedType::DECIMAL) => Kind::Other("decimal"),
        (_, ConvertedType::DATE) => Kind::Other("date"),
        (_, ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS) => Kind::Other("time of day"),
        (_, ConvertedType::TIMESTAMP_MILLIS | ConvertedType::TIMESTAMP_MICROS) | (PhysicalType::INT96, _) => {
            Kind::Other("timestamp")
        }
        (_, ConvertedType::INTERVAL) => Kind::Other("interval"),
        (PhysicalType::BOOLEAN, _) => Kind::Flag,
        (PhysicalType::INT32 | PhysicalType::INT64, _) => Kind::Integer,
        (PhysicalType::FLOAT | PhysicalType::DOUBLE, _) => Kind::Float,
        // Some writers leave text without an annotation; bytes that are none are refused when they are read.
        (PhysicalType::BYTE_ARRAY, _) => Kind::Text,
        (PhysicalType::FIXED_LEN_BYTE_ARRAY, _) => Kind::Other("bytes"),
    }
}
