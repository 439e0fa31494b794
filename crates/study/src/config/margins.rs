//! The `[margins]` table of a study file: differences that do not matter.

use super::error::ConfigError;
use super::section::{Section, Value};
use circuitscope::claims::Margins;

/// What does not matter, as the study states it before its networks are looked at.
pub(super) fn margins(top: &mut Section<'_>) -> Result<Margins, Box<ConfigError>> {
    let mut margins = Margins::default();
    let Some(value) = top.take("margins") else { return Ok(margins) };
    let mut section = value.section("margins")?;
    for (key, place, most) in [
        ("performance", &mut margins.performance, 1.0),
        ("sensitivity", &mut margins.sensitivity, 1.0),
        ("endpoint", &mut margins.endpoint, f64::INFINITY),
        ("sheet", &mut margins.sheet, 1.0),
        ("symmetry", &mut margins.symmetry, std::f64::consts::SQRT_2),
    ] {
        if let Some(value) = section.take(key) {
            *place = positive(value, key, most)?;
        }
    }
    if let Some(value) = section.take("smallest_effect") {
        margins.smallest_effect = Some(positive(value, "smallest_effect", f64::INFINITY)?);
    }
    section.finish()?;
    Ok(margins)
}

/// A number above 0 and at most `most`.
fn positive(value: Value<'_>, field: &str, most: f64) -> Result<f64, Box<ConfigError>> {
    let margin: f64 = value.read(field)?;
    if margin > 0.0 && margin <= most && margin.is_finite() {
        return Ok(margin);
    }
    let range = if most.is_finite() {
        format!("it must lie above 0, up to {most}")
    } else {
        "it must be a number above 0".to_owned()
    };
    Err(value.error(format!("`{field}` is {margin}"), range))
}
