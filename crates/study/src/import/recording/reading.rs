//! How a recording is read where its file leaves a choice.

use super::layout::Layout;

/// What the numbers of a recording's responses are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quantity {
    /// Counts where every number is whole and none is below 0, and bins or smoothing are asked for; rates otherwise.
    #[default]
    Recognised,
    /// Spikes per step, to be turned into spikes per second.
    Counts,
    /// Rates or anything else, left as they are.
    Rates,
}

/// How a recording is read where its file leaves a choice.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reading {
    /// Order of the axes of arrays.
    pub layout: Layout,
    /// Width of the bins of time that everything is averaged over (ms).
    pub bin_ms: Option<f64>,
    /// Standard deviation of the Gaussian that responses are smoothed by (ms).
    pub smooth_ms: Option<f64>,
    /// What the numbers of the responses are.
    pub quantity: Quantity,
}

impl Reading {
    /// The first option that is not left at its default.
    pub(super) fn option(&self) -> Option<&'static str> {
        [
            ("--layout", self.layout != Layout::default()),
            ("--bin", self.bin_ms.is_some()),
            ("--smooth", self.smooth_ms.is_some()),
            ("--values", self.quantity != Quantity::Recognised),
        ]
        .into_iter()
        .find_map(|(name, is_given)| is_given.then_some(name))
    }
}
