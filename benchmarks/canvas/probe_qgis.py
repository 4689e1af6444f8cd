"""The same in QGIS: canvas until the embedded project is drawn, then its parallel renderer. `probe_qgis.py FILE.gpkg`."""

import time

START = time.perf_counter()

import json  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402

from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsProject, QgsRectangle  # noqa: E402
from qgis.gui import QgsMapCanvas  # noqa: E402
from qgis.PyQt.QtCore import QSize  # noqa: E402
from qgis.PyQt.QtGui import QColor  # noqa: E402

WIDTH, HEIGHT, ROUNDS = 1600, 1000, 9
found = {}
app = QgsApplication([], True)
app.initQgis()
canvas = QgsMapCanvas()
canvas.resize(WIDTH, HEIGHT)
canvas.show()
canvas.grab()
app.processEvents()
found["start to usable window"] = (time.perf_counter() - START) * 1e3
project = QgsProject.instance()
assert project.read(f"geopackage:{sys.argv[1]}?projectName=1KL Desktop")
layers = [node.layer() for node in project.layerTreeRoot().findLayers() if node.layer() and node.layer().isSpatial()]
box = project.mapLayersByName("Landscape boundary")[0].extent()
canvas.setDestinationCrs(project.crs())
canvas.setLayers(layers)
canvas.setExtent(box)
done = []
canvas.mapCanvasRefreshed.connect(lambda: done.append(1))
canvas.refresh()
while not done:
    app.processEvents()
found["start to map drawn"] = (time.perf_counter() - START) * 1e3
found["peak memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

middle, unit = box.center(), max(box.width() / WIDTH, box.height() / HEIGHT)
for name in ("Parcels", "Land cover"):
    layer = project.mapLayersByName(name)[0]
    for extent, zoom in (("full", 1), ("1/8", 8), ("1/64", 64)):
        wide, high = WIDTH / 2 * unit / zoom, HEIGHT / 2 * unit / zoom
        settings = QgsMapSettings()
        settings.setLayers([layer])
        settings.setDestinationCrs(project.crs())
        settings.setOutputSize(QSize(WIDTH, HEIGHT))
        settings.setOutputDpi(96)
        settings.setBackgroundColor(QColor("white"))
        settings.setExtent(QgsRectangle(middle.x() - wide, middle.y() - high, middle.x() + wide, middle.y() + high))
        settings.setFlag(QgsMapSettings.Antialiasing)
        settings.setFlag(QgsMapSettings.UseRenderingOptimization)
        rounds = []
        for number in range(ROUNDS + 1):
            clock = time.perf_counter()
            job = QgsMapRendererParallelJob(settings)
            job.start()
            job.waitForFinished()
            if number:
                rounds.append((time.perf_counter() - clock) * 1e3)
        found[f"{name} {extent}"] = statistics.median(rounds)
        if len(sys.argv) > 2:
            job.renderedImage().save(os.path.join(sys.argv[2], f"qgis {name} {zoom}.png"))
print(json.dumps(found))
sys.stdout.flush()
os._exit(0)
