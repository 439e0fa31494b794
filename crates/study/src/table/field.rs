//! How a field of a row is stored.

use crate::store::read_table::{Columns, Kind, TableError};
use crate::store::table::{Column, Meaning, Values};
use std::sync::Arc;

/// A name or text, shared by the rows that have it.
pub(crate) type Name = Arc<str>;

/// A number that is one.
pub(crate) fn known(number: f64) -> Option<f64> {
    (!number.is_nan()).then_some(number)
}

/// Numbers by the names of what they belong to, a column each; what a row lacks is null.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ByName(pub(crate) Vec<(Name, f64)>);

impl ByName {
    /// Values beside their names, with `_` for a space.
    pub(crate) fn new(names: &[impl AsRef<str>], values: impl IntoIterator<Item = f64>) -> Self {
        Self(names.iter().map(|name| Name::from(name.as_ref().replace(' ', "_"))).zip(values).collect())
    }
}

/// A single entry.
pub(crate) trait Entry: Sized {
    /// Its type in the documentation.
    const KIND: &'static str;

    /// The values that it can take; empty where they are not a closed list.
    fn levels() -> Vec<&'static str> {
        Vec::new()
    }

    /// The entries of a column.
    fn values(entries: Vec<Option<&Self>>) -> Values;

    /// The entries of a stored column.
    ///
    /// # Errors
    /// [`TableError`] names the column.
    fn read(columns: &Columns, name: &str) -> Result<Vec<Option<Self>>, TableError>;
}

/// One of a closed list of choices, stored by its name.
pub(crate) trait Levels: Copy + PartialEq {
    /// Every choice with its name.
    fn all() -> Vec<(&'static str, Self)>;

    /// The name of this one.
    fn level(self) -> &'static str;

    /// The one of this name.
    fn named(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|(other, _)| *other == name).map(|(_, level)| level)
    }
}

/// The choices of a type with their names; each name once, wherever a table holds it. A choice without a name does not compile.
macro_rules! levels {
    ($($Type:ident { $($name:literal => Self::$Choice:ident $(($inner:path))?),+ $(,)? })+) => {
        $(
            impl $crate::table::field::Levels for $Type {
                fn all() -> Vec<(&'static str, Self)> {
                    vec![$(($name, Self::$Choice $(($inner))?)),+]
                }

                fn level(self) -> &'static str {
                    match self {
                        $(Self::$Choice $(($inner))? => $name),+
                    }
                }
            }
        )+
    };
}

pub(crate) use levels;

/// One or more columns.
pub(crate) trait Field: Sized {
    /// Type of the entries in the documentation.
    const KIND: &'static str;
    /// Whether entries may be missing.
    const IS_OPTIONAL: bool;
    /// What the names of its columns have behind that of the field.
    const ENDING: &'static str = "";

    /// The values that an entry can take; empty where they are not a closed list.
    fn levels() -> Vec<&'static str>;

    /// The columns of a field of this name.
    fn values(name: &str, fields: &[&Self]) -> Vec<(String, Values)>;

    /// The fields of this name.
    ///
    /// # Errors
    /// [`TableError`] names the column.
    fn read(columns: &Columns, name: &str) -> Result<Vec<Self>, TableError>;
}

/// The columns of a field with what they mean.
pub(crate) fn columns<F: Field>(
    name: &str,
    text: &'static str,
    unit: &'static str,
    fields: &[&F],
) -> Vec<Column> {
    let columns = F::values(name, fields).into_iter();
    let column = |(column, values): (String, Values)| {
        let mut meaning = meaning::<F>(text, unit);
        if let Some(of) = column.strip_prefix(name).and_then(|rest| rest.strip_prefix('_')) {
            // A field of several columns says what each of them is.
            meaning.text = format!("{} (`{of}`).", meaning.text.trim_end_matches('.'));
        }
        Column { name: column, meaning, values }
    };
    columns.map(column).collect()
}

/// The name of a field's column, or of its columns, with what they mean.
pub(crate) fn documentation<F: Field>(name: &str, text: &str, unit: &'static str) -> (String, Meaning) {
    (format!("{name}{}", F::ENDING), meaning::<F>(text, unit))
}

fn meaning<F: Field>(text: &str, unit: &'static str) -> Meaning {
    let text = text.trim().to_owned();
    Meaning { text, unit, levels: F::levels(), kind: F::KIND, is_optional: F::IS_OPTIONAL }
}

impl<E: Entry> Field for E {
    const KIND: &'static str = E::KIND;
    const IS_OPTIONAL: bool = false;

    fn levels() -> Vec<&'static str> {
        E::levels()
    }

    fn values(name: &str, fields: &[&Self]) -> Vec<(String, Values)> {
        vec![(name.to_owned(), E::values(fields.iter().map(|field| Some(*field)).collect()))]
    }

    fn read(columns: &Columns, name: &str) -> Result<Vec<Self>, TableError> {
        let present = |(row, entry): (usize, Option<E>)| {
            entry.ok_or_else(|| TableError::Null { name: name.to_owned(), row })
        };
        E::read(columns, name)?.into_iter().enumerate().map(present).collect()
    }
}

impl<E: Entry> Field for Option<E> {
    const KIND: &'static str = E::KIND;
    const IS_OPTIONAL: bool = true;

    fn levels() -> Vec<&'static str> {
        E::levels()
    }

    fn values(name: &str, fields: &[&Self]) -> Vec<(String, Values)> {
        vec![(name.to_owned(), E::values(fields.iter().map(|field| field.as_ref()).collect()))]
    }

    fn read(columns: &Columns, name: &str) -> Result<Vec<Self>, TableError> {
        E::read(columns, name)
    }
}

/// Not an [`Entry`]: a flag that may be missing would be stored as `false`; it is a choice with names instead.
impl Field for bool {
    const KIND: &'static str = "boolean";
    const IS_OPTIONAL: bool = false;

    fn levels() -> Vec<&'static str> {
        Vec::new()
    }

    fn values(name: &str, fields: &[&Self]) -> Vec<(String, Values)> {
        vec![(name.to_owned(), Values::Flag(fields.iter().map(|field| **field).collect()))]
    }

    fn read(columns: &Columns, name: &str) -> Result<Vec<Self>, TableError> {
        columns.flag(name)
    }
}

impl Field for ByName {
    const KIND: &'static str = "float";
    const IS_OPTIONAL: bool = true;
    const ENDING: &'static str = "_…";

    fn levels() -> Vec<&'static str> {
        Vec::new()
    }

    fn values(name: &str, fields: &[&Self]) -> Vec<(String, Values)> {
        // A new name stands behind the one before it in its row, so that rows are read in the order of their names.
        let mut names: Vec<&Name> = Vec::new();
        for field in fields {
            let mut place = 0;
            for (entry, _) in &field.0 {
                place = names.iter().position(|name| *name == entry).unwrap_or_else(|| {
                    names.insert(place, entry);
                    place
                }) + 1;
            }
        }
        let of = |entry: &Name| {
            let value = |field: &&Self| field.0.iter().find(|(other, _)| other == entry).map(|(_, x)| *x);
            Values::Float(fields.iter().map(value).collect())
        };
        names.into_iter().map(|entry| (format!("{name}_{entry}"), of(entry))).collect()
    }

    fn read(columns: &Columns, name: &str) -> Result<Vec<Self>, TableError> {
        let mut fields = vec![Self::default(); columns.n_rows()];
        for column in columns.names() {
            let Some(entry) = column.strip_prefix(name).and_then(|rest| rest.strip_prefix('_')) else {
                continue;
            };
            // A whole number is a field of its own: `input_idx` beside `input_value`.
            if columns.kind(column) != Some(Kind::Float) {
                continue;
            }
            let entry = Name::from(entry);
            for (field, value) in fields.iter_mut().zip(columns.float(column)?) {
                field.0.extend(value.map(|value| (entry.clone(), value)));
            }
        }
        Ok(fields)
    }
}

impl Entry for Name {
    const KIND: &'static str = "text";

    fn values(entries: Vec<Option<&Self>>) -> Values {
        Values::Text(entries.into_iter().map(Option::<&Self>::cloned).collect())
    }

    fn read(columns: &Columns, name: &str) -> Result<Vec<Option<Self>>, TableError> {
        let texts = columns.texts(name)?;
        Ok(texts.into_iter().map(|text| text.map(Self::from)).collect())
    }
}

impl Entry for f64 {
    const KIND: &'static str = "float";

    fn values(entries: Vec<Option<&Self>>) -> Values {
        // What is not a number is missing.
        Values::Float(entries.into_iter().map(|entry| entry.copied().filter(|x| !x.is_nan())).collect())
    }

    fn read(columns: &Columns, name: &str) -> Result<Vec<Option<Self>>, TableError> {
        columns.float(name)
    }
}

impl Entry for usize {
    const KIND: &'static str = "integer";

    fn values(entries: Vec<Option<&Self>>) -> Values {
        // No count of this program comes near 2^63.
        Values::Integer(
            entries.into_iter().map(|entry| entry.map(|&n| i64::try_from(n).unwrap_or(i64::MAX))).collect(),
        )
    }

    fn read(columns: &Columns, name: &str) -> Result<Vec<Option<Self>>, TableError> {
        let negative = |n: i64| TableError::Column {
            name: name.to_owned(),
            reason: format!("it holds {n}, expected a count"),
        };
        let count = |n: Option<i64>| n.map(|n| Self::try_from(n).map_err(|_| negative(n))).transpose();
        columns.integer(name)?.into_iter().map(count).collect()
    }
}

impl Entry for u64 {
    const KIND: &'static str = "integer";

    fn values(entries: Vec<Option<&Self>>) -> Values {
        Values::Unsigned(entries.into_iter().map(Option::<&Self>::copied).collect())
    }

    fn read(columns: &Columns, name: &str) -> Result<Vec<Option<Self>>, TableError> {
        columns.unsigned(name)
    }
}

impl<L: Levels> Entry for L {
    const KIND: &'static str = "text";

    fn levels() -> Vec<&'static str> {
        L::all().into_iter().map(|(name, _)| name).collect()
    }

    fn values(entries: Vec<Option<&Self>>) -> Values {
        Values::Text(entries.into_iter().map(|entry| entry.map(|entry| entry.level().into())).collect())
    }

    fn read(columns: &Columns, name: &str) -> Result<Vec<Option<Self>>, TableError> {
        let all = L::all();
        let known = |text: String| {
            let found = all.iter().find(|(level, _)| *level == text).map(|(_, level)| *level);
            let reason = format!("`{text}` is none of its levels");
            found.ok_or_else(|| TableError::Column { name: name.to_owned(), reason })
        };
        columns.texts(name)?.into_iter().map(|text| text.map(known).transpose()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{ByName, Field};
    use crate::store::read_table::Columns;
    use crate::store::table::{Column, Table};

    #[test]
    fn numbers_by_name_are_read_in_the_order_of_each_row_and_apart_from_an_index() {
        let rows = [
            ByName::new(&["value", "cue", "bias"], [0.5, 1.0, 1.5]),
            ByName::new(&["value", "recall cue", "bias"], [2.0, 2.5, 3.0]),
            ByName::default(),
        ];
        let fields: Vec<&ByName> = rows.iter().collect();
        let mut columns: Vec<Column> = super::columns("input", "Value of the input.", "", &fields);
        columns.extend(super::columns("input_idx", "Place.", "", &[&0_usize, &1, &2]));
        assert_eq!(columns[0].meaning.text, "Value of the input (`value`).");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("inputs.parquet");
        Table { row: String::new(), columns }.write(&path, "").expect("columns of one length");
        let columns = Columns::open(&path).expect("a table");
        assert_eq!(
            columns.names(),
            ["input_value", "input_recall_cue", "input_cue", "input_bias", "input_idx"]
        );
        assert_eq!(ByName::read(&columns, "input").expect("floats"), rows);
    }
}
