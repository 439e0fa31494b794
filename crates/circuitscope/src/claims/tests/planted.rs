//! Studies in which everything that is claimed is so, and studies in which nothing is.

use super::*;

/// Which way each measure must go for ReLU, sigmoid and tanh so that every claim holds.
fn planted_means(measure: Measure) -> [f64; 3] {
    match measure {
        Measure::ExchangeResidual
        | Measure::WingResidual
        | Measure::EarlyDivergence
        | Measure::SheetAngle
        | Measure::KurtosisOfRadii
        | Measure::LargestRadius
        | Measure::IrrelevantShare
        | Measure::SheetIndex
        | Measure::IrrelevantInformation
        | Measure::PlaneShare => [0.0, 0.0, 5.0],
        Measure::ContextAxisShare
        | Measure::MovingContextShare
        | Measure::EvidenceAlongAxis
        | Measure::ArmConcentration
        | Measure::AngularConcentration
        | Measure::FarShare
        | Measure::EvennessOfRadii
        | Measure::ContextSeparation
        | Measure::IrrelevantSlope
        | Measure::IrrelevantSensitivity
        | Measure::AccuracyLost => [5.0, 5.0, 0.0],
        Measure::OutputAlignment => [0.2, 0.2, 0.2],
        Measure::EndpointGap => [1.0; 3],
        Measure::EndpointOffset => [-5.0; 3],
        Measure::ContextInhibition | Measure::LeastInhibition => [-5.0, -5.0, 0.0],
        Measure::ContextToIrrelevant | Measure::IrrelevantPreactivation => [-5.0, -5.0, 5.0],
        Measure::IrrelevantSignProduct
        | Measure::NodeSignProduct
        | Measure::StimulusSignProduct
        | Measure::IrrelevantGain
        | Measure::RelativeGain => [0.0, 0.0, -5.0],
        Measure::PerturbationCorrelation => [5.0; 3],
        Measure::PerturbationIdentity => [0.9; 3],
        Measure::PerturbationIdentityOtherCircuit
        | Measure::PerturbationIdentityNoRecurrence
        | Measure::PerturbationIdentityRotated => [0.0; 3],
    }
}

/// A stream for each measure by its name, so that a new one moves the numbers of no other.
fn stream(measure: Measure, seed: u64, network: u64) -> ChaCha8Rng {
    let name =
        measure.name().bytes().fold(0_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
    let mut rng = ChaCha8Rng::seed_from_u64(seed ^ name);
    rng.set_stream(network);
    rng
}

/// A study of one task with eight networks of each of six classes, in which everything claimed is so.
pub(super) fn planted(task: &str, seed: u64) -> TaskEvidence {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut networks = Vec::new();
    for (place, curve) in CURVES.into_iter().enumerate() {
        for constraint in [Constraint::Dale, Constraint::Free] {
            for _ in 0..8 {
                let number = networks.len() as u64;
                let measure = |measure: Measure| {
                    let spread = match measure {
                        Measure::IrrelevantSensitivity => 0.1,
                        // It is 1 at most.
                        Measure::PerturbationIdentity
                        | Measure::PerturbationIdentityOtherCircuit
                        | Measure::PerturbationIdentityNoRecurrence
                        | Measure::PerturbationIdentityRotated => 0.03,
                        _ => 1.0,
                    };
                    let noise = spread * stream(measure, seed, number).sample::<f64, _>(StandardNormal);
                    (measure, planted_means(measure)[place] + noise)
                };
                let trained: BTreeMap<Measure, f64> = Measure::ALL.map(measure).into();
                networks.push(NetworkEvidence {
                    curve,
                    constraint,
                    class: format!("{curve:?} {constraint:?}"),
                    r2: Some(0.95),
                    untrained: trained.iter().map(|(measure, value)| (*measure, value - 5.0)).collect(),
                    measures: trained,
                });
            }
        }
    }
    // ReLU and sigmoid near each other, tanh far from both; half as far before training.
    // A network is itself in every aspect.
    let noise = Array2::from_shape_fn((48, 6), |_| 0.5 * rng.sample::<f64, _>(StandardNormal));
    let aspects = Aspect::ALL.into_iter().map(|aspect| {
        let mut between = |scale: f64| {
            let points = Array2::from_shape_fn((48, 6), |(i, d)| {
                let place = i / 16;
                let centre = [[0.0, 0.0], [2.0, 0.0], [2.0, 6.0]][place];
                let own = if d < 2 { scale * centre[d] } else { 0.0 };
                own + noise[[i, d]] + 0.1 * rng.sample::<f64, _>(StandardNormal)
            });
            Between { distances: embedding::distances(points.view()), networks: (0..48).collect() }
        };
        let trained = between(1.0);
        AspectEvidence { aspect, embedded: Some(trained.clone()), trained, untrained: Some(between(0.5)) }
    });
    let scores = vec![ClassScores { class: "any".to_owned(), r2: vec![Some(0.95); 8] }];
    // As where the contexts of this task are told apart from the start.
    let contexts = if task == "cddm" { Contexts::Two { onset: 0 } } else { Contexts::None };
    TaskEvidence { task: task.to_owned(), contexts, floor: 0.9, scores, aspects: aspects.collect(), networks }
}

/// The same study with permuted labels, and measures without a sign.
pub(super) fn shuffled(mut task: TaskEvidence, seed: u64) -> TaskEvidence {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..task.networks.len()).collect();
    order.shuffle(&mut rng);
    let before = task.networks.clone();
    for (network, from) in task.networks.iter_mut().zip(order) {
        network.measures = before[from].measures.clone();
        for (measure, value) in &mut network.measures {
            // Where the mean itself is the claim, no label carries it: the sign is drawn instead.
            let is_level = matches!(
                measure,
                Measure::ContextSeparation
                    | Measure::ContextInhibition
                    | Measure::LeastInhibition
                    | Measure::IrrelevantSignProduct
                    | Measure::IrrelevantGain
                    | Measure::PerturbationCorrelation
                    | Measure::IrrelevantSlope
                    | Measure::IrrelevantSensitivity
                    | Measure::AccuracyLost
                    | Measure::SheetAngle
                    | Measure::AngularConcentration
                    | Measure::ContextToIrrelevant
                    | Measure::IrrelevantPreactivation
                    | Measure::NodeSignProduct
                    | Measure::StimulusSignProduct
            );
            if is_level && rng.random::<bool>() {
                *value = -*value;
            }
            if *measure == Measure::PerturbationIdentity && rng.random::<bool>() {
                let of_sizes = *value / (*value - 2.0); // R²/(2 − R²) with the other sign
                *value = 2.0 * of_sizes / (1.0 + of_sizes);
            }
            if *measure == Measure::EndpointOffset && rng.random::<bool>() {
                *value = 2.0 * MARGINS.endpoint - *value;
            }
        }
    }
    for aspect in &mut task.aspects {
        aspect.trained.networks.shuffle(&mut rng);
        aspect.embedded = Some(aspect.trained.clone());
        if let Some(untrained) = &mut aspect.untrained {
            untrained.networks.shuffle(&mut rng);
        }
    }
    task
}
