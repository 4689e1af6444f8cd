"""Which cells change in a year: for each transition the surest ones, while neighbours and classes move on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.work import WORKERS
from onekl_desktop.models.projection.suitability import RADII, Cells, Rule, fixed_scores
from onekl_desktop.native.allocation import candidates, move_neighbours, scores

NEVER = np.float32(-np.inf)


def assign(wanted: Sequence[int], score: NDArray[np.float32]) -> list[NDArray[np.int64]]:
    """Give each outcome its surest cells, each cell to one outcome only.

    A cell that several outcomes ask for goes to the one that scores highest there; the others ask for their next best
    (deferred acceptance: Gale & Shapley 1962), so that no outcome and cell would rather have each other.

    Parameters
    ----------
    wanted
        Cells of each outcome.
    score
        Shape (outcomes, cells); minus infinity where an outcome may not be. It is changed.

    Returns
    -------
    Rising indices of the cells of each outcome, fewer than wanted where there are not enough.
    """
    outcomes, cells = score.shape
    asked = [_best(score[t], wanted[t]) for t in range(outcomes)]
    while outcomes > 1:
        times = np.zeros(cells, np.uint8)
        for each in asked:
            times[each] += 1
        torn = np.flatnonzero(times > 1)
        if not len(torn):
            break
        rank = np.full((outcomes, len(torn)), NEVER)
        for t, each in enumerate(asked):
            own = np.zeros(cells, bool)
            own[each] = True
            held = own[torn]
            rank[t, held] = score[t, torn[held]]
        winner = rank.argmax(axis=0)
        for t in range(outcomes):
            lost = torn[(winner != t) & (rank[t] > NEVER)]
            if len(lost):
                score[t, lost] = NEVER
                asked[t] = _best(score[t], wanted[t])
    return [np.sort(each) for each in asked]


def _best(score: NDArray[np.float32], wanted: int) -> NDArray[np.int64]:
    """Indices of the highest finite scores; of equal ones those that come first."""
    if wanted <= 0:
        return np.zeros(0, np.int64)
    if wanted >= len(score):
        return np.flatnonzero(score > NEVER)
    least = np.partition(score, len(score) - wanted)[len(score) - wanted]
    if least == NEVER:
        return np.flatnonzero(score > NEVER)
    above, equal = np.flatnonzero(score > least), np.flatnonzero(score == least)
    return np.concatenate([above, equal[: wanted - len(above)]])


SAMPLE = 8192  # cells of a class that are scored to guess how high the surest ones lie
SURER = (3.0, 12.0, np.inf)  # how many standard deviations more cells are looked at than would do, on each attempt
PART = 1 << 19  # cells that are looked at in one piece of work
GROWTH, MOST_GONE = 1.2, 0.25


class _Members:
    """The cells of a class and their fixed scores, in arrays with room to grow; cells that left are -1 until they are many."""

    def __init__(self, cells: NDArray[np.int32], fixed: NDArray[np.float32]) -> None:
        self._cells, self._fixed, self._used, self.count = cells, fixed, len(cells), len(cells)

    @property
    def cells(self) -> NDArray[np.int32]:
        """Flat indices; negative where a cell left."""
        return self._cells[: self._used]

    @property
    def fixed(self) -> NDArray[np.float32]:
        """Shape (rules, cells)."""
        return self._fixed[:, : self._used]

    def drop(self, positions: NDArray[np.int64]) -> None:
        """Cells leave."""
        self._cells[positions] = -1
        self.count -= len(positions)
        if self._used - self.count > MOST_GONE * self._used:
            there = np.flatnonzero(self.cells >= 0)
            self._cells, self._fixed, self._used = self.cells[there], self.fixed[:, there], len(there)

    def add(self, cells: NDArray[np.int32], fixed: NDArray[np.float32]) -> None:
        """Cells arrive."""
        end = self._used + len(cells)
        if end > len(self._cells):
            room = int(end * GROWTH) + 64
            more_cells, more_fixed = np.empty(room, np.int32), np.empty((len(self._fixed), room), np.float32)
            more_cells[: self._used], more_fixed[:, : self._used] = self.cells, self.fixed
            self._cells, self._fixed = more_cells, more_fixed
        self._cells[self._used : end], self._fixed[:, self._used : end] = cells, fixed
        self._used, self.count = end, self.count + len(cells)


@dataclass
class _Search:
    """What is looked for among the cells of a class: so many for each active rule, among those above its floor."""

    source: int
    active: list[int]
    asked: list[int]
    floors: list[float] = field(default_factory=list)
    found: list[NDArray[np.int64]] = field(default_factory=list)
    settled: bool = False

    def settle(self, parts: Sequence[Sequence[tuple[NDArray[np.int64], NDArray[np.float32]]]]) -> None:
        """Choose among the cells above the floors, by part and outcome; settled where it is as good as among all."""
        listed = [tuple(map(np.concatenate, zip(*outcome, strict=True))) for outcome in zip(*parts, strict=True)]
        named = np.zeros(1 + max((int(where[-1]) for where, _score in listed if len(where)), default=-1), bool)
        for where, _score in listed:
            named[where] = True
        some = np.flatnonzero(named)
        score = np.full((len(listed), len(some)), NEVER)
        for number, (where, value) in enumerate(listed):
            score[number, np.searchsorted(some, where)] = value
        taken = assign(self.asked, score)
        self.found = [some[each] for each in taken]
        self.settled = all(
            floor == NEVER or len(each) == asked
            for each, asked, floor in zip(taken, self.asked, self.floors, strict=True)
        )


class Simulation:
    """Land cover that moves on year by year.

    Parameters
    ----------
    index
        Class indices at the start, shape (rows, columns); changed in place.
    cells
        What is known of the cells that may change (others stay); their counts of neighbours are changed in place.
    rules
        One for each transition that may happen.
    barred
        For some classes, where land may not become them: masks by target class.
    randomness
        Scale of Gumbel noise on the log-odds, drawn once for each cell and transition: 0 takes the surest cells, 1 draws
        cells by their probabilities. A trace of it decides between equal cells.
    """

    def __init__(
        self, index: NDArray[np.uint8], cells: Cells, classes: int, rules: Sequence[Rule], *,
        barred: Mapping[int, NDArray[np.bool_]] | None = None, seed: int = 0, randomness: float = 0.0,
    ) -> None:  # fmt: skip
        self.index, self.cells, self.classes = index, cells, classes
        self._barred = {target: mask.ravel() for target, mask in (barred or {}).items()}
        self._rng, self._noise = np.random.default_rng(seed), max(randomness, 1e-5)
        self.rules = {i: [rule for rule in rules if rule.source == i] for i in range(classes)}
        own = index.ravel()[cells.flat]
        self._members: dict[int, _Members] = {}
        for i in range(classes):
            here = cells.flat[own == i].astype(np.int32)
            self._members[i] = _Members(here, self._score_anew(i, here))
        self._weights = {
            i: np.array([rule.weights for rule in rules], np.float32).reshape(len(rules), len(RADII) * classes) for i, rules in self.rules.items()
        }  # fmt: skip
        sizes = np.array([(2 * radius + 1) ** 2 for radius in RADII], np.float32)
        self._reach = {  # the most that neighbours can add to a score: every square full of the best class
            i: (np.maximum(weights.reshape(len(weights), len(RADII), classes).max(axis=2), 0) * sizes).sum(axis=1)
            + 1e-3
            for i, weights in self._weights.items()
        }

    def _score_anew(self, source: int, members: NDArray[np.int32]) -> NDArray[np.float32]:
        rules = self.rules[source]
        out = fixed_scores(rules, self.cells, members)
        for number, rule in enumerate(rules):
            out[number] += self._noise * self._rng.gumbel(size=len(members)).astype(np.float32)
            if rule.target in self._barred:
                out[number, self._barred[rule.target][members]] = NEVER
        return out

    @property
    def areas(self) -> NDArray[np.int64]:
        """Cells of each class that may change."""
        return np.array([self._members[i].count for i in range(self.classes)], np.int64)

    def likelihood(self, source: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The cells of a class and their log-odds now, shape (rules of the class, cells)."""
        group = self._members[source]
        there = np.flatnonzero(group.cells >= 0)
        return group.cells[there], scores(self.cells.counts, group.cells[there], group.fixed[:, there], self._weights[source])  # fmt: skip

    def step(self, wanted: NDArray[np.int64]) -> NDArray[np.int64]:
        """Change so many cells from class to class; what was done, both of shape (classes, classes)."""
        done = np.zeros((self.classes, self.classes), np.int64)
        gone: list[tuple[NDArray[np.int32], int, int]] = []
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="allocate") as pool:
            for source, by_target in self._choose(wanted, pool).items():
                group = self._members[source]
                for target, positions in by_target.items():
                    done[source, target] = len(positions)
                    gone.append((group.cells[positions], source, target))
                group.drop(np.concatenate(list(by_target.values())))
        self._arrive(gone)
        return done

    def _choose(self, wanted: NDArray[np.int64], pool: ThreadPoolExecutor) -> dict[int, dict[int, NDArray[np.int64]]]:
        """Positions among the cells of each class that change, by the class that they become.

        Only cells above a floor that a sample suggests are looked at closely; where they turn out to be too few, those
        above a lower one, and in the end all: the floors decide how long it takes, never what is found.
        """
        searches = []
        for source, rules in self.rules.items():
            active = [number for number, rule in enumerate(rules) if wanted[source, rule.target] > 0]
            if self._members[source].count and active:
                asked = [int(wanted[source, rules[number].target]) for number in active]
                searches.append(_Search(source, active, asked))
        open_ones = searches
        for surer in SURER:
            for search in open_ones:
                search.floors = self._guess_floors(search, surer)
            parts = [(search, first) for search in open_ones for first in range(0, len(self._members[search.source].cells), PART)]  # fmt: skip
            spread = (
                pool.map if len(parts) > len(open_ones) else map
            )  # handing out little work costs more than it saves
            listed = list(spread(lambda part: self._list_above(*part), parts))
            for search in open_ones:
                search.settle([each for (other, _first), each in zip(parts, listed, strict=True) if other is search])
            open_ones = [search for search in open_ones if not search.settled]
        return {
            search.source: {self.rules[search.source][number].target: found for number, found in zip(search.active, search.found, strict=True)}
            for search in searches
        }  # fmt: skip

    def _guess_floors(self, search: _Search, surer: float) -> list[float]:
        """For each outcome a score that more cells than are wanted are likely to exceed, from a sample."""
        group = self._members[search.source]
        apart = len(group.cells) // SAMPLE
        if not np.isfinite(surer) or apart < 2:
            return [-np.inf] * len(search.active)
        fixed = np.ascontiguousarray(group.fixed[search.active, apart // 2 :: apart])
        sample = scores(self.cells.counts, group.cells[apart // 2 :: apart], fixed, self._weights[search.source][search.active])  # fmt: skip
        ranks = [1 + int(hits + surer * (np.sqrt(hits) + 1.0)) for hits in np.array(search.asked) / apart]
        taken = assign(ranks, sample.copy())  # each cell once, as they will be
        return [float(score[each].min()) if len(each) == rank else -np.inf for score, each, rank in zip(sample, taken, ranks, strict=True)]  # fmt: skip

    def _list_above(self, search: _Search, first: int) -> list[tuple[NDArray[np.int64], NDArray[np.float32]]]:
        """For each outcome the cells of one part of a class above its floor, and their scores."""
        group, reach = self._members[search.source], self._reach[search.source][search.active]
        floors = np.array(search.floors, np.float32)
        part = slice(first, first + PART)
        fixed = group.fixed[:, part] if len(search.active) == len(group.fixed) else group.fixed[search.active, part]
        found = candidates(self.cells.counts, group.cells[part], fixed, self._weights[search.source][search.active], floors - reach, floors)  # fmt: skip
        return [(where.astype(np.int64) + first, score) for where, score in found]

    def force(self, flat: NDArray[np.int64], target: int, *, stay: bool) -> NDArray[np.int64]:
        """Turn cells into a class whatever their score, as an intervention does; with `stay` they change no more.

        Returns
        -------
        Cells that changed, by the class that they had, shape (classes,).
        """
        was = self.index.ravel()[flat]
        flat, was = flat[was < self.classes], was[was < self.classes]
        changed = was != target
        done = np.bincount(was[changed], minlength=self.classes)[: self.classes]
        gone = []
        for source in np.unique(was).tolist():
            if stay or source != target:
                self._members[source].drop(np.flatnonzero(np.isin(self._members[source].cells, flat)))
            if source != target:
                gone.append((flat[was == source].astype(np.int32), source, target))
        self._arrive(gone, members=not stay)
        return done

    def _arrive(self, gone: list[tuple[NDArray[np.int32], int, int]], *, members: bool = True) -> None:
        if not gone:
            return
        flat = np.concatenate([cells for cells, _source, _target in gone]).astype(np.int64)
        before = np.concatenate([np.full(len(cells), source, np.uint8) for cells, source, _target in gone])
        after = np.concatenate([np.full(len(cells), target, np.uint8) for cells, _source, target in gone])
        self.index.ravel()[flat] = after
        move_neighbours(self.cells.counts, self.classes, RADII, flat, before, after)
        if not members:
            return
        for target in np.unique(after).tolist():
            new = np.sort(flat[after == target]).astype(np.int32)
            new = new[self.cells.where[new] >= 0]
            self._members[target].add(new, self._score_anew(target, new))
