import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from onekl_desktop.base import geometry

number = st.floats(-1e7, 1e7, allow_nan=False)
polygons = st.tuples(number, number, st.floats(0.1, 1e5), st.floats(0.1, 1e5)).map(
    lambda t: shapely.box(t[0], t[1], t[0] + t[2], t[1] + t[3])
)


@given(
    st.one_of(polygons, polygons.map(lambda p: shapely.MultiPolygon([p])), st.tuples(number, number).map(shapely.Point))
)
def test_geopackage_bytes_read_back(shape):
    blob = geometry.to_gpkg(shape, 32647)
    srs, empty, _offset, box = geometry.read_header(blob)
    assert (srs, empty) == (32647, False)
    assert box == (shape.bounds[0], shape.bounds[2], shape.bounds[1], shape.bounds[3])
    assert shapely.equals_identical(geometry.from_gpkg(blob), shape)


def test_an_empty_shape_has_no_box_and_says_so():
    _srs, empty, _offset, box = geometry.read_header(geometry.to_gpkg(shapely.MultiPolygon(), 1))
    assert empty and box is None


@given(st.binary(max_size=200))
def test_foreign_bytes_are_refused_never_crash(blob):
    with pytest.raises(ValueError):
        geometry.from_gpkg(blob)
    with pytest.raises(ValueError):
        geometry.from_gpkg(b"GP\x00\x01" + blob[:60])


def test_area_of_a_graticule_cell_equals_the_closed_form():
    # Area of a zone between two parallels on an ellipsoid (Snyder 1987, eq. 3-12): independent of the geodesics used.
    a, f = 6378137.0, 1 / 298.257223563
    e2 = f * (2 - f)
    e = math.sqrt(e2)

    def q(latitude):
        s = math.sin(math.radians(latitude))
        return (1 - e2) * (s / (1 - e2 * s * s) - 1 / (2 * e) * math.log((1 - e * s) / (1 + e * s)))

    exact = a * a / 2 * math.radians(1) * (q(3) - q(2)) / 10_000
    ring = [(98 + t / 500, 2) for t in range(500)] + [(99, 2 + t / 500) for t in range(500)]
    ring += [(99 - t / 500, 3) for t in range(500)] + [(98, 3 - t / 500) for t in range(500)]
    assert geometry.area_ha(shapely.Polygon(ring), "EPSG:4326") == pytest.approx(exact, rel=1e-8)


def test_holes_are_subtracted_and_orientation_does_not_matter():
    outer, hole = shapely.box(0, 0, 1000, 1000), shapely.box(100, 100, 200, 200)
    ring = shapely.Polygon(outer.exterior.coords, [hole.exterior.coords])
    turned = shapely.Polygon(list(outer.exterior.coords)[::-1], [list(hole.exterior.coords)[::-1]])
    shift = lambda s: shapely.transform(s, lambda xy: xy + (500_000, 300_000))
    one, other = geometry.area_ha(shift(ring), "EPSG:32647"), geometry.area_ha(shift(turned), "EPSG:32647")
    assert one == pytest.approx(other, rel=1e-12) == pytest.approx(99 / 0.9996**2, rel=1e-4)


def test_a_bow_tie_is_repaired_to_both_halves():
    bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    mended = geometry.repair(bow)
    assert mended.is_valid and mended.area == pytest.approx(2.0)


@settings(max_examples=50)
@given(st.lists(polygons, min_size=1, max_size=6))
def test_flat_arrays_keep_every_coordinate(shapes):
    flat = geometry.flatten(np.array(shapes, dtype=object), np.arange(len(shapes)), "polygon")
    for index, shape in enumerate(shapes):
        parts = list(flat.parts(index))
        assert len(parts) == 1 and (parts[0] == shapely.get_coordinates(shape)).all()
    assert flat.bounds == pytest.approx(tuple(shapely.total_bounds(shapes)))


def test_utm_zones():
    assert geometry.utm_zone(98.5, 3) == "EPSG:32647"
    assert geometry.utm_zone(-7.2, 5.9) == "EPSG:32629"
    assert geometry.utm_zone(124.6, -8.5) == "EPSG:32751"


@settings(max_examples=60)
@given(st.data(), st.sampled_from(["polygon", "line", "point"]))
def test_the_quick_way_flattens_as_the_slow_one(data, kind):
    hole = shapely.box(0, 0, 9, 9).difference(shapely.box(2, 2, 3, 3))
    pools = {
        "polygon": [hole, shapely.box(1, 1, 2, 2), shapely.MultiPolygon([hole, shapely.box(20, 20, 30, 31)])],
        "line": [
            shapely.LineString([(0, 0), (1, 1), (2, 0)]),
            shapely.MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 7), (8, 8)]]),
        ],
        "point": [shapely.Point(1, 2), shapely.MultiPoint([(1, 2), (3, 4)])],
    }
    shapes = np.array(data.draw(st.lists(st.sampled_from(pools[kind]), min_size=1, max_size=5)), dtype=object)
    quick = geometry._flatten_quickly(shapes, np.arange(len(shapes)), kind)
    slow = geometry.flatten(np.append(shapes, shapely.GeometryCollection()), np.arange(len(shapes) + 1), kind)
    for index in range(len(shapes)):
        one, other = list(quick.parts(index)), list(slow.parts(index))
        if kind == "point":
            one, other = [np.vstack(one)], [np.vstack(other)]
        assert len(one) == len(other) and all((a == b).all() for a, b in zip(one, other, strict=True))
    assert (quick.boxes == slow.boxes[:-1]).all()
