//! Expressions against the same functions written in Rust, ranges against the values inside them, and hostile texts.

use super::expression::Expression;
use super::factors::points;
use super::interval::Interval;
use super::parser::{Unreadable, parse};
use proptest::prelude::*;

fn names() -> Vec<String> {
    ["x", "y", "z"].map(str::to_owned).to_vec()
}

fn read(text: &str) -> Expression {
    parse(text, &names()).unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

/// The float64 value at `x`, `y`, `z`.
fn value(text: &str, at: [f64; 3]) -> f64 {
    let range = read(text).range(&points(&at)).unwrap_or_else(|fault| panic!("{text} {at:?}: {fault:?}"));
    assert_eq!(range.low.to_bits(), range.high.to_bits(), "{text} of numbers is a number");
    range.low
}

/// Texts with what they mean.
type Case = (&'static str, fn(f64, f64, f64) -> f64);

fn truth(holds: bool) -> f64 {
    if holds { 1.0 } else { 0.0 }
}

fn numpy_sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        0.0
    }
}

/// Every operator and function, with what binds more than what; each is finite for all numbers.
const CASES: [Case; 30] = [
    ("x + y * z", |x, y, z| x + y * z),
    ("(x + y) * z", |x, y, z| (x + y) * z),
    ("x - y - z", |x, y, z| x - y - z),
    ("x - (y - z)", |x, y, z| x - (y - z)),
    ("-x ^ 2 + y", |x, y, _| -x.powf(2.0) + y),
    ("(-x) ^ 3", |x, _, _| (-x).powf(3.0)),
    ("2 ^ -1 ^ 2 * x", |x, _, _| 2.0_f64.powf(-1.0_f64.powf(2.0)) * x),
    ("2 ^ 3 ^ 2 + y", |_, y, _| 512.0 + y),
    ("--x", |x, _, _| x),
    ("x * -y", |x, y, _| x * -y),
    ("x / (1 + abs(y))", |x, y, _| x / (1.0 + y.abs())),
    ("x / 4 / 2", |x, _, _| x / 4.0 / 2.0),
    ("x < y", |x, y, _| truth(x < y)),
    ("x <= y or x > y", |_, _, _| 1.0),
    ("x >= y and not x == y", |x, y, _| truth(x > y)),
    ("x != y", |x, y, _| truth(x != y)),
    ("not x > y or y > z and z > x", |x, y, z| truth(x <= y || (y > z && z > x))),
    ("(x < y) + (y < z)", |x, y, z| truth(x < y) + truth(y < z)),
    ("if(x > 0, ln(x), y)", |x, y, _| if x > 0.0 { x.ln() } else { y }),
    ("if(x, y, z)", |x, y, z| if x == 0.0 { z } else { y }),
    ("x == 0 or 1 / x > 0", |x, _, _| truth(x >= 0.0)),
    ("x != 0 and 1 / x > 0", |x, _, _| truth(x > 0.0)),
    ("sign(x) * y", |x, y, _| numpy_sign(x) * y),
    ("min(x, y, z) + 2 * max(x, y)", |x, y, z| x.min(y).min(z) + 2.0 * x.max(y)),
    ("sqrt(abs(x)) + exp(-abs(y))", |x, y, _| x.abs().sqrt() + (-y.abs()).exp()),
    ("sin(pi * x) - cos(y / 3)", |x, y, _| (std::f64::consts::PI * x).sin() - (y / 3.0).cos()),
    ("floor(x) + round(y)", |x, y, _| x.floor() + y.round_ties_even()),
    ("x - 3 * floor(x / 3)", |x, _, _| x - 3.0 * (x / 3.0).floor()),
    (".5*x+5.e-1*y+1E+1*z", |x, y, z| 0.5 * x + 0.5 * y + 10.0 * z),
    ("((x))\n\t+ y", |x, y, _| x + y),
];

proptest! {
    #[test]
    fn expressions_are_the_functions_that_they_say(
        x in prop_oneof![-20.0..20.0, Just(0.0)],
        y in prop_oneof![-20.0..20.0, Just(0.0), Just(2.5)],
        z in -20.0..20.0_f64,
    ) {
        for (text, function) in CASES {
            let (found, meant) = (value(text, [x, y, z]), function(x, y, z));
            prop_assert_eq!(found, meant, "{} at {} {} {}", text, x, y, z);
            prop_assert_eq!(value(text, [y, y, x]), function(y, y, x), "{} at {} {} {}", text, y, y, x);
        }
    }

    #[test]
    fn no_value_of_a_draw_leaves_the_range_of_its_expression(
        ends in prop::array::uniform3((-5.0..5.0_f64, 0.0..3.0_f64)),
        within in prop::array::uniform3(prop_oneof![0.0..1.0_f64, Just(0.0), Just(1.0)]),
    ) {
        let ranges = ends.map(|(low, width)| Interval { low, high: low + width });
        let inside: Vec<f64> =
            ranges.iter().zip(within).map(|(range, part)| (range.low + part * (range.high - range.low)).min(range.high)).collect();
        let more = ["x ^ 2", "x ^ -2", "abs(x) ^ y", "1 / x", "ln(x)", "sqrt(y)", "x * y - z / y", "x ^ 3 * y ^ 4", "(x - y) ^ 0"];
        for text in CASES.iter().map(|(text, _)| *text).chain(more) {
            // What may be undefined is refused, so that nothing can be undefined after that.
            let Ok(range) = read(text).range(&ranges) else { continue };
            let found = read(text).range(&points(&inside));
            prop_assert!(found.is_ok(), "{} of {:?} at {:?}: {:?}", text, ranges, inside, found);
            let found = found.expect("just asserted").low;
            prop_assert!(range.low <= found && found <= range.high, "{} of {:?} at {:?}: {} in {:?}", text, ranges, inside, found, range);
        }
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place_inside_it(text in "[-x-z0-9 .+*/^()<>=!,a-f]{0,60}|\\PC{0,40}") {
        if let Err(Unreadable { span, .. }) = parse(&text, &names()) {
            prop_assert!(text.get(span.clone()).is_some(), "{:?} of {:?}", span, text);
        }
    }
}

#[test]
fn what_has_no_finite_value_is_a_fault_with_its_place() {
    for (text, place, why) in [
        ("x + 1 / (y - y)", "1 / (y - y)", "division by zero"),
        ("x ^ 0.5", "x ^ 0.5", "not finite"),
        ("y ^ -1", "y ^ -1", "not finite"),
        ("2 * sqrt(x)", "sqrt(x)", "square root"),
        ("ln(y)", "ln(y)", "logarithm"),
        ("ln(x) > 0 or 1", "ln(x)", "logarithm"),
        ("exp(1000) * 0", "exp(1000)", "not finite"),
        ("min(1e308 * 10, 1)", "1e308 * 10", "not finite"),
    ] {
        let fault = read(text).range(&points(&[-2.0, 0.0, 1.0])).expect_err(text);
        assert_eq!(&text[fault.span.clone()], place);
        assert!(fault.why.contains(why), "{text}: {}", fault.why);
    }
}

#[test]
fn ranges_are_as_narrow_as_each_operation_allows() {
    let range = |text: &str| {
        let found = read(text).range(&[
            Interval { low: -1.0, high: 2.0 },
            Interval::point(3.0),
            Interval::point(0.0),
        ]);
        let Interval { low, high } = found.unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
        [low, high]
    };
    for (text, expected) in [
        ("x + y", [2.0, 5.0]),
        ("y - x", [1.0, 4.0]),
        ("-x", [-2.0, 1.0]),
        ("x * -2", [-4.0, 2.0]),
        ("x ^ 2", [0.0, 4.0]),
        ("x ^ 3", [-1.0, 8.0]),
        ("abs(x)", [0.0, 2.0]),
        ("y / (x + 2)", [0.75, 3.0]),
        ("x > 0", [0.0, 1.0]),
        ("x < y", [1.0, 1.0]),
        ("x == y", [0.0, 0.0]),
        ("x > 0 and y > 5", [0.0, 0.0]),
        ("if(x > 0, 10, -10)", [-10.0, 10.0]),
        ("min(x, 0.5)", [-1.0, 0.5]),
        ("max(x, 0.5)", [0.5, 2.0]),
        ("round(x + 0.5)", [0.0, 2.0]),
        ("sign(x)", [-1.0, 1.0]),
        ("sin(y * 0)", [0.0, 0.0]),
        ("cos(x)", [-1.0, 1.0]),
    ] {
        assert_eq!(range(text), expected, "{text}");
    }
}

#[test]
fn hostile_texts_are_refused_and_do_no_harm() {
    let long = "1+".repeat(50_000) + "1";
    let brackets = "(".repeat(999) + "x";
    let signs = "-".repeat(999) + "x";
    let powers = "x^".repeat(999) + "x";
    let nots = "not ".repeat(400) + "x";
    for text in [
        long.as_str(),
        &brackets,
        &signs,
        &powers,
        &nots,
        "",
        " ",
        "\0",
        "é",
        "x y",
        "1..2",
        "1e",
        "1e999",
        "x +",
        "f(",
        "if(x)",
    ] {
        assert!(parse(text, &names()).is_err(), "{text:.20}");
    }
    // As long as may be: a chain that a tree holds as deep as it is long.
    let chain = "1+".repeat(999) + "x";
    assert_eq!(value(&chain, [1.0; 3]), 1000.0);
}

#[test]
fn spacing_and_brackets_do_not_change_a_canonical_text_and_meaning_does() {
    let text = |text: &str| read(text).to_string();
    assert_eq!(text("x+y*z"), text(" x + ((y) * z) "));
    assert_eq!(text("1.50 * x"), text("1.5e0*x"));
    for (one, other) in [
        ("x + y * z", "(x + y) * z"),
        ("x - y", "y - x"),
        ("min(x, y)", "max(x, y)"),
        ("x < y", "x <= y"),
        ("0.1 * x", "0.10000000000000002 * x"),
        ("not x", "-x"),
    ] {
        assert_ne!(text(one), text(other));
    }
}
