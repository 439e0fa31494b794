//! Times the search for fixed points on the reference networks of a task, on one thread: one line a network.
//!
//! `fixed_points_bench [TASK] [standard|thorough] [PART OF A NAME]`; without arguments the task `cddm` and the standard
//! search. The first time is that of the certified roots, the second that of their eigenvalues on top.

#![allow(clippy::print_stdout)] // a program
#![allow(clippy::unwrap_used)] // a file that is not there ends it

#[allow(dead_code)] // what the tests alone read
#[path = "../tests/golden/reference.rs"]
mod reference;

use std::time::Instant;

use circuitscope::dynamics::fixed_points::{Search, along_trials, fixed_points, roots};
use circuitscope::dynamics::run;
use reference::{analyses, names, network};

const SEED: u64 = 1;
/// Searches of which the median is told: the first of a process is the slowest.
const N_SEARCHES: usize = 5;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let wanted = arguments.next().unwrap_or_else(|| "cddm".to_owned());
    let search = match arguments.next().as_deref() {
        Some("thorough") => Search::THOROUGH,
        _ => Search::STANDARD,
    };
    let (task, reference) = analyses()
        .into_iter()
        .find(|(task, _)| task.name() == wanted)
        .expect("golden/analysis holds the task");
    let (inputs, trials) = (task.constant_inputs().inputs.clone(), task.analysis_trials());
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().unwrap();
    let part = arguments.next().unwrap_or_default();
    for name in names(&reference["networks"]).into_iter().filter(|name| name.contains(&part)) {
        let network = network(&name);
        let states = run::states(&network, trials.inputs.view()).unwrap();
        let starts = along_trials(states.view(), 10);
        let mut times = Vec::new();
        let mut found = Vec::new();
        for _ in 0..N_SEARCHES {
            let begin = Instant::now();
            found = roots(&network, inputs.view(), starts.view(), &search, SEED).unwrap();
            times.push(1e3 * begin.elapsed().as_secs_f64());
        }
        times.sort_by(f64::total_cmp);
        let roots_ms = times[N_SEARCHES / 2];
        let begin = Instant::now();
        fixed_points(&network, inputs.view(), starts.view(), &search, SEED).unwrap();
        let both_ms = 1e3 * begin.elapsed().as_secs_f64();
        let points = found.iter().flat_map(|found| &found.points);
        let n_roots = points.clone().count();
        let n_certified = points.filter(|root| root.is_certified()).count();
        let n_starts: usize = found.iter().map(|found| found.completeness.n_starts).sum();
        let n_lost: usize = found.iter().map(|found| found.n_unconverged).sum();
        let n_off = found.iter().filter(|found| found.completeness.is_balanced() != Some(true)).count();
        println!(
            "{:28} N {:3}  roots {roots_ms:7.1} ms  with eigenvalues {both_ms:7.1} ms  {n_roots} roots ({n_certified} \
             certified) at {} inputs  {n_starts} starts  {n_lost} unconverged  {n_off} inputs unbalanced",
            name.trim_end_matches(".json"),
            network.n_units(),
            inputs.nrows(),
        );
    }
}
