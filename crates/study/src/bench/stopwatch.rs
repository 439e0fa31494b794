//! Times of work that is done over and over, on one thread or on several at once.

use std::num::NonZero;
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

/// Seconds of processor time, over all threads, that work takes: other programs on the machine do not change them.
///
/// Where the system does not tell, they are those of the clock, over as many threads as can run at once.
pub(crate) fn processor_time(n_threads: usize, work: impl FnOnce()) -> f64 {
    let (begun, before) = (Instant::now(), processor_seconds());
    work();
    match (before, processor_seconds()) {
        (Some(before), Some(after)) => after - before,
        _ => begun.elapsed().as_secs_f64() * n_at_once(n_threads) as f64,
    }
}

/// Threads, of so many, that run at once.
pub(crate) fn n_at_once(n_threads: usize) -> usize {
    n_threads.min(thread::available_parallelism().map_or(1, NonZero::get)).max(1)
}

/// Processor time of this process since it began, on all its threads; [`None`] where the system does not tell.
fn processor_seconds() -> Option<f64> {
    /// In which Linux counts here, on every machine (`man 5 proc`).
    const TICKS_PER_SECOND: f64 = 100.0;
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field, the name of the program, may hold spaces and brackets.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: Option<u64> = [11, 12].iter().map(|&field| fields.get(field)?.parse::<u64>().ok()).sum();
    Some(ticks? as f64 / TICKS_PER_SECOND)
}

/// The middle one, or the mean of the middle two.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}

#[cfg(test)]
mod tests {
    use super::{median, processor_time, side_by_side};
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    #[test]
    fn two_sleepers_side_by_side_do_twice_the_work_of_one() {
        let nap = |(): &mut ()| sleep(Duration::from_millis(20));
        let one = side_by_side(&mut [()], Duration::from_millis(100), nap);
        let two = side_by_side(&mut [(), ()], Duration::from_millis(100), nap);
        assert!(one >= 0.020, "{one}");
        assert!(two >= 0.010 && two < one, "{two} against {one}"); // sleeping takes no core, however busy they are
    }

    #[test]
    fn only_work_takes_processor_time() {
        let asleep = processor_time(1, || sleep(Duration::from_millis(200)));
        let begun = Instant::now();
        let at_work = processor_time(1, || while begun.elapsed() < Duration::from_millis(200) {});
        if cfg!(target_os = "linux") {
            // Tests beside this one work in the same process: only the busy one has a lower bound.
            assert!(asleep >= 0.0, "{asleep}");
            assert!(at_work > 0.0, "{at_work}");
        } else {
            assert!(asleep >= 0.2 && at_work >= 0.2, "{asleep} {at_work}");
        }
    }

    #[test]
    fn the_median_is_the_middle_of_the_sorted() {
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), 2.5);
    }
}
