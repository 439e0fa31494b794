//! The constant inputs of a declared task with contexts, by context and evidence.

use super::Declared;
use super::declaration::Contexts;
use super::error::{DeclaredError, Place};
use super::factors::crossed;
use super::grid::{MOST_INPUTS, inputs, of_crossed};
use crate::task::InputGrid;
use crate::trials::Trials;
use ndarray::{Array1, Array2, Axis, s};
use std::cmp::Ordering;

/// An input that is shown, with context and evidence.
struct ShownInput {
    condition: Vec<f64>,
    input: Vec<f64>,
}

impl Declared {
    /// The constant inputs: those declared, their quantities in the order of the conditions; else those that the analysis shows at
    /// the last step of the decision.
    pub(super) fn grid_in_contexts(
        &self,
        contexts: &Contexts,
        declared: Option<InputGrid>,
        shown: &Trials,
    ) -> Result<InputGrid, DeclaredError> {
        let Some(grid) = declared else { return self.shown_grid(contexts, shown) };
        let names = contexts.conditions();
        let over = Place::of("fixed_points").key("over");
        let place = |name: &String| grid.names.iter().position(|other| other == name);
        let order: Option<Vec<usize>> = names.iter().map(|name| place(name)).collect();
        let Some(order) = order.filter(|order| order.len() == grid.names.len()) else {
            let found = format!("over {}", grid.names.join(", "));
            let wanted = names.map(String::as_str).join(", ");
            let remedy = format!("with [contexts] it must be over its conditions: {wanted}");
            return Err(DeclaredError::refused(over, found, remedy));
        };
        let conditions = grid.conditions.select(Axis(1), &order);
        if conditions.column(0).iter().any(|&context| context != 0.0 && context != 1.0) {
            let remedy = "give the contexts `[0, 1]`";
            return Err(DeclaredError::refused(over.key(names[0]), "not 0 and 1", remedy));
        }
        if grid.middle_lines.iter().any(|line| line.quantity == *names[0]) {
            let field = Place::of("fixed_points").key("main");
            let remedy = "main lines of a task with contexts go along evidence, in either context";
            return Err(DeclaredError::refused(field, format!("along \"{}\"", names[0]), remedy));
        }
        Ok(InputGrid { names: names.map(Clone::clone).to_vec(), conditions, ..grid })
    }

    /// The distinct inputs at the last step of the decision of the analysis; with lines if they are of every combination of levels.
    fn shown_grid(&self, contexts: &Contexts, shown: &Trials) -> Result<InputGrid, DeclaredError> {
        let distinct = self.distinct_inputs(shown)?;
        let levels = |column: usize| {
            let mut levels: Vec<f64> = distinct.iter().map(|shown| shown.condition[column]).collect();
            levels.sort_by(f64::total_cmp);
            levels.dedup();
            levels
        };
        let names = contexts.conditions().into_iter().enumerate();
        let over: Vec<(String, Vec<f64>)> =
            names.map(|(column, name)| (name.clone(), levels(column))).collect();
        let rows = |part: fn(&ShownInput) -> &Vec<f64>, width: usize| {
            Array2::from_shape_fn((distinct.len(), width), |(row, column)| part(&distinct[row])[column])
        };
        let inputs = rows(|shown| &shown.input, self.declaration.inputs.len());
        let levels: Vec<&[f64]> = over.iter().map(|(_, levels)| levels.as_slice()).collect();
        let is_crossed = distinct.len() == levels.iter().map(|levels| levels.len()).product::<usize>()
            && distinct.iter().enumerate().all(|(row, shown)| shown.condition == crossed(&levels, row));
        if is_crossed {
            let lines: Vec<usize> = [1, 2].into_iter().filter(|&kind| over[kind].1.len() > 1).collect();
            return Ok(of_crossed(&over, inputs, &lines, &lines));
        }
        let conditions = rows(|shown| &shown.condition, over.len());
        let names = over.into_iter().map(|(name, _)| name).collect();
        Ok(InputGrid { names, conditions, ..InputGrid::of_inputs(inputs) })
    }

    /// Each input once, by rising condition; evidence that it does not tell is 0.
    fn distinct_inputs(&self, shown: &Trials) -> Result<Vec<ShownInput>, DeclaredError> {
        let last = self.timing.decision.end - 1;
        let refused = |found: String, remedy: &str| {
            Err(DeclaredError::refused(Place::of("fixed_points"), format!("missing, and {found}"), remedy))
        };
        let mut distinct: Vec<ShownInput> = Vec::new();
        for trial in 0..shown.n_trials() {
            let input = shown.inputs.slice(s![.., last, trial]).mapv(f64::from).to_vec();
            let condition = shown.conditions.row(trial).mapv(f64::from).to_vec();
            match distinct.iter_mut().find(|known| known.input == input) {
                Some(known) if known.condition[0] != condition[0] => {
                    let found = "inputs at the end of the decision are the same in both contexts".to_owned();
                    return refused(
                        found,
                        "declare `[fixed_points]` with constant inputs that tell contexts apart",
                    );
                }
                Some(known) => {
                    let parts = known.condition.iter_mut().zip(&condition);
                    parts.filter(|(known, own)| known != own).for_each(|(known, _)| *known = 0.0);
                }
                None => distinct.push(ShownInput { condition, input }),
            }
        }
        if distinct.len() > MOST_INPUTS {
            let found = format!("the analysis shows {} inputs at the end of the decision", distinct.len());
            return refused(found, "declare `[fixed_points]` with the constant inputs at which to seek them");
        }
        distinct.sort_by(|a, b| compared(&a.condition, &b.condition));
        Ok(distinct)
    }

    /// The constant input of a context with evidence for neither answer: by `fixed_points`, or else what is shown.
    pub(super) fn balanced(&self, context: usize, shown: Array1<f64>) -> Array1<f64> {
        let (Some(declared), Some(contexts)) = (&self.declaration.fixed_points, &self.declaration.contexts)
        else {
            return shown;
        };
        let names: Vec<String> = declared.over.iter().map(|(name, _)| name.clone()).collect();
        let level = |name: &String| if *name == contexts.context { context as f64 } else { 0.0 };
        let row = names.iter().map(level).collect();
        let found = inputs(declared, &self.declaration.inputs, &names, &[row]);
        found.map_or(shown, |inputs| inputs.row(0).to_owned())
    }
}

fn compared(a: &[f64], b: &[f64]) -> Ordering {
    let unequal = a.iter().zip(b).map(|(a, b)| a.total_cmp(b)).find(|order| order.is_ne());
    unequal.unwrap_or(Ordering::Equal)
}
