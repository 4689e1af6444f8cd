"""Drawing kernels equal their twins on random small pictures, and keep what a map promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onekl_desktop.native import picture
from onekl_desktop.native import plain_picture as plain
from onekl_desktop.native.picture import Figures

seeds = st.integers(0, 2**32 - 1)


def figures_of(rng, size=24):
    """Shapes of some parts, on and off the picture, now and then with nonsense among the vertices."""
    parts = [int(rng.integers(0, 9)) for _ in range(rng.integers(1, 7))]
    offsets = np.concatenate([[0], np.cumsum(parts)]).astype(np.int64)
    xy = rng.uniform(-0.4 * size, 1.4 * size, (offsets[-1], 2))
    if rng.random() < 0.3:
        xy = np.round(xy)
    if rng.random() < 0.2 and len(xy):
        xy[rng.integers(0, len(xy)), rng.integers(0, 2)] = rng.choice([np.nan, np.inf, -1e300])
    shapes = np.unique(np.concatenate([[0, len(parts)], rng.integers(0, len(parts) + 1, 3)])).astype(np.int64)
    chosen = rng.integers(-1, len(shapes) + 1, rng.integers(0, 6)).astype(np.int64)
    turn = rng.choice([0.0, 0.3])
    affine = (np.cos(turn), -np.sin(turn), 0.5, np.sin(turn), np.cos(turn), -0.25)
    if rng.random() < 0.4:
        xy = np.nan_to_num(xy, nan=0, posinf=99, neginf=-99).clip(-1e6, 1e6).astype(np.int32)
    return Figures(xy, offsets, shapes, chosen, tuple(float(v) for v in affine)), rng.integers(
        0, 256, len(chosen)
    ).astype(np.uint8)


def colours_of(rng):
    """256 premultiplied colours."""
    alpha = rng.choice([0, 60, 255], 256)
    parts = (rng.random((256, 3)) * (alpha[:, None] + 0.99)).astype(np.int64)
    return ((alpha << 24) | (parts[:, 0] << 16) | (parts[:, 1] << 8) | parts[:, 2]).astype(np.uint32)


@settings(max_examples=150)
@given(seeds)
def test_areas_equal_their_twin(seed):
    rng = np.random.default_rng(seed)
    figures, values = figures_of(rng)
    ours, twin = (np.zeros((rng.integers(1, 14) * 2, 30), np.uint8) for _ in range(2))
    twin = np.zeros_like(ours)
    picture.draw_areas(figures, values, ours)
    plain.draw_areas(figures, values, twin, 2)
    assert (ours == twin).all()


@settings(max_examples=150)
@given(seeds)
def test_lines_equal_their_twin(seed):
    rng = np.random.default_rng(seed)
    figures, values = figures_of(rng)
    width, closed = float(rng.choice([0.3, 1.0, 1.5, 3.2])), bool(rng.random() < 0.5)
    dashes = tuple(float(v) for v in rng.uniform(0, 4, 2)) if rng.random() < 0.4 else ()
    cover, codes = np.zeros((17, 23), np.uint8), np.zeros((17, 23), np.uint8)
    twin_cover, twin_codes = cover.copy(), codes.copy()
    picture.draw_lines(figures, width, cover, closed=closed, values=values, codes=codes, dashes=dashes)
    plain.draw_lines(figures, width, twin_cover, closed, values, twin_codes, dashes)
    assert np.abs(cover.astype(int) - twin_cover).max() <= 1
    assert (codes == twin_codes)[cover != 0].mean() > 0.9 if cover.any() else True


@settings(max_examples=80)
@given(seeds)
def test_points_equal_their_twin(seed):
    rng = np.random.default_rng(seed)
    figures, values = figures_of(rng)
    colours, ours = colours_of(rng), colours_of(rng)[rng.integers(0, 256, (16, 19))]
    twin, marker, rim = ours.copy(), int(rng.integers(0, 4)), float(rng.choice([0, 1.2]))
    picture.draw_points(
        figures, values, colours, ours, radius=2.4, marker=picture.MARKERS[marker], rim=rim, rim_colour=0xFFFFFFFF
    )
    plain.draw_points(figures, values, colours, twin, 2.4, marker, rim, 0xFFFFFFFF)
    close = np.abs(plain._split(ours) - plain._split(twin)).max(axis=-1) <= 2
    assert close.all()


@settings(max_examples=80)
@given(seeds)
def test_pixels_equal_their_twin(seed):
    rng = np.random.default_rng(seed)
    rows, columns = (int(n) for n in rng.integers(1, 20, 2))
    codes = np.repeat(rng.integers(0, 3, (2 * rows, -(-columns // 6))), 12, axis=1)[:, : 2 * columns].astype(np.uint8)
    codes = np.ascontiguousarray(codes)
    cover = (rng.integers(0, 256, (rows, columns)) * (rng.random((rows, columns)) < 0.3)).astype(np.uint8)
    patterns = rng.integers(0, 256, (256, 8)).astype(np.uint8) if rng.random() < 0.5 else None
    given_planes = {"codes": codes if rng.random() < 0.8 else None, "cover": cover if rng.random() < 0.8 else None,
                    "cover_codes": codes[::2, ::2].copy() if rng.random() < 0.5 else None}  # fmt: skip
    colours, marks, inks = colours_of(rng), colours_of(rng), colours_of(rng)
    ours = colours_of(rng)[rng.integers(0, 256, (rows, columns))]
    twin, phase = ours.copy(), (int(rng.integers(0, 9)), int(rng.integers(0, 9)))
    picture.compose(ours, colours=colours, patterns=patterns, marks=marks, inks=inks, phase=phase, **given_planes)
    plain.compose(
        twin,
        given_planes["codes"],
        colours,
        patterns,
        marks,
        given_planes["cover"],
        given_planes["cover_codes"],
        inks,
        phase,
    )
    assert (ours == twin).all()


@settings(max_examples=60)
@given(seeds, st.sampled_from(picture.BLENDS), st.sampled_from([0.0, 0.3, 1.0]))
def test_blending_equals_its_twin(seed, mode, opacity):
    rng = np.random.default_rng(seed)
    top, ours = (colours_of(rng)[rng.integers(0, 256, (5, 7))] for _ in range(2))
    twin = ours.copy()
    picture.blend(top, ours, opacity=opacity, mode=mode)
    plain.blend(top, opacity, picture.BLENDS.index(mode), twin)
    assert (ours == twin).all()


@settings(max_examples=100)
@given(seeds)
def test_cells_equal_their_twin(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(int(n) for n in rng.integers(1, 9, 2))
    turn = float(rng.choice([0.0, 0.4]))
    affine = (0.7 * np.cos(turn), -0.7 * np.sin(turn), -1.0, 0.7 * np.sin(turn), 0.7 * np.cos(turn), 0.6)
    colours = colours_of(rng)
    ours, twin = np.zeros((9, 11), np.uint32), np.zeros((9, 11), np.uint32)
    cells = rng.integers(0, 300, shape).astype(rng.choice(["uint8", "uint16"]))
    picture.sample_codes(cells, affine, colours, ours)
    plain.sample_codes(cells, affine, colours, twin)
    assert (ours == twin).all()
    values = rng.normal(0, 9, shape).astype(np.float32)
    values[rng.random(shape) < 0.2] = rng.choice([np.nan, -1.0])
    smooth = bool(rng.random() < 0.5)
    picture.sample_ramp(values, affine, -9.0, 9.0, -1.0, colours, ours, smooth=smooth)
    plain.sample_ramp(values, affine, -9.0, 9.0, np.float32(-1), smooth, colours, twin)
    assert (ours == twin).all()


@settings(max_examples=100)
@given(seeds)
def test_coarser_shapes_equal_their_twin(seed):
    rng = np.random.default_rng(seed)
    figures, _values = figures_of(rng)
    xy, unit = figures.xy.astype(np.float64), float(rng.choice([0.5, 3.0]))
    ours, offsets = picture.coarsen(xy, figures.part_offsets, (-3.0, 2.0), unit)
    twin, twin_offsets = plain.coarsen(xy, figures.part_offsets, (-3.0, 2.0), unit)
    assert ours.tolist() == twin.tolist() and offsets.tolist() == twin_offsets.tolist()
    boxes = np.sort(rng.uniform(0, 9, (8, 2, 2)), axis=1).reshape(8, 4)
    boxes[3] = np.nan
    assert picture.touching(boxes, (2, 2, 5, 4)).tolist() == plain.touching(boxes, (2, 2, 5, 4)).tolist()


@settings(max_examples=60)
@given(seeds)
def test_neighbours_leave_no_gap_and_no_overlap(seed):
    """Areas that share a border share their samples: each has one owner, also turned, also when coarsened."""
    rng = np.random.default_rng(seed)
    n, size = 5, 40.0
    nodes = np.stack(np.meshgrid(np.linspace(0, size, n + 1), np.linspace(0, size, n + 1)), axis=-1)
    nodes[1:-1, 1:-1] += rng.uniform(-3, 3, (n - 1, n - 1, 2))
    cells = [[nodes[r, c], nodes[r, c + 1], nodes[r + 1, c + 1], nodes[r + 1, c]] for r in range(n) for c in range(n)]
    xy, offsets = np.array(cells).reshape(-1, 2), np.arange(0, 4 * n * n + 1, 4)
    if rng.random() < 0.5:
        coarse, offsets = picture.coarsen(xy, offsets, (0.0, 0.0), 0.5)
        xy = coarse * 0.5
    seen = np.zeros((40, 40), int)
    for shape in range(n * n):
        plane = np.zeros((40, 40), np.uint8)
        one = Figures(
            np.ascontiguousarray(xy),
            offsets.astype(np.int64),
            np.arange(n * n + 1),
            np.array([shape]),
            (1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
        )
        picture.draw_areas(one, np.array([1], np.uint8), plane)
        seen += plane
    assert (seen == 1).all()


def test_a_shared_border_is_as_dark_as_any_other():
    xy = np.array([[2, 2], [10, 2], [10, 10], [2, 10], [10, 2], [18, 2], [18, 10], [10, 10]], float)
    both = Figures(xy, np.array([0, 4, 8]), np.array([0, 1, 2]), np.array([0, 1]), (1.0, 0.0, 0.3, 0.0, 1.0, 0.3))
    one = Figures(xy, np.array([0, 4, 8]), np.array([0, 1, 2]), np.array([0]), both.affine)
    planes = [np.zeros((20, 20), np.uint8) for _ in range(2)]
    picture.draw_lines(both, 0.6, planes[0], closed=True)
    picture.draw_lines(one, 0.6, planes[1], closed=True)
    assert (planes[0][4:9, 9:12] == planes[1][4:9, 9:12]).all()


def test_what_does_not_fit_is_refused():
    figures = Figures(
        np.zeros((3, 2)), np.array([0, 3]), np.array([0, 1]), np.array([0]), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    )
    plane, pixels, value = np.zeros((4, 4), np.uint8), np.zeros((4, 4), np.uint32), np.zeros(1, np.uint8)
    table = np.zeros(256, np.uint32)
    with pytest.raises(ValueError, match="values"):
        picture.draw_areas(figures, np.zeros(2, np.uint8), plane)
    with pytest.raises(ValueError, match="pairs"):
        picture.draw_lines(figures, 1.0, plane, dashes=(1.0,))
    with pytest.raises(ValueError, match="plane"):
        picture.draw_areas(figures, value, plane[:, ::2])
    with pytest.raises(ValueError, match="fit"):
        picture.compose(pixels, codes=plane, colours=table)
    with pytest.raises(ValueError, match="256"):
        picture.draw_points(figures, value, table[:9], pixels, radius=1)
    with pytest.raises(ValueError, match="fit"):
        picture.blend(pixels[:2], pixels)
    with pytest.raises(ValueError, match="codes"):
        picture.sample_codes(np.zeros((2, 2)), figures.affine, table, pixels)
    with pytest.raises(ValueError, match="vertices"):
        Figures(
            np.zeros((3, 2), np.float32), figures.part_offsets, figures.shape_offsets, figures.chosen, figures.affine
        )
    with pytest.raises(ValueError, match="int64"):
        Figures(
            figures.xy, figures.part_offsets.astype(np.int32), figures.shape_offsets, figures.chosen, figures.affine
        )


def test_a_task_that_is_stopped_ends_the_drawing():
    figures = Figures(
        np.zeros((3, 2)), np.array([0, 3]), np.array([0, 1]), np.array([0]), (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    )
    if picture.LIBRARY is None:
        pytest.skip("twins do not hear a task")
    with pytest.raises(picture.Cancelled):
        picture.draw_areas(figures, np.zeros(1, np.uint8), np.zeros((4, 4), np.uint8), task=np.array([1, 0]))
