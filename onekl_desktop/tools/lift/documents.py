"""The documents that go out: teaser, concept note, proposal, financial annex, term sheet, data room, profile, pitch and the strategy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from onekl_desktop.base.money import money_unit
from onekl_desktop.base.specs.words import words_of
from onekl_desktop.base.translate import _, get_language
from onekl_desktop.base.units import format_date, format_number, format_percent, format_quantity
from onekl_desktop.engine import Session
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.models.finance.run import CONVENTIONS
from onekl_desktop.models.finance.trace import find_origins
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.reports.page import Block, Facts, Heading, Notes, Page, Paragraph, Sheet, Table
from onekl_desktop.tools.lift import sections as part
from onekl_desktop.tools.lift.dossier import Dossier, read_dossier
from onekl_desktop.tools.lift.flows import EFFECTS, read_flows
from onekl_desktop.tools.lift.ideas import MARKS, read_ideas
from onekl_desktop.tools.lift.inputs import FLOW_VALUES, FUNDING_VALUES, IDEA_VALUES


def _start(session: Session, kind: str, title: str = "") -> Page:
    with session.read() as db:
        landscape, footer = get_landscape(db), get_project_setting(db, "report_footer")
    return Page(
        title or landscape.name, " · ".join(each for each in (kind, landscape.name if title else "", format_date(dt.date.today())) if each),
        _("Invented landscape: no place, name or figure is real") if landscape.synthetic else "", footer, get_language(),
    )  # fmt: skip


def _page(session: Session, project: str, kind: str) -> tuple[Page, Dossier]:
    dossier = read_dossier(session, project)
    return _start(session, kind, dossier.project.name), dossier


def _add(page: Page, *groups: Iterable[Block]) -> Page:
    for group in groups:
        page.blocks += group
    return page


def _lead(dossier: Dossier) -> Iterable[Block]:
    if dossier.project.description:
        yield Paragraph(dossier.project.description)
    yield Facts(
        (
            (_("Carried by"), dossier.champion or _("nobody yet")),
            (_("Goal"), dossier.goal or "–"),
            (_("From"), str(dossier.years[0])),
            (_("To"), str(dossier.years[-1])),
        )
    )


def teaser(session: Session, project: str) -> Page:
    """Two pages: place, problem, solution, ask, returns both ways, risks, impact, team."""
    page, dossier = _page(session, project, _("Teaser"))
    return _add(
        page, _lead(dossier), part.key_facts(dossier), part.place(dossier), part.texts(dossier, "problem", "solution"), part.both_ways(dossier),
        part.uses_and_sources(dossier), [Heading(_("Main risks"))], part.flags(dossier, all_of_them=False), part.texts(dossier, "team"),
    )  # fmt: skip


def concept(session: Session, project: str) -> Page:
    """The concept note: what, where, for whom, what it takes, what comes first."""
    page, dossier = _page(session, project, _("Concept note"))
    return _add(
        page, _lead(dossier), part.key_facts(dossier), part.place(dossier), part.texts(dossier), part.land(dossier), part.timeline(dossier), part.cash(dossier),
        part.both_ways(dossier), part.farmers(dossier), [Heading(_("Main risks"))], part.flags(dossier, all_of_them=False),
    )  # fmt: skip


def proposal(session: Session, project: str) -> Page:
    """The full proposal, with its figures as a workbook beside it."""
    page, dossier = _page(session, project, _("Proposal"))
    _add(
        page, part.stale(dossier), _lead(dossier), part.key_facts(dossier), part.place(dossier), [Heading(_("Why and how"))], part.texts(dossier), part.land(dossier),
        part.timeline(dossier), part.quantities(dossier), part.farmers(dossier), [Heading(_("Money"))], part.cash(dossier), part.both_ways(dossier), part.uses_and_sources(dossier),
        part.capital(dossier), part.statement(dossier), part.risk(dossier), part.flags(dossier), part.matching(dossier), [Heading(_("Documents that an investor will ask for"))],
        part.room(dossier), part.tracking(dossier), part.lines(dossier), _assumptions(dossier),
    )  # fmt: skip
    page.sheets = list(_sheets(dossier))
    return page


def annex(session: Session, project: str) -> Page:
    """The financial annex: statements, capital, risk, every input with its source."""
    page, dossier = _page(session, project, _("Financial annex"))
    _add(
        page, part.stale(dossier), part.place(dossier, wide=False), part.cash(dossier), part.both_ways(dossier), part.statement(dossier), part.uses_and_sources(dossier), part.capital(dossier), part.risk(dossier),
        part.farmers(dossier), part.flags(dossier), part.lines(dossier), _assumptions(dossier),
    )  # fmt: skip
    page.sheets = list(_sheets(dossier))
    return page


def _assumptions(dossier: Dossier) -> Iterable[Block]:
    from onekl_desktop.tools.lift.pages import list_origins  # the page of projects explains in the same words

    yield Heading(_("What it stands on"))
    rows, missing = list_origins(dossier.model, find_origins(dossier.model, "project_with_grants.npv", dossier.sources))
    yield Table((_("What it stands on"), _("Value"), _("Source")), rows, (False, True, False))
    if missing:
        yield Notes(
            (
                _(
                    "{count} of {all} inputs have no source of their own: they are the partnership's assumptions."
                ).format(count=missing, all=len(rows)),
            ),
            warning=True,
        )
    yield Notes(
        (
            _("Amounts are in {currency}, in real prices.").format(currency=part.currency(dossier)),
            *(_(text) for text in CONVENTIONS),
        )
    )


def _sheets(dossier: Dossier) -> Iterable[Sheet]:
    names = (
        (_("Revenue"), "revenue_total"), (_("Operating cost"), "operating_cost"), (_("Capital cost"), "capital_cost"), (_("Cash flow"), "pre_tax_cash_flow"), (_("Grants"), "grants"),
        (_("Tax"), "tax"), (_("Owners' flow"), "equity_flow"),
    )  # fmt: skip
    series = [dossier.series(key) for _title, key in names]
    yield Sheet(_("Cash flow"), (_("Year"), *(title for title, _key in names)), tuple((year, *(each[t] for each in series)) for t, year in enumerate(dossier.years)), (None, *([2] * len(names))),
                _("Amounts in {currency}.").format(currency=part.currency(dossier)))  # fmt: skip
    kinds = ("hectares", "trees", "labour_days", "production_t", "tco2e")
    summed = [dossier.summed(kind) for kind in kinds]
    yield Sheet(_("What it brings"), (_("Year"), _("Area (ha)"), _("Trees planted"), _("Days of work"), _("Harvest (t)"), _("Carbon (t CO₂e)")),
                tuple((year, *(float(each[t]) for each in summed)) for t, year in enumerate(dossier.years)), (None, 1, 0, 0, 1, 0))  # fmt: skip


def term_sheet(session: Session, project: str) -> Page:
    """A draft that a lender's lawyer can go on with."""
    page, dossier = _page(session, project, _("Term sheet (draft)"))
    page.blocks.append(Notes((_("A draft for talks: it binds nobody."),), warning=True))
    _add(page, _lead(dossier), part.place(dossier, wide=False))
    instruments, terms, _states, repaid = (
        words_of(FUNDING_VALUES, id) for id in ("instrument", "terms", "status", "repayment")
    )
    if not dossier.inputs.funding:
        page.blocks.append(
            Notes((_("No loan, equity or guarantee is entered: the owners pay all that grants do not."),), warning=True)
        )
    for layer, rate in dossier.inputs.funding:
        loan = layer.instrument == "loan"
        rows = [
            (_("Instrument"), f"{instruments.get(layer.instrument, layer.instrument)}, {terms.get(layer.terms, layer.terms)}"),
            (_("Source"), dossier.names.get(layer.finance_source, _("not named yet"))), (_("Carried by"), dossier.champion or _("not named yet")),
            (_("Amount"), f"{layer.currency or dossier.landscape.currency} {format_number(layer.amount)}" + (f" ({dossier.landscape.currency} {format_number(layer.amount * rate)})" if rate != 1.0 else "")),
            (_("Drawn in"), str(dossier.inputs.start_year + layer.year)),
        ]  # fmt: skip
        if layer.instrument != "equity":
            rows.append((_("Interest or fee a year"), format_percent(layer.interest, 2)))
        if loan:
            rows += [(_("Grace"), format_quantity(layer.grace_years, _("years"))), (_("Repayment"), _("{how}, {count} yearly payments").format(how=repaid.get(layer.repayment, ""), count=layer.payments)), (_("Fee at the start"), format_percent(layer.fee_share, 2))]  # fmt: skip
        if layer.instrument in ("guarantee", "first_loss"):
            rows.append((_("Share covered"), format_percent(layer.cover_share)))
        rows.append((_("Security"), layer.security or _("not agreed yet")))
        page.blocks += [Heading(layer.name), Table((_("What"), _("Draft")), tuple(rows), (False, False))]
    least = dossier.model.case.covenants.minimum_dscr
    page.blocks += [Heading(_("Conditions")), Table((_("What"), _("Draft")), (
        (_("Covenant"), _("cash for debt service of at least {least} times debt service in every year").format(least=format_number(least, 2))),
        (_("Least debt cover in the model"), format_number(dossier.figure("debt.dscr_minimum"), 2)),
        (_("Before the first payment"), _("{count} documents of the data room are still missing").format(count=len(dossier.missing_documents)) if dossier.missing_documents else _("all documents of the data room are there")),
        (_("Reporting"), _("yearly: hectares, trees, work, harvest and money beside the plan, from the same project file")),
    ), (False, False))]  # fmt: skip
    return _add(page, part.cover(dossier))


def data_room(session: Session, project: str) -> Page:
    """Which documents are there and which are missing."""
    page, dossier = _page(session, project, _("Data room"))
    return _add(
        page,
        _lead(dossier),
        part.place(dossier, wide=False),
        [Heading(_("Documents that an investor will ask for"))],
        part.room(dossier),
        part.flags(dossier),
    )


def profile(session: Session, project: str) -> Page:
    """One typical year on paper: a filter, before years, loans and taxes are looked at."""
    page, dossier = _page(session, project, _("Profile: one typical year"))
    at = dossier.typical
    revenue, running = dossier.series("revenue_total")[at], dossier.series("operating_cost")[at]
    hectares = dossier.summed("hectares")[at] or 1.0
    income = revenue - running
    years = dossier.capital_cost / income if income > 0 else None
    _add(page, _lead(dossier), part.place(dossier), part.land(dossier))
    page.blocks += [
        Heading(_("The year {year}").format(year=dossier.years[at])),
        Table((_("What"), _("In the year"), _("Per hectare")), tuple(
            (word, format_number(value, decimals), format_number(value / hectares, 2)) for word, value, decimals in (
                (_("Harvest (t)"), dossier.summed("production_t")[at], 1), (_("Days of work"), dossier.summed("labour_days")[at], 0), (_("Revenue"), revenue, 0),
                (_("Running cost"), running, 0), (_("Income of the year"), income, 0), (_("Capital cost, all years"), dossier.capital_cost, 0))), (False, True, True),
            _("Amounts in {currency}; no loans, no tax, no grants.").format(currency=part.currency(dossier))),
        Notes((_("The income of a typical year pays the capital cost in {years} years: worth a full model.").format(years=format_number(years, 1)) if years is not None
               else _("A typical year earns less than it costs: without other reasons, this idea ends here."),), warning=years is None),
    ]  # fmt: skip
    return _add(page, part.farmers(dossier))


def pitch(session: Session, project: str) -> Page:
    """Slides: one thought each."""
    page, dossier = _page(session, project, _("Pitch"))
    if dossier.project.description:
        page.blocks.append(Paragraph(dossier.project.description))
    _add(page, part.place(dossier))
    groups: list[tuple[str, list[Block]]] = [
        (_("Why and how"), list(part.texts(dossier, "problem", "solution"))), (_("What it brings"), [*part.key_facts(dossier), *list(part.land(dossier))[1:]]),
        (_("Money"), list(part.cash(dossier))), (_("With grants and without"), list(part.both_ways(dossier))[1:]),
        (_("What the money is for, and where it comes from"), list(part.uses_and_sources(dossier))[1:]), (_("For the families"), list(part.farmers(dossier))[1:]),
        (_("How sure the value is"), [block for block in list(part.risk(dossier))[1:] if not isinstance(block, Paragraph)]), (_("Main risks"), [*part.flags(dossier, all_of_them=False), *list(part.room(dossier))[1:]]),
        (_("Who carries it out"), list(part.texts(dossier, "team", "safeguards"))),
    ]  # fmt: skip
    for title, blocks in groups:
        page.blocks += [Heading(title), *blocks]
    return page


def strategy(session: Session) -> Page:
    """The finance strategy of the landscape: ideas, present money, what is critical and has none."""
    page = _start(session, _("Finance strategy"))
    ideas = read_ideas(session)
    with session.read() as db:
        landscape = get_landscape(db)
    unit = money_unit(landscape.currency, landscape.price_year)
    page.blocks.append(Heading(_("Ideas of the action plan")))
    if not ideas:
        page.blocks.append(Notes((_("The action plan has no action yet."),), warning=True))
    else:
        verdicts = words_of(IDEA_VALUES, "verdict")
        marks = {field.id: _(field.title) for field in IDEA_VALUES if field.id in MARKS}
        page.blocks.append(Table((_("Action"), _("Kind"), _("Years"), _("Waits for"), _("Project"), _("Cost"), _("Mark"), _("Verdict")), tuple(
            (state.action.name, _("Enabling") if state.enabling else _("Asset"), f"{state.action.start_year or '–'}–{state.action.end_year or '–'}", state.waits_for or "–", state.project or "–",
             format_number(state.action.cost), format_percent(state.score), verdicts.get(state.idea.verdict, "–") if state.idea is not None else "–") for state in ideas),
            (False, False, False, False, False, True, True, False), _("Amounts in {currency}. The mark is the mean of those given.").format(currency=unit)))  # fmt: skip
        critical = [
            _("{name}: {assets} wait for it, and nobody has been asked to pay.").format(
                name=state.action.name, assets=", ".join(state.needed_by)
            )
            for state in ideas
            if state.critical
        ]
        late = [
            _("{name} begins before {first} has ended.").format(name=state.action.name, first=state.waits_for)
            for state in ideas
            if state.late
        ]
        if critical or late:
            page.blocks.append(Notes((*critical, *late), warning=True))
        judged = [state for state in ideas if state.idea is not None]
        if judged:
            page.blocks.append(Heading(_("Screening")))
            page.blocks.append(Table((_("Action"), *marks.values(), _("Reasons")), tuple(
                (state.action.name, *("–" if mark is None else str(mark) for mark in state.marks.values()), state.idea.reason or "–") for state in judged if state.idea is not None),
                (False, *([True] * len(marks)), False), _("Marks from 0 (not at all) to 3 (fully).")))  # fmt: skip
    flows = read_flows(session, landscape.price_year)
    page.blocks.append(Heading(_("Money that flows already")))
    if not flows.rows:
        page.blocks.append(Notes((_("No present flow of money has been entered."),), warning=True))
        return page
    effects = words_of(FLOW_VALUES, "effect")
    sums = flows.sums
    page.blocks.append(
        Facts(
            (
                *((effects[effect], format_number(sums[effect])) for effect in EFFECTS),
                (_("Degrading for each regenerating one"), format_number(flows.ratio, 1)),
            )
        )
    )
    page.blocks.append(Table((_("Flow"), _("Who pays"), _("What for"), _("Effect"), _("Zone"), _("Amount a year"), _("Source")), tuple(
        (row.name, flows.payers.get(row.organisation, "–"), row.purpose or "–", effects.get(row.effect, row.effect), row.place or _("everywhere"), format_number(row.amount), row.source or "–")
        for row in flows.rows), (False, False, False, False, False, True, False), _("Sums are those of {year}, in {currency}.").format(year=landscape.price_year, currency=unit)))  # fmt: skip
    return page
