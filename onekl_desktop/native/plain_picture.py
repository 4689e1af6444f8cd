"""NumPy twins of the drawing kernels: what each must compute, in the fewest words."""

from __future__ import annotations

import itertools
import math

import numpy as np

from onekl_desktop.native.plain import fill_polygon

FAR = 1e9


def _pixels(figures):  # type: ignore[no-untyped-def]
    a, b, c, d, e, f = figures.affine
    x, y = figures.xy.astype(np.float64).T if len(figures.xy) else (np.zeros(0), np.zeros(0))
    with np.errstate(all="ignore"):
        return np.column_stack([a * x + b * y + c, d * x + e * y + f])


def _parts(figures, alone=False):  # type: ignore[no-untyped-def]
    """Each chosen shape with its number among them and its parts in pixels; a vertex that is no number takes the place of
    the one before, of its part (`alone`) or of the shape.
    """
    xy, parts, shapes = _pixels(figures), figures.part_offsets, figures.shape_offsets
    for k, shape in enumerate(figures.chosen.tolist()):
        if not 0 <= shape < len(shapes) - 1:
            continue
        first, last = int(shapes[shape]), int(shapes[shape + 1])
        bounds = parts[max(first, 0) : last + 1]
        if first < 0 or last > len(parts) - 1 or last <= first or bounds[0] < 0 or bounds[-1] > len(xy):
            continue
        if (np.diff(bounds) < 0).any():
            continue
        own = xy[bounds[0] : bounds[-1]].copy()
        before = np.array([-FAR, -FAR])
        pieces = []
        for start, stop in itertools.pairwise((bounds - bounds[0]).tolist()):
            before = np.array([-FAR, -FAR]) if alone else before
            for i in range(start, stop):
                if not (np.abs(own[i]) < FAR).all():
                    own[i] = before
                before = own[i]
            pieces.append(own[start:stop])
        yield k, pieces


def draw_areas(figures, values, codes, grain):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.picture.draw_areas`."""
    rows, columns = codes.shape
    for k, parts in _parts(figures):
        xy = np.vstack(parts) if parts else np.zeros((0, 2))
        if not len(xy) or xy[:, 0].max() < 0 or xy[:, 0].min() > columns:
            continue
        offsets = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
        if fill_polygon(xy, offsets, codes, int(values[k])):
            continue
        high = np.clip(np.ceil(xy[:, 1] - 0.5), 0, rows)
        x, y = math.floor(xy[0, 0] / grain), math.floor(xy[0, 1] / grain)
        small = np.ptp(xy[:, 0]) < 4 * grain and np.ptp(high) <= 4 * grain
        if small and x >= 0 and y >= 0 and (x + 1) * grain <= columns and (y + 1) * grain <= rows:
            codes[y * grain : (y + 1) * grain, x * grain : (x + 1) * grain] = values[k]


class _Plane:
    def __init__(self, cover, codes) -> None:  # type: ignore[no-untyped-def]
        self.cover, self.codes = cover, codes

    def touch(self, row: int, column: int, amount: float, code: int) -> None:
        if not (0 <= row < self.cover.shape[0] and 0 <= column < self.cover.shape[1]):
            return
        strength = int(amount * 255 + 0.5)
        if strength > self.cover[row, column]:
            self.cover[row, column] = strength
            if self.codes is not None:
                self.codes[row, column] = code


def _first(value: float, size: int) -> int:
    return int(min(max(math.ceil(value - 0.5), 0), size))


def _thin(plane, line, strength, code):  # type: ignore[no-untyped-def]
    x0, y0, x1, y1 = line
    steep = abs(y1 - y0) > abs(x1 - x0)
    a0, b0, a1, b1 = (y0, x0, y1, x1) if steep else (x0, y0, x1, y1)
    if a0 > a1:
        a0, b0, a1, b1 = a1, b1, a0, b0
    for a in range(_first(a0, plane.cover.shape[0 if steep else 1]), _first(a1, plane.cover.shape[0 if steep else 1])):
        b = b0 + (a + 0.5 - a0) * ((b1 - b0) / (a1 - a0)) - 0.5
        low = math.floor(b)
        for beside, share in ((low, 1 - (b - low)), (low + 1, b - low)):
            row, column = (a, beside) if steep else (beside, a)
            plane.touch(row, column, share * strength, code)


def _broad(plane, line, half, code):  # type: ignore[no-untyped-def]
    x0, y0, x1, y1 = line
    reach, square = half + 0.5, (x1 - x0) ** 2 + (y1 - y0) ** 2
    rows, columns = plane.cover.shape
    for row in range(_first(min(y0, y1) - reach, rows), _first(max(y0, y1) + reach, rows)):
        for column in range(_first(min(x0, x1) - reach, columns), _first(max(x0, x1) + reach, columns)):
            px, py = column + 0.5 - x0, row + 0.5 - y0
            t = min(max((px * (x1 - x0) + py * (y1 - y0)) / square, 0), 1) if square > 0 else 0
            away = math.hypot(px - t * (x1 - x0), py - t * (y1 - y0))
            if away < reach:
                plane.touch(row, column, min(reach - away, 1), code)


def _dashed(x0, y0, x1, y1, begun, dashes):  # type: ignore[no-untyped-def]
    length = math.hypot(x1 - x0, y1 - y0)
    at, done, dash = math.fmod(begun, sum(dashes)), 0.0, 0
    while dash + 1 < len(dashes) and at >= dashes[dash]:
        at -= dashes[dash]
        dash += 1
    while done < length:
        step = min(max(dashes[dash] - at, 1e-3), length - done)
        if dash % 2 == 0:
            a, b = done / length, (done + step) / length
            yield x0 + (x1 - x0) * a, y0 + (y1 - y0) * a, x0 + (x1 - x0) * b, y0 + (y1 - y0) * b
        done, at, dash = done + step, 0.0, (dash + 1) % len(dashes)


def draw_lines(figures, width, cover, closed, values, codes, dashes):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.picture.draw_lines`."""
    plane, (rows, columns), margin = _Plane(cover, codes), cover.shape, width / 2 + 1
    for k, parts in _parts(figures, alone=True):
        code = 0 if values is None else int(values[k])
        for part in parts:
            if len(part) < 2:
                continue
            ring = np.vstack([part, part[:1]]) if closed and (part[0] != part[-1]).any() else part
            walked = 0.0
            for (x0, y0), (x1, y1) in itertools.pairwise(ring.tolist()):
                length = math.hypot(x1 - x0, y1 - y0) if sum(dashes) > 0 else 0.0
                begun, walked = walked, 0.0 if length > 1e5 else walked + length
                if (
                    max(x0, x1) < -margin
                    or max(y0, y1) < -margin
                    or min(x0, x1) > columns + margin
                    or min(y0, y1) > rows + margin
                ):
                    continue
                whole = sum(dashes) <= 0.5 or length > 1e5
                for piece in [(x0, y0, x1, y1)] if whole else _dashed(x0, y0, x1, y1, begun, dashes):
                    if width <= 1.5:
                        _thin(plane, piece, min(width, 1.0), code)
                    else:
                        _broad(plane, piece, width / 2, code)


def _split(pixels):  # type: ignore[no-untyped-def]
    """Alpha, red, green, blue as int64, shape (..., 4)."""
    return (np.asarray(pixels, np.int64)[..., None] >> np.array([24, 16, 8, 0])) & 255


def _join(parts):  # type: ignore[no-untyped-def]
    return (parts << np.array([24, 16, 8, 0])).sum(axis=-1).astype(np.uint32)


def _scaled(parts, share):  # type: ignore[no-untyped-def]
    return parts * np.asarray(share)[..., None] >> 8


def _over(top, below):  # type: ignore[no-untyped-def]
    rest = 255 - top[..., 0]
    return (top + _scaled(below, rest + (rest >> 7))) & 255


def _outside(marker, x, y, radius):  # type: ignore[no-untyped-def]
    if marker == 1:
        return max(abs(x), abs(y)) - radius * 0.886
    if marker == 2:
        return (abs(x) + abs(y)) * 0.7071067811865476 - radius * 0.886
    if marker == 3:
        return max(abs(x) * 0.8660254037844386 - y * 0.5, y) - radius * 0.778
    return math.sqrt(x * x + y * y) - radius


def draw_points(figures, values, colours, out, radius, marker, rim, rim_colour):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.picture.draw_points`."""
    rows, columns = out.shape
    reach = radius * 1.5 + rim + 1
    for k, parts in _parts(figures):
        for x, y in np.vstack(parts).tolist() if parts else []:
            for row in range(_first(y - reach, rows), _first(y + reach, rows)):
                for column in range(_first(x - reach, columns), _first(x + reach, columns)):
                    away = _outside(marker, column + 0.5 - x, row + 0.5 - y, radius)
                    layers = [(rim + 0.5 - away, rim_colour)] if rim > 0 and away < rim + 0.5 else []
                    layers += [(0.5 - away, int(colours[values[k]]))] if away < 0.5 else []
                    for amount, colour in layers:
                        share = 256 if amount >= 1 else int(amount * 256)
                        out[row, column] = _join(_over(_scaled(_split(colour), share), _split(out[row, column])))


def compose(out, codes, colours, patterns, marks, cover, cover_codes, inks, phase):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.picture.compose`."""
    rows, columns = out.shape
    if codes is not None:
        samples = _split(colours[codes])
        if patterns is not None:
            r = (np.arange(2 * rows) // 2 + phase[0]) % 8
            c = (np.arange(2 * columns) // 2 + phase[1]) % 8
            on = patterns[codes, r[:, None]] >> c[None, :] & 1
            samples = np.where(on[..., None] == 1, _split(marks[codes]), samples)
        sums = samples.reshape(rows, 2, columns, 2, 4).sum(axis=(1, 3))
        out[...] = _join((sums + 2) >> 2)
    if cover is not None:
        ink = _split(inks[np.zeros_like(cover) if cover_codes is None else cover_codes])
        amount = cover.astype(np.int64)
        out[...] = np.where(cover > 0, _join(_over(_scaled(ink, amount + (amount >> 7)), _split(out))), out)


def blend(top, opacity, mode, out):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.picture.blend`."""
    share = 256 if opacity >= 1 else 0 if opacity <= 0 else int(opacity * 256 + 0.5)
    source = _scaled(_split(top), np.full(top.shape, share))
    below = _split(out)
    alpha, ground = source[..., :1], below[..., :1]
    if mode == 0:
        mixed = np.where(alpha == 255, source, _over(source, below))
    else:
        s, b = source[..., 1:], below[..., 1:]
        sb, bs = s * ground, b * alpha
        both = {1: s * b, 2: sb + bs - s * b, 3: np.minimum(sb, bs)}.get(mode, np.maximum(sb, bs))
        parts = np.minimum((s * (255 - ground) + b * (255 - alpha) + both + 127) // 255, 255)
        mixed = np.concatenate([(alpha * 255 + ground * (255 - alpha) + 127) // 255, parts], axis=-1)
    out[...] = np.where(alpha[..., 0] == 0, out, _join(mixed))


def _cells(affine, shape):  # type: ignore[no-untyped-def]
    y, x = (np.indices(shape) + 0.5).astype(np.float64)
    a, b, c, d, e, f = affine
    return a * x + b * y + c, d * x + e * y + f


def sample_codes(cells, affine, colours, out):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.picture.sample_codes`."""
    x, y = _cells(affine, out.shape)
    with np.errstate(invalid="ignore"):
        inside = (x >= 0) & (x < cells.shape[1]) & (y >= 0) & (y < cells.shape[0])
        codes = cells[np.where(inside, y, 0).astype(int), np.where(inside, x, 0).astype(int)] if cells.size else 0
    table = np.zeros(65_536, np.uint32)
    table[: len(colours)] = colours[:65_536]
    out[...] = np.where(inside, table[codes], 0)


def sample_ramp(cells, affine, low, high, nodata, smooth, colours, out):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.picture.sample_ramp`."""
    x, y = _cells(affine, out.shape)
    known = np.isfinite(cells) & (cells != nodata)

    def look(columns, rows):  # type: ignore[no-untyped-def]
        inside = (columns >= 0) & (columns < cells.shape[1]) & (rows >= 0) & (rows < cells.shape[0])
        at = np.where(inside, rows, 0).astype(int), np.where(inside, columns, 0).astype(int)
        has = inside & known[at]
        return np.where(has, cells[at].astype(np.float64), 0.0), has

    if not cells.size:
        out[...] = 0
        return
    values, has = look(x, y)
    if smooth:
        fx, fy = np.floor(x - 0.5), np.floor(y - 0.5)
        total, weights = np.zeros(out.shape), np.zeros(out.shape)
        for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
            some, there = look(fx + dx, fy + dy)
            w = (1 - np.abs(x - 0.5 - fx - dx)) * (1 - np.abs(y - 0.5 - fy - dy)) * there
            total, weights = total + w * some, weights + w
        values = np.where(weights > 0, total / np.where(weights > 0, weights, 1), values)
    place = (values - low) * (255 / (high - low) if high > low else 0.0)
    out[...] = np.where(has, colours[np.clip(place, 0, 255).astype(int)], 0)


def touching(boxes, box):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.picture.touching`."""
    left, bottom, right, top = box
    meets = (boxes[:, 0] <= right) & (boxes[:, 2] >= left) & (boxes[:, 1] <= top) & (boxes[:, 3] >= bottom)
    return np.flatnonzero(meets).astype(np.int64)


def coarsen(xy, part_offsets, origin, unit):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.picture.coarsen`."""
    out: list[list[int]] = []
    offsets = [0]
    for first, last in itertools.pairwise(part_offsets.tolist()):
        begin = len(out)
        for px, py in xy[first:last].tolist() if first >= 0 and last <= len(xy) else []:
            fx, fy = (px - origin[0]) / unit, (py - origin[1]) / unit
            if not (abs(fx) < 1e9 and abs(fy) < 1e9):
                continue
            x, y = math.floor(fx + 0.5), math.floor(fy + 0.5)
            if len(out) > begin and out[-1] == [x, y]:
                continue
            if len(out) > begin + 1:
                ax, ay, bx, by = out[-1][0] - out[-2][0], out[-1][1] - out[-2][1], x - out[-1][0], y - out[-1][1]
                if ax * by == ay * bx and ax * bx + ay * by > 0:
                    out[-1] = [x, y]
                    continue
            out.append([x, y])
        offsets.append(len(out))
    return np.array(out, np.int32).reshape(-1, 2), np.array(offsets, np.int64)
