//! Latent circuits of the reference CDDM networks under the published setting.

use crate::reference::{folder, network};
use circuitscope::KernelPath;
use circuitscope::analysis::latent_circuit::consensus::consensus;
use circuitscope::analysis::latent_circuit::fit::fits;
use circuitscope::analysis::latent_circuit::mechanism::{Reading, mechanism};
use circuitscope::analysis::latent_circuit::perturbation::{Probe, causality};
use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope::analysis::latent_circuit::setting::{NodeDynamics, Setting, Variant};
use circuitscope::analysis::statistics::Bootstrap;
use circuitscope::task::{Cddm, Task};
use std::ops::ControlFlow;

/// One line a golden CDDM network: scores, agreement, what the contexts do, whether the network follows.
#[test]
#[ignore = "about a minute; a record of what is found, whatever it is"]
#[allow(clippy::print_stdout, reason = "the table is what the test is for")]
fn five_fits_of_every_golden_cddm_network_are_recorded() {
    let task = Task::from(Cddm::published());
    let trials = task.analysis_trials();
    let setting = Setting::of_task(&task, Variant::Te25);
    let entries = std::fs::read_dir(folder("networks")).expect("golden/networks opens");
    let name = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.expect("a file").file_name().to_string_lossy().into_owned()
    };
    let mut names: Vec<String> = entries.map(name).filter(|name| name.starts_with("cddm")).collect();
    names.sort();
    println!(
        "network r2_total r2_projected output_mse solutions agreeing to_irrelevant inhibition sign_product label r p"
    );
    for name in names {
        let network = network(&name);
        let responses = Responses::of_network(&network, &trials).expect("six inputs");
        let dynamics = NodeDynamics::of_network(&network);
        let (path, told) = (KernelPath::detect(), |_| ControlFlow::Continue(()));
        let found = fits(&responses, dynamics, &setting, 5, 1, path, &told).expect("fits");
        let resampling = Bootstrap { n_resamples: 100, level: 0.95, seed: 1 };
        let consensus = consensus(&found, &setting.wiring, resampling).expect("a fit that finished");
        let numbers = mechanism(&found[0].circuit, Reading::of(&task).expect("channels"), &trials)
            .expect("a CDDM circuit");
        let follows = causality(&network, &found[0], &task, &trials, Probe::STANDARD).expect("a fit");
        let to_irrelevant: Vec<String> = numbers
            .contexts
            .iter()
            .flat_map(|context| context.to_irrelevant)
            .map(|weight| format!("{weight:+.2}"))
            .collect();
        let scores = &found[0].scores;
        println!(
            "{name} {:.3} {:.3} {:.1e} {} {} {} {:+.2} {:+.2} {} {:.2} {:.4}",
            scores.r2_total,
            scores.r2_projected,
            scores.output_mse,
            consensus.n_solutions(),
            consensus.n_agreeing(),
            to_irrelevant.join("/"),
            numbers.inhibition(),
            numbers.sign_product(),
            numbers.label().name(),
            follows.behaviour.r,
            follows.behaviour.p
        );
        assert!(found.iter().all(|fit| fit.scores.r2_total <= 1.0), "{name}");
    }
}

#[test]
fn five_fits_of_a_relu_dale_network_reach_the_published_scores_and_contexts_inhibit_the_irrelevant() {
    let task = Task::from(Cddm::published());
    let trials = task.analysis_trials();
    let network = network("cddm_relu_dale_1.json");
    let responses = Responses::of_network(&network, &trials).expect("six inputs");
    let setting = Setting::of_task(&task, Variant::Te25);
    let dynamics = NodeDynamics::of_network(&network);
    let found =
        fits(&responses, dynamics, &setting, 5, 1, KernelPath::detect(), &|_| ControlFlow::Continue(()))
            .expect("fits");
    let best = found.iter().map(|fit| fit.scores.r2_total).fold(f64::NEG_INFINITY, f64::max);
    assert!(best >= 0.78, "{best}"); // published: 0.78 and 0.83
    let numbers =
        mechanism(&found[0].circuit, Reading::of(&task).expect("channels"), &trials).expect("a CDDM circuit");
    for context in numbers.contexts {
        assert!(context.to_irrelevant.iter().all(|&w| w < 0.0) && context.inhibition() < 0.0, "{context:?}");
    }
}
