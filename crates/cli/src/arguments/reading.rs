//! How a recording is read.

use circuitscope_study::import::recording::{Layout, Quantity, Reading};
use clap::{Args, ValueEnum};

#[derive(Args)]
pub(crate) struct ReadingOptions {
    /// Order of the axes of a recording's arrays: N units (or inputs, outputs), T time, B trials, such as NBT. [default: NTB]
    #[arg(long, value_name = "LETTERS")]
    layout: Option<Layout>,
    /// Average a recording over bins of this width in ms, a whole number of steps; it becomes the time between steps.
    #[arg(long, value_name = "MS", value_parser = milliseconds)]
    bin: Option<f64>,
    /// Smooth a recording's responses by a Gaussian of this standard deviation in ms, before they are binned.
    #[arg(long, value_name = "MS", value_parser = milliseconds)]
    smooth: Option<f64>,
    /// What a recording's responses are: counts become spikes per second. [default: with --bin or --smooth counts if all are
    /// whole numbers from 0, else rates]
    #[arg(long, value_enum)]
    values: Option<Values>,
}

impl From<&ReadingOptions> for Reading {
    fn from(options: &ReadingOptions) -> Self {
        Self {
            layout: options.layout.unwrap_or_default(),
            bin_ms: options.bin,
            smooth_ms: options.smooth,
            quantity: options.values.map_or(Quantity::Recognised, Into::into),
        }
    }
}

/// A time above 0.
fn milliseconds(text: &str) -> Result<f64, String> {
    let time = text.trim().parse().ok().filter(|time: &f64| time.is_finite() && *time > 0.0);
    time.ok_or_else(|| format!("`{text}` is invalid, expected a time above 0 in ms"))
}

/// What the numbers of responses are.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Values {
    /// Spikes per step.
    Counts,
    /// Rates or anything else.
    Rates,
}

impl From<Values> for Quantity {
    fn from(values: Values) -> Self {
        match values {
            Values::Counts => Self::Counts,
            Values::Rates => Self::Rates,
        }
    }
}
