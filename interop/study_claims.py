"""What claims say, held against each other and against the tables of the quantities that they are about."""

import html
import json

import numpy as np
import pandas as pd


def claims_are_the_same_in_json_table_and_page(study):
    told = json.loads((study.folder / "claims.json").read_text())["claims"]
    page = html.unescape((study.folder / "report.html").read_text())
    table = study.tables["claims"]
    if len(told) != len(table.groupby(["number", "task", "statement"])):
        yield "claims.json and the table hold different claims"
    for claim in told:
        what = f"claim {claim['number']} on {claim['task']}"
        key = (table["number"] == claim["number"]) & (table["statement"] == claim["statement"])
        rows = table[key & (table["task"] == claim["task"])]
        if set(rows["verdict"]) != {claim["verdict"]}:
            yield f"{what}: {claim['verdict']} in JSON, {set(rows['verdict'])} in the table"
        decider = rows[rows["decides"]].iloc[0]
        for name, value in [("value", claim["statistic"]), ("p_claim", claim["p"])]:
            if not (pd.isna(decider[name]) if value is None else decider[name] == value):
                yield f"{what}: {name} is {value} in JSON, {decider[name]} in the table"
        if claim["statement"] not in page:
            yield f"{what} is not on the page"
        if claim["statistic"] is not None and f"{claim['statistic']:.3f}" not in page:
            yield f"{what}: the page does not show {claim['statistic']:.3f}"
        certain = claim["criterion"] == "interval" or claim["p"] is None or claim["p"] < 0.05
        holds = rows["met"].all() and certain
        if claim["verdict"] != ("not_decidable" if claim["missing"] else "supported" if holds else "not_supported"):
            yield f"{what}: {claim['verdict']} does not follow from its numbers"
        if (claim["verdict"] == "supported") != (claim["reason"] == ""):
            yield f"{what}: {claim['verdict']}, and the reason is '{claim['reason']}'"


def one_quantity_has_one_interval(study):
    """A number that stands behind a claim and in a table of its own has the same value, interval and p in both."""
    claims = study.tables["claims"]
    n_found = 0
    for row in claims.itertuples(index=False):
        for words, table, keys, columns in elsewhere(row, study):
            found = table[(table[list(keys)] == pd.Series(keys)).all(axis=1)]
            if "iteration" in table:
                found = found[found["iteration"].isna()]  # the end of training
            if len(found) != 1 or pd.isna(row.value):
                continue
            n_found += 1
            for ours, theirs in columns.items():
                there, here = float(found[theirs].iloc[0]), float(getattr(row, ours))
                if not np.isclose(here, there, rtol=1e-12, atol=0, equal_nan=True):
                    yield f"{row.task} {words}: {ours} is {here} behind claim {row.number}, {there} in its table"
    if n_found == 0:
        yield "no number of a claim was found in another table"


def elsewhere(row, study):
    """The tables that hold the number of a row of claims: words, table, values of its keys, columns that are the same."""
    words, _, aspect = row.evidence.rpartition(", ")
    of_test = {"value": "value", "low": "low", "high": "high", "p": "p"}
    of_interval = {"value": "value", "low": "low", "high": "high"}
    trained = {"task": row.task, "aspect": aspect, "control": "none", "items": "trained"}
    of_classes = {**trained, "space": "distances", "groups": "class", "statistic": "permanova_f"}
    if words == "pseudo-F of architecture":
        yield row.evidence, study.tables["statistics"], of_classes, of_interval
    if words == "Welch's W* of architecture":
        yield row.evidence, study.tables["statistics"], of_classes, {"value": "welch_w", "p": "welch_p"}
    if words.startswith("PERMDISP F of architecture"):
        yield row.evidence, study.tables["statistics"], of_classes, {"value": "permdisp_f", "p": "permdisp_p"}
    if words.endswith("-neighbour accuracy of trained networks in the embedding"):
        keys = {**trained, "space": "embedding", "groups": "activation", "statistic": "knn"}
        yield row.evidence, study.tables["statistics"], keys, of_interval
    if words == "distance of activations, trained over untrained":
        columns = {"value": "amplification", "low": "low", "high": "high"}
        yield row.evidence, study.tables["development"], {"task": row.task, "aspect": aspect}, columns
    if row.evidence.startswith("Mantel correlation of the distances of endpoints and of fixed points"):
        keys = {"task": row.task, "first": "endpoints", "second": "fixed-points", "statistic": "mantel_r"}
        yield row.evidence, study.tables["concordance"], keys, of_test
