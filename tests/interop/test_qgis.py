"""GDAL's ogrinfo and Debian's QGIS open what we write, styled, and what they edit is really written."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from onekl_desktop.engine import Session
from onekl_desktop.project.check import check_project
from tests.support.landscape import add_garden

QGIS_PYTHON = "/usr/bin/python3"
SCRIPT = Path(__file__).parents[1] / "support" / "qgis_probe.py"


def has_qgis() -> bool:
    try:
        done = subprocess.run(
            [QGIS_PYTHON, "-c", "import qgis.core"],
            capture_output=True,
            check=False,
            timeout=120,
            env={"QT_QPA_PLATFORM": "offscreen"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


@pytest.fixture
def closed(planned, tmp_path):
    """A project with something in every table, closed."""
    from onekl_desktop.engine import perform
    from onekl_desktop.tools.scenarios.runs import run_scenarios

    (tmp_path / "places.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Point", "coordinates": [99 + 0.01 * k, 2.75]}} for k, name in enumerate("ab")
    ]}))  # fmt: skip
    perform(planned, "layers.import_layer", file=str(tmp_path / "places.geojson"), name="Places")
    perform(planned, "layers.style_by_class", layer="Places", column="name")
    add_garden(planned)
    run_scenarios(planned)
    planned.close()
    return planned.path


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="GDAL's ogrinfo is not installed")
def test_ogrinfo_lists_everything_without_a_warning(closed):
    done = subprocess.run(["ogrinfo", "-so", "-al", str(closed)], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "Warning" not in done.stderr + done.stdout and "ERROR" not in done.stderr
    for table in (
        "landscape",
        "intervention",
        "places",
        "scenario",
        "practice",
        "indicator",
        "indicator_value",
        "run",
        "layer",
        "onekl_journal",
    ):
        assert f"Layer name: {table}\n" in done.stdout
    raster = subprocess.run(["gdalinfo", f"GPKG:{closed}:cover"], capture_output=True, text=True, check=False)
    assert (
        "Size is 100, 100" in raster.stdout and "NoData Value=65535" in raster.stdout and "Type=UInt16" in raster.stdout
    )


@pytest.mark.slow
@pytest.mark.skipif(not has_qgis(), reason="Debian's QGIS (python3-qgis) is not installed")
def test_qgis_opens_it_styled_and_its_edits_are_written(closed, tmp_path, registry):
    done = subprocess.run(
        [QGIS_PYTHON, str(SCRIPT), str(closed)], capture_output=True, text=True, check=False, timeout=300,
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["opened"] and found["crs"] == "EPSG:32647"
    assert found["layers"]["Interventions"] == ["QgsCategorizedSymbolRenderer", 2]
    assert found["layers"]["Places"] == ["QgsCategorizedSymbolRenderer", 2]
    assert found["layers"]["Cover"] == ["QgsPalettedRasterRenderer", 3]
    assert found["invalid"] == [] and found["unresolved"] == []
    assert len(found["relations"]) >= 35
    assert all(found["relations"].values())
    assert found["edited"] == found["inserted"] == sorted(found["tables"]), found
    with Session(closed, registry=registry) as session, session.read() as db, session.project.read_raw() as raw:
        for table in found["tables"]:
            column = found["columns"][table]
            values = [row[0] for row in raw.execute(f'SELECT "{column}" FROM "{table}"')]
            inserted = values.count("inserted by QGIS")
            assert inserted, table
            assert "edited by QGIS" in values or len(values) == inserted, table  # an empty table has no row to edit
            assert raw.execute(f'SELECT count(*) FROM "{table}" WHERE length(uuid) != 32').fetchone() == (0,)
        codes = {problem.code for problem in check_project(raw, db, session.project.files_folder)}
        assert codes <= {"check.reference"}  # a row inserted by hand points at nothing yet, and check says so


@pytest.mark.slow
@pytest.mark.skipif(not has_qgis(), reason="Debian's QGIS (python3-qgis) is not installed")
def test_the_file_may_be_moved(closed, tmp_path):
    target = tmp_path / "elsewhere" / closed.name
    target.parent.mkdir()
    shutil.move(closed, target)
    done = subprocess.run(
        [QGIS_PYTHON, str(SCRIPT), str(target)], capture_output=True, text=True, check=False, timeout=300,
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["opened"] and found["invalid"] == []


@pytest.mark.slow
@pytest.mark.skipif(not has_qgis(), reason="Debian's QGIS (python3-qgis) is not installed")
def test_qgis_draws_as_we_do(planned, tmp_path, registry):
    """Colours, ranges, patterns, dashes, markers, labels, scales and blending arrive in QGIS."""
    import geopandas
    import shapely

    from onekl_desktop.engine import perform
    from onekl_desktop.project.queries.records import list_layers
    from onekl_desktop.project.styles import darker, load_style

    for name, shapes in (
        ("Fields", [shapely.box(500_000 + 900 * k, 301_000, 500_800 + 900 * k, 301_800) for k in range(3)]),
        ("Ways", [shapely.LineString([(500_000, 301_000 + 500 * k), (503_000, 301_500 + 500 * k)]) for k in range(3)]),
        ("Wells", [shapely.Point(500_500 + 700 * k, 302_000) for k in range(3)]),
        ("Zones", [shapely.box(500_000 + 900 * k, 303_000, 500_800 + 900 * k, 303_800) for k in range(3)]),
        ("Trees", [shapely.Point(500_500 + 700 * k, 304_000) for k in range(3)]),
    ):
        frame = geopandas.GeoDataFrame(
            {"name": ["x", "y", "z"], "v": [1.0, 5.0, 9.0]}, geometry=shapes, crs=planned.crs
        )
        frame.to_file(tmp_path / f"{name}.gpkg", driver="GPKG")
        perform(planned, "layers.import_layer", file=str(tmp_path / f"{name}.gpkg"), name=name)
    perform(planned, "layers.style_by_range", layer="Fields", column="v", classes=3, method="equal", ramp="change")
    perform(
        planned,
        "layers.change_style",
        layer="Fields",
        pattern="forward",
        blend="multiply",
        near_scale=1000,
        far_scale=90_000,
    )
    perform(planned, "layers.style_plain", layer="Ways", fill="#aa3311", width=0.8)
    perform(planned, "layers.change_style", layer="Ways", dashes="3 1.5")
    perform(planned, "layers.style_by_class", layer="Wells", column="name")
    perform(
        planned,
        "layers.change_style",
        layer="Wells",
        marker="diamond",
        size=4,
        label_column="name",
        label_size=12,
        label_colour="#112244",
    )
    rules = [{"rule": '"v" > 2 AND "name" IN (\'x\', \'y\')', "label": "Some", "colour": "#aa2200", "pattern": "crossed"},
             {"rule": "ELSE", "label": "Others", "colour": "#cccccc"}]  # fmt: skip
    perform(planned, "layers.style_by_rule", layer="Zones", rules=rules)
    perform(planned, "layers.style_as_heat", layer="Trees", radius=7, weight="v", ramp="change")
    with planned.read() as db:
        styles = {layer.name: load_style(layer.style) for layer in list_layers(db)}
    planned.close()
    (tmp_path / "qml").mkdir()
    done = subprocess.run(
        [QGIS_PYTHON, str(SCRIPT.with_name("qgis_styles.py")), str(planned.path), str(tmp_path / "qml")], capture_output=True, text=True, check=False, timeout=300,
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    fields, ways, wells = found["Fields"], found["Ways"], found["Wells"]
    classes = styles["Fields"].classes
    assert fields["renderer"] == "QgsGraduatedSymbolRenderer" and fields["blend"] == 13  # QPainter's multiply
    assert fields["ranges"] == [[cls.low, cls.high] for cls in classes] and fields["scales"] == [1000, 90_000]
    assert fields["symbols"] == [
        [f"SimpleFill:{cls.colour}", f"SimpleFill:{darker(cls.colour, 0.55)}"] for cls in classes
    ]
    assert ways["symbols"] == [["SimpleLine:#aa3311"]] and ways["properties"]["customdash"] == "3;1.5"
    assert ways["properties"]["use_custom_dash"] == "1" and float(ways["properties"]["line_width"]) == 0.8
    assert wells["symbols"] == [[f"SimpleMarker:{cls.colour}"] for cls in styles["Wells"].classes]
    assert wells["properties"]["name"] == "diamond" and float(wells["properties"]["size"]) == 4
    assert wells["labels"] == [True, "name", 12, "#112244"] and fields["labels"] == [False]
    assert found["Zones"]["rules"] == [["Some", rules[0]["rule"], True], ["Others", "ELSE", True]]
    assert [symbol[0] for symbol in found["Zones"]["symbols"]] == ["SimpleFill:#aa2200", "SimpleFill:#cccccc"]
    assert found["Trees"]["renderer"] == "QgsHeatmapRenderer" and found["Trees"]["heat"] == [7, '"v"', 0, "#1f6f54"]
    _check_the_way_back(planned.path, registry, tmp_path / "qml", styles)


def _check_the_way_back(path, registry, folder, styles):
    """What QGIS wrote of our styles is read as the same styles."""
    from dataclasses import asdict

    from onekl_desktop.engine import perform
    from onekl_desktop.project.queries.records import list_layers
    from onekl_desktop.project.styles import load_style

    with Session(path, registry=registry) as session:
        for name in ("Fields", "Ways", "Wells", "Zones", "Trees", "Cover"):
            perform(session, "layers.style_plain", layer=name) if name != "Cover" else None
            told = perform(session, "layers.read_style", layer=name, file=str(folder / f"{name}.qml"))
            assert told["sentences"] == [], name
        with session.read() as db:
            back = {layer.name: load_style(layer.style) for layer in list_layers(db)}
    for name, style in back.items():
        ours, theirs = asdict(styles[name]), asdict(style)
        if style.classes:  # colours are those of the classes
            for each in (ours, theirs):
                del each["fill"]
                each["pattern"] = ""
                for cls, told in zip(each["classes"], styles[name].classes, strict=True):
                    cls["pattern"] = cls["pattern"] or styles[name].pattern
                    cls["value"] = str(cls["value"])
                    for bound in ("low", "high"):  # QGIS writes fifteen digits
                        cls[bound] = None if cls[bound] is None else round(cls[bound], 9)
        if style.kind == "heat":
            ours, theirs = (
                {key: each[key] for key in ("kind", "radius", "column", "ramp", "high")} for each in (ours, theirs)
            )
        assert theirs == ours, name


@pytest.mark.slow
@pytest.mark.skipif(not has_qgis(), reason="Debian's QGIS (python3-qgis) is not installed")
def test_expressions_mean_the_same_in_qgis(tmp_path):
    from onekl_desktop.base.expression import parse_expression

    fields = [["a", "whole"], ["b", "number"], ["name", "text"], ["n", "text"]]
    rows = [[1, 2.5, "Aro", "3"], [7, -0.5, "bena ya", None], [None, 0.0, "It's", "x"], [0, None, None, "10"]]
    given = {"fields": fields, "rows": rows, "expressions": EXPRESSIONS}
    done = subprocess.run(
        [QGIS_PYTHON, str(SCRIPT.with_name("qgis_expressions.py"))], input=json.dumps(given), capture_output=True, text=True, check=False,
        timeout=300, env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    for text, theirs in zip(EXPRESSIONS, json.loads(done.stdout.splitlines()[-1]), strict=True):
        ours = [parse_expression(text)(dict(zip([name for name, _kind in fields], row, strict=True))) for row in rows]
        assert [pytest.approx(value) if isinstance(value, float) else value for value in ours] == theirs, text


EXPRESSIONS = [
    "a+b*2", "a-b-1", "2^3^2", "-2^2", "2*3%4", "a/2", "-7//2", "7//2", "-7%3", "7%-3", "a||name", "name||b", "1+2||3", "a=1", "a=1 or b>0",
    "not a=1 and b>0", "not a", "a and b", "name='Aro'", "name='aro'", "name<'b'", "name like 'A%'", "name ilike 'a%'", "name like '_ro'",
    "name not like 'A%'", "a in (1,7)", "a not in (1,null)", "a in (null)", "a is null", "a is not null", "name is 'Aro'", "n=3", "n>5", "name+n",
    "a=n", "n<'5'", "case when a>3 then 'big' when a is null then 'none' else 'small' end", "case when a>3 then 1 end", "coalesce(a,b,9)",
    "if(a>3,'x','y')", "nullif(a,7)", "max(a,b)", "min(a,b,null)", "round(b)", "round(2.5)", "round(-2.5)", "round(b,1)", "round(1234,-2)",
    "floor(b)", "ceil(b)", "sqrt(a)", "ln(0)", "exp(1)", "log10(100)", "log(2,8)", "abs(b)", "upper(name)", "title(name)", "trim('  x ')",
    "length(name)", "substr(name,2)", "substr(name,2,2)", "substr(name,-3)", "left(name,2)", "right(name,2)", "left(name,-1)", "right(name,-1)",
    "strpos(name,'e')", "replace(name,'a','o')", "to_int('12')", "to_real('1.5')", "to_string(b)", "concat(a,name,null)", "year('2024-03-05')",
    "1/0", "5%0", "'a' > 1", "true and null", "false and null", "null or true", "null = null", "a < b < 3", "a <> 1", "a != 1", "'it''s'", "- - 2",
    "a--1", "5 - -3", "2+3*4^2", "'5' * '2'", "'5' + '2'", "'5' + 2", "a in ('1','7')", "not null", "null is null", "name > a", "a*1.0",
]  # fmt: skip
