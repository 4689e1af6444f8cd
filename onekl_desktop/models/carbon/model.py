"""Carbon storage: the sum of four pools by land-cover class (the InVEST carbon model's storage and change)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

CO2_PER_C = 44 / 12
NODATA = -1.0
COVER_NODATA = 65_535


def density(pools_t_per_ha: Sequence[float | None]) -> float | None:
    """Total density (t C/ha) of a class from its pools; None when none of them is known, unknown ones count 0."""
    known = [value for value in pools_t_per_ha if value is not None]
    return float(sum(known)) if known else None


def storage(cover: NDArray[np.uint16], density_t_per_ha: Mapping[int, float]) -> NDArray[np.float32]:
    """Carbon storage of each cell in t C/ha, float32, nodata -1 where the land cover has none.

    storage = above + below + soil + dead, looked up by class (InVEST 3.20 user's guide, Carbon Storage).

    Raises
    ------
    KeyError
        A class of the map has no density.
    """
    table = np.full(65_536, np.nan, np.float32)
    for code, value in density_t_per_ha.items():
        table[code] = value
    table[COVER_NODATA] = NODATA
    out = table[cover]
    if np.isnan(out).any():
        raise KeyError(int(cover[np.isnan(out)][0]))
    return out


def change(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """After - before in t C/ha; nodata where either has none.

    InVEST marks nodata with -1 as well, which swallows a change of exactly -1 t/ha; here nodata is NaN, so such
    a change is kept.
    """
    valid = (before != NODATA) & (after != NODATA)
    return np.where(valid, after - before, np.float32(np.nan)).astype(np.float32)


def total(area_ha: NDArray[np.float64], density_t_per_ha: Sequence[float]) -> NDArray[np.float64]:
    """Tonnes of carbon by zone: areas (zones, classes) in ha times densities (classes,) in t C/ha, in float64."""
    return area_ha @ np.asarray(density_t_per_ha, np.float64)
