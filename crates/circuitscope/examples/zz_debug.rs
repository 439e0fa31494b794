#![allow(warnings)]
#[path = "../tests/latent_circuit/planted.rs"]
mod planted;
use circuitscope::KernelPath;
use circuitscope::analysis::latent_circuit::{fit::*, matching::*, setting::*};
use planted::*;
use std::ops::ControlFlow;
fn main() {
    let e = |k: &str, d: f64| std::env::var(k).ok().and_then(|v| v.parse().ok()).unwrap_or(d);
    let kind = if e("RELU", 0.) > 0. { Kind::Inhibition } else { Kind::Saturation };
    let first = e("FIRST", 101.) as u64;
    for seed in first..first + e("SEEDS", 1.) as u64 {
        let p = Planted::new(kind, seed);
        let mut s = Setting::recovery(Variant::Te25, 8, 6, 2);
        s.n_iterations = e("IT", s.n_iterations as f64) as usize;
        s.learning_rate = e("LR", s.learning_rate);
        s.lambda_weights = e("LW", s.lambda_weights);
        s.lambda_embedding = e("LV", s.lambda_embedding);
        s.sigma_rec = e("SR", 0.);
        s.sigma_inp = e("SI", 0.);
        let f = fits(
            &p.responses,
            NodeDynamics::of_network(&p.circuit),
            &s,
            e("FITS", 4.) as usize,
            seed,
            KernelPath::detect(),
            &|_| ControlFlow::Continue(()),
        )
        .unwrap();
        for f in &f {
            let c = reordered(&f.circuit, &matching(&p.circuit, &f.circuit, &s.wiring));
            println!(
                "seed {seed} fitseed {} corr {:.3} angle {:.1} loss {:.6} best {} r2 {:.5} out {:.2e} wmax {:.2}",
                f.seed % 1000,
                agreement(&p.circuit, &c, &s.wiring),
                largest_angle(&p.embedding, &f.embedding),
                f.loss,
                f.best_iteration,
                f.scores.r2_total,
                f.scores.output_mse,
                c.w_rec.iter().fold(0.0f64, |a, b| a.max(b.abs()))
            );
            if e("SHOW", 0.) > 0. {
                println!(
                    "{:.2}\n{:.2}\n{:.2}\n{:.2}\n{:.2}",
                    p.circuit.w_rec,
                    c.w_rec,
                    c.w_inp.diag(),
                    c.w_out,
                    p.embedding.t().dot(&f.embedding)
                );
            }
        }
    }
}
