//! Other programs: run, heard, limited in time, measured.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A program that did not run, or a file it needs.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProcessError {
    #[error("cannot start `{program}`")]
    Start { program: String, source: std::io::Error },
    #[error("cannot wait for `{program}`")]
    Wait { program: String, source: std::io::Error },
    #[error("`{program}` did not end within {limit:?}")]
    Late { program: String, limit: Duration },
    #[error("cannot use {path}")]
    File { path: String, source: std::io::Error },
}

impl ProcessError {
    pub(crate) fn file(path: &Path, source: std::io::Error) -> Self {
        Self::File { path: path.display().to_string(), source }
    }
}

/// What becomes of a program's output while it runs; standard output is kept in either case.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Both streams are shown; [`run_heard`] gives standard output to its listener instead.
    Shown,
    /// Neither is; standard error is kept as well.
    Kept,
}

/// A program that ran to its end.
pub(crate) struct Ran {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    /// Empty if it was shown.
    pub(crate) stderr: String,
    /// Largest resident memory (bytes); only Linux tells.
    pub(crate) peak_memory: Option<u64>,
    pub(crate) took: Duration,
}

impl Ran {
    /// The last line of standard error, or of standard output, or the exit status: why it may have failed.
    pub(crate) fn last_words(&self) -> String {
        let last =
            |text: &str| text.lines().rev().map(str::trim).find(|line| !line.is_empty()).map(str::to_owned);
        last(&self.stderr).or_else(|| last(&self.stdout)).unwrap_or_else(|| self.status.to_string())
    }
}

/// How often a running program is looked at.
const GLANCE: Duration = Duration::from_millis(20);

/// Runs a program to its end, or ends it after `limit`.
///
/// # Errors
/// [`ProcessError`] if it does not start or outlives the limit; a failure of its own is in [`Ran::status`].
pub(crate) fn run(command: &mut Command, output: Output, limit: Duration) -> Result<Ran, ProcessError> {
    run_heard(command, output, limit, move |line| {
        if output == Output::Shown {
            print!("{line}");
        }
    })
}

/// As [`run`], with each line of standard output given to `hear` as it comes.
///
/// # Errors
/// As [`run`].
pub(crate) fn run_heard(
    command: &mut Command,
    output: Output,
    limit: Duration,
    hear: impl FnMut(&str) + Send + 'static,
) -> Result<Ran, ProcessError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let began = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    command.stderr(if output == Output::Kept { Stdio::piped() } else { Stdio::inherit() });
    let mut child =
        command.spawn().map_err(|source| ProcessError::Start { program: program.clone(), source })?;
    let stdout = child.stdout.take().map(|pipe| thread::spawn(move || read(pipe, hear)));
    let stderr = child.stderr.take().map(|pipe| thread::spawn(move || read(pipe, |_| {})));
    let mut peak_memory = None;
    let status = loop {
        peak_memory = resident_peak(&child).max(peak_memory);
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if began.elapsed() < limit => thread::sleep(GLANCE),
            Ok(None) => {
                // Both may fail only if it has just ended by itself.
                let _ = child.kill();
                let _ = child.wait();
                return Err(ProcessError::Late { program, limit });
            }
            Err(source) => return Err(ProcessError::Wait { program, source }),
        }
    };
    let heard = |listener: Option<thread::JoinHandle<String>>| {
        listener.and_then(|listener| listener.join().ok()).unwrap_or_default()
    };
    Ok(Ran { status, stdout: heard(stdout), stderr: heard(stderr), peak_memory, took: began.elapsed() })
}

fn read(pipe: impl Read, mut hear: impl FnMut(&str)) -> String {
    let mut text = String::new();
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    while pipe.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
        let words = String::from_utf8_lossy(&line);
        hear(&words);
        text.push_str(&words);
        line.clear();
    }
    text
}

/// The high-water mark of a process's resident memory (bytes), as the Linux kernel keeps it.
fn resident_peak(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

/// An error and what caused it, in one line.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_outlives_its_limit_is_ended() {
        let mut command = Command::new("sleep");
        let ran = run(command.arg("30"), Output::Kept, Duration::from_millis(100));
        assert!(matches!(ran, Err(ProcessError::Late { .. })));
    }

    #[test]
    fn output_and_failure_of_a_program_are_kept() {
        let mut command = Command::new("sh");
        let ran = run(
            command.args(["-c", "echo heard; echo why >&2; exit 3"]),
            Output::Kept,
            Duration::from_secs(10),
        )
        .expect("a shell");
        assert_eq!((ran.stdout.as_str(), ran.last_words().as_str()), ("heard\n", "why"));
        assert_eq!(ran.status.code(), Some(3));
    }
}
