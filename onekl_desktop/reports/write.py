"""Write a report by its id; the suffix of the file decides the format."""

from __future__ import annotations

import os
from pathlib import Path

from onekl_desktop.base.errors import UserError, explain_os_error
from onekl_desktop.base.specs import PageSpec
from onekl_desktop.engine.registry import ToolEntry
from onekl_desktop.engine.rows import list_names
from onekl_desktop.engine.session import Session
from onekl_desktop.reports.html import build_html
from onekl_desktop.reports.page import Page
from onekl_desktop.reports.pdf import write_pdf

SLIDES = ".pptx"
SUFFIXES = (".pdf", ".html", ".htm", ".docx", ".xlsx", SLIDES)


def find_page(session: Session, report: str) -> tuple[ToolEntry, PageSpec]:
    """The declaration of a report.

    Raises
    ------
    UserError
        `report.unknown`.
    """
    for entry, spec in session.registry.list_pages():
        if spec.id == report:
            return entry, spec
    known = ", ".join(spec.id for _entry, spec in session.registry.list_pages())
    raise UserError("report.unknown", report=report, known=known)


def list_subjects(session: Session, spec: PageSpec) -> list[str]:
    """Names of the records that a report can be about; one empty name where it is about the whole landscape."""
    if not spec.of:
        return [""]
    return list_names(session, spec.of)


def build_page(session: Session, report: str, subject: str = "") -> Page:
    """The page of a report, of one record where it is about one (the only one, unless named).

    Raises
    ------
    UserError
        `report.unknown`, `report.which`, `report.nothing`.
    """
    entry, spec = find_page(session, report)
    if not spec.of:
        page: Page = entry.load(spec.build)(session)
        return page
    names = list_subjects(session, spec)
    if not names:
        raise UserError("report.nothing")
    if not subject and len(names) > 1:
        raise UserError("report.which", count=len(names), names=", ".join(names))
    page = entry.load(spec.build)(session, subject or names[0])
    return page


def write_report(session: Session, report: str, out: Path, *, subject: str = "", replace: bool = True) -> Path:
    """Build and write a report under a temporary name, then rename it into place.

    Raises
    ------
    UserError
        As `build_page`; `report.unknown_format`, `report.slides`, `file.exists`, or a problem of the medium.
    """
    suffix = out.suffix.lower()
    if suffix not in SUFFIXES:
        raise UserError("report.unknown_format", kind=suffix or out.name)
    if out.exists() and not replace:
        raise UserError("file.exists", file=out)
    _entry, spec = find_page(session, report)
    if spec.slides != (suffix == SLIDES):
        raise UserError("report.slides" if spec.slides else "report.no_slides", report=report)
    page = build_page(session, report, subject)
    if suffix == ".xlsx" and not page.sheets:
        raise UserError("report.no_annex", report=report)
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if suffix == ".pdf":
            write_pdf(page, session.project, part)
        elif suffix == ".docx":
            from onekl_desktop.reports.docx import write_docx  # with lxml: only where a text for an office is asked for

            write_docx(page, session.project, part)
        elif suffix == SLIDES:
            from onekl_desktop.reports.pptx import write_pptx

            write_pptx(page, session.project, part)
        elif suffix == ".xlsx":
            from onekl_desktop.reports.xlsx import write_xlsx

            write_xlsx(page, part)
        else:
            part.write_text(build_html(page, session.project), encoding="utf-8")
        os.replace(part, out)
    except OSError as problem:
        raise explain_os_error(problem, out) from None
    finally:
        part.unlink(missing_ok=True)
    return out
