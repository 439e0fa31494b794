//! "Did you mean": the nearest of the names that are known.

/// The nearest of `known` to a name that is not among them, if any is near.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let scored = known.into_iter().map(|candidate| (strsim::jaro_winkler(name, candidate), candidate));
    scored
        .filter(|(score, _)| *score > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// The remedy for a name that is not among `known`: the nearest one, and all of them.
pub(crate) fn suggestion(name: &str, known: &[&str]) -> String {
    let all = known.join(", ");
    match nearest(name, known.iter().copied()) {
        Some(candidate) => format!("did you mean `{candidate}`? Known: {all}"),
        None => format!("known: {all}"),
    }
}
