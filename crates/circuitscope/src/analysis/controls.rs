//! Control networks and circuits: trained weights in the wrong places.

use ndarray::{Array2, ArrayView1, ArrayViewMut1};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::latent_circuit::setting::Wiring;
use crate::network::Network;
use crate::stream::of_seed;

/// The network with its weights shuffled: off-diagonal entries of each `W_rec` column (what one unit sends) among
/// off-diagonal places, entries of each `W_inp` row (what one unit hears) and of each `W_out` column.
///
/// Self-connections, biases, initial state and activation stay; so do the signs of a unit that obeys Dale's law.
///
/// # Source
/// docs/methods.md §4.6.
pub fn shuffled(network: &Network, seed: u64) -> Network {
    let all = |weights: &Array2<f64>| Array2::from_elem(weights.dim(), true);
    shuffled_among(network, [&all(&network.w_rec), &all(&network.w_inp), &all(&network.w_out)], seed)
}

/// The latent circuit with its weights shuffled as those of a network are, among the places that its wiring has: what is
/// left are the sizes of what each node sends, and no circuit.
///
/// # Panics
/// If the circuit is not of the wiring's size.
pub fn shuffled_circuit(circuit: &Network, wiring: &Wiring, seed: u64) -> Network {
    shuffled_among(circuit, [&wiring.rec, &wiring.inp, &wiring.out], seed)
}

/// The weights shuffled among the places `[n, n]`, `[n, U]` and `[O, n]` that are allowed.
fn shuffled_among(network: &Network, allowed: [&Array2<bool>; 3], seed: u64) -> Network {
    let mut control = network.clone();
    let stream = |stream: u64| {
        let mut rng = of_seed(seed);
        rng.set_stream(stream);
        rng
    };
    let (mut rec, mut inp, mut out) = (stream(0), stream(1), stream(2));
    let [allowed_rec, allowed_inp, allowed_out] = allowed;
    let mut others = allowed_rec.clone();
    others.diag_mut().fill(false); // self-connections stay
    for (column, is_in) in control.w_rec.columns_mut().into_iter().zip(others.columns()) {
        shuffle(column, is_in, &mut rec);
    }
    for (row, is_in) in control.w_inp.rows_mut().into_iter().zip(allowed_inp.rows()) {
        shuffle(row, is_in, &mut inp);
    }
    for (column, is_in) in control.w_out.columns_mut().into_iter().zip(allowed_out.columns()) {
        shuffle(column, is_in, &mut out);
    }
    control
}

/// Permutes the entries of a row or column that are in, each order as likely.
fn shuffle(mut entries: ArrayViewMut1<'_, f64>, is_in: ArrayView1<'_, bool>, rng: &mut ChaCha8Rng) {
    let places: Vec<usize> = (0..entries.len()).filter(|&i| is_in[i]).collect();
    let mut weights: Vec<f64> = places.iter().map(|&i| entries[i]).collect();
    weights.shuffle(rng);
    places.into_iter().zip(weights).for_each(|(i, weight)| entries[i] = weight);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::latent_circuit::setting::Variant;
    use crate::network::Form;
    use circuitscope_kernel::{Activation, Curve};
    use ndarray::Array1;
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

    #[test]
    fn a_shuffled_circuit_keeps_its_wiring_and_what_each_node_sends() {
        for variant in [Variant::Te25, Variant::Le25] {
            let wiring = Wiring::published(variant, 8, 6, 2);
            let mut before = network(8, 6, 2);
            for (weights, allowed) in [(&mut before.w_inp, &wiring.inp), (&mut before.w_out, &wiring.out)] {
                weights.zip_mut_with(allowed, |weight, &allowed| *weight *= f64::from(u8::from(allowed)));
            }
            let after = shuffled_circuit(&before, &wiring, 3);
            assert_ne!(after.w_rec, before.w_rec);
            assert_eq!(after.w_inp, before.w_inp, "an input drives one node");
            for j in 0..8 {
                assert_eq!(after.w_rec[[j, j]], before.w_rec[[j, j]]);
                assert_eq!(sorted(after.w_rec.column(j)), sorted(before.w_rec.column(j)));
                assert_eq!(sorted(after.w_out.column(j)), sorted(before.w_out.column(j)));
            }
            // Of the LE25 wiring each output hears one node alone; of the other, who drives which output is shuffled.
            assert_eq!(after.w_out == before.w_out, variant == Variant::Le25);
        }
    }
}
