"""A finance case (schema version 1): the multi-year project as data, read strictly, with every default filled in.

Meaning of the fields and the rules of computing: `tests/golden/finance/README.md` ("README" in these modules). Money is in whole units of the currency
named, shares and rates are fractions, years t count from 0 = the decision.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

SCHEMA, VERSION = "onekl finance case", 1
MOST_YEARS = 60
Series = NDArray[np.float64]


def _whole(value: Any) -> Any:
    """JSON knows one kind of number: 3.0 is a whole one too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
Year = Annotated[int, BeforeValidator(_whole), Field(ge=0)]
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Rate = Annotated[float, Field(gt=-1, le=100)]  # a fraction: 100 is 10,000 % a year


class Part(BaseModel):
    """Unknown names are refused, numbers are finite, and nothing is guessed from text."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class ByAge(Part):
    """The first value belongs to `from_age`; the last goes on to `to_age`, or for ever."""

    from_age: Year = 0
    to_age: Year | None = None
    values: Annotated[list[float], Field(min_length=1)]


class ByYear(Part):
    """The same by project year."""

    from_year: Year = 0
    to_year: Year | None = None
    values: Annotated[list[float], Field(min_length=1)]


def _shape(value: Any) -> str:
    return "table" if isinstance(value, dict | BaseModel) else "number"


AgeTable = Annotated[Annotated[float, Tag("number")] | Annotated[ByAge, Tag("table")], Discriminator(_shape)]
YearTable = Annotated[Annotated[float, Tag("number")] | Annotated[ByYear, Tag("table")], Discriminator(_shape)]


class AmountInYear(Part):
    """Money of one project year."""

    year: Year
    amount: float


class DiscountRates(Part):
    """In the same basis as the prices: nominal in a nominal case."""

    project: Rate
    equity: Rate | None = None
    social: Rate | None = None


class MirrRates(Part):
    """For the modified internal rate of return."""

    finance: Rate
    reinvestment: Rate


class Header(Part):
    """What holds for the whole case."""

    case_id: Id
    name: str
    notes: str = ""
    base_year: Whole
    horizon_years: Annotated[int, BeforeValidator(_whole), Field(ge=1, le=MOST_YEARS)]
    currency: Currency
    price_basis: Literal["real", "nominal"]
    inflation_per_year: Rate = 0.0
    timing: Literal["end_of_period", "mid_period"]
    discount_rates: DiscountRates
    mirr_rates: MirrRates | None = None
    npv_profile_rates: list[Rate] = Field(default_factory=list)
    labour_days_per_fte: Positive = 240.0


class ExchangeRate(Part):
    """Units of the report currency for one of `currency`."""

    currency: Currency
    rate_at_base_year: Positive
    inflation_per_year: Rate = 0.0
    rate_by_year: YearTable | None = None


class Planting(Part):
    """One cohort: units established in a project year."""

    year: Year
    units: NotNegative


class Anchor(Part):
    """A point that a Gompertz curve goes through."""

    age: NotNegative
    share_of_maximum: Annotated[float, Field(gt=0, lt=1)]


class TableYield(Part):
    """kg per unit and year by age."""

    kind: Literal["table"]
    from_age: Year = 0
    to_age: Year | None = None
    values: Annotated[list[NotNegative], Field(min_length=1)]


class GompertzYield(Part):
    """kg per unit and year along a Gompertz curve through two anchors."""

    kind: Literal["gompertz"]
    maximum_kg_per_unit: NotNegative
    anchor_1: Anchor
    anchor_2: Anchor
    zero_before_age: Year = 0
    senescence_share_by_age: AgeTable = 1.0


Yield = Annotated[TableYield | GompertzYield, Field(discriminator="kind")]


class Product(Part):
    """What is harvested and sold by the kg."""

    name: str = ""
    yield_: Annotated[Yield, Field(alias="yield")]
    survival_share_by_age: AgeTable = 1.0
    loss_share_by_year: YearTable = 0.0
    side_selling_share_by_year: YearTable = 0.0
    price_per_kg: NotNegative
    price_currency: Currency | None = None
    price_real_growth_per_year: Rate = 0.0
    price_indexed: bool = True
    farm_gate_share: Share = 1.0
    quality_discount_share: Share = 0.0
    premium_per_kg: float = 0.0
    premium_currency: Currency | None = None
    premium_real_growth_per_year: Rate = 0.0
    premium_indexed: bool = True
    premium_sold_share_by_year: YearTable = 1.0
    premium_pass_through_share: Share = 1.0


class Line(Part):
    """What every line of revenue or cost has."""

    id: Id
    name: str = ""
    currency: Currency | None = None
    real_growth_per_year: Rate = 0.0
    indexed: bool = True


class UnitRevenue(Line):
    """Other income for each unit by age."""

    amount_per_unit: AgeTable
    probability_of_payment: Share = 1.0


class UnitCost(Line):
    """Cost of each unit by age."""

    amount_per_unit: AgeTable
    capitalised: bool = False
    depreciation_years: Annotated[int, BeforeValidator(_whole), Field(ge=1)] | None = None
    depreciation_start_age: Year = 0


class UnitLabour(Part):
    """Days of work for each unit by age."""

    labour_days_per_unit: AgeTable
    capitalised_through_age: Annotated[int, BeforeValidator(_whole), Field(ge=-1)] = -1
    depreciation_years: Annotated[int, BeforeValidator(_whole), Field(ge=1)] | None = None
    depreciation_start_age: Year = 0


class Production(Part):
    """One kind of unit: a hectare of a crop, a hive."""

    id: Id
    name: str = ""
    unit: Annotated[str, Field(min_length=1)]
    plantings: Annotated[list[Planting], Field(min_length=1)]
    product: Product | None = None
    revenue_per_unit: list[UnitRevenue] = Field(default_factory=list)
    costs_per_unit: list[UnitCost] = Field(default_factory=list)
    labour: UnitLabour | None = None
    tco2e_per_unit: AgeTable = 0.0


class Team(Part):
    """People who are always paid."""

    id: Id
    name: str = ""
    days_by_year: YearTable
    wage_per_day: NotNegative


class Labour(Part):
    """Wages, and the households' own work."""

    wage_per_day: NotNegative = 0.0
    wage_real_growth_per_year: Rate = 0.0
    indexed: bool = True
    own_labour_share: Share = 0.0
    own_labour_charged_to_project: bool = True
    permanent_teams: list[Team] = Field(default_factory=list)


class ProjectRevenue(Line):
    """Income by year that hangs on no unit."""

    quantity_unit: str = ""
    quantity_by_year: YearTable
    price_per_quantity: NotNegative
    variable_cost_per_quantity: float = 0.0
    probability_of_payment: Share = 1.0


class ProjectCost(Line):
    """Cost by year that hangs on no unit."""

    amount_by_year: YearTable
    capitalised: bool = False
    depreciation_years: Annotated[int, BeforeValidator(_whole), Field(ge=1)] | None = None
    depreciation_start_year: Year = 0


class Issuance(Part):
    """Credits issued in a year for the years in which they accrued."""

    year: Year
    accrued_from_year: Year
    accrued_to_year: Year


class Carbon(Part):
    """What is sold of the tonnes."""

    price_per_tco2e: NotNegative
    price_currency: Currency | None = None
    price_real_growth_per_year: Rate = 0.0
    price_indexed: bool = True
    leakage_share: Share = 0.0
    uncertainty_share: Share = 0.0
    buffer_share: Share = 0.0
    issuances: list[Issuance]
    verification_cost_per_issuance: float = 0.0
    verification_cost_indexed: bool = True


class WorkingCapital(Part):
    """Money bound in the running business."""

    share_of_revenue: float = 0.0
    receivable_days_of_revenue: float = 0.0
    inventory_days_of_operating_cost: float = 0.0
    payable_days_of_operating_cost: float = 0.0
    released_in_final_year: bool = True


class Holiday(Part):
    """Years without tax, both included."""

    from_year: Year
    to_year: Year


class Tax(Part):
    """Tax on profit."""

    rate: Share
    loss_carry_forward_years: Year | None = None
    holiday: Holiday | None = None


class NoTerminalValue(Part):
    """Nothing is sold at the end."""

    kind: Literal["none"]


class AssetSale(Part):
    """Everything is sold in the last year."""

    kind: Literal["asset_sale"]
    amount: float
    indexed: bool = True


class Payments(Part):
    """Equal, annuity or sculpted payments."""

    kind: Literal["equal", "annuity", "sculpted"]
    first_year: Year
    payments: Annotated[int, BeforeValidator(_whole), Field(ge=1)]


class Bullet(Part):
    """All at once."""

    kind: Literal["bullet"]
    year: Year


class Explicit(Part):
    """As listed."""

    kind: Literal["explicit"]
    by_year: Annotated[list[AmountInYear], Field(min_length=1)]


Principal = Annotated[Payments | Bullet | Explicit, Field(discriminator="kind")]


class Loan(Part):
    """A loan in the report currency."""

    id: Id
    name: str = ""
    concessional: bool = False
    draws: Annotated[list[AmountInYear], Field(min_length=1)]
    interest_per_year: Rate
    interest_during_grace: Literal["paid", "capitalised"] = "paid"
    upfront_fee_share: Share = 0.0
    principal: Principal

    @property
    def first_principal_year(self) -> int | None:
        """The first year that pays back; None for a list without a positive amount."""
        plan = self.principal
        if isinstance(plan, Payments):
            return plan.first_year
        if isinstance(plan, Bullet):
            return plan.year
        return min((item.year for item in plan.by_year if item.amount > 0), default=None)

    @property
    def last_principal_year(self) -> int | None:
        """The last year that pays back."""
        plan = self.principal
        if isinstance(plan, Payments):
            return plan.first_year + plan.payments - 1
        if isinstance(plan, Bullet):
            return plan.year
        return max((item.year for item in plan.by_year if item.amount > 0), default=None)


class Grant(Part):
    """Money that nobody wants back."""

    id: Id
    name: str = ""
    taxable: bool = False
    by_year: list[AmountInYear]


class CreditSupport(Part):
    """Somebody who pays when the cash for debt service falls short."""

    id: Id
    name: str = ""
    kind: Literal["first_loss", "guarantee"]
    cap_amount: NotNegative
    cover_share: Share = 1.0
    annual_fee_share_of_debt: float = 0.0
    from_year: Year
    to_year: Year
    recovery_share_of_surplus: Share = 0.0


class Reserve(Part):
    """Cash kept for debt service."""

    target_amount: NotNegative
    from_year: Year
    release_year: Year | None = None


class Equity(Part):
    """The owners pay what is missing and take what is left."""

    rule: Literal["call_shortfall_distribute_surplus"]
    reserve: Reserve | None = None


class Covenants(Part):
    """What the lender wants."""

    minimum_dscr: float = 1.0
    test_from_year: Whole | None = None


class HouseholdType(Part):
    """Households alike."""

    id: Id
    households: NotNegative
    units_per_household: NotNegative
    other_income_per_year: float = 0.0
    living_income_benchmark_per_year: float


class FarmerView(Part):
    """One unit through a farmer's eyes."""

    production: Id
    age: Year
    year: Year
    household_types: list[HouseholdType] = Field(default_factory=list)


class BreakevenPrice(Part):
    """Of which product."""

    production: Id


class Solve(Part):
    """Figures that are searched for."""

    breakeven_price: BreakevenPrice | None = None
    target_equity_irr: Rate | None = None


class Change(Part):
    """One change to a case: `set` puts any value, `multiply` scales a number or a table."""

    field: Annotated[str, Field(pattern=r"^/")]
    set: Any = None
    multiply: float | None = None


class Scenario(Part):
    """A named list of changes."""

    id: Id
    name: str = ""
    changes: Annotated[list[Change], Field(min_length=1)]


class Normal(Part):
    """Truncated, not clipped, where limits are given."""

    kind: Literal["normal"]
    mean: float
    standard_deviation: Positive
    minimum: float | None = None
    maximum: float | None = None


class Lognormal(Part):
    """By median and standard deviation of the logarithm."""

    kind: Literal["lognormal"]
    median: Positive
    sigma_of_log: Positive


class Uniform(Part):
    """Every value alike."""

    kind: Literal["uniform"]
    minimum: float
    maximum: float


class ThreePoint(Part):
    """Triangular or PERT."""

    kind: Literal["triangular", "pert"]
    minimum: float
    mode: float
    maximum: float


class Bernoulli(Part):
    """It happens or it does not."""

    kind: Literal["bernoulli"]
    probability: Share
    value_if_true: float
    value_if_false: float


Distribution = Annotated[Normal | Lognormal | Uniform | ThreePoint | Bernoulli, Field(discriminator="kind")]


class Driver(Part):
    """Something uncertain, drawn once per trial for all years."""

    id: Id
    name: str = ""
    field: Annotated[str, Field(pattern=r"^/")]
    apply: Literal["set", "multiply"]
    distribution: Distribution


class Correlation(Part):
    """Of the standard normals under two drivers."""

    between: Annotated[list[Id], Field(min_length=2, max_length=2)]
    gaussian_copula_correlation: Annotated[float, Field(ge=-1, le=1)]


class Risk(Part):
    """What is drawn and what is looked at."""

    draws: Annotated[int, BeforeValidator(_whole), Field(ge=1)] = 10_000
    seed: Whole = 0
    output: Literal["project.npv", "project_with_grants.npv"] = "project.npv"
    drivers: Annotated[list[Driver], Field(min_length=1)]
    correlations: list[Correlation] = Field(default_factory=list)


class Case(Part):
    """A whole case."""

    schema_: Annotated[Literal["onekl finance case"], Field(alias="schema")]
    version: Literal[1]
    header: Header
    exchange_rates: list[ExchangeRate] = Field(default_factory=list)
    production: list[Production] = Field(default_factory=list)
    labour: Labour = Field(default_factory=Labour)
    project_revenue: list[ProjectRevenue] = Field(default_factory=list)
    project_costs: list[ProjectCost] = Field(default_factory=list)
    carbon: Carbon | None = None
    working_capital: WorkingCapital = Field(default_factory=WorkingCapital)
    tax: Tax = Field(default_factory=lambda: Tax(rate=0.0))
    terminal_value: Annotated[NoTerminalValue | AssetSale, Field(discriminator="kind")] = NoTerminalValue(kind="none")
    loans: list[Loan] = Field(default_factory=list)
    grants: list[Grant] = Field(default_factory=list)
    credit_support: list[CreditSupport] = Field(default_factory=list)
    equity: Equity = Field(default_factory=lambda: Equity(rule="call_shortfall_distribute_surplus"))
    covenants: Covenants = Field(default_factory=Covenants)
    farmer_view: FarmerView | None = None
    solve: Solve = Field(default_factory=Solve)
    scenarios: list[Scenario] = Field(default_factory=list)
    risk: Risk | None = None

    @property
    def horizon(self) -> int:
        """The last project year."""
        return self.header.horizon_years

    @property
    def nominal(self) -> bool:
        """Whether prices rise with inflation."""
        return self.header.price_basis == "nominal"

    def find_exchange(self, currency: str) -> ExchangeRate | None:
        """The rate of a currency other than the report's."""
        return next((rate for rate in self.exchange_rates if rate.currency == currency), None)

    def get_production(self, id: str) -> Production:
        """A kind of unit by its id."""
        return next(item for item in self.production if item.id == id)


def listed(case: Case) -> Iterator[tuple[str, list[Any]]]:
    """Lists whose elements have ids, with their paths."""
    for name in ("production", "project_revenue", "project_costs", "loans", "grants", "credit_support", "scenarios"):
        yield f"/{name}", getattr(case, name)
    for item in case.production:
        yield f"/production/{item.id}/revenue_per_unit", item.revenue_per_unit
        yield f"/production/{item.id}/costs_per_unit", item.costs_per_unit
    yield "/labour/permanent_teams", case.labour.permanent_teams
    if case.farmer_view is not None:
        yield "/farmer_view/household_types", case.farmer_view.household_types
    if case.risk is not None:
        yield "/risk/drivers", case.risk.drivers


def amounts_by_year(items: list[AmountInYear], horizon: int) -> Any:
    """Sums by year, shape (T + 1,) or, where an amount is drawn, (draws, T + 1)."""
    out: Any = np.zeros(horizon + 1)
    for item in items:
        out = out + column(item.amount) * (np.arange(horizon + 1) == item.year)
    return out


def column(value: Any) -> Any:
    """A number as it is; drawn values, shape (draws,), as a column beside the years."""
    return value[:, None] if isinstance(value, np.ndarray) and value.ndim == 1 else value


def by_index(table: Any, at: NDArray[np.int64]) -> Any:
    """A table's values at ages or years, 0 below 0 and outside its span; shape of `at`, or (draws, len(at))."""
    if not isinstance(table, BaseModel):
        return column(table) * (at >= 0)
    given: Any = table
    by_age = "from_age" in type(table).model_fields
    first, last = (given.from_age, given.to_age) if by_age else (given.from_year, given.to_year)
    held = (at >= max(first, 0)) & ((at <= last) if last is not None else True)
    place = np.clip(at - first, 0, len(given.values) - 1)
    if any(isinstance(value, np.ndarray) for value in given.values):
        return np.stack(np.broadcast_arrays(*given.values), axis=-1)[:, place] * held
    return np.array(given.values, np.float64)[place] * held
