//! What makes a struct the row of a table.

use crate::store::read_table::{Columns, TableError};
use crate::store::table::{Column, Meaning, Table};

/// A row of a table.
pub(crate) trait Row: Sized {
    /// Name of the file, without its ending.
    const NAME: &'static str;
    /// What a row is, in a sentence.
    const MEANING: &'static str;

    /// The rows as columns.
    fn columns(rows: &[Self]) -> Vec<Column>;

    /// The columns that any study has, with what they mean; one of several names ends in `…`.
    fn documentation() -> Vec<(String, Meaning)>;

    /// The rows of a file.
    ///
    /// # Errors
    /// [`TableError`] names the column that is missing or holds something else.
    fn read(columns: &Columns) -> Result<Vec<Self>, TableError>;

    /// The rows as a table.
    fn table(rows: &[Self]) -> Table {
        Table { row: Self::MEANING.trim().to_owned(), columns: Self::columns(rows) }
    }
}

/// Defines a row and its table. The type of a field says how it is stored (see [`Field`](super::field::Field)), its
/// comment what it means; a physical unit stands behind it in brackets.
///
/// ```ignore
/// table! {
///     /// One row per fixed point.
///     "fixed_points" => pub(crate) struct FixedPoint {
///         /// Name of the task.
///         task: Name,
///         /// Largest real part of an eigenvalue of the flow.
///         max_re: f64 ["1/τ"],
///     }
/// }
/// ```
macro_rules! table {
    (
        $(#[doc = $meaning:literal])+
        $name:literal => $visibility:vis struct $Row:ident {
            $( $(#[doc = $doc:literal])+ $field:ident : $Type:ty $([$unit:literal])? ),+ $(,)?
        }
    ) => {
        $(#[doc = $meaning])+
        #[derive(Clone, Debug, PartialEq)]
        #[allow(clippy::struct_field_names, reason = "names of columns")]
        $visibility struct $Row {
            $( $(#[doc = $doc])+ pub(crate) $field: $Type, )+
        }

        impl $crate::table::Row for $Row {
            const NAME: &'static str = $name;
            const MEANING: &'static str = concat!($($meaning),+);

            fn columns(rows: &[Self]) -> Vec<$crate::store::table::Column> {
                let mut columns = Vec::new();
                $(
                    let values: Vec<&$Type> = rows.iter().map(|row| &row.$field).collect();
                    columns.extend($crate::table::field::columns::<$Type>(
                        stringify!($field),
                        concat!($($doc),+),
                        concat!($($unit)?),
                        &values,
                    ));
                )+
                columns
            }

            fn documentation() -> Vec<(String, $crate::store::table::Meaning)> {
                vec![$(
                    $crate::table::field::documentation::<$Type>(
                        stringify!($field),
                        concat!($($doc),+),
                        concat!($($unit)?),
                    )
                ),+]
            }

            fn read(
                columns: &$crate::store::read_table::Columns,
            ) -> Result<Vec<Self>, $crate::store::read_table::TableError> {
                $(
                    let mut $field =
                        <$Type as $crate::table::field::Field>::read(columns, stringify!($field))?.into_iter();
                )+
                // Every column has an entry per row.
                Ok(std::iter::from_fn(|| Some(Self { $( $field: $field.next()?, )+ })).collect())
            }
        }
    };
}

pub(crate) use table;
