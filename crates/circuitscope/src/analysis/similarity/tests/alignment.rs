//! How sure the search over orthogonal maps is.

use super::*;

fn maps(n: usize, seed: u64) -> [Array2<f64>; 2] {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    [0, 1].map(|_| normal(n, n, &mut rng) / (n as f64).sqrt())
}

fn of(map: &Array2<f64>) -> Dynamics {
    Dynamics::of(map.view())
}

#[test]
fn a_map_is_found_again_in_any_orthonormal_basis() {
    for seed in 0..60 {
        let n = 1 + seed as usize % 10;
        let [a, _] = maps(n, seed);
        let turn = rotation(n, 1000 + seed);
        let found = Search::new(0).align(&of(&a), &of(&turn.dot(&a).dot(&turn.t())));
        assert!(found.euclidean() < 1e-5, "{n}: {found:?}"); // the root of rounding
        assert!(found.angular() < 1e-5);
    }
}

#[test]
fn no_alignment_is_above_its_bound_and_that_of_symmetric_maps_reaches_it() {
    for seed in 0..30 {
        let [a, b] = maps(6, seed);
        let found = Search::new(6).align(&of(&a), &of(&b));
        assert!(found.trace <= found.bound && found.least() <= found.euclidean());
        let [a, b] = [a, b].map(|map| &map + &map.t());
        let found = Search::new(6).align(&of(&a), &of(&b));
        assert!(found.bound - found.trace < 1e-8, "{found:?}"); // sweeps end at gains of 1e-12
    }
}

#[test]
fn the_trace_is_that_of_the_best_of_many_rotations_of_a_plane() {
    // In two dimensions every orthogonal map is one of two circles, which can be walked.
    for seed in 0..20 {
        let [a, b] = maps(2, seed);
        let best = (0..200_000)
            .flat_map(|k| {
                let (sin, cos) = (f64::from(k) * std::f64::consts::TAU / 200_000.0).sin_cos();
                [array![[cos, -sin], [sin, cos]], array![[cos, sin], [sin, -cos]]]
            })
            .map(|turn| (&a * &turn.dot(&b).dot(&turn.t())).sum())
            .fold(f64::NEG_INFINITY, f64::max);
        let found = Search::new(2).align(&of(&a), &of(&b)).trace;
        // The walk misses the top by at most its bend times the square of half a step.
        assert!((found - best).abs() < 1e-8 && found > best - 1e-12, "{found} {best}");
    }
}

#[test]
fn distances_of_laws_of_motion_obey_the_triangle_inequality() {
    let search = Search::new(6);
    for seed in 0..40 {
        let [a, b] = maps(5, seed).map(|map| of(&map));
        let [c, _] = maps(5, 500 + seed).map(|map| of(&map));
        let [ab, bc, ac] = [(&a, &b), (&b, &c), (&a, &c)].map(|(x, y)| search.align(x, y));
        // Of what was found, not of the optimum: a search that misses one by this much would show.
        assert!(ac.euclidean() <= ab.euclidean() + bc.euclidean() + 1e-9);
        assert!(ac.angular() <= ab.angular() + bc.angular() + 1e-9);
    }
}
