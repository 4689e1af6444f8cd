"""Schedules: what share of an intervention is done in which year."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any

FIRST_YEAR, LAST_YEAR = 1900, 2200
ROUNDING = 0.005  # three times 33.3 % is meant as the whole


def parse_schedule(value: Any) -> list[dict[str, float]]:
    """Read a schedule: `[{"year", "share"}]`, the same as JSON text, or `2026:50%, 2027:50%`.

    Returns
    -------
    Rows sorted by year; shares are fractions that add up to 1.

    Raises
    ------
    ValueError
        With a reason that a person understands.
    """
    if isinstance(value, str):
        text = value.strip()
        value = (
            json.loads(text)
            if text.startswith("[")
            else [_parse_item(item) for item in re.split(r"[,;]", text) if item.strip()]
        )
    if not isinstance(value, list) or not value:
        raise ValueError("a schedule needs at least one year")
    rows = []
    for item in value:
        if not isinstance(item, dict) or set(item) != {"year", "share"}:
            raise ValueError("each step needs a year and a share")
        try:
            year, share = int(item["year"]), float(item["share"])
        except (TypeError, ValueError):
            raise ValueError(f"{item['year']}: {item['share']} is not a year and a share") from None
        if year != float(item["year"]) or not FIRST_YEAR <= year <= LAST_YEAR:
            raise ValueError(f"{item['year']} is not a year between {FIRST_YEAR} and {LAST_YEAR}")
        if not math.isfinite(share) or share <= 0 or share > 1:
            raise ValueError(f"the share of {year} must be above 0 and at most 1")
        rows.append({"year": year, "share": share})
    if len({row["year"] for row in rows}) != len(rows):
        raise ValueError("a year is named twice")
    total = sum(row["share"] for row in rows)
    if abs(total - 1) > ROUNDING:
        raise ValueError(f"the shares add up to {total:.0%} instead of 100%")
    for row in rows if abs(total - 1) > 1e-12 else []:
        row["share"] /= total
    return sorted(rows, key=lambda row: row["year"])


def _parse_item(item: str) -> dict[str, Any]:
    year, colon, share = item.partition(":")
    if not colon:
        return {"year": year.strip(), "share": 1.0}
    share = share.strip()
    return {"year": year.strip(), "share": float(share[:-1]) / 100 if share.endswith("%") else share}


def even_schedule(start_year: int, years: int) -> list[dict[str, float]]:
    """The same share in each of `years` years from `start_year`; the last takes the rounding."""
    share = 1 / years
    rows = [{"year": start_year + step, "share": share} for step in range(years)]
    rows[-1]["share"] = 1 - share * (years - 1)
    return rows


def dump_schedule(rows: Iterable[dict[str, float]]) -> str:
    """The stored spelling of a schedule."""
    return json.dumps([{"year": int(row["year"]), "share": float(row["share"])} for row in rows])


def show_schedule(rows: Iterable[dict[str, float]]) -> str:
    """The spelling a person types: `2026:50%, 2027:50%`."""
    return ", ".join(f"{int(row['year'])}:{float(row['share']) * 100:.6g}%" for row in rows)
