//! Statistics of a study beside the published ones.

use serde::{Deserialize, Serialize};

use super::{
    Area, Aspect, Axis, Figure, Ink, LegendEntry, Mark, Panel, Plane, Rgb, Row, Swatch, Symbol, Weight, slug,
};

/// Statistics of one task beside published values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Name of the task for readers.
    pub task: String,
    /// One entry a statistic of an aspect, in reading order.
    pub rows: Vec<AgreementRow>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// One statistic of one aspect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgreementRow {
    /// Name of the statistic for readers; one panel each.
    pub statistic: String,
    /// Name of the aspect for readers; one row each.
    pub aspect: String,
    /// Value in this study.
    pub value: f64,
    /// Its confidence interval, where stored.
    pub interval: Option<[f64; 2]>,
    /// Published value, where there is one.
    pub published: Option<f64>,
}

const OURS: Rgb = Rgb::hex(0x0034_5fd0);

/// A panel a statistic, a row an aspect: a dot with its interval, an open diamond for the published value.
pub fn agreement(input: &Agreement) -> Figure {
    let mut statistics: Vec<&str> = Vec::new();
    for row in &input.rows {
        if !statistics.contains(&row.statistic.as_str()) {
            statistics.push(&row.statistic);
        }
    }
    let panels = statistics
        .iter()
        .map(|statistic| {
            let rows: Vec<&AgreementRow> =
                input.rows.iter().filter(|row| row.statistic == *statistic).collect();
            Panel {
                title: (*statistic).to_owned(),
                subtitle: String::new(),
                tint: None,
                area: Area::Plane(plane(&rows)),
            }
        })
        .collect();
    let legend = vec![
        LegendEntry {
            label: "this study".into(),
            swatch: Swatch::Point { symbol: Symbol::Circle, ink: Ink::Colour(OURS) },
        },
        LegendEntry {
            label: "its confidence interval".into(),
            swatch: Swatch::Line { ink: Ink::Colour(OURS), weight: Weight::Thin },
        },
        LegendEntry {
            label: "published".into(),
            swatch: Swatch::Point { symbol: Symbol::Diamond, ink: Ink::Text },
        },
    ];
    Figure {
        id: slug(&["agreement", &input.task]),
        title: format!("{}: this study beside the published one", input.task),
        caption: "Where the diamond lies within the bar, the published value is within what this study's sample of \
                  networks can tell apart from its own."
            .into(),
        columns: 3,
        legend,
        panels,
        data: input.data.clone(),
    }
}

fn plane(rows: &[&AgreementRow]) -> Plane {
    let mut marks = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let y = i as f64;
        if let Some(x) = row.interval {
            marks.push(Mark::Interval { x, y, ink: Ink::Colour(OURS), keys: vec![1] });
        }
        let mut point = |x: f64, symbol, ink, whose: &str, key| {
            marks.push(Mark::Points {
                x: vec![x],
                y: vec![y],
                hover: vec![format!("{}, {whose}: {x:.2}", row.aspect)],
                symbol,
                ink,
                radius: 4.5,
                keys: vec![key],
            });
        };
        point(row.value, Symbol::Circle, Ink::Colour(OURS), "this study", 0);
        if let Some(published) = row.published {
            point(published, Symbol::Diamond, Ink::Text, "published", 2);
        }
    }
    let labels = rows.iter().map(|row| Row { label: row.aspect.clone(), note: String::new() }).collect();
    Plane {
        x: Axis::linear("").range(lowest(rows), 1.0),
        y: Axis::rows(labels),
        aspect: Aspect::Fill(0.5),
        marks,
    }
}

/// 0, or the tenth below the lowest number.
fn lowest(rows: &[&AgreementRow]) -> f64 {
    let numbers = rows.iter().flat_map(|row| {
        [Some(row.value), row.published, row.interval.map(|interval| interval[0])].into_iter().flatten()
    });
    let low = numbers.filter(|number| number.is_finite()).fold(0.0, f64::min);
    (low * 10.0).floor() / 10.0
}
