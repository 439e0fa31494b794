//! The `task` command: what a task is, drawn and as arrays.

use super::print_json;
use super::which_task::task_of;
use crate::arguments::{Set, Task as Request};
use crate::exit::Failure;
use circuitscope_study::config::Study;
use circuitscope_study::ensemble::task_named;
use circuitscope_study::one_network::{TaskDescription, describe_task, task_timeline};
use circuitscope_study::store::write_whole;
use circuitscope_study::{Task, export};
use std::io::Write;
use std::path::Path;

pub(super) fn task(request: &Request) -> Result<(), Failure> {
    let task = asked_for(request)?;
    if let Some(path) = &request.plot {
        write_whole(path, export::figure(&task_timeline(&task)).as_bytes())?;
    }
    if let Some(path) = &request.export {
        let trials = match request.trials {
            Set::Analysis => task.analysis_trials(),
            Set::Training => task.training_trials(request.seed, request.iteration),
        };
        let is_npz = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("npz"));
        let bytes = if is_npz {
            export::trials_npz(&task, &trials)?
        } else {
            export::trials_safetensors(&task, &trials)?
        };
        write_whole(path, &bytes)?;
    }
    let described = describe_task(&task);
    if request.json { print_json(&described) } else { print(&described) }
}

fn asked_for(request: &Request) -> Result<Task, Failure> {
    let Some(path) = &request.study else { return task_of(Path::new(&request.name)) };
    Ok(task_named(&Study::read(path)?, &request.name)?)
}

fn print(task: &TaskDescription) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    let new = if task.redraws_trials { " (new ones each iteration)" } else { "" };
    writeln!(
        out,
        "{}: {} steps; {} training trials{new}, {} analysis trials, {} constant input{} for fixed points",
        task.task,
        task.steps,
        task.training_trials,
        task.analysis_trials,
        task.constant_inputs,
        if task.constant_inputs == 1 { "" } else { "s" }
    )?;
    if !task.parts.is_empty() {
        writeln!(out, "tasks    {}", task.parts.join(", "))?;
    }
    writeln!(out, "inputs   {}", in_runs(&task.inputs))?;
    writeln!(out, "outputs  {}", in_runs(&task.outputs))?;
    let epochs: Vec<String> =
        task.epochs.iter().map(|epoch| format!("{} {}–{}", epoch.name, epoch.start, epoch.end)).collect();
    writeln!(out, "epochs   {} (first step–first step after)", epochs.join(", "))?;
    let mask: Vec<String> = task.mask.iter().map(|[start, end]| format!("{start}–{end}")).collect();
    let how = if task.weighted { " (by weight, not everywhere on every trial)" } else { "" };
    writeln!(out, "counts   {}{how}", mask.join(", "))?;
    for factor in &task.factors {
        let levels = |levels: &[f32]| match levels {
            [first, .., last] if levels.len() > 9 => {
                format!("{} levels from {first} to {last}", levels.len())
            }
            levels => levels.iter().map(f32::to_string).collect::<Vec<_>>().join(", "),
        };
        writeln!(
            out,
            "factor   {}: training {}; analysis {}",
            factor.name,
            levels(&factor.training_levels),
            levels(&factor.analysis_levels)
        )?;
    }
    Ok(())
}

/// Names with commas between them; of four or more in a row that are numbered the first and the last.
fn in_runs(names: &[String]) -> String {
    let numbered = |name: &String| {
        let (stem, number) = name.rsplit_once(' ')?;
        Some((stem.to_owned(), number.parse::<usize>().ok()?))
    };
    let follows = |a: &String, b: &String| {
        numbered(a).zip(numbered(b)).is_some_and(|((a, first), (b, next))| a == b && first + 1 == next)
    };
    let runs = names.chunk_by(follows).map(|run| match run {
        [first, .., last] if run.len() > 3 => format!("{first} … {last}"),
        run => run.join(", "),
    });
    runs.collect::<Vec<_>>().join(", ")
}
