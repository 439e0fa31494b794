//! Trained networks do within training what they were trained for, and the same on any number of threads.

use crate::reference::network;
use circuitscope::analysis::behaviour::measures::{Amount, Behaviour, Measure, behaviour, bootstrap};
use circuitscope::analysis::behaviour::psychometric::fit;
use circuitscope::analysis::behaviour::surface::{Range, surface};
use circuitscope::analysis::behaviour::{SIGMA, Showing};
use circuitscope::task::{Cddm, Task};

const SEED: u64 = 1;
const LITTLE: Amount = Amount { n_coherences: 5, n_repeats: 2 };

#[test]
fn a_trained_network_follows_the_relevant_coherence_and_hardly_the_irrelevant_one() {
    let network = network("cddm_relu_dale_1.json");
    let showing = Showing { n_repeats: 3, sigma: SIGMA, seed: SEED };
    let task = Task::from(Cddm::published());
    let contexts = task.contexts().expect("contexts");
    let found = surface(&network, &task, &contexts.trained, showing, 0).expect("fits the task");
    for context in [0, 1] {
        let curve = fit(&found.counts(context), bootstrap(SEED)).expect("fifteen levels");
        // Steep: from 12 % to 88 % within 0.2 of coherence; unbiased: by less than twice the smallest coherence.
        assert!(curve.slope.estimate.value > 20.0, "{context}: {curve:?}");
        assert!(curve.bias.estimate.value.abs() < 0.03, "{context}: {curve:?}");
    }
    // A full capture by the irrelevant stimulus would be a slope near ½; training leaves less than a tenth of it.
    let irrelevant = found.irrelevant_slope(Range::Trained, bootstrap(SEED)).expect("levels");
    assert!(irrelevant.value.abs() < 0.05, "{irrelevant:?}");
}

#[test]
fn rows_of_a_surface_are_motion_and_columns_colour_in_either_context() {
    let network = network("cddm_relu_dale_1.json");
    let showing = Showing { n_repeats: 2, sigma: 0.0, seed: SEED };
    let task = Task::from(Cddm::published());
    let found = surface(&network, &task, &[-0.5, 0.5], showing, 0).expect("fits the task");
    let [motion, colour] =
        found.contexts.each_ref().map(|context| context.right().into_raw_vec_and_offset().0);
    assert_eq!(motion, [0.0, 0.0, 1.0, 1.0]);
    assert_eq!(colour, [0.0, 1.0, 0.0, 1.0]);
}

fn of_task(name: &str, task: &str) -> Behaviour {
    let task = Task::published(task).expect("a task of this name");
    behaviour(&network(name), &task, LITTLE, SEED).expect("fits the task")
}

fn measure<'a>(found: &'a Behaviour, name: &str) -> &'a Measure {
    let as_trained = |measure: &&Measure| measure.condition.test == "as_trained" && measure.name == name;
    found.measures.iter().find(as_trained).expect("a measure of this name")
}

#[test]
fn trained_networks_put_their_threshold_in_the_middle_and_recall_larger_values_as_larger() {
    let found = of_task("go_no_go_relu_dale_1.json", "go_no_go");
    let threshold = measure(&found, "bias").estimate.expect("fitted").value;
    assert!((threshold - 0.5).abs() < 0.1, "{threshold}"); // two steps of the values shown
    let found = of_task("memory_number_relu_dale_1.json", "memory_number");
    let gain = measure(&found, "gain_trained").estimate.expect("finite").value;
    assert!((0.7..1.2).contains(&gain), "{gain}"); // an R² of 0.9 leaves a slope of at least 0.8 without noise
}

#[test]
fn behaviour_is_the_same_on_one_thread_and_on_three() {
    let on = |n_threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().expect("threads");
        pool.install(|| {
            ["cddm", "go_no_go", "memory_number"]
                .map(|task| of_task(&format!("{task}_relu_dale_1.json"), task))
        })
    };
    assert_eq!(on(1), on(3));
}
