"""How a layer is drawn, as stored with it: parsed here, drawn by `cartography`, told to QGIS by `qgis_project`."""

from __future__ import annotations

import json
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


@dataclass
class StyleClass:
    """One value with its label and colour."""

    value: Any
    label: str
    colour: str
    visible: bool = True


@dataclass
class Style:
    """`kind`: single or categorised (vectors), classes (land cover, colours from the legend) or ramp (rasters)."""

    kind: str = "single"
    fill: str = "#8fb37a"
    outline: str = "#3a4a44"
    width: float = 0.3
    filled: bool = True
    column: str = ""
    classes: list[StyleClass] = field(default_factory=list)
    label_column: str = ""
    ramp: str = "elevation"
    low: float | None = None
    high: float | None = None
    hidden_codes: list[int] = field(default_factory=list)

    def dump(self) -> str:
        """The stored spelling; only what differs from the defaults."""
        plain = asdict(Style())
        return json.dumps(
            {key: value for key, value in asdict(self).items() if value != plain[key]}, ensure_ascii=False
        )


def load_style(text: str) -> Style:
    """A stored style; what cannot be understood falls back to the defaults (the file may be a stranger's)."""
    try:
        given = json.loads(text or "{}")
    except ValueError:
        given = {}
    style = Style()
    if not isinstance(given, dict):
        return style
    defaults = asdict(style)
    for key, value in given.items():
        if key == "classes" and isinstance(value, list):
            for item in value:
                if isinstance(item, dict) and {"value", "label", "colour"} <= set(item):
                    style.classes.append(
                        StyleClass(
                            item["value"],
                            str(item["label"]),
                            as_colour(item["colour"]),
                            bool(item.get("visible", True)),
                        )
                    )
        elif key == "hidden_codes" and isinstance(value, list):
            style.hidden_codes = [int(code) for code in value if isinstance(code, int)]
        elif key in ("low", "high") and isinstance(value, (int, float)) and not isinstance(value, bool):
            setattr(style, key, float(value))
        elif key in ("fill", "outline"):
            setattr(style, key, as_colour(value))
        elif key in defaults and type(value) is type(defaults[key]):
            setattr(style, key, value)
        elif key == "width" and isinstance(value, int):
            style.width = float(value)
    if style.ramp not in RAMPS:
        style.ramp = "elevation"
    return style


def as_colour(value: Any) -> str:
    """#rrggbb; anything else becomes a neutral grey."""
    text = str(value).lower()
    ok = len(text) == 7 and text[0] == "#" and all(ch in "0123456789abcdef" for ch in text[1:])
    return text if ok else "#999999"


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green, blue 0..255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
