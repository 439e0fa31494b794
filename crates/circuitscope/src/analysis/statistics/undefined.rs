//! Why a statistic of groups is not defined.

/// Why a statistic of groups is not defined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undefined {
    /// There are too few groups to tell apart.
    #[error("there are {found} groups, {expected} are needed")]
    Groups {
        /// Number of groups.
        found: usize,
        /// Groups that it needs.
        expected: usize,
    },
    /// Every group is a single item.
    #[error("every group has a single member")]
    Singles,
    /// A group is too small.
    #[error("the smallest group has {found} members, {expected} are needed")]
    Members {
        /// Members of the smallest group.
        found: usize,
        /// Members that it needs.
        expected: usize,
    },
    /// No two items differ.
    #[error("all distances are zero")]
    AllZero,
    /// Groups do not vary within, which is what they would be measured by.
    #[error("items of a group do not vary, and differences are measured against that spread")]
    NoSpread,
    /// A covariate does not go with the items, or too few items have all of them.
    #[error("covariates need one value an item, and three items more than there are covariates")]
    Covariates,
    /// No neighbour votes.
    #[error("no neighbour votes")]
    NoVotes,
}
