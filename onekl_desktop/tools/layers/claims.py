"""Planning units: who holds which land when permits, reserves and customary areas lie over each other.

All areas of the named layers are cut at each other's borders (as LUMENS' planning-unit reconciliation does); each piece knows
every claim that lies on it. Where several do, the order of the layers says who holds it for now, and the partnership settles
it piece by piece, in words that stay in the journal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import area_ha, repair
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import N_, _
from onekl_desktop.engine import Session
from onekl_desktop.project.file import Write
from onekl_desktop.project.gpkg import quote
from onekl_desktop.project.layers import VectorData, list_columns
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.project.records import Layer
from onekl_desktop.tools.layers.access import first_style, free_name, store_vector
from onekl_desktop.tools.layers.editing import Sheet
from onekl_desktop.tools.layers.geoprocessing import Rows, read_rows
from onekl_desktop.tools.layers.styling import style_by_class

SINGLE, ORDER, AGREED, NONE = "single", "order", "agreed", "none"
STATES = {SINGLE: N_("one claim"), ORDER: N_("by order, to be settled"), AGREED: N_("agreed"), NONE: N_("no claim")}
COLUMNS = {
    "name": "TEXT", "unit": "TEXT", "held_by": "TEXT", "claims": "TEXT", "claimants": "INTEGER", "settled": "TEXT", "note": "TEXT", "area_ha": "REAL",
}  # fmt: skip
SNAP_M, LEAST_HA, BETWEEN = 0.01, 0.5, "; "
MOST_PIECES = 200_000


@dataclass(frozen=True)
class Piece:
    """Land with the same claims: their (layer, feature) pairs, the first of which holds it."""

    claims: tuple[tuple[str, str], ...]
    shape: BaseGeometry


def overlay_claims(
    sources: Sequence[tuple[str, Sequence[str], Sequence[BaseGeometry]]], landscape: BaseGeometry, least_ha: float, progress: Progress
) -> tuple[list[Piece], int]:  # fmt: skip
    """Cut the landscape at the borders of all claims.

    Parameters
    ----------
    sources
        Name of a layer, names and areas of its features (metres), in the order of precedence.
    least_ha
        Smaller pieces go to the neighbour with which they share the longest border: they come from borders that were
        digitised twice.

    Returns
    -------
    Pieces by their claims, those without any last, and how many slivers were given to neighbours.
    """
    areas = [shapely.intersection(np.asarray(shapes, dtype=object), landscape) for _name, _names, shapes in sources]
    lines = shapely.union_all(
        [shapely.boundary(landscape), *(shapely.boundary(shape) for each in areas for shape in each)], grid_size=SNAP_M
    )
    progress.report(0.4)
    faces = shapely.get_parts(shapely.polygonize([lines]))
    points = shapely.point_on_surface(faces)
    shapely.prepare(landscape)
    inside = shapely.covers(landscape, points)
    faces, points = faces[inside], points[inside]
    if len(faces) > MOST_PIECES:
        raise UserError("layers.too_many_pieces", count=len(faces), most=MOST_PIECES)
    found: list[list[tuple[int, int]]] = [[] for _face in faces]
    for at, each in enumerate(areas):
        for face, shape in zip(*shapely.STRtree(each).query(points, predicate="within"), strict=True):
            found[face].append((at, int(shape)))
    keys = [tuple(sorted(claims)) for claims in found]
    progress.report(0.7)
    keys, given = _absorb(faces, keys, least_ha * 10_000)
    groups: dict[tuple[tuple[int, int], ...], list[int]] = {}
    for number, key in enumerate(keys):
        groups.setdefault(key, []).append(number)
    pieces = [
        Piece(tuple((sources[at][0], str(sources[at][1][shape])) for at, shape in key), repair(shapely.union_all(faces[members])))
        for key, members in sorted(groups.items(), key=lambda item: (not item[0], item[0]))
    ]  # fmt: skip
    progress.report(1.0)
    return pieces, given


def _absorb(faces: np.ndarray, keys: list[tuple[tuple[int, int], ...]], least: float) -> tuple[list[Any], int]:
    """Give faces under `least` square metres the claims of the larger neighbour with the longest common border."""
    sizes = shapely.area(faces)
    small = np.flatnonzero(sizes < least)
    if not len(small) or len(small) == len(faces):
        return keys, 0
    tree, out, given = shapely.STRtree(faces), list(keys), 0
    for face in small[np.argsort(-sizes[small])].tolist():
        near = [
            other for other in tree.query(faces[face], predicate="intersects").tolist() if sizes[other] > sizes[face]
        ]
        if not near:
            continue
        shared = shapely.length(shapely.intersection(shapely.boundary(faces[near]), shapely.boundary(faces[face])))
        if shared.max() > 0:
            best = near[int(shared.argmax())]
            given += out[face] != out[best]
            out[face] = out[best]
    return out, int(given)


def _feature_names(rows: Rows) -> list[str]:
    column = rows.layer.name_column
    values = rows.columns.get(column, [None] * len(rows.shapes)) if column else [None] * len(rows.shapes)
    return [
        str(value) if value not in (None, "") else f"{rows.layer.name} {number}"
        for number, value in enumerate(values, 1)
    ]


def prepare_make_planning_units(
    session: Session, progress: Progress, layers: str, least_ha: float | None = None, zones: bool = True, name: str = ""
) -> dict[str, Any]:
    """Read the claims and lay them over each other, outside the transaction."""
    named = list(dict.fromkeys(part.strip() for part in layers.split(";") if part.strip()))
    sources = []
    for each in named:
        rows = read_rows(session, each, "layers")
        if rows.kind != "polygon":
            raise UserError("layers.not_areas", field="layers", name=rows.layer.name)
        sources.append((rows.layer.name, _feature_names(rows), list(rows.shapes)))
    if not sources:
        raise UserError("layers.no_claims", field="layers")
    with session.read() as db:
        landscape = get_landscape(db)
    if landscape.geom is None or landscape.geom.is_empty:
        raise UserError("scenarios.no_area")
    whole = repair(shapely.set_srid(landscape.geom, 0))
    pieces, given = overlay_claims(sources, whole, LEAST_HA if least_ha is None else least_ha, progress)
    if not any(piece.claims for piece in pieces):
        raise UserError("layers.no_result", name=", ".join(named))
    cells: dict[str, list[Any]] = {column: [] for column in COLUMNS}
    taken: set[str] = set()
    for piece in pieces:
        hectares = area_ha(piece.shape, landscape.crs)
        unit = piece.claims[0][1] if piece.claims else _("Land without a claim")
        state = NONE if not piece.claims else SINGLE if len(piece.claims) == 1 else ORDER
        values = {
            "name": _free(name_of(unit, [other for _layer, other in piece.claims[1:]]), taken), "unit": unit, "held_by": piece.claims[0][0] if piece.claims else "",
            "claims": BETWEEN.join(f"{layer}: {feature}" for layer, feature in piece.claims), "claimants": len(piece.claims), "settled": state,
            "note": "", "area_ha": hectares,
        }  # fmt: skip
        for column, value in values.items():
            cells[column].append(value)
    shapes = np.empty(len(pieces), dtype=object)
    shapes[:] = [shapely.MultiPolygon([part for part in shapely.get_parts(piece.shape) if part.geom_type == "Polygon"]) for piece in pieces]  # fmt: skip
    contested = [at for at, count in enumerate(cells["claimants"]) if count > 1]
    told = {
        "count": len(pieces), "contested": len(contested), "contested_ha": float(sum(cells["area_ha"][at] for at in contested)), "slivers": given,
    }  # fmt: skip
    title = name.strip() or _("Planning units")
    return {"data": VectorData("MULTIPOLYGON", shapes, cells, dict(COLUMNS)), "name": title, "source": ", ".join(named), "zones": zones, "told": told}  # fmt: skip


def name_of(unit: str, others: Sequence[str]) -> str:
    """A unit, with who else claims it."""
    return (
        _("{unit} (also claimed: {others})").format(unit=unit, others=", ".join(dict.fromkeys(others)))
        if others
        else unit
    )


def _free(name: str, taken: set[str]) -> str:
    found, number = name, 2
    while found in taken:
        found = f"{name} {number}"
        number += 1
    taken.add(found)
    return found


def make_planning_units(write: Write, data: VectorData, name: str, source: str, zones: bool, told: dict[str, Any]) -> dict[str, Any]:  # fmt: skip
    """Store the units as a layer; results are told by them when that is wanted."""
    layer = Layer(name=free_name(write, name), crs=write.landscape.crs, role="zones", source=source, name_column="name")
    store_vector(write, layer, data)
    layer.style = first_style(layer).dump()
    write.add(layer)
    write.db.flush()
    style_by_class(write, layer.uuid, "name", {_("Land without a claim"): "#e9ebe6"})
    if zones:
        write.landscape.zones = layer.uuid
    return {"layer": layer.uuid, "name": layer.name, **told}


def settle_claims(write: Write, layer: str, shapes: tuple[int, ...], unit: str, note: str = "") -> dict[str, Any]:
    """Write down who holds contested pieces, as the claimants agreed."""
    sheet = Sheet(write, layer)
    columns = {column for column, _kind in list_columns(write.raw, sheet.row.table_name)}
    if not set(COLUMNS) <= columns:
        raise UserError("layers.not_units", name=sheet.row.name)
    taken = {str(value) for (value,) in write.raw.execute(f"SELECT name FROM {sheet.table}")}
    for key in dict.fromkeys(shapes):
        found = write.raw.execute(f"SELECT claims, name FROM {sheet.table} WHERE id = ?", (key,)).fetchone()
        if found is None:
            raise UserError("layers.no_shape", name=sheet.row.name, number=key)
        claimed = [part.partition(": ") for part in str(found[0] or "").split(BETWEEN) if part]
        holder = next((layer_name for layer_name, _mark, feature in claimed if feature == unit), "")
        others = [feature for _layer, _mark, feature in claimed if feature != unit]
        taken.discard(str(found[1]))
        values = (_free(name_of(unit, others), taken), unit, holder, AGREED, note, key)
        write.raw.execute(
            f"UPDATE {sheet.table} SET name = ?, unit = ?, held_by = ?, settled = ?, note = ? WHERE id = ?", values
        )
        sheet.note(f"{key} {unit}")
    if not shapes:
        raise UserError("layers.none_chosen", name=sheet.row.name)
    sheet.close()
    return {"layer": sheet.row.uuid, "name": sheet.row.name, "unit": unit, "count": len(set(shapes))}


def list_units(session: Session, layer: Layer) -> list[dict[str, Any]]:
    """The rows of a layer of planning units, largest contested ones first; empty where the layer is none."""
    with session.project.read_raw() as raw:
        columns = {column for column, _kind in list_columns(raw, layer.table_name)} if layer.table_name else set()
        if not set(COLUMNS) <= columns:
            return []
        names = ["id", *COLUMNS]
        told = ", ".join(quote(column) for column in names)
        rows = [
            dict(zip(names, row, strict=True)) for row in raw.execute(f"SELECT {told} FROM {quote(layer.table_name)}")
        ]
    return sorted(rows, key=lambda row: (-(row["claimants"] or 0), -(row["area_ha"] or 0.0)))
