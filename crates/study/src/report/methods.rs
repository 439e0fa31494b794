//! The text on methods, with its sources.

use maud::{Markup, html};

use super::page::Page;

/// One step of the analysis.
struct Step {
    name: &'static str,
    text: &'static str,
    sources: &'static [&'static str],
}

const STEPS: [Step; 10] = [
    Step {
        name: "Networks",
        text: "Rate networks with a transfer function around the summed recurrent and external input, integrated by \
               Euler steps. Input and output weights are not negative; under Dale's law each unit is excitatory or \
               inhibitory, and a weight that an update gives the wrong sign is set to zero.",
        sources: &["TE25", "SYW16"],
    },
    Step {
        name: "Training",
        text: "Masked squared error with penalties on overlapping input channels and on high rates, minimised by Adam \
               on the full batch under private noise. The parameters with the lowest noise-free loss are kept.",
        sources: &["TE25", "KB15"],
    },
    Step {
        name: "Selection",
        text: "Networks above the study's R² floor, and of these the best. The study file below states the rule, the \
               table above how many it left out.",
        sources: &["TE25"],
    },
    Step {
        name: "Trajectories and endpoints",
        text: "States on noise-free trials, reduced by principal components and scaled to one size. Distance between \
               trajectories: residual of the best linear map, averaged over both directions; between endpoints: \
               residual of the best orthogonal map.",
        sources: &["TE25", "Sch66"],
    },
    Step {
        name: "Selectivity",
        text: "Units as points by their responses to all trials. Distance: residual after registration by iterative \
               closest point with an orthogonal map, the lowest in which independent searches end alike \
               (registration_chains in the study file, 6 if it does not say), as a root mean square so that the \
               number of units does not enter.",
        sources: &["TE25", "BM92"],
    },
    Step {
        name: "Fixed points",
        text: "Where compared: states at which the flow vanishes under constant input, with the linear dynamics around \
               them, found by descents from the states of trials and proven one by one. Distance between \
               configurations: residual after registration by iterative closest point with an orthogonal map, in \
               which a point may match only points of the same input and stability, as a root mean square.",
        sources: &["TE25", "SB13", "BM92", "Mante13"],
    },
    Step {
        name: "Embedding",
        text: "Metric multidimensional scaling in the plane by majorisation (SMACOF), the best of many starts.",
        sources: &["Lee77"],
    },
    Step {
        name: "Controls",
        text: "Shuffled: each network with its weights permuted within columns (recurrent, output) and rows (input); each \
               latent circuit likewise, among the weights its wiring has. Untrained: each network with its own initial \
               weights.",
        sources: &["TE25"],
    },
    Step {
        name: "Statistics",
        text: "Silhouette and leave-one-out nearest-neighbour accuracy describe how far classes separate. PERMANOVA \
               over label permutations tests whether they do at all; p values are corrected by Holm's method, each \
               family of tests by itself, and intervals come from a bootstrap over networks.",
        sources: &["Rou87", "And01", "Hol79"],
    },
    Step {
        name: "Latent circuits",
        text: "Where fitted: small circuits of the same dynamics, embedded in the network by an orthonormal map and \
               fitted to its states and outputs at once.",
        sources: &["LE25", "TE25"],
    },
];

/// Key, citation, and where it is found.
const SOURCES: [(&str, &str, &str); 12] = [
    (
        "TE25",
        "Tolmachev P., Engel T. A. (2025). Single-unit activations confer inductive biases for emergent circuit \
         solutions to cognitive tasks. Nature Machine Intelligence 7, 1742–1754. Preprint:",
        "10.1101/2024.11.23.625012",
    ),
    (
        "LE25",
        "Langdon C., Engel T. A. (2025). Latent circuit inference from heterogeneous neural responses during \
         cognitive tasks. Nature Neuroscience 28, 665–675.",
        "10.1038/s41593-025-01869-7",
    ),
    (
        "SYW16",
        "Song H. F., Yang G. R., Wang X.-J. (2016). Training excitatory-inhibitory recurrent neural networks for \
         cognitive tasks. PLOS Computational Biology 12, e1004792.",
        "10.1371/journal.pcbi.1004792",
    ),
    (
        "KB15",
        "Kingma D. P., Ba J. (2015). Adam: a method for stochastic optimization. International Conference on Learning \
         Representations. arXiv:1412.6980.",
        "10.48550/arXiv.1412.6980",
    ),
    (
        "Lee77",
        "de Leeuw J. (1977). Applications of convex analysis to multidimensional scaling. Recent Developments in \
         Statistics, 133–145; de Leeuw J., Mair P. (2009). Journal of Statistical Software 31(3).",
        "10.18637/jss.v031.i03",
    ),
    (
        "And01",
        "Anderson M. J. (2001). A new method for non-parametric multivariate analysis of variance. Austral Ecology \
         26, 32–46.",
        "10.1111/j.1442-9993.2001.01070.pp.x",
    ),
    (
        "Rou87",
        "Rousseeuw P. J. (1987). Silhouettes: a graphical aid to the interpretation and validation of cluster \
         analysis. Journal of Computational and Applied Mathematics 20, 53–65.",
        "10.1016/0377-0427(87)90125-7",
    ),
    (
        "Hol79",
        "Holm S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of Statistics \
         6, 65–70.",
        "",
    ),
    (
        "BM92",
        "Besl P. J., McKay N. D. (1992). A method for registration of 3-D shapes. IEEE Transactions on Pattern \
         Analysis and Machine Intelligence 14, 239–256.",
        "10.1109/34.121791",
    ),
    (
        "Sch66",
        "Schönemann P. H. (1966). A generalized solution of the orthogonal Procrustes problem. Psychometrika 31, \
         1–10.",
        "10.1007/BF02289451",
    ),
    (
        "SB13",
        "Sussillo D., Barak O. (2013). Opening the black box: low-dimensional dynamics in high-dimensional recurrent \
         neural networks. Neural Computation 25, 626–649.",
        "10.1162/NECO_a_00409",
    ),
    (
        "Mante13",
        "Mante V., Sussillo D., Shenoy K. V., Newsome W. T. (2013). Context-dependent computation by recurrent \
         dynamics in prefrontal cortex. Nature 503, 78–84.",
        "10.1038/nature12742",
    ),
];

/// Steps with links to their sources, the study's own notes, and the list of sources.
pub(super) fn methods(page: &Page) -> Markup {
    let anchor = |key: &str| format!("source-{}", key.to_lowercase());
    html! {
        dl.methods {
            @for step in &STEPS {
                div {
                    dt { (step.name) }
                    dd {
                        (step.text) " "
                        span.cites {
                            @for (i, key) in step.sources.iter().enumerate() {
                                @if i > 0 { ", " }
                                a href={ "#" (anchor(key)) } { (key) }
                            }
                        }
                    }
                }
            }
            @if !page.notes.is_empty() {
                div {
                    dt { "In this study" }
                    dd { ul { @for note in &page.notes { li { (note) } } } }
                }
            }
        }
        h3 { "Sources" }
        ul.sources {
            @for (key, citation, doi) in &SOURCES {
                li id=(anchor(key)) {
                    b { (key) } " " (citation)
                    @if !doi.is_empty() { " " a href={ "https://doi.org/" (doi) } { "doi:" (doi) } }
                }
            }
        }
    }
}
