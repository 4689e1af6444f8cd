"""A project as a finance case: hectares of its interventions, costs of their practices, its money lines. One truth, one schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onekl_desktop.base.translate import _
from onekl_desktop.project.records import FinanceLine, Funding, HouseholdType, Practice, Project

KG_PER_T = 1000.0
DRAWS = 5000
SUPPORT = ("guarantee", "first_loss")


def build_case(
    name: str, *, currency: str, start_year: int, horizon: int, discount_rate: float, planted: Sequence[tuple[Practice, int, float, str]],
    lines: Sequence[FinanceLine], terms: Project | None = None, funding: Sequence[tuple[Funding, float]] = (),
    households: Sequence[HouseholdType] = (), tonnes: Sequence[float] = (), risk: bool = False,
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:  # fmt: skip
    """The case and where its inputs come from.

    Parameters
    ----------
    planted
        Practice, project year, hectares and intervention of each establishment; years outside 0 … horizon are left out.
    lines
        Money per hectare by age, or fixed by project year.
    terms
        The project's own settings: whether its harvest is sold, wage, tax, carbon, what the lender asks for.
    funding
        Loans, guarantees and first-loss layers, each with what one unit of its currency is worth in the landscape's.
    households
        For the farmer's view; those without a living income are left out.
    tonnes
        CO2e gained in each project year, sold where carbon has a price.
    risk
        Whether the spread of the practices is drawn: yield, price and cost of each, triangular.

    Returns
    -------
    A document of schema version 1 (real prices, flows at the ends of years), and sources by the paths of fields.
    """
    case: dict[str, Any] = {
        "schema": "onekl finance case", "version": 1,
        "header": {
            "case_id": "project", "name": name, "base_year": start_year, "horizon_years": horizon, "currency": currency, "price_basis": "real",
            "timing": "end_of_period", "discount_rates": {"project": discount_rate},
        },
        "production": [], "project_revenue": [], "project_costs": [], "grants": [],
    }  # fmt: skip
    sources: dict[str, dict[str, Any]] = {}
    practices: dict[str, tuple[Practice, list[tuple[int, float, str]]]] = {}
    for practice, year, area, where in planted:
        if 0 <= year <= horizon:
            practices.setdefault(practice.uuid, (practice, []))[1].append((year, area, where))
    for number, (practice, cohorts) in enumerate(practices.values()):
        id = f"practice_{number + 1}"
        item: dict[str, Any] = {
            "id": id, "name": practice.name, "unit": "ha", "plantings": [{"year": year, "units": area} for year, area, _where in cohorts], "revenue_per_unit": [],
            "costs_per_unit": [
                {"id": "establishment", "amount_per_unit": _by_age(practice.capital_cost_per_ha, 0, 0), "capitalised": True},
                {"id": "running", "amount_per_unit": _by_age(practice.operating_cost_per_ha_year, 1, None)},
            ],
        }  # fmt: skip
        case["production"].append(item)
        for at, (_year, _area, where) in enumerate(cohorts):
            if where:
                sources[f"/production/{id}/plantings/{at}/units"] = {"source": where}
        for cost in ("establishment", "running") if practice.source else ():
            sources[f"/production/{id}/costs_per_unit/{cost}/amount_per_unit"] = {"source": practice.source}
        if terms is not None:
            _add_work(item, practice)
            if "labour" in item and practice.source:
                sources[f"/production/{id}/labour/labour_days_per_unit"] = {"source": practice.source}
            if terms.sells_harvest and practice.yield_t_per_ha_year and practice.price_per_t:
                item["product"] = _product(practice)
                told = {"source": practice.source or _("the practice's values")}
                sources |= {f"/production/{id}/product/{place}": told for place in ("yield", "price_per_kg")}
    for number, line in enumerate(lines):
        places = _add_line(case, line, f"line_{number + 1}", horizon)
        sources |= {place: {"source": line.source} for place in places if line.source}
    if terms is not None:
        _add_terms(case, terms, sources)
        _add_carbon(case, terms, tonnes, sources)
        _add_households(case, list(practices.values()), households, sources)
    for number, (layer, rate) in enumerate(funding):
        _add_funding(case, layer, rate, f"capital_{number + 1}", horizon)
    if risk:
        _add_risk(case, list(practices.values()))
    return case, sources


def _add_work(item: dict[str, Any], practice: Practice) -> None:
    if practice.labour_start_days_per_ha or practice.labour_days_per_ha_year:
        days = [practice.labour_start_days_per_ha, practice.labour_days_per_ha_year]
        item["labour"] = {"labour_days_per_unit": {"from_age": 0, "values": days}, "capitalised_through_age": 0}


def _product(practice: Practice) -> dict[str, Any]:
    return {
        "name": practice.product, "price_per_kg": practice.price_per_t / KG_PER_T,
        "yield": {"kind": "table", "from_age": max(practice.years_to_yield, 1), "values": [practice.yield_t_per_ha_year * KG_PER_T]},
    }  # fmt: skip


def _add_terms(case: dict[str, Any], terms: Project, sources: dict[str, dict[str, Any]]) -> None:
    """Wage, tax and what the lender asks for, as the project states them."""
    case["labour"] = {"wage_per_day": terms.wage_per_day, "own_labour_share": terms.own_labour_share, "own_labour_charged_to_project": False}  # fmt: skip
    case["tax"] = {"rate": terms.tax_rate}
    case["covenants"] = {"minimum_dscr": terms.minimum_dscr}
    stated = {"source": _("stated in the project")}
    sources |= dict.fromkeys(("/labour/wage_per_day", "/labour/own_labour_share", "/tax/rate"), stated)


def _add_carbon(
    case: dict[str, Any], terms: Project, tonnes: Sequence[float], sources: dict[str, dict[str, Any]]
) -> None:
    """Tonnes of the interventions as a production of their own, issued every few years and at the end."""
    gained = [(year, amount) for year, amount in enumerate(tonnes) if amount]
    if not terms.carbon_price or not gained:
        return
    for id, sign in (("carbon", 1.0), ("carbon_lost", -1.0)):
        some = [(year, sign * amount) for year, amount in gained if sign * amount > 0]
        if some:
            case["production"].append({
                "id": id, "name": _("Carbon of the land"), "unit": "t CO2e", "plantings": [{"year": year, "units": amount} for year, amount in some],
                "tco2e_per_unit": {"from_age": 0, "to_age": 0, "values": [sign]},
            })  # fmt: skip
            sources |= {
                f"/production/{id}/plantings/{at}/units": {"source": _("carbon of the map's classes")}
                for at in range(len(some))
            }
    every, last = max(terms.carbon_every, 1), len(tonnes) - 1
    ends = sorted({*range(gained[0][0] + every - 1, last + 1, every), last})
    starts = [gained[0][0], *(year + 1 for year in ends)]
    case["carbon"] = {
        "price_per_tco2e": terms.carbon_price, "buffer_share": terms.carbon_deduction, "verification_cost_per_issuance": terms.carbon_cost,
        "issuances": [{"year": end, "accrued_from_year": start, "accrued_to_year": end} for start, end in zip(starts, ends, strict=False)],
    }  # fmt: skip
    stated = {"source": _("stated in the project")}
    sources |= {
        f"/carbon/{name}": stated for name in ("price_per_tco2e", "buffer_share", "verification_cost_per_issuance")
    }


def _add_households(
    case: dict[str, Any], practices: Sequence[tuple[Practice, Sequence[tuple[int, float, str]]]], households: Sequence[HouseholdType],
    sources: dict[str, dict[str, Any]],
) -> None:  # fmt: skip
    """The practice with most hectares, in a year in which it bears, through the eyes of those who work it."""
    earning = [
        (sum(area for _year, area, _where in cohorts), number, practice) for number, (practice, cohorts) in enumerate(practices)
        if practice.yield_t_per_ha_year or practice.labour_days_per_ha_year
    ]  # fmt: skip
    if not earning:
        return
    _area, number, practice = max(earning, key=lambda each: (each[0], -each[1]))
    age = min(max(practice.years_to_yield, 1), case["header"]["horizon_years"])
    kinds = []
    for at, kind in enumerate(households):
        if kind.benchmark:
            kinds.append({
                "id": f"household_{at + 1}", "households": kind.households, "units_per_household": kind.hectares,
                "other_income_per_year": kind.other_income, "living_income_benchmark_per_year": kind.benchmark,
            })  # fmt: skip
            sources[f"/farmer_view/household_types/household_{at + 1}/living_income_benchmark_per_year"] = {"source": kind.benchmark_source}  # fmt: skip
    case["farmer_view"] = {"production": f"practice_{number + 1}", "age": age, "year": age, "household_types": kinds}


def _add_funding(case: dict[str, Any], layer: Funding, rate: float, id: str, horizon: int) -> None:
    """A loan or a layer that pays when cash falls short; equity is what the owners pay and take, so it has no terms."""
    amount = layer.amount * rate
    if not amount or layer.instrument == "equity":
        return
    first = layer.year + layer.grace_years + 1
    if layer.instrument in SUPPORT:
        case.setdefault("credit_support", []).append({
            "id": id, "name": layer.name, "kind": layer.instrument, "cap_amount": amount, "cover_share": layer.cover_share,
            "annual_fee_share_of_debt": layer.interest, "from_year": layer.year, "to_year": horizon,
        })  # fmt: skip
        return
    if layer.repayment == "bullet":
        principal: dict[str, Any] = {"kind": "bullet", "year": layer.year + layer.grace_years + layer.payments}
    else:
        principal = {"kind": layer.repayment, "first_year": first, "payments": layer.payments}
    case.setdefault("loans", []).append({
        "id": id, "name": layer.name, "concessional": layer.terms == "concessional", "draws": [{"year": layer.year, "amount": amount}],
        "interest_per_year": layer.interest, "upfront_fee_share": layer.fee_share, "principal": principal,
    })  # fmt: skip


def _add_risk(case: dict[str, Any], practices: Sequence[tuple[Practice, Any]]) -> None:
    drivers: list[dict[str, Any]] = []
    alone = sum(bool(practice.spread) for practice, _cohorts in practices) == 1
    for number, (practice, _cohorts) in enumerate(practices):
        place, spread = f"/production/practice_{number + 1}", practice.spread
        if not spread:
            continue
        shape = {"kind": "triangular", "minimum": 1 - spread, "mode": 1.0, "maximum": 1 + spread}
        fields = [
            (_("cost to start"), "costs_per_unit/establishment/amount_per_unit"),
            (_("running cost"), "costs_per_unit/running/amount_per_unit"),
        ]
        if "product" in case["production"][number]:
            fields = [(_("yield"), "product/yield"), (_("price"), "product/price_per_kg"), *fields]
        drivers += [
            {"id": f"driver_{number + 1}_{at + 1}", "name": word if alone else f"{practice.name}: {word}", "field": f"{place}/{field}", "apply": "multiply", "distribution": shape}
            for at, (word, field) in enumerate(fields)
        ]  # fmt: skip
    if drivers:
        case["risk"] = {"draws": DRAWS, "seed": 1, "output": "project_with_grants.npv", "drivers": drivers}


def _by_age(amount: float, first: int, last: int | None) -> dict[str, Any]:
    return {"from_age": first, "values": [amount], **({"to_age": last} if last is not None else {})}


def _add_line(case: dict[str, Any], line: FinanceLine, id: str, horizon: int) -> list[str]:
    """Put a line of money where it belongs; the paths of its amounts."""
    first, last = max(line.first or 0, 0), line.last
    if last is not None and last < first:
        return []
    named = {"id": id, "name": line.name}
    capital = {"capitalised": True} if line.line_type == "capital_cost" else {}
    if line.line_type == "grant":
        by_year = []
        for year in range(horizon + 1):
            if line.basis == "per_ha":
                ages = [(year - one["year"], one["units"]) for item in case["production"] for one in item["plantings"]]
                hectares = sum(units for age, units in ages if age >= first and (last is None or age <= last))
                amount = line.amount * hectares
            else:
                amount = line.amount if first <= year and (last is None or year <= last) else 0.0
            if amount:
                by_year.append({"year": year, "amount": amount})
        case["grants"].append({**named, "by_year": by_year})
        return [f"/grants/{id}/by_year/{at}/amount" for at in range(len(by_year))]
    if line.basis == "per_ha":
        kind = "revenue_per_unit" if line.line_type == "revenue" else "costs_per_unit"
        for item in case["production"]:
            item[kind].append({**named, "amount_per_unit": _by_age(line.amount, first, last), **capital})
        return [f"/production/{item['id']}/{kind}/{id}/amount_per_unit" for item in case["production"]]
    span = {"from_year": first, **({"to_year": last} if last is not None else {})}
    if line.line_type == "revenue":
        case["project_revenue"].append({**named, "quantity_by_year": {**span, "values": [1]}, "price_per_quantity": line.amount})  # fmt: skip
        return [f"/project_revenue/{id}/price_per_quantity"]
    case["project_costs"].append({**named, "amount_by_year": {**span, "values": [line.amount]}, **capital})
    return [f"/project_costs/{id}/amount_by_year"]
