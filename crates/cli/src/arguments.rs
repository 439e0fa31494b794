//! What can be asked for.

mod choices;
mod latent_circuit;
mod observe;
mod rank;
mod reading;
mod task;
mod which_task;

use choices::{Activation, Measure};
pub(crate) use latent_circuit::Circuit;
pub(crate) use observe::Observe;
pub(crate) use rank::Rank;
pub(crate) use task::{Set, Task};
pub(crate) use which_task::{MaybeTask, WhichTask};

use crate::exit::TABLE;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Trains ensembles of recurrent neural networks on cognitive tasks and shows how they solve them.
#[derive(Parser)]
#[command(name = "circuitscope", version, after_help = TABLE, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Train, select and compare the networks of a study, and write its folder and report.
    ///
    /// Without a file the built-in quick study runs: the six architectures of Tolmachev & Engel (2025) on their three
    /// tasks, in minutes. Interrupt it whenever you like (Ctrl-C): the same command goes on where it stopped, and the
    /// result is the same, bit for bit, as that of an undisturbed run on any number of threads.
    Run(Run),
    /// Print what a study would do and how long this machine needs, without doing it.
    Plan(Plan),
    /// Rebuild tables, figures and page of a study folder from its networks.
    Report(Report),
    /// Print what a finished study says on each claim: statement, verdict, statistic with interval and p.
    ///
    /// A claim is supported if the 95 % interval of each number behind it lies on the claimed side and p is below 0.05 after
    /// Holm's correction over the claims of the study; contradicted if the interval of one lies on the other side; equivalent
    /// if what it claims is that numbers lie inside a margin ([margins] in the study file), and they do; else inconclusive. A
    /// claim that the study cannot decide, for want of data or of networks, says what is missing. Each claim is judged under
    /// several readings of its words, and is counted by the first.
    Claims(Claims),
    /// List the jobs of a study folder: every network to train and every piece of analysis, and whether it is finished.
    ///
    /// Each job has a lock and a result of its own, so that several processes can work in one folder: further `circuitscope
    /// run` of the same study, or single jobs by `circuitscope job`. A job is finished when a valid result is stored,
    /// whoever computed it. Some jobs are known only once others have ended: which networks are compared depends on their scores.
    Jobs(Jobs),
    /// Compute one job of a study folder, by its name in `circuitscope jobs`.
    Job(Job),
    /// Score networks on a task: noise-free masked MSE and R² on the analysis trials.
    Score(Score),
    /// Compare networks with each other: distances, embedding, statistics over their activations.
    ///
    /// A difference that only one measure shows may be a property of the measure: ask again with `--measure`. Trajectories
    /// can be compared by every measure, endpoints by all but `dsa`; selectivity and fixed points, which have no order of
    /// points in common, by the published distance alone.
    Compare(Compare),
    /// Time training on this machine, beside its peak speed of matrix multiplication.
    ///
    /// Without options the cases of the record are timed, in about a minute; with any, one case. An iteration is noise,
    /// forward pass, loss, backward pass, Adam and projection; GFLOP/s count three products a step, 6·T·B·N·(N+U).
    /// "Share" is of the best float32 matrix product of as many threads, timed in turn with the training.
    Bench(Bench),
    /// Find where a network rests under constant input: fixed points, proven and counted.
    ///
    /// Every point is a root to rounding, and wherever possible proven to exist within a stated radius and to be the only
    /// one within another; ReLU networks are solved exactly. Stability is that of the eigenvalues, for the flow and for the
    /// Euler steps that the network takes; it is "marginal" where the error bound leaves it open. How complete the points are
    /// is estimated from how often independent starts hit each, and checked against topology where the activation allows; not
    /// where a degenerate point, as near a bifurcation, may be several or none.
    ///
    /// With `--task`, the search starts from states of its trials. With `--inputs` alone, it starts at random, and the network
    /// may have any number of inputs and outputs.
    #[command(name = "fixed-points")]
    FixedPoints(FixedPoints),
    /// Follow a network's fixed points between inputs: folds, ends, changes of stability.
    ///
    /// Without `--inputs`, every fixed point at the task's inputs is followed along every line of their grid; points that
    /// one branch passes belong to one sheet, and a point that only a branch led to had been missed by the search. With
    /// `--inputs`, the fixed points at the two ends of one line are followed; no task is needed then.
    Branches(Branches),
    /// Follow the states between the two choices of a network, context by context: drift, slow mode, selection vector.
    ///
    /// In each context, at an input with evidence for neither choice, states are placed along the line from choice to
    /// choice (CDDM: from left to right); all but the position along it comes to rest. On a line attractor the drift is small and the slowest
    /// mode points along the line. The selection vector is that mode's left eigenvector: its cosine with an input says
    /// whether evidence of this input moves the choice (Mante et al. 2013).
    #[command(name = "line-attractor")]
    LineAttractor(LineAttractor),
    /// Fit small circuits that reproduce a network or recorded neurons, and read the mechanism from their weights.
    ///
    /// A latent circuit is a network of a few nodes: one for each input, and some that the fit is free to use. Its states,
    /// embedded by orthonormal columns, should be the network's responses on the analysis trials, and its outputs the
    /// network's. Circuits are fitted from several starts; what most of them agree on is the consensus, with the interval of
    /// each weight.
    ///
    /// The score to read is `variance_explained`: the share of the variance of all units, each about its own mean, that the
    /// circuit explains. `r2_total` is the score as published, in which differences between the means of units count as
    /// explained; `r2_projected` says how much of what is seen through the embedding is explained. "Held out" are trials that
    /// the fit has not seen. Under `ceilings` stands what as many principal components explain as there are nodes, and what is
    /// not noise, where conditions were repeated. The perturbation tells whether the
    /// circuit is more than a description: each weight is changed in the circuit and, through the embedding, in the network,
    /// and the changes of behaviour are correlated (Langdon & Engel 2025; Tolmachev & Engel 2025).
    ///
    /// A recording holds, as .npz or .safetensors, the arrays `responses` [units, steps, trials], `inputs` [inputs, steps,
    /// trials] and `outputs` [outputs, steps, trials], and may hold `mask` (steps on which scores are taken: a true or false,
    /// or 1 or 0, for each step or each step and trial, or the numbers of the steps from 0; default all), `dt_ms` or `dt` (time
    /// between two steps in ms; default 1), `tau_ms` or `tau` (time constant of the nodes in ms; default 10, at least five
    /// steps) and `lengths` (steps of each trial). As .parquet it is a table with a row for each trial and step and the
    /// columns trial (numbers or names), step, unit_*, input_*, output_*, and perhaps mask, dt_ms and tau_ms. Responses may
    /// be missing (NaN, or null), inputs and outputs may not, except beyond the end of a shorter trial. Text and labels of trials
    /// and units are not used; any other name that is not understood is refused. More in docs/recordings.md.
    ///
    /// The circuit of a recording does not depend on the unit of measure (rates, spike counts, ΔF/F) or on baselines: each unit is
    /// centred, all are divided by one number, and an offset for each unit and any weights on the nodes are fitted with the
    /// circuit (`offset` and `embedding` in JSON, `embedding_model` says `linear`). Its `variance_explained` is that of each
    /// trial by weights fitted to the others. Starts that disagree lead to more (`starts` in JSON: asked for, made, the most
    /// that would be made, and whether a second one found the best circuit). Nothing is perturbed, so that `perturbation` is
    /// null in JSON; the mechanism is read where the inputs are those of trials with contexts (of CDDM, or of the task that is given), and
    /// else null.
    #[allow(clippy::doc_markdown, reason = "the help shows this text as it stands")]
    Circuit(Circuit),
    /// Test a network within and beyond the trials it was trained on: choices, thresholds, recall, with intervals.
    ///
    /// CDDM: all pairs of 31 coherences from −4 to 4 in both contexts, 7 times each under noise of 0.03. `--json` gives
    /// `coherences`, then for `motion` and `colour`, the relevant one, `right` (share of right choices) and `mse`, a row per
    /// motion coherence and a column per colour coherence; and `irrelevant_slope`, the slope of right choices on irrelevant
    /// coherences beyond 1, with its 95 % interval. Declared tasks with [contexts] (docs/tasks.md) likewise, under the names
    /// of their contexts, evidence in units of the strongest of training.
    ///
    /// Declared tasks with [choice]: the trials of training, as trained and with more noise. `--json` gives levels of `evidence`,
    /// and under `tests` for each `test` and its `strength` the share of choices of the first answer (`chosen`) and `mse`.
    ///
    /// Go/NoGo and MemoryNumber: 61 values from −1 to 2, as trained, with longer cues or delays, distractors and more noise.
    /// `--json` gives `values`, and under `tests` for each `test` and its `strength` the `answer` and `mse` to each value,
    /// with `go` (share of answers above one half) and `threshold` (Go/NoGo) or `gain` (MemoryNumber: slope of the recalled
    /// on the shown value, 1 for a perfect memory).
    #[allow(clippy::doc_markdown, reason = "the help shows this text as it stands")]
    Behave(Behave),
    /// Rank recorded neurons beside the networks of a study: which architecture is nearest, and whether that can be told.
    ///
    /// Every network is observed as the neurons were: as many of its units, drawn at random, on the same conditions, under noise
    /// that leaves the same share of the variance to the signal. The recording is then held against the networks of each class as
    /// these are against each other, by five measures. A class is ruled out if a further network of it would be as far in fewer
    /// than 1 % of cases; the verdict names the activation functions that are left (classes, where all have one), or says `cannot tell` or `none of
    /// these`. Ceiling (halves of the recording, one network observed twice) and floor (shuffled conditions, untrained networks)
    /// stand beside the distances.
    ///
    /// A recording holds, as .npz, .safetensors or .parquet, `responses` [units, steps, trials], and for each factor of the task a
    /// number for each trial: `condition_value` for Go/NoGo and MemoryNumber; `condition_context` (0 motion, 1 colour),
    /// `condition_motion_coherence` and `condition_colour_coherence` for CDDM. Trials may have gaps (NaN). Without `--start` the
    /// first step is the start of a trial and the last its end. More in docs/recordings.md.
    #[allow(clippy::doc_markdown, reason = "the help shows this text as it stands")]
    Rank(Rank),
    /// Simulate a recording of a network: some of its units, repeated trials, spikes.
    ///
    /// Says what an experiment would see of a network, to plan one or to test an analysis on neurons whose circuit is known.
    /// Units are drawn at random; each fires Poisson spikes at a rate proportional to that of its unit, above the lowest that the
    /// activation function allows (0, or −1 for tanh). One gain for all units makes the mean rate that of --rate. Trials are
    /// the analysis trials of the task.
    ///
    /// Networks are trained on trials of tenths of a second, with a time constant of 10 ms. `--step` stretches them: by default
    /// a step of the network lasts 10 ms in the recording, so that the time constant is 100 ms.
    ///
    /// The file has the arrays `responses` [neurons, steps, trials] (spikes per step), `inputs`, `outputs`, `dt_ms` and `tau_ms`, which
    /// `circuitscope circuit` reads, and for each trial `trial_condition` (its number) and `condition_…` (its factors, such as
    /// `condition_motion_coherence`); `unit_index` says which unit each neuron is. More in docs/recordings.md.
    Observe(Observe),
    /// Show what a task is: timing, inputs and outputs, conditions; draw example trials, or write the trials as arrays.
    ///
    /// The arrays are `inputs` [inputs, steps, trials], `targets` [outputs, steps, trials], `mask` [steps] (whether the output counts)
    /// and for each factor `condition_…` [trials], as NPZ or safetensors: what networks are trained on, or scored and
    /// compared on, for use in other tools.
    #[allow(clippy::doc_markdown, reason = "the help shows this text as it stands")]
    Task(Task),
}

#[derive(Args)]
pub(crate) struct Run {
    /// Study file (TOML). Examples: studies/quick.toml, standard.toml, paper.toml. [default: the built-in quick study]
    pub(crate) study: Option<PathBuf>,
    /// Study folder. [default: the study's name with -study behind it]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Threads; the number never changes a result. [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Print a summary as JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Plan {
    /// Study file (TOML). [default: the built-in quick study]
    pub(crate) study: Option<PathBuf>,
    /// Study folder, to count what is finished in it. [default: the study's name with -study behind it]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Threads to forecast for. [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
    /// Print the plan as JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Report {
    /// Study folder.
    pub(crate) folder: PathBuf,
    /// Print a summary as JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Claims {
    /// Study folder.
    pub(crate) folder: PathBuf,
    /// Permute the labels of the networks this many times instead, and print how often each claim that asks for a difference
    /// between them comes out supported all the same: at most one time in twenty, if the tests are right.
    #[arg(long, value_name = "DRAWS", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) shuffled: Option<u32>,
    /// Print the claims as JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Jobs {
    /// Study folder, begun by `circuitscope run`.
    pub(crate) folder: PathBuf,
    /// Print the jobs as JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Job {
    /// Study folder, begun by `circuitscope run`.
    pub(crate) folder: PathBuf,
    /// Name of the job: 16 hexadecimal digits.
    pub(crate) id: String,
    /// Threads; all cores by default.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
}

#[derive(Args)]
pub(crate) struct Score {
    /// Networks: circuitscope safetensors files or parameter files (JSON) of `trainRNNbrain`.
    #[arg(required = true, value_name = "NETWORK")]
    pub(crate) networks: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) task: WhichTask,
    /// Print JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Compare {
    /// Networks: circuitscope safetensors files or parameter files (JSON) of `trainRNNbrain`.
    #[arg(required = true, value_name = "NETWORK", num_args = 2..)]
    pub(crate) networks: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) task: WhichTask,
    /// What to compare: `trajectories`, `endpoints`, `selectivity` or `fixed_points`.
    #[arg(long)]
    pub(crate) aspect: String,
    /// How far apart two networks are.
    #[arg(long, value_enum, default_value = "published")]
    pub(crate) measure: Measure,
    /// CSV file with the columns network and group (a header is optional, names are those that this command prints): statistics
    /// are over these groups instead of the activations.
    #[arg(long, value_name = "FILE")]
    pub(crate) groups: Option<PathBuf>,
    /// Print JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Bench {
    /// Task: `cddm`, `go_no_go` or `memory_number`. [default for one case: cddm]
    #[arg(long)]
    pub(crate) task: Option<String>,
    /// Trials of an iteration. [default for one case: those of the published recipe]
    #[arg(long, value_name = "B")]
    pub(crate) trials: Option<usize>,
    /// Recurrent units. [default for one case: 100]
    #[arg(long, value_name = "N")]
    pub(crate) units: Option<usize>,
    /// Activation function. [default for one case: relu]
    #[arg(long, value_enum)]
    pub(crate) activation: Option<Activation>,
    /// Networks that train side by side, each on a thread of its own. [default for one case: 1]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// Print JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct FixedPoints {
    /// Network: circuitscope safetensors file or parameter file (JSON) of `trainRNNbrain`.
    pub(crate) network: PathBuf,
    #[command(flatten)]
    pub(crate) task: MaybeTask,
    /// JSON file of constant inputs, a list of lists of numbers, one for each input of the network. [default: the published
    /// inputs of the task]
    #[arg(long, value_name = "FILE")]
    pub(crate) inputs: Option<PathBuf>,
    /// Search some ten times longer, for counts that must be right.
    #[arg(long)]
    pub(crate) thorough: bool,
    /// Print JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Branches {
    /// Network: circuitscope safetensors file or parameter file (JSON) of `trainRNNbrain`.
    pub(crate) network: PathBuf,
    #[command(flatten)]
    pub(crate) task: MaybeTask,
    /// JSON file of two constant inputs, a list of two lists of numbers: where a line begins and ends. [default: every
    /// line of the task's inputs]
    #[arg(long, value_name = "FILE")]
    pub(crate) inputs: Option<PathBuf>,
    /// Print JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct Behave {
    /// Network: circuitscope safetensors file or parameter file (JSON) of `trainRNNbrain`.
    pub(crate) network: PathBuf,
    #[command(flatten)]
    pub(crate) task: WhichTask,
    /// Print JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct LineAttractor {
    /// Network: circuitscope safetensors file or parameter file (JSON) of `trainRNNbrain`.
    pub(crate) network: PathBuf,
    /// Task: `cddm`, or the TOML file of one with a table [contexts] (docs/tasks.md).
    #[arg(long, default_value = "cddm", value_name = "TASK|FILE")]
    pub(crate) task: PathBuf,
    /// States along each line.
    #[arg(long, default_value_t = 21, value_parser = clap::value_parser!(u16).range(2..))]
    pub(crate) points: u16,
    /// Print JSON on standard output, and nothing else there.
    #[arg(long)]
    pub(crate) json: bool,
}
