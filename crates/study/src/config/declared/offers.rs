//! What a declared task offers to analyses: `[choice]`, `[contexts]`, `[go]` and `[recall]`.

use super::table::{Found, expression, table};
use crate::config::section::{Section, Value};
use circuitscope::task::Question;
use circuitscope::task::declared::{AskedDeclaration, ChoiceDeclaration, Contexts};

/// What `answers` should hold.
const ANSWERS: &str =
    "the outputs for evidence above 0 and below 0, such as `answers = [\"right\", \"left\"]`";

pub(super) fn choice(value: &Value<'_>) -> Found<ChoiceDeclaration> {
    let (own, mut section) = table(value, "choice")?;
    let what = "a factor or an expression, above 0 for the first answer and below 0 for the second";
    let evidence = expression(&own.wanted(&mut section, "evidence", what)?, "evidence")?;
    let answers = two(&own.wanted(&mut section, "answers", ANSWERS)?, "answers")?;
    let quantity = section.take("quantity").map(|value| value.read("quantity")).transpose()?;
    section.finish()?;
    Ok(ChoiceDeclaration { quantity: quantity.unwrap_or_else(|| evidence.clone()), evidence, answers })
}

/// `[go]` or `[recall]`.
pub(super) fn asked(top: &mut Section<'_>) -> Found<Option<AskedDeclaration>> {
    let [go, recall] = ["go", "recall"].map(|key| top.take(key));
    let (value, key, question) = match (go, recall) {
        (None, None) => return Ok(None),
        (Some(go), None) => (go, "go", Question::Go),
        (None, Some(recall)) => (recall, "recall", Question::Recall),
        (Some(_), Some(recall)) => {
            let remedy = "a value is asked for by a go or to be recalled: leave one of them out";
            return Err(recall.error("[recall] stands beside [go]".into(), remedy));
        }
    };
    let (own, mut section) = table(&value, key)?;
    let mut name = |field: &'static str, what: &str| -> Found<String> {
        own.wanted(&mut section, field, what)?.read(field)
    };
    let asked = AskedDeclaration {
        question,
        value: name("value", "the factor that is the value, by its name")?,
        input: name("input", "the input that shows it, by its name")?,
        shown: name("shown", "the epoch in which it is shown, by its name")?,
        at: name("at", "the epoch in which the answer is asked for, by its name")?,
        answer: name("answer", "the output that answers, by its name")?,
    };
    section.finish()?;
    Ok(Some(asked))
}

pub(super) fn contexts(value: &Value<'_>) -> Found<Contexts> {
    let (own, mut section) = table(value, "contexts")?;
    let context =
        own.wanted(&mut section, "context", "the condition that is 0 in one context and 1 in the other")?;
    let evidence = own.wanted(
        &mut section,
        "evidence",
        "the two conditions of which one counts in each context, such as `evidence = [\"motion\", \"colour\"]`",
    )?;
    let answers = own.wanted(&mut section, "answers", ANSWERS)?;
    let names = section.take("names");
    section.finish()?;
    Ok(Contexts {
        context: context.read("context")?,
        evidence: two(&evidence, "evidence")?,
        names: names.map(|names| two(&names, "names")).transpose()?,
        answers: two(&answers, "answers")?,
    })
}

fn two(value: &Value<'_>, field: &str) -> Found<[String; 2]> {
    let names: Vec<String> = value.read(field)?;
    <[String; 2]>::try_from(names)
        .map_err(|names| value.error(format!("`{field}` holds {} names", names.len()), "it must hold two"))
}
