//! From the text of an expression to its tree, by recursive descent.
//!
//! From what binds least: `or`; `and`; `not`; one comparison; `+ -`; `* /`; unary `-`; `^`, which groups to the right and binds more
//! than a minus before it (−2^2 is −4).

use super::error::Problem;
use super::expression::{Expression, Function, Node, Operator};
use super::interval::Comparison;
use std::ops::Range;

/// Longest text, in bytes: with it the longest chain of operators, and so the depth of a tree.
const LONGEST: usize = 2000;
/// Most brackets, functions, signs and powers inside each other.
const DEEPEST: usize = 64;

/// Why a text is not an expression, and where.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Unreadable {
    pub(super) span: Range<usize>,
    pub(super) problem: Problem,
}

/// Words that have a meaning of their own.
const WORDS: [&str; 5] = ["and", "or", "not", "if", "pi"];
const COMPARISONS: [(&str, Comparison); 6] = [
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("==", Comparison::Equal),
    ("!=", Comparison::Unequal),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];
/// How other languages write what is written differently here.
const ELSEWHERE: [(&str, &str); 6] = [
    ("**", "write ^"),
    ("&&", "write `and`"),
    ("||", "write `or`"),
    ("=", "write =="),
    ("!", "write `not`"),
    ("%", "write x - n * floor(x / n)"),
];

/// Whether a name means something in every expression, so that nothing else can have it.
pub(super) fn is_reserved(name: &str) -> bool {
    WORDS.contains(&name) || Function::NAMED.iter().any(|(known, _)| *known == name)
}

/// Reads an expression over `names`.
pub(super) fn parse(text: &str, names: &[String]) -> Result<Expression, Unreadable> {
    let mut parser = Parser { text, names, at: 0, depth: 0 };
    if text.len() > LONGEST {
        let found = format!("an expression of {} bytes", text.len());
        let remedy = format!("use at most {LONGEST}; split it with [derived]");
        return Err(parser.refused(0..text.len(), found, remedy));
    }
    let whole = parser.alternatives()?;
    parser.skip_space();
    if parser.at < text.len() {
        return Err(parser.unexpected("an operator or the end"));
    }
    Ok(whole)
}

struct Parser<'a> {
    text: &'a str,
    names: &'a [String],
    at: usize,
    depth: usize,
}

type Read = Result<Expression, Unreadable>;

impl<'a> Parser<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    #[allow(clippy::unused_self, reason = "every error is made by the parser")]
    fn refused(&self, span: Range<usize>, found: impl Into<String>, remedy: impl Into<String>) -> Unreadable {
        Unreadable { span, problem: Problem::Refused { found: found.into(), remedy: remedy.into() } }
    }

    /// The error where something else should stand.
    fn unexpected(&mut self, wanted: &str) -> Unreadable {
        self.skip_space();
        let column = self.text[..self.at].chars().count() + 1;
        let rest = self.rest();
        let Some(next) = rest.chars().next() else {
            let remedy = format!("column {column} must hold {wanted}");
            return self.refused(self.at..self.at, "an expression that ends too soon", remedy);
        };
        let word = Some(word_at(rest)).filter(|word| !word.is_empty());
        let elsewhere = ELSEWHERE.iter().find(|(other, _)| rest.starts_with(other));
        let found = word.or(elsewhere.map(|(other, _)| *other)).unwrap_or(&rest[..next.len_utf8()]);
        let remedy = match elsewhere {
            Some((_, ours)) => (*ours).to_owned(),
            None => format!("{wanted} must stand there"),
        };
        self.refused(self.at..self.at + found.len(), format!("`{found}` at column {column}"), remedy)
    }

    /// Takes one of these signs, if it comes next.
    fn sign<T: Copy>(&mut self, signs: &[(&str, T)]) -> Option<T> {
        self.skip_space();
        let rest = self.rest();
        let (sign, meaning) =
            signs.iter().find(|(sign, _)| rest.starts_with(sign) && !rest.starts_with("**"))?;
        self.at += sign.len();
        Some(*meaning)
    }

    /// Takes this word, if it comes next.
    fn word(&mut self, word: &str) -> bool {
        self.skip_space();
        let is_next = word_at(self.rest()) == word;
        self.at += if is_next { word.len() } else { 0 };
        is_next
    }

    fn deeper(&mut self, read: fn(&mut Self) -> Read) -> Read {
        if self.depth == DEEPEST {
            let remedy =
                format!("at most {DEEPEST} levels of brackets, signs and powers; split it with [derived]");
            return Err(self.refused(self.at..self.at, "an expression nested too deep", remedy));
        }
        self.depth += 1;
        let found = read(self);
        self.depth -= 1;
        found
    }

    fn alternatives(&mut self) -> Read {
        let mut left = self.conjunction()?;
        while self.word("or") {
            left = operation(Operator::Or, left, self.conjunction()?);
        }
        Ok(left)
    }

    fn conjunction(&mut self) -> Read {
        let mut left = self.negation()?;
        while self.word("and") {
            left = operation(Operator::And, left, self.negation()?);
        }
        Ok(left)
    }

    fn negation(&mut self) -> Read {
        self.skip_space();
        let start = self.at;
        if self.word("not") {
            let operand = self.deeper(Self::negation)?;
            return Ok(Expression { span: start..operand.span.end, node: Node::Not(Box::new(operand)) });
        }
        self.comparison()
    }

    fn comparison(&mut self) -> Read {
        let left = self.sum()?;
        let Some(comparison) = self.sign(&COMPARISONS) else { return Ok(left) };
        let both = operation(Operator::Compare(comparison), left, self.sum()?);
        let start = self.at;
        if self.sign(&COMPARISONS).is_some() {
            let remedy = "join two comparisons with `and`: a < b and b < c";
            return Err(self.refused(start..self.at, "a comparison of a comparison", remedy));
        }
        Ok(both)
    }

    fn sum(&mut self) -> Read {
        let mut left = self.product()?;
        while let Some(operator) = self.sign(&[("+", Operator::Plus), ("-", Operator::Minus)]) {
            left = operation(operator, left, self.product()?);
        }
        Ok(left)
    }

    fn product(&mut self) -> Read {
        let mut left = self.signed()?;
        while let Some(operator) = self.sign(&[("*", Operator::Times), ("/", Operator::Over)]) {
            left = operation(operator, left, self.signed()?);
        }
        Ok(left)
    }

    fn signed(&mut self) -> Read {
        self.skip_space();
        let start = self.at;
        if self.sign(&[("-", ())]).is_some() {
            let operand = self.deeper(Self::signed)?;
            return Ok(Expression { span: start..operand.span.end, node: Node::Negative(Box::new(operand)) });
        }
        let base = self.operand()?;
        if self.sign(&[("^", ())]).is_none() {
            return Ok(base);
        }
        Ok(operation(Operator::Power, base, self.deeper(Self::signed)?))
    }

    fn operand(&mut self) -> Read {
        self.skip_space();
        let start = self.at;
        if self.rest().starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return self.number();
        }
        if self.sign(&[("(", ())]).is_some() {
            let inner = self.deeper(Self::alternatives)?;
            self.close("`)`")?;
            return Ok(Expression { span: start..self.at, ..inner });
        }
        let word = word_at(self.rest());
        if word.is_empty() || ["and", "or", "not"].contains(&word) {
            return Err(self.unexpected("a number, a name, `-` or `(`"));
        }
        self.at += word.len();
        let span = start..self.at;
        let function = Function::NAMED.into_iter().find(|(known, _)| *known == word);
        if self.sign(&[("(", ())]).is_some() {
            return match function {
                Some((_, function)) => self.call(start, word, function),
                None if word == "if" => self.choice(start),
                None => {
                    let known = Function::NAMED.iter().map(|(known, _)| (*known).to_owned());
                    let known = known.chain(["if".to_owned()]).collect();
                    Err(unknown(span, "function", word, known))
                }
            };
        }
        if word == "pi" {
            return Ok(Expression { node: Node::Number(std::f64::consts::PI), span });
        }
        if function.is_some() || word == "if" {
            return Err(self.refused(span, format!("`{word}` without brackets"), format!("write {word}(…)")));
        }
        match self.names.iter().position(|name| name == word) {
            Some(name) => Ok(Expression { node: Node::Name(name), span }),
            None => Err(unknown(span, "name", word, self.names.to_vec())),
        }
    }

    fn close(&mut self, wanted: &str) -> Result<(), Unreadable> {
        self.sign(&[(")", ())]).ok_or_else(|| self.unexpected(wanted))
    }

    fn number(&mut self) -> Read {
        let (start, bytes) = (self.at, self.text.as_bytes());
        let digits = |mut at: usize| {
            while bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let mut end = digits(start);
        if bytes.get(end) == Some(&b'.') {
            end = digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let signed = end + 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            end = if digits(signed) > signed { digits(signed) } else { end };
        }
        self.at = end;
        let text = &self.text[start..end];
        let Some(number) = text.parse::<f64>().ok().filter(|number| number.is_finite()) else {
            return Err(self.refused(
                start..end,
                format!("`{text}`"),
                "a number must stand there, such as 0.5 or 1e-3",
            ));
        };
        let word = word_at(self.rest());
        if !word.is_empty() || self.rest().starts_with('.') {
            let remedy = if word.is_empty() {
                "one point per number".into()
            } else {
                format!("write {text} * {word}")
            };
            return Err(self.refused(
                start..end + word.len().max(1),
                format!("`{text}{}`", if word.is_empty() { "." } else { word }),
                remedy,
            ));
        }
        Ok(Expression { node: Node::Number(number), span: start..end })
    }

    /// What stands between the brackets of a function.
    fn operands(&mut self) -> Result<Vec<Expression>, Unreadable> {
        let mut operands = vec![self.deeper(Self::alternatives)?];
        while self.sign(&[(",", ())]).is_some() {
            operands.push(self.deeper(Self::alternatives)?);
        }
        self.close("`,` or `)`")?;
        Ok(operands)
    }

    fn call(&mut self, start: usize, name: &str, function: Function) -> Read {
        let operands = self.operands()?;
        let takes_several = matches!(function, Function::Min | Function::Max);
        let n = operands.len();
        if takes_several != (n > 1) {
            let wanted = if takes_several { "two numbers or more" } else { "one number" };
            let found = format!("{name}(…) of {n}");
            return Err(self.refused(start..self.at, found, format!("`{name}` takes {wanted}")));
        }
        Ok(Expression { node: Node::Call(function, operands), span: start..self.at })
    }

    fn choice(&mut self, start: usize) -> Read {
        let operands = self.operands()?;
        let n = operands.len();
        let parts = <[Expression; 3]>::try_from(operands).map_err(|_| {
            self.refused(
                start..self.at,
                format!("if(…) of {n}"),
                "write if(condition, value, value otherwise)",
            )
        })?;
        Ok(Expression { node: Node::If(Box::new(parts)), span: start..self.at })
    }
}

fn operation(operator: Operator, left: Expression, right: Expression) -> Expression {
    let span = left.span.start..right.span.end;
    Expression { node: Node::Operation(operator, Box::new(left), Box::new(right)), span }
}

fn unknown(span: Range<usize>, what: &'static str, name: &str, known: Vec<String>) -> Unreadable {
    Unreadable { span, problem: Problem::Unknown { what, name: name.to_owned(), known } }
}

/// The name that a text begins with, or nothing.
fn word_at(text: &str) -> &str {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return "";
    }
    &text[..text.find(|c: char| !is_part(c)).unwrap_or(text.len())]
}
