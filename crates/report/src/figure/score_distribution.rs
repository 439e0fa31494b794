//! Scores of every trained network, class by class.

use serde::{Deserialize, Serialize};

use super::{
    Area, Aspect, Axis, Class, Figure, Ink, LegendEntry, Mark, Panel, Plane, Row, Swatch, Symbol, Weight,
    slug,
};

/// Scores of the networks of one task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreDistribution {
    /// Name of the task for readers.
    pub task: String,
    /// One row a class, in the study's order.
    pub classes: Vec<ScoreClass>,
    /// Lowest R² that the study's selection admits, if it has a floor.
    pub r2_floor: Option<f64>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// Scores of the networks of one class on one task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScoreClass {
    /// The class.
    pub class: Class,
    /// One entry a network that has a score.
    pub networks: Vec<NetworkScore>,
    /// Median masked mean squared error of the selected networks.
    pub median_mse: Option<f64>,
    /// Median R² of the selected networks.
    pub median_r2: Option<f64>,
    /// What became of all the networks of the class.
    pub counts: RunCounts,
    /// Published masked mean squared error, where there is one.
    pub published: Option<PublishedScore>,
}

/// Score of one network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkScore {
    /// Name of the network, as in the tables.
    pub network: String,
    /// Noise-free masked mean squared error.
    pub mse: f64,
    /// 1 − MSE / variance of the masked target.
    pub r2: f64,
    /// Whether the study's selection kept it.
    pub standing: Standing,
}

/// What the study's selection made of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Kept for the analyses.
    Selected,
    /// Good enough, but not among the best that are kept.
    Surplus,
    /// Under the R² floor.
    BelowFloor,
}

/// What became of the networks of one class on one task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunCounts {
    /// Trainings started.
    pub trained: usize,
    /// Kept for the analyses.
    pub selected: usize,
    /// Ended without a usable network.
    pub diverged: usize,
    /// Under the R² floor.
    pub below_floor: usize,
    /// Reasons of the trainings that ended early, each with its count, in a fixed order.
    pub reasons: Vec<(String, usize)>,
}

/// Published range of the masked mean squared error.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PublishedScore {
    /// Lowest.
    pub min: f64,
    /// Median.
    pub median: f64,
    /// Highest.
    pub max: f64,
}

const SELECTED: usize = 0;
const LEFT_OUT: usize = 1;
const PUBLISHED: usize = 3;

/// Strips of the error and of R², a row a class, over the published range and the floor.
pub fn score_distribution(input: &ScoreDistribution) -> Figure {
    let mut legend = vec![
        LegendEntry {
            label: "selected network".into(),
            swatch: Swatch::Point { symbol: Symbol::Circle, ink: Ink::Text },
        },
        LegendEntry {
            label: "not selected".into(),
            swatch: Swatch::Point { symbol: Symbol::Ring, ink: Ink::Text },
        },
        LegendEntry {
            label: "median of the selected".into(),
            swatch: Swatch::Point { symbol: Symbol::Bar, ink: Ink::Text },
        },
    ];
    if input.classes.iter().any(|class| class.published.is_some()) {
        legend.push(LegendEntry {
            label: "published range and median".into(),
            swatch: Swatch::Range { ink: Ink::Muted },
        });
    }
    Figure {
        id: slug(&["scores", &input.task]),
        title: format!("{}: scores of the trained networks", input.task),
        caption: "Each dot is one network, each row one class; error falls to the left, R² of outputs rises to the right, and \
                  networks left of the dashed floor are not analysed."
            .into(),
        columns: 2,
        legend,
        panels: vec![error_panel(input), r2_panel(input)],
        data: input.data.clone(),
    }
}

fn error_panel(input: &ScoreDistribution) -> Panel {
    let mut marks = Vec::new();
    for (row, class) in input.classes.iter().enumerate() {
        let Some(published) = class.published else { continue };
        let y = row as f64;
        marks.push(Mark::Band {
            x: [published.min, published.max],
            y: [y + 0.46, y - 0.46],
            hover: format!(
                "published: {:.4} … {:.4}, median {:.4}",
                published.min, published.max, published.median
            ),
            ink: Ink::Muted,
            keys: vec![PUBLISHED],
        });
        marks.push(stroke([published.median; 2], [y - 0.46, y + 0.46], Ink::Muted, Weight::Thin, PUBLISHED));
    }
    // The axis covers the published ranges and all networks that pass the floor, with a margin.
    let passing = networks(input).filter(|network| network.standing != Standing::BelowFloor);
    let published = input.classes.iter().filter_map(|class| class.published);
    let span = extent(passing.map(|network| network.mse).chain(published.flat_map(|p| [p.min, p.max])));
    let [low, high] = span.map_or([1e-4, 1.0], |[low, high]| [low * 0.85, high * 1.25]);
    strips(input, |network| network.mse, |class| class.median_mse, [low, high], &mut marks);
    Panel {
        title: "Masked mean squared error".into(),
        subtitle: beyond(networks(input).filter(|n| !(low..=high).contains(&n.mse)).count(), "logarithmic"),
        tint: None,
        area: Area::Plane(Plane {
            x: Axis::log("masked mean squared error, noise-free").range(low, high),
            y: Axis::rows(rows(input, kept)),
            aspect: Aspect::Fill(0.7),
            marks,
        }),
    }
}

fn r2_panel(input: &ScoreDistribution) -> Panel {
    let mut marks = Vec::new();
    if let Some(floor) = input.r2_floor {
        marks.push(Mark::Rule { x: floor, label: format!("floor {floor}") });
    }
    // The axis reaches below the floor by half its distance to the best.
    let span = extent(networks(input).map(|network| network.r2));
    let [lowest, highest] = span.unwrap_or([0.0, 1.0]);
    let highest = highest.max(input.r2_floor.unwrap_or(highest)); // where all are below the floor
    let low = input.r2_floor.map_or(lowest, |floor| floor - 0.5 * (highest - floor).max(0.05));
    let margin = 0.04 * (highest - low).max(0.01);
    strips(input, |network| network.r2, |class| class.median_r2, [low, highest + margin], &mut marks);
    Panel {
        title: "Variance of the target that outputs explain".into(),
        subtitle: beyond(networks(input).filter(|n| n.r2 < low).count(), ""),
        tint: None,
        area: Area::Plane(Plane {
            x: Axis::linear("R² of outputs, noise-free").range(low, highest + margin),
            y: Axis::rows(rows(input, lost)),
            aspect: Aspect::Fill(0.7),
            marks,
        }),
    }
}

fn networks(input: &ScoreDistribution) -> impl Iterator<Item = &NetworkScore> {
    input.classes.iter().flat_map(|class| &class.networks)
}

fn extent(values: impl Iterator<Item = f64>) -> Option<[f64; 2]> {
    values.filter(|value| value.is_finite()).fold(None, |span, value| match span {
        None => Some([value; 2]),
        Some([low, high]) => Some([low.min(value), high.max(value)]),
    })
}

fn beyond(n: usize, otherwise: &str) -> String {
    if n == 0 { otherwise.to_owned() } else { format!("{n} beyond the axis, at its edge") }
}

/// How many were selected, under the names of the rows of the first panel.
fn kept(counts: &RunCounts) -> String {
    format!("{} of {} selected", counts.selected, counts.trained)
}

/// How many fell out and why, under the names of the rows of the second.
fn lost(counts: &RunCounts) -> String {
    let part = |n: usize, what: &str| (n > 0).then(|| format!("{n} {what}"));
    let parts = [part(counts.below_floor, "below floor"), part(counts.diverged, "diverged")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "none lost".to_owned() } else { parts.join(", ") }
}

fn rows(input: &ScoreDistribution, note: fn(&RunCounts) -> String) -> Vec<Row> {
    input.classes.iter().map(|c| Row { label: c.class.label.clone(), note: note(&c.counts) }).collect()
}

/// The dots of every class, spread over the height of its row, and the stroke of its median. A dot beyond the axis
/// stands at its edge and tells its value on pointing.
fn strips(
    input: &ScoreDistribution,
    score: fn(&NetworkScore) -> f64,
    median: fn(&ScoreClass) -> Option<f64>,
    [low, high]: [f64; 2],
    marks: &mut Vec<Mark>,
) {
    for (row, class) in input.classes.iter().enumerate() {
        let ink = Ink::Colour(class.class.colour);
        for (key, symbol) in [(LEFT_OUT, Symbol::Ring), (SELECTED, Symbol::Circle)] {
            let shown: Vec<(usize, &NetworkScore)> = class
                .networks
                .iter()
                .enumerate()
                .filter(|(_, network)| (network.standing == Standing::Selected) == (key == SELECTED))
                .collect();
            marks.push(Mark::Points {
                x: shown.iter().map(|(_, network)| score(network).clamp(low, high)).collect(),
                y: shown.iter().map(|(i, _)| row as f64 + spread(*i)).collect(),
                hover: shown.iter().map(|(_, network)| hover(network)).collect(),
                symbol,
                ink,
                radius: 2.6,
                keys: vec![key],
            });
        }
        if let Some(median) = median(class) {
            let y = row as f64;
            marks.push(stroke([median; 2], [y - 0.34, y + 0.34], Ink::Text, Weight::Bold, 2));
        }
    }
}

fn stroke(x: [f64; 2], y: [f64; 2], ink: Ink, weight: Weight, key: usize) -> Mark {
    Mark::Line { x: x.to_vec(), y: y.to_vec(), hover: String::new(), ink, weight, keys: vec![key] }
}

fn hover(network: &NetworkScore) -> String {
    let standing = match network.standing {
        Standing::Selected => "selected",
        Standing::Surplus => "above the floor, not among the best",
        Standing::BelowFloor => "below the floor",
    };
    let number = |value: f64, decimals: usize| {
        if value.is_finite() { format!("{value:.decimals$}") } else { "not a finite number".to_owned() }
    };
    format!("{}\nMSE {}, R² {}\n{standing}", network.network, number(network.mse, 5), number(network.r2, 4))
}

/// Height of dot `i` within its row, in ±0.28: the golden-ratio sequence, even without being a pattern.
fn spread(i: usize) -> f64 {
    ((i as f64 * 0.618_033_988_75).fract() - 0.5) * 0.56
}
