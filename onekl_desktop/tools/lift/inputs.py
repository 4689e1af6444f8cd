"""What the operations of the LIFT tool take."""

from onekl_desktop.base.specs import Choice, Date, Flag, Integer, Number, Option, Reference, Text, Year
from onekl_desktop.base.translate import N_

NAME = Text(id="name", title=N_("Name"), max_length=160)
NEW_NAME = Text(id="name", title=N_("Name"), max_length=160, required=False)
PROJECT = Reference(id="project", title=N_("Project"), of="project")
INTERVENTION = Reference(id="intervention", title=N_("Intervention"), of="intervention")
LINE = Reference(id="line", title=N_("Money line"), of="finance_line")
SOURCE = Reference(id="finance_source", title=N_("Finance source"), of="finance_source")
PROJECT_VALUES = (
    Text(id="description", title=N_("What it is, in two sentences"), required=False, long=True),
    Reference(id="champion", title=N_("Champion"), of="organisation", required=False, about=N_("The organisation that carries it.")),
    Reference(id="goal", title=N_("Goal it serves"), of="goal", required=False),
    Year(id="start_year", title=N_("Year of decision"), required=False, about=N_("Project year 0; empty: the first year of its interventions.")),
    Integer(id="horizon_years", title=N_("Horizon"), unit="years", minimum=1, maximum=60, required=False, about=N_("Empty: up to the landscape's last year.")),
    Number(id="discount_rate", title=N_("Discount rate"), unit="fraction", minimum=0, maximum=1, required=False, decimals=3, about=N_("Empty: the landscape's rate.")),
    Flag(id="sells_harvest", title=N_("The harvest is sold"), default=None, about=N_("Revenue from what the practices yield, at their price; if not, money lines say all of it.")),
    Number(id="wage_per_day", title=N_("Wage a day"), minimum=0, maximum=1e9, required=False, about=N_("Pays the practices' days of work; the families' own share is not paid. 0: work has no price.")),
    Number(id="own_labour_share", title=N_("Families' own work"), unit="fraction", minimum=0, maximum=1, required=False, decimals=2),
    Number(id="tax_rate", title=N_("Tax on profit"), unit="fraction", minimum=0, maximum=1, required=False, decimals=3),
    Number(id="minimum_dscr", title=N_("Debt cover that the lender asks for"), minimum=0, maximum=10, required=False, decimals=2, about=N_("Cash for debt service over debt service, in every year.")),
    Number(id="carbon_price", title=N_("Carbon price"), minimum=0, maximum=1e6, required=False, about=N_("For a tonne of CO₂e that is issued; 0: none is sold.")),
    Number(id="carbon_deduction", title=N_("Carbon not sold"), unit="fraction", minimum=0, maximum=1, required=False, decimals=2, about=N_("Leakage, uncertainty and buffer together.")),
    Integer(id="carbon_every", title=N_("Carbon is issued every"), unit="years", minimum=1, maximum=30, required=False),
    Number(id="carbon_cost", title=N_("Cost of each verification"), minimum=0, maximum=1e9, required=False),
    Number(id="buyer_share", title=N_("Share of the largest buyer"), unit="fraction", minimum=0, maximum=1, required=False, decimals=2),
    Text(id="problem", title=N_("The problem"), required=False, long=True), Text(id="solution", title=N_("The solution"), required=False, long=True),
    Text(id="market", title=N_("Market and buyers"), required=False, long=True), Text(id="team", title=N_("Who carries it out"), required=False, long=True),
    Text(id="safeguards", title=N_("Rights and safeguards"), required=False, long=True),
    Text(id="note", title=N_("Note"), required=False, long=True),
)  # fmt: skip
LINE_VALUES = (
    Choice(id="line_type", title=N_("Kind"), default="revenue", required=False, options=(
        Option(id="revenue", title=N_("Revenue")), Option(id="operating_cost", title=N_("Operating cost")),
        Option(id="capital_cost", title=N_("Capital cost")), Option(id="grant", title=N_("Grant")))),
    Choice(id="basis", title=N_("Amount is"), default="per_ha", required=False, options=(
        Option(id="per_ha", title=N_("per hectare, by years since planting")), Option(id="fixed", title=N_("for the project, by project year")))),
    Number(id="amount", title=N_("Amount a year"), minimum=0, maximum=1e12, required=False, about=N_("In the landscape's currency and prices; the kind says which way the money goes.")),
    Integer(id="first", title=N_("From year"), minimum=0, maximum=60, required=False), Integer(id="last", title=N_("To year"), minimum=0, maximum=60, required=False, about=N_("Empty: to the horizon.")),
    Reference(id="finance_source", title=N_("Paid by"), of="finance_source", required=False),
    Choice(id="status", title=N_("Status"), default="planned", required=False, options=(
        Option(id="planned", title=N_("Planned")), Option(id="asked", title=N_("Asked for")), Option(id="secured", title=N_("Secured")))),
    Text(id="source", title=N_("Source of the figure"), required=False, max_length=300),
)  # fmt: skip
SOURCE_VALUES = (
    Reference(id="organisation", title=N_("Organisation"), of="organisation", required=False),
    Choice(id="instrument", title=N_("Instrument"), default="grant", required=False, options=(
        Option(id="grant", title=N_("Grant")), Option(id="loan", title=N_("Loan")), Option(id="equity", title=N_("Equity")),
        Option(id="guarantee", title=N_("Guarantee")), Option(id="payment", title=N_("Payment for services")), Option(id="own", title=N_("Own contribution")))),
    Choice(id="terms", title=N_("Terms"), default="either", required=False, options=(
        Option(id="either", title=N_("Unknown or either")), Option(id="concessional", title=N_("Concessional")), Option(id="commercial", title=N_("Commercial")))),
    Number(id="ticket_minimum", title=N_("Smallest amount"), minimum=0, maximum=1e12, required=False),
    Number(id="ticket_maximum", title=N_("Largest amount"), minimum=0, maximum=1e12, required=False),
    Text(id="currency", title=N_("Currency"), required=False, max_length=3), Text(id="themes", title=N_("Themes"), required=False, max_length=300),
    Text(id="places", title=N_("Places"), required=False, max_length=300), Date(id="closes_on", title=N_("Closes on"), required=False),
    Text(id="applicants", title=N_("Who may apply"), required=False, max_length=200, about=N_("Kinds of organisation, separated by commas.")),
    Text(id="stages", title=N_("Stages"), required=False, max_length=200, about=N_("Stages of a project that it pays for, separated by commas.")),
    Text(id="exclusions", title=N_("Does not pay for"), required=False, max_length=300, about=N_("Practices or words, separated by commas.")),
    Number(id="tenor_maximum", title=N_("Longest term"), unit="years", minimum=0, maximum=60, required=False, decimals=1),
    Number(id="grace_maximum", title=N_("Longest grace"), unit="years", minimum=0, maximum=60, required=False, decimals=1),
    Number(id="return_minimum", title=N_("Return asked for"), unit="fraction", minimum=0, maximum=1, required=False, decimals=3),
    Number(id="months_to_money", title=N_("Months until money comes"), minimum=0, maximum=240, required=False, decimals=0),
    Text(id="website", title=N_("Website"), required=False, max_length=200), Date(id="checked_on", title=N_("Checked on"), required=False),
    Text(id="note", title=N_("Note"), required=False, long=True),
)  # fmt: skip


def _mark(id: str, title: str, about: str = "") -> Integer:
    return Integer(id=id, title=title, about=about, minimum=0, maximum=3, required=False)


IDEA_VALUES = (
    Reference(id="project", title=N_("Project"), of="project", required=False, about=N_("The project that it became part of.")),
    Reference(id="finance_source", title=N_("Paid by"), of="finance_source", required=False),
    Choice(id="money", title=N_("Money"), default=None, required=False, options=(
        Option(id="none", title=N_("None yet")), Option(id="asked", title=N_("Asked for")), Option(id="secured", title=N_("Secured")), Option(id="not_needed", title=N_("Not needed")))),
    _mark("fit", N_("Fits the landscape"), N_("Marks from 0 (not at all) to 3 (fully); empty: not judged.")),
    _mark("readiness", N_("Ready to begin")), _mark("scale", N_("Large enough")),
    _mark("revenue", N_("Earns money")), _mark("risk", N_("Risks can be borne")),
    _mark("champion", N_("Somebody carries it")),
    Choice(id="verdict", title=N_("Verdict"), default=None, required=False, options=(
        Option(id="open", title=N_("Open")), Option(id="go_on", title=N_("Go on")), Option(id="later", title=N_("Later")), Option(id="drop", title=N_("Drop")))),
    Text(id="reason", title=N_("Reasons"), required=False, long=True),
)  # fmt: skip
FLOW_VALUES = (
    Reference(id="organisation", title=N_("Who pays"), of="organisation", required=False),
    Text(id="purpose", title=N_("What for"), required=False, max_length=300),
    Choice(id="effect", title=N_("Effect on the land"), default="neutral", required=False, options=(
        Option(id="regenerating", title=N_("Regenerating")), Option(id="neutral", title=N_("Neutral")), Option(id="degrading", title=N_("Degrading")))),
    Number(id="amount", title=N_("Amount a year"), minimum=0, maximum=1e12, required=False),
    Year(id="first_year", title=N_("From year"), required=False), Year(id="last_year", title=N_("To year"), required=False),
    Text(id="place", title=N_("Zone"), required=False, max_length=120, about=N_("Name of a zone; empty: the whole landscape.")),
    Text(id="source", title=N_("Source of the figure"), required=False, max_length=300),
)  # fmt: skip
FUNDING_VALUES = (
    Choice(id="instrument", title=N_("Instrument"), default="loan", required=False, options=(
        Option(id="loan", title=N_("Loan")), Option(id="equity", title=N_("Equity")), Option(id="guarantee", title=N_("Guarantee")), Option(id="first_loss", title=N_("First loss")))),
    Choice(id="terms", title=N_("Terms"), default="commercial", required=False, options=(
        Option(id="commercial", title=N_("Commercial")), Option(id="concessional", title=N_("Concessional")))),
    Number(id="amount", title=N_("Amount"), minimum=0, maximum=1e12, required=False, about=N_("Of a guarantee or first loss: the most that it pays.")),
    Text(id="currency", title=N_("Currency"), required=False, max_length=3, about=N_("Empty: the landscape's. Another one needs a rate.")),
    Integer(id="year", title=N_("In project year"), minimum=0, maximum=60, required=False),
    Number(id="interest", title=N_("Interest a year"), unit="fraction", minimum=0, maximum=1, required=False, decimals=3, about=N_("Of a guarantee or first loss: its yearly fee.")),
    Integer(id="grace_years", title=N_("Years of grace"), unit="years", minimum=0, maximum=30, required=False),
    Integer(id="payments", title=N_("Yearly payments"), minimum=1, maximum=60, required=False),
    Choice(id="repayment", title=N_("Repaid"), default="annuity", required=False, options=(
        Option(id="annuity", title=N_("Equal instalments")), Option(id="equal", title=N_("Equal principal")), Option(id="bullet", title=N_("All at the end")), Option(id="sculpted", title=N_("As cash allows")))),
    Number(id="fee_share", title=N_("Fee at the start"), unit="fraction", minimum=0, maximum=1, required=False, decimals=3),
    Number(id="cover_share", title=N_("Share covered"), unit="fraction", minimum=0, maximum=1, required=False, decimals=2),
    Text(id="security", title=N_("Security"), required=False, max_length=300),
    Reference(id="finance_source", title=N_("Paid by"), of="finance_source", required=False),
    Choice(id="status", title=N_("Status"), default="planned", required=False, options=(
        Option(id="planned", title=N_("Planned")), Option(id="asked", title=N_("Asked for")), Option(id="secured", title=N_("Secured")))),
)  # fmt: skip
HOUSEHOLD_VALUES = (
    Number(id="households", title=N_("Households"), minimum=0, maximum=1e7, required=False), Number(id="hectares", title=N_("Hectares each"), minimum=0, maximum=1e5, required=False, decimals=2),
    Number(id="other_income", title=N_("Other income a year"), minimum=0, maximum=1e12, required=False),
    Number(id="benchmark", title=N_("Living income a year"), minimum=0, maximum=1e12, required=False, about=N_("What a household needs for a decent life, from a study.")),
    Text(id="benchmark_source", title=N_("Source of the living income"), required=False, max_length=300, about=N_("Study, year and size of household.")),
)  # fmt: skip
FUNDING = Reference(id="funding", title=N_("Capital"), of="funding")
FLOW = Reference(id="finance_flow", title=N_("Flow of money"), of="finance_flow")
HOUSEHOLD = Reference(id="household_type", title=N_("Kind of household"), of="household_type")
ROOM_STATES = (Option(id="missing", title=N_("Missing")), Option(id="asked", title=N_("Asked for")), Option(id="there", title=N_("There")), Option(id="not_needed", title=N_("Not needed")))  # fmt: skip
ROOM_ITEMS = (
    Option(id="legal_entity", title=N_("Registration of the organisation")), Option(id="land_tenure", title=N_("Proof of land rights")),
    Option(id="consent", title=N_("Record of free, prior and informed consent")), Option(id="safeguards", title=N_("Environmental and social screening")),
    Option(id="permits", title=N_("Permits")), Option(id="offtake", title=N_("Letters of buyers")), Option(id="technical_plan", title=N_("Technical plan and proof of yields")),
    Option(id="agronomist", title=N_("Agronomist's statement")), Option(id="procurement", title=N_("Procurement plan")), Option(id="insurance", title=N_("Insurance")),
    Option(id="accounts", title=N_("Accounts of three years")), Option(id="identity", title=N_("Identity of owners and directors")),
    Option(id="governance", title=N_("Governance assessment")), Option(id="impact_plan", title=N_("Impact and monitoring plan")),
    Option(id="grievance", title=N_("Grievance channel")), Option(id="exit", title=N_("How the investor gets out")),
)  # fmt: skip
DEEDS = (Option(id="commitment", title=N_("Commitment")), Option(id="disbursement", title=N_("Disbursement")), Option(id="repayment", title=N_("Repayment")), Option(id="interest", title=N_("Interest")))  # fmt: skip
MOVEMENT_VALUES = (
    Choice(id="deed", title=N_("What happened"), options=DEEDS), Number(id="amount", title=N_("Amount"), minimum=0, maximum=1e12),
    Date(id="moved_on", title=N_("On")), Reference(id="finance_source", title=N_("Paid by"), of="finance_source", required=False), Text(id="note", title=N_("Note"), required=False, max_length=300),
)  # fmt: skip
