//! Every claim under every admissible choice.

use serde::{Deserialize, Serialize};

use super::{
    Area, Aspect, Axis, Figure, Ink, LegendEntry, Mark, Panel, Plane, Rgb, Row, Side, Swatch, Symbol, slug,
};
use crate::Verdict;

/// The verdicts of a study under other choices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Multiverse {
    /// The claims, a column each.
    pub claims: Vec<ClaimColumn>,
    /// The choices, a row each.
    pub choices: Vec<String>,
    /// The verdicts; a claim that a choice does not touch has none there.
    pub cells: Vec<ChoiceCell>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// A claim over the rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimColumn {
    /// Short name, such as `7` or `18 G7`.
    pub name: String,
    /// The claim, for pointing.
    pub statement: String,
    /// What the study says.
    pub verdict: Verdict,
}

/// A claim under a choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChoiceCell {
    /// Index into [`Multiverse::claims`].
    pub claim: usize,
    /// Index into [`Multiverse::choices`].
    pub choice: usize,
    /// What the study would say.
    pub verdict: Verdict,
    /// The number that decides, in a sentence.
    pub evidence: String,
}

const VERDICTS: [(Verdict, Symbol, Ink); 4] = [
    (Verdict::Supported, Symbol::Circle, Ink::Colour(Rgb::hex(0x0030_a46c))),
    (Verdict::Contradicted, Symbol::TriangleDown, Ink::Colour(Rgb::hex(0x00d1_3438))),
    (Verdict::Equivalent, Symbol::Diamond, Ink::Colour(Rgb::hex(0x0034_5fd0))),
    (Verdict::Inconclusive, Symbol::Ring, Ink::Muted),
];

/// A row per choice and a column per claim; the first row names the claims, the second is what the study says.
pub fn multiverse(input: &Multiverse) -> Figure {
    let fixed = ["claim", "as judged"].into_iter().map(str::to_owned);
    let labels = fixed.chain(input.choices.iter().cloned());
    let rows: Vec<Row> = labels.map(|label| Row { label, note: String::new() }).collect();
    let mut marks: Vec<Mark> = input.claims.iter().enumerate().map(|(x, claim)| name(x, claim)).collect();
    for (key, &(verdict, symbol, ink)) in VERDICTS.iter().enumerate() {
        let judged = input.claims.iter().enumerate().filter(|(_, claim)| claim.verdict == verdict);
        let judged = judged.map(|(x, claim)| (x, 1, claim.statement.clone()));
        let cells = input.cells.iter().filter(|cell| cell.verdict == verdict).map(|cell| {
            let hover = format!("{}: {}", input.choices[cell.choice], cell.evidence);
            (cell.claim, cell.choice + 2, hover)
        });
        let placed: Vec<(usize, usize, String)> = judged.chain(cells).collect();
        if !placed.is_empty() {
            marks.push(Mark::Points {
                x: placed.iter().map(|(x, _, _)| *x as f64).collect(),
                y: placed.iter().map(|(_, y, _)| *y as f64).collect(),
                hover: placed.into_iter().map(|(_, _, hover)| hover).collect(),
                symbol,
                ink,
                radius: 4.5,
                keys: vec![key],
            });
        }
    }
    let legend = VERDICTS.iter().map(|&(verdict, symbol, ink)| LegendEntry {
        label: verdict.text().into(),
        swatch: Swatch::Point { symbol, ink },
    });
    Figure {
        id: slug(&["multiverse"]),
        title: "Would another choice have said the same?".into(),
        caption: "Each column is a claim, each row a choice that another analyst could have made; the first is what this \
                  study says. A claim whose column changes its sign rests on a choice. Where a cell is empty, the choice does \
                  not touch the claim, or leaves too few data for it."
            .into(),
        columns: 1,
        legend: legend.collect(),
        panels: vec![Panel {
            title: String::new(),
            subtitle: String::new(),
            tint: None,
            area: Area::Plane(Plane {
                x: Axis::linear("").range(-0.7, input.claims.len() as f64 - 0.3).bare(),
                y: Axis::rows(rows),
                aspect: Aspect::Fill(0.75),
                marks,
            }),
        }],
        data: input.data.clone(),
    }
}

/// The number of a claim above its column.
fn name(x: usize, claim: &ClaimColumn) -> Mark {
    Mark::Name { at: [x as f64, 0.0], side: Side::Centre, text: claim.name.clone(), keys: Vec::new() }
}
