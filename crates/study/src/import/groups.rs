//! Classes of one's own: a table of networks and the group of each.

use super::ImportError;
use crate::suggestion::nearest;
use std::path::Path;

/// Names of the columns, where a table has a header.
const COLUMNS: [&str; 2] = ["network", "group"];

/// Reads the group of each network from a CSV file with the columns network and group.
///
/// - `networks`: names as they are printed. A header is optional; with one, columns may stand in any order, beside others.
/// - Returns a group per network, in their order.
///
/// # Errors
/// [`ImportError::Content`] names the line and what would be right: of a row that is none, a network that is not compared, one
/// that has two groups, and one that has none.
pub fn groups(path: &Path, networks: &[String]) -> Result<Vec<String>, ImportError> {
    let wrong = |reason: String, remedy: String| ImportError::Content {
        path: path.display().to_string(),
        reason,
        remedy,
    };
    let form = || "give a line `network,group` for each network, names as the command prints them".to_owned();
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string(), form()))?;
    let text = String::from_utf8(bytes)
        .map_err(|_| wrong("it is no UTF-8 text".to_owned(), "save it as CSV in UTF-8".to_owned()))?;
    let rows = rows(text.trim_start_matches('\u{feff}')).map_err(|line| {
        wrong(format!("line {line}: a quote is not closed"), "write a quote within quotes twice".to_owned())
    })?;
    let place = |name: &str, row: &[String]| row.iter().position(|field| field.eq_ignore_ascii_case(name));
    let header = rows.first().and_then(|(_, row)| Some([place(COLUMNS[0], row)?, place(COLUMNS[1], row)?]));
    let mut found: Vec<Option<String>> = vec![None; networks.len()];
    for (line, row) in rows.iter().skip(usize::from(header.is_some())) {
        let fields = match header {
            Some(places) => places.map(|place| row.get(place)),
            None if row.len() == 2 => [row.first(), row.get(1)],
            None => [None; 2],
        };
        let [Some(network), Some(group)] = fields else {
            return Err(wrong(
                format!("line {line}: found {} columns, expected network and group", row.len()),
                form(),
            ));
        };
        if group.is_empty() {
            return Err(wrong(format!("line {line}: `{network}` has an empty group"), form()));
        }
        let is_own = |name: &String| name == network;
        if !networks.iter().any(is_own) {
            let remedy = match nearest(network, networks.iter().map(String::as_str)) {
                Some(candidate) => format!("did you mean `{candidate}`?"),
                None => format!("the networks compared are {}", networks.join(", ")),
            };
            return Err(wrong(format!("line {line}: no network `{network}` is compared"), remedy));
        }
        for (name, known) in networks.iter().zip(&mut found).filter(|(name, _)| is_own(name)) {
            if known.as_ref().is_some_and(|known| known != group) {
                let reason = format!("line {line}: `{name}` is of group `{group}` here and of another above");
                return Err(wrong(reason, "leave one of the two lines out".to_owned()));
            }
            *known = Some(group.clone());
        }
    }
    let missing: Vec<&str> = networks
        .iter()
        .zip(&found)
        .filter(|(_, group)| group.is_none())
        .map(|(name, _)| name.as_str())
        .collect();
    if !missing.is_empty() {
        return Err(wrong(format!("it names no group for {}", missing.join(", ")), form()));
    }
    Ok(found.into_iter().flatten().collect())
}

/// Rows of a CSV text with their line numbers from 1, fields trimmed, empty lines left out (RFC 4180). Fields are parted by the
/// first of comma, semicolon and tab that the first line has: spreadsheets write each of them.
///
/// # Errors
/// The line of a quote that is not closed.
fn rows(text: &str) -> Result<Vec<(usize, Vec<String>)>, usize> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let comma = [',', ';', '\t'].into_iter().find(|comma| first.contains(*comma)).unwrap_or(',');
    let mut rows = Vec::new();
    for (place, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let mut fields = vec![String::new()];
        let mut is_quoted = false;
        let mut characters = line.chars().peekable();
        while let Some(character) = characters.next() {
            let field = fields.last_mut();
            match (character, is_quoted) {
                ('"', true) if characters.peek() == Some(&'"') => {
                    characters.next();
                    field.map(|field| field.push('"')).unwrap_or_default();
                }
                ('"', _) => is_quoted = !is_quoted,
                (other, false) if other == comma => fields.push(String::new()),
                (other, _) => field.map(|field| field.push(other)).unwrap_or_default(),
            }
        }
        if is_quoted {
            return Err(place + 1);
        }
        rows.push((place + 1, fields.iter().map(|field| field.trim().to_owned()).collect()));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Result<Vec<String>, String> {
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), text).expect("written");
        let networks = ["relu_0", "relu_1", "täglich, neu"].map(str::to_owned);
        groups(file.path(), &networks).map_err(|error| match error {
            ImportError::Content { reason, remedy, .. } => format!("{reason}; {remedy}"),
            other => other.to_string(),
        })
    }

    #[test]
    fn groups_are_read_with_and_without_a_header_in_any_order() {
        let expected = Ok(["a", "b", "a \"c\""].map(str::to_owned).to_vec());
        assert_eq!(found("relu_0,a\nrelu_1,b\n\"täglich, neu\",\"a \"\"c\"\"\"\n"), expected);
        let turned = "\u{feff}Group,note,Network\r\nb,x,relu_1\r\n\r\n\"a \"\"c\"\"\",,\"täglich, neu\"\r\na,,relu_0\r\n";
        assert_eq!(found(turned), expected);
        assert_eq!(found("relu_0;a\nrelu_1;b\ntäglich, neu;\"a \"\"c\"\"\"\n"), expected);
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_line_and_remedy() {
        let cases = [
            ("relu_0,a\nrelu_2,b\n", ["line 2: no network `relu_2` is compared", "did you mean `relu_"]),
            ("xyz,a\n", ["line 1: no network `xyz`", "the networks compared are relu_0, relu_1"]),
            ("relu_0,a\n", ["no group for relu_1, täglich, neu", "`network,group`"]),
            ("relu_0,a\nrelu_0,b\n", ["line 2: `relu_0` is of group `b` here", "leave one"]),
            ("relu_0,a,1\n", ["line 1: found 3 columns", "`network,group`"]),
            ("relu_0 a\n", ["line 1: found 1 columns", "`network,group`"]),
            ("relu_0,\n", ["line 1: `relu_0` has an empty group", "`network,group`"]),
            ("relu_0,\"a\n", ["line 1: a quote is not closed", "twice"]),
        ];
        for (text, expected) in cases {
            let error = found(text).expect_err(text);
            assert!(expected.iter().all(|part| error.contains(part)), "{text:?}: {error}");
        }
    }
}
