"""Wall time and peak memory of each model beside natcap.invest's, on one generated landscape, in one run.

`bench_models.py --cells 4000 [--invest PYTHON] [--only sdr ndr] [--rounds 3]`; PYTHON is the interpreter of an environment
with natcap.invest (README.md says how to make one). Without it only ours is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from make_landscape import make

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
SETS = ("carbon", "habitat_quality", "sdr", "sdr_d8", "annual_water_yield", "ndr", "scenario_gen_proximity")


def probe(python: str, script: str, parameters: Path, out: Path, env: dict[str, str]) -> dict[str, float] | None:
    """One run in a process of its own; None when it failed."""
    shutil.rmtree(out, ignore_errors=True)
    done = subprocess.run(
        [python, str(HERE / script), str(parameters), str(out)], capture_output=True, text=True, check=False, env=env
    )
    shutil.rmtree(out, ignore_errors=True)
    if done.returncode:
        print(done.stderr[-1500:], file=sys.stderr)
        return None
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def medians(runs: list[dict[str, float] | None]) -> dict[str, float]:
    """Medians by name of the runs that worked."""
    worked = [run for run in runs if run is not None]
    return {name: statistics.median(run[name] for run in worked) for name in worked[0]} if worked else {}


def main() -> int:
    """Measure and print a table; with --json keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cells", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--invest", default=os.environ.get("ONEKL_INVEST_PYTHON", ""))
    parser.add_argument("--only", nargs="*", default=SETS)
    parser.add_argument("--landscape", type=Path, help="keep the landscape here, and use it again")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    env = dict(os.environ, PYTHONPATH=str(ROOT), GDAL_CACHEMAX="64")  # as the app sets it
    results = {}
    with tempfile.TemporaryDirectory(prefix="onekl-bench-") as name:
        folder = options.landscape or Path(name) / "land"
        if not (folder / "carbon.json").exists():
            make(folder, options.cells)
        print(f"{options.cells} x {options.cells} cells, medians of {options.rounds}; seconds and MB")
        for item in options.only:
            ours, theirs = [], []
            for _round in range(options.rounds):
                ours.append(probe(sys.executable, "probe_ours.py", folder / f"{item}.json", Path(name) / "ours", env))
                if options.invest:
                    theirs.append(
                        probe(
                            options.invest,
                            "probe_invest.py",
                            folder / f"{item}.json",
                            Path(name) / "theirs",
                            dict(os.environ),
                        )
                    )
            mine, peer = medians(ours), medians(theirs)
            results[item] = {"onekl": mine, "invest": peer}
            line = f"{item:24} ours {mine.get('seconds', 0):8.2f} s {mine.get('peak_mb', 0):7.0f} MB"
            if peer and mine:
                line += f"   InVEST {peer['seconds']:8.2f} s {peer['peak_mb']:7.0f} MB"
                line += f"   {peer['seconds'] / mine['seconds']:5.1f} times faster, memory x {mine['peak_mb'] / peer['peak_mb']:.2f}"
            print(line, flush=True)
    if options.json:
        options.json.write_text(
            json.dumps({"cells": options.cells, "rounds": options.rounds, "models": results}, indent=1)
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
