"""Cost, labour, production and income of a plan by year, from hectares and the practices' rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Work:
    """One intervention: hectares, schedule (year, share) and its practice's rates per hectare."""

    area_ha: float
    schedule: tuple[tuple[int, float], ...]
    capital_cost_per_ha: float
    operating_cost_per_ha_year: float
    labour_start_days_per_ha: float
    labour_days_per_ha_year: float
    yield_t_per_ha_year: float = 0.0
    years_to_yield: int = 0
    price_per_t: float = 0.0


@dataclass(frozen=True)
class Flows:
    """Yearly amounts; all arrays have the shape of `years`."""

    years: NDArray[np.int64]
    capital_cost: NDArray[np.float64]
    operating_cost: NDArray[np.float64]
    labour_days: NDArray[np.float64]
    production_t: NDArray[np.float64]
    gross_income: NDArray[np.float64]

    @property
    def net_income(self) -> NDArray[np.float64]:
        """Gross income less capital and operating cost; labour of one's own is not paid in it."""
        return self.gross_income - self.capital_cost - self.operating_cost


def yearly_flows(works: Sequence[Work], first_year: int, last_year: int) -> Flows:
    """Costs and labour of each year from `first_year` to `last_year`.

    In the year in which a share of the land is taken up it costs its capital and starting labour; in each later
    year its operating cost and yearly labour. From `years_to_yield` years after it (the next year at the earliest) it gives
    its yield (t/(ha yr)), sold at the price (per tonne). Shares scheduled outside the years are left out.

    Raises
    ------
    ValueError
        The years are the wrong way round.
    """
    if last_year < first_year:
        raise ValueError(f"the last year {last_year} lies before the first {first_year}")
    years = np.arange(first_year, last_year + 1)
    capital, operating, days, tonnes, income = (np.zeros(len(years)) for _ in range(5))
    for work in works:
        for year, share in work.schedule:
            if not first_year <= year <= last_year:
                continue
            hectares, at = work.area_ha * share, year - first_year
            capital[at] += hectares * work.capital_cost_per_ha
            operating[at + 1 :] += hectares * work.operating_cost_per_ha_year
            days[at] += hectares * work.labour_start_days_per_ha
            days[at + 1 :] += hectares * work.labour_days_per_ha_year
            bearing = at + max(work.years_to_yield, 1)
            tonnes[bearing:] += hectares * work.yield_t_per_ha_year
            income[bearing:] += hectares * work.yield_t_per_ha_year * work.price_per_t
    return Flows(years, capital, operating, days, tonnes, income)


def present_value(amounts: NDArray[np.float64], years: NDArray[np.int64], rate: float, base_year: int) -> float:
    """Sum of amounts / (1 + rate) ** (year - base_year)."""
    return float((amounts / (1 + rate) ** (years - base_year)).sum())


def mean_jobs(flows: Flows, working_days_per_year: float) -> float:
    """Full-time jobs: mean labour of the years from the first one with any, by the days of a full-time job."""
    busy = np.flatnonzero(flows.labour_days)
    if not len(busy):
        return 0.0
    return float(flows.labour_days[busy[0] :].mean() / working_days_per_year)
