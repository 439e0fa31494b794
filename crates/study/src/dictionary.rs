//! The data dictionary: `docs/tables.md`, made from the tables themselves.

use crate::store::table::{Meaning, TABLES_VERSION};
use crate::table::{Tables, settings};
use std::fmt::Write as _;

/// What every column of every table means, as Markdown.
pub fn dictionary() -> String {
    let mut text = format!(
        "# Tables\n\n\
         A study folder holds these tables in `tables/`, one Parquet file each (format {TABLES_VERSION}). pandas, polars and R open them; \
         the meaning, unit and levels of each column stand in the file too, as JSON under the key `circuitscope_columns` of its \
         metadata, and what a row is under `circuitscope_row`. What is not known is null.\n\n\
         Where classes of a study differ in a setting, as by a grid, every table with a class has the setting as a column behind it: \
         {}; behind `class_a` and `class_b` with `_a` and `_b`.\n\n\
         This page is made from the program: `cargo xtask docs` writes it, and a test holds it to the tables.\n",
        settings::names().iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    );
    for (name, row, columns) in Tables::documentation() {
        let _ =
            write!(text, "\n## `{name}`\n\n{}\n\n| column | type | meaning |\n|---|---|---|\n", row.trim());
        for (column, meaning) in columns {
            let _ = writeln!(text, "| `{column}` | {} | {} |", kind(&meaning), said(&meaning));
        }
    }
    text
}

fn kind(meaning: &Meaning) -> String {
    let missing = if meaning.is_optional { ", may be missing" } else { "" };
    format!("{}{missing}", meaning.kind)
}

fn said(meaning: &Meaning) -> String {
    let unit = if meaning.unit.is_empty() { String::new() } else { format!(" Unit: {}.", meaning.unit) };
    let levels = match meaning.levels.as_slice() {
        [] => String::new(),
        levels => format!(
            " One of {}.",
            levels.iter().map(|level| format!("`{level}`")).collect::<Vec<_>>().join(", ")
        ),
    };
    format!("{}{unit}{levels}", meaning.text.replace('|', "\\|"))
}
