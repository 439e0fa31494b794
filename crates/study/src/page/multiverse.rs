//! Claims under other choices, as the page shows them.

use super::claims::{sentence, shown};
use super::words;
use crate::table::{ChoiceVerdict, JudgedClaim, Tables};
use circuitscope::claims::Criterion;
use circuitscope::claims::multiverse::ChoiceKind;
use circuitscope_report::figure::{self, ChoiceCell, ClaimColumn, Figure, Multiverse};

/// The picture of all claims and choices; none where no choice touches a claim.
pub(super) fn figure(tables: &Tables) -> Option<Figure> {
    let key = |row: &ChoiceVerdict| (row.number, row.row, row.task.clone());
    let is_touched = |claim: &&JudgedClaim| claim.choices > 0;
    let claims: Vec<&JudgedClaim> = tables.claims.iter().filter(is_touched).collect();
    let mut choices: Vec<String> = Vec::new();
    let mut cells = Vec::new();
    for row in &tables.multiverse {
        let name = choice(row);
        let place = choices.iter().position(|known| *known == name).unwrap_or_else(|| {
            choices.push(name);
            choices.len() - 1
        });
        let of_claim = |claim: &&JudgedClaim| (claim.number, claim.row, claim.task.clone()) == key(row);
        let Some(claim) = claims.iter().position(of_claim) else { continue };
        let evidence = row.evidence.as_deref().map(|words| {
            sentence(
                words,
                row.value,
                row.low.zip(row.high).map(|(low, high)| [low, high]),
                row.p,
                Criterion::Test,
            )
        });
        let (verdict, evidence) = (shown(row.verdict), evidence.unwrap_or_default());
        cells.push(ChoiceCell { claim, choice: place, verdict, evidence });
    }
    let column = |claim: &&JudgedClaim| ClaimColumn {
        name: short(claim),
        statement: format!("{} ({})", claim.statement, words::task(&claim.task)),
        verdict: shown(claim.verdict),
    };
    (!cells.is_empty()).then(|| {
        figure::multiverse(&Multiverse {
            claims: claims.iter().map(column).collect(),
            choices,
            cells,
            data: vec!["tables/multiverse.parquet".to_owned()],
        })
    })
}

/// The number of a claim; of a row in another task the first letter of the task and the row.
fn short(claim: &JudgedClaim) -> String {
    if claim.number == claim.row {
        return claim.number.to_string();
    }
    let initial: String = words::task(&claim.task).chars().take(1).collect();
    format!("{initial}{}", claim.row)
}

fn choice(row: &ChoiceVerdict) -> String {
    match row.kind {
        ChoiceKind::Measure | ChoiceKind::Neighbours => row.choice.to_string(),
        ChoiceKind::Similarity => format!("by {}", words::similarity(&row.choice)),
        ChoiceKind::DistanceForm => "distances as published".to_owned(),
        ChoiceKind::Space => "clusters in the distances".to_owned(),
        ChoiceKind::Stratum => format!("networks: {} alone", row.choice),
    }
}
