"""From challenges to goals: what is refused, what follows from what, and what each group puts first."""

import csv

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from onekl_desktop.base.data import find_folder
from onekl_desktop.base.errors import UserError
from onekl_desktop.engine import perform
from onekl_desktop.project.queries.records import get_by_name
from onekl_desktop.project.records import Goal, Vision, Wish
from onekl_desktop.reports.page import Graph
from onekl_desktop.reports.write import build_page, write_report
from onekl_desktop.tools.visioning.frameworks import by_framework, find_wrong, join_codes, read_crosswalk, split_codes
from onekl_desktop.tools.visioning.inputs import MEASURES
from onekl_desktop.tools.visioning.queries import read_vision, weigh_goals, weigh_places


def refused(session, operation, **fields):
    with pytest.raises(UserError) as caught:
        perform(session, operation, **fields)
    return caught.value


def test_the_crosswalk_knows_every_measure_and_only_codes_that_exist():
    table = read_crosswalk()
    assert set(table) == {option.id for option in MEASURES}
    for measure, codes in table.items():
        assert find_wrong(list(codes)) == [] and len(codes) == len(set(codes)), measure
        assert any(code.startswith("SDG") for code in codes)
    with (find_folder("resources") / "catalogues" / "frameworks.csv").open(encoding="utf-8", newline="") as stream:
        assert len(list(csv.DictReader(stream))) == len(table)
    # published pairs: forest restoration is SDG 15.3, GBF target 2, Aichi target 15, Paris article 5
    assert {"SDG 15.3", "GBF 2", "Aichi 15", "Paris 5", "Bonn Challenge", "LDN"} <= set(table["restored_area"])
    assert find_wrong(["SDG 18.1", "GBF 24", "Aichi 21", "SDG 15", "LandScale 5.1", "Paris 4", "My own 3"]) == [
        "SDG 18.1",
        "GBF 24",
        "Aichi 21",
        "SDG 15",
        "LandScale 5.1",
    ]
    assert by_framework("SDG 1.2, LDN; SDG 15.3") == {"SDG": ["1.2", "15.3"], "LDN": [""]}
    assert split_codes(join_codes("My own 3, GBF 2", "restored_area")).count("GBF 2") == 1


def test_codes_follow_what_a_goal_is_about_and_change_with_it(session):
    perform(session, "visioning.add_goal", name="Forest", frameworks="GBF 12", measure="forest_area")
    with session.read() as db:
        assert {"GBF 12", "SDG 15.2", "Bonn Challenge"} <= set(split_codes(get_by_name(db, Goal, "Forest").frameworks))
    perform(session, "visioning.change_goal", goal="Forest", measure="women")
    with session.read() as db:
        codes = split_codes(get_by_name(db, Goal, "Forest").frameworks)
    assert {"GBF 12", "SDG 5.5", "GBF 23"} <= set(codes) and "Bonn Challenge" not in codes
    assert refused(session, "visioning.add_goal", name="X", frameworks="SDG 99.1").code == "visioning.wrong_code"


def test_a_target_without_unit_quantity_or_year_is_refused(session):
    perform(session, "visioning.add_goal", name="Trees")
    perform(session, "visioning.add_indicator", name="Standing trees", unit="trees")
    perform(session, "visioning.add_indicator", name="Mood")
    for fields, code in (
        ({"indicator": "Standing trees", "year": 2030}, "visioning.no_number"), ({"indicator": "Standing trees", "quantity": 5}, "visioning.no_number"),
        ({"indicator": "Mood", "quantity": 5, "year": 2030}, "visioning.no_unit"),
    ):  # fmt: skip
        problem = refused(session, "visioning.add_target", goal="Trees", **fields)
        assert problem.code == code and problem.problems[0].remedy
    assert perform(session, "visioning.add_target", goal="Trees", indicator="Standing trees", quantity=5, year=2030)


def test_a_vision_is_agreed_by_a_decision_and_then_stays(session):
    perform(session, "partnership.add_group", name="All", members=10)
    perform(session, "visioning.add_vision", name="Our valley", statement="Birds are back.")
    perform(session, "decisions.open_decision", name="Agree?", method="consent", quorum=0)
    assert (
        refused(session, "visioning.agree_vision", vision="Our valley", decision="Agree?").code
        == "visioning.half_vision"
    )
    perform(session, "visioning.change_vision", vision="Our valley", horizon_year=2046)
    assert (
        refused(session, "visioning.agree_vision", vision="Our valley", decision="Agree?").code == "visioning.undecided"
    )
    perform(session, "decisions.cast_votes", decision="Agree?", group="All", ranking="1", ballots=8)
    perform(session, "decisions.close_decision", decision="Agree?", decided_on="2026-04-05")
    perform(session, "visioning.agree_vision", vision="Our valley", decision="Agree?")
    problem = refused(session, "visioning.change_vision", vision="Our valley", statement="Fish, too.")
    assert problem.code == "visioning.agreed" and "2026-04-05" in str(problem)
    perform(session, "visioning.add_vision", name="New valley", statement="Fish, too.", horizon_year=2050)
    assert read_vision(session).vision.name == "Our valley"
    perform(session, "visioning.agree_vision", vision="New valley", decision="Agree?")
    with session.read() as db:
        old, new = get_by_name(db, Vision, "Our valley"), get_by_name(db, Vision, "New valley")
    assert (old.status, new.status, new.replaces) == ("earlier", "agreed", old.uuid) and read_vision(
        session
    ).vision.name == "New valley"


def test_a_loop_in_the_chain_is_refused_with_the_way_round(session, tmp_path):
    for name in ("Plant", "Shade", "Springs", "Fish"):
        perform(session, "visioning.add_result", name=name)
    perform(session, "visioning.set_arrow", cause="Plant", effect="Shade", assumption="It rains.")
    perform(session, "visioning.set_arrow", cause="Shade", effect="Springs")
    perform(session, "visioning.set_arrow", cause="Springs", effect="Fish")
    problem = refused(session, "visioning.set_arrow", cause="Springs", effect="Plant")
    assert problem.code == "visioning.loop" and "Springs → Plant → Shade → Springs" in str(problem)
    assert refused(session, "visioning.set_arrow", cause="Fish", effect="Fish").code == "visioning.loop"
    perform(session, "visioning.set_arrow", cause="Plant", effect="Shade", evidence="Seen in 2020.")
    known = read_vision(session)
    assert (known.links[0].assumption, known.links[0].evidence) == ("It rains.", "Seen in 2020.")
    graph = next(block for block in build_page(session, "vision").blocks if isinstance(block, Graph))
    assert [node.column for node in graph.nodes] == [0, 1, 2, 3] and graph.arrows == ((0, 1), (1, 2), (2, 3))
    write_report(session, "vision", tmp_path / "v.pdf")
    told = " ".join(" ".join(page.extract_text() for page in PdfReader(tmp_path / "v.pdf").pages).split())
    assert "It rains." in told and "Seen in 2020." in told and "2 arrows say neither" in told
    perform(session, "visioning.remove_result", result="Shade")
    assert [known.name_of(link.cause) for link in read_vision(session).links] == ["Springs"]


def test_what_groups_put_first_becomes_shares_and_places(session):
    for name in ("Women", "Men"):
        perform(session, "partnership.add_group", name=name)
    perform(session, "visioning.add_indicator", name="Trees", unit="trees")
    for goal, place in (("Water", "Hills"), ("Income", ""), ("School", "Coast")):
        perform(session, "visioning.add_goal", name=goal)
        perform(session, "visioning.add_target", goal=goal, indicator="Trees", place=place, quantity=1, year=2030)
    perform(session, "visioning.open_goal_vote", name="First?", method="plurality", quorum=0)
    perform(session, "visioning.cast_goal_votes", decision="First?", group="Women", ranking="Water; School", ballots=10)
    perform(session, "visioning.cast_goal_votes", decision="First?", group="Men", ranking="Income", ballots=3)
    known = read_vision(session)
    goals, groups = weigh_goals(session, known.votes[0])
    assert goals == ["Water", "Income", "School"]
    assert groups["Women"] == pytest.approx([2 / 3, 0, 1 / 3]) and groups["Men"] == pytest.approx([1 / 6, 2 / 3, 1 / 6])
    assert weigh_places(known, goals, groups["Women"]) == pytest.approx({"Hills": 2 / 3, "": 0, "Coast": 1 / 3})


def test_wishes_and_pictures(session):
    perform(session, "visioning.set_wish", theme="social", zone="natural", body="Paths.")
    perform(session, "visioning.set_wish", theme="social", zone="natural", body="Paths and guides.")
    assert read_vision(session).wishes == {("social", "natural"): "Paths and guides."}
    perform(session, "visioning.set_wish", theme="social", zone="natural")
    with session.read() as db:
        assert db.scalar(select(Wish)) is None
    problem = refused(session, "visioning.add_picture", name="Sheet 1")
    assert problem.code == "visioning.no_picture" and "Sheet 1" in str(problem)
