#![allow(warnings)]
#[path = "../tests/golden/reference.rs"]
mod reference;
use circuitscope::analysis::latent_circuit::{fit::fits, responses::Responses, setting::*};
use circuitscope::task::Task;
use circuitscope::KernelPath;
use std::ops::ControlFlow;
fn main() {
    let task = Task::published("cddm").unwrap();
    let trials = match std::env::args().nth(2).as_deref() { Some("train") => task.training_trials(0,0), _ => task.analysis_trials() };
    for name in std::env::args().nth(1).unwrap().split(',') {
        let network = reference::network(&format!("{name}.json"));
        let responses = Responses::of_network(&network, &trials).unwrap();
        let setting = Setting::of_task(&task, Variant::Te25);
        let t = std::time::Instant::now();
        let f = fits(&responses, NodeDynamics::of_network(&network), &setting, 5, 1, KernelPath::detect(), &|_| ControlFlow::Continue(())).unwrap();
        println!("{name} {:.1} s", t.elapsed().as_secs_f64());
        for f in &f { println!("{:?} best {} loss {:.5} {:?}", f.outcome, f.best_iteration, f.loss, f.scores); }
        println!("{:.2}", f[0].circuit.w_rec); println!("{:.2}", f[0].circuit.w_out);println!("{:.2}", f[0].circuit.w_inp.diag());
    }
}
