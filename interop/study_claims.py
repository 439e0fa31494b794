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
        key["reading"] = claim["reading"]
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
        if (claim["verdict"] in ("supported", "equivalent")) != (claim["reason"] == ""):
            yield f"{what}: {claim['verdict']}, and the reason is '{claim['reason']}'"
        if len(claim["readings"]) == 0 or claim["readings"][0]["verdict"] != claim["verdict"]:
            yield f"{what} is not counted by its first reading"


LEVEL = 0.05


def verdicts_follow_from_the_numbers(study):
    """Holm's correction and every verdict, of every reading, computed anew from the table of numbers alone."""
    evidence = study.tables["claim_evidence"]
    keys = ["number", "row", "task", "reading"]
    readings = {key: rows for key, rows in evidence.groupby(keys, sort=False)}
    counted = study.tables["claims"]
    first = {tuple(row): largest_p(readings[tuple(row)]) for row in counted[keys].itertuples(index=False)}
    for row in study.tables["claim_readings"].itertuples(index=False):
        key = (row.number, row.row, row.task, row.reading)
        others = [p for other, p in first.items() if other[:3] != key[:3] and p is not None]
        expected = verdict(readings[key], others)
        # A study too small for any p says so instead of its verdict.
        is_too_few = row.verdict == "not_decidable" and readings[key]["missing"].isna().all()
        if row.verdict != expected and not (is_too_few and expected == "inconclusive"):
            yield f"claim {row.number} on {row.task}, {row.reading}: {row.verdict}, by its numbers {expected}"
        deciding = readings[key][readings[key]["decides"]].iloc[0]
        excludes = deciding["low"] > deciding["reference"] or deciding["high"] < deciding["reference"]
        if excludes and deciding["p"] > 0.5:
            yield f"claim {row.number} on {row.task}, {row.reading}: p {deciding['p']} beside an interval that excludes the reference"


def largest_p(rows):
    """The p of a reading before correction: none without one, or where a number is missing."""
    p = rows.loc[rows["way"].isin(["above", "below"]), "p_claimed"].dropna()
    return None if rows["missing"].notna().any() or len(p) == 0 else p.max()


def holm(p, others):
    """A p after Holm's correction among others."""
    ranked = sorted([(p, 0)] + [(other, 1) for other in others])
    corrected = 0.0
    for place, (value, kind) in enumerate(ranked):
        corrected = max(corrected, min(1.0, value * (len(ranked) - place)))
        if kind == 0:
            return corrected
    raise AssertionError


def verdict(rows, others):
    """The verdict of a reading whose numbers are these rows."""
    if rows["missing"].notna().any():
        return "not_decidable"
    tested = rows[rows["way"] != "aside"]
    parts = [verdict_of_number(row, len(tested), others) for row in tested.itertuples(index=False)]
    if "contradicted" in parts:
        return "contradicted"
    is_within = list(tested["way"] == "within")
    if all(is_within) and all(part == "equivalent" for part in parts):
        return "equivalent"
    wanted = ["equivalent" if within else "supported" for within in is_within]
    return "supported" if parts == wanted else "inconclusive"


def verdict_of_number(row, n_parts, others):
    reference = -np.inf if pd.isna(row.reference) else row.reference
    ends = [row.value] if pd.isna(row.low) else [row.value, row.low, row.high]
    interval = [] if pd.isna(row.low) else [row.low, row.high]
    if row.way == "within":
        inside = [abs(end - reference) <= row.margin for end in ends]
        outside = interval and (interval[0] > reference + row.margin or interval[1] < reference - row.margin)
        return "equivalent" if all(inside) and interval else "contradicted" if outside else "inconclusive"
    sign = 1 if row.way == "above" else -1
    is_rare = pd.isna(row.p_claimed) or holm(row.p_claimed, others) < LEVEL
    if all(sign * (end - reference) > 0 for end in ends) and is_rare:
        return "supported"
    # The number lies on the other side, so that its p is of that side.
    is_contrary = interval and all(sign * (end - reference) < 0 for end in ends)
    if is_contrary and (pd.isna(row.p) or row.p * n_parts < LEVEL):
        return "contradicted"
    return "inconclusive" if row.margin == 0 else "unknown"


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
    if words.startswith("distance of activations, trained over untrained"):
        # The interval of the claim is of ten times as many resamples, for the sake of its p.
        columns = {"value": "amplification"}
        yield row.evidence, study.tables["development"], {"task": row.task, "aspect": aspect}, columns
    if row.evidence == "Mantel correlation of the distances of endpoints and of fixed points":
        keys = {"task": row.task, "first": "endpoints", "second": "fixed_points", "statistic": "mantel_r"}
        yield row.evidence, study.tables["concordance"], keys, of_test
