"""What the LIFT tool offers."""

from onekl_desktop.base.specs import (
    Choice,
    Date,
    Integer,
    Number,
    Operation,
    Option,
    PageSpec,
    Reference,
    Text,
    Tool,
    Year,
)
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
    Text(id="website", title=N_("Website"), required=False, max_length=200), Date(id="checked_on", title=N_("Checked on"), required=False),
    Text(id="note", title=N_("Note"), required=False, long=True),
)  # fmt: skip

TOOL = Tool(
    id="lift", title=N_("Projects (LIFT)"), icon="finance", order=40, element="finance",
    about=N_("Turn interventions into projects: yearly cash flow, present value and return from the same hectares."),
    operations=(
        Operation(id="add_project", title=N_("Add a project"), does=N_("Added the project {name}"), about=N_("An investable unit, made of interventions."), inputs=(NAME, *PROJECT_VALUES)),
        Operation(id="change_project", title=N_("Change a project"), does=N_("Changed the project {name}"), about=N_("What is given replaces what was there."), inputs=(PROJECT, NEW_NAME, *PROJECT_VALUES)),
        Operation(id="remove_project", title=N_("Remove a project"), does=N_("Removed the project {name}"), about=N_("With its money lines; the interventions stay."), inputs=(PROJECT,)),
        Operation(id="add_part", title=N_("Add an intervention to a project"), does=N_("{name} belongs to {project}"), about=N_("Its hectares by year and the costs of its practice are the project's."), inputs=(PROJECT, INTERVENTION)),
        Operation(id="remove_part", title=N_("Take an intervention out of a project"), does=N_("{name} no longer belongs to {project}"), about=N_("The intervention stays on the map."), inputs=(PROJECT, INTERVENTION)),
        Operation(id="add_line", title=N_("Add a money line"), does=N_("Added the money line {name}"), about=N_("Revenue, a cost beside the practices' own, or a grant."), inputs=(PROJECT, NAME, *LINE_VALUES)),
        Operation(id="change_line", title=N_("Change a money line"), does=N_("Changed the money line {name}"), about=N_("What is given replaces what was there."), inputs=(LINE, NEW_NAME, *LINE_VALUES)),
        Operation(id="remove_line", title=N_("Remove a money line"), does=N_("Removed the money line {name}"), about=N_("From its project."), inputs=(LINE,)),
        Operation(id="add_source", title=N_("Add a finance source"), does=N_("Added the finance source {name}"), about=N_("Who could pay; what is unknown stays empty."), inputs=(NAME, *SOURCE_VALUES)),
        Operation(id="change_source", title=N_("Change a finance source"), does=N_("Changed the finance source {name}"), about=N_("What is given replaces what was there."), inputs=(SOURCE, NEW_NAME, *SOURCE_VALUES)),
        Operation(id="remove_source", title=N_("Remove a finance source"), does=N_("Removed the finance source {name}"), about=N_("Only when no money line names it."), inputs=(SOURCE,)),
    ),
    models=("onekl_desktop.models.finance.spec:MODEL",),
    pages=(PageSpec(id="projects", title=N_("Projects"), build="pages:projects", about=N_("Each project with its cash flow by year, value, return and where its figures come from.")),),
    panel="panel:LiftPanel",
)  # fmt: skip
