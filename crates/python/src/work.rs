//! Long work on a thread of its own, while the thread that asked for it looks for Ctrl-C and tells how far the work is.

use crate::refusal::Refusal;
use circuitscope_study::event::{Event, Listener, Outcome};
use pyo3::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How often signals are looked for and progress is told.
const GLANCE: Duration = Duration::from_millis(50);
/// How long work that was asked to stop is waited for. After that it ends by itself, heard by nobody.
const FAREWELL: Duration = Duration::from_millis(400);

/// How work is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It looks at the flag that it is given.
    Asked,
    /// It does not look: it is unwound the next time that it tells of progress.
    Unwound,
}

/// What the work tells the thread that waits.
enum Message<T> {
    /// Of one kind: a word for it, what it is of, and a number.
    Told(&'static str, String, f64),
    /// It is over.
    Done(Result<T, Refusal>),
}

/// How far a stage is.
#[derive(Default)]
struct Stage {
    name: Mutex<String>,
    work: AtomicU64,
    done: AtomicU64,
}

impl Stage {
    fn name(&self) -> String {
        self.name.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn begin(&self, name: &str, work: u64) {
        name.clone_into(&mut self.name.lock().unwrap_or_else(PoisonError::into_inner));
        self.work.store(work, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
    }

    /// The share that is done.
    fn share(&self) -> f64 {
        let work = self.work.load(Ordering::Relaxed);
        if work == 0 { 0.0 } else { (self.done.load(Ordering::Relaxed) as f64 / work as f64).min(1.0) }
    }
}

/// Does work without the interpreter's lock.
///
/// - `progress`: called with `(kind, text, number)` of what happens, about every 50 ms: `began` a stage of so many pieces,
///   `advanced` to a share of it, `trained` a network of this R² (NaN: none), `warned`, `ended`.
///
/// Ctrl-C raises `KeyboardInterrupt` at once, and so does any exception of `progress`; the work then stops as `stop` says.
///
/// # Errors
/// That of the work, or of `progress`; `RuntimeError` if it panics.
pub(crate) fn work<T: Send + 'static>(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    stop: Stop,
    run: impl FnOnce(&Listener<'_>, &AtomicBool) -> Result<T, Refusal> + Send + 'static,
) -> PyResult<T> {
    let interrupt = Arc::new(AtomicBool::new(false));
    let stage = Arc::new(Stage::default());
    let (sender, receiver) = channel();
    let (asked, told) = (Arc::clone(&interrupt), Arc::clone(&stage));
    // Not scoped: whoever asks to stop does not wait for a piece of work that takes minutes.
    std::thread::spawn(move || {
        let listener = |event: Event<'_>| {
            if stop == Stop::Unwound && asked.load(Ordering::Relaxed) {
                resume_unwind(Box::new("stopped"));
            }
            hear(&event, &told, &sender);
        };
        let done = catch_unwind(AssertUnwindSafe(|| run(&listener, &asked)));
        let done = done.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            Err(Refusal::Fault(text.unwrap_or("a panic without a message").to_owned()))
        });
        // Nobody listens any more if the user stopped it.
        let _ = sender.send(Message::Done(done));
    });
    let (outcome, receiver) = wait(py, receiver, &stage, progress.as_ref());
    if outcome.is_err() {
        interrupt.store(true, Ordering::Relaxed);
        if stop == Stop::Asked {
            let last = Instant::now() + FAREWELL;
            let left = move || last.saturating_duration_since(Instant::now());
            py.detach(move || while let Ok(Message::Told(..)) = receiver.recv_timeout(left()) {});
        }
    }
    Ok(outcome??)
}

/// Waits until the work is over; gives the receiver back.
fn wait<T: Send>(
    py: Python<'_>,
    mut receiver: Receiver<Message<T>>,
    stage: &Stage,
    progress: Option<&Py<PyAny>>,
) -> (PyResult<Result<T, Refusal>>, Receiver<Message<T>>) {
    let tell = |kind: &str, text: String, number: f64| match progress {
        Some(progress) => progress.call1(py, (kind, text, number)).map(|_| ()),
        None => Ok(()),
    };
    loop {
        let message;
        (message, receiver) = py.detach(move || (receiver.recv_timeout(GLANCE), receiver));
        let heard = match message {
            Ok(Message::Done(done)) => return (Ok(done), receiver),
            Ok(Message::Told(kind, text, number)) => tell(kind, text, number),
            Err(RecvTimeoutError::Timeout) => match stage.name() {
                name if name.is_empty() => Ok(()),
                name => tell("advanced", name, stage.share()),
            },
            Err(RecvTimeoutError::Disconnected) => {
                return (Ok(Err(Refusal::Fault("the work ended without a result".to_owned()))), receiver);
            }
        };
        if let Err(error) = heard.and_then(|()| py.check_signals()) {
            return (Err(error), receiver);
        }
    }
}

fn hear<T>(event: &Event<'_>, stage: &Stage, sender: &Sender<Message<T>>) {
    let (kind, text, number) = match *event {
        Event::Began { stage: began, n_pieces, work, .. } => {
            stage.begin(began.name(), work);
            ("began", began.name().to_owned(), n_pieces as f64)
        }
        Event::Advanced { work, .. } => {
            stage.done.fetch_add(work, Ordering::Relaxed);
            return;
        }
        Event::Trained { name, outcome: Outcome::Diverged { .. }, .. } => {
            ("trained", name.to_owned(), f64::NAN)
        }
        Event::Trained { name, r2, .. } => ("trained", name.to_owned(), r2.unwrap_or(f64::NAN)),
        Event::Warned { text } => ("warned", text.to_owned(), 0.0),
        Event::Ended { stage } => ("ended", stage.name().to_owned(), 1.0),
    };
    // Nobody listens any more if the user stopped it.
    let _ = sender.send(Message::Told(kind, text, number));
}
