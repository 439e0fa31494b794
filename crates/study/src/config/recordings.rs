//! The `[[recordings]]` tables of a study file, and the file that may stand beside a recording: how its times and labels are meant.

use super::class::check_name;
use super::error::{ConfigError, Source, StudyError};
use super::section::{Section, Value};
use crate::import::recording::Layout;
use crate::one_network::Start;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// What the name of a recording's file has behind it in that of the file beside it: `area8.npz.toml` says how `area8.npz` is meant.
const BEHIND: &str = ".toml";
/// Remedy for a file beside a recording that is not TOML.
const SYNTAX: &str = "the file beside a recording is TOML: `task`, `bin_ms`, `layout` and tables `[starts]` and `[factors]`; see \
                      docs/recordings.md";

/// How a recording is meant, as far as its file does not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Description {
    /// Name of its task.
    pub task: Option<String>,
    /// When epochs of the task start in it.
    pub starts: Vec<Start>,
    /// Order of the axes of its arrays.
    pub layout: Option<Layout>,
    /// Time between two steps (ms).
    pub bin_ms: Option<f64>,
    /// Factors of the task by the labels that stand for them in the file.
    pub factors: Vec<(String, String)>,
}

/// A recording that a study ranks.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyRecording {
    /// Its name in tables and figures; also a file name.
    pub name: String,
    /// The file, as its study file places it.
    pub file: PathBuf,
    /// How it is meant.
    pub description: Description,
}

impl Description {
    /// All of it as a text that decides results.
    pub(crate) fn text(&self) -> String {
        let Self { task, starts, layout, bin_ms, factors } = self;
        let layout = layout.map(|layout| layout.to_string());
        format!("{task:?} {starts:?} {layout:?} {bin_ms:?} {factors:?}")
    }

    /// What is said here, and what `other` says where this is silent.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        Self {
            task: self.task.or(other.task),
            starts: if self.starts.is_empty() { other.starts } else { self.starts },
            layout: self.layout.or(other.layout),
            bin_ms: self.bin_ms.or(other.bin_ms),
            factors: if self.factors.is_empty() { other.factors } else { self.factors },
        }
    }

    /// The file that says how a recording is meant, whether it is there or not.
    pub fn path_beside(recording: &Path) -> PathBuf {
        let mut name = recording.file_name().unwrap_or_default().to_owned();
        name.push(BEHIND);
        recording.with_file_name(name)
    }

    /// What the file beside a recording says; nothing where there is none.
    ///
    /// # Errors
    /// [`StudyError`] says which line and field, and what would be right.
    pub fn beside(recording: &Path) -> Result<Self, StudyError> {
        let path = Self::path_beside(recording);
        if !path.exists() {
            return Ok(Self::default());
        }
        let name = path.display().to_string();
        let text = std::fs::read_to_string(&path)
            .map_err(|source| StudyError::Read { path: name.clone(), source })?;
        Ok(Self::parse(&name, &text)?)
    }

    fn parse(name: &str, text: &str) -> Result<Self, Box<ConfigError>> {
        let source = Source { name, text };
        let table = DeTable::parse(text)
            .map_err(|error| source.error(error.span(), error.message().trim_end(), SYNTAX))?;
        let mut section = Section::new(String::new(), table.get_ref(), source);
        let found = description(&mut section, None)?;
        section.finish()?;
        Ok(found)
    }
}

/// The recordings of a study.
pub(super) fn recordings(
    top: &mut Section<'_>,
    tasks: &[String],
    source: Source<'_>,
) -> Result<Vec<StudyRecording>, Box<ConfigError>> {
    const FIELD: &str = "recordings";
    let Some(value) = top.take(FIELD) else { return Ok(Vec::new()) };
    if !value.is_list() {
        return Err(value.error(
            "`recordings` is a single table".to_owned(),
            "write `[[recordings]]` with two brackets, once for each recording",
        ));
    }
    let mut found: Vec<StudyRecording> = Vec::new();
    for entry in value.entries(FIELD)? {
        let recording = recording(entry, tasks, source)?;
        if found.iter().any(|other| other.name == recording.name) {
            let message = format!("recording \"{}\" is there twice", recording.name);
            return Err(entry.error(message, "give each a `name` of its own"));
        }
        found.push(recording);
    }
    Ok(found)
}

fn recording(
    entry: Value<'_>,
    tasks: &[String],
    source: Source<'_>,
) -> Result<StudyRecording, Box<ConfigError>> {
    let mut section = entry.section("recordings")?;
    let Some(file) = section.take("file") else {
        return Err(entry.error(
            "a recording has no `file`".to_owned(),
            "name its file, relative to the study file: file = \"data/session1.npz\"",
        ));
    };
    let text: String = file.read("file")?;
    let path = PathBuf::from(&text);
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    if stem.is_empty() {
        return Err(file.error(format!("`file` is \"{text}\""), "name the file of the recording"));
    }
    let mut name = stem;
    section.set("name", &mut name)?;
    let place = section.take("name").map_or(file.span(), |value| value.span());
    check_name(&name, source, Some(place))?;
    let description = description(&mut section, Some(tasks))?;
    section.finish()?;
    // Paths of a study file are relative to it.
    let file = Path::new(source.name).parent().unwrap_or(Path::new("")).join(path);
    Ok(StudyRecording { name, file, description })
}

/// What is said of a recording, in either file.
///
/// - `tasks`: those that it may be of; the file beside a recording knows of none.
fn description(section: &mut Section<'_>, tasks: Option<&[String]>) -> Result<Description, Box<ConfigError>> {
    let mut found = Description::default();
    if let Some(value) = section.take("task") {
        found.task = Some(match tasks {
            Some(tasks) => {
                let choices: Vec<(&str, &String)> = tasks.iter().map(|name| (name.as_str(), name)).collect();
                value.choose("task", &choices)?.clone()
            }
            None => value.read("task")?,
        });
    }
    if let Some(value) = section.take("layout") {
        let text: String = value.read("layout")?;
        let layout =
            text.parse().map_err(|message| value.error(message, "name the axes in the order of the file"))?;
        found.layout = Some(layout);
    }
    if let Some(value) = section.take("bin_ms") {
        let bin_ms: f64 = value.read("bin_ms")?;
        if !(bin_ms.is_finite() && bin_ms > 0.0) {
            return Err(value.error(format!("`bin_ms` is {bin_ms}"), "it must be a time above 0 in ms"));
        }
        found.bin_ms = Some(bin_ms);
    }
    if let Some(value) = section.take("starts") {
        for (name, _, value) in value.section("starts")?.all() {
            let ms: f64 = value.read(name)?;
            if !ms.is_finite() {
                return Err(value.error(format!("`{name}` is {ms}"), "it must be a time in ms"));
            }
            found.starts.push(Start { name: name.to_owned(), ms });
        }
    }
    if let Some(value) = section.take("factors") {
        for (name, _, value) in value.section("factors")?.all() {
            let label: String = value.read(name)?;
            found.factors.push((name.to_owned(), label));
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // a test

    use super::*;
    use crate::config::Study;

    #[test]
    fn a_table_of_a_study_says_more_than_the_file_beside_the_recording() {
        let text = "[[recordings]]\nfile = \"data/area8.npz\"\ntask = \"go_no_go\"\nstarts = { cue = 900 }\n\
                    [[recordings]]\nname = \"b\"\nfile = \"data/area8.npz\"\n";
        let study = Study::parse("studies/mine.toml", text).unwrap();
        let [first, second] = &study.recordings[..] else { panic!("{:?}", study.recordings) };
        assert_eq!((first.name.as_str(), second.name.as_str()), ("area8", "b"));
        assert_eq!(first.file, Path::new("studies/data/area8.npz"));
        let beside =
            "task = \"cddm\"\nbin_ms = 10\nlayout = \"BTN\"\n[starts]\ncue = 1\n[factors]\nvalue = \"v\"\n";
        let beside = Description::parse("area8.toml", beside).unwrap();
        let both = first.description.clone().over(beside.clone());
        assert_eq!(both.task.as_deref(), Some("go_no_go"));
        assert_eq!(both.starts, [Start { name: "cue".to_owned(), ms: 900.0 }]);
        assert_eq!((both.bin_ms, both.layout.unwrap().to_string()), (Some(10.0), "BTN".to_owned()));
        assert_eq!(both.factors, [("value".to_owned(), "v".to_owned())]);
        assert_eq!(second.description.clone().over(beside.clone()), beside);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, line, wanted) in [
            ("[recordings]\nfile = \"a.npz\"\n", 1, "[[recordings]]"),
            ("[[recordings]]\nname = \"a\"\n", 1, "no `file`"),
            ("[[recordings]]\nfile = \"a.npz\"\nlayout = \"NTT\"\n", 3, "NTT"),
            ("[[recordings]]\nfile = \"a.npz\"\nbin_ms = 0\n", 3, "above 0"),
            ("[[recordings]]\nfile = \"a.npz\"\ntask = \"godnogo\"\n", 3, "go_no_go"),
            ("[[recordings]]\nfile = \"a.npz\"\nstarts = { cue = \"late\" }\n", 3, "a number"),
            ("[[recordings]]\nfile = \"a.npz\"\nstart = { cue = 1 }\n", 3, "starts"),
            ("[[recordings]]\nfile = \"a.npz\"\n[[recordings]]\nfile = \"b/a.npz\"\n", 3, "twice"),
            ("[[recordings]]\nfile = \"my data.npz\"\n", 2, "give a `name`"),
        ] {
            let error = Study::parse("mine.toml", text).unwrap_err();
            let said = format!("{} {}", error.message, error.remedy);
            assert!(said.contains(wanted) && said.contains(&format!("line {line}")), "{text}\n{said}");
        }
    }
}
