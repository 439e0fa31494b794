//! The numbers that are taken of one network, by name.

/// The measures as one table: documentation, variant, name in tables and what it is in words.
macro_rules! measures {
    ($($(#[$doc:meta])+ $Variant:ident, $name:literal, $words:literal;)+) => {
        /// A number of one network.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Measure {
            $($(#[$doc])+ $Variant,)+
        }

        impl Measure {
            /// Every measure.
            pub const ALL: [Self; [$(Self::$Variant),+].len()] = [$(Self::$Variant),+];

            /// Name in tables.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$Variant => $name,)+
                }
            }

            /// What it is, in words.
            pub fn words(self) -> &'static str {
                match self {
                    $(Self::$Variant => $words,)+
                }
            }
        }
    };
}

measures! {
    /// [`exchange_residual`](super::exchange_residual).
    ExchangeResidual, "exchange_residual", "what exchanging the contexts leaves of the trajectories";
    /// [`wing_residual`](super::wing_residual).
    WingResidual, "wing_residual",
        "what exchanging the contexts leaves of the trajectories about each context's moving mean";
    /// [`early_divergence`](super::early_divergence) at [`EARLY_STEP`](super::EARLY_STEP).
    EarlyDivergence, "early_divergence", "distance of the contexts at step 20 over the final one";
    /// [`context_axis_share`](super::context_axis_share).
    ContextAxisShare, "context_axis_share", "share of the variance within contexts along the axis between them";
    /// [`moving_context_share`](super::moving_context_share) over the decision epoch.
    MovingContextShare, "moving_context_share",
        "share of the variance about each context's moving mean along the axis between them";
    /// [`evidence_along_axis`](super::evidence_along_axis) over the decision epoch.
    EvidenceAlongAxis, "evidence_along_axis",
        "share of the variance with relevant coherence along the axis between the contexts";
    /// [`sheet_angle`](super::sheet_angle) over the decision epoch.
    SheetAngle, "sheet_angle", "angle of the contexts' sheets to the context axis less that by chance (degrees)";
    /// [`arm_concentration`](super::arm_concentration) of the units beyond [`NEAR_CENTRE`](super::NEAR_CENTRE).
    ArmConcentration, "arm_concentration", "concentration of units on the arms of a cross";
    /// [`angular_concentration`](super::angular_concentration) of the units beyond [`NEAR_CENTRE`](super::NEAR_CENTRE).
    AngularConcentration, "angular_concentration", "concentration of the far units' angles on a cross, debiased";
    /// [`far_share`](super::far_share) of the units beyond [`NEAR_CENTRE`](super::NEAR_CENTRE).
    FarShare, "far_share", "share of the units that are far from the centre";
    /// [`evenness_of_radii`](super::evenness_of_radii).
    EvennessOfRadii, "evenness_of_radii", "evenness of the units' radii";
    /// [`kurtosis_of_radii`](super::kurtosis_of_radii).
    KurtosisOfRadii, "kurtosis_of_radii", "kurtosis of the units' radii";
    /// [`largest_radius`](super::largest_radius).
    LargestRadius, "largest_radius", "largest over median radius of a unit";
    /// [`context_separation`](super::context_separation).
    ContextSeparation, "context_separation", "silhouette of the contexts among fixed points";
    /// [`irrelevant_share`](super::irrelevant_share).
    IrrelevantShare, "irrelevant_share", "variance of fixed points with irrelevant over relevant coherence";
    /// [`sheet_index`](super::sheet_index).
    SheetIndex, "sheet_index", "second over first squared extent of each context's fixed points with both coherences";
    /// Share of the variance of fixed points on their first two components.
    PlaneShare, "plane_share", "share of the variance of fixed points in a plane";
    /// [`endpoint_gap`](super::endpoint_gap).
    EndpointGap, "endpoint_gap", "distance of endpoints to the nearest stable fixed point";
    /// [`endpoint_offset`](super::endpoint_offset).
    EndpointOffset, "endpoint_offset", "distance of endpoints to a stable fixed point of their own input, all units";
    /// [`output_alignment`](super::output_alignment) over the decision epoch.
    OutputAlignment, "output_alignment", "share of the activity that the outputs see";
    /// [`irrelevant_information`](super::irrelevant_information) over the decision epoch.
    IrrelevantInformation, "irrelevant_information",
        "variance of rates at the decision with irrelevant over relevant coherence";
    /// Mean weight from context to irrelevant nodes less that from context to relevant nodes of the latent circuit.
    ContextInhibition, "context_inhibition", "context → irrelevant less context → relevant weight";
    /// Largest weight from a context to an irrelevant node of the latent circuit, see
    /// [`least_inhibition`](crate::analysis::latent_circuit::mechanism::least_inhibition).
    LeastInhibition, "least_inhibition", "largest context → irrelevant weight of any context and node";
    /// Mean weight from context to irrelevant nodes of the latent circuit.
    ContextToIrrelevant, "context_to_irrelevant", "context → irrelevant weight";
    /// Product of the signs of the irrelevant pair's pre-activations in the latent circuit.
    IrrelevantSignProduct, "irrelevant_sign_product", "sign product of the irrelevant pair's pre-activations";
    /// Product of the signs of a stimulus node's pre-activations in the two contexts, over the nodes of the latent circuit.
    NodeSignProduct, "node_sign_product", "sign product of one node's pre-activations in the two contexts";
    /// Product of the signs of the pre-activations of motion in the colour context and of colour in the motion context.
    StimulusSignProduct, "stimulus_sign_product",
        "sign product of motion's pre-activation in the colour context and colour's in the motion context";
    /// Mean pre-activation of the irrelevant pair in the latent circuit.
    IrrelevantPreactivation, "irrelevant_preactivation", "mean pre-activation of the irrelevant pair";
    /// Mean gain of the irrelevant pair less that of the relevant pair in the latent circuit.
    IrrelevantGain, "irrelevant_gain", "gain of the irrelevant less that of the relevant pair";
    /// Mean gain of the irrelevant pair over that of the relevant pair in the latent circuit.
    RelativeGain, "relative_gain", "gain of the irrelevant over that of the relevant pair";
    /// Correlation of the effects of matched perturbations on the circuit and on the network.
    PerturbationCorrelation, "perturbation_correlation", "correlation of matched perturbations";
    /// R² of the identity of the effects of matched perturbations, see
    /// [`prediction`](crate::analysis::latent_circuit::prediction).
    PerturbationIdentity, "perturbation_identity", "R² of the identity of matched perturbations";
    /// That of the circuits of other networks.
    PerturbationIdentityOtherCircuit, "perturbation_identity_other_circuit", "R² of the identity, circuits of other networks";
    /// That of the circuit without recurrent weights.
    PerturbationIdentityNoRecurrence, "perturbation_identity_no_recurrence",
        "R² of the identity, circuit without recurrent weights";
    /// That with the embedded nodes rotated at random.
    PerturbationIdentityRotated, "perturbation_identity_rotated", "R² of the identity, nodes rotated at random";
    /// [`irrelevant_slope`](super::irrelevant_slope) beyond [`STRONG`](super::STRONG), up to 4.
    IrrelevantSlope, "irrelevant_slope", "slope of P(right) on strong irrelevant coherence";
    /// [`irrelevant_sensitivity`](super::irrelevant_sensitivity) beyond [`FAR_BEYOND`](super::FAR_BEYOND).
    IrrelevantSensitivity, "irrelevant_sensitivity",
        "P(right) at strong irrelevant coherence to the right less to the left, less that within training";
    /// [`accuracy_lost`](super::accuracy_lost) beyond [`FAR_BEYOND`](super::FAR_BEYOND).
    AccuracyLost, "accuracy_lost", "accuracy lost to strong irrelevant coherence";
}
