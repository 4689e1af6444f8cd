"""Runs whose arrays live on the disk: the same results, nothing left behind, and what is finished survives a crash."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio

from onekl_desktop import native
from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Cancelled, Progress
from onekl_desktop.base.workspace import Workspace
from onekl_desktop.exchange.invest import scratch
from onekl_desktop.exchange.invest.scratch import DiskSpace
from tests.support.invest import run_model, write_arguments

ROOT = Path(__file__).resolve().parents[2]
B = ROOT / "tests" / "golden" / "invest" / "open_b"


def content(folder):
    found = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".tif":
            with rasterio.open(path) as raster:
                found[path.name] = raster.read(1).tobytes()
        else:
            found[path.name] = path.read_bytes()
    return found


@pytest.mark.parametrize("name", ["sdr_mfd", "sdr_d8", "ndr_mfd", "scenario_gen_proximity"])
def test_on_disk_and_in_memory_give_the_same_cells(tmp_path, name):
    model = write_arguments(B, name, tmp_path / "args.json")
    for memory in ("0.000001", "4"):
        out = tmp_path / memory
        assert run_model(model, tmp_path / "args.json", out, "--intermediate", "--memory", memory) == 0
    assert content(tmp_path / "0.000001") == content(tmp_path / "4")


STOPPED = """
import os, sys
from onekl_desktop import native
native.deposition = lambda *a, **k: os._exit(9)  # the PC stops in the middle of the run
from onekl_desktop.cli.main import run
run(["model", "run", "sdr", sys.argv[1], "--out", sys.argv[2], "--memory", "0.000001"])
"""


def test_a_run_goes_on_from_what_was_finished_before_a_crash(tmp_path, monkeypatch):
    write_arguments(B, "sdr_mfd", tmp_path / "args.json")
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-c", STOPPED, str(tmp_path / "args.json"), str(out)],
        check=False,
        cwd=ROOT,
        capture_output=True,
    )
    assert done.returncode == 9
    left = {path.name.split("-")[1] for path in out.iterdir()}
    assert left == {"work", "part"}
    monkeypatch.setattr("onekl_desktop.native.terrain.fill_pits", lambda *_a, **_k: pytest.fail("pits filled again"))
    assert run_model("sdr", tmp_path / "args.json", out, "--memory", "0.000001") == 0
    assert not [path for path in out.iterdir() if path.name.startswith(".")]
    monkeypatch.undo()
    assert run_model("sdr", tmp_path / "args.json", tmp_path / "whole") == 0
    assert content(out) == content(tmp_path / "whole")


def test_parts_of_other_inputs_are_not_used(tmp_path):
    """The same folder, another map of heights: nothing of the stopped run is taken."""
    write_arguments(B, "sdr_mfd", tmp_path / "args.json")
    out = tmp_path / "out"
    subprocess.run([sys.executable, "-c", STOPPED, str(tmp_path / "args.json"), str(out)], check=False, cwd=ROOT,
                   capture_output=True)  # fmt: skip
    arguments = json.loads((tmp_path / "args.json").read_text())
    source = Path(arguments["args"]["dem_path"])
    dem = shutil.copy(source if source.is_absolute() else tmp_path / source, tmp_path / "dem.tif")
    with rasterio.open(dem, "r+") as raster:
        raster.write(raster.read(1)[::-1], 1)
    arguments["args"]["dem_path"] = str(dem)
    (tmp_path / "other.json").write_text(json.dumps(arguments))
    for memory, folder in (("0.000001", out), ("4", tmp_path / "whole")):
        assert run_model("sdr", tmp_path / "other.json", folder, "--memory", memory) == 0
    assert content_of_files(out) == content_of_files(tmp_path / "whole")


def content_of_files(folder):
    for path in folder.glob(".onekl-work-*"):
        shutil.rmtree(path)
    return content(folder)


@pytest.mark.parametrize("wrong", [
    "", "[]", '{"a": 3}', '{"a": {"file": "../x.bin", "dtype": "<f8", "shape": [2]}}', '{"a": {"file": "000001.bin", "dtype": "|O", "shape": [1]}}',
    '{"a": {"file": "000001.bin", "dtype": "<f8", "shape": [99999]}}', '{"a": {"file": "000001.bin", "dtype": "<f8", "shape": [-4]}}',
])  # fmt: skip
def test_a_part_that_is_not_whole_is_made_again(tmp_path, wrong):
    with DiskSpace(tmp_path, "key", Progress()) as space:
        first = space.part("land", lambda: {"a": np.arange(4.0)})["a"]
        index = next(space.folder.glob("*.part"))
        assert space.part("land", lambda: pytest.fail("made twice"))["a"].tolist() == first.tolist()
        index.write_text(wrong)
        assert space.part("land", lambda: {"a": np.ones(3)})["a"].tolist() == [1, 1, 1]
    assert not list(tmp_path.iterdir())


def test_a_file_goes_when_nothing_looks_at_it(tmp_path):
    with DiskSpace(tmp_path, "key", Progress()) as space:
        array = space.zeros((3, 4), np.float32)
        view = array[1:]
        del array
        assert len(list(space.folder.glob("*.bin"))) == 1
        del view
        assert not list(space.folder.glob("*.bin"))


def test_a_full_disk_is_told_before_the_run(tmp_path, monkeypatch, capsys):
    write_arguments(B, "sdr_mfd", tmp_path / "args.json")
    monkeypatch.setattr(scratch.shutil, "disk_usage", lambda _place: shutil._ntuple_diskusage(10, 9, 1))
    assert run_model("sdr", tmp_path / "args.json", tmp_path / "out", "--memory", "0.000001") == 4
    assert "0.0 GB are free" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_disk_that_fills_is_told(tmp_path, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    with DiskSpace(tmp_path, "key", Progress()) as space:
        monkeypatch.setattr(scratch.os, "posix_fallocate", full, raising=False)
        with pytest.raises(UserError) as told:
            space.empty((10,), np.float64)
    assert told.value.problems[0].code == "file.no_space"


def test_a_cancel_is_heard_within_a_kernel():
    progress = Progress()
    space, heights = Workspace(progress), np.random.default_rng(1).random((300, 300))
    valid = np.ones(heights.shape, bool)
    filled = native.fill_pits(heights, valid, space)
    flow = native.flow_mfd(filled, valid, space)
    order = native.flow_order(flow, space)
    seen = progress.task[1]
    assert seen >= 3 * heights.size  # work that is done is counted
    progress.cancel()
    streams, ratio = np.zeros(flow.shape, np.uint8), np.ones(flow.shape, np.float32)
    for kernel in (
        lambda: native.fill_pits(heights, valid, space),
        lambda: native.slope(filled, valid, 1.0, 1.0, -1.0, space),
        lambda: native.flow_mfd(filled, valid, space),
        lambda: native.flow_d8(filled, valid, space),
        lambda: native.flow_order(flow, space),
        lambda: native.accumulate(flow, order, space),
        lambda: native.streams_mfd(flow, filled, 1.0, 1.0, space),
        lambda: native.distance_to_channel(flow, order, streams, None, space),
        lambda: native.deposition(flow, order, ratio, filled, space),
        lambda: native.retention(flow, order, streams, ratio, ratio, 30.0, space),
        lambda: native.retention(flow, order, streams, ratio, ratio, 30.0, space, block_order=False),
        lambda: native.upslope(flow, valid, space),
        lambda: native.label(streams, valid, space),
        lambda: native.distance(valid, None, None, None, space),
    ):
        with pytest.raises(Cancelled):
            kernel()


def test_progress_moves_with_the_cells_that_are_done():
    progress = Progress()
    part = progress.part(0.5, 1.0)
    part.expect(0.0, 0.5, 100)
    part.task[1] += 50
    assert progress.read().fraction == pytest.approx(0.625)
    part.report(0.5)
    assert progress.read().fraction == pytest.approx(0.75)


def test_a_folder_of_a_run_that_lives_is_left_alone(tmp_path):
    (tmp_path / ".onekl-work-key").mkdir()
    owner = {"host": scratch.socket.gethostname(), "pid": os.getppid()}
    (tmp_path / ".onekl-work-key" / "owner.json").write_text(json.dumps(owner))
    with DiskSpace(tmp_path, "key", Progress()) as space:
        assert space.folder.name != ".onekl-work-key"
    assert [path.name for path in tmp_path.iterdir()] == [".onekl-work-key"]


def test_shared_parts_do_not_grow_without_end(tmp_path):
    """Runs on ever other land: the oldest parts go, also from the disk; those in use stay whole."""
    space = scratch.SharedSpace(Progress(), most=3_000)
    first = space.part("0", lambda: {"a": np.zeros(1_000, np.uint8)})
    for number in range(1, 6):
        space.part(str(number), lambda: {"a": np.full(1_000, 7, np.uint8)})
    assert sorted(space.parts) == ["3", "4", "5"] and not first["a"].any()
    with DiskSpace(tmp_path, "key", Progress()) as disk:
        disk.most = 3_000
        held = disk.part("0", lambda: {"a": np.arange(1_000, dtype=np.uint8)})
        for number in range(1, 6):
            disk.part(str(number), lambda: {"a": np.ones(1_000, np.uint8)})
        assert len(list(disk.folder.glob("*.part"))) == 3
        assert held["a"].tolist() == np.arange(1_000, dtype=np.uint8).tolist()
        made = []
        disk.part("0", lambda: made.append(1) or {"a": np.ones(5, np.uint8)})
        assert made == [1]
