import numpy as np
import pytest
import rasterio.features
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import Affine

from onekl_desktop import native
from onekl_desktop.native import plain

shape = st.tuples(st.integers(1, 30), st.integers(1, 30))


@given(shape, st.integers(1, 5), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_class_areas_equal_their_twin_and_a_plain_count(size, n_zones, n_classes, seed):
    rng = np.random.default_rng(seed)
    classes = rng.integers(0, n_classes + 2, size).astype(np.uint16)
    zones = rng.integers(-2, n_zones + 2, size).astype(np.int32)
    row_area = rng.random(size[0])
    counts, areas = native.class_areas(classes, zones, row_area, n_zones, n_classes)
    twin_counts, twin_areas = plain.class_areas(classes, zones, row_area, n_zones, n_classes)
    assert (counts == twin_counts).all()
    assert areas == pytest.approx(twin_areas, rel=1e-12)
    for z in range(n_zones):
        for c in range(n_classes):
            assert counts[z, c] == ((zones == z) & (classes == c)).sum()


rings = st.lists(st.tuples(st.floats(-10, 40), st.floats(-10, 40)), min_size=3, max_size=12)


@settings(max_examples=300)
@given(st.lists(rings, min_size=1, max_size=4), shape)
def test_fill_equals_its_twin_for_any_rings(parts, size):
    xy = np.array([point for ring in parts for point in ring])
    offsets = np.concatenate([[0], np.cumsum([len(ring) for ring in parts])])
    one, other = np.zeros(size, np.uint8), np.zeros(size, np.uint8)
    assert native.fill_polygon(xy, offsets, one, 7) == plain.fill_polygon(xy, offsets, other, 7)
    assert (one == other).all()


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_fill_equals_gdal_on_polygons_with_holes(seed):
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 9))
    outer = np.column_stack([30 + rng.uniform(10, 28, 9) * np.cos(angles), 25 + rng.uniform(8, 24, 9) * np.sin(angles)])
    polygon = shapely.Polygon(outer).buffer(0).difference(shapely.box(25.3, 20.3, 33.7, 29.1))
    expected = rasterio.features.rasterize([polygon], (50, 60), transform=Affine.identity(), dtype="uint8")
    out = np.zeros((50, 60), np.uint8)
    coordinates = shapely.get_rings(shapely.get_parts(polygon))
    offsets = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(coordinates))])
    native.fill_polygon(shapely.get_coordinates(coordinates), offsets, out, 1)
    assert (out == expected).all()


def test_neighbours_share_every_cell_exactly_once():
    out = np.zeros((20, 20), np.uint8)
    for left, right in ((0, 7.5), (7.5, 20)):
        mask = np.zeros_like(out)
        native.fill_polygon(np.array([[left, 0], [right, 0], [right, 20], [left, 20]]), np.array([0, 4]), mask, 1)
        out += mask
    assert (out == 1).all()


def test_strange_numbers_fill_nothing_and_do_not_crash():
    out = np.zeros((5, 5), np.uint8)
    xy = np.array([[np.nan, 0], [np.inf, 3], [2, -np.inf], [1e300, 2]])
    native.fill_polygon(xy, np.array([0, 4]), out, 1)
    native.fill_polygon(np.zeros((0, 2)), np.array([0]), out, 1)
    assert not out.any()


@pytest.mark.parametrize(
    "call",
    [
        lambda: native.fill_polygon(np.zeros((3, 3)), np.array([0, 3]), np.zeros((2, 2), np.uint8)),
        lambda: native.fill_polygon(np.zeros((3, 2)), np.array([0, 9]), np.zeros((2, 2), np.uint8)),
        lambda: native.fill_polygon(np.zeros((3, 2)), np.array([2, 0]), np.zeros((2, 2), np.uint8)),
        lambda: native.fill_polygon(np.zeros((3, 2)), np.array([0, 3]), np.zeros((2, 2))),
        lambda: native.fill_polygon(np.zeros((3, 2)), np.array([0, 3]), np.zeros((4, 4), np.uint8)[::2]),
        lambda: native.class_areas(np.zeros((2, 2)), np.zeros((2, 3)), np.zeros(2), 1, 1),
        lambda: native.class_areas(np.zeros((2, 2)), np.zeros((2, 2)), np.zeros(3), 1, 1),
        lambda: native.class_areas(np.zeros((2, 2)), np.zeros((2, 2)), np.zeros(2), 0, 1),
    ],
)
def test_the_face_refuses_what_does_not_fit(call):
    with pytest.raises(ValueError):
        call()
