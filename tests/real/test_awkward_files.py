"""Files that nobody here made, one row each: what importing does with it. Skipped with the reason where they are missing."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from onekl_desktop.base.errors import UserError
from onekl_desktop.exchange.raster import plan_raster
from onekl_desktop.exchange.vector import list_layers, read_vector
from onekl_desktop.exchange.vector_plan import plan_vector

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("ONEKL_REFERENCE_DATA", ROOT.parent / "shared" / "reference")) / "real"
VECTORS, COVER = REAL / "vectors", REAL / "landcover"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason=f"no reference data in {REAL} (set ONEKL_REFERENCE_DATA)")

# File under vectors/, layer, shapes that come in, rows left out (or the problem's code and a word of its sentence).
GEOJSON = """
bad__bad-duplicate-properties | import.no_features | no shape
bad__bad-featurelist | import.bad_geojson | do not fit a Polygon
bad__bad-json | import.bad_geojson | line 3, column 5
bad__bad-object-type | import.bad_geojson | no “type”
bad__bad-polygon-interiorring-rhr | 1 | 0
bad__bad-polygonloop | import.no_features | only 2 positions
bad__bad-properties-as-array | import.no_features | no shape
bad__badcoord | import.bad_geojson | not a number but
bad__badcoordtype | import.no_features | only 1 positions
bad__badfeature | import.no_features | no shape
bad__badfeatureid | 1 | 0
bad__bbox-4or6elements | 1 | 0
bad__bbox-contains-string | 1 | 0
bad__bbox-string | 1 | 0
bad__different-first-last | 1 | 0
bad__different-first-size | 1 | 0
bad__excessive_precision_truncated | 1 | 0
bad__expected_object | import.no_features | no shape
bad__false | import.no_features | no “type”
bad__feature_changed_semantics | 1 | 0
bad__featurecollection-obj | import.bad_geojson | not a list
bad__featurecollection-type-case | 1 | 2
bad__featurecollection | import.bad_geojson | not a list
bad__featurecollection_changed_semantics | 1 | 2
bad__geometry_changed_semantics | 1 | 0
bad__geometrycollection_nested | 1 | 0
bad__geometrycollection_single | 1 | 0
bad__multiple_problems | 1 | 1
bad__multipoint-multidimension | import.bad_geojson | not a number
bad__multipoint-nondimension | import.bad_geojson | do not fit a MultiPoint
bad__nofeaturetype | import.no_features | no shape
bad__notype | import.bad_geojson | no “type”
bad__point-labeled-as-a-multipolygon | import.no_features | do not fit a MultiPolygon
bad__point-string | import.bad_geojson | not a number
bad__point-toofew | import.bad_geojson | only 1 number
bad__point-toomany | 1 | 0
bad__point | import.bad_geojson | no coordinates
bad__polygon_winding_order | 1 | 0
bad__rootstring | import.bad_geojson | not a GeoJSON object
bad__short-line | import.no_features | only 1 positions
bad__short-linearring | 1 | 0
bad__short-multilinestring | import.no_features | only 1 positions
bad__stringcoord | 1 | 1
bad__unknowntype | import.bad_geojson | “FooBar”
good__good-feature-with-id | 1 | 0
good__good-feature-with-string-id | 1 | 0
good__good-feature | 1 | 0
good__good-featurecollection-bbox | 2 | 0
good__good-featurecollection-bbox3d | 2 | 0
good__good-featurecollection-extensions | 1 | 2
good__good-featurecollection | 1 | 2
good__good-geometrycollection | 1 | 0
good__good-linestring | 1 | 0
good__good-multilinestring | 1 | 0
good__good-multipoint | 1 | 0
good__good-point-3d | 1 | 0
good__good-point | 1 | 0
good__good-polygon | 1 | 0
good__issue82 | import.no_features | no place
good__multipolygon | 1 | 0
good__nullgeometry | import.no_features | no shape
good__nullproperties | 1 | 0
"""
OTHERS = """
geopackage/Oregon_customCRS.gpkg | | 1 | 0
geopackage/bentiu_southsudan-osm-20170213.gpkg | | import.several_layers | health_schools_polygons
geopackage/bentiu_southsudan-osm-20170213.gpkg | landuse_residential_polygons | 686 | 2
geopackage/bentiu_southsudan-osm-20170213.gpkg | amenities_all_points | 4 | 0
geopackage/data_only_tables.gpkg | oregon_cities | 5 | 0
geopackage/data_only_tables.gpkg | washington_cities | 6 | 0
geopackage/emp ty.gpkg | | import.unreadable | no layer
geopackage/missing_crs_mixed_ranges.gpkg | OR_land_2269 | import.no_crs | reference system
geopackage/missing_crs_mixed_ranges.gpkg | OR_land_4326 | import.no_crs | reference system
geopackage/mixed_crs.gpkg | oregon_2269 | 1 | 0
geopackage/mixed_crs.gpkg | oregon_4326 | 1 | 0
geopackage/null_crs_gdal.gpkg | | import.no_crs | reference system
geopackage/null_geometry.gpkg | new_geopackage | 1 | 2
geopackage/null_geometry.gpkg | PointExamples | 1 | 1
geopackage/simple_sewer_features.gpkg | s_manhole | 69 | 0
geopackage/simple_sewer_features.gpkg | foul_sewer | 82 | 0
geopackage/simple_sewer_features.gpkg | surface_water_sewer | 21 | 0
geopackage/world_land_robin.gpkg | | 1 | 0
kml_gpx/bad.kml | | import.no_features | encloses nothing
kml_gpx/gpx1.1_with_all_fields.gpx | waypoints | 2 | 0
kml_gpx/gpx1.1_with_all_fields.gpx | routes | 2 | 0
kml_gpx/gpx1.1_with_all_fields.gpx | tracks | import.no_features | no shape
kml_gpx/ground_overlay.kml | | 1 | 0
kml_gpx/gxmultitrack.kml | | 2 | 1
kml_gpx/korita-zbevnica.gpx | | import.several_layers | waypoints, tracks
kml_gpx/korita-zbevnica.gpx | waypoints | 2 | 0
kml_gpx/korita-zbevnica.gpx | tracks | 3 | 1
kml_gpx/linear_ring.kml | | 1 | 0
kml_gpx/multigeometry.kml | | 1 | 0
kml_gpx/networklink.kml | | import.virtual | server
kml_gpx/polygon.kml | | 1 | 0
kml_gpx/schema.kml | | 1 | 0
kml_gpx/simpledata.kml | | 2 | 0
kml_gpx/small_world.kmz | | 1 | 0
kml_gpx/styles.kml | | 1 | 1
kml_gpx/track-with-empty-segment.gpx | | 1 | 0
kml_gpx/unicode_with_bom.gpx | | 1 | 0
shapefile/big5.dbf | | import.no_coordinates | NAME
shapefile/gbk.dbf | | import.no_coordinates | NAME
shapefile/shiftjis.dbf | | import.no_coordinates | NAME
shapefile/utf8.dbf | | import.no_coordinates | NAME
shapefile/corrupt_too_long.shp | | import.no_crs | reference system
shapefile/corrupt_too_long.shx | | import.shapefile_part | corrupt_too_long.shp
shapefile/corrupt_too_long.dbf | | import.shapefile_part | corrupt_too_long.shp
shapefile/latin1-property.shp | | 1 | 0
shapefile/latin1-property.prj | | import.shapefile_part | latin1-property.shp
shapefile/latin1-property.shx | | import.shapefile_part | latin1-property.shp
shapefile/latin1-property.dbf | | import.shapefile_part | latin1-property.shp
shapefile/latin1.shp | | import.no_crs | reference system
shapefile/latin1.dbf | | import.shapefile_part | latin1.shp
shapefile/utf8-property.shp | | 1 | 0
shapefile/utf8-property.cpg | | import.shapefile_part | utf8-property.shp
shapefile/utf8-property.prj | | import.shapefile_part | utf8-property.shp
shapefile/utf8-property.shx | | import.shapefile_part | utf8-property.shp
shapefile/utf8-property.dbf | | import.shapefile_part | utf8-property.shp
"""


def rows(text):
    return [tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()]


VECTOR_ROWS = [(f"geojson/{name}.geojson", "", *rest) for name, *rest in rows(GEOJSON)] + rows(OTHERS)


@pytest.mark.parametrize(
    ("file", "layer", "outcome", "more"), VECTOR_ROWS, ids=[f"{row[0]}-{row[1]}" for row in VECTOR_ROWS]
)
def test_each_vector_file_comes_in_or_is_refused_with_its_reason(file, layer, outcome, more):
    path = VECTORS / file
    # A project of the world, so that nothing is refused for lying elsewhere; EPSG:6933 covers it all.
    if outcome.startswith("import."):
        with pytest.raises(UserError) as told:
            plan_vector(read_vector(path, layer), "EPSG:6933", None)
        sentences = " ".join(problem.sentence() for problem in told.value.problems)
        assert told.value.code == outcome and more in sentences and "GDAL" not in sentences
    else:
        plan = plan_vector(read_vector(path, layer), "EPSG:6933", None)
        assert (len(plan.data.shapes), len(plan.left)) == (int(outcome), int(more))


def test_every_vector_file_has_its_row():
    there = {
        str(path.relative_to(VECTORS)) for path in VECTORS.rglob("*") if path.is_file() and path.name != "README.md"
    }
    assert there == {row[0] for row in VECTOR_ROWS}


def test_texts_of_the_shapefiles_are_read_right():
    assert read_vector(VECTORS / "shapefile" / "latin1-property.shp").columns["name"].tolist() == ["México"]
    assert read_vector(VECTORS / "shapefile" / "utf8-property.shp").columns["☃"].tolist() == ["ηελλο ςορλδ"]
    from onekl_desktop.exchange.table import read_table

    for name, encoding, text in (
        ("gbk", "gbk", "简体国语"),
        ("big5", "big5", "繁體國語"),
        ("shiftjis", "shift_jis", ""),
        ("utf8", "", ""),
    ):
        cells = read_table(VECTORS / "shapefile" / f"{name}.dbf", encoding=encoding).rows
        assert not text or cells == [[text]]
        assert "\ufffd" not in str(cells)


# File under landcover/, number of classes or the problem that importing it as land cover meets; the system to name.
COVERS = """
molusce_example/init.tif | 4 |
molusce_example/final.tif | 4 |
new_guinea_cci/landcover2001.tif | 7 |
new_guinea_cci/landcover2015.tif | 7 |
ntt_indonesia/NTT_LC90.tif | 21 |
ntt_indonesia/NTT_LC20.tif | 21 |
ntt_indonesia/ntt_admin_spatraster.tif | 22 |
plum_island/lu_pie_1985.tif | 3 |
plum_island/lu_pie_1991.tif | 3 |
plum_island/lu_pie_1999.tif | 3 |
plum_island/ef_002.tif | import.not_classes |
plum_island/ef_003.tif | import.not_classes |
sibuyan/lu_sib_1997.tif | import.no_crs |
sibuyan/lu_sib_1997.tif | 5 | EPSG:32651
sibuyan/restr1.tif | 2 | EPSG:32651
sibuyan/restr2.tif | 2 | EPSG:32651
sibuyan/ef_001.tif | import.not_classes | EPSG:32651
"""


@pytest.mark.parametrize(("file", "outcome", "crs"), rows(COVERS), ids=["-".join(row) for row in rows(COVERS)])
def test_each_land_cover_comes_in_or_is_refused_with_its_reason(file, outcome, crs):
    if outcome.startswith("import."):
        with pytest.raises(UserError) as told:
            plan_raster(COVER / file, "EPSG:3857", None, classes=True, source_crs=crs)
        assert told.value.code == outcome
    else:
        assert len(plan_raster(COVER / file, "EPSG:3857", None, classes=True, source_crs=crs).codes) == int(outcome)


def test_every_raster_comes_in_as_a_measure(monkeypatch):
    monkeypatch.setattr(logging.getLogger("rasterio._env"), "disabled", True)  # what GDAL says of odd tags
    for path in sorted(
        [*COVER.rglob("*.tif"), *(REAL / "hydrology").rglob("*.tif"), *(REAL / "hydrology").rglob("*.asc")]
    ):
        try:
            plan = plan_raster(path, "EPSG:3857", None, classes=False)
        except UserError as problem:
            if problem.code != "import.no_crs":
                raise
            plan = plan_raster(path, "EPSG:32751", None, classes=False, source_crs="EPSG:32751")
        assert plan.low is not None and plan.low <= plan.high


def test_the_layers_of_each_file_are_listed_without_the_empty_ones():
    assert len(list_layers(VECTORS / "geopackage" / "bentiu_southsudan-osm-20170213.gpkg")) >= 10
    assert list_layers(VECTORS / "kml_gpx" / "track-with-empty-segment.gpx") == ["tracks"]
