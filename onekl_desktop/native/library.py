"""The compiled library, loaded once; without it, or with `ONEKL_PLAIN=1`, the NumPy twins run."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from numpy.typing import NDArray

from onekl_desktop.native.build import library_name

_ABI = 16
_P, _I, _W, _F, _D, _B = (
    ctypes.c_void_p, ctypes.c_int64, ctypes.c_int32, ctypes.c_float, ctypes.c_double, ctypes.c_uint8,
)  # fmt: skip
_SIGNATURES = {
    "class_areas": (None, (_P, _P, _I, _I, _P, _I, _I, _P, _P)),
    "fill_polygon": (_I, (_P, _I, _P, _I, _P, _I, _I, _B)),
    "fill_pits": (_W, (_P, _P, _I, _I, _I, _P, _P, _P)),
    "slope": (_W, (_P, _P, _I, _I, _D, _D, _F, _P, _P)),
    "flow_d8": (_W, (_P, _P, _I, _I, _B, _P, _P, _P, _P)),
    "flow_mfd": (_W, (_P, _P, _I, _I, _P, _P, _P, _P)),
    "flow_order": (_I, (_P, _I, _I, _P, _P, _P)),
    "accumulate": (_W, (_P, _P, _I, _I, _I, _W, _P, _P)),
    "streams_mfd": (_W, (_P, _P, _I, _I, _D, _D, _B, _P, _P)),
    "distance_to_channel": (_W, (_P, _P, _I, _I, _I, _P, _P, _W, _D, _P, _P)),
    "deposition": (_W, (_P, _P, _I, _I, _I, _P, _F, _P, _P, _P)),
    "retention": (_W, (_P, _P, _I, _I, _I, _P, _P, _P, _D, _F, _W, _P, _P, _P)),
    "upslope": (_I, (_P, _I, _I, _P, _P)),
    "label": (_I, (_P, _P, _I, _I, _P, _P)),
    "lzw_tiles": (_I, (_P, _I, _I, _I, _I, _P, _I, _P)),
    "draw_areas": (_W, (_P, _P, _I, _P, _I, _I, _P)),
    "draw_lines": (_W, (_P, _P, _W, _D, _P, _I, _P, _P, _I, _I, _P)),
    "draw_points": (_W, (_P, _P, _P, _W, _D, _D, ctypes.c_uint32, _P, _I, _I, _P)),
    "compose": (None, (_P, _P, _P, _P, _P, _P, _P, _I, _I, _P, _I, _I)),
    "blend": (None, (_P, _D, _W, _P, _I)),
    "sample_codes": (_W, (_P, _W, _I, _I, _P, _P, _I, _P, _I, _I)),
    "sample_ramp": (None, (_P, _I, _I, _P, _D, _D, _F, _W, _P, _P, _I, _I)),
    "touching": (_I, (_P, _I, _D, _D, _D, _D, _P)),
    "coarsen": (_I, (_P, _I, _P, _I, _D, _D, _D, _P, _P, _P)),
    "read_shapes": (_I, (_P, _P, _I, _W, _P, _P, _P, _P, _P, _P)),
    "distance": (_W, (_P, _P, _P, _I, _I, _W, _P, _P)),
    "move_neighbours": (None, (_P, _I, _I, _I, _P, _I, _P, _P, _P, _I)),
    "scores": (_W, (_P, _I, _I, _P, _I, _P, _I, _P, _P, _I, _P)),
    "candidates": (_W, (_P, _I, _I, _P, _I, _P, _I, _P, _P, _P, _I, _I, _P, _P, _P)),
}


def _load() -> ctypes.CDLL | None:
    if os.environ.get("ONEKL_PLAIN") == "1":
        return None
    path = Path(__file__).parent / "lib" / library_name()
    if not path.exists():
        return None
    try:
        library = ctypes.CDLL(str(path))
        if library.onekl_abi() != _ABI:
            return None
        for name, (result, arguments) in _SIGNATURES.items():
            function = getattr(library, f"onekl_{name}")
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError):
        return None
    return library


LIBRARY = _load()


def is_compiled() -> bool:
    """Whether the C library is in use (else the NumPy twins are)."""
    return LIBRARY is not None


def at(array: NDArray | None) -> int | None:
    """The address of an array's first value."""
    return None if array is None else int(array.__array_interface__["data"][0])
