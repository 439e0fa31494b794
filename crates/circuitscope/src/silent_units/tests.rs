use super::*;
use crate::dynamics::run::outputs;
use crate::network::Form;
use crate::task::GoNoGo;
use circuitscope_kernel::{Activation, Curve};
use ndarray::{Array1, Array2};

/// A `ReLU` network of five units, of which the second and the fourth are held at zero.
fn network() -> Network {
    let mut w_rec = Array2::from_shape_fn((5, 5), |(i, j)| 0.1 * ((3 * i + 5 * j) as f64).sin());
    let mut w_inp = Array2::from_shape_fn((5, 3), |(i, j)| 0.2 + 0.1 * (i + j) as f64);
    for silent in [1, 3] {
        w_rec.row_mut(silent).fill(-0.1);
        w_inp.row_mut(silent).fill(0.0);
    }
    Network {
        w_rec,
        w_inp,
        w_out: Array2::from_shape_fn((1, 5), |(_, j)| 0.3 + 0.1 * j as f64),
        bias: Array1::zeros(5),
        initial_state: Array1::zeros(5),
        activation: Activation { curve: Curve::Relu, slope: 1.0 },
        form: Form::Rate,
        dt_ms: 1.0,
        tau_ms: 10.0,
    }
}

#[test]
fn silent_units_are_removed_and_counted_and_no_output_changes() {
    let task = Task::from(GoNoGo::published());
    let (smaller, n_silent) = without_silent_units(network(), &task).expect("fits");
    assert_eq!((n_silent, smaller.n_units()), (2, 3));
    assert_eq!(smaller.w_inp.row(1), network().w_inp.row(2));
    assert_eq!(
        [smaller.w_rec[[0, 1]], smaller.w_rec[[2, 0]]],
        [network().w_rec[[0, 2]], network().w_rec[[4, 0]]]
    );
    let outputs_of = |network: &Network| {
        let trials = task.analysis_trials();
        let states = states(network, trials.inputs.view()).expect("fits");
        outputs(network, rates(network, states).view()).expect("the network's own rates")
    };
    let gap = (&outputs_of(&network()) - &outputs_of(&smaller)).mapv(f64::abs);
    assert!(gap.iter().all(|&gap| gap < 1e-14)); // sums in another order
}

#[test]
fn a_network_without_silent_units_stays_as_it_is_and_one_of_them_alone_keeps_a_unit() {
    let task = Task::from(GoNoGo::published());
    let mut all_active = network();
    all_active.w_inp.fill(1.0);
    all_active.w_rec.fill(0.0);
    assert_eq!(without_silent_units(all_active.clone(), &task), Ok((all_active, 0)));
    let mut all_silent = network();
    all_silent.w_inp.fill(0.0);
    let (one, n_silent) = without_silent_units(all_silent, &task).expect("fits");
    assert_eq!((one.n_units(), n_silent), (1, 4));
}

/// `ReLU` units with these recurrent weights, driven by one input.
fn driven(w_rec: Array2<f64>, w_inp: Vec<f64>) -> Network {
    let n = w_rec.nrows();
    let w_inp = Array2::from_shape_vec((n, 1), w_inp).expect("a weight a unit");
    let (bias, initial_state) = (Array1::zeros(n), Array1::zeros(n));
    Network { w_rec, w_inp, w_out: Array2::ones((1, n)), bias, initial_state, ..network() }
}

#[test]
fn a_unit_is_never_active_where_nothing_can_excite_it() {
    // 0 is driven; 1 is inhibited; 2 hears the inhibited one alone; 3 hears the driven one; 4 excites itself.
    let mut w_rec = Array2::zeros((5, 5));
    for (to, from, w) in [(1, 0, -1.0), (2, 1, 3.0), (3, 0, 0.5), (4, 4, 2.0)] {
        w_rec[[to, from]] = w;
    }
    let network = driven(w_rec, vec![1.0, -1.0, 0.0, -1.0, -1.0]);
    let all: Vec<usize> = (0..5).collect();
    let at = |input: f64| never_active(&network, Array2::from_elem((1, 1), input).view(), &all);
    assert_eq!(at(1.0), [1, 2]);
    // Unit 4 rests at 0 and at y = 2 y − 1, which is 1.
    assert_eq!(at(-1.0), [0], "under the opposite input the others are driven, and 2 hears one of them");
    assert_eq!(never_active(&network, Array2::ones((1, 1)).view(), &[2, 3]), Vec::<usize>::new());
    let smooth = Network { activation: Activation { curve: Curve::Tanh, slope: 1.0 }, ..network };
    assert!(never_active(&smooth, Array2::ones((1, 1)).view(), &all).is_empty());
}
