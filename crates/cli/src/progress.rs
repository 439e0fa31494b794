//! Events as one bar, or as lines, on standard error.

mod whole;

use circuitscope_study::event::{Event, Outcome, Stage};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use whole::Whole;

/// Parts that the bar is divided into.
const BAR: u64 = 10_000;
/// Longest silence where there is no terminal, and how often it is looked for.
const SILENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_secs(5);

/// Shows the stages of a study: on a terminal one bar for all of them, elsewhere a line as each begins and ends and at least
/// every half minute.
pub(crate) struct Progress {
    state: Arc<Mutex<State>>,
    /// Where there is no terminal: what breaks a silence, until the sender is gone.
    watch: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
}

struct State {
    begun: Instant,
    whole: Whole,
    /// The bar of a terminal.
    bar: Option<ProgressBar>,
    /// The stage, in words, and when it began.
    stage: Option<(String, Instant)>,
    /// Networks that are trained, and those to train.
    networks: [usize; 2],
    last_line: Instant,
}

impl Progress {
    /// For work of which no forecast is known.
    pub(crate) fn new() -> Self {
        Self::of(Vec::new())
    }

    /// For stages of these forecasts (s).
    pub(crate) fn of(forecasts: Vec<(Stage, f64)>) -> Self {
        let whole = Whole::of(forecasts);
        let (begun, networks) = (Instant::now(), [0, 0]);
        let state = State { begun, whole, bar: None, stage: None, networks, last_line: begun };
        let state = Arc::new(Mutex::new(state));
        let is_terminal = std::io::stderr().is_terminal();
        if is_terminal {
            let bar = ProgressBar::with_draw_target(Some(BAR), ProgressDrawTarget::stderr());
            bar.set_style(style(Arc::clone(&state)));
            lock(&state).bar = Some(bar);
        }
        let watch = if is_terminal { None } else { Some(watch(Arc::clone(&state))) };
        Self { state, watch: Mutex::new(watch) }
    }

    /// Takes the bar off the terminal, however the work ended.
    pub(crate) fn end(&self) {
        let bar = lock(&self.state).bar.clone();
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
        let watch = self.watch.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some((sender, thread)) = watch {
            drop(sender);
            // It only waits for the sender.
            let _ = thread.join();
        }
    }

    /// Takes in an event, from any thread.
    pub(crate) fn on_event(&self, event: &Event<'_>) {
        let mut state = lock(&self.state);
        let at = state.begun.elapsed();
        // What is drawn asks for the state: nothing is drawn while it is held.
        let (text, bar) = match *event {
            Event::Began { stage, n_pieces, n_done, work } => {
                if stage == Stage::Training {
                    state.networks = [n_done, n_pieces];
                }
                let title = match n_done {
                    0 => format!("{} ({n_pieces})", stage.name()),
                    _ => format!("{} ({n_done} of {n_pieces} are there)", stage.name()),
                };
                state.whole.begin(stage, work, at);
                state.stage = Some((title.clone(), Instant::now()));
                if let Some(bar) = state.bar.clone() {
                    drop(state);
                    bar.set_message(title);
                    bar.enable_steady_tick(Duration::from_millis(200));
                    return;
                }
                (format!("{}{title} …", state.standing()), None)
            }
            Event::Advanced { work, .. } => {
                state.whole.advance(work);
                let place = (state.whole.share() * BAR as f64) as u64;
                if let Some(bar) = state.bar.clone() {
                    drop(state);
                    bar.set_position(place);
                }
                return;
            }
            Event::Trained { name, outcome, r2 } => {
                let result = match (outcome, r2) {
                    (Outcome::Diverged { iteration, .. }, _) => format!("diverged at iteration {iteration}"),
                    (Outcome::Finished, Some(r2)) => format!("R² {r2:.3}"),
                    (Outcome::Finished, None) => "R² not defined".to_owned(),
                };
                state.networks[0] += 1;
                let [done, all] = state.networks;
                if state.bar.is_some() {
                    (format!("  {name}  {result}"), state.bar.clone())
                } else {
                    (format!("{}  {name}  {result}  ({done} of {all})", state.standing()), None)
                }
            }
            Event::Warned { text } => (format!("warning: {text}"), state.bar.clone()),
            Event::Ended { stage } => {
                let took = state.stage.take().map_or(Duration::ZERO, |(_, begun)| begun.elapsed());
                state.whole.end(at);
                (format!("{}✓ {} ({})", state.standing(), done(stage), duration(took)), state.bar.clone())
            }
        };
        state.last_line = Instant::now();
        drop(state);
        match bar {
            Some(bar) => bar.suspend(|| line(&text)),
            None => line(&text),
        }
    }
}

impl State {
    /// How far everything is, before a line; nothing on a terminal, whose bar says it.
    fn standing(&self) -> String {
        if self.bar.is_some() || !self.whole.is_known() {
            return String::new();
        }
        let percent = 100.0 * self.whole.share();
        match self.whole.remaining(self.begun.elapsed()) {
            Some(left) => format!("[{percent:3.0} %, about {} left] ", duration(left)),
            None => format!("[{percent:3.0} %] "),
        }
    }
}

/// Says where the work is whenever nothing was said for a while.
fn watch(state: Arc<Mutex<State>>) -> (Sender<()>, JoinHandle<()>) {
    let (sender, receiver) = channel();
    let look = move || {
        while receiver.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
            let mut state = lock(&state);
            if let Some((title, _)) = &state.stage
                && state.last_line.elapsed() >= SILENCE
            {
                let text = format!("{}{title} …", state.standing());
                state.last_line = Instant::now();
                drop(state);
                line(&text);
            }
        }
    };
    (sender, thread::spawn(look))
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    // What a panic elsewhere leaves half-changed here is a number of progress.
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn done(stage: Stage) -> &'static str {
    match stage {
        Stage::Training => "networks trained",
        Stage::Features => "features taken",
        Stage::FixedPoints => "fixed points found",
        Stage::Branches => "branches followed",
        Stage::Examples => "example networks taken apart",
        Stage::Circuits => "latent circuits fitted",
        Stage::Behaviour => "behaviour tested",
        Stage::TaskVariances => "networks measured",
        Stage::Development => "training followed",
        Stage::Ranking => "recording ranked",
        Stage::Calibration => "labels permuted",
        Stage::Distances => "distances measured",
        Stage::Similarity => "similarity measured",
        Stage::Comparison => "embeddings and tests made",
        Stage::Robustness => "robustness tested",
        Stage::Agreement => "aspects compared",
        Stage::Claims => "claims judged",
        Stage::Multiverse => "claims judged under other choices",
        Stage::Report => "tables, figures and report written",
    }
}

fn style(state: Arc<Mutex<State>>) -> ProgressStyle {
    let left = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
        let state = lock(&state);
        let _ = match state.whole.remaining(state.begun.elapsed()) {
            Some(left) => write!(out, "about {} left", duration(left)),
            None => Ok(()),
        };
    };
    ProgressStyle::with_template("{spinner} {msg} {wide_bar} {percent:>3} %  {remaining}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("remaining", left)
}

/// A line on standard error; nothing is to be done if even that is closed.
fn line(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// A failure on standard error.
pub(crate) fn print_error(text: &str) {
    let _ = write!(std::io::stderr(), "{text}");
}

/// Something that a user should know of, on standard error.
pub(crate) fn warn(text: &str) {
    line(&format!("warning: {text}"));
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
