//! The search over all inputs: each by itself, then with the roots of its neighbours, until nothing new appears.

use ndarray::{Array1, Array2, ArrayView2};
use rayon::prelude::*;

use super::super::linear::{distance, norm};
use super::super::rounding::{Upper, norm_above};
use super::certificate::x_errors;
use super::completeness::Completeness;
use super::root::{Certificate, Degeneracy, FixedPointRoot, Root};
use super::site::{Origin, Site};
use super::system::{Drive, Point, System};
use super::{Found, Roots, Search, kinks, links, smooth};
use crate::network::{Form, Network};
use crate::stream::Stream;

/// Memory for the inverses that roots keep during the search; without one a root is only recognised closer by.
const INVERSES_BYTES: usize = 256 << 20;
/// Networks of fewer units get more starts in proportion.
const CHEAP_UNITS: usize = 60;
/// Rounds of passing roots on at most.
const MAX_ROUNDS: usize = 20;
/// Rounds of more starts where the indices do not add up.
const MAX_REPAIRS: usize = 3;

pub(super) fn sweep(
    network: &Network,
    inputs: ArrayView2<'_, f64>,
    starts: ArrayView2<'_, f64>,
    search: &Search,
    seed: u64,
    told: &(dyn Fn() + Sync),
) -> Vec<Roots> {
    let system = System::new(network);
    let starts = match network.form {
        Form::Rate => starts.to_owned(),
        Form::Potential => starts.mapv(|h| network.activation.rate(h)),
    };
    let n_inverses = INVERSES_BYTES / (8 * system.n * system.n * inputs.nrows().max(1));
    let mut sites: Vec<Site> = inputs
        .outer_iter()
        .enumerate()
        .map(|(i, input)| {
            Site::new(&system, input.to_vec(), n_inverses, Stream::FixedPoints { input: i as u64 }.rng(seed))
        })
        .collect();
    let share = search.min_total_starts.div_ceil(sites.len().max(1)).min(search.max_starts);
    // Starts in small networks cost next to nothing.
    let ease = (CHEAP_UNITS / system.n.max(1)).max(1);
    let (min_starts, max_starts) = (ease * search.min_starts.max(share), ease * search.max_starts);
    let search = &Search { min_starts, max_starts, ..*search };
    let neighbours = neighbours(&sites, search.n_neighbours);
    sites.par_iter_mut().for_each(|site| {
        site.explore(&system, starts.view(), search);
        site.between(&system);
        told();
    });
    let mut n_passed = vec![0; sites.len()];
    pass_on(&system, &mut sites, &neighbours, &mut n_passed);
    if !system.activation.curve.is_rectified_linear() {
        links::mend(&system, &mut sites, &neighbours, |sites| {
            pass_on(&system, sites, &neighbours, &mut n_passed);
        });
    }
    for _ in 0..MAX_REPAIRS {
        let expected = expected_index_sum(&system, &sites);
        let is_off =
            |site: &Site| expected.is_some() && site.index_sum().is_some_and(|sum| Some(sum) != expected);
        if !sites.iter().any(is_off) {
            break;
        }
        sites.par_iter_mut().filter(|site| is_off(site)).for_each(|site| {
            if system.activation.curve.is_rectified_linear() {
                site.along_paths(&system, 4);
            } else {
                site.beside(&system);
            }
            if !is_off(site) {
                return;
            }
            site.explore(&system, starts.view(), &Search { min_starts: search.max_starts, ..*search });
            site.between(&system);
        });
        pass_on(&system, &mut sites, &neighbours, &mut n_passed);
    }
    let expected = expected_index_sum(&system, &sites);
    sites.into_par_iter().map(|site| report(&system, site, expected)).collect()
}

/// Of every input, the nearest others.
fn neighbours(sites: &[Site], count: usize) -> Vec<Vec<usize>> {
    let nearest = |site: &Site, own: usize| {
        let mut others: Vec<(f64, usize)> = (0..sites.len())
            .filter(|&other| other != own)
            .map(|other| (distance(&site.input, &sites[other].input), other))
            .collect();
        others.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        others.into_iter().take(count).map(|(_, other)| other).collect()
    };
    sites.iter().enumerate().map(|(own, site)| nearest(site, own)).collect()
}

/// Tries every new root at the neighbours of its input, until none is new.
fn pass_on(system: &System<'_>, sites: &mut [Site], neighbours: &[Vec<usize>], n_passed: &mut [usize]) {
    for _ in 0..MAX_ROUNDS {
        // From a snapshot, so that the order of inputs and the number of threads say nothing.
        let counts: Vec<usize> = sites.iter().map(|site| site.known.roots.len()).collect();
        let starts: Vec<Vec<Vec<f64>>> = sites
            .par_iter()
            .zip(neighbours)
            .map(|(site, others)| {
                let roots = others.iter().flat_map(|&other| &sites[other].known.roots[n_passed[other]..]);
                roots.map(|root| passed_on(system, site, root)).collect()
            })
            .collect();
        n_passed.copy_from_slice(&counts);
        if starts.iter().all(Vec::is_empty) {
            return;
        }
        sites.par_iter_mut().zip(starts).for_each(|(site, starts)| {
            site.visit(system, starts, Origin::Derived);
            site.between(system);
        });
    }
}

/// The start at a site from a root of another: a step of Newton's method towards its root here.
fn passed_on(system: &System<'_>, site: &Site, root: &Root) -> Vec<f64> {
    match &root.inverse {
        Some(inverse) => smooth::predicted(system, &site.drive, &root.point, inverse),
        None => root.point.y.clone(),
    }
}

/// What the indices of a complete set add up to: 1 where rates are bounded, else what most inputs agree on, as roots may lie
/// at any distance.
fn expected_index_sum(system: &System<'_>, sites: &[Site]) -> Option<i64> {
    if system.activation.is_bounded() {
        return Some(1);
    }
    let mut sums: Vec<i64> = sites.iter().filter_map(Site::index_sum).collect();
    sums.sort_unstable();
    let runs = sums.chunk_by(|a, b| a == b);
    runs.max_by_key(|run| run.len()).and_then(|run| run.first().copied())
}

fn report(system: &System<'_>, site: Site, expected: Option<i64>) -> Roots {
    let mut site = site;
    // The indices first: a manifold leaves them open, whether or not its ends are counted.
    let index_sum = site.index_sum();
    kinks::absorb(&mut site.known.roots, &mut site.known.manifolds);
    let hits = site.hits();
    let n_degenerate = site.known.roots.iter().filter(|root| root.degeneracy.is_some()).count();
    let mut completeness = Completeness::new(&hits, site.n_starts, n_degenerate);
    completeness.index_sum = index_sum;
    completeness.expected_index_sum = expected;
    let n_unconverged = site.n_unconverged;
    let drive = site.drive;
    let c = &drive.c;
    let mut points: Vec<FixedPointRoot> =
        site.known.roots.into_iter().map(|root| in_state(system, &drive, root)).collect();
    points.sort_by(|a, b| {
        let norms = || norm(&a.state.to_vec()).total_cmp(&norm(&b.state.to_vec()));
        b.n_hits.cmp(&a.n_hits).then_with(norms)
    });
    let mut manifolds = site.known.manifolds;
    if system.network.form == Form::Potential {
        for manifold in &mut manifolds {
            let state = system.point(c, manifold.state.to_vec());
            manifold.state = Array1::from_vec(state.x);
            manifold.residual = potential_residual(system, c, &manifold.state.to_vec());
            carry_over(system, manifold);
        }
    }
    Found { points, manifolds, completeness, n_unconverged }
}

/// A root in the variable of the network's form.
pub(super) fn in_state(system: &System<'_>, drive: &Drive, root: Root) -> FixedPointRoot {
    let Root { point, certificate, degeneracy, sign, n_hits, boundary_units, .. } = root;
    let (state, residual, certificate, degeneracy) = match system.network.form {
        Form::Rate => (point.y, point.speed, certificate, degeneracy),
        Form::Potential => {
            let proven = certificate.and_then(|proof| in_potentials(system, drive, &point, proof));
            let near = degeneracy.map(|near| {
                let radius = potential_radius(system, drive, &point, near.radius).0;
                Degeneracy { radius, ..near }
            });
            let residual = potential_residual(system, &drive.c, &point.x);
            (point.x, residual, proven, near)
        }
    };
    let state = Array1::from_vec(state);
    FixedPointRoot { state, residual, certificate, degeneracy, index: sign as i8, n_hits, boundary_units }
}

/// The proof carried over to `h = W y + c`.
///
/// h moves by ‖W‖ at most per unit of y, and `f(h)` by the steepest slope L per unit of h; `e` bounds the rounding of h.
/// The exact `h* = W y* + c` is within `‖W‖ r + e`. Another root h′ within ρ would have `f(h′)` within
/// `L (ρ + e) + ‖f(h) − y‖` of y, so that the ball of y excludes it. Where slopes have no bound, L is that within the
/// radius of the proof, beyond which ρ is then not taken.
fn in_potentials(
    system: &System<'_>,
    drive: &Drive,
    point: &Point,
    proof: Certificate,
) -> Option<Certificate> {
    let lost = norm_above(x_errors(system, drive, point).into_iter());
    let radius = potential_radius(system, drive, point, proof.radius);
    // Rates round to a few units in the last place of numbers near one, or of themselves.
    let gap = norm_above(point.r.iter().zip(&point.rhs).map(|(r, v)| v.abs() + 1e-14 * (1.0 + r.abs())));
    let reach = lost.0.max(proof.unique_radius);
    let steepest = |x: &f64| system.activation.steepest_near(*x, reach);
    let steepest = point.x.iter().map(steepest).fold(0.0, f64::max);
    let taken = gap + Upper(steepest) * lost;
    let mut unique_radius = ((proof.unique_radius - taken.0).next_down() / steepest).next_down();
    if system.activation.steepest().is_infinite() {
        unique_radius = unique_radius.min(proof.unique_radius);
    }
    (radius.0 < unique_radius).then_some(Certificate { radius: radius.0, unique_radius })
}

/// How far potentials are from those of a root whose rates are within `radius`.
fn potential_radius(system: &System<'_>, drive: &Drive, point: &Point, radius: f64) -> Upper {
    system.spectral() * Upper(radius) + norm_above(x_errors(system, drive, point).into_iter())
}

/// `‖−h + W f(h) + c‖`.
fn potential_residual(system: &System<'_>, c: &[f64], h: &[f64]) -> f64 {
    let rates = h.iter().map(|&h| system.activation.rate(h)).collect();
    distance(&system.point(c, rates).x, h)
}

/// Directions of a manifold in potentials: orthonormal again, with the room along each.
fn carry_over(system: &System<'_>, manifold: &mut super::Manifold) {
    let moved = manifold.basis.dot(&system.network.w_rec.t());
    let mut basis = Array2::zeros(moved.dim());
    for (d, row) in moved.outer_iter().enumerate() {
        let mut direction = row.to_owned();
        for earlier in 0..d {
            let kept: Array1<f64> = basis.row(earlier).to_owned();
            let overlap = kept.dot(&direction);
            direction.scaled_add(-overlap, &kept);
        }
        let length = direction.dot(&direction).sqrt();
        basis.row_mut(d).assign(&(direction / length));
    }
    for (direction, extent) in basis.outer_iter().zip(&mut manifold.extents) {
        let mut room = [f64::NEG_INFINITY, f64::INFINITY];
        for (unit, (&h, &rate)) in manifold.state.iter().zip(direction).enumerate() {
            if rate.abs() > 1e-13 {
                let is_active = manifold.active.binary_search(&unit).is_ok();
                let side = usize::from((rate > 0.0) != is_active);
                let at = -h / rate;
                room[side] = if side == 0 { room[0].max(at) } else { room[1].min(at) };
            }
        }
        *extent = room;
    }
    manifold.basis = basis;
}
