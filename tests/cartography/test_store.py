"""The drawing cache gives back what it was given, and whatever is wrong with it costs nothing but time."""

import os

import numpy as np
import pytest
import shapely

from onekl_desktop.base.geometry import flatten
from onekl_desktop.cartography import levels, paint, store
from onekl_desktop.cartography.levels import levels_of
from onekl_desktop.cartography.render import render_pixels
from onekl_desktop.cartography.scene import SceneLayer, View
from onekl_desktop.cartography.store import Kept
from onekl_desktop.native.picture import Figures
from onekl_desktop.project.styles import Style, StyleClass


def make_shapes(found):
    return flatten(np.array(found, dtype=object), np.arange(len(found)), "polygon")


@pytest.fixture
def shapes(monkeypatch):
    monkeypatch.setattr(store, "WORTH", 10)
    monkeypatch.setattr("onekl_desktop.cartography.levels.WORTH", 10)
    circles = [shapely.Point(10 * k, 5 * k).buffer(8, quad_segs=40) for k in range(30)]
    return flatten(np.array(circles, dtype=object), np.arange(30), "polygon")


def test_shapes_come_back_as_they_were(shapes, tmp_path):
    assert Kept(tmp_path, "a").find_shapes("polygon") is None
    Kept(tmp_path, "a").keep_shapes(shapes)
    found = Kept(tmp_path, "a").find_shapes("polygon")
    for name in store.NAMES:
        assert np.array_equal(getattr(found, name), getattr(shapes, name))
    assert Kept(tmp_path, "b").find_shapes("polygon") is None


def test_levels_come_back_too(shapes, tmp_path):
    view = View((0, 0, 300, 150), 12, 6)
    shapes.kept["store"] = Kept(tmp_path, "a")
    first = levels_of(shapes).figures(view, np.arange(30))
    assert first.xy.dtype == np.int32
    levels_of(shapes).keep()
    again = flatten(
        np.array([shapely.Point(10 * k, 5 * k).buffer(8, quad_segs=40) for k in range(30)], dtype=object),
        np.arange(30),
        "polygon",
    )
    again.kept["store"] = Kept(tmp_path, "a")
    second = levels_of(again).figures(view, np.arange(30))
    assert isinstance(second, Figures) and np.array_equal(first.xy, second.xy)
    assert not second.xy.flags.writeable  # mapped from the cache, not made again


@pytest.mark.parametrize("name", store.NAMES)
@pytest.mark.parametrize("damage", ["gone", "cut", "nonsense", "other"])
def test_damage_is_found(shapes, tmp_path, name, damage):
    kept = Kept(tmp_path, "a")
    kept.keep_shapes(shapes)
    path = kept.folder / "shapes" / f"{name}.npy"
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(path.read_bytes()[:-9])
    elif damage == "nonsense":
        path.write_bytes(b"nonsense")
    else:
        np.save(path, np.arange(7)[::-1].copy())
    assert kept.find_shapes("polygon") is None


def test_the_cache_has_an_end(shapes, tmp_path, monkeypatch):
    one = sum(getattr(shapes, name).nbytes for name in store.NAMES)
    monkeypatch.setattr(store, "MOST_BYTES", 2.5 * one)
    for content in "abcd":
        Kept(tmp_path, content).keep_shapes(shapes)
    assert Kept(tmp_path, "d").find_shapes("polygon") is not None
    assert len(list(tmp_path.iterdir())) == 2


def test_a_place_that_cannot_be_written_to_is_no_problem(shapes, tmp_path):
    (tmp_path / "file").write_text("in the way")
    Kept(tmp_path / "file", "a").keep_shapes(shapes)
    assert Kept(tmp_path / "file", "a").find_shapes("polygon") is None


def test_a_change_by_another_program_is_seen(session, tmp_path, monkeypatch):
    """A project whose table was changed by QGIS or GDAL meanwhile is not drawn from the cache."""
    import sqlite3

    import geopandas

    from onekl_desktop.cartography.source import MapSource
    from onekl_desktop.engine import Session, perform
    from onekl_desktop.project.queries.records import list_layers

    monkeypatch.setattr(store, "WORTH", 1)
    monkeypatch.setattr("onekl_desktop.cartography.source.WORTH", 1)
    monkeypatch.setenv("ONEKL_HOME", str(tmp_path / "home"))
    frame = geopandas.GeoDataFrame(
        {"name": ["a", "b"]},
        geometry=[shapely.box(5e5 + k, 3e5, 5e5 + k + 9, 3e5 + 9) for k in (0, 20)],
        crs=session.crs,
    )
    frame.to_file(tmp_path / "x.gpkg", driver="GPKG")
    perform(session, "layers.import_layer", file=str(tmp_path / "x.gpkg"), name="X")
    perform(session, "layers.style_by_class", layer="X", column="name")

    def draw(opened):
        with opened.read() as db:
            (layer,) = [layer for layer in list_layers(db) if layer.name == "X"]
        scene = MapSource(opened.project).scene_of(layer)
        return layer.table_name, len(scene.shapes), scene.groups.tolist()

    def keep(opened):
        source = MapSource(opened.project)
        with opened.read() as db:
            source.scene_of(next(layer for layer in list_layers(db) if layer.name == "X"))
        source.keep()

    table, *first = draw(session)
    keep(session)
    assert first == [2, [0, 1]] and draw(session)[1:] == (2, [0, 1])
    assert len(list((tmp_path / "home" / "cache" / "drawing").iterdir())) == 1
    path, registry = session.path, session.registry
    session.close()
    other = sqlite3.connect(path)
    other.executescript(f"DROP TRIGGER IF EXISTS rtree_{table}_geom_delete; DELETE FROM {table} WHERE name = 'a';")
    other.close()
    with Session(path, registry=registry) as again:
        assert draw(again)[1:] == (1, [1])


def test_many_shapes_are_drawn_some_at_a_time_and_the_picture_is_the_same(tmp_path, monkeypatch, qapp):
    """Mapped from the cache and let go between parts, or all at once from memory: the same pixels."""
    monkeypatch.setattr(store, "WORTH", 10)
    rng = np.random.default_rng(3)
    shapes = make_shapes([shapely.Point(*rng.uniform(0, 1000, 2)).buffer(rng.uniform(5, 120)) for _ in range(300)])
    Kept(tmp_path, "a").keep_shapes(shapes)
    mapped = Kept(tmp_path, "a").find_shapes("polygon")
    mapped.kept["store"] = Kept(tmp_path, "a")
    view, groups = View((0, 0, 1000, 600), 500, 300), (np.arange(300) % 3).astype(np.int32)
    classes = [StyleClass(str(n), str(n), colour) for n, colour in enumerate(("#c01515", "#15c015", "#1515c0"))]
    style = Style(kind="categorised", classes=classes, width=0.3, dashes=(2.0, 1.0))
    whole = render_pixels([SceneLayer("u", "n", style, shapes=shapes, groups=groups)], view, background="#ffffff")
    monkeypatch.setattr(paint, "AT_ONCE", 7)
    monkeypatch.setattr(levels, "BOXES_AT_ONCE", 11)
    parts = render_pixels([SceneLayer("u", "n", style, shapes=mapped, groups=groups)], view, background="#ffffff")
    np.testing.assert_array_equal(parts, whole)


def test_what_an_ended_program_left_half_written_is_taken_away(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "WORTH", 10)
    kept = Kept(tmp_path, "a")
    gone, living = kept.folder / ".shapes.999999999", kept.folder / f".level3.{os.getpid()}"
    for folder in (gone, living):
        folder.mkdir(parents=True)
    kept.keep_shapes(make_shapes([shapely.box(n, 0, n + 1, 1) for n in range(20)]))
    assert not gone.exists() and living.exists() and kept.find_shapes("polygon") is not None
