"""The message bar: one sentence at a time over the top of the map, which does not move for it; errors stay until they are closed, the rest fade."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from onekl_desktop.base.translate import _
from onekl_desktop.gui.icons import pixmap
from onekl_desktop.gui.kit import label, restyle, row, tool_button
from onekl_desktop.gui.theme import M, current_tokens

SIDE = 64  # clear of the zoom buttons and the north arrow
_ICONS = {"info": "help", "good": "check", "warning": "warning", "error": "warning"}


class MessageBar(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, over: QWidget | None = None) -> None:
        super().__init__(over)
        self._over = over
        if over is not None:
            over.installEventFilter(self)
        self._icon = QLabel()
        self._icon.setFixedWidth(22)
        self.text = label("", wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._close = tool_button("close", _("Close the message"), self.hide, size=16)
        self.setLayout(row(self._icon, self.text, self._close, margins=M // 2))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def show_message(self, kind: str, text: str) -> None:
        """Show a sentence; kind is info, good, warning or error."""
        tokens = current_tokens()
        colour = {"info": tokens.info, "good": tokens.good, "warning": tokens.warn, "error": tokens.bad}[kind]
        self._icon.setPixmap(pixmap(_ICONS[kind], colour, 18))
        self.text.setText(text)
        restyle(self, message=kind)
        restyle(self.text)
        self.setAccessibleName(text)
        self.show()
        self._place()
        self.raise_()
        self._timer.stop()
        if kind in ("info", "good"):
            self._timer.start(6000)

    def _place(self) -> None:
        if self._over is None:
            return
        width = max(self._over.width() - 2 * SIDE, 200)
        self.setFixedWidth(width)
        layout = self.layout()
        tall = layout is not None and layout.hasHeightForWidth()
        height = layout.heightForWidth(width) if layout is not None and tall else self.sizeHint().height()
        self.setGeometry(SIDE, M, width, max(height, 36))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay at the top."""
        if watched is self._over and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)
