"""What a person does with mouse and keyboard, for tests that walk through the window."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QDialog

LEFT = Qt.MouseButton.LeftButton


def press(button):
    assert button.isEnabled(), button.text()
    QTest.mouseClick(button, LEFT, pos=QPoint(8, button.height() // 2))


def write(editor, text):
    """Type into a field as a person does."""
    editor.setFocus()
    editor.selectAll()
    QTest.keyClicks(editor, str(text))


def fill(form, **values):
    for id, value in values.items():
        editor = form.field(id).editor
        if isinstance(editor, QComboBox):
            at = editor.findData(value)
            at = at if at >= 0 else next(n for n in range(editor.count()) if str(value) in editor.itemText(n))
            while editor.currentIndex() != at:  # by keyboard
                QTest.keyClick(editor, Qt.Key.Key_Down if editor.currentIndex() < at else Qt.Key.Key_Up)
        else:
            write(editor, value)


def ready(qtbot, window):
    qtbot.waitUntil(
        lambda: window.view.canvas.up_to_date and not window.view.session.jobs.busy and not window.view.desk._running,
        timeout=30_000,
    )


def form(dialogs, **values):
    """The next dialog of an operation is filled like this."""

    def answer(dialog):
        fill(dialog.form, **values)
        press(dialog.do)
        assert dialog.result() == QDialog.DialogCode.Accepted, dialog.problem.text()

    dialogs.append(answer)


def tab(panel, name):
    press(next(item for item in panel._tabs.buttons() if item.text() == name))
