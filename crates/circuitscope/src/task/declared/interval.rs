//! Arithmetic on ranges of numbers: what an expression can be for every value that may be drawn.
//!
//! A range of one number is that number: each operation then gives the float64 result itself, bit for bit. For wider ranges the
//! ends are computed by the same operations, which keep the order of numbers also in rounding, so that no value of a draw leaves
//! the range (Moore 1966, *Interval Analysis*). Each operand counts as if it varied by itself: `x - x` is a range around 0.

/// Numbers from `low` to `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Interval {
    pub(super) low: f64,
    pub(super) high: f64,
}

/// Why an operation has no result.
pub(super) type Undefined = &'static str;

const NOT_FINITE: Undefined = "a result that is not finite";

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    Unequal,
}

impl Interval {
    pub(super) const fn point(value: f64) -> Self {
        Self { low: value, high: value }
    }

    /// The range over some numbers.
    pub(super) fn over(values: impl IntoIterator<Item = f64>) -> Self {
        let empty = Self { low: f64::INFINITY, high: f64::NEG_INFINITY };
        values.into_iter().fold(empty, |range, x| Self { low: range.low.min(x), high: range.high.max(x) })
    }

    /// The range over both.
    pub(super) fn hull(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// 1 for true, 0 for false, either where it is open.
    pub(super) fn of_truth(truth: Option<bool>) -> Self {
        truth.map_or(Self { low: 0.0, high: 1.0 }, |truth| Self::point(f64::from(u8::from(truth))))
    }

    pub(super) fn is_point(self) -> bool {
        self.low == self.high
    }

    /// The largest magnitude.
    pub(super) fn magnitude(self) -> f64 {
        self.low.abs().max(self.high.abs())
    }

    fn holds(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    fn finite(self) -> Result<Self, Undefined> {
        if self.low.is_finite() && self.high.is_finite() { Ok(self) } else { Err(NOT_FINITE) }
    }

    /// Whether it is other than 0; open where it may be both.
    pub(super) fn truth(self) -> Option<bool> {
        if self.holds(0.0) { self.is_point().then_some(false) } else { Some(true) }
    }

    /// The range of a function that never falls.
    fn rising(self, function: impl Fn(f64) -> f64) -> Result<Self, Undefined> {
        Self { low: function(self.low), high: function(self.high) }.finite()
    }

    /// The range of an operation whose extremes lie at the ends of its operands.
    fn at_ends(self, other: Self, operation: impl Fn(f64, f64) -> f64) -> Result<Self, Undefined> {
        let (operation, other) = (&operation, [other.low, other.high]);
        let ends = [self.low, self.high].map(|a| other.map(|b| operation(a, b)));
        if ends.iter().flatten().any(|end| !end.is_finite()) {
            return Err(NOT_FINITE);
        }
        Ok(Self::over(ends.into_iter().flatten()))
    }

    pub(super) fn negative(self) -> Self {
        Self { low: -self.high, high: -self.low }
    }

    pub(super) fn plus(self, other: Self) -> Result<Self, Undefined> {
        Self { low: self.low + other.low, high: self.high + other.high }.finite()
    }

    pub(super) fn minus(self, other: Self) -> Result<Self, Undefined> {
        self.plus(other.negative())
    }

    pub(super) fn times(self, other: Self) -> Result<Self, Undefined> {
        self.at_ends(other, |a, b| a * b)
    }

    pub(super) fn over_divisor(self, other: Self) -> Result<Self, Undefined> {
        if other.holds(0.0) {
            return Err("a division by zero");
        }
        self.at_ends(other, |a, b| a / b)
    }

    pub(super) fn power(self, exponent: Self) -> Result<Self, Undefined> {
        if self.is_point() && exponent.is_point() {
            return self.at_ends(exponent, f64::powf);
        }
        if exponent.is_point() && exponent.low.fract() == 0.0 {
            if exponent.low < 0.0 && self.holds(0.0) {
                return Err("a division by zero");
            }
            let ends = self.at_ends(exponent, f64::powf)?;
            // An even power turns at 0, where it is least.
            let turns = exponent.low % 2.0 == 0.0 && exponent.low > 0.0 && self.holds(0.0);
            return Ok(if turns { ends.hull(Self::point(0.0)) } else { ends });
        }
        if self.low < 0.0 {
            return Err("a power of a negative number");
        }
        if self.low == 0.0 && exponent.low <= 0.0 {
            return Err("a power of zero with an exponent that may be 0 or less");
        }
        self.at_ends(exponent, f64::powf)
    }

    pub(super) fn compared(self, comparison: Comparison, other: Self) -> Option<bool> {
        match comparison {
            Comparison::Less if self.high < other.low => Some(true),
            Comparison::Less if self.low >= other.high => Some(false),
            Comparison::LessOrEqual if self.high <= other.low => Some(true),
            Comparison::LessOrEqual if self.low > other.high => Some(false),
            Comparison::Less | Comparison::LessOrEqual => None,
            Comparison::Greater => other.compared(Comparison::Less, self),
            Comparison::GreaterOrEqual => other.compared(Comparison::LessOrEqual, self),
            Comparison::Equal if self.high < other.low || other.high < self.low => Some(false),
            Comparison::Equal => (self.is_point() && other.is_point()).then_some(true),
            Comparison::Unequal => self.compared(Comparison::Equal, other).map(|equal| !equal),
        }
    }

    pub(super) fn least(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.min(other.high) }
    }

    pub(super) fn largest(self, other: Self) -> Self {
        Self { low: self.low.max(other.low), high: self.high.max(other.high) }
    }

    pub(super) fn magnitudes(self) -> Self {
        let nearest = if self.holds(0.0) { 0.0 } else { self.low.abs().min(self.high.abs()) };
        Self { low: nearest, high: self.magnitude() }
    }

    /// −1, 0 or 1, as NumPy has it.
    pub(super) fn sign(self) -> Result<Self, Undefined> {
        self.rising(|x| if x == 0.0 { 0.0 } else { x.signum() })
    }

    pub(super) fn square_root(self) -> Result<Self, Undefined> {
        if self.low < 0.0 {
            return Err("the square root of a negative number");
        }
        self.rising(f64::sqrt)
    }

    pub(super) fn exponential(self) -> Result<Self, Undefined> {
        self.rising(f64::exp)
    }

    pub(super) fn logarithm(self) -> Result<Self, Undefined> {
        if self.low <= 0.0 {
            return Err("the logarithm of a number that is not above 0");
        }
        self.rising(f64::ln)
    }

    pub(super) fn floor(self) -> Result<Self, Undefined> {
        self.rising(f64::floor)
    }

    /// To the nearest whole number, and from halfway to the even one, as NumPy has it.
    pub(super) fn round(self) -> Result<Self, Undefined> {
        self.rising(f64::round_ties_even)
    }

    /// Sine or cosine: of a wider range all that they can be.
    pub(super) fn wave(self, function: fn(f64) -> f64) -> Self {
        if self.is_point() { Self::point(function(self.low)) } else { Self { low: -1.0, high: 1.0 } }
    }
}
