"""What the visioning tool offers."""

from onekl_desktop.base.specs import Choice, Date, Number, Operation, PageSpec, Reference, Text, Tool
from onekl_desktop.base.translate import N_
from onekl_desktop.engine.decision_fields import BALLOTS, DECIDED_ON, MINUTES, QUORUM, RANKED_METHOD, REASON, THRESHOLD
from onekl_desktop.engine.subject_fields import ZONES
from onekl_desktop.tools.visioning.inputs import (
    ARROW_KEYS,
    ARROW_VALUES,
    CONCERN,
    CONCERN_VALUES,
    GOAL,
    GOAL_VALUES,
    INDICATOR,
    INDICATOR_VALUES,
    NAME,
    NEW_NAME,
    PICTURE,
    PICTURE_VALUES,
    RESULT,
    RESULT_VALUES,
    TARGET,
    TARGET_VALUES,
    THEMES,
    VISION,
    VISION_VALUES,
    VOTE,
)

REPLACES = N_("What is given replaces what was there.")
UNUSED = N_("Only when nothing refers to it.")

TOOL = Tool(
    id="visioning", title=N_("Vision & goals"), icon="vision", order=20, element="vision",
    about=N_("From what people see and worry about to a vision, the goals with their numbers, how they come about, and which comes first."),
    operations=(
        Operation(id="add_concern", title=N_("Add a challenge or opportunity"), does=N_("Added {name}"), about=N_("What a group sees as a challenge, an opportunity, or something of value."), inputs=(NAME, *CONCERN_VALUES)),
        Operation(id="change_concern", title=N_("Change a challenge or opportunity"), does=N_("Changed {name}"), about=REPLACES, inputs=(CONCERN, NEW_NAME, *CONCERN_VALUES)),
        Operation(id="remove_concern", title=N_("Remove a challenge or opportunity"), does=N_("Removed {name}"), about=UNUSED, inputs=(CONCERN,)),
        Operation(id="add_picture", title=N_("Add a group's picture or map"), does=N_("Added the picture {name}"), about=N_("What a group drew: how it was, is, or should be; as a layer, a photo of the sheet, or both."), inputs=(NAME, *PICTURE_VALUES)),
        Operation(id="change_picture", title=N_("Change a group's picture or map"), does=N_("Changed the picture {name}"), about=REPLACES, inputs=(PICTURE, NEW_NAME, *PICTURE_VALUES)),
        Operation(id="remove_picture", title=N_("Remove a group's picture or map"), does=N_("Removed the picture {name}"), about=N_("The layer and the photo stay."), inputs=(PICTURE,)),
        Operation(id="add_vision", title=N_("Write a vision"), does=N_("Wrote the vision {name}"), about=N_("A draft; it becomes the partnership's when it is agreed."), inputs=(NAME, *VISION_VALUES)),
        Operation(id="change_vision", title=N_("Change a vision"), does=N_("Changed the vision {name}"), about=N_("Only while it is a draft."), inputs=(VISION, NEW_NAME, *VISION_VALUES)),
        Operation(id="agree_vision", title=N_("Agree on a vision"), does=N_("Agreed on the vision {name}"), about=N_("By a decision that has been taken; its words then stay as they are."), inputs=(
            VISION, Reference(id="decision", title=N_("Decided by"), of="decision"), Date(id="agreed_on", title=N_("Agreed on"), required=False))),
        Operation(id="remove_vision", title=N_("Remove a vision"), does=N_("Removed the vision {name}"), about=UNUSED, inputs=(VISION,)),
        Operation(id="set_wish", title=N_("Fill a field of returns and zones"), does=N_("Wrote what is wished for a zone"), about=N_("What the partnership wants of one of the four returns in one of the three zones."), inputs=(
            Choice(id="theme", title=N_("Kind of return"), options=THEMES), Choice(id="zone", title=N_("Zone"), options=ZONES),
            Text(id="body", title=N_("What is wished"), required=False, long=True, max_length=4000, about=N_("Empty: the field becomes empty.")))),
        Operation(id="add_goal", title=N_("Add a goal"), does=N_("Added the goal {name}"), about=N_("What the partnership wants, in its own words."), inputs=(NAME, *GOAL_VALUES)),
        Operation(id="change_goal", title=N_("Change a goal"), does=N_("Changed the goal {name}"), about=REPLACES, inputs=(GOAL, NEW_NAME, *GOAL_VALUES)),
        Operation(id="remove_goal", title=N_("Remove a goal"), does=N_("Removed the goal {name}"), about=UNUSED, inputs=(GOAL,)),
        Operation(id="add_target", title=N_("Add a target"), does=N_("Added the target {name}"), about=N_("A number by a year: where, how much, from which baseline. It needs a unit, a quantity and a year."), inputs=(GOAL, INDICATOR, NEW_NAME, *TARGET_VALUES)),
        Operation(id="change_target", title=N_("Change a target"), does=N_("Changed the target {name}"), about=REPLACES, inputs=(TARGET, NEW_NAME, *TARGET_VALUES)),
        Operation(id="remove_target", title=N_("Remove a target"), does=N_("Removed the target {name}"), about=N_("Only when no observation refers to it."), inputs=(TARGET,)),
        Operation(id="add_indicator", title=N_("Add an indicator"), does=N_("Added the indicator {name}"), about=N_("A number of your own that is measured in the field."), inputs=(NAME, *INDICATOR_VALUES)),
        Operation(id="change_indicator", title=N_("Change an indicator"), does=N_("Changed the indicator {name}"), about=N_("Only one of your own."), inputs=(INDICATOR, NEW_NAME, *INDICATOR_VALUES)),
        Operation(id="remove_indicator", title=N_("Remove an indicator"), does=N_("Removed the indicator {name}"), about=N_("Only one of your own that nothing refers to."), inputs=(INDICATOR,)),
        Operation(id="add_result", title=N_("Add a result to the chain"), does=N_("Added {name} to the results chain"), about=N_("A box of the results chain, with up to three indicators."), inputs=(NAME, *RESULT_VALUES)),
        Operation(id="change_result", title=N_("Change a result of the chain"), does=N_("Changed {name} in the results chain"), about=REPLACES, inputs=(RESULT, NEW_NAME, *RESULT_VALUES)),
        Operation(id="place_result", title=N_("Place a result on the canvas"), does=N_("Moved {name} in the results chain"), about=N_("Where its box stands."), inputs=(
            RESULT, Number(id="x", title=N_("From the left"), minimum=-1e5, maximum=1e5), Number(id="y", title=N_("From the top"), minimum=-1e5, maximum=1e5))),
        Operation(id="remove_result", title=N_("Remove a result from the chain"), does=N_("Removed {name} from the results chain"), about=N_("With its arrows."), inputs=(RESULT,)),
        Operation(id="set_arrow", title=N_("Draw an arrow of the chain"), does=N_("Drew an arrow from {cause} to {effect}"), about=N_("What leads to what, what must hold for it, and what speaks for it. No loops."), inputs=(*ARROW_KEYS, *ARROW_VALUES)),
        Operation(id="remove_arrow", title=N_("Remove an arrow of the chain"), does=N_("Removed the arrow from {cause} to {effect}"), about=N_("The results stay."), inputs=ARROW_KEYS),
        Operation(id="open_goal_vote", title=N_("Open a vote on the goals"), does=N_("Opened the vote {name}"), about=N_("All goals are options; each group votes on its own."), inputs=(NAME, RANKED_METHOD, QUORUM, THRESHOLD)),
        Operation(id="cast_goal_votes", title=N_("Enter votes on the goals"), does=N_("Entered {ballots} ballots of {group}"), about=N_("Ballots of one group with the same ranking."), inputs=(
            VOTE, Reference(id="group", title=N_("Group"), of="group"), Text(id="ranking", title=N_("Goals by preference"), about=N_("Names or numbers from 1, best first, separated by semicolons; one is enough."), max_length=2000), BALLOTS, REASON)),
        Operation(id="close_goal_vote", title=N_("Close the vote"), does=N_("Closed {name}: {outcome}"), about=N_("Puts the goals into the order of the vote."), inputs=(VOTE, MINUTES, DECIDED_ON)),
    ),
    pages=(PageSpec(id="vision", title=N_("Vision and goals"), build="pages:vision", about=N_("Challenges, pictures, the vision, returns by zone, results chain, goals with targets and frameworks, and what each group puts first.")),),
    panel="panel:VisioningPanel",
)  # fmt: skip
