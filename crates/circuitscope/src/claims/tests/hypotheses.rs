//! Hypotheses of a study file: planted effects are found, and null hypotheses no more often than their level.

use super::*;
use crate::analysis::statistics::TrendForm;

const LEVELS: [f64; 3] = [0.0, 0.1, 0.2];

/// Networks of two classes at three values of `sigma_rec`, `size` each; `tanh` lies `apart` higher than `relu`, and numbers fall by
/// `fall` from the first value to the last. Classes of Dale's law lie ten higher, whatever is asked.
fn study(size: usize, apart: f64, fall: f64, seed: u64) -> TaskEvidence {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut networks = Vec::new();
    let mut centres = Vec::new();
    for curve in [Curve::Relu, Curve::Tanh] {
        for constraint in [Constraint::Dale, Constraint::Free] {
            for (place, level) in LEVELS.into_iter().enumerate() {
                for _ in 0..size {
                    let of_curve = if curve == Curve::Tanh { apart } else { 0.0 };
                    let of_dale = if constraint == Constraint::Dale { 10.0 } else { 0.0 };
                    let number = of_curve + of_dale - 0.5 * fall * place as f64;
                    centres.push(number);
                    let value = number + rng.sample::<f64, _>(StandardNormal);
                    networks.push(NetworkEvidence {
                        curve,
                        constraint,
                        class: class(curve, constraint, level),
                        r2: Some(0.9),
                        measures: BTreeMap::from([(Measure::PlaneShare, value)]),
                        untrained: BTreeMap::from([(
                            Measure::PlaneShare,
                            of_dale + rng.sample::<f64, _>(StandardNormal),
                        )]),
                    });
                }
            }
        }
    }
    let points = Array2::from_shape_fn((networks.len(), 2), |(network, d)| {
        let centre = if d == 0 { centres[network] } else { 0.0 };
        centre + rng.sample::<f64, _>(StandardNormal)
    });
    let trained =
        Between { distances: embedding::distances(points.view()), networks: (0..networks.len()).collect() };
    let aspects =
        vec![AspectEvidence { aspect: Aspect::Endpoints, trained, embedded: None, untrained: None }];
    let contexts = Contexts::None;
    TaskEvidence { task: "own".to_owned(), contexts, floor: 0.0, scores: Vec::new(), networks, aspects }
}

fn class(curve: Curve, constraint: Constraint, level: f64) -> String {
    format!("{curve:?} {constraint:?} {level}")
}

fn classes() -> Vec<(Curve, Constraint, f64, String)> {
    let mut classes = Vec::new();
    for curve in [Curve::Relu, Curve::Tanh] {
        for constraint in [Constraint::Dale, Constraint::Free] {
            classes.extend(LEVELS.map(|level| (curve, constraint, level, class(curve, constraint, level))));
        }
    }
    classes
}

fn group(curve: Curve) -> Group {
    let own = classes().into_iter().filter(|class| class.0 == curve).map(|class| class.3);
    Group { words: format!("{curve:?}"), classes: own.collect() }
}

const PLANE: Number = Number { quantity: Quantity::Measure(Measure::PlaneShare), state: State::Trained };

/// Strata of the constraint and, where asked for, of the activation or the value of `sigma_rec`.
fn within(more: &str) -> Strata {
    let of = |(curve, constraint, level, name): (Curve, Constraint, f64, String)| {
        let other = match more {
            "activation" => usize::from(curve == Curve::Tanh),
            _ => LEVELS.iter().position(|known| known.total_cmp(&level).is_eq()).unwrap_or_default(),
        };
        (name, 10 * usize::from(constraint == Constraint::Dale) + other)
    };
    Strata {
        fields: vec!["constraint".to_owned(), more.to_owned()],
        of_class: classes().into_iter().map(of).collect(),
    }
}

fn difference(aim: Aim) -> Question {
    let groups = [group(Curve::Tanh), group(Curve::Relu)];
    Question { asked: Asked::Difference { number: PLANE, groups }, aim, within: within("sigma_rec") }
}

fn falling(form: TrendForm) -> Question {
    let at = classes().into_iter().map(|(_, _, level, name)| (name, level)).collect();
    let over = Ordered { field: "sigma_rec".to_owned(), at };
    let asked = Asked::Trend { number: PLANE, over, form };
    Question { asked, aim: Aim::Below, within: within("activation") }
}

fn apart() -> Question {
    let groups = vec![group(Curve::Tanh), group(Curve::Relu)];
    let asked = Asked::Apart { aspect: Aspect::Endpoints, what: "activation".to_owned(), groups };
    Question { asked, aim: Aim::Above, within: within("sigma_rec") }
}

fn above(reference: f64) -> Question {
    let own = classes().into_iter().filter(|class| class.0 == Curve::Tanh && class.1 == Constraint::Free);
    let group = Group { words: "tanh, free".to_owned(), classes: own.map(|class| class.3).collect() };
    let asked = Asked::Level { number: PLANE, group, reference };
    Question { asked, aim: Aim::Above, within: Strata::default() }
}

fn hypothesis(number: u32, name: &str, questions: Vec<Question>) -> Hypothesis {
    let first = Wording { name: "as_stated".to_owned(), words: "as it says".to_owned(), questions };
    Hypothesis {
        number,
        name: name.to_owned(),
        task: "own".to_owned(),
        statement: format!("{name} is so"),
        readings: vec![first],
    }
}

fn all() -> Vec<Hypothesis> {
    let named = [
        ("difference", difference(Aim::Above)),
        ("spearman", falling(TrendForm::Spearman)),
        ("slope", falling(TrendForm::Slope)),
        ("apart", apart()),
        ("level", above(0.0)),
        ("margin", difference(Aim::Within(1.5))),
    ];
    (FIRST_OF_STUDY..).zip(named).map(|(number, (name, one))| hypothesis(number, name, vec![one])).collect()
}

fn verdicts(task: TaskEvidence, terms: Terms) -> Vec<Verdict> {
    judge_hypotheses(&all(), &[task], terms).iter().map(Claim::verdict).collect()
}

#[test]
fn every_kind_of_hypothesis_is_supported_where_it_is_planted_and_contradicted_where_its_opposite_is() {
    use Verdict::{Contradicted, Equivalent, Supported};
    let planted = verdicts(study(4, 3.0, 3.0, 1), TERMS);
    assert_eq!(planted, [Supported, Supported, Supported, Supported, Supported, Contradicted]);
    let opposite = verdicts(study(4, -3.0, -3.0, 2), TERMS);
    // Groups that differ do so whichever is higher.
    let [difference, spearman, slope, apart, ..] = opposite[..] else { panic!("{opposite:?}") };
    assert_eq!([difference, spearman, slope, apart], [Contradicted, Contradicted, Contradicted, Supported]);
    assert_eq!(verdicts(study(4, 0.0, 0.0, 3), TERMS)[5], Equivalent);
}

#[test]
fn numbers_are_those_of_the_groups_within_their_strata() {
    let claims = judge_hypotheses(&all(), &[study(4, 3.0, 3.0, 1)], TERMS);
    let value = |place: usize| claims[place].first().parts[0].value.expect("a number");
    // Means of 24 networks a group have a standard error of 0.29; the slope of 48 over 0.2 falls by 3 ± 0.36.
    assert!((value(0) - 3.0).abs() < 0.9 && (value(2) + 15.0).abs() < 5.4, "{} {}", value(0), value(2));
    assert_eq!(
        claims[0].first().parts[0].words,
        "share of the variance of fixed points in a plane, Tanh less Relu, within constraint and sigma_rec"
    );
    assert_eq!((claims[0].number, claims[0].name.as_deref()), (101, Some("difference")));
    let labels: Vec<bool> = claims.iter().map(Claim::is_of_labels).collect();
    assert_eq!(labels, [true, true, true, true, false, false]);
    // All have what power asks for, but a margin.
    let needed: Vec<bool> = claims.iter().map(|claim| claim.first().n_needed.is_some()).collect();
    assert_eq!(needed, [true, true, true, false, true, false]);
}

#[test]
fn with_permuted_labels_no_hypothesis_is_supported_more_often_than_its_level() {
    let few = Terms::new(Resampling { n_resamples: 100, n_permutations: 199, seed: 3 }, MARGINS);
    let n_draws = 500;
    let mut alone = [0; 4];
    let (mut n_any, mut n_contradicted) = (0, 0);
    for seed in 0..n_draws {
        let task = study(3, 0.0, 0.0, 7000 + seed).permuted(seed);
        let claims = judge_hypotheses(&all()[..4], &[task], few);
        for (n, claim) in alone.iter_mut().zip(&claims) {
            *n += usize::from(passes_alone(claim.first()));
        }
        n_any += usize::from(claims.iter().any(|claim| claim.verdict() == Verdict::Supported));
        let is_against = |claim: &Claim| claim.first().p_contradicted.is_some_and(|p| p < LEVEL);
        n_contradicted += usize::from(claims.iter().any(is_against));
    }
    for (n, name) in alone.into_iter().zip(["difference", "spearman", "slope", "apart"]) {
        assert_rare(n, n_draws, name);
    }
    assert_rare(n_any, n_draws, "any");
    assert_rare(n_contradicted, n_draws, "contradicted");
}

#[test]
fn levels_of_numbers_without_a_sign_are_supported_no_more_often_than_their_level() {
    let few = Terms::new(Resampling { n_resamples: 100, n_permutations: 199, seed: 3 }, MARGINS);
    let claim = |seed: u64| {
        let stated = hypothesis(101, "level", vec![above(0.0)]);
        judge_hypotheses(&[stated], &[study(3, 0.0, 0.0, 9000 + seed)], few).swap_remove(0)
    };
    let n = (0..500).filter(|&seed| claim(seed).verdict() == Verdict::Supported).count();
    assert_rare(n, 500, "level");
}

#[test]
fn hypotheses_are_a_family_of_their_own() {
    let tasks = [planted("cddm", 1)];
    let before = judge(&tasks, TERMS);
    let names = |curve: &str| -> Group {
        let classes = ["Dale", "Free"].map(|constraint| format!("{curve} {constraint}")).to_vec();
        Group { words: curve.to_owned(), classes }
    };
    let asked = Asked::Difference { number: PLANE, groups: [names("Tanh"), names("Relu")] };
    let question = Question { asked, aim: Aim::Above, within: Strata::default() };
    let stated =
        |number| Hypothesis { task: "cddm".to_owned(), ..hypothesis(number, "own", vec![question.clone()]) };
    let one = judge_hypotheses(&[stated(101)], &tasks, TERMS);
    let two = judge_hypotheses(&[stated(101), stated(102)], &tasks, TERMS);
    assert_eq!(judge(&tasks, TERMS), before);
    let p = |claims: &[Claim]| claims[0].first().p.expect("a test");
    assert!((p(&two) - 2.0 * p(&one)).abs() < 1e-12, "{} {}", p(&one), p(&two));
    assert_eq!(p(&one), one[0].first().parts[0].p_for().expect("a test"));
}

#[test]
fn every_question_of_a_reading_must_be_answered_and_every_reading_is_judged() {
    let mut stated = hypothesis(101, "both", vec![difference(Aim::Above), falling(TrendForm::Spearman)]);
    let other = Wording {
        name: "other".to_owned(),
        words: "alone".to_owned(),
        questions: vec![difference(Aim::Above)],
    };
    stated.readings.push(other);
    let judged = judge_hypotheses(&[stated], &[study(4, 3.0, -3.0, 1)], TERMS).swap_remove(0);
    assert_eq!((judged.verdict(), judged.readings[1].verdict), (Verdict::Contradicted, Verdict::Supported));
    assert!(judged.first().decider().expect("a part").words.contains("Spearman"));
}

#[test]
fn a_change_by_training_is_taken_network_by_network_and_missing_numbers_are_said() {
    let number = Number { state: State::Change, ..PLANE };
    let mut question = above(0.0);
    question.asked = Asked::Level { number, group: group(Curve::Tanh), reference: 0.0 };
    let stated = [hypothesis(101, "change", vec![question])];
    let tasks = [study(4, 3.0, 0.0, 1)];
    let claim = judge_hypotheses(&stated, &tasks, TERMS).swap_remove(0);
    assert_eq!(claim.verdict(), Verdict::Supported);
    let own = tasks[0].networks.iter().filter(|network| network.curve == Curve::Tanh);
    let gains: Vec<f64> = own
        .map(|network| network.measures[&Measure::PlaneShare] - network.untrained[&Measure::PlaneShare])
        .collect();
    let mean = gains.iter().sum::<f64>() / gains.len() as f64;
    assert!((claim.first().parts[0].value.expect("a number") - mean).abs() < 1e-12);
    let mut without = tasks;
    for network in &mut without[0].networks {
        network.untrained.clear();
    }
    let claim = judge_hypotheses(&stated, &without, TERMS).swap_remove(0);
    assert_eq!(claim.verdict(), Verdict::NotDecidable);
    assert_eq!(claim.first().missing(), ["Tanh has it for 0 networks, three are needed"]);
    assert!(judge_hypotheses(&all(), &[planted("cddm", 1)], TERMS).is_empty());
}
