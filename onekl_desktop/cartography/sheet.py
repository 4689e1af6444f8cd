"""A printed page: the map with vectors, its frame and grid, legend, index map, facts and sources, for any device."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QTextOption,
)

from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number
from onekl_desktop.cartography.furniture import draw_north, draw_scale_bar
from onekl_desktop.cartography.layout import Frame, Layout, Plan, fill, plan_page
from onekl_desktop.cartography.pictures import to_polygon
from onekl_desktop.cartography.scale import round_length
from onekl_desktop.cartography.scene import Box, SceneLayer, View
from onekl_desktop.cartography.source import LegendEntry
from onekl_desktop.cartography.vector import draw_scene, marker_path

DPI = 300
INK, SOFT, HAIR = QColor("#1e2b26"), QColor("#56655e"), QColor("#9aa8a1")
INDEX_SHARE = 0.5  # of its width: the height of the index map
LEGEND_POINTS, LEAST_SHARE = 7.5, 0.8


@dataclass
class Contents:
    """What a page is filled with: layers, where, and the words about them."""

    layers: Sequence[SceneLayer]
    box: Box
    crs: str
    legend: list[tuple[str, list[LegendEntry]]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    outline: list[np.ndarray] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    rotation: float = 0.0
    kept: list[np.ndarray] = field(default_factory=list)
    """Rings of the place that a page of an atlas is about; the rest is faded."""


class Sheet:
    """One page, ready to be drawn on any device at `dpi`."""

    def __init__(self, layout: Layout, contents: Contents, dpi: float = DPI) -> None:
        self.layout, self.contents, self.dpi = layout, contents, dpi
        self.plan: Plan = plan_page(layout)
        self.view = self._view()

    def _view(self) -> View:
        """The map in its frame: the box with a little room, or at the layout's scale about its middle."""
        frame = self.plan.map
        width, height = max(round(self._dots(frame.width)), 1), max(round(self._dots(frame.height)), 1)
        left, bottom, right, top = self.contents.box
        unit = max((right - left) / width, (top - bottom) / height) * 1.02
        if self.layout.scale:
            unit = self.layout.scale * 0.0254 / self.dpi
        x, y = (left + right) / 2, (bottom + top) / 2
        half_w, half_h = unit * width / 2, unit * height / 2
        return View((x - half_w, y - half_h, x + half_w, y + half_h), width, height, self.dpi, self.contents.rotation)

    def _dots(self, mm: float) -> float:
        return mm / 25.4 * self.dpi

    def _rect(self, frame: Frame) -> QRectF:
        return QRectF(*(self._dots(value) for value in (frame.x, frame.y, frame.width, frame.height)))

    def _font(self, points: float, bold: bool = False) -> QFont:
        font = QFont()
        font.setPixelSize(max(round(points * self.layout.factor * self.dpi / 72), 4))
        font.setBold(bold)
        return font

    # ------------------------------------------------------------ drawing

    def draw(self, painter: QPainter) -> None:
        """Everything, in dots from the upper left of the paper."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing, True)
        self._draw_title(painter)
        self._draw_map(painter)
        self._draw_side(painter)

    def _told(self, text: str) -> str:
        return fill(text, {"scale": f"1 : {format_number(round(self.view.scale))}", **self.contents.facts})

    def _draw_title(self, painter: QPainter) -> None:
        rect = self._rect(self.plan.title)
        logo = QImage.fromData(QByteArray(self.layout.logo_bytes()))
        if not logo.isNull() and rect.height() > 1:
            height = rect.height() * 0.9
            width = min(height * logo.width() / max(logo.height(), 1), rect.width() * 0.3)
            painter.drawImage(QRectF(rect.right() - width, rect.top(), width, height), logo)
            rect.setRight(rect.right() - width - self._dots(3))
        painter.setPen(INK)
        if self.layout.title:
            painter.setFont(self._font(17, True))
            line = QRectF(rect.left(), rect.top(), rect.width(), self._dots(8 * self.layout.factor))
            text = QFontMetricsF(painter.font()).elidedText(
                self._told(self.layout.title), Qt.TextElideMode.ElideRight, rect.width()
            )
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
            rect.setTop(line.bottom())
        if self.layout.subtitle:
            painter.setPen(SOFT)
            painter.setFont(self._font(10.5))
            text = QFontMetricsF(painter.font()).elidedText(
                self._told(self.layout.subtitle), Qt.TextElideMode.ElideRight, rect.width()
            )
            painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text)

    def _draw_map(self, painter: QPainter) -> None:
        rect, view = self._rect(self.plan.map), self.view
        painter.save()
        painter.translate(rect.topLeft())
        painter.fillRect(QRectF(0, 0, view.width, view.height), QColor("#ffffff"))
        draw_scene(painter, self.contents.layers, view)
        painter.setClipRect(QRectF(0, 0, view.width, view.height))
        if self.contents.kept and self.layout.fade:
            path = QPainterPath()
            path.setFillRule(Qt.FillRule.OddEvenFill)
            path.addRect(QRectF(-10, -10, view.width + 20, view.height + 20))
            for ring in self.contents.kept:
                path.addPolygon(to_polygon(view.to_pixels(ring)))
                path.closeSubpath()
            painter.fillPath(path, QColor(255, 255, 255, 150))
        if self.layout.grid != "none":
            self._draw_grid(painter)
        k = self.dpi / 96 * self.layout.factor
        if self.layout.scale_bar:
            draw_scale_bar(painter, view, k)
        if self.layout.north:
            draw_north(painter, view, k)
        painter.setClipping(False)
        painter.setPen(QPen(INK, self._dots(0.25)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(0, 0, view.width, view.height))
        painter.restore()

    def _draw_grid(self, painter: QPainter) -> None:
        """Lines or crosses at round coordinates, with their numbers along the left and upper edge."""
        view = self.view
        step = round_length(view.unit_per_pixel * max(view.width, view.height) / 5)
        left, bottom, right, top = view.box
        xs = np.arange(np.ceil(left / step), np.floor(right / step) + 1) * step
        ys = np.arange(np.ceil(bottom / step), np.floor(top / step) + 1) * step
        painter.setPen(QPen(QColor(30, 43, 38, 110), self._dots(0.12)))
        arm = self._dots(1.6 * self.layout.factor)
        if self.layout.grid == "lines":
            for ends in [((x, bottom), (x, top)) for x in xs] + [((left, y), (right, y)) for y in ys]:
                painter.drawPolyline(QPolygonF([QPointF(*spot) for spot in view.to_pixels(np.array(ends))]))
        else:
            for x in xs:
                for y in ys:
                    px, py = view.to_pixels(np.array([[x, y]]))[0]
                    painter.drawLine(QPointF(px - arm, py), QPointF(px + arm, py))
                    painter.drawLine(QPointF(px, py - arm), QPointF(px, py + arm))
        if view.rotation:
            return
        painter.setFont(self._font(6.5))
        metrics, pad = QFontMetricsF(painter.font()), self._dots(0.8)
        for values, upright in ((xs, False), (ys, True)):
            for value in values:
                spot = (value, top) if not upright else (left, value)
                px, py = view.to_pixels(np.array([spot]))[0]
                text = format_number(value)
                wide = metrics.horizontalAdvance(text)
                painter.save()
                if upright:
                    painter.translate(metrics.height(), py + wide / 2)
                    painter.rotate(-90)
                else:
                    painter.translate(px - wide / 2, metrics.height())
                box = QRectF(-pad, -metrics.ascent(), wide + 2 * pad, metrics.height())
                near_corner = (
                    (px < 2 * metrics.height() + wide / 2) if not upright else (py < 2 * metrics.height() + wide / 2)
                )
                if not near_corner:
                    painter.fillRect(box, QColor(255, 255, 255, 200))
                    painter.setPen(INK)
                    painter.drawText(QPointF(0, 0), text)
                painter.restore()

    # ------------------------------------------------------------ beside the map

    def _draw_side(self, painter: QPainter) -> None:
        side = self.plan.side
        if side.width <= 0:
            return
        gap = 4.0 * self.layout.factor
        width = (side.width - gap * (self.plan.columns - 1)) / self.plan.columns
        columns = [
            self._rect(Frame(side.x + at * (width + gap), side.y, width, side.height))
            for at in range(self.plan.columns)
        ]
        parts: list[Callable[[QPainter, QRectF], float]] = []
        if self.layout.legend and self.contents.legend:
            parts.append(self._draw_legend)
        if self.layout.index_map and self.contents.outline:
            parts.append(self._draw_index)
        parts.append(self._draw_words)
        if self.plan.columns == 1:
            rest = QRectF(columns[0])
            space, words = self._dots(gap), self._words_height(rest.width())
            index = rest.width() * INDEX_SHARE + self._heading_height() + space if self._draw_index in parts else 0.0
            for part in parts:
                room = QRectF(rest)
                if part == self._draw_legend:  # the others must find their place below
                    room.setBottom(max(rest.bottom() - words - index - space, rest.top() + self._dots(20)))
                elif part == self._draw_words:
                    room.setTop(max(rest.top(), rest.bottom() - words))
                rest.setTop(rest.top() + part(painter, room) + space)
        else:
            for part, column in zip([self._draw_legend, self._draw_words, self._draw_index], columns, strict=False):
                if part in parts:
                    part(painter, column)

    def _heading_height(self) -> float:
        return QFontMetricsF(self._font(9, True)).height() * 1.25

    def _heading(self, painter: QPainter, rect: QRectF, text: str) -> float:
        painter.setFont(self._font(9, True))
        painter.setPen(INK)
        height = self._heading_height()
        line = QRectF(rect.left(), rect.top(), rect.width(), height)
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, text)
        return height

    def _legend_lines(self) -> list[tuple[str, LegendEntry | None]]:
        lines: list[tuple[str, LegendEntry | None]] = []
        for title, entries in self.contents.legend:
            if len(entries) == 1 and entries[0].label == title:
                lines.append((title, entries[0]))
            else:
                lines += [(title, None), *((entry.label, entry) for entry in entries)]
        return lines

    def _draw_legend(self, painter: QPainter, rect: QRectF) -> float:
        """Groups with their entries: smaller, then in two columns where they do not fit; what still does not is counted."""
        top = rect.top() + self._heading(painter, rect, _("Legend"))
        lines, room = self._legend_lines(), max(rect.bottom() - top, 1.0)
        full = QFontMetricsF(self._font(LEGEND_POINTS)).height() * 1.25
        share = min(max(room / (full * len(lines)), LEAST_SHARE), 1.0)
        line = full * share
        fitting = max(int(room / line), 1)
        columns = 1 if len(lines) <= fitting else 2
        shown = lines if len(lines) <= columns * fitting else lines[: columns * fitting - 1]
        per_column = len(shown) if columns == 1 else min(fitting, -(-(len(shown) + (len(shown) < len(lines))) // 2))
        width = rect.width() / columns
        for number, (text, entry) in enumerate(shown):
            at, down = divmod(number, per_column)
            box = QRectF(rect.left() + at * width, top + down * line, width - self._dots(1), line)
            self._draw_line_of_legend(painter, box, text, entry, LEGEND_POINTS * share)
        if len(shown) < len(lines):
            at, down = divmod(len(shown), per_column)
            more = _("and {count} more").format(count=len(lines) - len(shown))
            box = QRectF(rect.left() + at * width, top + down * line, width, line)
            self._draw_line_of_legend(painter, box, more, None, LEGEND_POINTS * share)
        return top + min(per_column, len(shown)) * line - rect.top()

    def _draw_line_of_legend(
        self, painter: QPainter, box: QRectF, text: str, entry: LegendEntry | None, points: float
    ) -> None:
        painter.setFont(self._font(points, entry is None))
        x, swatch = box.left(), box.height() * 0.75
        if entry is not None:
            self._draw_symbol(painter, entry, QRectF(x, box.center().y() - swatch / 2, swatch * 1.5, swatch))
            x += swatch * 1.5 + self._dots(1.2)
        painter.setPen(INK)
        told = QFontMetricsF(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, box.right() - x)
        rest = QRectF(x, box.top(), box.right() - x, box.height())
        painter.drawText(rest, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, told)

    def _draw_symbol(self, painter: QPainter, entry: LegendEntry, box: QRectF) -> None:
        fill_colour, outline = QColor(entry.colour), QColor(entry.outline)
        if entry.kind == "line":
            painter.setPen(QPen(fill_colour, self._dots(0.6)))
            painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()))
        elif entry.kind == "point":
            path = marker_path("circle", box.center().x(), box.center().y(), box.height() * 0.4)
            painter.fillPath(path, fill_colour)
        else:
            painter.setPen(QPen(outline if entry.kind != "cell" else HAIR, self._dots(0.2)))
            painter.setBrush(fill_colour if entry.kind != "outline" else Qt.BrushStyle.NoBrush)
            painter.drawRect(box)

    def _draw_index(self, painter: QPainter, rect: QRectF) -> float:
        """The landscape with the part that the map shows."""
        head = self._heading(painter, rect, _("Where it is"))
        rings = self.contents.outline
        seen = self.view
        corners = ((0, 0), (seen.width, 0), (seen.width, seen.height), (0, seen.height))
        shown = np.array([seen.to_map(px, py) for px, py in corners])
        xy = np.vstack([*rings, shown])
        left, bottom = xy.min(axis=0)
        right, top = xy.max(axis=0)
        height = min(rect.width() * INDEX_SHARE, rect.height() - head)
        frame = QRectF(rect.left(), rect.top() + head, rect.width(), max(height, 1.0))
        unit = max((right - left) / frame.width(), (top - bottom) / frame.height()) * 1.1
        half_w, half_h = unit * frame.width() / 2, unit * frame.height() / 2
        x, y = (left + right) / 2, (bottom + top) / 2
        view = View(
            (x - half_w, y - half_h, x + half_w, y + half_h),
            max(int(frame.width()), 1),
            max(int(frame.height()), 1),
            self.dpi,
        )
        painter.save()
        painter.translate(frame.topLeft())
        painter.setClipRect(QRectF(0, 0, frame.width(), frame.height()))
        painter.setPen(QPen(SOFT, self._dots(0.2)))
        painter.setBrush(QColor("#e6ece8"))
        for ring in rings:
            painter.drawPolygon(to_polygon(view.to_pixels(ring)))
        painter.setPen(QPen(QColor("#a32a1e"), self._dots(0.5)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolygon(to_polygon(view.to_pixels(shown)))
        painter.restore()
        return head + frame.height()

    def _words(self) -> list[tuple[str, bool]]:
        """Lines below: text, facts, sources; whether each is a heading."""
        found: list[tuple[str, bool]] = []
        if self.layout.text:
            found.append((self._told(self.layout.text), False))
        if self.layout.facts:
            found.append((_("Scale 1 : {scale}").format(scale=format_number(round(self.view.scale))), False))
            found.append((describe_crs(self.contents.crs), False))
            made = " · ".join(
                part for part in (self.contents.facts.get("date", ""), self.contents.facts.get("author", "")) if part
            )
            found += [(made, False)] if made else []
        if self.layout.sources and self.contents.sources:
            found.append((_("Sources"), True))
            found += [(text, False) for text in self.contents.sources]
        return found

    def _words_height(self, width: float) -> float:
        return sum(self._word(None, QRectF(0, 0, width, 1e6), text, bold) for text, bold in self._words())

    def _word(self, painter: QPainter | None, rect: QRectF, text: str, bold: bool) -> float:
        font = self._font(7, bold)
        metrics = QFontMetricsF(font)
        box = metrics.boundingRect(rect, int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft), text)
        if painter is not None:
            painter.setFont(font)
            painter.setPen(INK if bold else SOFT)
            option = QTextOption(Qt.AlignmentFlag.AlignLeft)
            option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
            painter.drawText(QRectF(rect.left(), rect.top(), rect.width(), box.height() + 2), text, option)
        return box.height() + self._dots(0.8)

    def _draw_words(self, painter: QPainter, rect: QRectF) -> float:
        y = rect.top()
        for text, bold in self._words():
            height = self._word(None, QRectF(0, 0, rect.width(), 1e6), text, bold)
            if y + height > rect.bottom() + self._dots(1):
                break
            self._word(painter, QRectF(rect.left(), y, rect.width(), height), text, bold)
            y += height
        return y - rect.top()


def describe_crs(crs: str) -> str:
    """Projection and datum in words: WGS 84 / UTM zone 47N (EPSG:32647), datum World Geodetic System 1984."""
    from pyproj import CRS

    system = CRS.from_user_input(crs)
    datum = system.datum.name if system.datum is not None else "–"
    return _("{projection} ({code}), datum {datum}").format(projection=system.name, code=crs, datum=datum)
