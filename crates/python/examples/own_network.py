"""A network of one's own, from weights as arrays, run, analysed and saved."""

import numpy as np

import circuitscope as cs

# Three bits of memory: each unit keeps its sign.
network = cs.Network(2 * np.eye(3), np.eye(3), np.eye(3), activation="tanh", alpha=0.1)
pulses = np.zeros((3, 200, 2))
pulses[:, 20:40, 0], pulses[:, 20:40, 1] = 1.0, -1.0
print(np.sign(network.outputs(pulses)[:, -1]).astype(int))

points = cs.fixed_points(network, np.zeros(3), search="thorough")
print(points)
print(sorted(np.sign(point).astype(int).tolist() for point in points.points[points.stability == "stable"]))
network.save("three_bits.safetensors")
