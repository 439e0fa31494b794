//! What the hits of independent starts say about roots that none has met.

/// How complete the roots of one input are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Completeness {
    /// Independent starts made.
    pub n_starts: usize,
    /// Roots and pieces of manifolds that independent starts hit.
    pub n_hit: usize,
    /// Those that only the roots of other inputs, or starts between roots, led to.
    pub n_by_other_ways: usize,
    /// Lower bound of the number of roots that starts could hit (Chao 1984, bias-corrected Chao1).
    pub chao1: f64,
    /// Estimated chance that one more start ends at a root already hit (Good 1953); [`None`] without starts, and where a
    /// root is degenerate: hits do not tell the roots apart that it may stand for.
    pub coverage: Option<f64>,
    /// Degenerate roots: each may be several or none, so that the number of roots is open.
    pub n_degenerate: usize,
    /// Sum of the roots' indices; [`None`] where one is not known, on a boundary, or part of a manifold.
    pub index_sum: Option<i64>,
    /// What the sum is if no root is missing: 1 for bounded activations, because every state far out flows inwards
    /// (Poincaré–Hopf); for `ReLU` the sum that most inputs have, because it cannot depend on the input.
    pub expected_index_sum: Option<i64>,
}

impl Completeness {
    pub(super) fn new(hits: &[usize], n_starts: usize, n_degenerate: usize) -> Self {
        let with = |count: usize| hits.iter().filter(|&&hit| hit == count).count() as f64;
        let n_hit = hits.iter().filter(|&&hit| hit > 0).count();
        let (once, twice) = (with(1), with(2));
        Self {
            n_starts,
            n_hit,
            n_by_other_ways: hits.len() - n_hit,
            chao1: n_hit as f64 + once * (once - 1.0) / (2.0 * (twice + 1.0)),
            coverage: (n_starts > 0 && n_degenerate == 0).then(|| 1.0 - once / n_starts as f64),
            n_degenerate,
            index_sum: None,
            expected_index_sum: None,
        }
    }

    /// Whether the indices add up to what they must; [`None`] if either is unknown.
    pub fn is_balanced(&self) -> Option<bool> {
        Some(self.index_sum? == self.expected_index_sum?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn singletons_raise_the_estimate_and_lower_the_coverage() {
        let found = Completeness::new(&[10, 1, 1, 1, 2, 0], 15, 0);
        assert_eq!((found.n_hit, found.n_by_other_ways), (5, 1));
        assert_eq!(found.chao1, 5.0 + 3.0 * 2.0 / 4.0); // f1 = 3, f2 = 1
        assert_eq!(found.coverage, Some(1.0 - 3.0 / 15.0));
        let sure = Completeness::new(&[10, 5], 15, 0);
        assert_eq!((sure.chao1, sure.coverage), (2.0, Some(1.0)));
        assert_eq!(Completeness::new(&[10, 5], 15, 1).coverage, None, "a root that may be several");
    }
}
