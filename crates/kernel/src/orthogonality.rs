//! The penalty that keeps the columns of `W_inp` apart.

/// `‖ŴᵀŴ − diag‖_F`, unsquared, with Ŵ the input weights with columns of unit norm; zero for one input.
///
/// - `w_inp`: `[N, U]`. Adds `weight ·` the gradient by it to `gradient` `[N, U]`.
///
/// A zero column has no direction; it counts as orthogonal to all and gets no gradient. Where the penalty itself is
/// zero its gradient is taken as zero.
///
/// # Panics
/// If `w_inp` is not a whole number of rows or `gradient` differs in length.
///
/// # Source
/// TE25, as in its published code (the paper's text squares the norm).
pub fn orthogonality(w_inp: &[f32], n_inputs: usize, weight: f64, gradient: &mut [f32]) -> f64 {
    assert!(w_inp.len().is_multiple_of(n_inputs) && w_inp.len() == gradient.len(), "`w_inp` is not [N, U]");
    let mut norms = vec![0.0_f64; n_inputs];
    for row in w_inp.chunks_exact(n_inputs) {
        for (norm, &w) in norms.iter_mut().zip(row) {
            *norm += f64::from(w) * f64::from(w);
        }
    }
    for norm in &mut norms {
        *norm = norm.sqrt();
    }
    let unit = |w: f32, norm: f64| if norm > 0.0 { f64::from(w) / norm } else { 0.0 };
    // Overlaps of unit columns, zero on the diagonal.
    let mut overlaps = vec![0.0_f64; n_inputs * n_inputs];
    for row in w_inp.chunks_exact(n_inputs) {
        for a in 0..n_inputs {
            for b in 0..n_inputs {
                if a != b {
                    overlaps[a * n_inputs + b] += unit(row[a], norms[a]) * unit(row[b], norms[b]);
                }
            }
        }
    }
    let penalty = overlaps.iter().map(|x| x * x).sum::<f64>().sqrt();
    if penalty == 0.0 || weight == 0.0 {
        return penalty;
    }
    // d/dŵ_a = 2/P Σ_b G_ab ŵ_b; the normalisation takes out its part along ŵ_a, which is 2/P Σ_b G_ab².
    let along: Vec<f64> =
        overlaps.chunks_exact(n_inputs).map(|row| row.iter().map(|x| x * x).sum()).collect();
    for (row, gradients) in w_inp.chunks_exact(n_inputs).zip(gradient.chunks_exact_mut(n_inputs)) {
        for a in 0..n_inputs {
            if norms[a] == 0.0 {
                continue;
            }
            let mixed: f64 = (0..n_inputs).map(|b| overlaps[a * n_inputs + b] * unit(row[b], norms[b])).sum();
            let by_unit = mixed - along[a] * unit(row[a], norms[a]);
            gradients[a] += (weight * 2.0 / penalty * by_unit / norms[a]) as f32;
        }
    }
    penalty
}
