"""Loss and gradients of one training step for each activation curve, in NumPy float64, sharing no code with circuitscope.

The gradient is by complex steps (Squire & Trapp 1998, doi:10.1137/S003614459631241X) of the loss as it is defined, weight by
weight: no adjoint equation, no difference quotient, exact to rounding.

    python golden/curves/reference.py      # writes golden/curves/*.safetensors
"""

import json
import struct
from pathlib import Path

import numpy as np

ALPHA, LAMBDA_R, STEP = 0.1, 0.5, 1e-30
UNITS, INPUTS, OUTPUTS, STEPS, TRIALS = 10, 3, 2, 25, 4


def above(z, then, otherwise):
    return np.where(z.real > 0, then, otherwise)


def power(exponent):
    return lambda z: above(z, above(z, z, 1.0) ** exponent, 0.0 * z)


# Name, parameter, its value, slope, curve. Complex arguments: pieces are chosen by the real part.
CURVES = [
    ("softplus", None, 1.0, lambda z: np.log(1.0 + np.exp(z))),
    ("softplus", None, 3.0, lambda z: np.log(1.0 + np.exp(z))),
    ("leaky_relu", ("leak", 0.1), 1.0, lambda z: above(z, z, 0.1 * z)),
    ("leaky_relu", ("leak", 0.4), 1.5, lambda z: above(z, z, 0.4 * z)),
    ("power", ("exponent", 1.25), 0.5, power(1.25)),
    ("power", ("exponent", 1.5), 0.5, power(1.5)),
    ("power", ("exponent", 2.0), 0.5, power(2.0)),
    ("power", ("exponent", 2.75), 0.5, power(2.75)),
    ("power", ("exponent", 4.0), 0.25, power(4.0)),
    ("hard_tanh", None, 1.0, lambda z: above(1.0 - z, above(1.0 + z, z, -1.0), 1.0)),
    ("hard_tanh", None, 2.5, lambda z: above(1.0 - z, above(1.0 + z, z, -1.0), 1.0)),
    ("silu", None, 1.0, lambda z: z / (1.0 + np.exp(-z))),
    ("silu", None, 2.0, lambda z: z / (1.0 + np.exp(-z))),
]


def terms(curve, slope, case, w_rec, w_inp, w_out):
    """Task term and rate term, and the states [N, T, B]."""
    y = np.zeros((UNITS, TRIALS), dtype=w_rec.dtype)
    task = rate = 0.0
    states = []
    for t in range(STEPS):
        states.append(y)
        if t in case["mask"]:
            task = task + np.sum((w_out @ y - case["targets"][:, t]) ** 2)
        rate = rate + np.sum(y**2)
        if t + 1 < STEPS:
            drive = w_rec @ y + w_inp @ (case["inputs"][:, t] + case["noise_inp"][:, t])
            y = y + ALPHA * (-y + curve(slope * drive) + case["noise_rec"][:, t])
    task = task / (OUTPUTS * len(case["mask"]) * TRIALS)
    return task, rate / (UNITS * STEPS * TRIALS), np.stack(states, axis=1)


def write(path, tensors, metadata):
    header, body = {"__metadata__": metadata}, b""
    names = {np.dtype("<f4"): "F32", np.dtype("<f8"): "F64", np.dtype("<i8"): "I64"}
    for name, values in tensors.items():
        data = np.ascontiguousarray(values).tobytes()
        header[name] = {
            "dtype": names[values.dtype],
            "shape": list(values.shape),
            "data_offsets": [len(body), len(body) + len(data)],
        }
        body += data
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def main():
    for number, (name, parameter, slope, curve) in enumerate(CURVES):
        draw = np.random.default_rng(number)
        # float32 numbers, so that every implementation has the same ones.
        normal = lambda *shape: draw.normal(size=shape).astype(np.float32)
        case = {
            "w_rec": (1.3 / np.sqrt(UNITS) * normal(UNITS, UNITS)).astype(np.float32),
            "w_inp": (0.8 * normal(UNITS, INPUTS)).astype(np.float32),
            "w_out": (0.5 * normal(OUTPUTS, UNITS)).astype(np.float32),
            "inputs": normal(INPUTS, STEPS, TRIALS),
            "targets": normal(OUTPUTS, STEPS, TRIALS),
            "noise_rec": (0.3 * normal(UNITS, STEPS, TRIALS)).astype(np.float32),
            "noise_inp": (0.3 * normal(INPUTS, STEPS, TRIALS)).astype(np.float32),
            "mask": np.arange(5, STEPS),
        }
        wide = {key: values.astype(np.float64) if key != "mask" else values for key, values in case.items()}
        weights = [wide[key] for key in ("w_rec", "w_inp", "w_out")]
        task, rate, states = terms(curve, slope, wide, *[w.astype(complex) for w in weights])
        expected = {"states": states.real, "loss": np.array([task.real, rate.real])}
        for which, key in enumerate(("w_rec", "w_inp", "w_out")):
            gradient = np.zeros_like(weights[which])
            for place in np.ndindex(gradient.shape):
                moved = [w.astype(complex) for w in weights]
                moved[which][place] += 1j * STEP
                task, rate, _ = terms(curve, slope, wide, *moved)
                gradient[place] = (task + LAMBDA_R * rate).imag / STEP
            expected["grad_" + key] = gradient
        metadata = {"activation": name, "slope": str(slope), "alpha": str(ALPHA), "lambda_r": str(LAMBDA_R)}
        label = name
        if parameter:
            metadata |= {"parameter": parameter[0], "value": str(parameter[1])}
            label += f"_{parameter[1]}"
        path = Path(__file__).parent / f"{label}_slope_{slope}.safetensors"
        write(path, case | expected, metadata)
        print(f"{path.name}: task {expected['loss'][0]:.4g}, rate {expected['loss'][1]:.4g}, "
              f"{np.mean(states.real < 0):.2f} of the states below zero")


main()
