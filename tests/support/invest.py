"""Compares a folder of results with what InVEST computed, by the rules of its reference cases."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import rasterio

from onekl_desktop.base.work import is_valid
from onekl_desktop.cli.main import run

EXACT = ("stream", "stream_and_drainage", "flow_direction", "what_drains_to_stream")
MOST_TIES = 0.0005  # of the cells of a proximity scenario


def write_arguments(case: Path, name: str, target: Path, **changes) -> str:
    """The parameter set of a run with paths that hold from anywhere; returns the model's id."""
    recipe = json.loads((case / "case.json").read_text())["runs"][name]
    arguments = {
        key: str(case / value) if isinstance(value, str) and value.startswith("inputs/") else value
        for key, value in recipe["args"].items()
    }
    arguments |= changes
    arguments = {key: value for key, value in arguments.items() if value is not None}
    target.write_text(json.dumps({"model_id": recipe["model"], "args": arguments}))
    return recipe["model"]


def differences(case: Path, name: str, out: Path) -> list[str]:
    """What is not as InVEST has it: masks, values, tables."""
    recipe = json.loads((case / "case.json").read_text())["runs"][name]
    found = []
    for raster in recipe["rasters"]:
        with (
            rasterio.open(case / "expected" / name / f"{raster}.tif") as theirs,
            rasterio.open(out / f"{raster}.tif") as ours,
        ):
            if theirs.shape != ours.shape or not theirs.transform.almost_equals(ours.transform):
                found.append(f"{raster}: grid {ours.shape}, not {theirs.shape}")
                continue
            b, a = theirs.read(1), ours.read(1)
            has_b, has_a = is_valid(b, theirs.nodata), is_valid(a, ours.nodata)
        if (has_a != has_b).any():
            found.append(f"{raster}: {int((has_a != has_b).sum())} cells valid in one only")
        both = has_a & has_b
        x, y = a[both].astype(np.float64), b[both].astype(np.float64)
        if raster in EXACT:
            wrong = x != y
        elif raster.endswith("_edge"):
            wrong = x != y
            if wrong.sum() <= MOST_TIES * wrong.size:
                continue
        else:
            wrong = np.abs(x - y) > 1e-4 * np.abs(y) + 1e-6 * np.abs(y).max()
        if wrong.any():
            found.append(f"{raster}: {int(wrong.sum())} cells differ, at most by {np.abs(x - y).max():g}")
    for table in recipe["tables"]:
        found += _compare_tables(case / "expected" / name / table, out / table)
    return found


def _compare_tables(expected: Path, ours: Path) -> list[str]:
    tolerance = 0.02 if "edge" in expected.name else 1e-5
    with expected.open() as one, ours.open() as other:
        theirs, given = list(csv.DictReader(one)), list(csv.DictReader(other))
    if len(theirs) != len(given):
        return [f"{expected.name}: {len(given)} rows, not {len(theirs)}"]
    found = []
    for row, mine in zip(theirs, given, strict=True):
        for key, value in row.items():
            try:
                same = abs(float(value) - float(mine[key])) <= tolerance * abs(float(value)) + 1e-9
            except (ValueError, KeyError):
                same = value == mine.get(key)
            if not same:
                found.append(f"{expected.name}, {key}: {mine.get(key)}, not {value}")
    return found


def run_model(model: str, arguments: Path, out: Path, *more: str) -> int:
    """`onekl model run`."""
    return run(["model", "run", model, str(arguments), "--out", str(out), *more])
