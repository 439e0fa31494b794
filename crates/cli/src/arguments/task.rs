//! What is asked of a task.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Task {
    /// Task: `cddm`, `go_no_go`, `memory_number`, one of the field such as `delayed_xor` (docs/tasks.md lists them), the file of your
    /// own (.toml), or trials as arrays (.npz,
    /// .safetensors).
    #[arg(value_name = "TASK|FILE")]
    pub(crate) name: String,
    /// Study file that has the task; without it the published settings count.
    #[arg(long, value_name = "STUDY.toml")]
    pub(crate) study: Option<PathBuf>,
    /// Draw example trials into a file, ending in .svg.
    #[arg(long, value_name = "FILE.svg", value_parser = ending_in(&["svg"]))]
    pub(crate) plot: Option<PathBuf>,
    /// Write inputs, targets, mask and conditions of the trials as arrays, to a file ending in .npz or .safetensors.
    #[arg(long, value_name = "FILE", value_parser = ending_in(&["npz", "safetensors"]))]
    pub(crate) export: Option<PathBuf>,
    /// Which trials are written.
    #[arg(long, value_enum, default_value_t = Set::Analysis)]
    pub(crate) trials: Set,
    /// Iteration whose training trials are written, of a task that draws new ones for each.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) iteration: u64,
    /// Random seed of the training trials, of a task that draws them.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Print what the task is as JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Trials of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Set {
    /// Those on which networks are scored and compared.
    Analysis,
    /// Those on which networks are trained.
    Training,
}

/// A path whose name ends in one of these.
fn ending_in(endings: &'static [&'static str]) -> impl Fn(&str) -> Result<PathBuf, String> + Clone {
    move |text: &str| {
        let path = PathBuf::from(text);
        let is_known =
            |found: &std::ffi::OsStr| endings.iter().any(|ending| found.eq_ignore_ascii_case(ending));
        if path.extension().is_some_and(is_known) {
            Ok(path)
        } else {
            Err(format!("`{text}` is invalid, expected a file name ending in .{}", endings.join(" or .")))
        }
    }
}
