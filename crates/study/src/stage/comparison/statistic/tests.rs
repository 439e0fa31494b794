use super::*;

/// Neighbours that vote, accuracy and interval of groups of these sizes, each at a place of its own, far from the others.
fn found(sizes: &[usize]) -> (Option<usize>, Option<f64>, Option<[f64; 2]>) {
    let labels: Vec<usize> = sizes.iter().enumerate().flat_map(|(group, &n)| vec![group; n]).collect();
    let n = labels.len();
    let matrix = Array2::from_shape_fn((n, n), |(i, j)| match (i == j, labels[i] == labels[j]) {
        (true, _) => 0.0,
        (_, true) => 1.0,
        (_, false) => 100.0 + labels[i].abs_diff(labels[j]) as f64,
    });
    let labels: Vec<Option<usize>> = labels.into_iter().map(Some).collect();
    let work = Work { permutations: 9, resamples: 20, seed: 1 };
    let over = Items::BetterHalf;
    let value = value(&matrix, &labels, Space::Distances, over, Groups::Activation, StatisticName::Knn, work);
    (value.k, value.value, value.interval)
}

#[test]
fn groups_far_apart_are_found_by_as_many_neighbours_as_they_can_win() {
    // Two of each activation, as half of a study of one network per class.
    assert_eq!(found(&[2, 2, 2]), (Some(1), Some(1.0), None));
    for (sizes, k) in [(&[3, 3, 3][..], 2), (&[20, 20, 3], 2), (&[4, 4, 4], 5), (&[20, 4], 5)] {
        let (n_neighbours, accuracy, interval) = found(sizes);
        assert_eq!((n_neighbours, accuracy), (Some(k), Some(1.0)));
        let [low, high] = interval.expect("an interval");
        // Wilson's of n hits out of n: from n / (n + 1.96²) to 1.
        let n = sizes.iter().sum::<usize>() as f64;
        assert!(
            (low - n / (n + 3.841_458_820_694_124)).abs() < 1e-9 && high == 1.0,
            "{sizes:?} {low} {high}"
        );
    }
    // One of a group has no neighbour of its own, and one group nothing to be told from.
    assert_eq!(found(&[8, 1]), (None, None, None));
    assert_eq!(found(&[8]), (None, None, None));
}
