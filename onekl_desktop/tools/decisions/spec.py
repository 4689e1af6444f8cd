"""What the decisions tool offers."""

from onekl_desktop.base.specs import Choice, Operation, Option, PageSpec, Reference, Text, Tool
from onekl_desktop.base.translate import N_
from onekl_desktop.engine.decision_fields import (
    BALLOTS,
    CLOSES_ON,
    DECIDED_ON,
    DOTS,
    DOTS_PER_OPTION,
    METHOD,
    MINUTES,
    MOST_OBJECTIONS,
    OPENED_ON,
    QUORUM,
    REASON,
    THRESHOLD,
)
from onekl_desktop.engine.subject_fields import PLACE_INPUTS, SUBJECT_INPUTS

DECISION = Reference(id="decision", title=N_("Decision"), of="decision")
COMMENT = Reference(id="comment", title=N_("Comment"), of="comment")
COMMENT_TYPES = (
    Option(id="comment", title=N_("Comment")), Option(id="question", title=N_("Question")), Option(id="proposal", title=N_("Proposal")),
    Option(id="objection", title=N_("Objection")), Option(id="wish", title=N_("Wish")),
)  # fmt: skip
OPTIONS = Text(id="options", title=N_("Options"), required=False, max_length=4000, about=N_("Separated by semicolons. Sense check, consent, consensus and gradients bring their own answers."))  # fmt: skip
RULES = (QUORUM, THRESHOLD, MOST_OBJECTIONS, DOTS, DOTS_PER_OPTION)
VOTERS = Text(id="voters", title=N_("Groups entitled to vote"), required=False, max_length=2000, about=N_("Names separated by semicolons; empty: all groups that speak with their own voice."))  # fmt: skip
DECISION_VALUES = (
    Text(id="question", title=N_("Question"), required=False, long=True), METHOD, OPTIONS, *RULES, VOTERS, CLOSES_ON, *SUBJECT_INPUTS, *PLACE_INPUTS,
    Reference(id="proposal", title=N_("Grown out of the comment"), of="comment", required=False),
    Reference(id="meeting", title=N_("Taken at the meeting"), of="meeting", required=False), OPENED_ON,
)  # fmt: skip

TOOL = Tool(
    id="decisions", title=N_("Decisions"), icon="talk", order=12, element="partnership",
    about=N_("Say something about any record or place, put it to the groups by a method that is declared before the vote, and keep what came of it."),
    operations=(
        Operation(id="add_comment", title=N_("Say something"), does=N_("Said something about {about}"), about=N_("A comment, question, proposal or objection on a record, a place or the landscape."), inputs=(
            Text(id="body", title=N_("Words"), long=True, max_length=10_000), Choice(id="comment_type", title=N_("Kind"), default="comment", required=False, options=COMMENT_TYPES),
            *SUBJECT_INPUTS, *PLACE_INPUTS, Reference(id="answers", title=N_("Answers the comment"), of="comment", required=False),
            Text(id="author", title=N_("Said by"), required=False, max_length=160), Reference(id="people_group", title=N_("Group"), of="group", required=False))),
        Operation(id="settle_comment", title=N_("Settle a comment"), does=N_("Settled: {name}"), about=N_("Write down what came of it; an objection that is settled no longer stands."), inputs=(
            COMMENT, Text(id="settlement", title=N_("What came of it"), long=True, max_length=4000))),
        Operation(id="remove_comment", title=N_("Remove a comment"), does=N_("Removed the comment {name}"), about=N_("With the answers to it; only while no decision grew out of it."), inputs=(COMMENT,)),
        Operation(id="open_decision", title=N_("Open a decision"), does=N_("Opened the decision {name}"), about=N_("A question put to the groups. The method is declared now, and stays."), inputs=(
            Text(id="name", title=N_("Name"), max_length=160), *DECISION_VALUES)),
        Operation(id="change_decision", title=N_("Change a decision"), does=N_("Changed the decision {name}"), about=N_("Method, options and rules only until the first ballot; the last day while it is open."), inputs=(
            DECISION, Text(id="name", title=N_("Name"), max_length=160, required=False), Text(id="question", title=N_("Question"), required=False, long=True),
            METHOD.model_copy(update={"default": None}), OPTIONS, *(rule.model_copy(update={"default": None, "when": None}) for rule in RULES), CLOSES_ON)),
        Operation(id="cast_votes", title=N_("Enter votes"), does=N_("Entered {ballots} ballots of {group}"), about=N_("Ballots of one group that say the same."), inputs=(
            DECISION, Reference(id="group", title=N_("Group"), of="group"),
            Text(id="ranking", title=N_("Ballot"), about=N_("Ranking: options or their numbers, best first, separated by semicolons, equal ones joined by an equals sign. Dots and scores: option: number; option: number. Else the one answer."), max_length=2000),
            BALLOTS, REASON)),
        Operation(id="take_back_votes", title=N_("Take votes back"), does=N_("Took back the ballots of {group}"), about=N_("All ballots of one group, to enter them again; only while the decision is open."), inputs=(
            DECISION, Reference(id="group", title=N_("Group"), of="group"))),
        Operation(id="close_decision", title=N_("Close a decision"), does=N_("Decided {name}: {outcome}"), about=N_("Counts by the declared method and writes the outcome down."), inputs=(DECISION, MINUTES, DECIDED_ON)),
        Operation(id="remove_decision", title=N_("Remove a decision"), does=N_("Removed the decision {name}"), about=N_("With its votes; only when nothing refers to it."), inputs=(DECISION,)),
    ),
    pages=(
        PageSpec(id="decisions", title=N_("Decisions"), build="pages:decisions", about=N_("All decisions with their outcome and each group's tally, and what is under discussion.")),
        PageSpec(id="decision_minutes", title=N_("Minutes of a decision"), build="pages:decision_minutes", of="decision", about=N_("Question, method, rules, participation, each group's tally, outcome and the lines for signatures.")),
    ),
    panel="panel:DecisionsPanel",
)  # fmt: skip
