"""NumPy twins of the C kernels: what each must compute, in the fewest words."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray


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


def pack_tiles(cells: NDArray, tile: int) -> list[bytes]:
    """See `onekl_desktop.native.packing.pack_tiles`."""
    found = []
    for top in range(0, cells.shape[0], tile):
        for left in range(0, cells.shape[1], tile):
            part = cells[top : top + tile, left : left + tile]
            whole = np.zeros((tile, tile), cells.dtype)
            whole[:, : part.shape[1]] = part[np.minimum(np.arange(tile), len(part) - 1)]
            found.append(_lzw(whole.tobytes(), cells.itemsize))
    return found


def _lzw(data: bytes, item: int) -> bytes:
    codes: list[tuple[int, int]] = [(256, 9)]
    at = 0
    while at < len(data):
        start = at
        at, width, full = _lzw_by_dictionary(codes, data, at)
        if not full:
            break
        if item >= 4 and at < len(data) and at - start < LZW_POOR:
            at = _lzw_by_cells(codes, data, at, item)
    codes.append((257, width))
    bits = "".join(f"{code:0{size}b}" for code, size in codes)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


LZW_POOR, LZW_SPAN, LZW_RUN, LZW_SHORT = 6000, 65536, 64, 252


def _lzw_by_dictionary(codes: list[tuple[int, int]], data: bytes, at: int) -> tuple[int, int, bool]:
    """Until the dictionary is full or the data end: where it has come to, the width of the next code, and whether full."""
    words = {bytes([byte]): byte for byte in range(256)}
    following, width, word = 258, 9, data[at : at + 1]
    for place in range(at + 1, len(data)):
        longer = word + data[place : place + 1]
        if longer in words:
            word = longer
            continue
        codes.append((words[word], width))
        words[longer] = following
        following += 1
        word = data[place : place + 1]
        if following == 4094:
            codes.append((256, width))
            return place, 9, True
        if following == 1 << width:
            width += 1
    codes.append((words[word], width))
    following += 1
    if following == 4094:
        codes.append((256, width))
        return len(data), 9, True
    return len(data), width + (following == 1 << width), False


def _lzw_by_cells(codes: list[tuple[int, int]], data: bytes, at: int, item: int) -> int:
    """Single bytes, and the two highest of a cell as one code where they are known; never a code of ten bits."""
    stop, equal, count = min(at + LZW_SPAN, len(data)), 0, 0
    pairs: dict[bytes, int] = {}
    while at < stop and equal < LZW_RUN:
        if count + item > LZW_SHORT:
            codes.append((256, 9))
            pairs, count = {}, 0
        if at % item or len(data) - at < item:
            codes.append((data[at], 9))
            at, count = at + 1, count + 1
            continue
        cell = data[at : at + item]
        equal = equal + 1 if at >= item and cell == data[at - item : at] else 0
        codes += [(byte, 9) for byte in cell[:-2]]
        count, high = count + item - 2, cell[-2:]
        if high in pairs:
            codes.append((pairs[high], 9))
            count += 1
        else:
            codes += [(high[0], 9), (high[1], 9)]
            pairs[high] = 258 + count
            count += 2
        at += item
    codes.append((256, 9))
    return at
