"""The same in QGIS's libraries: application and canvas, the embedded project opened, the map drawn, one edit saved."""

import time

START = time.perf_counter()

import json  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402

from qgis.core import QgsApplication, QgsProject, QgsVectorLayerUtils  # noqa: E402
from qgis.gui import QgsMapCanvas  # noqa: E402

found = {}
app = QgsApplication([], True)
app.initQgis()
canvas = QgsMapCanvas()
canvas.resize(1600, 1000)
canvas.show()
canvas.grab()
found["start to first paint"] = time.perf_counter() - START
app.processEvents()
found["start to usable window"] = time.perf_counter() - START
clock = time.perf_counter()
project = QgsProject.instance()
assert project.read(f"geopackage:{sys.argv[1]}?projectName=1KL Desktop")
found["open project"] = time.perf_counter() - clock
layers = [node.layer() for node in project.layerTreeRoot().findLayers() if node.layer() and node.layer().isSpatial()]
canvas.setDestinationCrs(project.crs())
canvas.setLayers(layers)
canvas.setExtent(project.mapLayersByName("Landscape boundary")[0].extent())
done = []
canvas.mapCanvasRefreshed.connect(lambda: done.append(1))
canvas.refresh()
while not done:
    app.processEvents()
found["open project until map drawn"] = time.perf_counter() - clock
layer = project.mapLayersByName("Interventions")[0]
clock = time.perf_counter()
layer.startEditing()
boundary = next(project.mapLayersByName("Landscape boundary")[0].getFeatures()).geometry()
layer.addFeature(QgsVectorLayerUtils.createFeature(layer, boundary, {}))
assert layer.commitChanges()
found["one operation"] = time.perf_counter() - clock
layer.startEditing()
for feature in layer.getFeatures():
    layer.deleteFeature(feature.id())
layer.commitChanges()
clock = time.perf_counter()
project.write()
found["save"] = time.perf_counter() - clock
found["peak memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(found))
sys.stdout.flush()
import os  # noqa: E402

os._exit(0)
