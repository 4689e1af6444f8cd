"""SIGKILL at random moments: the file opens, holds every operation that had returned, and its checks pass."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from onekl_desktop.engine import Session
from onekl_desktop.project.check import check_project
from onekl_desktop.project.queries.records import list_interventions, list_layers, list_scenarios
from tests.support.landscape import write_cover

WORKER = Path(__file__).parents[1] / "support" / "busy.py"


def kill_once(path, source, seed, moment, *, after_one=False):
    """Run the worker, kill it (some time `after_one` operation), return the operations that it said had returned."""
    env = dict(os.environ, PYTHONPATH=str(WORKER.parents[2]))
    process = subprocess.Popen(
        [sys.executable, str(WORKER), str(path), str(source), str(seed)], stdout=subprocess.PIPE, env=env
    )
    assert process.stdout.readline() == b"ready\n"
    first = process.stdout.readline().decode() if after_one else ""
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    said = (first + process.stdout.read().decode()).splitlines()
    process.stdout.close()
    process.wait()
    return [line for line in said if line.endswith(".")]


def verify(path, said, registry):
    with Session(path, registry=registry) as session:
        with session.read() as db, session.project.read_raw() as raw:
            assert check_project(raw, db, session.project.files_folder) == []
            names = (
                {row.name for row in list_scenarios(db)}
                | {row.name for row in list_interventions(db)}
                | {row.name for row in list_layers(db)}
            )
        last = {name: verb for verb, name in (line.rstrip(".").split(" ", 1) for line in said)}
        for name, verb in last.items():  # "removing" was in flight: either is right
            if verb == "added":
                assert name in names, f"{name} had returned and is gone"
            elif verb == "removed":
                assert name not in names, f"{name} had been removed and is back"


def rounds(count, path, tmp_path, registry, seed):
    source = write_cover(tmp_path)
    rng = random.Random(seed)
    returned = 0
    for number in range(count):
        said = kill_once(path, source, f"{seed}-{number}", rng.uniform(0, 0.6), after_one=number % 2 == 1)
        returned += len(said)
        verify(path, said, registry)
    assert returned > count // 2  # the worker really worked in between, however busy the machine


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
def test_ten_kills(path, tmp_path, registry):
    rounds(10, path, tmp_path, registry, 1)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL on Windows")
def test_two_hundred_kills(path, tmp_path, registry):
    rounds(200, path, tmp_path, registry, 2)
