"""The landscape, who has a stake in it, how they meet, what they agreed: with its refusals, and on paper."""

import datetime as dt

import geopandas
import pytest
import shapely
from pypdf import PdfReader
from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.geometry import area_ha
from onekl_desktop.base.translate import LANGUAGES, set_language
from onekl_desktop.engine import perform
from onekl_desktop.project.queries.records import get_by_name, get_landscape
from onekl_desktop.project.records import Agreement, Attendance, Boundary, Consent, Person
from onekl_desktop.reports.write import build_page, write_report
from onekl_desktop.tools.commons.rules import select_released
from onekl_desktop.tools.partnership.pages import read_agenda, split_text
from onekl_desktop.tools.partnership.places import find_neighbours, measure_zones
from onekl_desktop.tools.partnership.queries import find_gaps, first_steps, read_partnership
from tests.support.landscape import place


def refused(session, operation, **fields):
    with pytest.raises(UserError) as caught:
        perform(session, operation, **fields)
    return caught.value


def add_polygons(session, folder, name, shapes, **columns):
    frame = geopandas.GeoDataFrame(
        {"name": [f"{name} {at}" for at in range(len(shapes))], **columns}, geometry=shapes, crs=session.crs
    )
    frame.to_file(folder / f"{name}.gpkg", driver="GPKG")
    perform(session, "layers.import_layer", file=str(folder / f"{name}.gpkg"), name=name)
    perform(session, "layers.change_layer", layer=name, name_column="name")


def text_of(target):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(target).pages).split())


# ------------------------------------------------------------------ the landscape


def test_a_boundary_is_kept_proposed_chosen_and_comes_back(session, tmp_path):
    add_polygons(session, tmp_path, "Parts", [place(0, 0, 4000, 10000), place(4000, 0, 6000, 10000)])
    perform(session, "partnership.keep_boundary", name="First", boundary_type="jurisdiction")
    perform(session, "partnership.take_boundary", name="Both", layer="Parts")
    perform(session, "partnership.take_boundary", name="West", layer="Parts", shape="parts 0")
    assert refused(session, "partnership.choose_boundary", boundary="First").code == "partnership.same_boundary"
    assert (
        refused(session, "partnership.take_boundary", name="X", layer="Parts", shape="Nowhere").code
        == "partnership.no_shape"
    )
    perform(session, "partnership.choose_boundary", boundary="West")
    with session.read() as db:
        landscape, west = get_landscape(db), get_by_name(db, Boundary, "West")
        assert shapely.equals(landscape.geom, west.geom)
        assert landscape.area_ha == pytest.approx(area_ha(place(0, 0, 4000, 10000), session.crs))
        assert len(list(db.scalars(select(Boundary)))) == 3  # the first one was kept already
    perform(session, "layers.redraw_boundary", geometry=place(0, 0, 5000, 5000))
    perform(session, "partnership.choose_boundary", boundary="First")
    with session.read() as db:
        assert get_by_name(db, Boundary, f"Boundary until {dt.date.today().isoformat()}").area_ha == pytest.approx(
            area_ha(place(0, 0, 5000, 5000), session.crs)
        )


def test_what_lies_at_the_boundary_is_measured(session, tmp_path):
    add_polygons(session, tmp_path, "Districts", [
        place(10000, 2000, 12000, 5000),  # beside it: shares 3 km
        place(8000, -1000, 9000, 1000),  # crosses it: 100 ha on each side
        place(2000, 2000, 3000, 3000),  # within
        place(30000, 0, 31000, 1000),  # far away
    ])  # fmt: skip
    found = {item.name: item for item in find_neighbours(session)}
    assert set(found) == {"Districts 0", "Districts 1"}
    beside, across = found["Districts 0"], found["Districts 1"]
    assert beside.border_km == pytest.approx(3.0, rel=0.01) and beside.inside_ha == 0 and not beside.crosses
    assert beside.outside_ha == pytest.approx(area_ha(place(10000, 2000, 12000, 5000), session.crs), rel=1e-6)
    assert across.crosses and across.border_km == pytest.approx(1.0, rel=0.01)
    assert across.inside_ha == pytest.approx(area_ha(place(8000, 0, 9000, 1000), session.crs), rel=1e-6)


def test_three_zones_are_those_of_a_layer(session, tmp_path):
    shapes = [place(0, 0, 1000, 1000), place(1000, 0, 3000, 1000), place(9000, 0, 11000, 1000)]
    add_polygons(session, tmp_path, "Zones", shapes, zone=["natural", "Combined", "economic"], other=["a", "b", "c"])
    problem = refused(session, "partnership.set_three_zones", layer="Zones", column="other")
    assert problem.code == "partnership.strange_zone" and "a, b, c" in str(problem)
    assert refused(session, "partnership.set_three_zones", layer="Zones", column="none").code == "partnership.no_column"
    perform(session, "partnership.set_three_zones", layer="Zones", column="zone")
    zones = measure_zones(session)
    assert zones["natural"] == pytest.approx(area_ha(shapes[0], session.crs))
    assert zones["economic"] == pytest.approx(
        area_ha(place(9000, 0, 10000, 1000), session.crs)
    )  # within the boundary only


def test_the_profile_says_what_is_not_written_yet(session, tmp_path):
    perform(
        session,
        "partnership.change_profile",
        population=1200,
        languages="Karo; Malay",
        introduction="Hills and a coast.",
    )
    perform(session, "partnership.change_profile", economy="Palms and fish.")
    write_report(session, "landscape_profile", tmp_path / "p.pdf")
    told = text_of(tmp_path / "p.pdf")
    for words in (
        "1,200",
        "Karo; Malay",
        "Hills and a coast.",
        "Palms and fish.",
        "Not written yet: People, Trends and risks",
    ):
        assert words in told


# ------------------------------------------------------------------ stakeholders


def test_who_is_missing_is_told_with_its_reason(session):
    for name, kind, values in (
        ("Forum", "community", {"standing": "member", "power": 3, "interest": 5}), ("Office", "government", {"standing": "member", "power": 5, "interest": 2}),
        ("Estate", "company", {"standing": "invited", "power": 5, "interest": 4}), ("Fishers", "community", {"standing": "missing", "affected": 5}),
        ("Herders", "community", {"standing": "declined", "affected": 4}),
    ):  # fmt: skip
        perform(session, "partnership.add_organisation", name=name, organisation_type=kind, women=1, men=9)
        perform(session, "partnership.judge_stakeholder", organisation=name, **values)
    perform(session, "partnership.set_linkage", giver="Forum", taker="Estate", strength=2)
    known = read_partnership(session)
    gaps = " ".join(find_gaps(known))
    for words in (
        "Company",
        "Non-profit organisation",
        "Fishers should be invited",
        "Estate has much power and much interest",
        "Herders is much affected",
        "between Office and the others",
        "three in ten",
    ):
        assert words in gaps
    assert "Forum and the others" not in gaps
    assert refused(session, "partnership.set_linkage", giver="Forum", taker="Forum").code == "partnership.to_itself"
    perform(session, "partnership.remove_organisation", organisation="Estate")
    assert read_partnership(session).linkages == []


def test_power_and_interest_leave_only_by_a_rule_of_their_own(session):
    perform(session, "partnership.add_organisation", name="Forum")
    perform(session, "partnership.judge_stakeholder", organisation="Forum", power=4, interest=4)
    perform(session, "commons.release_usual")
    with session.read() as db:
        released = select_released(db, "public").released
    assert "power" not in released["organisation"].fields and "linkage" not in released and "profile" in released
    for kind in ("comment", "attendance", "membership"):
        assert refused(session, "commons.release", record_kind=kind, fields="note").code.startswith("commons.")


def test_a_group_is_no_part_of_itself_and_a_duty_has_its_days(session):
    perform(session, "partnership.add_group", name="Board", group_type="working")
    perform(session, "partnership.add_group", name="Office", parent="Board")
    assert (
        refused(session, "partnership.change_group", group="Board", parent="Office").code
        == "partnership.group_in_itself"
    )
    perform(session, "partnership.add_person", name="A. B.", gender="woman")
    perform(
        session, "partnership.set_membership", person="A. B.", people_group="Board", duty="lead", since="2025-01-01"
    )
    perform(session, "partnership.set_membership", person="A. B.", people_group="Board", duty="secretary")
    assert [row.duty for row in read_partnership(session).memberships] == ["secretary"]
    assert (
        refused(
            session,
            "partnership.set_membership",
            person="A. B.",
            people_group="Board",
            since="2026-01-01",
            until="2025-01-01",
        ).code
        == "partnership.until_before"
    )


# ------------------------------------------------------------------ meetings


def test_attendance_counts_and_a_person_can_be_forgotten(session, tmp_path):
    perform(session, "partnership.add_group", name="Women")
    perform(session, "partnership.add_person", name="A. B.", gender="woman", people_group="Women")
    perform(
        session,
        "partnership.add_meeting",
        name="Assembly",
        begins_at="09:00",
        agenda="20 | Welcome | Chair\n40 | The map\nLunch",
        planned_on="2026-02-01",
    )
    assert refused(session, "partnership.add_meeting", name="X", begins_at="25:00").code == "partnership.no_clock"
    assert (
        refused(session, "partnership.record_attendance", meeting="Assembly", gender="man").code == "partnership.nobody"
    )
    perform(
        session, "partnership.record_attendance", meeting="Assembly", people_group="Women", gender="woman", people=9
    )
    perform(
        session, "partnership.record_attendance", meeting="Assembly", people_group="Women", gender="woman", people=12
    )
    perform(session, "partnership.record_attendance", meeting="Assembly", person="A. B.")
    assert (
        refused(session, "partnership.record_attendance", meeting="Assembly", person="A. B.", people=2).code
        == "partnership.one_person"
    )
    perform(
        session, "partnership.hold_meeting", meeting="Assembly", held_on="2026-02-01", minutes="We looked at the map."
    )
    write_report(session, "meeting_kit", tmp_path / "kit.pdf")
    told = text_of(tmp_path / "kit.pdf")
    for words in ("09:20 40 The map", "Sign-in sheet", "A. B.", "13 people, 13 of them women", "We looked at the map."):
        assert words in told
    perform(session, "partnership.remove_person", person="A. B.")
    with session.read() as db:
        assert db.scalar(select(Person)) is None
        assert sorted((row.person, row.people) for row in db.scalars(select(Attendance))) == [("", 1), ("", 12)]
    write_report(session, "meeting_kit", tmp_path / "kit2.pdf")
    assert "A. B." not in text_of(tmp_path / "kit2.pdf") and "13 people" in text_of(tmp_path / "kit2.pdf")


def test_an_agenda_is_read_line_by_line():
    assert read_agenda("10 | A | X\n\n5|B\nC", "23:50") == [
        ("23:50", "10", "A", "X"),
        ("00:00", "5", "B", ""),
        ("00:05", "", "C", ""),
    ]
    assert read_agenda("10 | A", "soon") == [("", "10", "A", "")]
    assert split_text("before\n# One\n\na\nb\n## Two\n") == [("", "before"), ("One", "a\nb"), ("Two", "")]


# ------------------------------------------------------------------ agreements and consents


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_the_templates_speak_every_language(session, language):
    perform(session, "partnership.add_organisation", name="Forum")
    set_language(language)
    for kind, parts in (("partnership", 9), ("user", 5)):
        perform(session, "partnership.draft_agreement", name=f"Charter {kind}", agreement_type=kind)
        with session.read() as db:
            body = get_by_name(db, Agreement, f"Charter {kind}").body
        assert len(split_text(body)) == parts and "Square" in body and "LANDSCAPE" not in body and "MEMBERS" not in body
        assert ("Forum" in body) == (kind == "partnership")


def test_a_signed_text_stays_and_a_new_version_replaces_it(session):
    perform(session, "partnership.add_organisation", name="Forum")
    perform(session, "partnership.draft_agreement", name="Charter")
    perform(session, "partnership.sign_agreement", agreement="Charter", organisation="Forum", signed_on="2026-01-01")
    assert (
        refused(session, "partnership.change_agreement", agreement="Charter", body="Other words").code
        == "partnership.signed"
    )
    made = perform(session, "partnership.revise_agreement", agreement="Charter")
    perform(session, "partnership.change_agreement", agreement=made["agreement"], body="# New\nOther words")
    perform(session, "partnership.sign_agreement", agreement=made["agreement"], organisation="Forum")
    with session.read() as db:
        old, new = get_by_name(db, Agreement, "Charter"), get_by_name(db, Agreement, "Charter (2)")
        assert (old.status, new.status, new.version, new.replaces) == ("replaced", "signed", "2", old.uuid)
        assert old.body != new.body and "Other words" not in old.body


def test_people_opt_in_purpose_by_purpose(session, tmp_path):
    perform(session, "partnership.add_person", name="A. B.")
    perform(session, "partnership.draft_agreement", name="Data", agreement_type="user")
    assert (
        refused(session, "partnership.opt_in", agreement="Data", subject="A. B.").code == "partnership.nothing_chosen"
    )
    assert refused(session, "partnership.sign_agreement", agreement="Data", organisation="A. B.").code in (
        "record.missing",
        "partnership.opt_in_instead",
    )
    assert (
        refused(session, "partnership.opt_in", agreement="Data", subject="A. B.", use_data=True, medium="spoken").code
        == "partnership.no_witness"
    )
    perform(
        session,
        "partnership.opt_in",
        agreement="Data",
        subject="A. B.",
        use_data=True,
        publish_name=True,
        given_on="2020-01-01",
        valid_until="2021-01-01",
    )
    with session.read() as db:
        rows = list(db.scalars(select(Consent)))
        assert {row.scope for row in rows} == {"use_data", "publish_name"} and len({row.agreement for row in rows}) == 1
    assert refused(session, "partnership.change_agreement", agreement="Data", body="More").code == "partnership.signed"
    assert refused(session, "partnership.remove_agreement", agreement="Data").code == "record.in_use"
    write_report(session, "consent_ledger", tmp_path / "ledger.pdf")
    told = text_of(tmp_path / "ledger.pdf")
    assert "Data · 1" in told and "The consent of A. B. (Publish the name) lapsed on 2021-01-01" in told
    perform(session, "commons.release", record_kind="person", fields="name")
    with session.read() as db:
        selection = select_released(db, "public")
        assert selection.released["person"].rows == [] and selection.kept == {"person:consent": 1}
    assert "no valid consent" in str(build_page(session, "release").blocks)


def test_the_steps_are_counted(session):
    assert [step.done for step in first_steps(session)] == [False] * 7
    perform(session, "partnership.add_organisation", name="Forum")
    assert [step.title for step in first_steps(session) if step.done] == ["organisations"]
