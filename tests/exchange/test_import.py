import json

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Cancelled, Progress
from onekl_desktop.base.rasters import Window
from onekl_desktop.engine import perform
from onekl_desktop.project.dump import dump_hash
from onekl_desktop.project.layers import MOST_COLUMNS
from onekl_desktop.project.queries.records import list_classes, list_layers
from onekl_desktop.project.records import Layer
from tests.support.landscape import BOTTOM, CRS, LEFT, place, write_cover


def layer_named(session, name):
    with session.read() as db:
        return next(layer for layer in list_layers(db) if layer.name == name)


def code_of(session, **fields):
    with session.project.read_raw() as raw:
        before = dump_hash(raw)
    with pytest.raises(UserError) as told:
        perform(session, "layers.import_layer", **fields)
    with session.project.read_raw() as raw:
        assert dump_hash(raw) == before
    return told.value.code


@pytest.mark.parametrize(("driver", "suffix"), [("GPKG", "gpkg"), ("GeoJSON", "geojson"), ("ESRI Shapefile", "shp")])
def test_three_vector_formats_give_the_same_layer(session, tmp_path, driver, suffix):
    frame = geopandas.GeoDataFrame(
        {"nama": ["Desa Ä", "Desa B"], "n": [1, 2], "x": [0.5, None]},
        geometry=[place(0, 0, 1000, 1000), place(2000, 0, 3000, 500)],
        crs=CRS,
    )
    path = tmp_path / f"villages.{suffix}"
    (frame.to_crs(4326) if suffix == "geojson" else frame).to_file(path, driver=driver)
    made = perform(session, "layers.import_layer", file=str(path), role="zones")
    layer = layer_named(session, "villages")
    assert (layer.feature_count, layer.name_column, layer.geometry_type, layer.crs) == (2, "nama", "MULTIPOLYGON", CRS)
    with session.project.read_raw() as raw:
        rows = raw.execute("SELECT nama, n, x, length(uuid) FROM villages ORDER BY id").fetchall()
        assert raw.execute("SELECT count(*) FROM rtree_villages_geom").fetchone() == (2,)
    assert rows == [("Desa Ä", 1, 0.5, 32), ("Desa B", 2, None, 32)]
    assert any("2 areas" in sentence for sentence in made["sentences"])
    assert any("moved from" in sentence for sentence in made["sentences"]) == (suffix == "geojson")


def test_broken_mixed_and_empty_shapes_are_told(session, tmp_path):
    bow = shapely.Polygon([(LEFT, BOTTOM), (LEFT + 500, BOTTOM + 500), (LEFT + 500, BOTTOM), (LEFT, BOTTOM + 500)])
    frame = geopandas.GeoDataFrame(
        {"a": range(4)}, geometry=[bow, place(0, 0, 10, 10), shapely.Point(LEFT, BOTTOM), None], crs=CRS
    )
    frame.to_file(tmp_path / "mixed.gpkg", driver="GPKG")
    sentences = " ".join(perform(session, "layers.import_layer", file=str(tmp_path / "mixed.gpkg"))["sentences"])
    assert (
        "1 area crosses itself" in sentences
        and "another kind of shape (row 3)" in sentences
        and "no shape (row 4)" in sentences
    )
    layer = layer_named(session, "mixed")
    assert layer.feature_count == 2


def test_columns_that_clash_with_ours_get_another_name(session, tmp_path):
    frame = geopandas.GeoDataFrame({"ID": [1], "uuid": ["x"], "geom_": [1]}, geometry=[place(0, 0, 10, 10)], crs=CRS)
    frame.to_file(tmp_path / "t.geojson", driver="GeoJSON")
    perform(session, "layers.import_layer", file=str(tmp_path / "t.geojson"), source_crs=CRS)
    with session.project.read_raw() as raw:
        names = [row[1] for row in raw.execute("PRAGMA table_info(t)")]
    assert names[:2] == ["id", "uuid"] and {"ID_1", "uuid_1"} <= set(names)


def test_a_form_with_more_columns_than_a_layer_can_have_is_refused(session, tmp_path):
    file = tmp_path / "wide.csv"
    for count in (MOST_COLUMNS - 2, MOST_COLUMNS - 1):  # with the two coordinates: just enough, one too many
        names = [f"q{number}" for number in range(count)]
        file.write_text(f"lon,lat,{','.join(names)}\n99.05,2.76{',1' * count}\n")
        if count == MOST_COLUMNS - 2:
            perform(session, "layers.import_layer", file=str(file), name="Widest")
            session.undo()
            session.redo()
        else:
            assert code_of(session, file=str(file)) == "import.too_many_columns"


def test_what_cannot_be_imported_is_told_and_changes_nothing(session, tmp_path):
    (tmp_path / "a.doc").write_text("x")
    assert code_of(session, file=str(tmp_path / "a.doc")) == "import.unknown_kind"
    (tmp_path / "a.txt").write_text("x")
    assert code_of(session, file=str(tmp_path / "a.txt")) == "import.bad_table"
    assert code_of(session, file=str(tmp_path / "none.gpkg")) == "file.missing"
    (tmp_path / "b.geojson").write_text("[1, 2")
    assert code_of(session, file=str(tmp_path / "b.geojson")) == "import.bad_geojson"
    (tmp_path / "c.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": []}))
    assert code_of(session, file=str(tmp_path / "c.geojson")) == "import.no_features"
    far = geopandas.GeoDataFrame(geometry=[shapely.box(10, 50, 11, 51)], crs=4326)
    far.to_file(tmp_path / "far.geojson", driver="GeoJSON")
    assert code_of(session, file=str(tmp_path / "far.geojson")) == "import.outside"
    two = tmp_path / "two.gpkg"
    far.to_file(two, layer="one", driver="GPKG")
    far.to_file(two, layer="two", driver="GPKG")
    assert code_of(session, file=str(two)) == "import.several_layers"
    assert code_of(session, file=str(two), source_layer="three") == "import.no_layer"
    (tmp_path / "d.tif").write_bytes(b"II*\0garbage")
    assert code_of(session, file=str(tmp_path / "d.tif")) == "import.unreadable"
    geopandas.GeoDataFrame(geometry=[place(0, 0, 10, 10)]).to_file(tmp_path / "e.shp")
    assert code_of(session, file=str(tmp_path / "e.shp")) == "import.no_crs"


def test_rasters_that_cannot_be_land_cover(session, tmp_path):
    floats = np.linspace(0, 1, 10_000, dtype=np.float32).reshape(100, 100)
    assert code_of(session, file=str(write_cover(tmp_path, floats)), role="land_cover") == "import.not_classes"
    path = write_cover(tmp_path)
    assert code_of(session, file=str(path), role="land_cover", source_crs="EPSG:32633") == "import.outside"
    (tmp_path / "classes.csv").write_text("code,name\n1,A\n1,B\n")
    assert (
        code_of(session, file=str(path), role="land_cover", classes=str(tmp_path / "classes.csv")) == "import.bad_table"
    )
    (tmp_path / "classes.csv").write_text("")
    assert (
        code_of(session, file=str(path), role="land_cover", classes=str(tmp_path / "classes.csv")) == "import.bad_table"
    )
    with rasterio.open(
        tmp_path / "rgb.tif",
        "w",
        driver="GTiff",
        width=5,
        height=5,
        count=3,
        dtype="uint8",
        crs=CRS,
        transform=from_origin(LEFT, BOTTOM + 500, 100, 100),
    ) as target:
        target.write(np.ones((3, 5, 5), np.uint8))
    assert code_of(session, file=str(tmp_path / "rgb.tif"), role="land_cover") == "import.multiband"


def test_land_cover_keeps_every_code_and_its_table(planned):
    layer = layer_named(planned, "Cover")
    source = planned.open_raster(layer)
    cells = source.read(Window(0, 0, 100, 100))
    assert (cells[:, :50] == 1).all() and (cells[:, 50:] == 2).all()
    with planned.read() as db:
        classes = list_classes(db, layer.legend)
    assert [(cls.code, cls.name, cls.natural_forest, cls.carbon_above_t_per_ha) for cls in classes] == [
        (1, "Forest", True, 150.0),
        (2, "Field", False, 5.0),
        (3, "Garden", False, 60.0),
    ]


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32", "float32", "float64"])
def test_cells_without_data_stay_without(session, tmp_path, dtype):
    cells = np.full((100, 100), 7, dtype)
    cells[:10] = 0  # the nodata value of the file
    perform(session, "layers.import_layer", file=str(write_cover(tmp_path, cells)), role="land_cover", name="c")
    got = session.open_raster(layer_named(session, "c")).read(Window(0, 0, 100, 100))
    assert (got[:10] == 65_535).all() and (got[10:] == 7).all()


def test_a_raster_in_degrees_is_resampled_to_the_projects_metres(session, tmp_path):
    import rasterio.warp

    cover = write_cover(tmp_path)
    with rasterio.open(cover) as source:
        transform, width, height = rasterio.warp.calculate_default_transform(
            source.crs, "EPSG:4326", source.width, source.height, *source.bounds
        )
        cells = np.zeros((height, width), np.uint8)
        rasterio.warp.reproject(
            source.read(1),
            cells,
            src_transform=source.transform,
            src_crs=source.crs,
            dst_transform=transform,
            dst_crs="EPSG:4326",
            src_nodata=0,
            dst_nodata=0,
        )
    with rasterio.open(
        tmp_path / "deg.tif",
        "w",
        driver="GTiff",
        width=width,
        height=height,
        count=1,
        dtype="uint8",
        crs="EPSG:4326",
        nodata=0,
        transform=transform,
    ) as target:
        target.write(cells, 1)
    made = perform(
        session, "layers.import_layer", file=str(tmp_path / "deg.tif"), role="land_cover", name="deg", year=2020
    )
    assert any("resampled" in sentence for sentence in made["sentences"])
    layer = layer_named(session, "deg")
    source = session.open_raster(layer)
    column, row = source.grid.to_cells(np.array([[LEFT + 2500, BOTTOM + 5000]]))[0]
    assert source.read(Window(int(row), int(column), 1, 1))[0, 0] == 1


def test_a_cancelled_import_leaves_nothing(session, tmp_path):
    path = write_cover(tmp_path)
    with session.project.read_raw() as raw:
        before = dump_hash(raw)
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        perform(session, "layers.import_layer", progress=progress, file=str(path), role="land_cover")
    with session.project.read_raw() as raw:
        assert dump_hash(raw) == before


def test_large_rasters_lie_beside_the_file(session, tmp_path, monkeypatch):
    monkeypatch.setattr("onekl_desktop.project.rasters.INSIDE_CELLS", 100)
    path = write_cover(tmp_path)
    perform(session, "layers.import_layer", file=str(path), role="land_cover", name="Big", year=2024)
    layer = layer_named(session, "Big")
    file = session.project.files_folder / layer.file_name
    assert file.exists() and not layer.table_name
    with rasterio.open(file) as dataset:
        assert dataset.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
    assert (session.open_raster(layer).read(Window(0, 0, 100, 50)) == 1).all()
    session.undo()
    session.redo()
    perform(session, "layers.remove_layer", layer="Big")
    session.undo()
    session.close()
    assert file.exists()


def test_a_raster_of_a_removed_layer_goes_with_the_project_closing(session, tmp_path, monkeypatch):
    monkeypatch.setattr("onekl_desktop.project.rasters.INSIDE_CELLS", 100)
    perform(session, "layers.import_layer", file=str(write_cover(tmp_path)), role="land_cover", name="Big")
    perform(session, "layers.remove_layer", layer="Big")
    session.close()
    assert list(session.project.files_folder.glob("*.tif")) == []


KML = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><name>Kebun</name>
<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document></kml>"""
GPX = """<?xml version="1.0" encoding="UTF-8"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="{y}" lon="{x}"><name>Well</name></wpt><wpt lat="{y}" lon="{x2}"><name>Bridge</name></wpt></gpx>"""


def test_places_drawn_on_a_phone_come_in(session, tmp_path):
    """KML, the same zipped as KMZ, and waypoints of a GPX, all in degrees."""
    import zipfile

    from onekl_desktop.base.geometry import transform

    spot = transform(place(1000, 1000, 2000, 2000), session.crs, "EPSG:4326")
    ring = " ".join(f"{x},{y}" for x, y in spot.exterior.coords)
    (tmp_path / "garden.kml").write_text(KML.format(ring=ring), encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "garden.kmz", "w") as bag:
        bag.write(tmp_path / "garden.kml", "doc.kml")
    x, y = spot.centroid.x, spot.centroid.y
    (tmp_path / "walk.gpx").write_text(GPX.format(x=x, y=y, x2=x + 0.001), encoding="utf-8")
    for file, source_layer, count, kind in (
        ("garden.kml", "", 1, "MULTIPOLYGON"), ("garden.kmz", "", 1, "MULTIPOLYGON"), ("walk.gpx", "waypoints", 2, "MULTIPOINT"),
    ):  # fmt: skip
        made = perform(session, "layers.import_layer", file=str(tmp_path / file), source_layer=source_layer, name=file)
        with session.read() as db:
            layer = db.query(Layer).filter(Layer.uuid == made["layer"]).one()
        assert (layer.feature_count, layer.geometry_type) == (count, kind)
