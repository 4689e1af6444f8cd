"""Styling by operations: what was not given stays, ranges follow the numbers, nonsense is refused in a sentence."""

import geopandas
import pytest
import shapely

from onekl_desktop.base.errors import UserError
from onekl_desktop.cartography.source import MapSource
from onekl_desktop.engine import perform
from onekl_desktop.project.queries.records import list_layers
from onekl_desktop.project.styles import load_style


@pytest.fixture
def parcels(session, tmp_path):
    """Four squares with a number, one of them without it."""
    frame = geopandas.GeoDataFrame(
        {"name": ["a", "b", "c", "d"], "yield": [1.0, 2.0, 9.0, None]},
        geometry=[shapely.box(500_000 + 1000 * k, 300_000, 500_900 + 1000 * k, 300_900) for k in range(4)], crs=session.crs,
    )  # fmt: skip
    frame.to_file(tmp_path / "parcels.gpkg", driver="GPKG")
    perform(session, "layers.import_layer", file=str(tmp_path / "parcels.gpkg"), name="Parcels")
    return session


def style_of(session):
    with session.read() as db:
        (layer,) = [layer for layer in list_layers(db) if layer.name == "Parcels"]
        return load_style(layer.style), layer


def test_ranges_follow_the_numbers_and_the_map_groups_by_them(parcels):
    perform(parcels, "layers.style_by_range", layer="Parcels", column="yield", classes=2, method="natural")
    style, layer = style_of(parcels)
    assert style.kind == "graduated" and [(cls.low, cls.high) for cls in style.classes] == [(1.0, 9.0), (9.0, 9.0)]
    assert len({cls.colour for cls in style.classes}) == 2
    scene = MapSource(parcels.project).scene_of(layer)
    assert scene.groups.tolist() == [0, 0, 1, -1]


def test_what_is_not_given_stays(parcels):
    perform(parcels, "layers.style_by_class", layer="Parcels", column="name")
    perform(
        parcels,
        "layers.change_style",
        layer="Parcels",
        pattern="dots",
        dashes="2, 1",
        label_column="name",
        far_scale=50_000,
    )
    perform(parcels, "layers.change_style", layer="Parcels", label_size=14)
    style, _layer = style_of(parcels)
    assert (style.kind, style.pattern, style.dashes, style.label_column, style.far_scale) == (
        "categorised",
        "dots",
        [2, 1],
        "name",
        50_000,
    )
    perform(parcels, "layers.change_style", layer="Parcels", pattern="none", far_scale=0, dashes="0", label_column="-")
    style, _layer = style_of(parcels)
    assert (style.pattern, style.dashes, style.far_scale, style.label_size, style.label_column) == (
        "",
        [],
        None,
        14,
        "",
    )
    perform(parcels, "layers.style_plain", layer="Parcels", fill="#112233", label_column="name")
    style, _layer = style_of(parcels)
    assert (style.kind, style.fill, style.label_size, style.classes) == ("single", "#112233", 14, [])


@pytest.mark.parametrize(("operation", "fields", "code"), [
    ("style_by_range", {"column": "name"}, "layers.no_numbers"),
    ("change_style", {"dashes": "2 1 3"}, "layers.dashes"),
    ("change_style", {"dashes": "long short"}, "layers.dashes"),
    ("change_style", {"near_scale": 5000, "far_scale": 1000}, "layers.scales"),
])  # fmt: skip
def test_nonsense_is_refused_in_a_sentence(parcels, operation, fields, code):
    before = style_of(parcels)[0]
    with pytest.raises(UserError) as told:
        perform(parcels, f"layers.{operation}", layer="Parcels", **fields)
    assert told.value.code == code and "{" not in str(told.value)
    assert style_of(parcels)[0] == before
