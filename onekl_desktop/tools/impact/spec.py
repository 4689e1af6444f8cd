"""What the impact tool offers."""

from onekl_desktop.base.specs import Choice, Date, Number, Operation, Option, PageSpec, Reference, Text, Tool, Year
from onekl_desktop.base.translate import N_

OBSERVATION = Reference(id="observation", title=N_("Observation"), of="observation")
VALUES = (
    Year(id="year", title=N_("Year"), required=False, about=N_("Where the day is not known.")), Date(id="observed_on", title=N_("Measured on"), required=False),
    Number(id="value", title=N_("Value"), minimum=-1e15, maximum=1e15, required=False, decimals=4),
    Number(id="low", title=N_("Lowest likely value"), minimum=-1e15, maximum=1e15, required=False, decimals=4),
    Number(id="high", title=N_("Highest likely value"), minimum=-1e15, maximum=1e15, required=False, decimals=4),
    Text(id="place", title=N_("Place"), required=False, max_length=160, about=N_("Name of a zone; empty: the whole landscape.")),
    Text(id="method", title=N_("How it was measured"), required=False, max_length=400),
    Text(id="source", title=N_("Source"), required=False, max_length=300),
    Text(id="observer", title=N_("Measured by"), required=False, max_length=160, about=N_("Private.")),
    Choice(id="status", title=N_("Status"), default="unchecked", required=False, options=(
        Option(id="unchecked", title=N_("Not checked yet")), Option(id="checked", title=N_("Checked")), Option(id="disputed", title=N_("Disputed")))),
)  # fmt: skip

TOOL = Tool(
    id="impact", title=N_("Impact"), icon="impact", order=60, element="impact",
    about=N_("What was measured in the field, beside the target and the forecast of the plan."),
    operations=(
        Operation(id="add_observation", title=N_("Add an observation"), does=N_("Measured {name}: {value}"), about=N_("A value with its date, its range when it is known, and how it was measured."), inputs=(
            Reference(id="indicator", title=N_("Indicator"), of="indicator"), Reference(id="target", title=N_("Target"), of="target", required=False), *VALUES)),
        Operation(id="change_observation", title=N_("Change an observation"), does=N_("Changed an observation of {name}"), about=N_("What is given replaces what was there."), inputs=(OBSERVATION, *VALUES)),
        Operation(id="remove_observation", title=N_("Remove an observation"), does=N_("Removed an observation of {name}"), about=N_("For one that was entered by mistake; a doubtful one is better marked as disputed."), inputs=(OBSERVATION,)),
    ),
    pages=(PageSpec(id="impact", title=N_("Impact report"), build="pages:impact", about=N_("Targets with their forecast, what was measured, and how far things are.")),),
    panel="panel:ImpactPanel",
)  # fmt: skip
