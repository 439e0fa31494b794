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
    /// As [`Cooled`](Self::Cooled), but the noise rises from nothing over the first quarter of the updates, as the square of
    /// them, and no input weight falls to zero meanwhile.
    ///
    /// Under all of the noise from the start, circuits of recorded memory networks give up the memory and stay there, at two to
    /// three times the loss of those that first find it. Before there is a memory, an input that only it makes use of does harm:
    /// the weight onto its node falls to zero, where a `ReLU` node has no gradient that would ever bring it back. A longer
    /// rise ends at lower losses, further from the circuits of networks, which are fitted under all of the noise.
    Rising,
    /// As they are set for half of the updates, then both fall to zero: for a fit that goes on from another one.
    Resumed,
}

impl Schedule {
    /// The share of the learning rate at an update, from 1 to 0.
    pub(super) fn rate(self, iteration: usize, n_iterations: usize) -> f64 {
        let n_cooling = match self {
            Self::Constant => return 1.0,
            Self::Cooled | Self::Rising => n_iterations / 10,
            Self::Resumed => n_iterations / 2,
        };
        let left = n_iterations.saturating_sub(iteration);
        if left >= n_cooling { 1.0 } else { left as f64 / n_cooling as f64 }
    }

    /// Whether input weights are kept from falling to zero at an update.
    pub(super) fn keeps_inputs(self, iteration: usize, n_iterations: usize) -> bool {
        self == Self::Rising && 4 * iteration < n_iterations
    }

    /// The share of the noise at an update, between 0 and 1.
    pub(super) fn noise(self, iteration: usize, n_iterations: usize) -> f64 {
        let risen = match self {
            Self::Constant | Self::Cooled | Self::Resumed => 1.0,
            Self::Rising => (4.0 * iteration as f64 / n_iterations as f64).min(1.0).powi(2),
        };
        risen * self.rate(iteration, n_iterations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rate_and_noise_fall_to_zero_at_the_end_unless_they_are_the_published_ones() {
        for share in [Schedule::rate, Schedule::noise] {
            let shares =
                |schedule: Schedule, at: [usize; 4]| at.map(|iteration| share(schedule, iteration, 2000));
            assert_eq!(shares(Schedule::Constant, [0, 1000, 1900, 2000]), [1.0; 4]);
            assert_eq!(shares(Schedule::Cooled, [0, 1800, 1900, 2000]), [1.0, 1.0, 0.5, 0.0]);
            assert_eq!(shares(Schedule::Resumed, [0, 1000, 1500, 2000]), [1.0, 1.0, 0.5, 0.0]);
            assert_eq!(share(Schedule::Cooled, 3, 4), 1.0); // too few updates to cool
        }
    }

    #[test]
    fn noise_rises_before_it_falls_while_the_rate_stays() {
        let at = [0, 250, 500, 1800, 1900, 2000];
        let noise = at.map(|iteration| Schedule::Rising.noise(iteration, 2000));
        assert_eq!(noise, [0.0, 0.25, 1.0, 1.0, 0.5, 0.0]);
        assert_eq!(
            at.map(|iteration| Schedule::Rising.rate(iteration, 2000)),
            [1.0, 1.0, 1.0, 1.0, 0.5, 0.0]
        );
        assert_eq!([499, 500].map(|iteration| Schedule::Rising.keeps_inputs(iteration, 2000)), [true, false]);
        assert!(!Schedule::Cooled.keeps_inputs(0, 2000));
    }
}
