"""Heat: each point spreads by the kernel, and tiles agree with the whole."""

import numpy as np
import shapely

from onekl_desktop.base.geometry import flatten
from onekl_desktop.cartography.heat import heat_colours, hottest, kernel
from onekl_desktop.cartography.render import render_pixels
from onekl_desktop.cartography.scene import SceneLayer, View
from onekl_desktop.project.styles import Style


def layer(xy, weights=None, **style):
    shapes = flatten(shapely.points(np.asarray(xy, float)), np.arange(len(xy)), "point")
    return SceneLayer("u", "Spots", Style(kind="heat", ramp="magnitude", **style), shapes=shapes, weights=weights)


def test_one_point_is_the_kernel():
    view = View((0, 0, 100, 100), 100, 100, dpi=254)
    pixels = render_pixels([layer([(50.5, 50.5)], radius=2.0)], view, background="#ffffff")
    middle = heat_colours("magnitude")[255]
    assert pixels[49, 50] == middle
    covered = pixels != 0xFFFFFFFF
    rows, columns = np.nonzero(covered)
    assert 15 <= np.hypot(rows - 49, columns - 50).max() <= 20


def test_two_halves_are_the_whole():
    rng = np.random.default_rng(3)
    made = layer(rng.uniform(0, 200, (300, 2)), radius=1.0)
    whole = render_pixels([made], View((0, 0, 200, 100), 400, 200), background="#ffffff")
    left = render_pixels([made], View((0, 0, 100, 100), 200, 200), background="#ffffff")
    right = render_pixels([made], View((100, 0, 200, 100), 200, 200), background="#ffffff")
    channels = [part.view(np.uint8).astype(int) for part in (whole, np.ascontiguousarray(np.hstack([left, right])))]
    assert np.abs(channels[0] - channels[1]).max() <= 3


def test_the_hottest_place_is_found_and_weights_count():
    rng = np.random.default_rng(4)
    xy, weights = rng.uniform(0, 1000, (500, 2)), rng.uniform(0, 3, 500)
    made, radius = layer(xy), 80.0
    away = np.hypot(xy[:, None, 0] - xy[None, :, 0], xy[:, None, 1] - xy[None, :, 1])
    exact = ((np.maximum(1 - (away / radius) ** 2, 0) ** 2) * weights[None, :]).sum(axis=1).max()
    assert abs(hottest(made.shapes, weights, radius) / exact - 1) < 0.15
    assert kernel(3.0)[3, 3] == 1.0 and kernel(3.0)[3, 0] == 0.0
