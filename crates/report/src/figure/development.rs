//! How far activations lie apart in the course of training.

use serde::{Deserialize, Serialize};

use super::{Area, Aspect, Axis, Figure, Ink, LegendEntry, Mark, Panel, Plane, Ramp, Swatch, Weight, slug};

/// The course of one task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Development {
    /// Name of the task for readers.
    pub task: String,
    /// One entry an aspect.
    pub courses: Vec<Course>,
    /// Accuracy of the activation by neighbours that chance gives.
    pub chance: f64,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// The course of one aspect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// The aspect for readers.
    pub aspect: String,
    /// `[n]` iterations, from 0; the last is the end of training.
    pub iterations: Vec<f64>,
    /// `[n]` distance between the activations over that before training; 1 at the start.
    pub amplification: Vec<f64>,
    /// `[n]` lower and upper bounds of it.
    pub bounds: [Vec<f64>; 2],
    /// `[n]` accuracy of the activation by five neighbours.
    pub knn: Vec<f64>,
    /// `[n]` silhouette of the activations.
    pub silhouette: Vec<f64>,
}

/// Three panels: amplification, accuracy and silhouette, a line an aspect.
pub fn development(input: &Development) -> Figure {
    let colours = Ramp::Sequential.sample(input.courses.len() + 1);
    let ink = |course: usize| Ink::Colour(colours[course]);
    let line = |course: usize, y: &[f64]| Mark::Line {
        x: input.courses[course].iterations.clone(),
        y: y.to_vec(),
        hover: input.courses[course].aspect.clone(),
        ink: ink(course),
        weight: Weight::Bold,
        keys: vec![course],
    };
    let courses = || input.courses.iter().enumerate();
    let bounds_key = input.courses.len();
    // Where the activations hardly differed before training a ratio has no upper bound: bands are cut at the panel's top.
    let highest = input.courses.iter().flat_map(|course| &course.amplification).copied().fold(1.0, f64::max);
    let top = 2.0 * highest;
    let cut = |bounds: &[f64]| bounds.iter().map(|bound| bound.min(top)).collect();
    let bands = courses().map(|(place, course)| Mark::Envelope {
        x: course.iterations.clone(),
        low: cut(&course.bounds[0]),
        high: cut(&course.bounds[1]),
        ink: ink(place),
        keys: vec![place, bounds_key],
    });
    let lines = |of: fn(&Course) -> &[f64]| courses().map(move |(place, course)| line(place, of(course)));
    let panel = |title: &str, subtitle: String, y: Axis, marks: Vec<Mark>| Panel {
        title: title.into(),
        subtitle,
        tint: None,
        area: Area::Plane(Plane { x: Axis::linear("iteration"), y, aspect: Aspect::Fill(0.68), marks }),
    };
    let mut legend: Vec<LegendEntry> = courses()
        .map(|(place, course)| LegendEntry {
            label: course.aspect.clone(),
            swatch: Swatch::Line { ink: ink(place), weight: Weight::Bold },
        })
        .collect();
    legend.push(LegendEntry {
        label: "95 % interval over networks".into(),
        swatch: Swatch::Band { ink: Ink::Text },
    });
    Figure {
        id: slug(&["development", &input.task]),
        title: format!("{}: how far activations lie apart as training goes on", input.task),
        caption: "Left: the distance between the activations' centroids over that before training, so that 1 is no \
                  change; intervals beyond the panel are cut. Middle: how often a network's five nearest neighbours tell its activation. Right: how much \
                  nearer networks are to their own activation than to the next. The last point is the networks that are compared."
            .into(),
        columns: 3,
        legend,
        panels: vec![
            panel(
                "Distance of activations",
                "over that before training".into(),
                Axis::linear("ratio").range(0.0, top),
                bands.chain(lines(|course| &course.amplification)).collect(),
            ),
            panel(
                "Activation by neighbours",
                format!("chance {:.2}", input.chance),
                Axis::linear("accuracy").range(0.0, 1.0),
                lines(|course| &course.knn).collect(),
            ),
            panel(
                "Silhouette of activations",
                String::new(),
                Axis::linear("silhouette"),
                lines(|course| &course.silhouette).collect(),
            ),
        ],
        data: input.data.clone(),
    }
}
