"""What every tool that decides asks for: inputs of its operations, told once."""

from __future__ import annotations

from onekl_desktop.base.specs import Choice, Condition, Date, Integer, Number, Option, Text
from onekl_desktop.base.translate import N_

METHODS = (
    Option(id="sense_check", title=N_("Sense check")), Option(id="consent", title=N_("Consent: no objection")),
    Option(id="consensus", title=N_("Consensus: agree, abstain, disagree, block")), Option(id="gradients", title=N_("Gradients of agreement, eight steps")),
    Option(id="dots", title=N_("Dot vote")), Option(id="score", title=N_("Score from 0 to 5")), Option(id="plurality", title=N_("Most first choices")),
    Option(id="borda", title=N_("Points by rank (Borda)")), Option(id="schulze", title=N_("Pairwise comparison (Schulze)")),
    Option(id="support", title=N_("Share of support for one option")),
)  # fmt: skip
RANKED_METHODS = tuple(option for option in METHODS if option.id in ("plurality", "borda", "schulze", "support"))
# Answers of the methods that ask for one answer to one proposal, in the order of `models.decisions.votes.STANCES`.
ANSWERS: dict[str, tuple[str, ...]] = {
    "sense_check": (N_("Looks good"), N_("Not sure"), N_("Concerned")),
    "consent": (N_("I consent"), N_("I stand aside"), N_("I object")),
    "consensus": (N_("I agree"), N_("I abstain"), N_("I disagree"), N_("I block it")),
    "gradients": (
        N_("Whole-hearted support"), N_("Support with a minor point"), N_("Support with reservations"), N_("I abstain"), N_("I stand aside"),
        N_("I disagree but will go along"), N_("I disagree and will not take part"), N_("I block it"),
    ),
}  # fmt: skip


def _method(options: tuple[Option, ...]) -> Choice:
    return Choice(
        id="method", title=N_("How votes are counted"), default="plurality", required=False, options=options,
        about=N_("Declared before the vote, so that nobody can choose the method by its result."),
    )  # fmt: skip


METHOD, RANKED_METHOD = _method(METHODS), _method(RANKED_METHODS)
QUORUM = Number(id="quorum", title=N_("Quorum"), unit="fraction", minimum=0, maximum=1, default=0.5, required=False,
                about=N_("Share of the members of all groups entitled to vote that must take part; asked only where all members are counted."))  # fmt: skip
THRESHOLD = Number(id="threshold", title=N_("Support needed"), unit="fraction", minimum=0.01, maximum=1, default=0.7, required=False,
                   when=Condition(field="method", values=("support", "consensus", "gradients")),
                   about=N_("Share of those who take a side."))  # fmt: skip
MOST_OBJECTIONS = Integer(id="most_objections", title=N_("Objections that may stand"), minimum=0, maximum=100_000, default=0, required=False,
                          when=Condition(field="method", values=("consent", "consensus", "gradients")),
                          about=N_("More objections or blocks than this, and the proposal is not carried."))  # fmt: skip
DOTS = Integer(id="dots", title=N_("Dots of each person"), minimum=1, maximum=100, default=8, required=False, when=Condition(field="method", values=("dots",)))  # fmt: skip
DOTS_PER_OPTION = Integer(id="dots_per_option", title=N_("Most dots on one option"), minimum=0, maximum=100, default=0, required=False,
                          when=Condition(field="method", values=("dots",)), about=N_("0: as many as one has."))  # fmt: skip
OPENED_ON = Date(id="opened_on", title=N_("Opened on"), required=False)
CLOSES_ON = Date(id="closes_on", title=N_("Last day of the vote"), required=False)
DECIDED_ON = Date(id="decided_on", title=N_("Decided on"), required=False)
MINUTES = Text(id="minutes", title=N_("Minutes"), required=False, long=True, max_length=20_000)
BALLOTS = Integer(id="ballots", title=N_("Ballots"), minimum=1, maximum=1_000_000, default=1, required=False)
REASON = Text(
    id="reason",
    title=N_("Reason"),
    required=False,
    long=True,
    max_length=4000,
    about=N_("An objection without its reason cannot be met."),
)
