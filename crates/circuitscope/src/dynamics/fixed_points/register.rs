//! Roots that are known, by which states at rest are recognised: by the proofs, without a cutoff.

use ndarray::{ArrayView1, ArrayView2};

use super::super::linear::distance;
use super::patterns::End;
use super::root::{FixedPointRoot, Root};
use super::site::{Origin, Site};
use super::sweep::in_state;
use super::system::System;
use crate::network::{Form, Network};
use crate::stream::Stream;

/// The roots of a network at some inputs, in the order found, and those added to them.
pub(in super::super) struct Register<'a> {
    system: System<'a>,
    entries: Vec<Entry>,
}

/// One input.
struct Entry {
    site: Site,
    roots: Vec<FixedPointRoot>,
    /// The number in `roots` of each root of the site.
    numbers: Vec<usize>,
}

impl<'a> Register<'a> {
    /// - `inputs`: `[I, U]`. `found`: the isolated roots at each of them.
    pub(in super::super) fn new(
        network: &'a Network,
        inputs: ArrayView2<'_, f64>,
        found: &[Vec<FixedPointRoot>],
    ) -> Self {
        let system = System::new(network);
        let entries = inputs.outer_iter().zip(found).enumerate().map(|(i, (input, found))| {
            // Roots are recognised by their balls; no inverse need be kept. Nothing is drawn from the stream.
            let rng = Stream::FixedPoints { input: i as u64 }.rng(0);
            let site = Site::new(&system, input.to_vec(), 0, rng);
            let mut entry = Entry { site, roots: Vec::new(), numbers: Vec::new() };
            for root in found {
                let rates = rates(network, root.state.view());
                entry.enter(&system, &rates, Some(root));
            }
            entry
        });
        let entries = entries.collect();
        Self { system, entries }
    }

    /// The known root to which a state belongs, by its ball of uniqueness or as far as its roots are told apart.
    pub(in super::super) fn recognise(&self, input: usize, state: ArrayView1<'_, f64>) -> Option<usize> {
        let rates = rates(self.system.network, state);
        let entry = &self.entries[input];
        let is_inside = |root: &Root| root.holds(distance(&rates, &root.point.y));
        let at = entry.site.known.roots.iter().position(is_inside)?;
        entry.numbers.get(at).copied()
    }

    /// The root at which a state rests, entered if it is new; none if it rests at no isolated root.
    pub(in super::super) fn enter(&mut self, input: usize, state: ArrayView1<'_, f64>) -> Option<usize> {
        let rates = rates(self.system.network, state);
        self.entries[input].enter(&self.system, &rates, None)
    }

    /// The roots at an input.
    pub(in super::super) fn roots(&self, input: usize) -> &[FixedPointRoot] {
        &self.entries[input].roots
    }

    /// The roots at every input.
    pub(in super::super) fn into_roots(self) -> Vec<Vec<FixedPointRoot>> {
        self.entries.into_iter().map(|entry| entry.roots).collect()
    }
}

impl Entry {
    fn enter(&mut self, system: &System<'_>, rates: &[f64], found: Option<&FixedPointRoot>) -> Option<usize> {
        let ends = self.site.visit(system, vec![rates.to_vec()], Origin::Derived);
        let number = match ends[0] {
            End::Root(at) if at < self.numbers.len() => Some(self.numbers[at]),
            End::Root(at) => {
                self.numbers.push(self.roots.len());
                if found.is_none() {
                    let root = self.site.known.roots[at].reported();
                    self.roots.push(in_state(system, &self.site.drive, root));
                }
                self.numbers.last().copied()
            }
            End::Manifold(_) | End::Nowhere => None,
        };
        // What the search found keeps its place, whether or not it is met again.
        self.roots.extend(found.cloned());
        number
    }
}

/// A state as rates.
fn rates(network: &Network, state: ArrayView1<'_, f64>) -> Vec<f64> {
    match network.form {
        Form::Rate => state.to_vec(),
        Form::Potential => state.iter().map(|&h| network.activation.rate(h)).collect(),
    }
}
