"""Which cells change in a year: for each transition the surest ones, while neighbours and classes move on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.work import WORKERS
from onekl_desktop.models.projection.suitability import RADII, Cells, Rule, fixed_scores
from onekl_desktop.native.allocation import candidates, move_neighbours, scores

NEVER = np.float32(-np.inf)


def assign(
    wanted: Sequence[int], score: NDArray[np.float32], floors: Sequence[float] | None = None
) -> tuple[list[NDArray[np.int64]], list[float]]:
    """Give each outcome its surest cells, each cell to one outcome only.

    A cell that several outcomes ask for goes to the one that scores highest there; the others ask for their next best
    (deferred acceptance: Gale & Shapley 1962), so that no outcome and cell would rather have each other.

    Parameters
    ----------
    wanted
        Cells of each outcome.
    score
        Shape (outcomes, cells); minus infinity where an outcome may not be. It is changed.
    floors
        For each outcome a score that more than the wanted cells are expected to exceed: only speed depends on it.

    Returns
    -------
    Rising indices of the cells of each outcome, fewer than wanted where there are not enough; and the least score that
    each took.
    """
    outcomes, cells = score.shape
    floors = list(floors) if floors is not None else [-np.inf] * outcomes
    asked = [_best(score[t], wanted[t], floors[t]) for t in range(outcomes)]
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
                asked[t] = _best(score[t], wanted[t], floors[t])
    least = [float(score[t, each].min()) if len(each) else floors[t] for t, each in enumerate(asked)]
    return [np.sort(each) for each in asked], least


def _best(score: NDArray[np.float32], wanted: int, floor: float) -> NDArray[np.int64]:
    """Indices of the highest finite scores; of equal ones those that come first."""
    if wanted <= 0:
        return np.zeros(0, np.int64)
    if np.isfinite(floor):
        some = np.flatnonzero(score > floor)
        if wanted <= len(some):
            return np.asarray(some[_best(score[some], wanted, -np.inf)], np.int64)
    if wanted >= len(score):
        return np.flatnonzero(score > NEVER)
    least = np.partition(score, len(score) - wanted)[len(score) - wanted]
    if least == NEVER:
        return np.flatnonzero(score > NEVER)
    above, equal = np.flatnonzero(score > least), np.flatnonzero(score == least)
    return np.concatenate([above, equal[: wanted - len(above)]])


SLACK = 0.5  # how far below the last score that changed in a year cells are looked at in the next …
LOWER = (0.0, 4.0)  # … and how much further down when too few are found there
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
        self._least: dict[tuple[int, int], float] = {}
        self._floors: dict[tuple[int, int], float] = {}
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
            largest = sorted(
                range(self.classes), key=lambda source: -self._members[source].count
            )  # so that all end together
            found = dict(
                zip(largest, pool.map(lambda source: self._choose(source, wanted[source]), largest), strict=True)
            )
        chosen = [found[source] for source in range(self.classes)]
        for source, by_target in enumerate(chosen):
            group = self._members[source]
            if not by_target:
                continue
            for target, positions in by_target.items():
                done[source, target] = len(positions)
                gone.append((group.cells[positions], source, target))
            group.drop(np.concatenate(list(by_target.values())))
        self._arrive(gone)
        return done

    def _choose(self, source: int, wanted: NDArray[np.int64]) -> dict[int, NDArray[np.int64]]:
        """Positions among the cells of a class that change, by the class that they become."""
        group, rules = self._members[source], self.rules[source]
        active = [number for number, rule in enumerate(rules) if wanted[rule.target] > 0]
        if not group.count or not active:
            return {}
        targets = [rules[number].target for number in active]
        asked = [int(wanted[target]) for target in targets]
        floors = [self._floors.get((source, target), -np.inf) for target in targets]
        for lower in LOWER if np.isfinite(floors).all() else ():
            tried = [floor - lower for floor in floors]
            found, least = self._among_best(source, active, asked, tried)
            if all(len(f) == n and low > floor for f, n, low, floor in zip(found, asked, least, tried, strict=True)):
                break
        else:  # cells that were left out could matter
            fixed = group.fixed if len(active) == len(rules) else group.fixed[active]
            found, least = assign(asked, scores(self.cells.counts, group.cells, fixed, self._weights[source][active]))
        for target, value in zip(targets, least, strict=True):
            before, self._least[source, target] = self._least.get((source, target), value), value
            self._floors[source, target] = value - max(SLACK, 2.0 * abs(before - value))
        return dict(zip(targets, found, strict=True))

    def _among_best(
        self, source: int, active: list[int], asked: list[int], floors: list[float]
    ) -> tuple[list[NDArray[np.int64]], list[float]]:  # fmt: skip
        """As `assign`, among the cells above the floors alone: as good as among all where each outcome finds enough there."""
        group = self._members[source]
        least, limits = np.full((2, len(self.rules[source])), np.inf, np.float32)
        limits[active] = floors
        least[active] = limits[active] - self._reach[source][active]
        every = candidates(self.cells.counts, group.cells, group.fixed, self._weights[source], least, limits)
        listed = [every[number] for number in active]
        some = np.unique(np.concatenate([where for where, _score in listed]))
        score = np.full((len(listed), len(some)), NEVER)
        for number, (where, value) in enumerate(listed):
            score[number, np.searchsorted(some, where)] = value
        found, taken = assign(asked, score, floors)
        return [some[each].astype(np.int64) for each in found], taken

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
