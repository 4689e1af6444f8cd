"""What a GPS receiver writes (NMEA 0183): fixes of GGA and RMC sentences whose checksum is right, and their average.

Positions are WGS 84. A fix of quality 0, or of a receiver that says that it has none (RMC status V), is left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.translate import _

LARGEST = 200_000_000  # bytes
LONGEST_LINE = 120
EARTH_M = 6_371_008.8
ENOUGH = 10  # fixes from which a wild one can be told


@dataclass(frozen=True)
class Fix:
    """A position in degrees with the dilution of precision (1 where it is not told) and the seconds of its day."""

    longitude: float
    latitude: float
    dilution: float = 1.0
    second: float = math.nan


@dataclass(frozen=True)
class Average:
    """The mean place of several fixes, its spread (m, root mean square) and how many went into it."""

    longitude: float
    latitude: float
    spread_m: float
    count: int


def read_fixes(path: Path) -> list[Fix]:
    """Fixes of a file in their order.

    Raises
    ------
    UserError
        `gps.unreadable`: no sentence with a position is in it; or a problem of the medium.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise UserError("gps.unreadable", file=path, reason=_("it is too large"))
        text = path.read_text(encoding="ascii", errors="replace")
    except OSError as problem:
        raise explain_os_error(problem, path) from None
    fixes, seen, broken = parse_sentences(text.splitlines())
    if not fixes:
        reason = _("{count} sentences are damaged").format(count=broken) if broken else _("its receiver had no position") if seen else _("no sentence with a position is in it")  # fmt: skip
        raise UserError("gps.unreadable", file=path, reason=reason)
    return fixes


def parse_sentences(lines: Iterable[str]) -> tuple[list[Fix], int, int]:
    """Fixes, how many sentences with a position were seen, and how many were damaged.

    GGA tells the dilution, so where there are any RMC of the same second are left out.
    """
    sentences = Sentences()
    for line in lines:
        sentences.add(line)
    return sentences.fixes, sentences.seen, sentences.broken


class Sentences:
    """What a receiver says, sentence by sentence: for files, and while it talks."""

    def __init__(self) -> None:
        self._found: list[tuple[bool, Fix]] = []
        self._exact: set[float] = set()  # seconds that a GGA told
        self.seen = self.broken = self.sound = 0  # with a position; of a wrong checksum; of any kind with a right one

    def add(self, line: str) -> Fix | None:
        """Take a line; the position that it tells, if any."""
        start = line.find("$")
        if start < 0 or len(line) - start > LONGEST_LINE:
            return None
        body, star, given = line[start + 1 :].strip().partition("*")
        fits = bool(star) and _fits(body, given)
        self.sound += fits
        kind = body[2:5]
        if kind not in ("GGA", "RMC"):
            return None
        if star and not fits:
            self.broken += 1
            return None
        self.seen += 1
        fix = _gga(body.split(",")) if kind == "GGA" else _rmc(body.split(","))
        if fix is not None:
            self._found.append((kind == "GGA", fix))
            if kind == "GGA":
                self._exact.add(fix.second)
        return fix

    @property
    def fixes(self) -> list[Fix]:
        """Positions in their order; where GGA told one, RMC of the same second are left out."""
        return [fix for exact, fix in self._found if exact or fix.second not in self._exact]


def _fits(body: str, given: str) -> bool:
    total = 0
    for ch in body:
        total ^= ord(ch) & 255
    try:
        return total == int(given[:2], 16)
    except ValueError:
        return False


def _gga(parts: list[str]) -> Fix | None:
    if len(parts) < 9 or parts[6] in ("", "0"):
        return None
    return _fix(parts[1], parts[2:6], parts[8])


def _rmc(parts: list[str]) -> Fix | None:
    if len(parts) < 7 or parts[2] != "A":
        return None
    return _fix(parts[1], parts[3:7], "")


def _fix(time: str, place: list[str], dilution: str) -> Fix | None:
    try:
        latitude, longitude = _degrees(place[0], 2), _degrees(place[2], 3)
        second = int(time[:2]) * 3600 + int(time[2:4]) * 60 + float(time[4:]) if time else math.nan
        spread = float(dilution) if dilution else 1.0
    except ValueError:
        return None
    if (
        place[1] not in ("N", "S")
        or place[3] not in ("E", "W")
        or latitude > 90
        or longitude > 180
        or not 0 < spread < 100
    ):
        return None
    return Fix(longitude * (1 if place[3] == "E" else -1), latitude * (1 if place[1] == "N" else -1), spread, second)


def _degrees(text: str, digits: int) -> float:
    """ddmm.mmmm as degrees."""
    whole, minutes = int(text[:digits]), float(text[digits:])
    if not 0 <= minutes < 60:
        raise ValueError(text)
    return whole + minutes / 60


def average(fixes: list[Fix]) -> Average:
    """The mean weighted by 1 / dilution^2 (the variance of a fix grows with it); fixes beyond three spreads are left out once."""
    kept = fixes
    for _time in range(2):
        weight = np.array([1 / fix.dilution**2 for fix in kept])
        xy = np.array([(fix.longitude, fix.latitude) for fix in kept])
        middle = (xy * weight[:, None]).sum(axis=0) / weight.sum()
        metres = np.radians(xy - middle) * EARTH_M * np.array([math.cos(math.radians(middle[1])), 1.0])
        away = np.hypot(*metres.T)
        spread = float(np.sqrt((weight * away**2).sum() / weight.sum()))
        near = [fix for fix, gap in zip(kept, away, strict=True) if gap <= 3 * max(spread, 1e-9)]
        if len(near) == len(kept) or len(kept) < ENOUGH:
            break
        kept = near
    return Average(float(middle[0]), float(middle[1]), spread, len(kept))
