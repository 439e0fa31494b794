//! Whether the network follows its circuit when both are changed alike (LE25): weight `w_rec[i, j]` by δ in the circuit is
//! `W_rec` by `δ Q_i Q_jᵀ` in the network; a node silenced is its direction taken out of what the network reads.

use ndarray::{Array2, ArrayView1, ArrayView2, ArrayView3, Axis, s};
use rand::seq::SliceRandom;
use rayon::prelude::*;

use super::fit::Fit;
use super::matching::correlation;
use crate::analysis::statistics::{Given, permutation_p};
use crate::dynamics::run::{self, RunError};
use crate::network::Network;
use crate::stream::of_seed;
use crate::task::{ReadOut, Task};
use crate::trials::Trials;
use faer::Mat;
use faer::linalg::solvers::Solve;

/// How circuit and network are changed and compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Probe {
    /// Change δ of a recurrent weight, made in both directions: effects are half their difference.
    pub delta: f64,
    /// Permutations behind each p value.
    pub n_permutations: usize,
    /// Starts the permutations.
    pub seed: u64,
}

impl Probe {
    /// δ = 0.1, a tenth to a fifth of the weights that matter, so that effects stay near linear; 9999 permutations as for the
    /// other statistics.
    pub const STANDARD: Self = Self { delta: 0.1, n_permutations: 9999, seed: 1 };
}

/// A correlation over changes and how often chance does as well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Correlation {
    /// Pearson correlation over changes and what is measured of each.
    pub r: f64,
    /// Share of permutations of the nodes with a correlation at least as high, the one seen among them.
    pub p: f64,
    /// Number of changes.
    pub n: usize,
}

/// What a change of one recurrent weight does to one number of the psychometric planes: half the difference of what δ and −δ
/// do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// Node whose input weight changes.
    pub row: usize,
    /// Node that the weight comes from.
    pub column: usize,
    /// Number of the planes, see [`psychometric`]: contexts one after the other; bias first, then sensitivities.
    pub quantity: usize,
    /// Change in the circuit, whose `w_rec[i, j]` changes by δ.
    pub circuit: f64,
    /// Change in the network, whose `W_rec` changes by `δ Q_i Q_jᵀ`.
    pub network: f64,
}

/// What circuit and network do alike. Behaviour is the psychometric plane of each context; states are those at the last
/// masked step, the network's through `Qᵀ`.
#[derive(Clone, Debug, PartialEq)]
pub struct Causality {
    /// Entries of `w_rec` against those of `Qᵀ W_rec Q`.
    pub weights: Correlation,
    /// Changes of behaviour with each recurrent weight.
    pub behaviour: Correlation,
    /// Changes of states with each recurrent weight.
    pub states: Correlation,
    /// Changes of behaviour with each node silenced.
    pub silenced_behaviour: Correlation,
    /// Changes of states with each node silenced.
    pub silenced_states: Correlation,
    /// The changes of behaviour one by one: by rows, columns and quantities.
    pub effects: Vec<Effect>,
}

/// What is measured of a network or circuit: two lists of numbers.
struct Measured {
    behaviour: Vec<f64>,
    states: Vec<f64>,
}

impl Measured {
    /// `factor (self − other)`.
    fn change(&self, other: &Self, factor: f64) -> Self {
        let gap = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| factor * (x - y)).collect();
        Self { behaviour: gap(&self.behaviour, &other.behaviour), states: gap(&self.states, &other.states) }
    }
}

/// Changes circuit and network alike, one weight or node after the other, and compares what comes of it.
///
/// # Errors
/// [`RunError`] if the network or the circuit does not fit the trials.
pub fn causality(
    network: &Network,
    fit: &Fit,
    task: &Task,
    trials: &Trials,
    probe: Probe,
) -> Result<Causality, RunError> {
    let (q, n) = (&fit.embedding, fit.circuit.n_units());
    let project = q.t().to_owned();
    let nodes = Array2::eye(n);
    let measure_both = |circuit: &Network, network: &Network| {
        Ok::<_, RunError>([
            measure(circuit, task, trials, nodes.view())?,
            measure(network, task, trials, project.view())?,
        ])
    };
    let undisturbed = measure_both(&fit.circuit, network)?;
    let shifted = |i: usize, j: usize, delta: f64| {
        let (mut circuit, mut large) = (fit.circuit.clone(), network.clone());
        circuit.w_rec[[i, j]] += delta;
        let image = outer(q.column(i), q.column(j));
        large.w_rec.scaled_add(delta, &image);
        measure_both(&circuit, &large)
    };
    let of_weights = (0..n * n)
        .into_par_iter()
        .map(|at| {
            let (i, j) = (at / n, at % n);
            let [up, down] = [shifted(i, j, probe.delta)?, shifted(i, j, -probe.delta)?];
            Ok([up[0].change(&down[0], 0.5), up[1].change(&down[1], 0.5)])
        })
        .collect::<Result<Vec<_>, RunError>>()?;
    let of_nodes = (0..n)
        .into_par_iter()
        .map(|node| {
            let unit = nodes.column(node);
            let silenced = measure_both(&silenced(&fit.circuit, unit), &silenced(network, q.column(node)))?;
            Ok([silenced[0].change(&undisturbed[0], 1.0), silenced[1].change(&undisturbed[1], 1.0)])
        })
        .collect::<Result<Vec<_>, RunError>>()?;
    let image: Vec<f64> = project.dot(&network.w_rec).dot(q).iter().copied().collect();
    let single = |values: &[f64]| values.iter().map(|&x| vec![x]).collect::<Vec<_>>();
    let weights: Vec<f64> = fit.circuit.w_rec.iter().copied().collect();
    let compare = |changes: &[[Measured; 2]], numbers: Numbers| {
        let side = |side: usize| -> Vec<Vec<f64>> {
            let of = |both: &[Measured; 2]| match numbers {
                Numbers::Nodes => both[side].states.clone(),
                Numbers::Others => both[side].behaviour.clone(),
            };
            changes.iter().map(of).collect()
        };
        permuted(&side(0), &side(1), n, numbers, probe)
    };
    Ok(Causality {
        weights: permuted(&single(&weights), &single(&image), n, Numbers::Others, probe),
        behaviour: compare(&of_weights, Numbers::Others),
        states: compare(&of_weights, Numbers::Nodes),
        silenced_behaviour: compare(&of_nodes, Numbers::Others),
        silenced_states: compare(&of_nodes, Numbers::Nodes),
        effects: of_weights
            .iter()
            .enumerate()
            .flat_map(|(at, both)| effects([at / n, at % n], both))
            .collect(),
    })
}

/// The changes of behaviour with each recurrent weight of a circuit, by rows, columns and quantities: those that [`causality`]
/// holds against the network's.
///
/// # Errors
/// [`RunError`] if the circuit does not fit the trials.
pub(super) fn circuit_effects(
    circuit: &Network,
    task: &Task,
    trials: &Trials,
    probe: Probe,
) -> Result<Vec<f64>, RunError> {
    let n = circuit.n_units();
    let nodes = Array2::eye(n);
    let shifted = |at: usize, delta: f64| {
        let mut changed = circuit.clone();
        changed.w_rec[[at / n, at % n]] += delta;
        measure(&changed, task, trials, nodes.view())
    };
    let of_weight =
        |at: usize| Ok(shifted(at, probe.delta)?.change(&shifted(at, -probe.delta)?, 0.5).behaviour);
    let of_weights = (0..n * n).into_par_iter().map(of_weight).collect::<Result<Vec<_>, RunError>>()?;
    Ok(of_weights.concat())
}

/// The changes of behaviour with the weight of a row and column.
fn effects([row, column]: [usize; 2], [circuit, network]: &[Measured; 2]) -> Vec<Effect> {
    let both = circuit.behaviour.iter().zip(&network.behaviour).enumerate();
    both.map(|(quantity, (&circuit, &network))| Effect { row, column, quantity, circuit, network }).collect()
}

fn outer(a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>) -> Array2<f64> {
    Array2::from_shape_fn((a.len(), b.len()), |(i, j)| a[i] * b[j])
}

/// The network whose recurrent and output weights no longer read rates along a unit direction `[N]`.
fn silenced(network: &Network, direction: ArrayView1<'_, f64>) -> Network {
    let without = |weights: &Array2<f64>| weights - &outer(weights.dot(&direction).view(), direction);
    Network { w_rec: without(&network.w_rec), w_out: without(&network.w_out), ..network.clone() }
}

/// Of `[N, T, B]` what stands at one step of each trial `[N, B]`.
pub fn at_steps(rates: ArrayView3<'_, f64>, steps: &[usize]) -> Array2<f64> {
    Array2::from_shape_fn((rates.dim().0, steps.len()), |(row, trial)| rates[[row, steps[trial], trial]])
}

/// Behaviour, and rates at the last masked step, or where trials have weights at the last step at which each counts, through `project` `[n, N]`.
fn measure(
    network: &Network,
    task: &Task,
    trials: &Trials,
    project: ArrayView2<'_, f64>,
) -> Result<Measured, RunError> {
    let last = *trials.mask.last().ok_or(RunError::Nothing)?;
    let shown = trials.inputs.slice(s![.., ..=last, ..]);
    let rates = if trials.weights.is_none() {
        run::last_rates(network, shown)?
    } else {
        at_steps(run::rates(network, run::states(network, shown)?).view(), &trials.last_counted())
    };
    let outputs = run::outputs(network, rates.view().insert_axis(Axis(1)))?;
    let states = project.dot(&rates);
    let output = |place: usize| outputs.slice(s![place, 0, ..]);
    let decision = match task.read_out() {
        ReadOut::Difference { of, from } => &output(of) - &output(from),
        ReadOut::Output(of) => output(of).to_owned(),
    };
    Ok(Measured {
        behaviour: psychometric(task, decision.view(), trials.conditions.view()),
        states: states.iter().copied().collect(),
    })
}

/// Least-squares plane of the decision variable `[B]` over the conditions `[B, C]`: bias and sensitivity to each quantity,
/// for each context of CDDM. Without noise the plane is what a psychometric curve is fitted to.
pub fn psychometric(task: &Task, decision: ArrayView1<'_, f64>, conditions: ArrayView2<'_, f32>) -> Vec<f64> {
    let (contexts, first) =
        if task.contexts().is_some() { (vec![Some(0.0), Some(1.0)], 1) } else { (vec![None], 0) };
    let quantities = conditions.slice(s![.., first..]);
    let width = quantities.ncols() + 1;
    let mut planes = Vec::new();
    for context in contexts {
        let of_context = |&b: &usize| context.is_none_or(|context| conditions[[b, 0]] == context);
        let trials: Vec<usize> = (0..decision.len()).filter(of_context).collect();
        let term = |b: usize, k: usize| if k == 0 { 1.0 } else { f64::from(quantities[[b, k - 1]]) };
        let gram = Mat::from_fn(width, width, |i, j| {
            let ridge = if i == j { 1e-12 } else { 0.0 }; // keeps a quantity that does not vary at sensitivity 0
            trials.iter().map(|&b| term(b, i) * term(b, j)).sum::<f64>() + ridge
        });
        let right =
            Mat::from_fn(width, 1, |i, _| trials.iter().map(|&b| term(b, i) * decision[b]).sum::<f64>());
        let plane = gram.partial_piv_lu().solve(right);
        planes.extend((0..width).map(|i| plane[(i, 0)]));
    }
    planes
}

/// What the numbers of a change are of.
#[derive(Clone, Copy)]
enum Numbers {
    /// The nodes, as many of each, one node after the other; they are permuted with the changes.
    Nodes,
    /// Something else.
    Others,
}

/// Correlation of two lists of changes `[n²][F]` (one a weight, row by row) or `[n][F]` (one a node), over all their numbers.
///
/// p by permutations of the nodes, rows and columns of weights together: weights that share a node are alike, and are not
/// exchangeable one by one.
///
/// # Source
/// Hubert & Arabie 1989, *British Journal of Mathematical and Statistical Psychology* 42:1 (quadratic assignment); Dekker et
/// al. 2007, doi:10.1007/s11336-007-9016-1.
fn permuted(a: &[Vec<f64>], b: &[Vec<f64>], n_nodes: usize, numbers: Numbers, probe: Probe) -> Correlation {
    let (left, right) = (a.concat(), b.concat());
    let r = correlation(&left, &right);
    // Centred and of length one, so that each permutation costs one inner product.
    let normalised = |values: &[f64]| -> Vec<f64> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let length = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>().sqrt();
        values.iter().map(|x| (x - mean) / length).collect()
    };
    let (left, right, width) = (normalised(&left), normalised(&right), a.first().map_or(1, Vec::len).max(1));
    let of_node = (width / n_nodes).max(1);
    let is_of_weights = a.len() == n_nodes * n_nodes && n_nodes > 1;
    // Number by number, so that the sums of all changes are made side by side.
    let by_number = |values: &[f64]| -> Vec<f64> {
        (0..width).flat_map(|k| values.iter().skip(k).step_by(width).copied()).collect()
    };
    let (left, right, n_changes) = (by_number(&left), by_number(&right), a.len().max(1));
    let mut rng = of_seed(probe.seed);
    let mut order: Vec<usize> = (0..n_nodes).collect();
    let mut sums = vec![0.0; a.len()];
    let mut n_higher = 0;
    for _ in 0..probe.n_permutations {
        order.shuffle(&mut rng);
        let change = |at: usize| {
            if is_of_weights { order[at / n_nodes] * n_nodes + order[at % n_nodes] } else { order[at] }
        };
        let number = |k: usize| match numbers {
            Numbers::Nodes => order[k / of_node] * of_node + k % of_node,
            Numbers::Others => k,
        };
        let changes: Vec<usize> = (0..a.len()).map(change).collect();
        sums.fill(0.0);
        for (k, own) in left.chunks_exact(n_changes).enumerate() {
            let other = &right[number(k) * n_changes..][..n_changes];
            for ((sum, x), &at) in sums.iter_mut().zip(own).zip(&changes) {
                *sum += x * other[at];
            }
        }
        let value: f64 = sums.iter().sum();
        n_higher += usize::from(value >= r - 1e-12); // as high up to rounding
    }
    let p = permutation_p(n_higher, probe.n_permutations, Given::Beside);
    Correlation { r, p: if r.is_nan() { f64::NAN } else { p }, n: a.len() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;
    use rand_distr::StandardNormal;

    /// Changes `[n²][F]` as effects of weights are: `λ_i x_j` times a vector, and some noise.
    fn changes(rng: &mut ChaCha8Rng, n: usize) -> Vec<Vec<f64>> {
        let mut normals = |count: usize| (0..count).map(|_| rng.sample(StandardNormal)).collect::<Vec<f64>>();
        let (out, into, along, noise) = (normals(n), normals(n), normals(3), normals(3 * n * n));
        let change = |at: usize| {
            let size = out[at / n] * into[at % n];
            (0..3).map(|k| size * along[k] + 0.1 * noise[3 * at + k]).collect()
        };
        (0..n * n).map(change).collect()
    }

    #[test]
    fn effects_that_share_nodes_have_a_uniform_p_where_nodes_do_not_agree() {
        let probe = |seed| Probe { delta: 0.1, n_permutations: 199, seed };
        let draw = |seed: u64| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let (a, b) = (changes(&mut rng, 7), changes(&mut rng, 7));
            permuted(&a, &b, 7, Numbers::Others, probe(seed)).p
        };
        let p: Vec<f64> = (0..600).map(draw).collect();
        for level in [0.05, 0.2, 0.5] {
            let share = p.iter().filter(|&&p| p <= level).count() as f64 / 600.0;
            // Three standard errors of a share over 600 draws.
            let slack = 3.0 * (level * (1.0 - level) / 600.0_f64).sqrt();
            assert!((share - level).abs() < slack, "{level}: {share}");
        }
        let same = changes(&mut ChaCha8Rng::seed_from_u64(1), 7);
        assert!(permuted(&same, &same, 7, Numbers::Others, probe(1)).p == 1.0 / 200.0);
    }
}
