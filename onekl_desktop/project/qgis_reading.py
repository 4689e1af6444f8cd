"""QGIS styles (QML) become ours: what both can say is taken over, the rest is named.

Files come from strangers: sizes are bounded, document types with entities are refused, and nothing is looked up.
"""

from __future__ import annotations

import math
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.expression import parse_expression
from onekl_desktop.base.translate import _
from onekl_desktop.project.qgis_styles import BLEND_MODES, BRUSHES
from onekl_desktop.project.sqlite import connect
from onekl_desktop.project.styles import ELSE, MARKERS, RAMPS, Style, StyleClass, rgb

LARGEST = 20_000_000  # characters
MOST_CLASSES = 2_000
_MILLIMETRES = {
    "MM": 1.0,
    "0": 1.0,
    "Point": 25.4 / 72,
    "4": 25.4 / 72,
    "Pixel": 25.4 / 96,
    "2": 25.4 / 96,
    "Inch": 25.4,
    "5": 25.4,
}
_BRUSH_NAMES = {brush: name for name, brush in BRUSHES.items()} | {"cross": "crossed"}
_MARKER_NAMES = {
    "square": "square",
    "rectangle": "square",
    "diamond": "diamond",
    "triangle": "triangle",
    "equilateral_triangle": "triangle",
}


@dataclass
class ReadStyle:
    """A style with what could not be taken over, in sentences; `classes` are those of a land-cover raster (code, name, colour)."""

    style: Style
    opacity: float = 1.0
    left: list[str] = field(default_factory=list)
    classes: list[StyleClass] = field(default_factory=list)


@dataclass
class _Symbol:
    fill: str = "#999999"
    outline: str = "#3a4a44"
    width: float = 0.3
    filled: bool = True
    pattern: str = ""
    dashes: list[float] = field(default_factory=list)
    marker: str = "circle"
    size: float = 1.7


def read_qgis_style(text: str, kind: str, file: object = "") -> ReadStyle:
    """A QML text for a layer of `kind` (polygon, line, point or raster).

    Raises
    ------
    UserError
        `style.unreadable`: no QGIS style, or none for this kind of layer.
    """
    root = _parse(text, file)
    found = _read_raster(root) if kind == "raster" else _read_vector(root, kind)
    if found is None:
        raise UserError("style.unreadable", file=file, reason=_("it has no style for this kind of layer"))
    _read_scales(root, found.style)
    mode = {number: name for name, number in BLEND_MODES.items()}.get(_int(root.findtext("blendMode")) or 0)
    if mode is None:
        found.left.append(_("its blend mode"))
    found.style.blend = mode or "normal"
    found.opacity = min(max(_float(root.findtext("layerOpacity"), found.opacity), 0.0), 1.0)
    return found


def read_default_style(path: Path, table: str) -> str:
    """The QML that QGIS would use for a table of a GeoPackage; '' where there is none."""
    raw = connect(path, read_only=True, immutable=not Path(f"{path}-wal").exists())
    try:
        row = raw.execute(
            "SELECT styleQML FROM layer_styles WHERE f_table_name = ? AND useAsDefault ORDER BY id DESC LIMIT 1",
            (table,),
        ).fetchone()
    except sqlite3.Error:  # no such table, or a damaged one: there is no style then
        return ""
    finally:
        raw.close()
    return row[0] if row and isinstance(row[0], str) else ""


def _parse(text: str, file: object) -> ET.Element:
    if len(text) > LARGEST:
        raise UserError("style.unreadable", file=file, reason=_("it is too large"))
    if "<!ENTITY" in text:
        raise UserError("style.unreadable", file=file, reason=_("it declares entities"))
    try:
        root = ET.fromstring(text)
    except (ET.ParseError, ValueError, RecursionError) as problem:
        raise UserError("style.unreadable", file=file, reason=str(problem)) from None
    if root.tag != "qgis":
        raise UserError("style.unreadable", file=file, reason=_("it is no QGIS style"))
    return root


# ------------------------------------------------------------------ vectors


def _read_vector(root: ET.Element, kind: str) -> ReadStyle | None:
    renderer = root.find("renderer-v2")
    if renderer is None:
        return None
    name = renderer.get("type", "")
    left: list[str] = []
    if name == "heatmapRenderer" and kind == "point":
        found = _read_heat(renderer)
        _read_labels(root, found)
        return found
    symbols = {
        node.get("name", ""): _read_symbol(node, kind, left) for node in renderer.findall("symbols/symbol")[:MOST_CLASSES]
    }  # fmt: skip
    if not symbols:
        return None
    style = Style()
    readers = {"categorizedSymbol": _read_categories, "graduatedSymbol": _read_ranges, "RuleRenderer": _read_rules}
    if name in readers:
        readers[name](renderer, style, symbols, left)
    elif name != "singleSymbol":
        left.append(_("the way it is drawn ({kind})").format(kind=name))
    _take(style, next(iter(symbols.values())))
    found = ReadStyle(style, left=list(dict.fromkeys(left)))
    _read_labels(root, found)
    return found


def _take(style: Style, symbol: _Symbol) -> None:
    """What the whole layer shares is that of its first symbol."""
    style.fill, style.outline, style.width, style.filled = symbol.fill, symbol.outline, symbol.width, symbol.filled
    style.dashes, style.marker, style.size = symbol.dashes, symbol.marker, symbol.size
    if style.classes:
        style.filled = True
    else:
        style.pattern = symbol.pattern


def _class(symbol: _Symbol, label: str, visible: bool, **told: Any) -> StyleClass:
    return StyleClass(told.pop("value", None), label, symbol.fill, visible, pattern=symbol.pattern, **told)


def _column(renderer: ET.Element, left: list[str]) -> str:
    """The column that a renderer goes by: `name`, `"name"`; an expression is named as left out."""
    given = renderer.get("attr", "").strip()
    plain = given[1:-1].replace('""', '"') if len(given) > 1 and given[0] == given[-1] == '"' else given
    if any(sign in plain for sign in "()+*/|'"):
        left.append(_("the expression {expression} that it goes by").format(expression=given[:80]))
    return plain


def _read_categories(renderer: ET.Element, style: Style, symbols: dict[str, _Symbol], left: list[str]) -> None:
    style.kind, style.column = "categorised", _column(renderer, left)
    for node in renderer.findall("categories/category")[:MOST_CLASSES]:
        symbol = symbols.get(node.get("symbol", ""))
        if symbol is None:
            continue
        value = _value(node)
        if value == "":
            left.append(_("the colour of all other values"))
            continue
        style.classes.append(
            _class(symbol, node.get("label") or str(value), node.get("render") != "false", value=value)
        )


def _value(node: ET.Element) -> Any:
    text, kind = node.get("value", ""), node.get("type", "")
    if kind in ("string", "QString") or not text:
        return text
    number = _float(text)
    if number is None:
        return text
    return int(number) if text.strip().lstrip("+-").isdigit() and abs(number) < 2**53 else number


def _read_ranges(renderer: ET.Element, style: Style, symbols: dict[str, _Symbol], left: list[str]) -> None:
    style.kind, style.column = "graduated", _column(renderer, left)
    if renderer.get("graduatedMethod") == "GraduatedSize":
        left.append(_("sizes that follow a number"))
    for node in renderer.findall("ranges/range")[:MOST_CLASSES]:
        low, high = _float(node.get("lower")), _float(node.get("upper"))
        symbol = symbols.get(node.get("symbol", ""))
        if low is not None and high is not None and symbol is not None:
            style.classes.append(
                _class(symbol, node.get("label", ""), node.get("render") != "false", low=low, high=high)
            )


def _read_rules(renderer: ET.Element, style: Style, symbols: dict[str, _Symbol], left: list[str]) -> None:
    style.kind = "rules"
    pending = [(node, "") for node in renderer.findall("rules/rule")]
    while pending and len(style.classes) < MOST_CLASSES:
        node, above = pending.pop(0)
        own = node.get("filter", "").strip()
        rule = f"({above}) AND ({own})" if above and own and own.upper() != ELSE else own or above
        if node.get("scalemindenom") or node.get("scalemaxdenom"):
            left.append(_("scales of single rules"))
        symbol = symbols.get(node.get("symbol", ""))
        try:
            if rule and rule.upper() != ELSE:
                parse_expression(rule)
            if symbol is not None:
                shown = node.get("checkstate") != "0"
                style.classes.append(_class(symbol, node.get("label") or rule, shown, rule=ELSE if own.upper() == ELSE else rule))  # fmt: skip
        except UserError:
            left.append(_("the rule {rule}").format(rule=rule[:80]))
        pending = [(child, rule) for child in node.findall("rule")] + pending


def _read_heat(renderer: ET.Element) -> ReadStyle:
    left: list[str] = []
    unit = _MILLIMETRES.get(renderer.get("radius_unit", "0"))
    if unit is None:
        left.append(_("a radius in map units"))
    weight = renderer.get("weight_expression", "").strip().strip('"')
    style = Style(
        kind="heat", radius=min(max(_float(renderer.get("radius"), 5.0) * (unit or 1.0), 0.5), 100.0), column=weight
    )
    style.high = _float(renderer.get("max_value")) or None
    ramp = renderer.find("colorramp")
    options = _options(ramp) if ramp is not None else {}
    ends = [_colour(options.get("color1"))[0], _colour(options.get("color2"))[0]]
    style.ramp = _nearest_ramp(ends, left)
    return ReadStyle(style, left=left)


def _nearest_ramp(ends: list[str], left: list[str]) -> str:
    """The ramp whose ends come nearest; one that is not quite it is named."""

    def gap(name: str) -> float:
        return sum(math.dist(rgb(a), rgb(b)) for a, b in zip(ends, (RAMPS[name][0], RAMPS[name][-1]), strict=True))

    best = min(RAMPS, key=gap)
    if gap(best) > 30:
        left.append(_("its ramp of colours"))
    return best


def _read_symbol(node: ET.Element, kind: str, left: list[str]) -> _Symbol:
    symbol = _Symbol()
    alpha = _float(node.get("alpha"), 1.0)
    if alpha < 1:
        left.append(_("transparency of single symbols"))
    layers = [layer for layer in node.findall("layer") if layer.get("enabled") != "0"]
    known = {"polygon": "SimpleFill", "line": "SimpleLine", "point": "SimpleMarker"}[kind]
    first = True
    for layer in layers:
        name, told = layer.get("class", ""), _options(layer)
        if name == "SimpleLine" and kind == "polygon":
            symbol.outline, symbol.width = _colour(told.get("line_color"))[0], _length(told, "line_width")
        elif name != known:
            left.append(_("symbols of the kind {kind}").format(kind=name))
            symbol.fill = _colour(told.get("color") or told.get("line_color"))[0] if first else symbol.fill
        elif kind == "polygon":
            _read_fill(symbol, told, first)
        elif kind == "line" and first:
            symbol.fill, symbol.width = _colour(told.get("line_color"))[0], _length(told, "line_width")
            if told.get("use_custom_dash") == "1":
                lengths = [_float(part) for part in told.get("customdash", "").split(";")]
                symbol.dashes = [length for length in lengths if length is not None and 0 <= length <= 100][:8]
                symbol.dashes = symbol.dashes if len(symbol.dashes) % 2 == 0 else []
            elif told.get("line_style") not in (None, "solid", "no"):
                symbol.dashes = {"dot": [0.5, 1.0], "dash dot": [2.0, 1.0, 0.5, 1.0]}.get(
                    told["line_style"], [2.0, 1.0]
                )
        elif kind == "point" and first:
            symbol.fill, symbol.size = _colour(told.get("color"))[0], _length(told, "size", 2.0)
            symbol.marker = _MARKER_NAMES.get(told.get("name", ""), "circle")
            if told.get("name", "circle") not in (*MARKERS, *_MARKER_NAMES):
                left.append(_("markers of the kind {kind}").format(kind=told.get("name")))
        first = False
    return symbol


def _read_fill(symbol: _Symbol, told: dict[str, str], first: bool) -> None:
    brush = told.get("style", "solid")
    if not first:
        symbol.pattern = _BRUSH_NAMES.get(brush, symbol.pattern)
        return
    colour, alpha = _colour(told.get("color"))
    symbol.fill, symbol.filled = colour, brush != "no" and alpha > 0
    symbol.pattern = _BRUSH_NAMES.get(brush, "")
    symbol.outline, line_alpha = _colour(told.get("outline_color"))
    drawn = told.get("outline_style", "solid") != "no" and line_alpha > 0
    symbol.width = _length(told, "outline_width") if drawn else 0.0
    if told.get("outline_style") not in (None, "solid", "no"):
        symbol.dashes = [2.0, 1.0]


def _read_labels(root: ET.Element, found: ReadStyle) -> None:
    labeling = root.find("labeling")
    if root.get("labelsEnabled") == "0" or labeling is None:
        return
    text = labeling.find("settings/text-style")
    if labeling.get("type") != "simple" or text is None or text.get("isExpression") == "1":
        found.left.append(_("its labels"))
        return
    found.style.label_column = text.get("fieldName", "")
    size = _float(text.get("fontSize"), 8.25) * {"MM": 72 / 25.4, "Pixel": 72 / 96}.get(
        text.get("fontSizeUnit", "Point"), 1.0
    )
    found.style.label_size = min(max(size, 1.0), 200.0)
    found.style.label_colour = _colour(text.get("textColor"))[0]


# ------------------------------------------------------------------ rasters


def _read_raster(root: ET.Element) -> ReadStyle | None:
    renderer = root.find("rasterrenderer")
    renderer = root.find("pipe/rasterrenderer") if renderer is None else renderer
    if renderer is None:
        return None
    kind = renderer.get("type")
    opacity = min(max(_float(renderer.get("opacity"), 1.0), 0.0), 1.0)
    if kind == "paletted":
        classes = []
        for node in renderer.findall("colorPalette/paletteEntry")[:MOST_CLASSES]:
            code = _int(node.get("value"))
            if code is not None:
                classes.append(StyleClass(code, node.get("label", ""), _colour(node.get("color"))[0]))
        return ReadStyle(Style(kind="classes"), opacity, classes=classes)
    if kind == "hillshade":
        azimuth, altitude = _float(renderer.get("azimuth"), 315.0), _float(renderer.get("angle"), 45.0)
        return ReadStyle(
            Style(kind="hillshade", azimuth=azimuth % 360, altitude=min(max(altitude, 0.0), 90.0)), opacity
        )
    if kind == "singlebandpseudocolor":
        left: list[str] = []
        items = renderer.findall("rastershader/colorrampshader/item")
        ends = (
            [_colour(items[0].get("color"))[0], _colour(items[-1].get("color"))[0]] if items else ["#000000", "#ffffff"]
        )
        style = Style(kind="ramp", ramp=_nearest_ramp(ends, left))
        style.low, style.high = _float(renderer.get("classificationMin")), _float(renderer.get("classificationMax"))
        return ReadStyle(style, opacity, left)
    return ReadStyle(Style(kind="ramp"), opacity, [_("the way it is drawn ({kind})").format(kind=kind)])


# ------------------------------------------------------------------ words


def _read_scales(root: ET.Element, style: Style) -> None:
    if root.get("hasScaleBasedVisibilityFlag") == "1":
        far, near = _float(root.get("minScale")), _float(root.get("maxScale"))
        style.far_scale = far if far and far < 1e9 else None
        style.near_scale = near or None


def _options(node: ET.Element) -> dict[str, str]:
    """Properties in either spelling: Option of QGIS 3.16 and later, prop of earlier ones."""
    old = {item.get("k", ""): item.get("v", "") for item in node.findall("prop")}
    new = {item.get("name", ""): item.get("value", "") for item in node.findall("Option/Option")}
    return old | new


def _colour(text: str | None) -> tuple[str, int]:
    """#rrggbb and alpha of `r,g,b,a`, `r,g,b,a,rgb:…` or `#rrggbb`; grey where it is none."""
    parts = (text or "").split(",")
    if len(parts) >= 3:
        numbers = [_int(part) for part in parts[:4]]
        if all(number is not None and 0 <= number <= 255 for number in numbers):
            red, green, blue = numbers[:3]
            return f"#{red:02x}{green:02x}{blue:02x}", numbers[3] if len(numbers) > 3 else 255  # type: ignore[return-value]
    plain = (text or "").lower()
    if len(plain) in (7, 9) and plain[0] == "#" and all(ch in "0123456789abcdef" for ch in plain[1:]):
        return f"#{plain[-6:]}", int(plain[1:3], 16) if len(plain) == 9 else 255
    return "#999999", 255


def _length(told: dict[str, str], name: str, default: float = 0.26) -> float:
    """Millimetres; a length in map units becomes the default."""
    factor = _MILLIMETRES.get(told.get(f"{name}_unit", "MM"))
    number = _float(told.get(name), default)
    return min(max(number * factor, 0.0), 50.0) if factor is not None else default


def _float(text: str | None, default: Any = None) -> Any:
    try:
        number = float(text or "")
    except ValueError:
        return default
    return number if math.isfinite(number) else default


def _int(text: str | None) -> int | None:
    number = _float(text)
    return None if number is None or abs(number) > 2**53 else int(number)
