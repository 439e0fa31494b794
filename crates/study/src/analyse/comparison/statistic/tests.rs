use super::*;

/// Accuracy and interval of groups of these sizes, each at a place of its own, far from the others.
fn found(sizes: &[usize]) -> (Option<f64>, Option<[f64; 2]>) {
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
    (value.value, value.interval)
}

#[test]
fn a_vote_that_no_distance_could_win_is_no_number() {
    // Two of each activation, as half of a study of one network a class: the five others are all that vote.
    assert_eq!(found(&[2, 2, 2]), (None, None));
    // Two others of a group lose to three of the nearest group.
    assert_eq!(found(&[3, 3, 3]), (None, None));
    assert_eq!(found(&[20, 20, 3]), (None, None));
    assert_eq!(found(&[4, 4, 4]), (Some(1.0), Some([1.0, 1.0])));
    assert_eq!(found(&[20, 4]), (Some(1.0), Some([1.0, 1.0])));
    assert_eq!(found(&[8]), (None, None));
}
