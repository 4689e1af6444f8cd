"""The package's build: setuptools, with the C kernels compiled and the data folders copied in first.

A wheel holds compiled code, so it is tagged for the platform it was built on (any Python 3).
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403 - a build backend is its functions

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "onekl_desktop" / "_data"


def _prepare() -> None:
    sys.path.insert(0, str(ROOT / "onekl_desktop" / "native"))
    import build as native_build

    native_build.build(ROOT / "onekl_desktop" / "native" / "lib")
    for name in ("resources", "i18n", "sample_projects"):
        shutil.copytree(
            ROOT / name, DATA / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
        )


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):  # type: ignore[no-untyped-def]
    """A wheel with kernels and data inside."""
    from setuptools.command.bdist_wheel import bdist_wheel

    class PlatformWheel(bdist_wheel):
        def finalize_options(self) -> None:
            super().finalize_options()
            self.root_is_pure = False

        def get_tag(self) -> tuple[str, str, str]:
            return "py3", "none", super().get_tag()[2]

    _prepare()
    import setuptools.command.bdist_wheel as command

    command.bdist_wheel = PlatformWheel
    try:
        return build_meta.build_wheel(wheel_directory, config_settings, metadata_directory)
    finally:
        shutil.rmtree(DATA, ignore_errors=True)
