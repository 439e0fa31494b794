//! What happens while a study runs: one stream for progress bars, logs and tests.

pub use circuitscope::train::Outcome;

/// A stage of a study, in their order, or of a command on one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Networks are trained.
    Training,
    /// Networks and controls are run, and their features taken.
    Features,
    /// Fixed points of one network are searched for.
    FixedPoints,
    /// Fixed points are followed along inputs.
    Branches,
    /// Example networks are taken apart.
    Examples,
    /// Latent circuits are fitted.
    Circuits,
    /// Networks are tested beyond the trials of their training.
    Behaviour,
    /// Networks of several tasks are taken task by task.
    TaskVariances,
    /// A recording is ranked beside networks.
    Ranking,
    /// Networks on their way through training are compared.
    Development,
    /// Claims are judged with labels permuted.
    Calibration,
    /// Distances of all pairs.
    Distances,
    /// Distances of all pairs by other measures of similarity.
    Similarity,
    /// Embeddings and statistics.
    Comparison,
    /// Conclusions tested on every measure of similarity.
    Robustness,
    /// How far aspects agree.
    Agreement,
    /// Claims are judged.
    Claims,
    /// Claims are judged anew under every admissible choice.
    Multiverse,
    /// Tables, figures and the page.
    Report,
}

impl Stage {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Training => "training networks",
            Self::Features => "taking features",
            Self::FixedPoints => "searching fixed points",
            Self::Branches => "following branches",
            Self::Examples => "taking example networks apart",
            Self::Circuits => "fitting latent circuits",
            Self::Behaviour => "testing behaviour",
            Self::TaskVariances => "measuring task variances",
            Self::Ranking => "ranking beside networks",
            Self::Development => "following training",
            Self::Calibration => "permuting labels",
            Self::Distances => "measuring distances",
            Self::Similarity => "measuring similarity",
            Self::Comparison => "embedding and testing",
            Self::Robustness => "testing robustness",
            Self::Agreement => "comparing aspects",
            Self::Claims => "judging claims",
            Self::Multiverse => "judging under other choices",
            Self::Report => "writing tables and report",
        }
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// A stage begins.
    Began {
        /// Which.
        stage: Stage,
        /// Pieces of work in it.
        n_pieces: usize,
        /// Pieces that an earlier run has finished.
        n_done: usize,
        /// Work left, in the unit of [`Event::Advanced`].
        work: u64,
    },
    /// Some of a stage's work is done.
    Advanced {
        /// Which.
        stage: Stage,
        /// How much: operations in training, pieces elsewhere.
        work: u64,
    },
    /// A network is trained and stored.
    Trained {
        /// Its name.
        name: &'a str,
        /// How it ended.
        outcome: Outcome,
        /// R² on the analysis trials.
        r2: Option<f64>,
    },
    /// Something that a user should know of and that stops nothing.
    Warned {
        /// In words.
        text: &'a str,
    },
    /// A stage is over.
    Ended {
        /// Which.
        stage: Stage,
    },
}

/// Who hears of events, from any thread.
pub type Listener<'a> = dyn Fn(Event<'_>) + Sync + 'a;
