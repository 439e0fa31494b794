//! Commands on the dynamics of one network: fixed points, their branches, the line between choices.

use super::which_task::{maybe_task, task_of};
use super::{network, print_json};
use crate::arguments::{Branches, FixedPoints, LineAttractor};
use crate::exit::Failure;
use crate::progress::Progress;
use circuitscope_study::Task;
use circuitscope_study::import::{self, Named};
use circuitscope_study::one_network::{self, OneNetworkError};
use std::collections::BTreeMap;
use std::io::Write;

pub(super) fn fixed_points(request: &FixedPoints) -> Result<(), Failure> {
    let task = maybe_task(&request.task)?;
    let search = if request.thorough { one_network::Search::THOROUGH } else { one_network::Search::STANDARD };
    let network = network(&request.network)?;
    let n_inputs = network.network.n_inputs();
    let inputs = request.inputs.as_deref().map(|path| import::inputs(path, n_inputs)).transpose()?;
    let (task, inputs) = (task.as_ref(), inputs.as_ref());
    let progress = Progress::new();
    let found =
        one_network::fixed_points(&network, task, inputs, &search, &|event| progress.on_event(&event));
    progress.end();
    let found = found?;
    if request.json {
        return print_json(&found);
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:<32} {:>6} {:>8} {:>9} {:>9} {:>9} {:>6} {:>9}",
        "input", "stable", "unstable", "marginal", "certified", "manifolds", "Chao1", "coverage"
    )?;
    let all = found.inputs.iter().zip(&found.points).zip(&found.manifolds).zip(&found.completeness);
    for (((input, points), manifolds), completeness) in all {
        let shown: Vec<String> = input
            .iter()
            .map(|u| format!("{u:.3}").trim_end_matches('0').trim_end_matches('.').to_owned())
            .collect();
        let count = |stability: &str| points.iter().filter(|point| point.stability == stability).count();
        writeln!(
            out,
            "{:<32} {:>6} {:>8} {:>9} {:>9} {:>9} {:>6.1} {:>9}{}",
            shown.join(" "),
            count("stable"),
            count("unstable"),
            count("marginal"),
            points.iter().filter(|point| point.certified).count(),
            manifolds.len(),
            completeness.chao1,
            completeness.coverage.map_or_else(|| "–".to_owned(), |coverage| format!("{coverage:.2}")),
            match (completeness.balanced, completeness.degenerate) {
                (Some(false), _) => "  a point is missing",
                (_, 1) => "  a degenerate point is near",
                (_, 2..) => "  degenerate points are near",
                (_, 0) => "",
            }
        )?;
    }
    let points = || found.points.iter().flatten();
    let largest = points().map(|point| point.residual).fold(0.0, f64::max);
    let certified = points().filter(|point| point.certified).count();
    writeln!(
        out,
        "\n{} fixed points at {} inputs, {certified} certified; largest ‖rhs‖ {largest:.1e} per time constant",
        points().count(),
        found.inputs.len()
    )?;
    let n_degenerate = points().filter(|point| point.degenerate).count();
    if n_degenerate > 0 {
        let widest =
            points().filter(|point| point.degenerate).filter_map(|point| point.radius).fold(0.0, f64::max);
        writeln!(
            out,
            "{n_degenerate} degenerate: each may be several points, or none, within its radius (at most {widest:.1e}); \
             how many there are is open, so that no coverage is given"
        )?;
    }
    print_manifolds(&mut out, &found.manifolds)?;
    print_silent(&mut out, &found)
}

/// Units that never fire on the trials.
fn print_silent(out: &mut impl Write, found: &one_network::FixedPointsReport) -> Result<(), Failure> {
    let (Some(n_silent @ 1..), Some(left_out)) = (found.n_silent, &found.units_left_out) else {
        return Ok(());
    };
    writeln!(
        out,
        "{n_silent} units never fire on the trials: {} left out, which no state can activate at these inputs; {} kept, since \
         a fixed point may",
        left_out.len(),
        n_silent - left_out.len()
    )?;
    Ok(())
}

/// Lines and planes, one line for all of a kind.
fn print_manifolds(out: &mut impl Write, manifolds: &[Vec<one_network::ManifoldRow>]) -> Result<(), Failure> {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for manifold in manifolds.iter().flatten() {
        let extends = match manifold.basis.len() {
            1 => "lines".to_owned(),
            2 => "planes".to_owned(),
            dimensions => format!("pieces of {dimensions} dimensions"),
        };
        let told = match manifold.evidence {
            "exact" => "exactly singular",
            "within_rounding" => "singular within rounding, which does not tell it from an isolated point",
            _ => "not decided: nearly singular, by more than rounding",
        };
        let (stability, n_unstable) = (manifold.stability, manifold.n_unstable);
        let kind = format!(
            "{extends} of fixed points, {stability} across, {n_unstable} unstable directions; {told}"
        );
        *kinds.entry(kind).or_default() += 1;
    }
    for (kind, count) in kinds {
        writeln!(out, "{count} {kind}")?;
    }
    Ok(())
}

pub(super) fn branches(request: &Branches) -> Result<(), Failure> {
    let task = maybe_task(&request.task)?;
    let network = network(&request.network)?;
    let found = match (&request.inputs, &task) {
        (Some(path), task) => {
            let ends = import::line(path, network.network.n_inputs())?;
            one_network::branches(&network, task.as_ref(), &ends)?
        }
        (None, Some(task)) => return grid(&network, task, request),
        (None, None) => return Err(OneNetworkError::NoInputs.into()),
    };
    if request.json {
        return print_json(&found);
    }
    let mut out = std::io::stdout().lock();
    for (number, branch) in found.branches.iter().enumerate() {
        let [Some(first), Some(last)] = [branch.points.first(), branch.points.last()] else { continue };
        writeln!(
            out,
            "branch {number}: from {:.3} ({}) to {:.3} ({}), {} points",
            first.position,
            branch.ends[0],
            last.position,
            branch.ends[1],
            branch.points.len()
        )?;
        for event in &branch.events {
            let (at, name) = (&event.at, event.event.replace('_', " "));
            writeln!(out, "  {name:<14} at {:.6}, {} unstable directions", at.position, at.n_unstable)?;
        }
    }
    writeln!(
        out,
        "\n{} branches; positions run from 0, the first input, to 1, the second",
        found.branches.len()
    )?;
    if found.n_unfollowed > 0 {
        writeln!(
            out,
            "{} fixed points at the ends could not be followed: they are degenerate, or near it",
            found.n_unfollowed
        )?;
    }
    Ok(())
}

/// Branches over the whole grid of a task's inputs.
fn grid(network: &Named, task: &Task, request: &Branches) -> Result<(), Failure> {
    let progress = Progress::new();
    let found = one_network::grid(network, task, &one_network::Search::STANDARD, &|event| {
        progress.on_event(&event);
    });
    progress.end();
    let found = found?;
    if request.json {
        return print_json(&found);
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{:<52} {:>6} {:>8} {:>5} {:>4} {:>14} {:>6} {:>4}",
        "line", "points", "branches", "folds", "Hopf", "real crossings", "broken", "new"
    )?;
    let mut totals = [0; 6];
    for line in &found.lines {
        let points = line.inputs.iter().flat_map(|&input| &found.inputs[input].points);
        let events = |name: &str| {
            let all = line.branches.iter().flat_map(|row| &row.branch.events);
            all.filter(|event| event.event == name).count()
        };
        let is_broken = |end: &&str| ["lost", "exhausted"].contains(end);
        let row = [
            line.branches.len(),
            events("fold"),
            events("hopf"),
            events("real_crossing"),
            line.branches.iter().filter(|row| row.branch.ends.iter().any(is_broken)).count(),
            points.clone().filter(|point| point.by_branch).count(),
        ];
        totals.iter_mut().zip(row).for_each(|(total, count)| *total += count);
        let [branches, folds, hopf, crossings, broken, new] = row;
        let (name, n_points) = (line_name(&found, line), points.count());
        writeln!(
            out,
            "{name:<52} {n_points:>6} {branches:>8} {folds:>5} {hopf:>4} {crossings:>14} {broken:>6} {new:>4}"
        )?;
    }
    let points = || found.inputs.iter().flat_map(|input| &input.points);
    let [branches, folds, hopf, crossings, broken, _] = totals;
    writeln!(
        out,
        "\n{} lines, {branches} branches, {folds} folds, {hopf} Hopf, {crossings} real crossings, {} sheets",
        found.lines.len(),
        found.n_sheets
    )?;
    writeln!(
        out,
        "{} fixed points, {} that only a branch led to; {broken} branches broken off, {} points not followed",
        points().count(),
        points().filter(|point| point.by_branch).count(),
        found.n_unfollowed
    )?;
    Ok(())
}

/// What changes along a line, and what is held.
fn line_name(found: &one_network::Grid, line: &one_network::GridLine) -> String {
    let held: Vec<String> = line.inputs.first().map_or_else(Vec::new, |&first| {
        let conditions = found.condition_names.iter().zip(&found.inputs[first].condition);
        let held = conditions.filter(|(name, _)| **name != line.quantity);
        // Ten steps of a tenth are not all written as such in binary.
        held.map(|(name, value)| format!("{name} {}", (value * 1e6).round() / 1e6)).collect()
    });
    format!("{} at {}", line.quantity, held.join(", "))
}

pub(super) fn line_attractor(request: &LineAttractor) -> Result<(), Failure> {
    let task = task_of(&request.task)?;
    let found = one_network::line_attractor(&network(&request.network)?, &task, usize::from(request.points))?;
    if request.json {
        return print_json(&found);
    }
    let mut out = std::io::stdout().lock();
    for line in &found.contexts {
        writeln!(out, "context {}: the choices are {:.3} apart", line.context, line.length)?;
        write!(
            out,
            "{:>8} {:>12} {:>9} {:>9} {:>9}",
            "position", "drift 1/ms", "max Re λ", "τ ms", "alignment"
        )?;
        for name in &found.input_names {
            write!(out, " {name:>14}")?;
        }
        writeln!(out)?;
        for point in &line.points {
            write!(
                out,
                "{:>8.3} {:>12.3e} {:>9.4} {:>9.1} {:>9.3}",
                point.position, point.drift_per_ms, point.max_re, point.time_constant_ms, point.alignment
            )?;
            for cosine in &point.selection {
                write!(out, " {cosine:>14.3}")?;
            }
            writeln!(out)?;
        }
        writeln!(out)?;
    }
    writeln!(
        out,
        "columns of inputs: cosine between the selection vector and what a push of the input does"
    )?;
    Ok(())
}
