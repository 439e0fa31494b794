//! The `rank` command: recorded neurons beside the networks of a study.

mod standing;

use super::{print_json, threads};
use crate::arguments::Rank;
use crate::exit::Failure;
use crate::progress::{Progress, warn};
use circuitscope_study::config::Description;
use circuitscope_study::ensemble::{selected, task_of};
use circuitscope_study::one_network::{self, LeftOutNeurons, RankReport, RankedDistance};
use circuitscope_study::opened::{Access, Opened};
use circuitscope_study::recordings::{Described, described};
use std::io::Write;

pub(super) fn rank(request: &Rank) -> Result<(), Failure> {
    let opened = Opened::read(&request.folder, Access::Read)?;
    let said = Description {
        task: request.task.clone(),
        starts: request.start.clone(),
        layout: request.layout,
        ..Description::default()
    };
    let Described { recording, description } = described(&request.recording, said)?;
    let task = task_of(&opened.study, &recording, description.task.as_deref())?;
    let ensembles = selected(&opened, &task, &|text| warn(text));
    let threads = threads(request.threads)?;
    let progress = Progress::new();
    let ranked = threads.install(|| {
        let listener = |event: circuitscope_study::event::Event<'_>| progress.on_event(&event);
        one_network::rank(&recording, &task, &ensembles, &description.starts, request.seed, &listener)
    });
    progress.end();
    let ranked = ranked?;
    if request.json { print_json(&ranked) } else { print(&ranked) }
}

fn print(ranked: &RankReport) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let recording = &ranked.recording;
    let trials = recording.trials_per_condition.map_or_else(String::new, |n| format!(" x {n} trials"));
    writeln!(
        out,
        "{}: {} neurons, {} conditions{trials} of {} ({}), {} bins; {:.1} % of the variance of condition means is not noise",
        recording.name,
        recording.neurons,
        recording.conditions,
        ranked.task,
        recording.form.name(),
        recording.bins,
        100.0 * recording.reliability
    )?;
    let LeftOutNeurons { constant, incomplete, single_trials } = recording.left_out;
    for (n, why) in [
        (constant, "never vary"),
        (incomplete, "have no trial of some condition"),
        (single_trials, "have no two trials of any condition, or no error of any mean"),
    ] {
        if n > 0 {
            writeln!(out, "left out: {n} neurons that {why}")?;
        }
    }
    for note in &recording.notes {
        writeln!(out, "note: {note}")?;
    }
    let width = ranked.networks.keys().map(String::len).max().unwrap_or_default().max("same class".len());
    let mut measures: Vec<_> = ranked.ranking.iter().map(|row| row.measure).collect();
    measures.dedup();
    for measure in measures {
        let ceiling = &ranked.ceiling[&measure];
        writeln!(out, "\n{:<width$}  distance  95 % interval       nearest in", measure.name())?;
        let mut rows: Vec<&RankedDistance> =
            ranked.ranking.iter().filter(|row| row.measure == measure).collect();
        rows.sort_by(|a, b| a.distance.total_cmp(&b.distance));
        for RankedDistance { class, distance, interval: [low, high], nearest_share, .. } in rows {
            let share = 100.0 * nearest_share;
            writeln!(out, "{class:<width$}  {distance:>8.3}  {low:>8.3} to {high:<8.3}  {share:>5.1} %")?;
        }
        let limit = |name: &str, value: Option<f64>| value.map(|value| format!("{name} {value:.3}"));
        let floor = &ranked.floor[&measure];
        let best = [
            limit("halves of trials", ceiling.trial_halves),
            limit("halves of neurons", Some(ceiling.neuron_halves)),
            limit("one network twice", Some(ceiling.same_network)),
            limit(&format!("two of {}", ceiling.nearest), ceiling.same_class),
        ];
        let worst = [
            limit("shuffled conditions", Some(floor.shuffled_conditions)),
            limit("untrained networks", floor.untrained),
        ];
        writeln!(out, "at best: {}", best.into_iter().flatten().collect::<Vec<_>>().join(", "))?;
        writeln!(out, "at worst: {}", worst.into_iter().flatten().collect::<Vec<_>>().join(", "))?;
    }
    standing::print(&mut out, &ranked.standing, width)?;
    writeln!(out, "\n{}: {}", ranked.verdict.label, ranked.verdict.why)?;
    for (class, p) in &ranked.verdict.p {
        match p {
            Some(p) => writeln!(out, "{class:<width$}  p {p:.3}")?,
            None => writeln!(out, "{class:<width$}  not judged: fewer than three networks")?,
        }
    }
    let needed = &ranked.needed;
    if let Some(told) = needed.told {
        let enough = |n: Option<usize>, what: &str| {
            n.map_or_else(|| format!("no number of {what} tried"), |n| format!("{n} {what}"))
        };
        let trials = match recording.trials_per_condition {
            Some(_) => format!("{} at these neurons", enough(needed.trials, "trials")),
            None => "trials are not known".to_owned(),
        };
        writeln!(
            out,
            "networks of the nearest group are told in {:.0} % of recordings like this one; for 80 %: {} at these trials, {trials}",
            100.0 * told,
            enough(needed.neurons, "neurons")
        )?;
    }
    Ok(())
}
