"""Red flags: what an investor's analyst would ask about first, raised before anybody else does.

Each is raised, clear, or unknown where the file does not hold what is needed to tell: unknown is printed, never taken for clear.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_number, format_percent
from onekl_desktop.engine import Session
from onekl_desktop.engine.practices import read_practices
from onekl_desktop.models.finance.results import Model
from onekl_desktop.project.records import FinanceSource, Project
from onekl_desktop.tools.lift.places import CONSENT, OUTSIDE, TWICE
from onekl_desktop.tools.lift.runs import Inputs

RAISED, CLEAR, UNKNOWN = "raised", "clear", "unknown"
MOST_SURVIVAL, MOST_TERMINAL, MOST_OF_BUYER, OLD_YEARS = 0.9, 0.3, 0.6, 2


@dataclass(frozen=True)
class Flag:
    """A question with its answer."""

    id: str
    title: str
    state: str
    told: str


def find_flags(
    session: Session, project: Project, inputs: Inputs, model: Model, conflicts: Sequence[tuple[str, str]]
) -> list[Flag]:
    """All of them, the raised ones first."""
    flags = [
        _prices(inputs),
        _yields(inputs), _survival(inputs), _sensitivity(inputs), _carbon(project, inputs, model), _terminal(model), _unfunded(inputs, model),
        _own_labour(project, inputs), _buyer(project), _currency(inputs), *_places(conflicts), _old(session, inputs), _cover(inputs, model), _grants(model),
        _benchmark(inputs),
    ]  # fmt: skip
    order = (RAISED, UNKNOWN, CLEAR)
    return sorted(flags, key=lambda flag: order.index(flag.state))


def _flag(id: str, title: str, raised: bool | None, told: str, fine: str = "") -> Flag:
    return Flag(
        id,
        title,
        UNKNOWN if raised is None else RAISED if raised else CLEAR,
        told if raised is not False else fine or told,
    )


def _prices(inputs: Inputs) -> Flag:
    title = _("Price above the average of ten years")
    sold = {practice.uuid: practice for _item, practice in inputs.parts if practice.price_per_t}.values()
    known = [practice for practice in sold if practice.price_average]
    if not known:
        return _flag("price", title, None, _("No mean price of ten years is entered with the practices."))
    high = [
        _("{name}: {price} a tonne, the mean is {mean}").format(name=practice.name, price=format_number(practice.price_per_t), mean=format_number(practice.price_average))
        for practice in known if practice.price_per_t > practice.price_average
    ]  # fmt: skip
    return _flag("price", title, bool(high), "; ".join(high), _("No price lies above its mean of ten years."))


def _yields(inputs: Inputs) -> Flag:
    title = _("Yield above the published range")
    known = {row["code"]: row for row in read_practices()}
    judged, high = 0, []
    for practice in {practice.uuid: practice for _item, practice in inputs.parts}.values():
        row = known.get(practice.code)
        if row is None or not practice.yield_t_per_ha_year:
            continue
        judged += 1
        most = float(row["yield_t_per_ha_year"] or 0) * (1 + float(row["spread"] or 0))
        if practice.yield_t_per_ha_year > most:
            high.append(_("{name}: {yield_} t/ha, the catalogue's highest is {most}").format(name=practice.name, yield_=format_number(practice.yield_t_per_ha_year, 2), most=format_number(most, 2)))  # fmt: skip
    if not judged:
        return _flag("yield", title, None, _("None of its practices is in the catalogue."))
    return _flag("yield", title, bool(high), "; ".join(high), _("All yields lie within the range of the catalogue."))


def _survival(inputs: Inputs) -> Flag:
    planted = {practice.uuid: practice for _item, practice in inputs.parts if practice.trees_per_ha}.values()
    title = _("Survival of trees above 90 %")
    if not planted:
        return _flag("survival", title, None, _("It plants no trees that are counted."))
    high = [
        f"{practice.name}: {format_percent(practice.survival)}"
        for practice in planted
        if practice.survival > MOST_SURVIVAL
    ]
    return _flag("survival", title, bool(high), ", ".join(high), _("No practice expects more."))


def _sensitivity(inputs: Inputs) -> Flag:
    firm = sorted({practice.name for _item, practice in inputs.parts if not practice.spread})
    return _flag("sensitivity", _("Price and yield not varied"), bool(firm), _("No spread is known of {names}.").format(names=", ".join(firm)),
                 _("Yield, price and costs were varied together."))  # fmt: skip


def _carbon(project: Project, inputs: Inputs, model: Model) -> Flag:
    title = _("Carbon sold before it is verified")
    if not project.carbon_price or model.case.carbon is None:
        return _flag("carbon", title, False, "", _("No carbon is sold."))
    free = not project.carbon_cost
    return _flag("carbon", title, free, _("Carbon is sold, but verification costs nothing in the model."), _("Carbon is paid for when it is issued, after verification."))  # fmt: skip


def _terminal(model: Model) -> Flag:
    share = model.figures.get("project.terminal_value_share_of_npv")
    return _flag("terminal", _("More than 30 % of the value from its sale at the end"), share is not None and share > MOST_TERMINAL,
                 _("{share} of the value is the sale at the end.").format(share=format_percent(share)), _("Nothing is sold at the end."))  # fmt: skip


def _unfunded(inputs: Inputs, model: Model) -> Flag:
    promised = sum(layer.amount * rate for layer, rate in inputs.funding if layer.instrument == "equity")
    called = float(model.figures.get("equity.called") or 0.0)
    short = called - promised
    return _flag("unfunded", _("Years with too little cash, not funded"), short > 0.5,
                 _("The owners would have to put in {called}; {promised} of equity is entered, {short} are not funded.").format(
                     called=format_number(called), promised=format_number(promised), short=format_number(short)),
                 _("All cash that is missing is covered by grants, loans and equity."))  # fmt: skip


def _own_labour(project: Project, inputs: Inputs) -> Flag:
    work = any(
        practice.labour_days_per_ha_year or practice.labour_start_days_per_ha for _item, practice in inputs.parts
    )
    return _flag("labour", _("Work without a price"), work and not project.wage_per_day, _("The practices take days of work, but no wage is entered."),
                 _("Work is paid at {wage} a day; the families' own {share} is told apart.").format(wage=format_number(project.wage_per_day, 2), share=format_percent(project.own_labour_share)))  # fmt: skip


def _buyer(project: Project) -> Flag:
    share = project.buyer_share
    return _flag("buyer", _("One buyer takes more than 60 %"), None if share is None else share > MOST_OF_BUYER,
                 _("The share of the largest buyer is not known.") if share is None else _("The largest buyer takes {share}.").format(share=format_percent(share)))  # fmt: skip


def _currency(inputs: Inputs) -> Flag:
    foreign = sorted({layer.currency for layer, _rate in inputs.funding if layer.currency not in ("", inputs.currency)})
    return _flag("currency", _("Debt in another currency than the income"), bool(foreign), _("Capital is in {currencies}, income in {own}.").format(currencies=", ".join(foreign), own=inputs.currency),
                 _("Capital and income are in {own}.").format(own=inputs.currency))  # fmt: skip


def _places(conflicts: Sequence[tuple[str, str]]) -> list[Flag]:
    titles = ((TWICE, _("Hectares counted twice"), _("No hectare is in another project.")), (OUTSIDE, _("Places outside the landscape"), _("All places lie in the landscape.")),
              (CONSENT, _("Customary land without consent"), _("No place lies on customary land without a consent.")))  # fmt: skip
    out = []
    for kind, title, fine in titles:
        told = [sentence for each, sentence in conflicts if each == kind]
        out.append(_flag(kind, title, bool(told), " ".join(told), fine))
    return out


def _old(session: Session, inputs: Inputs) -> Flag:
    today = dt.date.today()
    with session.read() as db:
        sources = {row.uuid: row for row in db.scalars(select(FinanceSource))}
    used = {line.finance_source for line in inputs.lines} | {layer.finance_source for layer, _rate in inputs.funding}
    limit = today.replace(year=today.year - OLD_YEARS, day=min(today.day, 28)).isoformat()
    old = sorted(
        sources[key].name
        for key in used
        if key in sources and sources[key].checked_on and sources[key].checked_on < limit
    )
    bare = sorted({practice.name for _item, practice in inputs.parts if not practice.source})
    told = []
    if old:
        told.append(_("Not checked for two years: {names}.").format(names=", ".join(old)))
    if bare:
        told.append(_("Values without a source: {names}.").format(names=", ".join(bare)))
    return _flag("old", _("Figures that are old or without a source"), bool(told), " ".join(told), _("All practices name a source; all sources of money were checked within two years."))  # fmt: skip


def _cover(inputs: Inputs, model: Model) -> Flag:
    title = _("Debt cover below what the lender asks for")
    if not model.case.loans:
        return _flag("cover", title, False, "", _("There is no loan."))
    breaches = [inputs.start_year + year for year in model.figures.get("debt.breach_years") or []]
    return _flag("cover", title, bool(breaches), _("Below {least} in {years}.").format(least=format_number(model.case.covenants.minimum_dscr, 2), years=", ".join(map(str, breaches))),
                 _("At least {least} in every year.").format(least=format_number(model.figures.get("debt.dscr_minimum"), 2)))  # fmt: skip


def _grants(model: Model) -> Flag:
    without, with_grants = model.figures["project.npv"], model.figures["project_with_grants.npv"]
    return _flag("grants", _("Viable with grants alone"), without < 0 <= with_grants, _("Without grants the value is {value}.").format(value=format_number(without)),
                 _("Grants do not decide whether it has a value.") if without >= 0 else _("It has no value with grants either: its returns are not in money."))  # fmt: skip


def _benchmark(inputs: Inputs) -> Flag:
    known = [kind for kind in inputs.households if kind.benchmark]
    return _flag("benchmark", _("Living income not looked at"), not known, _("No kind of household has a living income to be held against."),
                 _("{count} kinds of household are held against a living income.").format(count=len(known)))  # fmt: skip
