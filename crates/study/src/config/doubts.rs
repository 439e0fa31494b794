//! What of a study can be run but is likely a mistake.

use super::Study;
use circuitscope::train::InputOutput;

/// Warnings about a study, each with its remedy; none where nothing is doubtful.
pub fn doubts(study: &Study) -> Vec<String> {
    study
        .tasks
        .iter()
        .filter_map(|of_task| {
            let lowest = of_task.task.scoring_trials().targets.iter().copied().fold(f32::INFINITY, f32::min);
            let cannot = of_task.classes.iter().filter(|class| {
                class.recipe.model.input_output == InputOutput::NonNegative
                    && class.recipe.architecture.activation.lowest_rate() >= 0.0
            });
            let names: Vec<&str> = cannot.map(|class| class.name.as_str()).collect();
            (lowest < 0.0 && !names.is_empty()).then(|| {
                format!(
                    "task `{}` asks for outputs down to {lowest}, and networks of {} cannot answer below 0: neither their rates nor \
                     output weights are negative; let targets lie at 0 or above, give an answer of either sign two outputs, or set \
                     `input_output_weights = \"any_sign\"`",
                    of_task.task.name(),
                    names.join(", ")
                )
            })
        })
        .collect()
}
