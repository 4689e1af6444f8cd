"""What leaves, on paper: for the meeting that decides about it."""

from __future__ import annotations

import datetime as dt

from onekl_desktop.base.specs.inputs import RECORD_WORDS
from onekl_desktop.base.translate import _, get_language
from onekl_desktop.base.units import format_number
from onekl_desktop.engine import Session
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.reports.page import Heading, Notes, Page, Paragraph, Table
from onekl_desktop.tools.commons.queries import read_commons, tell_kept
from onekl_desktop.tools.commons.spec import AUDIENCES


def release(session: Session) -> Page:
    """Build the page."""
    with session.read() as db:
        landscape, footer = get_landscape(db), get_project_setting(db, "report_footer")
    page = Page(
        landscape.name, _("What leaves · {date}").format(date=dt.date.today().isoformat()),
        _("Invented landscape: no place, name or figure is real") if landscape.synthetic else "", footer, get_language(),
    )  # fmt: skip
    page.blocks.append(
        Paragraph(_("Nothing leaves this file unless it is named here. Copies that are out cannot be called back."))
    )
    for option in AUDIENCES:
        known = read_commons(session, option.id)
        page.blocks.append(Heading(_(option.title)))
        rows = [
            (_(RECORD_WORDS.get(kind, kind)).capitalize(), ", ".join(given.fields), format_number(len(given.rows)))
            for kind, given in known.selection.released.items()
        ]
        for uuid, fields in known.selection.layers.items():
            layer = known.layers.get(uuid)
            if layer is not None:
                rows.append(
                    (_("Layer {name}").format(name=layer.name), ", ".join(fields), format_number(layer.feature_count))
                )
        if rows:
            page.blocks.append(Table((_("Kind"), _("Fields"), _("Rows")), tuple(rows), (False, False, True)))
        else:
            page.blocks.append(Paragraph(_("Nothing.")))
        kept = tell_kept(known.selection)
        if kept:
            page.blocks.append(Notes((_("Stays here:"), *kept)))
    known = read_commons(session)
    if known.bundles:
        page.blocks.append(Heading(_("Bundles")))
        audiences = {option.id: _(option.title) for option in AUDIENCES}
        page.blocks.append(Table(
            (_("Version"), _("Written on"), _("For"), _("Rows"), _("Withdrawn on"), _("Manifest")),
            tuple((str(row.version), row.released_on, audiences.get(row.audience, row.audience), format_number(row.rows),
                   row.withdrawn_on or "–", row.manifest_hash[:16]) for row in known.bundles),
            (True, False, False, True, False, False)))  # fmt: skip
    return page
