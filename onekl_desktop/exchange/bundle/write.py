"""Write a bundle: what is given, and nothing else, in files that anybody can read."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shapely.geometry.base import BaseGeometry

from onekl_desktop.base.errors import explain_os_error
from onekl_desktop.base.geometry import transform
from onekl_desktop.base.ids import slug
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _

SCHEMA = "onekl-bundle/1"
MANIFEST = "manifest.json"
LONG_LAT = "EPSG:4326"
FIXED_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass
class Part:
    """A table of the bundle; `shapes` when its rows have a place (in `crs`)."""

    name: str
    columns: list[str]
    rows: list[tuple[Any, ...]]
    shapes: list[BaseGeometry | None] | None = None
    crs: str = ""


@dataclass
class Contents:
    """Everything that goes out: tables, ready files (name, bytes or a path), and what the manifest says."""

    parts: list[Part] = field(default_factory=list)
    files: list[tuple[str, bytes | Path]] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(len(part.rows) for part in self.parts)


def build_bundle(contents: Contents, target: Path, progress: Progress) -> tuple[Path, str]:
    """Write the bundle beside its target under a temporary name.

    Returns
    -------
    The temporary file, to be renamed when the release is recorded, and the hash of the manifest.
    """
    part_file = target.with_name(f".{target.name}.{os.getpid()}.new")
    folder = Path(tempfile.mkdtemp(prefix="onekl-bundle-"))
    try:
        _write_tables(contents.parts, folder, progress.part(0.0, 0.6))
        for name, content in contents.files:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                shutil.copyfile(content, path)
        progress.report(0.7, _("Checksums"))
        manifest = {**contents.facts, "schema": SCHEMA, "files": _list_files(folder, contents.parts)}
        text = json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True)
        (folder / MANIFEST).write_text(text, encoding="utf-8")
        target.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(part_file, "w", zipfile.ZIP_DEFLATED) as bag:
            for path in sorted(item for item in folder.rglob("*") if item.is_file()):
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), FIXED_TIME)
                entry.compress_type = zipfile.ZIP_DEFLATED
                with path.open("rb") as source, bag.open(entry, "w", force_zip64=True) as sink:
                    shutil.copyfileobj(source, sink, 1 << 20)
        progress.report(1.0, _("Done"))
        return part_file, hashlib.sha256(text.encode()).hexdigest()
    except OSError as problem:
        part_file.unlink(missing_ok=True)
        raise explain_os_error(problem, target) from None
    except BaseException:
        part_file.unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _list_files(folder: Path, parts: Sequence[Part]) -> list[dict[str, Any]]:
    counts = {f"tables/{part.name}.csv": len(part.rows) for part in parts}
    out = []
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        name = path.relative_to(folder).as_posix()
        facts: dict[str, Any] = {"path": name, "bytes": path.stat().st_size, "sha256": hash_file(path)}
        if name in counts:
            facts["rows"] = counts[name]
        out.append(facts)
    return out


def hash_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write_tables(parts: Sequence[Part], folder: Path, progress: Progress) -> None:
    import geopandas
    import pandas as pd
    import pyogrio

    package = folder / "data.gpkg"
    for number, part in enumerate(parts):
        progress.report(number / len(parts), _("Writing {name}").format(name=part.name))
        _write_csv(part, folder / "tables" / f"{part.name}.csv")
        frame = pd.DataFrame(part.rows, columns=part.columns)
        for column in part.columns:
            if frame[column].isna().all():
                frame[column] = frame[column].astype("object").where(frame[column].notna(), None)
        append = package.exists()
        if part.shapes is None:
            pyogrio.write_dataframe(frame, package, layer=part.name, driver="GPKG", append=append)
            continue
        placed = geopandas.GeoDataFrame(frame, geometry=list(part.shapes), crs=part.crs)
        pyogrio.write_dataframe(placed, package, layer=part.name, driver="GPKG", append=append)
        _write_geojson(part, folder / "vector" / f"{part.name}.geojson")


def _write_csv(part: Part, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(part.columns)
    writer.writerows(["" if value is None else value for value in row] for row in part.rows)
    path.write_text(buffer.getvalue(), encoding="utf-8")


def _write_geojson(part: Part, path: Path) -> None:
    """RFC 7946: longitude and latitude, seven decimals (about a centimetre)."""
    import shapely

    features = []
    for row, shape in zip(part.rows, part.shapes or [], strict=True):
        geometry = None
        if shape is not None and not shape.is_empty:
            flat = shapely.set_precision(transform(shape, part.crs, LONG_LAT), 1e-7)
            geometry = shapely.geometry.mapping(flat)
        properties = dict(zip(part.columns, row, strict=True))
        features.append({"type": "Feature", "geometry": geometry, "properties": properties})
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")


def part_name(name: str, taken: set[str]) -> str:
    """A free table name made of a layer's name."""
    base = slug(name, "layer")
    out, number = base, 2
    while out in taken:
        out, number = f"{base}_{number}", number + 1
    return out
