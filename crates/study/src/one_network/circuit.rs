//! Latent circuits of one network, or of one recording.

mod perturbation;
mod report;
mod starts;

pub use perturbation::{PerturbationRow, PredictionRow};
pub use report::{
    CeilingRow, CircuitReport, ConsensusRow, FitRow, MechanismRow, RecordingRow, SizeRow, WeightRows,
};
pub use starts::StartsRow;

use super::{Named, OneNetworkError, Recording, Source, trials_for};
use crate::event::{Event, Listener, Stage};
pub use crate::latent_circuits::HeldOutRow;
use crate::latent_circuits::{Ends, Evidence, Inference, Starts, Updates, finite_responses, held_out, read};
use circuitscope::analysis::latent_circuit::CircuitError;
use circuitscope::analysis::latent_circuit::fit::{Fit, Progress};
use circuitscope::analysis::latent_circuit::judge::{Choice, Folds, choose_nodes};
use circuitscope::analysis::latent_circuit::noise_ceiling::noise_ceiling;
use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope::analysis::latent_circuit::setting::{EmbeddingModel, NodeDynamics, Setting, Variant};
use circuitscope::architecture::{Architecture, Constraint};
use circuitscope::network::Network;
use circuitscope::silent_units::without_silent_units;
use circuitscope::task::{Cddm, Task};
use circuitscope::trials::Trials;
use circuitscope::{Curve, KernelPath};
use rayon::prelude::*;
use report::{Described, report};
use starts::Fitting;
use std::borrow::Cow;
use std::ops::ControlFlow;

/// How many nodes circuits have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nodes {
    /// The published number of the task; of a recording without a task two more than its inputs, and with output nodes
    /// one for each of these.
    Published,
    /// So many.
    Fixed(usize),
    /// Chosen among these numbers, both ends with them, by R² on held-out trials.
    Chosen {
        /// The smallest.
        least: usize,
        /// The largest.
        most: usize,
    },
}

/// How circuits are fitted and judged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CircuitSearch {
    /// Whose circuits.
    pub variant: Variant,
    /// How many nodes.
    pub nodes: Nodes,
    /// Updates of a fit.
    pub n_iterations: usize,
    /// Activation function of the nodes, for recordings alone; [`None`]: the network's own, `ReLU` for a recording.
    pub activation: Option<Curve>,
    /// How nodes are embedded, for recordings alone; [`None`]: linearly with offsets. A network's are by orthonormal columns.
    pub embedding: Option<EmbeddingModel>,
    /// Fits.
    pub starts: Starts,
    /// Parts of the trials that are held out in turn, at most as many as there are trials of different inputs; 0 holds none
    /// out.
    pub n_folds: usize,
    /// Instructions of the fits.
    pub path: KernelPath,
}

/// What circuits are fitted to, with all that belongs to it.
struct Subject<'a> {
    name: &'a str,
    network: Option<Network>,
    /// Units left out of the network because they never fire on the trials.
    n_silent: usize,
    responses: Cow<'a, Responses>,
    dynamics: NodeDynamics,
    /// The task and the trials that the responses are to, where they are known.
    shown: Option<(Task, Trials)>,
    ends: Ends,
    /// The setting but for a number of nodes that is asked for.
    setting: Setting,
    /// The recording, where it is one.
    recording: Option<RecordingRow>,
    /// How the recording was understood.
    notes: Vec<String>,
}

/// Fits latent circuits to a network's noise-free responses on the analysis trials, or to recorded responses.
///
/// - `task`: that of the network; a recording may do without.
///
/// # Errors
/// [`OneNetworkError`] names the network, the recording or the setting that does not fit.
///
/// # Source
/// LE25; TE25; docs/methods.md §4.7.
pub fn circuit(
    source: &Source,
    task: Option<&Task>,
    search: &CircuitSearch,
    listener: &Listener<'_>,
) -> Result<CircuitReport, OneNetworkError> {
    let mut subject = match source {
        Source::Recording(recording) => of_recording(recording, task, search)?,
        Source::Network(network) => of_network(network, task, search)?,
    };
    let (n_folds, note) = folds(&subject.responses, search)?;
    subject.notes.extend(note);
    let search = &CircuitSearch { n_folds, ..*search };
    let wrong = |error: CircuitError| refusal(subject.name, &error);
    let stage = Stage::Circuits;
    let (n_fits, n_folds) = (search.starts.n_fits, search.n_folds);
    let n_sizes = match search.nodes {
        Nodes::Chosen { least, most } => (most + 1).saturating_sub(least),
        Nodes::Published | Nodes::Fixed(_) => 0,
    };
    let n_rounds = n_fits * (1 + n_folds * (1 + n_sizes));
    let of_part = subject.setting.n_iterations_held_out();
    let work = (n_fits * (search.n_iterations * (1 + n_folds * n_sizes) + of_part * n_folds)) as u64;
    listener(Event::Began { stage, n_pieces: n_rounds, n_done: 0, work });
    let choice = chosen(&subject, search, listener).map_err(wrong)?;
    let setting = match (&choice, search.nodes) {
        (Some(choice), _) => subject.setting.with_nodes(choice.n_nodes),
        (None, Nodes::Fixed(n_nodes)) => subject.setting.with_nodes(n_nodes),
        (None, _) => subject.setting.clone(),
    };
    let evidence = Evidence {
        responses: &subject.responses,
        dynamics: subject.dynamics,
        shown: subject.shown.as_ref().map(|(task, trials)| (task, trials)),
        network: subject.network.as_ref(),
    };
    let (starts, path) = (search.starts, search.path);
    let fitting = Fitting { evidence, setting: &setting, starts, n_folds, path, listener };
    let (fits, starts) = fitting.fits().map_err(wrong)?;
    let inference = read(evidence, &setting, fits).map_err(wrong)?;
    let held_out = judged(evidence, &setting, search, &inference, listener).map_err(wrong)?;
    listener(Event::Ended { stage });
    let nodes = subject.ends.node_names(&setting.wiring);
    let Subject { name, n_silent, responses, shown, ends, recording, notes, .. } = subject;
    let task = shown.map(|(task, _)| task.name().to_owned());
    Ok(report(
        inference,
        held_out,
        choice,
        Described {
            embedding: setting.embedding,
            starts,
            noise: noise_ceiling(&responses),
            name: name.to_owned(),
            n_units: responses.n_units(),
            n_silent,
            task,
            nodes,
            ends,
            recording,
            notes,
        },
    ))
}

/// A network with its responses to the analysis trials of its task.
fn of_network<'a>(
    named: &'a Named,
    task: Option<&Task>,
    search: &CircuitSearch,
) -> Result<Subject<'a>, OneNetworkError> {
    let Named { name, origin, network, .. } = named;
    let origin = || origin.clone();
    let task = task.ok_or_else(|| OneNetworkError::NoTask { origin: origin() })?;
    if search.activation.is_some() {
        return Err(OneNetworkError::GivenActivation { origin: origin() });
    }
    if search.embedding.is_some() {
        return Err(OneNetworkError::GivenEmbedding { origin: origin() });
    }
    let trials = trials_for([named], task)?;
    let (network, n_silent) = without_silent_units(network.clone(), task)?;
    let wrong = |error: CircuitError| refusal(name, &error);
    let diverges = || OneNetworkError::Diverges { name: name.clone(), task: task.name().to_owned() };
    let responses = finite_responses(&network, &trials).map_err(wrong)?.ok_or_else(diverges)?;
    let setting = Setting { n_iterations: search.n_iterations, ..Setting::of_task(task, search.variant) };
    let dynamics = NodeDynamics::of_network(&network);
    let (ends, shown) = (Ends::of_task(task), Some((task.clone(), trials)));
    let (recording, notes) = (None, Vec::new());
    Ok(Subject {
        name,
        network: Some(network),
        n_silent,
        responses: Cow::Owned(responses),
        dynamics,
        shown,
        ends,
        setting,
        recording,
        notes,
    })
}

/// A recording; where its inputs are those of trials with contexts, its mechanism is read. Without a task it is of CDDM where its
/// inputs are.
fn of_recording<'a>(
    recording: &'a Recording,
    task: Option<&Task>,
    search: &CircuitSearch,
) -> Result<Subject<'a>, OneNetworkError> {
    let row = RecordingRow::new(recording);
    let Recording { name, responses, dt_ms, tau_ms, notes } = recording;
    let (n_inputs, n_outputs) = (responses.n_inputs(), responses.n_outputs());
    // Without a task it may be of CDDM, which its inputs tell.
    let candidate = task.map_or_else(|| Cddm::published().into(), Task::clone);
    let recognised = candidate.recognised(&responses.inputs);
    let shown =
        recognised.filter(|_| n_outputs == candidate.output_names().len()).map(|trials| (candidate, trials));
    let known = task.or_else(|| shown.as_ref().map(|(task, _)| task));
    let numbered = |what: &str, n: usize| (1..=n).map(|number| format!("{what} {number}")).collect();
    let (ends, setting) = if let Some(task) = known {
        (Ends::of_task(task), Setting::of_task(task, search.variant))
    } else {
        // TE25 gives CDDM and Go/NoGo two free nodes; LE25 needs a node for each output.
        let n_nodes = n_inputs + n_outputs.max(2);
        let ends = Ends { inputs: numbered("input", n_inputs), outputs: numbered("output", n_outputs) };
        (ends, Setting::published(search.variant, n_nodes, n_inputs, n_outputs).cooled())
    };
    if let Some(task) = task
        && (n_inputs, n_outputs) != (ends.inputs.len(), ends.outputs.len())
    {
        let (task_inputs, task_outputs) = (ends.inputs.len(), ends.outputs.len());
        let (name, task) = (name.clone(), task.name().to_owned());
        return Err(OneNetworkError::Misfit { name, n_inputs, n_outputs, task, task_inputs, task_outputs });
    }
    let curve = search.activation.unwrap_or(Curve::Relu);
    // The constraint is on a network's weights and has no say in the activation.
    let activation = Architecture::published(curve, Constraint::Free).activation;
    let embedding = search.embedding.unwrap_or(EmbeddingModel::Linear);
    let setting = Setting { n_iterations: search.n_iterations, ..setting };
    let setting = match embedding {
        EmbeddingModel::Linear => setting.recorded(),
        EmbeddingModel::Orthonormal => setting,
    };
    let dynamics = NodeDynamics { activation, dt_ms: *dt_ms, tau_ms: *tau_ms };
    let recording = Some(row);
    Ok(Subject {
        name,
        network: None,
        n_silent: 0,
        responses: Cow::Borrowed(responses),
        dynamics,
        shown,
        ends,
        setting,
        recording,
        notes: notes.clone(),
    })
}

/// Parts that trials are held out in, at most as many as there are trials of different inputs, with a note where these are
/// fewer than asked for.
fn folds(responses: &Responses, search: &CircuitSearch) -> Result<(usize, Option<String>), OneNetworkError> {
    let (found, n_conditions) = (search.n_folds, responses.n_conditions());
    if found == 1 {
        let expected = "0, or 2 and more".to_owned();
        return Err(OneNetworkError::Setting { name: "folds", found: found as f64, expected });
    }
    let why = match responses.n_trials() {
        1 => "there is one trial alone".to_owned(),
        n => format!("its {n} trials have the same inputs"),
    };
    match (found.min(n_conditions), search.nodes) {
        (1, Nodes::Chosen { most, .. }) => {
            let expected = format!("one number: a range is decided by trials held out, but {why}");
            Err(OneNetworkError::Setting { name: "nodes", found: most as f64, expected })
        }
        (1, _) => Ok((0, Some(format!("no held-out score: {why}")))),
        (n_folds, _) if n_folds < found => {
            let note = format!(
                "{n_conditions} trials of different inputs: held out one by one, not in {found} parts"
            );
            Ok((n_folds, Some(note)))
        }
        (n_folds, _) => Ok((n_folds, None)),
    }
}

/// The number of nodes chosen on held-out trials, where that is asked for.
fn chosen(
    subject: &Subject<'_>,
    search: &CircuitSearch,
    listener: &Listener<'_>,
) -> Result<Option<Choice>, CircuitError> {
    let Nodes::Chosen { least, most } = search.nodes else { return Ok(None) };
    let Subject { responses, dynamics, setting, .. } = subject;
    let Starts { n_fits, seed } = search.starts;
    let updates = Updates::new(n_fits, listener);
    let told = |progress: Progress| {
        updates.tell(progress);
        ControlFlow::Continue(())
    };
    let sizes: Vec<usize> = (least..=most).collect();
    let folds = Folds { n_folds: search.n_folds, n_fits, first_start: 0, seed };
    choose_nodes(responses, *dynamics, setting, &sizes, folds, search.path, &told).map(Some)
}

/// Held-out scores of each fit; nothing where no trials are held out.
fn judged(
    evidence: Evidence<'_>,
    setting: &Setting,
    search: &CircuitSearch,
    inference: &Inference,
    listener: &Listener<'_>,
) -> Result<Vec<Option<HeldOutRow>>, CircuitError> {
    let of_fit = |fit: &Fit| {
        let updates = Updates::new(1, listener);
        let told = |progress: Progress| {
            updates.tell(progress);
            ControlFlow::Continue(())
        };
        held_out(evidence, setting, fit, search.n_folds, search.path, &told)
    };
    inference.fits.par_iter().with_max_len(1).map(of_fit).collect()
}

/// What a circuit cannot be fitted for: the setting asked for, or the network.
fn refusal(name: &str, error: &CircuitError) -> OneNetworkError {
    match error {
        CircuitError::Setting { name, found, expected } => {
            OneNetworkError::Setting { name, found: *found as f64, expected: expected.clone() }
        }
        other => OneNetworkError::Dynamics { name: name.to_owned(), reason: other.to_string() },
    }
}
