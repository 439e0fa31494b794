//! How fast this machine trains, beside its peak speed of matrix multiplication.

pub(crate) mod stopwatch;

use crate::one_network::{self, OneNetworkError};
use circuitscope::architecture::{Architecture, Constraint};
use circuitscope::field::FieldError;
use circuitscope::task::Task;
use circuitscope::train::{Learner, Recipe};
use circuitscope::trials::Trials;
use circuitscope::{Curve, KernelPath, YardstickProduct};
use serde::Serialize;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use stopwatch::{median, processor_time, side_by_side};

/// Turns in which update, evaluation and yardstick follow each other: on a shared machine all must meet the same moments.
const ROUNDS: usize = 7;
/// Least time of a turn of updates; one of evaluations or of a yardstick's product takes a third.
const TURN: Duration = Duration::from_millis(300);
/// Most trials that a case may ask for.
const MOST_TRIALS: usize = 100_000;
/// Most threads that a case may ask for.
const MOST_THREADS: usize = 1000;

/// What to time; what is left open is CDDM, its published training trials, 100 units, `ReLU`, one thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Name of the task.
    pub task: Option<String>,
    /// Trials of an iteration.
    pub n_trials: Option<usize>,
    /// Recurrent units.
    pub n_units: Option<usize>,
    /// Activation function.
    pub curve: Option<Curve>,
    /// Trainings side by side, each on a thread of its own.
    pub n_threads: Option<usize>,
}

/// Why a case cannot be timed.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum BenchError {
    /// There is no such task.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Task(#[from] OneNetworkError),
    /// A number is out of its range.
    #[error("--{option} is {found}")]
    #[diagnostic(help("{remedy}"))]
    Range {
        /// The option.
        option: &'static str,
        /// Its value.
        found: String,
        /// What would be right.
        remedy: String,
    },
    /// The training that was to be timed left the finite numbers, whose times would mean nothing.
    #[error("the training of the benchmark diverged: {task}, {n_units} units, {n_trials} trials")]
    #[diagnostic(help("choose a size nearer to the published one, 100 units"))]
    Diverged {
        /// The task.
        task: String,
        /// Recurrent units.
        n_units: usize,
        /// Trials of an iteration.
        n_trials: usize,
    },
}

/// One network size, task and number of threads.
#[derive(Clone, Debug)]
pub struct Case {
    task: Task,
    trials: Trials,
    recipe: Recipe,
    n_threads: usize,
}

/// What one case takes on this machine, under keys that other tools read. Times are medians.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CaseResult {
    /// Task.
    pub task: String,
    /// Activation function.
    pub activation: &'static str,
    /// Whether the weights obey Dale's law.
    pub dale: bool,
    /// Trials of an iteration.
    pub trials: usize,
    /// Steps of a trial.
    pub steps: usize,
    /// Recurrent units.
    pub units: usize,
    /// Trainings side by side, each on a thread of its own.
    pub threads: usize,
    /// Time of an iteration: noise, forward, loss, backward, Adam, projection. Of several trainings side by side, their
    /// time over the iterations that they make together.
    pub ms_per_iteration: f64,
    /// 3 · 2 · T·B·N·(N+U) operations over that time.
    pub gflops: f64,
    /// The best matrix product of as many threads, each multiplying by itself, in the same minute.
    pub sgemm_gflops: f64,
    /// `gflops / sgemm_gflops`
    pub share_of_sgemm: f64,
    /// Time of the noise-free evaluation that follows each update in a training, counted like `ms_per_iteration`.
    pub evaluation_ms: f64,
}

/// The cases timed on this machine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bench {
    /// Kernel path.
    pub kernel: &'static str,
    /// The best matrix product of one thread, over the cases.
    pub sgemm_gflops: f64,
    /// The cases.
    pub cases: Vec<CaseResult>,
}

/// The case chosen, or, if nothing is, the cases of the record.
///
/// # Errors
/// [`BenchError`] names the option that does not fit.
pub fn cases(choice: &Choice, n_cores: usize) -> Result<Vec<Case>, BenchError> {
    if *choice != Choice::default() {
        return Ok(vec![case(choice)?]);
    }
    let of = |task: &str, curve, n_trials: Option<usize>, n_units: Option<usize>| Choice {
        task: Some(task.to_owned()),
        n_trials,
        n_units,
        curve: Some(curve),
        n_threads: None,
    };
    let side_by_side = Choice { n_threads: Some(n_cores.max(2)), ..of("cddm", Curve::Relu, None, None) };
    let record = [
        of("cddm", Curve::Relu, None, None),
        of("cddm", Curve::Sigmoid, None, None),
        of("cddm", Curve::Tanh, None, None),
        side_by_side,
        of("go_no_go", Curve::Relu, None, None),
        of("go_no_go", Curve::Relu, Some(11), None),
        of("memory_number", Curve::Relu, None, None),
        of("cddm", Curve::Relu, Some(98), Some(1000)),
    ];
    record.iter().map(case).collect()
}

fn case(choice: &Choice) -> Result<Case, BenchError> {
    let task = one_network::task(choice.task.as_deref().unwrap_or("cddm"))?;
    let curve = choice.curve.unwrap_or(Curve::Relu);
    let published = Recipe::published(task.name(), Architecture::published(curve, Constraint::Dale));
    let recipe = Recipe { n_units: choice.n_units.unwrap_or(published.n_units), ..published };
    let recipe = recipe.checked().map_err(|FieldError { found, remedy, .. }| BenchError::Range {
        option: "units",
        found,
        remedy,
    })?;
    let trials = task.training_trials(0, 0);
    let n_trials = choice.n_trials.unwrap_or(trials.n_trials());
    let n_threads = choice.n_threads.unwrap_or(1);
    for (option, value, most) in [("trials", n_trials, MOST_TRIALS), ("threads", n_threads, MOST_THREADS)] {
        if !(1..=most).contains(&value) {
            let remedy = format!("it must lie from 1 to {most}");
            return Err(BenchError::Range { option, found: value.to_string(), remedy });
        }
    }
    Ok(Case { trials: trials.repeated(n_trials), task, recipe, n_threads })
}

/// Times cases one after the other; `told` hears of each.
///
/// # Errors
/// [`BenchError::Diverged`] if the training of a case does.
///
/// # Panics
/// If the machine lacks `path`.
pub fn bench(
    cases: &[Case],
    path: KernelPath,
    told: &mut dyn FnMut(&CaseResult),
) -> Result<Bench, BenchError> {
    let mut timed = Vec::with_capacity(cases.len());
    for case in cases {
        let result = case.time(path)?;
        told(&result);
        timed.push(result);
    }
    let of_one = timed.iter().map(|case| case.sgemm_gflops / case.threads as f64);
    Ok(Bench { kernel: path.name(), sgemm_gflops: of_one.fold(0.0, f64::max), cases: timed })
}

impl Case {
    fn time(&self, path: KernelPath) -> Result<CaseResult, BenchError> {
        let lambda_r = self.recipe.phases[0].lambda_r;
        let new_learner = |thread| Learner::new(&self.recipe, &self.trials, thread as u64, path);
        let mut learners: Vec<(Learner<'_>, u64)> =
            (0..self.n_threads).map(|thread| (new_learner(thread), 0)).collect();
        let n_operations = learners[0].0.n_operations() as f64;
        let mut products: Vec<Vec<YardstickProduct>> =
            (0..self.n_threads).map(|_| YardstickProduct::all(path)).collect();

        let has_diverged = AtomicBool::new(false);
        let (mut updates, mut evaluations) = (Vec::new(), Vec::new());
        let mut yardsticks = vec![Vec::new(); products[0].len()];
        for _ in 0..ROUNDS {
            updates.push(side_by_side(&mut learners, TURN, |(learner, iteration)| {
                let loss = learner.update(&self.trials, lambda_r, *iteration);
                *iteration += 1;
                if !loss.total.is_finite() {
                    has_diverged.store(true, Ordering::Relaxed);
                }
            }));
            if has_diverged.load(Ordering::Relaxed) {
                let (n_units, n_trials) = (self.recipe.n_units, self.trials.n_trials());
                return Err(BenchError::Diverged { task: self.task.name().to_owned(), n_units, n_trials });
            }
            evaluations.push(side_by_side(&mut learners, TURN / 3, |(learner, _)| {
                learner.noise_free_loss(&self.trials, lambda_r);
            }));
            for (which, times) in yardsticks.iter_mut().enumerate() {
                times.push(side_by_side(&mut products, TURN / 3, |products| products[which].run()));
            }
        }
        let seconds = median(&mut updates);
        let rates = yardsticks
            .iter_mut()
            .zip(&products[0])
            .map(|(times, product)| product.n_operations() as f64 / median(times) / 1e9);
        let (gflops, sgemm_gflops) = (n_operations / seconds / 1e9, rates.fold(0.0, f64::max));
        Ok(CaseResult {
            task: self.task.name().to_owned(),
            activation: self.recipe.architecture.activation.curve.family().name(),
            dale: self.recipe.architecture.constraint == Constraint::Dale,
            trials: self.trials.n_trials(),
            steps: self.trials.n_steps(),
            units: self.recipe.n_units,
            threads: self.n_threads,
            ms_per_iteration: seconds * 1e3,
            gflops,
            sgemm_gflops,
            share_of_sgemm: gflops / sgemm_gflops,
            evaluation_ms: median(&mut evaluations) * 1e3,
        })
    }
}

/// Processor time of one training iteration as [`circuitscope::train::train`] makes it, trials, update and noise-free
/// evaluation, while as many networks train side by side as there are threads (s): the median of `n_rounds` rounds of at
/// least `turn`.
pub(crate) fn time_of_training_iteration(
    task: &Task,
    recipe: &Recipe,
    path: KernelPath,
    n_threads: usize,
    (n_rounds, turn): (usize, Duration),
) -> f64 {
    let trials = task.training_trials(0, 0);
    let lambda_r = recipe.phases[0].lambda_r;
    let mut learners: Vec<(Learner<'_>, u64)> =
        (0..n_threads).map(|thread| (Learner::new(recipe, &trials, thread as u64, path), 0)).collect();
    let n_iterations = AtomicU64::new(0);
    let iterate = |(learner, iteration): &mut (Learner<'_>, u64)| {
        let redrawn = task.redraws_trials().then(|| task.training_trials(0, *iteration));
        let trials = redrawn.as_ref().unwrap_or(&trials);
        learner.update(trials, lambda_r, *iteration);
        learner.noise_free_loss(trials, lambda_r);
        *iteration += 1;
        n_iterations.fetch_add(1, Ordering::Relaxed);
    };
    let mut round = || {
        let before = n_iterations.load(Ordering::Relaxed);
        let seconds = processor_time(n_threads, || {
            side_by_side(&mut learners, turn, iterate);
        });
        seconds / (n_iterations.load(Ordering::Relaxed) - before) as f64
    };
    median(&mut (0..n_rounds).map(|_| round()).collect::<Vec<f64>>())
}
