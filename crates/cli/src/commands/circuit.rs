//! The command on latent circuits of one network or recording.

use super::which_task::maybe_task;
use super::{kernel_path, print_import_warnings, print_json};
use crate::arguments::Circuit;
use crate::exit::Failure;
use crate::progress::Progress;
use circuitscope_study::import::recording;
use circuitscope_study::one_network::{
    self, CircuitReport, CircuitSearch, ConsensusRow, EmbeddingModel, Nodes, PerturbationRow, RecordingRow,
    SizeRow, Source, Starts, StartsRow, WeightRows,
};
use std::io::Write;

pub(super) fn circuit(request: &Circuit) -> Result<(), Failure> {
    let task = maybe_task(&request.task)?;
    let search = CircuitSearch {
        variant: request.variant.into(),
        nodes: request.nodes.unwrap_or(Nodes::Published),
        n_iterations: request.iterations as usize,
        activation: request.activation.map(Into::into),
        embedding: request.embedding.map(Into::into),
        starts: Starts { n_fits: usize::from(request.fits), seed: request.seed },
        n_folds: usize::from(request.folds),
        path: kernel_path()?,
    };
    let source = recording::source(&request.responses, &(&request.reading).into())?;
    if let Source::Network(network) = &source {
        print_import_warnings(network);
    }
    let progress = Progress::new();
    let found = one_network::circuit(&source, task.as_ref(), &search, &|event| progress.on_event(&event));
    progress.end();
    let found = found?;
    if request.json {
        return print_json(&found);
    }
    let mut out = std::io::stdout().lock();
    let place = found.task.as_ref().map_or_else(String::new, |task| format!(" on {task}"));
    let silent = found
        .n_silent
        .map_or_else(String::new, |n| format!(" ({n} more never fire on the trials and are left out)"));
    writeln!(
        out,
        "{}: {} units{silent}{place}, latent circuits of {} nodes ({})",
        found.name,
        found.n_units,
        found.nodes.len(),
        search.variant.name()
    )?;
    print_reading(&mut out, found.recording.as_ref(), &found.notes)?;
    print_scaling(&mut out, &found)?;
    print_sizes(&mut out, &found.sizes)?;
    print_fits(&mut out, &found)?;
    print_starts(&mut out, &found.starts)?;
    print_ceilings(&mut out, &found)?;
    if let Some(consensus) = &found.consensus {
        print_consensus(&mut out, consensus, &found.inputs, &found.outputs)?;
    }
    print_judgement(&mut out, &found)
}

/// Share of the variance about unit means that a circuit explains from which on its weights are worth reading; the worst published
/// fits of the networks behind the claims explain 0.7.
const FAITHFUL: f64 = 0.5;

/// How the file was understood.
fn print_reading(
    out: &mut impl Write,
    recording: Option<&RecordingRow>,
    notes: &[String],
) -> Result<(), Failure> {
    if let Some(RecordingRow { units, steps, trials, conditions, inputs, outputs, dt_ms, tau_ms }) = recording
    {
        let repeats =
            if conditions < trials { format!(" ({conditions} of different inputs)") } else { String::new() };
        writeln!(
            out,
            "read as {units} units x {steps} steps x {trials} trials{repeats}, inputs {inputs}, outputs {outputs}, dt {dt_ms} ms, \
             tau {tau_ms} ms"
        )?;
    }
    for note in notes {
        writeln!(out, "note: {note}")?;
    }
    writeln!(out)?;
    Ok(())
}

/// What was done to recorded responses before anything was fitted.
fn print_scaling(out: &mut impl Write, found: &CircuitReport) -> Result<(), Failure> {
    if found.embedding_model == EmbeddingModel::Linear.name() {
        writeln!(
            out,
            "each unit is centred and all are divided by one number; an offset and weights of each unit are fitted, so that\nunits \
             of measure and baselines do not matter\n"
        )?;
    }
    Ok(())
}

fn print_starts(out: &mut impl Write, starts: &StartsRow) -> Result<(), Failure> {
    let StartsRow { asked, made, most, confirmed } = *starts;
    if made > asked {
        let found = if confirmed == Some(true) { "a second one found" } else { "no second one found" };
        writeln!(
            out,
            "\n{made} starts instead of {asked} (at most {most}), because one alone had found the best circuit; {found} it"
        )?;
    }
    Ok(())
}

/// What no circuit of this size, and no model of the conditions, can exceed.
fn print_ceilings(out: &mut impl Write, found: &CircuitReport) -> Result<(), Failure> {
    let Some(components) = found.ceilings.principal_components else { return Ok(()) };
    let noise = match (found.ceilings.noise, found.ceilings.conditions) {
        (Some(share), Some(n)) => format!("; noise ceiling {share:.3}, by repeats of {n} conditions"),
        _ => String::new(),
    };
    writeln!(
        out,
        "\nexplained: share of the variance of all units about their own means; {} principal components explain {components:.3}{noise}",
        found.nodes.len(),
    )?;
    Ok(())
}

fn print_sizes(out: &mut impl Write, sizes: &[SizeRow]) -> Result<(), Failure> {
    if sizes.is_empty() {
        return Ok(());
    }
    writeln!(out, "{:>5} {:>19}", "nodes", "held-out explained")?;
    for size in sizes {
        let told = format!("{:.3} ± {:.3}", size.variance_explained, size.variance_explained_se);
        writeln!(out, "{:>5} {told:>19}{}", size.nodes, if size.chosen { "  chosen" } else { "" })?;
    }
    writeln!(out)?;
    Ok(())
}

fn print_fits(out: &mut impl Write, found: &CircuitReport) -> Result<(), Failure> {
    writeln!(
        out,
        "{:>3} {:>9} {:>9} {:>19} {:>9} {:>13} {:>11} {:>9}",
        "fit",
        "loss",
        "explained",
        "held-out explained",
        "r2_total",
        "r2_projected",
        "output mse",
        "solution"
    )?;
    let solutions = found.consensus.as_ref().map_or(&[][..], |consensus| &consensus.solutions);
    for (number, fit) in found.fits.iter().enumerate() {
        let held_out = fit.held_out.map_or_else(
            || "–".to_owned(),
            |held_out| format!("{:.3} ± {:.3}", held_out.variance_explained, held_out.variance_explained_se),
        );
        let solution = match (fit.diverged_at, solutions.get(number)) {
            (Some(iteration), _) => format!("diverged at update {iteration}"),
            (None, solution) => solution.map_or_else(String::new, |solution| (solution + 1).to_string()),
        };
        writeln!(
            out,
            "{:>3} {:>9.5} {:>9.3} {held_out:>19} {:>9.3} {:>13.3} {:>11.2e} {solution:>9}",
            number + 1,
            fit.loss,
            fit.variance_explained,
            fit.r2_total,
            fit.r2_projected,
            fit.output_mse,
        )?;
    }
    Ok(())
}

fn print_consensus(
    out: &mut impl Write,
    consensus: &ConsensusRow,
    inputs: &[String],
    outputs: &[String],
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
    let of_best = consensus.agreement.iter().take(1).flat_map(|of_best| of_best.iter().skip(1));
    let of_best: Vec<String> = of_best.map(|correlation| format!("{correlation:.2}")).collect();
    if !of_best.is_empty() {
        writeln!(out, "weights correlate with the best fit's by {}, by rising loss", of_best.join(", "))?;
    }
    let nodes = &consensus.nodes;
    print_weights(out, "recurrent, from (columns) onto (rows)", &consensus.w_rec, nodes, nodes)?;
    print_weights(out, "output", &consensus.w_out, outputs, nodes)?;
    writeln!(out, "\ninput weights")?;
    for (node, row) in nodes.iter().zip(&consensus.w_inp.mean) {
        let own = inputs.iter().zip(row).filter(|(_, weight)| **weight != 0.0);
        for (input, weight) in own {
            writeln!(out, "  {input:<15} onto {node:<15} {weight:>6.2}")?;
        }
    }
    Ok(())
}

fn print_weights(
    out: &mut impl Write,
    title: &str,
    weights: &WeightRows,
    rows: &[String],
    columns: &[String],
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

/// A word on circuits that explain little, seen or held out.
fn print_warning(out: &mut impl Write, found: &CircuitReport) -> Result<(), Failure> {
    let Some(best) = found.fits.first() else { return Ok(()) };
    let seen = best.variance_explained;
    let held_out = best.held_out.map(|held_out| held_out.variance_explained);
    // A score that is not a number is no good one either.
    let is_faithful = |score: f64| score >= FAITHFUL;
    if is_faithful(seen) && held_out.is_none_or(is_faithful) {
        return Ok(());
    }
    let held_out = held_out.map_or_else(String::new, |share| format!(", {share:.2} on held-out trials"));
    writeln!(
        out,
        "\nwarning: the best fit explains {seen:.2} of the variance about unit means{held_out}; below {FAITHFUL} its weights \
         say little about the responses"
    )?;
    let ceiling = [found.ceilings.principal_components, found.ceilings.noise].into_iter().flatten();
    if ceiling.fold(1.0, f64::min) < FAITHFUL {
        writeln!(
            out,
            "no circuit of {} nodes could explain more than the ceilings above",
            found.nodes.len()
        )?;
    } else if found.embedding_model == EmbeddingModel::Orthonormal.name() && found.perturbation.is_none() {
        writeln!(
            out,
            "leave `--embedding orthonormal` out unless every unit was recorded, in the network's own units"
        )?;
    }
    Ok(())
}

fn print_perturbation(out: &mut impl Write, found: &PerturbationRow) -> Result<(), Failure> {
    writeln!(
        out,
        "\nperturbation: changes of behaviour in circuit and network correlate by {:.3} (p {:.4})",
        found.correlation, found.p
    )?;
    let known = |number: Option<f64>| number.map_or_else(|| "none".to_owned(), |x| format!("{x:.3}"));
    writeln!(
        out,
        "  R² of the identity {} (1: equal; 0: as good as no change; below 0: worse)",
        known(found.r2_identity)
    )?;
    let baselines =
        [("without recurrent weights", found.no_recurrence), ("nodes rotated at random", found.rotated)];
    for (name, row) in baselines {
        let Some(row) = row else { continue };
        writeln!(
            out,
            "  {name}: correlation {}, R² of the identity {}",
            known(row.correlation),
            known(row.r2_identity)
        )?;
    }
    Ok(())
}

fn print_judgement(out: &mut impl Write, found: &CircuitReport) -> Result<(), Failure> {
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
    print_warning(out, found)?;
    match &found.perturbation {
        Some(perturbation) => print_perturbation(out, perturbation)?,
        None if found.consensus.is_none() => {
            writeln!(out, "\nevery fit diverged: there is no circuit to read")?;
        }
        None => writeln!(out, "\nperturbation: none, recorded neurons cannot be changed")?,
    }
    Ok(())
}
