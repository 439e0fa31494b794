//! Weights in the course of a training, and what an update does to them.

use super::recipe::Recipe;
use circuitscope_kernel::{Adam, Allowed, Parameters, project};

/// What is learned: the arrays of the equation, of which the recurrent one may be a product of two.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Weights {
    /// Those of the equation.
    pub(super) parameters: Parameters,
    /// What recurrent weights are made of in a network of low rank.
    pub(super) factors: Option<Factors>,
    /// Which recurrent weights there are `[N, N]`; empty: all.
    pub(super) connections: Vec<bool>,
}

/// `M` and `N` of `W_rec = M Nᵀ`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Factors {
    rank: usize,
    /// M `[N, R]`.
    left: Vec<f32>,
    /// N `[N, R]`.
    right: Vec<f32>,
}

impl Factors {
    /// - `left`, `right`: `[N, R]`.
    pub(super) fn new(rank: usize, left: Vec<f32>, right: Vec<f32>) -> Self {
        Self { rank, left, right }
    }

    /// `M Nᵀ` `[N, N]`.
    pub(super) fn product(&self) -> Vec<f32> {
        let rows = self.left.chunks_exact(self.rank);
        rows.flat_map(|post| {
            let columns = self.right.chunks_exact(self.rank);
            columns.map(move |pre| post.iter().zip(pre).map(|(m, n)| m * n).sum::<f32>())
        })
        .collect()
    }

    /// Gradients by M and N from that by `W_rec`: `G N` and `Gᵀ M`.
    fn gradients(&self, by_product: &[f32]) -> [Vec<f32>; 2] {
        let mut by_left = vec![0.0; self.left.len()];
        let mut by_right = vec![0.0; self.right.len()];
        let n_units = self.left.len() / self.rank;
        for (post, row) in by_product.chunks_exact(n_units).enumerate() {
            for (pre, g) in row.iter().enumerate() {
                for r in 0..self.rank {
                    by_left[post * self.rank + r] += g * self.right[pre * self.rank + r];
                    by_right[pre * self.rank + r] += g * self.left[post * self.rank + r];
                }
            }
        }
        [by_left, by_right]
    }
}

impl Weights {
    /// Moments of the gradients of what is learned, before the first update.
    pub(super) fn adam(&self) -> Adam {
        match &self.factors {
            None => Adam::of(&self.parameters),
            Some(Factors { left, right, .. }) => {
                let [_, others @ ..] = self.parameters.arrays();
                Adam::new([left.as_slice(), right].into_iter().chain(others).map(<[f32]>::len))
            }
        }
    }

    /// One update by Adam, after which the weights are brought back to what the network may have.
    ///
    /// - `gradients`: by the arrays of the equation. `fixed_bias`: what the bias stays at, if it is not learned.
    pub(super) fn update(
        &mut self,
        adam: &mut Adam,
        gradients: &Parameters,
        fixed_bias: Option<&[f32]>,
        signs: &[f32],
        recipe: &Recipe,
    ) {
        let (rate, decay) = (recipe.learning_rate, recipe.weight_decay);
        match &mut self.factors {
            None => adam.update(self.parameters.arrays_mut(), gradients.arrays(), rate, decay),
            Some(factors) => {
                let by_factors = factors.gradients(&gradients.w_rec);
                let [_, others @ ..] = self.parameters.arrays_mut();
                let [_, by_others @ ..] = gradients.arrays();
                let arrays = [factors.left.as_mut_slice(), &mut factors.right].into_iter().chain(others);
                adam.update(arrays, by_factors.iter().map(Vec::as_slice).chain(by_others), rate, decay);
                self.parameters.w_rec = factors.product();
            }
        }
        if let Some(bias) = fixed_bias {
            self.parameters.bias.copy_from_slice(bias);
        }
        let allowed =
            Allowed { signs, input_output: recipe.model.input_output, connections: &self.connections };
        project(&mut self.parameters, allowed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The chain rule through the product, against differences of `Σ G ⊙ (M Nᵀ)`, which is linear in either factor.
    #[test]
    fn gradients_by_the_factors_are_those_of_finite_differences() {
        let numbers = |from: usize, len: usize| -> Vec<f32> {
            (from..from + len).map(|k| ((k * 37 % 19) as f32 - 9.0) / 8.0).collect()
        };
        let factors = Factors::new(2, numbers(0, 10), numbers(100, 10));
        let by_product = numbers(300, 25);
        let loss = |factors: &Factors| -> f32 {
            factors.product().iter().zip(&by_product).map(|(w, g)| w * g).sum()
        };
        let [by_left, by_right] = factors.gradients(&by_product);
        for at in 0..10 {
            for (exact, of) in [
                (&by_left, Factors::left_mut as fn(&mut Factors) -> &mut Vec<f32>),
                (&by_right, Factors::right_mut),
            ] {
                let moved = |by: f32| {
                    let mut moved = factors.clone();
                    of(&mut moved)[at] += by;
                    loss(&moved)
                };
                let difference = moved(0.5) - moved(-0.5);
                assert!((difference - exact[at]).abs() < 1e-4, "{at}: {difference} {}", exact[at]); // float32
            }
        }
    }

    impl Factors {
        fn left_mut(&mut self) -> &mut Vec<f32> {
            &mut self.left
        }

        fn right_mut(&mut self) -> &mut Vec<f32> {
            &mut self.right
        }
    }
}
