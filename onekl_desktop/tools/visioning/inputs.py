"""What the operations of the vision ask for."""

from onekl_desktop.base.specs import Choice, Colour, Date, Integer, Number, Option, Reference, Text, Year
from onekl_desktop.base.translate import N_
from onekl_desktop.engine.subject_fields import PLACE_INPUTS

NAME = Text(id="name", title=N_("Name"), max_length=200)
NEW_NAME = Text(id="name", title=N_("Name"), max_length=200, required=False)
GOAL = Reference(id="goal", title=N_("Goal"), of="goal")
OPTIONAL_GOAL = Reference(id="goal", title=N_("Goal"), of="goal", required=False)
TARGET = Reference(id="target", title=N_("Target"), of="target")
CONCERN = Reference(id="concern", title=N_("Challenge or opportunity"), of="concern")
PICTURE = Reference(id="picture", title=N_("Picture or map"), of="picture")
VISION = Reference(id="vision", title=N_("Vision"), of="vision")
RESULT = Reference(id="result", title=N_("Result in the chain"), of="result")
INDICATOR = Reference(
    id="indicator",
    title=N_("Indicator"),
    of="indicator",
    about=N_("Computed by a model, or one of your own that is measured."),
)
OF_GROUP = Reference(id="people_group", title=N_("Group"), of="group", required=False)
AT_MEETING = Reference(id="meeting", title=N_("Meeting"), of="meeting", required=False)
THEMES = (
    Option(id="natural", title=N_("Natural returns")), Option(id="social", title=N_("Social returns")),
    Option(id="financial", title=N_("Financial returns")), Option(id="inspiration", title=N_("Inspiration")),
)  # fmt: skip
CONCERN_TYPES = (
    Option(id="challenge", title=N_("Challenge")), Option(id="opportunity", title=N_("Opportunity")), Option(id="asset", title=N_("Something of value")),
)  # fmt: skip
DIMENSIONS = (
    Option(id="conservation", title=N_("Conservation")), Option(id="production", title=N_("Production")), Option(id="livelihoods", title=N_("Livelihoods")),
    Option(id="institutions", title=N_("Institutions")),
)  # fmt: skip
CONCERN_VALUES = (
    Choice(id="concern_type", title=N_("Kind"), default="challenge", required=False, options=CONCERN_TYPES),
    Choice(id="dimension", title=N_("Dimension"), default="conservation", required=False, options=DIMENSIONS),
    Text(id="description", title=N_("Description"), required=False, long=True, max_length=10_000), OF_GROUP,
    Integer(id="weight", title=N_("Weight"), minimum=1, maximum=5, required=False, about=N_("1 to 5: how much it matters to the group that named it.")),
    Text(id="place", title=N_("Place"), required=False, max_length=160), *PLACE_INPUTS, AT_MEETING,
)  # fmt: skip
DEPICTIONS = (
    Option(id="past", title=N_("How it was")),
    Option(id="now", title=N_("How it is now")),
    Option(id="wished", title=N_("How we wish it to be")),
)
PICTURE_VALUES = (
    Choice(id="depicts", title=N_("Shows"), default="now", required=False, options=DEPICTIONS), OF_GROUP,
    Reference(id="layer", title=N_("Layer drawn from it"), of="layer", required=False), Reference(id="resource", title=N_("Photo of the sheet"), of="resource", required=False),
    Date(id="drawn_on", title=N_("Drawn on"), required=False), AT_MEETING, Text(id="note", title=N_("Note"), required=False, long=True),
)  # fmt: skip
VISION_VALUES = (
    Text(id="statement", title=N_("The vision in words"), required=False, long=True, max_length=10_000, about=N_("How the landscape is when the vision has come true, in the present tense.")),
    Year(id="horizon_year", title=N_("By the year"), required=False, about=N_("Twenty years ahead or more.")),
    Reference(id="picture", title=N_("Illustration"), of="resource", required=False),
    Reference(id="replaces", title=N_("Replaces"), of="vision", required=False),
)  # fmt: skip
MEASURES = (
    Option(id="restored_area", title=N_("Land that is restored")), Option(id="forest_area", title=N_("Forest, its area")), Option(id="forest_quality", title=N_("Forest, its state")),
    Option(id="protected_area", title=N_("Protected places")), Option(id="connectivity", title=N_("Corridors between habitats")), Option(id="species", title=N_("Species")),
    Option(id="coast", title=N_("Mangroves and coast")), Option(id="carbon", title=N_("Carbon")), Option(id="soil", title=N_("Soil")), Option(id="water", title=N_("Water, how much")),
    Option(id="water_quality", title=N_("Water, how clean")), Option(id="climate_resilience", title=N_("Resilience to the climate")),
    Option(id="sustainable_production", title=N_("Ways of farming")), Option(id="productivity", title=N_("Harvests")), Option(id="income", title=N_("Income")), Option(id="jobs", title=N_("Jobs")),
    Option(id="food", title=N_("Food")), Option(id="women", title=N_("Women's part")), Option(id="land_rights", title=N_("Rights to the land")), Option(id="participation", title=N_("Having a say")),
    Option(id="governance", title=N_("Working together")), Option(id="finance", title=N_("Money for the landscape")), Option(id="knowledge", title=N_("Knowledge and skills")),
)  # fmt: skip
GOAL_VALUES = (
    Text(id="description", title=N_("In the partnership's words"), required=False, long=True),
    Choice(id="theme", title=N_("Kind of return"), default="natural", required=False, options=THEMES, about=N_("The four returns of landscape restoration.")),
    Choice(id="measure", title=N_("What it is about"), required=False, options=MEASURES, about=N_("Said once; the codes of the frameworks follow from it.")),
    Text(id="frameworks", title=N_("Frameworks"), required=False, max_length=400, about=N_("Codes such as SDG 15.3, GBF 2, separated by commas; those of what the goal is about are added.")),
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
INDICATOR_VALUES = (
    Text(id="definition", title=N_("Definition"), required=False, long=True, about=N_("What is counted, how and where, so that two people measure the same.")),
    Text(id="unit", title=N_("Unit"), required=False, max_length=40),
    Choice(id="direction", title=N_("Better is"), default="more", required=False, options=(
        Option(id="more", title=N_("More")), Option(id="less", title=N_("Less")), Option(id="neutral", title=N_("Neither")))),
    Integer(id="decimals", title=N_("Decimals"), minimum=0, maximum=6, default=0, required=False),
)  # fmt: skip
RESULT_TYPES = (
    Option(id="action", title=N_("What we do")), Option(id="result", title=N_("What follows from it")), Option(id="threat", title=N_("Pressure that grows less")),
    Option(id="goal", title=N_("What we want")),
)  # fmt: skip


def _indicator(id: str, title: str) -> Reference:
    return Reference(id=id, title=title, of="indicator", required=False)


RESULT_VALUES = (
    Choice(id="result_type", title=N_("Kind"), default="result", required=False, options=RESULT_TYPES),
    Text(id="description", title=N_("Description"), required=False, long=True, max_length=4000), OPTIONAL_GOAL,
    Reference(id="action", title=N_("Action"), of="action", required=False), _indicator("indicator", N_("Indicator")), _indicator("second_indicator", N_("Second indicator")),
    _indicator("third_indicator", N_("Third indicator")),
)  # fmt: skip
ARROW_KEYS = (
    Reference(id="cause", title=N_("From the result"), of="result"),
    Reference(id="effect", title=N_("To the result"), of="result"),
)
ARROW_VALUES = (
    Text(id="assumption", title=N_("What must hold for it"), required=False, long=True, max_length=4000),
    Text(id="evidence", title=N_("What speaks for it"), required=False, long=True, max_length=4000),
    Reference(id="resource", title=N_("Document"), of="resource", required=False),
)  # fmt: skip
VOTE = Reference(id="decision", title=N_("Vote"), of="decision")
