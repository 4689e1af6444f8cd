"""Redraws, start and memory of a large map beside QGIS, in turn, in one run. See ../README.md."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from bench import QGIS_PYTHON, has_qgis, median, our_environment, probe  # noqa: E402

ROOT = HERE.parents[1]


def start_application(program: str, project: Path, home: str, env: dict[str, str]) -> dict[str, float]:
    """The QGIS application until it has drawn the project."""
    out = Path(home) / "start.json"
    told = {"BENCH_START": repr(time.time()), "BENCH_PROJECT": str(project), "BENCH_OUT": str(out)}
    command = [program, "--nologo", "--noversioncheck", "--profiles-path", home, "--code", str(HERE / "start_qgis.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env | told, timeout=300)
    if not out.exists():
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, float] = json.loads(out.read_text())
    out.unlink()
    return found


@contextmanager
def screen(env: dict[str, str]) -> Iterator[dict[str, str]]:
    """A screen in memory for whole applications (Xvfb), where there is one; else what there was."""
    program, number = shutil.which("Xvfb"), ":87"
    if not program:
        yield env
        return
    with subprocess.Popen([program, number, "-screen", "0", "2400x1400x24"], stderr=subprocess.DEVNULL) as server:
        time.sleep(2)
        try:
            yield env | {"DISPLAY": number, "QT_QPA_PLATFORM": "xcb"}
        finally:
            server.terminate()


def main() -> int:
    """Measure and print; with --json keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--areas", type=int, default=200_000)
    parser.add_argument("--cells", type=int, default=20_000, help="of a side of the raster")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--project", type=Path, help="keep the project here, and use it again")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="onekl-bench-") as home:
        env = our_environment(home)
        plain = {"QT_QPA_PLATFORM": "offscreen", "HOME": home, "PATH": "/usr/bin:/bin"}
        project = options.project or Path(home) / "map.gpkg"
        if not project.exists():
            probe(
                sys.executable, str(HERE / "make_map.py"), str(project), str(options.areas), str(options.cells), env=env
            )
        ours, theirs, qgis, application = [], [], has_qgis(plain), shutil.which("qgis")
        with screen({}) as shown:
            probe(sys.executable, str(HERE / "probe_ours.py"), str(project), env=env | shown)  # writes bytecode, cache
            if application and shown and qgis:
                start_application(application, project, home, plain | shown)  # makes its profile
            for _round in range(options.rounds):
                ours.append(probe(sys.executable, str(HERE / "probe_ours.py"), str(project), env=env | shown))
                if qgis:
                    theirs.append(probe(QGIS_PYTHON, str(HERE / "probe_qgis.py"), str(project), env=plain))
                    if application and shown:
                        theirs[-1] |= start_application(application, project, home, plain | shown)
    mine, peer = median(ours), median(theirs) if theirs else {}
    print(
        f"{options.areas:,} areas, {options.cells:,} x {options.cells:,} cells, medians of {options.rounds}, milliseconds"
    )
    print(f"{'':32}{'1KL':>10}{'QGIS':>10}{'ratio':>9}")
    for name, value in mine.items():
        other = peer.get(name.removesuffix(" from tiles"))
        ratio = f"{other / value:8.1f}x" if other else ""
        print(f"{name:32}{value:10.1f}{f'{other:10.1f}' if other else '         –'}{ratio:>9}")
    if not qgis:
        print("QGIS (python3-qgis) is not installed here: no comparison.")
    elif not application or not shutil.which("Xvfb"):
        print(
            "The QGIS application (qgis) or Xvfb is not installed: its start is that of a bare canvas of its libraries."
        )
    if options.json:
        options.json.write_text(json.dumps({"onekl": mine, "qgis": peer}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
