"""The vows of every tool: spec valid, ids stable, help present, operations undone and redone, panel clean."""

import json
import threading
from pathlib import Path

import pytest

from onekl_desktop.app.window import MainWindow
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.registry import discover
from onekl_desktop.engine.settings import Settings
from onekl_desktop.gui.dialogs.help import model_markdown, tool_markdown
from onekl_desktop.project.dump import dump_hash
from onekl_desktop.project.queries.records import get_landscape
from onekl_desktop.tools.scenarios.runs import run_scenarios
from tests.support.landscape import BOTTOM, LEFT, add_cover, add_garden, place, write_cover

ENTRIES = discover().entries
OPERATIONS = [f"{entry.spec.id}.{operation.id}" for entry in ENTRIES for operation in entry.spec.operations]
STABLE = Path(__file__).with_name("stable_ids.json")
SQUARE = place(5500, 100, 6500, 1100)
LOGO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
STYLE = """<qgis version="3.22"><renderer-v2 type="singleSymbol"><symbols><symbol name="0" type="fill" alpha="1">
<layer class="SimpleFill" enabled="1"><prop k="color" v="10,20,30,255"/></layer></symbol></symbols></renderer-v2></qgis>"""

# One example of each operation on the project of `ready`; a new operation must bring one.
EXAMPLES = {
    "layers.import_layer": {"file": "{cover}", "role": "land_cover", "name": "Again", "year": 2020},
    "layers.change_layer": {
        "layer": "Cover",
        "name": "Renamed",
        "visible": False,
        "opacity": 0.5,
        "year": 2023,
        "licence": "CC0",
    },
    "layers.move_layer": {"layer": "Cover", "steps": 3},
    "layers.style_plain": {"layer": "Shapes", "fill": "#112233", "filled": False},
    "layers.style_by_class": {"layer": "Shapes", "column": "name"},
    "layers.style_by_range": {"layer": "Shapes", "column": "size", "classes": 2, "method": "natural"},
    "layers.change_style": {
        "layer": "Shapes",
        "pattern": "dots",
        "label_size": 12,
        "near_scale": 0,
        "far_scale": 50000,
    },
    "layers.save_layout": {
        "name": "Office",
        "paper": "A3",
        "title": "Map of {{place}}",
        "legend": False,
        "logo": "{folder}/logo.png",
    },
    "layers.remove_layout": {"layout": "Old page"},
    "layers.add_bookmark": {"name": "Here", "box": [LEFT, BOTTOM, LEFT + 500, BOTTOM + 500]},
    "layers.remove_bookmark": {"bookmark": "There"},
    "layers.style_by_rule": {
        "layer": "Shapes",
        "rules": [{"rule": '"size" > 2', "label": "Large", "colour": "#aa0000"}, {"rule": "ELSE"}],
    },
    "layers.style_as_heat": {"layer": "Spots", "radius": 8},
    "layers.read_style": {"layer": "Shapes", "file": "{folder}/style.qml"},
    "layers.add_layer": {"name": "Wells", "shapes": "points", "columns": "name, depth: number"},
    "layers.add_shape": {
        "layer": "Drawn",
        "geometry": place(2000, 0, 2400, 400),
        "values": {"name": "new", "trees": 7},
    },
    "layers.add_gps": {"layer": "Spots", "file": "{folder}/stand.nmea", "how": "point"},
    "layers.change_shapes": {"layer": "Drawn", "shapes": {"1": place(-100, 0, 400, 500).wkt}},
    "layers.change_values": {"layer": "Drawn", "shapes": "1 2", "values": {"trees": 12}},
    "layers.remove_shapes": {"layer": "Drawn", "shapes": "2"},
    "layers.split_shapes": {
        "layer": "Drawn",
        "line": f"LINESTRING({LEFT + 200} {BOTTOM - 10}, {LEFT + 200} {BOTTOM + 900})",
    },
    "layers.merge_shapes": {"layer": "Drawn", "shapes": "1 2"},
    "layers.reshape_shapes": {
        "layer": "Drawn",
        "line": f"LINESTRING({LEFT + 400} {BOTTOM + 10}, {LEFT + 450} {BOTTOM + 100}, {LEFT + 400} {BOTTOM + 200})",
    },
    "layers.add_hole": {"layer": "Drawn", "geometry": place(500, 100, 550, 150)},
    "layers.fill_holes": {"layer": "Drawn", "shapes": "3"},
    "layers.offset_shapes": {"layer": "Drawn", "shapes": "3", "distance": 20},
    "layers.cut_to_landscape": {"layer": "Drawn"},
    "layers.add_column": {"layer": "Drawn", "column": "owner"},
    "layers.remove_column": {"layer": "Drawn", "column": "trees"},
    "layers.calculate": {
        "layer": "Drawn",
        "column": "dense",
        "expression": '"trees" / ($area / 10000)',
        "where": '"trees" > 0',
    },
    "layers.clip_layer": {"layer": "Drawn"},
    "layers.intersect_layers": {"layer": "Drawn", "other": "Shapes"},
    "layers.unite_layers": {"layer": "Drawn", "other": "Shapes"},
    "layers.subtract_layer": {"layer": "Drawn", "other": "Shapes"},
    "layers.dissolve_layer": {"layer": "Drawn", "column": "name"},
    "layers.buffer_layer": {"layer": "Spots", "distance": 100, "together": True},
    "layers.join_table": {
        "layer": "Shapes",
        "column": "name",
        "file": "{folder}/people.csv",
        "table_column": "village",
    },
    "layers.join_layer": {"layer": "Spots", "other": "Shapes", "how": "nearest"},
    "layers.zonal_statistics": {"layer": "Shapes", "raster": "Cover"},
    "layers.make_planning_units": {"layers": "Shapes; Drawn", "least_ha": 0.1, "zones": True, "name": "Units"},
    "layers.settle_claims": {"layer": "Claims", "shapes": "1", "unit": "Village", "note": "agreed"},
    "layers.change_class": {"layer": "Cover", "code": 2, "name": "Rice", "above": 7, "natural_forest": True},
    "layers.set_land_cover": {"layer": "Other", "year": 2011},
    "layers.set_zones": {"layer": "Shapes", "name_column": "name"},
    "layers.remove_layer": {"layer": "Other"},
    "layers.change_landscape": {"name": "New name", "discount_rate": 0.2, "currency": "idr", "synthetic": True},
    "layers.redraw_boundary": {"geometry": place(0, 0, 9000, 9000)},
    "layers.change_setting": {"setting": "area_tolerance", "value": "0.2"},
    "scenarios.add_practices": {"codes": "agroforestry, mangrove"},
    "scenarios.add_practice": {"name": "Terraces", "capital_cost_per_ha": 10},
    "scenarios.change_practice": {"practice": "Gardens", "name": "Home gardens", "source": "survey 2026"},
    "scenarios.remove_practice": {"practice": "Patrol"},
    "scenarios.add_scenario": {"name": "Another", "description": "Story"},
    "scenarios.copy_scenario": {"scenario": "Plan", "name": "Plan 2"},
    "scenarios.change_scenario": {"scenario": "Plan", "name": "Plan A", "locked": True},
    "scenarios.remove_scenario": {"scenario": "Spare"},
    "scenarios.optimise": {"name": "Proposed", "cell_ha": 400, "practices": "Gardens", "maximise": "area"},
    "scenarios.draw_by_rule": {
        "scenario": "Plan",
        "practice": "Gardens",
        "along": "Spots",
        "within": 900,
        "outside": "Shapes",
    },
    "scenarios.add_intervention": {
        "scenario": "Plan",
        "practice": "Gardens",
        "geometry": SQUARE,
        "start_year": 2027,
        "years": 3,
    },
    "scenarios.change_intervention": {
        "intervention": "Gardens 1",
        "practice": "Patrol",
        "schedule": "2030:40%, 2031:60%",
    },
    "scenarios.reshape_intervention": {"intervention": "Gardens 1", "geometry": SQUARE},
    "scenarios.remove_intervention": {"intervention": "Gardens 2"},
    "scenarios.choose_plan": {"scenario": "Plan"},
    "scenarios.adopt": {"scenario": "Computed"},
    "scenarios.add_projection": {"name": "Slow", "rule": "stated", "yearly": "1>2 10", "drivers": "Shapes distance"},
    "scenarios.change_projection": {"projection": "Past", "method": "random_forest", "seed": 3},
    "scenarios.remove_projection": {"projection": "Past"},
    "scenarios.set_outlook": {"scenario": "Plan", "projection": "Past", "pace": 0.5},
    "scenarios.take_from_layer": {
        "scenario": "Spare",
        "practice": "Patrol",
        "layer": "Shapes",
        "start_year": 2028,
        "years": 2,
    },
    "scenarios.set_weights": {"people_group": "Women", "weights": "jobs=2, carbon_gain=1"},
    "scenarios.add_chain_model": {"name": "Edges", "model": "landcover_change", "years": "2030"},
    "scenarios.remove_chain_model": {"chain_model": "Change"},
    "partnership.add_organisation": {"name": "New village", "women": 12, "contact": "kept private"},
    "partnership.change_organisation": {"organisation": "Forum", "name": "The Forum", "role": "lead"},
    "partnership.remove_organisation": {"organisation": "Guests"},
    "partnership.add_group": {"name": "Youth", "members": 20},
    "partnership.change_group": {"group": "Women", "members": 60},
    "partnership.remove_group": {"group": "Nobody"},
    "partnership.add_person": {"name": "A person", "organisation": "Forum", "gender": "woman"},
    "partnership.change_person": {"person": "Chair", "phone": "1"},
    "partnership.remove_person": {"person": "Chair"},
    "partnership.add_agreement": {"name": "Another charter", "body": "We meet."},
    "partnership.change_agreement": {"agreement": "Draft", "body": "We meet twice."},
    "partnership.sign_agreement": {"agreement": "Charter", "organisation": "Guests", "signed_on": "2026-02-01"},
    "partnership.remove_agreement": {"agreement": "Charter"},
    "partnership.record_consent": {"subject": "Chair", "scope": "publish_contact", "given_on": "2026-01-01"},
    "partnership.withdraw_consent": {"consent": "publish_name"},
    "partnership.remove_consent": {"consent": "publish_name"},
    "decisions.open_decision": {
        "name": "Where to begin?",
        "options": "Hills; Coast",
        "subject_kind": "scenario",
        "subject": "Plan",
    },
    "decisions.cast_votes": {"decision": "When?", "group": "Women", "ranking": "Soon", "ballots": 3},
    "decisions.close_decision": {"decision": "When?", "minutes": "Short."},
    "decisions.remove_decision": {"decision": "When?"},
    "partnership.change_profile": {"population": 1200, "introduction": "Hills and a coast."},
    "partnership.keep_boundary": {"name": "As it is", "boundary_type": "jurisdiction", "drawn_by": "Women"},
    "partnership.take_boundary": {"name": "From shapes", "layer": "Shapes", "shape": "a"},
    "partnership.choose_boundary": {"boundary": "Proposed"},
    "partnership.remove_boundary": {"boundary": "Proposed"},
    "partnership.set_three_zones": {"layer": "Zoned", "column": "zone"},
    "partnership.judge_stakeholder": {"organisation": "Forum", "power": 4, "interest": 5, "standing": "invited"},
    "partnership.set_linkage": {"giver": "Forum", "taker": "Guests", "strength": 2, "note": "Letters."},
    "partnership.remove_linkage": {"giver": "Guests", "taker": "Forum", "linkage_type": "money"},
    "partnership.set_membership": {"person": "Chair", "people_group": "Women", "duty": "secretary"},
    "partnership.remove_membership": {"person": "Chair", "people_group": "Women"},
    "partnership.add_engagement": {"name": "Market day", "people_group": "Women", "planned_on": "2026-03-01"},
    "partnership.change_engagement": {"engagement": "Visits", "status": "done"},
    "partnership.remove_engagement": {"engagement": "Visits"},
    "partnership.add_meeting": {"name": "Second meeting", "begins_at": "09:30", "agenda": "20 | Welcome | Chair"},
    "partnership.change_meeting": {"meeting": "First meeting", "place": "School"},
    "partnership.hold_meeting": {"meeting": "First meeting", "held_on": "2026-02-02", "minutes": "We met."},
    "partnership.remove_meeting": {"meeting": "First meeting"},
    "partnership.record_attendance": {
        "meeting": "First meeting",
        "people_group": "Women",
        "gender": "woman",
        "people": 9,
    },
    "partnership.remove_attendance": {"meeting": "First meeting", "person": "Chair"},
    "partnership.draft_agreement": {"name": "From the template"},
    "partnership.revise_agreement": {"agreement": "Charter"},
    "partnership.opt_in": {"agreement": "Use of data", "subject": "Chair", "use_data": True, "given_on": "2026-01-01"},
    "decisions.add_comment": {"body": "Why there?", "comment_type": "question", "longitude": 99.1, "latitude": 3.2},
    "decisions.settle_comment": {"comment": "Too steep.", "settlement": "We looked at it."},
    "decisions.remove_comment": {"comment": "Too steep."},
    "decisions.change_decision": {"decision": "Untouched", "method": "schulze", "options": "A; B; C"},
    "decisions.take_back_votes": {"decision": "When?", "group": "Women"},
    "visioning.add_concern": {"name": "Fire", "weight": 4, "people_group": "Women"},
    "visioning.change_concern": {"concern": "Floods", "dimension": "livelihoods"},
    "visioning.remove_concern": {"concern": "Floods"},
    "visioning.add_picture": {"name": "Sketch", "depicts": "wished", "layer": "Shapes", "people_group": "Women"},
    "visioning.change_picture": {"picture": "Map of old", "depicts": "past"},
    "visioning.remove_picture": {"picture": "Map of old"},
    "visioning.add_vision": {"name": "Another vision", "statement": "All is well.", "horizon_year": 2050},
    "visioning.change_vision": {"vision": "Our vision", "statement": "Birds are back."},
    "visioning.agree_vision": {"vision": "Our vision", "decision": "Settled"},
    "visioning.remove_vision": {"vision": "Our vision"},
    "visioning.set_wish": {"theme": "social", "zone": "combined", "body": "Schools are near."},
    "visioning.add_result": {"name": "Less fire", "result_type": "threat", "indicator": "Trees"},
    "visioning.change_result": {"result": "Seedlings grow", "goal": "Forest"},
    "visioning.place_result": {"result": "Seedlings grow", "x": 12.5, "y": 40},
    "visioning.remove_result": {"result": "Seedlings grow"},
    "visioning.set_arrow": {"cause": "Seedlings grow", "effect": "Shade", "assumption": "It rains."},
    "visioning.remove_arrow": {"cause": "Nursery stands", "effect": "Seedlings grow"},
    "action_plan.set_dependency": {"action": "Fields", "waits_for": "Nursery", "note": "Seedlings first."},
    "action_plan.remove_dependency": {"action": "Roads", "waits_for": "Fields"},
    "action_plan.add_budget_line": {"action": "Nursery", "year": 2027, "planned": 100, "budget_type": "operating"},
    "action_plan.change_budget_line": {"budget_line": "Fields 2026", "spent": 5},
    "action_plan.remove_budget_line": {"budget_line": "Fields 2026"},
    "action_plan.set_interplay": {"first_action": "Nursery", "second_action": "Fields", "score": 2},
    "action_plan.remove_interplay": {"first_action": "Fields", "second_action": "Roads"},
    "knowledge.change_resource": {"resource": "Leaflet", "keywords": "water", "year": 2020},
    "knowledge.add_layer": {"layer": "Shapes", "keywords": "fields"},
    "knowledge.attach_evidence": {"resource": "Leaflet", "subject_kind": "goal", "subject": "Forest"},
    "knowledge.detach_evidence": {"resource": "Leaflet", "subject_kind": "goal", "subject": "Idle"},
    "knowledge.add_term": {"name": "Mufakat", "definition": "Agreement that all can live with."},
    "knowledge.change_term": {"glossary_term": "Adat", "example": "Spring forest."},
    "knowledge.remove_term": {"glossary_term": "Adat"},
    "visioning.add_goal": {"name": "Clean water", "theme": "natural"},
    "visioning.change_goal": {"goal": "Forest", "name": "More forest"},
    "visioning.remove_goal": {"goal": "Unused goal"},
    "visioning.add_target": {"goal": "Forest", "indicator": "carbon_gain", "baseline": 0, "quantity": 9, "year": 2035},
    "visioning.change_target": {"target": "Measured", "quantity": 12},
    "visioning.remove_target": {"target": "Free target"},
    "visioning.add_indicator": {"name": "Fish", "unit": "kg", "direction": "more"},
    "visioning.change_indicator": {"indicator": "Trees", "unit": "1000"},
    "visioning.remove_indicator": {"indicator": "Unused"},
    "visioning.open_goal_vote": {"name": "Again?", "method": "borda"},
    "visioning.cast_goal_votes": {"decision": "Goals?", "group": "Women", "ranking": "2; 1", "ballots": 2},
    "visioning.close_goal_vote": {"decision": "Goals?"},
    "action_plan.add_action": {"name": "Fence", "goal": "Forest", "lead": "Forum", "start_year": 2027},
    "action_plan.change_action": {"action": "Nursery", "status": "done"},
    "action_plan.remove_action": {"action": "Nursery"},
    "governance.add_assessment": {"name": "Second round", "held_on": "2026-05-01"},
    "governance.change_assessment": {"assessment": "Round", "place": "School"},
    "governance.enter_card": {"assessment": "Round", "group": "Women", "answers": "D1=2, D2=?, D3=-"},
    "governance.remove_card": {"assessment": "Round", "card": 1},
    "governance.close_assessment": {"assessment": "Round"},
    "governance.remove_assessment": {"assessment": "Round"},
    "lift.add_project": {"name": "Another project", "champion": "Forum", "discount_rate": 0.1},
    "lift.change_project": {"project": "Venture", "horizon_years": 15},
    "lift.remove_project": {"project": "Venture"},
    "lift.add_part": {"project": "Venture", "intervention": "Gardens 2"},
    "lift.remove_part": {"project": "Venture", "intervention": "Gardens 1"},
    "lift.add_line": {
        "project": "Venture",
        "name": "Grant",
        "line_type": "grant",
        "basis": "fixed",
        "amount": 5,
        "finance_source": "Fund",
    },
    "lift.change_line": {"line": "Fruit", "amount": 11},
    "lift.remove_line": {"line": "Fruit"},
    "lift.add_source": {"name": "Bank", "instrument": "loan"},
    "lift.change_source": {"finance_source": "Fund", "ticket_minimum": 1, "ticket_maximum": 2},
    "lift.remove_source": {"finance_source": "Fund"},
    "lift.judge_idea": {"action": "Nursery", "fit": 3, "verdict": "go_on", "reason": "Ready.", "project": "Venture"},
    "lift.add_flow": {"name": "Subsidy", "effect": "degrading", "amount": 100, "first_year": 2020},
    "lift.change_flow": {"finance_flow": "Present", "amount": 7, "purpose": "Seed"},
    "lift.remove_flow": {"finance_flow": "Present"},
    "lift.add_funding": {"project": "Venture", "name": "Loan", "amount": 900, "interest": 0.05, "currency": "eur"},
    "lift.change_funding": {"funding": "First loan", "grace_years": 2},
    "lift.remove_funding": {"funding": "First loan"},
    "lift.add_household": {"project": "Venture", "name": "Farmers", "households": 9, "hectares": 1.5},
    "lift.change_household": {"household_type": "Families", "benchmark": 900, "benchmark_source": "Study 2025"},
    "lift.remove_household": {"household_type": "Families"},
    "lift.set_rate": {"currency": "idr", "rate": 0.00006, "rated_on": "2026-01-01", "source": "Bank"},
    "lift.set_document": {"project": "Venture", "item": "permits", "status": "there", "resource": "Leaflet"},
    "lift.add_movement": {"project": "Venture", "deed": "disbursement", "amount": 5, "moved_on": "2026-02-02"},
    "lift.remove_movement": {"project": "Venture", "number": 1},
    "portfolio.move_project": {"project": "Venture", "stage": "ready", "since": "2026-03-03", "reason": "Signed."},
    "impact.add_observation": {
        "indicator": "Trees",
        "target": "Measured",
        "value": 4,
        "year": 2026,
        "low": 3,
        "high": 5,
    },
    "impact.change_observation": {"observation": "Trees 2025", "status": "checked"},
    "impact.remove_observation": {"observation": "Trees 2025"},
    "commons.release_usual": {},
    "commons.release": {"record_kind": "finance_source", "fields": "name, instrument", "audience": "partners"},
    "commons.take_back": {"record_kind": "goal", "fields": "name"},
    "commons.release_layer": {"layer": "Shapes", "columns": "name"},
    "commons.take_back_layer": {"layer": "Cover"},
    "knowledge.add_resource": {"file": "{folder}/note.txt", "subject_kind": "goal", "subject": "Forest"},
    "knowledge.add_link": {"name": "Map portal", "link": "https://example.org"},
    "knowledge.remove_resource": {"resource": "Poster"},
    "commons.make_bundle": {"out": "{folder}/out.zip", "licence": "CC0-1.0"},
    "commons.withdraw_bundle": {"bundle": "{landscape} 1"},
}

WHOLE = (
    ("scenarios.add_scenario", {"name": "Spare"}), ("scenarios.add_scenario", {"name": "Computed"}),
    ("scenarios.add_projection", {"name": "Past"}), ("scenarios.add_chain_model", {"name": "Change", "model": "landcover_change"}),
    ("partnership.add_organisation", {"name": "Forum"}), ("partnership.add_organisation", {"name": "Guests"}),
    ("layers.save_layout", {"name": "Old page", "paper": "A2"}),
    ("layers.add_bookmark", {"name": "There", "box": [LEFT, BOTTOM, LEFT + 900, BOTTOM + 500]}),
    ("layers.add_layer", {"name": "Drawn", "columns": "name, trees: whole"}), ("layers.add_layer", {"name": "Spots", "shapes": "points"}),
    ("layers.add_shape", {"layer": "Drawn", "geometry": place(-100, 0, 400, 400), "values": {"name": "x", "trees": 3}}),
    ("layers.add_shape", {"layer": "Drawn", "geometry": place(400, 0, 800, 400), "values": {"name": "y"}}),
    ("layers.add_shape", {"layer": "Drawn", "geometry": place(1000, 0, 1400, 400).difference(place(1100, 100, 1200, 200)), "values": {"name": "x"}}),
    ("layers.add_shape", {"layer": "Spots", "geometry": place(0, 0, 90, 90).centroid}),
    ("layers.make_planning_units", {"layers": "Shapes", "name": "Claims", "zones": False}),
    ("partnership.add_group", {"name": "Women", "members": 50}), ("partnership.add_group", {"name": "Nobody"}),
    ("partnership.add_person", {"name": "Chair"}), ("partnership.add_agreement", {"name": "Charter"}),
    ("partnership.add_agreement", {"name": "Draft"}),
    ("partnership.sign_agreement", {"agreement": "Charter", "organisation": "Forum", "signed_on": "2026-01-01"}),
    ("partnership.record_consent", {"subject": "Chair", "scope": "publish_name", "given_on": "2026-01-01"}),
    ("decisions.open_decision", {"name": "When?", "options": "Soon; Late", "quorum": 0}),
    ("decisions.cast_votes", {"decision": "When?", "group": "Women", "ranking": "Late", "ballots": 2}),
    ("visioning.add_goal", {"name": "Forest"}), ("visioning.add_goal", {"name": "Income"}), ("visioning.add_goal", {"name": "Idle"}), ("visioning.add_goal", {"name": "Unused goal"}),
    ("visioning.add_indicator", {"name": "Trees", "unit": "trees"}), ("visioning.add_indicator", {"name": "Unused"}),
    ("visioning.add_target", {"goal": "Forest", "indicator": "Trees", "name": "Measured", "baseline": 1, "baseline_year": 2024, "quantity": 9, "year": 2030}),
    ("visioning.add_target", {"goal": "Forest", "indicator": "Trees", "name": "Free target", "quantity": 5, "year": 2031}),
    ("visioning.open_goal_vote", {"name": "Goals?", "quorum": 0}),
    ("visioning.cast_goal_votes", {"decision": "Goals?", "group": "Women", "ranking": "2; 1", "ballots": 4}),
    ("action_plan.add_action", {"name": "Nursery", "goal": "Forest"}),
    ("partnership.take_boundary", {"name": "Proposed", "layer": "Shapes"}),
    ("partnership.set_linkage", {"giver": "Guests", "taker": "Forum", "linkage_type": "money"}),
    ("partnership.set_membership", {"person": "Chair", "people_group": "Women", "duty": "lead"}),
    ("partnership.add_engagement", {"name": "Visits"}), ("partnership.add_meeting", {"name": "First meeting"}),
    ("partnership.record_attendance", {"meeting": "First meeting", "person": "Chair"}),
    ("partnership.add_agreement", {"name": "Use of data", "agreement_type": "user", "body": "Yours."}),
    ("decisions.add_comment", {"body": "Too steep.", "subject_kind": "scenario", "subject": "Plan"}),
    ("decisions.open_decision", {"name": "Untouched", "options": "A; B"}),
    ("decisions.open_decision", {"name": "Settled", "method": "consent", "quorum": 0}),
    ("decisions.cast_votes", {"decision": "Settled", "group": "Women", "ranking": "1"}),
    ("decisions.close_decision", {"decision": "Settled"}),
    ("visioning.add_concern", {"name": "Floods"}), ("visioning.add_picture", {"name": "Map of old", "layer": "Shapes"}),
    ("visioning.add_vision", {"name": "Our vision", "statement": "Trees stand.", "horizon_year": 2046}),
    ("visioning.add_result", {"name": "Nursery stands", "result_type": "action"}), ("visioning.add_result", {"name": "Seedlings grow"}),
    ("visioning.add_result", {"name": "Shade"}), ("visioning.set_arrow", {"cause": "Nursery stands", "effect": "Seedlings grow"}),
    ("action_plan.add_action", {"name": "Fields"}), ("action_plan.add_action", {"name": "Roads", "waits_for": "Fields"}),
    ("action_plan.add_budget_line", {"action": "Fields", "year": 2026, "planned": 50}),
    ("action_plan.set_interplay", {"first_action": "Roads", "second_action": "Fields", "score": -1}),
    ("governance.add_assessment", {"name": "Round"}),
    ("governance.enter_card", {"assessment": "Round", "group": "Women", "answers": "D1=1, D2=3"}),
    ("lift.add_source", {"name": "Fund"}), ("lift.add_project", {"name": "Venture"}),
    ("lift.add_part", {"project": "Venture", "intervention": "Gardens 1"}),
    ("lift.add_line", {"project": "Venture", "name": "Fruit", "amount": 10, "first": 2}),
    ("lift.add_flow", {"name": "Present", "amount": 5}), ("lift.add_household", {"project": "Venture", "name": "Families"}),
    ("lift.set_rate", {"currency": "EUR", "rate": 1.1, "rated_on": "2026-01-01", "source": "Bank"}),
    ("lift.add_funding", {"project": "Venture", "name": "First loan", "amount": 500, "interest": 0.04}),
    ("lift.add_movement", {"project": "Venture", "deed": "commitment", "amount": 500, "moved_on": "2026-01-05"}),
    ("impact.add_observation", {"indicator": "Trees", "target": "Measured", "value": 2, "year": 2025}),
    ("commons.release", {"record_kind": "goal", "fields": "name, theme"}),
    ("knowledge.add_link", {"name": "Leaflet", "link": "https://example.org"}),
    ("knowledge.add_link", {"name": "Poster", "link": "https://example.org/poster"}),
    ("knowledge.attach_evidence", {"resource": "Leaflet", "subject_kind": "goal", "subject": "Idle"}),
    ("knowledge.add_term", {"name": "Adat", "definition": "Custom."}),
    ("commons.release_layer", {"layer": "Cover"}),
)  # fmt: skip


@pytest.fixture
def ready(session, tmp_path):
    import geopandas

    add_cover(session, tmp_path)
    perform(
        session,
        "layers.import_layer",
        file=str(write_cover(tmp_path, name="other.tif")),
        role="land_cover",
        name="Other",
        year=2010,
    )
    frame = geopandas.GeoDataFrame(
        {"name": ["a", "b"], "size": [1.5, 4.0]},
        geometry=[place(0, 0, 500, 500), place(600, 0, 900, 500)],
        crs=session.crs,
    )
    frame.to_file(tmp_path / "shapes.gpkg", driver="GPKG")
    perform(session, "layers.import_layer", file=str(tmp_path / "shapes.gpkg"), name="Shapes")
    frame = frame.assign(zone=["natural", "economic"])
    frame.to_file(tmp_path / "zoned.gpkg", driver="GPKG")
    perform(session, "layers.import_layer", file=str(tmp_path / "zoned.gpkg"), name="Zoned")
    for layer in ("Shapes", "Cover"):
        perform(session, "layers.change_layer", layer=layer, licence="CC0-1.0")
    add_garden(session)
    add_garden(session, place(8000, 8000, 8500, 8500))
    for operation, fields in WHOLE:
        perform(session, operation, **fields)
        if fields.get("name") == "Computed":
            run_scenarios(session, ["Computed"])
    (tmp_path / "stand.nmea").write_text(
        "$GPGGA,123519,0244.038,N,09901.000,E,1,08,0.9,545.4,M,46.9,M,,\n", encoding="ascii"
    )
    (tmp_path / "logo.png").write_bytes(LOGO)
    (tmp_path / "people.csv").write_text("village,people\na,120\nb,80\n", encoding="utf-8")
    (tmp_path / "style.qml").write_text(STYLE, encoding="utf-8")
    (tmp_path / "note.txt").write_text("A note.", encoding="utf-8")
    perform(session, "commons.make_bundle", out=str(tmp_path / "first.zip"))
    return session


def _landscape(session):
    with session.read() as db:
        return get_landscape(db).name


def test_every_operation_has_its_example():
    assert sorted(EXAMPLES) == sorted(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_each_operation_is_undone_and_redone_to_the_same_bytes(ready, tmp_path, operation):
    def state():
        with ready.project.read_raw() as raw:
            return dump_hash(raw)

    fields = {
        key: value.format(cover=tmp_path / "cover.tif", folder=tmp_path, landscape=_landscape(ready))
        if isinstance(value, str)
        else value
        for key, value in EXAMPLES[operation].items()
    }
    before = state()
    perform(ready, operation, **fields)
    after = state()
    assert before != after
    for _ in range(2):
        words = ready.undo()
        assert state() == before and words and "{" not in words and "…" not in words
        ready.redo()
        assert state() == after


def test_ids_are_stable():
    """An id is a promise to scripts, journals and plug-ins; a removed one must be a decision, so it is written here."""
    found = {
        "operations": {f"{entry.spec.id}.{op.id}": [field.id for field in op.inputs] for entry in ENTRIES for op in entry.spec.operations},
        "pages": [page.id for entry in ENTRIES for page in entry.spec.pages],
        "models": {model.id: [item.id for item in model.indicators] for entry in ENTRIES for model in entry.models()},
    }  # fmt: skip
    known = json.loads(STABLE.read_text(encoding="utf-8"))
    for name, fields in known["operations"].items():
        assert name in found["operations"] and set(fields) <= set(found["operations"][name]), name
    assert set(known["pages"]) <= set(found["pages"])
    for name, items in known["models"].items():
        assert set(items) <= set(found["models"][name])
    assert found == known, "new ids: write them into stable_ids.json"


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.spec.id)
def test_everything_is_described(entry):
    assert entry.help_text().startswith("# ") and len(entry.help_text()) > 500 and entry.spec.about
    text = "\n".join([tool_markdown(entry), *(model_markdown(model) for model in entry.models() if model.run)])
    for operation in entry.spec.operations:
        assert operation.about and operation.title in text
        for field in operation.inputs:
            assert field.title in text
    for model in entry.models():
        assert model.about and model.source and model.about in text
        for indicator in model.indicators:
            assert indicator.about and indicator.title in text
    assert entry.folder.joinpath("spec.py").exists() and entry.spec.icon


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.spec.id)
def test_its_panel_opens_and_leaves_nothing_behind(entry, qtbot, path, registry):
    window = MainWindow(Settings(), registry)
    qtbot.addWidget(window)
    window.show()
    window.open_project(path)
    before = set(threading.enumerate())
    panel = window.view.panel_of(entry.spec.id)
    qtbot.waitUntil(lambda: window.view.canvas.up_to_date, timeout=10_000)
    assert panel.isVisible()
    window.close()
    assert not [thread for thread in threading.enumerate() if thread not in before or thread.name.startswith("map")]


@pytest.mark.parametrize(
    ("work", "more"),
    [
        ("from onekl_desktop.engine.registry import discover; discover()", {"PySide6"}),
        ("import onekl_desktop.app.start", {"onekl_desktop.project.records", "asyncio"}),
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(work, more):
    """Finding the tools must not load what only a run needs, nor the window's start what only a project needs."""
    import subprocess
    import sys

    heavy = {"pandas", "geopandas", "rasterio", "pyogrio", "scipy", "sqlalchemy", "reportlab"} | more
    code = f"import sys; {work}; bad = {heavy!r} & set(sys.modules); assert not bad, bad"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == 0, done.stderr


def test_a_session_of_a_plain_tool_closes(path, registry):
    with Session(path, registry=registry) as session:
        perform(session, "layers.change_landscape", description="x")
