"""The same run on a real scheduler with two workers as processes, one of which dies on the way."""

import csv
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
import rasterio

from onekl_desktop.exchange.invest import cluster
from onekl_desktop.exchange.invest.cluster import Cluster
from tests.support.invest import run_model, write_arguments

ROOT = Path(__file__).resolve().parents[2]
B = ROOT / "tests" / "golden" / "invest" / "open_b"
pytestmark = pytest.mark.enable_socket


class Machines:
    """A scheduler and workers, each a process of its own."""

    def __init__(self):
        self.workers = []
        self._env = dict(os.environ, PYTHONPATH=str(ROOT), PYTHONWARNINGS="ignore")
        self._scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        for line in self._scheduler.stderr:
            if "Scheduler at:" in line:
                self.address = line.split()[-1]
                break

    def _start(self, what, *arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "dask", what, *arguments], env=self._env, cwd=ROOT, text=True, stderr=subprocess.PIPE
        )

    def add_worker(self):
        self.workers.append(
            self._start(
                "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"
            )
        )

    def close(self):
        for process in [*self.workers, self._scheduler]:
            process.kill()
            process.wait()
            process.stderr.close()


@pytest.fixture(scope="module")
def machines():
    made = Machines()
    made.add_worker()
    made.add_worker()
    yield made
    made.close()


def same(one, other):
    assert sorted(path.name for path in one.iterdir()) == sorted(path.name for path in other.iterdir())
    for path in sorted(one.iterdir()):
        if path.suffix == ".tif":
            with rasterio.open(path) as a, rasterio.open(other / path.name) as b:
                assert a.read(1).tobytes() == b.read(1).tobytes(), path.name
            continue
        with path.open() as a, (other / path.name).open() as b:
            for row, twin in zip(csv.reader(a), csv.reader(b), strict=True):
                for cell, value in zip(row, twin, strict=True):
                    try:
                        assert float(cell) == pytest.approx(float(value), rel=1e-9)
                    except ValueError:
                        assert cell == value


def both(tmp_path, machines, name, **arguments):
    model = write_arguments(B, name, tmp_path / "args.json", **arguments)
    more = ["--intermediate"]
    assert run_model(model, tmp_path / "args.json", tmp_path / "here", *more) == 0
    assert run_model(model, tmp_path / "args.json", tmp_path / "there", *more, "--scheduler", machines.address) == 0
    same(tmp_path / "here", tmp_path / "there")


@pytest.mark.parametrize(("name", "arguments"), [
    ("carbon", {}), ("annual_water_yield", {}), ("habitat_quality", {}), ("sdr_d8", {}), ("ndr_mfd", {"clean_variant": True}),
    ("ndr_d8", {}), ("scenario_gen_proximity", {}),
])  # fmt: skip
def test_many_machines_give_what_one_gives(tmp_path, machines, name, arguments):
    both(tmp_path, machines, name, **arguments)


@pytest.mark.parametrize("name", ["habitat_quality", "sdr_mfd"])
def test_a_worker_that_dies_costs_nothing_but_time(tmp_path, machines, monkeypatch, name, caplog):
    # The results that the dead worker held are computed again, and the client says so.
    caplog.set_level(logging.ERROR, logger="distributed.client")
    victim, given = machines.workers[-1], Cluster.each

    def each(self, *arguments):
        for number, result in enumerate(given(self, *arguments)):
            if number == 0:
                victim.kill()
                victim.wait()
            yield result

    monkeypatch.setattr(Cluster, "each", each)
    both(tmp_path, machines, name)
    assert victim.poll() is not None
    machines.add_worker()
    with Cluster(machines.address) as connected:
        connected._client.wait_for_workers(2)


def test_what_is_wrong_is_told_as_on_one_machine(tmp_path, machines, capsys):
    write_arguments(B, "carbon", tmp_path / "args.json")
    arguments = json.loads((tmp_path / "args.json").read_text())
    table = tmp_path / "pools.csv"
    table.write_text("lucode,c_above,c_below,c_soil,c_dead\n1,1,1,1,1\n")
    arguments["args"]["carbon_pools_path"] = str(table)
    (tmp_path / "args.json").write_text(json.dumps(arguments))
    assert run_model("carbon", tmp_path / "args.json", tmp_path / "out", "--scheduler", machines.address) == 3
    assert "lacks" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_workers_that_cannot_help_are_named(tmp_path, machines, monkeypatch, capsys):
    write_arguments(B, "carbon", tmp_path / "args.json")
    monkeypatch.setattr(cluster, "__version__", "99")
    assert run_model("carbon", tmp_path / "args.json", tmp_path / "out", "--scheduler", machines.address) == 4
    assert "not version 99" in capsys.readouterr().err
    monkeypatch.undo()
    with Cluster(machines.address) as connected, pytest.raises(cluster.UserError, match="does not see"):
        connected.check([tmp_path / "missing.tif"])


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense", "tcp://"])
def test_a_scheduler_that_does_not_answer_is_told(tmp_path, monkeypatch, capsys, address):
    write_arguments(B, "carbon", tmp_path / "args.json")
    monkeypatch.setattr(cluster, "WAIT_S", 0.5)
    assert run_model("carbon", tmp_path / "args.json", tmp_path / "out", "--scheduler", address) == 4
    assert "does not answer" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_without_dask_it_is_told_how_to_get_it(tmp_path, monkeypatch, capsys):
    write_arguments(B, "carbon", tmp_path / "args.json")
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert run_model("carbon", tmp_path / "args.json", tmp_path / "out", "--scheduler", "tcp://x:1") == 6
    assert "onekl-desktop[cluster]" in capsys.readouterr().err
