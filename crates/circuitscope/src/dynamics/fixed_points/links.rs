//! Links between the roots of neighbouring inputs, and branches that fold between two inputs.
//!
//! A root goes over into a root at the next input, or meets a partner of the opposite index at a fold and vanishes with
//! it. So what vanishes from one input to the next adds up to index zero. Where it does not, a branch passes between the
//! two inputs to a root that no start has met: the branch is followed around its folds, and where it ends is a root.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::super::linear::{add_product, distance, norm};
use super::branch::{self, Side};
use super::root::Root;
use super::site::{Origin, Site};
use super::system::System;

/// A root further from the prediction than so many lengths of the predicted step is another one. On the reference networks
/// nine links in ten are below 1 and those that jump at 3 to 13.
const JUMP: f64 = 2.0;
/// Inputs further away than so many times the nearest one are not adjacent: roots move too far between them.
const REACH: f64 = 2.0;
/// Rounds of following branches and passing on what they lead to.
const MAX_ROUNDS: usize = 4;

/// A root at an input, `(input, root, other input)`, with the input towards which it vanishes.
type Loose = (usize, usize, usize);

/// Follows branches where links do not add up; `pass_on` tries what they lead to at the neighbouring inputs.
pub(super) fn mend(
    system: &System<'_>,
    sites: &mut [Site],
    neighbours: &[Vec<usize>],
    mut pass_on: impl FnMut(&mut [Site]),
) {
    let neighbours = &adjacent(sites, neighbours);
    let mut followed = BTreeSet::new();
    for _ in 0..MAX_ROUNDS {
        let loose = loose_ends(system, sites, neighbours);
        let n_before = followed.len();
        // One way first: a branch that arrives need not be followed back.
        let (ahead, back): (Vec<Loose>, Vec<Loose>) = loose.into_iter().partition(|&(from, _, to)| from < to);
        for loose in [ahead, back] {
            follow(system, sites, loose, &mut followed);
        }
        if followed.len() == n_before {
            return;
        }
        pass_on(sites);
    }
}

/// Follows branches that have not been followed, and descends to the roots where they arrive.
fn follow(system: &System<'_>, sites: &mut [Site], mut loose: Vec<Loose>, followed: &mut BTreeSet<Loose>) {
    loose.retain(|loose| followed.insert(*loose));
    let walk = |&(from, root, to): &Loose| {
        branch::far_end(system, &sites[from].drive, &sites[to].drive, &sites[from].known.roots[root].point.y)
    };
    let ends: Vec<Option<(Side, Vec<f64>)>> = loose.par_iter().map(walk).collect();
    for (&(from, _, to), end) in loose.iter().zip(ends) {
        let Some((side, state)) = end else { continue };
        let (at, other) = if side == Side::To { (to, from) } else { (from, to) };
        sites[at].visit(system, vec![state.clone()], Origin::Derived);
        if let Some(root) = sites[at].nearest_root(&state) {
            followed.insert((at, root, other));
        }
    }
}

/// The neighbours without a third input between, in the ball that has the two at its poles (Gabriel & Sokal 1969): on a
/// grid those along its lines.
fn adjacent(sites: &[Site], neighbours: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let squared = |a: usize, b: usize| distance(&sites[a].input, &sites[b].input).powi(2);
    let is_between = |from: usize, to: usize, third: usize| {
        third != from
            && third != to
            && squared(from, third) + squared(third, to) <= squared(from, to) * (1.0 + 1e-9)
    };
    let kept = |(from, others): (usize, &Vec<usize>)| {
        let nearest = others.iter().map(|&to| squared(from, to)).fold(f64::INFINITY, f64::min);
        let is_adjacent = |to: &usize| {
            squared(from, *to) <= nearest * REACH * REACH
                && !(0..sites.len()).any(|third| is_between(from, *to, third))
        };
        others.iter().copied().filter(is_adjacent).collect()
    };
    neighbours.iter().enumerate().map(kept).collect()
}

/// Roots that vanish towards a neighbouring input and whose indices do not add up to zero there.
fn loose_ends(system: &System<'_>, sites: &[Site], neighbours: &[Vec<usize>]) -> Vec<Loose> {
    let of_site = |(from, others): (usize, &Vec<usize>)| {
        let between = |&to: &usize| {
            let roots = &sites[from].known.roots;
            let vanishing = (0..roots.len()).filter(|&root| vanishes(system, &roots[root], &sites[to]));
            let vanishing: Vec<usize> = vanishing.collect();
            let sum: f64 = vanishing.iter().map(|&root| roots[root].sign).sum();
            let majority = vanishing.into_iter().filter(move |&root| roots[root].sign * sum > 0.0);
            majority.map(|root| (from, root, to)).collect::<Vec<_>>()
        };
        others.iter().flat_map(between).collect::<Vec<_>>()
    };
    neighbours.par_iter().enumerate().flat_map_iter(of_site).collect()
}

/// Whether no root at another input is where a root goes over to.
fn vanishes(system: &System<'_>, root: &Root, to: &Site) -> bool {
    let Some(inverse) = &root.inverse else { return false };
    let there = system.point(&to.drive.c, root.point.y.clone());
    let mut step = vec![0.0; system.n];
    add_product(&mut step, inverse, &there.rhs);
    let predicted: Vec<f64> = root.point.y.iter().zip(&step).map(|(y, s)| y + s).collect();
    let reach = JUMP * norm(&step);
    !to.known
        .roots
        .iter()
        .any(|other| other.sign == root.sign && distance(&other.point.y, &predicted) <= reach)
}
