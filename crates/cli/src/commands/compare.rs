//! The `compare` command: distances between networks, their map, and statistics over groups.

use super::which_task::required_task;
use super::{networks, print_json};
use crate::arguments::Compare;
use crate::exit::Failure;
use circuitscope_study::import;
use circuitscope_study::one_network::{self, Comparison, Statistics};
use std::io::Write;

pub(super) fn compare(request: &Compare) -> Result<(), Failure> {
    let task = required_task(&request.task)?;
    let aspect = one_network::aspect(&request.aspect)?;
    let networks = networks(&request.networks)?;
    let names: Vec<String> = networks.iter().map(|network| network.name.clone()).collect();
    let groups = request.groups.as_deref().map(|path| import::groups(path, &names)).transpose()?;
    let measure = request.measure.into();
    let comparison = one_network::compare(&networks, &task, aspect, measure, groups.as_deref())?;
    if request.json {
        return print_json(&comparison);
    }
    let mut out = std::io::stdout().lock();
    for left_out in &comparison.left_out {
        writeln!(out, "{} is not compared: it {}", left_out.name, left_out.reason)?;
    }
    for warning in &comparison.warnings {
        writeln!(out, "warning: {warning}")?;
    }
    if !comparison.left_out.is_empty() || !comparison.warnings.is_empty() {
        writeln!(out)?;
    }
    let width = comparison.networks.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    writeln!(out, "distances ({})", aspect.name())?;
    for (name, row) in comparison.networks.iter().zip(&comparison.distance) {
        let row: Vec<String> = row.iter().map(|d| format!("{d:>9.4}")).collect();
        writeln!(out, "{name:<width$} {}", row.join(" "))?;
    }
    for (name, n_silent) in comparison.networks.iter().zip(&comparison.n_silent).filter(|(_, n)| **n > 0) {
        writeln!(out, "{name}: {n_silent} units never fire on the trials and are left out")?;
    }
    match (&comparison.embedding, comparison.stress) {
        (Some(places), Some(stress)) => {
            writeln!(out, "\nplaces in the plane (stress {stress:.4})")?;
            for (name, [x, y]) in comparison.networks.iter().zip(places) {
                writeln!(out, "{name:<width$} {x:>9.4} {y:>9.4}")?;
            }
        }
        _ => writeln!(out, "\nplaces in the plane: not defined (all distances are zero)")?,
    }
    let over = if request.groups.is_some() { "groups" } else { "activations" };
    writeln!(out, "\nover the {over} ({})", sizes(&comparison))?;
    print_statistics(&mut out, &comparison.statistics)
}

/// "relu 3, tanh 4".
fn sizes(comparison: &Comparison) -> String {
    let mut sizes: Vec<(&str, usize)> = Vec::new();
    for group in &comparison.groups {
        match sizes.iter_mut().find(|(known, _)| known == group) {
            Some((_, size)) => *size += 1,
            None => sizes.push((group, 1)),
        }
    }
    sizes.iter().map(|(group, size)| format!("{group} {size}")).collect::<Vec<_>>().join(", ")
}

fn print_statistics(out: &mut impl Write, found: &Statistics) -> Result<(), Failure> {
    let shown = |key: &str, value: Option<f64>| match (value, found.undefined.get(key)) {
        (Some(value), _) => format!("{value:.4}"),
        (None, Some(reason)) => format!("not defined: {reason}"),
        (None, None) => "not defined".to_owned(),
    };
    let votes = found.knn_k.map(|k| format!("  ({k} nearest)")).unwrap_or_default();
    writeln!(out, "silhouette         {}", shown("silhouette3", found.silhouette3))?;
    writeln!(out, "kNN accuracy       {}{votes}", shown("knn3", found.knn3))?;
    writeln!(out, "PERMANOVA pseudo-F {}", shown("permanova_f3", found.permanova_f3))?;
    writeln!(out, "PERMANOVA p        {}", shown("permanova_f3", found.permanova_p3))?;
    writeln!(out, "PERMDISP F         {}", shown("permdisp", found.permdisp.map(|test| test.f)))?;
    writeln!(out, "PERMDISP p         {}", shown("permdisp", found.permdisp.map(|test| test.p)))?;
    writeln!(out, "Welch's W*         {}", shown("welch", found.welch.map(|test| test.w)))?;
    writeln!(out, "Welch's W* p       {}", shown("welch", found.welch.map(|test| test.p)))?;
    if found.has_unequal_spreads() {
        writeln!(
            out,
            "spreads differ: pseudo-F does not tell location from spread, W* asks for location alone"
        )?;
    }
    Ok(())
}
