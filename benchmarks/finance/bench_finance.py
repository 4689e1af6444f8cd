"""Monte Carlo of R1 beside the same case evaluated draw by draw, rates of return beside pyxirr, many projects, memory. See ../README.md."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from benchmarks.measuring import times  # noqa: E402
from onekl_desktop.models.finance.measures import irr_many  # noqa: E402
from onekl_desktop.models.finance.reading import load_case  # noqa: E402
from onekl_desktop.models.finance.results import compute_case  # noqa: E402
from onekl_desktop.models.finance.risk import simulate  # noqa: E402

R1 = json.loads((ROOT / "tests" / "golden" / "finance" / "r1.json").read_text())


def draw_by_draw(prices: np.ndarray) -> list[tuple[float, float]]:
    """R1's pre-tax flow with NumPy arrays over years, and numpy-financial's npv and irr of each draw."""
    import numpy_financial as npf

    t, found = np.arange(13), []
    yields = np.array([0, 0, 0, 150, 300, 500, 650, 750, 800, 800, 800, 800, 800.0])
    materials = np.array([1200, 400, 200] + [450] * 10, float)
    days = np.array([120, 60, 50] + [70] * 10, float)
    intercrop = np.array([0, 300, 300] + [0] * 10, float)
    tonnes = np.array([0] + [4] * 10 + [0, 0], float)
    for price in prices:
        quantity, cost, income, gross = np.zeros(13), np.zeros(13), np.zeros(13), np.zeros(13)
        for year, units in ((0, 60), (1, 40)):
            quantity[year:] += units * yields[: 13 - year]
            cost[year:] += units * (materials + 5 * days)[: 13 - year]
            income[year:] += units * intercrop[: 13 - year]
            gross[year:] += units * tonnes[: 13 - year]
        carbon = np.zeros(13)
        for year, first in ((5, 1), (10, 6)):
            carbon[year] = 0.8 * gross[first : year + 1].sum() * 10
            cost[year] += 15_000
        revenue = quantity * (price + 0.2) + income + carbon
        held = np.where(t < 12, 0.1 * revenue, 0.0)
        flow = revenue - cost - 6000 - np.diff(held, prepend=0.0)
        found.append((npf.npv(0.1, flow), npf.irr(flow)))
    return found


def peak_of(draws: int) -> float:
    """Peak resident set of a process that simulates, MB."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from benchmarks.finance.bench_finance import R1, load_case, simulate; from benchmarks.measuring import peak; simulate(load_case(R1), draws={draws}); print(peak())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return float(done.stdout)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    case = load_case(R1)
    simulate(case, draws=1000)
    found: dict[str, float] = {"Monte Carlo, 200,000 draws: ours s": times(lambda: simulate(case, draws=200_000))}
    prices = np.random.default_rng(1).normal(2.4, 0.36, 1000)
    try:
        import numpy_financial  # noqa: F401

        check = draw_by_draw(np.array([2.4]))[0][0]
        assert abs(check - 55732.00675848243) < 1e-6, check
        found["Monte Carlo: draw by draw s (extrapolated from 1,000)"] = times(lambda: draw_by_draw(prices), 3) * 200
        found["Monte Carlo: ratio"] = found["Monte Carlo: draw by draw s (extrapolated from 1,000)"] / found["Monte Carlo, 200,000 draws: ours s"]  # fmt: skip
    except ImportError:
        print("numpy-financial is not installed here: no comparison of Monte Carlo.")
    flows = np.random.default_rng(2).normal(50, 20, (100_000, 13))
    flows[:, 0] = -300
    found["IRR of 100,000 series: ours s"] = times(lambda: irr_many(flows))
    try:
        import pyxirr

        found["IRR of 100,000 series: pyxirr s"] = times(lambda: [pyxirr.irr(row) for row in flows], 3)
        theirs = np.array([pyxirr.irr(row) for row in flows[:2000]], float)
        ours = irr_many(flows[:2000])
        both = np.isfinite(ours) & np.isfinite(theirs)
        found["IRR: largest difference"] = float(np.abs(ours - theirs)[both].max())
        found["IRR: ratio"] = found["IRR of 100,000 series: pyxirr s"] / found["IRR of 100,000 series: ours s"]
    except ImportError:
        print("pyxirr is not installed here: no comparison of rates of return.")
    projects = [case.model_copy(update={"horizon_years": 12}) for _n in range(1000)]
    found["1,000 projects, all figures s"] = times(lambda: [compute_case(each) for each in projects], 1)
    found["peak MB with 20,000 draws"], found["peak MB with 2,000,000 draws"] = peak_of(20_000), peak_of(2_000_000)
    for name, value in found.items():
        print(f"{name:55}{value:14.4f}")
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
