//! Control networks: trained weights in the wrong places.

use ndarray::ArrayViewMut1;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::network::Network;

/// The network with its weights shuffled: off-diagonal entries of each `W_rec` column (what one unit sends) among
/// off-diagonal places, entries of each `W_inp` row (what one unit hears) and of each `W_out` column.
///
/// Self-connections, biases, initial state and activation stay; so do the signs of a unit that obeys Dale's law.
///
/// # Source
/// Science §4.6.
pub fn shuffled(network: &Network, seed: u64) -> Network {
    let mut control = network.clone();
    let stream = |stream: u64| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        rng
    };
    let (mut rec, mut inp, mut out) = (stream(0), stream(1), stream(2));
    for (j, mut column) in control.w_rec.columns_mut().into_iter().enumerate() {
        let itself = column[j];
        let mut others: Vec<f64> =
            column.iter().enumerate().filter(|&(i, _)| i != j).map(|(_, &w)| w).collect();
        others.shuffle(&mut rec);
        others.insert(j, itself);
        column.iter_mut().zip(others).for_each(|(place, weight)| *place = weight);
    }
    control.w_inp.rows_mut().into_iter().for_each(|row| shuffle(row, &mut inp));
    control.w_out.columns_mut().into_iter().for_each(|column| shuffle(column, &mut out));
    control
}

/// Permutes the entries of a row or column, each order as likely.
fn shuffle(mut entries: ArrayViewMut1<'_, f64>, rng: &mut ChaCha8Rng) {
    let mut weights = entries.to_vec();
    weights.shuffle(rng);
    entries.iter_mut().zip(weights).for_each(|(place, weight)| *place = weight);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Form;
    use circuitscope_kernel::{Activation, Curve};
    use ndarray::{Array1, Array2, ArrayView1};
    use proptest::prelude::*;

    fn network(n: usize, n_inputs: usize, n_outputs: usize) -> Network {
        let weights = |rows, columns, from: usize| {
            Array2::from_shape_fn((rows, columns), |(i, j)| (from + i * columns + j) as f64)
        };
        Network {
            w_rec: weights(n, n, 1),
            w_inp: weights(n, n_inputs, 1000),
            w_out: weights(n_outputs, n, 2000),
            bias: Array1::from_elem(n, 0.5),
            initial_state: Array1::zeros(n),
            activation: Activation { curve: Curve::Tanh, slope: 1.0 },
            form: Form::Rate,
            dt_ms: 1.0,
            tau_ms: 10.0,
        }
    }

    fn sorted(entries: ArrayView1<'_, f64>) -> Vec<f64> {
        let mut entries = entries.to_vec();
        entries.sort_by(f64::total_cmp);
        entries
    }

    proptest! {
        #[test]
        fn shuffling_keeps_diagonals_and_the_entries_of_each_row_or_column(
            n in 1_usize..12, n_inputs in 1_usize..5, n_outputs in 1_usize..4, seed: u64,
        ) {
            let before = network(n, n_inputs, n_outputs);
            let after = shuffled(&before, seed);
            prop_assert_eq!(before.w_rec.diag(), after.w_rec.diag());
            for k in 0..n {
                prop_assert_eq!(sorted(before.w_rec.column(k)), sorted(after.w_rec.column(k)));
                prop_assert_eq!(sorted(before.w_inp.row(k)), sorted(after.w_inp.row(k)));
                prop_assert_eq!(sorted(before.w_out.column(k)), sorted(after.w_out.column(k)));
            }
            prop_assert_eq!(&after, &shuffled(&before, seed));
        }
    }

    #[test]
    fn another_seed_shuffles_otherwise_and_every_matrix_is_shuffled() {
        let before = network(30, 6, 5);
        let (one, other) = (shuffled(&before, 1), shuffled(&before, 2));
        assert_ne!(one.w_rec, other.w_rec);
        assert_ne!(one.w_rec, before.w_rec);
        assert_ne!(one.w_inp, before.w_inp);
        assert_ne!(one.w_out, before.w_out);
    }
}
