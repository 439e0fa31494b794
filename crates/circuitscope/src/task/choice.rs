//! Choices by one kind of evidence: what tasks such as perceptual decisions offer to analyses.

/// A choice between two answers by evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What evidence is called, such as `motion coherence`.
    pub quantity: String,
    /// Evidence on each trial on which a training score is taken `[B]`: above 0 for the first answer, below 0 for the second.
    pub evidence: Vec<f64>,
    /// Outputs for evidence above 0 and below 0.
    pub answers: [usize; 2],
    /// What these outputs are called.
    pub answer_names: [String; 2],
}
