//! Figures of the claims of a study file: the numbers of every network that they are about.

use super::{classes, words};
use crate::config::{Study, TaskStudy};
use crate::stage::{Kind, Standing};
use crate::table::{AS_JUDGED, Tables};
use circuitscope::claims::{Asked, Group, Hypothesis, Number, Quantity, Question, State};
use circuitscope_report::figure::{ClassNumbers, Figure, StatedClaim, StatedNumber, stated_claim};

/// One figure per claim of a task that is about a number of single networks; distances have figures of their own.
pub(super) fn figures(study: &Study, task: &TaskStudy, tables: &Tables) -> Vec<Figure> {
    let own = study.hypotheses.iter().filter(|hypothesis| hypothesis.task == task.task.name());
    own.filter_map(|hypothesis| figure(hypothesis, task, tables)).collect()
}

/// What the figure of a claim is called.
pub(super) fn id(name: &str, task: &str) -> String {
    circuitscope_report::figure::slug(&["claim", name, &words::task(task)])
}

fn figure(hypothesis: &Hypothesis, task: &TaskStudy, tables: &Tables) -> Option<Figure> {
    let questions = &hypothesis.readings.first()?.questions;
    let numbers: Vec<StatedNumber> =
        questions.iter().filter_map(|question| number(question, task, tables)).collect();
    (!numbers.is_empty()).then(|| {
        stated_claim(&StatedClaim {
            name: hypothesis.name.clone(),
            task: words::task(task.task.name()),
            statement: hypothesis.statement.clone(),
            numbers,
            data: vec!["tables/measures.parquet".to_owned(), "tables/scores.parquet".to_owned()],
        })
    })
}

/// The number of a question with the classes on its sides; none of distances, and of a change, which no table holds by network.
fn number(question: &Question, task: &TaskStudy, tables: &Tables) -> Option<StatedNumber> {
    let (number, sides, reference) = match &question.asked {
        Asked::Difference { number, groups } => (*number, groups.to_vec(), None),
        Asked::Level { number, group, reference } => (*number, vec![group.clone()], Some(*reference)),
        Asked::Trend { number, over, .. } => {
            let side = |(class, at): (&String, &f64)| Group {
                words: format!("{} {at}", over.field),
                classes: vec![class.clone()],
            };
            (*number, over.at.iter().map(side).collect(), None)
        }
        Asked::Apart { .. } => return None,
    };
    let kind = match number.state {
        State::Trained => Kind::Trained,
        State::Untrained => Kind::Control(crate::config::Control::Untrained),
        State::Change => return None,
    };
    let of_class = |class: circuitscope_report::figure::Class, name: &str| {
        let side = sides.iter().find(|side| side.classes.iter().any(|own| own == name))?;
        let networks = networks(number, kind, task.task.name(), name, tables);
        Some(ClassNumbers { class, side: side.words.clone(), networks })
    };
    let shown = classes::classes(task).into_iter().zip(&task.classes);
    let classes: Vec<ClassNumbers> = shown.filter_map(|(class, own)| of_class(class, &own.name)).collect();
    let is_known = classes.iter().any(|class| !class.networks.is_empty());
    is_known.then(|| StatedNumber { words: number.words(), reference, classes })
}

/// Every network of a class with its number.
fn networks(number: Number, kind: Kind, task: &str, class: &str, tables: &Tables) -> Vec<(String, f64)> {
    match number.quantity {
        Quantity::R2 => {
            let own = tables.scores.iter().filter(|row| {
                (&*row.task, &*row.class_name, row.standing) == (task, class, Standing::Selected)
            });
            own.filter_map(|row| Some((row.network.to_string(), row.r2?))).collect()
        }
        Quantity::Measure(measure) => {
            let own = tables.measures.iter().filter(|row| {
                (&*row.task, &*row.class_name, row.kind) == (task, class, kind)
                    && row.measure == measure
                    && *row.choice == *AS_JUDGED
            });
            own.map(|row| (row.network.to_string(), row.value)).collect()
        }
    }
}
