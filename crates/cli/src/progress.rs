//! Events as bars and lines on standard error.

use circuitscope_study::event::{Event, Outcome, Stage};
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Shows the stages of a study: a bar each on a terminal, a line each elsewhere.
pub(crate) struct Progress {
    bar: Mutex<ProgressBar>,
    /// Networks that are trained, and those to train, for the lines.
    networks: AtomicUsize,
    n_networks: AtomicUsize,
    is_terminal: bool,
}

impl Progress {
    pub(crate) fn new() -> Self {
        let is_terminal = std::io::stderr().is_terminal();
        let [networks, n_networks] = [0, 0].map(AtomicUsize::new);
        Self { bar: Mutex::new(ProgressBar::hidden()), networks, n_networks, is_terminal }
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
                }
            }
            Event::Advanced { work, .. } => bar.inc(work),
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
                }
            }
        }
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
