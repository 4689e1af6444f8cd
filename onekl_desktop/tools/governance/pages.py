"""A governance round on paper."""

from __future__ import annotations

from onekl_desktop.base.translate import _, get_language
from onekl_desktop.base.units import format_number
from onekl_desktop.engine import Session
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.reports.page import Facts, Heading, Notes, Page, Table
from onekl_desktop.tools.governance.instrument import read_questions
from onekl_desktop.tools.governance.queries import list_rounds, read_result, tell_hidden

DISCUSS_GAP = 1.0


def governance(session: Session) -> Page:
    """Build the page of the newest round."""
    with session.read() as db:
        landscape, footer = get_landscape(db), get_project_setting(db, "report_footer")
    rounds = list_rounds(session)
    page = Page(
        landscape.name, _("Governance round"), _("Invented landscape: no place, name or figure is real") if landscape.synthetic else "",
        footer, get_language(),
    )  # fmt: skip
    if not rounds:
        page.blocks.append(Notes((_("No round has been started yet."),), warning=True))
        return page
    result = read_result(session, rounds[0])
    page.subtitle = f"{result.assessment.name} · {result.assessment.held_on}"
    whole = result.lines[0]
    page.blocks.append(Facts((
        (_("Cards"), str(result.cards)), (_("Each group the same weight"), format_number(whole.score, 2)),
        (_("All cards together"), format_number(whole.pooled, 2)), (_("Distance between groups"), format_number(whole.gap, 2)),
    )))  # fmt: skip
    if result.run is None or not result.current:
        page.blocks.append(Notes((_("The round has not been scored since the last card."),), warning=True))
    page.blocks.append(Heading(_("Scores from 0 (absent) to 3 (working and trusted)")))
    page.blocks.append(Table(
        (_("Dimension"), _("Answers"), _("Score"), *result.groups, _("Distance")),
        tuple((line.title, format_number(line.answers), format_number(line.score, 2),
               *(format_number(line.groups.get(name), 2) for name in result.groups), format_number(line.gap, 2))
              for line in result.lines),
        (False, *([True] * (3 + len(result.groups))))))  # fmt: skip
    hidden = tell_hidden(result)
    if hidden:
        page.blocks.append(Notes((hidden,)))
    known = [line for line in result.lines[1:] if line.pooled is not None]
    if known:
        best, worst = (sorted(known, key=lambda line: line.pooled or 0, reverse=way)[:3] for way in (True, False))
        apart = [line.title for line in known if line.gap is not None and line.gap >= DISCUSS_GAP]
        told = [
            _("Strengths: {names}.").format(names=", ".join(line.title for line in best)),
            _("To work on: {names}.").format(names=", ".join(line.title for line in worst)),
        ]
        if apart:
            told.append(
                _("Groups see these very differently; talk about them first: {names}.").format(names=", ".join(apart))
            )
        page.blocks.append(Notes(tuple(told)))
    page.blocks.append(Heading(_("The questions")))
    page.blocks.append(Table(
        (_("Code"), _("Question"), "0", "1", "2", "3"),
        tuple((question.code, _(question.text), *(_(anchor) for anchor in question.anchors)) for question in read_questions()),
        (False,) * 6))  # fmt: skip
    return page
