"""Parts that the documents of a project are made of; what is not known is printed as a gap, never as a zero."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from onekl_desktop.base.money import money_unit
from onekl_desktop.base.specs.words import words_of
from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import format_number, format_percent, format_quantity
from onekl_desktop.models.finance.matching import CRITERIA, FAIL, UNKNOWN, Match
from onekl_desktop.models.finance.risk import simulate
from onekl_desktop.reports.page import Bar, Bars, Block, Chart, Facts, Heading, Line, MapBlock, Notes, Paragraph, Table
from onekl_desktop.tools.lift.dossier import Dossier
from onekl_desktop.tools.lift.flags import RAISED
from onekl_desktop.tools.lift.inputs import FUNDING_VALUES, LINE_VALUES, ROOM_ITEMS, ROOM_STATES

IN, OUT, SUM, OPEN, SOFT = "#1f6f54", "#d55e00", "#0072b2", "#b9bfbc", "#e69f00"
TEXTS = (
    ("problem", N_("The problem")), ("solution", N_("The solution")), ("market", N_("Market and buyers")), ("team", N_("Who carries it out")),
    ("safeguards", N_("Rights and safeguards")),
)  # fmt: skip
FLAG_WORDS = {"raised": N_("Raised"), "unknown": N_("Not known"), "clear": N_("Not raised")}
GATE_WORDS = {"pass": N_("yes"), "fail": N_("no"), "unknown": N_("not known")}
BINS, CENTS = 16, 0.5


def currency(dossier: Dossier) -> str:
    """Which money, of which year."""
    return money_unit(dossier.landscape.currency, dossier.landscape.price_year)


def money(value: float | None) -> str:
    """An amount, an en dash where there is none."""
    return format_number(value)


def key_facts(dossier: Dossier) -> Iterator[Block]:
    """Land, people, carbon, and the ask."""
    days = dossier.summed("labour_days")
    yield Facts((
        (_("Land"), format_quantity(dossier.hectares, "ha", 0)), (_("Trees planted"), format_number(sum(dossier.summed("trees"))) if any(dossier.summed("trees")) else "–"),
        (_("Full-time jobs, mean"), format_number(float(np.mean(days)) / dossier.model.case.header.labour_days_per_fte, 0)),
        (_("Carbon gained"), format_quantity(sum(dossier.summed("tco2e")), "t CO2e", 0)),
    ))  # fmt: skip
    yield Facts((
        (_("Capital cost"), money(dossier.capital_cost)), (_("Net present value"), money(dossier.figure("project.npv"))),
        (_("Return (IRR)"), format_percent(dossier.figure("project.irr"), 1)), (_("Amounts in"), currency(dossier)),
    ))  # fmt: skip


def place(dossier: Dossier, *, wide: bool = True) -> Iterator[Block]:
    """The map around its places, as the canvas shows it."""
    yield MapBlock(
        _("Where {name} is").format(name=dossier.project.name),
        dossier.scenario,
        wide=wide,
        legend=wide,
        around=dossier.box,
    )


def texts(dossier: Dossier, *names: str) -> Iterator[Block]:
    """What the partnership wrote; what is missing is said."""
    for name, title in TEXTS:
        if names and name not in names:
            continue
        told = getattr(dossier.project, name)
        if told:
            yield Paragraph(told, lead=_(title) + ".")
        else:
            yield Notes((_("{title}: not written yet.").format(title=_(title)),), warning=True)


def land(dossier: Dossier) -> Iterator[Block]:
    """Interventions with practice, hectares and years: the same as on the map."""
    yield Heading(_("What is done on the land"))
    rows = tuple(
        (name, practice, format_number(hectares, 1), years) for name, practice, hectares, years in dossier.parts()
    )
    yield Table((_("Intervention"), _("Practice"), _("Area (ha)"), _("Planted in")), rows, (False, False, True, False),
                _("Areas are those of the shapes on the map."))  # fmt: skip


def quantities(dossier: Dossier) -> Iterator[Block]:
    """Hectares, trees, work, harvest and tonnes by year."""
    yield Heading(_("What it brings, year by year"))
    names = ("hectares", "trees", "labour_days", "production_t", "tco2e")
    series = {name: dossier.summed(name) for name in names}
    rows = tuple(
        (
            str(year),
            *(format_number(series[name][t], 1 if name in ("hectares", "production_t") else 0) for name in names),
        )
        for t, year in enumerate(dossier.years)
    )
    yield Table(
        (_("Year"), _("Area (ha)"), _("Trees planted"), _("Days of work"), _("Harvest (t)"), _("Carbon (t CO₂e)")),
        rows,
        (False, *([True] * 5)),
    )


def both_ways(dossier: Dossier) -> Iterator[Block]:
    """With grants and without, for the whole and for the owners."""
    yield Heading(_("With grants and without"))
    rows = []
    for title, without, with_grants in (
        (_("Whole project, before tax and finance"), "project", "project_with_grants"), (_("Owners, after debt and tax"), "equity_without_grants", "equity"),
    ):  # fmt: skip
        for word, key, kind in (
            (_("net present value"), "npv", "money"),
            (_("return (IRR)"), "irr", "share"),
            (_("payback"), "payback_years", "years"),
        ):
            told = [_tell(dossier.figure(f"{block}.{key}"), kind) for block in (without, with_grants)]
            rows.append((f"{title}: {word}", *told))
    yield Table((_("Figure"), _("Without grants"), _("With grants")), tuple(rows), (False, True, True), _("Amounts in {currency}, discounted at {rate} a year.").format(currency=currency(dossier), rate=format_percent(dossier.inputs.discount_rate, 1)))  # fmt: skip


def _tell(value: float | None, kind: str) -> str:
    if value is None:
        return _("none")
    return {"money": money(value), "share": format_percent(value, 1), "years": format_quantity(value, _("years"), 1)}[
        kind
    ]


def farmers(dossier: Dossier) -> Iterator[Block]:
    """A hectare and a household, beside a living income."""
    yield Heading(_("For the families"))
    if dossier.figure("farmer.net_income_per_unit") is None:
        yield Notes((_("No practice of the project yields anything, so there is no farmer's view."),), warning=True)
        return
    share = dossier.figure("farmer.share_of_households_below_benchmark")
    yield Facts((
        (_("Net income a hectare"), money(dossier.figure("farmer.net_income_per_unit"))), (_("Days of work a hectare"), format_number(dossier.figure("farmer.labour_days_per_unit"), 0)),
        (_("Return to a day of work"), format_number(dossier.figure("farmer.return_per_labour_day"), 1)), (_("Below a living income"), format_percent(share, 0)),
    ))  # fmt: skip
    unit = dossier.figure("farmer.net_income_per_unit")
    rows = []
    for kind in dossier.inputs.households:
        income = kind.hectares * unit + kind.other_income
        gap = max(kind.benchmark - income, 0.0) if kind.benchmark else None
        rows.append(
            (
                kind.name,
                format_number(kind.households),
                format_number(kind.hectares, 2),
                money(income),
                money(kind.benchmark),
                money(gap),
                kind.benchmark_source or "–",
            )
        )
    if rows:
        yield Table((_("Households"), _("Number"), _("Hectares each"), _("Net income a year"), _("Living income"), _("Gap"), _("Source")), tuple(rows), (False, True, True, True, True, True, False),
                    _("In a year in which the land bears; the families' own work is not a cost."))  # fmt: skip
    else:
        yield Notes((_("No kind of household is entered, so nothing is held against a living income."),), warning=True)


def cash(dossier: Dossier) -> Iterator[Block]:
    """Bars by year and the running total."""
    flows = dossier.series("pre_tax_cash_flow")
    grants = dossier.series("grants")
    yield Bars(_("Cash flow by year, before finance and tax"), currency(dossier), tuple(
        Bar(str(year), 0.0, flow, IN if flow >= 0 else OUT) for year, flow in zip(dossier.years, flows, strict=True)), wide=False)  # fmt: skip
    yield Chart(_("Running total"), currency(dossier), tuple(
        Line(title, colour, tuple(zip(map(float, dossier.years), np.cumsum(values).tolist(), strict=True)))
        for title, colour, values in ((_("Without grants"), SUM, np.array(flows)), (_("With grants"), IN, np.array(flows) + np.array(grants)))))  # fmt: skip


def statement(dossier: Dossier) -> Iterator[Block]:
    """Money by year, as it stands in the model."""
    yield Heading(_("Cash flow statement"))
    columns = (
        (_("Revenue"), "revenue_total"), (_("Operating cost"), "operating_cost"), (_("Capital cost"), "capital_cost"), (_("Cash flow"), "pre_tax_cash_flow"),
        (_("Grants"), "grants"), (_("Tax"), "tax"), (_("Debt service"), ""), (_("Owners' flow"), "equity_flow"),
    )  # fmt: skip
    service = dossier.model.financing.debt_service
    rows = tuple(
        (str(year), *(money(float(service[t]) if not key else dossier.model.figures[f"series.{key}"][t]) for _title, key in columns)) for t, year in enumerate(dossier.years)
    )  # fmt: skip
    yield Table(
        (_("Year"), *(title for title, _key in columns)),
        rows,
        (False, *([True] * len(columns))),
        _("Amounts in {currency}.").format(currency=currency(dossier)),
    )


def uses_and_sources(dossier: Dossier) -> Iterator[Block]:
    """What the money is for, and who brings it: the two sides are equal."""
    yield Heading(_("What the money is for, and where it comes from"))
    grants, debt = sum(dossier.series("grants")), float(dossier.figure("debt.total_drawn") or 0.0)
    called = float(dossier.figure("equity.called") or 0.0)
    capital = dossier.capital_cost
    running = grants + debt + called - capital
    uses = [(_("Building it up"), capital)]
    sources = [(_("Grants"), grants), (_("Loans"), debt), (_("Owners' equity"), called)]
    if running > CENTS:
        uses.append((_("First years' running costs, interest and fees"), running))
    elif running < -CENTS:
        sources.append((_("The project's own income"), -running))
    total = sum(amount for _word, amount in sources)
    rows = [(_("Use"), word, money(amount), format_percent(amount / total if total else None)) for word, amount in uses]
    rows += [
        (_("Source"), word, money(amount), format_percent(amount / total if total else None))
        for word, amount in sources
    ]
    yield Table(
        ("", _("What"), _("Amount"), _("Share")),
        tuple(rows),
        (False, False, True, True),
        _("Amounts in {currency}.").format(currency=currency(dossier)),
    )
    steps: list[Bar] = []
    at = 0.0
    for word, amount in sources:
        if amount:
            steps.append(Bar(word, at, at + amount, {0: IN, 1: SUM}.get(len(steps), SOFT), money(amount)))
            at += amount
    if steps:
        yield Bars(
            _("Capital stack"),
            currency(dossier),
            (*steps, Bar(_("Together"), 0.0, at, "#5d6b65", money(at))),
            lying=True,
        )


def waterfall(dossier: Dossier) -> Iterator[Block]:
    """All money of all years, step by step down to what is left for the owners."""
    figures = dossier.model.financing
    parts = [
        (_("Revenue"), sum(dossier.series("revenue_total"))), (_("Operating cost"), -sum(dossier.series("operating_cost"))), (_("Capital cost"), -dossier.capital_cost),
        (_("Grants"), sum(dossier.series("grants"))), (_("Tax"), -sum(dossier.series("tax"))), (_("Loans drawn"), float(figures.loan_draws.sum())),
        (_("Interest"), -float(figures.interest_paid.sum())), (_("Principal"), -float(figures.principal_paid.sum())),
    ]  # fmt: skip
    left = sum(dossier.series("equity_flow"))
    rest = left - sum(amount for _word, amount in parts)
    if abs(rest) > CENTS:
        parts.append((_("Fees and guarantees"), rest))
    bars, at = [], 0.0
    for word, amount in parts:
        if amount:
            bars.append(Bar(word, at, at + amount, IN if amount > 0 else OUT, money(amount)))
            at += amount
    bars.append(Bar(_("Left for the owners"), 0.0, left, SUM, money(left)))
    yield Bars(_("Where the money of all years goes"), currency(dossier), tuple(bars), lying=True)


def capital(dossier: Dossier) -> Iterator[Block]:
    """Layers with their terms, and debt cover by year."""
    yield Heading(_("Capital and its terms"))
    if not dossier.inputs.funding:
        yield Notes(
            (_("No loan, equity or guarantee is entered: the owners pay all that grants do not."),), warning=True
        )
        return
    instruments, terms, states, repaid = (
        words_of(FUNDING_VALUES, id) for id in ("instrument", "terms", "status", "repayment")
    )
    rows = tuple(
        (layer.name, f"{instruments.get(layer.instrument, layer.instrument)}, {terms.get(layer.terms, layer.terms)}", money(layer.amount * rate), format_percent(layer.interest, 1),
         f"{layer.grace_years} + {layer.payments}, {repaid.get(layer.repayment, '')}" if layer.instrument == "loan" else "–", dossier.names.get(layer.finance_source, "–"), states.get(layer.status, layer.status))
        for layer, rate in dossier.inputs.funding
    )  # fmt: skip
    yield Table(
        (_("Layer"), _("Kind"), _("Amount"), _("Interest or fee"), _("Grace + payments"), _("Source"), _("Status")),
        rows,
        (False, False, True, True, False, False, False),
    )
    yield from cover(dossier)
    yield from waterfall(dossier)


def cover(dossier: Dossier) -> Iterator[Block]:
    """Debt cover by year beside what the lender asks for."""
    ratios = dossier.figure("debt.dscr") or []
    known = [(year, ratio) for year, ratio in zip(dossier.years, ratios, strict=False) if ratio is not None]
    if not known:
        return
    least = dossier.model.case.covenants.minimum_dscr
    yield Bars(_("Debt cover (DSCR) by year"), _("the line is what the lender asks for: {least}").format(least=format_number(least, 2)), tuple(
        Bar(str(year), 0.0, ratio, IN if ratio >= least else OUT) for year, ratio in known), mark=least)  # fmt: skip
    short = [str(year) for year, ratio in known if ratio < least]
    if short:
        yield Notes(
            (
                _("Debt cover is below {least} in {years}.").format(
                    least=format_number(least, 2), years=", ".join(short)
                ),
            ),
            warning=True,
        )


def risk(dossier: Dossier) -> Iterator[Block]:
    """Which figure moves the value most, and how the value spreads."""
    yield Heading(_("How sure the value is"))
    case = dossier.model.case
    if case.risk is None:
        yield Notes((_("No practice says how far its values may be off, so nothing was varied."),), warning=True)
        return
    names = {driver.id: driver.name for driver in case.risk.drivers}
    yield tornado(dossier, names)
    yield histogram(dossier)
    told = [format_number(dossier.figure(f"risk.npv_{name}")) for name in ("p10", "p50", "p90")]
    yield Facts((
        (_("One in ten is below (P10)"), told[0]), (_("Middle (P50)"), told[1]), (_("One in ten is above (P90)"), told[2]),
        (_("Chance of a loss"), format_percent(dossier.figure("risk.probability_npv_below_zero"), 1)),
    ))  # fmt: skip
    yield Paragraph(_("{count} draws; yield, price and costs of each practice vary within what the practice says, independently of one another.").format(count=format_number(case.risk.draws)), small=True)  # fmt: skip


def tornado(dossier: Dossier, names: dict[str, str]) -> Bars:
    """Each driver alone at its P10 and P90, the largest swing first."""
    bars = []
    for driver in (dossier.figure("risk.tornado_order") or [])[:8]:
        low, high = (dossier.figure(f"risk.tornado.{driver}.npv_at_{end}") for end in ("p10", "p90"))
        bars.append(Bar(names.get(driver, driver), low, high, SUM, format_number(abs(high - low))))
    return Bars(
        _("What moves the value most, each alone"),
        _("{currency}, from P10 to P90, with the swing").format(currency=currency(dossier)),
        tuple(bars),
        lying=True,
        mark=dossier.figure("project_with_grants.npv"),
        wide=False,
    )


def histogram(dossier: Dossier) -> Bars:
    """How often the value falls into each of some equal steps."""
    values = simulate(dossier.model.case).values
    counts, edges = np.histogram(values, BINS)
    bars = tuple(
        Bar(
            format_number((edges[at] + edges[at + 1]) / 2),
            0.0,
            100.0 * count / len(values),
            IN if edges[at] >= 0 else OUT,
        )
        for at, count in enumerate(counts.tolist())
    )
    return Bars(
        _("Net present value with grants"),
        _("{currency}, share of draws in %").format(currency=currency(dossier)),
        bars,
        wide=False,
    )


def flags(dossier: Dossier, *, all_of_them: bool = True) -> Iterator[Block]:
    """Red flags as they stand."""
    raised = [flag for flag in dossier.flags if flag.state == RAISED]
    if all_of_them:
        yield Heading(_("Red flags"))
        yield Table(
            (_("Question"), _("State"), _("What was found")),
            tuple((flag.title, _(FLAG_WORDS[flag.state]), flag.told) for flag in dossier.flags),
            (False, False, False),
        )
    elif raised:
        yield Notes(tuple(f"{flag.title}: {flag.told}" for flag in raised[:5]), warning=True)
    else:
        yield Notes((_("No red flag is raised."),))


def matching(dossier: Dossier) -> Iterator[Block]:
    """Sources by how they fit, and why."""
    yield Heading(_("Who could finance it"))
    if not dossier.matches:
        yield Notes((_("No finance source is entered."),), warning=True)
        return
    rows = tuple(
        (match.name, format_percent(match.score), format_percent(match.coverage), "; ".join(f"{_(CRITERIA[each.id])}: {each.told}" for each in match.criteria if each.score is not None) or "–", match.change or "–")
        for match in dossier.matches if match.eligible
    )  # fmt: skip
    if rows:
        yield Table((_("Source"), _("Fit"), _("Known"), _("Why"), _("What would change it")), rows, (False, True, True, False, False), _("Fit is the weighted mean of what is known; known is its share of all weights: {weights}.").format(weights=_weights(dossier.matches[0])))  # fmt: skip
    out = tuple(
        (match.name, "; ".join(f"{gate.name}: {gate.told}" for gate in match.gates if gate.state == FAIL))
        for match in dossier.matches
        if not match.eligible
    )
    if out:
        yield Table((_("Not eligible"), _("Because")), out, (False, False))
    unknown = sum(gate.state == UNKNOWN for match in dossier.matches for gate in match.gates)
    if unknown:
        yield Notes(
            (_("{count} conditions of these sources are not known; ask before you apply.").format(count=unknown),)
        )


def _weights(match: Match) -> str:
    return ", ".join(f"{_(CRITERIA[each.id])} {format_number(each.weight, 1)}" for each in match.criteria)


def contributions(match: Match) -> Bars:
    """What each criterion adds to the fit of a source, out of a hundred."""
    total = sum(each.weight for each in match.criteria if each.score is not None)
    bars = tuple(
        Bar(_(CRITERIA[each.id]), 0.0, 100 * each.weight * each.score / total, IN, each.told) for each in match.criteria if each.score is not None
    )  # fmt: skip
    return Bars(match.name, _("what each adds to the fit, in %"), bars, lying=True)


def room(dossier: Dossier) -> Iterator[Block]:
    """The data room's index."""
    states = {option.id: _(option.title) for option in ROOM_STATES}
    rows = []
    for option in ROOM_ITEMS:
        item = dossier.room.get(option.id)
        rows.append(
            (_(option.title), states[dossier.status_of(option.id)], (item.note if item is not None else "") or "–")
        )
    yield Table((_("Document"), _("Status"), _("Note")), tuple(rows), (False, False, False))
    missing = [_(option.title) for option in ROOM_ITEMS if option.id in dossier.missing_documents]
    yield Notes(
        (_("Still missing: {items}.").format(items=", ".join(missing)) if missing else _("Nothing is missing."),),
        warning=bool(missing),
    )


def timeline(dossier: Dossier) -> Iterator[Block]:
    """What must come first, and who pays for it."""
    yield Heading(_("Steps, and what they wait for"))
    if not dossier.ideas:
        yield Notes((_("No action of the plan is linked with the project."),), warning=True)
        return
    rows = tuple(
        (state.action.name, _("Enabling") if state.enabling else _("Asset"), f"{state.action.start_year or '–'}–{state.action.end_year or '–'}", state.waits_for or "–", money(state.action.cost), state.source or "–")
        for state in dossier.ideas
    )  # fmt: skip
    yield Table(
        (_("Step"), _("Kind"), _("Years"), _("Waits for"), _("Cost"), _("Paid by")),
        rows,
        (False, False, False, False, True, False),
    )


def tracking(dossier: Dossier) -> Iterator[Block]:
    """Promised, paid out, paid back."""
    yield Heading(_("Money that has moved"))
    if not dossier.movements:
        yield Notes((_("Nothing has been promised or paid yet."),))
        return
    sums = {
        deed: sum(each.amount for each in dossier.movements if each.deed == deed)
        for deed in ("commitment", "disbursement", "repayment", "interest")
    }
    yield Facts(
        (
            (_("Promised"), money(sums["commitment"])),
            (_("Paid out"), money(sums["disbursement"])),
            (_("Paid back"), money(sums["repayment"])),
            (_("Interest"), money(sums["interest"])),
        )
    )
    if sums["disbursement"] > sums["commitment"]:
        yield Notes((_("More was paid out than promised: a promise is missing."),), warning=True)


def lines(dossier: Dossier) -> Iterator[Block]:
    """Money lines with their sources."""
    if not dossier.inputs.lines:
        return
    kinds, states = words_of(LINE_VALUES, "line_type"), words_of(LINE_VALUES, "status")
    yield Heading(_("Money lines"))
    yield Table((_("Money line"), _("Kind"), _("Amount a year"), _("Years"), _("Status"), _("Source")), tuple(
        (line.name, kinds.get(line.line_type, line.line_type), format_number(line.amount, 2) + (_(" per ha") if line.basis == "per_ha" else ""),
         f"{line.first or 0}–{'' if line.last is None else line.last}", states.get(line.status, line.status), line.source or "–") for line in dossier.inputs.lines), (False, False, True, False, False, False))  # fmt: skip


def stale(dossier: Dossier) -> Iterator[Block]:
    """Said first: documents are computed anew, but the project's recorded run may lag behind."""
    if not dossier.current:
        yield Notes(
            (
                _(
                    "The figures here are those of today's map; the run that the portfolio shows is older. Compute the project again."
                ),
            ),
            warning=True,
        )


def statement_words() -> list[tuple[str, str]]:
    """What the lines of the statements are called."""
    return [
        ("revenue_total", _("Revenue")), ("operating_cost", _("Operating cost")), ("capital_cost", _("Capital cost")), ("pre_tax_cash_flow", _("Cash flow")),
        ("grants", _("Grants")), ("tax", _("Tax")), ("loan_draws", _("Loans drawn")), ("interest_paid", _("Interest")), ("principal_paid", _("Principal")),
        ("cfads", _("Cash for debt service")), ("equity_flow", _("Owners' flow")),
    ]  # fmt: skip
