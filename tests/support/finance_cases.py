"""Finance cases made at random within the schema, so that every option meets every other one."""

from __future__ import annotations

from typing import Any

import numpy as np


def random_case(seed: int) -> dict[str, Any]:
    """A valid case; the same seed gives the same one."""
    rng = np.random.default_rng(seed)
    horizon = int(rng.integers(6, 26))

    def maybe(share: float = 0.5) -> bool:
        return bool(rng.random() < share)

    def between(low: float, high: float) -> float:
        return round(float(rng.uniform(low, high)), 4)

    def by_age(low: float, high: float) -> Any:
        if maybe(0.3):
            return between(low, high)
        table: dict[str, Any] = {"from_age": int(rng.integers(0, 4)), "values": [between(low, high) for _n in range(rng.integers(1, 5))]}  # fmt: skip
        if maybe(0.4):
            table["to_age"] = table["from_age"] + int(rng.integers(0, 8))
        return table

    def by_year(low: float, high: float) -> Any:
        if maybe(0.3):
            return between(low, high)
        table: dict[str, Any] = {"from_year": int(rng.integers(0, 3)), "values": [between(low, high) for _n in range(rng.integers(1, 5))]}  # fmt: skip
        if maybe(0.4):
            table["to_year"] = table["from_year"] + int(rng.integers(0, horizon))
        return table

    def line() -> dict[str, Any]:
        out: dict[str, Any] = {"real_growth_per_year": between(-0.02, 0.03), "indexed": maybe(0.8)}
        if maybe(0.3):
            out["currency"] = "IDR"
        return out

    def scale(given: dict[str, Any]) -> float:
        return 15_000.0 if given.get("currency") == "IDR" else 1.0

    def scaled(table: Any, factor: float) -> Any:
        return table * factor if isinstance(table, float) else {**table, "values": [v * factor for v in table["values"]]}  # fmt: skip

    case: dict[str, Any] = {
        "schema": "onekl finance case", "version": 1,
        "header": {
            "case_id": f"random_{seed}", "name": f"=Random {seed}", "base_year": 2026, "horizon_years": horizon, "currency": "USD",
            "price_basis": "nominal" if maybe() else "real", "inflation_per_year": between(0.0, 0.06),
            "timing": "mid_period" if maybe(0.4) else "end_of_period",
            "discount_rates": {"project": between(0.04, 0.15), "equity": between(0.05, 0.2), **({"social": 0.03} if maybe() else {})},
            "mirr_rates": {"finance": between(0.04, 0.12), "reinvestment": between(0.02, 0.1)}, "npv_profile_rates": [0, 0.05, 0.1],
        },
        "exchange_rates": [{"currency": "IDR", "rate_at_base_year": 1 / 15_000, "inflation_per_year": between(0.0, 0.07)}],
        "labour": {
            "wage_per_day": between(3, 9), "wage_real_growth_per_year": between(0, 0.02), "own_labour_share": between(0, 1),
            "own_labour_charged_to_project": maybe(), "permanent_teams": [{"id": "team", "days_by_year": by_year(50, 400), "wage_per_day": between(4, 12)}],
        },
        "tax": {"rate": between(0, 0.3), **({"loss_carry_forward_years": int(rng.integers(0, 6))} if maybe(0.6) else {}), **({"holiday": {"from_year": 2, "to_year": 5}} if maybe(0.4) else {})},
        "working_capital": {
            "share_of_revenue": between(-0.05, 0.15), "receivable_days_of_revenue": between(0, 40), "inventory_days_of_operating_cost": between(0, 30),
            "payable_days_of_operating_cost": between(0, 45), "released_in_final_year": maybe(0.8),
        },
        "equity": {"rule": "call_shortfall_distribute_surplus"},
        "covenants": {"minimum_dscr": 1.2},
        "solve": {"breakeven_price": {"production": "crop_0"}, "target_equity_irr": between(0.08, 0.2)},
        "farmer_view": {"production": "crop_0", "age": 6, "year": 6, "household_types": [
            {"id": "small", "households": 60, "units_per_household": 1.2, "living_income_benchmark_per_year": 3000},
            {"id": "large", "households": 20, "units_per_household": 4.5, "other_income_per_year": 800, "living_income_benchmark_per_year": 3000}]},
    }  # fmt: skip
    if maybe(0.3):
        case["exchange_rates"][0]["rate_by_year"] = {"from_year": 0, "values": [1 / 15_000, 1 / 15_500, 1 / 16_000]}
    case["production"] = []
    for number in range(int(rng.integers(1, 3))):
        if maybe(0.4):
            harvest: Any = {"kind": "gompertz", "maximum_kg_per_unit": between(400, 1500), "anchor_1": {"age": 4, "share_of_maximum": 0.15}, "anchor_2": {"age": 9, "share_of_maximum": 0.85}, "zero_before_age": 3}  # fmt: skip
            if maybe():
                harvest["senescence_share_by_age"] = {"from_age": 0, "values": [1.0] * 12 + [0.9, 0.8]}
        else:
            harvest = {"kind": "table", "from_age": int(rng.integers(2, 5)), "values": sorted(between(100, 1200) for _n in range(4))}  # fmt: skip
        revenue, cost = line(), line()
        item = {
            "id": f"crop_{number}", "name": "@crop", "unit": "ha",
            "plantings": [{"year": year, "units": between(5, 80)} for year in range(int(rng.integers(1, 4)))],
            "product": {
                "yield": harvest, "price_per_kg": between(1, 4), "premium_per_kg": between(0, 0.4), "price_real_growth_per_year": between(-0.01, 0.02),
                "price_indexed": maybe(0.9), "farm_gate_share": between(0.7, 1), "quality_discount_share": between(0, 0.1),
                "loss_share_by_year": by_year(0, 0.15), "side_selling_share_by_year": by_year(0, 0.2), "premium_sold_share_by_year": by_year(0.3, 1),
                "premium_pass_through_share": between(0.5, 1), "survival_share_by_age": {"from_age": 0, "values": [1, 0.95, 0.9]},
            },
            "revenue_per_unit": [{"id": "intercrop", "amount_per_unit": scaled(by_age(50, 300), scale(revenue)), "probability_of_payment": between(0.6, 1), **revenue}],
            "costs_per_unit": [
                {"id": "planting", "amount_per_unit": {"from_age": 0, "to_age": 2, "values": [900, 300, 150]}, "capitalised": True, "depreciation_years": int(rng.integers(4, 12)), "depreciation_start_age": 3},
                {"id": "upkeep", "amount_per_unit": scaled(by_age(50, 400), scale(cost)), **cost},
                *([{"id": "land", "amount_per_unit": {"from_age": 0, "to_age": 0, "values": [200]}, "capitalised": True}] if maybe() else []),
            ],
            "labour": {"labour_days_per_unit": by_age(20, 90), "capitalised_through_age": int(rng.integers(-1, 3)), "depreciation_years": 8, "depreciation_start_age": 2},
            "tco2e_per_unit": {"from_age": 1, "to_age": 12, "values": [between(1, 6)]},
        }  # fmt: skip
        case["production"].append(item)
    case["project_revenue"] = [{"id": "tours", "quantity_unit": "visit", "quantity_by_year": by_year(0, 200), "price_per_quantity": 20, "variable_cost_per_quantity": 6, "probability_of_payment": 0.9, "real_growth_per_year": 0.01}]  # fmt: skip
    case["project_costs"] = [
        {"id": "overhead", "amount_by_year": by_year(2000, 9000)},
        {"id": "mill", "amount_by_year": {"from_year": 1, "to_year": 1, "values": [between(10_000, 60_000)]}, "capitalised": True, "depreciation_years": 10, "depreciation_start_year": 2},
    ]  # fmt: skip
    if maybe(0.7):
        case["carbon"] = {"price_per_tco2e": between(5, 20), "leakage_share": 0.05, "uncertainty_share": 0.1, "buffer_share": 0.2, "price_real_growth_per_year": 0.01, "verification_cost_per_issuance": 5000, "issuances": [{"year": 5, "accrued_from_year": 1, "accrued_to_year": 5}, *([{"year": horizon, "accrued_from_year": 6, "accrued_to_year": horizon}] if horizon > 6 else [])]}  # fmt: skip
    if maybe(0.4):
        case["terminal_value"] = {"kind": "asset_sale", "amount": between(10_000, 80_000), "indexed": maybe()}
    last = horizon
    plans: list[dict[str, Any]] = [
        {"kind": "equal", "first_year": 3, "payments": last - 3}, {"kind": "annuity", "first_year": 4, "payments": last - 4},
        {"kind": "bullet", "year": last}, {"kind": "sculpted", "first_year": 4, "payments": last - 3},
        {"kind": "explicit", "by_year": [{"year": 4, "amount": 10_000}, {"year": 5, "amount": 30_000}]},
    ]  # fmt: skip
    case["loans"] = []
    for number, plan in enumerate(rng.permutation(len(plans))[: int(rng.integers(0, 4))].tolist()):
        draws = [{"year": 0, "amount": 40_000}] if plans[plan]["kind"] == "explicit" else [{"year": 0, "amount": between(10_000, 90_000)}, {"year": 1, "amount": between(5000, 40_000)}]  # fmt: skip
        capitalised = maybe(0.3) and plans[plan]["kind"] != "explicit"
        case["loans"].append({"id": f"loan_{number}", "name": "+1", "concessional": maybe(), "draws": draws, "interest_per_year": between(0, 0.12), "interest_during_grace": "capitalised" if capitalised else "paid", "upfront_fee_share": between(0, 0.02), "principal": plans[plan]})  # fmt: skip
    if maybe(0.7):
        case["grants"] = [{"id": "donor", "taxable": maybe(), "by_year": [{"year": 0, "amount": between(5000, 60_000)}, {"year": 2, "amount": between(1000, 20_000)}]}]  # fmt: skip
    if maybe(0.6):
        case["credit_support"] = [
            {"id": "first", "kind": "first_loss", "cap_amount": between(5000, 40_000), "from_year": 1, "to_year": last, "recovery_share_of_surplus": between(0, 0.6)},
            {"id": "second", "kind": "guarantee", "cap_amount": between(5000, 60_000), "cover_share": between(0.3, 1), "annual_fee_share_of_debt": between(0, 0.02), "from_year": 2, "to_year": last - 1, "recovery_share_of_surplus": between(0, 1)},
        ]  # fmt: skip
    if maybe():
        case["equity"]["reserve"] = {"target_amount": between(2000, 30_000), "from_year": 2, **({"release_year": last - 1} if maybe() else {})}  # fmt: skip
    return case
