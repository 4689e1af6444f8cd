"""Start, open, save and undo against a project with 100,000 features, beside QGIS. See README.md."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).resolve().parent
QGIS_PYTHON = "/usr/bin/python3"


def drop_cache() -> bool:
    """Empty the operating system's page cache, where that is allowed."""
    try:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("3")
    except OSError:
        return False
    return True


def probe(python: str, script: str, *arguments: str, env: dict[str, str]) -> dict[str, float]:
    """Run a probe; its last line is a JSON document of times in seconds and the peak memory in MB."""
    command = [python, str(HERE / script), *arguments]
    started = env | {"BENCH_START": repr(time.time())}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=started, timeout=600)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def our_environment(home: str) -> dict[str, str]:
    """What the program finds once it is installed: bytecode is kept, settings and caches are its own."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return env | {"QT_QPA_PLATFORM": "offscreen", "ONEKL_HOME": home, "PYTHONPATH": str(ROOT), "GDAL_CACHEMAX": "64"}


def median(runs: list[dict[str, float]]) -> dict[str, float]:
    """Medians by name."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def has_qgis(env: dict[str, str]) -> bool:
    """Whether QGIS's Python is here."""
    try:
        return (
            subprocess.run([QGIS_PYTHON, "-c", "import qgis.gui"], capture_output=True, check=False, env=env).returncode
            == 0
        )
    except OSError:
        return False


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="onekl-bench-") as home:
        env = our_environment(home)
        plain = {"QT_QPA_PLATFORM": "offscreen", "HOME": home, "PATH": "/usr/bin:/bin"}
        project = str(Path(home) / "bench.gpkg")
        probe(sys.executable, "make_project.py", project, str(options.features), env=env)
        qgis = has_qgis(plain)
        probe(sys.executable, "probe_onekl.py", project, env=env)  # bytecode is written
        ours, theirs, cold = [], [], []
        for number in range(options.rounds):
            ours.append(probe(sys.executable, "probe_onekl.py", project, env=env))
            if qgis:
                theirs.append(probe(QGIS_PYTHON, "probe_qgis.py", project, env=plain))
            if number < 3 and drop_cache():
                cold.append(probe(sys.executable, "probe_onekl.py", project, env=env))
        result = {"features": options.features, "rounds": options.rounds, "onekl": median(ours)}
        if cold:
            result["onekl_cold"] = median(cold)
        if theirs:
            result["qgis"] = median(theirs)
    print(f"{options.features:,} features, medians of {options.rounds} runs, seconds")
    names = list(dict.fromkeys([*result["onekl"], *result.get("qgis", {})]))
    print(f"{'':34}{'1KL':>9}{'cold':>9}{'QGIS':>9}{'ratio':>9}")
    for name in names:
        mine, other, first = (
            result["onekl"].get(name),
            result.get("qgis", {}).get(name),
            result.get("onekl_cold", {}).get(name),
        )
        ratio = f"{other / mine:8.1f}x" if mine and other else ""
        print(f"{name:34}{show(mine)}{show(first)}{show(other)}{ratio:>9}")
    if not qgis:
        print("QGIS (python3-qgis) is not installed here: no comparison.")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")
    return 0


def show(value: float | None) -> str:
    """A cell."""
    return f"{'–':>9}" if value is None else f"{value:9.3f}" if value < 100 else f"{value:9.0f}"


if __name__ == "__main__":
    sys.exit(main())
