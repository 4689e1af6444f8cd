"""The reconciliation report of planning units: who claims what, where claims lie over each other, and what is settled."""

from __future__ import annotations

import datetime as dt
from typing import Any

from onekl_desktop.base.translate import _, get_language, ngettext
from onekl_desktop.base.units import format_number, format_quantity
from onekl_desktop.engine import Session
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.project.queries.records import get_landscape, list_layers
from onekl_desktop.reports.page import Facts, Heading, MapBlock, Notes, Page, Paragraph, Sheet, Table
from onekl_desktop.tools.layers.claims import AGREED, BETWEEN, COLUMNS, NONE, ORDER, STATES, list_units, name_of


def planning_units(session: Session) -> Page:
    """Build the page from the newest layer of planning units."""
    with session.read() as db:
        landscape, layers = get_landscape(db), list_layers(db)
        footer = get_project_setting(db, "report_footer")
    page = Page(
        _("{landscape}: claims on the land").format(landscape=landscape.name), _("Planning units · {date}").format(date=dt.date.today().isoformat()),
        _("Invented landscape: no place, name or figure is real") if landscape.synthetic else "", footer, get_language(),
    )  # fmt: skip
    found = [(layer, rows) for layer in layers if layer.data_kind == "vector" and (rows := list_units(session, layer))]
    if not found:
        page.blocks.append(Notes((_("No planning units yet. They are made from layers of permits, reserves and customary land (Layers: Planning units from claims)."),), warning=True))  # fmt: skip
        return page
    layer, rows = max(found, key=lambda pair: pair[0].id)
    contested = [row for row in rows if (row["claimants"] or 0) > 1]
    open_ones = [row for row in contested if row["settled"] == ORDER]

    def hectares(chosen: list[dict[str, Any]]) -> float:
        return float(sum(row["area_ha"] or 0.0 for row in chosen))

    page.blocks.append(Facts((
        (_("Units"), str(len(rows))), (_("Without a claim"), format_quantity(hectares([row for row in rows if row["settled"] == NONE]), "ha")),
        (_("Claimed more than once"), format_quantity(hectares(contested), "ha")), (_("Of that to be settled"), format_quantity(hectares(open_ones), "ha")),
    )))  # fmt: skip
    page.blocks.append(Paragraph(_("Made of {layers}. Where several claims lie on the same land, the layer that stands first in this list holds it until the claimants have settled it.").format(layers=layer.source)))  # fmt: skip
    beside = [
        other.uuid for other in layers if other.role in ("roads", "rivers") or other.geometry_type == "MULTIPOINT"
    ]
    page.blocks.append(MapBlock(_("The landscape with its planning units"), layers=(layer.uuid, *beside)))
    page.blocks.append(Heading(_("Claims that lie over each other")))
    if contested:
        page.blocks.append(Table(
            (_("Claims"), _("Area (ha)"), _("Held by"), _("State"), _("Note")),
            tuple((" + ".join(str(row["claims"]).split(BETWEEN)), format_number(row["area_ha"], 1), str(row["unit"]), _(STATES.get(row["settled"], "?")), str(row["note"] or "")) for row in contested),
            (False, True, False, False, False),
            ngettext("{count} piece is to be settled.", "{count} pieces are to be settled.", len(open_ones)).format(count=len(open_ones))))  # fmt: skip
    else:
        page.blocks.append(Paragraph(_("No land is claimed more than once.")))
    page.blocks.append(Heading(_("All units")))
    page.blocks.append(Table(
        (_("Unit"), _("From"), _("Area (ha)"), _("State")),
        tuple((_told(row), str(row["held_by"] or "–"), format_number(row["area_ha"], 1), _(STATES.get(row["settled"], "?"))) for row in rows),
        (False, False, True, False)))  # fmt: skip
    if any(row["settled"] == AGREED for row in rows):
        page.blocks.append(Notes((_("What was agreed stands in the project's journal with day and author."),)))
    page.sheets.append(Sheet(_("Planning units"), tuple(COLUMNS), tuple(tuple(row[column] for column in COLUMNS) for row in rows),
                             tuple({"claimants": 0, "area_ha": 2}.get(column) for column in COLUMNS), layer.source))  # fmt: skip
    return page


def _told(row: dict[str, Any]) -> str:
    """The name of a unit in the reader's language (what is stored is in its maker's)."""
    if row["settled"] == NONE:
        return _("Land without a claim")
    others = [part.partition(": ")[2] for part in str(row["claims"]).split(BETWEEN)]
    return name_of(str(row["unit"]), [other for other in others if other != row["unit"]])
