"""The house itself: floors, locks, documents, start-up."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from onekl_desktop.base.messages import MESSAGES
from onekl_desktop.cli.commands import COMMANDS
from onekl_desktop.engine.samples import list_samples
from onekl_desktop.engine.settings import APPLICATION_SETTINGS, PROJECT_SETTINGS

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "onekl_desktop").rglob("*.py"))


def test_the_floors_hold():
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements*.lock")), ids=lambda path: path.name)
def test_locks_name_no_place_and_hash_everything(lock):
    text = lock.read_text()
    for word in ("://", "--index", "--extra-index", "--find-links", "file:", "/home/", "/root/"):
        assert word not in text
    for block in re.split(r"\n(?=[a-z])", text.strip()):
        assert "--hash=sha256:" in block, block[:60]
    assert "pyside6-essentials==6.11" in text or any(word in lock.name for word in ("dev", "build", "cluster"))


@pytest.mark.skipif(shutil.which("git") is None or not (ROOT / ".git").exists(), reason="this is no git checkout")
def test_no_path_of_a_machine_is_committed():
    done = subprocess.run(
        ["git", "grep", "-nIE", "/(home|root|Users)/[a-z]+/"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    found = [line for line in done.stdout.splitlines() if not line.startswith(("tests/house/test_house.py", ".ci/"))]
    assert found == []


def test_packages_keep_to_their_rooms():
    rules = {
        "sqlalchemy": {"project", "engine", "tools", "cartography", "cli", "gui"}, "rasterio": {"project", "exchange", "cartography"}, "pyogrio": {"exchange"},
        "ctypes": {"native"}, "PySide6": {"gui", "app", "tools", "cartography", "reports"}, "reportlab": {"reports"},
    }  # fmt: skip
    for path in SOURCES:
        room = path.relative_to(ROOT / "onekl_desktop").parts[0]
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for name in names:
                top = name.split(".")[0]
                assert top not in rules or room in rules[top], f"{path.name} imports {name}"
                if top == "PySide6" and room == "tools":
                    assert path.stem == "panel" or path.parent.name == "panel"
                if top == "PySide6" and room in ("cartography", "reports"):
                    assert name in ("PySide6.QtCore", "PySide6.QtGui", "PySide6.QtSvg")


def test_only_the_registry_imports_by_name():
    for path in SOURCES:
        if path.name != "registry.py":
            assert "import_module" not in path.read_text(encoding="utf-8"), path


def test_files_fit_on_a_few_screens():
    for path in SOURCES:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        assert lines <= 700, f"{path.name} has {lines} lines"


def test_no_managers_and_helpers():
    for path in SOURCES:
        assert path.stem not in {"utils", "helpers", "common", "manager", "misc", "util"}
        for name in re.findall(r"^class (\w+)", path.read_text(encoding="utf-8"), re.M):
            assert not name.endswith(("Manager", "Helper", "Handler", "Utils"))


@pytest.mark.parametrize("arguments", [["-c", "import onekl_desktop.app.start"]], ids=["window"])
def test_the_window_starts_without_the_heavy_libraries(arguments):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=dict(os.environ, QT_QPA_PLATFORM="offscreen"),
    )
    assert done.returncode == 0
    loaded = {
        line.rsplit("|", 1)[1].strip().split(".")[0]
        for line in done.stderr.splitlines()
        if line.startswith("import time:") and "|" in line
    }
    assert "PySide6" in loaded
    assert not loaded & {
        "pandas",
        "geopandas",
        "pyogrio",
        "rasterio",
        "scipy",
        "matplotlib",
        "pyqtgraph",
        "openpyxl",
        "numba",
        "alembic",
    }


def test_the_readme_and_the_handbook_name_every_verb():
    readme, handbook = (
        (ROOT / "README.md").read_text(encoding="utf-8"),
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"),
    )
    assert "python3 dev.py run" in readme and "python3 dev.py test" in readme
    for command in COMMANDS:
        assert f"onekl {command.name}" in readme, command.name
    for verb in re.findall(r'^    "(\w+)": \(verb_', (ROOT / "dev.py").read_text(), re.M):
        assert f"`{verb}`" in handbook, verb
    for room in sorted(
        path.name for path in (ROOT / "onekl_desktop").iterdir() if path.is_dir() and not path.name.startswith("_")
    ):
        assert f"{room}/" in handbook, room


def test_every_setting_says_what_it_does():
    for spec in (*APPLICATION_SETTINGS, *PROJECT_SETTINGS):
        assert spec.input.title and spec.input.about


def test_every_code_that_is_raised_is_catalogued_and_the_other_way_round():
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES if path.name != "messages.py")
    used = set(
        re.findall(
            r'"((?:batch|cluster|file|project|new|boundary|crs|import|operation|field|record|history|layers|scenarios|areas|check|report|plugin|setting|native|display|demo|partnership|decision|visioning|governance|lift|portfolio|impact|commons|bundle|rows|model|expression|shape|style|gps|print|basemap|finance|landcover|optimise|action_plan|knowledge)\.[a-z_]+)"',
            text,
        )
    )
    codes = {code for code in used if code in MESSAGES}
    assert set(MESSAGES) == codes, sorted(set(MESSAGES) - codes)


def test_the_catalogue_of_texts_is_up_to_date(tmp_path):
    script = ROOT / "i18n" / "catalogues.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("sample", list_samples())
def test_the_sample_is_what_its_recipe_makes(tmp_path, sample):
    folder = ROOT / "sample_projects" / sample
    subprocess.run([sys.executable, str(folder / "make_inputs.py"), str(tmp_path)], check=True, cwd=ROOT)
    import numpy as np
    import rasterio

    for path in sorted((folder / "inputs").iterdir()):
        if path.suffix == ".tif":
            with rasterio.open(path) as old, rasterio.open(tmp_path / path.name) as new:
                # The last bits of smoothing filters differ between processors: a cell in a thousand may.
                assert (np.abs(old.read(1).astype(float) - new.read(1)) > 1).mean() < 1e-3
        else:
            assert len((tmp_path / path.name).read_text()) == pytest.approx(len(path.read_text()), rel=1e-3)
