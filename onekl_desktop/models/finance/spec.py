"""What the project cash-flow model takes and gives."""

from onekl_desktop.base.specs import IndicatorSpec, Integer, ModelSpec, Number
from onekl_desktop.base.translate import N_

MODEL = ModelSpec(
    id="finance", title=N_("Project cash flow"), version=2,
    about=N_(
        "Sums revenue, operating cost and capital cost by project year from the hectares that the interventions "
        "bring into use each year. Year 0 is not discounted; amounts fall at the end of their year."),
    inputs=(
        Number(id="discount_rate", title=N_("Discount rate"), unit="fraction", minimum=0, maximum=1, default=0.08,
               about=N_("Fraction per year; real, as all amounts are at the prices of one year.")),
        Integer(id="horizon_years", title=N_("Horizon"), unit="years", minimum=1, maximum=60, default=20),
    ),
    indicators=(
        IndicatorSpec(id="project_area", title=N_("Area of the project"), unit="ha", direction=1, decimals=1,
                      about=N_("Hectares in use by year; every place once.")),
        IndicatorSpec(id="project_trees", title=N_("Trees planted by the project"), unit="", direction=1, about=N_("By year, and the sum.")),
        IndicatorSpec(id="project_labour", title=N_("Work in the project"), unit="person-days", direction=1, about=N_("By year, and the sum.")),
        IndicatorSpec(id="project_harvest", title=N_("Harvest of the project"), unit="t", direction=1, about=N_("By year, and the sum.")),
        IndicatorSpec(id="project_tco2e", title=N_("Carbon that the project's land gains"), unit="t CO2e", direction=1,
                      about=N_("In the year in which land reaches its class, over the map; by year, and the sum.")),
        IndicatorSpec(id="project_capital_cost", title=N_("Capital cost of the project"), unit="money", direction=-1,
                      about=N_("By year, and the sum.")),
        IndicatorSpec(id="project_operating_cost", title=N_("Operating cost of the project"), unit="money", direction=-1,
                      about=N_("By year, and the sum.")),
        IndicatorSpec(id="project_revenue", title=N_("Revenue of the project"), unit="money", direction=1,
                      about=N_("By year, and the sum.")),
        IndicatorSpec(id="project_grants", title=N_("Grants of the project"), unit="money", about=N_("By year, and the sum.")),
        IndicatorSpec(id="project_cash_flow", title=N_("Cash flow of the project"), unit="money", direction=1,
                      about=N_("Revenue less operating and capital cost, before grants and finance; by year, and the sum.")),
        IndicatorSpec(id="project_npv", title=N_("Net present value"), unit="money", direction=1,
                      about=N_("Of the cash flow before grants, at the project's discount rate.")),
        IndicatorSpec(id="project_npv_with_grants", title=N_("Net present value with grants"), unit="money", direction=1,
                      about=N_("The same with grants as money in.")),
        IndicatorSpec(id="project_irr", title=N_("Internal rate of return"), unit="fraction", direction=1, decimals=4,
                      about=N_("Only where there is exactly one.")),
        IndicatorSpec(id="project_payback", title=N_("Payback"), unit="years", direction=-1, decimals=1,
                      about=N_("Years until the sum of the cash flow stays above zero.")),
        IndicatorSpec(id="project_peak_need", title=N_("Largest need for money"), unit="money", direction=-1,
                      about=N_("The lowest point of the running total, with grants, as a positive amount.")),
        IndicatorSpec(id="project_equity_irr", title=N_("Return on equity"), unit="fraction", direction=1, decimals=4,
                      about=N_("Of what the owners pay in and take out, after debt and tax; only where there is exactly one.")),
        IndicatorSpec(id="project_least_dscr", title=N_("Least debt cover"), unit="", direction=1, decimals=2,
                      about=N_("The lowest ratio of cash for debt service to debt service.")),
        IndicatorSpec(id="project_farmer_income", title=N_("Farmers' net income"), unit="money", direction=1,
                      about=N_("Of a hectare that bears, in a year; the families' own work is not a cost.")),
    ),
    source="NPV and IRR: Brealey, Myers & Allen, Principles of Corporate Finance, ch. 5-6.",
)  # fmt: skip
