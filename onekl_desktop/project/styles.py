"""How a layer is drawn, as stored with it: parsed here, drawn by `cartography`, told to QGIS by `qgis_project`."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from typing import Any

# Twelve colours that stay apart for colour-blind eyes too (after Okabe & Ito 2008, widened with darker steps).
PALETTE = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#7f7f7f",
    "#1b4f72", "#7d5a00", "#00563f", "#7a3b5e",
)  # fmt: skip
RAMPS = {
    "elevation": ("#2f6b4f", "#8fb37a", "#e3d9a5", "#b58a5a", "#f5f2ee"),
    "change": ("#a6402e", "#e0a792", "#f2f0eb", "#9cc2ab", "#1f6f54"),
    "magnitude": ("#f3f0e6", "#c9d8b6", "#86b29a", "#3f8186", "#214f72"),
}


VECTOR_KINDS = ("single", "categorised", "graduated", "rules", "heat")
GROUPED = ("categorised", "graduated", "rules")
RASTER_KINDS = ("classes", "ramp", "hillshade")
HEAT_OPAQUE = 0.2  # share of the hottest place from which heat covers the ground
ELSE = "ELSE"  # the rule of what no other rule is for
MARKERS = ("circle", "square", "diamond", "triangle")
BLENDS = ("normal", "multiply", "screen", "darken", "lighten")
# Eight rows of eight pixels, a bit for each: what tells areas apart without colour.
PATTERNS = {
    "": (0, 0, 0, 0, 0, 0, 0, 0),
    "forward": (128, 64, 32, 16, 8, 4, 2, 1),
    "backward": (1, 2, 4, 8, 16, 32, 64, 128),
    "crossed": (129, 66, 36, 24, 24, 36, 66, 129),
    "horizontal": (255, 0, 0, 0, 0, 0, 0, 0),
    "vertical": (1, 1, 1, 1, 1, 1, 1, 1),
    "dots": (0, 0, 24, 24, 0, 0, 0, 0),
}
PATTERN_MARK = 0.55  # how light a pattern is beside its area
MOST_CLASSES = 254  # a byte of the drawing, less one for nothing


@dataclass
class StyleClass:
    """A value, the range from `low` to below `high` (the last class: to it) or a rule, with its label and colour.

    A rule is an expression; the last that holds is drawn, one of ELSE when none does.
    """

    value: Any
    label: str
    colour: str
    visible: bool = True
    low: float | None = None
    high: float | None = None
    pattern: str = ""
    rule: str = ""

    def dump(self) -> dict[str, Any]:
        """Only what is given."""
        plain = {"visible": True, "low": None, "high": None, "pattern": "", "rule": ""}
        return {key: value for key, value in asdict(self).items() if key not in plain or value != plain[key]}


@dataclass
class Style:
    """`kind`: single, categorised, graduated, rules or heat (vectors; heat of points, each with the weight of `column`
    where there is one, spread over `radius`); classes (land cover, colours from the legend), ramp or
    hillshade (rasters). Lengths are millimetres on paper; `near_scale` and `far_scale` are denominators of the scales
    between which the layer shows.
    """

    kind: str = "single"
    fill: str = "#8fb37a"
    outline: str = "#3a4a44"
    width: float = 0.3
    filled: bool = True
    pattern: str = ""
    dashes: list[float] = field(default_factory=list)
    marker: str = "circle"
    size: float = 1.7
    radius: float = 5.0
    column: str = ""
    classes: list[StyleClass] = field(default_factory=list)
    label_column: str = ""
    label_size: float = 8.25
    label_colour: str = "#1d2a26"
    ramp: str = "elevation"
    low: float | None = None
    high: float | None = None
    hidden_codes: list[int] = field(default_factory=list)
    azimuth: float = 315.0
    altitude: float = 45.0
    blend: str = "normal"
    near_scale: float | None = None
    far_scale: float | None = None

    def dump(self) -> str:
        """The stored spelling; only what differs from the defaults."""
        plain, own = asdict(Style()), asdict(self)
        own["classes"] = [cls.dump() for cls in self.classes]
        return json.dumps({key: value for key, value in own.items() if value != plain[key]}, ensure_ascii=False)

    def shows_at(self, scale: float) -> bool:
        """Whether the layer shows at a scale of 1 : `scale`."""
        return (self.near_scale or 0.0) <= scale * 1.001 and scale <= (self.far_scale or float("inf")) * 1.001


CHOICES = {"kind": (*VECTOR_KINDS, *RASTER_KINDS), "marker": MARKERS, "blend": BLENDS, "pattern": tuple(PATTERNS),
           "ramp": tuple(RAMPS)}  # fmt: skip
LIMITS = {"width": (0.0, 50.0), "size": (0.0, 50.0), "label_size": (1.0, 200.0), "radius": (0.5, 100.0), "azimuth": (0.0, 360.0),
          "altitude": (0.0, 90.0)}  # fmt: skip


def load_style(text: str) -> Style:
    """A stored style; what cannot be understood falls back to the defaults (the file may be a stranger's)."""
    try:
        given = json.loads(text or "{}")
    except (ValueError, RecursionError):
        given = {}
    style = Style()
    if not isinstance(given, dict):
        return style
    for key, value in given.items():
        if key == "classes" and isinstance(value, list):
            style.classes = [cls for cls in map(_load_class, value) if cls is not None]
        elif key == "hidden_codes" and isinstance(value, list):
            style.hidden_codes = [int(code) for code in value if isinstance(code, int)]
        elif key == "dashes" and isinstance(value, list):
            lengths = [_number(length) for length in value[:8]]
            if len(lengths) % 2 == 0 and all(length is not None and 0 <= length <= 100 for length in lengths):
                style.dashes = [length for length in lengths if length is not None]
        elif key in ("low", "high", "near_scale", "far_scale"):
            setattr(style, key, _number(value))
        elif key in ("fill", "outline", "label_colour"):
            setattr(style, key, as_colour(value))
        elif key in CHOICES:
            if value in CHOICES[key]:
                setattr(style, key, value)
        elif key in LIMITS:
            low, high = LIMITS[key]
            number = _number(value)
            if number is not None:
                setattr(style, key, min(max(number, low), high))
        elif (key == "filled" and isinstance(value, bool)) or (
            key in ("column", "label_column") and isinstance(value, str)
        ):
            setattr(style, key, value)
    return style


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _load_class(item: Any) -> StyleClass | None:
    if not isinstance(item, dict) or not {"value", "label", "colour"} <= set(item):
        return None
    pattern = item.get("pattern")
    return StyleClass(
        item["value"], str(item["label"]), as_colour(item["colour"]), bool(item.get("visible", True)), _number(item.get("low")),
        _number(item.get("high")), pattern if isinstance(pattern, str) and pattern in PATTERNS else "", str(item.get("rule") or ""),
    )  # fmt: skip


def as_colour(value: Any) -> str:
    """#rrggbb; anything else becomes a neutral grey."""
    text = str(value).lower()
    ok = len(text) == 7 and text[0] == "#" and all(ch in "0123456789abcdef" for ch in text[1:])
    return text if ok else "#999999"


def darker(colour: str, share: float) -> str:
    """The same hue with so much of its light."""
    return "#" + "".join(f"{round(part * share):02x}" for part in rgb(colour))


def ramp_steps(name: str, count: int) -> list[str]:
    """So many colours along a ramp."""
    return [ramp_at(name, step / max(count - 1, 1)) for step in range(count)]


def ramp_at(name: str, share: float) -> str:
    """The colour at a share of a ramp's length."""
    anchors = [rgb(colour) for colour in RAMPS[name]]
    place = min(max(share, 0.0), 1.0) * (len(anchors) - 1)
    at = min(int(place), len(anchors) - 2)
    parts = [round(a + (b - a) * (place - at)) for a, b in zip(anchors[at], anchors[at + 1], strict=True)]
    return "#" + "".join(f"{part:02x}" for part in parts)


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green, blue 0..255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
