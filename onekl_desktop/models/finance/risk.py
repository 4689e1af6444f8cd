"""Uncertainty of a case: tornado and Monte Carlo (README section 11).

Drivers are drawn once per trial for all years, by Latin hypercube (McKay, Beckman & Conover 1979) under a Gaussian copula
(Nelsen 2006, An Introduction to Copulas, 3.6). Quantiles use the inverted distribution function: of n sorted draws number
`ceil(q n)`. Draws are made in parts of a fixed size, so memory does not grow with their number and a seed gives the same
figures on every computer.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.translate import _
from onekl_desktop.models.finance.activity import compute_activity
from onekl_desktop.models.finance.case import Bernoulli, Case, Driver, Lognormal, Normal, ThreePoint, Uniform
from onekl_desktop.models.finance.reading import find_target
from onekl_desktop.models.finance.results import discount_draws

Draws = NDArray[np.float64]
AT_ONCE = 8_192
SOUND = 1e-10  # the least eigenvalue of a matrix that is positive definite
MOST_TURNS = 500


@dataclass
class Swing:
    """NPV with one driver at its P10 and at its P90, the rest as written."""

    driver: str
    at_p10: float
    at_p90: float

    @property
    def size(self) -> float:
        """Absolute swing."""
        return abs(self.at_p90 - self.at_p10)


@dataclass
class Simulation:
    """Outputs of all draws, sorted, and what was said about the way to them."""

    values: Draws
    drivers: dict[str, tuple[float, float, float]] = field(default_factory=dict)  # P10, P50, P90 as drawn
    repaired: float = 0.0  # the largest change of a correlation

    def quantile(self, share: float) -> float:
        """The smallest x with F(x) >= q."""
        return float(self.values[max(math.ceil(share * len(self.values) - 1e-9), 1) - 1])

    @property
    def mean(self) -> float:
        """Mean of the draws."""
        return float(self.values.mean())

    @property
    def standard_deviation(self) -> float:
        """Of a sample (n - 1); 0 for one draw."""
        return float(self.values.std(ddof=1)) if len(self.values) > 1 else 0.0

    @property
    def standard_error(self) -> float:
        """Of the mean, as plain random draws would have it."""
        return self.standard_deviation / math.sqrt(len(self.values))

    def mean_of_worst(self, share: float) -> float:
        """Mean of the lowest `ceil(share n)` draws: minus the conditional value at risk (expected shortfall)."""
        return float(self.values[: max(math.ceil(share * len(self.values) - 1e-9), 1)].mean())


# ------------------------------------------------------------------ distributions


def quantile_of(shape: Normal | Lognormal | Uniform | ThreePoint | Bernoulli, share: Any) -> Draws:
    """The inverted distribution function of a driver at shares in (0, 1), of any shape."""
    from scipy.special import betaincinv, ndtr, ndtri

    q = np.asarray(share, float)
    if isinstance(shape, Normal):
        if (
            shape.minimum is not None and shape.minimum > shape.mean
        ):  # the upper tail is looked at from above, where it is exact
            cut = None if shape.maximum is None else 2 * shape.mean - shape.maximum
            mirrored = Normal(kind="normal", mean=shape.mean, standard_deviation=shape.standard_deviation, minimum=cut, maximum=2 * shape.mean - shape.minimum)  # fmt: skip
            return 2 * shape.mean - quantile_of(mirrored, 1 - q)
        low = ndtr((shape.minimum - shape.mean) / shape.standard_deviation) if shape.minimum is not None else 0.0
        high = ndtr((shape.maximum - shape.mean) / shape.standard_deviation) if shape.maximum is not None else 1.0
        found: Draws = shape.mean + shape.standard_deviation * ndtri(low + q * (high - low))
        if shape.minimum is None and shape.maximum is None:
            return found
        bottom = -np.inf if shape.minimum is None else shape.minimum
        return np.clip(found, bottom, np.inf if shape.maximum is None else shape.maximum)
    if isinstance(shape, Lognormal):
        return np.asarray(shape.median * np.exp(shape.sigma_of_log * ndtri(q)))
    if isinstance(shape, Uniform):
        return shape.minimum + q * (shape.maximum - shape.minimum)
    if isinstance(shape, Bernoulli):
        low_value, high_value = sorted((shape.value_if_true, shape.value_if_false))
        of_low = shape.probability if low_value == shape.value_if_true else 1 - shape.probability
        return np.where(q <= of_low, low_value, high_value)
    a, m, b = shape.minimum, shape.mode, shape.maximum
    if shape.kind == "pert":
        alpha, beta = 1 + 4 * (m - a) / (b - a), 1 + 4 * (b - m) / (b - a)
        return np.asarray(a + (b - a) * betaincinv(alpha, beta, q))
    rising = (m - a) / (b - a)
    return np.where(
        q <= rising,
        a + np.sqrt(np.maximum(q * (b - a) * (m - a), 0)),
        b - np.sqrt(np.maximum((1 - q) * (b - a) * (b - m), 0)),
    )


# ------------------------------------------------------------------ correlations


def correlation_matrix(case: Case) -> tuple[Draws, float]:
    """The drivers' correlations, repaired where they contradict one another.

    A matrix that is not positive definite is replaced by the nearest correlation matrix (Higham 2002, IMA J. Numer. Anal.
    22:329-343, alternating projections).

    Returns
    -------
    The matrix, and by how much its most changed entry was moved (0 where nothing was).
    """
    assert case.risk is not None
    ids = [driver.id for driver in case.risk.drivers]
    matrix = np.eye(len(ids))
    for pair in case.risk.correlations:
        one, two = (ids.index(id) for id in pair.between)
        matrix[one, two] = matrix[two, one] = pair.gaussian_copula_correlation
    if np.linalg.eigvalsh(matrix)[0] > SOUND:
        return matrix, 0.0
    mended = nearest_correlation(matrix)
    return mended, float(np.abs(mended - matrix).max())


def nearest_correlation(matrix: Draws) -> Draws:
    """The nearest positive definite matrix with ones on its diagonal, in the Frobenius norm.

    Raises
    ------
    UserError
        `finance.correlations`: it was not found.
    """
    out, correction = matrix.copy(), np.zeros_like(matrix)
    for _turn in range(MOST_TURNS):
        shifted = out - correction
        values, vectors = np.linalg.eigh(shifted)
        flat = (vectors * np.maximum(values, 1e-9)) @ vectors.T
        correction = flat - shifted
        before, out = out, flat.copy()
        np.fill_diagonal(out, 1.0)
        if np.abs(out - before).max() < 1e-12:
            break
    scale = np.sqrt(np.diag(flat))
    out = flat / np.outer(scale, scale)
    np.fill_diagonal(out, 1.0)
    if np.linalg.eigvalsh(out)[0] <= 0:
        raise UserError("finance.correlations")
    return out


# ------------------------------------------------------------------ draws


def hypercube(draws: int, dimensions: int, seed: int) -> Iterator[Draws]:
    """Shares in (0, 1) in parts of shape (n, dimensions): each part is a Latin hypercube of its own."""
    for number, first in enumerate(range(0, draws, AT_ONCE)):
        count = min(AT_ONCE, draws - first)
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(abs(seed), spawn_key=(number,))))
        strata = np.stack([rng.permutation(count) for _driver in range(dimensions)], axis=1)
        yield np.clip((strata + rng.random((count, dimensions))) / count, 1e-15, 1 - 1e-15)


def draw(case: Case, draws: int, seed: int, matrix: Draws) -> Iterator[dict[str, Draws]]:
    """Values of the drivers in parts, correlated through their standard normals.

    The hypercube is made of independent normals and turned by the Cholesky factor; each driver's strata are then restored by
    ranks (Iman & Conover 1982), so the margins stay Latin hypercubes.
    """
    from scipy.special import ndtr, ndtri

    assert case.risk is not None
    drivers = case.risk.drivers
    root = np.linalg.cholesky(matrix)
    plain = np.array_equal(matrix, np.eye(len(drivers)))
    for shares in hypercube(draws, len(drivers), seed):
        if not plain:
            turned = ndtr(ndtri(shares) @ root.T)
            ranks = turned.argsort(axis=0).argsort(axis=0)
            shares = np.take_along_axis(np.sort(shares, axis=0), ranks, axis=0)
        yield {driver.id: quantile_of(driver.distribution, shares[:, at]) for at, driver in enumerate(drivers)}


def with_drawn(case: Case, values: dict[str, Any]) -> Case:
    """A copy of the case with each driver's drawn values, shape (draws,), in its place; later drivers act on earlier ones."""
    assert case.risk is not None
    trial = case.model_copy(deep=True)
    for driver in case.risk.drivers:
        if driver.id in values:
            _put(trial, driver, values[driver.id])
    return trial


def _put(trial: Case, driver: Driver, value: Any) -> None:
    holder, name = find_target(trial, driver.field, driver.apply == "multiply")
    old = holder[name] if isinstance(holder, list) else getattr(holder, name)
    new: Any = value
    if driver.apply == "multiply":
        if hasattr(old, "values"):
            new = old.model_copy(update={"values": [item * value for item in old.values]})
        else:
            new = old * value
    if isinstance(holder, list):
        holder[name] = new
    else:
        setattr(holder, name, new)


def outputs(case: Case, values: dict[str, Any]) -> Draws:
    """The output of each draw, shape (draws,)."""
    assert case.risk is not None
    trial = with_drawn(case, values)
    activity = compute_activity(trial)
    flows = activity.pre_tax_cash_flow
    if case.risk.output == "project_with_grants.npv":
        flows = flows + activity.grants
    count = max((len(np.atleast_1d(value)) for value in values.values()), default=1)
    return np.broadcast_to(np.atleast_1d(discount_draws(trial, flows)), (count,))


def tornado(case: Case) -> list[Swing]:
    """Each driver alone at its P10 and P90, the largest swing first (ties in the order of the case)."""
    assert case.risk is not None
    found = []
    for driver in case.risk.drivers:
        low, high = outputs(case, {driver.id: quantile_of(driver.distribution, np.array([0.1, 0.9]))}).tolist()
        found.append(Swing(driver.id, low, high))
    return sorted(found, key=lambda swing: -swing.size)


def simulate(
    case: Case,
    *,
    progress: Progress | None = None,
    draws: int | None = None,
    measure: Callable[[Case, dict[str, Any]], Draws] = outputs,
) -> Simulation:
    """Monte Carlo with the case's own number of draws and seed.

    Raises
    ------
    UserError
        `finance.correlations`.
    """
    assert case.risk is not None
    count = draws or case.risk.draws
    matrix, repaired = correlation_matrix(case)
    out = np.empty(count)
    done = 0
    samples: list[tuple[str, Draws]] = []
    for values in draw(case, count, case.risk.seed, matrix):
        part = len(next(iter(values.values())))
        out[done : done + part] = measure(case, values)
        if not samples:
            samples = [(id, np.sort(drawn)) for id, drawn in values.items()]
        done += part
        if progress is not None:
            progress.report(done / count, _("Drawing"))
    quantiles = {
        id: tuple(float(drawn[max(math.ceil(q * len(drawn)), 1) - 1]) for q in (0.1, 0.5, 0.9)) for id, drawn in samples
    }
    return Simulation(np.sort(out), quantiles, repaired)  # type: ignore[arg-type]


def risk_figures(case: Case, *, progress: Progress | None = None) -> dict[str, Any]:
    """Figures `risk.*` of a case."""
    swings = tornado(case)
    found = simulate(case, progress=progress)
    put: dict[str, Any] = {}
    for swing in swings:
        put[f"risk.tornado.{swing.driver}.npv_at_p10"] = swing.at_p10
        put[f"risk.tornado.{swing.driver}.npv_at_p90"] = swing.at_p90
    put["risk.tornado_order"] = [swing.driver for swing in swings]
    put["risk.npv_mean"], put["risk.npv_standard_deviation"] = found.mean, found.standard_deviation
    put["risk.npv_standard_error"] = found.standard_error
    put["risk.probability_npv_below_zero"] = float((found.values < 0).mean())
    for name, share in (("p05", 0.05), ("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
        put[f"risk.npv_{name}"] = found.quantile(share)
    put["risk.npv_mean_of_worst_5_percent"] = found.mean_of_worst(0.05)
    put["risk.value_at_risk_95"], put["risk.conditional_value_at_risk_95"] = -found.quantile(0.05), -found.mean_of_worst(0.05)  # fmt: skip
    put["risk.quantile_rule"] = "inverted distribution function"
    put["risk.largest_correction_of_a_correlation"] = found.repaired
    return put
