//! The keys of a declared task, each read into its place.

use super::offers::{asked, choice, contexts};
use super::table::{Found, Table, expression, table};
use crate::config::error::Source;
use crate::config::section::{Section, Start, Value};
use circuitscope::task::declared::{
    Declaration, Distribution, Drive, EpochDeclaration, Factor, FixedPoints, Levels, Masked, Named, Over,
    TimeUnit, When, evenly_spaced,
};
use std::ops::Range;

/// Most values that are made from two ends and a number.
const MOST_VALUES: usize = 100_000;

/// What the tables of a task declare.
pub(super) fn declaration(
    name: String,
    mut top: Section<'_>,
    start: &Start<'_>,
    source: Source<'_>,
) -> Found<Declaration> {
    top.take("name");
    let mut time_unit = TimeUnit::Steps;
    if let Some(value) = top.take("time_unit") {
        let choices = [("ms", TimeUnit::Milliseconds), ("steps", TimeUnit::Steps)];
        time_unit = value.choose("time_unit", &choices)?;
    }
    let dt_ms = top.take("dt_ms").map(|value| value.read("dt_ms")).transpose()?;
    let whole = Table { path: start.path, span: start.span.clone(), source };
    let duration = whole.wanted(&mut top, "duration", "the length of a trial, such as `duration = 300`")?;
    let duration: f64 = duration.read("duration")?;
    let inputs = whole.wanted(
        &mut top,
        "inputs",
        "the input channels, such as `inputs = [\"stimulus\", \"go cue\"]`",
    )?;
    let outputs =
        whole.wanted(&mut top, "outputs", "the output channels, such as `outputs = [\"choice\"]`")?;
    let keep = top.take("keep").map(|value| expression(&value, "keep")).transpose()?;
    let conditions = top.take("conditions").map(|value| conditions(&value)).transpose()?.unwrap_or_default();
    let factors = whole.wanted(
        &mut top,
        "factors",
        "what differs between trials, such as `[factors.value]` with `values = [0, 1]`",
    )?;
    let derived = top.take("derived").map(|value| named(&value, "derived")).transpose()?.unwrap_or_default();
    let epochs =
        whole.wanted(&mut top, "epochs", "at least one `[[epochs]]` with a `name` and a `duration`")?;
    let drive = whole.wanted(
        &mut top,
        "drive",
        "what the inputs carry: `[[drive]]` with a `channel` and a `value`",
    )?;
    let target = whole.wanted(
        &mut top,
        "target",
        "what the outputs should carry: `[[target]]` with a `channel` and a `value`",
    )?;
    let loss =
        whole.wanted(&mut top, "loss", "`[loss]` with the epoch of the answer, `decision = \"go\"`")?;
    let (mask, decision) = loss_of(&loss, duration)?;
    let fixed_points = top.take("fixed_points").map(|value| fixed_points(&value)).transpose()?;
    let contexts = top.take("contexts").map(|value| contexts(&value)).transpose()?;
    let choice = top.take("choice").map(|value| choice(&value)).transpose()?;
    let asked = asked(&mut top)?;
    let declaration = Declaration {
        name,
        time_unit,
        dt_ms,
        duration,
        inputs: inputs.read("inputs")?,
        outputs: outputs.read("outputs")?,
        factors: factors.section("factors")?.all().into_iter().map(factor).collect::<Found<_>>()?,
        keep,
        derived,
        conditions,
        epochs: epochs.entries("epochs")?.iter().map(epoch).collect::<Found<_>>()?,
        drive: drive.entries("drive")?.iter().map(|value| part(value, "drive")).collect::<Found<_>>()?,
        target: target.entries("target")?.iter().map(|value| part(value, "target")).collect::<Found<_>>()?,
        mask,
        decision,
        fixed_points,
        contexts,
        choice,
        asked,
    };
    top.finish()?;
    Ok(declaration)
}

/// Expressions by name, in the order of the file.
fn named(value: &Value<'_>, path: &str) -> Found<Vec<Named>> {
    let entries = value.section(path)?.all();
    let of_entry = |(name, _, value): (&str, Range<usize>, Value<'_>)| {
        Ok(Named { name: name.to_owned(), value: expression(&value, &format!("{path}.{name}"))? })
    };
    entries.into_iter().map(of_entry).collect()
}

/// Names of factors, or labels with expressions.
fn conditions(value: &Value<'_>) -> Found<Vec<Named>> {
    if !value.is_list() {
        return named(value, "conditions");
    }
    let names: Vec<String> = value.read("conditions")?;
    Ok(names.into_iter().map(|name| Named { value: name.replace(' ', "_"), name }).collect())
}

/// A list of numbers, or `n` of them from one to another.
fn values(value: &Value<'_>, field: &str) -> Found<Vec<f64>> {
    if value.is_list() {
        return value.read(field);
    }
    let Some(_) = value.value.get_ref().as_table() else {
        let found = value.source.text.get(value.span()).unwrap_or("something else");
        let remedy = "it must be a list of numbers, or `{ from = 0, to = 1, n = 11 }`";
        return Err(value.error(format!("`{field}` is {found}"), remedy));
    };
    let (own, mut section) = table(value, field)?;
    let from: f64 = own.wanted(&mut section, "from", "the first value")?.read("from")?;
    let to: f64 = own.wanted(&mut section, "to", "the last value")?.read("to")?;
    let n = own.wanted(&mut section, "n", "how many values there are")?.count("n", MOST_VALUES)?;
    section.finish()?;
    Ok(evenly_spaced(from, to, n))
}

fn factor((name, _, value): (&str, Range<usize>, Value<'_>)) -> Found<Factor> {
    let path = format!("factors.{name}");
    let (_, mut section) = table(&value, &path)?;
    for key in ["keep", "conditions"] {
        if let Some(value) = section.take(key) {
            let remedy =
                format!("move it above the first [table]: below [{path}] it is a setting of this factor");
            return Err(value.error(format!("`{key}` stands in [{path}]"), remedy));
        }
    }
    let given =
        [section.take("values"), section.take("train"), section.take("analysis"), section.take("drawn")];
    let still = section.take("still");
    let levels = match given {
        [Some(both), None, None, None] => {
            let both = values(&both, "values")?;
            Levels::Crossed { train: both.clone(), analysis: both }
        }
        [None, Some(train), Some(analysis), None] => {
            Levels::Crossed { train: values(&train, "train")?, analysis: values(&analysis, "analysis")? }
        }
        [None, None, None, Some(drawn)] => {
            let still = still.map_or(Ok(0.0), |value| value.read("still"))?;
            let (distribution, multiple_of) = distribution(&drawn)?;
            Levels::Drawn { distribution, multiple_of, still }
        }
        _ => {
            let remedy = "give `values`, or `train` and `analysis`, or `drawn`";
            return Err(value.error(format!("[{path}] does not say what values `{name}` takes"), remedy));
        }
    };
    if let (Levels::Crossed { .. }, Some(still)) = (&levels, still) {
        return Err(still.error("`still` is for a factor that is drawn".to_owned(), "leave it out"));
    }
    section.finish()?;
    Ok(Factor { name: name.to_owned(), levels })
}

fn distribution(value: &Value<'_>) -> Found<(Distribution, Option<f64>)> {
    let (_, mut section) = table(value, "drawn")?;
    let mut found = Vec::new();
    if let Some(value) = section.take("uniform") {
        let [low, high] = pair(&value, "uniform", "[low, high]")?;
        found.push(Distribution::Uniform { low, high });
    }
    if let Some(value) = section.take("normal") {
        let [mean, sd] = pair(&value, "normal", "[mean, standard deviation]")?;
        found.push(Distribution::Normal { mean, sd });
    }
    if let Some(value) = section.take("exponential") {
        found.push(Distribution::Exponential { mean: value.read("exponential")? });
    }
    if let Some(value) = section.take("choice") {
        found.push(Distribution::Choice(value.read("choice")?));
    }
    let multiple_of = section.take("multiple_of").map(|value| value.read("multiple_of")).transpose()?;
    section.finish()?;
    match <[Distribution; 1]>::try_from(found) {
        Ok([distribution]) => Ok((distribution, multiple_of)),
        Err(found) => {
            let message = format!("`drawn` names {} distributions", found.len());
            let remedy = "give one of `uniform = [low, high]`, `normal = [mean, sd]`, `exponential = mean`, `choice = [..]`";
            Err(value.error(message, remedy))
        }
    }
}

fn pair(value: &Value<'_>, field: &str, form: &str) -> Found<[f64; 2]> {
    let numbers: Vec<f64> = value.read(field)?;
    <[f64; 2]>::try_from(numbers).map_err(|numbers| {
        value.error(format!("`{field}` holds {} numbers", numbers.len()), format!("it must be {form}"))
    })
}

fn epoch(value: &Value<'_>) -> Found<EpochDeclaration> {
    let (own, mut section) = table(value, "epochs")?;
    let name = own.wanted(&mut section, "name", "its name, such as `name = \"delay\"`")?.read("name")?;
    let start = section.take("start").map(|value| expression(&value, "start")).transpose()?;
    let over = match [section.take("duration"), section.take("end")] {
        [Some(duration), None] => Over::Duration(expression(&duration, "duration")?),
        [None, Some(end)] => Over::End(expression(&end, "end")?),
        [given, _] => {
            let found =
                if given.is_some() { "both `duration` and `end`" } else { "neither `duration` nor `end`" };
            return Err(value.error(format!("epoch \"{name}\" has {found}"), "give one of them"));
        }
    };
    section.finish()?;
    Ok(EpochDeclaration { name, start, over })
}

/// A part of what a channel carries.
fn part(value: &Value<'_>, path: &'static str) -> Found<Drive> {
    let (own, mut section) = table(value, path)?;
    let channel = own.wanted(&mut section, "channel", "the channel, by its name")?.read("channel")?;
    let epoch = section.take("epoch").map(|value| value.read("epoch")).transpose()?;
    let carried = own.wanted(&mut section, "value", "a number or an expression")?;
    section.finish()?;
    Ok(Drive { channel, epoch, value: expression(&carried, "value")? })
}

/// When the output counts, and the epoch of the answer.
fn loss_of(value: &Value<'_>, duration: f64) -> Found<(Vec<Masked>, String)> {
    let (own, mut section) = table(value, "loss")?;
    let decision =
        own.wanted(&mut section, "decision", "the epoch in which the network is to answer, by its name")?;
    let decision = decision.read("decision")?;
    let mask = match section.take("mask") {
        None => vec![Masked::Times(0.0, duration)],
        Some(value) => value.entries("mask")?.iter().map(masked).collect::<Found<_>>()?,
    };
    section.finish()?;
    Ok((mask, decision))
}

fn masked(value: &Value<'_>) -> Found<Masked> {
    if value.is_list() {
        let [start, end] = pair(value, "mask", "a pair of times such as [0, 100]")?;
        return Ok(Masked::Times(start, end));
    }
    if value.value.get_ref().is_table() {
        return weighted(value);
    }
    if value.value.get_ref().as_str().is_none() {
        let found = value.source.text.get(value.span()).unwrap_or("something else");
        let remedy = "entries must be names of epochs, pairs of times such as [0, 100], or { epoch = \"go\", weight = 5 }";
        return Err(value.error(format!("`mask` holds {found}"), remedy));
    }
    Ok(Masked::Epoch(value.read("mask")?))
}

/// An entry of the mask with a weight.
fn weighted(value: &Value<'_>) -> Found<Masked> {
    let (own, mut section) = table(value, "mask")?;
    let weight = own.wanted(
        &mut section,
        "weight",
        "how much it counts, such as `weight = 5`; 1 is that of other entries",
    )?;
    let weight = weight.read("weight")?;
    let when = match (section.take("epoch"), section.take("times")) {
        (None, None) => When::Always,
        (Some(epoch), None) => When::Epoch(epoch.read("epoch")?),
        (None, Some(times)) => {
            let [start, end] = pair(&times, "times", "a pair of times such as [0, 100]")?;
            When::Times(start, end)
        }
        (Some(_), Some(times)) => {
            let remedy = "give one of them, or an entry for each";
            return Err(times.error("an entry of `mask` has both `epoch` and `times`".to_owned(), remedy));
        }
    };
    let outputs = section.take("outputs").map(|value| value.read("outputs")).transpose()?;
    section.finish()?;
    Ok(Masked::Weighted { when, weight, outputs })
}

fn fixed_points(value: &Value<'_>) -> Found<FixedPoints> {
    let (own, mut section) = table(value, "fixed_points")?;
    let mut over = Vec::new();
    if let Some(value) = section.take("over") {
        for (name, _, levels) in value.section("fixed_points.over")?.all() {
            over.push((name.to_owned(), values(&levels, name)?));
        }
    }
    let inputs =
        own.wanted(&mut section, "inputs", "what each channel carries, such as `inputs = { bias = 1 }`")?;
    let inputs = named(&inputs, "fixed_points.inputs")?;
    let mut quantities = |key: &str| section.take(key).map(|value| value.read(key)).transpose();
    let lines = quantities("lines")?;
    let main = quantities("main")?;
    section.finish()?;
    Ok(FixedPoints { over, inputs, lines, main })
}
