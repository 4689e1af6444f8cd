"""The finance oracles: our own reference project and functions, worked out in exact rational arithmetic."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "golden" / "finance"


def finance_oracle(name: str) -> Any:
    """A document of the oracles."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def passes(found: Any, expected: Any, tolerance: dict[str, Any]) -> bool:
    """Whether a figure passes within its tolerance; null is not 0, lists pass element by element."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(key in found and passes(found[key], value, tolerance) for key, value in expected.items())  # fmt: skip
    if isinstance(expected, list):
        return isinstance(found, list) and len(found) == len(expected) and all(passes(a, b, tolerance) for a, b in zip(found, expected, strict=True))  # fmt: skip
    if expected is None or isinstance(expected, bool | str) or tolerance.get("family") == "exact":
        return bool(found == expected) and (found is None) == (expected is None)
    return isinstance(found, int | float) and abs(found - expected) <= max(tolerance["absolute"], tolerance["relative"] * abs(expected))  # fmt: skip
