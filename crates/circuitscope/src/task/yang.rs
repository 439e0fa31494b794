//! The twenty tasks of Yang et al. 2019 (Nature Neuroscience, doi:10.1038/s41593-018-0310-2): a saccade to a direction on a ring, asked
//! for in twenty ways.
//!
//! Times, strengths, targets and weights are those of the published code, gyyang/multitask, `task.py`. Differences are in
//! docs/methods.md §2.

mod drawn;
mod rule;
mod setting;
mod show;
mod shown;

use super::{Epoch, InputGrid, Several, Source, Task};
use crate::field::FieldError;
use crate::stream::Stream;
use crate::trials::Trials;
use drawn::drawn;
use ndarray::{Array2, array};
use rule::{RULES, Rule};
pub use setting::YangSetting;
use show::Show;
use shown::shown;

/// One of the twenty tasks.
#[derive(Clone, Debug, PartialEq)]
pub struct Yang {
    rule: &'static Rule,
    setting: YangSetting,
}

impl Yang {
    /// Names of the tasks, and last of all twenty together.
    pub const NAMES: [&'static str; 21] = rule::NAMES;

    /// The task of this name; [`None`] if there is none.
    ///
    /// # Errors
    /// [`FieldError`] names the setting from which no trials can be made.
    pub fn task(name: &str, setting: &YangSetting) -> Option<Result<Task, FieldError>> {
        let of_rule = |rule: &'static Rule| Task::from(Self { rule, setting: setting.clone() });
        if name == rule::ALL {
            let all = |()| Several::new(name, RULES.iter().map(of_rule).collect()).map(Task::from);
            return Some(setting.check().and_then(all));
        }
        let rule = RULES.iter().find(|rule| rule.name == name)?;
        Some(setting.check().map(|()| of_rule(rule)))
    }

    pub(super) fn fields(&self) -> Vec<(&'static str, String)> {
        self.setting.fields()
    }

    /// Trials with times, directions and strengths drawn for this seed and iteration, trial by trial.
    pub(super) fn training_trials(&self, seed: u64, iteration: u64) -> Trials {
        let mut rng = Stream::Onsets { iteration }.rng(seed);
        let all: Vec<Show> =
            (0..self.setting.trials).map(|_| drawn(self.rule, self.setting.dt_ms, &mut rng)).collect();
        self.trials(&all)
    }

    /// Every combination of directions, strengths and modalities, with the published times of tests.
    pub(super) fn analysis_trials(&self) -> Trials {
        self.trials(&self.shown())
    }

    /// When the analysis trials end.
    pub(super) fn analysis_end(&self) -> usize {
        self.shown().iter().map(|show| show.end).max().unwrap_or_default()
    }

    fn shown(&self) -> Vec<Show> {
        shown(self.rule, self.setting.dt_ms, self.setting.directions)
    }

    fn trials(&self, all: &[Show]) -> Trials {
        show::trials(all, self.rule.ask.conditions().len(), self.n_steps(), &self.setting)
    }

    /// Steps of the longest trial, on which arrays of every set of trials are.
    fn n_steps(&self) -> usize {
        let step = |time: f64| (time / self.setting.dt_ms) as usize;
        // Each time is cut to a step by itself, as published.
        let drawn = self.rule.times.longest().iter().map(|&time| step(time)).sum::<usize>();
        drawn.max(self.analysis_end())
    }
}

fn names(setting: &YangSetting) -> [Vec<String>; 2] {
    let ring = |what: &str| (1..=setting.ring).map(|unit| format!("{what} {unit}")).collect::<Vec<_>>();
    let fixation = || vec!["fixation".to_owned()];
    [
        [fixation(), ring("modality 1 direction"), ring("modality 2 direction")].concat(),
        [fixation(), ring("direction")].concat(),
    ]
}

impl From<Yang> for Task {
    fn from(task: Yang) -> Self {
        let [input_names, output_names] = names(&task.setting);
        let shown = task.shown();
        let (go, end) = (shown[0].go, task.analysis_end());
        // With and without the fixation point, nothing else shown: delays and answers from memory.
        let mut inputs = Array2::zeros((2, input_names.len()));
        inputs[[0, 0]] = 1.0;
        Self {
            name: task.rule.name.to_owned(),
            n_circuit_nodes: input_names.len() + output_names.len(),
            condition_names: task.rule.ask.conditions().iter().map(|name| (*name).to_owned()).collect(),
            quantity: ("direction".to_owned(), [0.0, 360.0]),
            n_steps: task.n_steps(),
            starts: shown[0].starts(),
            decision: Epoch::new(go, end),
            dt_ms: Some(task.setting.dt_ms),
            grid: InputGrid {
                names: vec!["fixation".to_owned()],
                conditions: array![[1.0], [0.0]],
                ..InputGrid::of_inputs(inputs)
            },
            contexts: None,
            choice: None,
            asked_value: None,
            input_names,
            output_names,
            source: Source::Yang(Box::new(task)),
        }
    }
}
