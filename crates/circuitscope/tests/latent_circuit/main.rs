//! Latent circuits: planted ones are found, told apart and followed; what cannot be fitted is named.

mod causality;
mod effects;
mod planted;
mod recorded;
mod recovery;
