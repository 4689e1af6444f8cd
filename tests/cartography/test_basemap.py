"""What lies under a landscape: the shipped world where it should be, tiles in their place, strangers' files refused in a sentence."""

import gzip
import sqlite3
import struct

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage

from onekl_desktop.base.errors import UserError
from onekl_desktop.cartography.basemap import LAND, SEA, TileSource, tile_layer, world_layers
from onekl_desktop.cartography.render import render_pixels
from onekl_desktop.cartography.scene import View
from onekl_desktop.cartography.source import MapSource
from onekl_desktop.cartography.tile_files import TileFile, read_directory, tile_number
from onekl_desktop.cartography.tile_server import TileServer, address_of, check_address
from tests.support.landscape import BOTTOM, CRS, LEFT, SIZE

BOX = (LEFT, BOTTOM, LEFT + SIZE, BOTTOM + SIZE)


def picture(colour):
    """A tile of one colour as PNG."""
    image = QImage(256, 256, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(data.data())


def shade(x, y):
    """Each tile has a colour of its own."""
    return f"#{(x * 37) % 256:02x}{(y * 91) % 256:02x}80"


def tiles(zoom=9):
    """Tiles round the landscape."""
    lon, lat = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(LEFT + SIZE / 2, BOTTOM + SIZE / 2)
    size = 1 << zoom
    column = int((lon + 180) / 360 * size)
    row = int((1 - np.log(np.tan(np.radians(lat)) + 1 / np.cos(np.radians(lat))) / np.pi) / 2 * size)
    return {(zoom, x, y): picture(shade(x, y)) for x in range(column - 1, column + 2) for y in range(row - 1, row + 2)}


def write_mbtiles(path, found, form="png"):
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
    db.execute("CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)")
    db.executemany("INSERT INTO metadata VALUES (?, ?)", [("name", "Test"), ("format", form)])
    db.executemany(
        "INSERT INTO tiles VALUES (?, ?, ?, ?)", [(z, x, (1 << z) - 1 - y, data) for (z, x, y), data in found.items()]
    )
    db.commit()
    db.close()
    return path


def pack(entries):
    """A directory of (number, offset, length, run)."""
    out = bytearray()

    def put(value):
        while value > 127:
            out.append(value & 127 | 128)
            value >>= 7
        out.append(value)

    put(len(entries))
    last = 0
    for number, *_rest in entries:
        put(number - last)
        last = number
    for at in (3, 2):
        for entry in entries:
            put(entry[at])
    for entry in entries:
        put(entry[1] + 1)
    return gzip.compress(bytes(out))


def write_pmtiles(path, found, kind=2, leaves=False):
    """A file as the specification of PMTiles 3 says, with leaf directories when asked for."""
    data, entries = b"", []
    for (z, x, y), tile in sorted(found.items(), key=lambda item: tile_number(*item[0])):
        entries.append((tile_number(z, x, y), len(data), len(tile), 1))
        data += tile
    leaf = b""
    if leaves:
        half = len(entries) // 2
        parts = [pack(entries[:half]), pack(entries[half:])]
        root = pack([(entries[0][0], 0, len(parts[0]), 0), (entries[half][0], len(parts[0]), len(parts[1]), 0)])
        leaf = b"".join(parts)
    else:
        root = pack(entries)
    zooms = [z for z, _x, _y in found]
    at = 127 + len(root)
    head = b"PMTiles\x03" + struct.pack(
        "<11Q", 127, len(root), at, 0, at, len(leaf), at + len(leaf), len(data), len(found), len(found), len(found)
    )
    head += bytes([1, 2, 1, kind, min(zooms), max(zooms)]) + bytes(127 - len(head) - 6)
    path.write_bytes(head + root + leaf + data)
    return path


@pytest.mark.parametrize("make", ["mbtiles", "pmtiles", "leaves"])
def test_tiles_lie_where_they_should(tmp_path, make):
    found = tiles()
    if make == "mbtiles":
        path = write_mbtiles(tmp_path / "b.mbtiles", found)
    else:
        path = write_pmtiles(tmp_path / "b.pmtiles", found, leaves=make == "leaves")
    source = TileSource(TileFile(path), CRS)
    view = View(BOX, 300, 300)
    drawn = render_pixels([tile_layer(source)], view, background="#ffffff")
    to_degrees = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    for px, py in ((10, 10), (150, 150), (290, 20), (37, 251)):
        lon, lat = to_degrees.transform(*view.to_map(px + 0.5, py + 0.5))
        x = int((lon + 180) / 360 * 512)
        y = int((1 - np.log(np.tan(np.radians(lat)) + 1 / np.cos(np.radians(lat))) / np.pi) / 2 * 512)
        assert f"#{drawn[py, px] & 0xFFFFFF:06x}" == shade(x, y)
    source.file.close()


def test_numbers_of_tiles_are_those_of_the_specification():
    assert [tile_number(*tile) for tile in ((0, 0, 0), (1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0), (2, 0, 0))] == [
        0,
        1,
        2,
        3,
        4,
        5,
    ]
    assert tile_number(12, 3423, 1763) == 19078479


@given(st.integers(0, 6))
def test_each_tile_has_a_number_of_its_own(zoom):
    side = 1 << zoom
    numbers = sorted(tile_number(zoom, x, y) for x in range(side) for y in range(side))
    first = (4**zoom - 1) // 3
    assert numbers == list(range(first, first + 4**zoom))


@given(st.binary(max_size=200))
def test_a_damaged_directory_is_refused_never_a_crash(data):
    try:
        read_directory(data)
    except ValueError:
        pass


def test_files_of_another_kind_are_refused_in_a_sentence(tmp_path):
    found = {(0, 0, 0): picture("#ff0000")}
    (tmp_path / "x.mbtiles").write_bytes(b"nothing")
    (tmp_path / "x.pmtiles").write_bytes(b"PMTiles\x03" + bytes(40))
    (tmp_path / "x.txt").write_text("x")
    write_mbtiles(tmp_path / "v.mbtiles", found, "pbf")
    write_pmtiles(tmp_path / "v.pmtiles", found, kind=1)
    for name in ("x.mbtiles", "x.pmtiles", "x.txt", "v.mbtiles", "v.pmtiles"):
        with pytest.raises(UserError) as told:
            TileFile(tmp_path / name)
        assert told.value.code == "basemap.unreadable" and name in str(told.value)
    with pytest.raises(UserError) as told:
        TileFile(tmp_path / "gone.pmtiles")
    assert told.value.code == "file.missing"


def test_a_file_cut_short_leaves_gaps(tmp_path):
    path = write_pmtiles(tmp_path / "b.pmtiles", tiles())
    path.write_bytes(path.read_bytes()[:-500])
    source = TileSource(TileFile(path), CRS)
    drawn = render_pixels(
        [tile_layer(source)],
        View((LEFT - 60_000, BOTTOM - 60_000, LEFT + 70_000, BOTTOM + 70_000), 200, 200),
        background="#ffffff",
    )
    assert (drawn != 0xFFFFFFFF).any()
    source.file.close()


def test_the_world_has_land_where_land_is():
    layers = world_layers(CRS, BOX)
    to_map = Transformer.from_crs("EPSG:4326", CRS, always_xy=True)
    for lon, lat, colour in ((99.0, 2.7, LAND), (96.8, 1.0, SEA), (101.4, 3.0, LAND)):  # Sumatra, the ocean, Malaya
        x, y = to_map.transform(lon, lat)
        view = View((x - 2000, y - 2000, x + 2000, y + 2000), 21, 21)
        assert f"#{render_pixels(layers, view)[10, 10] & 0xFFFFFF:06x}" == colour
    assert all(layer.aside for layer in layers)
    total = sum(
        shapely.Polygon(ring).area
        for layer in layers[1:2]
        for k in range(len(layer.shapes))
        for ring in layer.shapes.parts(k)
    )
    assert total > 1e11


@pytest.mark.parametrize(
    ("crs", "lon", "lat"),
    [
        ("EPSG:3460", 178.5, -17.8),
        ("EPSG:32701", -179.9, -16.5),
        ("EPSG:2193", 172.0, -43.0),
        ("EPSG:32637", 39.0, 0.5),
        ("EPSG:5880", -52.0, -12.0),
        ("EPSG:3413", -45.0, 80.0),
    ],
)
def test_the_world_is_drawn_in_any_metric_system(crs, lon, lat):
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon, lat)
    layers = world_layers(crs, (x - 20_000, y - 20_000, x + 20_000, y + 20_000))
    for layer in layers:
        assert np.isfinite(layer.shapes.xy).all()
    drawn = render_pixels(layers, View((x - 300_000, y - 300_000, x + 300_000, y + 300_000), 60, 60))
    assert (drawn != 0).all()  # sea or land everywhere


def test_the_base_map_of_a_project_is_chosen_and_left(session, tmp_path):
    source = MapSource(session.project)
    assert source.under() == []
    source.base = "world"
    assert next(layer.uuid for layer in source.under()) == "world:sea" and source.under()[1] is source.under()[1]
    source.base = str(tmp_path / "gone.mbtiles")
    with pytest.raises(UserError):
        source.under()


def test_a_server_is_asked_once_and_left_alone_when_it_does_not_answer(tmp_path):
    asked, found = [], tiles()

    def fetch(address):
        asked.append(address)
        z, x, y = (int(part) for part in address.rsplit("/", 3)[1:])
        if (z, x, y) not in found:
            raise OSError("gone")
        return found[z, x, y]

    server = TileServer("https://tiles.example.org/{z}/{x}/{y}", fetch, tmp_path)
    key = next(iter(found))
    assert server.get(*key) == found[key] == server.get(*key) and len(asked) == 1
    assert (
        TileServer("https://tiles.example.org/{z}/{x}/{y}", fetch, tmp_path).get(*key) == found[key] and len(asked) == 1
    )
    assert server.get(3, 0, 0) is None and server.get(3, 1, 1) is None and len(asked) == 2
    assert server.get(3, 9, 0) is None and server.get(-1, 0, 0) is None


def test_addresses_of_tiles_and_of_a_wms():
    assert address_of("https://a/{z}/{x}/{-y}.png", 1, 0, 0) == "https://a/1/0/1.png"
    box = address_of("https://a/wms?BBOX={bbox}", 1, 1, 0).partition("=")[2]
    assert [round(float(part)) for part in box.split(",")] == [0, 0, 20037508, 20037508]
    for wrong in ("https://a/1/2/3.png", "ftp://a/{z}/{x}/{y}", "{z}{x}{y}", "https:///{z}/{x}/{y}"):
        with pytest.raises(UserError) as told:
            check_address(wrong)
        assert told.value.code == "basemap.address"


def test_nothing_is_asked_while_the_network_is_off(session):
    source = MapSource(session.project)
    source.base = "https://tiles.example.org/{z}/{x}/{y}"
    with pytest.raises(UserError) as told:
        source.under()
    assert told.value.code == "basemap.offline"


def test_a_server_is_left_at_once_when_the_network_is_turned_off(session, tmp_path):
    source = MapSource(session.project)
    source.allow_servers(True)
    source.base = "https://tiles.example.org/{z}/{x}/{y}"
    (layer,) = source.under()
    asked = []
    layer.tiles.file._fetch = lambda address: asked.append(address) or picture("#ff0000")
    assert layer.tiles.get(1, 0, 0) is not None and len(asked) == 1
    source.allow_servers(False)
    assert layer.tiles.get(1, 1, 1) is None and len(asked) == 1
    with pytest.raises(UserError):
        source.under()
