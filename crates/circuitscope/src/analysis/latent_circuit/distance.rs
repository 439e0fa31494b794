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
    use crate::analysis::latent_circuit::{made, setting::Variant};

    fn circuit(phase: f64) -> Network {
        made::circuit(|at| (at + phase).sin())
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
