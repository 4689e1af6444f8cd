"""`onekl`: no arguments or a project file opens the window, anything else is a command."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

# Other programs' settings for PROJ and GDAL break the libraries that come with us.
for _name in ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH"):
    os.environ.pop(_name, None)
# Five percent of the memory, GDAL's own choice, is more than strips need.
os.environ.setdefault("GDAL_CACHEMAX", "64")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the app or a command; returns the exit code."""
    try:
        return _start(list(sys.argv[1:] if arguments is None else arguments))
    except KeyboardInterrupt:  # before the command's own net was up
        sys.stderr.write("Interrupted.\n")
        return 130


def _start(given: list[str]) -> int:
    if not given or (len(given) == 1 and given[0].lower().endswith(".gpkg")):
        gc.disable()  # nothing that is imported is garbage; `run` turns it on again when the window is up
        from onekl_desktop.app.start import run

        return run(given)
    from onekl_desktop.cli.main import run as run_command

    return run_command(given)


if __name__ == "__main__":
    sys.exit(main())
