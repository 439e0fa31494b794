//! Elements that several parts of the page are made of.

use maud::{Markup, html};

use crate::figure::slug;
use crate::page::{Finding, Verdict};

/// Headline results beside each other.
pub(crate) fn findings(findings: &[Finding]) -> Markup {
    html! {
        ul.cards {
            @for finding in findings {
                li.card {
                    p.value { (finding.value) }
                    p.label { (finding.label) }
                    p.detail { (finding.detail) }
                }
            }
        }
    }
}

/// A verdict as a word with a sign of its own, so that colour is not the only carrier.
pub(crate) fn badge(verdict: Verdict) -> Markup {
    let (class, sign) = match verdict {
        Verdict::Supported => ("yes", "✓"),
        Verdict::Contradicted => ("no", "✕"),
        Verdict::Equivalent => ("yes", "≈"),
        Verdict::Inconclusive => ("open", "~"),
        Verdict::NotDecidable => ("open", "?"),
    };
    html! { span class={ "badge " (class) } { span.sign aria-hidden="true" { (sign) } " " (verdict.text()) } }
}

/// One pane per task. Without a script all panes show, each under its heading.
pub(crate) fn tabs(section: &str, panes: &[(&str, Markup)]) -> Markup {
    let id = |task: &str| slug(&[section, task, "pane"]);
    html! {
        div.tabs {
            @if panes.len() > 1 {
                div.tablist role="tablist" aria-label="Task" hidden {
                    @for (task, _) in panes {
                        button type="button" role="tab" aria-controls=(id(task)) data-task=(task) { (task) }
                    }
                }
            }
            @for (task, body) in panes {
                div.pane id=(id(task)) data-task=(task) {
                    h3 { (task) }
                    (body)
                }
            }
        }
    }
}
