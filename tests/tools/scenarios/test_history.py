"""How the land changed: hectares by class and zone, classes of other legends, and what went with it."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.base.rasters import Window
from onekl_desktop.cli.main import run
from onekl_desktop.engine import perform
from onekl_desktop.models.landcover.change import count_by_zone
from onekl_desktop.project.rasters import FileRaster
from onekl_desktop.tools.scenarios.history import compute_history, find_hindcast, find_reasons, list_dates
from tests.support.landscape import FIELD, FOREST, cover_array, write_cover


def bring(session, folder, cells, year, name, **fields):
    path = write_cover(folder, cells, f"{name}.tif")
    perform(session, "layers.import_layer", file=str(path), name=name, role="land_cover", year=year, **(fields or {"match_legend": "Cover"}))  # fmt: skip


@pytest.fixture
def past(planned, tmp_path):
    """1999: 1,000 of today's fields were forest; 2010: half of those still were."""
    for year, edge in ((1999, 60), (2010, 55)):
        cells = cover_array()
        cells[:, 50:edge] = FOREST
        bring(planned, tmp_path, cells, year, f"Map {year}")
    return planned


def test_each_map_is_held_against_the_next(past):
    history = compute_history(past, Progress())
    assert [(p.first.year, p.second.year, p.years) for p in history.periods] == [(1999, 2010, 11), (2010, 2024, 14)]
    for period, hectares, had in zip(history.periods, (500, 500), (6000, 5500), strict=True):
        (only,) = history.transitions(period)
        assert (only.source, only.target, only.area_ha) == (FOREST, FIELD, hectares)
        assert only.yearly_ha == pytest.approx(hectares / period.years) and only.share == pytest.approx(hectares / had)
        assert period.areas_ha.sum() == 10_000 and period.unknown_ha == 0
        raster = FileRaster(period.path)
        cells = raster.read(Window(0, 0, 100, 100))
        assert (cells == FIELD).sum() == hectares and (cells == 65_535).sum() == 10_000 - hectares
    assert compute_history(past, Progress()).periods[0].path == history.periods[0].path


def test_classes_of_another_legend_are_those_of_the_same_name(planned, tmp_path):
    cells = np.where(cover_array() == FOREST, 9, 1).astype(
        np.uint8
    )  # 1 is Field here, 9 Forest, and a class of its own
    cells[0, :5] = 7
    (tmp_path / "o").mkdir()
    path = write_cover(tmp_path / "o", cells, "odd.tif")
    (tmp_path / "o" / "classes.csv").write_text("code,name,natural_forest\n1,field,0\n9,Forest,1\n7,Swamp,0\n")
    perform(planned, "layers.import_layer", file=str(path), name="Odd", role="land_cover", year=2000, classes=str(tmp_path / "o" / "classes.csv"))  # fmt: skip
    history = compute_history(planned, Progress())
    assert history.transitions(history.periods[0]) == [] and history.periods[0].unknown_ha == 5


def test_one_map_has_no_history(planned):
    with pytest.raises(UserError) as caught:
        compute_history(planned, Progress())
    assert caught.value.code == "scenarios.no_history"
    with planned.read() as db:
        assert len(list_dates(db)) == 1


def test_the_land_cover_itself_stands_for_its_year(planned, tmp_path):
    bring(planned, tmp_path, cover_array(), 2024, "Twin")
    with planned.read() as db:
        assert [layer.name for layer in list_dates(db)] == ["Cover"]


def test_what_went_with_a_change_is_told_in_plain_units(past):
    with pytest.raises(UserError) as caught:
        find_reasons(past, Progress())
    assert caught.value.code == "scenarios.no_projection"
    perform(past, "scenarios.add_projection", name="As before", earlier="Map 1999")
    perform(past, "scenarios.set_outlook", scenario="Baseline", projection="As before")
    (reason,) = find_reasons(past, Progress())
    assert (reason.source, reason.target, reason.cells) == (FOREST, FIELD, 1000)
    effects = {effect.name: effect for effect in reason.effects}
    near = effects["Distance to Field (m)"]  # all of it lay within 1 km of fields, the rest further in
    assert 100 <= near.changed < 1000 < near.stayed < 6000
    assert all("Distance to 2" not in name for name in effects)


def test_history_at_the_terminal(past, capsys):
    path = past.path
    perform(past, "scenarios.add_projection", name="As before")
    perform(past, "scenarios.set_outlook", scenario="Baseline", projection="As before")
    past.close()
    assert run(["scenario", "history", str(path), "--why", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["periods"][0]["transitions"][0]["area_ha"] == 500 and told["reasons"][0]["from"] == "Forest"
    assert run(["scenario", "history", str(path)]) == 0
    assert "Forest → Field: 500.0 ha" in capsys.readouterr().out


@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(1, 4))
def test_cells_are_counted_once_in_their_zone(seed, classes, zones):
    rng = np.random.default_rng(seed)
    before, after = rng.integers(0, classes, (2, 7, 9))
    zone = rng.integers(-1, zones, (7, 9)).astype(np.int32)
    found = count_by_zone(before, after, zone, zones, classes)
    for z in range(zones):
        for a in range(classes):
            for b in range(classes):
                assert found[z, a, b] == ((zone == z) & (before == a) & (after == b)).sum()


def test_three_maps_tell_what_the_projection_is_worth(past):
    assert find_hindcast(past, Progress()) == []  # nothing is projected
    perform(past, "scenarios.add_projection", name="As before", rule="trend")
    perform(past, "scenarios.set_outlook", scenario="Baseline", projection="As before")
    sentences = find_hindcast(past, Progress())
    assert sentences[0] == "Learned from 1999 and 2010, and held against 2024:"
    assert any("merit" in sentence for sentence in sentences[1:])
