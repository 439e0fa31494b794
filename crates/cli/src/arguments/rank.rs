//! What a recording is ranked beside.

use circuitscope_study::import::recording::Layout;
use circuitscope_study::one_network::Start;
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Rank {
    /// Folder of a study whose networks are trained.
    pub(crate) folder: PathBuf,
    /// Recording: NPZ, safetensors or Parquet. A file of the same name with `.toml` behind it may say how it is meant: `task`,
    /// `bin_ms`, `layout`, `starts`, `factors` (docs/recordings.md). Options go before it.
    pub(crate) recording: PathBuf,
    /// Task of the recording, if several of the study have its conditions.
    #[arg(long)]
    pub(crate) task: Option<String>,
    /// When an epoch of the task starts in the recording, in ms from its first step, such as cue=900; once for each. Between the
    /// times given, time is stretched. The names are those of the task's epochs, `trial` and `end`.
    #[arg(long, value_name = "EPOCH=MS", value_parser = start)]
    pub(crate) start: Vec<Start>,
    /// Order of the axes of arrays: N units, T time, B trials, such as NBT. [default: NTB]
    #[arg(long, value_name = "LETTERS")]
    pub(crate) layout: Option<Layout>,
    /// Random seed of units, noise and resamples.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Threads; the number never changes a result. [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Print the result as JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}

fn start(text: &str) -> Result<Start, String> {
    let parsed = text.split_once('=').and_then(|(name, ms)| {
        let ms = ms.trim().parse().ok().filter(|ms: &f64| ms.is_finite())?;
        Some(Start { name: name.trim().to_owned(), ms })
    });
    parsed
        .ok_or_else(|| format!("`{text}` is invalid, expected an epoch and its time in ms, such as cue=900"))
}
