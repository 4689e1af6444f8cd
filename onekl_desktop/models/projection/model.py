"""Project land cover: learn from two maps, move on year by year, and be judged against a third."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.base.units import format_percent
from onekl_desktop.models.projection.allocation import Simulation
from onekl_desktop.models.projection.demand import (
    Areas,
    Constant,
    Demand,
    Markov,
    Rounding,
    count_transitions,
    yearly_matrix,
)
from onekl_desktop.models.projection.suitability import LOGISTIC, Rule, beside, gather_cells, learn, learn_presence
from onekl_desktop.models.projection.validation import Score, judge, random_scores

DRAWS = 100  # random maps that a projection is held against


AS_IT_IS = -1


@dataclass(frozen=True)
class Forced:
    """Cells that become a class in a year (`AS_IT_IS`: keep the one they have by then) and stay so: an intervention."""

    year: int
    target: int
    cells: NDArray[np.int64]


@dataclass
class Setup:
    """What a projection is made of; maps hold class indices (`NO_CLASS`: none) of one grid, shape (rows, columns).

    Without `before_year` there is one map alone (`before` is `after`): places are judged by where each class is found.
    `drivers` are names and values of the whole grid; a cell without a finite value of each keeps its class, so do
    the cells of `kept`. `barred` tells for some classes where land may not become them.
    """

    class_codes: Sequence[int]
    class_names: Sequence[str]
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    before_year: int | None
    after_year: int
    cell: tuple[float, float]
    drivers: Sequence[tuple[str, NDArray[np.float32]]] = ()
    kept: NDArray[np.bool_] | None = None
    barred: Mapping[int, NDArray[np.bool_]] = field(default_factory=dict)
    forced: Sequence[Forced] = ()
    method: str = LOGISTIC
    seed: int = 0
    randomness: float = 0.0

    @property
    def classes(self) -> int:
        """How many classes there are."""
        return len(self.class_codes)


@dataclass
class Projection:
    """The maps of the years asked for, what changed in each year, and the rules that placed it."""

    maps: dict[int, NDArray[np.uint8]]
    changes: dict[int, NDArray[np.int64]]
    areas: dict[int, NDArray[np.int64]]
    rules: list[Rule]
    missing: NDArray[np.int64]
    """Cells by class and class whose change was asked for and found no place in the last year."""
    likelihood: dict[tuple[int, int], tuple[NDArray[np.int32], NDArray[np.float32]]] = field(default_factory=dict)
    """For each transition the cells of its class at the start, and their probability (one year of the past's length)."""


def movable(setup: Setup) -> NDArray[np.bool_]:
    """Cells that may change: with a class in both maps and every driver, and not kept."""
    land = (setup.before < setup.classes) & (setup.after < setup.classes)
    for _name, values in setup.drivers:
        land &= np.isfinite(values)
    return land if setup.kept is None else land & ~setup.kept


def markov(setup: Setup) -> Markov:
    """What a year changes when all goes on as between the two maps."""
    counts = count_transitions(setup.before, setup.after, setup.classes)
    return Markov(yearly_matrix(counts, span(setup)))


def span(setup: Setup) -> int:
    """Years between the two maps."""
    if setup.before_year is None:
        raise UserError("landcover.one_map")
    return setup.after_year - setup.before_year


def trend(setup: Setup) -> Constant:
    """The cells that changed in a mean year between the two maps."""
    counts = count_transitions(setup.before, setup.after, setup.classes).astype(float)
    np.fill_diagonal(counts, 0.0)
    return Constant(counts / span(setup))


def areas_demand(setup: Setup, targets: Mapping[int, NDArray[np.float64]]) -> Areas:
    """Areas in cells by year, all of the map; land that cannot move is taken off."""
    counts = count_transitions(setup.before, setup.after, setup.classes).astype(float)
    np.fill_diagonal(counts, 0.0)
    still = np.bincount(setup.after[(setup.after < setup.classes) & ~movable(setup)], minlength=setup.classes)
    return Areas({year: np.maximum(cells - still, 0) for year, cells in targets.items()}, counts)


def project(
    setup: Setup, demand: Demand, years: Sequence[int], *, progress: Progress | None = None, rules: Sequence[Rule] | None = None, likelihood: bool = False,
) -> Projection:  # fmt: skip
    """Move on from the later map to the last of `years`, in steps of a year.

    `rules` of an earlier projection of the same setup are used again.
    """
    progress = progress or Progress()
    land = movable(setup)
    flat = np.flatnonzero(land)
    drivers = [(name, values.ravel()[flat].astype(np.float32)) for name, values in setup.drivers]
    if rules is None:
        rules = learn_rules(setup, land, drivers, progress.part(0.0, 0.4))
    progress.report(0.4, _("Looking at the later map"))
    cells = gather_cells(setup.after, setup.classes, flat, drivers, setup.class_names, setup.cell)
    index = setup.after.copy()
    last = max(years)
    known = {(rule.source, rule.target) for rule in rules}
    extra = [
        beside(i, j, setup.classes) for i, j in zip(*np.nonzero(_ever(setup, demand, index, land, last)), strict=True) if (i, j) not in known
    ]  # fmt: skip
    run = Simulation(
        index, cells, setup.classes, [*rules, *extra], barred=setup.barred, seed=setup.seed, randomness=setup.randomness
    )
    told = {}
    for source in range(setup.classes) if likelihood else ():
        members, odds = run.likelihood(source)
        for rule, each in zip(run.rules[source], odds, strict=True):
            told[source, rule.target] = (members, 1.0 / (1.0 + np.exp(-np.clip(each, -50, 50))))
    rounding = Rounding(setup.classes)
    out = Projection({}, {}, {}, list(rules), np.zeros((setup.classes, setup.classes), np.int64), told)
    for year in range(setup.after_year + 1, last + 1):
        progress.report(0.4 + 0.6 * (year - setup.after_year - 1) / (last - setup.after_year), _("Year {year}").format(year=year))  # fmt: skip
        done = np.zeros((setup.classes, setup.classes), np.int64)
        for each in setup.forced:
            if each.year != year:
                continue
            was = index.ravel()[each.cells]
            for target in np.unique(was[was < setup.classes]).tolist() if each.target == AS_IT_IS else [each.target]:
                there = each.cells[was == target] if each.target == AS_IT_IS else each.cells
                done[:, target] += run.force(there, target, stay=True)
        fixed = np.bincount(index.ravel()[flat], minlength=setup.classes) - run.areas
        wanted = rounding.whole(demand.of_year(year, run.areas, fixed))
        made = run.step(wanted)
        if not isinstance(demand, Areas):  # areas ask again for what is missing, by themselves
            rounding.put_back(wanted - made)
        out.missing = wanted - made
        out.changes[year] = done + made
        out.areas[year] = np.bincount(index[index < setup.classes], minlength=setup.classes)
        if year in years:
            out.maps[year] = index.copy()
    progress.report(1.0)
    return out


def learn_rules(
    setup: Setup, land: NDArray[np.bool_], drivers: Sequence[tuple[str, NDArray[np.float32]]], progress: Progress
) -> list[Rule]:
    """The rules of the past; drivers are of the cells of `land`."""
    progress.report(0.0, _("Looking at the earlier map"))
    past = gather_cells(setup.before, setup.classes, np.flatnonzero(land), drivers, setup.class_names, setup.cell)
    if setup.before_year is None:
        return learn_presence(setup.after, past, setup.classes, [name for name, _values in drivers], seed=setup.seed)
    return learn(
        setup.before, setup.after, past, setup.classes, setup.class_names, method=setup.method, seed=setup.seed,
        progress=progress.part(0.2, 1.0),
    )  # fmt: skip


def _ever(
    setup: Setup, demand: Demand, index: NDArray[np.uint8], land: NDArray[np.bool_], last: int
) -> NDArray[np.bool_]:
    """Transitions that a demand asks for in any year, as far as the areas of the start tell."""
    cells = np.bincount(index[land], minlength=setup.classes)[: setup.classes]
    found = np.zeros((setup.classes, setup.classes), bool)
    if isinstance(demand, Areas):
        found[:] = True
        np.fill_diagonal(found, False)
        return found
    for year in range(setup.after_year + 1, last + 1):
        found |= demand.of_year(year, np.maximum(cells, 1)) > 0
    return found


@dataclass(frozen=True)
class Verdict:
    """A projection beside maps that know nothing: no change at all, and the same quantities anywhere."""

    projected: Score
    unchanged: Score
    random_mean: float
    random_low: float
    random_high: float
    draws: int

    @property
    def beats_random(self) -> bool:
        """Whether the figure of merit is above that of 97.5 % of the random maps."""
        merit = self.projected.figure_of_merit
        return merit is not None and merit > self.random_high

    @property
    def beats_unchanged(self) -> bool:
        """Whether fewer cells are wrong than on the map of the start."""
        return self.projected.error_cells < self.unchanged.error_cells

    def sentences(self) -> list[str]:
        """What the figures mean, in words."""
        merit = self.projected.figure_of_merit
        if merit is None:
            return [_("Nothing changed in truth and nothing was projected to: there is nothing to judge.")]
        told = []
        if self.beats_random:
            told.append(_("The projection finds the places of change better than chance: figure of merit {merit}, random maps with the same quantities {mean} ({low} to {high}, {draws} draws).").format(merit=format_percent(merit, 2), mean=format_percent(self.random_mean, 2), low=format_percent(self.random_low, 2), high=format_percent(self.random_high, 2), draws=self.draws))  # fmt: skip
        else:
            told.append(_("The projection finds the places of change no better than chance: figure of merit {merit}, random maps with the same quantities {mean} ({low} to {high}, {draws} draws). Do not read places from it.").format(merit=format_percent(merit, 2), mean=format_percent(self.random_mean, 2), low=format_percent(self.random_low, 2), high=format_percent(self.random_high, 2), draws=self.draws))  # fmt: skip
        wrong, still = self.projected.error_cells, self.unchanged.error_cells
        if self.beats_unchanged:
            told.append(_("{wrong} cells are wrong; {still} would be if nothing had changed.").format(wrong=wrong, still=still))  # fmt: skip
        else:
            told.append(_("{wrong} cells are wrong; fewer, {still}, would be if nothing had been projected to change: cell by cell, the map of the start is the better guess.").format(wrong=wrong, still=still))  # fmt: skip
        return told

    def as_data(self) -> dict[str, Any]:
        """Plain figures."""
        return {
            "projected": self.projected.as_data(), "no_change": self.unchanged.as_data(),
            "random": {"figure_of_merit_mean": self.random_mean, "figure_of_merit_p2_5": self.random_low, "figure_of_merit_p97_5": self.random_high, "draws": self.draws},
            "better_than_random": self.beats_random, "better_than_no_change": self.beats_unchanged, "sentences": self.sentences(),
        }  # fmt: skip


def validate(setup: Setup, projected: NDArray[np.uint8], truth: NDArray[np.uint8], *, draws: int = DRAWS) -> Verdict:
    """Hold a projected map against the true one."""
    start, classes = setup.after, setup.classes
    random = random_scores(start, projected, truth, classes, draws=draws, seed=setup.seed)
    return Verdict(
        judge(start, projected, truth, classes), judge(start, start, truth, classes), float(random.mean()),
        float(np.quantile(random, 0.025)), float(np.quantile(random, 0.975)), draws,
    )  # fmt: skip
