//! Simulated recordings ranked beside networks that are not among those they were made of.

use circuitscope::dynamics::run::{rates, states};
use circuitscope::network::Network;
use circuitscope::observation::{Protocol, observe};
use circuitscope::ranking::{
    Alignment, Class, Effort, Form, Matched, Measure, Ranking, Recording, Responses, Verdict,
};
use circuitscope_study::Task;
use circuitscope_study::import::network;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What the verdicts are about: the activation function, and networks of ten a class.
pub(crate) struct Ensemble {
    pub(crate) task: Task,
    pub(crate) names: Vec<String>,
    pub(crate) members: Vec<Vec<Network>>,
}

impl Ensemble {
    /// The networks of the replication.
    pub(crate) fn of(task: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/replication/networks").join(task);
        let mut files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        let (mut names, mut members): (Vec<String>, Vec<Vec<Network>>) = (Vec::new(), Vec::new());
        for file in files {
            let stem = file.file_stem().unwrap().to_string_lossy().into_owned();
            let class = stem.split('-').next().unwrap().to_owned();
            if names.last() != Some(&class) {
                names.push(class);
                members.push(Vec::new());
            }
            members.last_mut().unwrap().push(network(&file).unwrap().network);
        }
        Self { task: Task::published(task).unwrap(), names, members }
    }

    pub(crate) fn group(&self, class: usize) -> &str {
        self.names[class].split('_').next().unwrap()
    }

    /// The network that a recording of this number is of: class by class, then network by network.
    pub(crate) fn drawn(&self, draw: usize) -> (usize, usize) {
        let class = draw % self.names.len();
        (class, draw / self.names.len() % self.members[class].len())
    }

    /// Classes of networks without one of them, or without a whole group.
    pub(crate) fn without(&self, one: Option<(usize, usize)>, group: Option<&str>) -> Vec<Class> {
        let trials = self.task.analysis_trials();
        let responses = |network: &Network| Responses {
            name: String::new(),
            rates: rates(network, states(network, trials.inputs.view()).unwrap()),
            lowest: network.activation.lowest_rate(),
        };
        let of_class = |class: usize| {
            let others = self.members[class].iter().enumerate();
            let others = others.filter(|(place, _)| one != Some((class, *place)));
            Class {
                name: self.names[class].clone(),
                group: self.group(class).to_owned(),
                networks: others.map(|(_, network)| responses(network)).collect(),
                untrained: Vec::new(),
            }
        };
        (0..self.names.len()).filter(|&class| Some(self.group(class)) != group).map(of_class).collect()
    }

    /// The other networks of a group as two classes that do not differ.
    fn halves(&self, class: usize, place: usize) -> Vec<Class> {
        let mut others: Vec<Responses> = Vec::new();
        for of_class in self.without(Some((class, place)), None) {
            if of_class.group == self.group(class) {
                others.extend(of_class.networks);
            }
        }
        // Every second network: both halves have as many of either class.
        let half = |first: usize, name: &str| Class {
            name: name.to_owned(),
            group: name.to_owned(),
            networks: others.iter().skip(first).step_by(2).cloned().collect(),
            untrained: Vec::new(),
        };
        vec![half(0, "first"), half(1, "second")]
    }

    pub(crate) fn recording(&self, class: usize, place: usize, design: Design, seed: u64) -> Recording {
        let trials = self.task.analysis_trials();
        let protocol = Protocol {
            n_neurons: design.n_neurons,
            n_repeats: design.n_trials,
            rate_hz: 15.0,
            step_ms: 10.0,
            sigma_rec: 0.0,
            seed,
        };
        let observed = observe(&self.members[class][place], &trials, &protocol).unwrap();
        let n_steps = trials.n_steps() as f64;
        let form = Form::SingleTrials {
            responses: observed.counts.mapv(f64::from),
            conditions: observed.conditions,
        };
        let alignment = Alignment::new(vec![[0.0, 0.0], [n_steps, n_steps]]).unwrap();
        Recording { form, alignment }
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Design {
    pub(crate) n_neurons: usize,
    pub(crate) n_trials: usize,
}

pub(crate) const DESIGN: Design = Design { n_neurons: 60, n_trials: 20 };
/// What a verdict takes; intervals and power apart.
pub(crate) const VERDICT: Effort = Effort { n_worlds: 4, n_draws: 1, n_power_worlds: 0 };

/// What a verdict says of the groups of the classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Said {
    Right,
    Wrong,
    CannotTell,
    NoneOfThese,
    NoSignal,
}

/// What is said of a recording of a network of this group; none if the classes have none of it.
pub(crate) fn said(ranking: &Ranking, classes: &[Class], group: Option<&str>) -> Said {
    let groups = |of: &mut dyn Iterator<Item = usize>| {
        of.map(|class| classes[class].group.as_str()).collect::<BTreeSet<_>>()
    };
    let all = groups(&mut (0..classes.len()));
    let left = match &ranking.verdict {
        Verdict::NoSignal => return Said::NoSignal,
        Verdict::None => return Said::NoneOfThese,
        Verdict::All | Verdict::Unlike(_) => all.clone(),
        Verdict::Some(left) => groups(&mut left.iter().copied()),
    };
    match group {
        _ if left.len() == all.len() => Said::CannotTell,
        Some(group) if left.contains(group) && left.len() == 1 => Said::Right,
        Some(group) if left.contains(group) => Said::CannotTell,
        _ => Said::Wrong,
    }
}

/// The group of the class that is nearest by a measure.
fn nearest<'a>(ranking: &Ranking, measure: Measure, classes: &'a [Class]) -> Option<&'a str> {
    let of_measure = ranking.distances.iter().filter(|row| row.measure == measure);
    let nearest = of_measure.min_by(|a, b| a.distance.total_cmp(&b.distance));
    nearest.map(|row| classes[row.class].group.as_str())
}

/// A recording whose trials are dealt to all conditions.
fn shuffled(mut recording: Recording) -> Recording {
    let Form::SingleTrials { conditions, .. } = &mut recording.form else { return recording };
    let n_conditions = conditions.iter().max().unwrap() + 1;
    *conditions = (0..conditions.len()).map(|trial| trial % n_conditions).collect();
    recording
}

pub(crate) fn judged(recording: &Recording, classes: &[Class], seed: u64) -> Ranking {
    ranked(recording, classes, VERDICT, seed)
}

pub(crate) fn ranked(recording: &Recording, classes: &[Class], effort: Effort, seed: u64) -> Ranking {
    Matched::new(recording, classes, seed).unwrap().rank(effort, &|_| ()).unwrap()
}

#[test]
fn a_recording_is_told_by_networks_of_its_architecture_and_by_no_others() {
    let ensemble = Ensemble::of("memory_number");
    for (class, seed) in [(0, 1), (3, 2), (4, 3)] {
        let recording = ensemble.recording(class, 0, DESIGN, seed);
        let classes = ensemble.without(Some((class, 0)), None);
        let group = ensemble.group(class);
        let ranking = judged(&recording, &classes, seed);
        assert_eq!(said(&ranking, &classes, Some(group)), Said::Right, "{group} {:?}", ranking.p);
        // Eleven ends of trials are told less often (rates_of_verdicts).
        for measure in Measure::ALL.into_iter().filter(|&measure| measure != Measure::Endpoints) {
            assert_eq!(nearest(&ranking, measure, &classes), Some(group), "{measure:?}");
        }
        let others = ensemble.without(None, Some(group));
        assert_ne!(said(&judged(&recording, &others, seed), &others, None), Said::Wrong, "without {group}");
        let verdict = judged(&shuffled(recording), &classes, seed);
        assert_ne!(said(&verdict, &classes, None), Said::Wrong, "{group}, shuffled");
    }
}

#[test]
fn noise_is_known_for_noise_and_threads_change_no_bit() {
    let ensemble = Ensemble::of("go_no_go");
    let classes = ensemble.without(None, None);
    let recording = ensemble.recording(2, 0, Design { n_neurons: 20, n_trials: 4 }, 4);
    // Neither time nor condition drives these counts.
    let mut state = 5_u64;
    let mut noise = recording.clone();
    let Form::SingleTrials { responses, .. } = &mut noise.form else { panic!("single trials were made") };
    responses.mapv_inplace(|_| {
        // A linear congruential generator (Knuth, MMIX); its highest bits are the random ones.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 62) as f64
    });
    assert_eq!(judged(&noise, &classes, 1).verdict, Verdict::NoSignal);
    let on = |n_threads| {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().unwrap();
        threads.install(|| judged(&recording, &classes, 7))
    };
    let (one, three) = (on(1), on(3));
    assert_eq!(one.p, three.p);
    assert_eq!(one.distances.len(), Measure::ALL.len() * classes.len());
    assert_eq!(format!("{one:?}"), format!("{three:?}"));
}

#[test]
#[ignore = "minutes; rates of verdicts, to be read with --nocapture"]
#[allow(clippy::print_stdout, reason = "what it measures")]
fn rates_of_verdicts() {
    let number = |name: &str, default: usize| {
        std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let task = std::env::var("TASK").unwrap_or_else(|_| "go_no_go".to_owned());
    let n = number("RECORDINGS", 60);
    let design = Design { n_neurons: number("NEURONS", 60), n_trials: number("TRIALS", 20) };
    let ensemble = Ensemble::of(&task);
    let [mut own, mut absent, mut dealt, mut identical] = [(); 4].map(|()| BTreeMap::<Said, usize>::new());
    let mut first = vec![0; Measure::ALL.len()];
    let first_draw = number("FIRST", 0);
    for draw in first_draw..first_draw + n {
        let (class, place) = ensemble.drawn(draw);
        let (group, seed) = (ensemble.group(class), draw as u64);
        let recording = ensemble.recording(class, place, design, seed);
        let classes = ensemble.without(Some((class, place)), None);
        let ranking = judged(&recording, &classes, seed);
        let told = said(&ranking, &classes, Some(group));
        *own.entry(told).or_default() += 1;
        let is_first = Measure::ALL.map(|measure| nearest(&ranking, measure, &classes) == Some(group));
        first.iter_mut().zip(is_first).for_each(|(first, is_first)| *first += usize::from(is_first));
        let others = ensemble.without(None, Some(group));
        let beside_others = judged(&recording, &others, seed);
        let without = said(&beside_others, &others, None);
        *absent.entry(without).or_default() += 1;
        println!(
            "{} {place}: reliability {:.3}, {told:?} {:.5?}, first {is_first:?}, without its group {without:?} {:.5?}",
            ensemble.names[class], ranking.reliability, ranking.p, beside_others.p
        );
        let halves = ensemble.halves(class, place);
        *identical.entry(said(&judged(&recording, &halves, seed), &halves, Some("first"))).or_default() += 1;
        let ranking = judged(&shuffled(recording), &classes, seed);
        *dealt.entry(said(&ranking, &classes, None)).or_default() += 1;
    }
    println!(
        "{task}, {} neurons, {} trials, {n} recordings: {own:?}; right first by {:?}: {first:?}; without its group {absent:?}; \
         shuffled {dealt:?}; beside two halves of its class {identical:?}",
        design.n_neurons,
        design.n_trials,
        Measure::ALL.map(Measure::name)
    );
}
