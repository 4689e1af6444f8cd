"""A map in tiles: drawn by workers, nearest to the middle first, kept while there is room. No widgets."""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from onekl_desktop.cartography.labels import draw_labels
from onekl_desktop.cartography.levels import levels_of
from onekl_desktop.cartography.paint import colour, paint
from onekl_desktop.cartography.pictures import to_image
from onekl_desktop.cartography.scene import SceneLayer, View
from onekl_desktop.native.picture import blend

log = logging.getLogger(__name__)
Key = TypeVar("Key")
Value = TypeVar("Value")
TILE = 512
MOST_WORKERS = 4
PICTURES = 128 << 20  # bytes of finished tiles
LAYERS = 96 << 20  # bytes of single layers that took long
LONG_S = 0.004
MOST_SLOW = 4096  # places of which it is remembered that a layer took long


@dataclass(frozen=True)
class Place:
    """A tile of the plane of pixels at one scale; column and row count from the map's origin."""

    unit_per_pixel: float
    rotation: float
    dpi: float
    column: int
    row: int

    @property
    def view(self) -> View:
        """What it shows."""
        k, half = self.unit_per_pixel, TILE / 2
        whole = View((0.0, -k, k, 0.0), 1, 1, self.dpi, self.rotation)
        a, b, _c, d, e, _f = whole.affine
        px, py, det = self.column * TILE + half, self.row * TILE + half, a * e - b * d
        x, y = (e * px - b * py) / det, (a * py - d * px) / det
        return View((x - half * k, y - half * k, x + half * k, y + half * k), TILE, TILE, self.dpi, self.rotation)


def places(view: View) -> list[tuple[Place, int, int]]:
    """The tiles of a view with the pixels where they begin, those in the middle first."""
    _a, _b, c, _d, _e, f = view.affine
    left, top = round(c), round(f)
    found = [
        (Place(view.unit_per_pixel, view.rotation, view.dpi, column, row), column * TILE + left, row * TILE + top)
        for row in range(math.floor(-top / TILE), math.floor((view.height - 1 - top) / TILE) + 1)
        for column in range(math.floor(-left / TILE), math.floor((view.width - 1 - left) / TILE) + 1)
    ]
    half_x, half_y = (view.width - TILE) / 2, (view.height - TILE) / 2
    return sorted(found, key=lambda item: (item[1] - half_x) ** 2 + (item[2] - half_y) ** 2)


class _Store(Generic[Key, Value]):
    """What was used last stays, up to so many bytes."""

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Key, value: Value, size: int) -> None:
        with self._lock:
            old = self._kept.pop(key, None)
            self._held += size - (old[1] if old else 0)
            self._kept[key] = (value, size)
            while self._held > self._most and len(self._kept) > 1:
                _key, (_value, freed) = self._kept.popitem(last=False)
                self._held -= freed

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._held = 0


@dataclass(frozen=True)
class Picture:
    """What a picture is of: layers on a ground, named by `sign`, so that the same again is found."""

    layers: tuple[SceneLayer, ...]
    ground: str
    sign: str


def picture_of(layers: Sequence[SceneLayer], ground: str, number: int) -> Picture:
    """Layers with keys look the same whenever their keys are; others do only within the scene of this number."""
    keys = [f"{layer.key or f'#{number}.{at}'}|{layer.opacity}" for at, layer in enumerate(layers)]
    return Picture(tuple(layers), ground, "\n".join([ground, *keys]))


class Tiles:
    """Draws tiles and labels of the present picture; whoever shows them asks what is ready."""

    def __init__(self, workers: int = 0) -> None:
        count = workers or min(os.cpu_count() or 1, MOST_WORKERS)
        self._pool = ThreadPoolExecutor(count, thread_name_prefix="map")
        self._ready: _Store[tuple[str, Place], QImage] = _Store(PICTURES)
        self._single: _Store[tuple[str, Place], NDArray[np.uint32]] = _Store(LAYERS)
        self._slow: _Store[tuple[str, Place], bool] = _Store(MOST_SLOW)
        self._wanted: set[tuple[str, Place]] = set()
        self._waiting: set[tuple[str, Place]] = set()
        self._labels: tuple[str, View, QImage | None] | None = None
        self._labels_wanted: tuple[str, View] | None = None
        self._lock = threading.Lock()
        self.finished = 0  # counts what became ready
        self.problems: dict[str, str] = {}  # what went wrong, by the uuid of the layer

    def request(self, picture: Picture, view: View, other: Picture | None = None) -> None:
        """Draw what the view needs and is not ready; what only an earlier view needed is left undrawn.

        `other` is a second picture of the same view, drawn after the first and without labels.
        """
        both = [picture, *([other] if other is not None else [])]
        needed = [(each, (each.sign, place)) for each in both for place, _x, _y in places(view)]
        with self._lock:
            self._wanted = {key for _each, key in needed}
            todo = [(each, key) for each, key in needed if key not in self._waiting and self._ready.get(key) is None]
            self._waiting.update(key for _each, key in todo)
            drawn = (picture.sign, view)
            new_labels = self._labels_wanted != drawn
            self._labels_wanted = drawn
        if todo:
            self._pool.submit(self._look, both, view)
        for each, key in todo:
            self._pool.submit(self._draw, each, key)
        if new_labels:
            self._pool.submit(self._draw_labels, picture, view)

    def get(self, picture: Picture, place: Place) -> QImage | None:
        """A finished tile."""
        return self._ready.get((picture.sign, place))

    @property
    def labels(self) -> tuple[View, QImage] | None:
        """The labels that were drawn last, and for which view."""
        found = self._labels
        return (found[1], found[2]) if found is not None and found[2] is not None else None

    def is_ready(self, picture: Picture, view: View, other: Picture | None = None) -> bool:
        """Whether all tiles and labels of a view are there."""
        found = self._labels
        if found is None or (found[0], found[1]) != (picture.sign, view):
            return False
        both = [picture, *([other] if other is not None else [])]
        return all(self._ready.get((each.sign, place)) is not None for each in both for place, _x, _y in places(view))

    def _look(self, pictures: list[Picture], view: View) -> None:
        """What the whole view shows is found once, not for each tile."""
        for layer in [layer for picture in pictures for layer in picture.layers]:
            if layer.shapes is not None:
                levels_of(layer.shapes).look(view)

    def _draw(self, picture: Picture, key: tuple[str, Place]) -> None:
        try:
            with self._lock:
                if key not in self._wanted:
                    return
            pixels = np.full((TILE, TILE), colour(picture.ground), np.uint32)
            try:
                for layer in picture.layers:
                    self._lay(layer, key[1], pixels)
            except Exception:  # what is there is shown, and is not asked for without end
                log.exception("tile not whole")
            self._ready.put(key, to_image(pixels), pixels.nbytes)
        finally:
            with self._lock:
                self._waiting.discard(key)
                self.finished += 1

    def _lay(self, layer: SceneLayer, place: Place, ground: NDArray[np.uint32]) -> None:
        single = (layer.key, place)
        pixels = self._single.get(single) if layer.key else None
        if pixels is None:
            start = time.perf_counter()
            try:
                pixels = paint(layer, place.view)
            except (
                OSError,
                RuntimeError,
                ValueError,
                MemoryError,
            ) as problem:  # one broken layer must not blank the map
                log.debug("layer %s not drawn: %s", layer.name, problem)
                self.problems[layer.uuid] = str(problem) or type(problem).__name__
                return
            if pixels is None:
                return
            if layer.key and time.perf_counter() - start > LONG_S:
                if self._slow.get(single):  # asked for again: a neighbour changes, or what is shown
                    self._single.put(single, pixels.copy(), pixels.nbytes)
                self._slow.put(single, True, 1)
            if layer.shapes is not None:
                levels_of(layer.shapes).rest()
        blend(pixels, ground, opacity=layer.opacity, mode=layer.style.blend)

    def _draw_labels(self, picture: Picture, view: View) -> None:
        drawn, image = (picture.sign, view), None
        if self._labels_wanted != drawn:
            return
        try:
            if any(layer.labels is not None for layer in picture.layers):
                image = QImage(view.width, view.height, QImage.Format.Format_ARGB32_Premultiplied)
                image.fill(Qt.GlobalColor.transparent)
                painter = QPainter(image)
                try:
                    draw_labels(painter, picture.layers, view)
                finally:
                    painter.end()
        except Exception:  # a map without names is better than none
            log.exception("labels not drawn")
        with self._lock:
            if self._labels_wanted == drawn:  # else later ones may be there already
                self._labels = (*drawn, image)
            self.finished += 1

    def submit(self, work: Callable[[], Any]) -> Future[Any]:
        """Other work of the map, on a worker."""
        return self._pool.submit(work)

    def close(self) -> None:
        """Stop the workers and let go of all pictures."""
        with self._lock:
            self._wanted = set()
            self._labels_wanted = None
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._ready.clear()
        self._single.clear()
        self._slow.clear()


def shown(tiles: Tiles, picture: Picture, view: View) -> Iterator[tuple[QImage, int, int]]:
    """The finished tiles of a view with the pixels where they begin."""
    for place, x, y in places(view):
        image = tiles.get(picture, place)
        if image is not None:
            yield image, x, y
