"""The indicator values of a scenario's run, each with the band that uncertain coefficients give it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.engine.runs import Computed
from onekl_desktop.models.carbon import model as carbon
from onekl_desktop.models.decisions.spread import DRAWS, band_of, draw_factors
from onekl_desktop.models.landcover import model as landcover
from onekl_desktop.models.livelihoods import model as livelihoods
from onekl_desktop.project.records import Practice
from onekl_desktop.tools.scenarios.zones import ZoneMap

if TYPE_CHECKING:
    from onekl_desktop.tools.scenarios.runs import Inputs

WORKING_DAYS = 230.0
BY_ZONE = ("cost_present_value", "jobs", "gross_income", "net_income")
Draws = dict[str, NDArray[np.float64]]


def _computed(indicator: str, value: float, draws: NDArray[np.float64], year: int, zone: str = "") -> Computed:
    band = band_of(draws)
    return Computed(indicator, value, year, zone, "", *(band or (None, None)))


def land_values(
    inputs: Inputs, zones: ZoneMap, codes: list[int], areas: dict[int, NDArray[np.float64]], table: dict[int, float],
    plans: Sequence[landcover.Plan], kept: Draws,
) -> list[Computed]:  # fmt: skip
    """Areas by class, natural forest, carbon and planned hectares, by year; at both ends by zone, too.

    The band of carbon comes from the carbon densities of the classes, each off by its own spread; the draws of the last
    year are put into `kept`.
    """
    forest = {cls.code for cls in inputs.classes if cls.natural_forest}
    is_forest = np.array([code in forest for code in codes], float)
    densities = np.array([table.get(code, 0.0) for code in codes])
    spread = {cls.code: cls.carbon_spread for cls in inputs.classes}
    drawn = densities[:, None] * np.array([draw_factors(f"carbon {code}", spread.get(code, 0.0)) for code in codes])
    values = []
    at_base = areas[inputs.base_year]
    stored_at_base = carbon.total(at_base, densities.tolist())
    for year in inputs.years:
        by_zone = areas[year]
        stored = carbon.total(by_zone, densities.tolist())
        values += [
            Computed("class_area", float(area), year, "", str(code)) for code, area in zip(codes, by_zone.sum(axis=0), strict=True)
        ]  # fmt: skip
        values.append(Computed("natural_forest", float((by_zone @ is_forest).sum()), year))
        stored_draws, gain_draws = by_zone @ drawn, (by_zone - at_base) @ drawn * carbon.CO2_PER_C
        values.append(_computed("carbon_storage", float(stored.sum()), stored_draws.sum(axis=0), year))
        gain = (stored - stored_at_base) * carbon.CO2_PER_C
        values.append(_computed("carbon_gain", float(gain.sum()), gain_draws.sum(axis=0), year))
        if year == inputs.horizon_year:
            kept.update(carbon_storage=stored_draws.sum(axis=0), carbon_gain=gain_draws.sum(axis=0))
        planned = sum(plan.area_ha * landcover.begun_share(plan, year) for plan in plans)
        values.append(Computed("intervention_area", float(planned), year))
        if year not in (inputs.base_year, inputs.horizon_year):
            continue
        for number, name in enumerate(zones.names):
            values.append(Computed("natural_forest", float(by_zone[number] @ is_forest), year, name))
            values.append(_computed("carbon_storage", float(stored[number]), stored_draws[number], year, name))
            values.append(_computed("carbon_gain", float(gain[number]), gain_draws[number], year, name))
            values += [
                Computed("class_area", float(area), year, name, str(code))
                for code, area in zip(codes, by_zone[number], strict=True) if area
            ]  # fmt: skip
    return values


def livelihood_values(
    inputs: Inputs, works: Sequence[tuple[Practice, livelihoods.Work]], shares: Sequence[Mapping[str, float]], zones: Sequence[str],
    kept: Draws,
) -> list[Computed]:  # fmt: skip
    """Cost, labour, production and income until the last year, for the whole and (`BY_ZONE`) by zone.

    The band comes from the practices: cost, labour, yield and price of each are off by its spread, independently of each other;
    the draws are put into `kept`. `shares` tells for each work the fraction of its land in each of the `zones`; jobs of zones are
    counted over the years of the whole, so that they add up.
    """
    first = min([inputs.base_year, *(year for _practice, work in works for year, _share in work.schedule)])
    last = inputs.horizon_year
    flows = livelihoods.yearly_flows([work for _practice, work in works], first, last)
    discounted = livelihoods.present_value(
        flows.capital_cost + flows.operating_cost, flows.years, inputs.discount_rate, inputs.price_year
    )
    point = {
        "capital_cost": float(flows.capital_cost.sum()), "operating_cost": float(flows.operating_cost.sum()), "cost_present_value": discounted,
        "labour": float(flows.labour_days.sum()), "jobs": livelihoods.mean_jobs(flows, WORKING_DAYS),
        "production": float(flows.production_t.sum()), "gross_income": float(flows.gross_income.sum()), "net_income": float(flows.net_income.sum()),
    }  # fmt: skip
    drawn = {id: np.zeros(DRAWS) for id in point}
    mean_days = point["labour"] / point["jobs"] if point["jobs"] else 1.0  # days of labour behind one mean job
    for practice in {practice.uuid: practice for practice, _work in works}.values():
        own = livelihoods.yearly_flows([work for each, work in works if each.uuid == practice.uuid], first, last)
        cost, labour, yields, price = (draw_factors(f"{practice.uuid} {id}", practice.spread) for id in ("cost", "labour", "yield", "price"))  # fmt: skip
        spent = own.capital_cost + own.operating_cost
        drawn["capital_cost"] += cost * own.capital_cost.sum()
        drawn["operating_cost"] += cost * own.operating_cost.sum()
        drawn["cost_present_value"] += cost * livelihoods.present_value(
            spent, own.years, inputs.discount_rate, inputs.price_year
        )
        drawn["labour"] += labour * own.labour_days.sum()
        drawn["jobs"] += labour * own.labour_days.sum() / mean_days
        drawn["production"] += yields * own.production_t.sum()
        drawn["gross_income"] += yields * price * own.gross_income.sum()
        drawn["net_income"] += yields * price * own.gross_income.sum() - cost * spent.sum()
    kept.update(drawn)
    values = [_computed(id, value, drawn[id], last) for id, value in point.items()]
    for zone in zones:
        parts = [
            dataclasses.replace(work, area_ha=work.area_ha * each.get(zone, 0.0)) for (_practice, work), each in zip(works, shares, strict=True)
        ]  # fmt: skip
        own = livelihoods.yearly_flows(parts, first, last)
        spent = own.capital_cost + own.operating_cost
        told = {
            "cost_present_value": livelihoods.present_value(spent, own.years, inputs.discount_rate, inputs.price_year),
            "jobs": float(own.labour_days.sum()) / mean_days, "gross_income": float(own.gross_income.sum()), "net_income": float(own.net_income.sum()),
        }  # fmt: skip
        values += [Computed(id, told[id], last, zone) for id in BY_ZONE]
    return values
