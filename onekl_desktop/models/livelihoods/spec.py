"""What the cost and labour model takes and gives."""

from onekl_desktop.base.specs import IndicatorSpec, ModelSpec, Number
from onekl_desktop.base.translate import N_

MODEL = ModelSpec(
    id="livelihoods", title=N_("Cost and jobs"), version=3,
    about=N_(
        "Multiplies the true area of each intervention, year by year, with the costs and labour of its practice. "
        "Capital cost and the labour of starting fall in the year in which the land is taken up, operating cost and "
        "yearly labour in each year after it, up to the last year. Production begins when the practice bears, and is sold at "
        "the price at the farm gate."),
    inputs=(
        Number(id="discount_rate", title=N_("Discount rate"), unit="fraction", minimum=0, maximum=1, default=0.08,
               about=N_("Fraction per year, for the present value of costs.")),
        Number(id="working_days_per_year", title=N_("Working days of a full-time job"), unit="days", minimum=1, maximum=366, default=230),
    ),
    indicators=(
        IndicatorSpec(id="capital_cost", title=N_("Capital cost"), unit="money", direction=-1,
                      about=N_("Sum over the years, not discounted.")),
        IndicatorSpec(id="operating_cost", title=N_("Operating cost"), unit="money", direction=-1,
                      about=N_("Sum over the years, not discounted.")),
        IndicatorSpec(id="cost_present_value", title=N_("Present value of costs"), unit="money", direction=-1,
                      about=N_("Capital and operating cost discounted to the price year.")),
        IndicatorSpec(id="labour", title=N_("Labour"), unit="person-days", direction=1, about=N_("Sum over the years.")),
        IndicatorSpec(id="jobs", title=N_("Full-time jobs"), unit="FTE", direction=1, decimals=1,
                      about=N_("Mean of the years from the first intervention to the last year.")),
        IndicatorSpec(id="production", title=N_("Production"), unit="t", direction=1, about=N_("Sum over the years of what the practices yield.")),
        IndicatorSpec(id="gross_income", title=N_("Gross income"), unit="money", direction=1,
                      about=N_("Production times the price at the farm gate, sum over the years, not discounted.")),
        IndicatorSpec(id="net_income", title=N_("Net income"), unit="money", direction=1,
                      about=N_("Gross income less capital and operating cost, sum over the years, not discounted.")),
    ),
    source="Discounting as in corporate finance: PV = sum of C(t) / (1 + r)^(t - t0).",
)  # fmt: skip
