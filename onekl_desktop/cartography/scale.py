"""Scale bars with round lengths."""

from __future__ import annotations

import math


def round_length(most: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is not above `most`."""
    power = 10 ** math.floor(math.log10(most))
    return max(step * power for step in (1, 2, 5) if step * power <= most * (1 + 1e-9))


def bar(unit_per_pixel: float, most_pixels: float) -> tuple[float, str]:
    """Pixels and label of a scale bar at most so long; map units are metres."""
    length = round_length(unit_per_pixel * most_pixels)
    label = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    return length / unit_per_pixel, label
