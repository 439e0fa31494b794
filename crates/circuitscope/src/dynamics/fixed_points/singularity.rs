//! How singular the equations of a `ReLU` pattern are: exactly, or as far as rounding tells.
//!
//! Floating point cannot tell an exactly singular matrix from one that is singular but for its last bits. The weights,
//! however, are binary fractions, which have exact remainders modulo an odd prime: a rank modulo a prime is never above
//! the exact one, and below it only if the prime divides a minor. Modulo two primes of some sixty bits that is a chance of
//! one in 10³⁶ for a matrix that is not made for it.

use faer::Mat;
use ndarray::ArrayView1;

use super::super::DynamicsError;
use super::super::flow::check_vector;
use super::super::linear::product;
use super::super::rounding::{Upper, frobenius_above, gamma, norm_above};
use super::certificate::x_errors;
use super::manifold::Manifold;
use super::pattern::active_matrix;
use super::system::System;
use crate::network::{Form, Network};

/// Primes `2^bits − lack`, the largest below their powers of two: products are reduced by shifts.
const PRIMES: [Prime; 2] = [Prime { bits: 62, lack: 57 }, Prime { bits: 60, lack: 93 }];

/// What is known of a singular system and of the line or plane that solves it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Singularity {
    /// No singular value of `I − s W_AA` that is counted as zero is larger: a bound in spite of rounding.
    pub null_bound: f64,
    /// Smallest singular value that is not counted as zero, as computed; infinite where there is none.
    pub next_value: f64,
    /// No smaller than `‖f(x) − y‖` at the state, in rates: a bound in spite of rounding.
    pub residual_bound: f64,
    /// What that says.
    pub evidence: Evidence,
}

/// Whether fixed points extend, or only seem to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The weights and the drive, taken as the exact numbers that they are, are singular and consistent, modulo two large
    /// primes.
    Exact,
    /// Weights and drive within rounding of these have such fixed points; these themselves have one isolated fixed point,
    /// none, or fewer directions of them, which floating point does not tell apart.
    WithinRounding,
    /// The equations are near singular, but further from it than rounding explains.
    Undecided,
}

impl Manifold {
    /// How singular the equations of the pattern are at a constant `input` `[U]`, and what that proves.
    ///
    /// # Errors
    /// [`DynamicsError`] if the network, the input or the manifold's network does not fit.
    pub fn singularity(
        &self,
        network: &Network,
        input: ArrayView1<'_, f64>,
    ) -> Result<Singularity, DynamicsError> {
        check_vector("input", input, network.n_inputs())?;
        check_vector("manifold", self.state.view(), network.n_units())?;
        Ok(judge(network, &input.to_vec(), self))
    }
}

/// Judges the equations of the pattern that a manifold lies in.
fn judge(network: &Network, input: &[f64], manifold: &Manifold) -> Singularity {
    let system = System::new(network);
    let drive = system.drive(input);
    let rates = match network.form {
        Form::Rate => manifold.state.to_vec(),
        Form::Potential => manifold.state.iter().map(|&h| network.activation.rate(h)).collect(),
    };
    let point = system.point(&drive.c, rates);
    let active = &manifold.active;
    let matrix = active_matrix(&system, active);
    let Null { directions, next_value } = null(&matrix, manifold.basis.nrows());
    let s = Upper(network.activation.slope);
    // Rounding of the entries of the matrix and of the sums.
    let lost =
        gamma(active.len() + 6) * (frobenius_above(&matrix) + Upper((active.len() as f64).sqrt().next_up()));
    let images = product(matrix.as_ref(), directions.as_ref());
    let image = frobenius_above(&images) + lost * frobenius_above(&directions);
    let skew = skew(&directions);
    let null_bound = if skew.0 < 1.0 { (image / skew.below_one()).0 } else { f64::INFINITY };
    let errors = x_errors(&system, &drive, &point);
    let residual = norm_above((0..system.n).map(|unit| {
        let scaled = gamma(2) * (Upper(point.r[unit].abs()) + Upper(point.rhs[unit].abs()));
        (Upper(point.rhs[unit].abs()) + s * Upper(errors[unit]) + scaled).0
    }));
    // Rounding may have moved the weights, the drive and the state; and it is in the bounds themselves.
    let allowed = Upper(4.0) * lost;
    let allowed_residual = Upper(4.0) * s * norm_above(errors.iter().copied());
    let evidence = if is_exact(network, input, active, manifold.basis.nrows()) {
        Evidence::Exact
    } else if null_bound <= allowed.0 && residual.0 <= allowed_residual.0 {
        Evidence::WithinRounding
    } else {
        Evidence::Undecided
    };
    Singularity { null_bound, next_value, residual_bound: residual.0, evidence }
}

/// The last right singular vectors of a matrix.
struct Null {
    /// `[K, D]`.
    directions: Mat<f64>,
    /// The singular value before theirs.
    next_value: f64,
}

fn null(matrix: &Mat<f64>, count: usize) -> Null {
    let k = matrix.nrows();
    match matrix.svd() {
        Ok(svd) => Null {
            directions: svd.V().subcols(k - count, count).to_owned(),
            next_value: if count < k { svd.S().column_vector()[k - count - 1] } else { f64::INFINITY },
        },
        // Nothing is then known: the bound of no direction is infinite.
        Err(_) => Null { directions: Mat::zeros(k, count), next_value: f64::NAN },
    }
}

/// Bound of `‖I − Bᵀ B‖` of directions that should be orthonormal.
fn skew(directions: &Mat<f64>) -> Upper {
    let mut gram = product(directions.transpose(), directions.as_ref());
    for d in 0..gram.nrows() {
        gram[(d, d)] -= 1.0;
    }
    let size = frobenius_above(directions);
    frobenius_above(&gram) * (Upper(1.0) + gamma(2))
        + gamma(directions.nrows() + 3) * (size * size + Upper(1.0))
}

/// Whether the exact system of the active units lacks `n_null` ranks and is consistent.
fn is_exact(network: &Network, input: &[f64], active: &[usize], n_null: usize) -> bool {
    PRIMES.iter().all(|prime| {
        let s = prime.of(network.activation.slope);
        let row = |&to: &usize| {
            let weight = |&from: &usize| {
                let weight = prime.times(s, prime.of(network.w_rec[[to, from]]));
                prime.minus(u64::from(from == to), weight)
            };
            let inputs = network.w_inp.row(to).into_iter().zip(input);
            let drive = inputs.fold(prime.of(network.bias[to]), |sum, (&w, &u)| {
                prime.minus(sum, prime.times(prime.of(-w), prime.of(u)))
            });
            active.iter().map(weight).chain([prime.times(s, drive)]).collect()
        };
        prime.rank(active.iter().map(row).collect(), active.len()) == Some(active.len() - n_null)
    })
}

/// A prime `2^bits − lack`.
struct Prime {
    bits: u32,
    lack: u128,
}

impl Prime {
    fn value(&self) -> u64 {
        ((1_u128 << self.bits) - self.lack) as u64
    }

    fn reduced(&self, x: u128) -> u64 {
        let fold = |x: u128| (x >> self.bits) * self.lack + (x & ((1 << self.bits) - 1));
        let folded = fold(fold(fold(x))) as u64;
        if folded >= self.value() { folded - self.value() } else { folded }
    }

    fn times(&self, a: u64, b: u64) -> u64 {
        self.reduced(u128::from(a) * u128::from(b))
    }

    fn minus(&self, a: u64, b: u64) -> u64 {
        if a >= b { a - b } else { a + (self.value() - b) }
    }

    fn power(&self, base: u64, exponent: u64) -> u64 {
        let (mut result, mut base, mut exponent) = (1, base, exponent);
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = self.times(result, base);
            }
            base = self.times(base, base);
            exponent >>= 1;
        }
        result
    }

    /// The inverse of a remainder other than 0 (Fermat).
    fn inverse(&self, a: u64) -> u64 {
        self.power(a, self.value() - 2)
    }

    /// The remainder of a finite float, which is an integer times a power of two.
    fn of(&self, x: f64) -> u64 {
        let bits = x.to_bits();
        let field = (bits >> 52) & 0x7ff;
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) =
            if field == 0 { (fraction, -1074) } else { (fraction | 1 << 52, field as i64 - 1075) };
        let power = self.power(2, exponent.unsigned_abs());
        let power = if exponent < 0 { self.inverse(power) } else { power };
        let size = self.times(mantissa % self.value(), power);
        if x < 0.0 { self.minus(0, size) } else { size }
    }

    /// Rank of the first `k` columns of `rows` `[K, K + 1]`; [`None`] if the last column is not in their span.
    fn rank(&self, mut rows: Vec<Vec<u64>>, k: usize) -> Option<usize> {
        let mut rank = 0;
        for column in 0..k {
            let Some(pivot) = (rank..rows.len()).find(|&row| rows[row][column] != 0) else { continue };
            rows.swap(rank, pivot);
            let (above, below) = rows.split_at_mut(rank + 1);
            let pivot = &above[rank];
            let inverse = self.inverse(pivot[column]);
            for row in below {
                let share = self.times(row[column], inverse);
                if share != 0 {
                    for (entry, &p) in row[column..].iter_mut().zip(&pivot[column..]) {
                        *entry = self.minus(*entry, self.times(share, p));
                    }
                }
            }
            rank += 1;
        }
        rows[rank..].iter().all(|row| row[k] == 0).then_some(rank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_primes_are_prime() {
        // Miller–Rabin with the first twelve primes decides below 3.3 · 10²⁴ (Sorenson & Webster 2017).
        for prime in PRIMES {
            let last = prime.value() - 1;
            let n_halvings = last.trailing_zeros();
            for base in [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37] {
                let mut x = prime.power(base, last >> n_halvings);
                let mut is_witness = x != 1 && x != last;
                for _ in 1..n_halvings {
                    x = prime.times(x, x);
                    is_witness &= x != last;
                }
                assert!(!is_witness, "2^{} − {} with base {base}", prime.bits, prime.lack);
            }
        }
    }

    #[test]
    fn remainders_add_and_multiply_as_the_numbers_do() {
        for prime in PRIMES {
            // Exact in floats: small integers times powers of two.
            for (a, b) in [(0.375, -12.0), (1e-3_f64.exp2(), 0.0), (-7.0, -0.0625), (3.0e10, 5.0e-1)] {
                let (a, b): (f64, f64) = (a, b);
                if (a * b).mul_add(1.0, 0.0) == a * b && a.mul_add(b, -(a * b)) == 0.0 {
                    assert_eq!(prime.times(prime.of(a), prime.of(b)), prime.of(a * b), "{a} times {b}");
                }
                assert_eq!(prime.minus(prime.of(a), prime.of(a)), 0);
            }
            assert_eq!(prime.minus(prime.of(1.0), prime.of(1.0 - f64::EPSILON)), prime.of(f64::EPSILON));
            assert_eq!(prime.of(-0.0), 0);
            assert_eq!(prime.times(prime.of(f64::from_bits(1)), prime.power(2, 1074)), 1);
        }
    }

    #[test]
    fn one_bit_in_one_weight_makes_a_rank() {
        for prime in PRIMES {
            let rows = |last: f64| {
                let rows = [[0.1, 0.3, 0.4], [0.2, 0.6, last]];
                rows.iter().map(|row| row.iter().map(|&x| prime.of(x)).collect()).collect()
            };
            assert_eq!(prime.rank(rows(0.8), 2), Some(1));
            assert_eq!(prime.rank(rows(0.8_f64.next_up()), 2), None, "not consistent");
            let mut full: Vec<Vec<u64>> = rows(0.8);
            full[1][1] = prime.of(0.6_f64.next_up());
            assert_eq!(prime.rank(full, 2), Some(2));
        }
    }
}
