"""What the action plan offers."""

from onekl_desktop.base.specs import (
    Choice,
    Flag,
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

NAME = Text(id="name", title=N_("Name"), max_length=200)
NEW_NAME = Text(id="name", title=N_("Name"), max_length=200, required=False)
ACTION = Reference(id="action", title=N_("Action"), of="action")
STATUSES = (
    Option(id="to_discuss", title=N_("To be discussed")), Option(id="planned", title=N_("Planned")), Option(id="under_way", title=N_("Under way")),
    Option(id="late", title=N_("Late")), Option(id="paused", title=N_("Paused")), Option(id="blocked", title=N_("Blocked")), Option(id="done", title=N_("Done")),
    Option(id="dropped", title=N_("Dropped")),
)  # fmt: skip
ACTION_TYPES = (
    Option(id="asset", title=N_("Asset: brings returns")),
    Option(id="enabling", title=N_("Enabling: rights, skills, rules")),
)
PRIORITIES = (
    Option(id="high", title=N_("High priority")),
    Option(id="middle", title=N_("Middle priority")),
    Option(id="low", title=N_("Low priority")),
)
ACTION_VALUES = (
    Text(id="description", title=N_("Description"), required=False, long=True, max_length=20_000),
    Reference(id="goal", title=N_("Goal"), of="goal", required=False),
    Reference(id="intervention", title=N_("Intervention on the map"), of="intervention", required=False),
    Reference(id="lead", title=N_("Led by"), of="organisation", required=False), Reference(id="responsible", title=N_("Responsible"), of="person", required=False),
    Text(id="partners", title=N_("Partners"), required=False, max_length=1000, about=N_("Names separated by semicolons.")),
    Choice(id="action_type", title=N_("Kind"), default="asset", required=False, options=ACTION_TYPES),
    Choice(id="status", title=N_("Status"), default="planned", required=False, options=STATUSES),
    Choice(id="priority", title=N_("Priority"), default="middle", required=False, options=PRIORITIES),
    Year(id="start_year", title=N_("First year"), required=False), Year(id="end_year", title=N_("Last year"), required=False),
    Number(id="cost", title=N_("Cost"), unit="", minimum=0, maximum=1e12, required=False, about=N_("In the landscape's currency, where no budget by year is entered; leave it empty where the intervention's own costs say it.")),
    Text(id="waits_for", title=N_("Comes after"), required=False, max_length=2000, about=N_("Names of actions that must be done before, separated by semicolons.")),
    Text(id="participation", title=N_("How people take part"), required=False, max_length=300), Text(id="tags", title=N_("Tags"), required=False, max_length=300),
    Flag(id="confidential", title=N_("Confidential"), default=None, about=N_("It stays out of the printed plan.")),
)  # fmt: skip
BUDGET_TYPES = (Option(id="investment", title=N_("Investment")), Option(id="operating", title=N_("Operating cost")))
LINE = Reference(id="budget_line", title=N_("Budget line"), of="budget_line")
LINE_VALUES = (
    Choice(id="budget_type", title=N_("Kind"), default="investment", required=False, options=BUDGET_TYPES), Year(id="year", title=N_("Year"), required=False),
    Number(id="planned", title=N_("Planned amount"), minimum=0, maximum=1e12, required=False, about=N_("In the landscape's currency.")),
    Number(id="spent", title=N_("Spent"), minimum=0, maximum=1e12, required=False), Reference(id="finance_source", title=N_("Paid by"), of="finance_source", required=False),
)  # fmt: skip
DEPENDENCY_KEYS = (ACTION, Reference(id="waits_for", title=N_("Comes after"), of="action"))
PAIR_KEYS = (
    Reference(id="first_action", title=N_("Action"), of="action"),
    Reference(id="second_action", title=N_("And the action"), of="action"),
)
PAIR_VALUES = (
    Integer(id="score", title=N_("Interplay"), minimum=-2, maximum=2, default=0, required=False, about=N_("-2: one rules the other out; -1: they get in each other's way; 0: nothing; 1: they help each other; 2: neither works without the other.")),
    Text(id="note", title=N_("Why"), required=False, long=True, max_length=4000),
)  # fmt: skip
REPLACES = N_("What is given replaces what was there.")

TOOL = Tool(
    id="action_plan", title=N_("Action plan"), icon="plan", order=25, element="vision",
    about=N_("Who does what, where, in which years, after what and for how much; and which actions help or hinder each other."),
    operations=(
        Operation(id="add_action", title=N_("Add an action"), does=N_("Added the action {name}"), about=N_("A step of the action plan."), inputs=(NAME, *ACTION_VALUES)),
        Operation(id="change_action", title=N_("Change an action"), does=N_("Changed the action {name}"), about=REPLACES, inputs=(ACTION, NEW_NAME, *ACTION_VALUES)),
        Operation(id="remove_action", title=N_("Remove an action"), does=N_("Removed the action {name}"), about=N_("With its budget and what it waits for; only when no other action waits for it."), inputs=(ACTION,)),
        Operation(id="set_dependency", title=N_("Set what comes first"), does=N_("{action} comes after {waits_for}"), about=N_("An action can wait for several others; it cannot wait for itself."), inputs=(*DEPENDENCY_KEYS, Text(id="note", title=N_("Note"), required=False, max_length=1000))),
        Operation(id="remove_dependency", title=N_("Remove what comes first"), does=N_("{action} no longer comes after {waits_for}"), about=N_("The actions stay."), inputs=DEPENDENCY_KEYS),
        Operation(id="add_budget_line", title=N_("Add a budget line"), does=N_("Added the budget line {name}"), about=N_("Money of an action in one year."), inputs=(ACTION, NEW_NAME, *(field.model_copy(update={"required": True}) if field.id in ("year", "planned") else field for field in LINE_VALUES))),
        Operation(id="change_budget_line", title=N_("Change a budget line"), does=N_("Changed the budget line {name}"), about=REPLACES, inputs=(LINE, NEW_NAME, *LINE_VALUES)),
        Operation(id="remove_budget_line", title=N_("Remove a budget line"), does=N_("Removed the budget line {name}"), about=N_("For one that was entered by mistake."), inputs=(LINE,)),
        Operation(id="set_interplay", title=N_("Judge how two actions act on each other"), does=N_("Judged {first_action} and {second_action}"), about=N_("Conflict, competition, or complementarity."), inputs=(*PAIR_KEYS, *PAIR_VALUES)),
        Operation(id="remove_interplay", title=N_("Remove a judgement of two actions"), does=N_("Removed the judgement of {first_action} and {second_action}"), about=N_("What the map says of them is shown again."), inputs=PAIR_KEYS),
    ),
    pages=(PageSpec(id="action_plan", title=N_("Action plan"), build="pages:action_plan", about=N_("The landscape plan as a document: vision, goals, actions with who, when, where and how much, maps in the frame that offices ask for, budget by year, and how it is followed up.")),),
    panel="panel:ActionPlanPanel",
)  # fmt: skip
