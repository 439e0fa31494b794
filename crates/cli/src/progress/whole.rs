//! How far a piece of work of several stages is, and how long the rest of it takes.

use circuitscope_study::event::Stage;
use std::time::Duration;

/// Share of a stage after which its own pace tells how long it still takes.
const SHARE_THAT_TELLS: f64 = 0.05;

/// Stages with a forecast each. Times are those since the work began, so that nothing here reads a clock.
#[derive(Debug, Default)]
pub(crate) struct Whole {
    /// Forecasts of the stages that have not begun (s).
    ahead: Vec<(Stage, f64)>,
    /// Forecast of everything (s).
    total: f64,
    /// Forecast of the stages that are over, and what they took (s).
    over: f64,
    took: f64,
    now: Option<Current>,
}

/// The stage that is being done.
#[derive(Debug)]
struct Current {
    forecast: f64,
    work: u64,
    done: u64,
    begun: Duration,
}

impl Current {
    /// The share of it that is done; a stage without work is done.
    fn share(&self) -> f64 {
        if self.work == 0 { 1.0 } else { (self.done as f64 / self.work as f64).min(1.0) }
    }
}

impl Whole {
    /// Stages of these forecasts (s); a stage that is not among them takes no time to speak of.
    pub(crate) fn of(forecasts: Vec<(Stage, f64)>) -> Self {
        let total = forecasts.iter().map(|(_, seconds)| seconds).sum();
        Self { ahead: forecasts, total, ..Self::default() }
    }

    pub(crate) fn begin(&mut self, stage: Stage, work: u64, at: Duration) {
        self.end(at);
        let place = self.ahead.iter().position(|(other, _)| *other == stage);
        let forecast = place.map_or(0.0, |place| self.ahead.remove(place).1);
        self.now = Some(Current { forecast, work, done: 0, begun: at });
    }

    pub(crate) fn advance(&mut self, work: u64) {
        if let Some(now) = &mut self.now {
            now.done += work;
        }
    }

    pub(crate) fn end(&mut self, at: Duration) {
        if let Some(Current { forecast, begun, .. }) = self.now.take() {
            self.over += forecast;
            if forecast > 0.0 {
                self.took += at.saturating_sub(begun).as_secs_f64();
            }
        }
    }

    /// Whether anything can be said of how far it is.
    pub(crate) fn is_known(&self) -> bool {
        self.total > 0.0 || self.share() > 0.0
    }

    /// The share of everything that is done, from 0 to 1; without a forecast that of the stage.
    pub(crate) fn share(&self) -> f64 {
        let of_stage = self.now.as_ref().map_or(0.0, Current::share);
        if self.total <= 0.0 {
            return of_stage;
        }
        let of_stage = self.now.as_ref().map_or(0.0, |now| now.forecast * of_stage);
        ((self.over + of_stage) / self.total).min(1.0)
    }

    /// How long the rest takes: of the stage by its own pace, of those ahead by their forecasts and how the forecasts of what
    /// is done came out; [`None`] before anything can be said.
    pub(crate) fn remaining(&self, at: Duration) -> Option<Duration> {
        let elapsed = self.now.as_ref().map_or(0.0, |now| at.saturating_sub(now.begun).as_secs_f64());
        let share = self.now.as_ref().map_or(1.0, Current::share);
        let forecast = self.now.as_ref().map_or(0.0, |now| now.forecast);
        // What a forecast second takes; a forecast that is wrong by more than tenfold says nothing.
        let foreseen = self.over + forecast * share;
        let tells = foreseen > 0.02 * self.total;
        let pace = if tells { ((self.took + elapsed) / foreseen).clamp(0.1, 10.0) } else { 1.0 };
        let of_stage = if share >= SHARE_THAT_TELLS {
            elapsed * (1.0 - share) / share
        } else if self.total > 0.0 {
            pace * forecast * (1.0 - share)
        } else {
            return None;
        };
        let ahead: f64 = self.ahead.iter().map(|(_, seconds)| seconds).sum();
        Some(Duration::from_secs_f64(of_stage + pace * ahead))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test

    use super::*;

    const fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn remaining(whole: &Whole, seconds: u64) -> f64 {
        whole.remaining(at(seconds)).unwrap().as_secs_f64()
    }

    #[test]
    fn a_forecast_that_holds_counts_down() {
        let mut whole = Whole::of(vec![(Stage::Training, 60.0), (Stage::Circuits, 40.0)]);
        whole.begin(Stage::Training, 600, at(0));
        assert_eq!(remaining(&whole, 0), 100.0);
        whole.advance(300);
        assert!((whole.share() - 0.3).abs() < 1e-12);
        assert!((remaining(&whole, 30) - 70.0).abs() < 1e-9);
        whole.end(at(60));
        whole.begin(Stage::Features, 5, at(60)); // of no forecast
        whole.end(at(60));
        whole.begin(Stage::Circuits, 10, at(60));
        assert!((whole.share() - 0.6).abs() < 1e-12);
        assert!((remaining(&whole, 60) - 40.0).abs() < 1e-9);
        whole.advance(10);
        assert!((whole.share() - 1.0).abs() < 1e-12);
        assert_eq!(remaining(&whole, 100), 0.0);
    }

    #[test]
    fn a_machine_that_is_half_as_fast_as_forecast_takes_twice_as_long_for_the_rest() {
        let mut whole = Whole::of(vec![(Stage::Training, 60.0), (Stage::Circuits, 40.0)]);
        whole.begin(Stage::Training, 2, at(0));
        whole.advance(1);
        assert!((remaining(&whole, 60) - (60.0 + 80.0)).abs() < 1e-9);
        whole.end(at(120));
        whole.begin(Stage::Circuits, 4, at(120));
        assert!((remaining(&whole, 120) - 80.0).abs() < 1e-9);
    }

    #[test]
    fn the_share_never_falls_whatever_the_order_of_stages() {
        let mut whole =
            Whole::of(vec![(Stage::Training, 10.0), (Stage::Circuits, 5.0), (Stage::Distances, 1.0)]);
        let mut last = 0.0;
        for stage in [Stage::Training, Stage::Features, Stage::Distances, Stage::Circuits, Stage::Report] {
            whole.begin(stage, 3, at(0));
            for _ in 0..4 {
                assert!(whole.share() >= last && whole.share() <= 1.0, "{whole:?}");
                last = whole.share();
                whole.advance(1);
            }
            whole.end(at(1));
        }
        assert!((whole.share() - 1.0).abs() < 1e-12);
    }

    #[test]
    fn work_without_a_forecast_tells_of_each_stage_once_it_has_a_pace() {
        let mut whole = Whole::default();
        whole.begin(Stage::FixedPoints, 100, at(0));
        assert_eq!(whole.remaining(at(1)), None);
        whole.advance(20);
        assert!((whole.share() - 0.2).abs() < 1e-12);
        assert!((remaining(&whole, 10) - 40.0).abs() < 1e-9);
    }
}
