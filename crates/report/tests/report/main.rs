//! The page and the figures as a reader gets them.

mod numbers;
mod page;
mod portraits;
mod runs;

use std::fmt::Write as _;

use circuitscope_report::figure::{Area, Figure, Mark};
use circuitscope_report::{Page, Part, Topic, UnderWay, render, svg};
use page::{Size, page};

/// The page as XML: void elements closed, `hidden` given a value, style and script emptied.
fn as_xml(html: &str) -> String {
    let mut xml = html.replacen("<!DOCTYPE html>", "", 1);
    for void in ["meta"] {
        let mut closed = String::new();
        for (i, part) in xml.split(&format!("<{void} ")).enumerate() {
            if i == 0 {
                closed.push_str(part);
            } else {
                let end = part.find('>').expect("tag ends");
                let _ = write!(closed, "<{void} {}/>{}", &part[..end], &part[end + 1..]);
            }
        }
        xml = closed;
    }
    xml = xml.replace(" hidden>", " hidden=\"\">");
    for raw in ["style", "script"] {
        let from = xml.find(&format!("<{raw}>")).expect("element") + raw.len() + 2;
        let to = xml.find(&format!("</{raw}>")).expect("element");
        xml.replace_range(from..to, "");
    }
    xml
}

#[test]
fn the_page_has_this_structure() {
    let html = render(&page(Size::Small));
    let xml = as_xml(&html);
    let document = roxmltree::Document::parse(&xml).expect("well-formed");
    let mut outline = String::new();
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let text = || {
            let texts: Vec<&str> =
                node.descendants().filter(roxmltree::Node::is_text).filter_map(|t| t.text()).collect();
            texts.concat().split_whitespace().collect::<Vec<_>>().join(" ")
        };
        let drawn = node.ancestors().any(|a| a.has_tag_name("figure"));
        match node.tag_name().name() {
            name @ ("h1" | "h2" | "h3" | "p" | "dt" | "dd" | "li" | "title" | "pre" | "summary")
                if !drawn && !node.children().any(|child| child.has_tag_name("p")) =>
            {
                let _ = writeln!(outline, "{name}: {}", text());
            }
            "tr" => {
                let cells: Vec<String> = node
                    .children()
                    .filter(roxmltree::Node::is_element)
                    .map(|cell| {
                        let texts: Vec<&str> = cell
                            .descendants()
                            .filter(roxmltree::Node::is_text)
                            .filter_map(|t| t.text())
                            .collect();
                        texts.concat().split_whitespace().collect::<Vec<_>>().join(" ")
                    })
                    .collect();
                let _ = writeln!(outline, "  | {}", cells.join(" | "));
            }
            "figure" => {
                let panels = node.descendants().filter(|n| n.attribute("role") == Some("img"));
                let labels: Vec<&str> = panels.filter_map(|n| n.attribute("aria-label")).collect();
                let _ = writeln!(
                    outline,
                    "figure: {}\n    {}",
                    node.attribute("id").unwrap_or("?"),
                    labels.join("\n    ")
                );
            }
            "figcaption" => {
                let _ = writeln!(outline, "    caption: {}", text());
            }
            _ => {}
        }
    }
    insta::assert_snapshot!(outline);
}

#[test]
fn the_page_loads_nothing_from_anywhere() {
    let html = render(&page(Size::Small));
    let xml = as_xml(&html);
    let document = roxmltree::Document::parse(&xml).expect("well-formed");
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        let name = node.tag_name().name();
        assert_ne!(name, "link", "a style sheet from outside");
        for attribute in node.attributes().filter(|a| ["src", "href", "srcset", "data"].contains(&a.name())) {
            let value = attribute.value();
            let remote = value.contains("//") && !value.starts_with("data:image/png;base64,");
            let citation = name == "a" && attribute.value().starts_with("https://doi.org/");
            assert!(!remote || citation, "<{name}> loads {}", attribute.value());
        }
    }
    for asset in [include_str!("../../assets/report.css"), include_str!("../../assets/report.js")] {
        let remote: Vec<&str> =
            asset.split("http").skip(1).filter(|r| !r.starts_with("://www.w3.org/2000/svg")).collect();
        assert!(remote.is_empty(), "{remote:?}");
        assert!(!asset.contains("url(") && !asset.contains("@import") && !asset.contains("fetch("));
    }
}

#[test]
fn a_page_of_a_running_study_says_so_and_names_what_is_to_come() {
    let whole = page(Size::Small);
    let none: Vec<&str> = ["Still running", "Being computed"].into();
    assert!(none.iter().all(|words| !render(&whole).contains(words)));
    let pending = vec![Part::Claims, Part::Figures(Topic::Circuits), Part::Robustness];
    let under_way = UnderWay { n_done: 3, n_stages: 9, following: "fitting latent circuits".into(), pending };
    let mut early = Page { claims: Vec::new(), robustness: Vec::new(), under_way: Some(under_way), ..whole };
    early.figures.retain(|placed| placed.topic != Topic::Circuits);
    let html = render(&early);
    assert!(html.contains("Still running: 3 of 9 stages are done; now fitting latent circuits."));
    assert_eq!(html.matches("Being computed.").count(), 3);
    // What is not asked for is not announced.
    early.figures.retain(|placed| placed.topic != Topic::Behaviour);
    assert_eq!(render(&early).matches("Being computed.").count(), 3);
}

#[test]
fn a_phone_sees_the_verdict_first_and_paper_no_hashes() {
    let css = include_str!("../../assets/report.css");
    let block = |query: &str| {
        let rest = &css[css.find(query).expect(query)..];
        &rest[..rest.find("\n}").expect("its end")]
    };
    assert!(block("@media (max-width: 40rem)").contains(".claims .verdict { grid-row: 1; }"));
    assert!(block("@media print").contains(".hashes { display: none"));
    let html = render(&page(Size::Small));
    assert_eq!(html.matches("<td class=\"verdict\">").count(), page(Size::Small).claims.len());
    assert!(html.contains("<h3 class=\"hashes\">Stored files</h3>"));
}

#[test]
fn the_same_page_gives_the_same_bytes() {
    assert_eq!(render(&page(Size::Small)), render(&page(Size::Small)));
    for placed in page(Size::Small).figures {
        assert_eq!(svg(&placed.figure), svg(&placed.figure));
    }
}

#[test]
fn names_cannot_inject_elements() {
    const EVIL: &str = "</title></style></svg>\"'><script>alert(1)</script> data-é data-q=\"x&\u{0}";
    let evil = |text: &mut String| EVIL.clone_into(text);
    let mut page: Page = page(Size::Small);
    evil(&mut page.study);
    evil(&mut page.summary);
    evil(&mut page.provenance.config);
    evil(&mut page.findings[0].label);
    evil(&mut page.runs[0].class);
    evil(&mut page.claims[0].evidence);
    evil(&mut page.statistics[0].statistic);
    for placed in &mut page.figures {
        let Figure { title, caption, legend, panels, .. } = &mut placed.figure;
        evil(title);
        evil(caption);
        for entry in legend {
            evil(&mut entry.label);
        }
        for panel in panels {
            evil(&mut panel.title);
            evil(&mut panel.subtitle);
            match &mut panel.area {
                Area::Plane(plane) => {
                    evil(&mut plane.x.label);
                    for mark in &mut plane.marks {
                        if let Mark::Points { hover, .. } = mark {
                            hover.iter_mut().for_each(evil);
                        }
                    }
                }
                Area::Space(space) => {
                    space.axes.iter_mut().for_each(|axis| evil(&mut axis.label));
                    space.curves.iter_mut().for_each(|curve| evil(&mut curve.hover));
                }
                Area::Matrix(matrix) => {
                    evil(&mut matrix.label);
                    matrix.blocks.iter_mut().for_each(|block| evil(&mut block.label));
                }
            }
        }
        let drawn = svg(&placed.figure);
        assert!(!drawn.contains("<script"));
        roxmltree::Document::parse(&drawn).expect("well-formed");
    }
    let html = render(&page);
    assert_eq!(html.matches("<script").count(), 1, "only the page's own script");
}

#[test]
fn every_figure_is_well_formed_svg_with_text_as_text() {
    for placed in page(Size::Small).figures {
        let drawn = svg(&placed.figure);
        let document = roxmltree::Document::parse(&drawn).expect("well-formed");
        let texts: String = document.descendants().filter_map(|n| n.text()).collect();
        assert!(texts.contains(&placed.figure.panels[0].title), "{}", placed.figure.id);
        let root = document.root_element();
        let width: f64 = root.attribute("width").and_then(|w| w.parse().ok()).expect("a width");
        for node in document.descendants() {
            for name in ["cx", "x"] {
                let Some(value) = node.attribute(name).and_then(|v| v.parse::<f64>().ok()) else { continue };
                assert!(value.is_finite() && value <= width, "{name} = {value} in {}", placed.figure.id);
            }
        }
        assert!(!drawn.contains(" data-"), "attributes that only the page's script reads");
        assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{}", placed.figure.id);
    }
}

#[test]
fn a_branch_is_whole_where_it_is_stable_and_broken_where_it_is_not() {
    use circuitscope_report::figure::branches;
    let figure = branches(&portraits::between_inputs("CDDM", &page(Size::Small).classes));
    let Area::Plane(plane) = &figure.panels[0].area else { panic!("two axes") };
    let fold = (1.0_f64 / 3.0).sqrt();
    let (mut whole, mut broken) = (0, 0);
    for mark in &plane.marks {
        match mark {
            Mark::Line { y, .. } => {
                whole += 1;
                // A piece begins and ends at points: the first beyond a fold is that of the other kind.
                assert!(
                    y.iter().filter(|y| y.abs() < fold && (**y - 0.3).abs() > 1e-9).count() <= 1,
                    "{y:?}"
                );
            }
            Mark::Dashes { y, .. } => {
                broken += 1;
                assert!(y.iter().filter(|y| y.abs() > fold).count() <= 1, "{y:?}");
            }
            _ => {}
        }
    }
    assert_eq!((whole, broken), (3, 1), "two outer arms and the smooth curve; the middle one");
    assert_eq!(figure.panels.len(), 6, "two contexts of three classes");
}

#[test]
fn identifiers_are_unique() {
    let html = render(&page(Size::Small));
    let xml = as_xml(&html);
    let document = roxmltree::Document::parse(&xml).expect("well-formed");
    let mut ids: Vec<&str> = document.descendants().filter_map(|n| n.attribute("id")).collect();
    let n = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), n);
}

#[test]
#[ignore = "writes a page of realistic size, to be looked at in a browser"]
fn a_full_page_for_the_eye() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let page = page(Size::Full);
    std::fs::write(folder.join("report.html"), render(&page)).expect("written");
    for placed in page.figures {
        std::fs::write(folder.join(format!("{}.svg", placed.figure.id)), svg(&placed.figure))
            .expect("written");
    }
}

#[test]
fn a_study_in_which_nothing_worked_still_reports() {
    use circuitscope_report::figure::{
        AspectEmbedding, BranchClass, BranchPanel, Branches, ChoicePanel, Class, EigenvalueClass,
        Eigenvalues, Embedding, LearningCurve, LineAttractors, LossCurve, NetworkScore, RunCounts,
        ScoreClass, ScoreDistribution, Selectivity, SelectivityCloud, Standing, Trajectories,
        TrajectoryClass, branches, eigenvalues, embedding, learning_curve, line_attractors,
        score_distribution, selectivity_cloud, trajectories,
    };
    let class = Class::palette(&["relu dale"]).remove(0);
    let lost = NetworkScore {
        network: "relu dale 0".into(),
        mse: f64::NAN,
        r2: f64::NEG_INFINITY,
        standing: Standing::BelowFloor,
    };
    let figures = [
        score_distribution(&ScoreDistribution {
            task: "CDDM".into(),
            classes: vec![ScoreClass {
                class: class.clone(),
                networks: vec![lost],
                median_mse: None,
                median_r2: None,
                counts: RunCounts::default(),
                published: None,
            }],
            r2_floor: Some(0.8),
            data: Vec::new(),
        }),
        learning_curve(&LearningCurve {
            task: "CDDM".into(),
            classes: vec![LossCurve {
                class: class.clone(),
                iterations: vec![1.0, 2.0],
                median: vec![f64::NAN, f64::INFINITY],
                range: None,
                networks: Vec::new(),
            }],
            phases: Vec::new(),
            data: Vec::new(),
        }),
        trajectories(&Trajectories {
            task: "CDDM".into(),
            quantity: "value".into(),
            range: [0.0, 0.0],
            groups: Vec::new(),
            onset: Some(99),
            classes: vec![TrajectoryClass {
                class: class.clone(),
                network: String::new(),
                explained: None,
                trials: Vec::new(),
            }],
            data: Vec::new(),
        }),
        embedding(&Embedding {
            task: "CDDM".into(),
            classes: vec![class.clone()],
            aspects: vec![AspectEmbedding {
                aspect: "Trajectories".into(),
                stress: None,
                items: Vec::new(),
                recordings: Vec::new(),
            }],
            data: Vec::new(),
        }),
        eigenvalues(&Eigenvalues {
            task: "CDDM".into(),
            classes: vec![EigenvalueClass {
                class: class.clone(),
                network: String::new(),
                alpha: 0.1,
                n_points: 0,
                values: Vec::new(),
            }],
            data: Vec::new(),
        }),
        branches(&Branches {
            task: "CDDM".into(),
            quantity: "value".into(),
            range: [0.0, 1.0],
            kinds: Vec::new(),
            classes: vec![BranchClass {
                class: class.clone(),
                network: String::new(),
                panels: vec![BranchPanel { name: String::new(), curves: Vec::new() }],
            }],
            data: Vec::new(),
        }),
        line_attractors(&LineAttractors {
            answers: ["right", "left"].map(str::to_owned),
            contexts: ["motion", "colour"].map(str::to_owned),
            task: "CDDM".into(),
            panels: vec![ChoicePanel {
                class: class.clone(),
                context: String::new(),
                relevant: 0,
                network: String::new(),
                points: Vec::new(),
                choices: [None, None],
                arrows: Vec::new(),
            }],
            data: Vec::new(),
        }),
        selectivity_cloud(&Selectivity {
            task: "CDDM".into(),
            classes: vec![SelectivityCloud {
                class,
                network: String::new(),
                explained: None,
                units: Vec::new(),
            }],
            data: Vec::new(),
        }),
    ];
    for figure in figures {
        let drawn = svg(&figure);
        roxmltree::Document::parse(&drawn).expect("well-formed");
        assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{drawn}");
    }
}
