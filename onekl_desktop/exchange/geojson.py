"""Why a GeoJSON file, or some of its features, cannot be read: told by place and in plain words (RFC 7946)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from onekl_desktop.base.translate import _

MOST_BYTES = 200 << 20
_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_FEWEST = {"LineString": 2, "MultiLineString": 2, "Polygon": 3, "MultiPolygon": 3}


def explain_file(path: Path) -> str:
    """What is wrong with the file as a whole; '' when nothing is."""
    document, reason = _load(path)
    if reason:
        return reason
    if not isinstance(document, dict):
        return _("it is JSON, but not a GeoJSON object")
    kind = document.get("type")
    if not isinstance(kind, str):
        return _("it has no “type”, so it is not GeoJSON")
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list):
            return _("its “features” are not a list")
        if not features:
            return _("its list of features is empty")
        reasons = [explain_feature(feature) for feature in features]
        return reasons[0] if all(reasons) else ""
    return explain_feature(document) if kind == "Feature" else explain_geometry(document)


def explain_features(path: Path) -> list[str]:
    """For each feature in the order of the file what is wrong with its shape; '' where nothing is."""
    document, reason = _load(path)
    if reason or not isinstance(document, dict):
        return []
    features = document.get("features")
    if isinstance(features, list):
        return [explain_feature(feature) for feature in features]
    if document.get("type") == "Feature":
        return [explain_feature(document)]
    return [explain_geometry(document)]


def _load(path: Path) -> tuple[Any, str]:
    try:
        if path.stat().st_size > MOST_BYTES:
            return None, _("it is too large to be looked through")
        return json.loads(path.read_bytes().decode("utf-8-sig")), ""
    except UnicodeDecodeError:
        return None, _("its text is not UTF-8")
    except json.JSONDecodeError as problem:
        return None, _("it is not JSON: line {line}, column {column}").format(line=problem.lineno, column=problem.colno)
    except (RecursionError, ValueError):
        return None, _("it is not JSON that can be read")
    except OSError as problem:
        return None, str(problem)


def explain_feature(feature: Any) -> str:
    """What is wrong with a feature's shape."""
    if not isinstance(feature, dict):
        return _("a feature is not an object")
    if feature.get("geometry") is None:
        return _("no shape")
    return explain_geometry(feature["geometry"])


def explain_geometry(geometry: Any, depth: int = 0) -> str:
    """What is wrong with a geometry."""
    if not isinstance(geometry, dict) or not isinstance(geometry.get("type"), str):
        return _("its shape has no “type”")
    kind = geometry["type"]
    if kind == "GeometryCollection":
        parts = geometry.get("geometries")
        if not isinstance(parts, list) or depth > 20:
            return _("its collection of shapes is not a list")
        return next((reason for reason in (explain_geometry(part, depth + 1) for part in parts) if reason), "")
    if kind not in _DEPTH:
        return _("“{kind}” is no kind of shape").format(kind=kind[:40])
    if "coordinates" not in geometry:
        return _("its shape has no coordinates")
    return _explain_coordinates(geometry["coordinates"], _DEPTH[kind], kind)


def _explain_coordinates(value: Any, depth: int, kind: str) -> str:
    if not isinstance(value, list):
        return _("its coordinates do not fit a {kind}").format(kind=kind)
    if depth == 0:
        if len(value) < 2:
            return _("a position has only {count} number").format(count=len(value))
        if any(isinstance(number, bool) or not isinstance(number, (int, float)) for number in value):
            return _("a coordinate is not a number but {value}").format(value=json.dumps(value)[:60])
        return ""
    if depth == 1 and len(value) < _FEWEST.get(kind, 0):
        return _("a line or ring has only {count} positions").format(count=len(value))
    return next((reason for reason in (_explain_coordinates(item, depth - 1, kind) for item in value) if reason), "")
