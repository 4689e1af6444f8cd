"""The sample's chain, walked upwards from the bundle to the polygon; and nothing else leaves."""

import csv
import io
import json
import random
import shutil
import sqlite3
import zipfile
from pathlib import Path

import pytest
import shapely
import shapely.affinity

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


@pytest.fixture
def copied(made, tmp_path):
    target = tmp_path / made.project.name
    shutil.copy(made.project, target)
    with Session(target) as session:
        yield session


def test_the_portfolio_shows_the_runs_that_the_projects_show_and_says_when_they_are_old(copied):
    from onekl_desktop.tools.lift.queries import read_finance
    from onekl_desktop.tools.lift.runs import compute_project
    from onekl_desktop.tools.portfolio.queries import read_portfolio

    before = read_portfolio(copied)
    assert before.out_of_date == [] and not any("out of date" in line for line in before.problems())
    state = next(state for state in read_finance(copied).projects if state.lines)
    name, line = state.project.name, next(line for line in state.lines if line.amount)
    perform(copied, "lift.change_line", line=line.uuid, amount=line.amount * 3)
    old = read_portfolio(copied)
    assert old.out_of_date == [name] and any(name in line and "out of date" in line for line in old.problems())
    compute_project(copied, name)
    after = read_portfolio(copied)
    assert after.out_of_date == [] and after.sums["project_npv"] != before.sums["project_npv"]
    copied.undo()  # the older run is that of the inputs again, though it is not the newest
    assert read_portfolio(copied).sums == before.sums and read_portfolio(copied).out_of_date == []


def test_a_forecast_says_when_the_plan_has_moved_on(copied):
    from onekl_desktop.tools.impact.pages import impact
    from onekl_desktop.tools.impact.queries import read_impact
    from onekl_desktop.tools.scenarios.runs import run_scenarios

    before = read_impact(copied)
    assert before.plan is not None and before.forecast_note == ""
    assert any(track.forecast for track in before.tracks)
    with copied.read() as db:
        item = max(
            db.query(Intervention).filter(Intervention.scenario == before.plan.uuid), key=lambda row: row.area_ha
        )
        smaller = shapely.affinity.scale(item.geom, 0.5, 0.5)
    perform(copied, "scenarios.change_scenario", scenario=before.plan.uuid, name=before.plan.name, locked=False)
    perform(copied, "scenarios.reshape_intervention", intervention=item.uuid, geometry=smaller)
    moved = read_impact(copied)
    assert "out of date" in moved.forecast_note
    assert any(moved.forecast_note in getattr(block, "items", ()) for block in impact(copied).blocks)
    run_scenarios(copied)
    computed = [track.forecast for track in read_impact(copied).tracks]
    assert read_impact(copied).forecast_note == "" and computed != [track.forecast for track in before.tracks]
    copied.undo()
    again = read_impact(copied)
    assert again.forecast_note == "" and [track.forecast for track in again.tracks] == [
        track.forecast for track in before.tracks
    ]


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
        ("knowledge.add_resource", {"file": str(picture), "name": "Photo"}),
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


def test_a_wounded_bundle_is_refused_wherever_the_wound_is(made, tmp_path):
    whole, random_ = made.bundle.read_bytes(), random.Random(20)
    wounded, told = tmp_path / "wounded.zip", []
    last = whole.rindex(b"PK\x05\x06")
    listing = int.from_bytes(whole[last + 16 : last + 20], "little")
    for number in range(400):
        data = bytearray(whole)
        at = random_.randrange(listing if number % 2 else 0, len(data))  # every second wound is in the list of contents
        if number % 5 == 0:
            del data[at : at + random_.randrange(1, 200)]
        else:
            data[at : at + 4] = random_.randbytes(4)
        wounded.write_bytes(data)
        try:
            check_bundle(wounded)
        except UserError as problem:
            told.append(problem)
    assert {problem.code for problem in told} == {"bundle.broken"}
    assert len(told) > 200  # the others hit stamps and rights of the archive, which carry nothing
