//! Which task networks are run on.

use clap::Args;
use std::path::PathBuf;

/// A task, which has to be named.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct WhichTask {
    /// Task: `cddm`, `go_no_go`, `memory_number`, one of the field such as `delayed_xor`, or the file of your own (docs/tasks.md).
    #[arg(long, value_name = "TASK|FILE.toml")]
    pub(crate) task: Option<String>,
    /// Trials of any task as arrays, as `circuitscope task --export` writes them (.npz or .safetensors).
    #[arg(long, value_name = "FILE")]
    pub(crate) trials: Option<PathBuf>,
}

/// A task, which may be left out.
#[derive(Args)]
#[group(multiple = false)]
pub(crate) struct MaybeTask {
    /// Task: `cddm`, `go_no_go`, `memory_number`, one of the field such as `delayed_xor`, or the file of your own (docs/tasks.md).
    #[arg(long, value_name = "TASK|FILE.toml")]
    pub(crate) task: Option<String>,
    /// Trials of any task as arrays, as `circuitscope task --export` writes them (.npz or .safetensors).
    #[arg(long, value_name = "FILE")]
    pub(crate) trials: Option<PathBuf>,
}
