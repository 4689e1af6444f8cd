"""Inputs that name any record of the project or any place on the map: what a comment, a decision or a document is about."""

from __future__ import annotations

from typing import Any

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.specs import Choice, Number, Option, Reference
from onekl_desktop.base.specs.inputs import RECORD_WORDS
from onekl_desktop.base.translate import N_

SUBJECT_KINDS = (
    "landscape", "layer", "practice", "scenario", "intervention", "projection", "indicator", "organisation", "group", "person", "agreement",
    "engagement", "meeting", "decision", "comment", "boundary", "concern", "picture", "vision", "goal", "target", "result", "action",
    "budget_line", "assessment", "project", "finance_line", "finance_source", "finance_flow", "funding", "household_type", "observation", "resource",
)  # fmt: skip
SUBJECT_KIND = Choice(
    id="subject_kind", title=N_("About a"), required=False, options=tuple(Option(id=kind, title=RECORD_WORDS[kind]) for kind in SUBJECT_KINDS),
    about=N_("Kind of record; empty: about a place, or the landscape as a whole."),
)  # fmt: skip
SUBJECT = Reference(id="subject", title=N_("Named"), of="", of_field="subject_kind", required=False)
SUBJECT_INPUTS = (SUBJECT_KIND, SUBJECT)
PLACE_INPUTS = (
    Number(id="longitude", title=N_("Longitude"), minimum=-180, maximum=180, decimals=6, required=False, about=N_("Degrees east, WGS 84; negative in the west. The panel fills it in from a click on the map.")),
    Number(id="latitude", title=N_("Latitude"), minimum=-90, maximum=90, decimals=6, required=False, about=N_("Degrees north, WGS 84; negative in the south.")),
)  # fmt: skip
# 4 Returns: Commonland's landscape zones.
ZONES = (
    Option(id="natural", title=N_("Natural zone")), Option(id="combined", title=N_("Combined zone")), Option(id="economic", title=N_("Economic zone")),
)  # fmt: skip


def check_place(values: dict[str, Any]) -> None:
    """A place has both its numbers, or none.

    Raises
    ------
    UserError
        `decision.half_place`.
    """
    if (values.get("longitude") is None) != (values.get("latitude") is None):
        raise UserError("decision.half_place")
