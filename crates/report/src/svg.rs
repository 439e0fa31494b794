//! Figures as vector graphics: for the page, panel by panel, and for files, whole.
//!
//! Written out directly rather than through a plotting crate: the page needs text that stays text, marks that name
//! their legend entries, and one colour per attribute that a style sheet can turn for a dark ground.

mod axis;
mod legend;
mod matrix;
mod pen;
mod plane;
mod raster;
mod space;

use std::fmt::Write as _;

use crate::figure::{Area, Figure, Panel};

pub(super) use legend::swatch;
pub(super) use pen::{FAINT, MUTED, SURFACE, TEXT, escape};

/// Natural width of a figure in pixels.
const WIDTH: f64 = 1000.0;
/// Space between panels.
const GAP: f64 = 22.0;
/// White border of a figure in a file.
const MARGIN: f64 = 16.0;
/// Families tried in turn; every viewer has the last.
const FONT: &str = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif";

/// A drawn panel: its size and the elements inside.
pub(super) struct Drawn {
    pub(super) width: f64,
    pub(super) height: f64,
    /// Attributes of the enclosing `svg` that a viewer of three-dimensional panels reads; empty otherwise.
    pub(super) view: String,
    pub(super) body: String,
}

/// The figure as one static SVG document: legend above, panels in a grid, three-dimensional ones by a fixed
/// orthographic projection.
pub fn svg(figure: &Figure) -> String {
    let panels = panels(figure);
    let legend = legend::row(&figure.legend, WIDTH);
    let columns = figure.columns.max(1);
    let mut body = String::new();
    let mut y = legend.height;
    body.push_str(&legend.body);
    for row in panels.chunks(columns) {
        for (column, panel) in row.iter().enumerate() {
            let x = column as f64 * (panel.width + GAP);
            let _ = write!(body, r#"<g transform="translate({} {})">"#, pen::num(x), pen::num(y));
            body.push_str(&panel.body);
            body.push_str("</g>");
        }
        y += row.iter().map(|panel| panel.height).fold(0.0, f64::max) + GAP;
    }
    let height = (y - GAP).max(1.0).ceil();
    format!(
        concat!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="-{m} -{m} {w} {h}" "#,
            r#"font-family="{font}" font-size="11.5"><title>{title}</title><desc>{caption}</desc>"#,
            r#"<rect x="-{m}" y="-{m}" width="{w}" height="{h}" fill="{surface}"/>{body}</svg>"#
        ),
        w = WIDTH + 2.0 * MARGIN,
        h = height + 2.0 * MARGIN,
        m = MARGIN,
        font = FONT,
        title = escape(&figure.title),
        caption = escape(&figure.caption),
        surface = SURFACE,
        body = without_data(&body),
    )
}

/// The elements without the attributes that only the page's script reads.
fn without_data(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut pieces = body.split(" data-");
    out.push_str(pieces.next().unwrap_or(""));
    for piece in pieces {
        let value = ["q=\"", "k=\"", "r=\"", "under=\""].iter().find_map(|name| piece.strip_prefix(name));
        if let Some((_, rest)) = value.and_then(|value| value.split_once('"')) {
            out.push_str(rest);
        } else {
            out.push_str(" data-");
            out.push_str(piece);
        }
    }
    out
}

/// The panels of a figure, each at the width that its columns leave it.
pub(super) fn panels(figure: &Figure) -> Vec<Drawn> {
    let columns = figure.columns.max(1) as f64;
    let width = ((WIDTH - GAP * (columns - 1.0)) / columns).floor();
    figure
        .panels
        .iter()
        .enumerate()
        .map(|(i, panel)| draw(panel, width, &format!("{}-{i}", figure.id)))
        .collect()
}

fn draw(panel: &Panel, width: f64, id: &str) -> Drawn {
    let top = if panel.title.is_empty() { 6.0 } else { 28.0 };
    let mut drawn = match &panel.area {
        Area::Plane(plane) => plane::draw(plane, width, top, id),
        Area::Space(space) => space::draw(space, width, top),
        Area::Matrix(matrix) => matrix::draw(matrix, width, top),
    };
    drawn.body.insert_str(0, &heading(panel, width));
    drawn
}

fn heading(panel: &Panel, width: f64) -> String {
    if panel.title.is_empty() {
        return String::new();
    }
    let mut out = String::new();
    let mut x = 0.0;
    if let Some(tint) = panel.tint {
        let _ = write!(out, r#"<rect x="0" y="5" width="11" height="11" rx="2.5" fill="{tint}"/>"#);
        x = 18.0;
    }
    let title = escape(&panel.title);
    let _ =
        write!(out, r#"<text x="{x}" y="15" font-size="13" font-weight="600" fill="{TEXT}">{title}</text>"#);
    let room = width - x - pen::text_width(&panel.title, 13.5) - 12.0;
    if !panel.subtitle.is_empty() && pen::text_width(&panel.subtitle, 11.0) <= room {
        let subtitle = escape(&panel.subtitle);
        let width = pen::num(width - 2.0);
        let _ = write!(
            out,
            r#"<text x="{width}" y="15" font-size="11" text-anchor="end" fill="{MUTED}">{subtitle}</text>"#
        );
    }
    out
}
