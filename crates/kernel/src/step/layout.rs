//! How a geometry is cut into tiles of trials, chunks of steps and padded rows; the instruction set has no say.

use crate::parameters::Geometry;
use crate::vector::{BLOCK, TILE_ROWS};

/// Sizes of panels in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Trials of a tile at most: even, so that no pair that shares its random words is split.
    pub(super) tile: usize,
    /// Floats from one row of a panel to the next: an odd number of cache lines, so that columns spread over all sets.
    pub(super) stride: usize,
    /// Blocks of a row that hold anything.
    pub(super) blocks: usize,
    /// Steps whose gradients are summed by one product.
    pub(super) chunk: usize,
}

/// Trials of a tile while the weights stay in L2: five register tiles, for which a CDDM history is 8 MiB.
const SMALL_TILE: usize = 5 * TILE_ROWS;
/// Trials of a tile when every step streams the weights from beyond L2: enough to hide it.
const LARGE_TILE: usize = 17 * TILE_ROWS;
/// Weights up to this many units fit in L2 (1 MiB) both ways.
const SMALL_UNITS: usize = 256;
/// Rows (steps × trials) summed by one gradient product: two panels of them stay in L1 and L2.
const CHUNK_ROWS: usize = 64;

impl Layout {
    /// - `n_driven`: inputs with the constant one of a bias.
    pub(super) fn new(geometry: Geometry, n_driven: usize) -> Self {
        let Geometry { n_units, n_outputs, n_steps, n_trials, .. } = geometry;
        let blocks = (n_units + n_driven.max(n_outputs)).div_ceil(BLOCK);
        let most = if n_units <= SMALL_UNITS { SMALL_TILE } else { LARGE_TILE };
        let tile = most.min(n_trials.next_multiple_of(2));
        let chunk = (CHUNK_ROWS / tile).clamp(1, n_steps);
        Self { tile, stride: (blocks | 1) * BLOCK, blocks, chunk }
    }

    /// First trial and number of trials of each tile, in order.
    pub(super) fn tiles(self, n_trials: usize) -> impl Iterator<Item = (usize, usize)> {
        (0..n_trials).step_by(self.tile).map(move |first| (first, self.tile.min(n_trials - first)))
    }
}
