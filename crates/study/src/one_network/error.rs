//! Why a command on single networks or recordings gives no result.

use super::LeftOut;
use circuitscope::dynamics::run::RunError;

/// Why networks could not be scored or compared.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum OneNetworkError {
    /// There is no such task.
    #[error("there is no task `{name}`")]
    #[diagnostic(help("{remedy}"))]
    UnknownTask {
        /// The name.
        name: String,
        /// The nearest known names.
        remedy: String,
    },
    /// There is no such aspect.
    #[error("there is no aspect `{name}`")]
    #[diagnostic(help("{remedy}"))]
    UnknownAspect {
        /// The name.
        name: String,
        /// The nearest known names.
        remedy: String,
    },
    /// A network is given without its task.
    #[error("{origin} is a network, whose responses are those to the trials of a task")]
    #[diagnostic(help("name the task that it was trained on with --task; a recording needs none"))]
    NoTask {
        /// Where the network comes from.
        origin: String,
    },
    /// The nodes of a network's circuit have the network's activation function.
    #[error("{origin} is a network, whose circuits have its own activation function")]
    #[diagnostic(help("leave --activation out, or give a recording"))]
    GivenActivation {
        /// Where the network comes from.
        origin: String,
    },
    /// Of a network all units are known, in its own units of measure.
    #[error("{origin} is a network, whose circuits have an orthonormal embedding")]
    #[diagnostic(help("leave --embedding out, or give a recording"))]
    GivenEmbedding {
        /// Where the network comes from.
        origin: String,
    },
    /// A network does not fit the task.
    #[error(
        "{name} has {n_inputs} inputs and {n_outputs} outputs, but task `{task}` has {task_inputs} and {task_outputs}"
    )]
    #[diagnostic(help(
        "name the task that the network was trained on with --task; `fixed-points` and `branches` need none where --inputs \
         gives the inputs"
    ))]
    Misfit {
        /// The network.
        name: String,
        /// Its inputs.
        n_inputs: usize,
        /// Its outputs.
        n_outputs: usize,
        /// The task.
        task: String,
        /// The task's inputs.
        task_inputs: usize,
        /// The task's outputs.
        task_outputs: usize,
    },
    /// A network's activity grows without bound.
    #[error("{name} diverges: its activity grows without bound on task `{task}`")]
    #[diagnostic(help(
        "leave the network out; if it works elsewhere, see that `dt`, `tau` and the activation function are its own"
    ))]
    Diverges {
        /// The network.
        name: String,
        /// The task.
        task: String,
    },
    /// Neither a task nor inputs are given.
    #[error("nothing says at which inputs to look for fixed points")]
    #[diagnostic(help(
        "give --task T for the published inputs of the task that the network was trained on, or --inputs FILE, a JSON list of \
         inputs, each a list of numbers, one for each input of the network"
    ))]
    NoInputs,
    /// A task without choices has no line between them.
    #[error("task `{task}` has no choices to draw a line between")]
    #[diagnostic(help(
        "line attractors are those of `--task cddm`; `circuitscope branches NETWORK --inputs FILE` follows the fixed points of \
         any network from one input to another"
    ))]
    NoChoices {
        /// The task.
        task: String,
    },
    /// The task has no tests of behaviour beyond its trials.
    #[error("task `{task}` has no tests of behaviour beyond its trials")]
    #[diagnostic(help(
        "`behave` tests choices by context (cddm, and declared tasks with [contexts]), by evidence (those with [choice]), go answers (go_no_go) and recall of a \
         value (memory_number); `score` gives the \
         error on the trials of any task"
    ))]
    NoBattery {
        /// The task.
        task: String,
    },
    /// A network ends left and right trials in the same state.
    #[error(
        "{name} does not tell two choices apart: in the {context} context the states at the end of trials for `{}` and for `{}` are {apart:.1e} apart ({share:.1e} of their size), so that there is no line between them; at this input \
         it has {n_stable} stable {states}",
        answers[1],
        answers[0]
    )]
    #[diagnostic(help(
        "a line needs a network that decides: see whether it solves the task with `circuitscope score NETWORK --task …`, \
         and where it rests with `circuitscope fixed-points NETWORK --task …`"
    ))]
    OneChoice {
        /// The network.
        name: String,
        /// The context, called after what counts in it.
        context: String,
        /// The answers, called after their outputs.
        answers: Box<[String; 2]>,
        /// Distance between the two states.
        apart: f64,
        /// The same over the larger of their norms.
        share: f64,
        /// Stable fixed points at the constant input of the context, with evidence for neither choice.
        n_stable: usize,
        /// `state` or `states`.
        states: &'static str,
    },
    /// A measure compares what this aspect does not have.
    #[error("measure `{measure}` cannot compare {aspect}")]
    #[diagnostic(help("{remedy}"))]
    Unmatched {
        /// The measure.
        measure: &'static str,
        /// The aspect.
        aspect: &'static str,
        /// What it can compare.
        remedy: &'static str,
    },
    /// So few points are the same by the measure whatever they are.
    #[error(
        "measure `{measure}` finds no difference between any {aspect} of {n_points} points in {rank} directions, expected \
         {n_needed} points at least"
    )]
    #[diagnostic(help("{remedy}"))]
    Saturated {
        /// The measure.
        measure: &'static str,
        /// The aspect.
        aspect: &'static str,
        /// Points of a network.
        n_points: usize,
        /// Directions that they span.
        rank: usize,
        /// Points that are needed.
        n_needed: usize,
        /// What can be compared instead.
        remedy: &'static str,
    },
    /// A number asked for is outside its range.
    #[error("`{name}` is {found}, expected {expected}")]
    #[diagnostic(help("leave the option out to take its default"))]
    Setting {
        /// Name of the setting.
        name: &'static str,
        /// Its value.
        found: f64,
        /// The range in words.
        expected: String,
    },
    /// A recording cannot be ranked beside networks.
    #[error("{origin}: {reason}")]
    #[diagnostic(help("{remedy}"))]
    Unranked {
        /// The recording, or the study.
        origin: String,
        /// What does not fit.
        reason: String,
        /// What would.
        remedy: String,
    },
    /// The dynamics of a network cannot be taken apart.
    #[error("{name}: {reason}")]
    Dynamics {
        /// The network.
        name: String,
        /// Why.
        reason: String,
    },
    /// Fewer than two networks are left to compare.
    #[error("{}; no two networks are left to compare", sentences(.left_out))]
    #[diagnostic(help("give at least two networks whose activity stays within bounds"))]
    NoneLeft {
        /// Those that are left out.
        left_out: Vec<LeftOut>,
    },
    /// Features cannot be compared; a network that passed the checks before has none of this.
    #[error("cannot compare the networks: {reason}")]
    Incomparable {
        /// What does not fit.
        reason: String,
    },
}

impl From<RunError> for OneNetworkError {
    fn from(error: RunError) -> Self {
        Self::Incomparable { reason: error.to_string() }
    }
}

/// Who is left out and why, as a sentence for each.
fn sentences(left_out: &[LeftOut]) -> String {
    let each: Vec<String> =
        left_out.iter().map(|LeftOut { name, reason }| format!("{name} {reason}")).collect();
    each.join("; ")
}
