"""Where land changes: what each transition of the past went with, learned class by class.

A cell is seen by its drivers (slope, distance to roads …), the logarithm of its distance to each class, how often the same
change happened around it (three ranges, its own neighbourhood left out), and the shares of the classes in the squares of
3 x 3 and 9 x 9 cells around it. The last ones are kept up to date while land changes; the others stay.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.models.projection.demand import count_transitions
from onekl_desktop.native.allocation import NO_CLASS, move_neighbours

RADII = (1, 4)
RANGES = (10, 20, 40)  # cells: standard deviations of the kernels around a cell
BLOCK, CORE = 5, 1  # changes are counted by blocks of 5 x 5 cells; those of the own block are left out
PRIOR = 0.02  # cells' worth of the mean rate that is added to a rate, so that empty surroundings have one
LOGISTIC, FOREST, BOOSTING = "logistic", "random_forest", "gradient_boosting"
METHODS = (LOGISTIC, FOREST, BOOSTING)
MOST_CHANGED, MOST_STAYED = 20_000, 40_000
FEWEST = 20  # cells: fewer teach nothing
HALF_BEYOND = 400 << 20  # bytes: larger tables of features are kept with half precision
Report = Callable[[float], None]


@dataclass
class Cells:
    """The land cells of a grid and what is known of each.

    `flat` are their flat indices, rising; `features` has shape (names, cells).
    """

    shape: tuple[int, int]
    flat: NDArray[np.int64]
    names: list[str]
    features: NDArray
    counts: NDArray[np.uint8]
    where: NDArray[np.int32] = field(init=False)

    def __post_init__(self) -> None:
        self.where = np.full(self.shape[0] * self.shape[1], -1, np.int32)
        self.where[self.flat] = np.arange(len(self.flat), dtype=np.int32)


@dataclass(frozen=True)
class Effect:
    """What a feature has to do with a change.

    `strength` is, for logistic regression, the odds ratio of one standard deviation with all other features held (features
    that say nearly the same share it in odd ways); for trees the loss of AUC when the feature is shuffled. `changed` and
    `stayed` are its means where land changed and where it did not, `difference` the gap in standard deviations.
    """

    name: str
    strength: float
    changed: float
    stayed: float
    difference: float


def tell_effects(
    table: NDArray, truth: NDArray[np.bool_], weights: NDArray, names: Sequence[str], strengths: Sequence[float]
) -> list[Effect]:
    """The effects of all features that vary, those that differ most first; table (cells, features), truth and weights (cells,)."""
    if not truth.any() or truth.all():
        return []
    spread = table.std(axis=0, dtype=np.float64)
    means = [np.average(table[held], axis=0, weights=weights[held]) for held in (truth, ~truth)]
    out = []
    for number, (name, strength) in enumerate(zip(names, strengths, strict=True)):
        if spread[number] > 1e-5 * max(abs(float(means[1][number])), 1e-3):
            changed, stayed = float(means[0][number]), float(means[1][number])
            out.append(Effect(name, float(strength), changed, stayed, (changed - stayed) / float(spread[number])))
    return sorted(out, key=lambda effect: -abs(effect.difference))


@dataclass
class Rule:
    """How one class turns into another: a fixed score by cell, and weights on the counts of neighbours.

    `bounds` are the least and greatest value of each fixed feature that was
    learned from; beyond them a cell counts as at the bound.
    """

    source: int
    target: int
    cells: int
    weights: NDArray[np.float32]
    constant: float = 0.0
    static: NDArray[np.float32] | None = None
    bounds: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None
    around: NDArray[np.float32] | None = None
    trees: Any = None
    rates: NDArray[np.float32] | None = None
    auc: float | None = None
    effects: list[Effect] = field(default_factory=list)

    @property
    def learned(self) -> bool:
        """Whether there were enough cells to learn from."""
        return self.static is not None or self.trees is not None


def describe_neighbours(index: NDArray[np.uint8], classes: int) -> NDArray[np.uint8]:
    """Cells of each class in the squares around every cell, shape (rows, columns, radii x classes)."""
    counts = np.zeros((*index.shape, len(RADII) * classes), np.uint8)
    flat = np.flatnonzero(index.ravel() < classes)
    move_neighbours(counts, classes, RADII, flat, np.full(len(flat), NO_CLASS, np.uint8), index.ravel()[flat])
    return counts


def log_distances(index: NDArray[np.uint8], classes: int, flat: NDArray[np.int64], cell: tuple[float, float]) -> list[NDArray[np.float32]]:  # fmt: skip
    """ln(1 + distance) to the nearest cell of each class, for the cells `flat`; without any, that of the map's diagonal."""
    from scipy.ndimage import distance_transform_edt

    far = float(np.hypot(index.shape[0] * cell[0], index.shape[1] * cell[1]))
    out = []
    for code in range(classes):
        other = index != code
        found = np.full(len(flat), far) if other.all() else distance_transform_edt(other, sampling=cell).ravel()[flat]
        out.append(np.log1p(found).astype(np.float32))
    return out


def gather_cells(
    index: NDArray[np.uint8], classes: int, flat: NDArray[np.int64], drivers: Sequence[tuple[str, NDArray[np.float32]]],
    class_names: Sequence[str], cell: tuple[float, float],
) -> Cells:  # fmt: skip
    """What is known of the cells of a map; `drivers` are names and values of the cells `flat`."""
    names = [name for name, _values in drivers] + [_("Distance to {name}").format(name=name) for name in class_names]
    kind = np.float16 if len(names) * len(flat) * 4 > HALF_BEYOND else np.float32
    features = np.empty((len(names), len(flat)), kind)
    for number, (_name, values) in enumerate(drivers):
        features[number] = values
    if len(names) > len(drivers):
        features[len(drivers) :] = log_distances(index, classes, flat, cell)
    return Cells(index.shape, flat, names, features, describe_neighbours(index, classes))


def blocks(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Cells of a mask by block of `BLOCK` x `BLOCK`."""
    rows, columns = (-(-side // BLOCK) for side in mask.shape)
    whole = np.zeros((rows * BLOCK, columns * BLOCK), bool)
    whole[: mask.shape[0], : mask.shape[1]] = mask
    return whole.reshape(rows, BLOCK, columns, BLOCK).sum(axis=(1, 3), dtype=np.float32)


def local_rates(changed: NDArray[np.bool_], could: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How often the land around changed, as the logarithm of the ratio to the mean, by block and range.

    A Gaussian kernel over blocks with the own block left out: what a cell learns of itself from the same map would not be
    there when it is projected.

    Returns
    -------
    Shape (ranges, block rows, block columns).
    """
    from scipy.ndimage import gaussian_filter

    moved, land = blocks(changed), blocks(could)
    mean = max(float(moved.sum()) / max(float(land.sum()), 1.0), 1e-12)
    out = np.empty((len(RANGES), *moved.shape), np.float32)
    for number, reach in enumerate(RANGES):
        sigma = reach / BLOCK
        point = np.zeros((1 + 2 * int(4 * sigma + 1),) * 2)
        point[len(point) // 2, len(point) // 2] = 1.0
        own = gaussian_filter(point, sigma, mode="constant")[len(point) // 2, len(point) // 2]
        near = [
            np.maximum(gaussian_filter(each, sigma, mode="constant") - own * each, 0.0) / BLOCK**2
            for each in (moved, land)
        ]
        out[number] = np.log((near[0] + PRIOR * mean) / (near[1] + PRIOR) / mean)
    return out


@dataclass(frozen=True)
class Place:
    """Where cells lie among the centres of blocks: the block before and after in both directions, and how far between."""

    shape: tuple[int, ...]
    rows: tuple[NDArray[np.int64], NDArray[np.int64]]
    columns: tuple[NDArray[np.int64], NDArray[np.int64]]
    down: NDArray[np.float32]
    across: NDArray[np.float32]

    def read(self, field: NDArray[np.float32]) -> NDArray[np.float32]:
        """A field by blocks at the cells, bilinear."""
        (r, r1), (c, c1), v, u = self.rows, self.columns, self.down, self.across
        return np.asarray((1 - v) * ((1 - u) * field[r, c] + u * field[r, c1]) + v * ((1 - u) * field[r1, c] + u * field[r1, c1]), np.float32)  # fmt: skip


def find_place(shape: tuple[int, ...], flat: NDArray, columns: int) -> Place:
    """Where cells (flat indices of a grid of so many columns) lie among the blocks of a field of this shape."""
    y = (flat // columns + 0.5) / BLOCK - 0.5
    x = (flat % columns + 0.5) / BLOCK - 0.5
    y, x = np.clip(y, 0, shape[0] - 1), np.clip(x, 0, shape[1] - 1)
    r, c = np.minimum(y.astype(np.int64), max(shape[0] - 2, 0)), np.minimum(x.astype(np.int64), max(shape[1] - 2, 0))
    after = np.minimum(r + 1, shape[0] - 1), np.minimum(c + 1, shape[1] - 1)
    return Place(shape, (r, after[0]), (c, after[1]), (y - r).astype(np.float32), (x - c).astype(np.float32))


def at_cells(field: NDArray[np.float32], flat: NDArray, columns: int) -> NDArray[np.float32]:
    """A field by blocks at the centres of cells, bilinear; shape of `flat`."""
    return find_place(field.shape, flat, columns).read(field)


def learn(
    before: NDArray[np.uint8], after: NDArray[np.uint8], cells: Cells, classes: int, names: Sequence[str], *,
    method: str = LOGISTIC, seed: int = 0, progress: Progress | None = None,
) -> list[Rule]:  # fmt: skip
    """A rule for each transition between two maps.

    Parameters
    ----------
    before, after
        Class indices, shape (rows, columns); a cell counts where both have a class and it is among `cells`.
    cells
        What was known at the time of `before`.
    names
        Of the classes.
    """
    progress = progress or Progress()
    inside = np.zeros(before.size, bool)
    inside[cells.flat] = True
    land = inside.reshape(before.shape) & (before < classes) & (after < classes)
    counts = count_transitions(np.where(land, before, NO_CLASS), after, classes)
    pairs = [(i, j) for i in range(classes) for j in range(classes) if i != j and counts[i, j]]
    rng = np.random.default_rng(seed)
    rules = []
    for number, (i, j) in enumerate(pairs):
        progress.report(number / len(pairs), _("Learning from the past"))
        could = land & (before == i)
        changed = could & (after == j)
        if counts[i, j] < FEWEST or counts[i].sum() - counts[i, j] < FEWEST:
            rules.append(beside(i, j, classes, int(counts[i, j])))
            continue
        rules.append(_learn_one(i, j, could, changed, cells, classes, names, method, rng))
    return rules


def learn_presence(
    index: NDArray[np.uint8], cells: Cells, classes: int, drivers: Sequence[str], *, seed: int = 0
) -> list[Rule]:
    """Rules from one map alone: where a class is found by its drivers, land of other classes is likely to become it.

    Logistic regression of the classes on the drivers, as CLUE-S does (Verburg et al. 2002, Modeling the spatial dynamics of
    regional land use, Environmental Management 30, 391-405); the score of a change is the difference of the log-odds of
    the two classes, and land beside the new class comes first.
    """
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(seed)
    own = index.ravel()[cells.flat]
    picked = (
        np.arange(len(own)) if len(own) <= MOST_STAYED else np.sort(rng.choice(len(own), MOST_STAYED, replace=False))
    )
    slopes, constants = np.zeros((classes, len(cells.names))), np.zeros(classes)
    count = len(drivers)
    effects: dict[int, list[Effect]] = {}
    if count:
        table = cells.features[:count, picked].astype(np.float64).T
        mean, spread = table.mean(axis=0), table.std(axis=0)
        spread = np.where(spread > 1e-9, spread, 1.0)
        present = np.unique(own[picked])
        if len(present) > 1:
            found = LogisticRegression(max_iter=1000).fit((table - mean) / spread, own[picked])
            raw = np.vstack([-found.coef_, found.coef_]) if len(present) == 2 else found.coef_
            base = np.array([-found.intercept_[0], found.intercept_[0]]) if len(present) == 2 else found.intercept_
            for row, code in enumerate(found.classes_.tolist()):
                slopes[code, :count] = raw[row] / spread
                constants[code] = base[row] - (raw[row] / spread * mean).sum()
                effects[code] = tell_effects(table, own[picked] == code, np.ones(len(table)), drivers, np.exp(np.clip(raw[row], -50, 50)))  # fmt: skip
    none = np.zeros((1, 1), np.float32)
    rules = []
    for i in range(classes):
        for j in range(classes):
            if i != j:
                rule = beside(i, j, classes)
                rule.static, rule.around = (slopes[j] - slopes[i]).astype(np.float32), none
                rule.constant, rule.effects = float(constants[j] - constants[i]), effects.get(j, [])
                rules.append(rule)
    return rules


def beside(source: int, target: int, classes: int, cells: int = 0) -> Rule:
    """The rule where there is nothing to learn from: beside land of the class that it becomes."""
    weights = np.zeros(len(RADII) * classes, np.float32)
    for number, radius in enumerate(RADII):
        weights[number * classes + target] = 1.0 / (2 * radius + 1) ** 2
    return Rule(source, target, cells, weights)


def _learn_one(
    source: int, target: int, could: NDArray[np.bool_], changed: NDArray[np.bool_], cells: Cells, classes: int, names: Sequence[str],
    method: str, rng: np.random.Generator,
) -> Rule:  # fmt: skip
    rates = local_rates(changed, could)
    yes, no = np.flatnonzero(changed), np.flatnonzero(could & ~changed)
    weight = [max(len(each) / most, 1.0) for each, most in ((yes, MOST_CHANGED), (no, MOST_STAYED))]
    yes, no = (
        each if len(each) <= most else np.sort(rng.choice(each, most, replace=False))
        for each, most in ((yes, MOST_CHANGED), (no, MOST_STAYED))
    )
    flat = np.concatenate([yes, no])
    truth = np.zeros(len(flat), bool)
    truth[: len(yes)] = True
    weights = np.where(truth, *weight)
    table = table_of(cells, flat, rates)
    mean, spread = table.mean(axis=0, dtype=np.float64), table.std(axis=0, dtype=np.float64)
    kept = spread > 1e-5 * np.maximum(np.abs(mean), 1e-3)  # what is the same everywhere teaches nothing
    spread = np.where(kept, spread, 1.0)
    scaled = np.where(kept, (table - mean) / spread, 0.0)
    side = max(cells.shape) // 10 + 1
    half = ((flat // cells.shape[1] // side) + (flat % cells.shape[1] // side)) % 2 == 0
    chosen = _estimator(method, rng)
    auc = _held_out(chosen, scaled, truth, weights, half)
    linear = _estimator(LOGISTIC, rng).fit(scaled, truth, sample_weight=weights)
    slopes = np.where(kept, linear.coef_[0] / spread, 0.0)
    fixed, ranges = len(cells.names), len(RANGES)
    rule = Rule(
        source, target, int(changed.sum()), weights=slopes[fixed + ranges :].astype(np.float32), rates=rates, auc=auc,
        constant=float(linear.intercept_[0] - (slopes * mean).sum()), static=slopes[:fixed].astype(np.float32),
        bounds=(table[:, :fixed].min(axis=0), table[:, :fixed].max(axis=0)),
        around=np.tensordot(slopes[fixed : fixed + ranges], rates, 1).astype(np.float32),
    )  # fmt: skip
    told = feature_names(cells.names, names)
    if method == LOGISTIC:
        strengths = np.exp(np.clip(linear.coef_[0], -50, 50))
    else:
        rule.trees = chosen.fit(table, truth, sample_weight=weights)
        rule.static = None
        strengths = _importances(rule.trees, table, truth, rng)
    rule.effects = tell_effects(table, truth, weights, told, strengths)
    return rule


def table_of(cells: Cells, flat: NDArray[np.int64], rates: NDArray[np.float32]) -> NDArray[np.float32]:
    """All features of some cells, shape (cells, features): fixed ones, rates around, counts of neighbours."""
    at = cells.where[flat]
    parts = [cells.features[:, at].astype(np.float32).T]
    parts += [at_cells(field, flat, cells.shape[1])[:, None] for field in rates]
    parts.append(cells.counts.reshape(-1, cells.counts.shape[2])[flat].astype(np.float32))
    return np.hstack(parts)


def feature_names(fixed: Sequence[str], classes: Sequence[str]) -> list[str]:
    """Words for the columns of `table_of`."""
    out = list(fixed)
    out += [_("The same change within {cells} cells").format(cells=reach) for reach in RANGES]
    return out + [
        _("{name} in {side} × {side} cells").format(name=name, side=2 * radius + 1)
        for radius in RADII
        for name in classes
    ]


def _estimator(method: str, rng: np.random.Generator) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression

    seed = int(rng.integers(2**31))
    if method == FOREST:
        return RandomForestClassifier(100, min_samples_leaf=10, max_samples=0.5, n_jobs=-1, random_state=seed)
    if method == BOOSTING:
        return HistGradientBoostingClassifier(
            max_iter=150, learning_rate=0.04, max_leaf_nodes=8, min_samples_leaf=50, l2_regularization=5.0, random_state=seed,
        )  # fmt: skip
    return LogisticRegression(max_iter=300, C=1.0, solver="newton-cholesky")


def _held_out(
    chosen: Any, table: NDArray, truth: NDArray[np.bool_], weights: NDArray, half: NDArray[np.bool_]
) -> float | None:
    """AUC on one half of a chessboard of what was learned on the other; None where a half lacks one of the two."""
    from sklearn.base import clone
    from sklearn.metrics import roc_auc_score

    if min(truth[half].sum(), (~truth[half]).sum(), truth[~half].sum(), (~truth[~half]).sum()) < 5:
        return None
    found = clone(chosen).fit(table[half], truth[half], sample_weight=weights[half])
    return float(roc_auc_score(truth[~half], found.predict_proba(table[~half])[:, 1], sample_weight=weights[~half]))


def _importances(trees: Any, table: NDArray, truth: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float64]:
    """Loss of AUC when each feature is shuffled, on some of the cells; zeros where those are all alike."""
    from sklearn.inspection import permutation_importance

    some = rng.choice(len(table), min(len(table), 4000), replace=False)
    if len(np.unique(truth[some])) < 2:
        return np.zeros(table.shape[1])
    found = permutation_importance(
        trees, table[some], truth[some], scoring="roc_auc", n_repeats=3, random_state=int(rng.integers(2**31))
    )
    return np.asarray(found.importances_mean, float)


CHUNK = 1 << 18


def fixed_scores(rules: Sequence[Rule], cells: Cells, flat: NDArray) -> NDArray[np.float32]:
    """The part of each rule's score (log-odds) that does not follow the neighbours, for some cells: shape (rules, cells)."""
    out = np.zeros((len(rules), len(flat)), np.float32)
    learned = [(number, rule) for number, rule in enumerate(rules) if rule.learned]
    for start in range(0, len(flat) if learned else 0, CHUNK):
        part = np.asarray(flat[start : start + CHUNK], np.int64)
        at_land = cells.where[part]
        held: NDArray[np.float32] | None = None  # features are gathered once for all rules
        place: Place | None = None
        for number, rule in learned:
            if rule.trees is not None:
                assert rule.rates is not None
                chance = np.clip(rule.trees.predict_proba(table_of(cells, part, rule.rates))[:, 1], 1e-6, 1 - 1e-6)
                near = cells.counts.reshape(-1, cells.counts.shape[2])[part] @ rule.weights
                out[number, start : start + CHUNK] = np.log(chance / (1 - chance)) - near
                continue
            assert rule.static is not None
            assert rule.around is not None
            told = np.full(len(part), rule.constant, np.float32)
            used = np.flatnonzero(rule.static)
            if len(used):
                if held is None:
                    held = cells.features[:, at_land].astype(np.float32)
                values = held[used]
                if rule.bounds is not None:
                    np.clip(values, rule.bounds[0][used, None], rule.bounds[1][used, None], out=values)
                values *= rule.static[used, None]
                for row in values:  # one after the other: the sum is the same on every processor
                    told += row
            if place is None or place.shape != rule.around.shape:
                place = find_place(rule.around.shape, part, cells.shape[1])
            out[number, start : start + CHUNK] = told + place.read(rule.around)
    return out
