#!/usr/bin/env python3
"""One iteration of a latent circuit's fit in PyTorch with geoopt's RiemannianAdam, written as well as PyTorch allows.

The yardstick for the fit of latent circuits: same shape, same loss (outputs, weights, embedding), same noise, same
optimiser, float32, and the noise-free run that picks the best parameters. Prints one line.

    pip install torch geoopt
    circuit_peers.py N_NODES N_INPUTS N_OUTPUTS N_COMPONENTS N_STEPS N_TRIALS THREADS ITERATIONS relu|sigmoid|tanh
"""
import os
import sys
import time

sizes = list(map(int, sys.argv[1:9]))
n_nodes, n_inputs, n_outputs, n_components, n_steps, n_trials, threads, iterations = sizes
act = sys.argv[9]
# glibc returns and refaults large blocks on every step by default, which costs PyTorch dearly
if "MALLOC_TOP_PAD_" not in os.environ:
    os.environ.update(MALLOC_MMAP_THRESHOLD_="4000000000", MALLOC_TRIM_THRESHOLD_="8000000000", MALLOC_TOP_PAD_="500000000")
    os.execv(sys.executable, [sys.executable, *sys.argv])

import warnings

warnings.filterwarnings("ignore")
import geoopt
import torch

torch.set_num_threads(threads)
torch.manual_seed(0)
f = {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": lambda x: torch.sigmoid(7.5 * x)}[act]
alpha, lambda_w, lambda_v = 0.1, 0.08, 0.025
sigma = (2 / alpha) ** 0.5 * 0.05
inputs = torch.rand(n_steps, n_inputs, n_trials)
outputs = torch.rand(n_steps, n_outputs, n_trials)
components = torch.rand(n_steps, n_components, n_trials)
variance = components.var(unbiased=False)
inp_mask = torch.eye(n_nodes, n_inputs)
w_rec = torch.nn.Parameter(torch.zeros(n_nodes, n_nodes))
w_inp = torch.nn.Parameter(inp_mask.clone())
w_out = torch.nn.Parameter(torch.full((n_outputs, n_nodes), 1 / n_nodes))
q = geoopt.ManifoldParameter(torch.linalg.qr(torch.randn(n_components, n_nodes))[0], manifold=geoopt.Stiefel())
adam = geoopt.optim.RiemannianAdam([w_rec, w_inp, w_out, q], lr=0.02)


def run(noise):
    noisy = inputs + noise * torch.randn_like(inputs) if noise else inputs
    rec = (noise * torch.randn(n_steps, n_nodes, n_trials)).unbind(0) if noise else None
    drive = torch.matmul(w_inp, noisy).unbind(0)
    state = torch.zeros(n_nodes, n_trials)
    states = [state]
    for t in range(n_steps - 1):
        rate = f(torch.addmm(drive[t], w_rec, state))
        state = torch.lerp(state, rate + rec[t] if noise else rate, alpha)
        states.append(state)
    states = torch.stack(states)
    return (
        ((torch.matmul(w_out, states) - outputs) ** 2).mean()
        + lambda_v * ((torch.matmul(q, states) - components) ** 2).mean() / variance
        + lambda_w * ((w_rec**2).mean() + (w_inp**2).mean() + (w_out**2).mean())
    )


def step():
    adam.zero_grad()
    run(sigma).backward()
    adam.step()
    with torch.no_grad():
        w_inp.mul_(inp_mask).clamp_(min=0)
        w_out.clamp_(min=0)
        return run(0.0)


step()
start = time.perf_counter()
for _ in range(iterations):
    step()
seconds = (time.perf_counter() - start) / iterations
print(f"torch {act} nodes={n_nodes} trials={n_trials} steps={n_steps} threads={threads} ms_per_iteration={seconds * 1e3:.2f}")
