"""Small builders, so that spacing, roles and accessible names are the same everywhere."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from onekl_desktop.gui import theme
from onekl_desktop.gui.icons import icon


def label(text: str = "", role: str = "", *, wrap: bool = False) -> QLabel:
    """A label in one of the roles: title, heading, soft, small, problem, badge."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    made.setWordWrap(wrap)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return made


def button(
    text: str, on_click: Callable[[], object], *, primary: bool = False, icon_name: str = "", tip: str = ""
) -> QPushButton:
    """A push button."""
    made = QPushButton(text)
    made.setProperty("primary", primary)
    made.clicked.connect(lambda _checked=False: on_click())
    if icon_name:
        made.setIcon(icon(icon_name, theme.current_tokens().accent_ink if primary else ""))
    made.setToolTip(tip)
    made.setAccessibleName(text)
    return made


def tool_button(
    icon_name: str, text: str, on_click: Callable[[], object] | None = None, *, size: int = 20, checkable: bool = False
) -> QToolButton:
    """An icon button with its name as tool tip and for screen readers."""
    made = QToolButton()
    made.setIcon(icon(icon_name))
    made.setIconSize(QSize(size, size))
    made.setToolTip(text)
    made.setAccessibleName(text)
    made.setCheckable(checkable)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if on_click is not None:
        made.clicked.connect(lambda _checked=False: on_click())
    return made


def frame(role: str) -> QFrame:
    """A frame in one of the roles: panel, card, bar, rail, drawer, side, line."""
    made = QFrame()
    made.setProperty("role", role)
    return made


def column(*items: QWidget | QLayout | int | None, margins: int = 0, spacing: int = theme.S) -> QVBoxLayout:
    """A vertical layout; an int is a fixed gap, None takes the rest."""
    return _fill(QVBoxLayout(), items, margins, spacing)


def row(*items: QWidget | QLayout | int | None, margins: int = 0, spacing: int = theme.S) -> QHBoxLayout:
    """A horizontal layout; an int is a fixed gap, None takes the rest."""
    return _fill(QHBoxLayout(), items, margins, spacing)


def _fill(layout, items, margins, spacing):  # type: ignore[no-untyped-def]
    layout.setContentsMargins(margins, margins, margins, margins)
    layout.setSpacing(spacing)
    for item in items:
        if item is None:
            layout.addStretch(1)
        elif isinstance(item, int):
            layout.addSpacing(item)
        elif isinstance(item, QLayout):
            layout.addLayout(item)
        else:
            layout.addWidget(item)
    return layout


class VerticalScroll(QScrollArea):
    """Scrolls up and down only, so it is never narrower than what it holds."""

    def minimumSizeHint(self) -> QSize:
        """As wide as the content needs with the scroll bar beside it."""
        hint, content = super().minimumSizeHint(), self.widget()
        if content is not None:
            bar = self.verticalScrollBar().sizeHint().width()
            hint.setWidth(max(hint.width(), content.minimumSizeHint().width() + bar))
        return hint


def scroll(content: QWidget) -> QScrollArea:
    """A vertical scroll area round a widget."""
    area = VerticalScroll()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    content.setProperty("role", "panel")
    content.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, True)
    area.setWidget(content)
    return area


def empty_layout(layout: QLayout) -> None:
    """Remove and delete everything in a layout."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def restyle(widget: QWidget, **properties: object) -> None:
    """Set dynamic properties and let the style sheet see them."""
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class EmptyState(QFrame):
    """What belongs here and the next step."""

    def __init__(
        self, heading: str, text: str, action: str = "", on_action: Callable[[], object] | None = None
    ) -> None:
        super().__init__()
        self.setProperty("role", "card")
        parts: list[QWidget | QLayout | int | None] = [
            label(heading, "heading", wrap=True),
            label(text, "soft", wrap=True),
        ]
        if action and on_action is not None:
            parts.append(row(button(action, on_action, primary=True), None))
        self.setLayout(column(*parts, margins=theme.M))
