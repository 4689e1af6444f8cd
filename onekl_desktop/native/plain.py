"""NumPy twins of the C kernels: what each must compute, in the fewest words."""

from __future__ import annotations

import itertools

import numpy as np


def class_areas(classes, zones, row_area, n_zones, n_classes):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.class_areas`."""
    inside = (zones >= 0) & (zones < n_zones) & (classes < n_classes)
    keys = zones[inside].astype(np.int64) * n_classes + classes[inside]
    size = n_zones * n_classes
    weights = np.broadcast_to(row_area[:, None], classes.shape)[inside]
    counts = np.bincount(keys, minlength=size).astype(np.int64)
    areas = np.bincount(keys, weights=weights, minlength=size).astype(np.float64)
    return counts.reshape(n_zones, n_classes), areas.reshape(n_zones, n_classes)


def fill_polygon(xy, ring_offsets, out, value):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.fill_polygon`."""
    rows, columns = out.shape
    centres = np.arange(columns) + 0.5
    edges = []
    for first, last in itertools.pairwise(ring_offsets):
        ring = xy[first:last]
        if len(ring) >= 3:
            edges.append(np.hstack([ring, np.roll(ring, -1, axis=0)]))
    if not edges:
        return 0
    table = np.vstack(edges)
    table = table[np.isfinite(table).all(axis=1) & (table[:, 1] != table[:, 3])]
    down = table[:, 1] > table[:, 3]
    table[down] = table[down][:, [2, 3, 0, 1]]
    filled = 0
    for row in range(rows):
        y = row + 0.5
        x0, y0, x1, y1 = table[(table[:, 1] <= y) & (y < table[:, 3])].T
        if len(x0) < 2:
            continue
        crossings = np.sort(x0 + (y - y0) * ((x1 - x0) / (y1 - y0)))
        for left, right in zip(crossings[0::2], crossings[1::2], strict=False):
            cells = (left <= centres) & (centres < right)
            out[row, cells] = value
            filled += int(cells.sum())
    return filled


def fill_shapes(xy, part_offsets, shape_offsets, chosen, values, out):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.fill_shapes`."""
    filled = 0
    for shape, value in zip(chosen, values, strict=True):
        if not 0 <= shape < len(shape_offsets) - 1 or shape_offsets[shape + 1] <= shape_offsets[shape]:
            continue
        offsets = part_offsets[shape_offsets[shape] : shape_offsets[shape + 1] + 1]
        done = fill_polygon(xy, offsets, out, int(value))
        filled += done
        if done == 0 and offsets[0] < len(xy):
            x, y = np.floor(xy[offsets[0]])
            if 0 <= x < out.shape[1] and 0 <= y < out.shape[0]:
                out[int(y), int(x)] = value
                filled += 1
    return filled
