"""Stored geometries read as flat arrays: the same as their twin's, whatever is among them."""

import struct

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from onekl_desktop.base.geometry import to_gpkg
from onekl_desktop.native import shapes
from onekl_desktop.native.shapes import join_shapes, read_gpkg_shapes

MIXED = [
    shapely.Point(1, 2), shapely.MultiPoint([(1, 2), (3, 4)]), shapely.LineString([(0, 0), (1, 1), (2, 0)]),
    shapely.MultiLineString([[(0, 0), (1, 1)], [(5, 5), (6, 6)]]), shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2)),
    shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 7)]), shapely.Polygon(), shapely.Point(),
    shapely.LineString([(0, 0, 5), (1, 1, 6)]),
]  # fmt: skip
BY_KIND = {"point": (0, 1, 7), "line": (2, 3, 8), "polygon": (4, 5, 6)}


def equal(one, other):
    assert one.keys.tolist() == other.keys.tolist()
    names = ("xy", "boxes") if one.kind == "point" else ("xy", "part_offsets", "shape_offsets", "boxes")
    for name in names:
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name
    # The points of a set may be parts of their own or one together.
    assert one.part_offsets[one.shape_offsets].tolist() == other.part_offsets[other.shape_offsets].tolist()


@settings(max_examples=80)
@given(st.sampled_from(sorted(BY_KIND)), st.lists(st.integers(0, 2), max_size=12), st.integers(0, 2**32 - 1))
def test_shapes_equal_their_twin(kind, chosen, seed):
    rng = np.random.default_rng(seed)
    blobs: list[bytes | None] = []
    for choice in chosen:
        blob = to_gpkg(MIXED[BY_KIND[kind][choice]], 32647)
        roll = rng.random()
        if roll < 0.1:
            blob = blob[: rng.integers(0, len(blob))]
        elif roll < 0.15:
            blob = None
        blobs.append(blob)
    keys = list(range(5, 5 + len(blobs)))
    equal(read_gpkg_shapes(blobs, keys, kind), shapes._read_plainly(blobs, keys, kind))


@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("flavor", ["iso", "extended"])
@pytest.mark.parametrize("kind", sorted(BY_KIND))
def test_every_spelling_is_read(order, flavor, kind):
    for at in BY_KIND[kind][:2]:
        for shape in (MIXED[at], shapely.force_3d(MIXED[at], 9.0)):
            blob = (
                b"GP\x00\x01"
                + struct.pack("<i", 4326)
                + shapely.to_wkb(shape, byte_order=order, flavor=flavor, output_dimension=3)
            )
            ours = read_gpkg_shapes([blob], [1], kind)
            assert shapely.get_num_coordinates(shape) == len(ours.xy) and ours.boxes[0].tolist() == list(shape.bounds)


def test_a_collection_gives_the_parts_of_the_kind():
    mixed = shapely.GeometryCollection([MIXED[2], MIXED[4], shapely.GeometryCollection([MIXED[0], MIXED[5]])])
    found = read_gpkg_shapes([to_gpkg(mixed, 4326)], [7], "polygon")
    assert len(found) == 1 and found.shape_offsets.tolist() == [0, 4] and len(found.xy) == 20


def test_nonsense_is_left_out():
    rng = np.random.default_rng(3)
    whole = to_gpkg(MIXED[4], 4326)
    blobs = [bytes(rng.integers(0, 256, 60).astype(np.uint8)) for _ in range(200)]
    for _ in range(400):
        broken = bytearray(whole)
        broken[rng.integers(0, len(broken))] = rng.integers(0, 256)
        blobs.append(bytes(broken))
    deep = b"\x01\x07\x00\x00\x00\x01\x00\x00\x00" * 50
    blobs += [
        b"GP\x00\x01" + bytes(4) + deep,
        b"GP\x00\x01" + bytes(4) + b"\x01\x02\x00\x00\x00\xff\xff\xff\xff",
        whole,
    ]
    found = read_gpkg_shapes(blobs, list(range(len(blobs))), "polygon")
    assert found.keys[-1] == len(blobs) - 1
    assert (np.diff(found.part_offsets) >= 0).all() and found.part_offsets[-1] == len(found.xy)


def test_parts_are_joined_in_their_order():
    parts = [read_gpkg_shapes([to_gpkg(MIXED[at], 4326)], [at], "polygon") for at in (4, 5)]
    equal(
        join_shapes(parts, "polygon"), read_gpkg_shapes([to_gpkg(MIXED[at], 4326) for at in (4, 5)], [4, 5], "polygon")
    )
    assert len(join_shapes([], "line")) == 0
