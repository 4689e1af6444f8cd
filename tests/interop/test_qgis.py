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
def test_qgis_draws_as_we_do(planned, tmp_path):
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
    with planned.read() as db:
        styles = {layer.name: load_style(layer.style) for layer in list_layers(db)}
    planned.close()
    done = subprocess.run(
        [QGIS_PYTHON, str(SCRIPT.with_name("qgis_styles.py")), str(planned.path)], capture_output=True, text=True, check=False, timeout=300,
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
