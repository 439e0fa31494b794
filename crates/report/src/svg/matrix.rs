//! Panels of cells.

use std::fmt::Write as _;

use super::axis::Span;
use super::pen::{self, MUTED, SURFACE, TEXT, escape, num};
use super::{Drawn, raster};
use crate::figure::{Block, Matrix, Rgb, Scale, UNCERTAIN};

/// Colours told apart; more would cost space and show nothing.
const LEVELS: usize = 64;
/// Cells a side at most; larger matrices are drawn by the mean of neighbouring cells.
const MOST_CELLS: usize = 300;
/// Cells a side up to which each is drawn by itself.
const FEW: usize = 24;
/// Width of the class bars at the edges.
const BAR: f64 = 8.0;

pub(super) fn draw(matrix: &Matrix, width: f64, top: f64) -> Drawn {
    let named = named(matrix);
    let longest = matrix.blocks.iter().map(|block| pen::text_width(&block.label, 11.0)).fold(0.0, f64::max);
    let left = if named { longest + 10.0 } else { 26.0 };
    let side = (width - left - 74.0).max(40.0);
    // Names of columns stand at a slant above them.
    let top = top + if named { longest * 0.72 + 10.0 } else { BAR + 4.0 };
    let mut body = String::new();
    if matrix.n <= FEW {
        squares(&mut body, matrix, left, top, side);
    } else {
        let image = raster::base64(&image(matrix));
        let (x, y, s) = (num(left), num(top), num(side));
        let _ = write!(
            body,
            concat!(
                r#"<image x="{}" y="{}" width="{}" height="{}" preserveAspectRatio="none" "#,
                r#"style="image-rendering:pixelated" href="data:image/png;base64,{}"/>"#
            ),
            x, y, s, s, image
        );
    }
    if named {
        node_names(&mut body, matrix, left, top, side);
    } else {
        edges(&mut body, matrix, left, top, side);
    }
    colour_bar(&mut body, matrix, left + side + 16.0, top, side);
    Drawn { width, height: top + side + 6.0, view: String::new(), body }
}

/// Whether every row has a name of its own.
fn named(matrix: &Matrix) -> bool {
    matrix.blocks.len() == matrix.n && matrix.blocks.iter().all(|block| !block.label.is_empty())
}

/// The name of every row and column, and the value in every cell.
fn node_names(out: &mut String, matrix: &Matrix, left: f64, top: f64, side: f64) {
    let scale = side / matrix.n.max(1) as f64;
    for (i, block) in matrix.blocks.iter().enumerate() {
        let at = (i as f64 + 0.5) * scale;
        let label = escape(&block.label);
        let (x, y) = (num(left - 6.0), num(top + at + 4.0));
        let _ = write!(
            out,
            r#"<text x="{x}" y="{y}" text-anchor="end" font-size="11" fill="{TEXT}">{label}</text>"#
        );
        let (x, y) = (num(left + at + 3.0), num(top - 6.0));
        let _ = write!(
            out,
            r#"<text transform="translate({x} {y}) rotate(-45)" font-size="11" fill="{TEXT}">{label}</text>"#
        );
    }
    if scale < 30.0 {
        return;
    }
    let strong = matrix.range.iter().fold(0.0, |most: f64, end| most.max(end.abs())) * 0.6;
    for (i, value) in
        matrix.values.iter().take(matrix.n * matrix.n).enumerate().filter(|(_, v)| v.is_finite())
    {
        let (row, column) = (i / matrix.n, i % matrix.n);
        let (x, y) = (num(left + (column as f64 + 0.5) * scale), num(top + (row as f64 + 0.5) * scale + 3.5));
        // The ground is the cell, not the page, so the colour stays in dark mode: a style, not an attribute.
        let is_pale = matrix.certainty.get(i).is_some_and(|&certainty| certainty < 0.5);
        let colour = if value.abs() > strong && !is_pale { "#ffffff" } else { "#1f2733" };
        let rounded = (value * 100.0).round() / 100.0 + 0.0; // no minus sign before zero
        let text = format!("{rounded:.2}").replace('-', "−");
        let _ = write!(
            out,
            r#"<text x="{x}" y="{y}" text-anchor="middle" font-size="10" style="fill:{colour}">{text}</text>"#
        );
    }
}

/// Few cells as squares, which every viewer draws with sharp edges.
fn squares(out: &mut String, matrix: &Matrix, left: f64, top: f64, side: f64) {
    let scale = side / matrix.n.max(1) as f64;
    let [low, high] = matrix.range;
    for (i, value) in matrix.values.iter().take(matrix.n * matrix.n).enumerate() {
        let (row, column) = (i / matrix.n, i % matrix.n);
        let full = matrix.ramp.at((value - low) / (high - low));
        let certainty = matrix.certainty.get(i).copied().unwrap_or(1.0);
        let colour = if certainty < 1.0 { UNCERTAIN.between(full, certainty) } else { full };
        let (x, y) = (num(left + column as f64 * scale), num(top + row as f64 * scale));
        let size = num(scale + 0.2);
        let _ =
            write!(out, r#"<rect x="{x}" y="{y}" width="{size}" height="{size}" style="fill:{colour}"/>"#);
    }
}

fn image(matrix: &Matrix) -> Vec<u8> {
    let n = matrix.n;
    let cells = n.min(MOST_CELLS);
    let palette: Vec<Rgb> = matrix.ramp.sample(LEVELS);
    let bounds: Vec<usize> = (0..=cells).map(|i| i * n / cells.max(1)).collect();
    let [low, high] = matrix.range;
    let mut levels = Vec::with_capacity(cells * cells);
    for rows in bounds.windows(2) {
        for columns in bounds.windows(2) {
            let mut sum = 0.0;
            for row in rows[0]..rows[1] {
                let cells = matrix.values.get(row * n + columns[0]..row * n + columns[1]).unwrap_or(&[]);
                sum += cells.iter().sum::<f64>();
            }
            let mean = sum / ((rows[1] - rows[0]) * (columns[1] - columns[0])) as f64;
            let share = ((mean - low) / (high - low)).clamp(0.0, 1.0);
            levels.push((share * (LEVELS - 1) as f64).round() as u8);
        }
    }
    raster::png(cells, cells, &levels, &palette)
}

/// Bars in the classes' colours, lines between blocks, and the names of runs of blocks.
fn edges(out: &mut String, matrix: &Matrix, left: f64, top: f64, side: f64) {
    let scale = side / matrix.n.max(1) as f64;
    let mut row = 0;
    for block in &matrix.blocks {
        let (from, long) = (row as f64 * scale, block.len as f64 * scale);
        let fill = pen::hex(block.ink);
        for [x, y, w, h] in
            [[left - BAR - 2.0, top + from, BAR, long], [left + from, top - BAR - 2.0, long, BAR]]
        {
            let (x, y, w, h) = (num(x), num(y), num(w), num(h));
            let _ = write!(out, r#"<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="{fill}"/>"#);
        }
        row += block.len;
        if row < matrix.n {
            let at = row as f64 * scale;
            for ends in
                [[[left, top + at], [left + side, top + at]], [[left + at, top], [left + at, top + side]]]
            {
                let d = pen::path(ends);
                let _ = write!(out, r#"<path d="{d}" stroke="{SURFACE}" stroke-width=".6" opacity=".7"/>"#);
            }
        }
    }
    run_names(out, &matrix.blocks, left, top, scale);
}

fn run_names(out: &mut String, blocks: &[Block], left: f64, top: f64, scale: f64) {
    let mut row = 0;
    for run in blocks.chunk_by(|a, b| a.label == b.label) {
        let len: usize = run.iter().map(|block| block.len).sum();
        let middle = top + (row as f64 + len as f64 / 2.0) * scale;
        row += len;
        let label = &run[0].label;
        if pen::text_width(label, 10.5) > len as f64 * scale {
            continue;
        }
        let (x, y, label) = (num(left - BAR - 7.0), num(middle), escape(label));
        let _ = write!(
            out,
            r#"<text transform="translate({x} {y}) rotate(-90)" text-anchor="middle" font-size="10.5" fill="{MUTED}">{label}</text>"#
        );
    }
}

fn colour_bar(out: &mut String, matrix: &Matrix, x: f64, top: f64, side: f64) {
    const STEPS: usize = 32;
    let height = (side * 0.5).max(30.0);
    let y = top + (side - height) / 2.0;
    for (i, colour) in matrix.ramp.sample(STEPS).into_iter().enumerate() {
        let step = height / STEPS as f64;
        let from = y + height - (i + 1) as f64 * step;
        let (x, from, step) = (num(x), num(from), num(step + 0.4));
        let _ = write!(out, r#"<rect x="{x}" y="{from}" width="10" height="{step}" style="fill:{colour}"/>"#);
    }
    let span = Span::new(&Scale::Linear, Some(matrix.range), std::iter::empty());
    for (value, text) in span.ticks(4) {
        let Some(share) = span.at(value) else { continue };
        let (x, y) = (num(x + 15.0), num(y + (1.0 - share) * height + 3.8));
        let _ = write!(out, r#"<text x="{x}" y="{y}" font-size="11" fill="{MUTED}">{text}</text>"#);
    }
    let label = escape(&matrix.label);
    let (x, y) = (num(x), num(y - 10.0));
    let _ = write!(out, r#"<text x="{x}" y="{y}" font-size="11" fill="{TEXT}">{label}</text>"#);
}
