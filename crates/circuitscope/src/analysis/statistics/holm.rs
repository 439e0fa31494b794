//! Correction of a family of tests.

/// p-values corrected by Holm's step-down method, in the order given; each at most 1.
///
/// # Source
/// Holm 1979, Scand. J. Statist. 6:65. The k-th smallest of m is multiplied by m − k + 1 and is never below the one
/// before it.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    let mut corrected = vec![0.0; p.len()];
    let mut floor = 0.0_f64;
    for (rank, &test) in order.iter().enumerate() {
        floor = floor.max((p.len() - rank) as f64 * p[test]).min(1.0);
        corrected[test] = floor;
    }
    corrected
}
