"""Planning units: land is cut at every border, nothing is lost or counted twice, and claims are settled by word."""

import json

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import mapping

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.engine import perform
from onekl_desktop.project.queries.records import get_by_name, get_landscape
from onekl_desktop.project.records import Layer
from onekl_desktop.reports.write import build_page
from onekl_desktop.tools.layers.claims import list_units, overlay_claims
from tests.support.landscape import CRS, place


def add_areas(session, folder, name, shapes, role="other"):
    features = [
        {"type": "Feature", "properties": {"name": key}, "geometry": mapping(shape)} for key, shape in shapes.items()
    ]
    path = folder / f"{name}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    perform(session, "layers.import_layer", file=str(path), name=name, role=role, source_crs=CRS)


@pytest.fixture
def claimed(planned, tmp_path):
    """A reserve in the west, a permit of 3 km x 2 km of which a third lies in it, and an island of the permit."""
    add_areas(planned, tmp_path, "Reserve", {"Hill reserve": place(0, 0, 4000, 10_000)}, role="protected")
    permit = shapely.union_all([place(3000, 2000, 6000, 4000), place(8000, 8000, 8500, 8500)])
    add_areas(planned, tmp_path, "Permits", {"Palm permit": permit})
    return planned


def units(session, name="Planning units"):
    with session.read() as db:
        layer = get_by_name(db, Layer, name)
    return {row["name"]: row for row in list_units(session, layer)}


def test_every_claim_on_a_piece_is_known_and_the_order_holds(claimed):
    made = perform(claimed, "layers.make_planning_units", layers="Reserve; Permits")
    assert (made["count"], made["contested"]) == (4, 1)
    found = units(claimed)
    both = found["Hill reserve (also claimed: Palm permit)"]
    assert both["claims"] == "Reserve: Hill reserve; Permits: Palm permit" and both["settled"] == "order"
    assert both["area_ha"] == pytest.approx(200, rel=2e-3) and made["contested_ha"] == both["area_ha"]
    assert (
        found["Palm permit"]["area_ha"] == pytest.approx(425, rel=2e-3) and found["Palm permit"]["settled"] == "single"
    )
    assert found["Hill reserve"]["area_ha"] == pytest.approx(3800, rel=2e-3)
    assert found["Land without a claim"]["settled"] == "none"
    with claimed.read() as db:
        assert get_landscape(db).zones == made["layer"]
    perform(claimed, "layers.make_planning_units", layers="Permits; Reserve", name="Other order", zones=False)
    assert "Palm permit (also claimed: Hill reserve)" in units(claimed, "Other order")


def test_claims_are_settled_and_the_page_tells_it(claimed):
    perform(claimed, "layers.make_planning_units", layers="Reserve; Permits")
    page = build_page(claimed, "claims")
    table = next(block for block in page.blocks if type(block).__name__ == "Table")
    assert table.rows[0][3] == "by order, to be settled" and "1 piece" in table.caption
    key = next(row["id"] for row in units(claimed).values() if row["claimants"] == 2)
    perform(
        claimed,
        "layers.settle_claims",
        layer="Planning units",
        shapes=str(key),
        unit="Palm permit",
        note="Meeting of 3 May",
    )
    found = units(claimed)["Palm permit (also claimed: Hill reserve)"]
    assert (found["settled"], found["held_by"], found["note"]) == ("agreed", "Permits", "Meeting of 3 May")
    table = next(block for block in build_page(claimed, "claims").blocks if type(block).__name__ == "Table")
    assert table.rows[0][2:4] == ("Palm permit", "agreed") and build_page(claimed, "claims").sheets
    claimed.undo()
    assert "Hill reserve (also claimed: Palm permit)" in units(claimed)


def test_borders_digitised_twice_make_no_slivers(planned, tmp_path):
    east = place(3999.5, 0, 8000, 10_000)
    add_areas(planned, tmp_path, "West", {"West": place(0, 0, 4000, 10_000)})
    add_areas(planned, tmp_path, "East", {"East": east})
    made = perform(planned, "layers.make_planning_units", layers="West; East", least_ha=1)
    assert made["slivers"] == 1 and set(units(planned)) == {"West", "East", "Land without a claim"}
    made = perform(planned, "layers.make_planning_units", layers="West; East", least_ha=0, name="All")
    assert made["contested"] == 1


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_pieces_cover_the_landscape_once_and_know_who_lies_on_them(seed, layers, features):
    rng = np.random.default_rng(seed)
    whole = shapely.box(0, 0, 1000, 1000)
    sources = []
    for at in range(layers):
        corners = rng.integers(-100, 1000, (features, 2))
        shapes = [shapely.box(x, y, x + w, y + h) for (x, y), (w, h) in zip(corners, rng.integers(20, 900, (features, 2)), strict=True)]  # fmt: skip
        sources.append((f"L{at}", [f"F{n}" for n in range(features)], shapes))
    pieces, given_away = overlay_claims(sources, whole, 0.0, Progress())
    assert given_away == 0
    assert sum(piece.shape.area for piece in pieces) == pytest.approx(whole.area, rel=1e-6)
    for piece in pieces:
        inside = shapely.point_on_surface(piece.shape)
        truth = [(name, key) for name, keys, shapes in sources for key, shape in zip(keys, shapes, strict=True) if shape.contains(inside)]  # fmt: skip
        assert list(piece.claims) == truth
    for name, keys, shapes in sources:
        for key, shape in zip(keys, shapes, strict=True):
            own = sum(piece.shape.area for piece in pieces if (name, key) in piece.claims)
            assert own == pytest.approx(shape.intersection(whole).area, rel=1e-6, abs=1e-3)


@pytest.mark.parametrize(("layers", "code"), [
    ("", "field.required"), (" ; ", "layers.no_claims"), ("Reserve; Nobody", "record.missing"), ("Cover", "layers.not_vector")])  # fmt: skip
def test_what_is_no_claim_is_refused(claimed, layers, code):
    with pytest.raises(UserError) as caught:
        perform(claimed, "layers.make_planning_units", layers=layers)
    assert caught.value.code == code or caught.value.problems[0].code == code


def test_only_planning_units_are_settled(claimed):
    for fields, code in (({"layer": "Reserve", "shapes": "1"}, "layers.not_units"), ({"layer": "Planning units", "shapes": "99"}, "layers.no_shape")):  # fmt: skip
        perform(claimed, "layers.make_planning_units", layers="Reserve; Permits")
        with pytest.raises(UserError) as caught:
            perform(claimed, "layers.settle_claims", unit="x", **fields)
        assert caught.value.code == code


def test_without_units_the_page_says_how_to_make_them(planned):
    assert "Planning units from claims" in build_page(planned, "claims").blocks[0].items[0]
