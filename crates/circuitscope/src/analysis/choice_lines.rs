//! The line between the two choices of a decision network, in each context, and the plane in which to look at it.

use ndarray::{Array1, Array2, ArrayView1, ArrayView3, Axis, s};

use super::components;
use crate::dynamics::DynamicsError;
use crate::dynamics::flow::Flow;
use crate::dynamics::line_attractor::{LinePoint, line_attractor};
use crate::network::Network;
use crate::task::ChoiceByContext;
use crate::trials::Trials;

/// The line of one context.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoiceLine {
    /// The context, 0 or 1.
    pub context: usize,
    /// The constant input `[U]`: the context, and evidence for neither choice.
    pub input: Array1<f64>,
    /// The states `[N]` of the choice of the second answer (CDDM: left) and of the first (right): mean end states of the trials with
    /// the strongest relevant evidence for each.
    pub choices: [Array1<f64>; 2],
    /// Distance between the two choices (in the network's states).
    pub length: f64,
    /// Points from the first of these states to the second, equally spaced along the line.
    pub points: Vec<LinePoint>,
}

/// The plane of a line: the axis from choice to choice, and what varies most across it.
#[derive(Clone, Debug, PartialEq)]
pub struct ChoicePlane {
    /// Halfway between the choices `[N]`.
    pub origin: Array1<f64>,
    /// Orthonormal directions `[2, N]`: from the left to the right choice, then the first principal component of the
    /// context's trials without that axis.
    pub directions: Array2<f64>,
}

/// A direction of states at the middle of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// What it is.
    pub kind: ArrowKind,
    /// Its two components in the plane, of a vector of norm 1 in all directions.
    pub at: [f64; 2],
    /// Cosine with the selection vector.
    pub cosine: f64,
}

/// What a direction at the middle of a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArrowKind {
    /// The selection vector: left eigenvector of the mode that decays last.
    Selection,
    /// The right eigenvector of the same mode: the direction that persists.
    SlowMode,
    /// What a little more evidence for the first answer does to the state, of the kind that counts in this context (0 or 1).
    Evidence(usize),
}

impl ArrowKind {
    /// All, in a fixed order.
    pub const ALL: [Self; 4] = [Self::Selection, Self::SlowMode, Self::Evidence(0), Self::Evidence(1)];

    /// Its name in tables: of evidence that of the context in which it counts.
    pub fn name(self, task: &ChoiceByContext) -> &str {
        match self {
            Self::Selection => "selection",
            Self::SlowMode => "slow mode",
            Self::Evidence(kind) => &task.names[kind],
        }
    }
}

/// The lines between the choices of a network, context by context.
///
/// - `trials`: trials of the task; `states`: `[N, T, B]` of the network's run on them.
///
/// # Errors
/// [`DynamicsError`] if the choices cannot be told apart or the network does not fit.
///
/// # Source
/// Mante et al. 2013, `doi:10.1038/nature12742`; docs/methods.md §4.10.
pub fn choice_lines(
    network: &Network,
    task: &ChoiceByContext,
    trials: &Trials,
    states: ArrayView3<'_, f64>,
    n_points: usize,
) -> Result<Vec<ChoiceLine>, DynamicsError> {
    let of_context = |context: usize| {
        let Choices { input, states: choices } = Choices::of(task, trials, states, context);
        let points = line_attractor(network, input.view(), [choices[0].view(), choices[1].view()], n_points)?;
        let axis = &choices[1] - &choices[0];
        Ok(ChoiceLine { context, input, length: axis.dot(&axis).sqrt(), choices, points })
    };
    [0, 1].into_iter().map(of_context).collect()
}

/// The two choices of a context.
#[derive(Clone, Debug, PartialEq)]
pub struct Choices {
    /// The constant input `[U]`: the context, and evidence for neither choice.
    pub input: Array1<f64>,
    /// Mean end states `[N]` of the trials with the strongest relevant evidence for the second answer and for the first.
    pub states: [Array1<f64>; 2],
}

impl Choices {
    /// The choices of a context; arguments as those of [`choice_lines`].
    pub fn of(task: &ChoiceByContext, trials: &Trials, states: ArrayView3<'_, f64>, context: usize) -> Self {
        let relevant = |trial: usize| f64::from(trials.conditions[[trial, 1 + context]]);
        let in_context = trials_of(trials, context);
        let strongest = in_context.iter().map(|&trial| relevant(trial)).fold(0.0, f64::max);
        let states = [-strongest, strongest].map(|coherence| {
            let chosen: Vec<usize> =
                in_context.iter().copied().filter(|&trial| relevant(trial) == coherence).collect();
            mean_end(states, &chosen)
        });
        Self { input: task.balanced[context].clone(), states }
    }

    /// Distance between the two states, and the same over the larger of their norms (0 if both are 0).
    pub fn apart(&self) -> (f64, f64) {
        let [left, right] = &self.states;
        let axis = right - left;
        let length = axis.dot(&axis).sqrt();
        let size = left.dot(left).max(right.dot(right)).sqrt();
        (length, if size > 0.0 { length / size } else { 0.0 })
    }
}

fn trials_of(trials: &Trials, context: usize) -> Vec<usize> {
    (0..trials.n_trials()).filter(|&trial| trials.conditions[[trial, 0]] == context as f32).collect()
}

/// Mean state `[N]` at the last step of some trials.
fn mean_end(states: ArrayView3<'_, f64>, trials: &[usize]) -> Array1<f64> {
    let (n, n_steps, _) = states.dim();
    let mut mean = Array1::zeros(n);
    for &trial in trials {
        mean += &states.slice(s![.., n_steps - 1, trial]);
    }
    mean / trials.len().max(1) as f64
}

impl ChoicePlane {
    /// The plane of a line; none if the context's trials do not leave its axis.
    ///
    /// - `trials`, `states`: those of [`choice_lines`].
    pub fn of(line: &ChoiceLine, trials: &Trials, states: ArrayView3<'_, f64>) -> Option<Self> {
        let origin = (&line.choices[0] + &line.choices[1]) * 0.5;
        let axis = (&line.choices[1] - &line.choices[0]) / line.length;
        let own = states.select(Axis(2), &trials_of(trials, line.context));
        let mut across = components::flatten(own.view()).ok()?;
        for mut state in across.columns_mut() {
            let along = axis.dot(&state);
            state.scaled_add(-along, &axis);
        }
        let (_, axes) = components::of_columns(across, 1).ok()?;
        let mut second = axes.directions.row(0).to_owned();
        let along = axis.dot(&second);
        second.scaled_add(-along, &axis); // what rounding left of it
        let size = second.dot(&second).sqrt();
        if size.is_nan() || size < 0.5 {
            return None;
        }
        second /= size;
        let mut directions = Array2::zeros((2, axis.len()));
        directions.row_mut(0).assign(&axis);
        directions.row_mut(1).assign(&second);
        Some(Self { origin, directions })
    }

    /// Place of a state `[N]` in the plane.
    pub fn place(&self, state: ArrayView1<'_, f64>) -> [f64; 2] {
        self.direction((&state - &self.origin).view())
    }

    /// The part of a direction `[N]` in the plane.
    fn direction(&self, direction: ArrayView1<'_, f64>) -> [f64; 2] {
        [0, 1].map(|k| self.directions.row(k).dot(&direction))
    }

    /// The directions at the middle point of a line, in the order of [`ArrowKind::ALL`]; one that vanishes is left out.
    ///
    /// # Errors
    /// [`DynamicsError`] if the line is of another network.
    pub fn arrows(
        &self,
        network: &Network,
        task: &ChoiceByContext,
        line: &ChoiceLine,
    ) -> Result<Vec<Arrow>, DynamicsError> {
        let Some(middle) = line.points.get(line.points.len() / 2) else { return Ok(Vec::new()) };
        let gain = Flow::new(network, line.input.view())?.drive_gain(middle.state.view());
        let push = |kind: usize| network.w_inp.dot(&task.directions[kind]) * &gain;
        let unit = |vector: Array1<f64>| {
            let size = vector.dot(&vector).sqrt();
            (size > 0.0).then(|| vector / size)
        };
        let selection = unit(middle.mode.left.clone());
        let arrows = ArrowKind::ALL.into_iter().filter_map(|kind| {
            let vector = unit(match kind {
                ArrowKind::Selection => middle.mode.left.clone(),
                ArrowKind::SlowMode => middle.mode.right.clone(),
                ArrowKind::Evidence(kind) => push(kind),
            })?;
            let cosine = selection.as_ref()?.dot(&vector);
            Some(Arrow { kind, at: self.direction(vector.view()), cosine })
        });
        Ok(arrows.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Form;
    use crate::task::Task;
    use circuitscope_kernel::{Activation, Curve};

    /// Motion pushes along the first direction, which remembers; colour along the second, which forgets.
    fn network() -> (Network, [Array1<f64>; 2]) {
        let n = 8;
        let scale = 1.0 / (n as f64).sqrt();
        let u = Array1::from_elem(n, scale);
        let v: Array1<f64> = (0..n).map(|i| if i % 2 == 0 { scale } else { -scale }).collect();
        let w_rec = Array2::from_shape_fn((n, n), |(i, j)| 1.05 * u[i] * u[j] + 0.2 * v[i] * v[j]);
        let mut w_inp = Array2::zeros((n, 6));
        for (column, (direction, sign)) in
            [(&u, 0.3), (&u, -0.3), (&v, 0.3), (&v, -0.3)].into_iter().enumerate()
        {
            w_inp.column_mut(2 + column).assign(&(direction * sign));
        }
        let network = Network {
            w_rec,
            w_inp,
            w_out: Array2::ones((2, n)),
            bias: Array1::zeros(n),
            initial_state: Array1::zeros(n),
            activation: Activation { curve: Curve::Tanh, slope: 1.0 },
            form: Form::Rate,
            dt_ms: 1.0,
            tau_ms: 10.0,
        };
        (network, [u, v])
    }

    #[test]
    fn the_plane_and_its_arrows_are_those_that_were_planted() {
        let (network, [u, v]) = network();
        let task = Task::published("cddm").expect("a task");
        let (contexts, trials) = (task.contexts().expect("contexts"), task.analysis_trials());
        let states = crate::dynamics::run::states(&network, trials.inputs.view()).expect("runs");
        let lines = choice_lines(&network, contexts, &trials, states.view(), 11).expect("two choices");
        // In the motion context the choices differ along u, and colour moves the trials along v.
        let plane = ChoicePlane::of(&lines[0], &trials, states.view()).expect("the trials leave the axis");
        assert!((plane.directions.row(0).dot(&u) - 1.0).abs() < 1e-9);
        assert!((plane.directions.row(1).dot(&v).abs() - 1.0).abs() < 1e-6); // tanh bends the trials a little
        let arrows = plane.arrows(&network, contexts, &lines[0]).expect("fits");
        assert_eq!(arrows.iter().map(|arrow| arrow.kind).collect::<Vec<_>>(), ArrowKind::ALL);
        let [selection, slow, motion, colour] = &arrows[..] else { panic!("four arrows") };
        for along in [selection, slow, motion] {
            assert!((along.at[0] - 1.0).abs() < 1e-9 && along.at[1].abs() < 1e-6, "{along:?}");
            assert!((along.cosine - 1.0).abs() < 1e-9);
        }
        assert!(colour.at[0].abs() < 1e-9 && colour.cosine.abs() < 1e-9);
        assert!((colour.at[1].abs() - 1.0).abs() < 1e-6);
        let [left, right] =
            [&lines[0].choices[0], &lines[0].choices[1]].map(|state| plane.place(state.view()));
        assert!((left[0] + lines[0].length / 2.0).abs() < 1e-12 && (right[0] + left[0]).abs() < 1e-12);
    }
}
