"""The window, and dialogs that the test answers instead of a person."""

import pytest
from PySide6.QtWidgets import QApplication

from onekl_desktop.app.new_project import NewProjectDialog
from onekl_desktop.gui.dialogs.operation import OperationDialog
from onekl_desktop.tools.layers.panel.import_dialog import ImportDialog


@pytest.fixture
def dialogs(monkeypatch):
    answers = []

    def use(dialog):
        dialog.show()
        QApplication.processEvents()
        answers.pop(0)(dialog)
        return dialog.result()

    for kind in (OperationDialog, ImportDialog, NewProjectDialog):
        monkeypatch.setattr(kind, "exec", use)
    yield answers
    assert answers == []
