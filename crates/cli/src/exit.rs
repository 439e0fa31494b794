//! Exit codes, in one place.

use circuitscope_study::bench::BenchError;
use circuitscope_study::config::StudyError;
use circuitscope_study::execute::ExecuteError;
use circuitscope_study::import::ImportError;
use circuitscope_study::import::recording::RecordingError;
use circuitscope_study::jobs::JobError;
use circuitscope_study::one_network::OneNetworkError;
use circuitscope_study::opened::OpenError;
use circuitscope_study::recordings::DescribedError;
use circuitscope_study::run::RebuildError;
use circuitscope_study::store::StoreError;
use circuitscope_study::store::npz::TooLarge;
use std::io::ErrorKind;

/// What `--help` says of exit codes; `Failure::code` is held to it by a test.
pub(crate) const TABLE: &str = "\
Exit codes:
  0    done, or whoever read the output has read enough, as in `circuitscope claims DIR | head`
  2    arguments that do not parse, or name something unknown
  3    a study file, or what stands beside a recording, that is missing, malformed or cannot be used
  4    a network, recording or file of inputs that is missing, malformed or does not fit
  5    a file or folder that cannot be written or read
  6    a folder without a whole study of this format, without such a job, or at work on another study
  130  interrupted; what is finished is kept, run again to go on";

/// Why a command stopped.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub(crate) enum Failure {
    #[error(transparent)]
    #[diagnostic(transparent)]
    Study(#[from] StudyError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Recording(#[from] RecordingError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Single(#[from] OneNetworkError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Bench(#[from] BenchError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Execute(#[from] ExecuteError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Rebuild(#[from] RebuildError),
    #[error(transparent)]
    #[diagnostic(transparent)]
    Job(JobError),
    #[error("{0}")]
    #[diagnostic(help("unset CIRCUITSCOPE_KERNEL to let circuitscope choose"))]
    Kernel(String),
    #[error("cannot use {n} threads")]
    #[diagnostic(help("give --threads a number from 1 to a few times the cores of this machine"))]
    Threads { n: usize },
    #[error(transparent)]
    #[diagnostic(help("ask for fewer neurons or trials, or write several files with other seeds"))]
    TooLarge(#[from] TooLarge),
    #[error("cannot write to standard output")]
    Output(#[from] std::io::Error),
}

impl From<DescribedError> for Failure {
    fn from(error: DescribedError) -> Self {
        match error {
            DescribedError::Description(error) => error.into(),
            DescribedError::File(error) => error.into(),
            DescribedError::Unfit(error) => error.into(),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Self::Rebuild(error.into())
    }
}

impl From<JobError> for Failure {
    fn from(error: JobError) -> Self {
        match error {
            JobError::Open(error) => error.into(),
            JobError::Execute(error) => error.into(),
            error @ JobError::Unknown { .. } => Self::Job(error),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Execute(error.into())
    }
}

impl Failure {
    /// Whether standard output is a pipe that its reader has closed: no failure of the command.
    fn is_closed_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == ErrorKind::BrokenPipe)
    }

    /// The code of [`TABLE`].
    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Kernel(_)
            | Self::Threads { .. }
            | Self::TooLarge(_)
            | Self::Bench(_)
            | Self::Recording(RecordingError::Network { .. })
            | Self::Single(
                OneNetworkError::UnknownTask { .. }
                | OneNetworkError::UnknownAspect { .. }
                | OneNetworkError::NoChoices { .. }
                | OneNetworkError::NoBattery { .. }
                | OneNetworkError::NoTask { .. }
                | OneNetworkError::NoInputs
                | OneNetworkError::GivenActivation { .. }
                | OneNetworkError::GivenEmbedding { .. }
                | OneNetworkError::Unmatched { .. }
                | OneNetworkError::Saturated { .. }
                | OneNetworkError::Setting { .. },
            ) => 2,
            Self::Study(_) | Self::Rebuild(RebuildError::Open(OpenError::Study(_))) => 3,
            Self::Import(_)
            | Self::Recording(_)
            | Self::Single(_)
            | Self::Execute(ExecuteError::Recording { .. })
            | Self::Rebuild(RebuildError::Execute(ExecuteError::Recording { .. })) => 4,
            Self::Job(_)
            | Self::Execute(ExecuteError::Missing | ExecuteError::Elsewhere)
            | Self::Rebuild(
                RebuildError::Unfinished { .. }
                | RebuildError::Execute(ExecuteError::Missing | ExecuteError::Elsewhere),
            ) => 6,
            Self::Output(_) => 5,
            Self::Execute(ExecuteError::Interrupted)
            | Self::Rebuild(RebuildError::Execute(ExecuteError::Interrupted)) => 130,
            Self::Execute(ExecuteError::Store(error))
            | Self::Rebuild(
                RebuildError::Execute(ExecuteError::Store(error))
                | RebuildError::Open(OpenError::Store(error)),
            ) => of_store(error),
        }
    }
}

fn of_store(error: &StoreError) -> u8 {
    match error {
        StoreError::Write { .. } | StoreError::Read { .. } => 5,
        StoreError::Damaged { .. }
        | StoreError::Format { .. }
        | StoreError::NotAStudy { .. }
        | StoreError::NoStudy { .. }
        | StoreError::NoClaims { .. }
        | StoreError::Mixed { .. }
        | StoreError::Unpublished { .. }
        | StoreError::Unidentified { .. }
        | StoreError::Stale { .. }
        | StoreError::Busy { .. } => 6,
    }
}

/// Prints a failure on standard error and returns its code; a closed pipe ends the program quietly.
pub(crate) fn print(failure: &Failure) -> u8 {
    if failure.is_closed_pipe() {
        return 0;
    }
    let mut text = String::new();
    let handler = miette::GraphicalReportHandler::new().with_width(100);
    let _ = handler.render_report(&mut text, failure);
    crate::progress::print_error(&text);
    failure.code()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_in_the_table() {
        let store = |error: StoreError| Failure::from(error);
        let failures = [
            Failure::Kernel("no such path".into()),
            store(StoreError::Damaged { path: "a".into(), reason: "b".into() }),
            store(StoreError::Format { path: "a".into(), found: 9, software: "9.0.0".into() }),
            store(StoreError::Write { path: "a".into(), source: std::io::Error::other("full") }),
            Failure::Execute(ExecuteError::Interrupted),
            Failure::Single(OneNetworkError::UnknownTask { name: "x".into(), remedy: String::new() }),
        ];
        for failure in failures {
            let code = format!("\n  {:<3}  ", failure.code());
            assert!(TABLE.contains(&code), "{failure} exits with {}, which the table lacks", failure.code());
        }
    }
}
