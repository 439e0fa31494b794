//! What a field of the grid does to every aspect and number, asked of every study that has a grid.

use ndarray::Array2;

use super::question::{Group, Number, Ordered, Quantity, State, Strata};
use super::{NetworkEvidence, TaskEvidence, Terms};
use crate::analysis::distance::Aspect;
use crate::analysis::measures::Measure;
use crate::analysis::statistics::{Nested, Standing, TrendForm, holm, trend};

/// A field that classes of a task differ in, with what is held while it is looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// The task.
    pub task: String,
    /// Name of the field.
    pub field: String,
    /// The classes of each of its values.
    pub groups: Vec<Group>,
    /// Its value in each class, where it is a number.
    pub ordered: Option<Ordered>,
    /// The other fields.
    pub within: Strata,
}

/// What a field may have an effect on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Affected {
    /// Distances of an aspect.
    Aspect(Aspect),
    /// A number of single networks.
    Number(Quantity),
}

/// How an effect is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EffectTest {
    /// Whether values of the field differ in any way: PERMANOVA of the values within strata.
    Values,
    /// Whether a number rises or falls with the field: Spearman's correlation within strata, two-sided.
    Trend,
}

/// An effect of a field, with how sure it is.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldEffect {
    /// The task.
    pub task: String,
    /// Name of the field.
    pub field: String,
    /// The fields that were held.
    pub within: Vec<String>,
    /// What it is on.
    pub on: Affected,
    /// How it was asked for.
    pub test: EffectTest,
    /// Networks that have it.
    pub n_networks: usize,
    /// Pseudo-F, or Spearman's correlation; none where it is not defined.
    pub value: Option<f64>,
    /// Its 95 % interval over networks.
    pub interval: Option<[f64; 2]>,
    /// Share of the variance within strata that lies between values of the field; of a trend none, the value says it.
    pub r2: Option<f64>,
    /// Permutation p.
    pub p: Option<f64>,
    /// The same after Holm's correction over all tests of the field on the task.
    pub p_holm: Option<f64>,
    /// Combinations of the other fields that a test had to leave out.
    pub n_left_out: usize,
}

impl Affected {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aspect(aspect) => aspect.name(),
            Self::Number(quantity) => quantity.name(),
        }
    }
}

/// The effects of fields on every aspect and number that networks of their tasks have. A factor of a task that is not among `tasks`
/// has none.
pub fn field_effects(factors: &[Factor], tasks: &[TaskEvidence], terms: Terms) -> Vec<FieldEffect> {
    let of_factor = |factor: &Factor| {
        let Some(task) = tasks.iter().find(|task| task.task == factor.task) else { return Vec::new() };
        let mut found: Vec<FieldEffect> =
            task.aspects.iter().map(|own| on_aspect(factor, own.aspect, task, terms)).collect();
        let quantities = std::iter::once(Quantity::R2).chain(Measure::ALL.map(Quantity::Measure));
        found.extend(quantities.flat_map(|quantity| on_number(factor, quantity, task, terms)));
        let tested: Vec<f64> = found.iter().filter_map(|effect| effect.p).collect();
        let mut corrected = holm(&tested).into_iter();
        for effect in found.iter_mut().filter(|effect| effect.p.is_some()) {
            effect.p_holm = corrected.next();
        }
        found
    };
    factors.iter().flat_map(of_factor).collect()
}

impl Factor {
    /// An effect of which nothing is known yet.
    fn effect(&self, on: Affected, test: EffectTest, n_networks: usize) -> FieldEffect {
        FieldEffect {
            task: self.task.clone(),
            field: self.field.clone(),
            within: self.within.fields.clone(),
            on,
            test,
            n_networks,
            value: None,
            interval: None,
            r2: None,
            p: None,
            p_holm: None,
            n_left_out: 0,
        }
    }

    /// Whether values differ, by distances between networks.
    fn differ(
        &self,
        on: Affected,
        networks: &[&NetworkEvidence],
        distances: &Array2<f64>,
        terms: Terms,
    ) -> FieldEffect {
        let group_of = |network: &&NetworkEvidence| {
            self.groups.iter().position(|group| group.classes.contains(&network.class))
        };
        let labels: Vec<Option<usize>> = networks.iter().map(group_of).collect();
        let strata: Vec<usize> = networks.iter().map(|network| self.within.of(&network.class)).collect();
        let effect = self.effect(on, EffectTest::Values, labels.iter().flatten().count());
        let nested = Nested::new(distances.view(), &labels, &strata);
        let Ok(found) =
            nested.map_err(|_| ()).and_then(|nested| nested.test(terms.resampling).map_err(|_| ()))
        else {
            return effect;
        };
        FieldEffect {
            value: Some(found.pseudo_f),
            interval: found.interval,
            r2: Some(found.r2),
            p: Some(found.p),
            n_left_out: found.n_left_out,
            ..effect
        }
    }
}

fn on_aspect(factor: &Factor, aspect: Aspect, task: &TaskEvidence, terms: Terms) -> FieldEffect {
    let own = task.aspects.iter().find(|own| own.aspect == aspect);
    let places = own.map_or(&[][..], |own| &own.trained.networks);
    let networks: Vec<&NetworkEvidence> = places.iter().map(|&place| &task.networks[place]).collect();
    let distances = own.map(|own| own.trained.distances.clone()).unwrap_or_default();
    factor.differ(Affected::Aspect(aspect), &networks, &distances, terms)
}

/// Both tests of a number; none of a number that no network has.
fn on_number(factor: &Factor, quantity: Quantity, task: &TaskEvidence, terms: Terms) -> Vec<FieldEffect> {
    let number = Number { quantity, state: State::Trained };
    let (networks, values): (Vec<&NetworkEvidence>, Vec<f64>) =
        task.networks.iter().filter_map(|network| Some((network, number.of(network)?))).unzip();
    if values.is_empty() {
        return Vec::new();
    }
    let on = Affected::Number(quantity);
    let n = values.len();
    let distances = Array2::from_shape_fn((n, n), |(i, j)| (values[i] - values[j]).abs());
    let mut found = vec![factor.differ(on, &networks, &distances, terms)];
    found.extend(factor.ordered.as_ref().map(|ordered| {
        let standing = |(network, &value): (&&NetworkEvidence, &f64)| {
            let at = *ordered.at.get(&network.class)?;
            Some(Standing { at, stratum: factor.within.of(&network.class), value })
        };
        let standings: Vec<Standing> = networks.iter().zip(&values).filter_map(standing).collect();
        let effect = factor.effect(on, EffectTest::Trend, standings.len());
        match trend(&standings, TrendForm::Spearman, terms.resampling) {
            Some(found) => FieldEffect {
                value: Some(found.value),
                interval: Some(found.interval),
                p: Some(found.tails.two_sided()),
                n_left_out: found.n_left_out,
                ..effect
            },
            None => effect,
        }
    }));
    found
}
