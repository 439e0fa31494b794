//! The tables of a study, one struct each: its fields are the columns, their comments the documentation, and from it come
//! the writer and the reader.

mod behaviour;
mod circuit_distances;
mod circuit_effects;
mod circuit_mechanisms;
mod circuit_responses;
mod circuit_weights;
mod circuits;
mod development;
mod field;
mod levels;
mod measure_courses;
mod measures;
mod psychometrics;
mod response_curves;
mod row;
mod scores;

pub(crate) use behaviour::Response;
pub(crate) use circuit_distances::CircuitDistance;
pub(crate) use circuit_effects::{CircuitEffect, quantities};
pub(crate) use circuit_mechanisms::CircuitMechanism;
pub(crate) use circuit_responses::CircuitResponse;
pub(crate) use circuit_weights::{CircuitMean, CircuitWeight, Role};
pub(crate) use circuits::Circuit;
pub(crate) use development::DevelopmentMoment;
pub(crate) use field::{ByName, Levels, Name};
pub(crate) use measure_courses::MeasureMoment;
pub(crate) use measures::{AS_JUDGED, MeasureMean, Measured};
pub(crate) use psychometrics::Psychometric;
pub(crate) use response_curves::ResponsePoint;
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
    /// Networks that latent circuits were fitted to, with the numbers of the fits.
    circuits: Circuit,
    /// Weights of the latent circuit of each network.
    circuit_weights: CircuitWeight,
    /// Weights of the mean circuit of each class.
    circuit_means: CircuitMean,
    /// What changes of single weights do to circuit and network.
    circuit_effects: CircuitEffect,
    /// Responses of the nodes of each circuit.
    circuit_responses: CircuitResponse,
    /// Distances between circuits.
    circuit_distances: CircuitDistance,
    /// How many circuits have which mechanism.
    circuit_mechanisms: CircuitMechanism,
    /// Responses of every trained network.
    behaviour: Response,
    /// Numbers read from these responses.
    psychometrics: Psychometric,
    /// Responses of classes.
    response_curves: ResponsePoint,
    /// Measures of every selected network and control.
    measures: Measured,
    /// Means of the measures by activation.
    measure_means: MeasureMean,
    /// Measures in the course of training.
    measure_courses: MeasureMoment,
    /// How far activations lie apart in the course of training.
    development: DevelopmentMoment,
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
