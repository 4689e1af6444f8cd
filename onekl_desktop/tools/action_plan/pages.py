"""The landscape plan as a document: the other tools' chapters, the actions, their maps, timetable, budget and follow-up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.specs.words import titles
from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import format_number, format_quantity, unit_name
from onekl_desktop.engine import Session
from onekl_desktop.project.records import Action
from onekl_desktop.reports.opening import open_page
from onekl_desktop.reports.page import (
    Bar,
    Bars,
    Block,
    Break,
    ContentsList,
    Facts,
    Heading,
    MapBlock,
    MapSheet,
    Notes,
    Page,
    Paragraph,
    Table,
)
from onekl_desktop.reports.write import build_page
from onekl_desktop.tools.action_plan.queries import Plan, compare_actions, find_problems, read_plan
from onekl_desktop.tools.action_plan.spec import ACTION_TYPES, BUDGET_TYPES, PRIORITIES, STATUSES

# chapters that other tools write: the page's id and the chapter's title
BEFORE = (
    ("landscape_profile", N_("The landscape")), ("partnership", N_("The partnership")), ("decisions", N_("What was decided")), ("vision", N_("What we want")),
)  # fmt: skip
AFTER = (("impact", N_("How it is followed up")),)
COLOURS = {
    "to_discuss": "#8a9a93", "planned": "#2f6fa8", "under_way": "#0f7d62", "late": "#b5452c", "paused": "#c98a1b", "blocked": "#8f2f5b", "done": "#5d6b65", "dropped": "#c3ccc7",
}  # fmt: skip
AROUND = 0.25  # of an intervention's size, shown around it
SCORES = {-2: N_("one rules the other out"), -1: N_("they get in each other's way"), 0: N_("nothing"), 1: N_("they help each other"), 2: N_("neither works without the other")}  # fmt: skip


def action_plan(session: Session) -> Page:
    """Build the plan."""
    plan = read_plan(session, printed=True)
    page = open_page(session, _("Action plan"))
    page.blocks += _tell_summary(plan)
    page.blocks.append(ContentsList(_("Contents")))
    for report, title in BEFORE:
        page.blocks += _chapter_of(session, report, _(title))
    page.blocks += _tell_actions(plan)
    page.blocks += _tell_timetable(plan)
    page.blocks += _tell_budget(plan)
    page.blocks += _tell_pairs(plan)
    page.blocks += _tell_maps(plan)
    for report, title in AFTER:
        page.blocks += _chapter_of(session, report, _(title))
    page.blocks += _tell_open(plan)
    page.blocks += [
        Break(), Heading(_("Signatures")), Paragraph(_("We have made this plan together and will carry it out together.")),
        Table((_("Organisation"), _("Name"), _("Date"), _("Signature")), (("", "", "", ""),) * 12, (False,) * 4, tall=True),
    ]  # fmt: skip
    return page


def _chapter_of(session: Session, report: str, title: str) -> Iterator[Block]:
    """Another tool's page as a chapter: its sections become parts of it. What is not installed is left out."""
    try:
        blocks = build_page(session, report).blocks
    except UserError:
        return
    yield Break()
    yield Heading(title)
    for block in blocks:
        if isinstance(block, Heading):
            yield replace(block, level=2)
        elif not isinstance(block, Break | ContentsList):
            yield block


def _tell_summary(plan: Plan) -> Iterator[Block]:
    if plan.vision is not None and plan.vision.statement:
        yield Paragraph(plan.vision.statement, lead=f"{plan.vision.name}.")
    hectares = sum(
        plan.interventions[row.intervention].area_ha or 0
        for row in plan.actions
        if row.intervention in plan.interventions
    )
    years = [year for row in plan.actions for year in (row.start_year, row.end_year) if year is not None]
    total = sum(plan.cost_of(row) or 0 for row in plan.actions)
    yield Facts((
        (_("Goals"), str(len(plan.goals))), (_("Actions"), str(len(plan.actions))), (_("On the map"), format_quantity(hectares, "ha")),
        (_("Years"), f"{min(years)}–{max(years)}" if years else "–"), (_("Planned amount"), f"{format_number(total)} {plan.currency}")))  # fmt: skip


def _tell_actions(plan: Plan) -> Iterator[Block]:
    yield Break()
    yield Heading(_("The actions"))
    if not plan.actions:
        yield Notes((_("No action has been entered yet."),), warning=True)
        return
    kinds, states = titles(ACTION_TYPES), titles(STATUSES)
    yield Table(
        (_("Action"), _("Kind"), _("Led by"), _("Years"), _("Comes after"), _("Status"), plan.currency),
        tuple((row.name, kinds.get(row.action_type, "–").split(":")[0], plan.name_of(row.lead), tell_years(row), plan.waits_for(row.uuid) or "–",
               states.get(row.status, row.status), format_number(plan.cost_of(row))) for row in plan.actions),
        (False, False, False, False, False, False, True))  # fmt: skip
    for goal in [*plan.goals, None]:
        uuid = goal.uuid if goal is not None else ""
        rows = [
            row
            for row in plan.actions
            if (row.goal == uuid if goal is not None else row.goal not in {item.uuid for item in plan.goals})
        ]
        for row in rows:
            yield from _tell_action(plan, row)


def _tell_action(plan: Plan, row: Action) -> Iterator[Block]:
    kinds, states, urgency = titles(ACTION_TYPES), titles(STATUSES), titles(PRIORITIES)
    yield Heading(row.name, 2)
    yield Facts((
        (_("Status"), states.get(row.status, row.status)), (_("Priority"), urgency.get(row.priority, "–")), (_("Years"), tell_years(row)),
        (_("Kind"), kinds.get(row.action_type, "–").split(":")[0]), (_("Planned amount"), f"{format_number(plan.cost_of(row))} {plan.currency}")))  # fmt: skip
    if row.description:
        yield Paragraph(row.description)
    told = [
        (_("Goal"), plan.name_of(row.goal)), (_("Led by"), plan.name_of(row.lead)), (_("Partners"), row.partners), (_("Comes after"), plan.waits_for(row.uuid)),
        (_("How people take part"), row.participation), (_("On the map"), plan.name_of(row.intervention)), (_("Tags"), row.tags),
    ]  # fmt: skip
    yield Table(
        (_("What"), _("In this action")),
        tuple((what, text) for what, text in told if text and text != "–"),
        (False, False),
    )
    lines = plan.lines_of(row.uuid)
    if lines:
        words = titles(BUDGET_TYPES)
        yield Table(
            (_("Budget line"), _("Year"), _("Kind"), _("Paid by"), _("Planned amount"), _("Spent")),
            tuple((line.name, str(line.year or "–"), words.get(line.budget_type, "–"), plan.name_of(line.finance_source), format_number(line.planned), format_number(line.spent)) for line in lines),
            (False, False, False, False, True, True))  # fmt: skip
    place = plan.interventions.get(row.intervention)
    if place is not None and place.geom is not None and not place.geom.is_empty:
        left, bottom, right, top = place.geom.bounds
        room = max(right - left, top - bottom, 200.0) * AROUND
        title = f"{place.name} · {format_quantity(place.area_ha, 'ha')}"
        yield MapBlock(
            title,
            scenario=place.scenario,
            around=(left - room, bottom - room, right + room, top + room),
            legend=False,
            wide=False,
        )


def tell_years(row: Action) -> str:
    """`2027–2030`, with dashes for what is not known."""
    if row.start_year is None and row.end_year is None:
        return "–"
    return f"{row.start_year or '–'}–{row.end_year or '–'}"


def gantt_bars(plan: Plan) -> tuple[tuple[Bar, ...], tuple[tuple[int, int], ...]]:
    """Bars from the beginning of the first year to the end of the last, and arrows from what comes first; a step without an end lasts a year."""
    timed = plan.timed()
    at = {row.uuid: number for number, row in enumerate(timed)}
    bars = tuple(
        Bar(row.name, float(row.start_year or 0), float((row.end_year or row.start_year or 0) + 1), COLOURS.get(row.status, "#2f6fa8"), tell_years(row)) for row in timed
    )  # fmt: skip
    return bars, tuple(
        (at[uuid], number) for number, row in enumerate(timed) for uuid in plan.waits.get(row.uuid, []) if uuid in at
    )


def _tell_timetable(plan: Plan) -> Iterator[Block]:
    bars, links = gantt_bars(plan)
    if not bars:
        return
    yield Break()
    yield Heading(_("Timetable"))
    used = [row.status for row in plan.timed()]
    key = ", ".join(f"{title}" for status, title in titles(STATUSES).items() if status in used)
    yield Bars(_("Years of the actions"), _("arrows: what comes first; status: {key}").format(key=key), bars, lying=True, years=True, links=links, mark=float(dt.date.today().year))  # fmt: skip
    words = titles(STATUSES)
    yield Table((_("Colour"), _("Status")), tuple(("", words[status]) for status in dict.fromkeys(used)), (False, False), colours=tuple(COLOURS[status] for status in dict.fromkeys(used)))  # fmt: skip


def _tell_budget(plan: Plan) -> Iterator[Block]:
    yield Break()
    yield Heading(_("Budget by year"))
    if not plan.budget:
        yield Notes((_("No budget by year has been entered yet."),), warning=True)
        return
    years = plan.years
    yield Bars(
        _("Planned amounts by year"), plan.currency,
        tuple(Bar(str(year), 0.0, plan.sum_year(year, "investment") + plan.sum_year(year, "operating"), "#0f7d62", format_number(plan.sum_year(year, "investment") + plan.sum_year(year, "operating"))) for year in years))  # fmt: skip
    yield Table(
        (_("Year"), _("Investment"), _("Operating cost"), _("Sum"), _("Spent")),
        (*((str(year), format_number(plan.sum_year(year, "investment")), format_number(plan.sum_year(year, "operating")), format_number(plan.sum_year(year, "investment") + plan.sum_year(year, "operating")),
            format_number(_spent(plan, year))) for year in years),
         (_("Sum"), format_number(sum(plan.sum_year(year, "investment") for year in years)), format_number(sum(plan.sum_year(year, "operating") for year in years)),
          format_number(sum(line.planned for line in plan.budget)), format_number(sum(line.spent or 0 for line in plan.budget)))),
        (False, True, True, True, True), _("Amounts in {currency}.").format(currency=plan.currency))  # fmt: skip
    for title, key in ((_("Paid by"), "finance_source"), (_("Led by"), "lead")):
        sums: dict[str, float] = {}
        leads = {row.uuid: row.lead for row in plan.actions}
        for line in plan.budget:
            who = plan.name_of(line.finance_source if key == "finance_source" else leads.get(line.action, ""))
            sums[who if who != "–" else _("not named yet")] = (
                sums.get(who if who != "–" else _("not named yet"), 0.0) + line.planned
            )
        yield Table((title, plan.currency), tuple((who, format_number(amount)) for who, amount in sorted(sums.items(), key=lambda item: -item[1])), (False, True))  # fmt: skip


def _spent(plan: Plan, year: int) -> float | None:
    known = [line.spent for line in plan.budget if line.year == year and line.spent is not None]
    return sum(known) if known else None


def _tell_pairs(plan: Plan) -> Iterator[Block]:
    pairs = compare_actions(plan)
    if not pairs:
        return
    yield Heading(_("Conflict and complementarity"))
    numbers = {row.uuid: number for number, row in enumerate(plan.actions, 1)}
    scored = {frozenset((pair.first.uuid, pair.second.uuid)): pair for pair in pairs}
    rows = []
    for row in plan.actions:
        cells = []
        for other in plan.actions:
            pair = scored.get(frozenset((row.uuid, other.uuid))) if row is not other else None
            cells.append(
                "·"
                if row is other
                else ""
                if pair is None
                else "?"
                if pair.score is None
                else f"{pair.score:+d}"
                if pair.score
                else "0"
            )
        rows.append((f"{numbers[row.uuid]} {row.name}", *cells))
    if len(plan.actions) <= 14:
        yield Table((_("Action"), *(str(numbers[row.uuid]) for row in plan.actions)), tuple(rows), (False, *([True] * len(plan.actions))), _("From -2 (one rules the other out) to +2 (neither works without the other); ?: they share ground and nobody has judged it."))  # fmt: skip
    yield Table(
        (_("Action"), _("And the action"), _("Interplay"), _("Shared ground (ha)"), _("Shared years"), _("Why")),
        tuple((pair.first.name, pair.second.name, _(SCORES[pair.score]) if pair.score in SCORES else _("not judged yet"), format_number(pair.shared_ha, 1), str(pair.shared_years), pair.note or "–") for pair in pairs),
        (False, False, False, True, True, False))  # fmt: skip


def _tell_maps(plan: Plan) -> Iterator[Block]:
    landscape = plan.landscape
    placed = [plan.interventions[row.intervention] for row in plan.actions if row.intervention in plan.interventions]
    scenario = landscape.plan or next((place.scenario for place in placed), "")
    if scenario:
        yield MapSheet(
            _("{landscape}: where the actions are").format(landscape=landscape.name),
            _("Interventions of the plan"),
            scenario=scenario,
        )


def _tell_open(plan: Plan) -> Iterator[Block]:
    found = find_problems(plan)
    if found:
        yield Heading(_("What is still open"))
        yield Notes(tuple(found), warning=True)
    rows = tuple((row.name, f"{format_number(row.quantity, 1)} {plan.currency if row.unit == 'money' else unit_name(row.unit)}".strip(), str(row.year or "–"), row.place or _("whole landscape")) for row in plan.targets)  # fmt: skip
    if rows:
        yield Heading(_("What it will be measured by"))
        yield Table((_("Target"), _("Wanted"), _("By the year"), _("Place")), rows, (False, True, False, False))
