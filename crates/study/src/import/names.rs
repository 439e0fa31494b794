//! Names of files that are shown together.

use std::path::{Component, Path, PathBuf};

/// The file name of each path without its ending, with as many folders in front as tell it from the others.
///
/// Files that differ in their ending alone keep it. A file that is given twice keeps its name.
pub(crate) fn distinct(paths: &[PathBuf]) -> Vec<String> {
    let whole: Vec<Vec<String>> = paths.iter().map(|path| parts(path)).collect();
    let bare: Vec<Vec<String>> = paths.iter().map(|path| parts(&path.with_extension(""))).collect();
    let longest = whole.iter().map(Vec::len).max().unwrap_or_default();
    (0..paths.len())
        .map(|i| {
            // A suffix tells the file apart if no other file ends on it.
            let unique = |all: &[Vec<String>], length: usize| {
                let own = last(&all[i], length);
                (0..all.len()).all(|j| whole[j] == whole[i] || last(&all[j], length) != own)
            };
            let shortest = |all| (1..=longest).find(|&length| unique(all, length));
            let (all, length) = match (shortest(&bare), shortest(&whole)) {
                (Some(length), _) => (&bare, length),
                (None, length) => (&whole, length.unwrap_or(1)),
            };
            last(&all[i], length).join("/")
        })
        .collect()
}

/// The last so many parts of a path; all if there are fewer.
fn last(parts: &[String], length: usize) -> &[String] {
    &parts[parts.len().saturating_sub(length)..]
}

fn parts(path: &Path) -> Vec<String> {
    let part = |part: Component<'_>| match part {
        Component::CurDir => None,
        Component::RootDir => Some(String::new()),
        other => Some(other.as_os_str().to_string_lossy().into_owned()),
    };
    path.components().filter_map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_one_name_are_told_apart_by_the_shortest_path_that_does() {
        let cases: [(&[&str], &[&str]); 9] = [
            (&["a/net.json", "b/other.json"], &["net", "other"]),
            (&["a/net.json", "b/net.json", "c/x.json"], &["a/net", "b/net", "x"]),
            (&["run/1/net.json", "old/1/net.json", "run/2/net.json"], &["run/1/net", "old/1/net", "2/net"]),
            (&["net.json", "a/net.json"], &["net", "a/net"]),
            (&["a/net.json", "a/net.safetensors"], &["net.json", "net.safetensors"]),
            (&["a/net.json", "./a/net.json"], &["net", "net"]),
            (&["/data/net.json", "/net.json"], &["data/net", "/net"]),
            (&["a/net.v1.json", "a/net.v2.json"], &["net.v1", "net.v2"]),
            (&[], &[]),
        ];
        for (paths, expected) in cases {
            let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
            assert_eq!(distinct(&paths), expected, "{paths:?}");
        }
    }
}
