"""The columns of every table of a study, as documented: what `check_study.py` holds them against.

statistics        one row a statistic; `k` neighbours vote (knn); beside a pseudo-F PERMDISP (do groups differ in spread?) and
                  Welch's W* (in location, whatever their spreads? of groups of two and more)
eigenvalues       one row an eigenvalue (1/tau) of the flow at a fixed point of the example network of each class;
                  `point` numbers the network's rows in fixed_points, `order` falls with the real part
branches          one row a point or event (`kind`: point, fold, hopf, real_crossing) of a branch of fixed points of the
                  same networks along a line of inputs; `order` runs along the branch, `position` along the line
line_attractors   one row a point between the left (`position` 0) and the right choice (1) of a CDDM network without
                  evidence; `x`, `y` in rates; `selection_k`: cosine of the selection vector with a push of input k
development       one row an aspect and moment of training: how far activations lie apart; `iteration` is missing at its end
measure_courses   one row a compared network, moment of training and number that a claim is about; `iteration` as above
behaviour         one row a network, test and stimulus: share of `right` or `go` answers, mean `answer`, error, over repeats
psychometrics     one row a number read from these: `measure` slope, bias, lapse_low, lapse_high of a logistic function,
                  irrelevant_slope_…, gain_…; `at_bound` where the stimuli do not tell more; no value where it is not
                  `identified`: curves of any such number are as likely
response_curves   means of behaviour over the networks of a class, as drawn
choice_planes     in the plane of `x`, `y`: the choices (`mark` left, right), and directions of length 1 at the middle
measures          one row a network or control and number that a claim is about
circuits          one row a network with latent circuits: scores and mechanism of the best fit, agreement of the others
circuit_weights   one row a weight of the consensus with its interval
circuit_means     one row a class and weight: the mean circuit of its networks; without intervals below three networks
circuit_effects   one row a change of a recurrent weight and number of behaviour, in circuit and network
circuit_responses one row a node and trial at the last masked step
circuit_distances one row a pair of networks of a task
robustness        one row a task, kind of network, measure of similarity and conclusion; `fate`: survives, within_noise, falls,
                  not_decidable; `effect` (distance of halves' centroids) is held against `sampling_floor`, `distance`
                  (mean between groups) against `noise_floor` (two noisy runs of one network); of
                  relu_near_sigmoid differences of distances against differences
concordance       one row a task, pair of aspects and `statistic`: mantel_r of their distances between trained networks,
                  procrustes_r of their maps; `p_holm` over all rows
claims            one row a number behind a claim; `p` of the number, `p_claim` of the claim, after Holm's correction
                  where `criterion` is `test`; `met`: it goes the claimed way
"""

# Columns of every table: type (s text, f number, i count, b yes or no) and `?` where a value may be missing.
ITEM = {"network": "s", "kind": "s", "class": "s"}
TABLES = {
    "scores": {
        "task": "s", "class": "s", "network": "s", "activation": "s", "constraint": "s", "standing": "s",
        "outcome": "s", "reason": "s", "mse": "f?", "r2": "f?", "mse_train": "f?", "r2_train": "f?",
        "n_units": "i", "n_silent": "i", "best_iteration": "i?", "seed": "s", "kernel_path": "s",
    },
    "learning_curves": {"task": "s", "class": "s", "network": "s", "iteration": "i", "loss": "f", "mse": "f"},
    "distances": {
        "task": "s", "aspect": "s", "network_a": "s", "kind_a": "s", "class_a": "s", "network_b": "s",
        "kind_b": "s", "class_b": "s", "distance": "f", "distance_published": "f",
    },
    "embeddings": {
        "task": "s", "aspect": "s", "control": "s", **ITEM, "x": "f", "y": "f", "stress": "f?",
        "relative_stress": "f?",
    },
    "statistics": {
        "task": "s", "aspect": "s", "control": "s", "space": "s", "items": "s", "groups": "s", "statistic": "s",
        "value": "f?", "low": "f?", "high": "f?", "p": "f?", "p_holm": "f?", "n_items": "i", "n_groups": "i",
        "published": "f?", "k": "i?", "permdisp_f": "f?", "permdisp_p": "f?", "welch_w": "f?", "welch_p": "f?",
    },
    "trajectories": {
        "task": "s", "class": "s", "network": "s", "condition": "s", "trial": "i", "step": "i", "pc1": "f",
        "pc2": "f", "pc3": "f",
    },
    "selectivity": {
        "task": "s", "class": "s", "network": "s", "sign": "s", "unit": "i", "pc1": "f", "pc2": "f", "pc3": "f",
    },
    "fixed_points": {
        "task": "s", "class": "s", "network": "s", "condition": "s", "stability": "s", "input": "i",
        **{f"input_{u}": "f?" for u in range(1, 7)}, "n_unstable": "i", "certified": "b", "max_re": "f",
        "residual": "f", "radius": "f?", "pc1": "f", "pc2": "f", "pc3": "f", "trajectory_pc1": "f",
        "trajectory_pc2": "f", "trajectory_pc3": "f",
    },
    "eigenvalues": {
        "task": "s", "class": "s", "network": "s", "condition": "s", "stability": "s", "input": "i", "point": "i",
        "order": "i", "re": "f", "im": "f", "alpha": "f",
    },
    "branches": {
        "task": "s", "class": "s", "network": "s", "quantity": "s", "held": "s", "kind": "s", "line": "i",
        "branch": "i", "order": "i", "n_unstable": "i", **{f"input_{u}": "f?" for u in range(1, 7)},
        "position": "f", "value": "f", "max_re": "f", "trajectory_pc1": "f", "trajectory_pc2": "f",
        "trajectory_pc3": "f",
    },
    "line_attractors": {
        "task": "s", "class": "s", "network": "s", "context": "s", "order": "i", "position": "f", "x": "f",
        "y": "f", "length": "f", "drift_per_ms": "f", "residual": "f", "max_re": "f", "im": "f", "alignment": "f",
        **{f"selection_{u}": "f" for u in range(1, 7)},
    },
    "choice_planes": {
        "task": "s", "class": "s", "network": "s", "context": "s", "mark": "s", "x": "f", "y": "f", "cosine": "f?",
    },
    "measures": {
        "task": "s", "class": "s", "network": "s", "kind": "s", "measure": "s", "choice": "s", "value": "f",
    },
    "claims": {
        "number": "i", "task": "s", "statement": "s", "verdict": "s", "criterion": "s", "p_claim": "f?", "evidence": "s", "decides": "b",
        "value": "f?", "way": "s", "reference": "f", "low": "f?", "high": "f?", "p": "f?", "effect": "f?",
        "effect_low": "f?", "effect_high": "f?", "networks_needed": "i?", "met": "b", "missing": "s",
    },
    "concordance": {
        "task": "s", "first": "s", "second": "s", "statistic": "s", "n_networks": "i", "value": "f", "low": "f?",
        "high": "f?", "p": "f", "p_holm": "f",
    },
    "robustness": {
        "task": "s", "kind": "s", "measure": "s", "conclusion": "s", "statistic": "s", "value": "f?", "reference": "f",
        "p": "f?", "p_holm": "f?", "survives": "b", "fate": "s", "effect": "f?", "sampling_floor": "f?",
        "distance": "f?", "noise_floor": "f?", "missing": "s",
    },
    "circuits": {
        "task": "s", "class": "s", "network": "s", "outcome": "s", "mechanism": "s", "n_fits": "i", "n_finished": "i",
        "n_solutions": "i?", "n_agreeing": "i?", "loss": "f?", "r2_total": "f?", "r2_projected": "f?",
        "output_mse": "f?", "variance_explained": "f?", "pca_variance_explained": "f?",
        "held_out_variance_explained": "f?", "held_out_variance_explained_se": "f?",
        "held_out_r2_total": "f?", "held_out_r2_total_se": "f?", "held_out_r2_projected": "f?",
        "held_out_output_mse": "f?", "inhibition": "f?", "sign_product": "f?", "gain_lost": "f?", "weight_correlation": "f?", "weight_p": "f?",
        "behaviour_correlation": "f?", "behaviour_p": "f?", "state_correlation": "f?", "state_p": "f?",
    },
    "circuit_weights": {
        "task": "s", "class": "s", "network": "s", "matrix": "s", "row": "i", "column": "i", "row_name": "s",
        "column_name": "s", "row_role": "s", "column_role": "s", "value": "f", "low": "f?", "high": "f?",
    },
    "circuit_means": {
        "task": "s", "class": "s", "n_networks": "i", "matrix": "s", "row": "i", "column": "i", "row_name": "s",
        "column_name": "s", "row_role": "s", "column_role": "s", "value": "f", "low": "f?", "high": "f?",
    },
    "circuit_effects": {
        "task": "s", "class": "s", "network": "s", "row_name": "s", "column_name": "s", "quantity": "s",
        "circuit": "f", "network_effect": "f",
    },
    "circuit_responses": {
        "task": "s", "class": "s", "network": "s", "node": "s", "trial": "i", "circuit": "f", "projected": "f",
    },
    "circuit_distances": {
        "task": "s", "network_a": "s", "class_a": "s", "network_b": "s", "class_b": "s", "distance": "f",
    },
    "development": {
        "task": "s", "aspect": "s", "iteration": "i?", "networks": "i", "silhouette": "f?", "knn": "f?", "amplification": "f?",
        "low": "f?", "high": "f?",
    },
    "measure_courses": {
        "task": "s", "class": "s", "network": "s", "iteration": "i?", "measure": "s", "value": "f",
    },
    "behaviour": {
        "task": "s", "network": "s", "class": "s", "test": "s", "strength": "f?", "context": "s", "motion": "f?",
        "colour": "f?", "value": "f?", "right": "f?", "go": "f?", "answer": "f?", "mse": "f?",
    },
    "psychometrics": {
        "task": "s", "network": "s", "class": "s", "test": "s", "strength": "f?", "context": "s", "measure": "s",
        "value": "f?", "low": "f?", "high": "f?", "at_bound": "b", "identified": "b",
    },
    "response_curves": {
        "task": "s", "class": "s", "test": "s", "context": "s", "strength": "f?", "stimulus": "f", "response": "f",
        "low": "f?", "high": "f?",
    },
}  # fmt: skip
# Tables that are empty where a study fits no circuits.
OF_CIRCUITS = {
    "circuits", "circuit_weights", "circuit_means", "circuit_effects", "circuit_responses", "circuit_distances",
}  # fmt: skip
# Tables that are empty where a study does not compare fixed points, or has no task with choices.
OF_CHOICES = {"line_attractors", "choice_planes"}
# Empty where a study keeps no checkpoints.
OF_CHECKPOINTS = {"development", "measure_courses"}
OF_FIXED_POINTS = {"fixed_points", "eigenvalues", "branches", *OF_CHOICES}
