"""The landscape's zones in the colours of classes: what most money does there, what a group puts first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import select

from onekl_desktop.base.geometry import flatten, from_gpkg, polygons_of, repair
from onekl_desktop.cartography.scene import SceneLayer
from onekl_desktop.project.file import ProjectFile
from onekl_desktop.project.gpkg import quote
from onekl_desktop.project.layers import read_column
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.project.records import Layer
from onekl_desktop.project.styles import Style, StyleClass

OPACITY = 0.5
STEPS = ("#e6f0ea", "#a9d0bb", "#5fa98a", "#1f7a5a")  # from little to much


@dataclass(frozen=True)
class Shading:
    """`zones` are names of zones with the number of their class, `classes` the words and colours of these."""

    title: str
    zones: tuple[tuple[str, int], ...]
    classes: tuple[tuple[str, str], ...]


def shade_shares(title: str, shares: dict[str, float], words: tuple[str, str, str, str]) -> Shading:
    """Zones by how much falls on each, in four steps of the largest; `words` from little to much."""
    most = max(shares.values(), default=0.0) or 1.0
    return Shading(title, tuple((name, min(3, int(4 * share / most))) for name, share in shares.items() if share > 0), tuple(zip(words, STEPS, strict=True)))  # fmt: skip


def shade_zones(project: ProjectFile, shading: Shading) -> SceneLayer | None:
    """The zones as a layer to draw; None without zones or when none of the names is among them."""
    wanted = dict(shading.zones)
    with project.read() as db:
        landscape = get_landscape(db)
        layer = db.scalar(select(Layer).where(Layer.uuid == landscape.zones)) if landscape.zones else None
    if layer is None or layer.data_kind != "vector" or not layer.name_column:
        return None
    with project.read_raw() as raw:
        names = read_column(raw, layer.table_name, layer.name_column)
        rows = raw.execute(
            f"SELECT id, geom FROM {quote(layer.table_name)} WHERE geom IS NOT NULL ORDER BY id"
        ).fetchall()
    found = [(str(names.get(key) or ""), polygons_of(repair(from_gpkg(blob)))) for key, blob in rows]
    named = [(name, shape) for name, shape in found if name in wanted]
    if not named:
        return None
    shapes = flatten(
        np.array([shape for _name, shape in named], dtype=object), np.arange(len(named), dtype=np.int64), "polygon"
    )
    classes = [StyleClass(str(at), words, colour) for at, (words, colour) in enumerate(shading.classes)]
    style = Style(kind="categorised", column="class", classes=classes, outline="#22322c", width=0.6)
    groups = np.array([wanted[name] for name, _shape in named], np.int32)
    return SceneLayer("shading", shading.title, style, shapes=shapes, groups=groups, fill_opacity=OPACITY, labels=[name for name, _shape in named])  # fmt: skip
