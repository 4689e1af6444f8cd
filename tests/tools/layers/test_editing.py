"""Drawing in layers through the door: neighbours keep their borders, attributes follow, everything can be undone."""

import numpy as np
import pytest
import shapely

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import area_ha, from_gpkg
from onekl_desktop.engine import perform
from onekl_desktop.project.queries.records import list_layers
from tests.support.landscape import BOTTOM, LEFT, place


def line(*corners):
    return shapely.LineString([(LEFT + x, BOTTOM + y) for x, y in corners]).wkt


@pytest.fixture
def fields(session):
    """Two by two fields of 100 m, side by side."""
    perform(session, "layers.add_layer", name="Fields", columns="name, trees: whole, yield: number")
    for row in range(2):
        for column in range(2):
            shape = place(column * 100, row * 100, column * 100 + 100, row * 100 + 100)
            values = {"name": f"{row}{column}", "trees": 10 * row + column}
            perform(session, "layers.add_shape", layer="Fields", geometry=shape, values=values)
    return session


def layer_of(session, name="Fields"):
    with session.read() as db:
        return next(layer for layer in list_layers(db) if layer.name == name)


def rows(session, name="Fields"):
    table = layer_of(session, name).table_name
    with session.project.read_raw() as raw:
        cursor = raw.execute(f'SELECT * FROM "{table}" ORDER BY id')
        heads = [item[0] for item in cursor.description]
        found = [dict(zip(heads, row, strict=True)) for row in cursor]
    for row in found:
        row["geom"] = from_gpkg(row["geom"])
    return {row["id"]: row for row in found}


def is_whole(session, area=40_000):
    shapes = np.array([row["geom"] for row in rows(session).values()])
    return shapely.coverage_is_valid(shapes) and shapely.area(shapes).sum() == pytest.approx(area)


def test_a_line_through_two_fields_cuts_both_and_the_neighbours_get_the_corners(fields):
    found = perform(fields, "layers.split_shapes", layer="Fields", line=line((30, -5), (30, 95), (205, 95)))
    assert found["count"] == 2 and is_whole(fields)
    now = rows(fields)
    assert len(now) == 6 and sorted(row["name"] for row in now.values()) == ["00", "00", "01", "01", "10", "11"]
    assert len({row["uuid"] for row in now.values()}) == 6 and layer_of(fields).feature_count == 6
    fields.undo()
    assert len(rows(fields)) == 4 and is_whole(fields)


def test_a_cut_that_ends_inside_is_refused_and_nothing_changes(fields):
    before = layer_of(fields)
    with pytest.raises(UserError) as told:
        perform(fields, "layers.split_shapes", layer="Fields", line=line((30, -5), (30, 50)))
    assert told.value.code == "shape.not_cut" and layer_of(fields).content_hash == before.content_hash


def test_merging_keeps_the_largest_rows_attributes(fields):
    perform(fields, "layers.split_shapes", layer="Fields", line=line((30, -5), (30, 105)), shapes="1")
    found = perform(fields, "layers.merge_shapes", layer="Fields", shapes="2 5")
    now = rows(fields)
    assert found["shape"] == 2 and now[2]["name"] == "01" and 5 not in now


def test_a_border_led_along_a_line_takes_the_neighbour_along(fields):
    perform(fields, "layers.reshape_shapes", layer="Fields", line=line((100, 10), (80, 50), (100, 90)), shapes="1")
    now = rows(fields)
    assert (
        is_whole(fields) and now[1]["geom"].area == pytest.approx(9200) and now[2]["geom"].area == pytest.approx(10_800)
    )
    perform(
        fields,
        "layers.reshape_shapes",
        layer="Fields",
        line=line((10, 100), (50, 130), (90, 100)),
        shapes="1",
        neighbours=False,
    )
    assert not is_whole(fields)


def test_holes_growing_and_the_landscape(fields):
    perform(fields, "layers.add_hole", layer="Fields", geometry=place(10, 10, 20, 20))
    assert rows(fields)[1]["geom"].area == pytest.approx(9900)
    perform(fields, "layers.fill_holes", layer="Fields", shapes="1")
    perform(fields, "layers.offset_shapes", layer="Fields", shapes="1", distance=10)
    perform(fields, "layers.cut_to_landscape", layer="Fields")
    assert rows(fields)[1]["geom"].bounds[:2] == (LEFT, BOTTOM)
    with pytest.raises(UserError) as told:
        perform(fields, "layers.cut_to_landscape", layer="Fields")
    assert told.value.code == "shape.all_inside"


def test_overlaps_can_be_left_out_while_drawing(fields):
    perform(fields, "layers.add_shape", layer="Fields", geometry=place(150, 150, 250, 250), avoid_overlap=True)
    assert is_whole(fields, 40_000 + 7500)
    with pytest.raises(UserError) as told:
        perform(fields, "layers.add_shape", layer="Fields", geometry=place(10, 10, 50, 50), avoid_overlap=True)
    assert told.value.code == "shape.covered"


def test_a_shape_of_another_kind_and_a_value_that_does_not_fit_are_refused(fields):
    for given, code in (
        ({"geometry": line((0, 0), (5, 5))}, "layers.other_kind"),
        ({"geometry": place(0, 0, 5, 5), "values": {"trees": "many"}}, "layers.value"),
        ({"geometry": place(0, 0, 5, 5), "values": {"tree": 1}}, "record.missing"),
        ({"geometry": "POLYGON EMPTY"}, "shape.empty"),
    ):
        with pytest.raises(UserError) as told:
            perform(fields, "layers.add_shape", layer="Fields", **given)
        assert told.value.code == code
    assert len(rows(fields)) == 4


def test_attributes_of_many_change_at_once(fields):
    perform(
        fields,
        "layers.change_values",
        layer="Fields",
        shapes="1 2 4",
        values={"trees": "7", "yield": "1,5", "name": ""},
    )
    now = rows(fields)
    assert [(row["trees"], row["yield"], row["name"]) for row in now.values()] == [(7, 1.5, None)] * 2 + [
        (10, None, "10"),
        (7, 1.5, None),
    ]
    with pytest.raises(UserError):
        perform(fields, "layers.change_values", layer="Fields", shapes="1 99", values={"trees": 8})
    assert rows(fields)[1]["trees"] == 7


def test_a_column_is_calculated_where_a_condition_holds(fields):
    perform(
        fields,
        "layers.calculate",
        layer="Fields",
        column="hectares",
        expression="round($area / 10000, 4)",
        where="trees > 0",
    )
    now = rows(fields)
    crs = fields.crs
    assert now[1]["hectares"] is None and now[2]["hectares"] == round(area_ha(now[2]["geom"], crs), 4)
    table = layer_of(fields).table_name
    found = perform(fields, "layers.calculate", layer="Fields", column="trees", expression='"trees" * 2.6')
    assert [row["trees"] for row in rows(fields).values()] == [0, 3, 26, 29] and found["unknown"] == 0
    fields.undo()
    fields.undo()
    assert "hectares" not in rows(fields)[1] and layer_of(fields).table_name != table


def test_columns_come_and_go_and_used_ones_stay(fields):
    perform(fields, "layers.add_column", layer="Fields", column="owner")
    perform(fields, "layers.change_values", layer="Fields", shapes="1", values={"owner": "A"})
    perform(fields, "layers.style_by_class", layer="Fields", column="owner")
    for column, code in (
        ("owner", "layers.column_used"),
        ("name", "layers.column_used"),
        ("nothing", "record.missing"),
    ):
        with pytest.raises(UserError) as told:
            perform(fields, "layers.remove_column", layer="Fields", column=column)
        assert told.value.code == code
    perform(fields, "layers.remove_column", layer="Fields", column="trees")
    assert "trees" not in rows(fields)[1] and rows(fields)[1]["owner"] == "A"
    for column in ("Owner", "geom", ""):
        with pytest.raises(UserError):
            perform(fields, "layers.add_column", layer="Fields", column=column)


def test_lines_are_cut_and_led_elsewhere(session):
    perform(session, "layers.add_layer", name="Paths", shapes="lines")
    perform(session, "layers.add_shape", layer="Paths", geometry=line((0, 0), (100, 0)), values={"name": "p"})
    perform(session, "layers.split_shapes", layer="Paths", line=line((40, -5), (40, 5)))
    assert sorted(row["geom"].length for row in rows(session, "Paths").values()) == [40, 60]
    perform(session, "layers.reshape_shapes", layer="Paths", line=line((50, -1), (50, 10), (90, 10), (90, -1)))
    assert rows(session, "Paths")[1]["geom"].length == pytest.approx(80)


@pytest.mark.parametrize(
    ("how", "distance", "expected"),
    [("meets", 0, {1, 2}), ("within", 0, {1}), ("near", 600, {1, 2, 3}), ("apart", 0, {3, 4}), ("holds", 0, set())],
)
def test_shapes_are_found_by_where_those_of_another_layer_are(session, how, distance, expected):
    """Compared with what Shapely says of each pair."""
    from onekl_desktop.tools.layers.queries import find_by_location

    for name, shapes in (
        ("Plots", [place(0, 0, 1000, 1000), place(1500, 0, 2500, 1000), place(2500, 0, 3000, 500), place(9000, 9000, 9100, 9100)]),
        ("Zones", [place(-100, -100, 2000, 1100)]),
    ):  # fmt: skip
        perform(session, "layers.add_layer", name=name)
        for shape in shapes:
            perform(session, "layers.add_shape", layer=name, geometry=shape)
    plots, zones = layer_of(session, "Plots"), layer_of(session, "Zones")
    assert find_by_location(session, plots, zones, how, distance) == expected
    if how == "within":
        assert find_by_location(session, zones, plots, "holds") == {1}
    perform(session, "layers.add_layer", name="Empty")
    assert find_by_location(session, plots, layer_of(session, "Empty"), how, distance) == (
        {1, 2, 3, 4} if how == "apart" else set()
    )
