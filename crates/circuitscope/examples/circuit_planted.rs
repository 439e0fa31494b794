#![allow(warnings)]
use circuitscope::analysis::latent_circuit::{fit::*, responses::Responses, setting::*};
use circuitscope::{Activation,Curve,KernelPath}; use circuitscope::network::*; use circuitscope::task::*; use circuitscope::dynamics::run;
use ndarray::*; use std::ops::ControlFlow; use faer::Mat;
struct R(u64); impl R { fn u(&mut self)->f64{ self.0=self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407); (self.0>>11) as f64/(1u64<<53) as f64 } fn n(&mut self)->f64 { (-2.0*(1.0-self.u()).ln()).sqrt()*(std::f64::consts::TAU*self.u()).cos() } }
fn planted(curve: Curve, r:&mut R)->Network {
    let mut w=Array2::<f64>::zeros((8,8));
    match curve {
        Curve::Relu => {
            for i in 4..6 { w[[i,0]]=-0.7; } for i in 2..4 { w[[i,1]]=-0.7; }
            for i in 2..6 { w[[i,i]]=0.3; }
            for (o,a,b) in [(6,2,4),(7,3,5)] { w[[o,a]]=0.6; w[[o,b]]=0.6; w[[o,o]]=0.5; w[[o, if a==2 {3} else {2}]]=-0.4; w[[o, if b==4 {5} else {4}]]=-0.4;}
            w[[6,7]]=-0.4; w[[7,6]]=-0.4;
        }
        _ => {
            for (ctx,a,b) in [(0,4,5),(1,2,3)] { w[[a,ctx]]=1.6; w[[b,ctx]]=-1.6; }
            for (o,a,b,s) in [(6,2,4,1.0),(7,3,5,1.0)] { w[[o,a]]=0.6; w[[o,b]]=0.6; w[[o,o]]=0.4; w[[o, if a==2 {3} else {2}]]=-0.4; w[[o, if b==4 {5} else {4}]]=-0.4; w[[o,0]]= if o==6 {-0.8} else {0.8}; w[[o,1]]=if o==6 {-0.8} else {0.8}; }
        }
    }
    w.mapv_inplace(|x| if x==0.0 {0.05*r.n()} else {x*(1.0+0.1*r.n())});
    let mut wi=Array2::zeros((8,6)); for i in 0..6 { wi[[i,i]]=0.8+0.2*r.u(); }
    let mut wo=Array2::zeros((2,8)); wo[[0,6]]=0.9; wo[[1,7]]=0.9;
    Network{w_rec:w,w_inp:wi,w_out:wo,bias:Array1::zeros(8),initial_state:Array1::zeros(8),activation:Activation{curve,slope:1.0},form:Form::Rate,dt_ms:1.0,tau_ms:10.0}
}
fn main(){
    let e=|k:&str,d:f64| std::env::var(k).ok().and_then(|v|v.parse().ok()).unwrap_or(d);
    let task=Task::published("cddm").unwrap(); let trials=task.analysis_trials();
    for curve in [Curve::Relu,Curve::Tanh] { for seed in 0..e("SEEDS",3.0) as u64 {
        let mut r=R(seed*7919+13);
        let net=planted(curve,&mut r);
        let x=run::states(&net,trials.inputs.view()).unwrap(); let out=run::outputs(&net,x.view()).unwrap();
        let g=Mat::from_fn(100,8,|_,_| r.n()); let q=g.qr().compute_thin_Q(); let q=Array2::from_shape_fn((100,8),|(i,j)|q[(i,j)]);
        let flat=x.clone().into_shape_with_order((8,300*50)).unwrap(); let mut y=q.dot(&flat); let sd=e("NOISE",0.02); y.mapv_inplace(|v|v+sd*r.n());
        let resp=Responses{rates:y.into_shape_with_order((100,300,50)).unwrap(),inputs:trials.inputs.clone(),outputs:out,mask:trials.mask.clone()}.checked().unwrap();
        let mut s=Setting::recovery(Variant::Te25,8,6,2); s.n_iterations=e("IT",6000.) as usize;
        let f=fits(&resp,NodeDynamics::of_network(&net),&s,e("FITS",5.) as usize,seed,KernelPath::detect(),&|_|ControlFlow::Continue(())).unwrap();
        for f in f.iter().take(e("TAKE",1.) as usize) {
            let mut best=(-2.0,0.0);
            for perm in [[0,1,2,3,4,5,6,7],[0,1,2,3,4,5,7,6]] {
                let a:Vec<f64>=net.w_rec.iter().copied().collect();
                let b:Vec<f64>=(0..64).map(|k| f.circuit.w_rec[[perm[k/8],perm[k%8]]]).collect();
                let (ma,mb)=(a.iter().sum::<f64>()/64.,b.iter().sum::<f64>()/64.);
                let c=a.iter().zip(&b).map(|(x,y)|(x-ma)*(y-mb)).sum::<f64>()/(a.iter().map(|x|(x-ma).powi(2)).sum::<f64>()*b.iter().map(|x|(x-mb).powi(2)).sum::<f64>()).sqrt();
                if c>best.0 { best=(c,0.0); }
            }
            let m=q.t().dot(&f.embedding); let m=Mat::from_fn(8,8,|i,j|m[[i,j]]); let sv=m.singular_values().unwrap(); let ang=sv[7].min(1.0).acos().to_degrees();
            println!("{curve:?} seed {seed} corr {:.4} angle {:.2} loss {:.5} {:?}",best.0,ang,f.loss,f.scores);
            if e("SHOW",0.)>0. { println!("{:.2}\n{:.2}\n{:.2} {:.2}",net.w_rec,f.circuit.w_rec,f.circuit.w_inp.diag(),f.circuit.w_out); }
        }
    }}
}
