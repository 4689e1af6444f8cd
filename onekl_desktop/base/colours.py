"""Colours as people see them: how far apart two are, also for the colour-blind.

Differences are Euclidean distances in CIE L*a*b* (CIE 1976, D65). Colour-blind sight is simulated with the matrices of
Machado, Oliveira & Fernandes (2009, IEEE TVCG 15:1291-1298, table 1, severity 1.0) on linear RGB.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

Colour = tuple[float, float, float]
ALIKE = 12.0  # a difference below which two areas of a map are hard to tell apart
SIGHTS: dict[str, tuple[Colour, Colour, Colour]] = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}  # fmt: skip


def _linear(colour: str) -> Colour:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    r, g, b = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return r, g, b


@lru_cache(maxsize=4096)
def as_seen(colour: str, sight: str = "usual") -> Colour:
    """L*, a*, b* of #rrggbb for a kind of sight."""
    rgb = _linear(colour)
    r, g, b = (min(max(sum(m * part for m, part in zip(row, rgb, strict=True)), 0.0), 1.0) for row in SIGHTS[sight])
    x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def difference(a: str, b: str, sight: str = "usual") -> float:
    """How far apart two colours look."""
    return sum((p - q) ** 2 for p, q in zip(as_seen(a, sight), as_seen(b, sight), strict=True)) ** 0.5


def alike(colours: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of colours (by place) that some people cannot tell apart, the closest first."""
    found = []
    for i, j in combinations(range(len(colours)), 2):
        least = min(difference(colours[i], colours[j], sight) for sight in SIGHTS)
        if least < ALIKE:
            found.append((least, i, j))
    return [(i, j) for _least, i, j in sorted(found)]
