"""What the tables of a study say of themselves: meaning, type, unit and levels of each column, in the metadata of each file."""

import json

import pandas as pd
import pyarrow.parquet as pq

TYPES = {
    "text": pd.api.types.is_string_dtype,
    "float": pd.api.types.is_float_dtype,
    "integer": pd.api.types.is_numeric_dtype,
    "boolean": pd.api.types.is_bool_dtype,
}
# What identifies an item of a comparison.
ITEM = ["network", "kind", "class_name"]
# Empty where a study fits no circuits, keeps no checkpoints, does not compare fixed points, or has no task with choices.
OF_CIRCUITS = {
    "circuits", "circuit_weights", "circuit_means", "circuit_effects", "circuit_responses", "circuit_distances",
    "circuit_mechanisms",
}  # fmt: skip
OF_CHECKPOINTS = {"development", "measure_courses"}
OF_CHOICES = {"line_attractors", "choice_planes"}
OF_FIXED_POINTS = {"fixed_points", "eigenvalues", "branches", *OF_CHOICES}
# Empty where no task is made of several.
OF_SEVERAL = {"task_scores", "task_variance", "task_clusters", "task_pairs"}
# Empty where no training diverged.
OF_DIVERGED = {"divergences"}


def documented(path):
    """The columns of a table as its file documents them."""
    return json.loads(pq.read_metadata(path).metadata[b"circuitscope_columns"])


def may_be_empty(name, study):
    """Whether a study of these settings can have no rows in a table."""
    return (
        (name in OF_FIXED_POINTS and "fixed_points" not in set(study.tables["distances"]["aspect"]))
        or (name in OF_CIRCUITS and study.tables["circuits"].empty)
        or (name == "circuit_mechanisms" and study.tables["circuits"]["mechanism"].isna().all())
        or (name in OF_CHECKPOINTS and not (study.folder / "checkpoints").is_dir())
        or (name in OF_CHOICES and "cddm" not in study.tasks)
        or (name.startswith("recording") and not (study.folder / "recordings").is_dir())
        or name == "recording_measures_not_taken"
        or (name == "field_effects" and "[grid]" not in (study.folder / "study.toml").read_text())
        or (name in OF_SEVERAL and study.tables["task_scores"].empty)
        or name in OF_DIVERGED
    )


def every_table_opens_in_pandas_as_it_documents_itself(study):
    for name, table in study.tables.items():
        path = study.folder / "tables" / f"{name}.parquet"
        columns = documented(path)
        if set(table.columns) != set(columns):
            yield f"{name} has columns {list(table.columns)}, documented are {list(columns)}"
            continue
        if table.empty:
            if not may_be_empty(name, study):
                yield f"{name} has no rows"
            continue
        if not pq.read_metadata(path).metadata[b"circuitscope_row"].startswith(b"One row"):
            yield f"{name} does not say what a row is"
        for column, said in columns.items():
            values = table[column]
            if not said["meaning"].endswith("."):
                yield f"{name}.{column} is not explained: '{said['meaning']}'"
            if not TYPES[said["type"]](values) and not values.isna().all():
                yield f"{name}.{column} is {values.dtype}, documented is {said['type']}"
            if values.isna().any() and not said["may_be_missing"]:
                yield f"{name}.{column} lacks {int(values.isna().sum())} values"
            if "levels" in said and not set(values.dropna()) <= set(said["levels"]):
                yield f"{name}.{column} holds {set(values.dropna()) - set(said['levels'])}, not among its levels"


def columns_can_be_named_in_a_query(study):
    """pandas' `DataFrame.query` takes names that are Python's, and no keywords."""
    for name, table in study.tables.items():
        for column in table.columns:
            try:
                table.head(1).query(f"{column} == {column}")
            except (SyntaxError, ValueError, TypeError) as error:
                yield f"{name}.{column}: {error}"
