"""How every page begins: the landscape's name, what the page is, its date, and that the landscape is invented if it is."""

from __future__ import annotations

import datetime as dt

from onekl_desktop.base.translate import _, get_language
from onekl_desktop.engine import Session
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.reports.page import Page


def open_page(session: Session, what: str) -> Page:
    """A page without blocks; `what` is said under the title, with today's date."""
    with session.read() as db:
        landscape, footer = get_landscape(db), get_project_setting(db, "report_footer")
    return Page(
        landscape.name, f"{what} · {dt.date.today().isoformat()}",
        _("Invented landscape: no place, name or figure is real") if landscape.synthetic else "", footer, get_language(),
    )  # fmt: skip
