//! The `observe` command: a simulated recording of a network.

use super::which_task::task_of;
use super::{network, print_json};
use crate::arguments::Observe;
use crate::exit::Failure;
use circuitscope_study::export;
use circuitscope_study::one_network::{self, Protocol};
use circuitscope_study::store::write_whole;
use std::io::Write;
use std::path::Path;

pub(super) fn observe(request: &Observe) -> Result<(), Failure> {
    let task = task_of(Path::new(&request.task))?;
    let protocol = Protocol {
        n_neurons: request.neurons.into(),
        n_repeats: request.trials.into(),
        rate_hz: request.rate,
        step_ms: request.step,
        sigma_rec: request.noise,
        seed: request.seed,
    };
    let recording = one_network::observe(&network(&request.network)?, &task, &protocol)?;
    write_whole(&request.out, &export::recording(&recording)?)?;
    let summary = &recording.summary;
    if request.json {
        return print_json(summary);
    }
    let mut out = std::io::stdout().lock();
    let rates = summary.rates_hz;
    writeln!(
        out,
        "{}: {} neurons of {} with {} units, {} conditions x {} trials, {} steps of {} ms",
        request.out.display(),
        summary.neurons,
        summary.network,
        summary.n_units,
        summary.conditions,
        summary.trials_per_condition,
        summary.steps,
        summary.dt_ms
    )?;
    writeln!(
        out,
        "mean rate {:.1} Hz, of single neurons {:.2} to {:.1} Hz; {} without a spike",
        rates.mean, rates.lowest, rates.highest, summary.silent_neurons
    )?;
    Ok(())
}
