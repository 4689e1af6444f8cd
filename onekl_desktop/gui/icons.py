"""One family of icons: SVG strokes, tinted with the theme's ink."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPen, QPixmap
from PySide6.QtSvg import QSvgRenderer

from onekl_desktop.base.data import find_folder
from onekl_desktop.gui.theme import current_tokens

LEAST_CONTRAST = 60  # of 255 steps of lightness
_cache: dict[tuple[str, str, int], QPixmap] = {}


class Stroke(QIconEngine):
    """Draws an icon when it is shown, at just the size it is shown in."""

    def __init__(self, name: str, plain: str, soft: str, checked: str) -> None:
        super().__init__()
        self.name, self.plain, self.soft, self.checked = name, plain, soft, checked

    def clone(self) -> Stroke:
        """Another of the same."""
        return Stroke(self.name, self.plain, self.soft, self.checked)

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        """Any size can be had; icons are square."""
        side = min(size.width(), size.height())
        return QSize(side, side)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The picture for a mode and a state."""
        colour = self.checked if state == QIcon.State.On else self.plain
        return pixmap(self.name, self.soft if mode == QIcon.Mode.Disabled else colour, min(size.width(), size.height()))

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        """The same; `size` is in the screen's own pixels already."""
        return self.pixmap(size, mode, state)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw into a box."""
        ratio = painter.device().devicePixelRatioF()
        painter.drawPixmap(rect, self.pixmap(rect.size() * ratio, mode, state))


def icon(name: str, colour: str = "") -> QIcon:
    """An icon by name in the theme's ink (or a colour), sharp at every scale; disabled is soft, checked is accented."""
    tokens = current_tokens()
    return QIcon(Stroke(name, colour or tokens.ink, tokens.border, colour or tokens.accent))


def pixmap(name: str, colour: str, size: int) -> QPixmap:
    """The icon's picture at a size in device pixels."""
    key = (name, colour, size)
    if key not in _cache:
        path = find_folder("resources") / "icons" / f"{name}.svg"
        text = (
            path.read_text(encoding="utf-8")
            .replace('color="#22322c"', f'color="{colour}"')
            .replace("currentColor", colour)
        )
        picture = QPixmap(QSize(size, size))
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(0, 0, size, size))
        painter.end()
        _cache[key] = picture
    return _cache[key]


def swatch(colour: str, outline: str = "#00000000", size: int = 14) -> QIcon:
    """A small coloured square for lists; its edge is drawn in the theme's border where the colour comes close to it."""
    ground, ink = QColor(current_tokens().surface), QColor(current_tokens().border)
    edge = QColor(outline)
    if edge.alpha() == 0 or abs(edge.lightness() - ground.lightness()) < LEAST_CONTRAST:
        shown = QColor(colour)
        close = shown.alpha() < 128 or abs(shown.lightness() - ground.lightness()) < LEAST_CONTRAST
        edge = ink if close else edge
    picture = QPixmap(QSize(size * 2, size * 2))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(colour))
    painter.setPen(QPen(edge, 2))
    painter.drawRoundedRect(QRectF(2, 2, size * 2 - 4, size * 2 - 4), 5, 5)
    painter.end()
    picture.setDevicePixelRatio(2)
    return QIcon(picture)
