//! Where ticks stand and how their values are written.

use crate::figure::{Axis, Scale};

/// Axis values as positions between 0 (low end) and 1 (high end).
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    low: f64,
    high: f64,
    logarithmic: Logarithmic,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Logarithmic {
    Yes,
    No,
}

impl Span {
    /// The span of a given range, or of the values and a margin.
    pub(super) fn new(scale: &Scale, range: Option<[f64; 2]>, values: impl Iterator<Item = f64>) -> Self {
        let logarithmic = if *scale == Scale::Log { Logarithmic::Yes } else { Logarithmic::No };
        let place = |v: f64| if logarithmic == Logarithmic::Yes { v.log10() } else { v };
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        let ends = range.into_iter().flatten();
        let given = range.is_some();
        for value in ends.chain(values.filter(|_| !given)).map(place).filter(|v| v.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if low > high {
            (low, high) = (0.0, 1.0);
        }
        if high - low < 1e-12 {
            let half = if low == 0.0 { 1.0 } else { low.abs() * 0.1 };
            (low, high) = (low - half, high + half);
        }
        if !given {
            let margin = (high - low) * 0.05;
            (low, high) = (low - margin, high + margin);
        }
        Self { low, high, logarithmic }
    }

    pub(super) fn len(self) -> f64 {
        self.high - self.low
    }

    /// The same centre, `len` long.
    pub(super) fn widened(self, len: f64) -> Self {
        let centre = f64::midpoint(self.low, self.high);
        Self { low: centre - len / 2.0, high: centre + len / 2.0, ..self }
    }

    /// Position of a value; `None` if the scale has no place for it.
    pub(super) fn at(self, value: f64) -> Option<f64> {
        let value = if self.logarithmic == Logarithmic::Yes { value.log10() } else { value };
        value.is_finite().then(|| (value - self.low) / (self.high - self.low))
    }

    /// About `n` round values and their texts.
    pub(super) fn ticks(self, n: usize) -> Vec<(f64, String)> {
        // Within less than a decade or so, values in equal steps read best even on a logarithmic axis.
        let narrow = self.logarithmic == Logarithmic::Yes && self.len() < 0.75;
        let (values, style) = match self.logarithmic {
            Logarithmic::No => (linear_ticks(self.low, self.high, n), Logarithmic::No),
            Logarithmic::Yes if narrow => {
                let ends = [self.low, self.high].map(|v| 10f64.powf(v));
                (linear_ticks(ends[0], ends[1], n * 2 / 3), Logarithmic::No)
            }
            Logarithmic::Yes => (log_ticks(self.low, self.high, n), Logarithmic::Yes),
        };
        let smallest = values.windows(2).map(|w| w[1] - w[0]).fold(f64::INFINITY, f64::min);
        let step = if smallest.is_finite() { smallest } else { values.first().map_or(1.0, |v| v.abs()) };
        values.into_iter().map(|value| (value, written(value, step, style))).collect()
    }
}

fn linear_ticks(low: f64, high: f64, n: usize) -> Vec<f64> {
    let raw = (high - low) / n.max(2) as f64;
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].map(|s| s * power).into_iter().find(|s| *s >= raw * 0.999);
    let step = step.unwrap_or(raw);
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last).map(|i| i as f64 * step).collect()
}

fn log_ticks(low: f64, high: f64, n: usize) -> Vec<f64> {
    let span = high - low;
    let factors: &[f64] =
        if span < 2.2 && (span * 3.0) as usize <= n + 2 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let every = (span / n.max(2) as f64).ceil().max(1.0) as i32;
    let (first, last) = (low.floor() as i32, high.ceil() as i32);
    (first..=last)
        .filter(|decade| decade.rem_euclid(every) == 0)
        .flat_map(|decade| factors.iter().map(move |factor| factor * 10f64.powi(decade)))
        .filter(|value| (low - 1e-9..=high + 1e-9).contains(&value.log10()))
        .collect()
}

fn written(value: f64, step: f64, logarithmic: Logarithmic) -> String {
    let size = value.abs();
    let power = size.log10().round();
    if logarithmic == Logarithmic::Yes && (size - 10f64.powf(power)).abs() < 1e-9 * size && power.abs() > 3.0
    {
        let exponent: String = format!("{power:.0}").chars().map(superscript).collect();
        return format!("10{exponent}");
    }
    let finest = if logarithmic == Logarithmic::Yes { size } else { step };
    let coarse = (-finest.log10()).ceil().clamp(0.0, 8.0) as usize;
    let decimals = (coarse..=coarse + 2)
        .find(|d| {
            let scaled = finest * 10f64.powi(*d as i32);
            (scaled - scaled.round()).abs() < 1e-6 * scaled.max(1.0)
        })
        .unwrap_or(coarse);
    let text = format!("{value:.decimals$}");
    if text.trim_start_matches('-').bytes().all(|b| b == b'0' || b == b'.') {
        return "0".to_owned();
    }
    text.replace('-', "−")
}

fn superscript(character: char) -> char {
    match character {
        '-' => '⁻',
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        digit => char::from_u32(u32::from('⁰') + digit.to_digit(10).unwrap_or(0)).unwrap_or(digit),
    }
}

/// `label (unit)`.
pub(super) fn axis_name(axis: &Axis) -> String {
    if axis.unit.is_empty() { axis.label.clone() } else { format!("{} ({})", axis.label, axis.unit) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_stand_at_round_values_and_say_no_more_digits_than_needed() {
        let texts = |scale: &Scale, low, high, n| -> Vec<String> {
            let span = Span::new(scale, Some([low, high]), std::iter::empty());
            span.ticks(n).into_iter().map(|(_, text)| text).collect()
        };
        assert_eq!(texts(&Scale::Linear, -0.5, 1.0, 4), ["−0.5", "0", "0.5", "1.0"].map(String::from));
        assert_eq!(texts(&Scale::Linear, 0.0, 5000.0, 3), ["0", "2000", "4000"].map(String::from));
        assert_eq!(
            texts(&Scale::Log, 0.0009, 0.011, 5),
            ["0.001", "0.002", "0.005", "0.01"].map(String::from)
        );
        assert_eq!(texts(&Scale::Log, 1e-6, 1.0, 4), ["10⁻⁶", "10⁻⁴", "0.01", "1"].map(String::from));
    }
}
