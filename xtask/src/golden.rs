//! Reference data computed elsewhere.

use crate::process::ProcessError;
use std::fs;
use std::path::Path;

/// Folders of reference data and what their files end with.
const FOLDERS: [(&str, &str); 4] =
    [("tasks", "safetensors"), ("step", "safetensors"), ("networks", "json"), ("analysis", "json")];

/// Copies reference data over what stands in `to`; returns the number of files.
///
/// # Errors
/// [`ProcessError::File`] if a folder lacks files or one cannot be copied.
pub(crate) fn take_in(from: &Path, to: &Path) -> Result<usize, ProcessError> {
    let mut n_files = 0;
    for (folder, ending) in FOLDERS {
        let source = from.join(folder);
        let target = to.join(folder);
        let entries = fs::read_dir(&source).map_err(|error| ProcessError::file(&source, error))?;
        fs::create_dir_all(&target).map_err(|error| ProcessError::file(&target, error))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            let Some(name) = path.file_name().filter(|_| path.extension().is_some_and(|own| own == ending))
            else {
                continue;
            };
            fs::copy(&path, target.join(name)).map_err(|error| ProcessError::file(&path, error))?;
            n_files += 1;
        }
    }
    let readme = from.join("README.md");
    if readme.exists() {
        fs::copy(&readme, to.join("README.md")).map_err(|error| ProcessError::file(&readme, error))?;
        n_files += 1;
    }
    Ok(n_files)
}
