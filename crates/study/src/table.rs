//! The tables of a study, one struct each: its fields are the columns, their comments the documentation, and from it come
//! the writer and the reader.

mod branches;
mod context;
mod eigenvalues;
mod explained_variance;
mod field;
mod fixed_points;
mod levels;
mod line_attractors;
mod row;
mod scores;
mod selectivity;
mod trajectories;

pub(crate) use branches::BranchStep;
pub(crate) use context::Context;
pub(crate) use eigenvalues::{Eigenvalue, Growth};
pub(crate) use explained_variance::ExplainedVariance;
pub(crate) use field::{ByName, Levels, Name};
pub(crate) use fixed_points::FixedPoint;
pub(crate) use line_attractors::{ChoiceMark, LinePoint, Mark};
pub(crate) use row::Row;
pub(crate) use scores::Score;
pub(crate) use selectivity::{Sign, UnitSelectivity};
pub(crate) use trajectories::TrajectoryPoint;

use crate::stage::{Item, Portrait, TaskResults};
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
    /// Trajectories of examples.
    trajectories: TrajectoryPoint,
    /// Shares of variance on the first components of examples.
    explained_variance: ExplainedVariance,
    /// Units of selected networks.
    selectivity: UnitSelectivity,
    /// Fixed points of selected networks.
    fixed_points: FixedPoint,
    /// Spectra at the fixed points of examples.
    eigenvalues: Eigenvalue,
    /// Branches of fixed points of examples.
    branches: BranchStep,
    /// Lines between the choices of examples.
    line_attractors: LinePoint,
    /// What stands in the planes of these lines.
    choice_planes: ChoiceMark,
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

    /// Task, class and network of an item, as rows hold them.
    pub(crate) fn names(&self, item: &Item) -> [Name; 3] {
        [self.name(), self.class_name(item.class), item.network.as_str().into()]
    }

    /// The examples that are taken apart.
    pub(crate) fn taken_apart(&self) -> impl Iterator<Item = (&Item, &Portrait)> {
        let items = self.examples();
        self.portraits.iter().filter_map(move |portrait| {
            let item = items.iter().find(|item| item.network == portrait.network)?;
            Some((*item, portrait))
        })
    }
}
