//! Exponential, logistic function, hyperbolic tangent, softplus and powers of whole vectors, the same on every machine.
//!
//! No call reaches the system's math library: each function is a fixed sequence of exactly rounded operations. Error
//! bounds, in units of the last place against float64, are tested on a dense grid: `exp` 2, `sigmoid` 4, `tanh` 4,
//! `softplus` 4, powers 5.

use crate::activation::Exponent;
use crate::dispatch::KernelPath;
use crate::vector::{Job, Vector};

/// 1.5 · 2²³: adding it rounds to an integer that then stands in the low bits.
const ROUNDING: f32 = 12_582_912.0;
/// ln 2 in two parts; the first has few enough bits that its product with an exponent is exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;
/// (e^r − 1 − r) / r² on |r| ≤ ln 2 / 2, weighted least squares towards the least largest error: 6.2e-8.
const EXP: [f32; 5] = [0.5, 0.166_665_76, 0.041_666_374, 0.008_363_175, 0.001_394_111];

/// `Σ cᵢ xⁱ` by Horner's rule.
#[inline(always)]
pub(crate) fn polynomial<V: Vector, const N: usize>(x: V, coefficients: [f32; N]) -> V {
    let mut sum = V::splat(coefficients[N - 1]);
    let mut i = N - 1;
    while i > 0 {
        i -= 1;
        sum = sum.mul_add(x, V::splat(coefficients[i]));
    }
    sum
}

/// Splits `e^x` into `2ⁿ` and `e^r − 1`, |r| ≤ ln 2 / 2; `x` must lie in [−87, 88].
#[inline(always)]
fn split_exp<V: Vector>(x: V) -> (V, V) {
    let shifted = x.mul_add(V::splat(std::f32::consts::LOG2_E), V::splat(ROUNDING));
    let n = shifted.sub(V::splat(ROUNDING));
    let r = n.mul_add(V::splat(-LN_2_HIGH), x);
    let r = n.mul_add(V::splat(-LN_2_LOW), r);
    let exponent = V::shift_left(shifted.to_bits(), 23);
    let power = V::from_bits(V::add_bits(exponent, V::splat_bits(127 << 23)));
    (power, r.mul(r).mul_add(polynomial(r, EXP), r))
}

/// `e^x`, the argument first brought into [−87, 88].
#[inline(always)]
pub(crate) fn exp<V: Vector>(x: V) -> V {
    let (power, rest) = split_exp(x.at_least(V::splat(-87.0)).at_most(V::splat(88.0)));
    power.mul_add(rest, power)
}

/// `1 / (1 + e^(−x))`; below −87 it stays at its value there, 1.6e-38.
#[inline(always)]
pub(crate) fn sigmoid<V: Vector>(x: V) -> V {
    let one = V::splat(1.0);
    one.div(exp(V::splat(0.0).sub(x)).add(one))
}

/// `tanh x = (e^(2|x|) − 1) / (e^(2|x|) + 1)` with the sign of x; accurate near zero because `e^r − 1` is.
#[inline(always)]
pub(crate) fn tanh<V: Vector>(x: V) -> V {
    let sign = V::and_bits(x.to_bits(), V::splat_bits(1 << 31));
    let size = V::from_bits(V::xor_bits(x.to_bits(), sign)).at_most(V::splat(9.1)); // tanh 9.1 rounds to 1
    let (power, rest) = split_exp(size.add(size));
    let growth = power.mul_add(rest, power.sub(V::splat(1.0)));
    let size = growth.div(growth.add(V::splat(2.0)));
    V::from_bits(V::or_bits(size.to_bits(), sign))
}

/// `artanh s / s` in s², s ≤ ⅓: the series, of which the next term is 1.4e-8 of the whole.
const ARTANH: [f32; 7] = [1.0, 1.0 / 3.0, 1.0 / 5.0, 1.0 / 7.0, 1.0 / 9.0, 1.0 / 11.0, 1.0 / 13.0];

/// The logistic function of x and of −x, each to its own last places.
#[derive(Clone, Copy)]
pub(crate) struct Logistic<V> {
    pub(crate) of_x: V,
    pub(crate) of_minus_x: V,
    /// `e^(−|x|)`
    tail: V,
}

/// `1 / (1 + e^(−x))` and `1 / (1 + e^x)`, from one exponential.
#[inline(always)]
pub(crate) fn logistic<V: Vector>(x: V) -> Logistic<V> {
    let one = V::splat(1.0);
    let tail = exp(V::from_bits(V::or_bits(x.to_bits(), V::splat_bits(1 << 31))));
    let larger = one.div(tail.add(one));
    let smaller = tail.mul(larger);
    let gap = larger.sub(smaller);
    let gap_above = x.where_positive(gap);
    // Of the two, larger where x is above zero: smaller + gap, and the other larger − gap.
    Logistic { of_x: smaller.add(gap_above), of_minus_x: smaller.add(gap.sub(gap_above)), tail }
}

/// `ln(1 + e^x) = max(0, x) + 2 artanh(e / (2 + e))` with `e = e^(−|x|)`, and the logistic functions of x.
#[inline(always)]
pub(crate) fn softplus<V: Vector>(x: V) -> (V, Logistic<V>) {
    let logistic = logistic(x);
    let s = logistic.tail.div(logistic.tail.add(V::splat(2.0)));
    let twice = s.add(s);
    let above = x.where_positive(x);
    (twice.mul_add(polynomial(s.mul(s), ARTANH), above), logistic)
}

/// `x^(exponent − 1)` for x not below zero: products and square roots.
#[inline(always)]
pub(crate) fn power_less_one<V: Vector>(x: V, exponent: Exponent) -> V {
    let (whole, quarters) = exponent.less_one();
    let mut power = match quarters {
        0 => V::splat(1.0),
        1 => x.sqrt().sqrt(),
        2 => x.sqrt(),
        _ => {
            let root = x.sqrt();
            root.mul(root.sqrt())
        }
    };
    let mut k = 0;
    while k < whole {
        power = power.mul(x);
        k += 1;
    }
    power
}

/// A function of this module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `e^x` for x in [−87, 88], the nearest end's value outside.
    Exp,
    /// `1 / (1 + e^(−x))`
    Sigmoid,
    /// `tanh x`
    Tanh,
    /// `ln(1 + e^x)`
    Softplus,
    /// `1 / (1 + e^x)`
    SigmoidOfMinus,
    /// `x^(exponent − 1)`, x not below zero.
    PowerLessOne(Exponent),
}

struct Apply<'a> {
    function: Function,
    values: &'a mut [f32],
}

impl Job for Apply<'_> {
    type Output = ();

    #[inline(always)]
    fn run<V: Vector>(self) {
        let mut chunks = self.values.chunks_exact_mut(V::LANES);
        for chunk in &mut chunks {
            apply::<V>(self.function, chunk);
        }
        let rest = chunks.into_remainder();
        let mut padded = [0.0; crate::vector::BLOCK];
        padded[..rest.len()].copy_from_slice(rest);
        apply::<V>(self.function, &mut padded[..V::LANES]);
        rest.copy_from_slice(&padded[..rest.len()]);
    }
}

#[inline(always)]
fn apply<V: Vector>(function: Function, values: &mut [f32]) {
    assert_eq!(values.len(), V::LANES);
    // SAFETY: `values` holds one register's numbers.
    let x = unsafe { V::load(values.as_ptr()) };
    let y = match function {
        Function::Exp => exp(x),
        Function::Sigmoid => sigmoid(x),
        Function::Tanh => tanh(x),
        Function::Softplus => softplus(x).0,
        Function::SigmoidOfMinus => logistic(x).of_minus_x,
        Function::PowerLessOne(exponent) => power_less_one(x, exponent),
    };
    // SAFETY: as above.
    unsafe { y.store(values.as_mut_ptr()) };
}

/// Replaces every value by the function of it.
pub fn apply_in_place(path: KernelPath, function: Function, values: &mut [f32]) {
    path.run(Apply { function, values });
}

#[cfg(test)]
mod tests {
    use super::{Function, apply_in_place};
    use crate::{Exponent, KernelPath};

    fn exponent(value: f64) -> Exponent {
        Exponent::new(value).expect("a multiple of a quarter")
    }

    /// Largest error on a dense grid, in units of the last place of the exact result.
    fn worst_ulp(
        path: KernelPath,
        function: Function,
        exact: &dyn Fn(f64) -> f64,
        low: f32,
        high: f32,
    ) -> f64 {
        const COUNT: usize = 400_001;
        let grid: Vec<f32> =
            (0..COUNT).map(|i| low + (high - low) * (i as f32 / (COUNT - 1) as f32)).collect();
        let mut found = grid.clone();
        apply_in_place(path, function, &mut found);
        let errors = grid.iter().zip(&found).map(|(&x, &y)| {
            let exact = exact(f64::from(x));
            let size = (exact.abs() as f32).max(f32::MIN_POSITIVE);
            (f64::from(y) - exact).abs() / f64::from(f32::from_bits(size.to_bits() + 1) - size)
        });
        errors.fold(0.0, f64::max)
    }

    #[test]
    fn the_functions_stay_within_a_few_units_of_the_last_place() {
        for path in KernelPath::available() {
            let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
            let softplus = |x: f64| x.max(0.0) + (-x.abs()).exp().ln_1p();
            for (function, exact, bound, ranges) in [
                (Function::Exp, f64::exp as fn(f64) -> f64, 2.0, [(-87.0, 88.0), (-1e-3, 1e-3)]),
                (Function::Sigmoid, sigmoid as fn(f64) -> f64, 4.0, [(-86.0, 86.0), (-1.0, 1.0)]),
                (Function::Tanh, f64::tanh as fn(f64) -> f64, 4.0, [(-12.0, 12.0), (-1e-3, 1e-3)]),
                (Function::Softplus, softplus as fn(f64) -> f64, 4.0, [(-86.0, 86.0), (-1.0, 1.0)]),
                (Function::SigmoidOfMinus, |x| 1.0 / (1.0 + x.exp()), 4.0, [(-86.0, 86.0), (-1.0, 1.0)]),
                (Function::PowerLessOne(exponent(1.25)), |x| x.powf(0.25), 5.0, [(0.0, 100.0), (0.0, 1e-3)]),
                (Function::PowerLessOne(exponent(2.75)), |x| x.powf(1.75), 5.0, [(0.0, 100.0), (0.0, 1e-3)]),
                (Function::PowerLessOne(exponent(4.0)), |x| x.powf(3.0), 5.0, [(0.0, 100.0), (1e-9, 1e-3)]),
            ] {
                for (low, high) in ranges {
                    let worst = worst_ulp(path, function, &exact, low, high);
                    assert!(worst <= bound, "{function:?} on {path:?} in [{low}, {high}]: {worst} ulp");
                }
            }
        }
    }

    #[test]
    fn every_fused_path_gives_the_same_bits() {
        let fused: Vec<_> = KernelPath::available().filter(|&path| path != KernelPath::Portable).collect();
        for function in [
            Function::Exp,
            Function::Sigmoid,
            Function::Tanh,
            Function::Softplus,
            Function::SigmoidOfMinus,
            Function::PowerLessOne(exponent(1.75)),
        ] {
            let results: Vec<Vec<u32>> = fused
                .iter()
                .map(|&path| {
                    let mut values: Vec<f32> = (0..10_007).map(|i| (i as f32 - 5000.0) * 0.02).collect();
                    apply_in_place(path, function, &mut values);
                    values.iter().map(|x| x.to_bits()).collect()
                })
                .collect();
            assert!(results.windows(2).all(|pair| pair[0] == pair[1]), "{function:?} on {fused:?}");
        }
    }

    #[test]
    fn not_a_number_stays_so_and_saturation_is_exact() {
        for path in KernelPath::available() {
            let mut values = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0];
            apply_in_place(path, Function::Tanh, &mut values);
            assert!(values[0].is_nan());
            assert_eq!(values[1..], [1.0, -1.0, 0.0]);
            let mut values = [f32::NAN, f32::INFINITY, 0.0];
            apply_in_place(path, Function::Sigmoid, &mut values);
            assert!(values[0].is_nan());
            assert_eq!(values[1..], [1.0, 0.5]);
            let mut values = [f32::NAN, f32::INFINITY, 100.0];
            apply_in_place(path, Function::Softplus, &mut values);
            assert!(values[0].is_nan());
            assert_eq!(values[1..], [f32::INFINITY, 100.0]);
        }
    }
}
