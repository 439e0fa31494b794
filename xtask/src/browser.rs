//! The report as a reader opens it: a browser, a file, no network.

use crate::install;
use crate::ledger::Step;
use crate::process::{Output, Ran, run, with_causes};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const PATIENCE: Duration = Duration::from_secs(180);
/// Size of the picture (pixels).
const SIZE: [u32; 2] = [1400, 2400];
/// Colours that a page with figures has at least; a blank one has one.
const COLOURS: usize = 32;
/// Figures that three tasks have at least: scores, learning, trajectories, embeddings, selectivity, distances.
const N_FIGURES: usize = 18;
/// Uses the page and tells what it saw.
const PROBE: &str = include_str!("../../interop/probe.js");
/// Hears every error from the first script on.
const LISTENER: &str = "window.probeErrors = []; \
    addEventListener('error', (event) => window.probeErrors.push(String(event.message))); \
    addEventListener('unhandledrejection', (event) => window.probeErrors.push(String(event.reason)));";

/// What the probe saw.
#[derive(Debug, PartialEq, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Seen {
    errors: Vec<String>,
    fetched: Vec<String>,
    figures: usize,
    empty: Vec<String>,
    tabs: usize,
    tabs_wrong: Vec<String>,
    spaces: usize,
    spaces_still: usize,
    keys: usize,
    keys_dead: usize,
}

/// Opens a report in a headless browser, uses it and takes a picture of it.
pub(crate) fn check(report: &Path, target: &Path, step: &mut Step) {
    let browser = match browser() {
        Ok(browser) => browser,
        Err(why) => return step.skip("the report in a browser", &why),
    };
    let session = Session { browser, profile: target.join("e2e-browser") };
    match session.probe(report, &target.join("e2e-probe.html")) {
        Ok(seen) => tell(&seen, step),
        Err(why) => step.fail("the report opens in a browser", &why),
    }
    let picture = target.join("e2e-study-report.png");
    step.check("its picture shows a page", session.picture(report, &picture).err());
    // A profile that stays costs a few megabytes under target/, no more.
    let _ = fs::remove_dir_all(&session.profile);
}

fn tell(seen: &Seen, step: &mut Step) {
    let none = |wrong: &[String]| (!wrong.is_empty()).then(|| wrong.join("; "));
    step.check("its scripts run without an error", none(&seen.errors));
    step.check("it asks nothing of the network", none(&seen.fetched));
    let few = format!("there are {}, expected at least {N_FIGURES}", seen.figures);
    step.check("its figures are there", (seen.figures < N_FIGURES).then_some(few));
    step.check("no figure is empty", none(&seen.empty));
    let wrong = if seen.tabs == 0 { Some("there are none".to_owned()) } else { none(&seen.tabs_wrong) };
    step.check("its tabs switch", wrong);
    let dead = |n: usize, of: usize| (of == 0 || n > 0).then(|| format!("{n} of {of} do not"));
    step.check("its three-dimensional panels turn", dead(seen.spaces_still, seen.spaces));
    step.check("its legends switch series", dead(seen.keys_dead, seen.keys));
}

/// A browser that runs, installed if that is possible, or why there is none.
fn browser() -> Result<PathBuf, String> {
    if let Some(found) = working() {
        return Ok(found);
    }
    let why = "there is no chromium or google-chrome";
    install::with_apt("chromium").map_err(|apt| format!("{why}, and {apt}"))?;
    working().ok_or_else(|| format!("{why}, and the one that apt installed does not start"))
}

fn working() -> Option<PathBuf> {
    let found = BROWSERS.iter().filter_map(|name| install::find(&[name]));
    found.into_iter().find(|browser| {
        let version = run(Command::new(browser).arg("--version"), Output::Kept, PATIENCE);
        version.is_ok_and(|ran| ran.status.success())
    })
}

struct Session {
    browser: PathBuf,
    profile: PathBuf,
}

impl Session {
    /// Opens a file headless; no name of the network resolves.
    fn open(&self, page: &Path, arguments: &[String]) -> Result<Ran, String> {
        let page = page.canonicalize().map_err(|error| format!("{}: {error}", page.display()))?;
        let mut command = Command::new(&self.browser);
        command
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--no-first-run", "--disable-extensions", "--disable-background-networking"])
            .args(["--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9"])
            .args(["--enable-logging=stderr", "--hide-scrollbars", "--virtual-time-budget=20000"])
            .arg(format!("--user-data-dir={}", self.profile.display()))
            .arg(format!("--window-size={},{}", SIZE[0], SIZE[1]))
            .args(arguments)
            .arg(format!("file://{}", page.display()));
        let ran = run(&mut command, Output::Kept, PATIENCE).map_err(|error| with_causes(&error))?;
        // Chromium writes a page's console to its log, among much that is its own.
        let console: Vec<&str> = ran.stderr.lines().filter(|line| line.contains("CONSOLE")).collect();
        match console.first() {
            Some(line) => Err(format!("the page wrote to the console: {line}")),
            None if ran.status.success() => Ok(ran),
            None => Err(ran.last_words()),
        }
    }

    /// What a copy of the page tells that uses itself.
    fn probe(&self, report: &Path, copy: &Path) -> Result<Seen, String> {
        let page = fs::read_to_string(report).map_err(|error| error.to_string())?;
        let (Some(head), Some(end)) = (page.find("<head>"), page.rfind("</body>")) else {
            return Err("it has no <head> or </body>".to_owned());
        };
        let (begin, middle) = page[..end].split_at(head + "<head>".len());
        let text =
            format!("{begin}<script>{LISTENER}</script>{middle}<script>{PROBE}</script>{}", &page[end..]);
        fs::write(copy, text).map_err(|error| error.to_string())?;
        let ran = self.open(copy, &["--dump-dom".to_owned()])?;
        let told =
            ran.stdout.rsplit_once("<pre id=\"probe\">").and_then(|(_, told)| told.split_once("</pre>"));
        let (told, _) = told.filter(|(told, _)| told.starts_with('{')).ok_or("its scripts did not end")?;
        let told = told.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        serde_json::from_str(&told).map_err(|error| format!("the probe told `{told}`: {error}"))
    }

    fn picture(&self, report: &Path, picture: &Path) -> Result<(), String> {
        let _ = fs::remove_file(picture); // or an older picture would pass for this one
        self.open(report, &[format!("--screenshot={}", picture.display())])?;
        let (size, n_colours) = looks(picture).map_err(|error| format!("{}: {error}", picture.display()))?;
        if size != SIZE {
            return Err(format!("it is {} × {}, expected {} × {}", size[0], size[1], SIZE[0], SIZE[1]));
        }
        if n_colours < COLOURS {
            return Err(format!("it has {n_colours} colours, expected at least {COLOURS}"));
        }
        println!("picture: {}", picture.display());
        Ok(())
    }
}

/// Size (pixels) and number of colours of a PNG file.
fn looks(picture: &Path) -> Result<([u32; 2], usize), png::DecodingError> {
    let mut reader = png::Decoder::new(BufReader::new(File::open(picture)?)).read_info()?;
    let size = [reader.info().width, reader.info().height];
    let n_bytes = reader.info().bytes_per_pixel();
    let mut colours = HashSet::new();
    while let Some(row) = reader.next_row()? {
        colours.extend(row.data().chunks_exact(n_bytes).map(<[u8]>::to_vec));
    }
    Ok((size, colours.len()))
}
