//! Numbers of some 31 digits: the unevaluated sum of two floats (Dekker 1971; Hida, Li & Bailey 2001).

use circuitscope::{Activation, Curve};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// `high + low`, with `low` below half a unit in the last place of `high`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Double {
    pub(crate) high: f64,
    pub(crate) low: f64,
}

fn two_sum(a: f64, b: f64) -> Double {
    let high = a + b;
    let from_b = high - a;
    Double { high, low: (a - (high - from_b)) + (b - from_b) }
}

impl From<f64> for Double {
    fn from(high: f64) -> Self {
        Self { high, low: 0.0 }
    }
}

impl Add for Double {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let (high, low) = (two_sum(self.high, other.high), two_sum(self.low, other.low));
        let first = two_sum(high.high, high.low + low.high);
        two_sum(first.high, first.low + low.low)
    }
}

impl Neg for Double {
    type Output = Self;
    fn neg(self) -> Self {
        Self { high: -self.high, low: -self.low }
    }
}

impl Sub for Double {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Double {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        let high = self.high * other.high;
        let low = self.high.mul_add(other.high, -high);
        two_sum(high, low + (self.high * other.low + self.low * other.high))
    }
}

impl Div for Double {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        let first = Self::from(self.high / other.high);
        let rest = self - first * other;
        let second = Self::from(rest.high / other.high);
        let rest = rest - second * other;
        first + second + Self::from(rest.high / other.high)
    }
}

impl Double {
    /// `e^x` for `|x| < 600`: the Taylor series of x/1024, squared ten times.
    pub(crate) fn exp(self) -> Self {
        let share = Self::from(1.0 / 1024.0) * self;
        let one = Self::from(1.0);
        // Horner's scheme on e^x − 1, which keeps the digits that 1 would take: (e^x − 1)² + 2 (e^x − 1) doubles x.
        let mut less_one = Self::from(0.0);
        for k in (1..=24).rev() {
            less_one = share * (one + less_one) / Self::from(f64::from(k));
        }
        for _ in 0..10 {
            less_one = less_one * (less_one + Self::from(2.0));
        }
        one + less_one
    }

    /// `f(x)`.
    pub(crate) fn rate(self, f: Activation) -> Self {
        let one = Self::from(1.0);
        let x = self * Self::from(f.slope);
        match f.curve {
            Curve::Relu => {
                if x.high > 0.0 {
                    x
                } else {
                    Self::from(0.0)
                }
            }
            Curve::Sigmoid => one / (one + (-x).exp()),
            Curve::Tanh => {
                let double = (x + x).exp();
                (double - one) / (double + one)
            }
            other => panic!("{other:?} has no digits here"),
        }
    }
}

#[test]
fn known_digits_come_out() {
    // e = 2.71828182845904523536028747135266…; tanh(1) = 0.76159415595576488811945828260479…
    let close = |found: Double, high: f64, low: f64| {
        let gap = found - Double { high, low };
        assert!(gap.high.abs() < 1e-30, "{found:?}");
    };
    close(Double::from(1.0).exp(), std::f64::consts::E, 1.445_646_891_729_250_2e-16);
    let f = Activation { curve: Curve::Tanh, slope: 1.0 };
    let third = Double::from(1.0) / Double::from(3.0);
    let rest = third + third + third - Double::from(1.0);
    assert!(rest.high.abs() < 1e-31);
    // tanh(2 x) = 2 t / (1 + t²).
    for x in [0.01, 0.3, 1.0, 4.0] {
        let (t, twice) = (Double::from(x).rate(f), Double::from(2.0 * x).rate(f));
        let expected = (t + t) / (Double::from(1.0) + t * t);
        assert!((twice - expected).high.abs() < 1e-30, "{x}");
    }
}
