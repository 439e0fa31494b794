use proptest::prelude::*;

use super::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn plane(n: usize, n_axes: usize, seed: u64) -> Array2<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    Array2::from_shape_fn((n, n_axes), |_| rng.sample(StandardNormal))
}

const BRIEF: Budget = Budget { n_starts: 5, ..Budget::PUBLISHED };

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn distances_in_the_plane_are_embedded_exactly(n in 2_usize..30, seed: u64) {
        let between = distances(plane(n, 2, seed).view());
        let embedding = metric(between.view(), BRIEF, seed).expect("distances");
        prop_assert!(embedding.stress < 1e-12 * (1.0 + between.iter().map(|d| d * d).sum::<f64>()));
        let gap = (distances(embedding.points.view()) - between).mapv(f64::abs).fold(0.0, |a: f64, &b| a.max(b));
        prop_assert!(gap < 1e-6);
    }

    #[test]
    fn more_starts_never_raise_the_stress_and_the_stress_is_that_of_the_points(seed: u64) {
        // Every start goes to its minimum; one that ends early may be passed by a worse one when the best is finished.
        let finished = Budget { max_iterations: 100_000, tolerance: FINISH, ..BRIEF };
        let between = distances(plane(15, 5, seed).view());
        let few = metric(between.view(), finished, seed).expect("distances");
        let many = metric(between.view(), Budget { n_starts: 20, ..finished }, seed).expect("distances");
        prop_assert!(many.stress <= few.stress * (1.0 + 1e-6)); // what a descent ended at 1e-10 per iteration leaves
        let gaps = distances(few.points.view()) - between;
        let stress = 0.5 * gaps.iter().map(|gap| gap * gap).sum::<f64>();
        prop_assert!((stress / few.stress - 1.0).abs() < 1e-9);
    }
}

#[test]
fn no_items_one_item_and_items_in_one_place_have_an_embedding() {
    for n in [0, 1, 2, 9] {
        let embedding = metric(Array2::zeros((n, n)).view(), BRIEF, 1).expect("distances");
        assert_eq!(embedding.points.dim(), (n, 2));
        assert!(embedding.stress < 1e-9 && embedding.points.iter().all(|x| x.is_finite()));
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let between = distances(plane(20, 4, 1).view());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a pool");
    let alone = pool.install(|| metric(between.view(), BRIEF, 1));
    assert_eq!(alone, metric(between.view(), BRIEF, 1));
}

#[test]
fn what_is_no_distance_is_named() {
    let error = metric(Array2::zeros((2, 3)).view(), BRIEF, 1).expect_err("no square");
    assert_eq!(error, EmbeddingError::Shape { found: [2, 3] });
    let crooked = ndarray::array![[0.0, 1.0], [2.0, 0.0]];
    let error = metric(crooked.view(), BRIEF, 1).expect_err("not symmetric");
    assert_eq!(error, EmbeddingError::Distance { first: 0, second: 1, value: 1.0 });
}
