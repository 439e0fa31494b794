#!/usr/bin/env python3
"""Fixed points of a network by SciPy's `fsolve` with the analytic Jacobian, under the published stopping rule.

The yardstick for the search of fixed points: MINPACK hybrj from noisy states of the second half of trials; a result
is accepted if ||rhs||^2 <= 1e-4; an input is done after 100 misses or 50 points. Points are merged within 0.1 for the
count. Prints one line an input and a last line with the sums.

    pip install numpy scipy
    OMP_NUM_THREADS=1 fixed_points_peers.py NETWORK.json INPUTS.json TRIALS.safetensors [points|distinct]

NETWORK.json: parameters in the trainRNNbrain form. INPUTS.json: a list of inputs, or an object with them under
`fixed_point_inputs`. TRIALS.safetensors: holds `inputs [U, T, B]`. The last argument says what the rule counts: every
accepted result as a point (the default, and the cheaper one), or only one that is new, every other result as a miss.
"""
import json
import struct
import sys
import time

import numpy as np
from scipy.optimize import fsolve

network_path, inputs_path, trials_path = sys.argv[1:4]
count_distinct = sys.argv[4:] == ["distinct"]
MERGE, ACCEPT, MISSES, POINTS, NOISE, TRUE = 0.1, 1e-4, 100, 50, 0.05, 1e-7

parameters = json.load(open(network_path))
w_rec, w_inp = np.array(parameters["W_rec"]), np.array(parameters["W_inp"])
n = len(w_rec)
bias = np.zeros(n) if parameters.get("bias_rec") is None else np.array(parameters["bias_rec"])
slope = parameters.get("activation_slope") or 1.0
alpha = parameters["dt"] / parameters["tau"]
f, slope_at = {
    "relu": (lambda x: np.maximum(0, slope * x), lambda x: slope * (x > 0)),
    "sigmoid": (
        lambda x: 1 / (1 + np.exp(-slope * x)),
        lambda x: slope * np.exp(-slope * np.abs(x)) / (1 + np.exp(-slope * np.abs(x))) ** 2,
    ),
    "tanh": (lambda x: np.tanh(slope * x), lambda x: slope * (1 - np.tanh(slope * x) ** 2)),
}[parameters["activation_name"].lower()]

inputs = json.load(open(inputs_path))
inputs = np.array(inputs["fixed_point_inputs"] if isinstance(inputs, dict) else inputs)

raw = open(trials_path, "rb").read()
(length,) = struct.unpack("<Q", raw[:8])
entry = json.loads(raw[8 : 8 + length])["inputs"]
kind = {"F32": "<f4", "F64": "<f8"}[entry["dtype"]]
begin, end = (8 + length + offset for offset in entry["data_offsets"])
trials = np.frombuffer(raw[begin:end], kind).reshape(entry["shape"]).astype(float)

rng = np.random.default_rng(0)
n_steps, n_trials = trials.shape[1:]
y = np.zeros((n, n_trials))
states = []
for t in range(n_steps - 1):
    noise_inp, noise_rec = rng.normal(size=(len(trials), n_trials)), rng.normal(size=(n, n_trials))
    scale = np.sqrt(2 / alpha) * NOISE
    drive = w_rec @ y + w_inp @ (trials[:, t] + scale * noise_inp) + bias[:, None]
    y = y + alpha * (f(drive) - y + scale * noise_rec)
    if t >= n_steps // 2:
        states.append(y)
states = np.stack(states, 1)

identity = np.eye(n)
total_ms, total_roots, total_true, total_calls = 0.0, 0, 0, 0
for k, u in enumerate(inputs):
    drive = w_inp @ u + bias
    rhs = lambda y: f(w_rec @ y + drive) - y
    jacobian = lambda y: slope_at(w_rec @ y + drive)[:, None] * w_rec - identity
    begin = time.perf_counter()
    roots, n_points, n_misses, n_calls = [], 0, 0, 0
    while n_misses < MISSES and n_points < POINTS:
        start = states[:, rng.integers(states.shape[1]), rng.integers(n_trials)]
        root, info, _, _ = fsolve(rhs, start, fprime=jacobian, full_output=True)
        n_calls += 1
        accepted = np.sum(info["fvec"] ** 2) <= ACCEPT
        new = accepted and all(np.linalg.norm(root - other) > MERGE for other in roots)
        if new:
            roots.append(root)
        if new or (accepted and not count_distinct):
            n_points += 1
        else:
            n_misses += 1
    ms = 1e3 * (time.perf_counter() - begin)
    # What the rule accepts may be a slow point: the true ones among them stop at rounding.
    n_true = sum(np.linalg.norm(rhs(root)) <= TRUE for root in roots)
    print(f"input {k}: {ms:.1f} ms, {len(roots)} roots, {n_true} true, {n_calls} calls")
    total_ms, total_calls = total_ms + ms, total_calls + n_calls
    total_roots, total_true = total_roots + len(roots), total_true + n_true
print(
    f"{network_path}: {total_ms:.0f} ms, {total_roots} roots, {total_true} true (||rhs|| <= {TRUE:g}), "
    f"{total_calls} calls of fsolve"
)
