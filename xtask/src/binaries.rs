//! Test binaries, built by cargo and run side by side, each as soon as it is built.
//!
//! `cargo test` runs one binary after another once all are built: a core waits while one large binary is compiled, and
//! again at the end of each that ends in one long test.

use crate::cargo::{HOUR, cargo};
use crate::process::{Output, ProcessError, Ran, run, run_heard};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, mpsc};
use std::thread;

/// Unit tests first: the largest crate is compiled once more for them, which other crates' compilation can hide.
const BUILDS: [&[&str]; 2] = [&["--lib"], &[]];

/// A test binary that cargo has built.
#[derive(Debug, PartialEq)]
struct Binary {
    /// The source of its root.
    source: PathBuf,
    /// Folder of its package, in which it runs.
    package: PathBuf,
    executable: PathBuf,
}

/// A program that tested something, and what came of it.
pub(crate) struct Tested {
    /// What it tests.
    pub(crate) name: String,
    pub(crate) ran: Result<Ran, ProcessError>,
}

/// Builds every test of the workspace and runs it, then the documentation's; a build that fails comes among the others.
pub(crate) fn test_all(root: &Path) -> Vec<Tested> {
    let n_side_by_side = thread::available_parallelism().map_or(1, usize::from);
    let (sender, receiver) = mpsc::channel();
    let receiver = Mutex::new(receiver);
    thread::scope(|scope| {
        let runners: Vec<_> = (0..n_side_by_side)
            .map(|_| scope.spawn(|| std::iter::from_fn(|| next(&receiver)).map(|b| test(root, &b)).collect()))
            .collect();
        let mut tested = build_all(root, sender);
        let by_runners = runners.into_iter().filter_map(|runner| runner.join().ok());
        tested.extend(by_runners.flat_map(|tested: Vec<Tested>| tested));
        tested
    })
}

/// The next binary to run, waited for; [`None`] once all are built and taken.
fn next(built: &Mutex<mpsc::Receiver<Binary>>) -> Option<Binary> {
    built.lock().ok()?.recv().ok()
}

/// Sends each binary as it is built. Returns the build that failed, or what came of the documentation's tests.
fn build_all(root: &Path, sender: mpsc::Sender<Binary>) -> Vec<Tested> {
    let test = ["test", "--release", "--workspace"];
    let mut sent: Vec<Binary> = Vec::new();
    for targets in BUILDS {
        let mut command = cargo(root);
        command.args(test).args(["--no-run", "--message-format", "json-render-diagnostics"]).args(targets);
        let (sender, earlier) =
            (sender.clone(), sent.iter().map(|b| b.executable.clone()).collect::<Vec<_>>());
        let built = run_heard(&mut command, Output::Shown, HOUR, move |line| {
            if let Some(binary) = Binary::parse(line).filter(|b| !earlier.contains(&b.executable)) {
                let _ = sender.send(binary); // fails only if every runner has panicked, which the count of tests shows
            }
        });
        match built {
            Ok(ran) if ran.status.success() => sent.extend(ran.stdout.lines().filter_map(Binary::parse)),
            ran => return vec![Tested { name: "the tests build".to_owned(), ran }],
        }
    }
    drop(sender);
    let mut command = cargo(root);
    let ran = run(command.args(test).args(["--doc", "--no-fail-fast"]), Output::Kept, HOUR);
    vec![shown("documentation".to_owned(), ran)]
}

fn test(root: &Path, binary: &Binary) -> Tested {
    let mut command = Command::new(&binary.executable);
    command.current_dir(&binary.package).env("CARGO_MANIFEST_DIR", &binary.package).env("INSTA_UPDATE", "no");
    let name = binary.source.strip_prefix(root).unwrap_or(&binary.source).display().to_string();
    shown(name, run(&mut command, Output::Kept, HOUR))
}

/// Prints what a program said, in one piece.
fn shown(name: String, ran: Result<Ran, ProcessError>) -> Tested {
    if let Ok(ran) = &ran {
        println!("\n-- {name} ({:.1} s)\n{}{}", ran.took.as_secs_f64(), ran.stdout, ran.stderr);
    }
    Tested { name, ran }
}

impl Binary {
    /// A test binary from a line of cargo's messages; [`None`] if the line tells of something else.
    fn parse(message: &str) -> Option<Self> {
        #[derive(serde::Deserialize)]
        struct Message {
            executable: Option<PathBuf>,
            manifest_path: PathBuf,
            target: Target,
            profile: Profile,
        }
        #[derive(serde::Deserialize)]
        struct Target {
            src_path: PathBuf,
        }
        #[derive(serde::Deserialize)]
        struct Profile {
            test: bool,
        }
        let message: Message = serde_json::from_str(message).ok()?;
        let executable = message.executable.filter(|_| message.profile.test)?;
        let package = message.manifest_path.parent()?.to_path_buf();
        Some(Self { source: message.target.src_path, package, executable })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(test: bool) -> String {
        serde_json::json!({
            "reason": "compiler-artifact",
            "manifest_path": "/r/crates/a/Cargo.toml",
            "target": { "name": "x", "src_path": "/r/crates/a/tests/x.rs" },
            "profile": { "test": test },
            "executable": "/t/x-1",
        })
        .to_string()
    }

    #[test]
    fn test_binaries_are_told_from_programs_and_from_other_messages() {
        let binary = Binary::parse(&message(true)).expect("a test binary");
        let [source, package, executable] =
            ["/r/crates/a/tests/x.rs", "/r/crates/a", "/t/x-1"].map(PathBuf::from);
        assert_eq!(binary, Binary { source, package, executable });
        assert_eq!(Binary::parse(&message(false)), None);
        assert_eq!(Binary::parse(r#"{"reason":"build-finished","success":true}"#), None);
        assert_eq!(Binary::parse("Running a test"), None);
    }
}
