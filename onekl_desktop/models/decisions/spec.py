"""What the scoring of a governance round takes and gives."""

from onekl_desktop.base.specs import IndicatorSpec, Integer, ModelSpec
from onekl_desktop.base.translate import N_

MODEL = ModelSpec(
    id="decisions", title=N_("Governance scores"), version=1,
    about=N_(
        "Means of the answers from 0 (absent) to 3 (working and trusted). The headline gives each group the same "
        "weight; the mean of all cards stands beside it. Groups with fewer answers than the minimum are not shown, "
        "and where one could be found by subtraction a second one is hidden with it."),
    inputs=(Integer(id="minimum_group_size", title=N_("Smallest group that is shown"), unit="answers", minimum=5, maximum=100, default=5),),
    indicators=(
        IndicatorSpec(id="governance_score", title=N_("Governance score"), unit="points", direction=1, decimals=2,
                      about=N_("Mean of the groups' means, 0 to 3.")),
        IndicatorSpec(id="governance_pooled", title=N_("Governance score of all cards"), unit="points", direction=1, decimals=2,
                      about=N_("Mean of all answers, 0 to 3.")),
        IndicatorSpec(id="governance_group", title=N_("Governance score by group"), unit="points", direction=1, decimals=2,
                      about=N_("Mean of a group's answers; only groups that may be shown.")),
        IndicatorSpec(id="governance_gap", title=N_("Distance between groups"), unit="points", direction=-1, decimals=2,
                      about=N_("Largest less smallest mean of the groups that are shown.")),
        IndicatorSpec(id="governance_answers", title=N_("Answers"), unit="", decimals=0, about=N_("Cards with an answer.")),
    ),
    source="Disclosure control: Hundepool et al. (2012), Statistical Disclosure Control.",
)  # fmt: skip
