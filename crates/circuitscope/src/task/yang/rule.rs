//! The table of the twenty tasks: when things are shown, and what is asked for.

/// A task of the twenty.
#[derive(Debug, PartialEq)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) times: Times,
    pub(super) ask: Ask,
}

/// When stimuli are shown and the answer is asked for (ms).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Times {
    /// A stimulus from its onset to the end; an answer when the fixation point goes off.
    Shown,
    /// A stimulus from its onset to the end; an answer at once.
    Reaction,
    /// A stimulus, a delay; an answer when the fixation point goes off.
    Remembered,
    /// Two stimuli at once; an answer when they and the fixation point go off. In tests until `test_go`.
    Together {
        /// When the answer is asked for in tests.
        test_go: f64,
    },
    /// Two stimuli in turn with a delay between them; an answer when the fixation point goes off.
    InTurn {
        /// When the answer is asked for in tests, and when they end.
        test_go: f64,
        /// End of the trials of tests.
        test_end: f64,
    },
    /// A stimulus, a delay, and a stimulus to the end, with which the answer is asked for.
    Compared {
        /// For how long an answer is asked for in training, each as likely.
        answers: &'static [f64],
    },
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ask {
    /// The direction of the stimulus.
    Pro,
    /// The opposite direction.
    Anti,
    /// The direction of the stronger of two stimuli.
    Stronger {
        /// Where they are shown and count.
        seen: Seen,
        /// Coherences in training: half the difference of the strengths.
        coherences: &'static [f64],
        /// Coherences on analysis trials, to be taken with either sign.
        tested: [f64; 2],
    },
    /// The direction of the second of two stimuli, or fixation, as they match.
    Match {
        /// What has to be the same.
        alike: Alike,
        /// Whether a match asks for fixation.
        hold: Hold,
    },
}

/// Where stimuli are shown, and where they count.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Seen {
    /// In one modality (0 or 1).
    One(usize),
    /// In both, of which one counts (0 or 1).
    Attended(usize),
    /// In both, of which the sum counts.
    Both,
}

/// What two stimuli are compared by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Alike {
    /// Their directions.
    Direction,
    /// On which half of the circle they are.
    Category,
}

/// What asks for fixation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Hold {
    /// Stimuli that do not match.
    NonMatch,
    /// Stimuli that match.
    Match,
}

/// Onsets, durations and delays that more than one task draws from (ms).
pub(super) const SHORT: &[f64] = &[200.0, 400.0, 600.0];
pub(super) const DELAYS: &[f64] = &[200.0, 400.0, 800.0, 1600.0];
pub(super) const ONSETS: &[f64] = &[300.0, 500.0, 700.0];
pub(super) const TOGETHER: &[f64] = &[400.0, 800.0, 1600.0];
/// How long an answer is asked for (ms).
pub(super) const ANSWER: f64 = 500.0;

impl Times {
    /// The longest of what a trial is drawn from, one after the other (ms).
    pub(super) fn longest(self) -> Vec<f64> {
        match self {
            Self::Shown => vec![700.0, 1500.0, ANSWER],
            Self::Reaction => vec![2500.0, ANSWER],
            Self::Remembered => vec![700.0, 600.0, 1600.0, ANSWER],
            Self::Together { .. } => vec![400.0, 1600.0, ANSWER],
            Self::InTurn { .. } => vec![600.0, 600.0, 1600.0, 600.0, 300.0, ANSWER],
            Self::Compared { answers } => {
                vec![600.0, 600.0, 1600.0, answers.iter().copied().fold(0.0, f64::max)]
            }
        }
    }
}

impl Ask {
    /// What distinguishes its trials.
    pub(super) fn conditions(self) -> &'static [&'static str] {
        match self {
            Self::Pro | Self::Anti => &["direction", "modality"],
            Self::Stronger { seen: Seen::One(_), .. } => &["direction", "coherence"],
            Self::Stronger { seen: Seen::Attended(_), .. } => {
                &["direction", "coherence", "irrelevant coherence"]
            }
            Self::Stronger { seen: Seen::Both, .. } => &["direction", "coherence", "modality difference"],
            Self::Match { .. } => &["direction", "match", "modality", "second modality"],
        }
    }
}

/// The name of all tasks together.
pub(super) const ALL: &str = "yang";

const fn together(name: &'static str, test_go: f64, seen: Seen) -> Rule {
    let (coherences, tested) = (&[0.01, 0.02, 0.04, 0.08], [0.04, 0.12]);
    Rule { name, times: Times::Together { test_go }, ask: Ask::Stronger { seen, coherences, tested } }
}

const fn in_turn(name: &'static str, [test_go, test_end]: [f64; 2], seen: Seen, tested: [f64; 2]) -> Rule {
    let coherences = &[0.08, 0.16, 0.32];
    let times = Times::InTurn { test_go, test_end };
    Rule { name, times, ask: Ask::Stronger { seen, coherences, tested } }
}

const fn compared(name: &'static str, answers: &'static [f64], alike: Alike, hold: Hold) -> Rule {
    Rule { name, times: Times::Compared { answers }, ask: Ask::Match { alike, hold } }
}

/// The tasks in the order of the paper, which is that of their rule inputs.
pub(super) const RULES: &[Rule] = &[
    Rule { name: "yang_go", times: Times::Shown, ask: Ask::Pro },
    Rule { name: "yang_rt_go", times: Times::Reaction, ask: Ask::Pro },
    Rule { name: "yang_dly_go", times: Times::Remembered, ask: Ask::Pro },
    Rule { name: "yang_anti", times: Times::Shown, ask: Ask::Anti },
    Rule { name: "yang_rt_anti", times: Times::Reaction, ask: Ask::Anti },
    Rule { name: "yang_dly_anti", times: Times::Remembered, ask: Ask::Anti },
    together("yang_dm1", 2000.0, Seen::One(0)),
    together("yang_dm2", 2000.0, Seen::One(1)),
    together("yang_ctx_dm1", 1500.0, Seen::Attended(0)),
    together("yang_ctx_dm2", 1500.0, Seen::Attended(1)),
    together("yang_multsen_dm", 1500.0, Seen::Both),
    in_turn("yang_dly_dm1", [2700.0, 3000.0], Seen::One(0), [0.1, 0.3]),
    in_turn("yang_dly_dm2", [2700.0, 3000.0], Seen::One(1), [0.1, 0.3]),
    in_turn("yang_ctx_dly_dm1", [3000.0, 3500.0], Seen::Attended(0), [0.04, 0.12]),
    in_turn("yang_ctx_dly_dm2", [3000.0, 3500.0], Seen::Attended(1), [0.04, 0.12]),
    in_turn("yang_multsen_dly_dm", [3000.0, 3500.0], Seen::Both, [0.04, 0.12]),
    compared("yang_dms", &[ANSWER], Alike::Direction, Hold::NonMatch),
    compared("yang_dnms", &[ANSWER], Alike::Direction, Hold::Match),
    compared("yang_dmc", SHORT, Alike::Category, Hold::NonMatch),
    compared("yang_dnmc", SHORT, Alike::Category, Hold::Match),
];

/// Names of the tasks, and last of all together.
pub(super) const NAMES: [&str; 21] = {
    let mut names = [ALL; 21];
    let mut place = 0;
    while place < RULES.len() {
        names[place] = RULES[place].name;
        place += 1;
    }
    names
};
