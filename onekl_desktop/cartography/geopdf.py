"""Georeference in a PDF: viewports with measures, which map readers and GDAL understand.

ISO 32000-2:2020, 12.9 (viewports) and 12.10 (geospatial features): corners of the map as longitude and latitude of the
projected system's own geographic system (GPTS), beside the same corners as shares of the viewport (LPTS).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from onekl_desktop.cartography.sheet import Sheet


def georeference(pdf: bytes, sheets: Sequence[Sheet]) -> bytes:
    """The PDF with a viewport on each page."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, TextStringObject

    reader = PdfReader(io.BytesIO(pdf))
    writer = PdfWriter(clone_from=reader)
    for page, sheet in zip(writer.pages, sheets, strict=True):
        height = float(page.mediabox.height)
        frame, points = sheet.plan.map, 72 / 25.4
        box = [
            frame.x * points,
            height - (frame.y + frame.height) * points,
            (frame.x + frame.width) * points,
            height - frame.y * points,
        ]
        measure = DictionaryObject({
            NameObject("/Type"): NameObject("/Measure"), NameObject("/Subtype"): NameObject("/GEO"),
            NameObject("/Bounds"): _numbers([0, 0, 0, 1, 1, 1, 1, 0]), NameObject("/LPTS"): _numbers([0, 0, 0, 1, 1, 1, 1, 0]),
            NameObject("/GPTS"): _numbers(corners(sheet)), NameObject("/GCS"): _system(sheet.contents.crs),
        })  # fmt: skip
        viewport = DictionaryObject({
            NameObject("/Type"): NameObject("/Viewport"), NameObject("/Name"): TextStringObject("Map"),
            NameObject("/BBox"): ArrayObject([FloatObject(round(value, 3)) for value in box]), NameObject("/Measure"): measure,
        })  # fmt: skip
        page[NameObject("/VP")] = ArrayObject([viewport])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def corners(sheet: Sheet) -> list[float]:
    """Latitude and longitude of the map's corners: lower left, upper left, upper right, lower right."""
    from pyproj import CRS, Transformer

    view = sheet.view
    xy = np.array(
        [view.to_map(x, y) for x, y in ((0, view.height), (0, 0), (view.width, 0), (view.width, view.height))]
    )
    system = CRS.from_user_input(sheet.contents.crs)
    own = system.geodetic_crs or CRS.from_epsg(4326)
    longitude, latitude = Transformer.from_crs(system, own, always_xy=True).transform(xy[:, 0], xy[:, 1])
    return [float(value) for pair in zip(latitude, longitude, strict=True) for value in pair]


def _system(crs: str):  # type: ignore[no-untyped-def]
    from pypdf.generic import DictionaryObject, NameObject, NumberObject, TextStringObject
    from pyproj import CRS

    system = CRS.from_user_input(crs)
    found = DictionaryObject({
        NameObject("/Type"): NameObject("/PROJCS" if system.is_projected else "/GEOGCS"),
        NameObject("/WKT"): TextStringObject(system.to_wkt("WKT1_ESRI")),
    })  # fmt: skip
    code = system.to_epsg()
    if code is not None:
        found[NameObject("/EPSG")] = NumberObject(code)
    return found


def _numbers(values: Sequence[float]):  # type: ignore[no-untyped-def]
    from pypdf.generic import ArrayObject, FloatObject

    return ArrayObject([FloatObject(f"{value:.10f}") for value in values])
