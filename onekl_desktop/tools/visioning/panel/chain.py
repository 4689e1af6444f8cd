"""The results chain as boxes and arrows for the canvas."""

from __future__ import annotations

from onekl_desktop.base.specs.words import titles
from onekl_desktop.base.translate import _
from onekl_desktop.gui.graph.canvas import STEP_X, STEP_Y, Arrow, Box
from onekl_desktop.tools.visioning.inputs import RESULT_TYPES
from onekl_desktop.tools.visioning.pages import COLOURS
from onekl_desktop.tools.visioning.queries import Visioning


def boxes_of(known: Visioning) -> list[Box]:
    """Where a person has put a box it stands; the others are laid out by what leads to what."""
    kinds, places = titles(RESULT_TYPES), known.places
    out = []
    for row in known.results:
        across, down = places[row.uuid]
        x, y = (row.x, row.y) if row.x is not None and row.y is not None else (across * STEP_X, down * STEP_Y)
        note = ", ".join(item.title for item in known.indicators_of(row)) or kinds.get(row.result_type, "")
        out.append(Box(row.uuid, row.name, note, COLOURS.get(row.result_type, "#5d6b65"), x, y))
    return out


def arrows_of(known: Visioning) -> list[Arrow]:
    """Dashed where neither an assumption nor evidence is written down."""
    out = []
    for link in known.links:
        told = [_("Must hold: {text}").format(text=link.assumption)] if link.assumption else []
        told += [_("Speaks for it: {text}").format(text=link.evidence)] if link.evidence else []
        out.append(Arrow(link.cause, link.effect, "\n".join(told), bool(told or link.resource)))
    return out
