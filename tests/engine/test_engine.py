import json
import threading
import zipfile

import pytest
from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.progress import Cancelled, Progress
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.jobs import CANCELLED, DONE, FAILED, Jobs
from onekl_desktop.engine.operations import list_missing
from onekl_desktop.engine.plugins import install_plugin, list_plugins, remove_plugin
from onekl_desktop.engine.project_settings import get_project_setting
from onekl_desktop.engine.registry import discover
from onekl_desktop.engine.settings import Settings
from onekl_desktop.project.records import Scenario
from tests.support.plugin import make_plugin


def test_every_declared_operation_is_written(session):
    assert list_missing(session) == []


def test_unknown_operations_and_fields_are_told(session):
    for name, fields, code in (
        ("nobody.nothing", {}, "operation.unknown"), ("scenarios.nothing", {}, "operation.unknown"),
        ("scenarios.add_scenario", {"nome": "x"}, "operation.unknown_field"),
    ):  # fmt: skip
        with pytest.raises(UserError) as told:
            perform(session, name, **fields)
        assert told.value.code == code


def test_all_problems_of_the_inputs_come_at_once(session):
    with pytest.raises(UserError) as told:
        perform(session, "scenarios.add_practice", name="", capital_cost_per_ha="x", years_to_class=-1)
    assert {problem.field for problem in told.value.problems} == {"name", "capital_cost_per_ha", "years_to_class"}


def test_listeners_hear_what_changed(session):
    heard = []
    stop = session.listen(heard.append)
    perform(session, "scenarios.add_scenario", name="A")
    session.undo()
    stop()
    session.redo()
    assert [changes.touches("scenario") for changes in heard] == [True, True]
    assert [len(changes.rows) for changes in heard] == [1, 1]
    assert heard[0].rows[0].before is None and heard[1].rows[0].after is None


def test_many_threads_may_perform_and_read(session):
    def work(number):
        perform(session, "scenarios.add_scenario", name=f"S{number}")
        with session.read() as db:
            assert db.scalar(select(Scenario).where(Scenario.name == f"S{number}")) is not None

    threads = [threading.Thread(target=work, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with session.read() as db:
        assert len(db.scalars(select(Scenario)).all()) == 13
    for _ in range(12):
        session.undo()
    with session.read() as db:
        assert len(db.scalars(select(Scenario)).all()) == 1


def test_jobs_end_as_states(caplog):
    jobs = Jobs()
    started, go = threading.Event(), threading.Event()

    def long(progress):
        started.set()
        go.wait(10)
        progress.report(0.5)

    running = jobs.submit("long", long)
    fine = jobs.submit("fine", lambda progress: (progress.report(1.0, "x"), 42)[1])
    wrong = jobs.submit("wrong", lambda progress: (_ for _ in ()).throw(UserError("file.missing", file="f")))
    bug = jobs.submit("bug", lambda progress: 1 / 0)
    assert started.wait(10) and jobs.busy
    running.progress.cancel()
    go.set()
    for job in (running, fine, wrong, bug):
        assert job.wait(10)
    assert [job.state for job in (running, fine, wrong, bug)] == [CANCELLED, DONE, FAILED, FAILED]
    assert fine.result == 42 and wrong.error.code == "file.missing" and "ZeroDivisionError" in bug.crash
    jobs.close()


def test_progress_parts_scale_and_hear_the_cancel():
    whole = Progress()
    part = whole.part(0.5, 1.0).part(0.0, 0.5)
    part.report(1.0, "half of the second half")
    assert whole.read().fraction == pytest.approx(0.75) and whole.read().text == "half of the second half"
    whole.cancel()
    with pytest.raises(Cancelled):
        part.report(0.1)


def test_settings_are_typed_and_survive_nonsense(home):
    settings = Settings()
    assert settings.get("language") == "en"
    settings.set("language", "id")
    with pytest.raises(UserError):
        settings.set("language", "klingon")
    with pytest.raises(UserError):
        settings.set("nothing", 1)
    assert Settings().get("language") == "id"
    (home / "settings" / "settings.json").write_text(
        json.dumps({"language": "klingon", "autosave_minutes": 9, "old": 1})
    )
    assert (Settings().get("language"), Settings().get("autosave_minutes")) == ("en", 9)
    (home / "settings" / "settings.json").write_text("{broken")
    assert Settings().get("theme") == "system"


def test_project_settings_travel_with_the_file_and_are_undone(session):
    perform(session, "layers.change_setting", setting="report_footer", value="Dinas Kehutanan")
    with session.read() as db:
        assert get_project_setting(db, "report_footer") == "Dinas Kehutanan"
    session.undo()
    with session.read() as db:
        assert get_project_setting(db, "report_footer") == ""
    with pytest.raises(UserError):
        perform(session, "layers.change_setting", setting="area_tolerance", value="much")


# ------------------------------------------------------------------ plug-ins


def test_a_plugin_from_a_file_stands_beside_the_built_in_tools(path, tmp_path):
    with Session(path) as session:
        perform(session, "scenarios.add_scenario", name="before the plug-in")
    assert install_plugin(make_plugin(tmp_path)) == "notebook"
    registry = discover()
    assert registry.problems == []
    entry = registry.get_tool("notebook")
    assert not entry.builtin and entry.help_text().startswith("# Notebook")
    pages = [spec.id for _entry, spec in registry.list_pages()]
    assert "summary" in pages
    assert "notes" in pages
    with Session(path, registry=registry) as session:  # its migration makes its table, after a backup
        made = perform(session, "notebook.add_note", words="Hello")
        session.undo()
        session.redo()
        with session.project.read_raw() as raw:
            assert raw.execute("SELECT words, created_by != '' FROM notebook_note").fetchall() == [("Hello", 1)]
        assert made["note"]
    assert (path.parent / "square_files" / "backups").exists()
    with pytest.raises(UserError) as told:
        install_plugin(make_plugin(tmp_path))
    assert told.value.code == "plugin.exists"
    assert [item["tool"] for item in list_plugins(registry)] == ["notebook"]
    remove_plugin("notebook")
    assert all(entry.builtin for entry in discover().entries)
    Session(path).close()
    with pytest.raises(UserError):
        remove_plugin("notebook")


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"a/spec.py": "TOOL = 1"}, "spec"), ({"spec.py": ""}, "folder"), ({"../evil/spec.py": ""}, "outside"),
        ({"a/spec.py": "def ("}, "Python"), ({"a/readme.txt": ""}, "spec.py"), ({"a/spec.py": "", "b/x": ""}, "one folder"),
        ({"A-b/spec.py": ""}, "name of a tool"), ({"a/spec.py": "raise SystemError('boom')"}, "boom"),
    ],
)  # fmt: skip
def test_bad_plugins_are_refused_and_leave_nothing(tmp_path, home, files, why):
    target = tmp_path / "bad.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    with pytest.raises(UserError) as told:
        install_plugin(target)
    assert told.value.code == "plugin.bad" and why in str(told.value)
    left = home / "data" / "plugins"
    assert not left.exists() or [item for item in left.iterdir() if not item.name.startswith(".")] == []
    assert not (tmp_path / "evil").exists()


def test_not_a_zip_at_all(tmp_path):
    (tmp_path / "x.zip").write_text("hello")
    with pytest.raises(UserError) as told:
        install_plugin(tmp_path / "x.zip")
    assert told.value.code == "plugin.bad"
