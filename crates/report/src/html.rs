//! The page around the sections.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::page::{Page, UnderWay};
use crate::{sections, theme};

const STYLE: &str = include_str!("../assets/report.css");
const SCRIPT: &str = include_str!("../assets/report.js");

/// The report as one HTML document that needs nothing outside itself. The same page gives the same bytes.
pub fn render(page: &Page) -> String {
    let sections = sections::all(page);
    let body = html! {
        a.skip href="#main" { "Skip to the results" }
        div.layout {
            nav.toc aria-label="Contents" {
                p.brand { "circuitscope" }
                ol {
                    @for section in &sections {
                        li { a href={ "#" (section.id) } { (section.title) } }
                    }
                }
                div.toggle hidden {
                    button type="button" data-scheme="light" { "Light" }
                    button type="button" data-scheme="dark" { "Dark" }
                }
            }
            main id="main" {
                header.top {
                    p.eyebrow { "Study report" }
                    h1 { (page.study) }
                    p.summary { (page.summary) }
                    @if let Some(under_way) = &page.under_way { (banner(under_way)) }
                }
                @for section in &sections {
                    section id=(section.id) aria-labelledby={ (section.id) "-title" } {
                        h2 id={ (section.id) "-title" } { (section.title) }
                        @if !section.lead.is_empty() { p.lead { (section.lead) } }
                        (section.body)
                    }
                }
                footer { p { "Made by " (page.provenance.software) ". Every number on this page is stored in the tables it links to." } }
            }
        }
        div.tip role="tooltip" hidden {}
    }
    .into_string();
    let rules = theme::rules(&body);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content=(page.provenance.software);
                meta name="circuitscope-study" content=(page.provenance.study_identity);
                title { @if page.under_way.is_some() { "(running) " } (page.study) " · circuitscope report" }
                style { (PreEscaped(STYLE)) (PreEscaped(rules)) }
            }
            body {
                (PreEscaped(body))
                script { (PreEscaped(SCRIPT)) }
            }
        }
    }
    .into_string()
}

/// What says that the page is not the final one.
fn banner(under_way: &UnderWay) -> Markup {
    html! {
        p.running role="status" {
            strong {
                "Still running: " (under_way.n_done) " of " (under_way.n_stages) " stages are done; now "
                (under_way.following) "."
            }
            " Reload this page to see more. Nothing here is judged yet. If the run was stopped, start it again: it goes on \
             from here."
        }
    }
}
