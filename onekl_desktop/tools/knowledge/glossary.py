"""Words that the app uses, in plain words; an office's own stand before them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from onekl_desktop.base.translate import N_, _, get_language
from onekl_desktop.engine import Session
from onekl_desktop.project.records import GlossaryTerm

TERMS: tuple[tuple[str, str], ...] = (
    (N_("Action plan"), N_("Who does what, where, in which years, after what and for how much.")),
    (N_("Baseline"), N_("How things are at the start, or go on without any intervention; everything is compared with it.")),
    (N_("Bundle"), N_("A file for others that holds only what was released, with a list of what is in it and its checksums.")),
    (N_("Carbon stock"), N_("Tonnes of carbon in plants and soil of a place.")),
    (N_("Consent"), N_("Somebody's permission for one purpose, given on a day, by a medium, until it ends or is withdrawn.")),
    (N_("Discount rate"), N_("By how much a year later counts less than this year, as a fraction.")),
    (N_("Enabling action"), N_("A step that brings no returns itself but without which others cannot begin: rights, skills, rules.")),
    (N_("Four returns"), N_("Inspiration, social, natural and financial returns that a restored landscape gives.")),
    (N_("Goal"), N_("What the partnership wants, in its own words.")),
    (N_("Indicator"), N_("A definition of something that can be counted or computed, with its unit and which way is better.")),
    (N_("Intervention"), N_("A practice on a place over years; it is drawn once and used everywhere.")),
    (N_("Land degradation neutrality"), N_("As much land gets better as gets worse, so that the whole does not decline.")),
    (N_("Landscape"), N_("The bounded place in which a partnership works.")),
    (N_("Net present value"), N_("All money in and out over the years, each year weighed by the discount rate, in today's money.")),
    (N_("Participatory map"), N_("A map that people of a place draw of what they know and wish, kept as a layer with the group that drew it.")),
    (N_("Practice"), N_("A kind of action on land in the catalogue, with its costs, work and what it turns the land into.")),
    (N_("Quorum"), N_("The share of those entitled that must take part for a decision to count.")),
    (N_("Results chain"), N_("What is done, what follows from it and what is wanted, joined by arrows that say what must hold.")),
    (N_("Scenario"), N_("A named set of interventions and assumptions, compared with the baseline.")),
    (N_("Stakeholder"), N_("Whoever has power over a landscape, an interest in it, or is affected by what is done.")),
    (N_("Target"), N_("A goal's number: how much, where, by which year, from which baseline.")),
    (N_("Three zones"), N_("Natural, combined and economic zone: where nature leads, where both go together, where production leads.")),
    (N_("Vision"), N_("How the landscape is when all has gone well, twenty years ahead or more.")),
    (N_("Watershed"), N_("All the land from which water runs to one place.")),
)  # fmt: skip


@dataclass(frozen=True)
class Word:
    """A word with its definition; `own` when it is the office's."""

    name: str
    definition: str
    example: str = ""
    source: str = ""
    own: str = ""


def read_words(session: Session) -> list[Word]:
    """All words by name: the office's own in the language in use (or in none), then those that come along."""
    with session.read() as db:
        own = [
            Word(row.name, row.definition, row.example, row.source, row.uuid)
            for row in db.scalars(select(GlossaryTerm)) if row.language in ("", get_language())
        ]  # fmt: skip
    taken = {word.name.casefold() for word in own}
    given = [Word(_(name), _(definition)) for name, definition in TERMS if _(name).casefold() not in taken]
    return sorted([*own, *given], key=lambda word: word.name.casefold())
