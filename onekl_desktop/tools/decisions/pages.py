"""Decisions on paper: the whole list, and the minutes of one."""

from __future__ import annotations

from onekl_desktop.base.geometry import point_at
from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import format_number, format_percent
from onekl_desktop.engine import Session
from onekl_desktop.engine.decision_fields import METHODS
from onekl_desktop.engine.decisions import Tally, tell_outcome
from onekl_desktop.models.decisions.votes import ANSWERED, MARKED
from onekl_desktop.project.queries.records import get_by_name, get_landscape
from onekl_desktop.project.records import Decision
from onekl_desktop.reports.opening import open_page
from onekl_desktop.reports.page import Bar, Bars, Facts, Heading, MapBlock, Notes, Page, Paragraph, Table
from onekl_desktop.tools.decisions.queries import Talk, read_talk, tally
from onekl_desktop.tools.decisions.spec import COMMENT_TYPES

AROUND_M = 1500.0  # what a map of a place shows on each side
SIGNERS = (N_("Facilitator"), N_("Secretary"), N_("For the groups"))


def decisions(session: Session) -> Page:
    """Build the page of all decisions."""
    page, talk = open_page(session, _("Decisions")), read_talk(session)
    if not talk.decisions:
        page.blocks.append(Notes((_("Nothing has been put to the groups yet."),), warning=True))
    for decision in talk.decisions:
        page.blocks.append(Heading(decision.name))
        _add_decision(page, talk, decision, tally(session, decision))
    _add_discussion(page, talk)
    return page


def decision_minutes(session: Session, name: str) -> Page:
    """Build the minutes of one decision."""
    page, talk = open_page(session, _("Minutes of a decision")), read_talk(session)
    with session.read() as db:
        uuid = get_by_name(db, Decision, name).uuid
        crs = get_landscape(db).crs
    decision = next(row for row in talk.decisions if row.uuid == uuid)
    found = tally(session, decision)
    page.blocks.append(Heading(decision.name))
    _add_decision(page, talk, decision, found)
    if decision.minutes:
        page.blocks += [Heading(_("Minutes")), Paragraph(decision.minutes)]
    reasons = tuple(f"{group.name}: {reason}" for group in found.groups for reason in group.reasons)
    if reasons:
        page.blocks += [Heading(_("Reasons that were given")), Notes(reasons)]
    _add_other_methods(page, found)
    said = [row for row in talk.comments if row.subject == decision.uuid or row.uuid == decision.proposal]
    if said:
        page.blocks += [Heading(_("What was said")), Notes(tuple(f"{row.author or _('somebody')}: {row.body}" for row in said))]  # fmt: skip
    place = _map_of(decision, crs)
    if place is not None:
        page.blocks.append(place)
    page.blocks += [
        Heading(_("Signatures")),
        Table((_("As"), _("Name"), _("Signature"), _("Date")), tuple((_(text), "", "", "") for text in SIGNERS), (False,) * 4),
    ]  # fmt: skip
    return page


def _add_decision(page: Page, talk: Talk, decision: Decision, found: Tally) -> None:
    methods = {option.id: _(option.title) for option in METHODS}
    if decision.question:
        page.blocks.append(Paragraph(decision.question))
    about = talk.about.get(decision.uuid, "")
    facts = [
        (_("Method, declared before the vote"), methods.get(decision.method, decision.method)),
        *([(_("About"), about)] if about else []),
        (_("Opened on"), decision.opened_on or "–"), (_("Decided on"), decision.decided_on or _("still open")),
        (_("Took part"), _share(found.count.ballots, found.electorate)), *_rules(decision),
    ]  # fmt: skip
    page.blocks.append(Facts(tuple(facts)))
    outcome = decision.outcome or (
        tell_outcome(decision, found.count) if found.count.ballots else _("Nobody has voted yet.")
    )
    page.blocks.append(Paragraph(outcome, lead=_("Outcome.") if decision.status == "decided" else _("As it stands.")))
    if not found.count.ballots:
        return
    heads, numbers = _words_of_points(decision.method)
    top = max([*found.count.points, 0.0])
    page.blocks.append(Bars(
        heads, numbers, tuple(Bar(option, 0.0, points, "#0f7d62" if points == top else "#8aa39a", format_number(points, _decimals(decision)))
                              for option, points in zip(found.options, found.count.points, strict=True)), lying=True))  # fmt: skip
    page.blocks.append(_group_table(decision, found))


def _rules(decision: Decision) -> list[tuple[str, str]]:
    out = [(_("Quorum"), format_percent(decision.quorum, 0))] if decision.quorum else []
    if decision.method in ("support", "consensus", "gradients"):
        out.append((_("Support needed"), format_percent(decision.threshold, 0)))
    if decision.method in ("consent", "consensus", "gradients"):
        out.append((_("Objections that may stand"), str(decision.most_objections)))
    if decision.method == "dots":
        out.append((_("Dots of each person"), str(decision.dots)))
    return out


def _words_of_points(method: str) -> tuple[str, str]:
    if method == "borda":
        return _("Points by rank of all groups"), _("points")
    if method == "schulze":
        return _("Options that it beats, one against one"), _("options")
    if method == "dots":
        return _("Dots of all groups"), _("dots")
    if method == "score":
        return _("Mean score of all ballots"), _("points")
    return (_("Answers of all groups") if method in ANSWERED else _("First choices of all groups")), _("ballots")


def _decimals(decision: Decision) -> int:
    return 2 if decision.method == "score" else 0


def _share(ballots: float, members: float | None) -> str:
    told = format_number(ballots)
    return _("{ballots} of {members} ({share})").format(ballots=told, members=format_number(members), share=format_percent(ballots / members, 0)) if members else told  # fmt: skip


def _group_table(decision: Decision, found: Tally) -> Table:
    """Each group on its own: how many took part, its first choices (or dots, scores, answers), and what it alone would decide."""
    marked = decision.method in MARKED
    rows = tuple(
        (group.name, _share(group.count.ballots, group.members),
         *(format_number(value, _decimals(decision) if marked else 0) for value in group.firsts),
         found.name_winner(group.count) if group.count.ballots else "–")
        for group in found.groups
    )  # fmt: skip
    heads = (_("Group"), _("Took part"), *found.options, _("This group alone"))
    return Table(heads, rows, (False, True, *([True] * len(found.options)), False), _("Each group on its own; figures are first choices, answers, dots or mean scores."))  # fmt: skip


def _add_other_methods(page: Page, found: Tally) -> None:
    """The same ballots counted otherwise: where methods disagree, the reader should know."""
    if not found.others or len(found.options) < 3:
        return
    methods = {option.id: _(option.title) for option in METHODS}
    rows = tuple(
        (methods[method], " › ".join(found.options[at] for at in result.order)) for method, result in found.others.items()
    )  # fmt: skip
    page.blocks += [
        Heading(_("The same ballots counted otherwise")),
        Table((_("Method"), _("Order")), rows, (False, False)),
        Notes((_("The declared method decides. Where another one gives another order, the room should know it."),)),
    ]


def _add_discussion(page: Page, talk: Talk) -> None:
    if not talk.comments:
        return
    kinds = {option.id: _(option.title) for option in COMMENT_TYPES}
    page.blocks.append(Heading(_("Under discussion")))
    page.blocks.append(Table(
        (_("Kind"), _("Words"), _("About"), _("Said by"), _("What came of it")),
        tuple((kinds.get(row.comment_type, "–"), row.body, talk.about.get(row.uuid) or _tell_place(row), row.author or talk.groups.get(row.people_group, "–"),
               row.settlement or _("open")) for row in talk.comments),
        (False,) * 5))  # fmt: skip


def _tell_place(row: object) -> str:
    longitude, latitude = getattr(row, "longitude", None), getattr(row, "latitude", None)
    return f"{latitude:.4f}, {longitude:.4f}" if longitude is not None and latitude is not None else _("the landscape")


def _map_of(decision: Decision, crs: str) -> MapBlock | None:
    point = point_at(decision.longitude, decision.latitude, crs)
    if point is None:
        return None
    x, y = point.x, point.y
    return MapBlock(_("The place"), around=(x - AROUND_M, y - AROUND_M, x + AROUND_M, y + AROUND_M))
