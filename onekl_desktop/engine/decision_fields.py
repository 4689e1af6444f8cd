"""What every tool that decides asks for: inputs of its operations, told once."""

from __future__ import annotations

from onekl_desktop.base.specs import Choice, Date, Number, Option, Text
from onekl_desktop.base.translate import N_

METHOD = Choice(
    id="method", title=N_("How votes are counted"), default="plurality", required=False,
    about=N_("Declared before the vote, so that nobody can choose the method by its result."),
    options=(
        Option(id="plurality", title=N_("Most first choices")), Option(id="borda", title=N_("Points by rank (Borda)")),
        Option(id="schulze", title=N_("Pairwise comparison (Schulze)")), Option(id="consensus", title=N_("Share of support (consensus)")),
    ))  # fmt: skip
QUORUM = Number(id="quorum", title=N_("Quorum"), unit="fraction", minimum=0, maximum=1, default=0.5, required=False,
                about=N_("Share of the groups' members that must vote; asked only where all members are counted."))  # fmt: skip
THRESHOLD = Number(id="threshold", title=N_("Support needed"), unit="fraction", minimum=0.01, maximum=1, default=0.7, required=False,
                   about=N_("For consensus only."))  # fmt: skip
OPENED_ON = Date(id="opened_on", title=N_("Opened on"), required=False)
DECIDED_ON = Date(id="decided_on", title=N_("Decided on"), required=False)
MINUTES = Text(id="minutes", title=N_("Minutes"), required=False, long=True, max_length=20_000)
