//! What things are called in tables and on the page.

use crate::config::Control;
use crate::stage::{Facet, Groups, Kind, StatisticName};
use circuitscope::Curve;
use circuitscope::analysis::distance::Aspect;
use circuitscope::robustness::Conclusion;
use circuitscope_report::figure::Group;

/// A task for readers.
pub(crate) fn task(name: &str) -> String {
    match name {
        "cddm" => "CDDM".to_owned(),
        "go_no_go" => "Go/NoGo".to_owned(),
        "memory_number" => "MemoryNumber".to_owned(),
        _ => name.replace('_', " "), // a user's own
    }
}

/// An aspect, or circuits, for readers.
pub(super) fn aspect(facet: Facet) -> &'static str {
    match facet {
        Facet::Aspect(Aspect::Trajectories) => "Trajectories",
        Facet::Aspect(Aspect::Endpoints) => "Endpoints",
        Facet::Aspect(Aspect::Selectivity) => "Selectivity",
        Facet::Aspect(Aspect::FixedPoints) => "Fixed points",
        Facet::Circuits => "Latent circuits",
    }
}

/// A measure of similarity for readers.
pub(super) fn similarity(name: &str) -> &'static str {
    match name {
        "procrustes" => "Procrustes distance",
        "angular" => "Procrustes angle",
        "cka" => "CKA",
        "regression" => "regression R²",
        "dsa" => "dynamical similarity, angle",
        "dsa-euclidean" => "dynamical similarity, distance",
        _ => "published distance",
    }
}

/// A measure that recordings are held against networks by, for readers.
pub(super) fn ranking(name: &str) -> &'static str {
    match name {
        "trajectories" => "Trajectories, published distance",
        "regression" => "Trajectories, regression R²",
        "cka" => "Trajectories, CKA",
        "angular" => "Trajectories, Procrustes angle",
        "endpoints" => "Endpoints",
        "selectivity" => "Selectivity of neurons",
        _ => "Dynamical similarity",
    }
}

/// A conclusion for readers.
pub(super) fn conclusion(conclusion: Conclusion) -> &'static str {
    match conclusion {
        Conclusion::ClassesDiffer => "Classes differ",
        Conclusion::ActivationsCluster => "Activations cluster",
        Conclusion::TanhApart => "tanh stands apart",
        Conclusion::ReluNearSigmoid => "ReLU and sigmoid are near",
    }
}

/// What an aspect asks.
pub(super) fn question(aspect: Aspect) -> &'static str {
    match aspect {
        Aspect::Trajectories => "how their states move",
        Aspect::Endpoints => "where they end",
        Aspect::Selectivity => "what their single units respond to",
        Aspect::FixedPoints => "where they come to rest",
    }
}

/// A statistic with its groups for readers.
pub(super) fn statistic_of(statistic: StatisticName, groups: Groups) -> String {
    let statistic = match statistic {
        StatisticName::Silhouette => "silhouette",
        StatisticName::Knn => "kNN accuracy",
        StatisticName::Permanova => "PERMANOVA pseudo-F",
    };
    let groups = match groups {
        Groups::TanhRest => "tanh / rest",
        Groups::ReluSigmoid => "ReLU / sigmoid",
        Groups::Activation => "activations",
        Groups::Class => "classes",
        Groups::TrainedControl => "trained / control",
    };
    format!("{statistic}, {groups}")
}

pub(super) fn curve(curve: Curve) -> &'static str {
    curve.family().name()
}

/// The group of an item in figures.
pub(super) fn group(kind: Kind) -> Group {
    match kind {
        Kind::Trained => Group::Trained,
        Kind::Control(Control::Shuffled) => Group::Shuffled,
        Kind::Control(Control::Untrained) => Group::Untrained,
    }
}

/// A test of behaviour for readers.
pub(super) fn behaviour_test(test: &str, strength: Option<f64>, context: Option<&str>) -> String {
    let strength = strength.unwrap_or_default();
    match (test, context) {
        (_, Some(context)) => format!("{context} context"),
        ("longer_cue", None) => format!("cue {strength} times as long"),
        ("longer_delay", None) => format!("delay {strength} times as long"),
        ("distractor", None) => format!("distractor of {strength}"),
        ("noise", None) => format!("noise of {strength}"),
        _ => "as trained".to_owned(),
    }
}
