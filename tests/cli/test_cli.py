"""Every verb through the real door, its JSON, its exit codes; nothing of QtWidgets is loaded."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import shapely

from onekl_desktop.cli.main import build_parser, run
from onekl_desktop.engine.registry import discover
from tests.support.landscape import place, write_cover
from tests.support.plugin import make_plugin


def onekl(capsys, *arguments):
    """Exit code, JSON from stdout (when asked for), stderr."""
    capsys.readouterr()
    code = run([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, (json.loads(out) if "--json" in arguments else out), err


@pytest.fixture
def boundary(tmp_path):
    path = tmp_path / "b.geojson"
    path.write_text(
        json.dumps(
            {
                "type": "Feature",
                "properties": {},
                "geometry": shapely.geometry.mapping(shapely.box(98.95, 2.7, 99.1, 2.82)),
            }
        )
    )
    return path


def test_the_journey_on_the_command_line(tmp_path, capsys, boundary):
    file = tmp_path / "p.gpkg"
    code, made, _err = onekl(capsys, "new", file, "--name", "Desa", "--boundary", boundary, "--json")
    assert code == 0 and made["crs"] == "EPSG:32647" and made["problems"] == []
    cover = write_cover(tmp_path)
    code, seen, _err = onekl(
        capsys,
        "import",
        file,
        cover,
        "--role",
        "land_cover",
        "--classes",
        tmp_path / "classes.csv",
        "--preview",
        "--json",
    )
    assert code == 0 and any("classes" in sentence for sentence in seen["preview"])
    code, _out, _err = onekl(
        capsys,
        "import",
        file,
        cover,
        "--role",
        "land_cover",
        "--name",
        "Cover",
        "--year",
        2024,
        "--classes",
        tmp_path / "classes.csv",
    )
    assert code == 0
    assert (
        onekl(
            capsys,
            "do",
            file,
            "scenarios.add_practice",
            "--name",
            "Gardens",
            "--class-code",
            3,
            "--capital-cost-per-ha",
            10,
        )[0]
        == 0
    )
    assert onekl(capsys, "scenario", "add", file, "--name", "Plan")[0] == 0
    (tmp_path / "place.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(place(6000, 3000, 7000, 4000))}]}))  # fmt: skip
    code, done, _err = onekl(
        capsys,
        "do",
        file,
        "scenarios.add_intervention",
        "--scenario",
        "Plan",
        "--practice",
        "Gardens",
        "--geometry",
        f"@{tmp_path / 'place.geojson'}",
        "--schedule",
        "2026:50%, 2027:50%",
        "--json",
    )
    assert code == 0 and done["changed"] and done["result"]["area_ha"] == pytest.approx(100, rel=2e-3)
    code, ran, err = onekl(capsys, "run", file, "--json")
    assert code == 0 and ran["computed"] == ["Baseline", "Plan"] and "Computing Plan" in err
    values = {item["indicator"]: item["values"] for item in ran["indicators"]}
    assert values["capital_cost"]["Plan"] == pytest.approx(1000, rel=2e-3) and values["capital_cost"]["Baseline"] == 0
    assert onekl(capsys, "run", file, "--scenario", "Plan", "--json")[1]["computed"] == []
    code, info, _err = onekl(capsys, "info", file, "--json")
    assert code == 0 and info["interventions"] == 1 and {item["state"] for item in info["scenarios"]} == {"current"}
    assert onekl(capsys, "check", file, "--json")[1]["problems"] == []
    for suffix in ("pdf", "html"):
        assert onekl(capsys, "report", file, "summary", "--out", tmp_path / f"s.{suffix}")[0] == 0
    assert (tmp_path / "s.pdf").read_bytes()[:5] == b"%PDF-" and "Desa" in (tmp_path / "s.html").read_text(
        encoding="utf-8"
    )
    report = tmp_path / "report.json"
    assert onekl(capsys, "info", file, f"--json={report}")[0] == 0 and json.loads(report.read_text())["name"] == "Desa"


@pytest.mark.parametrize(
    ("arguments", "code", "word"),
    [
        ([], 2, ""), (["nonsense"], 2, ""), (["info"], 2, ""), (["info", "none.gpkg"], 3, "file.missing"), (["check", "{text}"], 4, "project.not_geopackage"),
        (["do", "{file}", "nobody.nothing"], 2, "operation.unknown"), (["do", "{file}", "scenarios.add_scenario"], 3, "field.required"),
        (["do", "{file}", "scenarios.add_scenario", "--nome", "x"], 2, ""), (["run", "{file}"], 3, "scenarios.no_land_cover"),
        (["report", "{file}", "nothing", "--out", "x.pdf"], 2, "report.unknown"), (["report", "{file}", "summary", "--out", "x.odt"], 2, "report.unknown_format"),
        (["new", "{file}", "--name", "X", "--boundary", "{text}"], 3, "import.bad_table"), (["import", "{file}", "{text}"], 3, "import.bad_table"),
        (["plugins", "remove", "nobody"], 3, "plugin.missing"), (["plugins", "install"], 2, ""), (["new", "x.gpkg", "--name", "X", "--boundary", "none.shp"], 3, "file.missing"),
    ],
)  # fmt: skip
def test_problems_have_one_form_and_codes_of_the_catalogue(path, tmp_path, capsys, monkeypatch, arguments, code, word):
    monkeypatch.chdir(tmp_path)
    text = tmp_path / "text.txt"
    text.write_text("hello")
    filled = [argument.format(file=path, text=text) for argument in arguments]
    assert onekl(capsys, *filled)[0] == code
    if word:
        found, document, err = onekl(capsys, *filled, "--json")
        assert found == code and document["problems"][0]["code"] == word and err.strip()
        assert set(document["problems"][0]) >= {"code", "field", "file", "row", "message", "remedy"}


def test_a_crossed_boundary_needs_a_yes(tmp_path, capsys):
    path = tmp_path / "bow.geojson"
    path.write_text('{"type":"Polygon","coordinates":[[[98.6,3.1],[98.8,3.3],[98.8,3.1],[98.6,3.3],[98.6,3.1]]]}')
    file = tmp_path / "p.gpkg"
    code, document, _err = onekl(capsys, "new", file, "--name", "X", "--boundary", path, "--json")
    assert code == 3 and document["problems"][0]["code"] == "boundary.crosses_itself" and not file.exists()
    assert onekl(capsys, "new", file, "--name", "X", "--boundary", path, "--repair")[0] == 0 and file.exists()


def test_a_bug_is_told_with_its_log(path, capsys, monkeypatch, home):
    monkeypatch.setattr("onekl_desktop.cli.commands.describe_layers", lambda session: 1 / 0)
    code, _out, err = onekl(capsys, "info", path)
    assert code == 70 and "crash.log" in err and "ZeroDivisionError" in (home / "log" / "crash.log").read_text()


def test_an_interrupt_leaves_a_file_that_opens(tmp_path, capsys, monkeypatch):
    import onekl_desktop.engine.recipes as recipes

    real, calls = recipes.perform, []

    def interrupted(session, operation, **fields):
        calls.append(operation)
        if len(calls) == 6:
            raise KeyboardInterrupt
        return real(session, operation, **fields)

    monkeypatch.setattr(recipes, "perform", interrupted)
    assert onekl(capsys, "demo", "--out", tmp_path / "d")[0] == 130
    assert onekl(capsys, "check", tmp_path / "d" / "lembah_arum.gpkg")[0] == 0
    monkeypatch.undo()


def test_plugins_and_recovery(path, tmp_path, capsys, monkeypatch):
    assert onekl(capsys, "plugins", "install", make_plugin(tmp_path, "diary"))[0] == 0
    code, listed, _err = onekl(capsys, "plugins", "--json")
    assert code == 0 and [item["tool"] for item in listed["plugins"]] == ["diary"]
    code, done, _err = onekl(capsys, "note", path, "--words", "from the terminal", "--json")
    assert code == 0 and done["operation"] == "diary.add_note"
    assert onekl(capsys, "report", path, "notes", "--out", tmp_path / "n.html")[0] == 0
    assert "from the terminal" in (tmp_path / "n.html").read_text()
    assert onekl(capsys, "plugins", "remove", "diary")[0] == 0
    assert onekl(capsys, "recover", "--json")[1]["recoverable"] == []


def test_every_verb_and_operation_explains_itself(capsys):
    registry = discover()
    parser = build_parser(registry)
    verbs = next(action for action in parser._actions if hasattr(action, "choices") and action.choices)
    for verb in verbs.choices:
        assert onekl(capsys, verb, "--help")[0] == 0
    code, listing, _err = onekl(capsys, "do", "--list", "--json")
    assert code == 0
    assert {item["operation"] for item in listing["operations"]} == {
        f"{entry.spec.id}.{op.id}" for entry in registry.entries for op in entry.spec.operations
    }


def test_no_verb_loads_widgets(tmp_path):
    """One process runs the whole journey and looks at what it loaded."""
    code = (
        "import sys\nfrom onekl_desktop.cli.main import run\n"
        f"assert run(['demo', '--out', r'{tmp_path / 'demo'}']) == 0\n"
        f"f = r'{tmp_path / 'demo' / 'lembah_arum.gpkg'}'\n"
        "assert run(['info', f]) == 0 and run(['check', f]) == 0 and run(['run', f]) == 0 and run(['do', '--list']) == 0\n"
        "assert run(['plugins']) == 0 and run(['recover']) == 0\n"
        "bad = [name for name in sys.modules if name.startswith('PySide6.') and name.split('.')[1] not in ('QtCore', 'QtGui', 'QtSvg', 'support')]\n"
        "assert not bad, bad\n"
    )
    env = dict(
        os.environ, ONEKL_HOME=str(tmp_path / "home"), PYTHONPATH=str(Path(__file__).parents[2]), PROJ_LIB="/nowhere"
    )
    env.pop("PROJ_LIB")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr[-3000:]
    again = subprocess.run([sys.executable, "-m", "onekl_desktop", "demo", "--out", str(tmp_path / "demo")], capture_output=True, text=True, check=False,
                           env=dict(env, PROJ_LIB="/nowhere", GDAL_DATA="/nowhere"))  # fmt: skip
    assert again.returncode == 0, again.stderr[
        -2000:
    ]  # another program's PROJ settings do no harm, and the demo can be repeated


def test_the_demo_leaves_other_files_alone(tmp_path, capsys):
    target = tmp_path / "lembah_arum.gpkg"
    target.write_text("mine")
    assert onekl(capsys, "demo", "--out", tmp_path)[0] == 5
    assert target.read_text() == "mine"
