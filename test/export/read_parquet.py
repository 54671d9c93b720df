"""Prints the cells of trials.parquet as pandas or Polars reads them. Arguments: the reader, and a file of
{"folders": […], "columns": […]}. A line of JSON a folder: types of the columns, rows, the series of metrics.parquet.
Numbers are {"n": text}; a float that is not finite is "NaN", "Infinity" or "-Infinity"."""
import json
import math
import os
import sys

reader, asked = sys.argv[1], json.load(open(sys.argv[2], encoding="utf-8"))

if reader == "pandas":
    import pandas as pd

    def read(path, columns):
        frame = pd.read_parquet(path, dtype_backend="pyarrow")[columns]
        names = {"double[pyarrow]": "double", "int64[pyarrow]": "int64", "bool[pyarrow]": "bool"}
        types = [names.get(str(kind), "string") for kind in frame.dtypes]
        arrays = [frame[name].array.__arrow_array__().to_pylist() for name in columns]
        return types, [list(row) for row in zip(*arrays)]

else:
    import polars as pl

    def read(path, columns):
        frame = pl.read_parquet(path).select(columns)
        names = {pl.Float64: "double", pl.Int64: "int64", pl.Boolean: "bool", pl.String: "string"}
        return [names[kind] for kind in frame.dtypes], [list(row) for row in frame.iter_rows()]


def plain(cell):
    if cell is None or isinstance(cell, (str, bool)):
        return cell
    if isinstance(cell, float) and not math.isfinite(cell):
        return {"n": "NaN" if math.isnan(cell) else "Infinity" if cell > 0 else "-Infinity"}
    return {"n": repr(cell)}


for folder in asked["folders"]:
    types, rows = read(os.path.join(folder, "trials.parquet"), asked["columns"])
    _, series = read(os.path.join(folder, "metrics.parquet"), ["s"])
    cells = [[plain(cell) for cell in row] for row in rows]
    print(json.dumps({"types": types, "rows": cells, "series": [plain(row[0])["n"] for row in series]}))
