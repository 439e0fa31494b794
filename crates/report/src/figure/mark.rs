//! What stands in a panel with two axes.

use serde::{Deserialize, Serialize};

use super::Rgb;

/// A colour, or a role that the theme colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ink {
    /// This colour (a theme may lighten it on a dark ground).
    Colour(Rgb),
    /// As running text.
    Text,
    /// As remarks: present, not pressing.
    Muted,
    /// As grid lines: barely there.
    Faint,
}

/// Shape of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Symbol {
    /// Filled circle.
    Circle,
    /// Circle without filling.
    Ring,
    /// Filled triangle, tip up.
    Triangle,
    /// Filled triangle, tip down.
    TriangleDown,
    /// Diamond without filling.
    Diamond,
    /// Upright stroke.
    Bar,
    /// Filled star with five points.
    Star,
}

/// Thickness of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Weight {
    /// One of many.
    Hair,
    /// A line among others.
    Thin,
    /// The line to look at.
    Bold,
}

/// Where a name lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// Ends at the place.
    Left,
    /// Its middle is at the place.
    Centre,
    /// Begins at the place.
    Right,
}

/// Something drawn on a [`Plane`](super::Plane). `keys` are indices into [`Figure::legend`](super::Figure::legend): a mark shows while all of them show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Mark {
    /// Points of one look.
    Points {
        /// `[n]` horizontal coordinates.
        x: Vec<f64>,
        /// `[n]` vertical coordinates.
        y: Vec<f64>,
        /// Texts shown on pointing, `[n]`, or empty.
        hover: Vec<String>,
        /// Shape.
        symbol: Symbol,
        /// Colour.
        ink: Ink,
        /// Radius in pixels of a panel drawn at its natural size.
        radius: f64,
        /// Legend entries.
        keys: Vec<usize>,
    },
    /// A connected line.
    Line {
        /// `[n]` horizontal coordinates.
        x: Vec<f64>,
        /// `[n]` vertical coordinates.
        y: Vec<f64>,
        /// Text shown on pointing; may be empty.
        hover: String,
        /// Colour.
        ink: Ink,
        /// Thickness.
        weight: Weight,
        /// Legend entries.
        keys: Vec<usize>,
    },
    /// A connected broken line.
    Dashes {
        /// `[n]` horizontal coordinates.
        x: Vec<f64>,
        /// `[n]` vertical coordinates.
        y: Vec<f64>,
        /// Text shown on pointing; may be empty.
        hover: String,
        /// Colour.
        ink: Ink,
        /// Thickness.
        weight: Weight,
        /// Legend entries.
        keys: Vec<usize>,
    },
    /// An arrow; of one shorter than its head only the head is drawn.
    Arrow {
        /// Where it begins.
        from: [f64; 2],
        /// Where its tip is.
        to: [f64; 2],
        /// Text shown on pointing; may be empty.
        hover: String,
        /// Colour.
        ink: Ink,
        /// Thickness.
        weight: Weight,
        /// Legend entries.
        keys: Vec<usize>,
    },
    /// The region between two lines.
    Envelope {
        /// `[n]` horizontal coordinates.
        x: Vec<f64>,
        /// `[n]` lower bounds.
        low: Vec<f64>,
        /// `[n]` upper bounds.
        high: Vec<f64>,
        /// Colour.
        ink: Ink,
        /// Legend entries.
        keys: Vec<usize>,
    },
    /// A filled rectangle behind the other marks.
    Band {
        /// Left and right.
        x: [f64; 2],
        /// Bottom and top.
        y: [f64; 2],
        /// Text shown on pointing; may be empty.
        hover: String,
        /// Colour.
        ink: Ink,
        /// Legend entries.
        keys: Vec<usize>,
    },
    /// A rectangle of a number: its colour is the number's, in every theme.
    Cell {
        /// Left and right.
        x: [f64; 2],
        /// Bottom and top.
        y: [f64; 2],
        /// Text shown on pointing; may be empty.
        hover: String,
        /// Colour.
        ink: Ink,
        /// Legend entries.
        keys: Vec<usize>,
    },
    /// A horizontal error bar.
    Interval {
        /// Left and right end.
        x: [f64; 2],
        /// Vertical coordinate.
        y: f64,
        /// Colour.
        ink: Ink,
        /// Legend entries.
        keys: Vec<usize>,
    },
    /// A name beside a place.
    Name {
        /// The place.
        at: [f64; 2],
        /// Where the name lies.
        side: Side,
        /// The name.
        text: String,
        /// Legend entries.
        keys: Vec<usize>,
    },
    /// An upright dashed line over the whole height, named at its top.
    Rule {
        /// Horizontal coordinate.
        x: f64,
        /// Name; may be empty.
        label: String,
    },
    /// A level dashed line over the whole width, named at its right end.
    Level {
        /// Vertical coordinate.
        y: f64,
        /// Name; may be empty.
        label: String,
    },
}
