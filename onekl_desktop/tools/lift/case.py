"""A project as a finance case: hectares of its interventions, costs of their practices, its money lines. One truth, one schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from onekl_desktop.project.records import FinanceLine, Practice


def build_case(
    name: str, *, currency: str, start_year: int, horizon: int, discount_rate: float, planted: Sequence[tuple[Practice, int, float, str]],
    lines: Sequence[FinanceLine],
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:  # fmt: skip
    """The case and where its inputs come from.

    Parameters
    ----------
    planted
        Practice, project year, hectares and intervention of each establishment; years outside 0 … horizon are left out.
    lines
        Money per hectare by age, or fixed by project year.

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
    for number, line in enumerate(lines):
        places = _add_line(case, line, f"line_{number + 1}", horizon)
        sources |= {place: {"source": line.source} for place in places if line.source}
    return case, sources


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
