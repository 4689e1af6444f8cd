"""Where a report goes: the file and its format, asked in one dialog."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from onekl_desktop.base.translate import N_, _

FORMATS = (
    (".pdf", N_("Pages to print (*.pdf)")), (".docx", N_("Text to go on editing (*.docx)")), (".html", N_("Web page in one file (*.html)")),
    (".xlsx", N_("Workbook with the figures (*.xlsx)")),
)  # fmt: skip


def ask_report_file(parent: QWidget, title: str, stem: Path) -> Path | None:
    """The chosen file, with the suffix of the chosen format where none was typed; None when given up."""
    filters = {_(text): suffix for suffix, text in FORMATS}
    start = str(stem.with_suffix(".pdf"))
    text, chosen = QFileDialog.getSaveFileName(parent, title, start, ";;".join(filters))
    if not text:
        return None
    path = Path(text)
    suffixes = [suffix for suffix, _text in FORMATS]
    return (
        path if path.suffix.lower() in (*suffixes, ".htm") else path.with_name(path.name + filters.get(chosen, ".pdf"))
    )
