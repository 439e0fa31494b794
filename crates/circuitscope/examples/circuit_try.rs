#![allow(warnings)]
#[path = "../tests/golden/reference.rs"]
mod reference;
use circuitscope::KernelPath;
use circuitscope::analysis::latent_circuit::{fit::fits, responses::Responses, setting::*};
use circuitscope::task::Task;
use std::ops::ControlFlow;
fn main() {
    let task = Task::published("cddm").unwrap();
    let trials = match std::env::args().nth(2).as_deref() {
        Some("train") => task.training_trials(0, 0),
        _ => task.analysis_trials(),
    };
    for name in std::env::args().nth(1).unwrap().split(',') {
        let network = reference::network(&format!("{name}.json"));
        let responses = Responses::of_network(&network, &trials).unwrap();
        let mut setting = Setting::of_task(&task, Variant::Te25);
        let e = |k: &str, d: f64| std::env::var(k).ok().and_then(|v| v.parse().ok()).unwrap_or(d);
        setting.n_iterations = e("IT", 2000.) as usize;
        setting.lambda_weights = e("LW", 0.08);
        setting.lambda_embedding = e("LV", 0.025);
        setting.learning_rate = e("LR", 0.02);
        let t = std::time::Instant::now();
        let f = fits(
            &responses,
            NodeDynamics::of_network(&network),
            &setting,
            5,
            1,
            KernelPath::detect(),
            &|_| ControlFlow::Continue(()),
        )
        .unwrap();
        let l: Vec<f64> = f.iter().map(|f| f.loss).collect();
        println!(
            "{name} {:.1} s losses {:.5} mean {:.5} r2 {:.3} mean {:.3}",
            t.elapsed().as_secs_f64(),
            l[0],
            l.iter().sum::<f64>() / l.len() as f64,
            f[0].scores.r2_total,
            f.iter().map(|f| f.scores.r2_total).sum::<f64>() / l.len() as f64
        );
        if std::env::var("Q").is_ok() {
            continue;
        }
        for f in f.iter().take(2) {
            println!("{:?} best {} loss {:.5} {:?}", f.outcome, f.best_iteration, f.loss, f.scores);
        }
        println!("{:.2}", f[0].circuit.w_rec);
        println!("{:.2}", f[0].circuit.w_out);
        println!("{:.2}", f[0].circuit.w_inp.diag());
    }
}
