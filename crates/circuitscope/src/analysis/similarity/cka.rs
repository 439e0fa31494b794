//! Linear centred kernel alignment, as an angle.
//!
//! # Source
//! Kornblith et al. 2019, arXiv:1905.00414, table 1: `CKA = ‖XᵀY‖²_F / (‖XᵀX‖_F ‖YᵀY‖_F)` of centred
//! points. Its arc cosine is the angle between the Gram matrices `XXᵀ` and `YYᵀ`, a metric (Williams et
//! al. 2021, arXiv:2110.14739).

use super::representation::{Overlap, angle};
use crate::analysis::distance::rounding;

/// `arccos(CKA)`, 0 to π/2 (rad).
pub fn distance(overlap: &Overlap<'_>) -> f64 {
    let shared = overlap.product().squared_norm_l2();
    angle(shared, overlap.gram_norms(), rounding(overlap.n_points()))
}
