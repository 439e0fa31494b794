//! Latent circuits of CDDM networks: scores of five fits, their agreement, mechanism and causal checks.
//!
//! `latent_circuits [te25|le25|recovery]`: for the reference networks, and for sigmoid networks trained here on 98 trials,
//! as there are none among the reference. Some minutes.

#![allow(clippy::print_stdout)] // a program
#![allow(clippy::unwrap_used)] // a file that is not there ends it

#[allow(dead_code)] // what the tests alone read
#[path = "../tests/golden/reference.rs"]
mod reference;

use circuitscope::analysis::latent_circuit::consensus::consensus;
use circuitscope::analysis::latent_circuit::fit::fits;
use circuitscope::analysis::latent_circuit::mechanism::{Reading, mechanism};
use circuitscope::analysis::latent_circuit::perturbation::{Probe, causality};
use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope::analysis::latent_circuit::setting::{NodeDynamics, Setting, Variant};
use circuitscope::analysis::statistics::Bootstrap;
use circuitscope::architecture::{Architecture, Constraint};
use circuitscope::network::Network;
use circuitscope::task::{Cddm, Task};
use circuitscope::train::{Recipe, train};
use circuitscope::{Curve, KernelPath};
use std::ops::ControlFlow;
use std::time::Instant;

const N_FITS: usize = 5;

fn main() {
    let task = Task::from(Cddm::published());
    let setting = match std::env::args().nth(1).as_deref() {
        Some("le25") => Setting::of_task(&task, Variant::Le25),
        Some("recovery") => Setting::recovery(Variant::Te25, 8, 6, 2),
        _ => Setting::of_task(&task, Variant::Te25),
    };
    for class in ["relu_dale", "relu_free", "tanh_dale", "tanh_free"] {
        report(class, &reference::network(&format!("cddm_{class}_1.json")), &task, &setting);
    }
    for constraint in [Constraint::Dale, Constraint::Free] {
        let network = trained(Architecture::published(Curve::Sigmoid, constraint));
        report(&format!("sigmoid_{constraint:?}"), &network, &task, &setting);
    }
}

/// A network trained by the published recipe on 7² coherences in both contexts.
fn trained(architecture: Architecture) -> Network {
    let coherences = vec![-1.0, -0.25, -0.0625, 0.0, 0.0625, 0.25, 1.0];
    let task = Task::from(Cddm { train_coherences: coherences, ..Cddm::published() });
    let recipe = Recipe::published("cddm", architecture);
    let told = &mut |_| ControlFlow::Continue(());
    train(&task, &recipe, 1, KernelPath::detect(), &[], told).unwrap().network
}

fn report(name: &str, network: &Network, task: &Task, setting: &Setting) {
    let Some(reading) = Reading::of(task) else { return };
    let trials = task.analysis_trials();
    let responses = Responses::of_network(network, &trials).unwrap();
    let dynamics = NodeDynamics::of_network(network);
    let begin = Instant::now();
    let told = |_| ControlFlow::Continue(());
    let found = fits(&responses, dynamics, setting, N_FITS, 1, KernelPath::detect(), &told).unwrap();
    println!("{name} N {}: {N_FITS} fits in {:.1} s", network.n_units(), begin.elapsed().as_secs_f64());
    for fit in &found {
        let mechanism = mechanism(&fit.circuit, reading, &trials).unwrap();
        println!(
            "  loss {:.5}  r2_total {:.3}  r2_projected {:.3}  output MSE {:.5}  explained {:.3} of {:.3}  inhibition \
             {:+.2}  signs {:+.2}  gain lost {:+.2}  {}",
            fit.loss,
            fit.scores.r2_total,
            fit.scores.r2_projected,
            fit.scores.output_mse,
            fit.scores.variance_explained,
            fit.scores.pca_variance_explained,
            mechanism.inhibition(),
            mechanism.sign_product(),
            mechanism.gain_lost(),
            mechanism.label().name(),
        );
    }
    let resampling = Bootstrap { n_resamples: 1000, level: 0.95, seed: 1 };
    if let Some(consensus) = consensus(&found, &setting.wiring, resampling) {
        println!("  {} solutions, {} fits agree", consensus.n_solutions(), consensus.n_agreeing());
        println!("{:+.2}", consensus.w_rec.mean);
    }
    let begin = Instant::now();
    let causality = causality(network, &found[0], task, &trials, Probe::STANDARD).unwrap();
    println!("  {causality:?} in {:.1} s", begin.elapsed().as_secs_f64());
    for numbers in mechanism(&found[0].circuit, reading, &trials).unwrap().contexts {
        println!("  {numbers:?}");
    }
}
