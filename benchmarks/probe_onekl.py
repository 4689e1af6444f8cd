"""One process: start, first paint, usable window, open, map drawn, one operation, undo, save."""

import gc
import os
import time

gc.disable()  # as the program starts
START = time.perf_counter() - (time.time() - float(os.environ["BENCH_START"]))

import json  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402

import shapely  # noqa: E402
from PySide6.QtCore import QEventLoop  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from onekl_desktop.app.window import MainWindow  # noqa: E402
from onekl_desktop.engine.settings import Settings  # noqa: E402
from onekl_desktop.gui.theme import apply_theme  # noqa: E402

found: dict[str, float] = {}
app = QApplication(["onekl"])
apply_theme(app, "light")
window = MainWindow(Settings())
window.resize(1600, 1000)
window.show()
window.grab()
found["start to first paint"] = time.perf_counter() - START
app.processEvents()
found["start to usable window"] = time.perf_counter() - START
clock = time.perf_counter()
assert window.open_project(Path(sys.argv[1]))
gc.freeze()
gc.enable()
app.processEvents()
found["open project"] = time.perf_counter() - clock
view = window.view
assert view is not None
view.show_tool("layers")
loop = QEventLoop()  # waits as the application does; polling would take time from the workers
view.canvas.drawn.connect(loop.quit)
if not view.canvas.up_to_date:
    loop.exec()
found["open project until map drawn"] = time.perf_counter() - clock
from onekl_desktop.engine import perform  # noqa: E402

clock = time.perf_counter()
place = shapely.box(501_000, 301_000, 502_000, 302_000)
perform(view.session, "scenarios.add_intervention", scenario="S", practice="P", geometry=place, start_year=2027)
found["one operation"] = time.perf_counter() - clock
clock = time.perf_counter()
view.session.undo()
found["undo"] = time.perf_counter() - clock
clock = time.perf_counter()
view.session.save()
found["save"] = time.perf_counter() - clock
clock = time.perf_counter()
window.close()
found["close"] = time.perf_counter() - clock
try:
    import resource

    found["peak memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
except ImportError:
    pass
print(json.dumps(found))
