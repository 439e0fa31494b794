//! No two files of a crate import each other, directly or by way of others: what a file needs can be read before it.

#![allow(clippy::unwrap_used)] // a test

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const CRATES: [&str; 6] =
    ["crates/kernel", "crates/circuitscope", "crates/report", "crates/study", "crates/cli", "xtask"];

/// The place of a file in its crate: `[]` is `lib.rs` or `main.rs`.
type Module = Vec<String>;

/// A path that a file imports or names, and whether it is handed on (`pub use`).
struct Import {
    path: Vec<String>,
    is_handed_on: bool,
}

/// The files of a crate with what each imports; tests apart.
fn imports(root: &Path) -> BTreeMap<Module, Vec<Import>> {
    let source = root.join("src");
    let mut files = BTreeMap::new();
    let mut folders = vec![source.clone()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let place = path.strip_prefix(&source).unwrap().with_extension("");
            let module: Module = place.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            let module = if module == ["lib"] || module == ["main"] { Vec::new() } else { module };
            if !module.iter().any(|part| part == "tests") {
                files.insert(module, named(&fs::read_to_string(&path).unwrap()));
            }
        }
    }
    files
}

/// Every path in `use` declarations, and every other that begins with `crate` or `super`.
fn named(text: &str) -> Vec<Import> {
    let code: String = text
        .split("#[cfg(test)]")
        .next()
        .unwrap_or_default()
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .fold(String::new(), |code, line| code + line + "\n");
    let mut found = Vec::new();
    for statement in code.split(';') {
        let Some(at) = statement.rfind("use ") else { continue };
        let before = statement[..at].trim_end();
        if before.is_empty() || before.ends_with([')', ']', '}', '\n', ';']) || before.ends_with("pub") {
            let is_handed_on =
                before.ends_with("pub") || before.ends_with("pub(crate)") || before.ends_with("pub(super)");
            let mut paths = Vec::new();
            expand(&[], &statement[at + 4..], &mut paths);
            found.extend(paths.into_iter().map(|path| Import { path, is_handed_on }));
        }
    }
    for start in ["crate::", "super::"] {
        for (at, _) in code.match_indices(start).filter(|(at, _)| !code[..*at].ends_with("::")) {
            let rest = code[at..].split(|c: char| !c.is_alphanumeric() && c != '_' && c != ':').next();
            let path = rest.unwrap_or_default().split("::").filter(|part| !part.is_empty());
            found.push(Import { path: path.map(str::to_owned).collect(), is_handed_on: false });
        }
    }
    found
}

/// The paths of a tree such as `a::{b, c::d}`.
fn expand(before: &[String], tree: &str, found: &mut Vec<Vec<String>>) {
    let tree = tree.trim();
    let parts = |text: &str| -> Vec<String> {
        let path = text.split(" as ").next().unwrap_or_default();
        path.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
    };
    let Some(open) = tree.find('{') else {
        found.push([before, &parts(tree)].concat());
        return;
    };
    let before = [before, &parts(&tree[..open])].concat();
    let close = tree.rfind('}').unwrap_or(tree.len());
    let inner = &tree[open + 1..close];
    let (mut depth, mut from) = (0, 0);
    for (at, c) in inner.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&before, &inner[from..at], found);
                from = at + 1;
            }
            _ => {}
        }
    }
    if !inner[from..].trim().is_empty() {
        expand(&before, &inner[from..], found);
    }
}

/// The file that a path leads to from `module`, through what others hand on; [`None`] if it leaves the crate.
fn target(
    files: &BTreeMap<Module, Vec<Import>>,
    module: &Module,
    path: &[String],
    depth: usize,
) -> Option<Module> {
    let (mut place, mut rest) = match path.first()?.as_str() {
        "crate" => (Vec::new(), &path[1..]),
        "super" | "self" => {
            let n_up = path.iter().take_while(|part| *part == "super").count();
            let n = path.iter().take_while(|part| *part == "super" || *part == "self").count();
            (module[..module.len().saturating_sub(n_up)].to_vec(), &path[n..])
        }
        child if files.contains_key(&[module.as_slice(), &[child.to_owned()]].concat()) => {
            (module.clone(), path)
        }
        _ => return None,
    };
    while let Some(next) = rest.first() {
        let child = [place.as_slice(), std::slice::from_ref(next)].concat();
        if !files.contains_key(&child) {
            break;
        }
        (place, rest) = (child, &rest[1..]);
    }
    let handed_on = rest.first().and_then(|name| {
        files.get(&place)?.iter().find(|import| import.is_handed_on && import.path.last() == Some(name))
    });
    match handed_on {
        Some(import) if depth < 8 => {
            let further = [import.path.as_slice(), &rest[1..]].concat();
            target(files, &place, &further, depth + 1).or(Some(place))
        }
        _ => Some(place),
    }
}

/// Which files each file needs. Handing a name on needs nothing: it says where the name is found.
fn needs(files: &BTreeMap<Module, Vec<Import>>) -> BTreeMap<&Module, BTreeSet<Module>> {
    files
        .iter()
        .map(|(module, imports)| {
            let own = imports.iter().filter(|import| !import.is_handed_on);
            let needed = own.filter_map(|import| target(files, module, &import.path, 0));
            (module, needed.filter(|other| other != module && files.contains_key(other)).collect())
        })
        .collect()
}

/// Files that lead back to themselves.
fn circles(root: &Path) -> Vec<String> {
    let files = imports(root);
    let needs = needs(&files);
    let reaches = |from: &Module| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(module) = open.pop() {
            for next in needs.get(&module).into_iter().flatten() {
                if seen.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
        }
        seen
    };
    assert!(files.len() > 5, "the walk lost the files of {}", root.display());
    files.keys().filter(|module| reaches(module).contains(*module)).map(|module| module.join("/")).collect()
}

#[test]
fn no_two_files_of_a_crate_import_each_other() {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().into();
    for name in CRATES {
        let found = circles(&root.join(name));
        assert!(found.is_empty(), "files of {name} that lead back to themselves: {found:?}");
    }
}

#[test]
fn a_circle_is_found_through_a_name_that_is_handed_on() {
    let root = std::env::temp_dir().join(format!("circles-{}", std::process::id()));
    let write = |name: &str, text: &str| {
        let path = root.join("src").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("lib.rs", "mod a;\nmod b;\nmod c;\nmod d;\nmod e;\npub use b::Thing;\n");
    write("a.rs", "use crate::{Thing, c::{One, Two}};\n");
    write("b.rs", "pub struct Thing;\nfn f() { super::c::f() }\n");
    write("c.rs", "// use crate::a::X;\npub struct One;\n#[cfg(test)]\nuse crate::a::Y;\n");
    write("d.rs", "use super::e::E;\n");
    write("e.rs", "pub struct E;\n");
    assert_eq!(circles(&root), Vec::<String>::new());
    write("c.rs", "use crate::a::X;\n");
    assert_eq!(circles(&root), ["a", "b", "c"]);
    fs::remove_dir_all(&root).unwrap();
}
