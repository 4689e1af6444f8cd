"""What the visioning tool offers."""

from onekl_desktop.base.specs import (
    Choice,
    Colour,
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
from onekl_desktop.engine.decision_fields import DECIDED_ON, METHOD, MINUTES, QUORUM, THRESHOLD

NAME = Text(id="name", title=N_("Name"), max_length=200)
NEW_NAME = Text(id="name", title=N_("Name"), max_length=200, required=False)
GOAL = Reference(id="goal", title=N_("Goal"), of="goal")
OPTIONAL_GOAL = Reference(id="goal", title=N_("Goal"), of="goal", required=False)
TARGET = Reference(id="target", title=N_("Target"), of="target")
ACTION = Reference(id="action", title=N_("Action"), of="action")
INDICATOR = Reference(
    id="indicator",
    title=N_("Indicator"),
    of="indicator",
    about=N_("Computed by a model, or one of your own that is measured."),
)
THEMES = (
    Option(id="natural", title=N_("Natural returns")), Option(id="social", title=N_("Social returns")),
    Option(id="financial", title=N_("Financial returns")), Option(id="inspiration", title=N_("Inspiration")),
)  # fmt: skip
GOAL_VALUES = (
    Text(id="description", title=N_("In the partnership's words"), required=False, long=True),
    Choice(id="theme", title=N_("Kind of return"), default="natural", required=False, options=THEMES, about=N_("The four returns of landscape restoration.")),
    Text(id="frameworks", title=N_("Frameworks"), required=False, max_length=200, about=N_("Codes such as SDG 15.3, GBF 2, separated by commas.")),
    Reference(id="decision", title=N_("Decided by"), of="decision", required=False),
    Colour(id="colour", title=N_("Colour"), required=False),
)  # fmt: skip
TARGET_VALUES = (
    Text(id="place", title=N_("Place"), required=False, max_length=160, about=N_("Name of a zone; empty: the whole landscape.")),
    Number(id="baseline", title=N_("Baseline"), minimum=-1e12, maximum=1e12, required=False),
    Year(id="baseline_year", title=N_("Baseline year"), required=False),
    Number(id="quantity", title=N_("Target"), minimum=-1e12, maximum=1e12, required=False, about=N_("In the unit of the indicator.")),
    Year(id="year", title=N_("By the year"), required=False),
    Text(id="source", title=N_("Source of the baseline"), required=False, max_length=300),
)  # fmt: skip
ACTION_VALUES = (
    Text(id="description", title=N_("Description"), required=False, long=True), OPTIONAL_GOAL,
    Reference(id="intervention", title=N_("Intervention on the map"), of="intervention", required=False),
    Reference(id="lead", title=N_("Led by"), of="organisation", required=False),
    Choice(id="action_type", title=N_("Kind"), default="asset", required=False, options=(
        Option(id="asset", title=N_("Asset: brings returns")), Option(id="enabling", title=N_("Enabling: rights, skills, rules")))),
    Choice(id="status", title=N_("Status"), default="planned", required=False, options=(
        Option(id="planned", title=N_("Planned")), Option(id="under_way", title=N_("Under way")), Option(id="done", title=N_("Done")),
        Option(id="blocked", title=N_("Blocked")), Option(id="dropped", title=N_("Dropped")))),
    Year(id="start_year", title=N_("First year"), required=False), Year(id="end_year", title=N_("Last year"), required=False),
    Number(id="cost", title=N_("Cost"), unit="", minimum=0, maximum=1e12, required=False, about=N_("In the landscape's currency; leave it empty where the intervention's own costs say it.")),
    Reference(id="depends_on", title=N_("Comes after"), of="action", required=False),
)  # fmt: skip
INDICATOR_VALUES = (
    Text(id="definition", title=N_("Definition"), required=False, long=True, about=N_("What is counted, how and where, so that two people measure the same.")),
    Text(id="unit", title=N_("Unit"), required=False, max_length=40),
    Choice(id="direction", title=N_("Better is"), default="more", required=False, options=(
        Option(id="more", title=N_("More")), Option(id="less", title=N_("Less")), Option(id="neutral", title=N_("Neither")))),
    Integer(id="decimals", title=N_("Decimals"), minimum=0, maximum=6, default=0, required=False),
)  # fmt: skip
VOTE = Reference(id="decision", title=N_("Vote"), of="decision")

TOOL = Tool(
    id="visioning", title=N_("Vision & goals"), icon="vision", order=20, element="vision",
    about=N_("What the partnership wants, how much of it and by when, which goal comes first, and the steps towards it."),
    operations=(
        Operation(id="add_goal", title=N_("Add a goal"), does=N_("Added the goal {name}"), about=N_("What the partnership wants, in its own words."), inputs=(NAME, *GOAL_VALUES)),
        Operation(id="change_goal", title=N_("Change a goal"), does=N_("Changed the goal {name}"), about=N_("What is given replaces what was there."), inputs=(GOAL, NEW_NAME, *GOAL_VALUES)),
        Operation(id="remove_goal", title=N_("Remove a goal"), does=N_("Removed the goal {name}"), about=N_("Only when nothing refers to it."), inputs=(GOAL,)),
        Operation(id="add_target", title=N_("Add a target"), does=N_("Added the target {name}"), about=N_("A number by a year: where, how much, from which baseline."), inputs=(GOAL, INDICATOR, NEW_NAME, *TARGET_VALUES)),
        Operation(id="change_target", title=N_("Change a target"), does=N_("Changed the target {name}"), about=N_("What is given replaces what was there."), inputs=(TARGET, NEW_NAME, *TARGET_VALUES)),
        Operation(id="remove_target", title=N_("Remove a target"), does=N_("Removed the target {name}"), about=N_("Only when no observation refers to it."), inputs=(TARGET,)),
        Operation(id="add_indicator", title=N_("Add an indicator"), does=N_("Added the indicator {name}"), about=N_("A number of your own that is measured in the field."), inputs=(NAME, *INDICATOR_VALUES)),
        Operation(id="change_indicator", title=N_("Change an indicator"), does=N_("Changed the indicator {name}"), about=N_("Only one of your own."), inputs=(INDICATOR, NEW_NAME, *INDICATOR_VALUES)),
        Operation(id="remove_indicator", title=N_("Remove an indicator"), does=N_("Removed the indicator {name}"), about=N_("Only one of your own that nothing refers to."), inputs=(INDICATOR,)),
        Operation(id="open_goal_vote", title=N_("Open a vote on the goals"), does=N_("Opened the vote {name}"), about=N_("All goals are options; each group votes on its own."), inputs=(NAME, METHOD, QUORUM, THRESHOLD)),
        Operation(id="cast_goal_votes", title=N_("Enter votes on the goals"), does=N_("Entered {ballots} ballots of {group}"), about=N_("Ballots of one group with the same ranking."), inputs=(
            VOTE, Reference(id="group", title=N_("Group"), of="group"), Text(id="ranking", title=N_("Goals by preference"), about=N_("Names or numbers from 1, best first, separated by semicolons; one is enough."), max_length=2000),
            Integer(id="ballots", title=N_("Ballots"), minimum=1, maximum=1_000_000, default=1, required=False))),
        Operation(id="close_goal_vote", title=N_("Close the vote"), does=N_("Closed {name}: {outcome}"), about=N_("Puts the goals into the order of the vote."), inputs=(VOTE, MINUTES, DECIDED_ON)),
        Operation(id="add_action", title=N_("Add an action"), does=N_("Added the action {name}"), about=N_("A step of the action plan."), inputs=(NAME, *ACTION_VALUES)),
        Operation(id="change_action", title=N_("Change an action"), does=N_("Changed the action {name}"), about=N_("What is given replaces what was there."), inputs=(ACTION, NEW_NAME, *ACTION_VALUES)),
        Operation(id="remove_action", title=N_("Remove an action"), does=N_("Removed the action {name}"), about=N_("Only when no other action waits for it."), inputs=(ACTION,)),
    ),
    pages=(PageSpec(id="vision", title=N_("Vision and action plan"), build="pages:vision", about=N_("Goals with their targets, the vote, and the action plan.")),),
    panel="panel:VisioningPanel",
)  # fmt: skip
