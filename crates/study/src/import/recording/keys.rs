//! Names in a recording that are not among those it is read by: passed over and named, or refused.
//!
//! A name is passed over where it carries no physics: text and dates, and numbers whose name says that they label
//! trials or units. It is refused where one of its words stands for time, scale, dynamics or the order of axes, whatever it
//! holds, and where nothing says that it is a label.

use super::fault::Fault;
use super::stored::Kind;
use crate::suggestion::nearest;

/// Words for what could change a result.
const PHYSICS: &str = "activation alpha axes axis baseline bias bin binsize binwidth delay delta dt duration \
    equation form fps freq frequency fs gain gamma hz interval khz layout leak length lengths mask \
    missing ms noise nonlinearity offset order padding period rate resolution sample samples sampling scale sd seconds sfreq \
    shift sigma slope smoothing std step steps t tau time times timestep valid variance weight \
    weights";

/// Words for labels of trials, units and files.
const LABELS: &str = "animal area areas author block blocks cell cells channel channels choice choices class \
    classes comment condition conditions context contexts correct created date day depth depths \
    electrode experiment factor factors group groups hemisphere id ids index label labels layer \
    location monkey mouse name names neuron neurons note notes participant probe rat region \
    regions repeat repeats reward run seed session sessions shank subject subjects trial trials type types unit version";

/// The words of a name, in small letters.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for letter in name.chars() {
        // `trialId` has two words, as `trial_id` has; digits end a word.
        if !letter.is_alphabetic() || (letter.is_uppercase() && was_small) {
            words.push(String::new());
        }
        was_small = letter.is_lowercase();
        if let (true, Some(word)) = (letter.is_alphabetic(), words.last_mut()) {
            word.extend(letter.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a name that is not understood can be passed over.
///
/// - `place`: what the file calls its parts, such as "array"; `known`: the names that are understood.
///
/// # Errors
/// A [`Fault`] that names the part, its value where it has a single one, and the nearest known name.
pub(super) fn passed_over(
    place: &str,
    name: &str,
    kind: Kind,
    value: Option<&str>,
    known: &[&str],
) -> Result<(), Fault> {
    let words = words(name);
    let has = |list: &str| words.iter().any(|word| list.split(' ').any(|known| known == word));
    let is_label = has(LABELS) || matches!(kind, Kind::Text(_));
    if is_label && !has(PHYSICS) {
        return Ok(());
    }
    let value = value.map_or_else(String::new, |value| format!(" ({value})"));
    let reason = format!("the {place} `{name}`{value} is not understood, and could change the result");
    let meant = nearest(name, known.iter().copied())
        .map_or_else(String::new, |name| format!("did you mean `{name}`? "));
    let remedy = format!(
        "{meant}understood are {}; apply what it says to the numbers, and leave it out. Text and labels of trials or units may stay",
        known.join(", ")
    );
    Err(Fault::new(reason, remedy))
}

/// A note that names what was passed over; nothing where nothing was.
pub(super) fn note(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| format!("not used: `{}`", names.join("`, `")))
}

/// One number under one of two names, such as `dt_ms` and `dt`.
///
/// # Errors
/// A [`Fault`] if both are there and differ.
pub(super) fn one_of(names: [&str; 2], values: [Option<f64>; 2]) -> Result<Option<f64>, Fault> {
    match values {
        [Some(a), Some(b)] if a != b => Err(Fault::new(
            format!("`{}` is {a}, but `{}` is {b}", names[0], names[1]),
            "give the time once, in ms",
        )),
        [a, b] => Ok(a.or(b)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_labels_are_passed_over_and_whatever_carries_physics_is_refused() {
        let is_passed = |name, kind| passed_over("array", name, kind, None, &["dt_ms", "inputs"]).is_ok();
        for name in
            ["trial_type", "conditionIndex", "unit ids", "session", "__index_level_0__", "brain_region"]
        {
            assert!(is_passed(name, Kind::Numbers), "{name}");
        }
        for name in ["note", "recorded", "units", "who"] {
            assert!(is_passed(name, Kind::Text("text")), "{name}");
        }
        for name in [
            "fs",
            "samplingRate",
            "gain",
            "x",
            "input",
            "trial_time",
            "baseline",
            "unit_scale",
            "targets",
            "dt_s",
        ] {
            assert!(!is_passed(name, Kind::Numbers), "{name}");
        }
        for name in ["layout", "time_unit", "activation"] {
            assert!(!is_passed(name, Kind::Text("text")), "{name}");
        }
        assert!(!is_passed("events", Kind::Other("Python objects")));
    }

    #[test]
    fn a_refusal_names_key_value_and_the_nearest_known_name() {
        let fault = passed_over("array", "input", Kind::Numbers, Some("0.5"), &["dt_ms", "inputs"])
            .expect_err("a number that is not known");
        assert!(fault.reason.contains("the array `input` (0.5) is not understood"), "{}", fault.reason);
        assert!(fault.remedy.contains("did you mean `inputs`?"), "{}", fault.remedy);
    }
}
