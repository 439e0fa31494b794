//! What a reader needs to judge the statistics of a study, filled in from the study itself.

use super::words;
use crate::config::Study;
use crate::table::{JudgedClaim, Tables};
use circuitscope::claims::Criterion;

/// Item and what holds in this study.
pub(super) fn items(study: &Study, tables: &Tables) -> Vec<(String, String)> {
    let item = |name: &str, text: String| (name.to_owned(), text);
    vec![
        item(
            "Unit of replication",
            "the trained network. Trials, units and fixed points of one network are never counted as replicates; controls are \
             paired with the networks that they are made from."
                .to_owned(),
        ),
        item("Number of networks", numbers(study, tables)),
        item("Exclusions", exclusions(study)),
        item(
            "Estimand",
            "beside every number stands what it is of; differences are of means over networks of an activation, intervals of \
             95 % over networks. The readings of a claim, this project's definitions of what was published in words, are named \
             in tables/claim_readings.parquet."
                .to_owned(),
        ),
        item(
            "Null hypothesis and test",
            format!(
                "labels of networks (or signs of their numbers, for the mean of one class) are exchangeable; one-sided \
                 permutation p, all relabellings where there are no more than {}, else as many random ones; seed {}. Row 6 and \
                 changes by training: bootstrap of {} resamples.",
                study.comparison.permutations, study.seed, study.comparison.resamples
            ),
        ),
        item(
            "Strata",
            "activations are compared and permuted within constraints (Dale's law, free) wherever a number is compared between \
             activations or neighbours vote on them; row 13 is judged within classes under its last reading. Architectures \
             (row 1), and tanh against the rest (row 8), are permuted over all networks."
                .to_owned(),
        ),
        item("Family of tests", family(tables)),
        item("Margins", margins(study)),
        item(
            "Other choices",
            "every claim is judged anew under the choices of tables/multiverse.parquet and called robust if nine of ten agree."
                .to_owned(),
        ),
    ]
}

fn numbers(study: &Study, tables: &Tables) -> String {
    let of_task = |task: &str| {
        let own = tables.classes.iter().filter(|row| &*row.task == task);
        let (trained, selected) =
            own.fold((0, 0), |(trained, selected), row| (trained + row.n_trained, selected + row.n_selected));
        format!("{}: {trained} trained, {selected} compared", words::task(task))
    };
    let said: Vec<String> = study.tasks.iter().map(|of| of_task(of.task.name())).collect();
    format!("{} per class and task; {}.", study.networks_per_class, said.join("; "))
}

fn exclusions(study: &Study) -> String {
    let of_task = |of: &crate::config::TaskStudy| {
        format!(
            "{} R² at least {}, best {}",
            words::task(of.task.name()),
            of.selection.min_r2,
            of.selection.keep
        )
    };
    let said: Vec<String> = study.tasks.iter().map(of_task).collect();
    format!(
        "compared are networks that pass, in each class: {}. Networks that diverged or fell below are counted under What was \
         run, and count in row 2.",
        said.join("; ")
    )
}

fn family(tables: &Tables) -> String {
    let is_tested = |claim: &&JudgedClaim| claim.criterion == Criterion::Test && claim.p.is_some();
    let (own, built_in): (Vec<&JudgedClaim>, Vec<&JudgedClaim>) =
        tables.claims.iter().filter(is_tested).partition(|claim| claim.name.is_some());
    let of_study_file = match own.len() {
        0 => String::new(),
        n => format!(" The {n} claims of the study file that have a p are another family, corrected alike."),
    };
    format!(
        "the {} claims of this study that have a p, over all its tasks, corrected by Holm's method; a contradiction is \
         corrected for the numbers of its reading, and its p over the claims of the study stands beside it.{of_study_file}",
        built_in.len()
    )
}

fn margins(study: &Study) -> String {
    let margins = study.margins;
    let smallest = margins.smallest_effect.map_or_else(
        || "no smallest effect of interest is set".to_owned(),
        |g| format!("the smallest effect of interest is {g} standard deviations"),
    );
    format!(
        "stated in the study file, [margins], before the networks are looked at: R² of classes {} (row 2), probability of a \
         choice {} (rows 16 and 17), endpoints {} of their spread (row 13), sheet index of a line {} (row 12), exchange residual \
         between constraints {} (row 3); {smallest}.",
        margins.performance, margins.sensitivity, margins.endpoint, margins.sheet, margins.symmetry
    )
}
