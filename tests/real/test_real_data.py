"""The journey on data that nobody here made; skipped with the reason where the folder is missing."""

import os
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
import rasterio
import rasterio.features
from sqlalchemy import select

from onekl_desktop.cli.main import run
from onekl_desktop.engine import Session, perform
from onekl_desktop.project.check import check_project
from onekl_desktop.project.queries.records import get_landscape, list_classes
from onekl_desktop.project.records import Layer
from onekl_desktop.tools.scenarios.queries import compare

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("ONEKL_REFERENCE_DATA", ROOT.parent / "shared" / "reference")) / "real"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason=f"no reference data in {REAL} (set ONEKL_REFERENCE_DATA)")
MINDANAO = REAL / "boundaries" / "northern_mindanao" / "municities-provdist-1001300000.geojson"
NTT = REAL / "landcover" / "ntt_indonesia"


def onekl(*arguments):
    return run([str(argument) for argument in arguments])


@pytest.mark.slow
def test_two_dates_districts_and_lookup_tables_of_nusa_tenggara_timur(tmp_path, capsys):
    file = tmp_path / "ntt.gpkg"
    provinces = REAL / "boundaries" / "indonesia-38-provinces.geojson"
    assert (
        onekl(
            "new",
            file,
            "--name",
            "Nusa Tenggara Timur",
            "--boundary",
            provinces,
            "--feature",
            "PROVINSI=Nusa Tenggara Timur",
            "--crs",
            "EPSG:32751",
        )
        == 0
    )
    for year, name in ((1990, "NTT_LC90"), (2020, "NTT_LC20")):
        assert (
            onekl(
                "import",
                file,
                NTT / f"{name}.tif",
                "--role",
                "land_cover",
                "--year",
                year,
                "--name",
                f"Land cover {year}",
                "--classes",
                NTT / "lc_lookup_klhk_sequence.csv",
            )
            == 0
        )
    assert (
        onekl(
            "import",
            file,
            NTT / "ntt_admin_spatraster.tif",
            "--role",
            "zones",
            "--name",
            "Districts",
            "--classes",
            NTT / "ntt_admin_lookup.csv",
        )
        == 0
    )
    assert onekl("do", file, "layers.set_land_cover", "--layer", "Land cover 2020") == 0
    with Session(file) as session:
        with session.read() as db:
            legend = db.scalar(select(Layer.legend).where(Layer.name == "Land cover 2020"))
            codes = [cls.code for cls in list_classes(db, legend)]
        for code in codes:
            perform(
                session, "layers.change_class", layer="Land cover 2020", code=code, above=10 * code, source="made up"
            )
        perform(session, "scenarios.add_practice", name="Agroforestry", class_code=5, capital_cost_per_ha=500)
        perform(session, "scenarios.add_scenario", name="Green belt")
        with session.read() as db:
            centre = get_landscape(db).geom.representative_point()
        made = perform(
            session,
            "scenarios.add_intervention",
            scenario="Green belt",
            practice="Agroforestry",
            geometry=centre.buffer(5000),
            start_year=2026,
        )
        assert made["area_ha"] == pytest.approx(np.pi * 5000**2 / 1e4, rel=0.02)
    assert onekl("run", file) == 0
    assert onekl("report", file, "summary", "--out", tmp_path / "s.pdf") == 0
    assert len(pypdfium2.PdfDocument(tmp_path / "s.pdf")) >= 3
    with Session(file, read_only=True) as session:
        comparison = compare(session)
        classes = {row.category: row.values[0] for row in comparison.classes}
        assert len(comparison.zones) == 22 and {"Sumba Tengah", "Manggarai"} <= set(comparison.zones)
        with session.read() as db, session.project.read_raw() as raw:
            assert check_project(raw, db, session.project.files_folder) == []
            boundary = get_landscape(db).geom
    # An independent count with rasterio: cells of 1 ha by class inside the province.
    with rasterio.open(NTT / "NTT_LC20.tif") as source:
        cells = source.read(1)
        inside = rasterio.features.rasterize([boundary], cells.shape, transform=source.transform).astype(bool)
    for code in np.unique(cells[inside]):
        if code != 127:
            assert classes[str(code)] == (inside & (cells == code)).sum()
    capsys.readouterr()


@pytest.mark.slow
def test_a_municipality_of_northern_mindanao_and_its_neighbours(tmp_path, capsys):
    file = tmp_path / "talakag.gpkg"
    assert onekl("new", file, "--name", "Talakag", "--boundary", MINDANAO, "--feature", "adm3_en=Talakag") == 0
    assert onekl("import", file, MINDANAO, "--role", "zones", "--name", "Municipalities") == 0
    sibuyan = REAL / "landcover" / "sibuyan" / "lu_sib_1997.tif"
    capsys.readouterr()
    assert onekl("import", file, sibuyan, "--role", "land_cover") == 3  # it names no system
    assert "coordinate reference system" in capsys.readouterr().err
    assert onekl("import", file, sibuyan, "--role", "land_cover", "--source-crs", "EPSG:32651") == 3  # another island
    assert "outside the landscape Talakag" in capsys.readouterr().err
    with Session(file) as session:
        with session.read() as db:
            landscape = get_landscape(db)
            assert landscape.crs == "EPSG:32651" and landscape.area_ha == pytest.approx(98_552, rel=1e-3)
        perform(session, "scenarios.add_practices")
        perform(session, "scenarios.add_scenario", name="Plan")
        perform(
            session,
            "scenarios.add_intervention",
            scenario="Plan",
            practice="agroforestry",
            geometry=landscape.geom.representative_point().buffer(800),
            start_year=2027,
        )
    assert onekl("run", file) == 3  # and says that a land-cover map is missing
    assert onekl("report", file, "summary", "--out", tmp_path / "t.pdf") == 0
    assert onekl("check", file) == 0


@pytest.mark.slow
def test_the_island_of_sibuyan_as_its_own_landscape(tmp_path, capsys):
    """The municipality's journey with land cover, on the island that the land cover is of."""
    import json

    import shapely

    sibuyan = REAL / "landcover" / "sibuyan"
    with rasterio.open(sibuyan / "lu_sib_1997.tif") as source:
        cells, transform = source.read(1), source.transform
    shapes = [
        shapely.geometry.shape(shape)
        for shape, value in rasterio.features.shapes((cells > 0).astype(np.uint8), transform=transform)
        if value
    ]
    island = max(shapes, key=lambda shape: shape.area)
    path = tmp_path / "island.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32651"}},
                                "features": [{"type": "Feature", "properties": {}, "geometry": shapely.geometry.mapping(island)}]}))  # fmt: skip
    (tmp_path / "classes.csv").write_text(
        "code,name,natural_forest,c_above\n1,Forest,1,150\n2,Coconut,0,60\n3,Grassland,0,6\n4,Rice,0,4\n5,Other,0,5\n"
    )
    file = tmp_path / "sibuyan.gpkg"
    assert onekl("new", file, "--name", "Sibuyan", "--boundary", path, "--crs", "EPSG:32651") == 0
    assert (
        onekl(
            "import",
            file,
            sibuyan / "lu_sib_1997.tif",
            "--role",
            "land_cover",
            "--year",
            1997,
            "--source-crs",
            "EPSG:32651",
            "--classes",
            tmp_path / "classes.csv",
        )
        == 0
    )
    assert onekl("run", file) == 0
    with Session(file, read_only=True) as session:
        areas = {row.category: row.values[0] for row in compare(session).classes}
    # The published counts (cells of 250 m) less the islets that are not part of the boundary.
    inside = rasterio.features.rasterize([island], cells.shape, transform=transform).astype(bool)
    for code, published in ((1, 4723), (2, 1158), (3, 839), (4, 224), (5, 282)):
        assert areas[str(code)] == (inside & (cells == code)).sum() * 6.25
        assert areas[str(code)] <= published * 6.25
    capsys.readouterr()
