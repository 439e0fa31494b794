//! What passed, failed and was skipped, and how long it took.

use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The steps of a test run, in their order.
#[derive(Default)]
pub(crate) struct Ledger {
    steps: Vec<Step>,
}

/// One step and what came of it.
pub(crate) struct Step {
    name: &'static str,
    began: Instant,
    took: Duration,
    n_passed: usize,
    failed: Vec<String>,
    skipped: Vec<String>,
}

impl Ledger {
    /// Announces a step, runs it and notes its outcome.
    pub(crate) fn step(&mut self, name: &'static str, work: impl FnOnce(&mut Step)) {
        println!("\n== {name}");
        let mut step = Step {
            name,
            began: Instant::now(),
            took: Duration::ZERO,
            n_passed: 0,
            failed: Vec::new(),
            skipped: Vec::new(),
        };
        work(&mut step);
        step.took = step.began.elapsed();
        self.steps.push(step);
    }

    /// Prints the table of steps, what was skipped or failed, and the closing line.
    pub(crate) fn close(&self) -> ExitCode {
        println!("\n{}", self.table());
        println!("{}", self.closing_line());
        if self.failures().next().is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn table(&self) -> String {
        let width = self.steps.iter().map(|step| step.name.chars().count()).max().unwrap_or(0).max(5);
        let row = |name: &str, took: Duration, [passed, failed, skipped]: [usize; 3]| {
            let seconds = took.as_secs_f64();
            format!("{name:<width$} {seconds:>9.1} s {passed:>8} {failed:>8} {skipped:>8}")
        };
        let head =
            format!("{:<width$} {:>11} {:>8} {:>8} {:>8}", "step", "took", "passed", "failed", "skipped");
        let steps = self.steps.iter().map(|step| row(step.name, step.took, step.counts()));
        let total = row("total", self.steps.iter().map(|step| step.took).sum(), self.counts());
        let skipped =
            self.steps.iter().flat_map(|step| &step.skipped).map(|skipped| format!("skipped  {skipped}"));
        let failed = self.failures().map(|failed| format!("failed   {failed}"));
        let lines = std::iter::once(head).chain(steps).chain([total]).chain(skipped).chain(failed);
        lines.map(|line| line + "\n").collect()
    }

    /// `N passed, M failed`, and how many were skipped.
    fn closing_line(&self) -> String {
        let [passed, failed, skipped] = self.counts();
        let skipped = if skipped == 0 { String::new() } else { format!(", {skipped} skipped") };
        format!("{passed} passed, {failed} failed{skipped}")
    }

    fn failures(&self) -> impl Iterator<Item = &String> {
        self.steps.iter().flat_map(|step| &step.failed)
    }

    fn counts(&self) -> [usize; 3] {
        self.steps
            .iter()
            .map(Step::counts)
            .fold([0; 3], |sum, of_step| std::array::from_fn(|i| sum[i] + of_step[i]))
    }
}

impl Step {
    /// Notes tests that passed and were told of elsewhere.
    pub(crate) fn pass_many(&mut self, n: usize) {
        self.n_passed += n;
    }

    /// Notes and prints a check that passed.
    pub(crate) fn pass(&mut self, name: &str) {
        println!("ok       {name}");
        self.n_passed += 1;
    }

    /// Notes and prints a check that failed.
    pub(crate) fn fail(&mut self, name: &str, why: &str) {
        println!("FAILED   {name}: {why}");
        self.failed.push(format!("{name}: {why}"));
    }

    /// Notes and prints what could not be checked here.
    pub(crate) fn skip(&mut self, name: &str, why: &str) {
        println!("skipped  {name}: {why}");
        self.skipped.push(format!("{name}: {why}"));
    }

    /// Notes a check by what is wrong, if anything.
    pub(crate) fn check(&mut self, name: &str, wrong: Option<String>) {
        match wrong {
            None => self.pass(name),
            Some(why) => self.fail(name, &why),
        }
    }

    /// Whether a check of this step failed.
    pub(crate) fn has_failed(&self) -> bool {
        !self.failed.is_empty()
    }

    fn counts(&self) -> [usize; 3] {
        [self.n_passed, self.failed.len(), self.skipped.len()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_counts_over_all_steps() {
        let mut ledger = Ledger::default();
        ledger.step("one", |step| step.pass_many(7));
        assert_eq!(ledger.closing_line(), "7 passed, 0 failed");
        ledger.step("two", |step| {
            step.pass("holds");
            step.fail("breaks", "on purpose");
            step.skip("needs a browser", "there is none");
        });
        assert_eq!(ledger.closing_line(), "8 passed, 1 failed, 1 skipped");
        assert!(ledger.table().contains("failed   breaks: on purpose"));
        assert!(ledger.table().contains("skipped  needs a browser: there is none"));
    }
}
