//! Panels with two axes.

use std::fmt::Write as _;

use super::Drawn;
use super::axis::{Span, axis_name};
use super::pen::{self, DASHES, FAINT, MUTED, SURFACE, TEXT, escape, num};
use crate::figure::{Aspect, Axis, Mark, Plane, Row, Scale, Side, Ticks, Weight};

/// Where the plot lies inside the panel, and what its sides mean.
struct Plot {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    x: Span,
    y: Span,
    /// −1 where rows run downwards, else 1.
    upwards: f64,
}

impl Plot {
    fn at(&self, x: f64, y: f64) -> Option<[f64; 2]> {
        Some([
            self.left + self.x.at(x)? * self.width,
            self.top + (1.0 - self.y.at(y * self.upwards)?) * self.height,
        ])
    }

    fn points<'a>(&'a self, x: &'a [f64], y: &'a [f64]) -> impl Iterator<Item = [f64; 2]> + 'a {
        x.iter().zip(y).filter_map(|(x, y)| self.at(*x, *y))
    }
}

pub(super) fn draw(plane: &Plane, width: f64, top: f64, id: &str) -> Drawn {
    let plot = layout(plane, width, top);
    let mut body = String::new();
    grid(&mut body, plane, &plot);
    let (clip_x, clip_y) = (num(plot.left - 4.0), num(plot.top - 4.0));
    let (clip_w, clip_h) = (num(plot.width + 8.0), num(plot.height + 8.0));
    let _ = write!(
        body,
        r#"<clipPath id="{id}"><rect x="{clip_x}" y="{clip_y}" width="{clip_w}" height="{clip_h}"/></clipPath>"#
    );
    let _ = write!(body, r#"<g clip-path="url(#{id})">"#);
    for mark in &plane.marks {
        draw_mark(&mut body, mark, &plot);
    }
    body.push_str("</g>");
    let mut drawn_names: Vec<(f64, f64)> = Vec::new();
    for mark in &plane.marks {
        name_rule(&mut body, mark, &plot, &mut drawn_names);
    }
    let below = f64::from(u8::from(!plane.x.label.is_empty())) * 18.0;
    Drawn { width, height: plot.top + plot.height + 24.0 + below, view: String::new(), body }
}

fn layout(plane: &Plane, width: f64, top: f64) -> Plot {
    let y_span = |values: &mut dyn Iterator<Item = f64>| match &plane.y.scale {
        // Row `i` lies at −i, so that rows run downwards.
        Scale::Rows(rows) => {
            let last = rows.len().max(1) as f64 - 0.5;
            Span::new(&Scale::Linear, Some([-last, 0.5]), std::iter::empty())
        }
        scale => Span::new(scale, plane.y.range, values),
    };
    let (xs, ys) = extent(&plane.marks);
    let mut x = Span::new(&plane.x.scale, plane.x.range, xs.into_iter());
    let mut y = y_span(&mut ys.into_iter());
    let left = left_margin(&plane.y, y);
    let plot_width = width - left - 14.0;
    let height = match (&plane.y.scale, plane.aspect) {
        (Scale::Rows(rows), _) => {
            let noted = rows.iter().any(|row| !row.note.is_empty());
            rows.len().max(1) as f64 * if noted { 40.0 } else { 28.0 }
        }
        (_, Aspect::Equal) => plot_width * 0.86,
        (_, Aspect::Fill(ratio)) => plot_width * ratio,
    };
    if plane.aspect == Aspect::Equal {
        let unit = (x.len() / plot_width).max(y.len() / height);
        (x, y) = (x.widened(unit * plot_width), y.widened(unit * height));
    }
    let upwards = if matches!(plane.y.scale, Scale::Rows(_)) { -1.0 } else { 1.0 };
    Plot { left, top: top + 4.0, width: plot_width, height, x, y, upwards }
}

fn left_margin(axis: &Axis, span: Span) -> f64 {
    let widest = |texts: &mut dyn Iterator<Item = (String, f64)>| {
        texts.map(|(text, size)| pen::text_width(&text, size)).fold(0.0, f64::max)
    };
    match &axis.scale {
        Scale::Rows(rows) => {
            let texts = rows.iter().flat_map(|row| [(row.label.clone(), 12.0), (row.note.clone(), 10.5)]);
            widest(&mut texts.into_iter()) + 14.0
        }
        _ if axis.ticks == Ticks::Hidden => 20.0,
        _ => widest(&mut span.ticks(5).into_iter().map(|(_, text)| (text, 11.0))) + 30.0,
    }
}

/// All coordinates of the marks, for axes without a range.
fn extent(marks: &[Mark]) -> (Vec<f64>, Vec<f64>) {
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    for mark in marks {
        match mark {
            Mark::Points { x, y, .. } | Mark::Line { x, y, .. } | Mark::Dashes { x, y, .. } => {
                xs.extend(x);
                ys.extend(y);
            }
            Mark::Arrow { from, to, .. } => {
                xs.extend([from[0], to[0]]);
                ys.extend([from[1], to[1]]);
            }
            Mark::Envelope { x, low, high, .. } => {
                xs.extend(x);
                ys.extend(low.iter().chain(high));
            }
            Mark::Band { x, y, .. } | Mark::Cell { x, y, .. } => {
                xs.extend(x);
                ys.extend(y);
            }
            Mark::Interval { x, y, .. } => {
                xs.extend(x);
                ys.push(*y);
            }
            Mark::Name { at, .. } => {
                xs.push(at[0]);
                ys.push(at[1]);
            }
            Mark::Rule { x, .. } => xs.push(*x),
            Mark::Level { y, .. } => ys.push(*y),
        }
    }
    (xs, ys)
}

fn grid(out: &mut String, plane: &Plane, plot: &Plot) {
    let Plot { left, top, width, height, .. } = *plot;
    let (right, bottom) = (left + width, top + height);
    let mut line = |x1: f64, y1: f64, x2: f64, y2: f64| {
        let d = pen::path([[x1, y1], [x2, y2]]);
        let _ = write!(out, r#"<path d="{d}" stroke="{FAINT}"/>"#);
    };
    let mut texts: Vec<(f64, f64, &str, String)> = Vec::new();
    if plane.x.ticks == Ticks::Values {
        for (value, text) in plot.x.ticks((width / 50.0) as usize) {
            let Some(share) = plot.x.at(value) else { continue };
            let x = left + share * width;
            line(x, top, x, bottom);
            texts.push((x, bottom + 15.0, "middle", text));
        }
    }
    if plane.y.ticks == Ticks::Values && !matches!(plane.y.scale, Scale::Rows(_)) {
        for (value, text) in plot.y.ticks((height / 36.0) as usize) {
            let Some(share) = plot.y.at(value) else { continue };
            let y = top + (1.0 - share) * height;
            line(left, y, right, y);
            texts.push((left - 7.0, y + 3.8, "end", text));
        }
    }
    if let Scale::Rows(rows) = &plane.y.scale {
        let step = height / rows.len().max(1) as f64;
        for i in 0..=rows.len() {
            let y = top + i as f64 * step;
            line(0.0, y, right, y);
        }
        for (i, row) in rows.iter().enumerate() {
            row_name(out, row, left, top + (i as f64 + 0.5) * step);
        }
    }
    for (x, y, anchor, text) in texts {
        let (x, y) = (num(x), num(y));
        let _ = write!(
            out,
            r#"<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="11" fill="{MUTED}">{text}</text>"#
        );
    }
    axis_names(out, plane, plot);
}

fn row_name(out: &mut String, row: &Row, left: f64, y: f64) {
    let label = escape(&row.label);
    let x = num(left - 10.0);
    let shift = if row.note.is_empty() { 4.0 } else { -2.5 };
    let y_label = num(y + shift);
    let _ = write!(
        out,
        r#"<text x="{x}" y="{y_label}" text-anchor="end" font-size="12" fill="{TEXT}">{label}</text>"#
    );
    if !row.note.is_empty() {
        let note = escape(&row.note);
        let y_note = num(y + 11.5);
        let _ = write!(
            out,
            r#"<text x="{x}" y="{y_note}" text-anchor="end" font-size="10.5" fill="{MUTED}">{note}</text>"#
        );
    }
}

fn axis_names(out: &mut String, plane: &Plane, plot: &Plot) {
    if !plane.x.label.is_empty() {
        let (x, y) = (num(plot.left + plot.width / 2.0), num(plot.top + plot.height + 34.0));
        let name = escape(&axis_name(&plane.x));
        let _ = write!(out, r#"<text x="{x}" y="{y}" text-anchor="middle" fill="{TEXT}">{name}</text>"#);
    }
    if !plane.y.label.is_empty() {
        let y = num(plot.top + plot.height / 2.0);
        let name = escape(&axis_name(&plane.y));
        let _ = write!(
            out,
            r#"<text transform="translate(11 {y}) rotate(-90)" text-anchor="middle" fill="{TEXT}">{name}</text>"#
        );
    }
}

fn draw_mark(out: &mut String, mark: &Mark, plot: &Plot) {
    match mark {
        Mark::Points { x, y, hover, symbol, ink, radius, keys } => {
            let style = pen::point_style(*symbol, *ink);
            let _ = write!(out, "<g {style}{}>", pen::keys(keys));
            for (i, (x, y)) in x.iter().zip(y).enumerate() {
                if let Some(at) = plot.at(*x, *y) {
                    pen::point(out, *symbol, at, *radius, hover.get(i).map_or("", String::as_str));
                }
            }
            out.push_str("</g>");
        }
        Mark::Line { x, y, hover, ink, weight, keys } => {
            let points: Vec<[f64; 2]> = plot.points(x, y).collect();
            let d = pen::path(simplified(&points));
            let (keys, width) = (pen::keys(keys), pen::stroke_width(*weight));
            if *weight == Weight::Bold {
                let halo = num(width + 2.4);
                let _ = write!(
                    out,
                    r#"<path d="{d}" fill="none" stroke="{SURFACE}" stroke-width="{halo}"{keys}/>"#
                );
            }
            let faint = if *weight == Weight::Hair { r#" opacity=".5""# } else { "" };
            let _ = write!(
                out,
                r#"<path d="{d}" fill="none" stroke="{}" stroke-width="{width}" stroke-linejoin="round"{faint}{keys}>{}</path>"#,
                pen::hex(*ink),
                pen::title(hover),
            );
        }
        Mark::Dashes { x, y, hover, ink, weight, keys } => {
            let points: Vec<[f64; 2]> = plot.points(x, y).collect();
            let d = pen::path(simplified(&points));
            let _ = write!(
                out,
                r#"<path d="{d}" fill="none" stroke="{}" stroke-width="{}" stroke-dasharray="{DASHES}"{}>{}</path>"#,
                pen::hex(*ink),
                pen::stroke_width(*weight),
                pen::keys(keys),
                pen::title(hover),
            );
        }
        Mark::Arrow { from, to, hover, ink, weight, keys } => {
            let (Some(from), Some(to)) = (plot.at(from[0], from[1]), plot.at(to[0], to[1])) else { return };
            let _ = write!(out, "<g{}>{}", pen::keys(keys), pen::title(hover));
            pen::arrow(out, [from, to], *ink, *weight);
            out.push_str("</g>");
        }
        Mark::Envelope { x, low, high, ink, keys } => {
            let there: Vec<[f64; 2]> = plot.points(x, high).collect();
            let back: Vec<[f64; 2]> = plot.points(x, low).collect();
            let outline = simplified(&there).into_iter().chain(simplified(&back).into_iter().rev());
            let (d, fill) = (pen::path(outline), pen::hex(*ink));
            let _ = write!(out, r#"<path d="{d}z" fill="{fill}" opacity=".2"{}/>"#, pen::keys(keys));
        }
        Mark::Band { x, y, hover, ink, keys } | Mark::Cell { x, y, hover, ink, keys } => {
            let fill = pen::hex(*ink);
            let look = if let Mark::Cell { .. } = mark {
                format!(r#"style="fill:{fill}""#)
            } else {
                format!(r#"fill="{fill}" opacity=".22""#)
            };
            let (Some([x0, y0]), Some([x1, y1])) = (plot.at(x[0], y[0]), plot.at(x[1], y[1])) else { return };
            let _ = write!(
                out,
                r#"<rect x="{}" y="{}" width="{}" height="{}" {}{}>{}</rect>"#,
                num(x0.min(x1)),
                num(y0.min(y1)),
                num((x1 - x0).abs().max(1.0)),
                num((y1 - y0).abs().max(1.0)),
                look,
                pen::keys(keys),
                pen::title(hover),
            );
        }
        Mark::Interval { x, y, ink, keys } => {
            let (Some([x0, y]), Some([x1, _])) = (plot.at(x[0], *y), plot.at(x[1], *y)) else { return };
            let mut d = pen::path([[x0, y], [x1, y]]);
            for end in [x0, x1] {
                d.push_str(&pen::path([[end, y - 4.0], [end, y + 4.0]]));
            }
            let stroke = pen::hex(*ink);
            let _ = write!(
                out,
                r#"<path d="{d}" fill="none" stroke="{stroke}" stroke-width="1.6"{}/>"#,
                pen::keys(keys)
            );
        }
        Mark::Name { at, side, text, keys } => {
            let anchor = match side {
                Side::Left => "end",
                Side::Centre => "middle",
                Side::Right => "start",
            };
            let Some([x, y]) = plot.at(at[0], at[1]) else { return };
            let _ = write!(
                out,
                r#"<text x="{}" y="{}" text-anchor="{anchor}" font-size="11" fill="{TEXT}"{}>{}</text>"#,
                num(x),
                num(y + 3.8),
                pen::keys(keys),
                escape(text),
            );
        }
        Mark::Rule { x, .. } => {
            if let Some(share) = plot.x.at(*x) {
                let x = plot.left + share * plot.width;
                dashed(out, [[x, plot.top], [x, plot.top + plot.height]]);
            }
        }
        Mark::Level { y, .. } => {
            if let Some(share) = plot.y.at(*y) {
                let y = plot.top + (1.0 - share) * plot.height;
                dashed(out, [[plot.left, y], [plot.left + plot.width, y]]);
            }
        }
    }
}

fn dashed(out: &mut String, ends: [[f64; 2]; 2]) {
    let d = pen::path(ends);
    let _ = write!(out, r#"<path d="{d}" stroke="{MUTED}" stroke-width="1.2" stroke-dasharray="4 3"/>"#);
}

/// Names of rules and levels, above the marks and outside the clipped region; a rule whose name has no room goes
/// without.
fn name_rule(out: &mut String, mark: &Mark, plot: &Plot, taken: &mut Vec<(f64, f64)>) {
    let (x, y, anchor, label) = match mark {
        Mark::Rule { x, label } => {
            let Some(share) = plot.x.at(*x) else { return };
            let x = plot.left + share * plot.width;
            if share > 0.5 {
                (x - 5.0, plot.top + 11.0, "end", label)
            } else {
                (x + 5.0, plot.top + 11.0, "start", label)
            }
        }
        Mark::Level { y, label } => {
            let Some(share) = plot.y.at(*y) else { return };
            (plot.left + plot.width - 2.0, plot.top + (1.0 - share) * plot.height - 5.0, "end", label)
        }
        _ => return,
    };
    let width = pen::text_width(label, 10.5);
    let span = if anchor == "end" { (x - width, x) } else { (x, x + width) };
    let clash = matches!(mark, Mark::Rule { .. }) && taken.iter().any(|t| span.0 < t.1 && t.0 < span.1);
    if label.is_empty() || clash {
        return;
    }
    taken.push(span);
    let (x, y, label) = (num(x), num(y), escape(label));
    let _ = write!(
        out,
        concat!(
            r#"<text x="{}" y="{}" text-anchor="{}" font-size="10.5" fill="{}" stroke="{}" stroke-width="3" "#,
            r#"paint-order="stroke">{}</text>"#
        ),
        x, y, anchor, MUTED, SURFACE, label
    );
}

/// The line without vertices closer than a quarter pixel to their neighbours' connection.
fn simplified(points: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let lifted: Vec<[f64; 3]> = points.iter().map(|p| [p[0], p[1], 0.0]).collect();
    super::space::simplify(&lifted, 0.25).into_iter().map(|i| points[i]).collect()
}
