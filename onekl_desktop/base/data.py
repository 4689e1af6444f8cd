"""Where the files that travel with the app are: in a checkout at its top, in a built package under `_data`."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def find_folder(name: str) -> Path:
    """The folder `resources`, `i18n` or `sample_projects`, wherever this copy of the app keeps it.

    Raises
    ------
    FileNotFoundError
        The installation is incomplete.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parent):
        if (root / name).is_dir():
            return root / name
    raise FileNotFoundError(f"the folder {name} is missing from this installation")
