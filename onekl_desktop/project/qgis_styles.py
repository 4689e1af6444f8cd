"""Our styles as QGIS spells them (3.22 to 3.44): renderers, symbols, labels, scales. Symbol properties both as Option and prop."""

from __future__ import annotations

from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from onekl_desktop.project.styles import HEAT_OPAQUE, PATTERN_MARK, RAMPS, Style, StyleClass, darker, ramp_at, rgb

RULES = UUID("5d1bd9c4-3c8a-4d2c-9a55-6f3b8f1f6d10")  # names of rules are made from it and their number
BLEND_MODES = {"normal": 0, "lighten": 1, "screen": 2, "darken": 5, "multiply": 6}  # of QgsPainting
BRUSHES = {"forward": "f_diagonal", "backward": "b_diagonal", "crossed": "diagonal_x", "horizontal": "horizontal", "vertical": "vertical",
           "dots": "dense5"}  # fmt: skip


def scale_range(style: Style) -> dict[str, str]:
    """Attributes of a layer that say between which scales it shows."""
    if style.near_scale is None and style.far_scale is None:
        return {"hasScaleBasedVisibilityFlag": "0"}
    far, near = style.far_scale or 1e9, style.near_scale or 0.0
    return {"hasScaleBasedVisibilityFlag": "1", "minScale": f"{far:g}", "maxScale": f"{near:g}"}


def vector_style(kind: str, style: Style, classes: list[StyleClass]) -> list[ET.Element]:
    """Renderer, labels and blending of a layer of polygons, lines or points."""
    blending = ET.Element("blendMode")
    blending.text = str(BLEND_MODES[style.blend])
    return [_renderer(kind, style, classes), *([_labels(kind, style)] if style.label_column else []), blending]


def _renderer(kind: str, style: Style, classes: list[StyleClass]) -> ET.Element:
    plain = {"enableorderby": "0", "symbollevels": "0", "forceraster": "0"}
    if style.kind == "rules" and classes:
        return _rules(kind, style, classes, plain)
    if style.kind == "heat" and kind == "point":
        return _heat(style, plain)
    if style.kind not in ("categorised", "graduated") or not classes:
        renderer = ET.Element("renderer-v2", {"type": "singleSymbol", **plain})
        ET.SubElement(renderer, "symbols").append(_symbol(kind, "0", style.fill, style, style.pattern))
        return renderer
    ranged = style.kind == "graduated"
    renderer = ET.Element(
        "renderer-v2", {"type": "graduatedSymbol" if ranged else "categorizedSymbol", "attr": style.column, **plain}
    )
    if ranged:
        renderer.set("graduatedMethod", "GraduatedColor")
    entries = ET.SubElement(renderer, "ranges" if ranged else "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for number, cls in enumerate(classes):
        told = {"label": cls.label, "symbol": str(number), "render": "true" if cls.visible else "false"}
        if ranged:
            ET.SubElement(entries, "range", {"lower": repr(cls.low or 0.0), "upper": repr(cls.high or 0.0), **told})
        else:
            ET.SubElement(entries, "category", {"value": str(cls.value), **told})
        symbols.append(_symbol(kind, str(number), cls.colour, style, cls.pattern or style.pattern))
    return renderer


def _rules(kind: str, style: Style, classes: list[StyleClass], plain: dict[str, str]) -> ET.Element:
    """QGIS draws all rules that hold, one over the other; so the last covers the others as it does here."""
    renderer = ET.Element("renderer-v2", {"type": "RuleRenderer", **plain})
    rules = ET.SubElement(renderer, "rules", key=f"{{{uuid5(RULES, 'root')}}}")
    symbols = ET.SubElement(renderer, "symbols")
    for number, cls in enumerate(classes):
        told = {"key": f"{{{uuid5(RULES, f'{number}')}}}", "label": cls.label, "symbol": str(number)}
        told |= {"filter": cls.rule} if cls.rule else {}
        ET.SubElement(rules, "rule", told | ({} if cls.visible else {"checkstate": "0"}))
        symbols.append(_symbol(kind, str(number), cls.colour, style, cls.pattern or style.pattern))
    return renderer


def _heat(style: Style, plain: dict[str, str]) -> ET.Element:
    told = {"radius": f"{style.radius:g}", "radius_unit": "0", "radius_map_unit_scale": "3x:0,0,0,0,0,0", "quality": "0",
            "max_value": f"{style.high or 0:g}", "weight_expression": f'"{style.column}"' if style.column else ""}  # fmt: skip
    renderer = ET.Element("renderer-v2", {"type": "heatmapRenderer", **told, **plain})
    colours = RAMPS[style.ramp]
    first, last = rgb(colours[0]), rgb(colours[-1])
    stops = [
        f"{at / (len(colours) - 1):g};{_rgba(colour)}" for at, colour in enumerate(colours) if 0 < at < len(colours) - 1
    ]
    opaque = ",".join(map(str, (*rgb(ramp_at(style.ramp, HEAT_OPAQUE)), 255)))
    stops = sorted([f"{HEAT_OPAQUE:g};{opaque}", *stops])
    values = {"color1": ",".join(map(str, (*first, 0))), "color2": ",".join(map(str, (*last, 255))), "discrete": "0",
              "rampType": "gradient", "stops": ":".join(stops)}  # fmt: skip
    ramp = ET.SubElement(renderer, "colorramp", type="gradient", name="[source]")
    options = ET.SubElement(ramp, "Option", type="Map")
    for key, value in values.items():
        ET.SubElement(options, "Option", name=key, type="QString", value=value)
        ET.SubElement(ramp, "prop", k=key, v=value)
    return renderer


def _symbol(kind: str, name: str, colour: str, style: Style, pattern: str) -> ET.Element:
    symbol_type = {"polygon": "fill", "line": "line", "point": "marker"}[kind]
    symbol = ET.Element("symbol", name=name, type=symbol_type, alpha="1", clip_to_extent="1", force_rhr="0")
    fill, line = _rgba(colour), _rgba(style.outline)
    dashed = {
        "use_custom_dash": "1",
        "customdash": ";".join(f"{length:g}" for length in style.dashes),
        "customdash_unit": "MM",
    }
    if kind == "polygon":
        values = {"color": fill, "outline_color": line, "outline_style": "dash" if style.dashes else "solid" if style.width else "no",
                  "outline_width": f"{style.width:g}", "outline_width_unit": "MM", "style": "solid" if style.filled else "no"}  # fmt: skip
        _layer(symbol, "SimpleFill", values)
        if style.filled and pattern in BRUSHES:
            mark = {"color": _rgba(darker(colour, PATTERN_MARK)), "outline_style": "no", "style": BRUSHES[pattern]}
            _layer(symbol, "SimpleFill", mark)
    elif kind == "line":
        values = {"line_color": fill, "line_style": "solid", "line_width": f"{max(style.width, 0.2):g}", "line_width_unit": "MM",
                  "capstyle": "round", "joinstyle": "round"}  # fmt: skip
        _layer(symbol, "SimpleLine", values | (dashed if style.dashes else {}))
    else:
        values = {"color": fill, "outline_color": _rgba("#ffffff"), "outline_style": "solid", "outline_width": "0.2", "name": style.marker,
                  "size": f"{style.size:g}", "size_unit": "MM"}  # fmt: skip
        _layer(symbol, "SimpleMarker", values)
    return symbol


def _layer(symbol: ET.Element, kind: str, values: dict[str, str]) -> None:
    layer = ET.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    options = ET.SubElement(layer, "Option", type="Map")
    for key, value in values.items():
        ET.SubElement(options, "Option", name=key, type="QString", value=value)
    for key, value in values.items():
        ET.SubElement(layer, "prop", k=key, v=value)


def _labels(kind: str, style: Style) -> ET.Element:
    labeling = ET.Element("labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    text = ET.SubElement(
        settings, "text-style", fieldName=style.label_column, isExpression="0", fontSize=f"{style.label_size:g}", fontSizeUnit="Point",
        textColor=_rgba(style.label_colour), textOpacity="1",
    )  # fmt: skip
    ET.SubElement(
        text, "text-buffer", bufferDraw="1", bufferSize="0.4", bufferSizeUnits="MM", bufferColor="255,255,255,225", bufferOpacity="1",
    )  # fmt: skip
    # Of QgsPalLayerSettings: points around (0), lines along (2), areas horizontal in the middle (1, over the centroid).
    ET.SubElement(
        settings, "placement", placement={"polygon": "1", "line": "2", "point": "0"}[kind], dist="1", distUnits="MM"
    )
    ET.SubElement(settings, "rendering", drawLabels="1", obstacle="1")
    return labeling


def raster_renderer(style: Style, classes: list[StyleClass], opacity: float) -> ET.Element:
    """The renderer of a raster: classes, light on a surface, or a ramp."""
    told = {"band": "1", "opacity": f"{opacity:g}", "alphaBand": "-1", "nodataColor": ""}
    if classes:
        renderer = ET.Element("rasterrenderer", {"type": "paletted", **told})
        palette = ET.SubElement(renderer, "colorPalette")
        for cls in classes:
            ET.SubElement(palette, "paletteEntry", value=str(cls.value), label=cls.label, color=cls.colour, alpha="255")
        return renderer
    if style.kind == "hillshade":
        light = {"azimuth": f"{style.azimuth:g}", "angle": f"{style.altitude:g}", "zfactor": "1", "multidirection": "0"}
        return ET.Element("rasterrenderer", {"type": "hillshade", **light, **told})
    low = 0.0 if style.low is None else style.low
    high = 1.0 if style.high is None else style.high
    bounds = {"classificationMin": f"{low:g}", "classificationMax": f"{high:g}"}
    renderer = ET.Element("rasterrenderer", {"type": "singlebandpseudocolor", **bounds, **told})
    shader = ET.SubElement(ET.SubElement(renderer, "rastershader"), "colorrampshader", colorRampType="INTERPOLATED", classificationMode="1",
                           clip="0", minimumValue=f"{low:g}", maximumValue=f"{high:g}")  # fmt: skip
    ramp = RAMPS[style.ramp]
    for step, colour in enumerate(ramp):
        value = low + (high - low) * step / (len(ramp) - 1)
        ET.SubElement(shader, "item", value=f"{value:g}", label=f"{value:g}", color=colour, alpha="255")
    return renderer


def _rgba(colour: str) -> str:
    return ",".join(map(str, (*rgb(colour), 255)))
