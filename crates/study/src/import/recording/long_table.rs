//! Recordings as a long table: a row for each trial and step.

use super::{Fault, LAYOUT, Origin, Parts};
use crate::store::read_table::{Columns as Table, TableError};
use circuitscope::analysis::latent_circuit::responses::Responses;
use ndarray::Array3;
use std::path::Path;

/// First letters of the columns of responses, inputs and outputs.
const PREFIXES: [&str; 3] = ["unit_", "input_", "output_"];

/// The columns that a recording has, over all rows.
#[derive(Default)]
struct Columns {
    trial: Vec<i64>,
    step: Vec<i64>,
    /// Responses, inputs, outputs; NaN stands for null.
    values: [Vec<Vec<f64>>; 3],
    mask: Vec<bool>,
    /// Each row's, empty without the column.
    times: [Vec<f64>; 2],
}

const TIMES: [&str; 2] = ["dt_ms", "tau_ms"];

pub(super) fn parts(path: &Path) -> Result<Parts, Fault> {
    let table = Table::open(path).map_err(fault)?;
    let names: Vec<String> = table.names().into_iter().map(str::to_owned).collect();
    let of_prefix =
        |prefix: &str| names.iter().filter(|name| name.starts_with(prefix)).cloned().collect::<Vec<String>>();
    let columns = PREFIXES.map(of_prefix);
    let has = |name: &str| names.iter().any(|found| found == name);
    let lacking = ["trial", "step"].into_iter().find(|name| !has(name)).map(str::to_owned).or_else(|| {
        let lacking = PREFIXES.iter().zip(&columns).find(|(_, columns)| columns.is_empty());
        lacking.map(|(prefix, _)| format!("{prefix}*"))
    });
    if let Some(lacking) = lacking {
        let held = names.join("`, `");
        return Err(Fault::new(
            format!("the column `{lacking}` is missing; the table holds `{held}`"),
            LAYOUT,
        ));
    }
    let whole = |name: &'static str| {
        let column = table.integer(name).map_err(fault)?;
        let empty =
            |row: usize| Fault::new(format!("column `{name}` is null in row {row}"), "number every row");
        column
            .into_iter()
            .enumerate()
            .map(|(row, value)| value.ok_or_else(|| empty(row)))
            .collect::<Result<_, _>>()
    };
    let numbers = |name: &str| table.numbers(name).map_err(fault);
    let mut found = Columns { trial: whole("trial")?, step: whole("step")?, ..Columns::default() };
    for (values, names) in found.values.iter_mut().zip(&columns) {
        *values = names.iter().map(|name| numbers(name)).collect::<Result<_, _>>()?;
    }
    if has("mask") {
        found.mask = table.flag("mask").map_err(fault)?;
    }
    for (values, name) in found.times.iter_mut().zip(TIMES) {
        if has(name) {
            *values = numbers(name)?;
        }
    }
    arranged(&found, columns)
}

/// What is wrong with a table, and what would be right.
fn fault(error: TableError) -> Fault {
    let remedy = match &error {
        TableError::Read { .. } | TableError::File { .. } | TableError::Column { .. } => {
            "save it again, compressed with snappy or zstd, or not at all".to_owned()
        }
        TableError::Missing { .. } => LAYOUT.to_owned(),
        TableError::Type { name, expected, .. } => format!("give `{name}` as {expected}"),
        TableError::Null { name, .. } => format!("give `{name}` in every row"),
        TableError::Large { .. } => "give smaller numbers".to_owned(),
    };
    Fault::new(error.to_string(), remedy)
}

/// The rows of a table in their places, whatever their order.
fn arranged(found: &Columns, columns: [Vec<String>; 3]) -> Result<Parts, Fault> {
    let mut trials = found.trial.clone();
    trials.sort_unstable();
    trials.dedup();
    let (Some(&first_step), Some(&last_step)) = (found.step.iter().min(), found.step.iter().max()) else {
        return Err(Fault::new("the table has no row", LAYOUT));
    };
    let rows = rows_of(found, &trials, first_step, last_step)?;
    let n_trials = trials.len();
    let n_steps = rows.len() / n_trials;
    let cube = |values: &[Vec<f64>]| {
        Array3::from_shape_fn((values.len(), n_steps, n_trials), |(i, t, b)| {
            values[i][rows[t * n_trials + b]]
        })
    };
    let [rates, inputs, outputs] = [0, 1, 2].map(|array: usize| cube(&found.values[array]));
    let mask = mask(&found.mask, &rows, (n_steps, &trials), first_step)?;
    let [dt_ms, tau_ms] = [0, 1].map(|time| constant(TIMES[time], &found.times[time]));
    let responses = Responses { rates, inputs: inputs.mapv(|value| value as f32), outputs, mask };
    let origin = Origin::Table { columns, trials, first_step };
    Ok(Parts { responses, dt_ms: dt_ms?, tau_ms: tau_ms?, origin })
}

/// The row of every step and trial, step by step.
fn rows_of(found: &Columns, trials: &[i64], first_step: i64, last_step: i64) -> Result<Vec<usize>, Fault> {
    let remedy = "every trial needs each step once, from the same first to the same last; write null for responses that are \
                  missing";
    let (n_rows, n_trials) = (found.trial.len(), trials.len());
    let n_steps = last_step.abs_diff(first_step).saturating_add(1);
    let n_places = n_steps.saturating_mul(n_trials as u64);
    // No more places than twice the rows are laid out: a stray step number must not fill the memory.
    if n_places > 2 * n_rows as u64 {
        let reason = format!(
            "columns `trial` and `step`: {n_rows} rows for {n_trials} trials of steps {first_step} to {last_step}"
        );
        return Err(Fault::new(reason, remedy));
    }
    let mut rows: Vec<Option<usize>> = vec![None; n_places as usize];
    for (row, (trial, step)) in found.trial.iter().zip(&found.step).enumerate() {
        let place = trials.partition_point(|other| other < trial);
        let at = step.abs_diff(first_step) as usize * n_trials + place;
        if rows[at].replace(row).is_some() {
            return Err(Fault::new(format!("trial {trial}, step {step} stands in two rows"), remedy));
        }
    }
    let placed = rows.iter().enumerate().map(|(at, row)| {
        row.ok_or_else(|| {
            let (step, trial) = (first_step + (at / n_trials) as i64, trials[at % n_trials]);
            Fault::new(format!("trial {trial} lacks step {step}"), remedy)
        })
    });
    placed.collect()
}

/// The masked steps; every trial must have the same.
fn mask(
    flags: &[bool],
    rows: &[usize],
    (n_steps, trials): (usize, &[i64]),
    first_step: i64,
) -> Result<Vec<usize>, Fault> {
    if flags.is_empty() {
        return Ok((0..n_steps).collect());
    }
    let mut steps = Vec::new();
    for (t, of_step) in rows.chunks(trials.len()).enumerate() {
        if let Some(b) = of_step.iter().position(|&row| flags[row] != flags[of_step[0]]) {
            let (step, trial, first) = (first_step + t as i64, trials[b], trials[0]);
            let reason = format!("column `mask` differs between trials {first} and {trial} at step {step}");
            return Err(Fault::new(reason, "a mask is the same in every trial"));
        }
        if flags[of_step[0]] {
            steps.push(t);
        }
    }
    Ok(steps)
}

/// The one value of a column, if the table has it.
fn constant(name: &str, values: &[f64]) -> Result<Option<f64>, Fault> {
    let Some(&first) = values.first() else { return Ok(None) };
    match values.iter().position(|&value| value != first) {
        Some(row) if !first.is_nan() => {
            let reason = format!("column `{name}` is {first} in row 0 and {} in row {row}", values[row]);
            Err(Fault::new(reason, "the time is one for the whole recording"))
        }
        _ => Ok(Some(first)),
    }
}
