"""The few inner loops in C behind one Python face; `ONEKL_PLAIN=1` runs their NumPy twins.

Kernels check sizes here and never trust content. All of them release the GIL (ctypes does).
"""

from onekl_desktop.native.drawing import class_areas, fill_polygon
from onekl_desktop.native.library import is_compiled
from onekl_desktop.native.packing import pack_tiles
from onekl_desktop.native.routing import (
    D8_NODATA,
    MFD_NODATA,
    accumulate,
    deposition,
    distance,
    distance_to_channel,
    fill_pits,
    flow_d8,
    flow_mfd,
    flow_order,
    gather,
    label,
    pack_d8,
    retention,
    slope,
    streams_d8,
    streams_mfd,
    upslope,
)

__all__ = [
    "D8_NODATA", "MFD_NODATA", "accumulate", "class_areas", "deposition", "distance", "distance_to_channel", "fill_pits",
    "fill_polygon", "flow_d8", "flow_mfd", "flow_order", "gather", "is_compiled", "label", "pack_d8", "pack_tiles", "retention", "slope",
    "streams_d8", "streams_mfd", "upslope",
]  # fmt: skip
