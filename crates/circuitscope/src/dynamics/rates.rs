//! Rates of many units at once.

#![allow(clippy::inline_always, reason = "a loop that is not inlined into the dispatch is not vectorised")]

use circuitscope_kernel::{Activation, Curve};
use pulp::{Arch, Simd, WithSimd};

/// Replaces potentials by their rates; the same bits as [`Activation::rate`] one by one.
pub(crate) fn rates_in_place(activation: Activation, potentials: &mut [f64]) {
    Arch::new().dispatch(Rates(activation, potentials));
}

/// [`rates_in_place`] with the vectors of the machine.
struct Rates<'a>(Activation, &'a mut [f64]);

impl WithSimd for Rates<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self(activation, potentials) = self;
        // One loop a curve, or the choice would stand within the loop.
        match activation.curve {
            Curve::Relu => each(Activation { curve: Curve::Relu, ..activation }, potentials),
            Curve::Sigmoid => each(Activation { curve: Curve::Sigmoid, ..activation }, potentials),
            Curve::Tanh => each(Activation { curve: Curve::Tanh, ..activation }, potentials),
            Curve::Softplus => each(Activation { curve: Curve::Softplus, ..activation }, potentials),
            Curve::LeakyRelu(_) | Curve::Power(_) => each(activation, potentials),
            Curve::HardTanh => each(Activation { curve: Curve::HardTanh, ..activation }, potentials),
            Curve::Silu => each(Activation { curve: Curve::Silu, ..activation }, potentials),
        }
    }
}

#[inline(always)]
fn each(activation: Activation, potentials: &mut [f64]) {
    for x in potentials {
        *x = activation.rate(*x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use circuitscope_kernel::Family;

    #[test]
    fn many_rates_are_those_of_one_unit_at_a_time() {
        for curve in Family::ALL.map(Family::curve) {
            let activation = Activation { curve, slope: 1.7 };
            let potentials: Vec<f64> = (0..1003).map(|i| 0.05 * f64::from(i) - 25.0).collect();
            let mut rates = potentials.clone();
            rates_in_place(activation, &mut rates);
            for (x, r) in potentials.iter().zip(&rates) {
                assert_eq!(activation.rate(*x).to_bits(), r.to_bits(), "{curve:?} at {x}");
            }
        }
    }
}
