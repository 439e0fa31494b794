//! The command line of circuitscope.

fn main() {}
