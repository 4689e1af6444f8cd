"""What every test gets: folders of its own, no network, and failure when something was left behind or logged."""

from __future__ import annotations

import logging
import os
import threading
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYQTGRAPH_QT_LIB", "PySide6")
for _name in ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA"):
    os.environ.pop(_name, None)

import pytest
import shapely
from hypothesis import settings

from onekl_desktop.base.translate import set_language
from onekl_desktop.engine import Session
from onekl_desktop.engine.new import make_project
from onekl_desktop.engine.registry import discover
from onekl_desktop.project.records import Landscape
from tests.support.landscape import CRS, SQUARE, add_cover

# Machines are noisy: no example has a deadline, and CI draws the same examples each time.
settings.register_profile("house", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("house")


@pytest.fixture(autouse=True, scope="session")
def one_application(qapp):
    """Reports would make a lesser application first, and the window's tests could have no other."""
    return qapp


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """The user's folders, empty."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("ONEKL_HOME", str(folder))
    monkeypatch.delenv("ONEKL_WORKING_COPY", raising=False)
    set_language("en")
    yield folder
    set_language("en")


@pytest.fixture(autouse=True)
def nothing_left_behind(caplog):
    """No log record of a warning or worse, no thread that a test started and did not end."""
    before = {thread.ident for thread in threading.enumerate()}
    yield
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        left = [
            t
            for t in threading.enumerate()
            if t.ident not in before and not t.name.startswith(("pytest", "QThread", "Dummy"))
        ]
        if not left:
            break
        threading.Event().wait(0.02)
    assert not left, f"threads left behind: {[t.name for t in left]}"
    loud = [r for r in caplog.get_records("call") if r.levelno >= logging.WARNING]
    assert not loud, f"unexpected log: {[r.getMessage() for r in loud]}"


@pytest.fixture(scope="session")
def registry():
    """The built-in tools."""
    return discover()


@pytest.fixture
def path(tmp_path):
    """An empty project on a square landscape of 10 km x 10 km."""
    target = tmp_path / "square.gpkg"
    shape = shapely.geometry.shape(SQUARE)
    make_project(target, Landscape(name="Square", crs=CRS, geom=shape, area_ha=10_000.0))
    return target


@pytest.fixture
def session(path, registry):
    """That project, open."""
    with Session(path, registry=registry) as opened:
        yield opened


@pytest.fixture
def planned(session, tmp_path):
    """With land cover, practices and a scenario named Plan."""
    add_cover(session, tmp_path)
    return session
