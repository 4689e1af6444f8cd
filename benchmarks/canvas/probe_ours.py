"""One process of ours: start until the map is drawn, then redraws. `probe_ours.py FILE.gpkg`; a JSON line of milliseconds."""

from __future__ import annotations

import gc
import os
import time

gc.disable()  # as the program starts
START = time.perf_counter() - (time.time() - float(os.environ["BENCH_START"]))

import json  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

from PySide6.QtCore import QEventLoop, QPointF  # noqa: E402
from PySide6.QtGui import QImage, QPainter  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from onekl_desktop.app.window import MainWindow  # noqa: E402
from onekl_desktop.cartography.render import render_pixels  # noqa: E402
from onekl_desktop.cartography.scene import View  # noqa: E402
from onekl_desktop.cartography.tiles import Tiles, picture_of, shown  # noqa: E402
from onekl_desktop.engine.settings import Settings  # noqa: E402
from onekl_desktop.gui.theme import apply_theme  # noqa: E402

WIDTH, HEIGHT, ROUNDS = 1600, 1000, 9
EXTENTS = {"full": 1, "1/8": 8, "1/64": 64}


def times(work) -> float:  # type: ignore[no-untyped-def]
    """Median milliseconds of several rounds."""
    found = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1e3)
    return statistics.median(found)


def views(box: tuple[float, float, float, float]) -> dict[str, View]:
    """The whole, an eighth and a sixty-fourth of its width, about the middle."""
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    k = max((box[2] - box[0]) / WIDTH, (box[3] - box[1]) / HEIGHT)
    return {
        name: View((x - WIDTH / 2 * k / z, y - HEIGHT / 2 * k / z, x + WIDTH / 2 * k / z, y + HEIGHT / 2 * k / z), WIDTH, HEIGHT)
        for name, z in EXTENTS.items()
    }  # fmt: skip


def main(path: Path) -> dict[str, float]:
    """Measure."""
    found: dict[str, float] = {}
    app = QApplication(["onekl"])
    apply_theme(app, "light")
    window = MainWindow(Settings())
    window.resize(WIDTH + 560, HEIGHT + 120)
    window.show()
    window.grab()
    app.processEvents()
    found["start to usable window"] = (time.perf_counter() - START) * 1e3
    assert window.open_project(path)
    gc.freeze()
    gc.enable()
    assert window.view is not None
    canvas = window.view.canvas
    loop = QEventLoop()  # waits as the application does; polling would take time from the workers
    canvas.drawn.connect(loop.quit)
    loop.exec()
    canvas.drawn.disconnect(loop.quit)
    found["start to map drawn"] = (time.perf_counter() - START) * 1e3
    scene = {layer.name: layer for layer in canvas.scene}

    def pan() -> None:
        canvas.pan_by(40, 0)
        canvas.repaint()

    def zoom() -> None:
        canvas.zoom_by(1.25, QPointF(400, 300))
        canvas.repaint()

    found["feedback to a pan"], found["feedback to a zoom"] = times(pan), times(zoom)
    found["peak memory MB"] = peak_mb()
    tiles = Tiles()
    for name in ("Parcels", "Land cover"):
        layers = [scene[name]]
        picture = picture_of(layers, "#ffffff", 1)
        for extent, view in views(window.view.desk.source.bounds()).items():
            render_pixels(layers, view, background="#ffffff")
            found[f"{name} {extent}"] = times(
                lambda view=view, layers=layers: render_pixels(layers, view, background="#ffffff")
            )
            tiles.request(picture, view)
            while not tiles.is_ready(picture, view):
                time.sleep(0.002)
            frame = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)

            def show(view=view, picture=picture, frame=frame) -> None:  # type: ignore[no-untyped-def]
                painter = QPainter(frame)
                for image, x, y in shown(tiles, picture, view):
                    painter.drawImage(x, y, image)
                painter.end()

            found[f"{name} {extent} from tiles"] = times(show)
    tiles.close()
    window.close()
    return found


def peak_mb() -> float:
    """Peak resident set so far."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
