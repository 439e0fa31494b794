"""What claims say, held against each other and against the tables of the quantities that they are about."""

import html
import json

import numpy as np
import pandas as pd


LARGEST_RATIO = 1000  # JSON holds this for a ratio beyond it, a table ∞


def claims_are_the_same_in_json_table_and_page(study):
    told = json.loads((study.folder / "claims.json").read_text())["claims"]
    page = html.unescape((study.folder / "report.html").read_text())
    table, evidence = study.tables["claims"], study.tables["claim_evidence"]
    if len(told) != len(table):
        yield "claims.json and the table hold different claims"
    for claim in told:
        what = f"claim {claim['number']} on {claim['task']}"
        key = {name: claim[name] for name in ("number", "row", "task")}
        found = table[(table[list(key)] == pd.Series(key)).all(axis=1)]
        rows = evidence[(evidence[list(key)] == pd.Series(key)).all(axis=1)]
        if len(found) != 1 or found.iloc[0]["statement"] != claim["statement"]:
            yield f"{what} has {len(found)} rows"
            continue
        row = found.iloc[0]
        if row["verdict"] != claim["verdict"]:
            yield f"{what}: {claim['verdict']} in JSON, {row['verdict']} in the table"
        low, high = claim["interval"] or [None, None]
        for name, value in [("value", claim["statistic"]), ("p", claim["p"]), ("low", low), ("high", high)]:
            there = np.minimum(row[name], LARGEST_RATIO) if np.isinf(row[name]) else row[name]
            if not (pd.isna(there) if value is None else there == value):
                yield f"{what}: {name} is {value} in JSON, {there} in the table"
        if len(rows) != len(claim["evidence"]) or not rows.loc[rows["decides"], "evidence"].eq(row["evidence"]).all():
            yield f"{what}: its numbers are not those of claim_evidence"
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
    claims = study.tables["claim_evidence"]
    n_found = 0
    for row in claims.itertuples(index=False):
        for words, table, keys, columns in elsewhere(row, study):
            found = table[np.logical_and.reduce([matches(table[name], value) for name, value in keys.items()])]
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


def matches(column, value):
    """Where a column has a value; None for a missing one."""
    return column.isna() if value is None else column == value


def elsewhere(row, study):
    """The tables that hold the number of a row of claims: words, table, values of its keys, columns that are the same."""
    words, _, aspect = row.evidence.rpartition(", ")
    aspect = aspect.replace(" ", "_")
    of_test = {"value": "value", "low": "low", "high": "high", "p": "p"}
    of_interval = {"value": "value", "low": "low", "high": "high"}
    trained = {"task": row.task, "aspect": aspect, "control": None, "items": "trained"}
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
        keys = {"task": row.task, "first": "endpoints", "second": "fixed_points", "statistic": "mantel_r"}
        yield row.evidence, study.tables["concordance"], keys, of_test
