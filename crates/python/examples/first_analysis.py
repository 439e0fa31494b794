"""Trains a few networks, finds where they rest, and asks whether two classes solve the task differently."""

import numpy as np

import circuitscope as cs

task = cs.task("go_no_go")
trained = [
    one
    for name in ("relu_dale", "tanh_dale")
    for one in cs.train(name, task=task, n_networks=3, seed=1, iterations=300, n_units=50, progress=False)
]
for one in trained:
    print(f"{one.network.name}: R² {one.score.r2:.3f}")

points = cs.fixed_points(trained[0].network, task=task)
print(points)
slowest = np.abs(points.time_constants_ms).max()
print(f"slowest time constant {slowest:.0f} ms")

comparison = cs.compare(trained, task=task)
print(comparison)
