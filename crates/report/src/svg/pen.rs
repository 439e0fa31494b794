//! The smallest strokes: numbers, escaped text, colours, point shapes.

use std::fmt::Write as _;

use crate::figure::{Ink, Symbol, Weight};

pub(crate) const TEXT: &str = "#1f2733";
pub(crate) const MUTED: &str = "#6b7484";
pub(crate) const FAINT: &str = "#e3e7ee";
pub(crate) const SURFACE: &str = "#ffffff";

/// A coordinate to a tenth of a pixel, without needless zeros.
pub(super) fn num(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    tenths_text(tenths)
}

fn tenths_text(tenths: i64) -> String {
    if tenths % 10 == 0 {
        return (tenths / 10).to_string();
    }
    let sign = if tenths < 0 { "-" } else { "" };
    let whole = (tenths / 10).abs();
    let digit = (tenths % 10).abs();
    if whole == 0 { format!("{sign}.{digit}") } else { format!("{sign}{whole}.{digit}") }
}

/// Text fit for an XML element or attribute; characters that XML forbids are dropped.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
            '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

pub(super) fn hex(ink: Ink) -> String {
    match ink {
        Ink::Colour(rgb) => rgb.to_string(),
        Ink::Text => TEXT.to_owned(),
        Ink::Muted => MUTED.to_owned(),
        Ink::Faint => FAINT.to_owned(),
    }
}

pub(super) fn stroke_width(weight: Weight) -> f64 {
    match weight {
        Weight::Hair => 0.8,
        Weight::Thin => 1.6,
        Weight::Bold => 2.4,
    }
}

/// Strokes and gaps of a broken line.
pub(super) const DASHES: &str = "5 3.2";

/// An arrow from one pixel position to another; the shaft ends inside the head.
pub(super) fn arrow(out: &mut String, [from, to]: [[f64; 2]; 2], ink: Ink, weight: Weight) {
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let length = dx.hypot(dy);
    if length < 0.5 {
        return;
    }
    let (colour, width) = (hex(ink), stroke_width(weight));
    let (ux, uy) = (dx / length, dy / length);
    let head = (3.2 + 2.2 * width).min(length);
    let half = 0.42 * head;
    let neck = [to[0] - head * ux, to[1] - head * uy];
    let shaft = path([from, [to[0] - 0.7 * head * ux, to[1] - 0.7 * head * uy]]);
    let _ = write!(out, r#"<path d="{shaft}" fill="none" stroke="{colour}" stroke-width="{width}"/>"#);
    let sides = [1.0, -1.0].map(|side| [neck[0] - side * half * uy, neck[1] + side * half * ux]);
    let d = path([to, sides[0], sides[1]]);
    let _ = write!(out, r#"<path d="{d}z" fill="{colour}"/>"#);
}

/// Estimated width of a text in a proportional font of this size.
pub(super) fn text_width(text: &str, size: f64) -> f64 {
    let em: f64 = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | 't' | 'f' | 'r' | ' ' | '.' | ',' | ':' | ';' | '\'' | '|' | '·' => 0.36,
            'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.9,
            c if c.is_uppercase() => 0.7,
            _ => 0.62,
        })
        .sum();
    em * size
}

/// ` data-k="…"`: the legend entries of a mark, for the page's legend buttons.
pub(super) fn keys(keys: &[usize]) -> String {
    if keys.is_empty() {
        return String::new();
    }
    let list: Vec<String> = keys.iter().map(ToString::to_string).collect();
    format!(r#" data-k="{}""#, list.join(" "))
}

/// `<title>…</title>`, which a viewer shows on pointing; nothing for an empty text.
pub(super) fn title(hover: &str) -> String {
    if hover.is_empty() { String::new() } else { format!("<title>{}</title>", escape(hover)) }
}

/// A connected line through pixel positions, as path data with relative steps.
pub(super) fn path(points: impl IntoIterator<Item = [f64; 2]>) -> String {
    let mut out = String::new();
    let mut last: Option<[i64; 2]> = None;
    for point in points {
        let at = point.map(|v| (v * 10.0).round() as i64);
        match last {
            None => {
                let _ = write!(out, "M{} {}l", tenths_text(at[0]), tenths_text(at[1]));
            }
            Some(before) => {
                for (i, (now, then)) in at.iter().zip(before).enumerate() {
                    let step = tenths_text(now - then);
                    let joined = step.starts_with('-') || (i == 0 && out.ends_with('l'));
                    if !joined {
                        out.push(' ');
                    }
                    out.push_str(&step);
                }
            }
        }
        last = Some(at);
    }
    if out.ends_with('l') {
        out.push_str("0 0");
    }
    out
}

/// One point; colours come from the enclosing group.
pub(super) fn point(out: &mut String, symbol: Symbol, [x, y]: [f64; 2], radius: f64, hover: &str) {
    let title = title(hover);
    let close = |tag: &str| if title.is_empty() { "/>".to_owned() } else { format!(">{title}</{tag}>") };
    let r = radius;
    match symbol {
        Symbol::Circle | Symbol::Ring => {
            let end = close("circle");
            let _ = write!(out, r#"<circle cx="{}" cy="{}" r="{}"{end}"#, num(x), num(y), num(r));
        }
        Symbol::Triangle | Symbol::TriangleDown => {
            let s = if symbol == Symbol::Triangle { -1.0 } else { 1.0 };
            let corner = |dx: f64, dy: f64| [x + dx * r, y + s * dy * r];
            let d = path([corner(0.0, 1.2), corner(1.08, -0.72), corner(-1.08, -0.72)]);
            let _ = write!(out, r#"<path d="{d}z"{}"#, close("path"));
        }
        Symbol::Diamond => {
            let d = path([[x, y - r * 1.25], [x + r * 1.25, y], [x, y + r * 1.25], [x - r * 1.25, y]]);
            let _ = write!(out, r#"<path d="{d}z"{}"#, close("path"));
        }
        Symbol::Star => {
            // Ten corners, outer and inner ones in turn, the first above.
            let corners = (0..=10).map(|k| {
                let (sin, cos) = (std::f64::consts::PI * f64::from(k) / 5.0).sin_cos();
                let reach = if k % 2 == 0 { r * 1.3 } else { r * 0.55 };
                [x + reach * sin, y - reach * cos]
            });
            let _ = write!(out, r#"<path d="{}z"{}"#, path(corners), close("path"));
        }
        Symbol::Bar => {
            let d = path([[x, y - r * 1.5], [x, y + r * 1.5]]);
            let _ = write!(out, r#"<path d="{d}"{}"#, close("path"));
        }
    }
}

/// Colour attributes for a group of points of one shape.
pub(super) fn point_style(symbol: Symbol, ink: Ink) -> String {
    let colour = hex(ink);
    match symbol {
        Symbol::Circle | Symbol::Triangle | Symbol::TriangleDown | Symbol::Star => {
            format!(r#"fill="{colour}" stroke="{SURFACE}" stroke-width=".7""#)
        }
        Symbol::Ring => {
            format!(r#"fill="none" pointer-events="all" stroke="{colour}" stroke-width="1.1""#)
        }
        Symbol::Diamond => {
            format!(r#"fill="none" pointer-events="all" stroke="{colour}" stroke-width="1.6""#)
        }
        Symbol::Bar => format!(r#"fill="none" stroke="{colour}" stroke-width="2.4""#),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_short_as_their_tenths_allow() {
        let cases = [(3.0, "3"), (-0.04, "0"), (0.25, ".3"), (-0.5, "-.5"), (-12.34, "-12.3"), (10.0, "10")];
        for (value, text) in cases {
            assert_eq!(num(value), text);
        }
    }

    #[test]
    fn a_path_returns_to_where_it_started() {
        assert_eq!(path([[1.0, 2.0], [3.5, 1.0], [1.0, 2.0]]), "M1 2l2.5-1-2.5 1");
    }
}
