//! Times of work that is done over and over, on one thread or on several at once.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

/// Seconds from one piece of work to the next, over all threads: each item works on a thread of its own for at least
/// `least`, after one piece that is not counted.
pub(super) fn side_by_side<I: Send>(items: &mut [I], least: Duration, work: impl Fn(&mut I) + Sync) -> f64 {
    let ready = Barrier::new(items.len());
    let pieces_a_second = |item: &mut I| {
        work(item);
        ready.wait();
        let begun = Instant::now();
        let mut n_pieces = 0;
        while n_pieces == 0 || begun.elapsed() < least {
            work(item);
            n_pieces += 1;
        }
        f64::from(n_pieces) / begun.elapsed().as_secs_f64()
    };
    // One thread needs no other: a new one would start with cold caches.
    let rate = match items {
        [item] => pieces_a_second(item),
        _ => thread::scope(|scope| {
            let running: Vec<_> =
                items.iter_mut().map(|item| scope.spawn(|| pieces_a_second(item))).collect();
            running.into_iter().map(|thread| thread.join().expect("the work does not panic")).sum()
        }),
    };
    1.0 / rate
}

/// The middle one, or the mean of the middle two.
pub(super) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::{median, side_by_side};
    use std::thread::sleep;
    use std::time::Duration;

    #[test]
    fn two_sleepers_side_by_side_do_twice_the_work_of_one() {
        let nap = |(): &mut ()| sleep(Duration::from_millis(20));
        let one = side_by_side(&mut [()], Duration::from_millis(100), nap);
        let two = side_by_side(&mut [(), ()], Duration::from_millis(100), nap);
        assert!(one >= 0.020, "{one}");
        assert!(two >= 0.010 && two < one, "{two} against {one}"); // sleeping takes no core, however busy they are
    }

    #[test]
    fn the_median_is_the_middle_of_the_sorted() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), 2.5);
    }
}
