"""Run by QGIS's own Python: open the embedded project, look at its layers, edit and insert in every table."""

import json
import sys

from qgis.core import QgsApplication, QgsGeometry, QgsProject, QgsRasterLayer, QgsVectorLayer, QgsVectorLayerUtils

TEXT_COLUMNS = ("words", "note", "name", "definition", "category", "value", "warnings", "inputs")


def main(path):
    """One JSON document on stdout."""
    app = QgsApplication([], False)
    app.initQgis()
    project = QgsProject.instance()
    found = {"opened": project.read(f"geopackage:{path}?projectName=1KL Desktop"), "crs": project.crs().authid()}
    layers = project.mapLayers()
    found["invalid"] = [layer.name() for layer in layers.values() if not layer.isValid()]
    tree = {node.layerId() for node in project.layerTreeRoot().findLayers()}
    found["unresolved"] = sorted(tree - set(layers)) + [
        node.layerId() for node in project.layerTreeRoot().findLayers() if node.layer() is None
    ]
    found["relations"] = {
        relation.name(): relation.isValid() for relation in project.relationManager().relations().values()
    }
    found["layers"] = {}
    for layer in layers.values():
        renderer = layer.renderer() if layer.isSpatial() else None
        if renderer is None:
            continue
        count = 0
        if isinstance(layer, QgsRasterLayer):
            count = len(renderer.classes()) if hasattr(renderer, "classes") else 0
        elif hasattr(renderer, "categories"):
            count = len(renderer.categories())
        found["layers"][layer.name()] = [type(renderer).__name__, count]
    found.update(tables=[], edited=[], inserted=[], columns={})
    for layer in layers.values():
        if not isinstance(layer, QgsVectorLayer):
            continue
        table = layer.source().split("layername=")[1]
        fields = [field.name() for field in layer.fields()]
        column = next(
            (
                name
                for name in TEXT_COLUMNS
                if name in fields and layer.fields().field(name).typeName().upper() in ("STRING", "TEXT")
            ),
            None,
        )
        if column is None:
            continue
        found["tables"].append(table)
        found["columns"][table] = column
        layer.startEditing()
        for number, feature in enumerate(layer.getFeatures()):
            if number == 0:
                layer.changeAttributeValue(feature.id(), fields.index(column), "edited by QGIS")
        if layer.commitChanges():
            found["edited"].append(table)
        geometry = QgsGeometry()
        if layer.isSpatial():
            geometry = QgsGeometry(next(layer.getFeatures()).geometry())
        layer.startEditing()
        feature = QgsVectorLayerUtils.createFeature(layer, geometry, {fields.index(column): "inserted by QGIS"})
        ok = layer.addFeature(feature) and layer.commitChanges()
        if ok:
            found["inserted"].append(table)
        else:
            sys.stderr.write(f"{table}: {layer.commitErrors()}\n")
            layer.rollBack()
    for key in ("tables", "edited", "inserted"):
        found[key].sort()
    print(json.dumps(found))
    project.clear()
    app.exitQgis()


main(sys.argv[1])
