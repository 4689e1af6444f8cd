"""NumPy twins of the kernels of the land-use projection."""

from __future__ import annotations

import numpy as np


def move_neighbours(counts, n_classes, radii, cells, before, after):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.allocation.move_neighbours`."""
    rows, columns = counts.shape[:2]
    held = (cells >= 0) & (cells < rows * columns) & (before != after)
    cells, before, after = cells[held], before[held], after[held]
    for number, radius in enumerate(radii):
        for classes, by in ((before, -1), (after, 1)):
            for code in np.unique(classes[classes < n_classes]):
                put = np.zeros((rows, columns), np.int64)
                put.ravel()[cells[classes == code]] = by
                total = np.pad(put, ((radius + 1, radius), (radius + 1, radius))).cumsum(0).cumsum(1)
                side = 2 * radius + 1
                near = total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
                layer = counts[:, :, number * n_classes + code]
                layer += near.astype(np.uint8)  # modulo 256: what is taken away wraps


def scores(counts, members, fixed, weights, least):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.allocation.scores`."""
    out = fixed.copy()
    flat = counts.reshape(-1, counts.shape[2])
    held = (members >= 0) & (members < len(flat))
    for number, weight in enumerate(weights):
        lanes = np.zeros((4, int(held.sum())), np.float32)
        for k, each in enumerate(weight):
            lanes[k % 4] += each * flat[members[held], k].astype(np.float32)
        out[number, held] += (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
    out[:, ~held] = -np.inf
    out[~(fixed > least[:, None])] = -np.inf
    return out


def candidates(counts, members, fixed, weights, least, floors):  # type: ignore[no-untyped-def]
    """See `onekl_desktop.native.allocation.candidates`."""
    found = scores(counts, members, fixed, weights, least)
    positions = [np.flatnonzero(row > floor).astype(np.int32) for row, floor in zip(found, floors, strict=True)]
    return [(where, found[number, where]) for number, where in enumerate(positions)]
