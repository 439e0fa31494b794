//! Classes that differ in their model: what is trained, and where it is seen.

use crate::{run_through, table, texts};
use circuitscope::network::Form;
use circuitscope_study::config::Study;
use circuitscope_study::import;
use tempfile::TempDir;

const MODELS: &str = r#"
name = "models"
seed = 5
tasks = ["go_no_go"]
classes = ["tanh_free", "potential", "biased", "sparse", "product"]
networks_per_class = 2

[defaults]
n_units = 12
iterations = 5
[class.potential]
base = "tanh_free"
form = "potential"
bias = "fixed"
bias_sd = 0.3
[class.biased]
base = "relu_free"
bias = "learned"
[class.sparse]
base = "tanh_dale"
density = 0.25
[class.product]
base = "tanh_free"
rank = 2
input_output_weights = "any_sign"

[task.go_no_go]
train_values = 5
analysis_values = 5
[selection]
min_r2 = -1e9
[comparison]
aspects = ["trajectories", "fixed_points"]
mds_starts = 5
permutations = 99
resamples = 50
measures = []
[circuits]
networks = 0
"#;

#[test]
fn networks_have_the_model_of_their_class_in_files_and_tables() {
    let folder = TempDir::new().unwrap();
    run_through(&Study::parse("models.toml", MODELS).unwrap(), folder.path());
    let files = std::fs::read_dir(folder.path().join("networks/go_no_go")).unwrap();
    let mut n_files = 0;
    for path in files.map(|entry| entry.unwrap().path()) {
        let network = import::network(&path).unwrap().network;
        let class = path.file_name().unwrap().to_str().unwrap().split('-').next().unwrap().to_owned();
        let form = if class == "potential" { Form::Potential } else { Form::Rate };
        assert_eq!(network.form, form, "{class}");
        let has_bias = network.bias.iter().any(|&b| b != 0.0);
        assert_eq!(has_bias, ["potential", "biased"].contains(&class.as_str()), "{class}");
        if class == "sparse" {
            // A quarter of eleven others.
            assert!(
                network.w_rec.rows().into_iter().all(|row| row.iter().filter(|&&w| w != 0.0).count() <= 3)
            );
        }
        assert_eq!(network.w_inp.iter().any(|&w| w < 0.0), class == "product");
        n_files += 1;
    }
    assert_eq!(n_files, 10);
    let scores = table(folder.path(), "scores");
    let [classes, forms, biases, signs] =
        ["class_name", "form", "bias", "input_output_weights"].map(|column| texts(&scores, column));
    let [density, rank, sd] = ["density", "rank", "bias_sd"].map(|column| scores.float(column).unwrap());
    for row in 0..classes.len() {
        let of = |class: &str| classes[row] == class;
        assert_eq!(forms[row], if of("potential") { "potential" } else { "rate" });
        assert_eq!(
            biases[row],
            if of("potential") {
                "fixed"
            } else if of("biased") {
                "learned"
            } else {
                "none"
            }
        );
        assert_eq!(signs[row], if of("product") { "any_sign" } else { "nonnegative" });
        assert_eq!(density[row], Some(if of("sparse") { 0.25 } else { 1.0 }));
        assert_eq!(rank[row], of("product").then_some(2.0));
        assert_eq!(sd[row], if of("potential") { Some(0.3) } else { of("biased").then_some(0.0) });
    }
}
