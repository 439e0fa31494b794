//! Example trials of a task: what a network is shown, what it should answer, and when that counts.

use serde::{Deserialize, Serialize};

use super::{
    Area, Aspect, Axis, Figure, Ink, LegendEntry, Mark, Panel, Plane, Rgb, Row, Swatch, Weight, slug,
};

/// Example trials of a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskTimeline {
    /// Name of the task.
    pub task: String,
    /// Names of the inputs.
    pub inputs: Vec<String>,
    /// Names of the outputs.
    pub outputs: Vec<String>,
    /// Parts of a trial with their first steps, rising.
    pub epochs: Vec<(String, f64)>,
    /// Steps on which the output counts: first inside, first after.
    pub mask: Vec<[f64; 2]>,
    /// The trials.
    pub trials: Vec<ExampleTrial>,
}

/// An example trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExampleTrial {
    /// What it shows, in words.
    pub label: String,
    /// Courses of the inputs `[U][T]`.
    pub inputs: Vec<Vec<f64>>,
    /// Courses of the targets `[O][T]`.
    pub targets: Vec<Vec<f64>>,
}

/// Half the height of a course, of a row of height 1.
const HALF: f64 = 0.38;

/// A panel for each trial with a row for each input and output.
pub fn task_timeline(input: &TaskTimeline) -> Figure {
    let line = |ink| Swatch::Line { ink, weight: Weight::Bold };
    Figure {
        id: slug(&["task", &input.task]),
        title: format!("{}: example trials", input.task),
        caption: "What a network is shown, and below it what it should answer, on a scale that all rows share; grey are the steps on \
                  which the answer counts."
            .into(),
        columns: 3,
        legend: vec![
            LegendEntry { label: "input".into(), swatch: line(INPUT) },
            LegendEntry { label: "target".into(), swatch: line(TARGET) },
            LegendEntry { label: "output counts".into(), swatch: Swatch::Range { ink: Ink::Muted } },
        ],
        panels: input.trials.iter().map(|trial| panel(input, trial)).collect(),
        data: Vec::new(),
    }
}

const INPUT: Ink = Ink::Colour(Rgb::hex(0x0034_5fd0));
const TARGET: Ink = Ink::Colour(Rgb::hex(0x00c8_4630));

fn panel(input: &TaskTimeline, trial: &ExampleTrial) -> Panel {
    let courses: Vec<&Vec<f64>> = trial.inputs.iter().chain(&trial.targets).collect();
    let values = || courses.iter().flat_map(|course| course.iter().copied());
    let (low, high) = (values().fold(0.0, f64::min), values().fold(1.0, f64::max));
    let (n, n_inputs) = (courses.len() as f64, trial.inputs.len());
    let n_steps = courses.first().map_or(0, |course| course.len()) as f64;
    let counts = input.mask.iter().map(|&x| Mark::Band {
        x,
        y: [n - 0.5, n_inputs as f64 - 0.5],
        hover: format!("the output counts from step {} to {}", x[0], x[1]),
        ink: Ink::Muted,
        keys: vec![2],
    });
    let named = input.epochs.iter().filter(|(_, start)| *start > 0.0);
    let rules = named.map(|(name, start)| Mark::Rule { x: *start, label: name.clone() });
    let names: Vec<&String> = input.inputs.iter().chain(&input.outputs).collect();
    let lines = courses.iter().enumerate().map(|(row, course)| {
        let is_target = row >= n_inputs;
        Mark::Line {
            x: (0..course.len()).map(|step| step as f64).collect(),
            // Rows count from the top.
            y: course.iter().map(|v| row as f64 + HALF - 2.0 * HALF * (v - low) / (high - low)).collect(),
            hover: names[row].clone(),
            ink: if is_target { TARGET } else { INPUT },
            weight: Weight::Bold,
            keys: vec![usize::from(is_target)],
        }
    });
    let row = |name: &&String| Row { label: (*name).clone(), note: String::new() };
    Panel {
        title: trial.label.clone(),
        subtitle: format!("from {low} to {high}"),
        tint: None,
        area: Area::Plane(Plane {
            x: Axis::linear("step").range(0.0, n_steps),
            y: Axis::rows(names.iter().map(row).collect()),
            aspect: Aspect::Fill(0.9),
            marks: counts.chain(rules).chain(lines).collect(),
        }),
    }
}
