//! Lines between the two choices of example networks, with what moves the state along them.

use serde::{Deserialize, Serialize};

use super::{
    Area, Aspect, Axis, Class, Figure, Ink, LegendEntry, Mark, Panel, Plane, Rgb, Swatch, Symbol, Weight,
    slug,
};

/// Lines of one task's example networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineAttractors {
    /// Name of the task for readers.
    pub task: String,
    /// The two answers, as `right` and `left`.
    pub answers: [String; 2],
    /// What counts in either context, as `motion` and `colour`.
    pub contexts: [String; 2],
    /// One entry a class and context.
    pub panels: Vec<ChoicePanel>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// The line of one context.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChoicePanel {
    /// The class.
    pub class: Class,
    /// Name of the context.
    pub context: String,
    /// The context, 0 or 1.
    pub relevant: usize,
    /// Name of the network, as in the tables.
    pub network: String,
    /// Points of the line, from the choice of the second answer to that of the first.
    pub points: Vec<ChoicePoint>,
    /// Places of the choice of the second and of the first answer.
    pub choices: [Option<[f64; 2]>; 2],
    /// Directions at the middle point.
    pub arrows: Vec<ChoiceArrow>,
}

/// A point of a line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChoicePoint {
    /// Place: along the axis from choice to choice, and across it (in rates).
    pub at: [f64; 2],
    /// Drift along the axis (rates/ms).
    pub drift: f64,
    /// The same as a share of the distance between the choices (1/ms).
    pub drift_per_ms: f64,
    /// Largest real part of an eigenvalue (per time constant).
    pub max_re: f64,
}

/// A direction of norm 1 among all directions, as far as it lies in the plane.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ChoiceArrow {
    /// What it is.
    pub kind: Direction,
    /// Its components in the plane.
    pub along: [f64; 2],
    /// Cosine with the selection vector.
    pub cosine: f64,
}

/// A direction of states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// What more evidence for the first answer does, of the kind that counts in the first context.
    First,
    /// The same of the kind that counts in the second context.
    Second,
    /// The selection vector: what of a push persists.
    Selection,
}

/// Directions in the order in which they are drawn.
const DIRECTIONS: [(Direction, Ink); 3] = [
    (Direction::First, Ink::Colour(Rgb::hex(0x0086_52b8))),
    (Direction::Second, Ink::Colour(Rgb::hex(0x0000_8f83))),
    (Direction::Selection, Ink::Text),
];
const DRIFT: Rgb = Rgb::hex(0x00dd_7a0b);
const LEFT: Rgb = Rgb::hex(0x001d_4fb8);
const RIGHT: Rgb = Rgb::hex(0x00cf_2338);
/// Legend entries before the directions: slow points, drift, both choices.
const N_FIRST: usize = 4;
/// Length of a direction that lies in the plane wholly, over the distance between the choices.
const REACH: f64 = 0.45;
/// Length of the longest drift arrow of a figure at most, over the distance between the choices.
const LONGEST_DRIFT: f64 = 0.25;

impl LineAttractors {
    fn label(&self, direction: Direction) -> String {
        let [first, second] = &self.contexts;
        match direction {
            Direction::First => format!("{first} input"),
            Direction::Second => format!("{second} input"),
            Direction::Selection => "selection vector".to_owned(),
        }
    }

    /// The choice of the second answer, then that of the first.
    fn choices(&self) -> [(String, Symbol, Rgb); 2] {
        let [first, second] = &self.answers;
        [
            (format!("{second} choice"), Symbol::TriangleDown, LEFT),
            (format!("{first} choice"), Symbol::Triangle, RIGHT),
        ]
    }
}

/// A panel a class and context: slow points, their drift, the choices, and directions at the middle.
pub fn line_attractors(input: &LineAttractors) -> Figure {
    let shown_ms = shown_ms(input);
    let point = |symbol, ink| Swatch::Point { symbol, ink };
    let drift = Swatch::Arrow { ink: Ink::Colour(DRIFT), weight: Weight::Thin };
    let mut legend = vec![
        LegendEntry { label: "slow points".into(), swatch: point(Symbol::Circle, Ink::Muted) },
        LegendEntry { label: format!("drift in {shown_ms} ms"), swatch: drift },
    ];
    legend.extend(
        input
            .choices()
            .map(|(label, symbol, ink)| LegendEntry { label, swatch: point(symbol, Ink::Colour(ink)) }),
    );
    legend.extend(DIRECTIONS.into_iter().map(|(direction, ink)| LegendEntry {
        label: input.label(direction),
        swatch: Swatch::Arrow { ink, weight: Weight::Bold },
    }));
    Figure {
        id: slug(&["line-attractors", &input.task]),
        title: format!("{}: the line between the choices of an example network of each class", input.task),
        caption: format!(
            "Without evidence for either side, states between the two choices come to rest in all but their drift along \
             the line from choice to choice; each orange arrow goes as far as the drift in {shown_ms} ms, and on a line \
             attractor there is almost none. The arrows from the middle are directions of one length: what lies in this \
             plane is drawn, and a direction that lay in it wholly would reach the ring. An input moves the choice as far \
             as its direction agrees with the selection vector, so that a network that selects has the input of its \
             context along that vector and the other across it. Pointing shows the cosines."
        ),
        columns: 4,
        legend,
        panels: input.panels.iter().map(|of_panel| panel(input, of_panel, shown_ms)).collect(),
        data: input.data.clone(),
    }
}

fn panel(whole: &LineAttractors, input: &ChoicePanel, shown_ms: f64) -> Panel {
    let mut marks = Vec::new();
    let length = match input.choices {
        [Some(left), Some(right)] => right[0] - left[0],
        _ => 1.0,
    };
    let middle = input.points.get(input.points.len() / 2).map_or([0.0, 0.0], |point| point.at);
    let reach = REACH * length;
    marks.push(ring(middle, reach));
    marks.push(Mark::Points {
        x: input.points.iter().map(|point| point.at[0]).collect(),
        y: input.points.iter().map(|point| point.at[1]).collect(),
        hover: input.points.iter().map(in_words).collect(),
        symbol: Symbol::Circle,
        ink: Ink::Muted,
        radius: 2.2,
        keys: vec![0],
    });
    marks.extend(input.points.iter().map(|point| Mark::Arrow {
        from: point.at,
        to: [point.at[0] + shown_ms * point.drift, point.at[1]],
        hover: in_words(point),
        ink: Ink::Colour(DRIFT),
        weight: Weight::Thin,
        keys: vec![1],
    }));
    for (key, (at, (name, symbol, colour))) in input.choices.iter().zip(whole.choices()).enumerate() {
        marks.extend(at.map(|[x, y]| Mark::Points {
            x: vec![x],
            y: vec![y],
            hover: vec![name],
            symbol,
            ink: Ink::Colour(colour),
            radius: 5.5,
            keys: vec![2 + key],
        }));
    }
    for (key, (direction, ink)) in DIRECTIONS.into_iter().enumerate() {
        let label = whole.label(direction);
        marks.extend(input.arrows.iter().filter(|arrow| arrow.kind == direction).map(|arrow| Mark::Arrow {
            from: middle,
            to: [0, 1].map(|k| middle[k] + reach * arrow.along[k]),
            hover: match direction {
                Direction::Selection => label.clone(),
                _ => format!("{label}\ncosine with the selection vector {:.2}", arrow.cosine),
            },
            ink,
            weight: Weight::Bold,
            keys: vec![N_FIRST + key],
        }));
    }
    Panel {
        title: input.class.label.clone(),
        subtitle: input.context.clone(),
        tint: Some(input.class.colour),
        area: Area::Plane(Plane {
            x: Axis::linear("choice axis").unit("rates"),
            y: Axis::linear("first PC across").unit("rates"),
            aspect: Aspect::Equal,
            marks,
        }),
    }
}

/// The time whose drift is drawn: 1, 2 or 5 times a power of ten, as long as the arrows leave room for.
fn shown_ms(input: &LineAttractors) -> f64 {
    let drifts = input.panels.iter().flat_map(|panel| &panel.points).map(|point| point.drift_per_ms.abs());
    let fastest = drifts.filter(|drift| drift.is_finite()).fold(1e-6, f64::max);
    let most = LONGEST_DRIFT / fastest;
    let decade = 10_f64.powf(most.log10().floor());
    let fits = [5.0, 2.0].into_iter().map(|factor| factor * decade).find(|&time| time <= most);
    fits.unwrap_or(decade)
}

fn in_words(point: &ChoicePoint) -> String {
    format!("drift {:.2e}/ms\nmax Re λ {:.3}/τ", point.drift_per_ms, point.max_re)
}

/// How far a direction reaches that lies in the plane wholly.
fn ring(middle: [f64; 2], radius: f64) -> Mark {
    let angles = || (0..=72).map(|k| f64::from(5 * k).to_radians());
    Mark::Line {
        x: angles().map(|angle| middle[0] + radius * angle.cos()).collect(),
        y: angles().map(|angle| middle[1] + radius * angle.sin()).collect(),
        hover: String::new(),
        ink: Ink::Faint,
        weight: Weight::Thin,
        keys: Vec::new(),
    }
}
