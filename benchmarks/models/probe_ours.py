"""One run of a model of ours after imports: seconds and peak memory as JSON. `probe_ours.py SET.json OUT`."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from onekl_desktop.engine.models import check_of, get_model, run_model
from onekl_desktop.engine.registry import discover
from onekl_desktop.exchange.invest.compute import Runner, compute


def main(path: Path, out: Path) -> None:
    """Measure."""
    import rasterio  # noqa: F401 - imports are not timed
    from scipy import ndimage  # noqa: F401

    if "watersheds_path" in path.read_text():
        import pyogrio  # noqa: F401

    spec = get_model(discover(), json.loads(path.read_text())["model_id"])
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    compute(Runner(spec, lambda work: run_model(spec, work), check_of(spec)), path, out)
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"seconds": seconds, "cpu_seconds": cpu, "peak_mb": after.ru_maxrss / 1024}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
