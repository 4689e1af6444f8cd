"""The catalogue of practices that comes with the app."""

from __future__ import annotations

import csv

from onekl_desktop.base.data import find_folder


def read_practices() -> list[dict[str, str]]:
    """The practices that come with the app, as rows of text."""
    path = find_folder("resources") / "catalogues" / "practices.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
