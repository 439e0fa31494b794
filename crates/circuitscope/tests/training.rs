//! Training: its initial weights, its outcomes, and the whole loop against a float64 twin that reads like the paper.

#![allow(clippy::unwrap_used)] // a test

use circuitscope::Curve;
use circuitscope::architecture::{Architecture, Constraint};
use circuitscope::network::{Form, Network};
use circuitscope::task::{Cddm, Epoch, GoNoGo, MemoryNumber, Task, unit_values};
use circuitscope::train::{
    Bias, Connections, InputOutput, Model, Outcome, Phase, Progress, Quantity, Recipe, Spread, Trained,
    train, untrained,
};
use circuitscope_kernel::naive::{self, Oracle, Penalties, Weights};
use circuitscope_kernel::{Allowed, Batch, Geometry, KernelPath, Noise};
use faer::Mat;
use ndarray::Array2;
use std::ops::ControlFlow;

const SEED: u64 = 17;

fn go_no_go() -> Task {
    Task::from(GoNoGo { train_values: unit_values(12), ..GoNoGo::published() })
}

fn memory_number() -> Task {
    Task::from(MemoryNumber { train_values: unit_values(9), ..MemoryNumber::published() })
}

fn cddm() -> Task {
    Task::from(Cddm {
        n_steps: 80,
        context: Epoch::new(0, 80),
        stimulus: Epoch::new(20, 80),
        decision: Epoch::new(50, 80),
        mask: vec![Epoch::new(0, 20), Epoch::new(60, 80)],
        train_coherences: vec![-1.0, -0.5, 0.5, 1.0],
        ..Cddm::published()
    })
}

fn recipe(task: &Task, architecture: Architecture, n_units: usize, iterations: usize) -> Recipe {
    let mut recipe = Recipe { n_units, ..Recipe::published(task.name(), architecture) };
    recipe.phases.iter_mut().for_each(|phase| phase.iterations = iterations);
    recipe
}

fn relu_dale() -> Architecture {
    Architecture::published(Curve::Relu, Constraint::Dale)
}

fn trained(task: &Task, recipe: &Recipe) -> Trained {
    train(task, recipe, SEED, KernelPath::detect(), &[], &mut |_| ControlFlow::Continue(())).unwrap()
}

fn is_finite(network: &Network) -> bool {
    [&network.w_rec, &network.w_inp, &network.w_out]
        .iter()
        .all(|weights| weights.iter().all(|w| w.is_finite()))
}

#[test]
fn the_same_seed_gives_the_same_bits_in_any_pool_of_threads_and_another_seed_others() {
    let task = memory_number();
    let recipe = recipe(&task, Architecture::published(Curve::Tanh, Constraint::Dale), 21, 6);
    let alone = trained(&task, &recipe);
    for n_threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        assert_eq!(pool.install(|| trained(&task, &recipe)), alone);
    }
    let other =
        train(&task, &recipe, SEED + 1, KernelPath::detect(), &[], &mut |_| ControlFlow::Continue(()));
    assert_ne!(other.unwrap().network, alone.network);
}

#[test]
fn weights_that_leave_the_numbers_are_an_outcome_with_the_weights_before_them() {
    let task = go_no_go();
    let mut recipe = recipe(&task, Architecture::published(Curve::Relu, Constraint::Free), 12, 5);
    recipe.learning_rate = 1e30;
    let found = trained(&task, &recipe);
    assert_eq!(found.outcome, Outcome::Diverged { iteration: 0, quantity: Quantity::NoiseFreeLoss });
    assert_eq!((found.best_iteration, found.curve.len()), (None, 0));
    assert_eq!(found.network.w_inp.sum(), found.initial.w_inp.sum()); // nothing better was found
    assert!(is_finite(&found.network) && found.score.mse.is_finite());
}

#[test]
fn noise_that_leaves_the_numbers_is_an_outcome_of_the_training_loss() {
    let task = go_no_go();
    let mut recipe = recipe(&task, relu_dale(), 12, 5);
    recipe.sigma_rec = 1e30;
    let found = trained(&task, &recipe);
    assert_eq!(found.outcome, Outcome::Diverged { iteration: 0, quantity: Quantity::TrainingLoss });
    assert!(is_finite(&found.network));
}

#[test]
fn a_later_divergence_keeps_the_best_parameters_before_it() {
    let task = go_no_go();
    let mut recipe = recipe(&task, relu_dale(), 12, 6);
    let undisturbed = trained(&task, &recipe);
    recipe.phases.push(Phase { iterations: 4, lambda_r: 1e308 }); // infinite in float32
    let found = trained(&task, &recipe);
    assert!(matches!(found.outcome, Outcome::Diverged { iteration: 6, .. }), "{:?}", found.outcome);
    assert_eq!(found.best_iteration, undisturbed.best_iteration);
    assert_eq!(found.network, undisturbed.network);
    assert_eq!(found.curve, undisturbed.curve);
}

#[test]
fn a_listener_that_breaks_ends_the_training_at_once() {
    let task = go_no_go();
    let mut heard = Vec::new();
    let stopped =
        train(&task, &recipe(&task, relu_dale(), 12, 50), SEED, KernelPath::detect(), &[], &mut |progress| {
            heard.push(progress.iteration);
            if progress.iteration == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    assert!(stopped.is_err());
    assert_eq!(heard, [1, 2, 3]);
}

#[test]
fn the_parameters_with_the_lowest_noise_free_loss_of_the_last_phase_are_kept() {
    let task = go_no_go();
    let mut recipe = recipe(&task, Architecture::published(Curve::Tanh, Constraint::Free), 16, 30);
    recipe.learning_rate = 0.3; // large enough for the loss to rise again
    recipe.phases.push(Phase { iterations: 25, lambda_r: 0.1 });
    let mut n_before_last = 0;
    for seed in 0..4 {
        let mut losses = Vec::new();
        let found =
            train(&task, &recipe, seed, KernelPath::detect(), &[], &mut |Progress { loss, .. }| {
                losses.push(loss);
                ControlFlow::Continue(())
            });
        let found = found.unwrap();
        let lowest = losses[30..].iter().copied().fold(f64::INFINITY, f64::min);
        let best = 30 + losses[30..].iter().position(|&loss| loss == lowest).unwrap();
        assert_eq!(found.best_iteration, Some(best));
        assert_eq!(found.curve.iter().map(|point| point.loss).collect::<Vec<_>>(), losses);
        n_before_last += usize::from(best + 1 < losses.len());
        // The stored score is that of these weights: float64 against the kernel's float32 over 60 steps.
        let (stored, at_best) = (found.training_score.mse, found.curve[best].mse);
        assert!((stored / at_best - 1.0).abs() < 1e-3, "{stored} {at_best}");
    }
    assert!(n_before_last > 0, "the last iteration is always the best: the test shows nothing");
}

#[test]
fn every_task_is_learnt_to_a_fraction_of_its_first_error_within_seconds() {
    for (task, iterations, fraction) in
        [(go_no_go(), 300, 0.25), (cddm(), 200, 0.7), (memory_number(), 250, 0.3)]
    {
        for architecture in [relu_dale(), Architecture::published(Curve::Tanh, Constraint::Free)] {
            let found = trained(&task, &recipe(&task, architecture, 40, iterations));
            let (first, last) = (found.curve[0].mse, found.training_score.mse);
            assert_eq!(found.outcome, Outcome::Finished);
            assert!(last < fraction * first, "{} {architecture:?}: {first} {last}", task.name());
        }
    }
}

/// The recurrent weights as they are learned: all of them, or the two factors `[N, R]` of a network of low rank.
enum Learned {
    Full,
    Factors([Vec<f64>; 2]),
}

/// The factors of weights of rank 1: a network holds their product, and both are as long before training. Which of them is
/// negated no update sees.
fn factors_of(w_rec: &Array2<f64>) -> [Vec<f64>; 2] {
    let n = w_rec.nrows();
    let svd = Mat::from_fn(n, n, |i, j| w_rec[[i, j]]).svd().unwrap();
    let size = svd.S().column_vector()[0].sqrt();
    [(0..n).map(|i| size * svd.U()[(i, 0)]).collect(), (0..n).map(|j| size * svd.V()[(j, 0)]).collect()]
}

/// The training of the paper in float64 with the kernel's own noise; returns the loss after each update and the weights
/// that are kept.
fn twin(task: &Task, recipe: &Recipe, initial: &Network) -> (Vec<f64>, Weights) {
    let flat = |weights: &Array2<f64>| weights.iter().copied().collect::<Vec<_>>();
    let bias = if recipe.model.bias == Bias::Absent { Vec::new() } else { initial.bias.to_vec() };
    let mut best = Weights {
        w_rec: flat(&initial.w_rec),
        w_inp: flat(&initial.w_inp),
        w_out: flat(&initial.w_out),
        bias,
    };
    let connections: Vec<bool> = match recipe.model.connections {
        Connections::Sparse { .. } => best.w_rec.iter().map(|&w| w != 0.0).collect(),
        Connections::Full | Connections::LowRank { .. } => Vec::new(),
    };
    let signs: Vec<f32> = recipe.signs().into_iter().map(f32::from).collect();
    let allowed =
        Allowed { signs: &signs, input_output: recipe.model.input_output, connections: &connections };
    let scale = (2.0 / recipe.alpha()).sqrt();
    let mut losses = Vec::new();
    let n = recipe.n_units;
    let product = |[left, right]: &[Vec<f64>; 2]| -> Vec<f64> {
        (0..n * n).map(|at| left[at / n] * right[at % n]).collect()
    };
    let mut best_factors = match recipe.model.connections {
        Connections::LowRank { .. } => Learned::Factors(factors_of(&initial.w_rec)),
        Connections::Full | Connections::Sparse { .. } => Learned::Full,
    };
    for phase in &recipe.phases {
        let (mut weights, mut lowest) = (best.clone(), f64::INFINITY);
        let mut factors = match &best_factors {
            Learned::Full => None,
            Learned::Factors(factors) => Some(factors.clone()),
        };
        let mut adam = naive::Adam::of(&weights);
        // The update of an array does not see the others: each factor stands in a set of weights of its own.
        let alone = |array: &[f64]| Weights { w_rec: array.to_vec(), ..Weights::default() };
        let mut of_factors = factors.as_ref().map(|both| [0, 1].map(|k| naive::Adam::of(&alone(&both[k]))));
        for _ in 0..phase.iterations {
            let iteration = losses.len() as u64;
            let trials = task.training_trials(SEED, iteration);
            let geometry = Geometry {
                n_units: recipe.n_units,
                n_inputs: trials.n_inputs(),
                n_outputs: trials.n_outputs(),
                n_steps: trials.n_steps(),
                n_trials: trials.n_trials(),
            };
            let oracle = Oracle {
                geometry,
                activation: recipe.architecture.activation,
                form: recipe.model.form,
                alpha: recipe.alpha(),
            };
            let batch = Batch {
                inputs: trials.inputs.as_slice().unwrap(),
                targets: trials.targets.as_slice().unwrap(),
                mask: &trials.mask,
                weights: None,
            };
            let noise = Noise::Seeded {
                seed: SEED,
                iteration,
                sigma_rec: (scale * recipe.sigma_rec) as f32,
                sigma_inp: (scale * recipe.sigma_inp) as f32,
            };
            let penalties = Penalties { rate: phase.lambda_r, orthogonality: recipe.lambda_orth };
            let (_, gradient) = oracle.gradients(&weights, &batch, noise, penalties);
            adam.update(&mut weights, &gradient, recipe.learning_rate, recipe.weight_decay);
            if let (Some(both), Some(adams)) = (&mut factors, &mut of_factors) {
                let by = |row: usize, column: usize| gradient.w_rec[row * n + column];
                let by_left =
                    (0..n).map(|i| (0..n).map(|j| by(i, j) * both[1][j]).sum()).collect::<Vec<f64>>();
                let by_right =
                    (0..n).map(|j| (0..n).map(|i| by(i, j) * both[0][i]).sum()).collect::<Vec<f64>>();
                for ((factor, adam), gradient) in both.iter_mut().zip(adams).zip([by_left, by_right]) {
                    let mut moved = alone(factor);
                    adam.update(&mut moved, &alone(&gradient), recipe.learning_rate, recipe.weight_decay);
                    *factor = moved.w_rec;
                }
                weights.w_rec = product(both);
            }
            if let Bias::Fixed(_) = recipe.model.bias {
                weights.bias = initial.bias.to_vec();
            }
            naive::project(&mut weights, allowed);
            let terms = oracle.loss(&weights, &batch, &oracle.run(&weights, &batch, Noise::Absent));
            let loss = terms.task + recipe.lambda_orth * terms.orthogonality + phase.lambda_r * terms.rate;
            losses.push(loss);
            if loss < lowest {
                (lowest, best) = (loss, weights.clone());
                if let Some(factors) = &factors {
                    best_factors = Learned::Factors(factors.clone());
                }
            }
        }
    }
    (losses, best)
}

/// The models that are trained beside the published one, each with what it changes.
fn models() -> Vec<Model> {
    let published = Model::PUBLISHED;
    let spread = Spread { mean: 0.2, sd: 0.3 };
    vec![
        Model { form: Form::Potential, ..published },
        Model { bias: Bias::Learned(spread), ..published },
        Model { bias: Bias::Fixed(spread), form: Form::Potential, ..published },
        Model { connections: Connections::Sparse { density: 0.4 }, ..published },
        Model {
            connections: Connections::LowRank { rank: 1 },
            input_output: InputOutput::AnySign,
            ..published
        },
    ]
}

#[test]
fn the_training_loop_agrees_with_its_float64_twin_over_phases_noise_and_jitter() {
    let task = Task::from(MemoryNumber {
        n_steps: 60,
        value: Epoch::new(10, 18),
        onset_jitter: (-10, 10),
        recall: Epoch::new(35, 60),
        mask: vec![Epoch::new(0, 35), Epoch::new(45, 60)],
        train_values: unit_values(4),
        analysis_values: unit_values(3),
    });
    let mut cases: Vec<(Architecture, Model)> =
        Architecture::PUBLISHED.into_iter().map(|architecture| (architecture, Model::PUBLISHED)).collect();
    for model in models() {
        let is_product = matches!(model.connections, Connections::LowRank { .. });
        let constraints = [Constraint::Free, Constraint::Dale];
        cases.extend(
            constraints
                .into_iter()
                .take(if is_product { 1 } else { 2 })
                .map(|constraint| (Architecture::published(Curve::Tanh, constraint), model)),
        );
    }
    let mut n_risen = 0;
    for (architecture, model) in cases {
        let mut recipe = recipe(&task, architecture, 11, 7);
        recipe.model = model;
        recipe.learning_rate = 0.4; // large enough for the first phase to end above its lowest loss
        let found = trained(&task, &recipe);
        let (losses, weights) = twin(&task, &recipe, &found.initial);
        for (point, expected) in found.curve.iter().zip(&losses) {
            // float32 over 60 steps; Adam's first steps have the learning rate's size whatever the gradient's.
            let gap = (point.loss / expected - 1.0).abs();
            let case = format!("{architecture:?} {model:?} {}", point.iteration);
            assert!(gap < 1e-3, "{case}: {} {expected}", point.loss);
        }
        assert_eq!(found.curve.len(), losses.len());
        n_risen += usize::from(losses[..7].iter().any(|&loss| loss < losses[6]));
        if found.n_silent == 0 {
            let gap = found.network.w_rec.iter().zip(&weights.w_rec).map(|(a, b)| (a - b).abs());
            let gap = gap.fold(0.0, f64::max);
            assert!(gap < 2e-3, "{architecture:?} {model:?}: {gap}"); // the tolerance of the golden updates
            let bias = found.network.bias.iter().zip(&weights.bias).map(|(a, b)| (a - b).abs());
            assert!(bias.fold(0.0, f64::max) < 2e-3, "{architecture:?} {model:?}");
        }
    }
    assert!(
        n_risen > 0,
        "no first phase ended above its lowest loss: which weights the second starts from is not seen"
    );
}

#[test]
fn a_network_has_the_model_that_its_recipe_asks_for_before_and_after_training() {
    let task = go_no_go();
    for model in models() {
        let mut recipe = recipe(&task, Architecture::published(Curve::Tanh, Constraint::Free), 30, 20);
        recipe.model = model;
        let found = trained(&task, &recipe.clone().checked().unwrap());
        assert_eq!(found.outcome, Outcome::Finished);
        for network in [&found.initial, &found.network] {
            assert_eq!(network.form, model.form);
            match model.connections {
                Connections::Sparse { density } => {
                    let heard =
                        network.w_rec.rows().into_iter().map(|row| row.iter().filter(|&&w| w != 0.0).count());
                    let expected = (density * 29.0).round() as usize;
                    assert!(heard.into_iter().all(|n| n == expected));
                    assert!(network.w_rec.diag().iter().all(|&w| w == 0.0));
                }
                Connections::LowRank { rank } => {
                    let matrix = Mat::from_fn(30, 30, |i, j| network.w_rec[[i, j]]);
                    let values = matrix.singular_values().unwrap();
                    let next = values[rank] / values[0];
                    assert!(next < 1e-6, "{next}"); // its entries are rounded to float32
                }
                Connections::Full => assert!(network.w_rec.iter().filter(|&&w| w == 0.0).count() <= 30),
            }
            let n_negative = network.w_inp.iter().chain(&network.w_out).filter(|&&w| w < 0.0).count();
            assert_eq!(n_negative > 0, model.input_output == InputOutput::AnySign);
        }
        let has_moved = found.initial.bias != found.network.bias;
        assert_eq!(has_moved, matches!(model.bias, Bias::Learned(_)));
        assert_eq!(found.initial.bias.iter().all(|&b| b == 0.0), model.bias == Bias::Absent);
        let has_learned = found.initial.w_rec != found.network.w_rec;
        assert!(has_learned, "{model:?}");
    }
}

#[test]
fn a_model_that_cannot_be_is_refused_with_the_remedy() {
    let task = go_no_go();
    let free = Architecture::published(Curve::Tanh, Constraint::Free);
    let published = Model::PUBLISHED;
    for (architecture, model, field, words) in [
        (
            free,
            Model { connections: Connections::Sparse { density: 0.0 }, ..published },
            "density",
            "above 0",
        ),
        (
            free,
            Model { connections: Connections::Sparse { density: 1.5 }, ..published },
            "density",
            "not exceed 1",
        ),
        (free, Model { connections: Connections::LowRank { rank: 30 }, ..published }, "rank", "from 1 to 29"),
        (relu_dale(), Model { connections: Connections::LowRank { rank: 2 }, ..published }, "rank", "free"),
        (free, Model { bias: Bias::Fixed(Spread::default()), ..published }, "bias", "learned"),
        (free, Model { bias: Bias::Learned(Spread { mean: 0.0, sd: -1.0 }), ..published }, "bias_sd", "0 or"),
        (
            free,
            Model { bias: Bias::Learned(Spread { mean: f64::NAN, sd: 0.0 }), ..published },
            "bias_mean",
            "finite",
        ),
    ] {
        let mut recipe = recipe(&task, architecture, 30, 20);
        recipe.model = model;
        let error = recipe.checked().expect_err(field);
        assert_eq!(error.field, field);
        assert!(error.remedy.contains(words), "{}", error.remedy);
    }
}

fn mean_and_deviation(values: &[f64]) -> [f64; 2] {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / values.len() as f64;
    [mean, variance.sqrt()]
}

/// A tolerance of five standard errors, and the rounding to float32.
fn assert_near(what: &str, found: f64, expected: f64, standard_error: f64) {
    assert!((found - expected).abs() < 5.0 * standard_error + 1e-7, "{what}: {found}, expected {expected}");
}

#[test]
fn initial_weights_have_the_signs_moments_diagonal_and_radius_of_the_recipe() {
    let task = Task::published("cddm").unwrap();
    for architecture in Architecture::PUBLISHED {
        let recipe = Recipe::published("cddm", architecture);
        let network = untrained(&task, &recipe, SEED);
        let n = network.n_units() as f64;
        assert_eq!((n, network.n_inputs(), network.n_outputs()), (100.0, 6, 2));
        let is_dale = architecture.constraint == Constraint::Dale;
        let n_excitatory = if architecture.activation.curve == Curve::Tanh { 50 } else { 80 };

        let matrix = Mat::from_fn(100, 100, |i, j| network.w_rec[[i, j]]);
        let radius = matrix.eigenvalues().unwrap().iter().map(|z| z.norm()).fold(0.0, f64::max);
        assert!((radius - 1.2).abs() < 1e-5, "{architecture:?}: {radius}"); // float32 weights
        assert!(network.w_rec.diag().iter().all(|&w| w == 0.0));

        let block = |columns: std::ops::Range<usize>| -> Vec<f64> {
            let entries = columns.flat_map(|j| (0..100).filter(move |&i| i != j).map(move |i| [i, j]));
            entries.map(|at| network.w_rec[at]).collect()
        };
        if is_dale {
            let (excitatory, inhibitory) = (block(0..n_excitatory), block(n_excitatory..100));
            assert!(excitatory.iter().all(|&w| w >= 0.0) && inhibitory.iter().all(|&w| w <= 0.0));
            let [[mean_e, deviation_e], [mean_i, deviation_i]] =
                [&excitatory, &inhibitory].map(|block| mean_and_deviation(block));
            let ratio = if architecture.activation.curve == Curve::Tanh { 1.0 } else { 4.0 };
            // Means 1/√N and ratio/√N, deviation 1/N, all times the scale to the radius: their quotients stay.
            assert_near(
                "E deviation / mean",
                deviation_e / mean_e,
                0.1,
                0.1 / (2.0 * excitatory.len() as f64).sqrt(),
            );
            assert_near(
                "I deviation / E mean",
                deviation_i / mean_e,
                0.1,
                0.1 / (2.0 * inhibitory.len() as f64).sqrt(),
            );
            assert_near("I mean / E mean", -mean_i / mean_e, ratio, 0.1 / (inhibitory.len() as f64).sqrt());
        } else {
            let [mean, deviation] = mean_and_deviation(&block(0..100));
            assert_near("mean", mean, 0.0, deviation / 9900.0_f64.sqrt());
            // The circular law: radius σ√N, here within the fluctuation of the largest eigenvalue at N = 100.
            assert!((deviation / 0.12 - 1.0).abs() < 0.15, "{architecture:?}: {deviation}");
        }
        for (what, weights) in [("w_inp", &network.w_inp), ("w_out", &network.w_out)] {
            let n_positive = if is_dale && what == "w_out" { n_excitatory } else { 100 };
            let values: Vec<f64> = match what {
                "w_inp" => weights.iter().copied().collect(),
                _ => weights.columns().into_iter().take(n_positive).flatten().copied().collect(),
            };
            let [mean, deviation] = mean_and_deviation(&values);
            let root = (values.len() as f64).sqrt();
            assert_near(what, mean, 0.1, 0.01 / root);
            assert_near(what, deviation, 0.01, 0.01 / (2.0_f64.sqrt() * root));
            assert!(values.iter().all(|&w| w > 0.0)); // 10 deviations above 0
        }
        if is_dale {
            let of_inhibitory = network.w_out.columns().into_iter().skip(n_excitatory).flatten();
            assert!(of_inhibitory.into_iter().all(|&w| w == 0.0));
        }
    }
}

#[test]
fn the_untrained_control_is_the_network_before_its_first_update() {
    let task = go_no_go();
    let recipe = recipe(&task, relu_dale(), 15, 3);
    assert_eq!(untrained(&task, &recipe, SEED), trained(&task, &recipe).initial);
}

#[test]
fn trained_weights_obey_the_constraint() {
    let task = go_no_go();
    for architecture in Architecture::PUBLISHED {
        let recipe = recipe(&task, architecture, 20, 25);
        let found = trained(&task, &recipe);
        assert!(found.network.w_inp.iter().chain(&found.network.w_out).all(|&w| w >= 0.0));
        if architecture.constraint == Constraint::Dale {
            let has_one_sign = |weights: ndarray::ArrayView1<'_, f64>| {
                weights.iter().all(|&w| w >= 0.0) || weights.iter().all(|&w| w <= 0.0)
            };
            assert!(found.network.w_rec.columns().into_iter().all(has_one_sign));
        }
    }
}

#[test]
fn checkpoints_are_the_network_on_its_way_and_change_nothing() {
    let task = go_no_go();
    let training = |iterations, checkpoints: &[usize]| {
        let recipe = recipe(&task, relu_dale(), 12, iterations);
        train(&task, &recipe, SEED, KernelPath::detect(), checkpoints, &mut |_| ControlFlow::Continue(()))
            .unwrap()
    };
    let (plain, kept) = (training(8, &[]), training(8, &[2, 5, 9]));
    assert_eq!(kept.network, plain.network);
    assert_eq!(kept.curve, plain.curve);
    let iterations: Vec<usize> = kept.checkpoints.iter().map(|checkpoint| checkpoint.iteration).collect();
    assert_eq!(iterations, [2, 5]); // it is over before the ninth
    assert_eq!(kept.checkpoints[..1], training(2, &[2]).checkpoints[..]);
    assert_ne!(kept.checkpoints[0].network, kept.initial);
}
