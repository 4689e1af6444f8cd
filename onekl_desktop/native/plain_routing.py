"""Python twins of the routing kernels: what each must compute, in the fewest words (slow; for small grids)."""

from __future__ import annotations

import heapq
import math
from collections import deque

import numpy as np

DROW = (0, -1, -1, -1, 0, 1, 1, 1)
DCOLUMN = (1, 1, 0, -1, -1, -1, 0, 1)
ROOT2 = math.sqrt(2.0)
ROOT2_INVERSE = 0.7071067811865475


def _around(row, column):  # type: ignore[no-untyped-def]
    return ((k, row + DROW[k], column + DCOLUMN[k]) for k in range(8))


def _inside(valid, row, column):  # type: ignore[no-untyped-def]
    return 0 <= row < valid.shape[0] and 0 <= column < valid.shape[1] and bool(valid[row, column])


def _weights(flow):  # type: ignore[no-untyped-def]
    return [(int(flow) >> (4 * k)) & 15 for k in range(8)]


def fill_pits(heights, valid):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.fill_pits`."""
    filled, closed = heights.copy(), np.zeros(valid.shape, bool)
    heap: list[tuple[float, int, int]] = []
    for row, column in np.argwhere(valid):
        if not all(_inside(valid, r, c) for _k, r, c in _around(row, column)):
            closed[row, column] = True
            heapq.heappush(heap, (filled[row, column], row, column))
    while heap:
        height, row, column = heapq.heappop(heap)
        for _k, r, c in _around(row, column):
            if _inside(valid, r, c) and not closed[r, c]:
                closed[r, c] = True
                filled[r, c] = max(filled[r, c], height)
                heapq.heappush(heap, (filled[r, c], r, c))
    return filled


def _axis(lines, ok):  # type: ignore[no-untyped-def]
    total = weight = 0.0
    for line, factor in enumerate((1.0, 2.0, 1.0)):
        (low, middle, high), (has_low, has_middle, has_high) = lines[line], ok[line]
        centre = lines[1][1]
        if has_low and has_high:
            total, weight = total + factor * (low - high), weight + 2 * factor
        elif has_low or has_high:
            other, sign = (low, 1.0) if has_low else (high, -1.0)
            near = line == 1 or has_middle
            total += sign * (factor * (other - middle) if near else (other - centre) * ROOT2)
            weight += factor
    return total / weight if weight else 0.0


def slope(heights, valid, cell_x, cell_y, nodata):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.slope`."""
    out = np.full(heights.shape, nodata, np.float32)
    for row, column in np.argwhere(valid):
        ok = [[_inside(valid, row + i, column + j) for j in (-1, 0, 1)] for i in (-1, 0, 1)]
        value = [
            [float(heights[row + i, column + j]) if ok[i + 1][j + 1] else 0.0 for j in (-1, 0, 1)] for i in (-1, 0, 1)
        ]
        across, down = _axis(value, ok), _axis(list(zip(*value, strict=True)), list(zip(*ok, strict=True)))
        out[row, column] = 100.0 * math.sqrt((across / cell_x) ** 2 + (down / cell_y) ** 2)
    return out


def _drops(heights, valid, row, column):  # type: ignore[no-untyped-def]
    drop, outside = [0.0] * 8, [False] * 8
    for k, r, c in _around(row, column):
        outside[k] = not _inside(valid, r, c)
        if not outside[k] and heights[row, column] > heights[r, c]:
            fall = float(heights[row, column] - heights[r, c])
            drop[k] = fall * ROOT2_INVERSE if k & 1 else fall
    return drop, outside


def _blocks(shape):  # type: ignore[no-untyped-def]
    for block_row in range(0, shape[0], 256):
        for block_column in range(0, shape[1], 256):
            for row in range(block_row, min(block_row + 256, shape[0])):
                for column in range(block_column, min(block_column + 256, shape[1])):
                    yield row, column


def _flat(heights, valid, row, column, seen):  # type: ignore[no-untyped-def]
    """The flat area around a cell, breadth first."""
    cells, queue = [], deque([(row, column)])
    seen[row, column] = True
    while queue:
        cell = queue.popleft()
        cells.append(cell)
        for _k, r, c in _around(*cell):
            if _inside(valid, r, c) and heights[r, c] == heights[cell] and not seen[r, c]:
                seen[r, c] = True
                queue.append((r, c))
    return cells


def _spread(heights, valid, drains, distance):  # type: ignore[no-untyped-def]
    """Relax distances from the drains, first in first out; yields (cell, direction of the way back)."""
    queue = deque(drains)
    for drain in drains:
        distance[drain] = 0.0
    while queue:
        cell = queue.popleft()
        for k, r, c in _around(*cell):
            step = distance[cell] + (ROOT2 if k & 1 else 1.0)
            if _inside(valid, r, c) and heights[r, c] == heights[cell] and distance[r, c] > step:
                distance[r, c] = step
                queue.append((r, c))
                yield (r, c), (k + 4) & 7


def _drains(heights, valid, flat):  # type: ignore[no-untyped-def]
    lower = [cell for cell in flat if any(_drops(heights, valid, *cell)[0])]
    return lower, [cell for cell in flat if any(_drops(heights, valid, *cell)[1])] if not lower else []


def flow_d8(heights, valid):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.flow_d8`."""
    out, seen = np.full(heights.shape, 128, np.uint8), np.zeros(heights.shape, bool)
    distance = np.full(heights.shape, np.inf)
    for row, column in _blocks(heights.shape):
        if not valid[row, column] or out[row, column] != 128:
            continue
        drop, _outside = _drops(heights, valid, row, column)
        if any(drop):
            out[row, column] = drop.index(max(drop))
            continue
        lower, outward = _drains(heights, valid, _flat(heights, valid, row, column, seen))
        for cell in lower:
            drop = _drops(heights, valid, *cell)[0]
            out[cell] = drop.index(max(drop))
        for cell in outward:
            outside = _drops(heights, valid, *cell)[1]
            out[cell] = next((k for k in (0, 2, 4, 6) if outside[k]), None) or next(
                k for k in (0, 2, 4, 6, 7, 5, 3, 1) if outside[k]
            )
        for cell, back in _spread(heights, valid, lower or outward, distance):
            out[cell] = back
    return out


def _pack(shares):  # type: ignore[no-untyped-def]
    total = sum(shares)
    return sum((int(0.5 + share / total * 15.0) & 15) << (4 * k) for k, share in enumerate(shares))


def flow_mfd(heights, valid):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.flow_mfd`."""
    out, seen = np.zeros(heights.shape, np.uint32), np.zeros(heights.shape, bool)
    distance = np.full(heights.shape, np.inf)
    length = [ROOT2_INVERSE if k & 1 else 1.0 for k in range(8)]
    for row, column in _blocks(heights.shape):
        if not valid[row, column] or out[row, column]:
            continue
        drop, _outside = _drops(heights, valid, row, column)
        if any(drop):
            out[row, column] = _pack(drop)
            continue
        if seen[row, column]:
            continue
        flat = _flat(heights, valid, row, column, seen)
        lower, outward = _drains(heights, valid, flat)
        for cell in lower:
            out[cell] = _pack(_drops(heights, valid, *cell)[0])
        for cell in outward:
            outside = _drops(heights, valid, *cell)[1]
            out[cell] = _pack([length[k] if outside[k] else 0.0 for k in range(8)])
        list(_spread(heights, valid, lower or outward, distance))
        for cell in flat:
            if not out[cell]:
                out[cell] = _pack([
                    length[k] if _inside(valid, r, c) and heights[r, c] == heights[cell] and distance[r, c] < distance[cell] else 0.0
                    for k, r, c in _around(*cell)
                ])  # fmt: skip
    return out


def flow_order(flow):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.flow_order`."""
    rows, columns = flow.shape
    waiting = np.zeros(flow.shape, int)
    for row, column in np.argwhere(flow):
        weights = _weights(flow[row, column])
        for k, r, c in _around(row, column):
            if weights[k] and 0 <= r < rows and 0 <= c < columns:
                waiting[r, c] += 1
    order = []
    ridges = [(row // 256, column // 256, row, column) for row, column in np.argwhere((flow != 0) & (waiting == 0))]
    for _block_row, _block_column, *ridge in sorted(ridges):
        stack = [tuple(ridge)]
        while stack:
            row, column = stack.pop()
            order.append(int(row * columns + column))
            weights = _weights(flow[row, column])
            for k, r, c in _around(row, column):
                if weights[k] and 0 <= r < rows and 0 <= c < columns:
                    waiting[r, c] -= 1
                    if waiting[r, c] == 0 and flow[r, c]:
                        stack.append((r, c))
    return np.array(order, np.int32)


def _arriving(flow, row, column):  # type: ignore[no-untyped-def]
    """Upslope neighbours with the share of theirs that flows here."""
    for k, r, c in _around(row, column):
        if 0 <= r < flow.shape[0] and 0 <= c < flow.shape[1]:
            weights = _weights(flow[r, c])
            if weights[(k + 4) & 7]:
                yield r, c, weights[(k + 4) & 7] / sum(weights)


def _leaving(flow, row, column):  # type: ignore[no-untyped-def]
    """Downslope neighbours within the map with their weight."""
    weights = _weights(flow[row, column])
    for k, r, c in _around(row, column):
        if weights[k] and 0 <= r < flow.shape[0] and 0 <= c < flow.shape[1]:
            yield k, r, c, weights[k]


def accumulate(flow, order, own, out):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.accumulate` and `gather`."""
    for cell in order:
        row, column = divmod(int(cell), flow.shape[1])
        total = float(out[row, column]) if own else 1.0
        for r, c, share in _arriving(flow, row, column):
            total += out[r, c] * share
        out[row, column] = total
    return out


def streams_mfd(flow, accumulation, threshold, trace_factor):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.streams_mfd`."""
    rows, columns = flow.shape
    streams = np.where(flow == 0, 255, 0).astype(np.uint8)
    for row, column in np.argwhere((flow != 0) & (accumulation >= threshold)):
        weights = _weights(flow[row, column])
        outlet = any(
            weights[k] and not (0 <= r < rows and 0 <= c < columns and flow[r, c]) for k, r, c in _around(row, column)
        )
        if streams[row, column] == 1 or not outlet:
            continue
        streams[row, column] = 1
        queue = deque([(row, column)])
        while queue:
            for r, c, _share in list(_arriving(flow, *queue.popleft())):
                if streams[r, c] != 0:
                    continue
                if accumulation[r, c] >= threshold:
                    streams[r, c] = 1
                    queue.append((r, c))
                    back = [(r, c)]
                    while back:
                        for _k, y, x, _w in list(_leaving(flow, *back.pop())):
                            if streams[y, x] == 2:
                                streams[y, x] = 1
                                back.append((y, x))
                elif accumulation[r, c] >= threshold * trace_factor:
                    streams[r, c] = 2
                    queue.append((r, c))
    streams[streams == 2] = 0
    return streams


def distance_to_channel(flow, order, streams, weights, own_weight, nodata):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.distance_to_channel`."""
    out = np.full(flow.shape, nodata, np.float64)
    for cell in order[::-1]:
        row, column = divmod(int(cell), flow.shape[1])
        if streams[row, column] == 1:
            out[row, column] = 0.0
            continue
        total = weight = 0.0
        for k, r, c, w in _leaving(flow, row, column):
            if flow[r, c] and out[r, c] != nodata:
                step = (
                    (ROOT2 if k & 1 else 1.0) if weights is None else weights[(row, column) if own_weight else (r, c)]
                )
                total, weight = total + w * (step + out[r, c]), weight + w
        if weight:
            out[row, column] = total / weight
    return out


def deposition(flow, order, ratio, flux, nodata):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.deposition`."""
    trapped = np.full(flow.shape, nodata, np.float32)
    ratio = ratio.astype(np.float64)
    for number in order:
        cell = divmod(int(number), flow.shape[1])
        if ratio[cell] == nodata:
            flux[cell] = nodata
        if flux[cell] == nodata:
            continue
        arriving = 0.0
        for r, c, share in _arriving(flow, *cell):
            if flux[r, c] != nodata:
                arriving += flux[r, c] * share
        below = [(w, ratio[r, c]) for _k, r, c, w in _leaving(flow, *cell) if flow[r, c]]
        mean = sum(w * (1.0 if x == 0.0 else x) for w, x in below if x != nodata)
        mean = max(mean / sum(w for w, _x in below) if below else mean, ratio[cell])
        part = 1.0 if ratio[cell] == 1.0 else (mean - ratio[cell]) / (1.0 - ratio[cell])
        trapped[cell] = part * arriving
        flux[cell] += (1.0 - part) * arriving
    return trapped


def _retention_of(flow, streams, efficiency, critical_length, out, cell, cell_size, nodata):  # type: ignore[no-untyped-def]
    if streams[cell] == 1:
        return 0.0
    own, length = float(efficiency[cell]), float(critical_length[cell])
    weights = _weights(flow[cell])
    if not own >= 0.0 or not sum(weights):
        return nodata
    total = 0.0
    for k, r, c, w in _leaving(flow, *cell):
        if (below := float(out[r, c])) == nodata:
            continue
        factor = math.exp(-5.0 * (cell_size * ROOT2 if k & 1 else cell_size) / length) if length > 0.0 else 0.0
        if below == 0.0:
            total += w * (own * (1.0 - factor))
        elif own > below:
            total += w * (below * factor + own * (1.0 - factor))
        else:
            total += w * below
    return total / sum(weights)


def retention(flow, order, streams, efficiency, critical_length, cell_size, block_order, nodata):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.retention`."""
    out = np.full(flow.shape, nodata, np.float32)
    given = (flow, streams, efficiency, critical_length, out)
    if not block_order:
        for number in order[::-1]:
            cell = divmod(int(number), flow.shape[1])
            out[cell] = _retention_of(*given, cell, cell_size, nodata)
        return out
    rows, columns = flow.shape
    ways = np.zeros(flow.shape, np.uint8)
    for row, column in np.argwhere(flow):
        ways[row, column] = sum(1 << k for k, weight in enumerate(_weights(flow[row, column])) if weight)
    for block_row in range(0, rows, 256):
        for block_column in range(0, columns, 256):
            stack = []
            for row in range(block_row, min(block_row + 256, rows)):
                for column in range(block_column, min(block_column + 256, columns)):
                    left = int(ways[row, column])
                    for k, r, c in _around(row, column):
                        if left >> k & 1 and not (0 <= r < rows and 0 <= c < columns and ways[r, c]):
                            left &= ~(1 << k)
                    if left != ways[row, column]:
                        ways[row, column] = left
                        stack.append((row, column))
            while stack:
                cell = stack.pop()
                out[cell] = _retention_of(*given, cell, cell_size, nodata)
                for k, r, c in _around(*cell):
                    bit = 1 << ((k + 4) & 7)
                    if 0 <= r < rows and 0 <= c < columns and ways[r, c] & bit:
                        ways[r, c] &= 255 - bit
                        if not ways[r, c]:
                            stack.append((r, c))
    return out


def upslope(flow, marked):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.upslope`."""
    queue = [tuple(cell) for cell in np.argwhere(marked)]
    while queue:
        for r, c, _share in _arriving(flow, *queue.pop()):
            if not marked[r, c]:
                marked[r, c] = 1
                queue.append((r, c))
    return marked


def label(codes, valid):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.label`."""
    labels, count = np.zeros(codes.shape, np.int32), 0
    for row, column in np.argwhere(valid):
        if labels[row, column]:
            continue
        count += 1
        labels[row, column], queue = count, [(row, column)]
        while queue:
            cell = queue.pop()
            for _k, r, c in _around(*cell):
                if _inside(valid, r, c) and not labels[r, c] and codes[r, c] == codes[cell]:
                    labels[r, c] = count
                    queue.append((r, c))
    return labels, count


def distance(source, above, below, none):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.distance`."""
    over = [(-side, column) for column, side in enumerate(above) if 0 < side < none]
    under = [(len(source) - 1 + side, column) for column, side in enumerate(below) if 0 < side < none]
    places = np.array([*np.argwhere(source).tolist(), *over, *under], np.int64).reshape(-1, 2)
    if not len(places):
        return np.full(source.shape, none, np.float32)
    cells = np.indices(source.shape).reshape(2, -1).T
    squared = ((cells[:, None, :] - places[None, :, :]) ** 2).sum(axis=2).min(axis=1)
    return np.sqrt(squared.astype(np.float64)).astype(np.float32).reshape(source.shape)
