"""What the governance tool offers."""

from onekl_desktop.base.specs import Date, Integer, Operation, PageSpec, Reference, Text, Tool
from onekl_desktop.base.translate import N_

ASSESSMENT = Reference(id="assessment", title=N_("Round"), of="assessment")
ROUND_VALUES = (
    Date(id="held_on", title=N_("Held on"), required=False), Text(id="place", title=N_("Place"), required=False, max_length=160),
    Text(id="facilitator", title=N_("Facilitated by"), required=False, max_length=160),
)  # fmt: skip

TOOL = Tool(
    id="governance", title=N_("Governance"), icon="check", order=15, element="partnership",
    about=N_("How well the partnership governs itself, in the eyes of each group."),
    operations=(
        Operation(id="add_assessment", title=N_("Start a round"), does=N_("Started the round {name}"), about=N_("Ten questions with four steps each; the wording stays the same for the whole round."), inputs=(Text(id="name", title=N_("Name"), max_length=160), *ROUND_VALUES)),
        Operation(id="change_assessment", title=N_("Change a round"), does=N_("Changed the round {name}"), about=N_("Name, date, place and facilitator."), inputs=(ASSESSMENT, Text(id="name", title=N_("Name"), max_length=160, required=False), *ROUND_VALUES)),
        Operation(id="enter_card", title=N_("Enter a card"), does=N_("Entered card {card} of {group}"), about=N_("The answers of one anonymous card."), inputs=(
            ASSESSMENT, Reference(id="group", title=N_("Group"), of="group"),
            Text(id="answers", title=N_("Answers"), max_length=4000, about=N_("Question=score from 0 to 3, ? for don't know, - for no answer: D1=2, D2=?, D3=-")))),
        Operation(id="remove_card", title=N_("Remove a card"), does=N_("Removed card {card}"), about=N_("For one that was entered twice or wrongly."), inputs=(ASSESSMENT, Integer(id="card", title=N_("Card"), minimum=1, maximum=1_000_000))),
        Operation(id="close_assessment", title=N_("Close a round"), does=N_("Closed the round {name}"), about=N_("After that no card is taken any more, so that the result stays what was discussed."), inputs=(ASSESSMENT,)),
        Operation(id="remove_assessment", title=N_("Remove a round"), does=N_("Removed the round {name}"), about=N_("With its cards."), inputs=(ASSESSMENT,)),
    ),
    models=("onekl_desktop.models.decisions.spec:MODEL",),
    pages=(PageSpec(id="governance", title=N_("Governance round"), build="pages:governance", about=N_("Scores by dimension and group, strengths and differences.")),),
    panel="panel:GovernancePanel",
)  # fmt: skip
