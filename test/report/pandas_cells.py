"""Reads tables as a user of pandas would, and prints their cells as JSON, numbers as texts. Arguments: a file of
[{"path": …, "types": {column: "number" | "integer" | "boolean" | "string"}}, …]."""
import json
import sys

import pandas as pd


# Before pandas 3.1 the default may be off in the last digit.
EXACT = {} if tuple(map(int, pd.__version__.split(".")[:2])) >= (3, 1) else {"float_precision": "round_trip"}


def read_trials(path, types):
    text = [name for name, kind in types.items() if kind == "string"]
    kinds = {"number": "float64", "integer": "float64", "boolean": "boolean", "string": "str"}
    return pd.read_csv(
        path,
        dtype={name: kinds[kind] for name, kind in types.items()},
        keep_default_na=False,  # "NA" and "null" are texts
        na_values={name: ["", "NaN"] for name in types if name not in text},
        true_values=["true"],
        false_values=["false"],
        **EXACT,
        lineterminator="\n",
    )


def plain(cell):
    if cell is pd.NA:
        return None
    if isinstance(cell, str):
        return cell
    return bool(cell) if type(cell).__name__ == "bool" else repr(float(cell))


for table in json.load(open(sys.argv[1], encoding="utf-8")):
    frame = read_trials(table["path"], table["types"])
    columns = [[plain(cell) for cell in frame[name]] for name in frame.columns]
    print(json.dumps({"names": list(frame.columns), "columns": columns}))
