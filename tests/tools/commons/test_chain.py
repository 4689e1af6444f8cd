"""The sample's chain, walked upwards from the bundle to the polygon; and nothing else leaves."""

import csv
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import pytest
import shapely

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Progress
from onekl_desktop.cli.demo import run_demo
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.registry import discover
from onekl_desktop.exchange.bundle.read import check_bundle
from onekl_desktop.project.records import Intervention, Person
from tests.support.landscape import add_cover, add_garden

CANARY = "KanariCanaryXYZZY"


def read_table(bag: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(bag.read(f"tables/{name}.csv").decode())))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return run_demo(tmp_path_factory.mktemp("demo"), registry=discover(), progress=Progress())


def test_the_chain_is_walked_from_the_bundle_to_the_polygon(made):
    manifest = check_bundle(made.bundle)
    assert manifest["version"] == 1 and manifest["name"] == "Lembah Arum"
    with zipfile.ZipFile(made.bundle) as bag:
        projects = {row["uuid"]: row for row in read_table(bag, "project")}
        values = read_table(bag, "indicator_value")
        indicators = {row["uuid"]: row for row in read_table(bag, "indicator")}
        runs = {row["uuid"]: row for row in read_table(bag, "run")}
        parts = read_table(bag, "project_part")
        plan = {row["uuid"]: row for row in read_table(bag, "intervention")}
        targets = {row["uuid"]: row for row in read_table(bag, "target")}
        goals = {row["uuid"]: row for row in read_table(bag, "goal")}
        shapes = {
            feature["properties"]["uuid"]: feature["geometry"]
            for feature in json.loads(bag.read("vector/intervention.geojson"))["features"]
        }
        observations = read_table(bag, "observation")
    npv = [row for row in values if indicators[row["indicator"]]["code"] == "project_npv"]
    assert len(npv) == 3
    with Session(made.project, read_only=True) as session, session.read() as db:
        ours = {row.uuid: row for row in db.query(Intervention)}
        for row in npv:
            project = projects[runs[row["run"]]["subject"]]
            assert project["goal"] in goals
            own = [part["intervention"] for part in parts if part["project"] == project["uuid"]]
            assert own
            for uuid in own:
                polygon = ours[uuid].geom
                assert plan[uuid]["name"] == ours[uuid].name
                assert float(plan[uuid]["area_ha"]) == pytest.approx(ours[uuid].area_ha)
                assert shapely.geometry.shape(shapes[uuid]).is_valid and not polygon.is_empty
    for row in observations:
        assert targets[row["target"]]["goal"] in goals


def test_the_numbers_of_a_project_are_those_of_its_hectares(made):
    from onekl_desktop.tools.lift.queries import read_finance

    with Session(made.project, read_only=True) as session:
        state = read_finance(session).projects[0]
        hectares = sum(part.area_ha for part in state.parts)
        assert state.current
        assert state.totals["project_area"] == pytest.approx(hectares)
        assert sum(row["project_cash_flow"] for row in state.years.values()) == pytest.approx(
            state.totals["project_cash_flow"]
        )


def test_changing_the_polygon_makes_the_project_stale(session, tmp_path):
    from onekl_desktop.tools.lift.queries import read_finance
    from onekl_desktop.tools.lift.runs import compute_project
    from tests.support.landscape import place

    add_cover(session, tmp_path)
    add_garden(session)
    perform(session, "lift.add_project", name="Venture")
    perform(session, "lift.add_part", project="Venture", intervention="Gardens 1")
    compute_project(session, "Venture")
    before = read_finance(session).projects[0]
    assert before.current and before.totals["project_area"] == pytest.approx(100, rel=0.01)
    perform(session, "scenarios.reshape_intervention", intervention="Gardens 1", geometry=place(6000, 6000, 6500, 7000))
    assert read_finance(session).projects[0].word == "stale"
    compute_project(session, "Venture")
    assert read_finance(session).projects[0].totals["project_area"] == pytest.approx(50, rel=0.01)
    session.undo()
    assert read_finance(session).projects[0].current


def everything_in(path: Path) -> bytes:
    """All bytes of a bundle, unpacked, and the text of every cell of its databases."""
    out = b""
    with zipfile.ZipFile(path) as bag:
        for name in bag.namelist():
            content = bag.read(name)
            out += name.encode() + content
            if name.endswith(".gpkg"):
                connection = sqlite3.connect(":memory:")
                connection.deserialize(content)
                out += "\n".join(connection.iterdump()).encode()
                connection.close()
    return out


def test_nothing_else_leaves(session, tmp_path):
    add_cover(session, tmp_path)
    add_garden(session, note=f"{CANARY}-note")
    picture = tmp_path / "photo.jpg"
    write_photo(picture, f"{CANARY}-exif")
    for operation, fields in (
        ("partnership.add_organisation", {"name": "Forum", "contact": f"{CANARY}-contact", "note": f"{CANARY}-private"}),
        ("partnership.add_group", {"name": "Women"}),
        ("partnership.add_person", {"name": f"{CANARY}-silent", "email": f"{CANARY}@mail"}),
        ("partnership.add_person", {"name": "Known Name", "email": f"{CANARY}-known@mail"}),
        ("partnership.record_consent", {"subject": "Known Name", "scope": "publish_name", "given_on": "2020-01-01"}),
        ("governance.add_assessment", {"name": f"{CANARY}-round", "facilitator": f"{CANARY}-facilitator"}),
        ("governance.enter_card", {"assessment": f"{CANARY}-round", "group": "Women", "answers": "D1=1"}),
        ("visioning.add_indicator", {"name": "Trees"}),
        ("impact.add_observation", {"indicator": "Trees", "value": 3, "year": 2025, "observer": f"{CANARY}-observer"}),
        ("commons.add_resource", {"file": str(picture), "name": "Photo"}),
        ("commons.release_usual", {}), ("commons.release", {"record_kind": "person", "fields": "name, email, role"}),
        ("commons.release", {"record_kind": "organisation", "fields": "contact"}),
        ("commons.release", {"record_kind": "resource", "fields": "name, content"}),
    ):  # fmt: skip
        perform(session, operation, **fields)
    out = tmp_path / "bundle.zip"
    perform(session, "commons.make_bundle", out=str(out))
    found = everything_in(out)
    assert CANARY.encode() not in found
    assert b"Known Name" in found and b"Photo" in found
    assert str(tmp_path).encode() not in found
    with session.read() as db:
        silent = db.query(Person).filter(Person.name == f"{CANARY}-silent").one().uuid
    assert silent.encode() not in found
    perform(session, "partnership.withdraw_consent", consent="publish_name", withdrawn_on="2021-01-01")
    perform(session, "commons.make_bundle", out=str(tmp_path / "second.zip"))
    assert b"Known Name" not in everything_in(tmp_path / "second.zip")


def write_photo(path: Path, secret: str) -> None:
    from PIL import Image

    picture = Image.new("RGB", (40, 30), "green")
    notes = Image.Exif()
    notes[0x010E] = secret
    picture.save(path, exif=notes)
    assert secret.encode() in path.read_bytes()


def test_by_default_nothing_leaves_and_a_changed_byte_is_found(session, tmp_path):
    add_cover(session, tmp_path)
    with pytest.raises(UserError) as told:
        perform(session, "commons.make_bundle", out=str(tmp_path / "empty.zip"))
    assert told.value.code == "commons.nothing" and not list(tmp_path.glob("*empty*"))
    perform(session, "commons.release_usual")
    perform(session, "commons.make_bundle", out=str(tmp_path / "good.zip"))
    check_bundle(tmp_path / "good.zip")
    with zipfile.ZipFile(tmp_path / "good.zip") as old, zipfile.ZipFile(tmp_path / "bad.zip", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b" " if name.endswith("landscape.csv") else b""))
    with pytest.raises(UserError, match="was changed"):
        check_bundle(tmp_path / "bad.zip")
    (tmp_path / "noise.zip").write_bytes(b"PK\x03\x04" + bytes(range(256)))
    with pytest.raises(UserError) as told:
        check_bundle(tmp_path / "noise.zip")
    assert told.value.code == "bundle.broken"
