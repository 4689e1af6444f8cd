"""Run by the QGIS application itself (`qgis --code`): start until the embedded project is drawn; writes JSON and ends it."""

import json
import os
import resource
import time

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QTimer
from qgis.utils import iface

START, PROJECT, OUT = float(os.environ["BENCH_START"]), os.environ["BENCH_PROJECT"], os.environ["BENCH_OUT"]
found = {"start to usable window": (time.time() - START) * 1e3}


def drawn() -> None:
    """The map is there."""
    if iface.mapCanvas().isDrawing() or not QgsProject.instance().mapLayers():
        return
    found["start to map drawn"] = (time.time() - START) * 1e3
    found["peak memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with open(OUT, "w") as stream:
        json.dump(found, stream)
    os._exit(0)


def begin() -> None:
    """Open the project; the canvas draws it by itself."""
    iface.mapCanvas().resize(1600, 1000)
    iface.mapCanvas().mapCanvasRefreshed.connect(drawn)
    QgsProject.instance().read(f"geopackage:{PROJECT}?projectName=1KL Desktop")
    iface.mapCanvas().setExtent(QgsProject.instance().mapLayersByName("Landscape boundary")[0].extent())
    iface.mapCanvas().refresh()


QTimer.singleShot(0, begin)
