//! The report: one self-contained HTML page, and every figure as a static SVG.
//!
//! The page computes nothing: every number on it arrives in [`Page`]. It needs no network, no server and no library.
//! Figures are drawn once, as SVG inside the page, so that they read, print and copy without a script; a short script
//! of our own (`assets/report.js`) adds turning of three-dimensional panels, tooltips, legends that switch series,
//! task tabs and downloads. Plotly was weighed and left out: Chrome keeps 16 WebGL contexts alive where a report of
//! three tasks and six classes has 54 three-dimensional panels, the smallest bundle with three dimensions (gl3d) adds
//! 1.75 MB to every report, and a page drawn by it is blank without a script and on paper.

mod effects;
mod elements;
pub mod figure;
mod html;
mod measures;
mod methods;
mod page;
mod robustness;
mod sections;
mod svg;
mod tables;
mod theme;

pub use html::render;
pub use page::{
    Artefact, ClaimRow, DoubtfulEffect, EffectRow, Finding, MeasureGroup, MeasureRow, MechanismRow, Outcome,
    Page, Part, PlacedFigure, Provenance, ReadingRow, RecordingRow, RobustnessCell, RobustnessRow, RunRow,
    SideRow, StatisticRow, Topic, UnderWay, Verdict,
};
pub use svg::svg;
