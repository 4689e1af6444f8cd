"""Land-use projection beside MOLUSCE's rule: hindcasts, one step, and a large map with its memory. See ../README.md."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from benchmarks.measuring import times  # noqa: E402
from onekl_desktop.exchange.landcover.arguments import check_arguments  # noqa: E402
from onekl_desktop.exchange.landcover.project import Ready, prepare  # noqa: E402
from onekl_desktop.models.projection.allocation import Simulation  # noqa: E402
from onekl_desktop.models.projection.demand import Rounding, count_transitions  # noqa: E402
from onekl_desktop.models.projection.model import Setup, learn_rules, markov, movable, project, validate  # noqa: E402
from onekl_desktop.models.projection.suitability import gather_cells  # noqa: E402
from onekl_desktop.models.projection.validation import judge  # noqa: E402

Array = Any
BLOCK = 1 << 17


class Molusce:
    """MOLUSCE 5's rule in NumPy by blocks: multinomial logistic regression of the transition on state and factors; for each
    transition the N surest cells (gap between the two likeliest outcomes) among those whose likeliest outcome it is.
    """

    def __init__(self, setup: Setup) -> None:
        from sklearn.linear_model import LogisticRegression

        self.n = setup.classes
        self.land = np.flatnonzero(movable(setup))
        raw = np.stack([values.ravel()[self.land] for _name, values in setup.drivers], -1).astype(np.float64)
        self.factors = (raw - raw.mean(0)) / raw.std(0)
        before, after = setup.before.ravel()[self.land], setup.after.ravel()[self.land]
        code = before.astype(int) * self.n + after
        rng = np.random.default_rng(0)
        some = rng.choice(len(code), min(len(code), 100_000), replace=False)
        self.model = LogisticRegression(max_iter=200).fit(self._table(before[some], some), code[some])
        self.counts = count_transitions(before, after, self.n)

    def _table(self, state: Array, at: Array) -> Array:
        return np.hstack([np.eye(self.n)[state][:, 1:], self.factors[at]])

    def step(self, index: Array) -> Array:
        """The next map."""
        out = index.copy()
        state = index.ravel()[self.land]
        best, sure = np.empty(len(state), np.int64), np.empty(len(state))
        for first in range(0, len(state), BLOCK):
            at = slice(first, first + BLOCK)
            chance = self.model.predict_proba(self._table(state[at], at))
            two = np.partition(chance, -2, axis=1)[:, -2:]
            best[at] = self.model.classes_[chance.argmax(axis=1)]
            sure[at] = two[:, 1] - two[:, 0]
        for i in range(self.n):
            for j in range(self.n):
                if i != j and self.counts[i, j]:
                    own = np.flatnonzero((best == i * self.n + j) & (state == i))
                    chosen = own[np.argsort(-sure[own], kind="stable")[: self.counts[i, j]]]
                    out.ravel()[self.land[chosen]] = j
        return out

    def surest(self, index: Array) -> Array:
        """The same model by its probabilities alone: for each transition the N likeliest cells of the class."""
        out = index.copy()
        state = index.ravel()[self.land]
        chance = self.model.predict_proba(self._table(state, slice(None)))
        for column, code in enumerate(self.model.classes_):
            i, j = divmod(int(code), self.n)
            if i != j:
                own = np.flatnonzero((state == i) & (out.ravel()[self.land] == i))
                chosen = own[np.argsort(-chance[own, column], kind="stable")[: self.counts[i, j]]]
                out.ravel()[self.land[chosen]] = j
        return out


def hindcast(arguments: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A projection of a given case, beside random maps, no change and MOLUSCE's rule."""
    ready: Ready = prepare(check_arguments(arguments), folder)
    assert ready.truth is not None
    start = time.perf_counter()
    year = ready.arguments.years[-1]
    done = project(ready.setup, ready.demand, [year])
    spent = time.perf_counter() - start
    verdict = validate(ready.setup, done.maps[year], ready.truth)
    start = time.perf_counter()
    peer = Molusce(ready.setup)
    other = judge(ready.setup.after, peer.step(ready.setup.after), ready.truth, ready.setup.classes)
    likeliest = judge(ready.setup.after, peer.surest(ready.setup.after), ready.truth, ready.setup.classes)
    return {
        "surest": likeliest.as_data(), "ours": verdict.projected.as_data(), "random_mean": verdict.random_mean, "random_p97_5": verdict.random_high,
        "no_change_error_cells": verdict.unchanged.error_cells, "molusce_rule": other.as_data(), "seconds": spent, "molusce_seconds": time.perf_counter() - start,
    }  # fmt: skip


def make_setup(side: int, classes: int, factors: int, seed: int = 0) -> Setup:
    """A generated landscape whose classes spread along smooth factors."""
    from scipy.ndimage import zoom

    rng = np.random.default_rng(seed)

    def smooth(coarse: int) -> Array:
        return zoom(rng.normal(size=(coarse, coarse)).astype(np.float32), side / coarse, order=1)[:side, :side]

    drivers = [
        (f"factor {k + 1}", np.ascontiguousarray(smooth(max(4, side // 40)), dtype=np.float32)) for k in range(factors)
    ]
    ground = smooth(max(4, side // 12)) + 0.5 * drivers[0][1]
    before = np.digitize(ground, np.quantile(ground[::7, ::7], np.linspace(0, 1, classes + 1)[1:-1])).astype(np.uint8)
    after = before.copy()
    pull = drivers[1][1] + 0.7 * drivers[2][1] + 0.5 * smooth(max(4, side // 25))
    for code in range(classes - 1):
        here = before == code
        after[here & (pull > np.quantile(pull[here][::5], 0.94))] = code + 1
        after[here & (pull < np.quantile(pull[here][::5], 0.01))] = (code + 2) % classes
    return Setup(list(range(1, classes + 1)), [str(k) for k in range(1, classes + 1)], before, after, 2010, 2020, (30.0, 30.0), drivers)  # fmt: skip


def one_step(side: int = 1000, rounds: int = 7) -> dict[str, float]:
    """Seconds of one yearly step after learning, ours and MOLUSCE's rule, on the same landscape."""
    setup = make_setup(side, 4, 5)
    land = movable(setup)
    from onekl_desktop.base.progress import Progress

    flat = np.flatnonzero(land)
    drivers = [(name, values.ravel()[flat]) for name, values in setup.drivers]
    rules = learn_rules(setup, land, drivers, Progress())
    cells = gather_cells(setup.after, setup.classes, flat, drivers, setup.class_names, setup.cell)
    run = Simulation(setup.after.copy(), cells, setup.classes, rules)
    demand, rounding = markov(setup), Rounding(setup.classes)
    ours = times(lambda: run.step(rounding.whole(demand.of_year(2021, run.areas))), rounds)
    peer = Molusce(setup)
    theirs = times(lambda: peer.step(setup.after), max(3, rounds // 2))
    return {"cells": side * side, "ours_s": ours, "molusce_rule_s": theirs, "ratio": theirs / ours}


def large(side: int, classes: int, years: int) -> dict[str, float]:
    """A whole projection of a large map in a process of its own: seconds and peak resident set."""
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); import json, time; from benchmarks.measuring import peak; from benchmarks.projection.bench_projection import *; "
        f"setup = make_setup({side}, {classes}, 5); start = time.perf_counter(); "
        f"found = project(setup, markov(setup), [2020 + {years}]); "
        "print(json.dumps({'seconds': time.perf_counter() - start, 'peak_mb': peak(), 'changed': int(sum(m.sum() for m in found.changes.values()))}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return {"side": side, "classes": classes, "years": years, **json.loads(done.stdout)}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--hindcast", type=Path, nargs="*", default=[], help="arguments of `onekl landcover project` with validate_map"
    )
    parser.add_argument("--side", type=int, default=4000)
    options = parser.parse_args()
    found: dict[str, Any] = {"hindcasts": {}}
    for path in options.hindcast:
        found["hindcasts"][path.stem] = told = hindcast(json.loads(path.read_text()), path.resolve().parent)
        print(f"{path.stem}: figure of merit {told['ours']['figure_of_merit']:.4f} in {told['seconds']:.1f} s; random {told['random_mean']:.4f}; "
              f"MOLUSCE's rule {told['molusce_rule']['figure_of_merit'] or 0:.4f}, its likeliest cells {told['surest']['figure_of_merit']:.4f}; wrong cells {told['ours']['error_cells']}, no change {told['no_change_error_cells']}")  # fmt: skip
    found["step"] = step = one_step()
    print(f"one step, {step['cells']:,} cells, 5 factors: {1000 * step['ours_s']:.0f} ms, MOLUSCE's rule {1000 * step['molusce_rule_s']:.0f} ms: {step['ratio']:.0f}x")  # fmt: skip
    if options.side:
        found["large"] = big = large(options.side, 10, 30)
        print(f"{big['side']} x {big['side']} cells, 10 classes, 30 years: {big['seconds']:.0f} s, peak {big['peak_mb']:.0f} MB")  # fmt: skip
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
