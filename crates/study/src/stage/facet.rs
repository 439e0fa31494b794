//! What of networks a study compares.

use super::{Item, TaskResults};
use crate::config::Control;
use circuitscope::analysis::distance::Aspect;

/// An aspect of what networks do, or the circuits fitted to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Facet {
    /// An aspect, of every selected network and control.
    Aspect(Aspect),
    /// Latent circuits, of the best networks of each class.
    Circuits,
}

impl Facet {
    /// The name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aspect(aspect) => aspect.name(),
            Self::Circuits => "circuits",
        }
    }

    /// Whether it is compared with this control beside the trained networks; no circuits are fitted to untrained ones.
    pub(super) fn is_under(self, control: Option<Control>) -> bool {
        match self {
            Self::Aspect(_) => true,
            Self::Circuits => control != Some(Control::Untrained),
        }
    }

    /// The hash of all that decides what is compared of an item.
    pub(super) fn identity<'a>(self, of_task: &'a TaskResults<'_>, item: &'a Item) -> &'a str {
        let is_items = |circuit: &&super::NetworkCircuit| circuit.network == item.network;
        match self {
            Self::Aspect(_) => &item.identity,
            Self::Circuits => of_task.circuits.iter().find(is_items).map_or("", |circuit| &circuit.identity),
        }
    }

    /// The aspect, if it is one.
    pub const fn aspect(self) -> Option<Aspect> {
        match self {
            Self::Aspect(aspect) => Some(aspect),
            Self::Circuits => None,
        }
    }
}
