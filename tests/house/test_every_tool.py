"""The vows of every tool: spec valid, ids stable, help present, operations undone and redone, panel clean."""

import json
import threading
from pathlib import Path

import pytest

from onekl_desktop.app.window import MainWindow
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.registry import discover
from onekl_desktop.engine.settings import Settings
from onekl_desktop.gui.dialogs.help import tool_markdown
from onekl_desktop.project.dump import dump_hash
from tests.support.landscape import add_cover, add_garden, place, write_cover

ENTRIES = discover().entries
OPERATIONS = [f"{entry.spec.id}.{operation.id}" for entry in ENTRIES for operation in entry.spec.operations]
STABLE = Path(__file__).with_name("stable_ids.json")
SQUARE = place(5500, 100, 6500, 1100)

# One example of each operation on the project of `ready`; a new operation must bring one.
EXAMPLES = {
    "layers.import_layer": {"file": "{cover}", "role": "land_cover", "name": "Again", "year": 2020},
    "layers.change_layer": {
        "layer": "Cover",
        "name": "Renamed",
        "visible": False,
        "opacity": 0.5,
        "year": 2023,
        "licence": "CC0",
    },
    "layers.move_layer": {"layer": "Cover", "steps": 3},
    "layers.style_plain": {"layer": "Shapes", "fill": "#112233", "filled": False},
    "layers.style_by_class": {"layer": "Shapes", "column": "name"},
    "layers.change_class": {"layer": "Cover", "code": 2, "name": "Rice", "above": 7, "natural_forest": True},
    "layers.set_land_cover": {"layer": "Other", "year": 2011},
    "layers.set_zones": {"layer": "Shapes", "name_column": "name"},
    "layers.remove_layer": {"layer": "Other"},
    "layers.change_landscape": {"name": "New name", "discount_rate": 0.2, "currency": "idr", "synthetic": True},
    "layers.redraw_boundary": {"geometry": place(0, 0, 9000, 9000)},
    "layers.change_setting": {"setting": "area_tolerance", "value": "0.2"},
    "scenarios.add_practices": {"codes": "agroforestry, mangrove"},
    "scenarios.add_practice": {"name": "Terraces", "capital_cost_per_ha": 10},
    "scenarios.change_practice": {"practice": "Gardens", "name": "Home gardens", "source": "survey 2026"},
    "scenarios.remove_practice": {"practice": "Patrol"},
    "scenarios.add_scenario": {"name": "Another", "description": "Story"},
    "scenarios.copy_scenario": {"scenario": "Plan", "name": "Plan 2"},
    "scenarios.change_scenario": {"scenario": "Plan", "name": "Plan A", "locked": True},
    "scenarios.remove_scenario": {"scenario": "Plan"},
    "scenarios.add_intervention": {
        "scenario": "Plan",
        "practice": "Gardens",
        "geometry": SQUARE,
        "start_year": 2027,
        "years": 3,
    },
    "scenarios.change_intervention": {
        "intervention": "Gardens 1",
        "practice": "Patrol",
        "schedule": "2030:40%, 2031:60%",
    },
    "scenarios.reshape_intervention": {"intervention": "Gardens 1", "geometry": SQUARE},
    "scenarios.remove_intervention": {"intervention": "Gardens 1"},
}


@pytest.fixture
def ready(session, tmp_path):
    import geopandas

    add_cover(session, tmp_path)
    perform(
        session,
        "layers.import_layer",
        file=str(write_cover(tmp_path, name="other.tif")),
        role="land_cover",
        name="Other",
        year=2010,
    )
    frame = geopandas.GeoDataFrame(
        {"name": ["a", "b"]}, geometry=[place(0, 0, 500, 500), place(600, 0, 900, 500)], crs=session.crs
    )
    frame.to_file(tmp_path / "shapes.gpkg", driver="GPKG")
    perform(session, "layers.import_layer", file=str(tmp_path / "shapes.gpkg"), name="Shapes")
    add_garden(session)
    return session


def test_every_operation_has_its_example():
    assert sorted(EXAMPLES) == sorted(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_is_undone_and_redone_to_the_same_bytes(ready, tmp_path, operation):
    def state():
        with ready.project.read_raw() as raw:
            return dump_hash(raw)

    fields = {
        key: value.format(cover=tmp_path / "cover.tif") if isinstance(value, str) else value
        for key, value in EXAMPLES[operation].items()
    }
    before = state()
    perform(ready, operation, **fields)
    after = state()
    assert before != after
    for _ in range(2):
        words = ready.undo()
        assert state() == before and words and "{" not in words and "…" not in words
        ready.redo()
        assert state() == after


def test_ids_are_stable():
    """An id is a promise to scripts, journals and plug-ins; a removed one must be a decision, so it is written here."""
    found = {
        "operations": {f"{entry.spec.id}.{op.id}": [field.id for field in op.inputs] for entry in ENTRIES for op in entry.spec.operations},
        "pages": [page.id for entry in ENTRIES for page in entry.spec.pages],
        "models": {model.id: [item.id for item in model.indicators] for entry in ENTRIES for model in entry.models()},
    }  # fmt: skip
    known = json.loads(STABLE.read_text(encoding="utf-8"))
    for name, fields in known["operations"].items():
        assert name in found["operations"] and set(fields) <= set(found["operations"][name]), name
    assert set(known["pages"]) <= set(found["pages"])
    for name, items in known["models"].items():
        assert set(items) <= set(found["models"][name])
    assert found == known, "new ids: write them into stable_ids.json"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.spec.id)
def test_everything_is_described(entry):
    assert entry.help_text().startswith("# ") and len(entry.help_text()) > 500 and entry.spec.about
    text = tool_markdown(entry)
    for operation in entry.spec.operations:
        assert operation.about and operation.title in text
        for field in operation.inputs:
            assert field.title in text
    for model in entry.models():
        assert model.about and model.source and model.about in text
        for indicator in model.indicators:
            assert indicator.about and indicator.title in text
    assert entry.folder.joinpath("spec.py").exists() and entry.spec.icon


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.spec.id)
def test_its_panel_opens_and_leaves_nothing_behind(entry, qtbot, path, registry):
    window = MainWindow(Settings(), registry)
    qtbot.addWidget(window)
    window.show()
    window.open_project(path)
    threads = threading.active_count()
    panel = window.view.panel_of(entry.spec.id)
    qtbot.waitUntil(lambda: window.view.canvas.up_to_date, timeout=10_000)
    assert panel.isVisible() and threading.active_count() <= threads + 1
    window.close()


def test_specs_import_nothing_heavy():
    """Finding the tools must not load what only a run needs."""
    import subprocess
    import sys

    code = "import sys; import onekl_desktop.tools.layers.spec, onekl_desktop.tools.scenarios.spec; bad = {'pandas', 'geopandas', 'rasterio', 'pyogrio', 'scipy', 'sqlalchemy', 'PySide6', 'reportlab'} & set(sys.modules); assert not bad, bad"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == 0, done.stderr


def test_a_session_of_a_plain_tool_closes(path, registry):
    with Session(path, registry=registry) as session:
        perform(session, "layers.change_landscape", description="x")
