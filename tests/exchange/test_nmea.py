"""Sentences of a GPS receiver: positions of sound ones, an average that bad fixes do not pull away."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine import perform
from onekl_desktop.exchange.nmea import Fix, average, parse_sentences, read_fixes
from tests.tools.layers.test_editing import rows


def sentence(body):
    total = 0
    for ch in body:
        total ^= ord(ch)
    return f"${body}*{total:02X}"


def gga(second, latitude, longitude, quality=1, dilution=1.0):
    lat, lon = abs(latitude), abs(longitude)
    place = f"{int(lat):02d}{lat % 1 * 60:07.4f},{'N' if latitude >= 0 else 'S'},{int(lon):03d}{lon % 1 * 60:07.4f},{'E' if longitude >= 0 else 'W'}"
    return sentence(
        f"GPGGA,{second // 3600:02d}{second // 60 % 60:02d}{second % 60:02d},{place},{quality},08,{dilution},10.0,M,0.0,M,,"
    )


def test_the_example_of_the_standard():
    fixes, seen, broken = parse_sentences(["$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47"])
    assert (seen, broken) == (1, 0) and fixes == [
        Fix(pytest.approx(11 + 31 / 60), pytest.approx(48 + 7.038 / 60), 0.9, 45319.0)
    ]
    (fix,), _seen, _broken = parse_sentences(["$GPRMC,123519,A,4807.038,S,01131.000,W,022.4,084.4,230394,003.1,W"])
    assert fix.latitude < 0 and fix.longitude < 0


def test_damaged_sentences_and_those_without_a_position_are_left_out():
    lines = [
        gga(0, 2.7, 99.0),
        gga(1, 2.7, 99.0).replace("99", "98", 1)[:-2] + "00",
        gga(2, 2.7, 99.0, quality=0),
        "$GPGSV,1,1,00*79",
        "noise",
        gga(3, -0.5, -60.25),
    ]
    fixes, seen, broken = parse_sentences(lines)
    assert [(round(fix.latitude, 5), round(fix.longitude, 5)) for fix in fixes] == [(2.7, 99.0), (-0.5, -60.25)] and (
        seen,
        broken,
    ) == (3, 1)


@given(st.lists(st.text(alphabet="$GPRMC,AV*0123456789.NSEW\x00é", max_size=90), max_size=5))
def test_any_text_is_read_without_a_crash(lines):
    parse_sentences(lines)


def test_the_average_is_near_the_place_and_a_wild_fix_is_left_out():
    rng = np.random.default_rng(1)
    fixes = [Fix(99 + dx, 2.7 + dy) for dx, dy in rng.normal(0, 2e-5, (200, 2))]
    mean = average([*fixes, Fix(99.01, 2.7)])
    assert abs(mean.longitude - 99) < 5e-6 and abs(mean.latitude - 2.7) < 5e-6 and mean.count <= 200
    assert mean.spread_m == pytest.approx(2e-5 * 111_195 * 2**0.5, rel=0.15)
    precise = average([Fix(99.0, 0.0, 1.0), Fix(99.001, 0.0, 3.0)])
    assert precise.longitude == pytest.approx(99.0001)


def test_a_walk_becomes_a_line_an_area_or_a_place(session, tmp_path):
    corners = [(2.714, 99.01), (2.714, 99.03), (2.734, 99.03), (2.734, 99.01)]
    (tmp_path / "walk.nmea").write_text(
        "\n".join(gga(at, *corner) for at, corner in enumerate(corners)), encoding="ascii"
    )
    for kind, how in (("lines", "track"), ("areas", "area"), ("points", "point")):
        perform(session, "layers.add_layer", name=kind, shapes=kind)
        perform(session, "layers.add_gps", layer=kind, file=str(tmp_path / "walk.nmea"), how=how, values={"name": "w"})
    assert rows(session, "areas")[1]["geom"].area == pytest.approx(0.02**2 * 111_195**2, rel=0.02)
    assert rows(session, "lines")[1]["name"] == "w" and rows(session, "points")[1]["geom"].geom_type == "MultiPoint"


def test_a_file_without_positions_is_told_why(tmp_path):
    for text, told in (
        ("hello", "no sentence"),
        (gga(0, 1, 1, quality=0), "no position"),
        (gga(0, 1, 1)[:-2] + "00", "damaged"),
    ):
        (tmp_path / "x.nmea").write_text(text, encoding="ascii")
        with pytest.raises(UserError) as problem:
            read_fixes(tmp_path / "x.nmea")
        assert told in str(problem.value)
