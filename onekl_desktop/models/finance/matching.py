"""Which source of finance fits a need: gates that are passed, failed or unknown, and a score that explains itself.

Gates come first: one that fails puts the source among those that are not eligible. Criteria are fractions s_i in [0, 1] with weights w_i;
what is unknown counts neither for nor against: score = sum_known w_i s_i / sum_known w_i, coverage = sum_known w_i / sum_all w_i,
and sources stand in the order of score x coverage. (A weighted arithmetic mean: raising one s_i never lowers it.)
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from onekl_desktop.base.translate import N_, _
from onekl_desktop.base.units import format_date, format_number, format_percent

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
WEIGHTS = {
    "ticket": 3.0,
    "tenor": 2.0,
    "grace": 1.0,
    "stage": 2.0,
    "themes": 2.0,
    "time": 1.0,
    "return": 2.0,
    "terms": 2.0,
}
CRITERIA = {
    "ticket": N_("Amount"), "tenor": N_("Term"), "grace": N_("Grace"), "stage": N_("Stage"), "themes": N_("Themes"), "time": N_("Time"),
    "return": N_("Return"), "terms": N_("Terms"),
}  # fmt: skip
EVERYWHERE = {"world", "worldwide", "global", "everywhere"}


@dataclass(frozen=True)
class Need:
    """What a project looks for. Amounts in the landscape's currency; None and empty sets are unknown.

    `stage` is a position among `stages`; `rate` the return that the project offers on that kind of money.
    """

    amount: float | None
    instrument: str
    stage: int
    stages: Sequence[str]
    themes: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    applicant: str = ""
    tenor: float | None = None
    grace: float | None = None
    months: float | None = None
    rate: float | None = None
    needs_soft: bool | None = None
    words: frozenset[str] = frozenset()
    safeguards: bool | None = None


@dataclass(frozen=True)
class Offer:
    """What a source gives: amounts in the landscape's currency (None where its own has no known rate)."""

    name: str
    instrument: str
    terms: str = "either"
    lowest: float | None = None
    highest: float | None = None
    convertible: bool = True
    themes: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    applicants: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    exclusions: frozenset[str] = frozenset()
    tenor: float | None = None
    grace: float | None = None
    rate: float | None = None
    months: float | None = None
    closes_on: str = ""


@dataclass(frozen=True)
class Gate:
    """A condition without degrees, and what it found, in words."""

    name: str
    state: str
    told: str


@dataclass(frozen=True)
class Criterion:
    """A fraction of how well a wish is met (None: unknown), its weight, and what it found."""

    id: str
    weight: float
    score: float | None
    told: str


@dataclass(frozen=True)
class Match:
    """A source beside a need."""

    name: str
    gates: list[Gate]
    criteria: list[Criterion]
    change: str = field(default="")

    @property
    def eligible(self) -> bool:
        """No gate fails."""
        return all(gate.state != FAIL for gate in self.gates)

    @property
    def score(self) -> float | None:
        """The weighted mean of what is known."""
        known = [(each.weight, each.score) for each in self.criteria if each.score is not None]
        total = sum(weight for weight, _score in known)
        return sum(weight * score for weight, score in known) / total if total else None

    @property
    def coverage(self) -> float:
        """The share of the weights that is known."""
        total = sum(each.weight for each in self.criteria)
        return sum(each.weight for each in self.criteria if each.score is not None) / total if total else 0.0


def match(
    need: Need, offers: Sequence[Offer], *, weights: Mapping[str, float] | None = None, today: str = ""
) -> list[Match]:
    """All sources: the eligible ones first, by score x coverage; then the others by name."""
    told = {**WEIGHTS, **(weights or {})}
    day = today or dt.date.today().isoformat()
    found = []
    for offer in offers:
        gates = _gates(need, offer, day)
        criteria = [Criterion(id, told[id], *score) for id, score in _scores(need, offer).items()]
        found.append(Match(offer.name, gates, criteria, _smallest_change(gates, criteria)))
    return sorted(
        found,
        key=lambda each: (not each.eligible, -(each.score or 0.0) * each.coverage if each.eligible else 0.0, each.name),
    )


def _gates(need: Need, offer: Offer, day: str) -> list[Gate]:
    instruments = {need.instrument} if need.instrument else set()
    hit = sorted(
        word for word in need.words if any(word in excluded or excluded in word for excluded in offer.exclusions)
    )
    places = sorted(offer.places)
    return [
        Gate(_("Place"), UNKNOWN if not places or not need.places else PASS if need.places & offer.places or offer.places & EVERYWHERE else FAIL,
             _("pays in {places}").format(places=", ".join(places)) if places else _("where it pays is unknown")),
        Gate(_("Applicant"), UNKNOWN if not offer.applicants or not need.applicant else PASS if need.applicant in offer.applicants else FAIL,
             _("open to {applicants}").format(applicants=", ".join(sorted(offer.applicants))) if offer.applicants else _("who may apply is unknown")),
        Gate(_("Instrument"), UNKNOWN if not instruments or not offer.instrument else PASS if offer.instrument in instruments else FAIL,
             _("gives {instrument}").format(instrument=offer.instrument)),
        Gate(_("Exclusions"), UNKNOWN if not offer.exclusions else FAIL if hit else PASS,
             _("does not pay for {what}").format(what=", ".join(hit or sorted(offer.exclusions))) if offer.exclusions else _("nothing is known to be excluded")),
        Gate(_("Deadline"), UNKNOWN if not offer.closes_on else PASS if offer.closes_on >= day else FAIL,
             _("closes on {day}").format(day=_day(offer.closes_on)) if offer.closes_on else _("no day is known")),
        Gate(_("Currency"), PASS if offer.convertible else UNKNOWN,
             _("its currency has a rate") if offer.convertible else _("no rate of its currency is known")),
        Gate(_("Safeguards"), UNKNOWN if need.safeguards is None else PASS if need.safeguards else FAIL,
             _("consent and screening are there") if need.safeguards else _("consent or screening is missing") if need.safeguards is False else _("not looked at yet")),
    ]  # fmt: skip


def _day(text: str) -> str:
    """As the language in use writes it; as it is where it is no day."""
    try:
        return format_date(dt.date.fromisoformat(text))
    except ValueError:
        return text


def _scores(need: Need, offer: Offer) -> dict[str, tuple[float | None, str]]:
    return {
        "ticket": ticket_score(need.amount, offer.lowest, offer.highest),
        "tenor": _share_of(offer.tenor, need.tenor, _("years offered"), _("years needed")),
        "grace": _share_of(offer.grace, need.grace, _("years offered"), _("years needed")),
        "stage": _stage_score(need, offer), "themes": _theme_score(need, offer),
        "time": _share_of(need.months, offer.months, _("months there are"), _("months it takes")),
        "return": return_score(need.rate, offer.rate), "terms": _terms_score(need, offer),
    }  # fmt: skip


def ticket_score(amount: float | None, lowest: float | None, highest: float | None) -> tuple[float | None, str]:
    """1 within the limits; outside max(0, 1 - |ln(amount / limit)| / ln 3): a third or three times as much is 0."""
    if amount is None or amount <= 0 or (lowest is None and highest is None):
        return None, _("amounts are unknown")
    limits = f"{format_number(lowest)}–{format_number(highest)}"
    told = _("{amount} asked for, {limits} given").format(amount=format_number(amount), limits=limits)
    bound = (
        lowest
        if lowest is not None and amount < lowest
        else highest
        if highest is not None and amount > highest
        else None
    )
    if bound is None:
        return 1.0, told
    return (max(0.0, 1.0 - abs(math.log(amount / bound)) / math.log(3.0)) if bound > 0 else 0.0), told


def _share_of(there: float | None, needed: float | None, there_word: str, needed_word: str) -> tuple[float | None, str]:
    """min(1, there / needed); all where nothing is needed."""
    if there is None or needed is None:
        return None, _("unknown")
    told = f"{format_number(there, 1)} {there_word}, {format_number(needed, 1)} {needed_word}"
    return (1.0 if needed <= 0 else min(1.0, there / needed)), told


def _stage_score(need: Need, offer: Offer) -> tuple[float | None, str]:
    """1 - distance to the nearest stage that is paid for, by the number of steps there are."""
    ranks = [rank for rank, stage in enumerate(need.stages) if stage in offer.stages]
    if not ranks or len(need.stages) < 2:
        return None, _("stages are unknown")
    apart = min(abs(rank - need.stage) for rank in ranks)
    return 1.0 - apart / (len(need.stages) - 1), _("{count} stages apart").format(count=apart)


def _theme_score(need: Need, offer: Offer) -> tuple[float | None, str]:
    """Jaccard: common themes over all that either names."""
    if not need.themes or not offer.themes:
        return None, _("themes are unknown")
    common = need.themes & offer.themes
    return len(common) / len(need.themes | offer.themes), ", ".join(sorted(common)) or _("none in common")


def return_score(rate: float | None, asked: float | None) -> tuple[float | None, str]:
    """1 where the project's return is at least what is asked for, linear to 0 at half of it."""
    if asked is None or rate is None:
        return None, _("unknown")
    told = _("{there} there, {asked} asked for").format(there=format_percent(rate, 1), asked=format_percent(asked, 1))
    if asked <= 0 or rate >= asked:
        return 1.0, told
    return max(0.0, (rate - asked / 2) / (asked / 2)), told


def _terms_score(need: Need, offer: Offer) -> tuple[float | None, str]:
    if need.needs_soft is None or offer.terms not in ("concessional", "commercial"):
        return None, _("unknown")
    soft = offer.terms == "concessional"
    if need.needs_soft:
        return (1.0 if soft else 0.0), _("needs soft money, gets it") if soft else _(
            "needs soft money, it is commercial"
        )
    return (0.5 if soft else 1.0), _("could bear commercial terms") if soft else _("bears commercial terms")


def _smallest_change(gates: Sequence[Gate], criteria: Sequence[Criterion]) -> str:
    """The one thing that would alter the result most: the only gate that fails, else the criterion that costs most."""
    failed = [gate for gate in gates if gate.state == FAIL]
    if len(failed) == 1:
        return _("Only this stands against it: {gate}: {told}.").format(gate=failed[0].name, told=failed[0].told)
    if failed:
        return ""
    lost = [(each.weight * (1 - each.score), each) for each in criteria if each.score is not None and each.score < 1]
    if not lost:
        return ""
    _most, worst = max(lost, key=lambda pair: pair[0])
    return _("Most is lost by {criterion}: {told}.").format(criterion=_(CRITERIA[worst.id]), told=worst.told)
