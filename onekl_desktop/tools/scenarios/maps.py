"""Maps of what a scenario makes different from the baseline."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from onekl_desktop.base.rasters import ArrayRaster, Window
from onekl_desktop.engine import Session
from onekl_desktop.engine.runs import run_folder
from onekl_desktop.models.landcover.model import NODATA
from onekl_desktop.project.rasters import FileRaster, write_geotiff
from onekl_desktop.project.records import Run

LAND, CARBON = "land_cover", "carbon_change"


def find_difference_map(session: Session, run: Run, base: Run, kind: str) -> Path | None:
    """The map of a run where it differs from that of another run, made once and kept beside the run's maps.

    `land_cover`: the classes of cells whose class differs; `carbon_change`: t C per ha more or less. None where a map of
    the two is gone (they are rebuilt by computing again).
    """
    folder, other = run_folder(session, run.uuid), run_folder(session, base.uuid)
    ours, theirs = folder / f"{kind}.tif", other / f"{kind}.tif"
    out = folder / f"{kind}_beside_{base.uuid}.tif"
    if out.exists():
        return out
    if not ours.exists() or not theirs.exists():
        return None
    one, two = FileRaster(ours), FileRaster(theirs)
    if one.grid != two.grid:
        return None
    whole = Window(0, 0, one.grid.rows, one.grid.columns)
    a, b = one.read(whole), two.read(whole)
    if kind == LAND:
        made = ArrayRaster(one.grid, np.where(a == b, NODATA, a).astype(np.uint16), NODATA)
    else:
        made = ArrayRaster(one.grid, (a - b).astype(np.float32), float("nan"))
    part = out.with_name(f".{out.name}.{os.getpid()}.tif")
    write_geotiff(part, made)
    os.replace(part, out)
    return out
