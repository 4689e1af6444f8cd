"""A click on the map as longitude and latitude, for what is said of a place."""

from __future__ import annotations

from collections.abc import Callable

import shapely

from onekl_desktop.base.geometry import transform
from onekl_desktop.gui.canvas.drawing import DrawTool
from onekl_desktop.gui.canvas.measuring import measured_in
from onekl_desktop.gui.desk import Desk

DECIMALS = 6  # of a degree: a decimetre


def pick_place(desk: Desk, then: Callable[[float, float], object]) -> None:
    """Wait for one click; `then` gets longitude and latitude (WGS 84). Escape gives up."""
    crs = desk.session.crs

    def done(shape: shapely.Geometry) -> None:
        desk.canvas.set_tool(None)
        point = transform(shape.centroid, crs, "EPSG:4326")
        then(round(point.x, DECIMALS), round(point.y, DECIMALS))

    desk.canvas.set_tool(
        DrawTool(desk.canvas, measured_in(crs), done, lambda: desk.canvas.set_tool(None), kind="point")
    )
    desk.canvas.setFocus()
