//! What each node of a circuit stands for, read from its wiring.

use super::setting::Wiring;

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// It alone receives this input.
    Input(usize),
    /// It alone gives this output, and receives no input.
    Output(usize),
    /// The fit decides what it is for.
    Free,
}

/// The role of each node `[n]`. A node with several inputs counts by the first of them.
pub fn roles(wiring: &Wiring) -> Vec<Role> {
    let only = |flags: ndarray::ArrayView1<'_, bool>| {
        let mut allowed = flags.iter().enumerate().filter(|(_, allowed)| **allowed).map(|(at, _)| at);
        allowed.next().filter(|_| allowed.next().is_none())
    };
    let role = |node: usize| {
        if let Some(input) = wiring.inp.row(node).iter().position(|&allowed| allowed) {
            return Role::Input(input);
        }
        let output = only(wiring.out.column(node));
        // Where every node may give an output, giving it sets no node apart.
        match output.filter(|&output| only(wiring.out.row(output)) == Some(node)) {
            Some(output) => Role::Output(output),
            None => Role::Free,
        }
    };
    (0..wiring.n_nodes()).map(role).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::latent_circuit::setting::Variant;

    #[test]
    fn the_last_nodes_are_outputs_in_one_publication_and_free_in_the_other() {
        let inputs = [Role::Input(0), Role::Input(1), Role::Input(2)];
        for (variant, rest) in [
            (Variant::Te25, [Role::Free, Role::Free, Role::Free]),
            (Variant::Le25, [Role::Free, Role::Output(0), Role::Output(1)]),
        ] {
            let found = roles(&Wiring::published(variant, 6, 3, 2));
            assert_eq!(found, [inputs, rest].concat());
        }
    }
}
