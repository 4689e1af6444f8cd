"""The user's own folders: data (working copies, plug-ins), cache (run rasters), settings. One place, overridable for tests."""

from __future__ import annotations

import os
from pathlib import Path


def _folder(kind: str) -> Path:
    root = os.environ.get("ONEKL_HOME")
    if root:
        return Path(root) / kind
    import platformdirs

    name = "1KL Desktop"
    places = {
        "data": platformdirs.user_data_path(name, appauthor=False, roaming=False),
        "cache": platformdirs.user_cache_path(name, appauthor=False),
        "settings": platformdirs.user_config_path(name, appauthor=False, roaming=False),
        "log": platformdirs.user_log_path(name, appauthor=False),
    }
    return places[kind]


def data_folder() -> Path:
    """Working copies and plug-ins."""
    return _folder("data")


def cache_folder() -> Path:
    """What can be computed again: rasters of runs, drawing caches."""
    return _folder("cache")


def settings_folder() -> Path:
    """Application settings."""
    return _folder("settings")


def log_folder() -> Path:
    """Logs of crashes."""
    return _folder("log")
