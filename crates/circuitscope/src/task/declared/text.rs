//! A declared task as a text that decides results: another text, another job.

use super::Declared;
use std::fmt::Write;

impl Declared {
    /// Everything that trials and constant inputs are made from, and what the task offers. How a file is laid out, spaced and bracketed
    /// does not change it.
    pub fn text(&self) -> String {
        let declaration = &self.declaration;
        let mut text = self.training_text();
        for (name, (_, expression)) in self.condition_names.iter().zip(&self.conditions) {
            let _ = writeln!(text, "condition {name:?}={expression}");
        }
        let _ = writeln!(text, "decision={:?}", self.timing.decision);
        let grid = &self.grid;
        let _ = writeln!(text, "constant inputs {:?}", grid.names);
        for (inputs, conditions) in grid.inputs.outer_iter().zip(grid.conditions.outer_iter()) {
            let _ = writeln!(text, "{:?} {:?}", inputs.to_vec(), conditions.to_vec());
        }
        for (kind, lines) in [("line", &grid.lines), ("middle line", &grid.middle_lines)] {
            for line in lines {
                let _ = writeln!(text, "{kind} {:?} {:?}", line.quantity, line.inputs);
            }
        }
        if let Some(contexts) = &declaration.contexts {
            let _ = writeln!(text, "{contexts:?}");
        }
        if let Some(choice) = &self.choice {
            let _ = writeln!(text, "{choice:?}");
        }
        if let Some(asked) = &self.asked_value {
            let _ = writeln!(text, "{asked:?}");
        }
        text
    }

    /// What networks are trained and scored by: inputs, targets and mask of all trials.
    pub fn training_text(&self) -> String {
        let declaration = &self.declaration;
        let mut text = format!("task={}\ndeclared 2\n", self.name());
        let _ = writeln!(text, "inputs={:?} outputs={:?}", declaration.inputs, declaration.outputs);
        self.factors.write_text(&mut text);
        self.timeline.write_text(&mut text);
        self.inputs.write_text(&mut text);
        self.outputs.write_text(&mut text);
        match &self.timing.weights {
            None => {
                let _ = writeln!(text, "mask={:?}", self.timing.mask);
            }
            Some(weights) => text += &weights.text(),
        }
        text
    }
}
