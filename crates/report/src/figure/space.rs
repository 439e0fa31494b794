//! Panels with three axes.

use serde::{Deserialize, Serialize};

use super::{Aspect, Axis, Ink};

/// Three axes and what stands between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Space {
    /// x, y and upright z axis.
    pub axes: [Axis; 3],
    /// Relation between the units of the axes.
    pub aspect: Aspect,
    /// Direction from which it is seen at first.
    pub camera: Camera,
    /// Connected lines.
    pub curves: Vec<Curve>,
    /// Points.
    pub clouds: Vec<Cloud>,
}

/// Direction of an orthographic view.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Camera {
    /// Turn about the upright axis, from the x axis towards the y axis.
    pub azimuth_deg: f64,
    /// Height above the x–y plane.
    pub elevation_deg: f64,
}

impl Camera {
    /// A view from the side on points that fill a cube, and the more from above the flatter they lie.
    pub fn onto<'a>(points: impl Iterator<Item = &'a [f64; 3]>) -> Self {
        let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
        for point in points.filter(|point| point.iter().all(|v| v.is_finite())) {
            for i in 0..3 {
                low[i] = low[i].min(point[i]);
                high[i] = high[i].max(point[i]);
            }
        }
        let [x, y, z] = [0, 1, 2].map(|i| (high[i] - low[i]).max(0.0));
        let height = (z / x.max(y).max(1e-12)).min(1.0);
        Self { azimuth_deg: -60.0, elevation_deg: (24.0 + 26.0 * (1.0 - height)).round() }
    }
}

/// A connected line in space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// `[n]` positions.
    pub points: Vec<[f64; 3]>,
    /// Text shown on pointing; may be empty.
    pub hover: String,
    /// Colour.
    pub ink: Ink,
    /// Marks at its ends.
    pub ends: Ends,
    /// Legend entries.
    pub keys: Vec<usize>,
}

/// Marks at the ends of a [`Curve`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ends {
    /// A dark dot at the start, one in the curve's colour at the end.
    Both,
    /// The dark dot at the start.
    Start,
    /// The dot at the end.
    End,
    /// No mark: a curve that stands behind all else.
    None,
}

/// Look of a point in space, which is round from every side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Filling {
    /// A disc.
    Filled,
    /// A ring.
    Hollow,
}

/// Points of one colour in space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cloud {
    /// `[n]` positions.
    pub points: Vec<[f64; 3]>,
    /// Texts shown on pointing, `[n]`, or empty.
    pub hover: Vec<String>,
    /// Filled or hollow.
    pub filling: Filling,
    /// Colour.
    pub ink: Ink,
    /// Radius in pixels of a panel drawn at its natural size.
    pub radius: f64,
    /// Legend entries.
    pub keys: Vec<usize>,
}
