//! How learning rate and noise end.

/// Learning rate and noise over the updates of a fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Schedule {
    /// Both as they are set, until all updates are made (TE25).
    Constant,
    /// As they are set for nine tenths of the updates, then both fall to zero, linearly.
    ///
    /// Under a constant rate the weights go on wandering about the lowest loss, and which of them are kept is a matter of
    /// luck. What is left of noise and rate decides how far: without them the fit settles where the noise-free loss, by which
    /// fits are judged, is lowest nearby. No fit ends before: those of `MemoryNumber` leave plateaus after a thousand updates.
    Cooled,
    /// As they are set for half of the updates, then both fall to zero: for a fit that goes on from another one.
    Resumed,
}

impl Schedule {
    /// The share of learning rate and noise that is left at an update, from 1 to 0.
    pub(super) fn heat(self, iteration: usize, n_iterations: usize) -> f64 {
        let n_cooling = match self {
            Self::Constant => return 1.0,
            Self::Cooled => n_iterations / 10,
            Self::Resumed => n_iterations / 2,
        };
        let left = n_iterations.saturating_sub(iteration);
        if left >= n_cooling { 1.0 } else { left as f64 / n_cooling as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_noise_fall_to_zero_at_the_end_unless_they_are_the_published_ones() {
        let heat = |schedule: Schedule, at: [usize; 4]| at.map(|iteration| schedule.heat(iteration, 2000));
        assert_eq!(heat(Schedule::Constant, [0, 1000, 1900, 2000]), [1.0; 4]);
        assert_eq!(heat(Schedule::Cooled, [0, 1800, 1900, 2000]), [1.0, 1.0, 0.5, 0.0]);
        assert_eq!(heat(Schedule::Resumed, [0, 1000, 1500, 2000]), [1.0, 1.0, 0.5, 0.0]);
        assert_eq!(Schedule::Cooled.heat(3, 4), 1.0); // too few updates to cool
    }
}
