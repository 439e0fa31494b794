//! Recordings as arrays: NPZ and safetensors.

use super::fault::{Fault, LAYOUT};
use super::keys::{note, one_of, passed_over};
use super::layout::Layout;
use super::mask::{Mask, mask};
use super::means::{self, HALVES, Means};
use super::npz;
use super::parts::{ARRAYS, CONDITION, Origin, Parts, Purpose};
use super::repeats::Repeats;
use super::stored::{Entries, Kind, Stored, words};
use crate::store::half::{bfloat16, binary16};
use ndarray::{Array3, s};
use safetensors::tensor::{Dtype, SafeTensors};
use std::collections::BTreeMap;

/// Every array that is read.
const NAMES: [&str; 10] =
    [ARRAYS[0], ARRAYS[1], ARRAYS[2], "mask", "dt_ms", "tau_ms", "dt", "tau", "lengths", "trial_lengths"];
/// Those that are told where a name is not known; the others mean the same.
const KNOWN: [&str; 7] = [ARRAYS[0], ARRAYS[1], ARRAYS[2], "mask", "dt_ms", "tau_ms", "lengths"];

/// The arrays of a file that are read, and the names of all that it holds.
pub(super) struct Arrays {
    purpose: Purpose,
    known: BTreeMap<&'static str, Stored>,
    names: Vec<String>,
    /// Labels of trials, by their names.
    conditions: Vec<(String, Stored)>,
    not_used: Vec<String>,
}

fn known(name: &str, purpose: Purpose) -> Option<&'static str> {
    let of_means = means::NAMES.into_iter().filter(|_| purpose == Purpose::Ranking);
    NAMES.into_iter().chain(of_means).find(|known| *known == name)
}

/// What is told where a name is not known.
fn told(purpose: Purpose) -> Vec<&'static str> {
    match purpose {
        Purpose::Circuits => KNOWN.to_vec(),
        Purpose::Ranking => KNOWN.into_iter().chain(means::NAMES).collect(),
    }
}

/// Whether bytes are a safetensors file with responses, which no network has.
pub(super) fn is_safetensors_recording(bytes: &[u8]) -> bool {
    let Ok((_, metadata)) = SafeTensors::read_metadata(bytes) else { return false };
    let is_network = metadata.metadata().as_ref().is_some_and(|map| map.contains_key("circuitscope"));
    // Any of the arrays: a file that lacks one is told what it lacks, not that it is no network.
    !is_network && ARRAYS.iter().chain(&HALVES).any(|name| metadata.info(name).is_some())
}

pub(super) fn safetensors(bytes: &[u8], purpose: Purpose) -> Result<Arrays, Fault> {
    let broken = |error: &dyn std::fmt::Display| {
        Fault::new(format!("not a whole safetensors file ({error})"), "write the file again")
    };
    let tensors = SafeTensors::deserialize(bytes).map_err(|error| broken(&error))?;
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| broken(&error))?;
    let mut arrays = Arrays::new(tensors.names().into_iter().map(str::to_owned).collect(), purpose);
    arrays.names.sort();
    for name in arrays.names.clone() {
        let tensor = tensors.tensor(&name).map_err(|error| broken(&error))?;
        let entries = entries(tensor.dtype(), tensor.data());
        let stored = Stored { shape: tensor.shape().to_vec(), entries };
        arrays.add(&name, stored.kind(), |_| Ok(stored))?;
    }
    let notes: BTreeMap<&String, &String> = metadata.metadata().iter().flatten().collect();
    for (name, text) in notes.into_iter().filter(|(name, _)| *name != "format") {
        match (known(name, purpose).filter(|name| !ARRAYS.contains(name)), text.trim().parse::<f64>()) {
            (Some(name), Ok(number)) if !arrays.known.contains_key(name) => {
                arrays
                    .known
                    .insert(name, Stored { shape: Vec::new(), entries: Entries::Numbers(vec![number]) });
            }
            _ => {
                passed_over("metadata", name, Kind::Text("text"), Some(text), &told(purpose))?;
                arrays.not_used.push(name.clone());
            }
        }
    }
    Ok(arrays)
}

/// The entries of a tensor, which stand in little-endian order.
pub(super) fn entries(dtype: Dtype, data: &[u8]) -> Entries {
    let halves = |number: fn(u16) -> f64| words(data, |word| number(u16::from_le_bytes(word)));
    match dtype {
        Dtype::BOOL => Entries::Flags(data.iter().map(|&byte| byte != 0).collect()),
        Dtype::U8 => Entries::Whole(data.iter().map(|&byte| i64::from(byte)).collect()),
        Dtype::I8 => Entries::Whole(words(data, |word| i64::from(i8::from_le_bytes(word)))),
        Dtype::I16 => Entries::Whole(words(data, |word| i64::from(i16::from_le_bytes(word)))),
        Dtype::U16 => Entries::Whole(words(data, |word| i64::from(u16::from_le_bytes(word)))),
        Dtype::I32 => Entries::Whole(words(data, |word| i64::from(i32::from_le_bytes(word)))),
        Dtype::U32 => Entries::Whole(words(data, |word| i64::from(u32::from_le_bytes(word)))),
        Dtype::I64 => Entries::Whole(words(data, i64::from_le_bytes)),
        Dtype::U64 => Entries::of_unsigned(words(data, u64::from_le_bytes)),
        Dtype::F16 => Entries::Numbers(halves(binary16)),
        Dtype::BF16 => Entries::Numbers(halves(bfloat16)),
        Dtype::F32 => Entries::Numbers(words(data, |word| f64::from(f32::from_le_bytes(word)))),
        Dtype::F64 => Entries::Numbers(words(data, f64::from_le_bytes)),
        _ => Entries::Other("floats of 8 bits or fewer, or complex numbers"),
    }
}

impl Stored {
    fn kind(&self) -> Kind {
        match self.entries {
            Entries::Other(name) => Kind::Other(name),
            _ => Kind::Numbers,
        }
    }

    /// The only number, in words; [`None`] if there are several.
    fn shown(&self) -> Option<String> {
        match &self.entries {
            Entries::Numbers(values) if values.len() == 1 => Some(values[0].to_string()),
            Entries::Whole(values) if values.len() == 1 => Some(values[0].to_string()),
            Entries::Flags(values) if values.len() == 1 => Some(values[0].to_string()),
            _ => None,
        }
    }
}

impl Arrays {
    fn new(names: Vec<String>, purpose: Purpose) -> Self {
        Self { purpose, names, known: BTreeMap::new(), conditions: Vec::new(), not_used: Vec::new() }
    }

    /// Takes in an array under a known name, or holds its name against the rule for others.
    fn add(
        &mut self,
        name: &str,
        kind: Kind,
        array: impl FnOnce(&str) -> Result<Stored, Fault>,
    ) -> Result<(), Fault> {
        if let Some(known) = known(name, self.purpose) {
            self.known.insert(known, array(name)?);
            return Ok(());
        }
        if name.starts_with(CONDITION) && kind == Kind::Numbers {
            self.conditions.push((name.to_owned(), array(name)?));
            return Ok(());
        }
        let told = told(self.purpose);
        if let Err(refused) = passed_over("array", name, kind, None, &told) {
            let value = array(name).ok().and_then(|array| array.shown());
            return Err(passed_over("array", name, kind, value.as_deref(), &told).err().unwrap_or(refused));
        }
        self.not_used.push(name.to_owned());
        Ok(())
    }

    /// The number of whichever of two names is there.
    fn time(&mut self, names: [&'static str; 2]) -> Result<Option<f64>, Fault> {
        let mut values = [None; 2];
        for (value, name) in values.iter_mut().zip(names) {
            *value = self.known.remove(name).map(|stored| stored.single(name)).transpose()?;
        }
        one_of(names, values)
    }
}

pub(super) fn npz(bytes: &[u8], purpose: Purpose) -> Result<Arrays, Fault> {
    let remedy = "save it again with numpy.savez or numpy.savez_compressed";
    let entries = npz::entries(bytes).ok_or_else(|| Fault::new("not a whole NPZ file", remedy))?;
    let mut arrays = Arrays::new(entries.iter().map(|entry| entry.name.clone()).collect(), purpose);
    for entry in &entries {
        let kind = entry.kind().unwrap_or(Kind::Other("something that is no array"));
        arrays.add(&entry.name, kind, |name| {
            entry.array().map_err(|why| Fault::new(format!("`{name}` cannot be read: {why}"), remedy))
        })?;
    }
    Ok(arrays)
}

/// The parts of a recording, with the axes in this order. Arrays that are neither there nor needed have no row.
pub(super) fn parts(mut arrays: Arrays, layout: Layout) -> Result<Parts, Fault> {
    let (names, purpose) = (std::mem::take(&mut arrays.names), arrays.purpose);
    let means = Means::taken(&mut arrays.known)?;
    let mut stored: Vec<([usize; 3], Vec<f64>)> = Vec::new();
    for name in ARRAYS {
        let held = if names.is_empty() { "nothing".to_owned() } else { format!("`{}`", names.join("`, `")) };
        let missing = || Fault::new(format!("the array `{name}` is missing; the file holds {held}"), LAYOUT);
        let array = match (arrays.known.remove(name), stored.first()) {
            (Some(array), _) => array,
            (None, Some(&(responses, _))) if !purpose.needs(name) => {
                let [_, steps, trials] = layout.in_order(responses);
                Stored {
                    shape: layout.of_file([0, steps, trials]).to_vec(),
                    entries: Entries::Numbers(Vec::new()),
                }
            }
            (None, _) => return Err(missing()),
        };
        let shape = array.shape.clone();
        let values = array.numbers(name)?;
        let Ok(shape) = <[usize; 3]>::try_from(shape.clone()) else {
            let reason = format!("`{name}` has shape {shape:?}, expected three axes");
            let remedy = format!("`{name}` has a row for each of its {name}, then steps, then trials");
            return Err(Fault::new(reason, if name == ARRAYS[0] { LAYOUT.to_owned() } else { remedy }));
        };
        stored.push((shape, values));
    }
    let shapes = [stored[0].0, stored[1].0, stored[2].0];
    agreeing(shapes, layout)?;
    let mut cubes = Vec::new();
    for (name, (shape, values)) in ARRAYS.into_iter().zip(stored) {
        let damaged =
            || Fault::new(format!("`{name}` does not fill its shape {shape:?}"), "write the file again");
        cubes.push(layout.cube(shape, values).ok_or_else(damaged)?);
    }
    let Ok([mut rates, mut inputs, mut outputs]) = <[Array3<f64>; 3]>::try_from(cubes) else {
        return Err(Fault::new("three arrays are needed", LAYOUT)); // not reached
    };
    let (_, n_steps, n_trials) = rates.dim();
    let mut notes = vec![format!("axes read as {layout}; `--layout` says otherwise")];
    let (dt_ms, tau_ms) = (arrays.time(["dt_ms", "dt"])?, arrays.time(["tau_ms", "tau"])?);
    let mut conditions = Vec::new();
    for (name, stored) in std::mem::take(&mut arrays.conditions) {
        match purpose {
            Purpose::Circuits => arrays.not_used.push(name),
            Purpose::Ranking => {
                let shape = stored.shape.clone();
                let levels = stored.numbers(&name)?;
                if shape != [n_trials] {
                    let reason = format!("`{name}` has shape {shape:?}, expected [{n_trials}]");
                    return Err(Fault::new(reason, "it holds a number for each trial"));
                }
                conditions.push((name, levels));
            }
        }
    }
    let repeats = match means {
        Some(means) => {
            let (means, repeats, of_means) = means.read(rates, layout, dt_ms)?;
            notes.extend(of_means);
            rates = means;
            repeats
        }
        None => Repeats::SingleTrials,
    };
    notes.extend(note(&arrays.not_used));
    let (mask, ambiguity) = match arrays.known.remove("mask") {
        Some(stored) => mask(stored, n_steps, n_trials, layout)?,
        None => (Mask::All, None),
    };
    notes.extend(ambiguity);
    let lengths = arrays.known.remove("lengths").or_else(|| arrays.known.remove("trial_lengths"));
    let lengths = match lengths {
        Some(_) if repeats != Repeats::SingleTrials => {
            let reason = "`lengths` is there, but responses are means over trials";
            return Err(Fault::new(reason, "leave it out, and write NaN beyond the end of a condition"));
        }
        Some(stored) => lengths_of(&stored, n_steps, n_trials)?,
        None => (0..n_trials).map(|trial| length(&rates, &inputs, trial)).collect(),
    };
    for (trial, &length) in lengths.iter().enumerate() {
        for array in [&mut rates, &mut inputs, &mut outputs] {
            array.slice_mut(s![.., length.., trial]).fill(f64::NAN);
        }
    }
    let origin = Origin::Arrays { layout };
    Ok(Parts { rates, inputs, outputs, repeats, mask, lengths, dt_ms, tau_ms, conditions, origin, notes })
}

/// Steps of a trial up to the last of which anything is known: ends of trials are often filled with NaN.
fn length(rates: &Array3<f64>, inputs: &Array3<f64>, trial: usize) -> usize {
    let n_steps = rates.dim().1;
    let is_empty = |step: usize| {
        let rates = rates.slice(s![.., step, trial]);
        rates.iter().chain(inputs.slice(s![.., step, trial])).all(|x| x.is_nan())
    };
    let last = (0..n_steps).rev().find(|&step| !is_empty(step));
    // A trial without any step is answered as one whose inputs are missing.
    last.map_or(n_steps, |last| last + 1)
}

/// Lengths of trials as the file gives them.
fn lengths_of(stored: &Stored, n_steps: usize, n_trials: usize) -> Result<Vec<usize>, Fault> {
    let remedy =
        format!("`lengths` is the number of steps, from 1 to {n_steps}, of each of the {n_trials} trials");
    let whole = stored.entries.whole().filter(|whole| whole.len() == n_trials);
    let Some(whole) = whole else {
        return Err(Fault::new(
            format!("`lengths` has shape {:?}, or holds something else", stored.shape),
            remedy,
        ));
    };
    let length = |(trial, &found): (usize, &i64)| match usize::try_from(found) {
        Ok(length) if (1..=n_steps).contains(&length) => Ok(length),
        _ => Err(Fault::new(format!("`lengths` at [{trial}] is {found}"), remedy.clone())),
    };
    whole.iter().enumerate().map(length).collect()
}

/// Whether the arrays have the same steps and trials in this layout.
fn agreeing(shapes: [[usize; 3]; 3], layout: Layout) -> Result<(), Fault> {
    let of = |shape: [usize; 3], layout: Layout| {
        let [_, steps, trials] = layout.in_order(shape);
        (steps, trials)
    };
    let agree = |layout: Layout| shapes.iter().all(|&shape| of(shape, layout) == of(shapes[0], layout));
    if agree(layout) {
        return Ok(());
    }
    let (steps, trials) = of(shapes[0], layout);
    let (name, shape) = ARRAYS
        .into_iter()
        .zip(shapes)
        .find(|(_, shape)| of(*shape, layout) != (steps, trials))
        .unwrap_or((ARRAYS[0], shapes[0]));
    let expected = layout.of_file([layout.in_order(shape)[0], steps, trials]);
    let reason = format!("`{name}` has shape {shape:?}, expected {expected:?} in the layout {layout}");
    let remedy = "every array needs the same steps and the same trials";
    let fitting: Vec<Layout> = Layout::ALL.into_iter().filter(|&layout| agree(layout)).collect();
    if !fitting.is_empty() {
        let sizes = |layout: &Layout| {
            let [units, steps, trials] = layout.in_order(shapes[0]);
            format!("`--layout {layout}` ({units} units x {steps} steps x {trials} trials)")
        };
        let fitting: Vec<String> = fitting.iter().map(sizes).collect();
        return Err(Fault::new(reason, format!("{remedy}; they have with {}", fitting.join(" or "))));
    }
    // Two arrays that agree say how the third would have to stand.
    let turned = (0..3).find_map(|odd| {
        let [a, b] = [(odd + 1) % 3, (odd + 2) % 3];
        let wanted = of(shapes[a], layout);
        let other = Layout::ALL.into_iter().find(|&other| of(shapes[odd], other) == wanted)?;
        (of(shapes[b], layout) == wanted).then_some((odd, other))
    });
    let remedy = match turned {
        Some((odd, other)) => {
            // The place in the file of each axis that the layout asks for.
            let order = layout.of_file(other.in_order([0, 1, 2]));
            format!(
                "{remedy}; `{name}` fits as `{name}.transpose{order:?}`",
                name = ARRAYS[odd],
                order = (order[0], order[1], order[2])
            )
        }
        None => remedy.to_owned(),
    };
    Err(Fault::new(reason, remedy))
}
