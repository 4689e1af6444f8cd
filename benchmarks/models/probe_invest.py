"""The same run by natcap.invest, in its own environment. `probe_invest.py SET.json OUT`."""

import importlib
import json
import logging
import resource
import sys
import time
from pathlib import Path

MODULES = {
    "carbon": "natcap.invest.carbon", "sdr": "natcap.invest.sdr.sdr", "ndr": "natcap.invest.ndr.ndr",
    "habitat_quality": "natcap.invest.habitat_quality", "annual_water_yield": "natcap.invest.annual_water_yield",
    "scenario_gen_proximity": "natcap.invest.scenario_gen_proximity",
}  # fmt: skip


def main(path: Path, out: Path) -> None:
    """Measure."""
    logging.disable(logging.CRITICAL)
    document = json.loads(path.read_text())
    module = importlib.import_module(MODULES[document["model_id"]])
    arguments = {
        key: str(path.parent / value) if key.endswith("_path") and value else value
        for key, value in document["args"].items()
    }
    arguments |= {"workspace_dir": str(out), "n_workers": -1}
    start = time.perf_counter()
    module.execute(arguments)
    seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps({"seconds": seconds, "cpu_seconds": used.ru_utime + used.ru_stime, "peak_mb": used.ru_maxrss / 1024})
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
