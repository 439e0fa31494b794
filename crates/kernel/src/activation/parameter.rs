//! Parameters of curves beside their slope. They are exact and ordered, so that a curve can be a key.

/// The slope of a leaky `ReLU` below zero, over that above: above 0 and below 1.
///
/// Held as bits: those of positive numbers have the order of the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Leak(u64);

impl Leak {
    /// Its name in files.
    pub const NAME: &str = "leak";
    /// What it may be.
    pub const RANGE: &str = "a number above 0 and below 1";
    /// 0.1.
    pub const STANDARD: Self = Self(0.1_f64.to_bits());

    /// The leak of this value; none outside its range.
    pub fn new(value: f64) -> Option<Self> {
        (value > 0.0 && value < 1.0).then_some(Self(value.to_bits()))
    }

    /// Its value.
    #[inline(always)]
    pub const fn value(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// The exponent of a rectified power law: a multiple of ¼ from 1.25 to 4, so that powers are products and square roots,
/// each rounded exactly, and have the same bits on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Exponent {
    quarters: u8,
}

impl Exponent {
    /// Its name in files.
    pub const NAME: &str = "exponent";
    /// What it may be.
    pub const RANGE: &str = "a multiple of 0.25 from 1.25 to 4";
    /// 2, that of the supralinear stabilised network (Rubin, Van Hooser & Miller 2015, doi:10.1016/j.neuron.2014.12.026).
    pub const STANDARD: Self = Self { quarters: 8 };

    /// The exponent of this value; none outside its range.
    pub fn new(value: f64) -> Option<Self> {
        let quarters = 4.0 * value;
        let fits = (5.0..=16.0).contains(&quarters) && quarters.fract() == 0.0;
        fits.then_some(Self { quarters: quarters as u8 })
    }

    /// Its value.
    #[inline(always)]
    pub fn value(self) -> f64 {
        0.25 * f64::from(self.quarters)
    }

    /// The exponent less one, as a whole number and quarters.
    #[inline(always)]
    pub(crate) fn less_one(self) -> (u8, u8) {
        ((self.quarters - 4) / 4, self.quarters % 4)
    }

    /// `max(0, x)^exponent`
    #[inline(always)]
    pub(super) fn rate(self, x: f64) -> f64 {
        let x = if x < 0.0 { 0.0 } else { x };
        x * self.base(x)
    }

    /// Its derivative.
    #[inline(always)]
    pub(super) fn slope(self, x: f64) -> f64 {
        self.value() * self.base(if x < 0.0 { 0.0 } else { x })
    }

    /// `x^(exponent − 1)`, x not below zero.
    #[inline(always)]
    fn base(self, x: f64) -> f64 {
        let (whole, quarters) = self.less_one();
        let root = x.sqrt();
        let mut power = match quarters {
            0 => 1.0,
            1 => root.sqrt(),
            2 => root,
            _ => root * root.sqrt(),
        };
        for _ in 0..whole {
            power *= x;
        }
        power
    }
}
