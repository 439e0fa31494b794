//! Expressions over the factors of a declared task: a closed grammar, parsed into a tree and evaluated, never executed as code.
//!
//! Our own evaluator, because those in the registry do not fit: `evalexpr` is under the AGPL; `meval` (2018) and `fasteval` (2020)
//! are no longer maintained and have neither places in their errors nor an `if`; `exmex` has no ranges, no places and evaluates
//! both branches of an `if`. All of them give infinities and NaN silently, where a task needs to know which trial they come from.

use super::interval::{Comparison, Interval, Undefined};
use std::fmt;
use std::ops::Range;

/// An expression whose names are known, or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expression {
    pub(super) node: Node,
    /// Where in the text it stands, in bytes.
    pub(super) span: Range<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Number(f64),
    /// The place of a name among those that were known.
    Name(usize),
    Negative(Box<Expression>),
    Not(Box<Expression>),
    Operation(Operator, Box<Expression>, Box<Expression>),
    If(Box<[Expression; 3]>),
    Call(Function, Vec<Expression>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operator {
    Plus,
    Minus,
    Times,
    Over,
    Power,
    And,
    Or,
    Compare(Comparison),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Function {
    Abs,
    Sign,
    Min,
    Max,
    Sqrt,
    Exp,
    Ln,
    Sin,
    Cos,
    Floor,
    Round,
}

impl Function {
    /// Every function by its name in expressions; `if` apart.
    pub(super) const NAMED: [(&'static str, Self); 11] = [
        ("abs", Self::Abs),
        ("sign", Self::Sign),
        ("min", Self::Min),
        ("max", Self::Max),
        ("sqrt", Self::Sqrt),
        ("exp", Self::Exp),
        ("ln", Self::Ln),
        ("sin", Self::Sin),
        ("cos", Self::Cos),
        ("floor", Self::Floor),
        ("round", Self::Round),
    ];
}

/// Where an expression has no value, and why.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) span: Range<usize>,
    pub(super) why: Undefined,
}

impl Expression {
    /// The range of its values where each name has its range; for single numbers the float64 value.
    pub(super) fn range(&self, values: &[Interval]) -> Result<Interval, Fault> {
        let undefined = |why| Fault { span: self.span.clone(), why };
        match &self.node {
            Node::Number(number) => Ok(Interval::point(*number)),
            Node::Name(name) => Ok(values[*name]),
            Node::Negative(operand) => Ok(operand.range(values)?.negative()),
            Node::Not(operand) => {
                Ok(Interval::of_truth(operand.range(values)?.truth().map(|is_true| !is_true)))
            }
            Node::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                match condition.range(values)?.truth() {
                    Some(true) => then.range(values),
                    Some(false) => otherwise.range(values),
                    None => Ok(then.range(values)?.hull(otherwise.range(values)?)),
                }
            }
            Node::Operation(Operator::And, left, right) => match left.range(values)?.truth() {
                Some(false) => Ok(Interval::point(0.0)),
                left => Ok(Interval::of_truth(match (left, right.range(values)?.truth()) {
                    (_, Some(false)) => Some(false),
                    (Some(true), right) => right,
                    _ => None,
                })),
            },
            Node::Operation(Operator::Or, left, right) => match left.range(values)?.truth() {
                Some(true) => Ok(Interval::point(1.0)),
                left => Ok(Interval::of_truth(match (left, right.range(values)?.truth()) {
                    (_, Some(true)) => Some(true),
                    (Some(false), right) => right,
                    _ => None,
                })),
            },
            Node::Operation(operator, left, right) => {
                let (left, right) = (left.range(values)?, right.range(values)?);
                match operator {
                    Operator::Plus => left.plus(right),
                    Operator::Minus => left.minus(right),
                    Operator::Times => left.times(right),
                    Operator::Over => left.over_divisor(right),
                    Operator::Power => left.power(right),
                    Operator::Compare(how) => Ok(Interval::of_truth(left.compared(*how, right))),
                    Operator::And | Operator::Or => unreachable!("matched above"),
                }
                .map_err(undefined)
            }
            Node::Call(function, operands) => {
                let mut ranges = operands.iter().map(|operand| operand.range(values));
                let mut range = ranges.next().expect("the parser asks for operands")?;
                for other in ranges {
                    let other = other?;
                    range =
                        if *function == Function::Min { range.least(other) } else { range.largest(other) };
                }
                match function {
                    Function::Abs => Ok(range.magnitudes()),
                    Function::Sign => range.sign(),
                    Function::Min | Function::Max => Ok(range),
                    Function::Sqrt => range.square_root(),
                    Function::Exp => range.exponential(),
                    Function::Ln => range.logarithm(),
                    Function::Sin => Ok(range.wave(f64::sin)),
                    Function::Cos => Ok(range.wave(f64::cos)),
                    Function::Floor => range.floor(),
                    Function::Round => range.round(),
                }
                .map_err(undefined)
            }
        }
    }

    /// Whether a name that `is_meant` stands in it.
    pub(super) fn mentions(&self, is_meant: &dyn Fn(usize) -> bool) -> bool {
        match &self.node {
            Node::Number(_) => false,
            Node::Name(name) => is_meant(*name),
            Node::Negative(operand) | Node::Not(operand) => operand.mentions(is_meant),
            Node::Operation(_, left, right) => left.mentions(is_meant) || right.mentions(is_meant),
            Node::If(parts) => parts.iter().any(|part| part.mentions(is_meant)),
            Node::Call(_, operands) => operands.iter().any(|operand| operand.mentions(is_meant)),
        }
    }
}

/// One text for each meaning, however it is spaced and bracketed: operators stand before their operands, names are numbers.
impl fmt::Display for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node {
            Node::Number(number) => write!(out, "{number:?}"),
            Node::Name(name) => write!(out, "#{name}"),
            Node::Negative(operand) => write!(out, "(Negative {operand})"),
            Node::Not(operand) => write!(out, "(Not {operand})"),
            Node::Operation(operator, left, right) => write!(out, "({operator:?} {left} {right})"),
            Node::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                write!(out, "(If {condition} {then} {otherwise})")
            }
            Node::Call(function, operands) => {
                write!(out, "({function:?}")?;
                operands.iter().try_for_each(|operand| write!(out, " {operand}"))?;
                write!(out, ")")
            }
        }
    }
}
