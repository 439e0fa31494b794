//! The command on latent circuits of one network.

use super::{kernel_path, print_json};
use crate::arguments::Circuit;
use crate::exit::Failure;
use crate::progress::Progress;
use circuitscope_study::single::{
    self, CircuitReport, CircuitSearch, ConsensusRow, Outcome, Setting, Starts, WeightRows,
};
use std::io::Write;

pub(super) fn circuit(request: &Circuit) -> Result<(), Failure> {
    let task = single::task(&request.task)?;
    let published = Setting::of_task(&task, request.variant.into());
    let of_size = match request.nodes {
        Some(nodes) => published.with_nodes(usize::from(nodes)),
        None => published,
    };
    let search = CircuitSearch {
        setting: Setting { n_iterations: request.iterations as usize, ..of_size },
        starts: Starts { n_fits: usize::from(request.fits), seed: request.seed },
        n_folds: usize::from(request.folds),
        path: kernel_path()?,
    };
    let progress = Progress::new();
    let found = single::circuit(&request.network, &task, &search, &|event| progress.hear(&event));
    progress.end();
    let found = found?;
    if request.json {
        return print_json(&found);
    }
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{}: {} units on {}, latent circuits of {} nodes ({})\n",
        found.network,
        found.n_units,
        task.name(),
        found.nodes.len(),
        search.setting.variant.name()
    )?;
    tell_fits(&mut out, &found)?;
    if let Some(consensus) = &found.consensus {
        tell_consensus(&mut out, consensus, task.input_names(), task.output_names())?;
    }
    tell_judgement(&mut out, &found)
}

fn tell_fits(out: &mut impl Write, found: &CircuitReport) -> Result<(), Failure> {
    writeln!(
        out,
        "{:>3} {:>9} {:>9} {:>13} {:>11} {:>19} {:>9}",
        "fit", "loss", "r2_total", "r2_projected", "output mse", "held-out r2_total", "solution"
    )?;
    let solutions = found.consensus.as_ref().map_or(&[][..], |consensus| &consensus.solutions);
    for (number, fit) in found.fits.iter().enumerate() {
        let held_out = fit.held_out.map_or_else(
            || "–".to_owned(),
            |held_out| format!("{:.3} ± {:.3}", held_out.r2_total, held_out.r2_total_se),
        );
        let solution = match (fit.outcome, solutions.get(number)) {
            (Outcome::Diverged { iteration }, _) => format!("diverged at update {iteration}"),
            (Outcome::Finished, solution) => {
                solution.map_or_else(String::new, |solution| (solution + 1).to_string())
            }
        };
        writeln!(
            out,
            "{:>3} {:>9.5} {:>9.3} {:>13.3} {:>11.2e} {held_out:>19} {solution:>9}",
            number + 1,
            fit.loss,
            fit.r2_total,
            fit.r2_projected,
            fit.output_mse,
        )?;
    }
    Ok(())
}

fn tell_consensus(
    out: &mut impl Write,
    consensus: &ConsensusRow,
    inputs: &[&str],
    outputs: &[&str],
) -> Result<(), Failure> {
    let (agreeing, all) = (consensus.n_agreeing, consensus.solutions.len());
    let intervals = match consensus.w_rec.low {
        Some(_) => "; below each mean its 95 % interval",
        None => "; too few for intervals",
    };
    writeln!(
        out,
        "\nconsensus: {agreeing} of {all} fits found the best one's solution, {} in all{intervals}",
        consensus.n_solutions
    )?;
    let nodes: Vec<&str> = consensus.nodes.iter().map(String::as_str).collect();
    tell_weights(out, "recurrent, from (columns) onto (rows)", &consensus.w_rec, &nodes, &nodes)?;
    tell_weights(out, "output", &consensus.w_out, outputs, &nodes)?;
    writeln!(out, "\ninput weights")?;
    for (node, row) in nodes.iter().zip(&consensus.w_inp.mean) {
        let own = inputs.iter().zip(row).filter(|(_, weight)| **weight != 0.0);
        for (input, weight) in own {
            writeln!(out, "  {input:<15} onto {node:<15} {weight:>6.2}")?;
        }
    }
    Ok(())
}

fn tell_weights(
    out: &mut impl Write,
    title: &str,
    weights: &WeightRows,
    rows: &[&str],
    columns: &[&str],
) -> Result<(), Failure> {
    writeln!(out, "\n{title}")?;
    write!(out, "{:<16}", "")?;
    for name in columns {
        write!(out, " {name:>14}")?;
    }
    writeln!(out)?;
    for (number, name) in rows.iter().enumerate() {
        write!(out, "{name:<16}")?;
        for mean in &weights.mean[number] {
            write!(out, " {mean:>14.2}")?;
        }
        writeln!(out)?;
        let (Some(low), Some(high)) = (&weights.low, &weights.high) else { continue };
        write!(out, "{:<16}", "")?;
        for (low, high) in low[number].iter().zip(&high[number]) {
            write!(out, " {:>14}", format!("{low:.2} … {high:.2}"))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn tell_judgement(out: &mut impl Write, found: &CircuitReport) -> Result<(), Failure> {
    let mechanism = &found.mechanism;
    if let (Some(inhibition), Some(saturation), Some(label)) =
        (mechanism.inhibition, mechanism.saturation, mechanism.label)
    {
        writeln!(
            out,
            "\nmechanism of the best fit: {label}\n  context onto irrelevant minus relevant nodes {inhibition:+.2} (below 0: the \
             context inhibits what is irrelevant)\n  product of the signs of the irrelevant pair's inputs {saturation:+.2} (−1: \
             driven apart)"
        )?;
    }
    let perturbation = &found.perturbation;
    writeln!(
        out,
        "\nperturbation: changes of behaviour in circuit and network correlate by {:.3} (p {:.4})",
        perturbation.correlation, perturbation.p
    )?;
    Ok(())
}
