//! The text on methods, with its sources.

use maud::{Markup, html};

use crate::page::Page;

/// One step of the analysis.
struct Step {
    name: &'static str,
    text: &'static str,
    sources: &'static [&'static str],
}

const STEPS: [Step; 14] = [
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
               (registration_chains in the study file, 9 if it does not say), as a root mean square so that the \
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
        text: "Silhouette and leave-one-out nearest-neighbour accuracy describe how far classes separate; five neighbours \
               vote, or as many as the smallest group has others where five could not be won. PERMANOVA tests whether classes \
               differ at all, in location or in spread; PERMDISP beside it whether they differ in spread, and Welch's W* \
               whether in location whatever their spreads. All of these permute labels: every distinct way where there are \
               no more than the permutations asked for, random ways else. p values are corrected by Holm's method, each \
               family of tests by itself, and intervals come from a bootstrap over networks.",
        sources: &["Rou87", "And01", "And06", "Ham19", "Hol79"],
    },
    Step {
        name: "Claims",
        text: "A claim is judged under one or more readings, ways to put it as numbers; it is counted by the first. A reading \
               is supported if every number that it asks for is: the whole 95 % interval over networks lies on the claimed \
               side of its reference, and the largest one-sided p is below .05 after Holm's correction over the claims of \
               the study. It is contradicted if the whole interval of one number lies on the other side and its p, times \
               the numbers of the reading, is below .05. It is equivalent where the claim is that numbers lie inside a margin \
               that the study states beforehand, and their whole intervals do. Otherwise it is inconclusive, and not decidable \
               where data are missing. Other readings are judged as if they stood in place of the first. A permutation p is \
               the share of all relabellings that go at least as far, or (b + 1)/(m + 1), where b of m drawn ones do; that \
               of row 6 comes from its bootstrap. Effects are Hedges' g (intervals by the noncentral t), and R² of PERMANOVA \
               (of which the noncentral F gives the power of row 1 where classes vary alike, and none is told where PERMDISP \
               says that they do not); from an effect, or else from the width of an interval, follow the networks that find \
               such a number in four studies of five. The readings are this project's operational definitions of what was \
               published in words.",
        sources: &["Ber82", "Hol79", "PS10", "Hes15", "Hed81"],
    },
    Step {
        name: "Agreement of aspects",
        text: "Each pair of aspects on the trained networks that have both: Mantel's correlation of their distances, and \
               the Procrustes correlation of their maps in the plane, after the best shift, scale, turn and reflection. \
               p says one-sided how often the networks of one aspect, permuted, agree as well; it is corrected by Holm's \
               method over all these tests of the study. Intervals come from a bootstrap over networks.",
        sources: &["Man67", "PJ01", "PS10", "Hol79"],
    },
    Step {
        name: "Robustness",
        text: "Where asked for: distances of trajectories by other measures. They are the angle of linear centred kernel \
               alignment (CKA), what linear regression leaves of R², the angle between shapes under the best orthogonal \
               map (or, if the study names it, their Euclidean distance), and the angle and distance between laws of \
               motion (dynamical similarity analysis on ten delays and ten directions). On each the tests of rows 1, 7 \
               (by distances, not the embedding), 8 and 11 are repeated, with Holm's correction within a measure. Every \
               network is also run twice with its recurrent noise. A conclusion that its test finds is within the noise \
               unless the mean square between runs of networks of different groups, less half of that between two runs of \
               each, is above zero with its whole 95 % interval: it is zero in expectation for a network and itself, by any \
               measure. Beside it stands the square of the distance between centres of groups without noise, pairs of a \
               network with itself left out, which is without bias. That ReLU and sigmoid are near is a difference of such \
               squares. Squares are those of a Euclidean distance: of angles those of the chord, and a share of the \
               variance is one already. Intervals leave out one network at a time.",
        sources: &["Kor19", "Wil21", "Ost23", "SR13", "Wal16", "Arv69", "ES81", "Hol79"],
    },
    Step {
        name: "Behaviour",
        text: "Answers to trials within and beyond those of training, repeated under noise of inputs and states. Choices \
               of CDDM and go answers get a logistic function with a lapse rate at each end, fitted by maximum \
               likelihood; intervals are of a parametric bootstrap, none where a parameter is at the end of what the \
               stimuli can tell, and no number where the answers do not identify it: where curves with the parameter at the end of \
               its range are as likely (profile likelihood). Slopes, of right choices on the irrelevant coherence (CDDM) and of recalled on shown \
               values (MemoryNumber), are by least squares; their bootstrap draws, for each stimulus, one answer fewer \
               than there are, which makes its variance unbiased.",
        sources: &["WH01", "WH01b", "RW88", "TE25"],
    },
    Step {
        name: "Latent circuits",
        text: "Where fitted: small circuits of the same dynamics, embedded in the network by an orthonormal map and \
               fitted to its states and outputs at once.",
        sources: &["LE25", "TE25"],
    },
];

/// Key, citation, and where it is found.
const SOURCES: [(&str, &str, &str); 30] = [
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
        "And06",
        "Anderson M. J. (2006). Distance-based tests for homogeneity of multivariate dispersions. Biometrics 62, 245–253.",
        "10.1111/j.1541-0420.2005.00440.x",
    ),
    (
        "Ham19",
        "Hamidi B., Wallace K., Vasavada C., Reed J. F., Alekseyenko A. V. (2019). W*d-test: robust distance-based \
         multivariate analysis of variance. Microbiome 7, 51.",
        "10.1186/s40168-019-0659-9",
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
        "Ber82",
        "Berger R. L. (1982). Multiparameter hypothesis testing and acceptance sampling. Technometrics 24, 295–300.",
        "10.1080/00401706.1982.10487790",
    ),
    (
        "PS10",
        "Phipson B., Smyth G. K. (2010). Permutation P-values should never be zero: calculating exact P-values when \
         permutations are randomly drawn. Statistical Applications in Genetics and Molecular Biology 9, 39.",
        "10.2202/1544-6115.1585",
    ),
    (
        "Hes15",
        "Hesterberg T. C. (2015). What teachers should know about the bootstrap: resampling in the undergraduate \
         statistics curriculum. The American Statistician 69, 371–386.",
        "10.1080/00031305.2015.1089789",
    ),
    (
        "Hed81",
        "Hedges L. V. (1981). Distribution theory for Glass's estimator of effect size and related estimators. \
         Journal of Educational Statistics 6, 107–128.",
        "10.3102/10769986006002107",
    ),
    (
        "Man67",
        "Mantel N. (1967). The detection of disease clustering and a generalized regression approach. Cancer Research \
         27, 209–220.",
        "",
    ),
    (
        "PJ01",
        "Peres-Neto P. R., Jackson D. A. (2001). How well do multivariate data sets match? The advantages of a \
         Procrustean superimposition approach over the Mantel test. Oecologia 129, 169–178.",
        "10.1007/s004420100720",
    ),
    (
        "Kor19",
        "Kornblith S., Norouzi M., Lee H., Hinton G. (2019). Similarity of neural network representations revisited. \
         International Conference on Machine Learning. arXiv:1905.00414.",
        "10.48550/arXiv.1905.00414",
    ),
    (
        "SR13",
        "Székely G. J., Rizzo M. L. (2013). Energy statistics: a class of statistics based on distances. Journal of \
         Statistical Planning and Inference 143, 1249–1272.",
        "10.1016/j.jspi.2013.03.018",
    ),
    (
        "Wal16",
        "Walther A., Nili H., Ejaz N., Alink A., Kriegeskorte N., Diedrichsen J. (2016). Reliability of dissimilarity \
         measures for multi-voxel pattern analysis. NeuroImage 137, 188–200.",
        "10.1016/j.neuroimage.2015.12.012",
    ),
    (
        "Arv69",
        "Arvesen J. N. (1969). Jackknifing U-statistics. The Annals of Mathematical Statistics 40, 2076–2100.",
        "10.1214/aoms/1177697287",
    ),
    (
        "ES81",
        "Efron B., Stein C. (1981). The jackknife estimate of variance. The Annals of Statistics 9, 586–596.",
        "10.1214/aos/1176345462",
    ),
    (
        "Wil21",
        "Williams A. H., Kunz E., Kornblith S., Linderman S. W. (2021). Generalized shape metrics on neural \
         representations. Advances in Neural Information Processing Systems 34. arXiv:2110.14739.",
        "10.48550/arXiv.2110.14739",
    ),
    (
        "Ost23",
        "Ostrow M., Eisen A., Kozachkov L., Fiete I. (2023). Beyond geometry: comparing the temporal structure of \
         computation in neural circuits with dynamical similarity analysis. Advances in Neural Information Processing \
         Systems 36. arXiv:2306.10168.",
        "10.48550/arXiv.2306.10168",
    ),
    (
        "WH01",
        "Wichmann F. A., Hill N. J. (2001). The psychometric function: I. Fitting, sampling, and goodness of fit. \
         Perception & Psychophysics 63, 1293–1313.",
        "10.3758/BF03194544",
    ),
    (
        "WH01b",
        "Wichmann F. A., Hill N. J. (2001). The psychometric function: II. Bootstrap-based confidence intervals and \
         sampling. Perception & Psychophysics 63, 1314–1329.",
        "10.3758/BF03194545",
    ),
    (
        "RW88",
        "Rao J. N. K., Wu C. F. J. (1988). Resampling inference with complex survey data. Journal of the American \
         Statistical Association 83, 231–241.",
        "10.1080/01621459.1988.10478591",
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
        @if !page.checklist.is_empty() {
            h3 { "Reporting checklist" }
            div.scroll tabindex="0" role="region" aria-label="Reporting checklist" {
                table.checklist {
                    tbody {
                        @for (item, text) in &page.checklist {
                            tr { th scope="row" { (item) } td { (text) } }
                        }
                    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_source_is_cited_and_every_citation_has_one_source() {
        let keys: Vec<&str> = SOURCES.iter().map(|(key, ..)| *key).collect();
        let cited: BTreeSet<&str> = STEPS.iter().flat_map(|step| step.sources).copied().collect();
        assert_eq!(cited, keys.iter().copied().collect());
        // Keys of any case share an anchor.
        let anchors: BTreeSet<String> = keys.iter().map(|key| key.to_lowercase()).collect();
        assert_eq!(anchors.len(), keys.len());
        let dois: Vec<&str> = SOURCES.iter().map(|(_, _, doi)| *doi).filter(|doi| !doi.is_empty()).collect();
        assert_eq!(dois.iter().collect::<BTreeSet<_>>().len(), dois.len());
    }
}
