//! The names of closed choices in tables.

use super::field::{Levels, levels};
use super::field_effects::AffectedKind;
use crate::config::Control;
use crate::stage::{
    Agreement, ExampleStepKind, Facet, Groups, Items, Kind, MatrixName, Space, Standing, StatisticName,
};
use circuitscope::Family;
use circuitscope::analysis::distance::Aspect;
use circuitscope::analysis::latent_circuit::mechanism::Label;
use circuitscope::analysis::measures::Measure;
use circuitscope::architecture::Constraint;
use circuitscope::claims::multiverse::{ChoiceKind, Robustness};
use circuitscope::claims::{Criterion, EffectTest, Verdict, Way};
use circuitscope::dynamics::stability::Stability;
use circuitscope::ranking;
use circuitscope::robustness::{Conclusion, Outcome};

/// Those that list and name themselves.
macro_rules! named {
    ($($Type:ident),+) => {
        $(
            impl Levels for $Type {
                fn all() -> Vec<(&'static str, Self)> {
                    Self::ALL.map(|one| (one.name(), one)).to_vec()
                }

                fn level(self) -> &'static str {
                    self.name()
                }
            }
        )+
    };
}

named!(Agreement, ChoiceKind, Conclusion, Family, Measure);

impl Levels for ranking::Measure {
    fn all() -> Vec<(&'static str, Self)> {
        Self::ALL.map(|one| (one.name(), one)).to_vec()
    }

    fn level(self) -> &'static str {
        self.name()
    }
}

levels! {
    Kind {
        "trained" => Self::Trained,
        "shuffled" => Self::Control(Control::Shuffled),
        "untrained" => Self::Control(Control::Untrained),
    }
    Control { "shuffled" => Self::Shuffled, "untrained" => Self::Untrained }
    Standing {
        "selected" => Self::Selected,
        "surplus" => Self::Surplus,
        "below_floor" => Self::BelowFloor,
        "diverged" => Self::Diverged,
    }
    Facet {
        "trajectories" => Self::Aspect(Aspect::Trajectories),
        "endpoints" => Self::Aspect(Aspect::Endpoints),
        "selectivity" => Self::Aspect(Aspect::Selectivity),
        "fixed_points" => Self::Aspect(Aspect::FixedPoints),
        "circuits" => Self::Circuits,
    }
    Space { "distances" => Self::Distances, "embedding" => Self::Embedding }
    Items {
        "trained" => Self::Trained,
        "better_half" => Self::BetterHalf,
        "worse_half" => Self::WorseHalf,
        "control" => Self::Control,
        "both" => Self::Both,
    }
    Groups {
        "tanh_rest" => Self::TanhRest,
        "relu_sigmoid" => Self::ReluSigmoid,
        "activation" => Self::Activation,
        "class" => Self::Class,
        "trained_control" => Self::TrainedControl,
    }
    StatisticName {
        "silhouette" => Self::Silhouette,
        "knn" => Self::Knn,
        "permanova_f" => Self::Permanova,
    }
    Constraint { "dale" => Self::Dale, "free" => Self::Free }
    Stability {
        "stable" => Self::Stable,
        "unstable" => Self::Unstable,
        "marginal" => Self::Marginal,
    }
    ExampleStepKind {
        "point" => Self::Point,
        "fold" => Self::Fold,
        "real_crossing" => Self::RealCrossing,
        "hopf" => Self::Hopf,
    }
    Outcome {
        "survives" => Self::Survives,
        "within_noise" => Self::WithinNoise,
        "falls" => Self::Falls,
        "not_decidable" => Self::NotDecidable,
    }
    Verdict {
        "supported" => Self::Supported,
        "contradicted" => Self::Contradicted,
        "equivalent" => Self::Equivalent,
        "inconclusive" => Self::Inconclusive,
        "not_decidable" => Self::NotDecidable,
    }
    Robustness { "robust" => Self::Robust, "sensitive" => Self::Sensitive }
    EffectTest { "values" => Self::Values, "trend" => Self::Trend }
    AffectedKind { "aspect" => Self::Aspect, "measure" => Self::Measure }
    Criterion { "test" => Self::Test, "interval" => Self::Interval }
    Way { "above" => Self::Above, "below" => Self::Below, "within" => Self::Within, "aside" => Self::Aside }
    MatrixName { "w_rec" => Self::WRec, "w_inp" => Self::WInp, "w_out" => Self::WOut }
    Label {
        "inhibition" => Self::Inhibition,
        "saturation" => Self::Saturation,
        "both" => Self::Both,
        "neither" => Self::Neither,
    }
}
