//! A recording beside classes of networks: distances between what is possible at best and at worst, and how many neurons and
//! trials would tell.

use serde::{Deserialize, Serialize};

use super::{
    Area, Aspect, Axis, Class, Figure, Ink, LegendEntry, Mark, Panel, Plane, Rgb, Row, Swatch, Symbol,
    Weight, slug,
};

/// A recording ranked beside the classes of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecordedDistances {
    /// Name of the task for readers.
    pub task: String,
    /// Name of the recording.
    pub recording: String,
    /// What can be said, in a few words.
    pub verdict: String,
    /// The classes, in the study's order.
    pub classes: Vec<RankedClass>,
    /// One entry per measure.
    pub measures: Vec<MeasuredDistances>,
    /// Designs with the neurons of the recording or its trials, by rising numbers of what differs.
    pub power: [Vec<PowerPoint>; 2],
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// A class beside a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RankedClass {
    /// The class.
    pub class: Class,
    /// p that a further network of it is as far; none where it cannot be said.
    pub p: Option<f64>,
    /// Whether it is not ruled out.
    pub is_possible: bool,
}

/// Distances of a recording by one measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasuredDistances {
    /// Name of the measure for readers.
    pub measure: String,
    /// One entry per class, in the order of [`RecordedDistances::classes`]; none of a class without networks.
    pub rows: Vec<Option<DistanceRow>>,
    /// Between two observations of one network, and between two networks of the nearest class; none of a measure without a vote.
    pub ceiling: Option<[f64; 2]>,
    /// Between halves of the trials, where there are any.
    pub halves: Option<f64>,
    /// With conditions assigned at random, and of untrained networks.
    pub floor: [Option<f64>; 2],
}

/// The distance to a class.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DistanceRow {
    /// Distance.
    pub distance: f64,
    /// Its 95 % interval, if there are networks enough.
    pub interval: Option<[f64; 2]>,
    /// Share of resamples in which no class is nearer.
    pub nearest_share: f64,
}

/// How often a network is told.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PowerPoint {
    /// Neurons or trials.
    pub n: f64,
    /// Share that is told.
    pub told: f64,
    /// Whether it is the recording's own design.
    pub is_own: bool,
}

const POSSIBLE: usize = 0;
const RULED_OUT: usize = 1;
const CEILING: usize = 2;
const HALVES: usize = 3;
const FLOOR: usize = 4;
/// Half the height of a row.
const HALF: f64 = 0.5;
/// Colour of the curve of what would be told.
const TOLD: Ink = Ink::Colour(Rgb::hex(0x0034_5fd0));
/// Share of recordings that is customarily asked for.
const POWER: f64 = 0.8;

/// A panel per measure with a row per class, then what other numbers of neurons and trials would tell.
pub fn recorded_distances(input: &RecordedDistances) -> Figure {
    let point = |symbol| Swatch::Point { symbol, ink: Ink::Text };
    let legend = vec![
        LegendEntry { label: "class that is not ruled out".into(), swatch: point(Symbol::Circle) },
        LegendEntry { label: "class that is ruled out".into(), swatch: point(Symbol::Ring) },
        LegendEntry {
            label: "at best: from one network observed twice to two of the nearest class".into(),
            swatch: Swatch::Range { ink: Ink::Muted },
        },
        LegendEntry {
            label: "halves of the recording's trials".into(),
            swatch: Swatch::Line { ink: Ink::Muted, weight: Weight::Hair },
        },
        LegendEntry {
            label: "at worst (dashed): conditions at random, untrained networks".into(),
            swatch: Swatch::Line { ink: Ink::Muted, weight: Weight::Thin },
        },
    ];
    let mut panels: Vec<Panel> =
        input.measures.iter().map(|measured| measured_panel(&input.classes, measured)).collect();
    for (points, varied, held) in
        [(&input.power[0], "neurons", "trials"), (&input.power[1], "trials per condition", "neurons")]
    {
        if points.len() > 1 {
            panels.push(power_panel(points, varied, held));
        }
    }
    Figure {
        id: slug(&["recording", &input.recording, &input.task]),
        title: format!("{}: {} beside the classes ({})", input.task, input.recording, input.verdict),
        caption: "Each dot is the mean distance of the recorded neurons to the networks of a class, every network observed as \
                  the neurons were, with a 95 % interval over neurons, trials and networks. The grey band is as near as \
                  anything can be, dashed lines are where nothing is alike: a class is alike if its distance lies near the \
                  band, and one that lies beyond its own networks is ruled out. The last panels say how often a network of the \
                  nearest classes would be told with other numbers of neurons and trials, simulated."
            .into(),
        columns: 2,
        legend,
        panels,
        data: input.data.clone(),
    }
}

fn measured_panel(classes: &[RankedClass], measured: &MeasuredDistances) -> Panel {
    let n = classes.len() as f64;
    let band = |x: [f64; 2]| Mark::Band {
        x,
        y: [n - HALF, -HALF],
        hover: format!(
            "one network observed twice {:.3}, two networks of the nearest class {:.3}",
            x[0], x[1]
        ),
        ink: Ink::Muted,
        keys: vec![CEILING],
    };
    let mut marks: Vec<Mark> = measured.ceiling.map(band).into_iter().collect();
    let floor = |x: f64, hover: String| Mark::Dashes {
        x: vec![x; 2],
        y: vec![-HALF, n - HALF],
        hover,
        ink: Ink::Muted,
        weight: Weight::Thin,
        keys: vec![FLOOR],
    };
    if let Some(halves) = measured.halves {
        marks.push(Mark::Line {
            x: vec![halves; 2],
            y: vec![-HALF, n - HALF],
            hover: format!("halves of the trials of the recording {halves:.3}"),
            ink: Ink::Muted,
            weight: Weight::Hair,
            keys: vec![HALVES],
        });
    }
    for (value, name) in measured.floor.into_iter().zip(["conditions at random", "untrained networks"]) {
        marks.extend(value.map(|value| floor(value, format!("{name} {value:.3}"))));
    }
    for (row, (class, found)) in classes.iter().zip(&measured.rows).enumerate() {
        let Some(found) = found else { continue };
        let (y, ink) = (row as f64, Ink::Colour(class.class.colour));
        let key = if class.is_possible { POSSIBLE } else { RULED_OUT };
        marks.extend(found.interval.map(|x| Mark::Interval { x, y, ink, keys: vec![key] }));
        let p = class.p.map(|p| format!(", {}", text_of(p))).unwrap_or_default();
        marks.push(Mark::Points {
            x: vec![found.distance],
            y: vec![y],
            hover: vec![format!(
                "{}: {:.3}{}, nearest in {:.0} % of resamples{p}",
                class.class.label,
                found.distance,
                found.interval.map(|[low, high]| format!(" [{low:.3}, {high:.3}]")).unwrap_or_default(),
                100.0 * found.nearest_share
            )],
            symbol: if class.is_possible { Symbol::Circle } else { Symbol::Ring },
            ink,
            radius: 4.5,
            keys: vec![key],
        });
    }
    let rows = classes.iter().map(|class| Row {
        label: class.class.label.clone(),
        note: class.p.map(text_of).unwrap_or_default(),
    });
    Panel {
        title: measured.measure.clone(),
        subtitle: if measured.ceiling.is_some() {
            String::new()
        } else {
            "no vote; interval over networks".to_owned()
        },
        tint: None,
        area: Area::Plane(Plane {
            x: Axis::linear("distance"),
            y: Axis::rows(rows.collect()),
            aspect: Aspect::Fill(0.6),
            marks,
        }),
    }
}

/// A p value.
fn text_of(p: f64) -> String {
    if p < 0.001 { "p < 0.001".to_owned() } else { format!("p {p:.3}") }
}

fn power_panel(points: &[PowerPoint], varied: &str, held: &str) -> Panel {
    let x: Vec<f64> = points.iter().map(|point| point.n).collect();
    let y: Vec<f64> = points.iter().map(|point| 100.0 * point.told).collect();
    let hover = |point: &PowerPoint| format!("{} {varied}: {:.0} % told", point.n, 100.0 * point.told);
    let of_kind = |is_own: bool| {
        let own: Vec<&PowerPoint> = points.iter().filter(|point| point.is_own == is_own).collect();
        Mark::Points {
            x: own.iter().map(|point| point.n).collect(),
            y: own.iter().map(|point| 100.0 * point.told).collect(),
            hover: own.iter().map(|point| hover(point)).collect(),
            symbol: if is_own { Symbol::Star } else { Symbol::Circle },
            ink: TOLD,
            radius: if is_own { 7.0 } else { 4.0 },
            keys: Vec::new(),
        }
    };
    let curve = Mark::Line { x, y, hover: String::new(), ink: TOLD, weight: Weight::Thin, keys: Vec::new() };
    Panel {
        title: format!("With other numbers of {varied}"),
        subtitle: format!("at the {held} of the recording (star)"),
        tint: None,
        area: Area::Plane(Plane {
            x: Axis::log(varied),
            y: Axis::linear("networks told").unit("%").range(0.0, 100.0),
            aspect: Aspect::Fill(0.6),
            marks: vec![
                Mark::Level { y: 100.0 * POWER, label: "80 %".into() },
                curve,
                of_kind(false),
                of_kind(true),
            ],
        }),
    }
}
