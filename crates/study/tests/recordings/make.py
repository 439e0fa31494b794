"""Writes the recordings of this folder with NumPy and pyarrow: `python make.py`.

Three units, eight steps, four trials; response n, t, b is (n + 2 t + 3 b) % 7, a number that every type holds.
"""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

n, t, b = np.indices((3, 8, 4))
responses = (n + 2 * t + 3 * b) % 7
inputs = np.broadcast_to(np.arange(4.0), (1, 8, 4)).copy()
outputs = responses[:1] / 8

for kind in ["?", "i1", "u1", "<i2", ">i2", "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8", "<u8", ">u8",
             "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]:
    order = {"<": "little-", ">": "big-"}.get(kind[0], "")
    dtype = np.dtype(kind)
    np.savez_compressed(f"{order}{dtype.name}.npz", responses=responses.astype(dtype), inputs=inputs, outputs=outputs)

np.savez("fortran.npz", responses=np.asfortranarray(responses.astype("f4")), inputs=np.asfortranarray(inputs), outputs=outputs,
         mask=np.asfortranarray(np.indices((8, 4))[0] >= np.indices((8, 4))[1]))
np.savez_compressed("labels.npz", responses=responses, inputs=inputs, outputs=outputs, date=np.array("2024-05-01"),
                    recorded=np.array(["2024-05-01"], dtype="datetime64[D]"), note=np.array("ä", dtype=object),
                    trial_type=np.array([0, 1, 0, 1]), unit_names=np.array(["a", "b", "c"]), dt=2.0, tau=np.array([20]))
np.savez("objects.npz", responses=np.array([np.zeros((8, 4))] * 2 + [None], dtype=object), inputs=inputs, outputs=outputs)

lengths = np.array([8, 6, 8, 5])
rows = [(trial, step) for trial in range(4) for step in range(lengths[trial])]
np.random.default_rng(1).shuffle(rows)
trial, step = np.array(rows).T
names = np.array(["go 2", "go 10", "no-go 1", "go 1"])
table = {
    "trial": pa.array(names[trial]).dictionary_encode(),
    "step": pa.array(step + 1, pa.uint16()),
    "unit_a": pa.array(responses[0, step, trial].astype("f2"), pa.float16()),
    "unit_b": pa.array([None if (s, u) == (2, 1) else float(responses[1, s, u]) for u, s in rows], pa.float32()),
    "unit_ü": pa.array(responses[2, step, trial], pa.uint8()),
    "input_0": pa.array(inputs[0, step, trial]),
    "output_0": pa.array(outputs[0, step, trial]),
    "mask": pa.array((step >= trial).astype("i1")),
    "dt": pa.array(np.full(len(rows), 2), pa.int8()),
    "tau": pa.array(np.full(len(rows), 20.0)),
    "condition": pa.array(["a"] * len(rows)),
    "day": pa.array(np.full(len(rows), 3)),
}
pq.write_table(pa.table(table), "ragged_names.parquet", compression="gzip", row_group_size=7)
for name, column in {
    "decimal": ("unit_b", table["unit_b"].cast(pa.float64()).cast(pa.decimal128(5, 2))),
    "list": ("unit_b", pa.array([[1.0]] * len(rows))),
    "rate": ("fs", pa.array(np.full(len(rows), 500.0))),
    "null_trial": ("trial", pa.array([None] + [1] * (len(rows) - 1))),
    "time": ("time_ms", pa.array(step * 2.0)),
}.items():
    pq.write_table(pa.table({**table, column[0]: column[1]}), f"refused_{name}.parquet")

# A recording of twelve units in every form that `rank` reads: five conditions of four trials, ten steps of 20 ms.
counts = np.random.default_rng(17).poisson(2.0 + np.indices((12, 10, 5))[2][..., None], (12, 10, 5, 4)).astype("u1")
values = np.linspace(0, 1, 5)
means, sem = counts.mean(-1), counts.std(-1, ddof=1) / 2
repeats = np.full((12, 5), 4)
repeats[3, 1] = 2
np.savez_compressed("form_trials.npz", responses=counts.reshape(12, 10, 20), condition_value=np.repeat(values, 4), dt_ms=20.0)
np.savez_compressed("form_halves.npz", responses_a=counts[..., 0].astype(float), responses_b=counts[..., 1:].mean(-1),
                    n_trials_a=np.full(5, 1), n_trials_b=np.full((12, 5), 3.0), condition_value=values, dt_ms=20.0)
np.savez_compressed("form_sem.npz", responses=means, sem=sem, n_trials=4, condition_value=values)
np.savez_compressed("form_fano.npz", responses=means / 0.02, fano=np.linspace(0.5, 1.6, 12), n_trials=repeats, dt_ms=20.0,
                    condition_value=values)
np.savez_compressed("form_btn.npz", responses=means.T, fano_counts=1.5, n_trials=repeats.T, condition_value=values)
step, condition = np.indices((10, 5)).reshape(2, -1)
table = {"trial": condition, "step": step, "condition_value": values[condition], "n_trials": np.full(50, 4)}
table |= {f"unit_{n}": means[n].ravel() for n in range(12)} | {f"sem_{n}": sem[n].ravel() for n in range(12)}
pq.write_table(pa.table(table), "form_sem.parquet")
