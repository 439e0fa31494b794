//! The `behave` command: responses within and beyond the trials of training.

use super::which_task::required_task;
use super::{network, print_json};
use crate::arguments::Behave;
use crate::exit::Failure;
use crate::progress::Progress;
use circuitscope_study::one_network::{self, Measure};
use std::io::Write;

pub(super) fn behave(request: &Behave) -> Result<(), Failure> {
    let task = required_task(&request.task)?;
    let network = network(&request.network)?;
    let progress = Progress::new();
    let found = one_network::behave(&network, &task, &|event| progress.on_event(&event));
    progress.end();
    let found = found?;
    if request.json {
        return print_json(&found.responses);
    }
    let mut out = std::io::stdout().lock();
    if let one_network::Responses::Values(values) = &found.responses {
        print_errors(&mut out, values)?;
    }
    writeln!(
        out,
        "{:<20} {:>8} {:>8} {:<26} {:>9}  95 % interval",
        "test", "strength", "context", "measure", "value"
    )?;
    for measure in &found.measures {
        print_measure(&mut out, measure, &found.contexts)?;
    }
    writeln!(
        out,
        "\nslope, bias and lapses are of a logistic function fitted by maximum likelihood; * marks a number at the end of \
         what the stimuli can tell, and one that the answers do not identify, since curves of any such number are as likely"
    )?;
    Ok(())
}

fn print_measure(out: &mut impl Write, measure: &Measure, contexts: &[String]) -> Result<(), Failure> {
    let condition = measure.condition;
    let strength = condition.strength.map_or_else(|| "–".to_owned(), |strength| strength.to_string());
    let context = condition.context.map_or("–", |context| &contexts[context]);
    let value = measure.estimate.map_or_else(|| "–".to_owned(), |found| format!("{:.4}", found.value));
    let interval = match measure.estimate.and_then(|found| found.interval) {
        Some([low, high]) => format!("{low:.4} to {high:.4}"),
        None if measure.is_identified => "–".to_owned(),
        None => "not identified".to_owned(),
    };
    let bound = if measure.at_bound || !measure.is_identified { "*" } else { " " };
    let (test, name) = (condition.test, measure.name);
    writeln!(out, "{test:<20} {strength:>8} {context:>8} {name:<26} {value:>9}{bound} {interval}")?;
    Ok(())
}

/// Mean errors within and beyond the values of training, a line a test.
fn print_errors(out: &mut impl Write, values: &one_network::Values) -> Result<(), Failure> {
    writeln!(out, "{:<20} {:>8} {:>14} {:>14}", "test", "strength", "mse in [0, 1]", "mse outside")?;
    for row in &values.tests {
        let strength = row.strength.map_or_else(|| "–".to_owned(), |strength| strength.to_string());
        let mean = |trained: bool| {
            let own: Vec<f64> = values
                .values
                .iter()
                .zip(&row.mse)
                .filter(|(value, _)| (0.0..=1.0).contains(*value) == trained)
                .map(|(_, &mse)| mse)
                .collect();
            own.iter().sum::<f64>() / own.len() as f64
        };
        let (test, within, beyond) = (row.test, mean(true), mean(false));
        writeln!(out, "{test:<20} {strength:>8} {within:>14.3e} {beyond:>14.3e}")?;
    }
    writeln!(out)?;
    Ok(())
}
