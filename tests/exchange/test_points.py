"""Coordinates as people write them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.base.errors import UserError
from onekl_desktop.exchange.points import find_columns, parse_angle, parse_pair, place_rows, utm_crs
from onekl_desktop.exchange.table import TableData
from onekl_desktop.exchange.vector import read_vector

LAT, LON = 3 + 12 / 60 + 45.6 / 3600, 98 + 30 / 60 + 15 / 3600


@pytest.mark.parametrize(
    ("text", "degrees", "axis"),
    [
        ("3.2145", 3.2145, ""), ("3,2145", 3.2145, ""), ("-3.2145", -3.2145, ""), ("−3.2145", -3.2145, ""), ("3.2145 N", 3.2145, "lat"),
        ("S 3.2145", -3.2145, "lat"), ("3.2145°S", -3.2145, "lat"), ("98,5 BT", 98.5, "lon"), ("2.5 LU", 2.5, "lat"), ("2.5 LS", -2.5, "lat"),
        ("74,1 O", -74.1, "lon"), ("74.1 Oeste", -74.1, "lon"), ("74.1 Ouest", -74.1, "lon"), ("7.2 Norte", 7.2, "lat"), ("5.8 Nord", 5.8, "lat"),
        ("3°12'45.6\"N", LAT, "lat"), ("3° 12′ 45.6″ N", LAT, "lat"), ("3º12’45,6”N", LAT, "lat"), ("N3 12 45.6", LAT, "lat"), ("3 12 45.6 N", LAT, "lat"),
        ("3d12m45.6s N", LAT, "lat"), ("3:12:45.6", LAT, ""), ("3°12.76' N", LAT, "lat"), ("98°30'15''E", LON, "lon"), ("98 30 15 bujur timur".replace("bujur ", ""), LON, "lon"),
        (3.25, 3.25, ""), (98, 98.0, ""), ("0", 0.0, ""),
    ],
)  # fmt: skip
def test_angles(text, degrees, axis):
    value, found = parse_angle(text)
    assert math.isclose(value, degrees, abs_tol=1e-9) and found == axis


@pytest.mark.parametrize(
    "text", ["", "north", "N", "3°75'N", "3°12'75\"", "3.5°12'N", "-3 N", "3..2", "abc", "3 12 45 67", "12-3", "3N 4", None, True, float("nan")]
)  # fmt: skip
def test_what_is_no_angle(text):
    assert parse_angle(text) is None


@given(st.floats(-180, 180, allow_nan=False), st.sampled_from(["dd", "dm", "dms"]))
def test_an_angle_written_and_read_is_the_same(degrees, how):
    size = abs(degrees)
    d = int(size)
    m = (size - d) * 60
    if how == "dd":
        text = f"{size:.9f}"
    elif how == "dm":
        text = f"{d}°{min(m, 59.99999999):.8f}'"
    else:
        whole = min(int(m), 59)
        text = f"{d}°{whole}'{min((m - whole) * 60, 59.9999999):.7f}\""
    side = "E" if degrees >= 0 else "W"
    value, axis = parse_angle(f"{text} {side}")
    assert axis == "lon" and abs(value - (size if degrees >= 0 else -size)) < 1e-6


@pytest.mark.parametrize(
    "text",
    [
        "3.2126667, 98.5041667", "3.2126667 98.5041667", "3.2126667 98.5041667 12.5 4.0", "3,2126667; 98,5041667", "3°12'45.6\"N 98°30'15\"E",
        "98°30'15\"E, 3°12'45.6\"N", "N3°12'45.6\" E98°30'15\"", "3 12 45.6 N 98 30 15 E", "3°12'45.6\"N, 98°30'15\"E", "3.2126667N98.5041667E",
        "3.2126667 / 98.5041667", "3°12'45,6\" LU 98°30'15\" BT",
    ],
)  # fmt: skip
def test_both_in_one_cell(text):
    lon, lat = parse_pair(text)
    assert abs(lat - LAT) < 1e-6 and abs(lon - LON) < 1e-6


def test_utm_in_one_cell():
    """The point is where pyproj puts 98.5 E, 3.2 N in zone 47: both directions must agree."""
    from pyproj import Transformer

    x, y = Transformer.from_crs(4326, 32647, always_xy=True).transform(98.5, 3.2)
    for text in (f"47N {x:.3f} {y:.3f}", f"47 N {x:.3f}, {y:.3f}", f"UTM 47N {x:.3f}mE {y:.3f}mN"):
        lon, lat = parse_pair(text)
        assert abs(lon - 98.5) < 1e-7 and abs(lat - 3.2) < 1e-7
    assert (utm_crs("47N"), utm_crs("51 South"), utm_crs("18M"), utm_crs("18s"), utm_crs("61N"), utm_crs("47")) == (
        "EPSG:32647", "EPSG:32751", "EPSG:32718", "EPSG:32718", "", "",
    )  # fmt: skip


@pytest.mark.parametrize("text", ["3.2", "hello", "3.2, hello", "1 2 3 4 5", "N3 N4", ""])
def test_what_is_no_pair(text):
    assert parse_pair(text) is None


def table(heads, *rows):
    return TableData(None, list(heads), [list(row) for row in rows], list(range(2, len(rows) + 2)))


@pytest.mark.parametrize(
    ("heads", "row", "kind", "x", "y"),
    [
        (("Name", "Lat", "Lon"), ("a", "3", "98"), "xy", "Lon", "Lat"), (("Nama", "Lintang", "Bujur"), ("a", "3", "98"), "xy", "Bujur", "Lintang"),
        (("nom", "Latitude (WGS84)", "Longitude (WGS84)"), ("a", "3", "98"), "xy", "Longitude (WGS84)", "Latitude (WGS84)"),
        (("x", "y", "note"), ("98", "3", "a"), "xy", "x", "y"), (("_gps_latitude", "_gps_longitude"), ("3", "98"), "xy", "_gps_longitude", "_gps_latitude"),
        (("id", "gps"), ("1", "3.2 98.5 0 5"), "pair", "gps", ""), (("id", "where"), ("1", "3.2, 98.5"), "pair", "where", ""),
        (("id", "WKT"), ("1", "POINT (98 3)"), "wkt", "WKT", ""), (("easting", "northing", "zone"), ("1", "2", "47N"), "xy", "easting", "northing"),
    ],
)  # fmt: skip
def test_columns_are_found(heads, row, kind, x, y):
    found = find_columns(table(heads, row))
    assert (found.kind, found.x, found.y) == (kind, x, y)


def test_no_columns_no_guess():
    assert find_columns(table(("name", "people"), ("A", "12"), ("B", "30"))) is None


def test_each_row_says_why_it_has_no_place():
    given_table = table(
        ("lat", "lon"),
        ("3.2", "98.5"),
        (None, "98.5"),
        ("north", "98.5"),
        ("0", "0"),
        ("3.2", "198.5"),
        ("3°75'", "98"),
    )
    shapes, reasons, crs = place_rows(given_table, find_columns(given_table), "")
    assert crs == "EPSG:4326" and shapes[0].x == 98.5 and all(shape is None for shape in shapes[1:])
    assert [reason.split(",")[0] for reason in reasons[1:]] == [
        "a coordinate is missing", "“north” is no coordinate", "placed at 0°", "the coordinates are no degrees", "“3°75'” is no coordinate",
    ]  # fmt: skip


def test_metres_need_a_name(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("easting,northing\n500100,355000\n500200,355100\n")
    with pytest.raises(UserError) as told:
        read_vector(path)
    assert told.value.code == "import.no_crs"
    raw = read_vector(path, source_crs="EPSG:32647")
    assert raw.crs == "EPSG:32647" and raw.shapes[1].x == 500_200
    path.write_text("x,y\n500100,355000\n500200,355100\n")  # too large for degrees whatever they are called
    with pytest.raises(UserError) as told:
        read_vector(path)
    assert told.value.code == "import.no_crs"


def test_a_zone_for_each_row(tmp_path):
    path = tmp_path / "z.csv"
    path.write_text("easting;northing;zone\n500000;0;47N\n500000;10000000;48S\n500000;0;99X\n")
    raw = read_vector(path)
    assert [round(shape.x) for shape in raw.shapes[:2]] == [99, 105] and raw.reasons == {2: "“99X” is no UTM zone"}


def test_lines_and_rings_of_survey_forms(tmp_path):
    path = tmp_path / "kobo.csv"
    path.write_text(
        'id,trace\n1,"3.2 98.5 0 5; 3.3 98.6 0 5; 3.3 98.5 0 5; 3.2 98.5 0 5"\n2,"3.2 98.5 0 5; 3.3 98.6 0 5"\n'
    )
    raw = read_vector(path, x="trace")
    assert [shape.geom_type for shape in raw.shapes] == ["Polygon", "LineString"]
    assert raw.shapes[0].bounds == (98.5, 3.2, 98.6, 3.3)
