//! From how many starts circuits of a recording are fitted.

use crate::event::{Event, Listener, Stage};
use crate::latent_circuits::{Evidence, Starts, Updates};
use circuitscope::KernelPath;
use circuitscope::analysis::latent_circuit::CircuitError;
use circuitscope::analysis::latent_circuit::consensus::consensus;
use circuitscope::analysis::latent_circuit::fit::{Fit, Progress, by_loss, fits_from};
use circuitscope::analysis::latent_circuit::setting::Setting;
use circuitscope::analysis::statistics::Bootstrap;
use serde::Serialize;
use std::ops::ControlFlow;

/// At most so many times the starts that were asked for.
const MOST_TIMES: usize = 4;
/// Starts that have to find the best circuit.
const CONFIRMED: usize = 2;

/// Starts that were asked for and made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StartsRow {
    /// Asked for.
    pub asked: usize,
    /// Made: more than asked for, where only one of them had found the best circuit of a recording.
    pub made: usize,
    /// The most that would have been made.
    pub most: usize,
    /// Whether a second start found the best circuit; null of a single start, or if every fit diverged.
    pub confirmed: Option<bool>,
}

/// How circuits are fitted from one start after the other.
pub(super) struct Fitting<'a> {
    pub(super) evidence: Evidence<'a>,
    pub(super) setting: &'a Setting,
    pub(super) starts: Starts,
    /// Parts that each fit will be judged on.
    pub(super) n_folds: usize,
    pub(super) path: KernelPath,
    pub(super) listener: &'a Listener<'a>,
}

impl Fitting<'_> {
    /// Fits by rising loss. Those of a recording go on, each time from as many starts again, until a second start has found
    /// the best circuit; those of a network are as many as are asked for.
    ///
    /// # Errors
    /// [`CircuitError`] if responses and setting do not fit each other.
    pub(super) fn fits(&self) -> Result<(Vec<Fit>, StartsRow), CircuitError> {
        let asked = self.starts.n_fits.max(1);
        let may_go_on = self.evidence.network.is_none() && asked >= CONFIRMED;
        let most = if may_go_on { MOST_TIMES * asked } else { asked };
        let updates = Updates::new(most, self.listener);
        let told = |progress: Progress| {
            updates.tell(progress);
            ControlFlow::Continue(())
        };
        let mut fits: Vec<Fit> = Vec::new();
        loop {
            let (Evidence { responses, dynamics, .. }, seed) = (self.evidence, self.starts.seed);
            let next = fits.len()..(2 * fits.len()).clamp(asked, most);
            fits.extend(fits_from(responses, dynamics, self.setting, next, seed, self.path, &told)?);
            fits = by_loss(fits);
            let confirmed = self.is_confirmed(&fits);
            let made = fits.len();
            if confirmed != Some(false) || made == most {
                return Ok((fits, StartsRow { asked, made, most, confirmed }));
            }
            let n_fits = (2 * made).min(most);
            let n_held_out = self.n_folds * n_fits;
            let n_pieces = n_fits - made + n_held_out;
            let of_part = self.setting.n_iterations_held_out();
            let work = ((n_fits - made) * self.setting.n_iterations + n_held_out * of_part) as u64;
            (self.listener)(Event::Began { stage: Stage::Circuits, n_pieces, n_done: 0, work });
        }
    }

    /// Whether a second start found the best circuit; [`None`] of a single start, or if every fit diverged.
    fn is_confirmed(&self, fits: &[Fit]) -> Option<bool> {
        if fits.len() < CONFIRMED {
            return None;
        }
        let alone = Bootstrap { n_resamples: 0, level: 0.95, seed: 0 };
        let agreed = consensus(fits, &self.setting.wiring, alone)?;
        Some(agreed.n_agreeing() >= CONFIRMED)
    }
}
