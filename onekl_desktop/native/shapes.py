"""Geometries as a GeoPackage stores them, read as flat arrays without an object for each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from onekl_desktop.base.geometry import FlatShapes, flatten, read_header
from onekl_desktop.native.library import LIBRARY, at

KINDS = ("polygon", "line", "point")


def read_gpkg_shapes(blobs: Sequence[bytes | None], keys: Sequence[int], kind: str) -> FlatShapes:
    """Flat shapes of a kind from GeoPackage geometries (OGC 12-128r17, 2.1.3: ISO WKB, also with Z, M or EWKB's flags).

    What is missing, empty or broken is left out, and so are curves; of a collection the parts of the kind are taken.
    """
    if LIBRARY is None:
        return _read_plainly(blobs, keys, kind)
    given = [blob if isinstance(blob, bytes) else b"" for blob in blobs]
    data, ends = (
        np.frombuffer(b"".join(given) or b"\0", np.uint8),
        np.cumsum([len(blob) for blob in given], dtype=np.int64),
    )
    good, totals, number = np.zeros(len(given), np.uint8), np.zeros(2, np.int64), KINDS.index(kind)
    count = LIBRARY.onekl_read_shapes(
        at(data), at(ends), len(given), number, None, None, None, None, at(good), at(totals)
    )
    xy, parts, shapes = np.empty((totals[0], 2)), np.zeros(totals[1] + 1, np.int64), np.zeros(count + 1, np.int64)
    boxes = np.empty((count, 4))
    LIBRARY.onekl_read_shapes(
        at(data), at(ends), len(given), number, at(xy), at(parts[1:]), at(shapes[1:]), at(boxes), at(good), at(totals)
    )
    return FlatShapes(kind, xy, parts, shapes, boxes, np.asarray(keys, np.int64)[good == 1])


def _read_plainly(blobs: Sequence[bytes | None], keys: Sequence[int], kind: str) -> FlatShapes:
    """The twin."""
    shapes, kept = [], []
    for blob, key in zip(blobs, keys, strict=True):
        try:
            _srs, empty, offset, _box = read_header(blob or b"")
        except ValueError:
            continue
        shape = None if empty or not blob else shapely.from_wkb(blob[offset:], on_invalid="ignore")
        if shape is not None:
            shapes.append(shape)
            kept.append(key)
    return flatten(np.array(shapes, dtype=object), np.array(kept, np.int64), kind)


def join_shapes(parts: Sequence[FlatShapes], kind: str) -> FlatShapes:
    """Flat shapes one after the other as one."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return FlatShapes(
            kind,
            np.zeros((0, 2)),
            np.zeros(1, np.int64),
            np.zeros(1, np.int64),
            np.zeros((0, 4)),
            np.zeros(0, np.int64),
        )
    vertices = np.cumsum([0, *(len(part.xy) for part in parts)])
    rings = np.cumsum([0, *(len(part.part_offsets) - 1 for part in parts)])
    return FlatShapes(
        kind,
        np.concatenate([part.xy for part in parts]),
        np.concatenate(
            [[0], *(part.part_offsets[1:] + start for part, start in zip(parts, vertices, strict=False))]
        ).astype(np.int64),
        np.concatenate(
            [[0], *(part.shape_offsets[1:] + start for part, start in zip(parts, rings, strict=False))]
        ).astype(np.int64),
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.keys for part in parts]),
    )
