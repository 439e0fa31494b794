//! The tables of a study, one struct each: its fields are the columns, their comments the documentation, and from it come
//! the writer and the reader.

pub(crate) mod claims;
mod classes;
mod comparisons;
mod field;
mod learning;
mod levels;
mod robustness;
mod row;
mod scores;
pub(crate) mod settings;

pub(crate) use claims::{Evidence, JudgedClaim};
pub(crate) use classes::{ClassSummary, Divergence};
pub(crate) use comparisons::{AspectAgreement, Distance, MapPoint, Statistic};
pub(crate) use field::{ByName, Levels, Name};
pub(crate) use learning::{LearningStep, LearningSummary};
pub(crate) use robustness::ConclusionTest;
pub(crate) use row::Row;
pub(crate) use scores::{ComparedItem, Score};

use crate::config::Study;
use crate::stage::TaskResults;
use crate::store::documented::{Meaning, Table};
use crate::store::read_table::{Columns, TableError};
use crate::store::{Folder, StoreError};
use settings::with_settings;

/// The tables by their rows.
macro_rules! tables {
    ($($(#[doc = $doc:literal])+ $field:ident : $Row:ident),+ $(,)?) => {
        /// Every number that a study publishes, table by table: what figures and page are made from.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub(crate) struct Tables {
            $( $(#[doc = $doc])+ pub(crate) $field: Vec<$Row>, )+
        }

        impl Tables {
            /// Every table with its name, and beside each class the settings in which classes of the study differ.
            pub(crate) fn all(&self, study: &Study) -> Vec<(&'static str, Table)> {
                vec![$(($Row::NAME, with_settings($Row::table(&self.$field), study))),+]
            }

            /// Every table with its name, what its rows are, and its columns.
            pub(crate) fn documentation() -> Vec<(&'static str, &'static str, Vec<(String, Meaning)>)> {
                vec![$(($Row::NAME, $Row::MEANING, $Row::documentation())),+]
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
    /// What is compared.
    items: ComparedItem,
    /// Counts and medians of every class.
    classes: ClassSummary,
    /// Why trainings diverged.
    divergences: Divergence,
    /// Losses of every network.
    learning_curves: LearningStep,
    /// Losses of every class.
    learning_summaries: LearningSummary,
    /// Distances of pairs.
    distances: Distance,
    /// Maps of networks.
    embeddings: MapPoint,
    /// Statistics on distances and maps.
    statistics: Statistic,
    /// Whether aspects agree.
    concordance: AspectAgreement,
    /// Conclusions under other measures.
    robustness: ConclusionTest,
    /// Claims with their verdicts.
    claims: JudgedClaim,
    /// Numbers behind the claims.
    claim_evidence: Evidence,
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
