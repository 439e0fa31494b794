//! The constant inputs of a declared task at which fixed points are sought.

use super::declaration::FixedPoints;
use super::error::{DeclaredError, Place};
use super::factors::{check_levels, crossed, points};
use super::names::{check_identifier, expression, found, in_expressions};
use crate::task::{InputGrid, InputLine};
use ndarray::{Array2, Axis};

/// Most constant inputs.
pub(super) const MOST_INPUTS: usize = 10_000;

/// The grid that is declared for inputs of these names.
///
/// Conditions are quantities of no line, then those of `lines`.
pub(super) fn constant_inputs(
    declared: &FixedPoints,
    channels: &[String],
) -> Result<InputGrid, DeclaredError> {
    let top = Place::of("fixed_points");
    let mut names: Vec<String> = Vec::new();
    for (name, levels) in &declared.over {
        let place = top.key("over").key(name);
        check_identifier(name, &place)?;
        check_levels(levels, &place)?;
        if names.iter().any(|known| in_expressions(known) == in_expressions(name)) {
            return Err(DeclaredError::refused(
                place,
                format!("\"{name}\" a second time"),
                "name each quantity once",
            ));
        }
        if let Some(at) = (0..levels.len()).find(|&at| levels[..at].contains(&levels[at])) {
            let found = format!("{} a second time", levels[at]);
            return Err(DeclaredError::refused(place.entry(at), found, "name each level once"));
        }
        names.push(name.clone());
    }
    let levels: Vec<&[f64]> = declared.over.iter().map(|(_, levels)| levels.as_slice()).collect();
    let n = levels.iter().try_fold(1_usize, |n, levels| n.checked_mul(levels.len()));
    let Some(n) = n.filter(|&n| n <= MOST_INPUTS) else {
        let found = format!("more than {MOST_INPUTS} constant inputs");
        return Err(DeclaredError::refused(top.key("over"), found, "give fewer levels"));
    };
    let rows: Vec<Vec<f64>> = (0..n).map(|row| crossed(&levels, row)).collect();
    let lines = quantities("lines", declared.lines.as_deref(), &declared.over, &names)?;
    let among: Vec<String> = lines.iter().map(|&line| names[line].clone()).collect();
    let of_lines: Vec<_> = lines.iter().map(|&line| declared.over[line].clone()).collect();
    let main = quantities("main", declared.main.as_deref(), &of_lines, &among)?;
    let main: Vec<usize> = main.into_iter().map(|place| lines[place]).collect();
    let inputs = inputs(declared, channels, &names, &rows)?;
    let grid = of_crossed(&declared.over, inputs, &lines, &main);
    check_distinct(&grid)?;
    Ok(grid)
}

/// The grid of inputs `[I, U]` of every combination of levels, the last varying fastest.
///
/// - `lines`: quantities that change along lines; `main`: those of them whose lines through the middle are the main ones.
pub(super) fn of_crossed(
    over: &[(String, Vec<f64>)],
    inputs: Array2<f64>,
    lines: &[usize],
    main: &[usize],
) -> InputGrid {
    let levels: Vec<&[f64]> = over.iter().map(|(_, levels)| levels.as_slice()).collect();
    let rows: Vec<Vec<f64>> = (0..inputs.nrows()).map(|row| crossed(&levels, row)).collect();
    let others = (0..over.len()).filter(|quantity| !lines.contains(quantity)).collect::<Vec<_>>();
    let order: Vec<usize> = others.iter().chain(lines).copied().collect();
    let lines_found = lines_of(&levels, &others, lines);
    let is_middle = |line: &Line| {
        main.contains(&line.along)
            && main
                .iter()
                .filter(|other| **other != line.along)
                .all(|&other| rows[line.inputs[0]][other] == middle(levels[other]))
    };
    let named = |line: &Line| InputLine { quantity: over[line.along].0.clone(), inputs: line.inputs.clone() };
    InputGrid {
        names: order.iter().map(|&quantity| over[quantity].0.clone()).collect(),
        conditions: Array2::from_shape_fn((rows.len(), order.len()), |(row, column)| {
            rows[row][order[column]]
        }),
        lines: lines_found.iter().map(named).collect(),
        middle_lines: lines_found.iter().filter(|line| is_middle(line)).map(named).collect(),
        inputs,
    }
}

/// Refuses a grid in which two conditions have the same inputs.
fn check_distinct(grid: &InputGrid) -> Result<(), DeclaredError> {
    let rows: Vec<_> = grid.inputs.axis_iter(Axis(0)).collect();
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let compared = |a: usize, b: usize| {
        let unequal = rows[a].iter().zip(rows[b]).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
        unequal.unwrap_or(std::cmp::Ordering::Equal)
    };
    order.sort_by(|&a, &b| compared(a, b));
    let Some(same) = order.windows(2).find(|pair| compared(pair[0], pair[1]).is_eq()) else { return Ok(()) };
    let words = |row: usize| {
        let values = grid.names.iter().zip(grid.conditions.row(row));
        values.map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ")
    };
    let found = format!("the same inputs for ({}) and ({})", words(same[0]), words(same[1]));
    let remedy = "each combination of `over` must give inputs of its own: use every quantity in `inputs`";
    Err(DeclaredError::refused(Place::of("fixed_points").key("inputs"), found, remedy))
}

/// A line along a quantity, from its least level to its largest.
struct Line {
    along: usize,
    inputs: Vec<usize>,
}

/// For each combination of the quantities of no line, and each quantity of a line, its line for each combination of the others.
fn lines_of(levels: &[&[f64]], others: &[usize], lines: &[usize]) -> Vec<Line> {
    let counts: Vec<usize> = levels.iter().map(|levels| levels.len()).collect();
    let mut found = Vec::new();
    for outer in combinations(&counts, others) {
        for &along in lines {
            let held: Vec<usize> = lines.iter().copied().filter(|&line| line != along).collect();
            for inner in combinations(&counts, &held) {
                let mut at = vec![0; counts.len()];
                let fixed = others.iter().zip(&outer).chain(held.iter().zip(&inner));
                fixed.for_each(|(&quantity, &level)| at[quantity] = level);
                let mut rising: Vec<usize> = (0..counts[along]).collect();
                rising.sort_by(|&a, &b| levels[along][a].total_cmp(&levels[along][b]));
                let input = |level: usize| {
                    at.iter().zip(&counts).enumerate().fold(0, |row, (quantity, (&held, &count))| {
                        row * count + if quantity == along { level } else { held }
                    })
                };
                found.push(Line { along, inputs: rising.into_iter().map(input).collect() });
            }
        }
    }
    found
}

/// Every combination of the levels of some quantities, the last varying fastest.
fn combinations(counts: &[usize], of: &[usize]) -> Vec<Vec<usize>> {
    of.iter().fold(vec![Vec::new()], |before, &quantity| {
        let with = |held: &Vec<usize>| {
            let held = held.clone();
            (0..counts[quantity]).map(move |level| held.iter().copied().chain([level]).collect())
        };
        before.iter().flat_map(with).collect()
    })
}

/// The level in the middle by size; of an even number the lower of the two.
fn middle(levels: &[f64]) -> f64 {
    let mut rising = levels.to_vec();
    rising.sort_by(f64::total_cmp);
    rising[(rising.len() - 1) / 2]
}

/// The quantities that a list names; without one those with more than two levels, or else with two.
fn quantities(
    key: &str,
    list: Option<&[String]>,
    over: &[(String, Vec<f64>)],
    names: &[String],
) -> Result<Vec<usize>, DeclaredError> {
    let place = Place::of("fixed_points").key(key);
    let Some(list) = list else {
        let with = |n: usize| (0..over.len()).filter(|&at| over[at].1.len() >= n).collect::<Vec<_>>();
        return Ok(Some(with(3)).filter(|several| !several.is_empty()).unwrap_or_else(|| with(2)));
    };
    let mut chosen = Vec::new();
    for (at, name) in list.iter().enumerate() {
        let place = place.entry(at);
        let quantity = found(name, names, "quantity", place.clone())?;
        if chosen.contains(&quantity) {
            return Err(DeclaredError::refused(place, format!("\"{name}\" a second time"), "name each once"));
        }
        if over[quantity].1.len() < 2 {
            let remedy = "a line needs at least two levels";
            return Err(DeclaredError::refused(place, format!("\"{name}\", which has one level"), remedy));
        }
        chosen.push(quantity);
    }
    Ok(chosen)
}

/// The inputs `[I, U]` of each row of levels.
pub(super) fn inputs(
    declared: &FixedPoints,
    channels: &[String],
    names: &[String],
    rows: &[Vec<f64>],
) -> Result<Array2<f64>, DeclaredError> {
    let known: Vec<String> = names.iter().map(|name| in_expressions(name)).collect();
    let mut inputs = Array2::zeros((rows.len(), channels.len()));
    for named in &declared.inputs {
        let place = Place::of("fixed_points").key("inputs").key(&named.name);
        let channel = found(&named.name, channels, "input", place.clone())?;
        let value = expression(&named.value, &known, place.clone())?;
        for (row, levels) in rows.iter().enumerate() {
            let at = value.range(&points(levels)).map_err(|fault| {
                let held: Vec<String> =
                    known.iter().zip(levels).map(|(name, level)| format!("{name} = {level}")).collect();
                let found = format!("{} at {}", fault.why, held.join(", "));
                let remedy = "inputs must be finite at every level";
                DeclaredError {
                    span: Some(fault.span),
                    ..DeclaredError::refused(place.clone(), found, remedy)
                }
            })?;
            inputs[[row, channel]] = at.low;
        }
    }
    Ok(inputs)
}
