"""`onekl lift` and reports about one project, as a script uses them."""

import pytest

from onekl_desktop.engine import Session, perform
from tests.cli.test_cli import onekl
from tests.support.landscape import add_cover, add_garden


@pytest.fixture
def file(path, registry, tmp_path):
    with Session(path, registry=registry) as session:
        add_cover(session, tmp_path)
        perform(
            session,
            "scenarios.change_practice",
            practice="Gardens",
            yield_t_per_ha_year=1.5,
            years_to_yield=3,
            price_per_t=400,
            spread=0.2,
        )
        item = add_garden(session)
        perform(session, "action_plan.add_action", name="Nursery", action_type="enabling")
        perform(
            session,
            "action_plan.add_action",
            name="Plant",
            action_type="asset",
            intervention=item["intervention"],
            waits_for="Nursery",
        )
        perform(session, "lift.add_flow", name="Subsidy", effect="degrading", amount=300)
        perform(session, "lift.add_flow", name="Rangers", effect="regenerating", amount=100, place="North")
        perform(session, "lift.add_project", name="Venture", horizon_years=14)
        perform(session, "lift.add_part", project="Venture", intervention=item["intervention"])
        perform(session, "lift.add_source", name="Fund", instrument="loan", ticket_minimum=1, ticket_maximum=10)
    return path


def test_ideas_tell_what_is_critical_and_how_money_flows(file, capsys):
    code, found, _err = onekl(capsys, "lift", "ideas", file, "--json")
    assert code == 0
    nursery, plant = found["ideas"]
    assert (
        nursery["action"] == "Nursery"
        and nursery["critical"]
        and nursery["needed_by"] == ["Plant"]
        and nursery["mark"] is None
    )
    assert plant["project"] == "Venture" and plant["waits_for"] == "Nursery" and not plant["critical"]
    assert (
        found["flows"]["degrading_per_regenerating"] == 3.0
        and found["flows"]["by_place"]["North"]["regenerating"] == 100
    )


def test_a_profile_is_one_typical_year(file, capsys):
    code, found, _err = onekl(capsys, "lift", "profile", file, "--json")
    assert code == 0 and found["hectares"] == pytest.approx(100, rel=0.01) and found["year"] == 2029
    assert found["revenue"] == pytest.approx(found["hectares"] * 1.5 * 400) and found[
        "operating_cost"
    ] == pytest.approx(found["hectares"] * 100)


def test_a_project_whole(file, capsys, tmp_path):
    code, found, _err = onekl(capsys, "lift", "project", file, "Venture", "--json")
    assert code == 0 and len(found["years"]) == 15 == len(found["quantities"]["hectares"])
    figures = found["model"]["figures"]
    assert (
        figures["series.labour_days"] == found["quantities"]["labour_days"]
        and figures["risk.npv_p10"] < figures["risk.npv_p90"]
    )
    assert (
        found["matches"][0]["source"] == "Fund"
        and found["matches"][0]["criteria"][0]["score"] == 0.0
        and "legal_entity" in found["missing_documents"]
    )
    assert {flag["id"] for flag in found["flags"] if flag["state"] == "raised"} >= {"unfunded", "labour"}
    out = tmp_path / "teaser.docx"
    assert (
        onekl(capsys, "report", file, "teaser", "--project", "Venture", "--out", out)[0] == 0
        and out.stat().st_size > 10_000
    )
    code, _found, told = onekl(capsys, "report", file, "teaser", "--project", "Nobody", "--out", out)
    assert code != 0 and "Nobody" in told
    code, _found, told = onekl(capsys, "report", file, "pitch", "--out", tmp_path / "p.pdf")
    assert code != 0 and ".pptx" in told
