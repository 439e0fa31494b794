//! What is certified or bounded, checked by arithmetic that the library does not share.

mod ball;
mod certificates;
mod double_double;
mod spectra;
