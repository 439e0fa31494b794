//! The tables of a study, one struct each: its fields are the columns, their comments the documentation, and from it come
//! the writer and the reader.

mod field;
mod levels;
mod row;
mod scores;

pub(crate) use field::{ByName, Levels, Name};
pub(crate) use row::Row;
pub(crate) use scores::Score;

use crate::stage::TaskResults;
use crate::store::documented::Table;
use crate::store::read_table::{Columns, TableError};
use crate::store::{Folder, StoreError};

/// The tables by their rows.
macro_rules! tables {
    ($($(#[doc = $doc:literal])+ $field:ident : $Row:ident),+ $(,)?) => {
        /// Every number that a study publishes, table by table: what figures and page are made from.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub(crate) struct Tables {
            $( $(#[doc = $doc])+ pub(crate) $field: Vec<$Row>, )+
        }

        impl Tables {
            /// Every table with its name.
            pub(crate) fn all(&self) -> Vec<(&'static str, Table)> {
                vec![$(($Row::NAME, $Row::table(&self.$field))),+]
            }

            /// The tables of a study folder.
            ///
            /// # Errors
            /// [`StoreError`] names the file that is missing or damaged.
            pub(crate) fn read(folder: &Folder) -> Result<Self, StoreError> {
                Ok(Self { $( $field: read(folder)?, )+ })
            }
        }
    };
}

tables! {
    /// Scores of every trained network.
    scores: Score,
}

fn read<R: Row>(folder: &Folder) -> Result<Vec<R>, StoreError> {
    let path = folder.table(R::NAME);
    let rows = Columns::open(&path).and_then(|columns| R::read(&columns));
    rows.map_err(|error: TableError| StoreError::damaged(&path, &error))
}

impl TaskResults<'_> {
    /// The task's name, as rows hold it.
    pub(crate) fn name(&self) -> Name {
        self.task.task.name().into()
    }

    /// The name of a class, by its place in the task's.
    pub(crate) fn class_name(&self, class: usize) -> Name {
        self.task.classes[class].name.as_str().into()
    }
}
