"""The partnership on paper: members, agreements, groups and decisions; nobody's contact is printed."""

from __future__ import annotations

import datetime as dt

from onekl_desktop.base.translate import _, get_language
from onekl_desktop.base.units import format_number
from onekl_desktop.engine import Session
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.reports.page import Facts, Heading, Notes, Page, Paragraph, Table
from onekl_desktop.tools.partnership.queries import read_partnership, tally
from onekl_desktop.tools.partnership.spec import ORGANISATION_VALUES


def partnership(session: Session) -> Page:
    """Build the page."""
    known = read_partnership(session)
    with session.read() as db:
        landscape, footer = get_landscape(db), get_project_setting(db, "report_footer")
    page = Page(
        landscape.name, _("Partnership · {date}").format(date=dt.date.today().isoformat()),
        _("Invented landscape: no place, name or figure is real") if landscape.synthetic else "", footer, get_language(),
    )  # fmt: skip
    if not known.organisations:
        page.blocks.append(Notes((_("No organisation has been entered yet."),), warning=True))
        return page
    women = sum(row.women or 0 for row in known.organisations)
    men = sum(row.men or 0 for row in known.organisations)
    page.blocks.append(Facts((
        (_("Organisations"), str(len(known.organisations))), (_("Women"), format_number(women)), (_("Men"), format_number(men)),
        (_("Groups"), str(len(known.groups))), (_("Signatures"), str(len(known.signatures))),
    )))  # fmt: skip
    kinds, roles = ({option.id: _(option.title) for option in ORGANISATION_VALUES[at].options} for at in (0, 1))  # type: ignore[union-attr]
    page.blocks.append(Heading(_("Members")))
    page.blocks.append(Table(
        (_("Organisation"), _("Kind"), _("Role"), _("Women"), _("Men")),
        tuple((row.name, kinds.get(row.organisation_type, row.organisation_type), roles.get(row.role, row.role),
               format_number(row.women), format_number(row.men)) for row in known.organisations),
        (False, False, False, True, True)))  # fmt: skip
    if known.agreements:
        page.blocks.append(Heading(_("Agreements")))
    for agreement in known.agreements:
        signed = ", ".join(
            f"{known.name_of(item.organisation)} ({item.signed_on})" for item in known.signed_by(agreement.uuid)
        )
        told = _("Signed by {names}.").format(names=signed) if signed else _("Not signed yet.")
        page.blocks.append(
            Paragraph(told, lead=_("{name}, version {version}.").format(name=agreement.name, version=agreement.version))
        )
        if agreement.body:
            page.blocks.append(Paragraph(agreement.body, small=True))
    if known.decisions:
        page.blocks.append(Heading(_("Decisions")))
    for decision in known.decisions:
        counted = tally(session, decision)
        told = decision.outcome or _("Open.")
        page.blocks.append(
            Paragraph(told, lead=decision.name if decision.name.endswith(("?", "!", ".")) else f"{decision.name}.")
        )
        rows = tuple(
            (group, *(format_number(value) for value in line)) for group, line in counted.groups.items()
        )  # fmt: skip
        if rows:
            page.blocks.append(Table(
                (_("First choices"), *counted.options), rows, (False, *([True] * len(counted.options)))))  # fmt: skip
    return page
