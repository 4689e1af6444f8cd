"""A page to print a map on, as data: paper, what stands on it, and where. Kept in the project, filled anew for each map."""

from __future__ import annotations

import base64
import binascii
import json
import math
from dataclasses import asdict, dataclass
from typing import Any

PAPERS = {"A4": (210.0, 297.0), "A3": (297.0, 420.0), "A2": (420.0, 594.0), "A1": (594.0, 841.0), "A0": (841.0, 1189.0)}
GRIDS = ("none", "ticks", "lines")
LARGEST_LOGO = 700_000  # characters of base64
BLANKS = ("landscape", "place", "scale", "date", "author")


@dataclass
class Layout:
    """`title`, `subtitle` and `text` may hold {landscape}, {place}, {scale}, {date} and {author}. Lengths are millimetres."""

    name: str = ""
    paper: str = "A4"
    upright: bool = False
    margin_mm: float = 10.0
    title: str = "{landscape}"
    subtitle: str = ""
    text: str = ""
    legend: bool = True
    scale_bar: bool = True
    north: bool = True
    grid: str = "ticks"
    index_map: bool = True
    sources: bool = True
    facts: bool = True
    logo: str = ""
    scale: float | None = None
    fade: bool = True

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height of the paper."""
        short, long = PAPERS[self.paper]
        return (short, long) if self.upright else (long, short)

    @property
    def factor(self) -> float:
        """How much larger texts are than on A4: a poster is read from farther away, but not as far as it is large."""
        return (PAPERS[self.paper][0] / PAPERS["A4"][0]) ** 0.6

    def dump(self) -> str:
        """The stored spelling; only what differs from the defaults."""
        plain = asdict(Layout())
        return json.dumps(
            {key: value for key, value in asdict(self).items() if value != plain[key] and key != "name"},
            ensure_ascii=False,
        )

    def logo_bytes(self) -> bytes:
        """The logo's picture; b'' for none."""
        try:
            return base64.b64decode(self.logo, validate=True)
        except (binascii.Error, ValueError):
            return b""


def load_layout(text: str, name: str = "") -> Layout:
    """A stored layout; what cannot be understood falls back to the defaults (the file may be a stranger's)."""
    try:
        given = json.loads(text or "{}")
    except (ValueError, RecursionError):
        given = {}
    layout = Layout(name=name)
    for key, value in given.items() if isinstance(given, dict) else []:
        if not hasattr(layout, key) or key in ("name", "size_mm", "factor"):
            continue
        present = getattr(Layout(), key)
        if key == "paper":
            layout.paper = value if isinstance(value, str) and value in PAPERS else layout.paper
        elif key == "grid":
            layout.grid = value if value in GRIDS else layout.grid
        elif key == "scale":
            layout.scale = float(value) if _is_number(value) and 1 <= value <= 1e9 else None
        elif key == "margin_mm":
            layout.margin_mm = min(max(float(value), 0.0), 60.0) if _is_number(value) else layout.margin_mm
        elif (isinstance(present, bool) and isinstance(value, bool)) or (
            isinstance(present, str) and isinstance(value, str) and len(value) <= LARGEST_LOGO
        ):
            setattr(layout, key, value)
    return layout


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def fill(text: str, facts: dict[str, str]) -> str:
    """A text with its blanks filled; what is no blank stays as it is."""
    for name in BLANKS:
        text = text.replace("{" + name + "}", facts.get(name, ""))
    return text


@dataclass(frozen=True)
class Frame:
    """A place on the paper in millimetres."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Plan:
    """Where everything stands: the title above, the map, and what explains it beside (or, upright, below)."""

    title: Frame
    map: Frame
    side: Frame
    columns: int


def plan_page(layout: Layout) -> Plan:
    """Divide the paper."""
    width, height = layout.size_mm
    k, m = layout.factor, layout.margin_mm
    head = (0.0 if not layout.title else 9.0 * k) + (0.0 if not layout.subtitle else 5.5 * k)
    inner_w, inner_h = width - 2 * m, height - 2 * m
    explained = layout.legend or layout.index_map or layout.sources or layout.facts or layout.text
    gap = 4.0 * k
    if not explained:
        return Plan(Frame(m, m, inner_w, head), Frame(m, m + head, inner_w, inner_h - head), Frame(m, m, 0, 0), 1)
    if layout.upright:
        side = min(62.0 * k, inner_h * 0.34)
        body = Frame(m, m + head, inner_w, inner_h - head - side - gap)
        return Plan(Frame(m, m, inner_w, head), body, Frame(m, m + inner_h - side, inner_w, side), 3)
    side = min(62.0 * k, inner_w * 0.3)
    body = Frame(m, m + head, inner_w - side - gap, inner_h - head)
    return Plan(Frame(m, m, inner_w, head), body, Frame(m + inner_w - side, m + head, side, inner_h - head), 1)
