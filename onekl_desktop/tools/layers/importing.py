"""What bringing a file in will do, said beforehand, and everything that doing it needs. Nothing here changes a project."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.geometry import kind_of
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.engine import Session
from onekl_desktop.exchange import raster as raster_files
from onekl_desktop.exchange import vector as vector_files
from onekl_desktop.exchange.boundary import check_crs
from onekl_desktop.exchange.classes import ClassRow, read_classes
from onekl_desktop.exchange.raster import RasterPlan, RecodedRaster
from onekl_desktop.exchange.vector_plan import VectorPlan, plan_vector
from onekl_desktop.project.layers import MOST_COLUMNS
from onekl_desktop.project.qgis_reading import LARGEST, ReadStyle, read_default_style, read_qgis_style
from onekl_desktop.project.queries.records import get_landscape, list_classes
from onekl_desktop.project.records import LandCoverClass, Layer
from onekl_desktop.project.styles import PALETTE

CLASS_ROLES = ("land_cover", "zones")
ARCHIVES = (".zip",)
SUFFIXES = tuple(dict.fromkeys((*vector_files.SUFFIXES, *raster_files.SUFFIXES, *ARCHIVES)))
_SHAPES = {"points": "point", "lines": "line", "areas": "polygon", "": ""}


@dataclass
class ImportPlan:
    """A planned import: the data to store and the sentences that say what becomes of them."""

    path: Path
    role: str
    name: str
    plan: RasterPlan | VectorPlan
    sentences: list[str]
    year: int | None = None
    licence: str = ""
    by_class: bool = False
    classes: list[ClassRow] = field(default_factory=list)
    legend: str = ""
    """An existing legend that the classes are given (after recoding); '' for one of the map's own."""
    style: ReadStyle | None = None
    """A QGIS style that lay with the data."""


def is_raster(path: Path, layer: str = "") -> bool:
    """Whether a file (or the named member of an archive) is read as cells."""
    suffix = path.suffix.lower()
    if suffix in ARCHIVES:
        member = layer.partition("|")[0]
        if member:
            return Path(member).suffix.lower() in raster_files.SUFFIXES
        return not vector_files.list_layers(path) and bool(raster_files.list_rasters(path))
    if suffix == ".gpkg":
        try:
            return not vector_files.list_layers(path)
        except UserError:
            return raster_files.can_open(path)
    if suffix in vector_files.SUFFIXES:
        return False
    return suffix in raster_files.SUFFIXES or raster_files.can_open(path)


def list_choices(path: Path) -> list[str]:
    """What a person has to choose from before the file can be imported; empty when there is no choice.

    Raises
    ------
    UserError
        The file cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix in ARCHIVES:
        names = sorted({*vector_files.list_layers(path), *raster_files.list_rasters(path)})
    elif is_raster(path):
        names = raster_files.list_rasters(path)
    elif suffix in (".kml", ".kmz"):
        return []  # folders are taken together
    else:
        names = vector_files.list_layers(path)
    return names if len(names) > 1 else []


def plan_import(session: Session, progress: Progress | None = None, **fields: Any) -> ImportPlan:
    """What an import will do, in sentences, and everything it needs to do it. Nothing is changed.

    Raises
    ------
    UserError
        Whatever forbids the import: see `exchange.vector`, `exchange.raster`.
    """
    path = Path(fields["file"])
    if not path.exists():
        raise UserError("file.missing", file=path)
    layer = fields.get("source_layer") or ""
    suffix = path.suffix.lower()
    if suffix in ARCHIVES and not layer:
        choices = list_choices(path)
        if choices:
            raise UserError("import.several_layers", file=path, found=", ".join(choices))
    source_crs = check_crs(fields["source_crs"]) if fields.get("source_crs") else ""
    raster = is_raster(path, layer)
    if not raster and suffix not in (*vector_files.SUFFIXES, *ARCHIVES):
        if suffix == ".vrt":
            raise UserError("import.virtual", file=path)
        raise UserError("import.unknown_kind", file=path, kind=suffix or "?")
    make = _plan_raster if raster else _plan_vector
    planned = make(session, path, layer, source_crs, fields, progress)
    planned.sentences.append(_("From {file} ({size} kB, SHA-256 {digest}…).").format(
        file=path.name, size=format_number(path.stat().st_size / 1000, 1), digest=_digest(path)[:12]))  # fmt: skip
    return planned


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    except OSError as problem:
        raise explain_os_error(problem, path) from None
    return digest.hexdigest()


def _new_plan(path: Path, layer: str, fields: dict[str, Any], plan: RasterPlan | VectorPlan) -> ImportPlan:
    inner = Path(layer.partition("|")[2] or layer.partition("|")[0]).stem if layer else ""
    return ImportPlan(
        path, fields.get("role") or "other", fields.get("name") or inner.strip() or path.stem, plan, list(plan.sentences), fields.get("year"),
        fields.get("licence") or str(getattr(plan, "licence", "")),
    )  # fmt: skip


def _plan_vector(
    session: Session, path: Path, layer: str, source_crs: str, fields: dict[str, Any], progress: Progress | None
) -> ImportPlan:
    with session.read() as db:
        landscape = get_landscape(db)
    raw = vector_files.read_vector(
        path,
        layer,
        encoding=fields.get("encoding") or "",
        source_crs=source_crs,
        x=fields.get("x_column") or "",
        y=fields.get("y_column") or "",
    )
    plan = plan_vector(
        raw,
        session.crs,
        landscape.geom,
        source_crs=source_crs,
        landscape=landscape.name,
        shapes=_SHAPES[fields.get("shapes") or ""],
        progress=progress,
    )
    if len(plan.data.columns) > MOST_COLUMNS:
        raise UserError(
            "import.too_many_columns", file=path, count=format_number(len(plan.data.columns)), most=format_number(MOST_COLUMNS)
        )  # fmt: skip
    planned = _new_plan(path, layer, fields, plan)
    planned.style = _find_style(path, layer or raw.layer, planned)
    return planned


def _find_style(path: Path, layer: str, planned: ImportPlan) -> ReadStyle | None:
    """The style that QGIS would draw the data in: of the table `layer_styles` of a GeoPackage, or of a QML file beside."""
    assert isinstance(planned.plan, VectorPlan)
    beside, text = path.with_suffix(".qml"), ""
    try:
        if path.suffix.lower() == ".gpkg":
            text = read_default_style(path, layer)
        if not text and beside.is_file() and beside.stat().st_size <= LARGEST:
            text = beside.read_text(encoding="utf-8-sig")
        found = read_qgis_style(text, kind_of(planned.plan.data.geometry_type), beside.name) if text else None
    except (UserError, OSError, UnicodeDecodeError) as problem:
        planned.sentences.append(_("The QGIS style with the data is left out: {reason}").format(reason=problem))
        return None
    if found is None:
        return None
    lacking = {found.style.column, found.style.label_column} - {"", *planned.plan.data.columns}
    if lacking:
        planned.sentences.append(_("The QGIS style with the data is left out: {reason}").format(
            reason=_("it goes by columns that are not there ({names}).").format(names=", ".join(sorted(lacking)))))  # fmt: skip
        return None
    planned.sentences.append(_("Drawn as the QGIS style with the data says."))
    if found.left:
        planned.sentences.append(_("Not taken over: {what}.").format(what=", ".join(found.left)))
    return found


def _plan_raster(
    session: Session, path: Path, layer: str, source_crs: str, fields: dict[str, Any], progress: Progress | None
) -> ImportPlan:
    with session.read() as db:
        landscape = get_landscape(db)
    table = read_classes(Path(fields["classes"])) if fields.get("classes") else []
    by_class = (fields.get("role") or "other") in CLASS_ROLES or bool(table)
    plan = raster_files.plan_raster(
        path, session.crs, landscape.geom, classes=by_class, source_crs=source_crs, band=fields.get("band") or 0, layer=layer,
        landscape=landscape.name, progress=progress,
    )  # fmt: skip
    planned = _new_plan(path, layer, fields, plan)
    planned.by_class = by_class
    if by_class:
        planned.classes, unlisted = complete_classes(table, plan.codes, plan.colours)
        if table and unlisted:
            shown = ", ".join(map(str, unlisted[:12]))
            planned.sentences.append(
                _("The table has no name for the codes {codes}; they are shown by number.").format(codes=shown)
            )
        _cross_walk(session, planned, fields, bool(table))
    return planned


def complete_classes(
    table: list[ClassRow], codes: list[int], colours: dict[int, str]
) -> tuple[list[ClassRow], list[int]]:
    """The classes of a map, those that the table lacks by number and with the file's own colours; and which they are."""
    named = {row.code: row for row in table}
    unlisted = [code for code in codes if code not in named]
    no_pools: dict[str, float | None] = dict.fromkeys(("above", "below", "soil", "dead"))
    for code in unlisted:
        colour = colours.get(code) or PALETTE[code % len(PALETTE)]
        named[code] = ClassRow(code, _("Class {code}").format(code=code), colour, dict(no_pools))
    return [named[code] for code in sorted(named)], unlisted


# ------------------------------------------------------------------ legends


def _cross_walk(session: Session, planned: ImportPlan, fields: dict[str, Any], has_table: bool) -> None:
    """Give the map the codes of an existing legend, by name and by the pairs that were written."""
    given = parse_crosswalk(fields.get("crosswalk") or "")
    wanted = fields.get("match_legend") or ""
    with session.read() as db:
        if not wanted:
            if given:
                raise UserError("import.crosswalk", reason=_("no layer is named whose legend shall be used"))
            if has_table:
                _propose(db, planned)
            return
        layer = db.scalar(select(Layer).where((Layer.uuid == wanted) | (Layer.name == wanted)))
        if layer is None or not layer.legend:
            names = [item.name for item in db.scalars(select(Layer).where(Layer.legend != ""))]
            known = _("There are: {names}.").format(names=", ".join(names) or "–")
            raise UserError("record.missing", kind=_("layer with classes"), value=wanted, known=known)
        legend = list_classes(db, layer.legend)
    by_name = {_key(cls.name): cls.code for cls in legend}
    codes = {cls.code for cls in legend}
    strange = sorted(set(given.values()) - codes)
    if strange:
        reason = _("the legend of {layer} has no code {codes}").format(
            layer=layer.name, codes=", ".join(map(str, strange))
        )
        raise UserError("import.crosswalk", reason=reason)
    assert isinstance(planned.plan, RasterPlan)
    used = [row for row in planned.classes if row.code in set(planned.plan.codes)]
    mapping = {
        row.code: given.get(
            row.code, by_name.get(_key(row.name)) if has_table else (row.code if row.code in codes else None)
        )
        for row in used
    }
    lost = [row for row in used if mapping[row.code] is None]
    if lost:
        shown = ", ".join(f"{row.code} {row.name}" if has_table else str(row.code) for row in lost[:12])
        example = ", ".join(f"{row.code}:{legend[0].code}" for row in lost[:3])
        raise UserError("import.no_counterpart", file=planned.path, classes=shown, layer=layer.name, example=example)
    titles = {cls.code: cls.name for cls in legend}
    full = {old: new for old, new in mapping.items() if new is not None}
    pairs = "; ".join(f"{row.code} {row.name} → {full[row.code]} {titles[full[row.code]]}" for row in used[:20])
    planned.sentences.append(
        _("The classes get the codes of the legend of {layer}: {pairs}.").format(layer=layer.name, pairs=pairs)
    )
    planned.plan.source = RecodedRaster(planned.plan.source, full)
    planned.legend = layer.legend


def _propose(db: Any, planned: ImportPlan) -> None:
    """Say when an existing legend has the same names under other codes."""
    names = {_key(row.name): row.code for row in planned.classes}
    for legend, layer in db.execute(
        select(Layer.legend, Layer.name).where(Layer.legend != "").order_by(Layer.position)
    ):
        have = {
            _key(cls.name): cls.code
            for cls in db.scalars(select(LandCoverClass).where(LandCoverClass.legend == legend))
        }
        shared = set(names) & set(have)
        if shared and any(names[key] != have[key] for key in shared):
            planned.sentences.append(
                _(
                    "{count} of {all} classes are named as in the legend of {layer} but have other codes; choose that legend to give them the same."
                ).format(count=len(shared), all=len(names), layer=layer)
            )
            return


def _key(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").split())


def parse_crosswalk(text: str) -> dict[int, int]:
    """Pairs of codes, `1:11, 2:12`.

    Raises
    ------
    UserError
        `import.crosswalk`.
    """
    out: dict[int, int] = {}
    for pair in re.split(r"[,;\s]+", text.strip()):
        if not pair:
            continue
        match = re.fullmatch(r"(\d{1,5})[:=>](\d{1,5})", pair)
        if match is None:
            raise UserError("import.crosswalk", reason=_("“{value}” is no pair of codes").format(value=pair[:30]))
        old = int(match[1])
        if old in out:
            raise UserError("import.crosswalk", reason=_("the code {code} is named twice").format(code=old))
        out[old] = int(match[2])
    return out
