use crate::planted::{Kind, Planted, cddm, largest_angle, trials};
use circuitscope::KernelPath;
use circuitscope::analysis::latent_circuit::CircuitError;
use circuitscope::analysis::latent_circuit::consensus::consensus;
use circuitscope::analysis::latent_circuit::fit::{Fit, Outcome, Progress, fits};
use circuitscope::analysis::latent_circuit::judge::{Folds, choose_nodes, held_out};
use circuitscope::analysis::latent_circuit::matching::{agreement, matching, reordered};
use circuitscope::analysis::latent_circuit::mechanism::{Label, Reading, mechanism};
use circuitscope::analysis::latent_circuit::responses::Responses;
use circuitscope::analysis::latent_circuit::setting::{NodeDynamics, Setting, Variant};
use circuitscope::analysis::statistics::Bootstrap;
use std::ops::ControlFlow;

fn reading() -> Reading {
    Reading::of(&cddm().into()).expect("channels of its own for each context and evidence")
}

fn recovery() -> Setting {
    Setting::recovery(Variant::Te25, 8, 6, 2)
}

fn fitted(planted: &Planted, responses: &Responses, setting: &Setting, n_fits: usize, seed: u64) -> Vec<Fit> {
    let dynamics = NodeDynamics::of_network(&planted.circuit);
    let path = KernelPath::detect();
    fits(responses, dynamics, setting, n_fits, seed, path, &|_| ControlFlow::Continue(())).expect("fits")
}

/// What came of looking for one planted circuit.
#[derive(Debug)]
struct Found {
    correlation: f64,
    angle: f64,
    label: Label,
}

fn found(planted: &Planted, responses: &Responses, n_fits: usize, seed: u64) -> Found {
    let setting = recovery();
    let own = mechanism(&planted.circuit, reading(), &trials()).expect("a CDDM circuit");
    assert_eq!(own.label(), label_of(planted.kind), "{own:?}");
    let best = fitted(planted, responses, &setting, n_fits, seed).swap_remove(0);
    let order = matching(&planted.circuit, &best.circuit, &setting.wiring);
    let circuit = reordered(&best.circuit, &order);
    Found {
        correlation: agreement(&planted.circuit, &circuit, &setting.wiring),
        angle: largest_angle(&planted.embedding, &best.embedding),
        label: mechanism(&circuit, reading(), &trials()).expect("a CDDM circuit").label(),
    }
}

impl Found {
    fn is_planted(&self) -> bool {
        self.correlation >= 0.98 && self.angle <= 5.0
    }
}

fn label_of(kind: Kind) -> Label {
    match kind {
        Kind::Inhibition => Label::Inhibition,
        Kind::Saturation => Label::Saturation,
    }
}

#[test]
fn planted_circuits_are_found_and_told_apart() {
    for kind in [Kind::Inhibition, Kind::Saturation] {
        for seed in 0..2 {
            let planted = Planted::new(kind, seed);
            let found = found(&planted, &planted.responses, 4, seed);
            assert!(found.is_planted(), "{kind:?} {seed}: {found:?}");
            assert_eq!(found.label, label_of(kind), "{seed}: {found:?}");
        }
    }
}

#[test]
#[ignore = "takes minutes: the share of seeds that are found"]
#[allow(clippy::print_stdout, reason = "the measurement is what is printed")]
fn nearly_all_planted_circuits_are_found_and_all_told_apart() {
    const N_SEEDS: u64 = 20;
    let (mut n_found, mut n_told_apart) = (0, 0);
    for kind in [Kind::Inhibition, Kind::Saturation] {
        for seed in 100..100 + N_SEEDS {
            let planted = Planted::new(kind, seed);
            let found = found(&planted, &planted.responses, 5, seed);
            println!("{kind:?} {seed}: {found:?}");
            n_found += u64::from(found.is_planted());
            n_told_apart += u64::from(found.label == label_of(kind));
        }
    }
    println!("found {n_found}, told apart {n_told_apart}, of {}", 2 * N_SEEDS);
    assert!(n_told_apart == 2 * N_SEEDS && n_found * 100 >= 95 * 2 * N_SEEDS);
}

#[test]
fn a_planted_circuit_is_found_where_a_tenth_of_the_units_is_missing_on_each_trial() {
    let planted = Planted::new(Kind::Inhibition, 3);
    let mut responses = planted.responses.clone();
    for (b, mut trial) in responses.rates.axis_iter_mut(ndarray::Axis(2)).enumerate() {
        for (unit, mut rates) in trial.outer_iter_mut().enumerate() {
            if (unit * 7 + b * 3) % 10 == 0 {
                rates.fill(f64::NAN);
            }
        }
    }
    let found = found(&planted, &responses, 2, 3);
    assert!(found.is_planted() && found.label == Label::Inhibition, "{found:?}");
}

/// Few iterations: enough to differ, not to converge.
fn short(variant: Variant, n_nodes: usize) -> Setting {
    Setting { n_iterations: 60, ..Setting::published(variant, n_nodes, 6, 2) }
}

#[test]
fn the_number_of_threads_never_changes_a_bit() {
    let planted = Planted::new(Kind::Inhibition, 1);
    for variant in [Variant::Te25, Variant::Le25] {
        let fit = || fitted(&planted, &planted.responses, &short(variant, 8), 3, 1);
        let [alone, together] = [1, 3].map(|n_threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().expect("threads");
            pool.install(fit)
        });
        assert_eq!(alone.len(), 3);
        assert_eq!(together, alone);
    }
}

#[test]
fn both_variants_lower_the_loss_keep_the_embedding_orthonormal_and_their_wiring() {
    let planted = Planted::new(Kind::Saturation, 2);
    for variant in [Variant::Te25, Variant::Le25] {
        let early =
            fitted(&planted, &planted.responses, &Setting { n_iterations: 1, ..short(variant, 8) }, 1, 5);
        let setting = Setting { n_iterations: 500, ..short(variant, 8) };
        let late = fitted(&planted, &planted.responses, &setting, 1, 5);
        assert!(late[0].loss < 0.5 * early[0].loss, "{variant:?}: {} {}", late[0].loss, early[0].loss);
        let gram = late[0].embedding.t().dot(&late[0].embedding);
        let gap = gram - ndarray::Array2::<f64>::eye(8);
        assert!(gap.iter().all(|gap| gap.abs() < 1e-10)); // float64 rounding; the promise is 1e-5
        for (allowed, w) in setting.wiring.out.iter().zip(&late[0].circuit.w_out) {
            assert!(*w >= 0.0 && (*allowed || *w == 0.0));
        }
    }
}

#[test]
fn signs_of_nodes_are_kept() {
    let planted = Planted::new(Kind::Inhibition, 2);
    let mut setting = short(Variant::Te25, 8);
    setting.wiring.signs[0] = -1;
    setting.wiring.signs[2] = 1;
    let fit = fitted(&planted, &planted.responses, &setting, 1, 5).swap_remove(0);
    assert!(fit.circuit.w_rec.column(0).iter().all(|&w| w <= 0.0));
    assert!(fit.circuit.w_rec.column(2).iter().all(|&w| w >= 0.0));
    assert!(fit.circuit.w_out.column(0).iter().all(|&w| w == 0.0));
}

#[test]
fn a_fit_that_diverges_is_an_outcome_and_comes_last() {
    let planted = Planted::new(Kind::Inhibition, 2);
    let setting = Setting { learning_rate: 1e30, ..short(Variant::Te25, 8) };
    let fit = fitted(&planted, &planted.responses, &setting, 1, 5).swap_remove(0);
    assert!(matches!(fit.outcome, Outcome::Diverged { .. }));
    assert!(fit.circuit.w_rec.iter().all(|w| w.is_finite()));
    let resampling = Bootstrap { n_resamples: 10, level: 0.95, seed: 1 };
    assert_eq!(consensus(&[fit], &setting.wiring, resampling), None);
}

#[test]
fn held_out_conditions_are_judged_and_ask_for_a_number_of_nodes() {
    let planted = Planted::new(Kind::Inhibition, 4);
    let dynamics = NodeDynamics::of_network(&planted.circuit);
    let folds = Folds { n_folds: 3, n_fits: 1, first_start: 0, seed: 2 };
    let (path, told) = (KernelPath::detect(), |_| ControlFlow::Continue(()));
    let setting = Setting { n_iterations: 400, ..recovery() };
    let scores = held_out(&planted.responses, dynamics, &setting, folds, path, &told).expect("three parts");
    assert_eq!(scores.len(), 3);
    for scores in &scores {
        assert!(scores.r2_total > 0.9 && scores.r2_total < 1.0, "{scores:?}"); // the planted noise is a few percent
        assert!(scores.variance_explained <= scores.pca_variance_explained + 0.02, "{scores:?}");
    }
    let choice = choose_nodes(&planted.responses, dynamics, &setting, &[6, 8], folds, path, &told);
    assert_eq!(choice.expect("two sizes").n_nodes, 8);
    let error = held_out(&planted.responses, dynamics, &setting, Folds { n_folds: 1, ..folds }, path, &told);
    assert!(matches!(error, Err(CircuitError::Setting { name: "folds", .. })));
}

#[test]
fn held_out_fits_go_from_the_starts_that_are_asked_for() {
    let planted = Planted::new(Kind::Inhibition, 4);
    let dynamics = NodeDynamics::of_network(&planted.circuit);
    let setting = Setting { n_iterations: 60, ..recovery() };
    let r2 = |first_start: usize, n_fits: usize| -> Vec<f64> {
        let folds = Folds { n_folds: 3, n_fits, first_start, seed: 2 };
        let told = |progress: Progress| {
            assert!(progress.start < n_fits, "{progress:?}"); // counted from 0, wherever they begin
            ControlFlow::Continue(())
        };
        let scores = held_out(&planted.responses, dynamics, &setting, folds, KernelPath::detect(), &told);
        scores.expect("three parts").iter().map(|scores| scores.r2_total).collect()
    };
    let (first, second, best_of_both) = (r2(0, 1), r2(1, 1), r2(0, 2));
    for part in 0..3 {
        assert!(first[part] != second[part], "one start: {first:?} {second:?}");
        assert!([first[part], second[part]].contains(&best_of_both[part]), "{best_of_both:?}");
    }
}

#[test]
fn a_unit_that_was_recorded_on_held_out_trials_alone_stops_nothing() {
    let planted = Planted::new(Kind::Inhibition, 4);
    let mut responses = planted.responses.clone();
    // Unit 7 responds on one trial: the fit that does not see that trial knows nothing of it.
    responses.rates.slice_mut(ndarray::s![7, .., 1..]).fill(f64::NAN);
    let responses = responses.checked().expect("a unit with a response");
    let dynamics = NodeDynamics::of_network(&planted.circuit);
    let folds = Folds { n_folds: 3, n_fits: 1, first_start: 0, seed: 2 };
    let setting = Setting { n_iterations: 200, ..recovery() };
    let told = |_| ControlFlow::Continue(());
    let scores = held_out(&responses, dynamics, &setting, folds, KernelPath::detect(), &told);
    for scores in scores.expect("three parts") {
        assert!(scores.r2_total > 0.9 && scores.r2_total < 1.0, "{scores:?}"); // as with all its responses
    }
}

#[test]
fn responses_and_settings_that_do_not_fit_are_named() {
    let planted = Planted::new(Kind::Inhibition, 4);
    let mut infinite = planted.responses.clone();
    infinite.rates[[3, 2, 1]] = f64::INFINITY;
    let error = infinite.checked().expect_err("an infinite rate");
    assert!(error.to_string().starts_with("`rates` holds inf at position [3, 2, 1]"), "{error}");
    let mut silent = planted.responses.clone();
    silent.rates.slice_mut(ndarray::s![7, .., ..]).fill(f64::NAN);
    assert_eq!(silent.checked(), Err(CircuitError::NoResponse { unit: 7 }));
    let dynamics = NodeDynamics::of_network(&planted.circuit);
    let fit = |setting: &Setting| {
        fits(&planted.responses, dynamics, setting, 1, 1, KernelPath::detect(), &|_| ControlFlow::Break(()))
    };
    assert_eq!(fit(&short(Variant::Te25, 8)), Err(CircuitError::Interrupted));
    for (variant, n_nodes) in [(Variant::Te25, 5), (Variant::Le25, 7), (Variant::Te25, 17)] {
        let error = fit(&short(variant, n_nodes)).expect_err("too few or too many nodes");
        assert!(matches!(error, CircuitError::Setting { name: "nodes", found, .. } if found == n_nodes));
    }
}

#[test]
fn fits_that_diverge_are_counted_to_their_end() {
    let planted = Planted::new(Kind::Inhibition, 1);
    // Weights whose squares are beyond float64.
    let setting = Setting { learning_rate: 1e200, n_iterations: 200, ..recovery() };
    let last = std::sync::Mutex::new([0; 3]);
    let told = |progress: circuitscope::analysis::latent_circuit::fit::Progress| {
        last.lock().expect("no other holder fails")[progress.start] = progress.iteration;
        ControlFlow::Continue(())
    };
    let dynamics = NodeDynamics::of_network(&planted.circuit);
    let found =
        fits(&planted.responses, dynamics, &setting, 3, 1, KernelPath::detect(), &told).expect("fits");
    assert!(found.iter().all(|fit| fit.outcome != Outcome::Finished));
    assert_eq!(*last.lock().expect("no other holder fails"), [200; 3]);
}
