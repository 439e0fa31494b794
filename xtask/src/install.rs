//! Programs of the system: found, or installed where that is ours to do.

use crate::process::{Output, run};
use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// Time for a package to come over a slow line.
const PATIENCE: Duration = Duration::from_secs(600);

/// The first of these programs on the search path.
pub(crate) fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let candidates = names.iter().flat_map(|name| {
        folders.iter().map(move |folder| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
    });
    candidates.into_iter().find(|candidate| candidate.is_file())
}

/// Installs a package of the system with apt, as root only; otherwise says why not.
pub(crate) fn with_apt(package: &str) -> Result<(), String> {
    if find(&["apt-get"]).is_none() {
        return Err("there is no apt-get to install it".to_owned());
    }
    let user = run(Command::new("id").arg("-u"), Output::Kept, PATIENCE);
    if !user.is_ok_and(|user| user.stdout.trim() == "0") {
        return Err(format!("`apt-get install {package}` needs root"));
    }
    println!("installing {package} …");
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        match run(&mut command, Output::Kept, PATIENCE) {
            Ok(ran) if ran.status.success() => Ok(()),
            Ok(ran) => Err(format!("`apt-get {}` failed: {}", arguments.join(" "), ran.last_words())),
            Err(error) => Err(error.to_string()),
        }
    };
    apt(&["update", "-qq"])?;
    apt(&["install", "-y", "-qq", "--no-install-recommends", package])
}
