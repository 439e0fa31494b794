//! The numbers that claims are about in the course of training, network by network.

use serde::{Deserialize, Serialize};

use super::{Area, Aspect, Axis, Class, Figure, Ink, LegendEntry, Mark, Panel, Plane, Swatch, Weight, slug};

/// The measures of one task over training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasureCourses {
    /// Name of the task for readers.
    pub task: String,
    /// The classes, in the study's order.
    pub classes: Vec<Class>,
    /// One entry a measure.
    pub measures: Vec<MeasureCourse>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// One measure over training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MeasureCourse {
    /// What it is.
    pub words: String,
    /// One entry a network.
    pub networks: Vec<NetworkCourse>,
}

/// One measure of one network over its training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NetworkCourse {
    /// Name of the network.
    pub network: String,
    /// Its class, by its place in [`MeasureCourses::classes`].
    pub class: usize,
    /// `[n]` iterations, from 0; the last is the end of training.
    pub iterations: Vec<f64>,
    /// `[n]` the measure there.
    pub values: Vec<f64>,
}

/// A panel a measure, a line a network in the colour of its class.
pub fn measure_courses(input: &MeasureCourses) -> Figure {
    let ink = |class: usize| Ink::Colour(input.classes[class].colour);
    let line = |course: &NetworkCourse| Mark::Line {
        x: course.iterations.clone(),
        y: course.values.clone(),
        hover: course.network.clone(),
        ink: ink(course.class),
        weight: Weight::Hair,
        keys: vec![course.class],
    };
    let panel = |measure: &MeasureCourse| Panel {
        title: measure.words.clone(),
        subtitle: String::new(),
        tint: None,
        area: Area::Plane(Plane {
            x: Axis::linear("iteration"),
            y: Axis::linear(""),
            aspect: Aspect::Fill(0.42),
            marks: measure.networks.iter().map(line).collect(),
        }),
    };
    Figure {
        id: slug(&["measure courses", &input.task]),
        title: format!("{}: what claims are about, as training goes on", input.task),
        caption: "A line a network: where the lines of two activations part shows when in training they come to \
                  differ, and a line that still moves at the right end a number that depends on how long training \
                  lasts. The last point is the network that is compared."
            .into(),
        columns: 2, // headings are whole phrases
        legend: (0..input.classes.len())
            .map(|class| LegendEntry {
                label: input.classes[class].label.clone(),
                swatch: Swatch::Line { ink: ink(class), weight: Weight::Bold },
            })
            .collect(),
        panels: input.measures.iter().map(panel).collect(),
        data: input.data.clone(),
    }
}
