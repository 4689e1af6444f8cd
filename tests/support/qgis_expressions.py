"""Run by QGIS's own Python: what expressions give there, as JSON: a list of values for each."""

import json
import sys

from qgis.core import QgsApplication, QgsExpression, QgsExpressionContext, QgsFeature, QgsField, QgsFields
from qgis.PyQt.QtCore import QVariant

KINDS = {"whole": QVariant.LongLong, "number": QVariant.Double, "text": QVariant.String}


def evaluate(text, fields, values):
    """One value; what QGIS cannot understand or compute is said in capitals."""
    feature, context, expression = QgsFeature(fields), QgsExpressionContext(), QgsExpression(text)
    feature.setAttributes([QVariant() if value is None else value for value in values])
    context.setFeature(feature)
    context.setFields(fields)
    if expression.hasParserError():
        return "PARSE"
    found = expression.evaluate(context)
    if expression.hasEvalError():
        return "EVAL"
    if found is None or str(found) == "NULL" or (isinstance(found, QVariant) and found.isNull()):
        return None
    return found if isinstance(found, (int, float, str, bool)) else str(found)


app = QgsApplication([], False)
app.initQgis()
given = json.load(sys.stdin)
fields = QgsFields()
for name, kind in given["fields"]:
    fields.append(QgsField(name, KINDS[kind]))
print(json.dumps([[evaluate(text, fields, row) for row in given["rows"]] for text in given["expressions"]]))
app.exitQgis()
