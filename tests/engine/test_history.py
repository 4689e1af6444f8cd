"""Every operation undone and redone to the same bytes; random sequences against a model in memory."""

import itertools
import sqlite3

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.new import make_project
from onekl_desktop.project.dump import dump_hash, dump_lines
from onekl_desktop.project.queries.records import list_interventions, list_scenarios
from onekl_desktop.project.records import Landscape
from tests.support.landscape import CRS, add_garden, place


def state(session):
    with session.project.read_raw() as raw:
        return dump_hash(raw)


def test_undo_and_redo_return_to_the_same_bytes(planned):
    before = state(planned)
    made = add_garden(planned)
    after = state(planned)
    assert before != after
    assert planned.undo().startswith("Added Gardens 1")
    assert state(planned) == before
    planned.redo()
    assert state(planned) == after
    perform(planned, "scenarios.remove_intervention", intervention=made["intervention"])
    planned.undo()
    assert state(planned) == after


def test_layers_are_parked_and_come_back_whole(planned):
    with planned.project.read_raw() as raw:
        lines = dump_lines(raw)
        contents = raw.execute("SELECT * FROM gpkg_tile_matrix ORDER BY 1, 2").fetchall()
    perform(planned, "layers.remove_layer", layer="Cover")
    with planned.project.read_raw() as raw:
        assert not raw.execute("SELECT 1 FROM gpkg_contents WHERE table_name = 'cover'").fetchone()
    planned.undo()
    with planned.project.read_raw() as raw:
        assert dump_lines(raw) == lines
        assert raw.execute("SELECT * FROM gpkg_tile_matrix ORDER BY 1, 2").fetchall() == contents


def test_parked_tables_are_swept_when_the_project_closes(planned):
    path = planned.path
    perform(planned, "layers.remove_layer", layer="Cover")
    planned.close()
    raw = sqlite3.connect(path)
    assert not raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'cover'").fetchone()
    assert raw.execute("SELECT count(*) FROM onekl_parked").fetchone() == (0,)
    raw.close()


def test_a_new_step_forgets_what_was_undone_and_limits_are_told(planned):
    add_garden(planned)
    planned.undo()
    perform(planned, "scenarios.add_scenario", name="Other")
    with pytest.raises(UserError) as told:
        planned.redo()
    assert told.value.code == "history.nothing_to_redo"
    while planned.history.next_undo:
        planned.undo()
    with pytest.raises(UserError):
        planned.undo()


def test_a_row_that_qgis_changed_meanwhile_is_not_overwritten(planned):
    add_garden(planned)
    planned.project.write(lambda write: write.raw.execute("UPDATE intervention SET note = 'from elsewhere'"))
    before = state(planned)
    with pytest.raises(UserError) as told:
        planned.undo()
    assert told.value.code == "history.conflict"
    assert state(planned) == before
    assert planned.history.next_undo is not None


def test_the_journal_tells_who_did_what(planned):
    add_garden(planned)
    planned.undo()
    with planned.project.read_raw() as raw:
        words = [row[0] for row in raw.execute("SELECT words FROM onekl_journal ORDER BY id")]
        assert raw.execute("SELECT count(*) FROM onekl_journal WHERE created_by = ''").fetchone() == (0,)
    assert words[-2].startswith("Added Gardens 1 (") and words[-1].startswith("Undid: Added Gardens 1")


def test_nothing_changed_leaves_no_trace(planned):
    before = len(planned.history._done)
    perform(planned, "layers.change_landscape", horizon_year=2040)
    assert len(planned.history._done) == before


NUMBERS = itertools.count()


class Machine(RuleBasedStateMachine):
    """Operations, undos and redos; `past` and `future` are lists of dumps that the file must agree with."""

    folder = None
    registry = None

    def __init__(self):
        super().__init__()
        path = self.folder / f"{next(NUMBERS)}.gpkg"
        make_project(path, Landscape(name="M", crs=CRS, geom=place(0, 0, 10_000, 10_000), area_ha=1e4))
        self.session = Session(path, registry=self.registry)
        perform(self.session, "scenarios.add_practice", name="P")
        perform(self.session, "scenarios.add_practice", name="Q", capital_cost_per_ha=3)
        perform(self.session, "scenarios.add_scenario", name="S0")
        self.session.history.__init__()
        self.past, self.future, self.count = [state(self.session)], [], 0

    def do(self, operation, **fields):
        try:
            perform(self.session, operation, **fields)
        except UserError:
            assert state(self.session) == self.past[-1]
            return
        now = state(self.session)
        if now != self.past[-1]:
            self.past.append(now)
            self.future.clear()

    def names(self, kind):
        with self.session.read() as db:
            return [row.uuid for row in (list_scenarios(db) if kind == "scenario" else list_interventions(db))]

    @rule(name=st.sampled_from(["A", "B", "C"]))
    def add_scenario(self, name):
        self.do("scenarios.add_scenario", name=name)

    @rule(
        data=st.data(),
        x=st.floats(-2000, 9000),
        y=st.floats(-2000, 9000),
        size=st.floats(1, 4000),
        years=st.integers(1, 4),
    )
    def add_intervention(self, data, x, y, size, years):
        self.do("scenarios.add_intervention", scenario=data.draw(st.sampled_from(self.names("scenario"))), practice="P",
                geometry=place(x, y, x + size, y + size), start_year=2026, years=years)  # fmt: skip

    @precondition(lambda self: self.names("intervention"))
    @rule(data=st.data(), x=st.floats(0, 5000))
    def reshape(self, data, x):
        self.do(
            "scenarios.reshape_intervention",
            intervention=data.draw(st.sampled_from(self.names("intervention"))),
            geometry=place(x, 0, x + 500, 700),
        )

    @precondition(lambda self: self.names("intervention"))
    @rule(data=st.data(), note=st.text(max_size=20), practice=st.sampled_from(["P", "Q"]))
    def change(self, data, note, practice):
        self.do(
            "scenarios.change_intervention",
            intervention=data.draw(st.sampled_from(self.names("intervention"))),
            note=note,
            practice=practice,
        )

    @precondition(lambda self: self.names("intervention"))
    @rule(data=st.data())
    def remove(self, data):
        self.do("scenarios.remove_intervention", intervention=data.draw(st.sampled_from(self.names("intervention"))))

    @rule(data=st.data())
    def copy_or_remove_scenario(self, data):
        scenario = data.draw(st.sampled_from(self.names("scenario")))
        if data.draw(st.booleans()):
            self.count += 1
            self.do("scenarios.copy_scenario", scenario=scenario, name=f"copy {self.count}")
        else:
            self.do("scenarios.remove_scenario", scenario=scenario)

    @precondition(lambda self: len(self.past) > 1)
    @rule()
    def undo(self):
        self.session.undo()
        self.future.append(self.past.pop())
        assert state(self.session) == self.past[-1]

    @precondition(lambda self: self.future)
    @rule()
    def redo(self):
        self.session.redo()
        self.past.append(self.future.pop())
        assert state(self.session) == self.past[-1]

    def teardown(self):
        self.session.close(save=False)


def test_random_sequences_agree_with_a_model(tmp_path, registry):
    Machine.folder, Machine.registry = tmp_path, registry
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
