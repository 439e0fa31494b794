//! How far circuits of different networks are from each other.

use super::matching::{matching, reordered};
use super::setting::Wiring;
use crate::network::Network;

/// Root mean square difference of the weights that the wiring allows, the free nodes matched; symmetric for up to six free
/// nodes, where every order of them is tried.
///
/// # Panics
/// If the circuits are not of the wiring's size.
pub fn distance(a: &Network, b: &Network, wiring: &Wiring) -> f64 {
    let b = reordered(b, &matching(a, b, wiring));
    let (mut square, mut n) = (0.0, 0.0);
    for (allowed, x, y) in [
        (&wiring.rec, &a.w_rec, &b.w_rec),
        (&wiring.inp, &a.w_inp, &b.w_inp),
        (&wiring.out, &a.w_out, &b.w_out),
    ] {
        for ((_, x), y) in allowed.iter().zip(x).zip(y).filter(|((allowed, _), _)| **allowed) {
            square += (x - y).powi(2);
            n += 1.0;
        }
    }
    f64::sqrt(square / n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::latent_circuit::setting::Variant;
    use crate::network::Form;
    use circuitscope_kernel::{Activation, Curve};
    use ndarray::{Array1, Array2};

    fn circuit(phase: f64) -> Network {
        let wave = |(i, j): (usize, usize)| ((3 * i + 5 * j + i * i * j) as f64 + phase).sin();
        Network {
            w_rec: Array2::from_shape_fn((6, 6), wave),
            w_inp: Array2::from_shape_fn((6, 3), |(i, u)| f64::from(u8::from(i == u))),
            w_out: Array2::from_shape_fn((1, 6), wave),
            bias: Array1::zeros(6),
            initial_state: Array1::zeros(6),
            activation: Activation { curve: Curve::Relu, slope: 1.0 },
            form: Form::Rate,
            dt_ms: 1.0,
            tau_ms: 10.0,
        }
    }

    #[test]
    fn the_distance_is_symmetric_and_zero_on_a_copy_with_its_free_nodes_shuffled() {
        let wiring = Wiring::published(Variant::Te25, 6, 3, 1);
        let (a, b) = (circuit(0.0), circuit(0.4));
        let copy = reordered(&a, &[0, 1, 2, 5, 3, 4]);
        assert_eq!(distance(&a, &copy, &wiring), 0.0);
        let (there, back) = (distance(&a, &b, &wiring), distance(&b, &a, &wiring));
        assert!(there > 0.1 && (there - back).abs() < 1e-12, "{there} {back}"); // sums in another order
    }
}
