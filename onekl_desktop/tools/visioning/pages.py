"""The vision on paper: what people see, what they want, how it comes about, and which goal comes first for whom."""

from __future__ import annotations

from collections.abc import Iterator

from onekl_desktop.base.specs.words import titles
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_percent
from onekl_desktop.engine import Session
from onekl_desktop.engine.subject_fields import ZONES
from onekl_desktop.reports.opening import open_page
from onekl_desktop.reports.page import (
    Bar,
    Bars,
    Block,
    Facts,
    Graph,
    Heading,
    MapBlock,
    Node,
    Notes,
    Page,
    Paragraph,
    Photo,
    Table,
)
from onekl_desktop.tools.visioning.frameworks import FRAMEWORKS, by_framework
from onekl_desktop.tools.visioning.inputs import CONCERN_TYPES, DEPICTIONS, DIMENSIONS, RESULT_TYPES, THEMES
from onekl_desktop.tools.visioning.priorities import shade_priorities
from onekl_desktop.tools.visioning.queries import Visioning, read_vision, tally_votes, weigh_goals

COLOURS = {"action": "#2f6fa8", "result": "#0f7d62", "threat": "#b5452c", "goal": "#c98a1b"}


def vision(session: Session) -> Page:
    """Build the page."""
    known = read_vision(session)
    page = open_page(session, _("Vision and goals"))
    for part in (
        _tell_vision,
        _tell_concerns,
        _tell_pictures,
        _tell_wishes,
        _tell_goals,
        _tell_frameworks,
        _tell_chain,
    ):
        page.blocks += part(known)
    page.blocks += _tell_votes(session, known)
    return page


def _tell_vision(known: Visioning) -> Iterator[Block]:
    valid = known.vision
    if valid is None:
        yield Notes((_("No vision has been written yet."),), warning=True)
        return
    yield Heading(valid.name)
    yield Paragraph(valid.statement or _("It has no words yet."))
    if valid.picture:
        yield Photo(valid.picture, known.name_of(valid.picture))
    states = {"draft": _("Draft"), "agreed": _("Agreed"), "earlier": _("Earlier version")}
    yield Facts((
        (_("By the year"), str(valid.horizon_year or "–")), (_("Status"), states.get(valid.status, valid.status)), (_("Agreed on"), valid.agreed_on or "–"),
        (_("Decided by"), known.decided.get(valid.decision, "–"))))  # fmt: skip


def _tell_concerns(known: Visioning) -> Iterator[Block]:
    if not known.concerns:
        return
    kinds, dimensions = titles(CONCERN_TYPES), titles(DIMENSIONS)
    yield Heading(_("Challenges and opportunities"))
    for kind, title in kinds.items():
        rows = sorted((row for row in known.concerns if row.concern_type == kind), key=lambda row: -(row.weight or 0))
        if rows:
            yield Table(
                (title, _("Dimension"), _("Named by"), _("Place"), _("Weight")),
                tuple((f"{row.name}. {row.description}".rstrip(". ") if row.description else row.name, dimensions.get(row.dimension, "–"), known.name_of(row.people_group) or "–", row.place or "–",
                       str(row.weight or "–")) for row in rows),
                (False, False, False, False, True))  # fmt: skip


def _tell_pictures(known: Visioning) -> Iterator[Block]:
    if not known.pictures:
        return
    shows = titles(DEPICTIONS)
    yield Heading(_("What the groups drew"))
    yield Table(
        (_("Picture or map"), _("Shows"), _("Group"), _("Drawn on"), _("Layer"), _("Photo")),
        tuple((row.name, shows.get(row.depicts, "–"), known.name_of(row.people_group) or "–", row.drawn_on or "–", known.name_of(row.layer) or "–", known.name_of(row.resource) or "–")
              for row in known.pictures),
        (False,) * 6)  # fmt: skip
    for row in known.pictures:
        if row.layer and known.name_of(row.layer):
            group = known.name_of(row.people_group)
            title = f"{row.name} · {shows.get(row.depicts, '')}" + (f" · {group}" if group else "")
            yield MapBlock(title, layers=(row.layer,), wide=False)
    for row in known.pictures:
        if row.resource and known.name_of(row.resource):
            group = known.name_of(row.people_group)
            yield Photo(row.resource, f"{row.name} · {shows.get(row.depicts, '')}" + (f" · {group}" if group else ""))


def _tell_wishes(known: Visioning) -> Iterator[Block]:
    if not known.wishes:
        return
    yield Heading(_("Four returns in three zones"))
    yield Table(
        ("", *titles(ZONES).values()),
        tuple((title, *(known.wishes.get((theme, zone.id), "–") for zone in ZONES)) for theme, title in titles(THEMES).items()),
        (False,) * 4)  # fmt: skip


def _tell_goals(known: Visioning) -> Iterator[Block]:
    if not known.goals:
        yield Notes((_("No goal has been entered yet."),), warning=True)
        return
    themes = titles(THEMES)
    for number, goal in enumerate(known.goals, 1):
        yield Heading(f"{number}. {goal.name}")
        told = f"{goal.description} ({themes.get(goal.theme, goal.theme)})"
        yield Paragraph(told.strip())
        rows = tuple(
            (known.indicators[target.indicator].title if target.indicator in known.indicators else target.name, target.place or _("whole landscape"),
             f"{format_number(target.baseline, 1)} ({target.baseline_year or '–'})", f"{format_number(target.quantity, 1)} ({target.year or '–'})",
             known.unit_of(target))
            for target in known.targets_of(goal.uuid)
        )  # fmt: skip
        if rows:
            yield Table(
                (_("Target"), _("Place"), _("Baseline (year)"), _("Target (year)"), _("Unit")),
                rows,
                (False, False, True, True, False),
            )
        else:
            yield Notes((_("This goal has no target yet: nobody can tell when it is reached."),), warning=True)


def _tell_frameworks(known: Visioning) -> Iterator[Block]:
    coded = [goal for goal in known.goals if by_framework(goal.frameworks)]
    if not coded:
        return
    yield Heading(_("What the goals count for"))
    rows = []
    for goal in coded:
        codes = by_framework(goal.frameworks)
        told = "; ".join(f"{_(title)}: {', '.join(number for number in codes[name] if number)}".rstrip(": ") for name, title in FRAMEWORKS if name in codes)  # fmt: skip
        rows.append((goal.name, told))
    yield Table((_("Goal"), _("Counts for")), tuple(rows), (False, False), _("Read by us from the wording of the targets; a funder may see it otherwise."))  # fmt: skip


def _tell_chain(known: Visioning) -> Iterator[Block]:
    if not known.results:
        return
    yield Heading(_("How it comes about"))
    yield chain_graph(known)
    rows = tuple(
        (known.name_of(link.cause), known.name_of(link.effect), link.assumption or "–", " ".join(part for part in (link.evidence, known.name_of(link.resource)) if part) or "–")
        for link in known.links
    )  # fmt: skip
    if rows:
        yield Table(
            (_("From the result"), _("To the result"), _("What must hold for it"), _("What speaks for it")),
            rows,
            (False,) * 4,
        )
    bare = [link for link in known.links if not link.assumption and not link.evidence]
    if bare:
        yield Notes(
            (_("{count} arrows say neither what must hold for them nor what speaks for them.").format(count=len(bare)),)
        )


def chain_graph(known: Visioning) -> Graph:
    """The chain as a graph; a box tells its indicators in small letters."""
    kinds, places = titles(RESULT_TYPES), known.places
    at = {row.uuid: number for number, row in enumerate(known.results)}
    nodes = tuple(
        Node(row.name, COLOURS.get(row.result_type, "#5d6b65"), *places[row.uuid], ", ".join(item.title for item in known.indicators_of(row)) or kinds.get(row.result_type, ""))
        for row in known.results
    )  # fmt: skip
    return Graph(_("Results chain"), nodes, tuple((at[link.cause], at[link.effect]) for link in known.links if link.cause in at and link.effect in at))  # fmt: skip


def _map_priorities(known: Visioning, goals: list[str], groups: dict[str, list[float]]) -> Iterator[Block]:
    """A small map for each group, two in a row."""
    for name, shares in groups.items():
        shading = shade_priorities(known, name, goals, shares)
        if shading is not None:
            yield MapBlock(shading.title, layers=(known.landscape.zones,), wide=False, shading=shading)


def _tell_votes(session: Session, known: Visioning) -> Iterator[Block]:
    for decision in known.votes:
        found = tally_votes(session, decision)
        yield Heading(decision.name)
        yield Paragraph(decision.outcome or _("Open."))
        goals, groups = weigh_goals(session, decision)
        colours = {group.name: group.colour for group in found.groups}
        for name, shares in groups.items():
            yield Bars(
                name, _("share of its points by rank"),
                tuple(Bar(goal, 0.0, 100 * share, colours.get(name, "#0f7d62"), format_percent(share, 0)) for goal, share in zip(goals, shares, strict=True)),
                lying=True, wide=False)  # fmt: skip
        yield from _map_priorities(known, goals, groups)
        rows = tuple(
            (group.name, format_number(group.count.ballots), found.name_winner(group.count))
            for group in found.groups
            if group.count.ballots
        )
        if rows:
            yield Table((_("Group"), _("Ballots"), _("This group alone puts first")), rows, (False, True, False))
