//! Networks as points: solutions that resemble each other lie close.

use serde::{Deserialize, Serialize};

use super::{Area, Aspect, Axis, Class, Figure, Ink, LegendEntry, Mark, Panel, Plane, Swatch, Symbol, slug};

/// Embeddings of one task, one an aspect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Embedding {
    /// Name of the task for readers.
    pub task: String,
    /// The classes; items refer to them by index.
    pub classes: Vec<Class>,
    /// One entry an aspect of the solutions.
    pub aspects: Vec<AspectEmbedding>,
    /// Paths of the tables with these numbers, relative to the report.
    pub data: Vec<String>,
}

/// The embedding of one aspect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AspectEmbedding {
    /// Name of the aspect for readers, e.g. `Trajectories`.
    pub aspect: String,
    /// Stress of the embedding, where stored: how much of the distances the plane cannot show.
    pub stress: Option<f64>,
    /// One entry a network or control.
    pub items: Vec<EmbeddingItem>,
    /// Recordings that have a place among them.
    pub recordings: Vec<PlacedRecording>,
}

/// One network or control.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmbeddingItem {
    /// Name of the network, as in the tables.
    pub network: String,
    /// Index into [`Embedding::classes`].
    pub class: usize,
    /// Trained network or control.
    pub group: Group,
    /// Position in the plane.
    pub at: [f64; 2],
}

/// A recording in a map of networks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlacedRecording {
    /// Its name.
    pub name: String,
    /// Position in the plane.
    pub at: [f64; 2],
    /// Correlation of the distances that it is placed by with those of the map.
    pub correlation: f64,
}

/// A trained network or a control made from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Group {
    /// As trained.
    Trained,
    /// Weights permuted.
    Shuffled,
    /// Its own initial weights.
    Untrained,
}

impl Group {
    pub(super) const ALL: [Self; 3] = [Self::Shuffled, Self::Untrained, Self::Trained];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Trained => "trained",
            Self::Shuffled => "shuffled control",
            Self::Untrained => "untrained control",
        }
    }

    fn symbol(self) -> Symbol {
        match self {
            Self::Trained => Symbol::Circle,
            Self::Shuffled => Symbol::Triangle,
            Self::Untrained => Symbol::TriangleDown,
        }
    }
}

/// A panel an aspect: circles for trained networks, triangles for controls, on equal axes.
pub fn embedding(input: &Embedding) -> Figure {
    let mut legend: Vec<LegendEntry> = input
        .classes
        .iter()
        .map(|class| LegendEntry {
            label: class.label.clone(),
            swatch: Swatch::Point { symbol: Symbol::Circle, ink: Ink::Colour(class.colour) },
        })
        .collect();
    let mut group_keys = Vec::new();
    for group in [Group::Trained, Group::Shuffled, Group::Untrained] {
        if input.aspects.iter().any(|a| a.items.iter().any(|item| item.group == group)) {
            group_keys.push((group, legend.len()));
            legend.push(LegendEntry {
                label: group.label().into(),
                swatch: Swatch::Point { symbol: group.symbol(), ink: Ink::Text },
            });
        }
    }
    let recorded_key = legend.len();
    if input.aspects.iter().any(|aspect| !aspect.recordings.is_empty()) {
        legend.push(LegendEntry {
            label: "recording".into(),
            swatch: Swatch::Point { symbol: Symbol::Star, ink: Ink::Text },
        });
    }
    Figure {
        id: slug(&["embedding", &input.task]),
        title: format!("{}: how alike the solutions are", input.task),
        caption: "Each point is one network, and the farther two points lie apart, the more their solutions differ \
                  in that aspect; only distances mean something, directions do not."
            .into(),
        columns: 2,
        legend,
        panels: input.aspects.iter().map(|aspect| panel(input, aspect, &group_keys, recorded_key)).collect(),
        data: input.data.clone(),
    }
}

fn panel(
    input: &Embedding,
    aspect: &AspectEmbedding,
    group_keys: &[(Group, usize)],
    recorded_key: usize,
) -> Panel {
    let mut marks = Vec::new();
    for group in Group::ALL {
        let Some((_, group_key)) = group_keys.iter().find(|(known, _)| *known == group) else { continue };
        for (class_idx, class) in input.classes.iter().enumerate() {
            let items: Vec<&EmbeddingItem> =
                aspect.items.iter().filter(|item| item.group == group && item.class == class_idx).collect();
            if items.is_empty() {
                continue;
            }
            marks.push(Mark::Points {
                x: items.iter().map(|item| item.at[0]).collect(),
                y: items.iter().map(|item| item.at[1]).collect(),
                hover: items
                    .iter()
                    .map(|item| format!("{}\n{}, {}", item.network, class.label, group.label()))
                    .collect(),
                symbol: group.symbol(),
                ink: Ink::Colour(class.colour),
                radius: if group == Group::Trained { 4.2 } else { 3.4 },
                keys: vec![class_idx, *group_key],
            });
        }
    }
    if !aspect.recordings.is_empty() {
        let hover = |one: &PlacedRecording| {
            format!(
                "{}, recorded\nplaced by distances as they are observed, which correlate with those of the map by {:.2}",
                one.name, one.correlation
            )
        };
        marks.push(Mark::Points {
            x: aspect.recordings.iter().map(|one| one.at[0]).collect(),
            y: aspect.recordings.iter().map(|one| one.at[1]).collect(),
            hover: aspect.recordings.iter().map(hover).collect(),
            symbol: Symbol::Star,
            ink: Ink::Text,
            radius: 7.0,
            keys: vec![recorded_key],
        });
    }
    Panel {
        title: aspect.aspect.clone(),
        subtitle: aspect.stress.map(|stress| format!("stress {stress:.3}")).unwrap_or_default(),
        tint: None,
        area: Area::Plane(Plane {
            x: Axis::linear("MDS 1"),
            y: Axis::linear("MDS 2"),
            aspect: Aspect::Equal,
            marks,
        }),
    }
}
