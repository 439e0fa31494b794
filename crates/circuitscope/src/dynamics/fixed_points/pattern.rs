//! Which units of a `ReLU` network are active, and their linear system.

use faer::Mat;

use super::system::System;

/// Units whose `x` is above zero.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pattern(Vec<u64>);

impl Pattern {
    pub(super) fn of(x: &[f64]) -> Self {
        Self(
            x.chunks(64)
                .map(|units| {
                    units.iter().enumerate().fold(0, |bits, (k, &x)| bits | (u64::from(x > 0.0) << k))
                })
                .collect(),
        )
    }

    pub(super) fn is_active(&self, unit: usize) -> bool {
        (self.0[unit / 64] >> (unit % 64)) & 1 == 1
    }

    pub(super) fn active(&self, n: usize) -> Vec<usize> {
        (0..n).filter(|&unit| self.is_active(unit)).collect()
    }
}

/// `I − s W_AA` of the active units A.
pub(super) fn active_matrix(system: &System<'_>, active: &[usize]) -> Mat<f64> {
    let s = system.activation.slope;
    let mut matrix = Mat::zeros(active.len(), active.len());
    for (j, &from) in active.iter().enumerate() {
        let weights = system.w.col_as_slice(from);
        let column = matrix.col_as_slice_mut(j);
        for (a, &to) in column.iter_mut().zip(active) {
            *a = -s * weights[to];
        }
        column[j] += 1.0;
    }
    matrix
}
