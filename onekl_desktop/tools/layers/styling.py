"""How layers are drawn: colours by value, range and rule, heat, patterns, labels, scales; styles of QGIS taken over."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.expression import parse_expression
from onekl_desktop.base.geometry import kind_of
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.cartography.breaks import find_breaks
from onekl_desktop.engine import Session
from onekl_desktop.project.file import Write
from onekl_desktop.project.layers import list_columns, read_column
from onekl_desktop.project.qgis_reading import LARGEST, read_qgis_style
from onekl_desktop.project.queries.records import list_classes
from onekl_desktop.project.styles import ELSE, PALETTE, PATTERNS, StyleClass, as_colour, load_style, ramp_steps
from onekl_desktop.tools.layers.access import check_column, get_layer, get_vector

MOST_CLASSES = 30
MOST_RULES = 200
NO_LABELS = "-"


def style_plain(
    write: Write, layer: str, fill: str = "#8fb37a", outline: str = "#3a4a44", width: float = 0.3, filled: bool = True,
    label_column: str = "",
) -> dict[str, Any]:  # fmt: skip
    """One symbol for all shapes."""
    row = get_vector(write, layer)
    if label_column:
        check_column(write, row, label_column)
    style = load_style(row.style)
    row.style = replace(
        style,
        kind="single",
        column="",
        classes=[],
        fill=fill,
        outline=outline,
        width=width,
        filled=filled,
        label_column=label_column,
    ).dump()
    return {"layer": row.uuid, "name": row.name}


def style_by_class(write: Write, layer: str, column: str, colours: Any = None) -> dict[str, Any]:
    """A colour for each value of an attribute, commonest first; the legend keeps the values' own order."""
    row = get_vector(write, layer)
    check_column(write, row, column)
    wanted = colours if isinstance(colours, dict) else {}
    counts = Counter(value for value in read_column(write.raw, row.table_name, column).values() if value is not None)
    if not counts:
        raise UserError("layers.not_classes", name=row.name)
    values = [value for value, _count in counts.most_common(MOST_CLASSES)]
    values.sort(key=lambda value: (isinstance(value, str), value))
    classes = [
        StyleClass(value, str(value), str(wanted.get(str(value), PALETTE[number % len(PALETTE)])))
        for number, value in enumerate(values)
    ]  # fmt: skip
    old = load_style(row.style)
    row.style = replace(old, kind="categorised", column=column, classes=classes, filled=True).dump()
    return {"layer": row.uuid, "name": row.name, "column": column}


def style_by_range(
    write: Write, layer: str, column: str, classes: int = 5, method: str = "quantile", ramp: str = "magnitude"
) -> dict[str, Any]:
    """Colours along a ramp for ranges of a number."""
    row = get_vector(write, layer)
    check_column(write, row, column)
    numbers = [value for value in read_column(write.raw, row.table_name, column).values()
               if isinstance(value, (int, float)) and not isinstance(value, bool)]  # fmt: skip
    bounds = find_breaks(np.array(numbers, np.float64), classes, method)
    if not bounds:
        raise UserError("layers.no_numbers", name=row.name, column=column)
    bounds = bounds if len(bounds) > 1 else [bounds[0], bounds[0]]
    colours = ramp_steps(ramp, len(bounds) - 1)
    row.style = replace(
        load_style(row.style), kind="graduated",
        filled=True, column=column,
        classes=[StyleClass(None, f"{format_short(low)} – {format_short(high)}", colour, low=low, high=high)
                 for (low, high), colour in zip(pairwise(bounds), colours, strict=True)],
    ).dump()  # fmt: skip
    return {"layer": row.uuid, "name": row.name, "column": column}


def format_short(value: float) -> str:
    """A bound with as many digits as tell it from its neighbours."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def change_style(
    write: Write, layer: str, pattern: str | None = None, marker: str | None = None, size: float | None = None, dashes: str | None = None,
    label_column: str | None = None, label_size: float | None = None, label_colour: str | None = None, blend: str | None = None,
    near_scale: float | None = None, far_scale: float | None = None, ramp: str | None = None, low: float | None = None,
    high: float | None = None, shaded: bool | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Change what was given; the rest of the style stays. "-" takes labels away, dashes of 0 are a whole line, a scale of 0 is no limit."""
    row = get_layer(write, layer)
    style = load_style(row.style)
    if label_column and label_column != NO_LABELS:
        check_column(write, get_vector(write, layer), label_column)
    given = {"pattern": "" if pattern == "none" else pattern, "marker": marker, "size": size, "label_column": label_column, "label_size": label_size,
             "label_colour": label_colour, "blend": blend, "ramp": ramp, "low": low, "high": high}  # fmt: skip
    for key, value in given.items():
        if value is not None and (value != "" or key == "pattern"):
            setattr(style, key, "" if value == NO_LABELS else value)
    if dashes:
        style.dashes = _read_dashes(dashes)
    for key, scale in (("near_scale", near_scale), ("far_scale", far_scale)):
        if scale is not None:
            setattr(style, key, scale or None)
    if style.near_scale is not None and style.far_scale is not None and style.near_scale > style.far_scale:
        raise UserError("layers.scales", near=f"{style.near_scale:,.0f}", far=f"{style.far_scale:,.0f}")
    if shaded is not None and row.data_kind == "raster" and not row.legend:
        style.kind = "hillshade" if shaded else "ramp"
    row.style = style.dump()
    return {"layer": row.uuid, "name": row.name}


def _read_dashes(text: str) -> list[float]:
    """Lengths in mm, drawn and left out in turn; nothing for a whole line."""
    try:
        if text.strip() == "0":
            return []
        lengths = [float(word) for word in text.replace(",", " ").replace(";", " ").split()]
    except ValueError:
        lengths = [-1.0]
    if len(lengths) % 2 or len(lengths) > 8 or not all(0 <= length <= 100 for length in lengths):
        raise UserError("layers.dashes", given=text)
    return lengths


def style_by_rule(write: Write, layer: str, rules: Any) -> dict[str, Any]:
    """A colour for each rule; the last that holds is drawn. Each is {"rule", "label", "colour", "pattern"}."""
    row = get_vector(write, layer)
    known = ["id", *(name for name, _kind in list_columns(write.raw, row.table_name))]
    if not isinstance(rules, list) or not rules or len(rules) > MOST_RULES:
        raise UserError("layers.rules", most=MOST_RULES)
    classes = []
    for number, item in enumerate(rules):
        given = item if isinstance(item, dict) else {"rule": item}
        rule = str(given.get("rule") or "").strip()
        if rule and rule.upper() != ELSE:
            parse_expression(rule).check_columns(known)
        pattern = str(given.get("pattern") or "")
        classes.append(StyleClass(
            None, str(given.get("label") or rule or _("all")), as_colour(given.get("colour") or PALETTE[number % len(PALETTE)]),
            rule=ELSE if rule.upper() == ELSE else rule, pattern=pattern if pattern in PATTERNS else ""))  # fmt: skip
    row.style = replace(load_style(row.style), kind="rules", column="", classes=classes, filled=True).dump()
    return {"layer": row.uuid, "name": row.name}


def style_as_heat(
    write: Write, layer: str, weight: str = "", radius: float = 5.0, ramp: str = "magnitude", high: float | None = None
) -> dict[str, Any]:
    """How many points lie near each other."""
    row = get_vector(write, layer)
    if kind_of(row.geometry_type) != "point":
        raise UserError("layers.not_points", name=row.name)
    if weight:
        check_column(write, row, weight)
    row.style = replace(
        load_style(row.style), kind="heat", column=weight, radius=radius, ramp=ramp, high=high, classes=[]
    ).dump()
    return {"layer": row.uuid, "name": row.name}


def prepare_read_style(session: Session, progress: Progress, layer: str, file: str) -> dict[str, Any]:
    """Read the file outside the transaction."""
    return {"layer": layer, "file": file, "text": read_text(Path(file))}


def read_style(write: Write, layer: str, file: str, text: str) -> dict[str, Any]:
    """Take a QGIS style over; what has no counterpart is named in `left`."""
    row = get_layer(write, layer)
    found = read_qgis_style(text, "raster" if row.data_kind == "raster" else kind_of(row.geometry_type), file)
    if row.data_kind == "vector":
        for column in filter(None, (found.style.column, found.style.label_column)):
            check_column(write, row, column)
    elif row.legend:
        found.style.kind = "classes"
        colours = {cls.value: cls for cls in found.classes}
        for cls in list_classes(write.db, row.legend):
            if cls.code in colours:
                cls.colour = colours[cls.code].colour
    elif found.style.kind == "classes":
        raise UserError("style.unreadable", file=file, reason=_("it colours classes, and this layer has none"))
    row.style, row.opacity = found.style.dump(), found.opacity
    left = [_("Not taken over: {what}.").format(what=", ".join(found.left))] if found.left else []
    return {"layer": row.uuid, "name": row.name, "sentences": left}


def read_text(path: Path) -> str:
    """A style file as text."""
    try:
        if path.stat().st_size > LARGEST:
            raise UserError("style.unreadable", file=path, reason=_("it is too large"))
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UserError("style.unreadable", file=path, reason=_("it is no text")) from None
    except OSError as problem:
        raise explain_os_error(problem, path) from None
