"""circuitscope trains ensembles of recurrent networks on cognitive tasks and shows how they solve them.

The usual import is ``import circuitscope as cs``. Arrays have axes N (units, inputs or outputs), T (steps) and B (trials), by
default in this order (``layout="NTB"``); weights are ``[post, pre]``; times are in ms. Long calls release the interpreter's
lock and stop on Ctrl-C. What does not fit is answered with ``ValueError`` or ``TypeError``.
"""

from circuitscope._analyses import (
    behaviour,
    branches,
    compare,
    fixed_points,
    latent_circuit,
    line_attractor,
)
from circuitscope._circuitscope import version as _version
from circuitscope._networks import Network, Score, load
from circuitscope._points import (
    Dsa,
    Embedding,
    Permanova,
    Permdisp,
    Procrustes,
    Registration,
    cka,
    dsa,
    mds,
    permanova,
    permdisp,
    procrustes,
    register,
    silhouette,
)
from circuitscope._psychrnn import from_psychrnn
from circuitscope._results import (
    Behaviour,
    Branch,
    Branches,
    Comparison,
    FixedPoints,
    InputGrid,
    LatentCircuit,
    LineAttractor,
    Manifold,
)
from circuitscope._studies import Figure, Study, run
from circuitscope._tasks import Task, Trials, task
from circuitscope._torch import from_torch
from circuitscope._training import History, Trained, train

__version__ = _version()

__all__ = [
    "Behaviour",
    "Branch",
    "Branches",
    "Comparison",
    "Dsa",
    "Embedding",
    "Figure",
    "FixedPoints",
    "History",
    "InputGrid",
    "LatentCircuit",
    "LineAttractor",
    "Manifold",
    "Network",
    "Permanova",
    "Permdisp",
    "Procrustes",
    "Registration",
    "Score",
    "Study",
    "Task",
    "Trained",
    "Trials",
    "behaviour",
    "branches",
    "cka",
    "compare",
    "dsa",
    "fixed_points",
    "from_psychrnn",
    "from_torch",
    "latent_circuit",
    "line_attractor",
    "load",
    "mds",
    "permanova",
    "permdisp",
    "procrustes",
    "register",
    "run",
    "silhouette",
    "task",
    "train",
]
