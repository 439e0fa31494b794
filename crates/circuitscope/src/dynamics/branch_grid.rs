//! Branches over a grid of inputs: what becomes of every fixed point between one input and the next.
//!
//! Along each line of the grid every root is followed as a branch. Two roots at different inputs that one branch passes
//! belong to one sheet: the input carries the one into the other without a jump.

#![allow(clippy::needless_pass_by_value, reason = "a view of an array is a reference already")]

use std::collections::BTreeSet;

use ndarray::ArrayView2;
use rayon::prelude::*;

use super::DynamicsError;
use super::continuation::{Branch, End, Pace, follow};
use super::fixed_points::{FixedPointRoot, Register};
use crate::network::Network;
use crate::task::InputLine;

/// Times at most that roots met on branches are followed in their turn.
const MAX_ROUNDS: usize = 20;

/// A root at an input of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RootAt {
    /// The input, by its place in the grid.
    pub input: usize,
    /// The root, by its place in [`BranchGrid::roots`] of this input.
    pub root: usize,
}

/// A branch along a line of the grid.
#[derive(Clone, Debug, PartialEq)]
pub struct GridBranch {
    /// The line, by its place in those given.
    pub line: usize,
    /// The branch; position 0 is the first input of the line, 1 the last.
    pub branch: Branch,
    /// The root from which it was followed.
    pub from: RootAt,
    /// The roots that it passes, in order along it.
    pub passed: Vec<RootAt>,
}

/// The fixed points of a grid of inputs with all that connects them.
#[derive(Clone, Debug, PartialEq)]
pub struct BranchGrid {
    /// By input: the roots given, then those that only a branch led to.
    pub roots: Vec<Vec<FixedPointRoot>>,
    /// By input: how many roots only a branch led to. Any such root had been missed.
    pub n_added: Vec<usize>,
    /// Branches by line, each root of a line on one at least unless it is counted in `n_unfollowed`.
    pub branches: Vec<GridBranch>,
    /// The sheet of each root, numbered from 0 in the order of their first roots; at an input on no line a root is a
    /// sheet of its own.
    pub sheets: Vec<Vec<usize>>,
    /// Number of sheets.
    pub n_sheets: usize,
    /// Roots, counted once a line, that could not be followed, as exactly at a fold.
    pub n_unfollowed: usize,
}

impl BranchGrid {
    /// Branches that neither leave their line nor close.
    pub fn n_broken(&self) -> usize {
        let is_broken = |end: &End| matches!(end, End::Lost | End::Exhausted);
        self.branches.iter().filter(|found| found.branch.ends.iter().any(is_broken)).count()
    }
}

/// How many starts [`branch_grid`] tells of as settled, if no root has been missed.
pub fn n_starts(lines: &[InputLine], found: &[Vec<FixedPointRoot>]) -> usize {
    lines.iter().flat_map(|line| &line.inputs).map(|&input| found[input].len()).sum()
}

/// Follows every root of a grid along every line of inputs.
///
/// - `inputs`: `[I, U]`. `lines`: straight lines through some of them. `found`: the isolated roots at each.
/// - `told`: hears of each start that is settled, from any thread; of [`n_starts`] at least.
///
/// A root that a branch passes, as the certificates' unique radii tell, is not followed again on this line. A root that a
/// branch passes and that is in no known ball is new: it is proven, entered at its input, and followed along the other
/// lines there. The same arguments give the same bits for any number of threads.
///
/// # Errors
/// [`DynamicsError`] if an array does not fit, the inputs of a line are the same, or eigenvalues fail.
///
/// # Source
/// Continuation: see [`follow`].
pub fn branch_grid(
    network: &Network,
    inputs: ArrayView2<'_, f64>,
    lines: &[InputLine],
    found: &[Vec<FixedPointRoot>],
    pace: &Pace,
    told: &(dyn Fn() + Sync),
) -> Result<BranchGrid, DynamicsError> {
    let mut register = Register::new(network, inputs, found);
    let mut tracks: Vec<Track<'_>> = lines.iter().enumerate().map(|(k, line)| Track::new(k, line)).collect();
    for track in &mut tracks {
        let roots = |&input: &usize| (0..found[input].len()).map(move |root| RootAt { input, root });
        track.pending = track.line.inputs.iter().flat_map(roots).collect();
    }
    for _ in 0..MAX_ROUNDS {
        if tracks.iter().all(|track| track.pending.is_empty()) {
            break;
        }
        // From one state of the register, so that the order of the lines says nothing.
        tracks
            .par_iter_mut()
            .map(|track| track.follow_pending(network, inputs, &register, pace, told))
            .collect::<Result<Vec<()>, _>>()?;
        let mut new = Vec::new();
        for track in &mut tracks {
            new.extend(track.enter(&mut register));
        }
        for track in &mut tracks {
            let is_open = |at: &&RootAt| track.line.inputs.contains(&at.input) && !track.passed.contains(at);
            track.pending.extend(new.iter().filter(is_open));
        }
    }
    let n_unfollowed = tracks.iter().map(|track| track.n_unfollowed + track.pending.len()).sum();
    let branches: Vec<GridBranch> = tracks.into_iter().flat_map(Track::into_branches).collect();
    let roots = register.into_roots();
    let (sheets, n_sheets) = components(&roots, &branches);
    let n_added = roots.iter().zip(found).map(|(all, found)| all.len() - found.len()).collect();
    Ok(BranchGrid { roots, n_added, branches, sheets, n_sheets, n_unfollowed })
}

/// A line while its roots are followed.
struct Track<'a> {
    number: usize,
    line: &'a InputLine,
    /// Roots to follow, unless a branch has passed them by then.
    pending: Vec<RootAt>,
    passed: BTreeSet<RootAt>,
    followed: Vec<Followed>,
    n_unfollowed: usize,
}

/// A branch with the roots that it passes; [`None`] where it passes one that is in no known ball.
struct Followed {
    branch: Branch,
    from: RootAt,
    roots: Vec<Option<RootAt>>,
}

impl<'a> Track<'a> {
    fn new(number: usize, line: &'a InputLine) -> Self {
        let (pending, followed) = (Vec::new(), Vec::new());
        Self { number, line, pending, passed: BTreeSet::new(), followed, n_unfollowed: 0 }
    }

    /// Follows every pending root that no branch of this line passes.
    fn follow_pending(
        &mut self,
        network: &Network,
        inputs: ArrayView2<'_, f64>,
        register: &Register<'_>,
        pace: &Pace,
        told: &(dyn Fn() + Sync),
    ) -> Result<(), DynamicsError> {
        let of_line = &self.line.inputs;
        let [Some(&first), Some(&last)] = [of_line.first(), of_line.last()] else { return Ok(()) };
        let (from, to) = (inputs.row(first), inputs.row(last));
        let ahead = &to - &from;
        let place = |&input: &usize| ahead.dot(&(&inputs.row(input) - &from)) / ahead.dot(&ahead);
        let stops: Vec<f64> = of_line.iter().map(place).collect();
        for start in std::mem::take(&mut self.pending) {
            if !self.passed.contains(&start) {
                let stop = of_line.iter().position(|&input| input == start.input).unwrap_or_default();
                let state = register.roots(start.input)[start.root].state.view();
                match follow(network, [from, to], stops[stop], state, pace, &stops) {
                    Ok(branch) => self.keep(branch, start, register),
                    Err(DynamicsError::NotAtRest { .. }) => self.n_unfollowed += 1,
                    Err(error) => return Err(error),
                }
            }
            told();
        }
        Ok(())
    }

    fn keep(&mut self, branch: Branch, from: RootAt, register: &Register<'_>) {
        let recognised = branch.passes.iter().map(|pass| {
            let input = self.line.inputs[pass.stop];
            let root = register.recognise(input, pass.state.view())?;
            Some(RootAt { input, root })
        });
        let roots: Vec<Option<RootAt>> = recognised.collect();
        self.passed.extend(roots.iter().flatten());
        self.passed.insert(from);
        self.followed.push(Followed { branch, from, roots });
    }

    /// Enters what the branches pass and no ball holds; gives the roots that are new.
    fn enter(&mut self, register: &mut Register<'_>) -> Vec<RootAt> {
        let mut new = Vec::new();
        for found in &mut self.followed {
            for (pass, at) in found.branch.passes.iter().zip(&mut found.roots) {
                if at.is_none() {
                    let input = self.line.inputs[pass.stop];
                    let n_known = register.roots(input).len();
                    let entered = register.enter(input, pass.state.view());
                    *at = entered.map(|root| RootAt { input, root });
                    new.extend(at.filter(|at| at.root >= n_known));
                }
            }
            self.passed.extend(found.roots.iter().flatten());
        }
        new
    }

    fn into_branches(self) -> impl Iterator<Item = GridBranch> + use<> {
        let line = self.number;
        self.followed.into_iter().map(move |found| GridBranch {
            line,
            branch: found.branch,
            from: found.from,
            passed: found.roots.into_iter().flatten().collect(),
        })
    }
}

/// Connected components of the roots under the branches.
fn components(roots: &[Vec<FixedPointRoot>], branches: &[GridBranch]) -> (Vec<Vec<usize>>, usize) {
    let offsets: Vec<usize> =
        roots.iter().scan(0, |next, roots| Some(std::mem::replace(next, *next + roots.len()))).collect();
    let n_roots = roots.iter().map(Vec::len).sum();
    let mut parent: Vec<usize> = (0..n_roots).collect();
    let top = |parent: &[usize], mut node: usize| {
        while parent[node] != node {
            node = parent[node];
        }
        node
    };
    for found in branches {
        let own = offsets[found.from.input] + found.from.root;
        for at in &found.passed {
            let tops = [own, offsets[at.input] + at.root].map(|node| top(&parent, node));
            // The lower number stays at the top, so that sheets are numbered by their first roots.
            parent[tops[0].max(tops[1])] = tops[0].min(tops[1]);
        }
    }
    let mut numbers = vec![None; n_roots];
    let mut n_sheets = 0;
    for node in 0..n_roots {
        let top = top(&parent, node);
        if numbers[top].is_none() {
            numbers[top] = Some(n_sheets);
            n_sheets += 1;
        }
        numbers[node] = numbers[top];
    }
    let mut flat = numbers.into_iter().map(Option::unwrap_or_default);
    (roots.iter().map(|roots| flat.by_ref().take(roots.len()).collect()).collect(), n_sheets)
}

#[cfg(test)]
mod tests;
