//! The rules of the house that the compiler does not know: which crate sees which, and what sources never hold.

#![allow(clippy::unwrap_used)] // a test

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Crates of the workspace and the others of it that each may see.
const EDGES: [(&str, &[&str]); 7] = [
    ("circuitscope-kernel", &[]),
    ("circuitscope", &["circuitscope-kernel"]),
    ("circuitscope-report", &[]),
    ("circuitscope-study", &["circuitscope", "circuitscope-report"]),
    ("circuitscope-cli", &["circuitscope-study"]),
    // The console script of the wheel is the command line.
    ("circuitscope-python", &["circuitscope", "circuitscope-cli", "circuitscope-study"]),
    ("xtask", &[]),
];

/// Dependencies that only one crate may have, but for tests.
const OWNED: [(&str, &[&str]); 4] = [
    ("circuitscope-study", &["toml", "safetensors", "parquet", "arrow", "flate2"]),
    ("circuitscope-report", &["maud", "png"]),
    ("circuitscope-cli", &["clap", "indicatif", "ctrlc"]),
    ("circuitscope-python", &["pyo3", "numpy"]),
];

/// Lines of a file where two would read better.
const LONG: usize = 400;
/// Longer files that are one thing, each with the reason.
const LONG_WITH_REASON: [(&str, &str); 0] = [];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// What `cargo metadata` says of the workspace, as far as it is needed here.
#[derive(serde::Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(serde::Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(serde::Deserialize)]
struct Dependency {
    name: String,
    /// [`None`]: of the shipped crate; else `dev` or `build`.
    kind: Option<String>,
}

/// Which dependencies count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Those that the crate ships with.
    Shipped,
    /// Those of its tests too.
    Any,
}

impl Package {
    /// Names of the crate's dependencies.
    fn dependencies(&self, of: Use) -> BTreeSet<String> {
        let counts = |kind: Option<&str>| of == Use::Any || kind != Some("dev");
        let counted = self.dependencies.iter().filter(|dependency| counts(dependency.kind.as_deref()));
        counted.map(|dependency| dependency.name.clone()).collect()
    }
}

/// What cargo prints.
fn cargo(arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO"));
    let output = command.current_dir(root()).args(arguments).arg("--offline").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn workspace() -> Vec<Package> {
    let text = cargo(&["metadata", "--no-deps", "--format-version", "1"]);
    serde_json::from_str::<Metadata>(&text).unwrap().packages
}

#[test]
fn imports_run_one_way_from_the_kernel_to_the_command_line() {
    let packages = workspace();
    let members: BTreeSet<String> = packages.iter().map(|package| package.name.clone()).collect();
    let allowed: BTreeMap<&str, &[&str]> = EDGES.into_iter().collect();
    let known: BTreeSet<String> = allowed.keys().map(|name| (*name).to_owned()).collect();
    assert_eq!(members, known, "a crate that the map in EDGES and ARCHITECTURE.md does not know, or lacks");
    for package in packages {
        // Tests too: a test that reaches backwards would tie what the crates keep apart.
        let seen: BTreeSet<String> = package.dependencies(Use::Any).intersection(&members).cloned().collect();
        let expected: BTreeSet<String> =
            allowed[package.name.as_str()].iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(seen, expected, "crates of the workspace that {} sees", package.name);
    }
}

#[test]
fn only_its_owner_knows_a_file_format_or_the_terminal() {
    for package in workspace().into_iter().filter(|package| package.name != "xtask") {
        for dependency in package.dependencies(Use::Shipped) {
            let owner = OWNED.iter().find(|(_, owned)| {
                owned.iter().any(|name| dependency == *name || dependency.starts_with(&format!("{name}-")))
            });
            let is_allowed = owner.is_none_or(|(owner, _)| *owner == package.name.as_str());
            assert!(is_allowed, "{} depends on {dependency}, which is {}'s", package.name, owner.unwrap().0);
        }
    }
}

/// A feature more in one of two dependency graphs compiles a crate, and all that stands on it, twice.
#[test]
fn the_program_and_the_tests_compile_each_dependency_once() {
    let features = |of: &[&str]| -> BTreeMap<String, String> {
        let mut arguments = vec!["tree", "--prefix", "none", "--format", "{p}\t{f}", "--no-dedupe"];
        arguments.extend(of);
        let text = cargo(&arguments);
        let crates = text.lines().filter_map(|line| line.split_once('\t'));
        crates.map(|(name, features)| (name.to_owned(), features.to_owned())).collect()
    };
    let tests = features(&["--workspace", "--edges", "all"]);
    for shipped in ["circuitscope-cli", "circuitscope-python"] {
        let program = features(&["--package", shipped, "--edges", "normal,build"]);
        assert!(
            program.len() > 100,
            "only {} crates were found: `cargo tree` changed its form",
            program.len()
        );
        let other = program
            .iter()
            .filter(|(name, features)| tests.get(*name).is_some_and(|found| found != *features));
        assert_none(
            other.map(|(name, features)| {
                format!("{name}: `{features}` in {shipped}, `{}` in the tests", tests[name])
            }),
            "give the program what the tests ask for, in crates/cli/Cargo.toml",
        );
    }
}

/// A text file of the repository.
struct Source {
    /// From the root, with `/`.
    path: String,
    text: String,
}

impl Source {
    fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|ending| ending == "rs")
    }

    fn is_under(&self, folder: &str) -> bool {
        self.path.starts_with(folder)
    }

    /// Part of a crate that is shipped.
    fn is_shipped(&self) -> bool {
        let is_test = self.path.contains("/tests/") || self.path.ends_with("/tests.rs");
        self.is_rust() && self.is_under("crates/") && self.path.contains("/src/") && !is_test
    }

    /// Lines of code with their numbers; a comment at the end of a line stays.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate().map(|(i, line)| (i + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// What a person wrote: no build output, no study folder, nothing hidden.
fn sources() -> Vec<Source> {
    let root = root();
    let mut sources = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let is_hidden =
                name.starts_with('.') && ![".cargo", ".ci", ".gitignore"].contains(&name.as_str());
            let is_output = ["target", "__pycache__", "node_modules"].contains(&name.as_str())
                || name.ends_with("-study");
            if is_hidden || is_output {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                let inside = path.strip_prefix(&root).unwrap().components();
                let parts: Vec<_> = inside.map(|part| part.as_os_str().to_string_lossy()).collect();
                sources.push(Source { path: parts.join("/"), text });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(sources.iter().filter(|source| source.is_shipped()).count() > 50, "the walk lost the sources");
    sources
}

/// Places where one of these words stands by itself, as `file:line: word`.
fn mentions<'a>(source: &'a Source, words: &'a [&'a str]) -> impl Iterator<Item = String> + 'a {
    source.code().flat_map(move |(line, code)| {
        let found = words.iter().filter(move |word| contains_word(code, word));
        found.map(move |word| format!("{}:{line}: {word}", source.path))
    })
}

fn contains_word(code: &str, word: &str) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        let ends_open = word.ends_with(|c: char| !c.is_alphanumeric());
        !is_part(before) && (ends_open || !is_part(after))
    })
}

#[track_caller]
fn assert_none(found: impl IntoIterator<Item = String>, rule: &str) {
    let found: Vec<String> = found.into_iter().collect();
    assert!(found.is_empty(), "{rule}:\n{}", found.join("\n"));
}

#[test]
fn a_module_is_named_after_what_it_holds() {
    let never = ["mod", "utils", "util", "helpers", "helper", "common", "misc", "prelude"];
    let sources = sources();
    let rust = sources.iter().filter(|source| source.is_rust());
    let badly_named = rust.filter(|source| {
        source.path.split('/').any(|part| never.contains(&part.strip_suffix(".rs").unwrap_or(part)))
    });
    assert_none(badly_named.map(|source| source.path.clone()), "files and folders that say nothing");
}

#[test]
fn libraries_do_not_print() {
    let sources = sources();
    let libraries = sources.iter().filter(|source| source.is_shipped() && !source.is_under("crates/cli/"));
    let found =
        libraries.flat_map(|source| mentions(source, &["println!", "eprintln!", "print!", "eprint!"]));
    assert_none(found, "only the command line prints");
}

#[test]
fn only_the_kernel_is_unsafe() {
    let sources = sources();
    let safe = sources.iter().filter(|source| source.is_rust() && !source.is_under("crates/kernel/"));
    let word = concat!("un", "safe"); // or this test would find itself
    assert_none(safe.flat_map(|source| mentions(source, &[word]).collect::<Vec<_>>()), "only the kernel may");
}

#[test]
fn the_science_reads_no_file_clock_environment_or_chance() {
    let never = [
        "std::fs",
        "std::env",
        "std::time",
        "std::io",
        "std::process",
        "std::net",
        "SystemTime",
        "Instant",
        "thread_rng",
        "rand::rng(",
        "from_os_rng",
        "HashMap", // its order changes from run to run
        "HashSet",
    ];
    let sources = sources();
    let science = sources.iter().filter(|source| source.is_under("crates/circuitscope/src/"));
    assert_none(science.flat_map(|source| mentions(source, &never)), "values in, values out");
}

#[test]
fn a_long_file_is_split_or_has_a_reason() {
    let sources = sources();
    let n_lines = |source: &Source| source.text.lines().count();
    let long: Vec<&Source> =
        sources.iter().filter(|source| source.is_shipped() && n_lines(source) > LONG).collect();
    let excused: Vec<&str> = LONG_WITH_REASON.iter().map(|(path, _)| *path).collect();
    let unexcused = long.iter().filter(|source| !excused.contains(&source.path.as_str()));
    assert_none(
        unexcused.map(|source| format!("{}: {} lines", source.path, n_lines(source))),
        "two files would read better than one of over 400 lines",
    );
    let stale = excused.iter().filter(|path| !long.iter().any(|source| source.path == **path));
    assert_none(stale.map(|path| (*path).to_owned()), "exceptions that are none any more");
}

#[test]
fn nothing_names_a_path_of_one_machine() {
    let machine = ["/tmp/", "/root/", "/home/", "/Users/", "C:\\"];
    let sources = sources();
    let found = sources.iter().filter(|source| !source.path.contains("/tests/")).flat_map(|source| {
        source.text.lines().enumerate().flat_map(move |(i, line)| {
            let is_path = move |machine: &&str| {
                line.match_indices(*machine).any(|(at, _)| {
                    let before = line[..at].chars().next_back();
                    before.is_none_or(|c| !c.is_alphanumeric() && !"_-./:*])}".contains(c))
                })
            };
            machine
                .into_iter()
                .filter(is_path)
                .map(move |machine| format!("{}:{}: {machine}", source.path, i + 1))
        })
    });
    assert_none(found, "paths that exist on one machine only");
}

#[test]
fn the_map_names_files_that_are_there() {
    let sources = sources();
    let is_there = |name: &str| {
        sources.iter().any(|source| format!("/{}", source.path).contains(&format!("/{name}")))
            || root().join(name).exists()
    };
    let mut n_named = 0;
    let mut lost = Vec::new();
    for page in ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        // Every second piece between backticks is code.
        for name in text.split('`').skip(1).step_by(2) {
            let is_file =
                name.rsplit_once('.').is_some_and(|(_, ending)| ["rs", "py", "js"].contains(&ending));
            let is_path = is_file || name.ends_with('/');
            if !is_path || name.contains([' ', '*', '\n', '(']) || name.ends_with("-study/") {
                continue;
            }
            n_named += 1;
            if !is_there(name) {
                lost.push(format!("{page}: {name}"));
            }
        }
    }
    assert!(n_named > 20, "only {n_named} names were found: the pages changed their form");
    assert_none(lost, "named on a page but not there");
}
