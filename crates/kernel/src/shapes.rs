//! Curves evaluated on registers: rate and slope of a whole vector at once.

use crate::activation::Exponent;
use crate::math;
use crate::vector::Vector;

/// A curve evaluated on registers.
pub(crate) trait Shape: Copy {
    /// The rate at the scaled argument, and its derivative times `gain`.
    fn rate_and_slope<V: Vector>(self, x: V, gain: V) -> (V, V);
}

/// Evaluates an expression with the shape of a curve, compiled for each of them.
macro_rules! with_shape {
    ($curve:expr, $shape:ident => $body:expr) => {{
        use $crate::activation::Curve;
        use $crate::shapes;
        match $curve {
            Curve::Relu => {
                let $shape = shapes::Relu;
                $body
            }
            Curve::Sigmoid => {
                let $shape = shapes::Sigmoid;
                $body
            }
            Curve::Tanh => {
                let $shape = shapes::Tanh;
                $body
            }
            Curve::Softplus => {
                let $shape = shapes::Softplus;
                $body
            }
            Curve::LeakyRelu(leak) => {
                let $shape = shapes::LeakyRelu(leak.value() as f32);
                $body
            }
            Curve::Power(exponent) => {
                let $shape = shapes::Power(exponent);
                $body
            }
            Curve::HardTanh => {
                let $shape = shapes::HardTanh;
                $body
            }
            Curve::Silu => {
                let $shape = shapes::Silu;
                $body
            }
        }
    }};
}

pub(crate) use with_shape;

/// `max(0, x)`
#[derive(Clone, Copy)]
pub(crate) struct Relu;
/// `1 / (1 + e^(−x))`
#[derive(Clone, Copy)]
pub(crate) struct Sigmoid;
/// `tanh x`
#[derive(Clone, Copy)]
pub(crate) struct Tanh;
/// `ln(1 + e^x)`
#[derive(Clone, Copy)]
pub(crate) struct Softplus;
/// `x` above zero, so many times `x` below.
#[derive(Clone, Copy)]
pub(crate) struct LeakyRelu(pub(crate) f32);
/// `max(0, x)` to the power.
#[derive(Clone, Copy)]
pub(crate) struct Power(pub(crate) Exponent);
/// `x` between −1 and 1, and the nearer of them outside.
#[derive(Clone, Copy)]
pub(crate) struct HardTanh;
/// `x / (1 + e^(−x))`
#[derive(Clone, Copy)]
pub(crate) struct Silu;

impl Shape for Relu {
    #[inline(always)]
    fn rate_and_slope<V: Vector>(self, x: V, gain: V) -> (V, V) {
        (x.where_positive(x), x.where_positive(gain))
    }
}

impl Shape for Sigmoid {
    #[inline(always)]
    fn rate_and_slope<V: Vector>(self, x: V, gain: V) -> (V, V) {
        let rate = math::sigmoid(x);
        (rate, gain.mul(rate).mul(V::splat(1.0).sub(rate)))
    }
}

impl Shape for Tanh {
    #[inline(always)]
    fn rate_and_slope<V: Vector>(self, x: V, gain: V) -> (V, V) {
        let rate = math::tanh(x);
        let rising = gain.mul(rate);
        (rate, V::splat(0.0).sub(rising).mul_add(rate, gain))
    }
}

impl Shape for Softplus {
    #[inline(always)]
    fn rate_and_slope<V: Vector>(self, x: V, gain: V) -> (V, V) {
        let (rate, logistic) = math::softplus(x);
        (rate, gain.mul(logistic.of_x))
    }
}

impl Shape for LeakyRelu {
    #[inline(always)]
    fn rate_and_slope<V: Vector>(self, x: V, gain: V) -> (V, V) {
        // Below zero leak times, above what is missing to the whole.
        let (leak, rest) = (V::splat(self.0), V::splat(1.0 - self.0));
        let rate = x.where_positive(x).mul_add(rest, x.mul(leak));
        (rate, x.where_positive(gain).mul_add(rest, gain.mul(leak)))
    }
}

impl Shape for Power {
    #[inline(always)]
    fn rate_and_slope<V: Vector>(self, x: V, gain: V) -> (V, V) {
        let x = x.where_positive(x);
        let power = math::power_less_one(x, self.0);
        (x.mul(power), gain.mul(V::splat(self.0.value() as f32)).mul(power))
    }
}

impl Shape for HardTanh {
    #[inline(always)]
    fn rate_and_slope<V: Vector>(self, x: V, gain: V) -> (V, V) {
        let one = V::splat(1.0);
        let size = V::from_bits(V::and_bits(x.to_bits(), V::splat_bits(!(1 << 31))));
        (x.at_least(V::splat(-1.0)).at_most(one), one.sub(size).where_positive(gain))
    }
}

impl Shape for Silu {
    #[inline(always)]
    fn rate_and_slope<V: Vector>(self, x: V, gain: V) -> (V, V) {
        let logistic = math::logistic(x);
        // f′ = σ(x) (1 + x σ(−x))
        let bent = x.mul(logistic.of_minus_x).add(V::splat(1.0));
        (x.mul(logistic.of_x), gain.mul(logistic.of_x).mul(bent))
    }
}
