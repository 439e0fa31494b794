//! What a study must have for a quantity of single networks.

use super::question::{Quantity, State};
use crate::analysis::measures::Measure;

/// What a study must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// A task in which a context says which evidence counts.
    Contexts,
    /// Fixed points among the aspects that are compared.
    FixedPoints,
    /// Latent circuits.
    Circuits,
    /// Controls from before training; numbers of circuits and of choices have none.
    Untrained,
}

impl Need {
    /// What it is, in words that finish "it needs …".
    pub fn words(self) -> &'static str {
        match self {
            Self::Contexts => "a task with contexts, as `cddm`",
            Self::FixedPoints => "`fixed_points` among the `aspects` of [comparison]",
            Self::Circuits => "latent circuits: `networks` of [circuits] above 0",
            Self::Untrained => "`untrained` among the `controls` of [comparison]",
        }
    }
}

impl Quantity {
    /// What a study must have for it.
    pub fn needs(self) -> &'static [Need] {
        let Self::Measure(measure) = self else { return &[] };
        match measure {
            Measure::ExchangeResidual
            | Measure::WingResidual
            | Measure::EarlyDivergence
            | Measure::ContextAxisShare
            | Measure::MovingContextShare
            | Measure::EvidenceAlongAxis
            | Measure::SheetAngle
            | Measure::IrrelevantInformation
            | Measure::IrrelevantSlope
            | Measure::IrrelevantSensitivity
            | Measure::AccuracyLost => &[Need::Contexts],
            Measure::ArmConcentration
            | Measure::AngularConcentration
            | Measure::FarShare
            | Measure::EvennessOfRadii
            | Measure::KurtosisOfRadii
            | Measure::LargestRadius
            | Measure::OutputAlignment => &[],
            Measure::ContextSeparation | Measure::IrrelevantShare | Measure::SheetIndex => {
                &[Need::Contexts, Need::FixedPoints]
            }
            Measure::PlaneShare | Measure::EndpointGap | Measure::EndpointOffset => &[Need::FixedPoints],
            Measure::ContextInhibition
            | Measure::LeastInhibition
            | Measure::ContextToIrrelevant
            | Measure::IrrelevantSignProduct
            | Measure::NodeSignProduct
            | Measure::StimulusSignProduct
            | Measure::IrrelevantPreactivation
            | Measure::IrrelevantGain
            | Measure::RelativeGain => &[Need::Contexts, Need::Circuits],
            Measure::PerturbationCorrelation
            | Measure::PerturbationIdentity
            | Measure::PerturbationIdentityOtherCircuit
            | Measure::PerturbationIdentityNoRecurrence
            | Measure::PerturbationIdentityRotated => &[Need::Circuits],
        }
    }

    /// Whether it is taken of networks before training too.
    pub fn is_of(self, state: State) -> bool {
        let is_of_choices = matches!(
            self,
            Self::R2
                | Self::Measure(
                    Measure::IrrelevantSlope | Measure::IrrelevantSensitivity | Measure::AccuracyLost
                )
        );
        state == State::Trained || !(is_of_choices || self.needs().contains(&Need::Circuits))
    }
}
