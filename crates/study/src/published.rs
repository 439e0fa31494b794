//! The published numbers (TE25), to stand beside a study's own.

use crate::config::Control;
use crate::stage::{Groups, Items, Space, StatisticName, Value};
use circuitscope::analysis::distance::Aspect;

/// Lowest, median and highest noise-free masked MSE of ten of the best networks of a class (TE25; docs/methods.md §3).
const SCORES: [(&str, &str, [f64; 3]); 18] = [
    ("cddm", "relu_dale", [6.84e-3, 7.04e-3, 7.16e-3]),
    ("cddm", "relu_free", [7.32e-3, 8.25e-3, 8.52e-3]),
    ("cddm", "sigmoid_dale", [5.81e-3, 6.43e-3, 6.59e-3]),
    ("cddm", "sigmoid_free", [6.57e-3, 7.01e-3, 7.36e-3]),
    ("cddm", "tanh_dale", [10.74e-3, 11.21e-3, 11.32e-3]),
    ("cddm", "tanh_free", [10.57e-3, 11.24e-3, 11.50e-3]),
    ("go_no_go", "relu_dale", [2.45e-3, 2.60e-3, 2.72e-3]),
    ("go_no_go", "relu_free", [2.13e-3, 2.25e-3, 2.31e-3]),
    ("go_no_go", "sigmoid_dale", [0.92e-3, 0.98e-3, 1.00e-3]),
    ("go_no_go", "sigmoid_free", [0.97e-3, 1.04e-3, 1.07e-3]),
    ("go_no_go", "tanh_dale", [2.78e-3, 2.89e-3, 2.95e-3]),
    ("go_no_go", "tanh_free", [2.71e-3, 2.89e-3, 2.93e-3]),
    ("memory_number", "relu_dale", [1.32e-3, 1.48e-3, 1.53e-3]),
    ("memory_number", "relu_free", [0.96e-3, 1.00e-3, 1.03e-3]),
    ("memory_number", "sigmoid_dale", [1.59e-3, 1.68e-3, 1.73e-3]),
    ("memory_number", "sigmoid_free", [1.32e-3, 1.38e-3, 1.45e-3]),
    ("memory_number", "tanh_dale", [1.28e-3, 1.33e-3, 1.36e-3]),
    ("memory_number", "tanh_free", [1.26e-3, 1.33e-3, 1.36e-3]),
];

/// Statistics of one aspect, read back from the published two-dimensional embeddings (TE25; docs/methods.md §5).
struct Row {
    task: &'static str,
    aspect: Aspect,
    control: Control,
    silhouette_tanh_rest: f64,
    silhouette_relu_sigmoid: f64,
    silhouette_activation: f64,
    knn_activation: f64,
    knn_class: f64,
    silhouette_control: f64,
}

const fn row(task: &'static str, aspect: Aspect, control: Control, numbers: [f64; 6]) -> Row {
    let [tanh_rest, relu_sigmoid, activation, knn_activation, knn_class, against_control] = numbers;
    Row {
        task,
        aspect,
        control,
        silhouette_tanh_rest: tanh_rest,
        silhouette_relu_sigmoid: relu_sigmoid,
        silhouette_activation: activation,
        knn_activation,
        knn_class,
        silhouette_control: against_control,
    }
}

const STATISTICS: [Row; 12] = [
    row("cddm", Aspect::Trajectories, Control::Shuffled, [0.56, 0.25, 0.36, 0.95, 0.89, 0.43]),
    row("cddm", Aspect::Selectivity, Control::Shuffled, [0.61, 0.29, 0.41, 0.96, 0.87, 0.24]),
    row("cddm", Aspect::FixedPoints, Control::Shuffled, [0.56, 0.12, 0.29, 0.87, 0.80, 0.56]),
    row("cddm", Aspect::Endpoints, Control::Shuffled, [0.55, 0.21, 0.33, 0.99, 0.93, 0.50]),
    row("go_no_go", Aspect::Trajectories, Control::Shuffled, [0.58, 0.54, 0.61, 0.98, 0.97, 0.63]),
    row("go_no_go", Aspect::Selectivity, Control::Shuffled, [0.58, 0.56, 0.57, 0.98, 0.95, 0.29]),
    row("go_no_go", Aspect::FixedPoints, Control::Shuffled, [0.40, 0.50, 0.53, 0.96, 0.78, 0.50]),
    row("go_no_go", Aspect::Endpoints, Control::Shuffled, [0.46, 0.49, 0.49, 0.97, 0.78, 0.52]),
    row("memory_number", Aspect::Trajectories, Control::Shuffled, [0.54, 0.54, 0.60, 1.0, 0.96, 0.63]),
    row("memory_number", Aspect::Selectivity, Control::Shuffled, [0.50, 0.44, 0.40, 0.99, 0.87, 0.32]),
    row("memory_number", Aspect::FixedPoints, Control::Untrained, [0.34, 0.25, 0.38, 0.96, 0.77, 0.48]),
    row("memory_number", Aspect::Endpoints, Control::Untrained, [0.68, 0.33, 0.53, 0.99, 0.90, 0.49]),
];

/// Three-class silhouette of the untrained controls' trajectories (docs/methods.md §5).
const UNTRAINED_TRAJECTORIES: [(&str, f64); 3] =
    [("cddm", 0.69), ("go_no_go", 0.79), ("memory_number", 0.40)];

/// Published lowest, median and highest MSE of a class on a task.
pub(crate) fn score(task: &str, class: &str) -> Option<[f64; 3]> {
    SCORES.iter().find(|row| row.0 == task && row.1 == class).map(|row| row.2)
}

/// The published figure that a statistic can stand beside: the same aspect, control and groups, in the embedding.
pub(crate) fn statistic(task: &str, aspect: Aspect, control: Option<Control>, value: &Value) -> Option<f64> {
    if value.space != Space::Embedding {
        return None;
    }
    if value.items == Items::Control {
        let is_published = aspect == Aspect::Trajectories
            && control == Some(Control::Untrained)
            && (value.statistic, value.groups) == (StatisticName::Silhouette, Groups::Activation);
        let published = UNTRAINED_TRAJECTORIES.iter().find(|(name, _)| *name == task);
        return published.filter(|_| is_published).map(|(_, value)| *value);
    }
    let row = STATISTICS
        .iter()
        .find(|row| row.task == task && row.aspect == aspect && Some(row.control) == control)?;
    match (value.statistic, value.groups) {
        (StatisticName::Silhouette, Groups::TanhRest) => Some(row.silhouette_tanh_rest),
        (StatisticName::Silhouette, Groups::ReluSigmoid) => Some(row.silhouette_relu_sigmoid),
        (StatisticName::Silhouette, Groups::Activation) => Some(row.silhouette_activation),
        (StatisticName::Silhouette, Groups::TrainedControl) => Some(row.silhouette_control),
        (StatisticName::Knn, Groups::Activation) => Some(row.knn_activation),
        (StatisticName::Knn, Groups::Class) => Some(row.knn_class),
        _ => None,
    }
}
