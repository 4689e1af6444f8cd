"""Where a report goes: the file and its format, asked in one dialog."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QInputDialog, QWidget

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.specs import PageSpec
from onekl_desktop.base.translate import N_, _

if TYPE_CHECKING:
    from onekl_desktop.engine import Session

FORMATS = (
    (".pdf", N_("Pages to print (*.pdf)")), (".docx", N_("Text to go on editing (*.docx)")), (".html", N_("Web page in one file (*.html)")),
    (".xlsx", N_("Workbook with the figures (*.xlsx)")),
)  # fmt: skip
SLIDES = ((".pptx", N_("Slides (*.pptx)")),)


def ask_subject(parent: QWidget, session: Session, page: PageSpec) -> str | None:
    """Which record a report is about: the only one, else the chosen one; '' for the whole landscape, None when given up.

    Raises
    ------
    UserError
        `report.nothing`.
    """
    if not page.of:
        return ""
    from onekl_desktop.engine.rows import list_names  # with SQLAlchemy: not needed to show the window

    names = list_names(session, page.of)
    if not names:
        raise UserError("report.nothing")
    if len(names) == 1:
        return names[0]
    name, chosen = QInputDialog.getItem(parent, _(page.title), _("Which one?"), names, 0, False)
    return name if chosen else None


def ask_report_file(parent: QWidget, title: str, stem: Path, *, slides: bool = False) -> Path | None:
    """The chosen file, with the suffix of the chosen format where none was typed; None when given up."""
    formats = SLIDES if slides else FORMATS
    filters = {_(text): suffix for suffix, text in formats}
    start = str(stem.with_suffix(formats[0][0]))
    text, chosen = QFileDialog.getSaveFileName(parent, title, start, ";;".join(filters))
    if not text:
        return None
    path = Path(text)
    suffixes = [suffix for suffix, _text in formats]
    return (
        path
        if path.suffix.lower() in (*suffixes, ".htm")
        else path.with_name(path.name + filters.get(chosen, formats[0][0]))
    )
