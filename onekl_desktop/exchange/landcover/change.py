"""What changed between two maps on files, for the whole and by zone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.rasters import Window
from onekl_desktop.base.translate import _
from onekl_desktop.exchange.invest.measure import read_zones
from onekl_desktop.exchange.invest.results import ResultsFolder
from onekl_desktop.exchange.landcover.maps import (
    MapSet,
    check_legends,
    count_classes,
    find_file,
    index_of,
    is_raster,
    open_maps,
    open_on_grid,
    places_of,
)
from onekl_desktop.models.landcover.transitions import ClassChange, as_rows, class_rows, summarise
from onekl_desktop.native.allocation import NO_CLASS
from onekl_desktop.native.zonal import ZonalSums

NO_ZONE = -1


@dataclass
class Change:
    """Two maps compared: cells and hectares by class before and after, of the whole ('') and of each zone."""

    codes: list[int]
    maps: MapSet
    places: dict[str, tuple[NDArray[np.int64], NDArray[np.float64]]]
    years: float | None
    sentences: list[str]
    recode: dict[int, int]

    def classes(self, place: str = "") -> list[ClassChange]:
        """Gains and losses of the classes of a place."""
        return summarise(self.places[place][1], self.codes, self.years)

    def as_data(self) -> dict[str, Any]:
        """Plain figures."""

        def told(place: str) -> dict[str, Any]:
            cells, hectares = self.places[place]
            changed = cells.sum() - np.trace(cells)
            return {
                "cells": int(cells.sum()), "area_ha": float(hectares.sum()), "changed_cells": int(changed),
                "changed_ha": float(hectares.sum() - np.trace(hectares)), "classes": class_rows(self.classes(place)),
                "transitions": as_rows(hectares, cells, self.codes),
            }  # fmt: skip

        return {
            "codes": self.codes, "years": self.years, **told(""),
            "zones": [{"name": place, **told(place)} for place in self.places if place], "sentences": self.sentences,
        }  # fmt: skip


class _Zones:
    """Where a cell belongs: polygons (a later one wins where they overlap) or a raster of whole numbers."""

    def __init__(self, files: Sequence[str], folder: Path, maps: MapSet) -> None:
        self.names: list[str] = []
        self._sums: list[tuple[ZonalSums, int, int]] = []
        self._grids: list[tuple[MapSet, dict[int, int]]] = []
        for file in files:
            path, layer = find_file(file, folder)
            if is_raster(path, layer):
                others = open_maps({"base": (file, "nearest")}, folder, "base", whole=True)
                source = open_on_grid(maps, file, folder)
                codes = sorted(count_classes(others, "base"))
                self._grids.append((source, {code: len(self.names) + k for k, code in enumerate(codes)}))
                self.names += [str(code) for code in codes]
                continue
            if not maps.grid.crs:
                raise UserError("import.no_crs", file=maps.names["before"])
            kind = read_zones(path, layer, maps.grid.crs)
            self._sums.append((ZonalSums(kind.shapes, maps.grid), len(self.names), len(kind.names)))
            self.names += [name or str(number + 1) for number, name in enumerate(kind.names)]
        double = {name for name in self.names if self.names.count(name) > 1}
        seen: dict[str, int] = {}
        for number, name in enumerate(self.names):
            if name in double:
                seen[name] = seen.get(name, 0) + 1
                self.names[number] = f"{name} ({seen[name]})"

    def burn(self, window: Window) -> list[NDArray[np.int32]]:
        """For each set of zones, the number of each cell's zone."""
        out = []
        for sums, first, count in self._sums:
            values = np.arange(first, first + count, dtype=np.int32)
            cells = np.full((window.rows, window.columns), NO_ZONE, np.int32)
            sums.burn(window, values, cells)
            out.append(cells)
        for maps, numbers in self._grids:
            source = maps.rasters["zones"]
            read = source.read(window)
            cells = np.full(read.shape, NO_ZONE, np.int32)
            for code in (
                np.unique(read[np.isfinite(read)]).tolist() if read.dtype.kind == "f" else np.unique(read).tolist()
            ):
                if int(code) in numbers and (source.nodata is None or code != source.nodata):
                    cells[read == code] = numbers[int(code)]
            out.append(cells)
        return out


def compare_maps(
    before: str, after: str, *, folder: Path, zones: Sequence[str] = (), years: tuple[int, int] | None = None,
    recode: Mapping[int, int] | None = None, progress: Progress | None = None,
) -> Change:  # fmt: skip
    """Compare two land-cover maps; the later one is laid over the cells of the earlier.

    `recode` gives the earlier map's codes in the legend of the later.

    Raises
    ------
    UserError
        Maps that cannot be laid over each other, of different legends, or that are the same.
    """
    progress = progress or Progress()
    if years and years[0] >= years[1]:
        raise UserError("landcover.years", first=years[0], second=years[1], last="–")
    maps = open_maps({"before": (before, "nearest"), "after": (after, "nearest")}, folder, "before")
    progress.report(0.0, _("Counting classes"))
    was, came = count_classes(maps, "before"), count_classes(maps, "after")
    if recode:
        again: dict[int, int] = {}
        for code, number in was.items():
            again[recode.get(code, code)] = again.get(recode.get(code, code), 0) + number
        was = again
    problems, told = check_legends(maps, "before", "after", was, came)
    if problems:
        raise UserError(problems[0].code, problems)
    codes = sorted(set(was) | set(came))
    n = len(codes)
    places = _Zones(zones, folder, maps)
    counts = np.zeros((len(places.names) + 1, n, n), np.int64)
    hectares = np.zeros(counts.shape)
    lookups = [places_of(codes, recode), places_of(codes, None)]
    for number, window in enumerate(maps.strips()):
        progress.report(0.1 + 0.9 * number / len(maps.strips()))
        one, other = (
            index_of(maps, id, window, lookup) for id, lookup in zip(("before", "after"), lookups, strict=True)
        )
        both = (one != NO_CLASS) & (other != NO_CLASS)
        pair = one.astype(np.int64) * n + other
        area = maps.cell_area(window.slices[0])
        row = np.broadcast_to(np.arange(window.rows)[:, None], one.shape)
        for zone in [np.where(both, 0, NO_ZONE), *(np.where(z >= 0, z + 1, NO_ZONE) for z in places.burn(window))]:
            inside = both & (zone >= 0)
            key = zone[inside].astype(np.int64) * n * n + pair[inside]
            counts += np.bincount(key, minlength=counts.size).reshape(counts.shape)
            hectares += np.bincount(key, weights=area[row[inside]], minlength=counts.size).reshape(counts.shape)
    if not counts[0].sum():
        raise UserError("model.no_overlap", files=", ".join(path.name for path in maps.names.values()))
    changed = counts[0].sum() - np.trace(counts[0])
    if not changed:
        raise UserError("landcover.identical", file=maps.names["before"], other=maps.names["after"].name, cells=int(counts[0].sum()))  # fmt: skip
    if places.names and not counts[1:].sum():
        raise UserError("landcover.zones", file=", ".join(zones))
    found = {"": (counts[0], hectares[0])}
    found |= {name: (counts[k + 1], hectares[k + 1]) for k, name in enumerate(places.names) if counts[k + 1].any()}
    empty = [name for k, name in enumerate(places.names) if not counts[k + 1].any()]
    if empty:
        told.append(_("Zones without a cell on both maps: {names}.").format(names=", ".join(empty[:12])))
    return Change(codes, maps, found, float(years[1] - years[0]) if years else None, [*maps.sentences, *told], dict(recode or {}))  # fmt: skip


def write_change(change: Change, out: Path, names: Mapping[int, str]) -> list[Path]:
    """Tables of classes and transitions, and a map of the transitions: from * factor + to, 0 where nothing changed."""
    from onekl_desktop.models.landcover.change import NODATA, SAME, pair_factor

    codes = change.codes
    factor = pair_factor(max(codes))
    wide = max(codes) * factor + max(codes) > np.iinfo(np.int32).max
    with ResultsFolder(out, wanted=lambda _id: True, names=lambda id: id, suffix="") as results:
        sink = results.raster("change", change.maps.grid, "float64" if wide else "int32", NODATA)
        code = np.array([*codes, 0], np.int64)
        lookups = (places_of(codes, change.recode), places_of(codes))
        for window in change.maps.strips():
            one = index_of(change.maps, "before", window, lookups[0])
            other = index_of(change.maps, "after", window, lookups[1])
            both = (one != NO_CLASS) & (other != NO_CLASS)
            was, came = code[np.where(both, one, len(codes))], code[np.where(both, other, len(codes))]
            sink.write(window, np.where(both, np.where(was == came, SAME, was * factor + came), NODATA))
        rows, classes = [], []
        for place, (cells, hectares) in change.places.items():
            rows += [[place, r["from"], names.get(r["from"], ""), r["to"], names.get(r["to"], ""), r["cells"], r["area_ha"]] for r in as_rows(hectares, cells, codes)]  # fmt: skip
            classes += [[place, r["class"], names.get(r["class"], ""), *list(r.values())[1:]] for r in class_rows(change.classes(place))]  # fmt: skip
        results.table("transitions", ("zone", "from", "from_name", "to", "to_name", "cells", "area_ha"), rows)
        results.table("classes", ("zone", "class", "name", "before_ha", "after_ha", "net_ha", "gain_ha", "loss_ha", "swap_ha", "persistence_ha", "rate_per_year"), classes)  # fmt: skip
    return list(results.written.values())
