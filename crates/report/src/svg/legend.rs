//! Legends: one swatch for the page, a whole row for files.

use std::fmt::Write as _;

use super::Drawn;
use super::pen::{self, DASHES, MUTED, TEXT, escape, num};
use crate::figure::{LegendEntry, Swatch, Symbol};

/// Height of a swatch.
const HEIGHT: f64 = 14.0;

/// The sign of an entry as elements, 14 pixels high, and its width.
pub(crate) fn swatch(swatch: &Swatch) -> (f64, String) {
    let mut out = String::new();
    let width = match swatch {
        Swatch::Point { symbol, ink } => {
            let style = pen::point_style(*symbol, *ink);
            let _ = write!(out, "<g {style}>");
            let radius = if *symbol == Symbol::Bar { 3.6 } else { 4.4 };
            pen::point(&mut out, *symbol, [6.0, HEIGHT / 2.0], radius, "");
            out.push_str("</g>");
            12.0
        }
        Swatch::Line { ink, weight } => {
            let (colour, weight) = (pen::hex(*ink), pen::stroke_width(*weight));
            let _ = write!(out, r#"<path d="M0 7l20 0" stroke="{colour}" stroke-width="{weight}"/>"#);
            20.0
        }
        Swatch::Dashes { ink, weight } => {
            let (colour, weight) = (pen::hex(*ink), pen::stroke_width(*weight));
            let _ = write!(
                out,
                r#"<path d="M0 7l22 0" stroke="{colour}" stroke-width="{weight}" stroke-dasharray="{DASHES}"/>"#
            );
            22.0
        }
        Swatch::Arrow { ink, weight } => {
            pen::arrow(&mut out, [[0.0, 7.0], [22.0, 7.0]], *ink, *weight);
            22.0
        }
        Swatch::Band { ink } | Swatch::Range { ink } => {
            let colour = pen::hex(*ink);
            let _ = write!(out, r#"<rect y="2" width="20" height="10" fill="{colour}" opacity=".22"/>"#);
            if matches!(swatch, Swatch::Range { .. }) {
                let _ = write!(out, r#"<path d="M10 2l0 10" stroke="{colour}" stroke-width="1.6"/>"#);
            }
            20.0
        }
        Swatch::Ramp { colours, low, high } => ramp(&mut out, colours, low, high),
    };
    (width, out)
}

fn ramp(out: &mut String, colours: &[crate::figure::Rgb], low: &str, high: &str) -> f64 {
    let mut x = 0.0;
    let end = |out: &mut String, x: f64, text: &str| {
        let (at, text_width) = (num(x), pen::text_width(text, 11.0));
        let text = escape(text);
        let _ = write!(out, r#"<text x="{at}" y="11" font-size="11" fill="{MUTED}">{text}</text>"#);
        text_width
    };
    x += end(out, x, low) + 5.0;
    for colour in colours {
        let at = num(x);
        let _ = write!(out, r#"<rect x="{at}" y="3" width="13" height="9" fill="{colour}"/>"#);
        x += 13.0;
    }
    x += 5.0;
    x += end(out, x, high);
    x.ceil()
}

/// All entries beside each other, in as many lines as the width asks for.
pub(super) fn row(entries: &[LegendEntry], width: f64) -> Drawn {
    let (mut x, mut y) = (0.0, 0.0);
    let mut body = String::new();
    for entry in entries {
        let (wide, elements) = swatch(&entry.swatch);
        let whole = wide + 6.0 + pen::text_width(&entry.label, 12.0);
        if x > 0.0 && x + whole > width {
            (x, y) = (0.0, y + 20.0);
        }
        let label = escape(&entry.label);
        let (at_x, at_y, text_x) = (num(x), num(y), num(wide + 6.0));
        let _ = write!(
            body,
            r#"<g transform="translate({at_x} {at_y})">{elements}<text x="{text_x}" y="11" font-size="12" fill="{TEXT}">{label}</text></g>"#
        );
        x += whole + 22.0;
    }
    let height = if entries.is_empty() { 0.0 } else { y + HEIGHT + 18.0 };
    Drawn { width, height, view: String::new(), body }
}
