"""Charts as vector drawings: the same on paper (PDF) and on screen (SVG)."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QFontDatabase, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from reportlab.graphics import renderSVG
from reportlab.graphics.shapes import Circle, Drawing, Line, Polygon, PolyLine, Rect, String
from reportlab.lib.colors import HexColor
from reportlab.pdfbase.pdfmetrics import stringWidth

from onekl_desktop.base.data import find_folder
from onekl_desktop.base.units import format_number
from onekl_desktop.reports.fonts import BOLD, REGULAR, register
from onekl_desktop.reports.maps import ensure_fonts, to_png
from onekl_desktop.reports.page import Bars, Chart, Graph, Node, Points

INK, SOFT, GRID = HexColor("#22322c"), HexColor("#5d6b65"), HexColor("#dde3df")


def nice_ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers that span low..high, at most `most` + 1 of them."""
    if not math.isfinite(low) or not math.isfinite(high):
        return [0.0, 1.0]
    if high - low < 1e-9 * max(abs(high), abs(low), 1):
        low, high = low - max(abs(low) * 0.05, 0.5), high + max(abs(high) * 0.05, 0.5)
    raw = (high - low) / most
    power = 10 ** math.floor(math.log10(raw))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw * (1 - 1e-9))
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def draw_chart(chart: Chart, width: float, height: float) -> Drawing:
    """Lines with direct labels at their ends; labels are moved apart when they would touch."""
    register()
    drawing = Drawing(width, height)
    drawing.add(String(0, height - 10, chart.title, fontName=BOLD, fontSize=9, fillColor=INK))
    drawing.add(String(0, height - 21, chart.unit, fontName=REGULAR, fontSize=7.5, fillColor=SOFT))
    points = [point for line in chart.lines for point in line.points]
    if not points:
        return drawing
    years = sorted({x for x, _y in points})
    ticks = nice_ticks(min(y for _x, y in points), max(y for _x, y in points))
    decimals = 0 if ticks[1] - ticks[0] >= 1 else 2
    left = max(stringWidth(format_number(tick, decimals), REGULAR, 7.5) for tick in ticks) + 6
    labels = [line.label for line in chart.lines]
    right = min(max(stringWidth(label, REGULAR, 8) for label in labels) + 12, width * 0.38)
    x0, x1, y0, y1 = left, width - right, 16.0, height - 32

    def place(x: float, y: float) -> tuple[float, float]:
        span_x, span_y = max(years[-1] - years[0], 1e-9), ticks[-1] - ticks[0]
        return x0 + (x1 - x0) * (x - years[0]) / span_x, y0 + (y1 - y0) * (y - ticks[0]) / span_y

    for tick in ticks:
        _x, y = place(years[0], tick)
        drawing.add(Line(x0, y, x1, y, strokeColor=GRID, strokeWidth=0.6))
        drawing.add(
            String(
                x0 - 4,
                y - 2.6,
                format_number(tick, decimals),
                fontName=REGULAR,
                fontSize=7.5,
                fillColor=SOFT,
                textAnchor="end",
            )
        )
    last = -1e9
    for year in years:
        x, _y = place(year, ticks[0])
        if x - last > 24:
            drawing.add(
                String(x, 4, f"{int(year)}", fontName=REGULAR, fontSize=7.5, fillColor=SOFT, textAnchor="middle")
            )
            last = x
    ends = []
    for line in chart.lines:
        spots = [place(*point) for point in line.points]
        if not spots:
            continue
        colour = HexColor(line.colour)
        drawing.add(
            PolyLine(
                [value for spot in spots for value in spot],
                strokeColor=colour,
                strokeWidth=1.8,
                strokeLineJoin=1,
                strokeLineCap=1,
            )
        )
        drawing.add(Circle(*spots[-1], 2.2, fillColor=colour, strokeColor=None))
        ends.append([spots[-1][1], line, spots[-1][1]])
    ends.sort(key=lambda end: end[0])  # type: ignore[arg-type, return-value]
    for lower, upper in itertools.pairwise(ends):
        upper[0] = max(upper[0], lower[0] + 9.5)  # type: ignore[call-overload, operator]
    over = max(ends[-1][0] - (y1 + 4), 0) if ends else 0  # type: ignore[operator]
    for y, line, _at in ends:  # type: ignore[assignment]
        label = _shorten(line.label, right - 12)
        drawing.add(Rect(x1 + 5, y - over - 0.6, 4, 4, fillColor=HexColor(line.colour), strokeColor=None))
        drawing.add(String(x1 + 11, y - over - 2.2, label, fontName=REGULAR, fontSize=8, fillColor=INK))
    return drawing


def draw_points(chart: Points, width: float, height: float) -> Drawing:
    """Points with their ranges and names; those that none beats in both figures are full and joined."""
    register()
    drawing = Drawing(width, height)
    drawing.add(String(0, height - 10, chart.title, fontName=BOLD, fontSize=9, fillColor=INK))
    drawing.add(String(0, height - 21, chart.upward, fontName=REGULAR, fontSize=7.5, fillColor=SOFT))
    if not chart.points:
        return drawing
    ends = [[], []]  # type: list[list[float]]
    for point in chart.points:
        for side, value, spread in ((0, point.x, point.x_range), (1, point.y, point.y_range)):
            ends[side] += [value, *(spread or ())]
    across, upward = (nice_ticks(min(each), max(each)) for each in ends)
    told = [[format_number(tick, 0 if ticks[1] - ticks[0] >= 1 else 2) for tick in ticks] for ticks in (across, upward)]
    left = max(stringWidth(text, REGULAR, 7.5) for text in told[1]) + 6
    x0, x1, y0, y1 = left, width - 14, 26.0, height - 30

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            x0 + (x1 - x0) * (x - across[0]) / (across[-1] - across[0]),
            y0 + (y1 - y0) * (y - upward[0]) / (upward[-1] - upward[0]),
        )

    for tick, text in zip(upward, told[1], strict=True):
        y = place(across[0], tick)[1]
        drawing.add(Line(x0, y, x1, y, strokeColor=GRID, strokeWidth=0.6))
        drawing.add(String(x0 - 4, y - 2.6, text, fontName=REGULAR, fontSize=7.5, fillColor=SOFT, textAnchor="end"))
    for tick, text in zip(across, told[0], strict=True):
        x = place(tick, upward[0])[0]
        drawing.add(Line(x, y0, x, y1, strokeColor=GRID, strokeWidth=0.6))
        drawing.add(String(x, y0 - 10, text, fontName=REGULAR, fontSize=7.5, fillColor=SOFT, textAnchor="middle"))
    drawing.add(String(x1, 3, chart.across, fontName=REGULAR, fontSize=7.5, fillColor=SOFT, textAnchor="end"))
    front = sorted(place(point.x, point.y) for point in chart.points if point.first)
    if len(front) > 1:
        flat = [value for spot in front for value in spot]
        drawing.add(PolyLine(flat, strokeColor=SOFT, strokeWidth=0.9, strokeDashArray=[3, 3]))
    for point in chart.points:
        colour, (x, y) = HexColor(point.colour), place(point.x, point.y)
        if point.x_range:
            spots = [place(value, point.y)[0] for value in point.x_range]
            drawing.add(Line(spots[0], y, spots[1], y, strokeColor=colour, strokeWidth=0.9))
        if point.y_range:
            spots = [place(point.x, value)[1] for value in point.y_range]
            drawing.add(Line(x, spots[0], x, spots[1], strokeColor=colour, strokeWidth=0.9))
        full = colour if point.first else HexColor("#ffffff")
        drawing.add(Circle(x, y, 3.4, fillColor=full, strokeColor=colour, strokeWidth=1.4))
        right = x > (x0 + x1) / 2
        drawing.add(String(
            x - 6 if right else x + 6, y + 5, _shorten(point.label, (x1 - x0) / 2), fontName=REGULAR, fontSize=8, fillColor=INK,
            textAnchor="end" if right else "start",
        ))  # fmt: skip
    return drawing


def height_of(chart: Bars, upright: float = 190.0) -> float:
    """Lying bars need room for each."""
    return 50.0 + 17.0 * len(chart.bars) if chart.lying else upright


def draw_bars(chart: Bars, width: float, height: float) -> Drawing:
    """Bars with their labels; lying ones keep the order, the first on top."""
    register()
    drawing = Drawing(width, height)
    drawing.add(String(0, height - 10, _shorten(chart.title, width * 0.84), fontName=BOLD, fontSize=9, fillColor=INK))
    drawing.add(String(0, height - 21, _shorten(chart.unit, width), fontName=REGULAR, fontSize=7.5, fillColor=SOFT))
    if not chart.bars:
        return drawing
    ends = [value for bar in chart.bars for value in (bar.start, bar.end)] + (
        [chart.mark] if chart.mark is not None else []
    )
    ticks = nice_ticks(min(ends), max(ends), 4)
    texts = [
        str(round(tick)) if chart.years else format_number(tick, 0 if ticks[1] - ticks[0] >= 1 else 2) for tick in ticks
    ]
    if chart.lying:
        left = min(max(stringWidth(bar.label, REGULAR, 8) for bar in chart.bars) + 12, width * 0.42)
        right = max((stringWidth(bar.told, REGULAR, 7.5) for bar in chart.bars), default=0) + 6
    else:
        left, right = max(stringWidth(text, REGULAR, 7.5) for text in texts) + 6, 4
    x0, x1, y0, y1 = left, width - right, 16.0, height - 30
    span = ticks[-1] - ticks[0]

    def along(value: float) -> float:
        low, high = (x0, x1) if chart.lying else (y0, y1)
        return low + (high - low) * (value - ticks[0]) / span

    last = -1e9
    for tick, text in zip(ticks, texts, strict=True):
        at = along(tick)
        if chart.lying:
            drawing.add(Line(at, y0, at, y1, strokeColor=GRID, strokeWidth=0.6))
            if at - last > stringWidth(text, REGULAR, 7.5) + 6:
                drawing.add(String(at, 4, text, fontName=REGULAR, fontSize=7.5, fillColor=SOFT, textAnchor="middle"))
                last = at
        else:
            drawing.add(Line(x0, at, x1, at, strokeColor=GRID, strokeWidth=0.6))
            drawing.add(
                String(x0 - 4, at - 2.6, text, fontName=REGULAR, fontSize=7.5, fillColor=SOFT, textAnchor="end")
            )
    step = ((y1 - y0) if chart.lying else (x1 - x0)) / len(chart.bars)
    thick = min(step * 0.72, 22.0)
    every = (
        max(1, math.ceil(max(stringWidth(bar.label, REGULAR, 7.5) for bar in chart.bars) * 1.15 / step))
        if not chart.lying
        else 1
    )
    for number, bar in enumerate(chart.bars):
        low, high = sorted((along(bar.start), along(bar.end)))
        high = max(high, low + 0.6)
        if chart.lying:
            middle = y1 - step * (number + 0.5)
            drawing.add(
                Rect(low, middle - thick / 2, high - low, thick, fillColor=HexColor(bar.colour), strokeColor=None)
            )
            drawing.add(
                String(
                    x0 - 5,
                    middle - 2.8,
                    _shorten(bar.label, left - 8),
                    fontName=REGULAR,
                    fontSize=8,
                    fillColor=INK,
                    textAnchor="end",
                )
            )
            drawing.add(String(x1 + 4, middle - 2.6, bar.told, fontName=REGULAR, fontSize=7.5, fillColor=SOFT))
        else:
            middle = x0 + step * (number + 0.5)
            drawing.add(
                Rect(middle - thick / 2, low, thick, high - low, fillColor=HexColor(bar.colour), strokeColor=None)
            )
            if number % every == 0:
                half = stringWidth(bar.label, REGULAR, 7.5) / 2
                drawing.add(
                    String(
                        min(max(middle, half), width - half),
                        4,
                        bar.label,
                        fontName=REGULAR,
                        fontSize=7.5,
                        fillColor=SOFT,
                        textAnchor="middle",
                    )
                )
    if chart.lying:
        _draw_links(drawing, chart, along, y1, step)
    for value, colour, strength in ((None if chart.years else 0.0, INK, 0.8), (chart.mark, HexColor("#8a5a00"), 1.2)):
        if value is not None and ticks[0] <= value <= ticks[-1]:
            at = along(value)
            drawing.add(
                Line(at, y0, at, y1, strokeColor=colour, strokeWidth=strength)
                if chart.lying
                else Line(x0, at, x1, at, strokeColor=colour, strokeWidth=strength)
            )
    return drawing


def _draw_links(drawing: Drawing, chart: Bars, along: Callable[[float], float], top: float, step: float) -> None:
    """Arrows from the end of what comes first to the beginning of what waits."""
    for first, then in chart.links:
        x0, x1 = along(chart.bars[first].end), along(chart.bars[then].start)
        y0, y1 = (top - step * (at + 0.5) for at in (first, then))
        turn = max(x0 + 3, min(x1 - 3, x0 + 6))
        for ends in ((x0, y0, turn, y0), (turn, y0, turn, y1), (turn, y1, x1, y1)):
            drawing.add(Line(*ends, strokeColor=SOFT, strokeWidth=0.7))
        drawing.add(Polygon([x1, y1, x1 - 3.5, y1 + 2, x1 - 3.5, y1 - 2], fillColor=SOFT, strokeColor=None))


def _shorten(text: str, width: float, size: float = 8) -> str:
    if stringWidth(text, REGULAR, size) <= width:
        return text
    while text and stringWidth(text + "…", REGULAR, size) > width:
        text = text[:-1]
    return text.rstrip() + "…"


GAP_X, GAP_Y, LINE = 22.0, 10.0, 9.5


def _wrap(text: str, width: float, size: float, most: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and stringWidth(f"{lines[-1]} {word}", REGULAR, size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(_shorten(word, width, size))
    if len(lines) > most:
        lines = [*lines[: most - 1], _shorten(" ".join(lines[most - 1 :]), width, size)]
    return lines


def _box_size(graph: Graph, width: float) -> tuple[float, float]:
    columns = max((node.column for node in graph.nodes), default=0) + 1
    wide = (width - GAP_X * (columns - 1)) / columns
    tall = max((14 + LINE * len(_wrap(node.label, wide - 10, 8, 4)) + (8.5 * len(_wrap(node.note, wide - 10, 6.5, 2)) if node.note else 0) for node in graph.nodes), default=30.0)  # fmt: skip
    return wide, tall


def height_of_graph(graph: Graph, width: float) -> float:
    """What its rows need."""
    rows = max((node.row for node in graph.nodes), default=0) + 1
    return 22 + rows * (_box_size(graph, width)[1] + GAP_Y)


def draw_graph(graph: Graph, width: float, height: float) -> Drawing:
    """Boxes in their columns with arrows between them; the text wraps within its box."""
    register()
    drawing = Drawing(width, height)
    drawing.add(String(0, height - 10, _shorten(graph.title, width * 0.84), fontName=BOLD, fontSize=9, fillColor=INK))
    wide, tall = _box_size(graph, width)

    def corner(node: Node) -> tuple[float, float]:
        return node.column * (wide + GAP_X), height - 20 - node.row * (tall + GAP_Y) - tall

    for first, then in graph.arrows:
        (x0, y0), (x1, y1) = corner(graph.nodes[first]), corner(graph.nodes[then])
        x0, y0, y1 = x0 + wide, y0 + tall / 2, y1 + tall / 2
        drawing.add(Line(x0, y0, x1 - 3, y1, strokeColor=SOFT, strokeWidth=0.9))
        angle = math.atan2(y1 - y0, x1 - x0)
        back = [(x1 - 5 * math.cos(angle + turn), y1 - 5 * math.sin(angle + turn)) for turn in (0.45, -0.45)]
        drawing.add(Polygon([x1, y1, *back[0], *back[1]], fillColor=SOFT, strokeColor=None))
    for node in graph.nodes:
        x, y = corner(node)
        drawing.add(Rect(x, y, wide, tall, rx=3, ry=3, fillColor=HexColor("#ffffff"), strokeColor=HexColor(node.colour), strokeWidth=1.1))  # fmt: skip
        drawing.add(Rect(x, y, 3, tall, fillColor=HexColor(node.colour), strokeColor=None))
        at = y + tall - 12
        for line in _wrap(node.label, wide - 10, 8, 4):
            drawing.add(String(x + 7, at, line, fontName=REGULAR, fontSize=8, fillColor=INK))
            at -= LINE
        for line in _wrap(node.note, wide - 10, 6.5, 2) if node.note else []:
            drawing.add(String(x + 7, at, line, fontName=REGULAR, fontSize=6.5, fillColor=SOFT))
            at -= 8.5
    return drawing


def to_picture(drawing: Drawing, dpi: int = 200) -> bytes:
    """The drawing as PNG bytes, for formats without vector drawings of their own."""
    ensure_fonts()
    for file in ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf"):
        QFontDatabase.addApplicationFont(str(find_folder("resources") / "fonts" / file))
    svg = _unfilled(renderSVG.drawToString(drawing))
    svg = svg.replace(f"font-family: {BOLD}", "font-family: Noto Sans; font-weight: bold").replace(
        f"font-family: {REGULAR}", "font-family: Noto Sans"
    )
    svg = re.sub(r"<clipPath.*?</clipPath>", "", svg, flags=re.DOTALL)  # QtSvg would paint it
    image = QImage(round(drawing.width * dpi / 72), round(drawing.height * dpi / 72), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(svg[svg.index("<svg") :].encode())).render(painter)
    painter.end()
    return to_png(image)


def _unfilled(svg: str) -> str:
    """Lines are lines: what ReportLab writes (`None`) is no word of SVG, and they would be filled."""
    return svg.replace("fill: None", "fill: none")


def to_svg(drawing: Drawing) -> str:
    """The drawing as an SVG element."""
    text = _unfilled(renderSVG.drawToString(drawing))
    text = text[text.index("<svg") :]
    return text.replace(f"font-family: {REGULAR}", "font-family: inherit").replace(
        f"font-family: {BOLD}", "font-weight: 600; font-family: inherit"
    )
