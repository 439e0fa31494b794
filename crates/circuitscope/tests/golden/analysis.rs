//! The analyses against the independent reference in `golden/analysis` (see `golden/README.md` for the tolerances).

use crate::reference::{analyses, matrix, names, network};
use circuitscope::analysis::components::Features;
use circuitscope::analysis::distance::{self, Aspect, Distances, Observed};
use circuitscope::analysis::embedding::{self, Budget};
use circuitscope::analysis::fixed_point_configuration::FixedPointRates;
use circuitscope::analysis::registration;
use circuitscope::analysis::statistics::{Grouped, K_NEIGHBOURS};
use circuitscope::dynamics::run;
use circuitscope::network::Network;
use circuitscope::task::Task;
use circuitscope::trials::Trials;
use ndarray::{Array2, Array3};
use serde_json::Value;

const SEED: u64 = 20_260;
/// The aspects that the reference has distances of.
const ASPECTS: [Aspect; 3] = [Aspect::Trajectories, Aspect::Endpoints, Aspect::Selectivity];

/// One task of the reference: its networks, run on the analysis trials, and what the reference computed of them.
struct Case {
    task: String,
    names: Vec<String>,
    networks: Vec<Network>,
    trials: Trials,
    expected: Value,
}

fn cases() -> Vec<Case> {
    let case = |(task, expected): (Task, Value)| {
        let names = names(&expected["networks"]);
        let networks = names.iter().map(|name| network(name)).collect();
        Case { trials: task.analysis_trials(), task: task.name().to_owned(), names, networks, expected }
    };
    analyses().into_iter().map(case).collect()
}

fn entries(value: &Value) -> &[Value] {
    value.as_array().expect("an array")
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

impl Case {
    fn rates(&self) -> impl Iterator<Item = Array3<f64>> + '_ {
        self.networks.iter().map(|network| {
            let states = run::states(network, self.trials.inputs.view()).expect("inputs fit");
            run::rates(network, states)
        })
    }

    fn features(&self, aspect: Aspect) -> Vec<Features> {
        let at_rest = FixedPointRates { rates: Array2::zeros((1, 0)), groups: Vec::new() };
        let observed =
            |rates: &Array3<f64>| aspect.features(Observed { rates: rates.view(), at_rest: &at_rest });
        self.rates().map(|rates| observed(&rates).expect("features")).collect()
    }

    fn distances(&self, aspect: Aspect) -> Distances {
        self.distances_from(aspect, SEED)
    }

    fn distances_from(&self, aspect: Aspect, seed: u64) -> Distances {
        distance::matrix(aspect, &self.features(aspect), seed).expect("distances")
    }

    fn expected_distances(&self, aspect: Aspect) -> Array2<f64> {
        matrix(&self.expected[aspect.name()]["distance"])
    }

    /// Activation functions as classes, from the parameters rather than from file names.
    fn labels(&self) -> Vec<usize> {
        self.networks.iter().map(|network| network.activation.curve.family() as usize).collect()
    }
}

#[test]
fn golden_errors_on_the_analysis_trials_agree() {
    for case in cases() {
        for ((network, rates), expected) in
            case.networks.iter().zip(case.rates()).zip(entries(&case.expected["mse"]))
        {
            let outputs = run::outputs(network, rates.view()).expect("rates fit");
            let score = run::score(outputs.view(), &case.trials).expect("outputs fit");
            let expected = number(expected);
            assert!((score.mse / expected - 1.0).abs() < 1e-6, "{}: {} {expected}", case.task, score.mse);
        }
    }
}

#[test]
fn golden_distances_agree_and_selectivity_is_never_worse() {
    let mut faults = Vec::new();
    for case in cases() {
        // The search must not owe its minima to one seed; 0 is that of the program.
        let others = [0, 1, 2].map(|seed| (Aspect::Selectivity, seed));
        for (aspect, seed) in ASPECTS.map(|aspect| (aspect, SEED)).into_iter().chain(others) {
            let (found, expected) =
                (case.distances_from(aspect, seed).published, case.expected_distances(aspect));
            for (i, j) in distance::upper_pairs(case.names.len()) {
                let ratio = found[[i, j]] / expected[[i, j]];
                let agrees = match aspect {
                    Aspect::Selectivity => ratio <= 1.001,
                    Aspect::Trajectories | Aspect::Endpoints | Aspect::FixedPoints => {
                        (ratio - 1.0).abs() <= 1e-4
                    }
                };
                if !agrees {
                    faults.push(format!(
                        "{} {} {} {}, seed {seed}: {ratio}",
                        case.task,
                        aspect.name(),
                        case.names[i],
                        case.names[j]
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn golden_registrations_are_no_worse_than_60_random_starts_in_either_direction() {
    let mut faults = Vec::new();
    for case in cases() {
        let features = case.features(Aspect::Selectivity);
        for (i, j) in distance::upper_pairs(features.len()) {
            let (a, b) = (features[i].points.view(), features[j].points.view());
            let [there, back] = registration::register_both(a, b, registration::Budget::THOROUGH, SEED);
            for (found, moving, fixed) in [(there, a, b), (back, b, a)] {
                let random = registration::register_from_random_starts(moving, fixed, 60, SEED + 1);
                // A descent ends at gains of 1e-10, so that two of one minimum agree to about 1e-8.
                if found.sum_of_squares > random.sum_of_squares * (1.0 + 1e-6) {
                    let ratio = found.sum_of_squares / random.sum_of_squares;
                    faults.push(format!("{} {} {}: {ratio}", case.task, case.names[i], case.names[j]));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
#[allow(clippy::print_stdout, reason = "the measurement is what is printed")]
#[ignore = "a measurement of what fewer chains cost and miss, to be read with --nocapture"]
fn registration_chains_measured() {
    const AGREEING: [usize; 6] = [1, 2, 3, 4, 6, 12];
    const SEEDS: u64 = 3;
    println!("agreeing  seconds  within 0.1 %  mean  97th percentile  worst  ");
    let mut found: Vec<Vec<f64>> = Vec::new();
    let mut seconds = Vec::new();
    for n_agreeing in AGREEING {
        let begun = std::time::Instant::now();
        let mut distances = Vec::new();
        for case in cases() {
            let features = case.features(Aspect::Selectivity);
            for (i, j) in distance::upper_pairs(features.len()) {
                for seed in 0..SEEDS {
                    let budget = registration::Budget { n_agreeing };
                    let pair =
                        distance::between(Aspect::Selectivity, &features[i], &features[j], budget, seed);
                    distances.push(pair.expect("comparable").distance);
                }
            }
        }
        seconds.push(begun.elapsed().as_secs_f64());
        found.push(distances);
    }
    let least: Vec<f64> = (0..found[0].len())
        .map(|k| {
            let pair = k / SEEDS as usize * SEEDS as usize;
            let of_pair = found.iter().flat_map(|distances| &distances[pair..pair + SEEDS as usize]);
            of_pair.copied().fold(f64::INFINITY, f64::min)
        })
        .collect();
    for ((n_agreeing, distances), seconds) in AGREEING.iter().zip(&found).zip(seconds) {
        let mut ratios: Vec<f64> = distances.iter().zip(&least).map(|(found, least)| found / least).collect();
        ratios.sort_by(f64::total_cmp);
        let within = ratios.iter().filter(|&&ratio| ratio <= 1.001).count() as f64 / ratios.len() as f64;
        let mean = ratios.iter().sum::<f64>() / ratios.len() as f64;
        let [high, worst] = [ratios[ratios.len() * 97 / 100], ratios[ratios.len() - 1]];
        println!("{n_agreeing:8} {seconds:8.1} {within:13.3} {mean:6.4} {high:16.4} {worst:6.4}");
    }
    assert!(found.iter().flatten().all(|&distance| distance > 0.0));
}

#[test]
fn golden_stress_is_reached_on_the_golden_distances() {
    for case in cases() {
        for aspect in ASPECTS {
            let expected = number(&case.expected[aspect.name()]["mds_stress"]);
            let embedding =
                embedding::metric(case.expected_distances(aspect).view(), Budget::PUBLISHED, SEED);
            let stress = embedding.expect("distances").stress;
            assert!(stress <= 1.02 * expected, "{} {}: {stress} {expected}", case.task, aspect.name());
        }
    }
}

#[test]
fn golden_statistics_agree_on_the_golden_distances() {
    for case in cases() {
        for aspect in ASPECTS {
            check_statistics(&case, aspect, &case.expected_distances(aspect), [1e-9, 1e-9], 0.0);
        }
    }
}

#[test]
fn golden_statistics_agree_on_our_distances() {
    for case in cases() {
        // Not selectivity: the reference's best of 60 starts lies up to a quarter above the minimum, by chance of the
        // pair, and lower distances move the silhouette by more than its tolerance.
        for aspect in [Aspect::Trajectories, Aspect::Endpoints] {
            check_statistics(&case, aspect, &case.distances(aspect).published, [0.005, 0.01], 1.0);
        }
    }
}

fn check_statistics(
    case: &Case,
    aspect: Aspect,
    distances: &Array2<f64>,
    tolerances: [f64; 2],
    n_networks: f64,
) {
    let (place, expected) = (format!("{} {}", case.task, aspect.name()), &case.expected[aspect.name()]);
    let grouped = Grouped::new(distances.view(), &case.labels()).expect("a label each");
    let silhouette = grouped.silhouette().expect("classes of two");
    let expected_silhouette = number(&expected["silhouette3"]);
    assert!(
        (silhouette - expected_silhouette).abs() <= tolerances[0],
        "{place}: {silhouette} {expected_silhouette}"
    );
    let pseudo_f = grouped.permanova(99, SEED).expect("classes of two").pseudo_f;
    let expected_f = number(&expected["permanova_f3"]);
    assert!((pseudo_f / expected_f - 1.0).abs() <= tolerances[1], "{place}: {pseudo_f} {expected_f}");
    let accuracy = grouped.neighbours(K_NEIGHBOURS).expect("three classes").accuracy;
    let gap = (accuracy - number(&expected["knn3"])).abs() * case.names.len() as f64;
    assert!(gap < n_networks + 1e-6, "{place}: {accuracy} {}", expected["knn3"]);
}
