//! The list of claims, as one table of values.

use super::part::Part;
use super::rule::About::{Labels, Networks};
use super::rule::Scope::{EveryTask, MainTask};
use super::rule::Source::{Distances, Embedding, Measures, Scores, Votes};
use super::rule::{Parts, ReadingRule, Rule};
use super::{TaskEvidence, Terms, circuits, controls, resting, shapes, solutions};

const fn reading(
    name: &'static str,
    words: &'static str,
    parts: fn(&TaskEvidence, Terms) -> Vec<Part>,
) -> ReadingRule<'static> {
    ReadingRule { name, words, parts: Parts::Of(parts) }
}

/// The claims by number; 18 is that those of [`EveryTask`] hold in other tasks.
pub(super) static RULES: [Rule<'static>; 18] = [
    Rule {
        number: 1,
        statement: ["Identical training leads the architectures to different solutions"; 2],
        scope: EveryTask,
        about: Labels,
        made_of: &[Distances],
        readings: &[
            reading("plain", "every aspect differs between architectures", solutions::different_solutions),
            reading(
                "beyond_controls",
                "separated more than before training",
                controls::solutions_beyond_controls,
            ),
            reading(
                "equal_performance",
                "every aspect differs once performance is taken out",
                controls::solutions_at_equal_performance,
            ),
        ],
    },
    Rule {
        number: 2,
        statement: ["They reach similar performance"; 2],
        scope: MainTask,
        about: Networks,
        made_of: &[Scores],
        readings: &[reading(
            "plain",
            "every class is above the R² floor, and the medians of classes differ by less than the margin",
            solutions::similar_performance,
        )],
    },
    Rule {
        number: 3,
        statement: ["ReLU and sigmoid trajectories are symmetric, butterfly-shaped"; 2],
        scope: MainTask,
        about: Labels,
        made_of: &[Measures],
        readings: &[
            reading("by_activation", "ReLU and sigmoid each against tanh", shapes::butterflies),
            reading(
                "by_constraint",
                "the same within Dale's law and within free networks",
                shapes::butterflies_by_constraint,
            ),
            reading(
                "about_moving_means",
                "the same of what trials of a context have of their own, whatever the contexts do",
                shapes::wings,
            ),
            reading(
                "interaction",
                "what activations differ under Dale's law is, within the margin, what they differ without it",
                shapes::butterflies_whatever_the_constraint,
            ),
        ],
    },
    Rule {
        number: 4,
        statement: ["tanh trajectories diverge at once into two sheets orthogonal to the context axis"; 2],
        scope: MainTask,
        about: Labels,
        made_of: &[Measures],
        readings: &[
            reading("both", "early divergence, and variance along the context axis", shapes::early_sheets),
            reading("early", "early divergence alone", shapes::early),
            reading(
                "pooled_share",
                "variance along the context axis, all times pooled",
                shapes::pooled_share,
            ),
            reading(
                "moving_share",
                "the same about each context's moving mean, step by step",
                shapes::moving_share,
            ),
            reading(
                "evidence_share",
                "evidence moves states less along the context axis, of all that it moves them",
                shapes::evidence_across,
            ),
            reading(
                "sheet_angle",
                "tanh sheets stand more across the context axis than those of ReLU and sigmoid",
                shapes::sheet_angle,
            ),
        ],
    },
    Rule {
        number: 5,
        statement: ["The differences are there in untrained networks"; 2],
        scope: EveryTask,
        about: Labels,
        made_of: &[Distances, Votes],
        readings: &[
            reading("every_aspect", "in every aspect that is compared", solutions::untrained_differences),
            reading(
                "published",
                "in trajectories and selectivity, as published",
                solutions::untrained_as_published,
            ),
            reading(
                "published_controls",
                "the same with controls of the published kind, which do not keep the constraint of their networks",
                solutions::untrained_without_constraint,
            ),
        ],
    },
    Rule {
        number: 6,
        statement: ["Training amplifies them"; 2],
        scope: EveryTask,
        about: Labels,
        made_of: &[Distances],
        readings: &[
            reading("absolute", "distances between the centres of activations", solutions::amplified),
            reading(
                "relative",
                "separation of activations relative to their spread",
                controls::relative_separation,
            ),
        ],
    },
    Rule {
        number: 7,
        statement: ["Architectures form clusters"; 2],
        scope: EveryTask,
        about: Labels,
        made_of: &[Embedding, Votes],
        readings: &[
            reading("plain", "neighbours in the embedding tell activations apart", solutions::clusters),
            reading(
                "beyond_controls",
                "clusters separated more than before training",
                controls::clusters_beyond_controls,
            ),
            reading(
                "equal_performance",
                "neighbours tell activations apart once performance is taken out",
                controls::clusters_at_equal_performance,
            ),
        ],
    },
    Rule {
        number: 8,
        statement: ["tanh is separate whatever the connectivity constraint"; 2],
        scope: EveryTask,
        about: Labels,
        made_of: &[Distances],
        readings: &[
            reading(
                "plain",
                "tanh lies farther from the rest than its constraints from each other",
                solutions::tanh_separate,
            ),
            reading(
                "beyond_controls",
                "tanh separated more than before training",
                controls::tanh_beyond_controls,
            ),
            reading(
                "equal_performance",
                "the same once performance is taken out",
                controls::tanh_at_equal_performance,
            ),
        ],
    },
    Rule {
        number: 9,
        statement: ["ReLU and sigmoid selectivity is a cross with populated arms"; 2],
        scope: MainTask,
        about: Labels,
        made_of: &[Measures],
        readings: &[
            reading("both", "concentration on the arms, and evenness of radii", shapes::cross_of_units),
            reading("angular", "directions concentrate on four half-axes", shapes::angular_concentration),
            reading("far_share", "more units are far from the centre", shapes::far_units),
            reading("evenness", "evenness of radii alone", shapes::even_arms),
        ],
    },
    Rule {
        number: 10,
        statement: ["tanh selectivity is one central cluster with few far units"; 2],
        scope: MainTask,
        about: Labels,
        made_of: &[Measures],
        readings: &[reading("plain", "kurtosis of radii, and the largest radius", shapes::central_cluster)],
    },
    Rule {
        number: 11,
        statement: [
            "ReLU and sigmoid fixed points are alike and separated by context",
            "ReLU and sigmoid fixed points are alike",
        ],
        scope: EveryTask,
        about: Labels,
        made_of: &[Distances, Measures],
        readings: &[
            reading(
                "plain",
                "nearer to each other than tanh to either; contexts apart",
                resting::contexts_apart,
            ),
            reading(
                "beyond_controls",
                "contexts farther apart than before training",
                resting::contexts_beyond_controls,
            ),
        ],
    },
    Rule {
        number: 12,
        statement: ["tanh fixed points lie on a sheet, with irrelevant information less suppressed"; 2],
        scope: MainTask,
        about: Labels,
        made_of: &[Measures],
        readings: &[
            reading(
                "sheet_index",
                "stable points spread with irrelevant coherence, per context",
                resting::sheet_index,
            ),
            reading(
                "sheet_beyond_line",
                "the same, and beyond the margin up to which fixed points lie on a line",
                resting::sheet_beyond_a_line,
            ),
            reading(
                "both",
                "irrelevant over relevant variance, and the share in a plane",
                resting::sheet_at_rest,
            ),
            reading(
                "irrelevant_variance",
                "irrelevant over relevant variance alone",
                resting::less_suppressed,
            ),
            reading(
                "plane_share",
                "share of the variance in a plane, contexts pooled",
                resting::pooled_plane,
            ),
        ],
    },
    Rule {
        number: 13,
        statement: ["Endpoints agree with fixed points"; 2],
        scope: EveryTask,
        about: Networks,
        made_of: &[Distances],
        readings: &[
            reading(
                "mantel",
                "distances of endpoints and of fixed points correlate",
                resting::endpoints_at_rest,
            ),
            reading(
                "offset",
                "endpoints lie near the stable point of the same input",
                resting::endpoints_near,
            ),
            reading(
                "within_class",
                "distances correlate among networks of one class",
                controls::endpoints_within_class,
            ),
            reading(
                "beyond_controls",
                "distances correlate more than before training",
                controls::endpoints_beyond_controls,
            ),
        ],
    },
    Rule {
        number: 14,
        statement: ["In ReLU and sigmoid circuits context nodes inhibit irrelevant sensory nodes"; 2],
        scope: MainTask,
        about: Networks,
        made_of: &[Measures],
        readings: &[
            reading("plain", "weights to irrelevant less weights to relevant nodes", circuits::inhibition),
            reading(
                "each_node",
                "each irrelevant node is inhibited, in each context, and more than relevant ones",
                circuits::inhibition_of_each,
            ),
        ],
    },
    Rule {
        number: 15,
        statement: ["tanh circuits drive irrelevant nodes into opposite saturation"; 2],
        scope: MainTask,
        about: Networks,
        made_of: &[Measures],
        readings: &[
            reading("literal", "pre-activations of opposite sign, and a lower gain", circuits::saturation),
            reading(
                "opposite_to_inhibition",
                "saturation on the side opposite to inhibition",
                circuits::opposite_side,
            ),
            reading(
                "driven_up",
                "saturation on the side opposite to inhibition, whatever the other activations do",
                circuits::driven_up,
            ),
            reading("one_node", "one node of opposite sign in the two contexts", circuits::one_node),
            reading(
                "one_node_driven_up",
                "the same, driven up and saturated where it is irrelevant",
                circuits::one_node_driven_up,
            ),
            reading(
                "two_stimuli",
                "motion where irrelevant against colour where irrelevant",
                circuits::two_stimuli,
            ),
        ],
    },
    Rule {
        number: 16,
        statement: ["ReLU and sigmoid networks become sensitive to strong irrelevant stimuli"; 2],
        scope: MainTask,
        about: Networks,
        made_of: &[Measures],
        readings: &[
            reading(
                "sensitivity",
                "choices follow irrelevant coherence beyond 3 more than within training",
                circuits::sensitive,
            ),
            reading(
                "accuracy",
                "accuracy is lost under strong irrelevant coherence",
                circuits::less_accurate,
            ),
            reading("slope", "slope of choices over strong irrelevant coherence", circuits::sloped),
        ],
    },
    Rule {
        number: 17,
        statement: ["tanh networks do not become sensitive to strong irrelevant stimuli"; 2],
        scope: MainTask,
        about: Networks,
        made_of: &[Measures],
        readings: &[
            reading(
                "equivalence",
                "sensitivity of tanh is inside the margin around none",
                circuits::insensitive,
            ),
            reading(
                "below_others",
                "sensitivity of tanh is below that of ReLU and sigmoid",
                circuits::less_sensitive,
            ),
            reading("accuracy", "tanh loses less accuracy than ReLU and sigmoid", circuits::more_accurate),
            reading("slope", "slope of choices below that of ReLU and sigmoid", circuits::less_sloped),
            reading(
                "training_sets",
                "sensitivity of tanh inside the margin after training on 98 and on 450 trials",
                circuits::by_training_set,
            ),
        ],
    },
    Rule {
        number: 19,
        statement: ["Circuits predict the network"; 2],
        scope: MainTask,
        about: Networks,
        made_of: &[Measures],
        readings: &[
            reading("correlation", "effects of matched perturbations correlate", circuits::predictive),
            reading(
                "identity",
                "they are equal in size too, more than those of circuits that know nothing of the network",
                circuits::identical,
            ),
        ],
    },
];
