//! Answers counted by what was shown.

use super::slope::Cell;

/// Answers to one level of what is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Count {
    /// What is shown.
    pub level: f64,
    /// Times that it was shown.
    pub n: f64,
    /// Times that it was answered by yes, go or right; half for an answer between.
    pub hits: f64,
}

impl Count {
    /// The answers of cells, put together by level, levels rising.
    pub fn of_cells(cells: &[Cell]) -> Vec<Self> {
        let mut levels: Vec<f64> = cells.iter().map(|cell| cell.level).collect();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        let count = |level: f64| {
            let own = cells.iter().filter(|cell| cell.level == level);
            own.fold(Self { level, n: 0.0, hits: 0.0 }, |sum, cell| Self {
                level,
                n: sum.n + cell.answers.len() as f64,
                hits: sum.hits + cell.answers.iter().sum::<f64>(),
            })
        };
        levels.into_iter().map(count).collect()
    }
}
