//! Commands on the dynamics of one network: fixed points, their branches, the line between choices.

use super::print_json;
use crate::arguments::{Branches, FixedPoints, LineAttractor};
use crate::exit::Failure;
use circuitscope_study::single;
use std::collections::BTreeMap;
use std::io::Write;

pub(super) fn fixed_points(request: &FixedPoints) -> Result<(), Failure> {
    let task = single::task(&request.task)?;
    let search = if request.thorough { single::Search::THOROUGH } else { single::Search::STANDARD };
    let found = single::fixed_points(&request.network, &task, request.inputs.as_deref(), &search)?;
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
            if completeness.balanced == Some(false) { "  a point is missing" } else { "" }
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
    tell_manifolds(&mut out, &found.manifolds)
}

/// Lines and planes, one line for all of a kind.
fn tell_manifolds(out: &mut impl Write, manifolds: &[Vec<single::ManifoldRow>]) -> Result<(), Failure> {
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
    let task = single::task(&request.task)?;
    let found = single::branches(&request.network, &task, &request.inputs)?;
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
    Ok(())
}

pub(super) fn line_attractor(request: &LineAttractor) -> Result<(), Failure> {
    let task = single::task(&request.task)?;
    let found = single::line_attractor(&request.network, &task, usize::from(request.points))?;
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
