//! Events as bars and lines on standard error.

use circuitscope_study::event::{Event, Outcome, Stage};
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Shows the stages of a study: a bar each on a terminal, elsewhere a line at their beginning and others on the way.
pub(crate) struct Progress {
    bar: Mutex<ProgressBar>,
    /// How far the stage is, for the lines; [`None`] where networks have lines of their own.
    pace: Mutex<Option<(Instant, Pace)>>,
    /// Networks that are trained, and those to train, for the lines.
    networks: AtomicUsize,
    n_networks: AtomicUsize,
    is_terminal: bool,
}

impl Progress {
    pub(crate) fn new() -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let [networks, n_networks] = [0, 0].map(AtomicUsize::new);
        let (bar, pace) = (Mutex::new(ProgressBar::hidden()), Mutex::new(None));
        Self { bar, pace, networks, n_networks, is_terminal }
    }

    /// Takes the bar off the terminal, however the work ended.
    pub(crate) fn end(&self) {
        if let Ok(bar) = self.bar.lock() {
            bar.finish_and_clear();
        }
    }

    /// Takes in an event, from any thread.
    pub(crate) fn hear(&self, event: &Event<'_>) {
        let Ok(mut bar) = self.bar.lock() else { return };
        match *event {
            Event::Began { stage, n_pieces, n_done, work } => {
                if stage == Stage::Training {
                    self.networks.store(n_done, Ordering::Relaxed);
                    self.n_networks.store(n_pieces, Ordering::Relaxed);
                }
                let title = match n_done {
                    0 => format!("{} ({n_pieces})", stage.name()),
                    _ => format!("{} ({n_done} of {n_pieces} are there)", stage.name()),
                };
                if self.is_terminal {
                    *bar = ProgressBar::with_draw_target(Some(work), ProgressDrawTarget::stderr());
                    bar.set_style(style());
                    bar.set_message(title);
                    bar.enable_steady_tick(Duration::from_millis(200));
                } else {
                    *bar = ProgressBar::hidden();
                    bar.set_length(work);
                    line(&format!("{title} …"));
                    if let Ok(mut pace) = self.pace.lock() {
                        *pace = (stage != Stage::Training).then(|| (Instant::now(), Pace::new(work)));
                    }
                }
            }
            Event::Advanced { work, .. } => {
                bar.inc(work);
                let Ok(mut pace) = self.pace.lock() else { return };
                let told = pace.as_mut().and_then(|(begun, pace)| pace.advance(work, begun.elapsed()));
                if let Some(Told { percent, left }) = told {
                    line(&format!("  {percent} %, about {} left", duration(left)));
                }
            }
            Event::Trained { name, outcome, r2 } => {
                let result = match (outcome, r2) {
                    (Outcome::Diverged { iteration, .. }, _) => format!("diverged at iteration {iteration}"),
                    (Outcome::Finished, Some(r2)) => format!("R² {r2:.3}"),
                    (Outcome::Finished, None) => "R² not defined".to_owned(),
                };
                let done = self.networks.fetch_add(1, Ordering::Relaxed) + 1;
                if self.is_terminal {
                    bar.println(format!("  {name}  {result}"));
                } else {
                    let all = self.n_networks.load(Ordering::Relaxed);
                    line(&format!(
                        "  {name}  {result}  ({done} of {all}, about {} left)",
                        duration(bar.eta())
                    ));
                }
            }
            Event::Warned { text } => bar.suspend(|| line(&format!("warning: {text}"))),
            Event::Ended { stage } => {
                bar.finish_and_clear();
                if self.is_terminal {
                    let took = HumanDuration(bar.elapsed());
                    line(&format!("✓ {} ({took})", done(stage)));
                } else if bar.elapsed() >= Pace::SOONEST {
                    line(&format!("  {} ({})", done(stage), duration(bar.elapsed())));
                }
            }
        }
    }
}

/// How far a stage is, told now and then: with every tenth of its work, if that took a while, and at the latest after half
/// a minute.
struct Pace {
    work: u64,
    done: u64,
    /// Work that was done and time that had passed when it was last told.
    last: (u64, Duration),
}

/// What is told of a stage.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    percent: u64,
    left: Duration,
}

impl Pace {
    /// Tenths that pass faster are not told.
    const SOONEST: Duration = Duration::from_secs(5);
    const LATEST: Duration = Duration::from_secs(30);

    fn new(work: u64) -> Self {
        Self { work, done: 0, last: (0, Duration::ZERO) }
    }

    /// Takes in work that is done, so long after the beginning; gives what is to be told now, if anything.
    fn advance(&mut self, work: u64, elapsed: Duration) -> Option<Told> {
        self.done += work;
        let (told, at) = self.last;
        let since = elapsed.saturating_sub(at);
        let is_due =
            since >= Self::LATEST || (since >= Self::SOONEST && 10 * (self.done - told) >= self.work);
        if !is_due || self.done == 0 || self.done >= self.work {
            return None;
        }
        self.last = (self.done, elapsed);
        let left = elapsed.mul_f64((self.work - self.done) as f64 / self.done as f64);
        Some(Told { percent: 100 * self.done / self.work, left })
    }
}

fn done(stage: Stage) -> &'static str {
    match stage {
        Stage::Training => "networks trained",
        Stage::Features => "features taken",
        Stage::FixedPoints => "fixed points found",
        Stage::Branches => "branches followed",
        Stage::Portraits => "example networks taken apart",
        Stage::Circuits => "latent circuits fitted",
        Stage::Behaviour => "behaviour tested",
        Stage::Development => "training followed",
        Stage::Calibration => "labels dealt out",
        Stage::Distances => "distances measured",
        Stage::Similarity => "similarity measured",
        Stage::Comparison => "embeddings and tests made",
        Stage::Robustness => "robustness tested",
        Stage::Report => "tables, figures and report written",
    }
}

fn style() -> ProgressStyle {
    let eta = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = write!(out, "{}", HumanDuration(state.eta()));
    };
    ProgressStyle::with_template("{spinner} {msg} {wide_bar} {percent:>3} %  {eta_words} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("eta_words", eta)
}

/// A line on standard error; nothing is to be done if even that is closed.
fn line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A failure on standard error.
pub(crate) fn print_error(text: &str) {
    let _ = write!(std::io::stderr(), "{text}");
}

/// A duration in the two largest units that fit.
pub(crate) fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let mut text = String::new();
    let _ = match seconds {
        0 => write!(text, "{:.1} s", duration.as_secs_f64()),
        1..120 => write!(text, "{seconds} s"),
        120..7200 => write!(text, "{} min", seconds / 60),
        7200..172_800 => write!(text, "{} h {} min", seconds / 3600, seconds % 3600 / 60),
        _ => write!(text, "{} days {} h", seconds / 86400, seconds % 86400 / 3600),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenths_are_told_with_the_time_left_and_slow_stages_every_half_minute() {
        let seconds = Duration::from_secs;
        let mut pace = Pace::new(200);
        assert_eq!(pace.advance(10, seconds(6)), None); // a twentieth
        assert_eq!(pace.advance(30, seconds(8)), Some(Told { percent: 20, left: seconds(32) }));
        assert_eq!(pace.advance(20, seconds(9)), None); // a tenth, but a second ago
        assert_eq!(pace.advance(1, seconds(37)), None);
        assert_eq!(
            pace.advance(0, seconds(61)),
            Some(Told { percent: 30, left: seconds(61).mul_f64(139.0 / 61.0) })
        );
        assert_eq!(pace.advance(139, seconds(90)), None); // the end has a line of its own
    }
}
