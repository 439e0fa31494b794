//! Every claim under every admissible choice.

use super::claims::{evidence, resampling};
use super::{Context, ItemMeasures, Judged, Kind, TaskResults};
use crate::config::Control;
use crate::event::Stage;
use crate::execute::ExecuteError;
use crate::spread::side_by_side;
use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::measures::VARIATIONS;
use circuitscope::analysis::statistics::{K_NEIGHBOURS, Resampling};
use circuitscope::architecture::Constraint;
use circuitscope::claims::multiverse::{Alternative, ChoiceKind, UnderChoice, under};
use circuitscope::claims::{AspectEvidence, Between, TaskEvidence, Terms};
use ndarray::Array2;

/// Permutations under each choice: enough for a p below the level after the correction.
const N_PERMUTATIONS: usize = 1999;
/// Nearest neighbours that vote, beside those that claims are judged by (docs/methods.md §6.5).
const OTHER_NEIGHBOURS: [usize; 3] = [1, 3, 9];

/// Judges every claim anew under each choice that touches it.
///
/// # Errors
/// [`ExecuteError`] if interrupted.
pub fn multiverse(
    context: Context<'_>,
    results: &[TaskResults<'_>],
    judged: &Judged,
) -> Result<Vec<UnderChoice>, ExecuteError> {
    let as_judged: Vec<TaskEvidence> =
        results.iter().zip(&judged.measures).map(|(of_task, measures)| evidence(of_task, measures)).collect();
    let alternatives = alternatives(context, results, judged, &as_judged);
    let resampling = resampling(context);
    let fewer = Resampling { n_permutations: resampling.n_permutations.min(N_PERMUTATIONS), ..resampling };
    let terms = Terms::new(fewer, context.study.margins);
    let found = side_by_side(
        context,
        Stage::Multiverse,
        &alternatives,
        |_| 1,
        |alternative| Ok(under(&judged.claims, alternative, terms)),
    )?;
    Ok(found.concat())
}

/// The evidence under every choice.
fn alternatives(
    context: Context<'_>,
    results: &[TaskResults<'_>],
    judged: &Judged,
    as_judged: &[TaskEvidence],
) -> Vec<Alternative> {
    let mut alternatives: Vec<Alternative> =
        (0..VARIATIONS.len()).map(|place| varied(place, results, judged)).collect();
    let of_all = |kind, choice: String, change: &dyn Fn(&TaskResults<'_>, &TaskEvidence) -> TaskEvidence| {
        let tasks = results.iter().zip(as_judged).map(|(of_task, task)| change(of_task, task));
        Alternative { kind, choice, k_neighbours: K_NEIGHBOURS, tasks: tasks.collect() }
    };
    for measure in &context.study.comparison.measures {
        let name = measure.name();
        alternatives.push(of_all(ChoiceKind::Similarity, name.to_owned(), &|of_task, task| {
            by_measure(name, of_task, task)
        }));
    }
    alternatives.push(of_all(ChoiceKind::DistanceForm, "as published".to_owned(), &as_published));
    alternatives.push(of_all(ChoiceKind::Space, "distances".to_owned(), &|_, task| unmapped(task)));
    alternatives.extend(OTHER_NEIGHBOURS.map(|k_neighbours| {
        let choice =
            if k_neighbours == 1 { "1 neighbour".to_owned() } else { format!("{k_neighbours} neighbours") };
        Alternative { k_neighbours, ..of_all(ChoiceKind::Neighbours, choice, &|_, task| task.clone()) }
    }));
    for (choice, constraint) in [("Dale's law", Constraint::Dale), ("free", Constraint::Free)] {
        alternatives.push(of_all(ChoiceKind::Stratum, choice.to_owned(), &|_, task| {
            task.only(|network| network.constraint == constraint)
        }));
    }
    alternatives
}

/// Measures of networks under one of [`VARIATIONS`].
fn varied(place: usize, results: &[TaskResults<'_>], judged: &Judged) -> Alternative {
    let of_task = |(of_task, measures): (&TaskResults<'_>, &Vec<ItemMeasures>)| {
        let under = |item: &ItemMeasures| {
            let mut item = item.clone();
            if let Some(varied) = item.varied.get(place) {
                item.judged.extend(varied);
            }
            item
        };
        evidence(of_task, &measures.iter().map(under).collect::<Vec<_>>())
    };
    Alternative {
        kind: ChoiceKind::Measure,
        choice: VARIATIONS[place].name.to_owned(),
        k_neighbours: K_NEIGHBOURS,
        tasks: results.iter().zip(&judged.measures).map(of_task).collect(),
    }
}

/// Trajectories compared by another measure of similarity; clusters are looked for in its distances.
fn by_measure(measure: &str, of_task: &TaskResults<'_>, task: &TaskEvidence) -> TaskEvidence {
    let of_kind = |kind: Kind, known: &Between| {
        let found = of_task.similarity.iter().find(|found| found.measure == measure && found.kind == kind)?;
        (found.distances.nrows() == known.networks.len())
            .then(|| Between { distances: found.distances.clone(), networks: known.networks.clone() })
    };
    let change = |aspect: &AspectEvidence| {
        let trained = of_kind(Kind::Trained, &aspect.trained)?;
        let untrained = aspect.untrained.as_ref();
        Some(AspectEvidence {
            aspect: aspect.aspect,
            embedded: Some(trained.clone()),
            trained,
            untrained: untrained.and_then(|known| of_kind(Kind::Control(Control::Untrained), known)),
        })
    };
    changed(task, |aspect| if aspect.aspect == Aspect::Trajectories { change(aspect) } else { None })
}

/// Distances in the form of the published analysis.
fn as_published(of_task: &TaskResults<'_>, task: &TaskEvidence) -> TaskEvidence {
    let of = |aspect: Aspect, kind: Kind, known: &Between| -> Option<Between> {
        let found = of_task.distances.iter().find(|found| found.aspect.aspect() == Some(aspect))?;
        let rows: Vec<usize> =
            (0..found.items.len()).filter(|&row| of_task.items[found.items[row]].kind == kind).collect();
        let distances: Array2<f64> = super::submatrix(&found.distances.published, &rows);
        Some(Between { distances, networks: known.networks.clone() })
    };
    changed(task, |aspect| {
        let trained = of(aspect.aspect, Kind::Trained, &aspect.trained)?;
        let untrained = aspect.untrained.as_ref();
        Some(AspectEvidence {
            aspect: aspect.aspect,
            embedded: Some(trained.clone()),
            trained,
            untrained: untrained
                .and_then(|known| of(aspect.aspect, Kind::Control(Control::Untrained), known)),
        })
    })
}

/// Clusters looked for in the distances themselves.
fn unmapped(task: &TaskEvidence) -> TaskEvidence {
    changed(task, |aspect| Some(AspectEvidence { embedded: Some(aspect.trained.clone()), ..aspect.clone() }))
}

/// A task with some of its aspects changed.
fn changed(task: &TaskEvidence, change: impl Fn(&AspectEvidence) -> Option<AspectEvidence>) -> TaskEvidence {
    let aspects =
        task.aspects.iter().map(|aspect| change(aspect).unwrap_or_else(|| aspect.clone())).collect();
    TaskEvidence { aspects, ..task.clone() }
}
