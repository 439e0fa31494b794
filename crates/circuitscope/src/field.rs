//! What is wrong with one setting of a task, a recipe or an analysis.

/// A setting outside its range.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{field}` is {found}; {remedy}")]
pub struct FieldError {
    /// The setting, by its name in a study file.
    pub field: &'static str,
    /// What it holds.
    pub found: String,
    /// What would be right.
    pub remedy: String,
}

impl FieldError {
    /// Refuses a `value` for which `fits` is false.
    pub(crate) fn unless(
        fits: bool,
        field: &'static str,
        found: &dyn std::fmt::Display,
        remedy: impl Into<String>,
    ) -> Result<(), Self> {
        if fits { Ok(()) } else { Err(Self { field, found: found.to_string(), remedy: remedy.into() }) }
    }
}
