"""Archives, shapefiles with parts missing, KML folders, and files that are not what their ending says."""

import json
import shutil
import struct
import zipfile

import geopandas
import pytest
import shapely
from pyproj import Transformer

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine import perform
from onekl_desktop.exchange.vector import list_layers, read_vector
from onekl_desktop.project.records import Layer
from onekl_desktop.tools.layers.importing import list_choices
from tests.support.landscape import CRS, place


def code_of(call, *given, **named):
    with pytest.raises(UserError) as told:
        call(*given, **named)
    return told.value.code


def write_shapefile(folder, name="desa", text="Désa", encoding="utf-8"):
    folder.mkdir(exist_ok=True)
    frame = geopandas.GeoDataFrame(
        {"nama": [text, "B"]}, geometry=[place(0, 0, 1000, 1000), place(2000, 0, 3000, 500)], crs=CRS
    )
    frame.to_file(folder / f"{name}.shp", encoding=encoding)
    return folder / f"{name}.shp"


@pytest.mark.parametrize(
    ("encoding", "text", "named"),
    [
        ("utf-8", "Désa", ""),
        ("cp1252", "Désa", ""),
        ("gbk", "简体中文", "gbk"),
        ("shift_jis", "日本語", "shift_jis"),
        ("big5", "繁體", "big5"),
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_texts_of_shapefiles_without_a_named_encoding(session, tmp_path, encoding, text, named, zipped):
    path = write_shapefile(tmp_path / "s", text=text, encoding=encoding)
    path.with_suffix(".cpg").unlink()
    dbf = bytearray(path.with_suffix(".dbf").read_bytes())
    dbf[29] = 0
    path.with_suffix(".dbf").write_bytes(dbf)
    if zipped:
        with zipfile.ZipFile(tmp_path / "s.zip", "w") as bag:
            for part in path.parent.iterdir():
                bag.write(part, f"Data Desa/{part.name.upper()}")
        path = tmp_path / "s.zip"
    made = perform(session, "layers.import_layer", file=str(path), encoding=named, name="desa")
    with session.project.read_raw() as raw:
        assert [row[0] for row in raw.execute('SELECT "nama" FROM desa ORDER BY id')] == [text, "B"]
    assert any("does not name the encoding" in sentence and text in sentence for sentence in made["sentences"]) == (
        not named
    )


def test_a_missing_index_is_made_anew_and_the_folder_stays_as_it_was(session, tmp_path):
    path = write_shapefile(tmp_path / "s")
    path.with_suffix(".shx").unlink()
    before = sorted(item.name for item in path.parent.iterdir())
    made = perform(session, "layers.import_layer", file=str(path))
    assert any("desa.shx is missing" in sentence for sentence in made["sentences"])
    assert sorted(item.name for item in path.parent.iterdir()) == before


def test_parts_of_a_shapefile_name_the_whole(tmp_path):
    path = write_shapefile(tmp_path / "s")
    for suffix in (".shx", ".dbf", ".prj", ".cpg"):
        assert code_of(read_vector, path.with_suffix(suffix)) == "import.shapefile_part"
    path.with_suffix(".dbf").unlink()
    assert len(read_vector(path).shapes) == 2


def test_archives_ask_which_file(session, tmp_path):
    path = write_shapefile(tmp_path / "s")
    (tmp_path / "list.csv").write_text("lat,lon\n2.72,99.0\n")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as bag:
        for part in path.parent.iterdir():
            bag.write(part, part.name)
            bag.writestr(f"__MACOSX/._{part.name}", b"x")
        bag.write(tmp_path / "list.csv", "tables/list.csv")
    assert list_choices(tmp_path / "a.zip") == ["desa.shp", "tables/list.csv"]
    assert code_of(perform, session, "layers.import_layer", file=str(tmp_path / "a.zip")) == "import.several_layers"
    made = perform(session, "layers.import_layer", file=str(tmp_path / "a.zip"), source_layer="tables/list.csv")
    assert made["name"] == "list"
    assert (
        code_of(perform, session, "layers.import_layer", file=str(tmp_path / "a.zip"), source_layer="b.shp")
        == "import.no_layer"
    )


def archive(tmp_path, entries, name="x.zip"):
    with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as bag:
        for entry, data in entries:
            bag.writestr(entry, data)
    return tmp_path / name


def test_hostile_archives(tmp_path, monkeypatch):
    monkeypatch.setattr("onekl_desktop.exchange.archive.MOST_BYTES", 1 << 20)
    link = zipfile.ZipInfo("a.geojson")
    link.external_attr = 0xA1ED << 16
    for entries in (
        [("../a.geojson", "{}")],
        [("/etc/a.geojson", "{}")],
        [("C:\\a.geojson", "{}")],
        [(link, "/etc/passwd")],
        [("a.geojson", b"\0" * (20 << 20))],
    ):
        assert code_of(list_layers, archive(tmp_path, entries)) == "import.archive"
    assert code_of(read_vector, archive(tmp_path, [("readme.md", "x")])) == "import.archive"
    (tmp_path / "no.zip").write_bytes(b"PK\x03\x04 and then nothing")
    assert code_of(list_layers, tmp_path / "no.zip") == "import.archive"
    locked = archive(tmp_path, [("a.geojson", "{}")])
    data = bytearray(locked.read_bytes())
    at = data.find(b"PK\x01\x02") + 8
    data[at : at + 2] = struct.pack("<H", 1)
    locked.write_bytes(data)
    assert code_of(list_layers, locked) == "import.archive"


def test_a_file_that_only_pretends(tmp_path):
    vrt = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    for name in ("a.kml", "a.gpx", "a.gml", "a.gpkg", "a.shp", "a.fgb"):
        (tmp_path / name).write_text(vrt)
        assert code_of(list_layers, tmp_path / name) in ("import.unreadable",), name
    (tmp_path / "a.geojson").write_text(vrt)
    assert code_of(list_layers, tmp_path / "a.geojson") == "import.bad_geojson"
    (tmp_path / "b.kml").mkdir()
    assert code_of(list_layers, tmp_path / "b.kml") == "file.is_folder"


FOLDERS = """<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>
<Folder><name> Wells </name><Placemark><name>W1</name><Point><coordinates>{x},{y}</coordinates></Point></Placemark></Folder>
<Folder><name>Paths</name><Placemark><name>P1</name><LineString><coordinates>{x},{y} {x2},{y}</coordinates></LineString></Placemark></Folder>
<Folder><name>Gardens</name><Placemark><name>G1</name><MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>{x},{y} {x2},{y} {x2},{y2} {x},{y}</coordinates></LinearRing></outerBoundaryIs></Polygon>
<Point><coordinates>{x},{y}</coordinates></Point></MultiGeometry></Placemark></Folder></Document></kml>"""


def test_folders_of_a_kml_are_taken_together_one_kind_at_a_time(session, tmp_path):
    x, y = Transformer.from_crs(CRS, 4326, always_xy=True).transform(505_000, 305_000)
    path = tmp_path / "walk.kml"
    path.write_text(FOLDERS.format(x=x, y=y, x2=x + 0.01, y2=y + 0.01))
    kinds = {}
    for shapes in ("points", "lines", "areas", ""):
        made = perform(session, "layers.import_layer", file=str(path), shapes=shapes, name=shapes or "any")
        with session.read() as db:
            layer = db.query(Layer).filter(Layer.uuid == made["layer"]).one()
        kinds[shapes] = (layer.geometry_type, layer.feature_count)
        assert any("3 folders are taken together: Wells, Paths, Gardens" in sentence for sentence in made["sentences"])
    assert kinds == {
        "points": ("MULTIPOINT", 2),
        "lines": ("MULTILINESTRING", 1),
        "areas": ("MULTIPOLYGON", 1),
        "": ("MULTIPOINT", 2),
    }
    with session.project.read_raw() as raw:
        assert [row[0] for row in raw.execute("SELECT folder FROM points ORDER BY id")] == ["Wells", "Gardens"]


def test_rows_that_are_left_out_are_written_to_mend_and_come_in_again(session, tmp_path):
    x, y = Transformer.from_crs(CRS, 4326, always_xy=True).transform(505_000, 305_000)
    path, rest = tmp_path / "wells.csv", tmp_path / "rest.csv"
    path.write_text(f"nama,lat,lon,depth\nA,{y},{x},12\nB,north,{x},9\nC,,,3\nD,{y},{x + 0.001},7\n")
    made = perform(session, "layers.import_layer", file=str(path), rest=str(rest))
    assert [item["row"] for item in made["left_out"]] == [3, 4]
    text = rest.read_text("utf-8-sig").splitlines()
    assert text[0] == "row,why it is left out,nama,lat,lon,depth" and text[1].startswith(
        "3,“north” is no coordinate,B,north,"
    )
    assert (
        code_of(perform, session, "layers.import_layer", file=str(path), rest=str(rest), name="again") == "file.exists"
    )
    with session.project.read_raw() as raw:
        assert raw.execute("SELECT nama, depth FROM wells ORDER BY id").fetchall() == [("A", 12), ("D", 7)]
    mended = rest.read_text("utf-8-sig").replace("north", str(y)).replace("C,,", f"C,{y},{x}")
    (tmp_path / "mended.csv").write_text(mended)
    made = perform(session, "layers.import_layer", file=str(tmp_path / "mended.csv"))
    assert made["left_out"] == []


def test_exchanged_columns_of_a_table_are_seen_by_the_landscape(session, tmp_path):
    x, y = Transformer.from_crs(CRS, 4326, always_xy=True).transform(505_000, 305_000)
    path = tmp_path / "wells.csv"
    path.write_text(f"nama,lat,lon\nA,{x},{y}\n")
    made = perform(session, "layers.import_layer", file=str(path))
    assert any("exchanged" in sentence for sentence in made["sentences"])
    path.write_text("nama,lat,lon\nA,10,20\n")
    assert code_of(perform, session, "layers.import_layer", file=str(path)) == "import.outside"


def test_nothing_of_a_failed_import_stays_in_the_temporary_folder(session, tmp_path, monkeypatch):
    import tempfile

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    path = write_shapefile(tmp_path / "s")
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as bag:
        for part in path.parent.iterdir():
            bag.write(part, part.name)
    perform(session, "layers.import_layer", file=str(tmp_path / "s.zip"))
    far = geopandas.GeoDataFrame(geometry=[shapely.box(10, 50, 11, 51)], crs=4326)
    far.to_file(tmp_path / "far.shp")
    (tmp_path / "far.shx").unlink()
    assert code_of(perform, session, "layers.import_layer", file=str(tmp_path / "far.shp")) == "import.outside"
    assert list(scratch.iterdir()) == []
    shutil.rmtree(scratch)


def test_other_vector_kinds(session, tmp_path):
    frame = geopandas.GeoDataFrame({"nama": ["A"]}, geometry=[place(0, 0, 1000, 1000)], crs=CRS)
    frame.to_file(tmp_path / "a.fgb", driver="FlatGeobuf")
    frame.to_file(tmp_path / "a.tab", driver="MapInfo File")
    frame.to_file(tmp_path / "a.gml", driver="GML")
    for name in ("a.fgb", "a.tab", "a.gml"):
        assert perform(session, "layers.import_layer", file=str(tmp_path / name), name=name)["layer"]
    topo = {
        "type": "Topology",
        "objects": {"a": {"type": "Polygon", "arcs": [[0]]}},
        "arcs": [[[99.0, 2.72], [99.01, 2.72], [99.01, 2.73], [99.0, 2.72]]],
    }
    (tmp_path / "a.topojson").write_text(json.dumps(topo))
    assert perform(session, "layers.import_layer", file=str(tmp_path / "a.topojson"), source_crs="EPSG:4326")["layer"]


def test_a_header_that_promises_billions_of_rows_is_refused_before_the_memory_is_full(tmp_path):
    path = write_shapefile(tmp_path / "s")
    dbf = bytearray(path.with_suffix(".dbf").read_bytes())
    dbf[4:8] = b"\x7f" * 4
    (tmp_path / "alone.dbf").write_bytes(dbf)
    assert code_of(read_vector, tmp_path / "alone.dbf") == "import.promises_rows"
    path.with_suffix(".dbf").write_bytes(dbf)
    try:
        assert len(read_vector(path).shapes) == 2  # GDAL counts the shapes, not the rows
    except UserError as problem:
        assert problem.code in ("import.promises_rows", "import.unreadable")  # noqa: PT017


def test_a_system_of_another_planet_is_told(session, tmp_path):
    path = write_shapefile(tmp_path / "s")
    moon = 'GEOGCS["Moon 2000",DATUM["D_Moon_2000",SPHEROID["Moon_2000_IAU_IAG",1737400.0,0.0]],PRIMEM["Reference_Meridian",0.0],UNIT["Degree",0.0174532925199433]]'
    path.with_suffix(".prj").write_text(moon)
    assert code_of(perform, session, "layers.import_layer", file=str(path)) == "crs.no_way"
