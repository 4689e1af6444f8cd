"""Shapes are cut, joined and led along lines, and neighbours stay neighbours whatever is drawn."""

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onekl_desktop.base import shaping
from onekl_desktop.base.shaping import ShapingError

SQUARE = shapely.box(0, 0, 100, 100)


def line(*corners):
    return shapely.LineString(corners)


def test_a_line_right_through_cuts_an_area_and_one_that_ends_inside_does_not():
    pieces = shaping.split(SQUARE, line((30, -10), (30, 110)))
    assert [piece.area for piece in pieces] == [7000, 3000]
    assert shapely.union_all(pieces).equals(SQUARE)
    with pytest.raises(ShapingError):
        shaping.split(SQUARE, line((30, -10), (30, 50)))


def test_a_hole_and_a_second_part_survive_a_cut():
    shape = shapely.MultiPolygon([SQUARE.difference(shapely.box(10, 10, 20, 20)), shapely.box(200, 0, 210, 10)])
    pieces = shaping.split(shape, line((50, -10), (50, 110)))
    assert len(pieces) == 3 and sum(piece.area for piece in pieces) == shape.area


def test_a_line_is_cut_where_it_is_crossed():
    pieces = shaping.split(line((0, 0), (100, 0)), line((40, -5), (40, 5)))
    assert [piece.length for piece in pieces] == [60, 40]


def test_reshaping_adds_outside_and_leaves_out_inside():
    assert shaping.reshape(SQUARE, line((20, 100), (20, 120), (40, 120), (40, 100))).area == 10_400
    assert shaping.reshape(SQUARE, line((20, 110), (20, 90), (40, 90), (40, 110))).area == 9_800
    with pytest.raises(ShapingError):
        shaping.reshape(SQUARE, line((20, 50), (40, 50)))


def test_reshaping_does_not_fill_a_hole():
    shape = SQUARE.difference(shapely.box(40, 40, 60, 60))
    assert shaping.reshape(shape, line((20, 100), (20, 120), (40, 120), (40, 100))).area == shape.area + 400


def test_a_line_takes_the_way_that_is_drawn():
    new = shaping.reshape(line((0, 0), (100, 0)), line((20, -5), (20, 10), (60, 10), (60, -5)))
    assert [tuple(xy) for xy in shapely.get_coordinates(new)] == [
        (0, 0),
        (20, 0),
        (20, 10),
        (60, 10),
        (60, 0),
        (100, 0),
    ]
    back = shaping.reshape(line((0, 0), (100, 0)), line((60, -5), (60, 10), (20, 10), (20, -5)))
    assert shapely.equals_identical(back, new)


def test_holes_come_and_go():
    holed = shaping.add_hole(SQUARE, shapely.box(10, 10, 20, 20))
    assert holed.area == 9900 and shaping.fill_holes(holed).equals(SQUARE)
    for deed in (lambda: shaping.add_hole(SQUARE, shapely.box(200, 0, 210, 10)), lambda: shaping.fill_holes(SQUARE)):
        with pytest.raises(ShapingError):
            deed()


def test_a_line_that_crosses_itself_is_refused():
    for deed in (shaping.split, shaping.reshape):
        with pytest.raises(ShapingError) as told:
            deed(SQUARE, line((20, -5), (20, 105), (40, 50), (10, 60)))
        assert told.value.reason == "shape.line_crosses"


def test_offsetting_grows_shrinks_and_moves_aside():
    assert shaping.offset(SQUARE, -10).area == pytest.approx(6400)
    assert shaping.offset(line((0, 0), (100, 0)), 5).equals(line((0, 5), (100, 5)))
    with pytest.raises(ShapingError):
        shaping.offset(SQUARE, -51)


# ------------------------------------------------------------------ neighbours

SIDE = 4


def quilt(seed):
    """Areas that share all their borders, with crooked corners."""
    rng = np.random.default_rng(seed)
    corners = np.stack(np.meshgrid(np.arange(SIDE + 1.0), np.arange(SIDE + 1.0)), axis=-1) * 100
    corners[1:-1, 1:-1] += rng.uniform(-30, 30, (SIDE - 1, SIDE - 1, 2))
    corners += 500_000.123
    cells = {}
    for row in range(SIDE):
        for column in range(SIDE):
            ring = [
                corners[row, column],
                corners[row, column + 1],
                corners[row + 1, column + 1],
                corners[row + 1, column],
            ]
            cells[row * SIDE + column] = shapely.Polygon(ring)
    return cells


def moved_corner(shape, node, target):
    """What dragging does: a corner at exactly that place goes elsewhere."""
    return shapely.transform(
        shape, lambda xy: np.array([target if tuple(corner) == node else tuple(corner) for corner in xy.tolist()])
    )


def check(cells, area):
    """No overlap, no gap, nothing lost."""
    shapes = np.array(list(cells.values()), dtype=object)
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    whole = shapely.union_all(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(area, rel=1e-9) == whole.area
    gaps = [shapely.Polygon(ring).area for part in shapely.get_parts(whole) for ring in part.interiors]
    assert sum(gaps) < 1e-3


def apply(cells, changed):
    return {key: shape for key, shape in (cells | changed).items() if not shape.is_empty}


number = st.floats(0, SIDE * 100, allow_nan=False)
spot = st.tuples(number, number)
deeds = st.lists(
    st.one_of(
        st.tuples(st.just("split"), st.integers(0, 40), spot, spot),
        st.tuples(st.just("move"), st.integers(0, 40), st.integers(0, 40), st.tuples(st.floats(-15, 15), st.floats(-15, 15))),
        st.tuples(st.just("merge"), st.integers(0, 40), st.integers(0, 40)),
        st.tuples(st.just("reshape"), st.integers(0, 40), st.lists(spot, min_size=2, max_size=4)),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 1000), deeds)
def test_shared_borders_stay_without_gap_and_overlap(seed, todo):
    cells = quilt(seed)
    area = sum(shape.area for shape in cells.values())
    origin = np.array([500_000.123, 500_000.123])
    for name, number, *given_ in todo:
        keys = sorted(cells)
        key = keys[number % len(keys)]
        if name == "split":
            start, end = (origin + place for place in given_)
            try:
                pieces = shaping.split(cells[key], line(start, end))
            except ShapingError:
                continue
            new = {key: pieces[0]} | {max(cells) + 1 + at: piece for at, piece in enumerate(pieces[1:])}
        elif name == "move":
            nodes = shaping.nodes_of(cells[key])
            node = tuple(nodes[given_[0] % len(nodes)])
            if min(*(np.array(node) - origin), *(origin + SIDE * 100 - node)) < 1:
                continue  # corners of the whole stay
            target = (node[0] + given_[1][0], node[1] + given_[1][1])
            new = {k: moved_corner(shape, node, target) for k, shape in cells.items()}
            new = {k: shape for k, shape in new.items() if not shapely.equals_identical(shape, cells[k])}
            moved = apply(cells, new)
            shapes = np.array(list(moved.values()), dtype=object)
            if not (shapely.is_valid(shapes).all() and shapely.coverage_is_valid(shapes)):
                continue  # a corner pulled across a neighbour is told to the person and not kept
        elif name == "merge":
            other = keys[given_[0] % len(keys)]
            whole = shaping.merge([cells[key], cells[other]])
            new = {key: whole, other: shapely.Polygon()} if other != key else {}
        else:
            others = {k: shape for k, shape in cells.items() if k != key}
            drawn = line(*(origin + place for place in given_[0]))
            outline = shapely.box(*origin, *(origin + SIDE * 100))
            try:
                shape, changed = shaping.reshape_with_neighbours(cells[key], drawn, others)
            except ShapingError:
                continue
            if not outline.buffer(1e-3).contains(shape):
                continue
            new = {key: shape} | changed
            lost = shapely.difference(cells[key], shapely.union_all([shape, *changed.values()]))
            if lost.area > 1e-6:
                continue  # cut off at the outer edge, where nobody could take it
        cells = apply(cells, shaping.settle(cells, new))
        check(cells, area)
