"""Habitat quality: what threats around leave of it (InVEST's model; Terrado et al. 2016, Sharp et al. user's guide)."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.rasters import Window
from onekl_desktop.base.work import BLOCK_COLUMNS, Lookup, Work, column, count_codes, is_valid
from onekl_desktop.native.reach import Reach, Seen
from onekl_desktop.native.zonal import ZonalSums

SCALING = 2.5
FLOAT32_MAX = float(np.finfo(np.float32).max)
FLOAT32_MIN = float(np.finfo(np.float32).min)
SCENARIOS = (("c", "lulc_cur_path"), ("f", "lulc_fut_path"))


def decay(distance: NDArray[np.float32], reach: float, how: str) -> NDArray[np.float32]:
    """What is left of a threat at a distance (cells): linear (M - D) / M or exp(-2.99 D / M); 0 beyond M = `reach`."""
    m = np.float32(reach)
    left: NDArray = (m - distance) / m if how == "linear" else np.exp(np.float32(-2.99) / m * distance)
    return np.where(distance > reach, np.float32(0), left).astype(np.float32)


def quality(
    habitat: NDArray[np.float32], degradation: NDArray[np.float32], half_saturation: float
) -> NDArray[np.float32]:
    """H (1 - d^z / (d^z + k^z)) with z = 2.5."""
    power = degradation * degradation * np.sqrt(degradation)  # z = 2.5
    left: NDArray = power / (power + np.float32(half_saturation**SCALING))
    return (habitat * (np.float32(1) - left)).astype(np.float32, copy=False)


def rarity(before: NDArray[np.int64], after: NDArray[np.int64], codes: NDArray) -> dict[int, float]:
    """R = 1 - A / (A_before + A) for each code of the later map; 0 for codes that the baseline lacks."""
    return {
        int(code): float(1.0 - a / (b + a)) if b > 0 else 0.0
        for code, b, a in zip(codes, before, after, strict=True)
        if a > 0
    }


def run(work: Work) -> None:
    """Degradation and quality of each map, and rarity against the baseline map, strip by strip.

    Distances are exact: a first pass notes where the sources of each column lie above and below each strip.
    """
    threats = work.tables["threats_table_path"]
    maps = [(key, id) for key, id in SCENARIOS if work.has(id)]
    share = 0.9 / len(maps)
    access = _write_access(work)
    for number, (key, id) in enumerate(maps):
        _run_map(work, threats, key, id, access, 0.1 + share * number, 0.1 + share * (number + 1))


def _access_of(work: Work, window: Window, access: tuple[NDArray[np.float32], ZonalSums] | None) -> NDArray[np.float32]:
    out = np.ones((window.rows, window.columns), np.float32)
    if access is not None:
        values, zones = access
        zones.burn(window, values, out)
    return out


def _write_access(work: Work) -> tuple[NDArray[np.float32], ZonalSums] | None:
    zones = work.zones.get("access_vector_path")
    access = None
    if zones is not None:
        at = [name.lower() for name in zones.columns].index("access")
        access = (np.array([row[at] for row in zones.rows], np.float32), ZonalSums(zones.shapes, work.grid))
    if work.results.wants("access_layer"):
        sink = work.results.raster("access_layer", work.grid, "float32", FLOAT32_MIN)
        for _done in work.each_block(lambda window: sink.write(window, _access_of(work, window, access)), 0.0, 0.1):
            pass
    return access


def _run_map(
    work: Work,
    threats: Any,
    key: str,
    id: str,
    access: tuple[NDArray[np.float32], ZonalSums] | None,
    start: float,
    stop: float,
) -> None:
    sensitivity = work.tables["sensitivity_table_path"]
    habitat = Lookup(column(sensitivity, "habitat"), FLOAT32_MAX)
    used = [name for name in threats if work.has(f"{name}_{key}")]
    total_weight = sum(threats[name]["weight"] for name in used)
    cell = min(work.grid.cell_x, work.grid.cell_y)
    lookups = {name: Lookup(column(sensitivity, name), -1.0) for name in used}
    reach = {name: threats[name]["max_dist"] / cell for name in used}
    sinks = {
        name: work.results.raster(f"{name}_{key}", work.grid, "float32", FLOAT32_MAX) for name in ("deg_sum", "quality")
    }
    filtered = {name: f"filtered_{threats[name]['decay']}_{name}_{key}" for name in used}
    extra = {name: work.results.raster(filtered[name], work.grid, "float32", FLOAT32_MAX)
             for name in used if work.results.wants(filtered[name])}  # fmt: skip

    middle = start + (stop - start) * 0.25
    rare = _Rarity(work, key, id) if work.has("lulc_bas_path") else None
    felt_from = _Threats(work, [f"{name}_{key}" for name in used])

    def look(strip: Window) -> Any:
        return felt_from.look(strip), rare.count(strip) if rare else None

    counts = []
    for seen, counted in work.each_strip(look, start, middle):
        felt_from.add(seen)
        counts.append(counted)
    felt_from.prepare()
    if rare:
        rare.add_up(counts)

    def compute(strip: Window) -> None:
        distances = {name: felt_from.distance(f"{name}_{key}", strip) for name in used}
        for part in work.grid.sub(strip).tiles(strip.rows, BLOCK_COLUMNS):
            across = part.slices[1]
            block = Window(strip.row, part.column, part.rows, part.columns)
            if rare:
                rare.write(block)
            compute_block(block, {name: values[:, across] for name, values in distances.items()})

    def compute_block(window: Window, distances: dict[str, NDArray[np.float32]]) -> None:
        codes, valid = work.read_codes(id, sensitivity, window)
        degradation = np.zeros(codes.shape, np.float32)
        for name in used:
            felt = lookups[name](codes)
            valid = valid & (felt >= 0)
            near = bool((distances[name] <= reach[name]).any())
            if not near and name not in extra:
                continue
            left = decay(distances[name], reach[name], threats[name]["decay"])
            if name in extra:
                extra[name].write(window, left)
            degradation += left * felt * np.float32(threats[name]["weight"] / total_weight)
        if access is not None:
            degradation *= _access_of(work, window, access)
        good = habitat(codes)
        valid = valid & is_valid(good, FLOAT32_MAX)
        with np.errstate(over="ignore", invalid="ignore"):
            left_over = quality(good, degradation, work.options["half_saturation_constant"])
        for name, values in (("deg_sum", degradation), ("quality", left_over)):
            sinks[name].write(window, np.where(valid, values, np.float32(FLOAT32_MAX)))

    for _done in work.each_strip(compute, middle, stop):
        pass


class _Threats:
    """Distances to the sources of each threat: computed strip by strip, or once for all runs of a workspace that keeps."""

    def __init__(self, work: Work, ids: list[str]) -> None:
        self._work, self._reach = work, {id: Reach(*work.shape) for id in ids}
        self._digests: dict[str, list[str]] = {id: [] for id in ids}
        self._kept: dict[str, NDArray[np.float32]] = {}

    def look(self, window: Window) -> dict[str, tuple[Seen, str]]:
        """The first pass: where the sources of a strip are."""
        sources = {id: self._source(id, window) for id in self._reach}
        return {id: (Reach.look(window, source), self._work.space.digest(source)) for id, source in sources.items()}

    def add(self, seen: dict[str, tuple[Seen, str]]) -> None:
        """Keep what was seen of a strip, from north to south."""
        for id, (where, digest) in seen.items():
            self._reach[id].add(where)
            self._digests[id].append(digest)

    def prepare(self) -> None:
        """All strips have been looked at."""
        for id, reach in self._reach.items():
            reach.prepare()
            if self._work.space.shared:
                names = "".join(self._digests[id])
                content = self._work.space.digest(np.frombuffer(names.encode(), np.uint8))
                self._kept[id] = self._work.space.part(f"distance-{content}", partial(self._all, id))["distance"]

    def _source(self, id: str, window: Window) -> NDArray[np.bool_]:
        values, valid = self._work.read(id, window)
        return valid & (values != 0)

    def _all(self, id: str) -> dict[str, NDArray]:
        out = self._work.space.empty(self._work.shape, np.float32)

        def fill(window: Window) -> None:
            out[window.slices] = self._reach[id].distance(window, self._source(id, window))

        for _done in self._work.each_strip(fill, 0.1, 0.1):
            pass
        return {"distance": out}

    def distance(self, id: str, window: Window) -> NDArray[np.float32]:
        """Distance in cells to the nearest source; rows + columns where there is none, as InVEST takes it."""
        if id in self._kept:
            return self._kept[id][window.slices]
        return self._reach[id].distance(window, self._source(id, window))


class _Rarity:
    """How rare the classes of a map have become against the baseline map: counted in the first pass, written in the second."""

    def __init__(self, work: Work, key: str, id: str) -> None:
        self._work, self._key, self._id = work, key, id
        self._sink = work.results.raster(f"rarity_{key}", work.grid, "float32", FLOAT32_MIN)
        self._lookup = Lookup({}, FLOAT32_MIN)

    def count(self, window: Window) -> tuple[dict[int, int], dict[int, int]]:
        """Cells by class on the baseline and, where that has a class, on the map."""
        before, had = self._work.read("lulc_bas_path", window)
        after, has = self._work.read(self._id, window)
        return count_codes(before[had])[0], count_codes(after[has & had])[0]

    def add_up(self, parts: list[tuple[dict[int, int], dict[int, int]]]) -> None:
        """All blocks are counted: write the table."""
        before, after = Counter[int](), Counter[int]()
        for had, has in parts:
            before.update(had)
            after.update(has)
        codes = np.array(sorted(after), np.int64)
        counts = [np.array([count[int(code)] for code in codes], np.int64) for count in (before, after)]
        values = rarity(counts[0], counts[1], codes)
        self._work.results.table(f"rarity_table_{self._key}", ("lucode", "rarity_value"), sorted(values.items()))
        self._lookup = Lookup(values, FLOAT32_MIN)

    def write(self, window: Window) -> None:
        """The rarity of a block."""
        _before, had = self._work.read("lulc_bas_path", window)
        after, has = self._work.read(self._id, window)
        self._sink.write(window, np.where(had & has, self._lookup(after), np.float32(FLOAT32_MIN)))
