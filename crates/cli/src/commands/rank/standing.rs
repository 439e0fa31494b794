//! Where a recording stands among the networks of each class, as text.

use crate::exit::Failure;
use circuitscope_study::one_network::{FurtherDistanceRow, MeasureRow, Standing};
use std::io::Write;

/// Columns of a value, and of a percentile.
const WIDTH: usize = 8;

/// Prints the distances that have no vote, then measures as percentiles within each class.
pub(super) fn print(out: &mut impl Write, standing: &Standing, width: usize) -> Result<(), Failure> {
    let Standing { measures, measures_not_taken, further_distances } = standing;
    for of_measure in further_distances.chunk_by(|a, b| a.measure == b.measure) {
        let heading = format!("{}, no vote", of_measure[0].measure);
        let width = width.max(heading.len());
        writeln!(out, "\n{heading:<width$}  distance  95 % of networks    nearest in")?;
        let mut rows: Vec<&FurtherDistanceRow> = of_measure.iter().collect();
        rows.sort_by(|a, b| a.distance.total_cmp(&b.distance));
        for FurtherDistanceRow { class, distance, interval, nearest_share, .. } in rows {
            let share = 100.0 * nearest_share;
            let interval =
                interval.map_or_else(String::new, |[low, high]| format!("{low:>8.3} to {high:<8.3}"));
            writeln!(out, "{class:<width$}  {distance:>8.3}  {interval:<20}  {share:>5.1} %")?;
        }
    }
    let mut classes: Vec<&str> = Vec::new();
    for row in measures {
        if !classes.contains(&row.class.as_str()) {
            classes.push(&row.class);
        }
    }
    let width = measures.iter().map(|row| row.measure.len()).max().unwrap_or_default();
    if !measures.is_empty() {
        let heading: Vec<String> = classes.iter().map(|class| format!("{class:>WIDTH$}")).collect();
        writeln!(out, "\n{:<width$}  {:>WIDTH$}  {}", "percentiles within", "value", heading.join("  "))?;
    }
    for of_measure in measures.chunk_by(|a, b| a.measure == b.measure) {
        let MeasureRow { measure, value, .. } = &of_measure[0];
        let cell = |class: &&str| {
            let n = class.len().max(WIDTH);
            let row = of_measure.iter().find(|row| row.class == *class);
            row.map_or_else(|| " ".repeat(n), |row| format!("{:>n$.0}", 100.0 * row.percentile))
        };
        let cells: Vec<String> = classes.iter().map(cell).collect();
        writeln!(out, "{measure:<width$}  {value:>WIDTH$.3}  {}", cells.join("  "))?;
    }
    for row in measures_not_taken {
        writeln!(out, "not taken: {}: {}", row.measure, row.why)?;
    }
    Ok(())
}
