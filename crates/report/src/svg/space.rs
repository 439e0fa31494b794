//! Panels with three axes, by orthographic projection.
//!
//! Each element also carries its positions in space (`data-q`), so that the page's script can turn the panel with the
//! same arithmetic: [`Projection`] here and `project` in `assets/report.js` must agree.

use std::fmt::Write as _;

use super::axis::axis_name;
use super::pen::{self, FAINT, MUTED, SURFACE, escape, num};
use super::{Drawn, raster};
use crate::figure::{Aspect, Camera, Ends, Filling, Ink, Space};

/// Height of a panel over its width.
const RATIO: f64 = 0.76;
/// Depth of what stands behind all else; the box reaches from −√3 to √3. The page's script has the same number.
const BEHIND: f64 = -9.0;
/// Lines are thinned to this distance, in units of half the longest side of the box: half a pixel or so.
const TOLERANCE: f64 = 0.003;
/// The flattest a box may be, over its longest side.
const FLATTEST: f64 = 0.12;

/// From positions in a box about the origin, longest half side 1, to pixels.
struct Projection {
    centre: [f64; 2],
    scale: f64,
    azimuth: f64,
    elevation: f64,
}

impl Projection {
    /// Pixels, and depth (larger is nearer).
    fn at(&self, [x, y, z]: [f64; 3]) -> ([f64; 2], f64) {
        let (sa, ca) = self.azimuth.sin_cos();
        let (se, ce) = self.elevation.sin_cos();
        let (across, along) = (y * ca - x * sa, x * ca + y * sa);
        let up = z * ce - along * se;
        ([self.centre[0] + self.scale * across, self.centre[1] - self.scale * up], along * ce + z * se)
    }
}

/// The box around everything drawn.
struct Frame {
    centre: [f64; 3],
    /// Half sides over the longest half side.
    half: [f64; 3],
    /// Data units to box units, by axis.
    unit: [f64; 3],
}

impl Frame {
    fn new(space: &Space) -> Self {
        let all = space.curves.iter().map(|c| &c.points).chain(space.clouds.iter().map(|c| &c.points));
        let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
        for point in all.flatten().filter(|p| p.iter().all(|v| v.is_finite())) {
            for i in 0..3 {
                low[i] = low[i].min(point[i]);
                high[i] = high[i].max(point[i]);
            }
        }
        for (i, axis) in space.axes.iter().enumerate() {
            if let Some(range) = axis.range {
                [low[i], high[i]] = range;
            }
            if low[i] > high[i] {
                (low[i], high[i]) = (-1.0, 1.0);
            }
        }
        let sides = [0, 1, 2].map(|i| (high[i] - low[i]) / 2.0 * 1.04);
        let longest = sides.iter().copied().fold(1e-12, f64::max);
        Self {
            centre: [0, 1, 2].map(|i| f64::midpoint(low[i], high[i])),
            half: match space.aspect {
                Aspect::Equal => sides.map(|side| (side / longest).max(FLATTEST)),
                Aspect::Fill(_) => [1.0; 3],
            },
            unit: match space.aspect {
                Aspect::Equal => [1.0 / longest; 3],
                Aspect::Fill(_) => sides.map(|side| 1.0 / side.max(1e-12)),
            },
        }
    }

    fn place(&self, point: [f64; 3]) -> [f64; 3] {
        [0, 1, 2].map(|i| (point[i] - self.centre[i]) * self.unit[i])
    }
}

pub(super) fn draw(space: &Space, width: f64, top: f64) -> Drawn {
    let height = (width * RATIO).round();
    let frame = Frame::new(space);
    let projection = fitted(&frame, space.camera, width, height, top);
    let mut body = String::new();
    draw_box(&mut body, &frame, &projection);
    let mut elements: Vec<(f64, String)> = Vec::new();
    let mut starts: Vec<[i64; 3]> = Vec::new();
    for curve in &space.curves {
        let points: Vec<[f64; 3]> = curve
            .points
            .iter()
            .filter(|p| p.iter().all(|v| v.is_finite()))
            .map(|p| frame.place(*p))
            .collect();
        let points: Vec<[f64; 3]> = simplify(&points, TOLERANCE).into_iter().map(|i| points[i]).collect();
        let (Some(first), Some(last)) = (points.first(), points.last()) else { continue };
        let colour = pen::hex(curve.ink);
        let mean = points.iter().map(|p| projection.at(*p).1).sum::<f64>() / points.len() as f64;
        let (depth, under) =
            if curve.ends == Ends::None { (BEHIND, r#" data-under="""#) } else { (mean, "") };
        let (keys, title) = (pen::keys(&curve.keys), pen::title(&curve.hover));
        let line = format!(
            r#"<path d="{}" data-q="{}"{under} fill="none" stroke="{colour}"{keys}>{title}</path>"#,
            pen::path(points.iter().map(|p| projection.at(*p).0)),
            encoded(&points),
        );
        elements.push((depth, line));
        if matches!(curve.ends, Ends::Both | Ends::End) {
            let (at, depth) = projection.at(*last);
            elements.push((depth, dot(*last, at, 2.6, &disc(&colour), &keys, &title)));
        }
        // Trials that start in the same state share one mark.
        let start = first.map(|v| (v * 1e3).round() as i64);
        if matches!(curve.ends, Ends::Both | Ends::Start) && !starts.contains(&start) {
            starts.push(start);
            let (at, depth) = projection.at(*first);
            let title = pen::title("start of the trial");
            elements.push((depth, dot(*first, at, 2.8, &disc(&pen::hex(Ink::Text)), "", &title)));
        }
    }
    for cloud in &space.clouds {
        let (colour, keys) = (pen::hex(cloud.ink), pen::keys(&cloud.keys));
        for (i, point) in cloud.points.iter().enumerate().filter(|(_, p)| p.iter().all(|v| v.is_finite())) {
            let place = frame.place(*point);
            let (at, depth) = projection.at(place);
            let title = pen::title(cloud.hover.get(i).map_or("", String::as_str));
            let attributes = format!("{keys} data-r=\"{}\"", cloud.radius);
            let radius = cloud.radius * (1.0 + 0.2 * depth);
            let look = match cloud.filling {
                Filling::Filled => disc(&colour),
                Filling::Hollow => {
                    format!(r#"fill="none" pointer-events="all" stroke="{colour}" stroke-width="1.3""#)
                }
            };
            elements.push((depth, dot(place, at, radius, &look, &attributes, &title)));
        }
    }
    elements.sort_by(|a, b| a.0.total_cmp(&b.0));
    let _ =
        write!(body, r#"<g class="q" stroke-width="1.4" stroke-linejoin="round" stroke-linecap="round">"#);
    body.extend(elements.into_iter().map(|(_, element)| element));
    body.push_str("</g>");
    name_axes(&mut body, space, &frame, &projection);
    let [bx, by, bz] = frame.half;
    let view = format!(
        r#" data-view="{:.4} {:.4} {:.3} {:.1} {:.1}" data-box="{bx:.4} {by:.4} {bz:.4}""#,
        projection.azimuth,
        projection.elevation,
        projection.scale,
        projection.centre[0],
        projection.centre[1],
    );
    Drawn { width, height: top + height, view, body }
}

fn disc(colour: &str) -> String {
    format!(r#"fill="{colour}" stroke="{SURFACE}" stroke-width=".6""#)
}

fn dot(place: [f64; 3], at: [f64; 2], r: f64, look: &str, attributes: &str, title: &str) -> String {
    let (x, y, r, q) = (num(at[0]), num(at[1]), num(r), encoded(&[place]));
    format!(r#"<circle cx="{x}" cy="{y}" r="{r}" data-q="{q}" {look}{attributes}>{title}</circle>"#)
}

/// Positions as 16-bit integers of 1/16384, three a point, little-endian, in base 64.
fn encoded(points: &[[f64; 3]]) -> String {
    let bytes: Vec<u8> = points
        .iter()
        .flatten()
        .flat_map(|v| ((v * 16_384.0).round().clamp(-32_768.0, 32_767.0) as i16).to_le_bytes())
        .collect();
    raster::base64(&bytes)
}

/// The largest scale at which the box, as first seen, fits the panel with room for the names of the axes.
fn fitted(frame: &Frame, camera: Camera, width: f64, height: f64, top: f64) -> Projection {
    let mut projection = Projection {
        centre: [0.0, 0.0],
        scale: 1.0,
        azimuth: camera.azimuth_deg.to_radians(),
        elevation: camera.elevation_deg.to_radians(),
    };
    let corners = corners(frame.half).map(|corner| projection.at(corner).0);
    let reach = |i: usize| corners.iter().map(|c| c[i].abs()).fold(1e-9, f64::max);
    projection.scale = ((width / 2.0 - 22.0) / reach(0)).min((height / 2.0 - 22.0) / reach(1));
    projection.centre = [width / 2.0, top + height / 2.0];
    projection
}

/// Corner `i` has the sign of bit `axis` of `i` on each axis.
fn corners(half: [f64; 3]) -> [[f64; 3]; 8] {
    std::array::from_fn(|i| {
        std::array::from_fn(|axis| if i >> axis & 1 == 1 { half[axis] } else { -half[axis] })
    })
}

/// The corner nearest to the reader.
fn nearest(corners: &[([f64; 2], f64); 8]) -> usize {
    (0..8).max_by(|a, b| corners[*a].1.total_cmp(&corners[*b].1)).unwrap_or(0)
}

/// The edges of the box, those before the contents hidden.
fn draw_box(out: &mut String, frame: &Frame, projection: &Projection) {
    let at = corners(frame.half).map(|corner| projection.at(corner));
    let nearest = nearest(&at);
    let _ = write!(out, r#"<g class="box" fill="none" stroke="{FAINT}">"#);
    for axis in 0..3 {
        for from in (0..8).filter(|i| i >> axis & 1 == 0) {
            let to = from | 1 << axis;
            let hidden = if from == nearest || to == nearest { r#" display="none""# } else { "" };
            let d = pen::path([at[from].0, at[to].0]);
            let _ = write!(out, r#"<path d="{d}"{hidden}/>"#);
        }
    }
    out.push_str("</g>");
}

/// The names of the axes along the outline of the box, above everything else.
fn name_axes(out: &mut String, space: &Space, frame: &Frame, projection: &Projection) {
    let at = corners(frame.half).map(|corner| projection.at(corner));
    let nearest = nearest(&at);
    for (axis, named) in space.axes.iter().enumerate() {
        let edges = (0..8).filter(|i| i >> axis & 1 == 0).map(|from| (from, from | 1 << axis));
        let farthest = 7 - nearest;
        let outline = edges.filter(|(a, b)| ![nearest, farthest].iter().any(|c| c == a || c == b));
        let middle = |(a, b): (usize, usize)| {
            [f64::midpoint(at[a].0[0], at[b].0[0]), f64::midpoint(at[a].0[1], at[b].0[1])]
        };
        // The upright axis is named at the left, the others at the bottom.
        let chosen = outline.max_by(|a, b| {
            let (a, b) = (middle(*a), middle(*b));
            if axis == 2 { b[0].total_cmp(&a[0]) } else { a[1].total_cmp(&b[1]) }
        });
        let Some((from, to)) = chosen else { continue };
        // Along the edge, and off it on the outer side.
        let [x, y] = middle((from, to));
        let mut along = [at[to].0[0] - at[from].0[0], at[to].0[1] - at[from].0[1]];
        if along[0] < -0.05 || (along[0] < 0.05 && along[1] > 0.0) {
            along = along.map(|v| -v);
        }
        let length = along[0].hypot(along[1]).max(1e-9);
        let mut away = [-along[1] / length, along[0] / length];
        if away[0] * (x - projection.centre[0]) + away[1] * (y - projection.centre[1]) < 0.0 {
            away = away.map(|v| -v);
        }
        let angle = num(along[1].atan2(along[0]).to_degrees());
        let (x, y) = (num(x + away[0] * 12.0), num(y + away[1] * 12.0));
        let name = escape(&axis_name(named));
        let _ = write!(
            out,
            concat!(
                r#"<text class="ax" x="{}" y="{}" transform="rotate({} {} {})" text-anchor="middle" dominant-baseline="middle" font-size="11" "#,
                r#"fill="{}" stroke="{}" stroke-width="3" paint-order="stroke">{}</text>"#
            ),
            x, y, angle, x, y, MUTED, SURFACE, name
        );
    }
}

/// Indices of the vertices that keep a line within `tolerance` of its course (Ramer–Douglas–Peucker).
pub(super) fn simplify(points: &[[f64; 3]], tolerance: f64) -> Vec<usize> {
    if points.len() < 3 {
        return (0..points.len()).collect();
    }
    let mut keep = vec![false; points.len()];
    let last = points.len() - 1;
    (keep[0], keep[last]) = (true, true);
    let mut open = vec![(0, last)];
    while let Some((from, to)) = open.pop() {
        let farthest = (from + 1..to)
            .map(|i| (i, distance_to_segment(points[i], points[from], points[to])))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((i, distance)) = farthest.filter(|(_, distance)| *distance > tolerance) {
            debug_assert!(distance.is_finite());
            keep[i] = true;
            open.extend([(from, i), (i, to)]);
        }
    }
    (0..points.len()).filter(|i| keep[*i]).collect()
}

fn distance_to_segment(p: [f64; 3], a: [f64; 3], b: [f64; 3]) -> f64 {
    let dot = |u: [f64; 3], v: [f64; 3]| u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
    let minus = |u: [f64; 3], v: [f64; 3]| [u[0] - v[0], u[1] - v[1], u[2] - v[2]];
    let (ab, ap) = (minus(b, a), minus(p, a));
    let length = dot(ab, ab);
    let share = if length > 0.0 { (dot(ap, ab) / length).clamp(0.0, 1.0) } else { 0.0 };
    let gap = minus(ap, ab.map(|v| v * share));
    dot(gap, gap).sqrt()
}
