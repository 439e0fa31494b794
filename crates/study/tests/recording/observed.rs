//! Recordings simulated from networks: written, read back, understood.

use super::{CDDM, GO_NO_GO, golden, read};
use circuitscope_study::import::network;
use circuitscope_study::one_network::{OneNetworkError, Protocol, SimulatedRecording, observe, task};
use circuitscope_study::{Task, export};
use tempfile::tempdir;

const PROTOCOL: Protocol =
    Protocol { n_neurons: 12, n_repeats: 3, rate_hz: 40.0, step_ms: 5.0, sigma_rec: 0.0, seed: 7 };

fn observed(name: &str, task: &Task, protocol: &Protocol) -> Result<SimulatedRecording, OneNetworkError> {
    observe(&network(&golden(name)).unwrap(), task, protocol)
}

#[test]
fn a_simulated_recording_is_read_back_as_it_was_observed() {
    let recording = observed(GO_NO_GO, &task("go_no_go").unwrap(), &PROTOCOL).unwrap();
    let folder = tempdir().unwrap();
    let path = folder.path().join("neurons.npz");
    std::fs::write(&path, export::recording(&recording).unwrap()).unwrap();
    let read = read(&path);
    assert_eq!(read.responses.rates, recording.observation.counts.mapv(f64::from));
    assert_eq!(read.responses.inputs, recording.inputs);
    assert_eq!(read.responses.outputs, recording.observation.outputs);
    // Steps of 1 ms and a time constant of 10 ms, stretched five times.
    assert_eq!((read.dt_ms, read.tau_ms), (5.0, 50.0));
    let notes = read.notes.join("\n");
    for name in ["condition_value", "trial_condition", "unit_index"] {
        assert!(notes.contains(&format!("`{name}`")), "{notes}");
    }
}

#[test]
fn trials_say_what_was_shown_and_the_summary_what_was_counted() {
    let recording = observed(CDDM, &task("cddm").unwrap(), &PROTOCOL).unwrap();
    let names: Vec<&str> = recording.factors.iter().map(|factor| factor.name.as_str()).collect();
    assert_eq!(names, ["context", "motion coherence", "colour coherence"]);
    let level = |factor: usize, trial: usize| recording.factors[factor].levels[trial];
    for trial in 0..150 {
        // Channels of motion to the right and left are (1 ± coherence) / 2 at the end of a trial; context 1 is colour.
        let shown = |channel: usize| recording.inputs[[channel, 299, trial]];
        assert_eq!(shown(2) - shown(3), level(1, trial));
        assert_eq!(shown(4) - shown(5), level(2, trial));
        assert_eq!(shown(1), level(0, trial));
        assert_eq!(recording.observation.conditions[trial], trial / 3);
    }
    let summary = &recording.summary;
    assert_eq!((summary.neurons, summary.conditions, summary.trials_per_condition), (12, 50, 3));
    let total: f64 = recording.observation.counts.iter().map(|&count| f64::from(count)).sum();
    // 12 neurons, 150 trials of 300 steps of 5 ms; sums in another order.
    assert!((summary.rates_hz.mean - total / (12.0 * 150.0 * 1.5)).abs() < 1e-9);
    assert!(
        summary.rates_hz.lowest < summary.rates_hz.mean && summary.rates_hz.mean < summary.rates_hz.highest
    );
}

#[test]
fn a_setting_or_a_network_that_cannot_be_observed_is_named() {
    let cddm = task("cddm").unwrap();
    let fails = |name, protocol: Protocol| observed(name, &cddm, &protocol).unwrap_err().to_string();
    assert_eq!(
        fails(CDDM, Protocol { rate_hz: -1.0, ..PROTOCOL }),
        "`rate` is -1, expected a rate above 0 in Hz"
    );
    let misfit = fails(GO_NO_GO, PROTOCOL);
    assert!(misfit.contains("has 3 inputs and 1 outputs, but task `cddm` has 6 and 2"), "{misfit}");
}
