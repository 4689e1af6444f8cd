"""What a group puts first, as shades of the landscape's zones."""

from __future__ import annotations

from onekl_desktop.base.translate import _
from onekl_desktop.cartography.shading import Shading, shade_shares
from onekl_desktop.tools.visioning.queries import Visioning, weigh_places


def shade_priorities(known: Visioning, group: str, goals: list[str], shares: list[float]) -> Shading | None:
    """The zones by the shares of the goals that have a target there; None when no goal has a target in a zone."""
    places = {place: share for place, share in weigh_places(known, goals, shares).items() if place}
    if not any(places.values()):
        return None
    return shade_shares(
        _("Put first by {group}").format(group=group), places, (_("Little"), _("Some"), _("Much"), _("Most"))
    )
