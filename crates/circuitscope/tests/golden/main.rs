//! The science against the reference data of `golden/` (its README says what they are and how near is near enough).

mod analysis;
mod behaviour;
mod branch_grid;
mod circuits;
mod configurations;
mod fixed_points;
mod halves;
mod reference;
mod slow;
mod tasks;
