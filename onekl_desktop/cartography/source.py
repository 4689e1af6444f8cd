"""From the project file to a scene: shapes and rasters are read once and kept by content hash."""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.expression import Expression, parse_expression
from onekl_desktop.base.geometry import FlatShapes, kind_of
from onekl_desktop.base.translate import _
from onekl_desktop.cartography.basemap import NO_BASE, WORLD, TileSource, tile_layer, world_layers
from onekl_desktop.cartography.levels import levels_of
from onekl_desktop.cartography.scene import SceneLayer
from onekl_desktop.cartography.store import WORTH, Kept
from onekl_desktop.cartography.tile_files import TileFile
from onekl_desktop.cartography.tile_server import TileServer, is_address
from onekl_desktop.project.attributes import read_rows_for
from onekl_desktop.project.file import ProjectFile
from onekl_desktop.project.folders import cache_folder
from onekl_desktop.project.layers import last_change, read_column, read_shapes
from onekl_desktop.project.queries.records import get_landscape, list_classes, list_layers
from onekl_desktop.project.rasters import CoverageRaster, FileRaster, load_grid
from onekl_desktop.project.records import Intervention, Layer, Practice
from onekl_desktop.project.styles import ELSE, GROUPED, RAMPS, Style, StyleClass, load_style

CHOSEN = "#ff8a00"
BOUNDARY = Style(filled=False, outline="#22322c", width=0.6)


@dataclass(frozen=True)
class LegendEntry:
    """One line of a legend: `kind` is polygon, outline, line, point or cell."""

    kind: str
    label: str
    colour: str
    outline: str = "#3a4a44"


class MapSource:
    """Builds scenes of a project. Safe on any thread."""

    def __init__(self, project: ProjectFile) -> None:
        self._project = project
        self._shapes: dict[str, tuple[str, FlatShapes]] = {}
        self._columns: dict[tuple[str, str], tuple[str, dict[int, Any]]] = {}
        self._rasters: dict[str, Any] = {}
        self._unkept: list[tuple[Kept, FlatShapes]] = []
        self.year: int | None = None  # of which layers of several years show the one
        self.base = NO_BASE
        self.online = False  # whether servers may be asked
        self._base: tuple[str, list[SceneLayer]] = (NO_BASE, [])
        self._lock = threading.Lock()

    def shapes_of(self, layer: Layer) -> FlatShapes:
        """Flat shapes of a vector layer, read once for each content."""
        with self._lock:
            kept = self._shapes.get(layer.table_name)
        if kept is not None and kept[0] == _content(layer):
            return kept[1]
        with self._project.read_raw() as raw:
            kept_outside = Kept(
                cache_folder() / "drawing",
                f"{self._project.path}|{_content(layer)}|{last_change(raw, layer.table_name)}",
            )
            kind = kind_of(layer.geometry_type)
            shapes = kept_outside.find_shapes(kind)
            if shapes is None:
                shapes = read_shapes(raw, layer.table_name, layer.geometry_type)
                self._unkept.append((kept_outside, shapes))
        shapes.kept["store"] = kept_outside
        with self._lock:
            self._shapes[layer.table_name] = (_content(layer), shapes)
        return shapes

    def keep(self) -> None:
        """Write what was read and made for drawing to the cache, when nobody waits for a picture."""
        with self._lock:
            read, self._unkept = self._unkept, []
            drawn = [shapes for _content, shapes in self._shapes.values()]
        for kept, shapes in read:
            kept.keep_shapes(shapes)
        for shapes in drawn:
            levels_of(shapes).keep()

    def _column_of(self, layer: Layer, column: str) -> dict[int, Any]:
        """An attribute by row id, read once for each content."""
        with self._lock:
            kept = self._columns.get((layer.table_name, column))
        if kept is not None and kept[0] == _content(layer):
            return kept[1]
        with self._project.read_raw() as raw:
            found = read_column(raw, layer.table_name, column)
        with self._lock:
            self._columns[layer.table_name, column] = (_content(layer), found)
        return found

    def _groups_of(self, layer: Layer, style: Style, shapes: FlatShapes) -> np.ndarray:
        """The class of each shape, found once for each content and style."""
        told = json.dumps([style.kind, style.column, [cls.dump() for cls in style.classes]], default=str)
        in_memory, outside = shapes.kept.get("groups"), shapes.kept["store"]
        if in_memory is not None and in_memory[0] == told:
            groups: np.ndarray = in_memory[1]
            return groups
        part = f"groups-{hashlib.blake2b(told.encode(), digest_size=12).hexdigest()}"
        found = outside.find(part, ("groups",))
        if found is not None and found[0].shape == shapes.keys.shape and found[0].dtype == np.int32:
            groups = np.clip(found[0], -1, len(style.classes) - 1)
        else:
            groups = self._group(layer, style, shapes)
            if len(shapes.xy) >= WORTH:
                outside.keep(part, {"groups": groups})
        shapes.kept["groups"] = (told, groups)
        return groups

    def _group(self, layer: Layer, style: Style, shapes: FlatShapes) -> np.ndarray:
        if style.kind != "rules":
            return group_by(style, self._column_of(layer, style.column), shapes.keys)
        rules = [parse_expression(cls.rule) if cls.rule and cls.rule.upper() != ELSE else None for cls in style.classes]
        found = np.full(len(shapes.keys), -1, np.int32)
        place = {int(key): at for at, key in enumerate(shapes.keys.tolist())}
        with self._project.read_raw() as raw:
            for key, row in read_rows_for(
                raw, layer.table_name, layer.crs, [rule for rule in rules if rule is not None]
            ):
                if key in place:
                    found[place[key]] = choose_rule(style, rules, row)
        return found

    def _weights_of(self, layer: Layer, style: Style, shapes: FlatShapes) -> np.ndarray | None:
        """What each point counts on a heat map; None where each counts one."""
        if not style.column:
            return None
        values = self._column_of(layer, style.column)
        numbers = np.array([_as_float(values.get(key)) for key in shapes.keys.tolist()], np.float64)
        return np.where(np.isfinite(numbers), np.maximum(numbers, 0.0), 0.0)

    def raster_of(self, layer: Layer) -> Any:
        """The raster of a layer, opened once."""
        key = f"{layer.table_name}{layer.file_name}:{layer.content_hash}"
        with self._lock:
            if key not in self._rasters:
                if layer.file_name:
                    self._rasters[key] = FileRaster(self._project.files_folder / layer.file_name)
                else:
                    self._rasters[key] = CoverageRaster(
                        self._project.read_raw, layer.table_name, load_grid(layer.extent), classes=bool(layer.legend)
                    )
            return self._rasters[key]

    def scene_of(self, layer: Layer, style: Style | None = None) -> SceneLayer:
        """A layer ready to draw."""
        style = style or load_style(layer.style)
        if layer.data_kind == "raster":
            palette: dict[int, str] = {}
            if layer.legend:
                with self._project.read() as db:
                    palette = {cls.code: cls.colour for cls in list_classes(db, layer.legend)}
            key = f"{layer.file_name}{_content(layer)}|{style.dump()}|{sorted(palette.items())}"
            return SceneLayer(
                layer.uuid, layer.name, style, layer.opacity, raster=self.raster_of(layer), palette=palette, key=key
            )
        shapes = self.shapes_of(layer)
        groups = labels = weights = None
        if style.kind == "heat":
            weights = self._weights_of(layer, style, shapes)
        elif style.kind in GROUPED and (style.column or style.kind == "rules"):
            groups = self._groups_of(layer, style, shapes)
        if style.label_column:
            texts = self._column_of(layer, style.label_column)
            labels = ["" if texts.get(key) is None else str(texts[key]) for key in shapes.keys.tolist()]
        return SceneLayer(
            layer.uuid, layer.name, style, layer.opacity, shapes=shapes, groups=groups, labels=labels, weights=weights,
            key=f"{_content(layer)}|{style.dump()}",
        )  # fmt: skip

    def scene(
        self, *, scenario: str = "", selected: frozenset[int] = frozenset(), only: set[str] | None = None,
        without: str = "", year: int | None = None,
    ) -> list[SceneLayer]:  # fmt: skip
        """The visible layers (lowest first), the interventions of a scenario, and the boundary on top.

        `without` leaves a layer out; `year` shows, of layers of several years, the one of that year instead of `self.year`.
        """
        with self._project.read() as db:
            layers = [
                layer
                for layer in reversed(list_layers(db))
                if (layer.uuid in only if only is not None else layer.visible) and layer.uuid != without
            ]
        layers = of_year(layers, self.year if year is None else year)
        scenes = []
        for layer in layers:
            try:
                scenes.append(self.scene_of(layer))
            except (
                UserError,
                ValueError,
                OSError,
                sqlite3.Error,
            ) as problem:  # a table or file that is gone must not blank the map
                reason = str(problem) or type(problem).__name__
                scenes.append(SceneLayer(layer.uuid, layer.name, Style(), problem=reason))
        if scenario:
            scenes.append(self.interventions(scenario, selected))
        scenes.append(self.boundary())
        return scenes

    def under(self) -> list[SceneLayer]:
        """The base map that was chosen, to lie under all layers: the world, or the tiles of a file.

        Raises
        ------
        UserError
            `basemap.unreadable`, or a problem of the medium.
        """
        with self._lock:
            if self._base[0] == self.base:
                return list(self._base[1])
        wanted = self.base
        if wanted == WORLD:
            made = world_layers(self._project.crs, self.bounds())
        else:
            made = [tile_layer(TileSource(self._tiles_of(wanted), self._project.crs))] if wanted else []
        with self._lock:
            self._base = (wanted, made)
        return list(made)

    def allow_servers(self, online: bool) -> None:
        """Whether servers may be asked; a base map of one is left at once when they may not."""
        with self._lock:
            self.online = online
            if is_address(self._base[0]):
                for layer in self._base[1]:
                    layer.tiles.file.stop()
                self._base = (NO_BASE, [])

    def _tiles_of(self, wanted: str) -> TileFile | TileServer:
        if not is_address(wanted):
            return TileFile(Path(wanted))
        if not self.online:
            raise UserError("basemap.offline", address=wanted[:80])
        return TileServer(wanted)

    def boundary(self) -> SceneLayer:
        """The outline of the landscape."""
        with self._project.read_raw() as raw:
            shapes = read_shapes(raw, "landscape", "MULTIPOLYGON")
        return SceneLayer(
            "landscape", "Landscape", BOUNDARY, shapes=shapes, casing=True, key=f"landscape {digest(shapes)}"
        )

    def interventions(self, scenario: str, selected: frozenset[int] = frozenset()) -> SceneLayer:
        """The interventions of a scenario in the colours of their practices, the large ones below."""
        with self._project.read() as db:
            practices = list(db.scalars(select(Practice).order_by(Practice.name)))
            rows = dict(
                db.execute(
                    select(Intervention.id, Intervention.practice).where(Intervention.scenario == scenario)
                ).all()
            )
        number = {practice.uuid: index for index, practice in enumerate(practices)}
        classes = [StyleClass(practice.uuid, practice.name, practice.colour) for practice in practices]
        classes.append(StyleClass("", "?", "#777777"))
        with self._project.read_raw() as raw:
            shapes = read_shapes(
                raw, "intervention", "MULTIPOLYGON", where="scenario = ?", values=(scenario,), order="area_ha DESC, id"
            )
        groups = np.array([number.get(rows.get(int(key), ""), len(practices)) for key in shapes.keys], np.int32)
        style = Style(kind="categorised", column="practice", classes=classes, outline="#10231b", width=0.35)
        return SceneLayer(
            "interventions",
            _("Interventions"),
            style,
            shapes=shapes,
            groups=groups,
            fill_opacity=0.72,
            selected=selected,
            key=f"interventions {digest(shapes, groups)} {style.dump()} {sorted(selected)}",
        )

    def chosen(self, layer: Layer, keys: frozenset[int]) -> SceneLayer:
        """The chosen shapes of a layer, outlined to lie over all others."""
        shapes = self.shapes_of(layer)
        groups = np.where(np.isin(shapes.keys, np.fromiter(keys, np.int64, len(keys))), 0, -1).astype(np.int32)
        fill = CHOSEN if shapes.kind != "polygon" else "#ffc069"
        style = Style(
            kind="categorised", classes=[StyleClass(None, "", fill)], outline=CHOSEN, width=0.7, size=2.8, filled=True
        )
        named = hashlib.blake2b(groups.tobytes(), digest_size=12).hexdigest()
        return SceneLayer(
            f"chosen:{layer.uuid}", layer.name, style, shapes=shapes, groups=groups, fill_opacity=0.35, aside=True,
            key=f"chosen {_content(layer)} {named}",
        )  # fmt: skip

    def bounds(self) -> tuple[float, float, float, float]:
        """Box of the landscape."""
        with self._project.read() as db:
            shape = get_landscape(db).geom
        if shape is None or shape.is_empty:
            return (0.0, 0.0, 1000.0, 1000.0)
        box = shape.bounds
        return (box[0], box[1], box[2], box[3])

    def run_raster(self, path: Path, name: str, style: Style, palette: dict[int, str] | None = None) -> SceneLayer:
        """A raster that a run left in the cache."""
        key = f"{path} {style.dump()} {sorted((palette or {}).items())}"
        return SceneLayer(f"run:{path}", name, style, raster=FileRaster(path), palette=palette or {}, key=key)


def series_of(layer: Layer) -> str:
    """What layers of several years have in common: their role, or their name without the year."""
    if layer.role in ("land_cover", "elevation"):
        return layer.role
    return f"{layer.data_kind} {re.sub(r'(19|20)[0-9]{2}', '', layer.name).strip(' -_').casefold()}"


def years_of(layers: list[Layer]) -> list[int]:
    """The years that a time slider goes through: those of layers of which there are several."""
    by_series: dict[str, set[int]] = {}
    for layer in layers:
        if layer.year is not None:
            by_series.setdefault(series_of(layer), set()).add(layer.year)
    return sorted({year for years in by_series.values() if len(years) > 1 for year in years})


def of_year(layers: list[Layer], year: int | None) -> list[Layer]:
    """Of layers of several years the latest that was there in a year (the first when none was yet); others stay."""
    if year is None:
        return layers
    by_series: dict[str, list[Layer]] = {}
    for layer in layers:
        if layer.year is not None:
            by_series.setdefault(series_of(layer), []).append(layer)
    hidden: set[str] = set()
    for several in by_series.values():
        before = [layer for layer in several if layer.year is not None and layer.year <= year]
        shown = (
            max(before, key=lambda layer: layer.year or 0)
            if before
            else min(several, key=lambda layer: layer.year or 0)
        )
        hidden |= {layer.uuid for layer in several if layer.year != shown.year}
    return [layer for layer in layers if layer.uuid not in hidden]


def _content(layer: Layer) -> str:
    return f"{layer.table_name}:{layer.content_hash}:{layer.revision}"


def digest(shapes: FlatShapes, groups: np.ndarray | None = None) -> str:
    """Names the content of shapes that no layer row tells about."""
    found = hashlib.blake2b(digest_size=12)
    for array in (shapes.xy, shapes.part_offsets, shapes.shape_offsets, shapes.keys, groups):
        if array is not None:
            found.update(np.ascontiguousarray(array).view(np.uint8).data)
    return found.hexdigest()


def group_by(style: Style, values: dict[int, Any], keys: np.ndarray) -> np.ndarray:
    """The class of each shape, -1 where it has none that shows."""
    if style.kind == "categorised":
        number = {_plain(cls.value): index for index, cls in enumerate(style.classes) if cls.visible}
        return np.array([number.get(_plain(values.get(key)), -1) for key in keys.tolist()], np.int32)
    numbers = np.array([_as_float(values.get(key)) for key in keys.tolist()], np.float64)
    groups = np.full(len(keys), -1, np.int32)
    for index, cls in enumerate(style.classes):
        if cls.visible and cls.low is not None and cls.high is not None:
            last = index == len(style.classes) - 1
            groups[(numbers >= cls.low) & ((numbers < cls.high) | (last & (numbers == cls.high)))] = index
    return groups


def choose_rule(style: Style, rules: list[Expression | None], row: dict[str, Any]) -> int:
    """The last rule that holds, else the last of ELSE; -1 where none does or the class is hidden. No rule holds for all."""
    chosen = otherwise = -1
    for index, (cls, rule) in enumerate(zip(style.classes, rules, strict=True)):
        if cls.rule.upper() == ELSE:
            otherwise = index
        elif rule is None or rule.holds(row):
            chosen = index
    chosen = otherwise if chosen < 0 else chosen
    return chosen if chosen >= 0 and style.classes[chosen].visible else -1


def _plain(value: Any) -> Any:
    """A value that can be looked up, whatever a stranger's file holds."""
    return value if isinstance(value, (str, int, float, bytes, type(None))) else str(value)


def _as_float(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def legend_of(
    scene: list[SceneLayer], codes: dict[str, dict[int, str]] | None = None
) -> list[tuple[str, list[LegendEntry]]]:
    """Legend groups (title, entries) of a scene, topmost first; `codes` gives names to classes by layer uuid."""
    groups = []
    for layer in reversed([layer for layer in scene if not layer.aside]):
        style = layer.style
        if layer.raster is not None:
            names = (codes or {}).get(layer.uuid, {})
            entries = [
                LegendEntry("cell", names.get(code, str(code)), colour)
                for code, colour in layer.palette.items()
                if code not in style.hidden_codes
            ]
        elif layer.shapes is not None and style.kind == "heat":
            colours = RAMPS[style.ramp]
            entries = [LegendEntry("cell", _("few"), colours[1]), LegendEntry("cell", _("many"), colours[-1])]
        elif layer.shapes is not None and style.kind in GROUPED and layer.groups is not None:
            kind = "polygon" if layer.shapes.kind == "polygon" else layer.shapes.kind
            present = set(layer.groups.tolist())
            entries = [
                LegendEntry(kind, cls.label, cls.colour, style.outline)
                for index, cls in enumerate(style.classes)
                if index in present
            ]
        elif layer.shapes is not None:
            kind = layer.shapes.kind if style.filled or layer.shapes.kind != "polygon" else "outline"
            entries = [LegendEntry(kind, layer.name, style.fill, style.outline)]
        else:
            entries = []
        if entries:
            groups.append((layer.name, entries))
    return groups
