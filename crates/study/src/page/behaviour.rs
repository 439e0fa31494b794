//! The figure of behaviour beyond training.

use super::classes::{classes, of_task, place_of};
use super::words;
use crate::config::TaskStudy;
use crate::table::{ResponsePoint, Tables};
use circuitscope::task::{Choice, ChoiceByContext};
use circuitscope_report::figure::{self, BehaviourPanel, Figure, ResponseCurve};

/// The figure of a task, a panel per condition; none without a selected network.
pub(super) fn figure(task: &TaskStudy, tables: &Tables) -> Option<Figure> {
    let contexts = task.task.contexts();
    let (test, stimulus, response, trained) = match contexts {
        Some(ChoiceByContext { quantity, answer_names: [answer, _], strongest, .. }) => {
            let irrelevant = format!("irrelevant {quantity}");
            // Evidence is drawn in units of the strongest of training.
            let unit = if *strongest == [1.0; 2] { "" } else { ", over the strongest of training" };
            (
                format!("choice against {irrelevant}"),
                format!("{irrelevant}{unit}"),
                format!("share of {answer} choices"),
                [-1.0, 1.0],
            )
        }
        None => ("answer against value".to_owned(), "value".to_owned(), "answer".to_owned(), [0.0, 1.0]),
    };
    let (test, stimulus, response, trained) = match task.task.choice() {
        // All of it is evidence of training.
        Some(Choice { quantity, answer_names: [answer, _], .. }) => (
            format!("choice against {quantity}"),
            quantity.clone(),
            format!("share of {answer} choices"),
            None,
        ),
        None => (test, stimulus, response, Some(trained)),
    };
    let rows: Vec<&ResponsePoint> = of_task(task, &tables.response_curves, |row| &row.task).collect();
    let panel = |rows: &[&ResponsePoint]| {
        let of_classes = rows.chunk_by(|a, b| a.class_name == b.class_name);
        let curves: Vec<ResponseCurve> = of_classes.filter_map(|rows| curve(task, rows)).collect();
        let ResponsePoint { test, strength, context, .. } = rows[0];
        BehaviourPanel {
            title: words::behaviour_test(test, *strength, context.as_deref()),
            stimulus: stimulus.clone(),
            response: response.clone(),
            range: if trained.is_none() || contexts.is_some() { [0.0, 1.0] } else { reach(&curves) },
            trained,
            curves,
        }
    };
    let conditions =
        rows.chunk_by(|a, b| (&a.test, a.strength, &a.context) == (&b.test, b.strength, &b.context));
    let panels: Vec<BehaviourPanel> = conditions.map(panel).collect();
    (!panels.is_empty()).then(|| {
        figure::behaviour(&figure::Behaviour {
            task: words::task(task.task.name()),
            test,
            classes: classes(task),
            bounds: "95 % interval over networks".to_owned(),
            panels,
            data: ["response_curves", "behaviour", "psychometrics"]
                .map(|name| format!("tables/{name}.parquet"))
                .to_vec(),
        })
    })
}

/// The response of a class from its points.
fn curve(task: &TaskStudy, rows: &[&ResponsePoint]) -> Option<ResponseCurve> {
    let bounds: Option<(Vec<f64>, Vec<f64>)> = rows.iter().map(|row| row.low.zip(row.high)).collect();
    Some(ResponseCurve {
        class: place_of(task, &rows[0].class_name)?,
        stimulus: rows.iter().map(|row| row.stimulus).collect(),
        response: rows.iter().map(|row| row.response).collect(),
        bounds: bounds.map(<[Vec<f64>; 2]>::from),
    })
}

/// From the lowest to the highest number drawn, at least from 0 to 1.
fn reach(curves: &[ResponseCurve]) -> [f64; 2] {
    let bounds = curves.iter().filter_map(|curve| curve.bounds.as_ref()).flatten().flatten();
    let all = curves.iter().flat_map(|curve| &curve.response).chain(bounds);
    all.fold([0.0, 1.0], |[low, high], &value| [value.min(low), value.max(high)])
}
