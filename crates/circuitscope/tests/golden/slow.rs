//! Slow points, lines between choices, and threads on the reference networks: what must hold by definition.

use crate::reference::{folder, network};
use circuitscope::Curve;
use circuitscope::dynamics::continuation::{Pace, follow};
use circuitscope::dynamics::fixed_points::{Search, along_trials, fixed_points};
use circuitscope::dynamics::flow::Flow;
use circuitscope::dynamics::line_attractor::line_attractor;
use circuitscope::dynamics::run::states;
use circuitscope::dynamics::slow_points::slow_points;
use circuitscope::network::Network;
use circuitscope::task::Task;
use ndarray::{Array1, Array2, Array3, s};

/// A reference network with its task's inputs and its states on the analysis trials.
struct Case {
    name: String,
    network: Network,
    task: Task,
    inputs: Array2<f64>,
    states: Array3<f64>,
}

/// The first network of every task, curve and sign rule that the reference holds.
fn cases() -> Vec<Case> {
    let entries = std::fs::read_dir(folder("networks")).expect("golden/networks opens");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let class = |name: &str| name.rsplit_once('_').map(|(class, _)| class.to_owned());
    names.dedup_by_key(|name| class(name));
    let case = |name: String| {
        let task = Task::NAMES.iter().find(|task| name.starts_with(**task))?;
        let task = Task::published(task).expect("a task of this name");
        let network = network(&name);
        let states = states(&network, task.analysis_trials().inputs.view()).expect("runs");
        Some(Case { name, inputs: task.constant_inputs().inputs.clone(), network, task, states })
    };
    names.into_iter().filter_map(case).collect()
}

/// Ends of the trials of a context with the strongest relevant evidence either way, and the input without evidence.
fn choices(case: &Case, context: usize) -> ([Array1<f64>; 2], Array1<f64>) {
    let trials = case.task.analysis_trials();
    let last = case.states.len_of(ndarray::Axis(1)) - 1;
    let end = |coherence: f32| {
        let is_chosen = |trial: &usize| {
            let condition = trials.conditions.row(*trial);
            condition[0] == context as f32
                && condition[1 + context] == coherence
                && condition[2 - context] == 0.0
        };
        let trial = (0..trials.n_trials()).find(is_chosen).expect("a trial");
        case.states.slice(s![.., last, trial]).to_owned()
    };
    let mut input = Array1::from_elem(case.network.n_inputs(), 0.5);
    (input[0], input[1]) = (1.0 - context as f64, context as f64);
    ([end(-1.0), end(1.0)], input)
}

fn norm(v: &Array1<f64>) -> f64 {
    v.dot(v).sqrt()
}

fn wave(n: usize, k: usize) -> Array1<f64> {
    let v = Array1::from_shape_fn(n, |i| ((1 + i * i + 7 * k * i + k) as f64).sin());
    let length = norm(&v);
    v / length
}

#[test]
fn the_speed_rises_every_way_from_a_slow_point() {
    let mut n_found = 0;
    for case in cases() {
        let starts = along_trials(case.states.view(), 30);
        let starts = starts.slice(s![..starts.nrows().min(24), ..]);
        let input = case.inputs.row(case.inputs.nrows() / 2);
        let flow = Flow::new(&case.network, input).expect("fits");
        for found in slow_points(&case.network, input, starts).expect("fits") {
            n_found += 1;
            let place = format!("{}: speed {}, gradient {}", case.name, found.speed, found.gradient);
            assert_eq!(flow.speed(found.state.view()), found.speed, "{place}");
            assert!(found.speed > 0.0, "a slow point is no root: {place}");
            let gradient = flow.jacobian(found.state.view()).t().dot(&flow.rhs(found.state.view()));
            assert!((norm(&gradient) - found.gradient).abs() <= 1e-12, "{place}");
            if case.network.activation.curve != Curve::Relu {
                assert!(found.gradient <= 1e-6 * (2.0 * found.speed).sqrt(), "{place}");
            }
            // The Hessian has no downward direction among many, the gradient's own and the slowest ones.
            let mut directions: Vec<Array1<f64>> = (0..60).map(|k| wave(found.state.len(), k)).collect();
            directions.push(flow.rhs(found.state.view()) / (2.0 * found.speed).sqrt());
            if found.gradient > 0.0 {
                directions.push(&gradient / found.gradient);
            }
            for direction in directions {
                for reach in [-1e-3, -1e-5, 1e-5, 1e-3] {
                    let beside = flow.speed((&found.state + &(&direction * reach)).view());
                    // Smooth: what is left of the gradient. At a kink the gradient is that of one side and excuses nothing.
                    let is_smooth = case.network.activation.curve != Curve::Relu;
                    let left = if is_smooth { found.gradient * f64::abs(reach) } else { 0.0 };
                    let slack = left + 1e-14 * (1.0 + found.speed); // and rounding of the speed
                    assert!(beside >= found.speed - slack, "{place}: {beside} beside it");
                }
            }
        }
    }
    assert!(n_found > 0, "the reference networks have slow points");
}

#[test]
fn the_line_between_choices_is_ordered_and_its_modes_are_eigenvectors() {
    let mut n_lines = 0;
    for case in cases().into_iter().filter(|case| case.task.contexts().is_some()) {
        for context in 0..2 {
            let (ends, input) = choices(&case, context);
            let line = line_attractor(&case.network, input.view(), [ends[0].view(), ends[1].view()], 11);
            let line = line.expect("two choices");
            n_lines += 1;
            let axis = &ends[1] - &ends[0];
            let length = norm(&axis);
            let flow = Flow::new(&case.network, input.view()).expect("fits");
            for (k, point) in line.iter().enumerate() {
                let place = format!("{}, context {context}, point {k}", case.name);
                assert!((point.position - 0.1 * k as f64).abs() < 1e-12, "{place}");
                let along = axis.dot(&(&point.state - &ends[0])) / length;
                assert!((along - point.position * length).abs() < 1e-9 * (1.0 + length), "{place}: {along}");
                let drift = axis.dot(&flow.rhs(point.state.view())) / (length * length * case.network.tau_ms);
                assert!((drift - point.drift_per_ms).abs() < 1e-12, "{place}: drift {drift}");
                let mode = &point.mode;
                assert!(axis.dot(&mode.right) >= 0.0, "{place}: towards the second choice");
                if mode.eigenvalue.im != 0.0 {
                    continue; // the vectors are real parts of complex ones
                }
                let jacobian = flow.jacobian(point.state.view());
                let gap = norm(&(mode.left.dot(&jacobian) - &mode.left * mode.eigenvalue.re));
                // Inverse iteration at 1e-10 beside the eigenvalue, times the length of the left vector.
                assert!(gap < 1e-8 * norm(&mode.left), "{place}: l J − λ l is {gap}");
                assert!((mode.left.dot(&mode.right) - 1.0).abs() < 1e-9, "{place}: l · r");
                assert!((norm(&mode.right) - 1.0).abs() < 1e-9, "{place}: ‖r‖");
                for (u, cosine) in point.selection.iter().enumerate() {
                    let push = &case.network.w_inp.column(u) * &flow.drive_gain(point.state.view());
                    let size = norm(&push) * norm(&mode.left);
                    let expected = if size > 0.0 { mode.left.dot(&push) / size } else { 0.0 };
                    assert!((cosine - expected).abs() < 1e-12, "{place}: input {u}");
                }
            }
        }
    }
    assert!(n_lines > 0);
}

#[test]
fn the_number_of_threads_changes_no_bit_of_any_class() {
    for case in cases() {
        let starts = along_trials(case.states.view(), 20);
        // A few inputs of either end of the list; the search is the same for all.
        let n = case.inputs.nrows();
        let inputs = case.inputs.select(ndarray::Axis(0), &[0, n / 3, n - 1]);
        let search = Search { min_total_starts: 0, ..Search::STANDARD };
        let all = || {
            let found = fixed_points(&case.network, inputs.view(), starts.view(), &search, 7).expect("fits");
            let slow = slow_points(&case.network, inputs.row(1), starts.slice(s![..12, ..])).expect("fits");
            let branch = found[0].points.first().map(|point| {
                let pace = Pace { max_steps: 20, ..Pace::STANDARD };
                let line = [inputs.row(0), inputs.row(2)];
                follow(&case.network, line, 0.0, point.root.state.view(), &pace, &[]).expect("at rest")
            });
            let line = case.task.contexts().is_some().then(|| {
                let (ends, input) = choices(&case, 0);
                line_attractor(&case.network, input.view(), [ends[0].view(), ends[1].view()], 5)
                    .expect("fits")
            });
            // Text of floats is the shortest that gives the same bits back.
            format!("{found:?} {slow:?} {branch:?} {line:?}")
        };
        let with = |n_threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().expect("a pool");
            pool.install(all)
        };
        assert!(with(1) == with(2), "{}", case.name);
    }
}
