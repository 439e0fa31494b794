//! Recordings as a long table: a row for each trial and step.

use super::fault::{Fault, LAYOUT};
use super::keys::{note, one_of, passed_over};
use super::layout::Layout;
use super::mask::Mask;
use super::means::{self, COLUMNS, ERROR_COLUMNS, Means};
use super::parts::{CONDITION, Origin, Parts, Purpose, Trial};
use super::repeats::Repeats;
use super::stored::{Entries, Kind, Stored};
use crate::store::read_table::{self, Columns, TableError};
use ndarray::{Array2, Array3};
use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

/// First letters of the columns of responses, inputs and outputs.
const PREFIXES: [&str; 3] = ["unit_", "input_", "output_"];
/// Every other column that is read.
const NAMES: [&str; 7] = ["trial", "step", "mask", "dt_ms", "dt", "tau_ms", "tau"];
/// What is told where a name is not known.
const KNOWN: [&str; 8] = ["trial", "step", "unit_*", "input_*", "output_*", "mask", "dt_ms", "tau_ms"];
/// Places of the longest trial, over all trials, for each row: a stray step number must not fill the memory.
const MOST_PLACES: usize = 100;

/// Letter by letter, but by size where both have digits: `t2` before `t10`.
fn natural_order(a: &str, b: &str) -> Ordering {
    pieces(a).cmp(&pieces(b)).then_with(|| a.cmp(b))
}

/// A text as letters and whole numbers, these without leading zeros and shorter ones first.
fn pieces(text: &str) -> Vec<(usize, &str)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_same = |letter: char| letter.is_ascii_digit() == first.is_ascii_digit();
        let end = rest.find(|letter| !is_same(letter)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        let digits = piece.trim_start_matches('0');
        // Letters stand after every number, as if they were longer.
        pieces.push(if first.is_ascii_digit() { (digits.len(), digits) } else { (usize::MAX, piece) });
        rest = after;
    }
    pieces
}

pub(super) fn parts(path: &Path, purpose: Purpose) -> Result<Parts, Fault> {
    let table = Columns::open(path).map_err(|error| fault(&error))?;
    let names: Vec<String> = table.names().into_iter().map(str::to_owned).collect();
    let of_prefix =
        |prefix: &str| names.iter().filter(|name| name.starts_with(prefix)).cloned().collect::<Vec<String>>();
    let columns = PREFIXES.map(of_prefix);
    let has = |name: &str| names.iter().any(|found| found == name);
    let lacking = ["trial", "step"].into_iter().find(|name| !has(name)).map(str::to_owned).or_else(|| {
        let needed = if purpose == Purpose::Circuits { PREFIXES.len() } else { 1 };
        let lacking = PREFIXES.iter().zip(&columns).take(needed).find(|(_, columns)| columns.is_empty());
        lacking.map(|(prefix, _)| format!("{prefix}*"))
    });
    if let Some(lacking) = lacking {
        let held = names.join("`, `");
        return Err(Fault::new(
            format!("the column `{lacking}` is missing; the table holds `{held}`"),
            LAYOUT,
        ));
    }
    if let Some(twice) = names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
        return Err(Fault::new(
            format!("two columns are named `{}`", twice.1),
            "give each column a name of its own",
        ));
    }
    let is_label = |name: &str| {
        name.starts_with(CONDITION)
            && matches!(kind(&table, name), Kind::Numbers)
            && purpose == Purpose::Ranking
    };
    let is_of_means = |name: &str| {
        purpose == Purpose::Ranking && (COLUMNS.contains(&name) || name.starts_with(ERROR_COLUMNS))
    };
    let mut not_used = Vec::new();
    for name in &names {
        let is_read = NAMES.contains(&name.as_str())
            || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
            || is_label(name)
            || is_of_means(name);
        if !is_read {
            passed_over("column", name, kind(&table, name), None, &KNOWN)?;
            not_used.push(name.clone());
        }
    }
    let labels: Vec<&str> = names.iter().map(String::as_str).filter(|name| is_label(name)).collect();
    let of_means: Vec<&str> = names.iter().map(String::as_str).filter(|name| is_of_means(name)).collect();
    let mut parts = arranged(&table, columns, &labels, &of_means)?;
    parts.notes.extend(note(&not_used));
    Ok(parts)
}

fn kind(table: &Columns, name: &str) -> Kind {
    match table.kind(name) {
        Some(read_table::Kind::Text) => Kind::Text("text"),
        Some(read_table::Kind::Other(kind @ ("date" | "timestamp" | "UUID" | "null"))) => Kind::Text(kind),
        Some(read_table::Kind::Other(kind)) => Kind::Other(kind),
        _ => Kind::Numbers,
    }
}

/// What cannot be read, with what would be right.
fn fault(error: &TableError) -> Fault {
    let remedy = match error {
        TableError::Read { .. } | TableError::Missing { .. } => LAYOUT.to_owned(),
        TableError::File { .. } | TableError::Column { .. } => {
            "save it again, compressed with snappy, zstd, gzip, lz4 or brotli, or not at all".to_owned()
        }
        TableError::Type { name, found: read_table::Kind::Other("decimal"), .. } => {
            format!("cast `{name}` to float64")
        }
        TableError::Type { name, expected, .. } => format!("give `{name}` as {expected}"),
        TableError::Null { name, .. } => format!("fill in every row of `{name}`"),
        TableError::Large { .. } => "give it as int64 or float64".to_owned(),
    };
    Fault::new(error.to_string(), remedy)
}

/// The trials of a table, in order, and which of them each row belongs to.
fn trials_of(table: &Columns) -> Result<(Vec<Trial>, Vec<usize>), Fault> {
    match table.kind("trial") {
        Some(read_table::Kind::Text) => {
            let names = table.text("trial").map_err(|error| fault(&error))?;
            let distinct: HashSet<&str> = names.iter().map(String::as_str).collect();
            let mut distinct: Vec<&str> = distinct.into_iter().collect();
            distinct.sort_by(|a, b| natural_order(a, b));
            let places: HashMap<&str, usize> =
                distinct.iter().enumerate().map(|(place, name)| (*name, place)).collect();
            let of_rows = names.iter().map(|name| places[name.as_str()]).collect();
            Ok((distinct.into_iter().map(|name| Trial::Text(name.to_owned())).collect(), of_rows))
        }
        Some(read_table::Kind::Float | read_table::Kind::Integer) => {
            let numbers = table.numbers("trial").map_err(|error| fault(&error))?;
            numbered(&numbers, "trial")?;
            let mut distinct = numbers.clone();
            distinct.sort_by(f64::total_cmp);
            distinct.dedup();
            let of_rows =
                numbers.iter().map(|number| distinct.partition_point(|other| other < number)).collect();
            Ok((distinct.into_iter().map(Trial::Number).collect(), of_rows))
        }
        found => {
            let found = found.unwrap_or(read_table::Kind::Other("none"));
            let reason = format!("column `trial` is of type {found}, expected numbers or text");
            Err(Fault::new(reason, "give `trial` as whole numbers or names"))
        }
    }
}

/// That no number is missing.
fn numbered(numbers: &[f64], name: &str) -> Result<(), Fault> {
    match numbers.iter().position(|number| !number.is_finite()) {
        Some(row) => Err(Fault::new(format!("column `{name}` is null in row {row}"), "number every row")),
        None => Ok(()),
    }
}

/// Where the rows of a table belong.
struct Places {
    trials: Vec<Trial>,
    /// The first step, as the table numbers it.
    first_step: i64,
    /// Steps of each trial `[B]`.
    lengths: Vec<usize>,
    /// The step and trial of each row.
    of_rows: Vec<[usize; 2]>,
}

/// The rows of a table in their places, whatever their order.
///
/// - `labels`: columns of conditions, `of_means`: columns that say how much noise is in means.
fn arranged(
    table: &Columns,
    columns: [Vec<String>; 3],
    labels: &[&str],
    of_means: &[&str],
) -> Result<Parts, Fault> {
    let Places { trials, first_step, lengths, of_rows } = places(table)?;
    let (n_steps, n_trials) = (lengths.iter().max().copied().unwrap_or(0), trials.len());
    let numbers = |name: &str| table.numbers(name).map_err(|error| fault(&error));
    let cube = |names: &[String]| {
        let mut cube = Array3::from_elem((names.len(), n_steps, n_trials), f64::NAN);
        for (mut of_name, name) in cube.outer_iter_mut().zip(names) {
            for (&place, value) in of_rows.iter().zip(numbers(name)?) {
                of_name[place] = value;
            }
        }
        Ok::<_, Fault>(cube)
    };
    let (mut rates, inputs, outputs) = (cube(&columns[0])?, cube(&columns[1])?, cube(&columns[2])?);
    let mut notes = Vec::new();
    let mask = if table.kind("mask").is_some() {
        let flags = numbers("mask").ok().filter(|flags| flags.iter().all(|&flag| flag == 0.0 || flag == 1.0));
        let reason = "column `mask` is not true or false in every row";
        let wrong = || Fault::new(reason, "give it as booleans, or 0 and 1, without nulls");
        let mut of_trials = Array2::from_elem((n_steps, n_trials), false);
        for (&place, flag) in of_rows.iter().zip(flags.ok_or_else(wrong)?) {
            of_trials[place] = flag == 1.0;
        }
        // Beyond the end of a trial the mask is that of the others, so that one mask for all stays one.
        for ((step, trial), flag) in of_trials.clone().indexed_iter() {
            let is_over = step >= lengths[trial];
            let longer = (0..n_trials).find(|&other| step < lengths[other]);
            of_trials[[step, trial]] =
                if is_over { longer.is_some_and(|b| of_trials[[step, b]]) } else { *flag };
        }
        Mask::of_flags(of_trials)
    } else {
        Mask::All
    };
    let label = |name: &str| {
        let mut levels = vec![f64::NAN; n_trials];
        for (&[_, trial], value) in of_rows.iter().zip(numbers(name)?) {
            if !levels[trial].is_nan() && levels[trial] != value {
                let reason = format!("column `{name}` changes within trial {}", trials[trial]);
                return Err(Fault::new(reason, "it is one number for the whole trial"));
            }
            levels[trial] = value;
        }
        Ok((name.to_owned(), levels))
    };
    let conditions = labels.iter().map(|name| label(name)).collect::<Result<_, Fault>>()?;
    let numbers_of =
        |shape: Vec<usize>, numbers: Vec<f64>| Stored { shape, entries: Entries::Numbers(numbers) };
    let mut known = BTreeMap::new();
    for name in COLUMNS.into_iter().filter(|name| of_means.contains(name)) {
        let stored = if name == COLUMNS[0] {
            numbers_of(vec![n_trials], label(name)?.1)
        } else {
            numbers_of(Vec::new(), vec![constant(name, &numbers(name)?)?])
        };
        known.insert(name, stored);
    }
    if let Some(names) = error_columns(&columns[0], of_means)? {
        let errors = cube(&names)?;
        known.insert(means::ERRORS, numbers_of(errors.shape().to_vec(), errors.into_iter().collect()));
    }
    let time = |names: [&str; 2]| {
        let mut values = [None; 2];
        for (value, name) in values.iter_mut().zip(names) {
            if table.kind(name).is_some() {
                *value = Some(constant(name, &numbers(name)?)?);
            }
        }
        one_of(names, values)
    };
    let (dt_ms, tau_ms) = (time(["dt_ms", "dt"])?, time(["tau_ms", "tau"])?);
    if matches!(trials[0], Trial::Text(_)) {
        notes.push(format!("trials by name, from {} to {}", trials[0], trials[n_trials - 1]));
    }
    let mut repeats = Repeats::SingleTrials;
    if let Some(means) = Means::taken(&mut known)? {
        let of_means = means.read(rates, Layout::default(), dt_ms)?;
        (rates, repeats) = (of_means.0, of_means.1);
        notes.extend(of_means.2);
    }
    let origin = Origin::Table { columns, trials, first_step };
    Ok(Parts { rates, inputs, outputs, repeats, mask, lengths, dt_ms, tau_ms, conditions, origin, notes })
}

/// The columns of the standard errors of these units; [`None`] if there are none.
fn error_columns(units: &[String], of_means: &[&str]) -> Result<Option<Vec<String>>, Fault> {
    let errors: Vec<&str> = of_means.iter().copied().filter(|name| name.starts_with(ERROR_COLUMNS)).collect();
    if errors.is_empty() {
        return Ok(None);
    }
    let remedy =
        "every column `unit_*` needs a column `sem_*` of the same name, and every such column a unit";
    let names: Vec<String> = units.iter().map(|unit| unit.replacen(PREFIXES[0], ERROR_COLUMNS, 1)).collect();
    if let Some(lacking) = names.iter().find(|name| !errors.contains(&name.as_str())) {
        return Err(Fault::new(format!("the column `{lacking}` is missing"), remedy));
    }
    match errors.iter().find(|name| !names.iter().any(|known| known == *name)) {
        Some(other) => Err(Fault::new(format!("there is no unit of the column `{other}`"), remedy)),
        None => Ok(Some(names)),
    }
}

/// The places of the rows. Every trial has each step once, from the same first one to an end of its own.
fn places(table: &Columns) -> Result<Places, Fault> {
    let remedy = "every trial needs each step once, from the same first one to its own last; write null for responses that \
                  are missing";
    let (trials, of_rows) = trials_of(table)?;
    let steps = table
        .numbers("step")
        .map_err(|error| Fault { remedy: "give `step` as whole numbers".to_owned(), ..fault(&error) })?;
    numbered(&steps, "step")?;
    if let Some(row) = steps.iter().position(|step| step.fract() != 0.0 || step.abs() > 9e15) {
        let reason = format!("column `step` is {} in row {row}, expected a whole number", steps[row]);
        return Err(Fault::new(reason, "number the steps; the time between two of them is `dt_ms`"));
    }
    let Some(first_step) = steps.iter().copied().reduce(f64::min) else {
        return Err(Fault::new("the table has no row", LAYOUT));
    };
    let places: Vec<[usize; 2]> =
        of_rows.iter().zip(&steps).map(|(trial, step)| [(step - first_step) as usize, *trial]).collect();
    let mut counts = vec![0; trials.len()];
    for &[_, trial] in &places {
        counts[trial] += 1;
    }
    let mut found: Vec<Vec<bool>> = counts.iter().map(|&count| vec![false; count]).collect();
    let at = |step: usize| first_step + step as f64;
    for &[step, trial] in &places {
        match found[trial].get_mut(step) {
            Some(found) if *found => {
                let reason = format!("trial {}, step {} stands in two rows", trials[trial], at(step));
                return Err(Fault::new(reason, remedy));
            }
            Some(found) => *found = true,
            None => {} // a step before it is missing, or stands twice
        }
    }
    for (trial, found) in found.iter().enumerate() {
        if let Some(step) = found.iter().position(|found| !found) {
            let reason = format!("trial {} lacks step {}", trials[trial], at(step));
            return Err(Fault::new(reason, remedy));
        }
    }
    let longest = counts.iter().max().copied().unwrap_or(0);
    if longest.saturating_mul(trials.len()) / MOST_PLACES > places.len() {
        let trial = counts.iter().position(|&count| count == longest).unwrap_or(0);
        let reason = format!("trial {} has {longest} steps, most others far fewer", trials[trial]);
        return Err(Fault::new(reason, "leave out the trials that are far longer than the others"));
    }
    Ok(Places { trials, first_step: first_step as i64, lengths: counts, of_rows: places })
}

/// The one value of a column.
fn constant(name: &str, values: &[f64]) -> Result<f64, Fault> {
    let first = values[0];
    match values.iter().position(|&value| value != first) {
        Some(row) if !first.is_nan() => {
            let reason = format!("column `{name}` is {first} in row 0 and {} in row {row}", values[row]);
            Err(Fault::new(reason, "the time is one for the whole recording"))
        }
        _ => Ok(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trials_stand_in_the_order_of_their_numbers_also_within_names() {
        let mut names = ["t10", "t2", "t2b", "t02", "a", "12", "9", "é1"];
        names.sort_by(|a, b| natural_order(a, b));
        assert_eq!(names, ["9", "12", "a", "t02", "t2", "t2b", "t10", "é1"]);
    }
}
