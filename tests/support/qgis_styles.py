"""Run by QGIS's own Python: how the layers of an embedded project are drawn there, as JSON; their QML in a folder, if one is named."""

import json
import sys

from qgis.core import QgsApplication, QgsProject, QgsRenderContext


def look(layer):
    """What one layer looks like."""
    renderer = layer.renderer()
    found = {"renderer": type(renderer).__name__, "blend": int(layer.blendMode()), "scales": None}
    if layer.hasScaleBasedVisibility():
        found["scales"] = [layer.maximumScale(), layer.minimumScale()]
    if hasattr(renderer, "symbols") and renderer.symbols(QgsRenderContext()):
        found["symbols"] = [
            [part.layerType() + ":" + part.color().name() for part in symbol.symbolLayers()]
            for symbol in renderer.symbols(QgsRenderContext())
        ]
        first = renderer.symbols(QgsRenderContext())[0].symbolLayer(0)
        found["properties"] = dict(first.properties())
    if hasattr(renderer, "rootRule"):
        found["rules"] = [
            [rule.label(), rule.filterExpression(), rule.active()] for rule in renderer.rootRule().children()
        ]
    if hasattr(renderer, "weightExpression"):
        found["heat"] = [
            renderer.radius(),
            renderer.weightExpression(),
            renderer.colorRamp().color1().alpha(),
            renderer.colorRamp().color2().name(),
        ]
    if hasattr(renderer, "ranges"):
        found["ranges"] = [[item.lowerValue(), item.upperValue()] for item in renderer.ranges()]
    if hasattr(renderer, "azimuth"):
        found["sun"] = [renderer.azimuth(), renderer.altitude()]
    if hasattr(layer, "labelsEnabled"):
        found["labels"] = [layer.labelsEnabled()]
        if layer.labelsEnabled():
            settings = layer.labeling().settings()
            found["labels"] += [settings.fieldName, settings.format().size(), settings.format().color().name()]
    return found


app = QgsApplication([], False)
app.initQgis()
project = QgsProject.instance()
assert project.read(f"geopackage:{sys.argv[1]}?projectName=1KL Desktop")
if len(sys.argv) > 2:  # as QGIS itself writes them
    for item in project.mapLayers().values():
        if item.isSpatial():
            item.saveNamedStyle(f"{sys.argv[2]}/{item.name()}.qml")
print(json.dumps({layer.name(): look(layer) for layer in project.mapLayers().values() if layer.isSpatial()}))
app.exitQgis()
