//! The orthogonal change of basis that best carries one linear map onto another.
//!
//! `tr(Aᵀ C B Cᵀ)` over orthogonal `C` has local maxima. It is raised plane by plane: in the plane of two axes it is a
//! trigonometric polynomial of degree two in the angle, whose highest point is found outright, so that no step makes it
//! worse; an axis is turned round where that raises it. Starts are the bases in which a symmetric matrix made of `A` is
//! diagonal, matched with the same of `B` (exact where the maps are orthogonally alike and its eigenvalues distinct), and
//! random ones. How far the best can be from the optimum is bounded: symmetric and antisymmetric parts turn apart from each
//! other, and each alone cannot match better than by its sorted spectrum.

use faer::{Mat, Side};
use ndarray::Array2;
use rand::RngExt;
use rand_distr::StandardNormal;

use super::{Dynamics, RANK};
use crate::analysis::distance::beyond;
use crate::analysis::procrustes::{Map, orthogonal_map};
use crate::analysis::similarity::representation::angle;
use crate::stream::of_seed;

/// Random starts of a pair in studies; `examples/similarity_bench.rs` measures how often more find a better alignment.
const N_RANDOM: usize = 12;
/// Every start goes on until a sweep gains less than this share of the traceless `‖A‖ ‖B‖`: its rank is clear by then.
const ROUGH: f64 = 1e-4;
/// The best starts go on to this share, where distances are right to a millionth.
const FINE: f64 = 1e-12;
/// How many of them: a start of lower rank seldom overtakes.
const N_FINISHED: usize = 3;
/// What a climb leaves of equal maps, over their squares: it ends at gains below [`FINE`], a few of which may be left.
const LEFT: f64 = 10.0 * FINE;
/// Sweeps of a start at most.
const MOST_SWEEPS: usize = 1000;
/// Newton steps on the angle: from a grid of eight, four reach rounding.
const N_NEWTON: usize = 4;
/// Seed of the random starts, the same for every pair: a distance depends on the two networks alone.
const SEED: u64 = 0x5d5a;

/// The orthogonal maps from which every alignment starts besides its own.
#[derive(Clone, Debug)]
pub struct Search {
    /// For each rank up to [`RANK`] the random maps.
    random: Vec<Vec<Map>>,
}

/// The best alignment found of two maps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alignment {
    /// Highest `tr(Aᵀ C B Cᵀ)`.
    pub trace: f64,
    /// No `C` gives a higher trace.
    pub bound: f64,
    /// `‖A‖_F` and `‖B‖_F`.
    pub norms: [f64; 2],
    /// Starts that were made.
    pub n_starts: usize,
    /// Starts that came within a hundredth of the traceless `‖A‖ ‖B‖` of the highest trace.
    pub n_agreeing: usize,
}

impl Alignment {
    /// `arccos(tr(Aᵀ C B Cᵀ) / (‖A‖ ‖B‖))`, 0 to π (rad).
    pub fn angular(&self) -> f64 {
        angle(self.trace, self.norms, LEFT)
    }

    /// `‖A − C B Cᵀ‖_F`.
    pub fn euclidean(&self) -> f64 {
        self.left_of(self.trace)
    }

    /// No `C` leaves less than this of [`Alignment::euclidean`].
    pub fn least(&self) -> f64 {
        self.left_of(self.bound)
    }

    fn left_of(&self, trace: f64) -> f64 {
        let [a, b] = self.norms;
        let whole = a * a + b * b;
        beyond(LEFT * whole, whole - 2.0 * trace).sqrt()
    }
}

impl Search {
    /// With the number of starts that studies use.
    pub fn standard() -> Self {
        Self::new(N_RANDOM)
    }

    /// With `n_random` random starts a pair.
    pub fn new(n_random: usize) -> Self {
        let mut rng = of_seed(SEED);
        let mut random = |n: usize| {
            let normal: Array2<f64> = Array2::from_shape_fn((n, n), |_| rng.sample(StandardNormal));
            let turn = orthogonal_map(&normal);
            let mut map = [[0.0; RANK]; RANK];
            turn.indexed_iter().for_each(|((i, j), &entry)| map[i][j] = entry);
            map
        };
        Self { random: (0..=RANK).map(|n| (0..n_random).map(|_| random(n)).collect()).collect() }
    }

    /// The best alignment of two laws of motion. The one of lower rank stands still in the directions that it lacks.
    pub fn align(&self, a: &Dynamics, b: &Dynamics) -> Alignment {
        let n = a.rank.max(b.rank);
        let norms = [a, b].map(|one| norm(&one.operator));
        // No turn changes what a multiple of the identity adds to the trace.
        let scale = [a, b].map(|one| traceless_norm(&one.operator, n)).iter().product::<f64>();
        let own = a.canonical.iter().zip(&b.canonical).map(|(a, b)| (a, *b));
        let random = self.random[n].iter().map(|turn| (&a.operator, turned(turn, &b.operator, n)));
        let mut climbs: Vec<(&Map, Map, f64)> = own
            .chain(random)
            .map(|(a, mut m)| {
                let trace = climb(a, &mut m, n, ROUGH * scale);
                (a, m, trace)
            })
            .collect();
        climbs.sort_by(|x, y| y.2.total_cmp(&x.2)); // stable
        for (a, m, trace) in climbs.iter_mut().take(N_FINISHED) {
            *trace = climb(a, m, n, FINE * scale);
        }
        let traces: Vec<f64> = climbs.iter().map(|climb| climb.2).collect();
        let trace = traces.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let close = 1e-2 * scale;
        Alignment {
            trace,
            bound: bound(&a.operator, &b.operator, n).max(trace),
            norms,
            n_starts: traces.len(),
            n_agreeing: traces.iter().filter(|&&other| trace - other <= close).count(),
        }
    }
}

/// Raises the trace of `Aᵀ M` by turning `M` as long as a sweep gains more than `gain`; gives the trace.
fn climb(a: &Map, m: &mut Map, n: usize, gain: f64) -> f64 {
    let mut trace = inner(a, m);
    for _ in 0..MOST_SWEEPS {
        flip(a, m, n);
        for p in 0..n {
            for q in p + 1..n {
                turn(a, m, [p, q], n);
            }
        }
        let next = inner(a, m);
        let gained = next - trace;
        trace = next;
        if gained <= gain {
            break;
        }
    }
    trace
}

/// Turns round each axis whose reversal raises the trace.
fn flip(a: &Map, m: &mut Map, n: usize) {
    for p in 0..n {
        let off = |j: usize| a[p][j] * m[p][j] + a[j][p] * m[j][p];
        let odd: f64 = (0..n).filter(|&j| j != p).map(off).sum();
        if odd < 0.0 {
            for j in (0..n).filter(|&j| j != p) {
                m[p][j] = -m[p][j];
                m[j][p] = -m[j][p];
            }
        }
    }
}

/// Turns `m` in the plane of two axes to where the trace is highest.
fn turn(a: &Map, m: &mut Map, [p, q]: [usize; 2], n: usize) {
    let mut wave = [0.0; 4];
    for j in (0..n).filter(|&j| j != p && j != q) {
        wave[0] += a[p][j] * m[p][j] + a[q][j] * m[q][j] + a[j][p] * m[j][p] + a[j][q] * m[j][q];
        wave[1] += a[q][j] * m[p][j] - a[p][j] * m[q][j] + a[j][q] * m[j][p] - a[j][p] * m[j][q];
    }
    // The plane's own block: its trace and antisymmetric part do not turn, the rest turns by twice the angle.
    let (stretch, shear) = (0.5 * (m[p][p] - m[q][q]), 0.5 * (m[p][q] + m[q][p]));
    let (along, across) = (a[p][p] - a[q][q], a[p][q] + a[q][p]);
    wave[2] = along * stretch + across * shear;
    wave[3] = across * stretch - along * shear;
    let Some((cos, sin)) = highest(wave) else { return };
    for j in 0..n {
        let (x, y) = (m[p][j], m[q][j]);
        m[p][j] = cos * x - sin * y;
        m[q][j] = sin * x + cos * y;
    }
    for row in m.iter_mut().take(n) {
        let (x, y) = (row[p], row[q]);
        row[p] = cos * x - sin * y;
        row[q] = sin * x + cos * y;
    }
}

/// Cosine and sine of the angle at which `w₀ cos θ + w₁ sin θ + w₂ cos 2θ + w₃ sin 2θ` is highest; none if θ = 0 is as good.
fn highest(w: [f64; 4]) -> Option<(f64, f64)> {
    const D: f64 = std::f64::consts::FRAC_1_SQRT_2;
    const GRID: [(f64, f64); 8] =
        [(1.0, 0.0), (D, D), (0.0, 1.0), (-D, D), (-1.0, 0.0), (-D, -D), (0.0, -1.0), (D, -D)];
    let value = |(c, s): (f64, f64)| w[0] * c + w[1] * s + w[2] * (c * c - s * s) + w[3] * 2.0 * c * s;
    let (mut best, mut height) = (GRID[0], value(GRID[0]));
    let start = height;
    for point in &GRID[1..] {
        let other = value(*point);
        if other > height {
            (best, height) = (*point, other);
        }
    }
    for _ in 0..N_NEWTON {
        let (c, s) = best;
        let (c2, s2) = (c * c - s * s, 2.0 * c * s);
        let slope = w[1] * c - w[0] * s + 2.0 * (w[3] * c2 - w[2] * s2);
        let bend = -w[0] * c - w[1] * s - 4.0 * (w[2] * c2 + w[3] * s2);
        if bend >= 0.0 {
            break;
        }
        // A rotation by the tangent of the step, which needs no sine: the steps are small, and the value decides.
        let step = (-slope / bend).clamp(-0.5, 0.5);
        let scale = 1.0 / (1.0 + step * step).sqrt(); // fused, it would be a call
        let next = (scale * (c - step * s), scale * (s + step * c));
        let other = value(next);
        if other <= height {
            break;
        }
        (best, height) = (next, other);
    }
    (height > start).then_some(best)
}

/// The highest trace that symmetric and antisymmetric parts could reach if each turned alone: by the inequality of von
/// Neumann on sorted eigenvalues (`doi:10.1016/0024-3795(75)90061-0`) and on sorted singular values.
fn bound(a: &Map, b: &Map, n: usize) -> f64 {
    let [(sym_a, anti_a), (sym_b, anti_b)] = [a, b].map(|map| spectra(map, n));
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f64>();
    product(&sym_a, &sym_b) + product(&anti_a, &anti_b)
}

/// Sorted eigenvalues of the symmetric part, sorted singular values of the antisymmetric part.
fn spectra(map: &Map, n: usize) -> (Vec<f64>, Vec<f64>) {
    let part = |sign: f64| Mat::from_fn(n, n, |i, j| 0.5 * (map[i][j] + sign * map[j][i]));
    let symmetric = part(1.0).self_adjoint_eigenvalues(Side::Lower);
    let antisymmetric = part(-1.0).singular_values();
    let sorted = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values
    };
    (sorted(symmetric.unwrap_or_default()), sorted(antisymmetric.unwrap_or_default()))
}

fn turned(turn: &Map, m: &Map, n: usize) -> Map {
    let mut half = [[0.0; RANK]; RANK];
    let mut whole = [[0.0; RANK]; RANK];
    for i in 0..n {
        for j in 0..n {
            half[i][j] = (0..n).map(|k| turn[i][k] * m[k][j]).sum();
        }
    }
    for i in 0..n {
        for j in 0..n {
            whole[i][j] = (0..n).map(|k| half[i][k] * turn[j][k]).sum();
        }
    }
    whole
}

fn inner(a: &Map, b: &Map) -> f64 {
    a.as_flattened().iter().zip(b.as_flattened()).map(|(x, y)| x * y).sum()
}

/// `‖A − (tr A / n) 1‖_F`.
fn traceless_norm(map: &Map, n: usize) -> f64 {
    let trace: f64 = (0..n).map(|i| map[i][i]).sum();
    (inner(map, map) - trace * trace / n.max(1) as f64).max(0.0).sqrt()
}

fn norm(map: &Map) -> f64 {
    inner(map, map).sqrt()
}
