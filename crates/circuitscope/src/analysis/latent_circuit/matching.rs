//! Which node of one circuit plays the part of which node of another, and how far the two then agree.
//!
//! Nodes with an input weight are told apart by it; free nodes are matched so that the weights differ least. Up to six of
//! them every order is tried; beyond, the order starts from the assignment (Kuhn 1955, doi:10.1002/nav.3800020109) by what
//! ties each free node to the others and is improved by swaps of two until none helps, which need not be the best of all.

use ndarray::Array2;

use super::setting::Wiring;
use crate::network::Network;

/// Free nodes up to which every order is tried.
const MOST_TRIED: usize = 6;

/// The order of `other`'s nodes `[n]` in which it is nearest to `reference`: node i of the reference is node `order[i]` of
/// the other.
///
/// # Panics
/// If the circuits are not of the wiring's size.
pub fn matching(reference: &Network, other: &Network, wiring: &Wiring) -> Vec<usize> {
    let free = wiring.free_nodes();
    let mut order: Vec<usize> = (0..wiring.n_nodes()).collect();
    if free.len() <= MOST_TRIED {
        let mut best = (f64::INFINITY, order.clone());
        try_orders(&free, 0, &mut order, &mut |order| {
            let distance = squared_distance(reference, other, order);
            if distance < best.0 {
                best = (distance, order.to_vec());
            }
        });
        return best.1;
    }
    let fixed: Vec<usize> = order.iter().copied().filter(|i| !free.contains(i)).collect();
    let tied = |a: usize, b: usize| -> f64 {
        let gap = |x: f64, y: f64| (x - y).powi(2);
        let (w, v) = (&reference.w_rec, &other.w_rec);
        let recurrent = fixed.iter().map(|&i| gap(w[[a, i]], v[[b, i]]) + gap(w[[i, a]], v[[i, b]]));
        let outputs = reference.w_out.column(a).into_iter().zip(other.w_out.column(b));
        recurrent.sum::<f64>() + outputs.map(|(x, y)| gap(*x, *y)).sum::<f64>() + gap(w[[a, a]], v[[b, b]])
    };
    let costs = Array2::from_shape_fn((free.len(), free.len()), |(a, b)| tied(free[a], free[b]));
    for (a, b) in assignment(&costs).into_iter().enumerate() {
        order[free[a]] = free[b];
    }
    let mut least = squared_distance(reference, other, &order);
    loop {
        let before = least;
        for (place, &a) in free.iter().enumerate() {
            for &b in &free[place + 1..] {
                order.swap(a, b);
                let distance = squared_distance(reference, other, &order);
                if distance < least {
                    least = distance;
                } else {
                    order.swap(a, b);
                }
            }
        }
        if least >= before {
            return order;
        }
    }
}

/// Calls `visit` with every order of the nodes `free[from..]` among their places.
fn try_orders(free: &[usize], from: usize, order: &mut Vec<usize>, visit: &mut impl FnMut(&[usize])) {
    if from >= free.len() {
        visit(order);
        return;
    }
    for place in from..free.len() {
        order.swap(free[from], free[place]);
        try_orders(free, from + 1, order, visit);
        order.swap(free[from], free[place]);
    }
}

/// Sum of squared differences of all weights, the other's nodes in `order`.
fn squared_distance(reference: &Network, other: &Network, order: &[usize]) -> f64 {
    let moved = reordered(other, order);
    let matrices = [
        (&reference.w_rec, &moved.w_rec),
        (&reference.w_inp, &moved.w_inp),
        (&reference.w_out, &moved.w_out),
    ];
    matrices.iter().map(|(a, b)| a.iter().zip(b.iter()).map(|(x, y)| (x - y).powi(2)).sum::<f64>()).sum()
}

/// A circuit with its nodes in another order: node i of the result is node `order[i]` of the circuit.
pub fn reordered(circuit: &Network, order: &[usize]) -> Network {
    use ndarray::Axis;
    Network {
        w_rec: circuit.w_rec.select(Axis(0), order).select(Axis(1), order),
        w_inp: circuit.w_inp.select(Axis(0), order),
        w_out: circuit.w_out.select(Axis(1), order),
        bias: circuit.bias.select(Axis(0), order),
        initial_state: circuit.initial_state.select(Axis(0), order),
        ..circuit.clone()
    }
}

/// Pearson correlation of all weights that the wiring allows, between circuits in matched order.
pub fn agreement(reference: &Network, matched: &Network, wiring: &Wiring) -> f64 {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for (allowed, x, y) in [
        (&wiring.rec, &reference.w_rec, &matched.w_rec),
        (&wiring.inp, &reference.w_inp, &matched.w_inp),
        (&wiring.out, &reference.w_out, &matched.w_out),
    ] {
        for ((_, x), y) in allowed.iter().zip(x).zip(y).filter(|((allowed, _), _)| **allowed) {
            a.push(*x);
            b.push(*y);
        }
    }
    correlation(&a, &b)
}

/// Pearson correlation; NaN where one side does not vary.
pub(super) fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut cross, mut square_a, mut square_b) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        cross += x * y;
        square_a += x * x;
        square_b += y * y;
    }
    cross / (square_a * square_b).sqrt()
}

/// The column given to each row so that the sum of costs `[m, m]` is least (Hungarian method with potentials, O(m³)).
fn assignment(costs: &Array2<f64>) -> Vec<usize> {
    let m = costs.nrows();
    let (mut row_price, mut column_price) = (vec![0.0; m + 1], vec![0.0; m + 1]);
    let mut row_of = vec![m; m + 1]; // m: none; column m stands for the row being placed
    for row in 0..m {
        row_of[m] = row;
        let mut column = m;
        let (mut least, mut from, mut done) = (vec![f64::INFINITY; m], vec![m; m], vec![false; m + 1]);
        while row_of[column] != m {
            done[column] = true;
            let current = row_of[column];
            let (mut step, mut next) = (f64::INFINITY, m);
            for j in (0..m).filter(|&j| !done[j]) {
                let reduced = costs[[current, j]] - row_price[current] - column_price[j];
                if reduced < least[j] {
                    (least[j], from[j]) = (reduced, column);
                }
                if least[j] < step {
                    (step, next) = (least[j], j);
                }
            }
            for j in 0..=m {
                if done[j] {
                    row_price[row_of[j]] += step;
                    column_price[j] -= step;
                } else if j < m {
                    least[j] -= step;
                }
            }
            column = next;
        }
        while column != m {
            let previous = from[column];
            row_of[column] = row_of[previous];
            column = previous;
        }
    }
    let mut columns = vec![0; m];
    (0..m).for_each(|j| columns[row_of[j]] = j);
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::latent_circuit::setting::Variant;
    use crate::network::Form;
    use circuitscope_kernel::{Activation, Curve};
    use ndarray::Array1;

    fn circuit(n: usize, n_inputs: usize) -> Network {
        let wave = |(i, j): (usize, usize)| ((3 * i + 5 * j + i * i * j) as f64).sin();
        Network {
            w_rec: Array2::from_shape_fn((n, n), wave),
            w_inp: Array2::from_shape_fn((n, n_inputs), |(i, u)| f64::from(u8::from(i == u))),
            w_out: Array2::from_shape_fn((2, n), wave),
            bias: Array1::zeros(n),
            initial_state: Array1::zeros(n),
            activation: Activation { curve: Curve::Relu, slope: 1.0 },
            form: Form::Rate,
            dt_ms: 1.0,
            tau_ms: 10.0,
        }
    }

    #[test]
    fn shuffled_free_nodes_are_put_back_by_trying_and_by_assignment() {
        for (n, shuffled) in
            [(8, vec![0, 1, 2, 3, 6, 4, 7, 5]), (12, vec![0, 1, 2, 3, 9, 11, 5, 4, 10, 7, 6, 8])]
        {
            let wiring = Wiring::published(Variant::Te25, n, 4, 2);
            let reference = circuit(n, 4);
            let other = reordered(&reference, &shuffled);
            let order = matching(&reference, &other, &wiring);
            assert_eq!(reordered(&other, &order), reference);
            assert!((agreement(&reference, &reordered(&other, &order), &wiring) - 1.0).abs() < 1e-12); // rounding
        }
    }

    #[test]
    fn the_assignment_is_the_cheapest_of_all() {
        for seed in 0..20 {
            let costs = Array2::from_shape_fn((5, 5), |(i, j)| {
                ((7 * i + 13 * j + 31 * seed + i * j * seed) as f64).sin()
            });
            let total = |order: &[usize]| order.iter().enumerate().map(|(i, &j)| costs[[i, j]]).sum::<f64>();
            let mut best = f64::INFINITY;
            let mut order: Vec<usize> = (0..5).collect();
            try_orders(&[0, 1, 2, 3, 4], 0, &mut order, &mut |order| best = best.min(total(order)));
            assert!((total(&assignment(&costs)) - best).abs() < 1e-12); // rounding
        }
    }
}
