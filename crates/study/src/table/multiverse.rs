//! Every claim under every admissible choice.

use super::claims::uncut;
use super::field::Name;
use super::row::table;
use circuitscope::claims::Verdict;
use circuitscope::claims::multiverse::{ChoiceKind, UnderChoice};

table! {
    /// One row per claim and choice that touches it: what the study would say had it been chosen so.
    "multiverse" => pub(crate) struct ChoiceVerdict {
        /// Number of the claim.
        number: usize,
        /// Claim whose rule decides, as in `claims`.
        row: usize,
        /// Task.
        task: Name,
        /// What is chosen: how a `measure` of one network is taken, the measure of `similarity` of trajectories, the form of distances (`distance_form`), the `space` in which clusters are looked for, how many nearest `neighbours` vote, the `stratum` of networks.
        kind: ChoiceKind,
        /// What it is chosen to be.
        choice: Name,
        /// The decision under the choice, by 1999 permutations at most.
        verdict: Verdict,
        /// Whether it is the decision of the study.
        agrees: bool,
        /// The p that goes with it, as in `claims`.
        p: Option<f64>,
        /// The number that decides, in words.
        evidence: Option<Name>,
        /// Value of the number that decides; ∞ of a ratio beyond 1000.
        value: Option<f64>,
        /// Lower end of its 95 % interval over networks.
        low: Option<f64>,
        /// Upper end of the interval; ∞ of a ratio beyond 1000.
        high: Option<f64>,
    }
}

impl ChoiceVerdict {
    pub(crate) fn of(multiverse: &[UnderChoice]) -> Vec<Self> {
        let row = |under: &UnderChoice| {
            let reading = under.claim.first();
            let part = reading.decider();
            let interval = part.and_then(|part| part.interval);
            Self {
                number: under.claim.number as usize,
                row: under.claim.row as usize,
                task: under.claim.task.as_str().into(),
                kind: under.kind,
                choice: under.choice.as_str().into(),
                verdict: reading.verdict,
                agrees: under.agrees,
                p: reading.p,
                evidence: part.map(|part| part.words.as_str().into()),
                value: part.and_then(|part| part.value).map(uncut),
                low: interval.map(|[low, _]| uncut(low)),
                high: interval.map(|[_, high]| uncut(high)),
            }
        };
        multiverse.iter().map(row).collect()
    }
}
