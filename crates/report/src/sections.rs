//! The sections of the page, in order.

use std::collections::BTreeSet;

use maud::{Markup, PreEscaped, html};

use crate::elements::{findings, tabs};
use crate::figure::{Area, Figure, LegendEntry};
use crate::page::{Page, Part, PlacedFigure, Topic};
use crate::{effects, measures, methods, robustness, svg, tables};

/// One section.
pub(super) struct Section {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) lead: &'static str,
    pub(super) body: Markup,
}

/// Sections with something in them, in the order of the page.
pub(super) fn all(page: &Page) -> Vec<Section> {
    let section = |id, title, lead, body| Section { id, title, lead, body };
    // A part that is missing is left out of a finished page and announced in one that grows.
    let shown = |n_rows: usize, part: Part, body: &dyn Fn() -> Markup| {
        let pending = || html! { p.pending { "Being computed." } };
        if n_rows > 0 { Some(body()) } else { page.is_pending(part).then(pending) }
    };
    let mut sections = Vec::new();
    if let Some(body) = shown(page.findings.len(), Part::Findings, &|| findings(&page.findings)) {
        sections.push(section("findings", "At a glance", "", body));
    }
    let hypotheses = || {
        let own: Vec<&PlacedFigure> =
            page.figures.iter().filter(|placed| placed.topic == Topic::Hypotheses).collect();
        html! { (tables::hypotheses(page)) (by_task(page, HYPOTHESES, &own)) }
    };
    if let Some(body) = shown(page.hypotheses.len(), Part::Hypotheses, &hypotheses) {
        sections.push(section(
            HYPOTHESES,
            "Claims of this study",
            "What the study file claims, stated before its networks were looked at, and what the study says on it: supported, \
             contradicted, equivalent (inside the margin that it states) or inconclusive. They are judged by the rules of the \
             built-in claims, in a family of their own. All numbers are in tables/claim_evidence.parquet.",
            body,
        ));
    }
    if let Some(body) = shown(page.effects.len(), Part::Effects, &|| effects::effects(page)) {
        sections.push(section(
            "fields",
            "What the grid does",
            "For each field that the grid varies: the share of the variance that lies between its values (R²), with a test of any \
             difference (PERMANOVA of distances; of a measure, analysis of variance), and Spearman's correlation of each measure \
             with the field. Networks are compared, and permuted, within each combination of the other fields. p is corrected by \
             Holm's method over all tests of a field on a task. Nobody asked for these in advance: what they show is a hypothesis, \
             which the [[claims]] of another study can test.",
            body,
        ));
    }
    if let Some(body) =
        shown(page.claims.len() + page.claims_note.len(), Part::Claims, &|| tables::claims(page))
    {
        sections.push(section(
            "claims",
            "Claims",
            "What has been reported of these networks, and what this study says on it: supported, contradicted, equivalent \
             (inside a margin stated beforehand) or inconclusive. Beside each claim stands the number that decides, with its \
             95 % interval; all numbers are in tables/claim_evidence.parquet. How claims were put as numbers is this \
             project's choice; other readings of the same words are judged beside it.",
            body,
        ));
    }
    sections.push(section(
        "runs",
        "What was run",
        "Each cell of the study is one class of networks trained on one task from many random seeds. A training that \
         ended early is an outcome like any other: it is counted here with its reason.",
        tables::runs(page),
    ));
    for topic in TOPICS {
        let figures: Vec<&PlacedFigure> = page.figures.iter().filter(|f| f.topic == topic.topic).collect();
        let body = || by_task(page, topic.id, &figures);
        if let Some(body) = shown(figures.len(), Part::Figures(topic.topic), &body) {
            sections.push(section(topic.id, topic.title, topic.lead, body));
        }
    }
    if let Some(body) = shown(page.measures.len(), Part::Measures, &|| measures::measures(page)) {
        sections.push(section(
            "measures",
            "Measures and their choices",
            "What claims are judged by, as means over the networks of an activation with 95 % intervals, beside the same \
             networks before training and with shuffled weights. Where a measure leaves a choice (components, step, \
             window, the units near the centre, the coherences that are strong), the trained networks under some other \
             choices stand below: a difference that turns with the choice proves little. The share of fixed points in a \
             plane, which is of two components by what it says, and the numbers of latent circuits, which are those of \
             the fit, are shown as judged alone.",
            body,
        ));
    }
    if let Some(body) = shown(page.sides.len(), Part::Controls, &|| measures::sides(page)) {
        sections.push(section(
            "controls",
            "Controls side by side",
            "How far the activations are apart among trained networks, among the better and the worse half of each class \
             by R², and among controls. Differences that come with good performance alone are gone from the silhouettes of \
             the worse half. kNN accuracy falls with the number of networks alone, silhouettes do not; where an activation \
             has fewer than four networks, fewer than five neighbours vote. Differences that are there before training \
             are in the controls.",
            body,
        ));
    }
    if let Some(body) = shown(page.statistics.len(), Part::Statistics, &|| tables::statistics(page)) {
        sections.push(section(
            "statistics",
            "Statistics",
            "Each statistic with its bootstrap interval, its p value before and after Holm's correction over the \
             statistics of all tasks, and the published value where there is one. What a single test says here may differ \
             from the claim that rests on it: a claim asks for all its numbers, with a correction over the claims.",
            body,
        ));
    }
    if let Some(body) = shown(page.robustness.len(), Part::Robustness, &|| robustness::robustness(page)) {
        sections.push(section(
            "robustness",
            "Robustness",
            "Which conclusion on trajectories survives which measure of similarity. A conclusion survives if its test \
             finds it after Holm's correction within the measure, and noise does not hide it: the mean square between noisy \
             runs of networks of different groups, less half of that between two runs of each, is above zero with its whole \
             95 % interval over networks. Claims 1, 7, 8 and 11 ask the same of the published distance without noise and \
             with a correction over the claims, so that a verdict there may differ from a cell here.",
            body,
        ));
    }
    sections.push(section("methods", "Methods", "", methods::methods(page)));
    sections.push(section(
        "provenance",
        "Provenance",
        "What is needed to compute this page again, bit for bit on the same kernel path.",
        tables::provenance(page),
    ));
    sections
}

struct TopicText {
    topic: Topic,
    id: &'static str,
    title: &'static str,
    lead: &'static str,
}

/// The section of the claims of the study file.
const HYPOTHESES: &str = "hypotheses";
/// The section of recordings, in which a table of verdicts stands before the figures.
const RECORDINGS: &str = "recordings";
/// The section of latent circuits, in which a table of their mechanisms stands before the figures.
const CIRCUITS: &str = "circuits";

const TOPICS: [TopicText; 13] = [
    TopicText {
        topic: Topic::Scores,
        id: "scores",
        title: "Scores",
        lead: "Do the networks solve the task, and equally well? The analyses below take only the selected ones.",
    },
    TopicText {
        topic: Topic::Learning,
        id: "learning",
        title: "Learning curves",
        lead: "Did training settle, and did all classes get there?",
    },
    TopicText {
        topic: Topic::Trajectories,
        id: "trajectories",
        title: "Trajectories",
        lead: "How the state of one network of each class moves through a trial.",
    },
    TopicText {
        topic: Topic::Embeddings,
        id: "embeddings",
        title: "Embeddings",
        lead: "All networks at once: do the classes form clusters, and are these clusters there before training?",
    },
    TopicText {
        topic: Topic::Selectivity,
        id: "selectivity",
        title: "Selectivity",
        lead: "What single units respond to: a few kinds of specialists, or mixtures of everything?",
    },
    TopicText {
        topic: Topic::FixedPoints,
        id: "fixed-points",
        title: "Fixed points",
        lead: "Where the state comes to rest under constant input.",
    },
    TopicText {
        topic: Topic::Circuits,
        id: CIRCUITS,
        title: "Latent circuits",
        lead: "Small circuits that reproduce the networks, and the mechanism read from the weights of each: irrelevant stimuli \
               are inhibited, saturate, or neither. r2_total is the published score, of the circuit's responses in the \
               space of the network's units; r2_projected is that of the network's responses seen through the embedding.",
    },
    TopicText {
        topic: Topic::Tasks,
        id: "tasks",
        title: "Several tasks",
        lead: "One network, many tasks: are there groups of units for groups of tasks, and which tasks use the same units? Each row has \
               the network's R² on its task.",
    },
    TopicText {
        topic: Topic::Behaviour,
        id: "behaviour",
        title: "Behaviour",
        lead: "What the networks do with inputs beyond those they were trained on.",
    },
    TopicText {
        topic: Topic::Recordings,
        id: RECORDINGS,
        title: "Recordings",
        lead: "Which class is nearest to recorded neurons, when every network is observed as the neurons were? A verdict is about                the classes of this study, trained as they were here; \"none of these\" is one too.",
    },
    TopicText {
        topic: Topic::Distances,
        id: "distances",
        title: "Distances",
        lead: "The distances behind the embeddings, before anything is lost to two dimensions.",
    },
    TopicText {
        topic: Topic::Agreement,
        id: "agreement",
        title: "Agreement with the published study",
        lead: "The same statistics in this study and in Tolmachev & Engel 2025.",
    },
    TopicText {
        topic: Topic::Choices,
        id: "choices",
        title: "Every claim under every choice",
        lead: "An analysis leaves choices: components, steps, thresholds, the form of a distance, the measure of similarity, \
               the networks of one constraint. A claim is called robust if nine of ten of them give the verdict that it has.",
    },
];

/// The figures of one topic, those over all tasks first, then one tab a task.
fn by_task(page: &Page, topic: &str, figures: &[&PlacedFigure]) -> Markup {
    let panes: Vec<(&str, Markup)> = page
        .tasks
        .iter()
        .filter_map(|task| {
            let own: Vec<_> = figures.iter().filter(|f| f.task.as_deref() == Some(task)).collect();
            let body = html! {
                @if topic == CIRCUITS { (tables::mechanisms(page, task)) }
                @if topic == RECORDINGS { (tables::recordings(page, task)) }
                @for placed in &own { (figure(&placed.figure)) }
            };
            (!own.is_empty()).then_some((task.as_str(), body))
        })
        .collect();
    html! {
        @for placed in figures.iter().filter(|f| f.task.is_none()) { (figure(&placed.figure)) }
        (tabs(topic, &panes))
    }
}

fn figure(figure: &Figure) -> Markup {
    let panels = svg::panels(figure);
    let narrowest = panels.iter().map(|panel| panel.width).fold(1000.0, f64::min);
    let turns = figure.panels.iter().any(|panel| matches!(panel.area, Area::Space(_)));
    let grid = format!("--columns:{};--panel:{narrowest}px", figure.columns.max(1));
    let switched = switched(&panels);
    html! {
        figure.fig id=(figure.id) data-columns=(figure.columns.max(1)) aria-label=(figure.title) {
            div.legend {
                @for (key, entry) in figure.legend.iter().enumerate() {
                    @if switched.contains(&key) {
                        button.key type="button" data-key=(key) aria-pressed="true" { (legend_entry(entry)) }
                    } @else {
                        span.key { (legend_entry(entry)) }
                    }
                }
            }
            div.panels style=(grid) {
                @for (panel, drawn) in figure.panels.iter().zip(&panels) {
                    @let label = format!("{}: {}", figure.title, panel.title);
                    (PreEscaped(format!(
                        r#"<svg viewBox="0 0 {w} {h}" data-w="{w}" data-h="{h}" role="img" aria-label="{label}"{view}>"#,
                        w = drawn.width,
                        h = drawn.height.ceil(),
                        label = svg::escape(&label),
                        view = drawn.view,
                    )))
                    (PreEscaped(&drawn.body))
                    (PreEscaped("</svg>"))
                }
            }
            figcaption {
                p { strong { (figure.title) ". " } (figure.caption)
                    @if turns { span.hint hidden { " Drag a panel, or focus it and use the arrow keys, to turn it; double-click to turn it back." } }
                }
                div.links {
                    @for path in &figure.data { span { "data: " a href=(path) { (path) } } }
                    span.save hidden {
                        button type="button" data-save="svg" aria-label="Download as SVG" { "SVG" }
                        button type="button" data-save="png" aria-label="Download as PNG" { "PNG" }
                    }
                }
            }
        }
    }
}

/// Legend entries that some mark names, and that can therefore be switched off.
fn switched(panels: &[svg::Drawn]) -> BTreeSet<usize> {
    let lists = panels.iter().flat_map(|panel| panel.body.split(r#"data-k=""#).skip(1));
    let keys = lists.flat_map(|rest| rest.split('"').next().unwrap_or("").split(' '));
    keys.filter_map(|key| key.parse().ok()).collect()
}

fn legend_entry(entry: &LegendEntry) -> Markup {
    let (width, elements) = svg::swatch(&entry.swatch);
    html! {
        (PreEscaped(format!(
            r#"<svg width="{width}" height="14" viewBox="0 0 {width} 14" font-size="11" aria-hidden="true">{elements}</svg>"#
        )))
        span { (entry.label) }
    }
}
