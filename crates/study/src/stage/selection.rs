//! Which trained networks are compared: the study's rule, applied in one place.

use crate::config::Selection;
use crate::execute::StudyNetwork;

/// What the selection made of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is compared.
    Selected,
    /// Good enough, but not among the best that are kept.
    Surplus,
    /// Under the R² floor.
    BelowFloor,
    /// Its training diverged.
    Diverged,
}

impl Standing {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Selected => "selected",
            Self::Surplus => "surplus",
            Self::BelowFloor => "below_floor",
            Self::Diverged => "diverged",
        }
    }
}

/// Gives every network its standing: of each class the best `keep` with R² of at least `min_r2` are selected; equal
/// scores are ranked by their number within the class.
pub fn select(networks: Vec<StudyNetwork<'_>>, selection: Selection) -> Vec<(StudyNetwork<'_>, Standing)> {
    let better = |a: &StudyNetwork<'_>, b: &StudyNetwork<'_>| {
        let score = |network: &StudyNetwork<'_>| network.record.r2.unwrap_or(f64::NEG_INFINITY);
        score(a).total_cmp(&score(b)).then(b.record.index.cmp(&a.record.index)).is_gt()
    };
    let standings: Vec<Standing> = networks
        .iter()
        .map(|network| {
            let is_eligible = |network: &StudyNetwork<'_>| {
                network.record.outcome == "finished"
                    && network.record.r2.is_some_and(|r2| r2 >= selection.min_r2)
            };
            if network.record.outcome != "finished" {
                Standing::Diverged
            } else if !is_eligible(network) {
                Standing::BelowFloor
            } else {
                let rivals = networks.iter().filter(|rival| {
                    rival.record.class == network.record.class && is_eligible(rival) && better(rival, network)
                });
                if rivals.count() < selection.keep { Standing::Selected } else { Standing::Surplus }
            }
        })
        .collect();
    networks.into_iter().zip(standings).collect()
}
