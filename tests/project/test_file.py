import json
import os
import shutil
import socket
import sqlite3
import struct
from pathlib import Path

import pytest
from sqlalchemy import select

from onekl_desktop.base.errors import UserError
from onekl_desktop.engine import Session, perform
from onekl_desktop.engine.decisions import tally
from onekl_desktop.engine.new import make_project
from onekl_desktop.project import gpkg, migrate
from onekl_desktop.project.check import check_project
from onekl_desktop.project.file import ProjectFile
from onekl_desktop.project.lock import lock_path
from onekl_desktop.project.records import (
    Action,
    Decision,
    Dependency,
    Group,
    JournalEntry,
    Landscape,
    Record,
    ReleaseRule,
    Scenario,
)
from onekl_desktop.project.sqlite import connect
from onekl_desktop.project.workspace import list_recoverable
from tests.support.landscape import CRS, place


def code_of(call):
    with pytest.raises(UserError) as told:
        call()
    assert told.value.problems[0].message
    return told.value.code


def test_a_new_file_obeys_the_geopackage_rules(path):
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA application_id").fetchone()[0] == 0x47504B47
    assert raw.execute("PRAGMA user_version").fetchone()[0] == 10300
    assert raw.execute("PRAGMA journal_mode").fetchone()[0] == "delete"
    assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
    tables = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    registered = {name for (name,) in raw.execute("SELECT table_name FROM gpkg_contents")}
    assert registered <= tables
    for table in registered:
        columns = {row[1]: row[2] for row in raw.execute(f"PRAGMA table_info({table})")}
        keys = [row[1] for row in raw.execute(f"PRAGMA table_info({table})") if row[5]]
        assert keys == ["id"] and columns["id"] == "INTEGER" and columns["uuid"] == "TEXT"
        assert set(columns.values()) <= {"INTEGER", "TEXT", "REAL", "BLOB", "BOOLEAN", "MULTIPOLYGON"}
    blob = raw.execute("SELECT geom FROM landscape").fetchone()[0]
    assert blob[:2] == b"GP" and struct.unpack_from("<i", blob, 4)[0] == 32647
    assert raw.execute("SELECT count(*) FROM rtree_landscape_geom").fetchone()[0] == 1
    raw.close()


def test_the_records_and_the_migrations_say_the_same(path):
    raw = sqlite3.connect(path)
    for name, table in Record.metadata.tables.items():
        info = {row[1]: (row[2], bool(row[3]) or row[1] == "id") for row in raw.execute(f"PRAGMA table_info({name})")}
        if not info:
            continue  # a table of a plug-in that another test brought in
        declared = {
            column.name: (str(column.type.compile()) if column.name != "geom" else "MULTIPOLYGON", not column.nullable)
            for column in table.columns
        }
        assert info == declared, name
    raw.close()


def test_what_is_written_is_there_after_reopening(path):
    project = ProjectFile(path, author="Ani")
    project.write(lambda write: write.add(Scenario(name="A")), words="added A")
    project.close()
    assert sorted(item.name for item in path.parent.glob("square*")) == ["square.gpkg"]
    project = ProjectFile(path, read_only=True)
    with project.read() as db:
        row = db.scalar(select(Scenario).where(Scenario.name == "A"))
        assert (row.created_by, row.changed_by) == ("Ani", "Ani")
        assert db.scalars(select(JournalEntry.words)).all()[-1] == "added A"
    project.close()


def test_a_failing_write_leaves_nothing(path):
    project = ProjectFile(path)

    def work(write):
        write.add(Scenario(name="half"))
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError):
        project.write(work, words="never")
    with project.read() as db:
        assert db.scalar(select(Scenario).where(Scenario.name == "half")) is None
    _result, changes = project.write(lambda write: write.add(Scenario(name="whole")), words="done")
    assert [change.after["name"] for change in changes.rows] == ["whole"]
    project.close()


# ------------------------------------------------------------------ bad files


def test_what_is_not_a_geopackage(tmp_path):
    plain = tmp_path / "a.gpkg"
    plain.write_text("hello")
    assert code_of(lambda: ProjectFile(plain)) == "project.not_geopackage"
    sqlite = tmp_path / "b.gpkg"
    sqlite3.connect(sqlite).execute("CREATE TABLE x (id)").connection.close()
    assert code_of(lambda: ProjectFile(sqlite)) == "project.not_geopackage"
    assert code_of(lambda: ProjectFile(tmp_path / "missing.gpkg")) == "file.missing"
    assert code_of(lambda: ProjectFile(tmp_path)) == "file.is_folder"
    foreign = tmp_path / "c.gpkg"
    raw = sqlite3.connect(foreign)
    gpkg.create_core(raw, CRS)
    raw.commit()
    raw.close()
    before = foreign.read_bytes()
    assert code_of(lambda: ProjectFile(foreign)) == "project.not_ours"
    assert foreign.read_bytes() == before


@pytest.mark.parametrize("keep", [0.05, 0.3, 0.7, 0.99])
def test_a_truncated_file_is_told_and_not_touched(path, keep):
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    before = path.read_bytes()
    assert code_of(lambda: ProjectFile(path)) == "project.broken"
    assert path.read_bytes() == before and not lock_path(path).exists()


def test_a_damaged_page_is_told(path):
    data = bytearray(path.read_bytes())
    for page in range(2, len(data) // 4096):
        data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
    path.write_bytes(data)
    assert code_of(lambda: ProjectFile(path)) == "project.broken"


def test_a_text_that_is_no_text_any_more_is_told(path):
    raw = sqlite3.connect(path)
    raw.execute("UPDATE scenario SET name = CAST(X'FFFE41' AS TEXT)")
    raw.commit()
    raw.close()

    def read(file):
        with file.read() as db:
            db.scalars(select(Scenario)).all()

    def read_raw(file):
        with file.read_raw() as raw:
            raw.execute("SELECT name FROM scenario").fetchall()

    file = ProjectFile(path)
    try:
        for use in (
            read,
            read_raw,
            lambda file: file.write(lambda write: write.raw.execute("SELECT name FROM scenario").fetchall()),
        ):
            with pytest.raises(UserError, match="could not decode") as told:
                use(file)
            assert told.value.code == "project.broken"
    finally:
        file.close()


def test_a_newer_file_is_told_with_both_versions(path):
    raw = sqlite3.connect(path)
    raw.execute("UPDATE alembic_version SET version_num = 'core_9999'")
    raw.commit()
    raw.close()
    with pytest.raises(UserError) as told:
        ProjectFile(path)
    assert (
        told.value.code == "project.newer" and "core_9999" in str(told.value) and migrate.CORE.head in str(told.value)
    )


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TRIGGER evil AFTER INSERT ON scenario BEGIN DELETE FROM landscape; END",
        "CREATE VIEW v AS SELECT * FROM landscape",
        "CREATE VIRTUAL TABLE f USING fts5(words)",
        'CREATE TRIGGER rtree_landscape_geom_insert2 AFTER INSERT ON landscape WHEN (new."geom" NOT NULL) BEGIN DELETE FROM scenario; END',
    ],
)
def test_foreign_code_in_the_file_is_refused_before_it_runs(path, sql):
    raw = sqlite3.connect(path)
    raw.execute(sql)
    raw.commit()
    raw.close()
    before = path.read_bytes()
    assert code_of(lambda: ProjectFile(path)) == "project.foreign_code"
    assert path.read_bytes() == before


def test_triggers_that_gdal_and_qgis_write_are_welcome(path):
    raw = sqlite3.connect(path)
    gpkg.register_functions(raw)
    raw.execute(
        "CREATE TABLE gpkg_ogr_contents (table_name TEXT NOT NULL PRIMARY KEY, feature_count INTEGER DEFAULT NULL)"
    )
    for statement in [*gpkg.count_triggers("intervention")]:
        raw.execute(statement)
    for statement in gpkg.rtree_triggers("landscape", "geom", "id", "1.4"):
        name = statement.split('"')[1]
        raw.execute(f'DROP TRIGGER IF EXISTS "{name}"')
        raw.execute(statement)
    for name in ("update1", "update3"):
        raw.execute(f'DROP TRIGGER "rtree_landscape_geom_{name}"')
    raw.commit()
    raw.close()
    ProjectFile(path).close()


def test_a_file_that_is_open_elsewhere(path):
    lock_path(path).write_text(json.dumps({"who": "Budi", "host": "other-pc", "pid": 1, "since": "2026-01-01"}))
    with pytest.raises(UserError) as told:
        ProjectFile(path)
    assert told.value.code == "project.open_elsewhere" and "Budi" in str(told.value) and "other-pc" in str(told.value)


@pytest.mark.parametrize(
    "text", ["", "{", json.dumps({"who": "me", "host": socket.gethostname(), "pid": 2**22 + 12345, "since": "x"})]
)
def test_the_lock_of_a_dead_program_is_taken_over(path, text):
    lock_path(path).write_text(text)
    ProjectFile(path).close()
    assert not lock_path(path).exists()


def test_two_programs_on_this_pc(path):
    first = ProjectFile(path)
    assert code_of(lambda: ProjectFile(path)) == "project.open_elsewhere"
    first.close()


def test_a_full_disk_leaves_the_project_as_it_was(path):
    project = ProjectFile(path)
    raw = project._writer.raw

    def limit():
        (pages,) = raw.execute("PRAGMA page_count").fetchone()
        raw.execute(f"PRAGMA max_page_count = {pages + 2}")

    project._writer.run(limit)
    assert (
        code_of(
            lambda: project.write(lambda write: [write.add(Scenario(name="x" * 5000)) for _ in range(50)], words="w")
        )
        == "file.no_space"
    )
    project._writer.run(lambda: raw.execute("PRAGMA max_page_count = 1000000"))
    with project.read() as db:
        assert len(db.scalars(select(Scenario)).all()) == 1
    project.write(lambda write: write.add(Scenario(name="after")), words="w")
    project.close()


def test_a_writer_elsewhere_makes_it_busy(path, monkeypatch):
    monkeypatch.setattr("onekl_desktop.project.sqlite.BUSY_TIMEOUT_S", 0.2)
    project = ProjectFile(path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert code_of(lambda: project.write(lambda write: write.add(Scenario(name="a")), words="w")) == "project.busy"
    other.execute("ROLLBACK")
    other.close()
    project.write(lambda write: write.add(Scenario(name="a")), words="w")
    project.close()


def test_read_only_sessions_change_nothing(path):
    before = path.read_bytes()
    project = ProjectFile(path, read_only=True)
    assert code_of(lambda: project.write(lambda write: None)) == "project.read_only_session"
    project.close()
    assert path.read_bytes() == before


def test_a_new_project_never_overwrites(path):
    before = path.read_bytes()
    assert (
        code_of(lambda: make_project(path, Landscape(name="Other", crs=CRS, geom=place(0, 0, 1, 1)))) == "file.exists"
    )
    assert path.read_bytes() == before


# ------------------------------------------------------------------ working copies


@pytest.fixture
def on_a_stick(monkeypatch):
    monkeypatch.setenv("ONEKL_WORKING_COPY", "always")


def test_work_on_a_stick_goes_back_on_save_and_on_close(path, on_a_stick):
    before = path.read_bytes()
    project = ProjectFile(path)
    assert project.is_working_copy and project.live != path
    project.write(lambda write: write.add(Scenario(name="A")), words="w")
    assert project.unsaved and path.read_bytes() == before
    project.save()
    assert not project.unsaved and path.read_bytes() != before
    project.write(lambda write: write.add(Scenario(name="B")), words="w")
    project.close()
    assert list_recoverable() == [] and not list(path.parent.glob("*-wal"))
    project = ProjectFile(path, read_only=True)
    with project.read() as db:
        assert {"A", "B"} <= set(db.scalars(select(Scenario.name)))
    project.close()


def test_a_pulled_stick_loses_nothing(path, on_a_stick, tmp_path):
    project = ProjectFile(path)
    project.write(lambda write: write.add(Scenario(name="A")), words="w")
    away = tmp_path.parent / "away"
    tmp_path.rename(away)
    assert code_of(project.save) == "file.medium_gone"
    away.rename(tmp_path)
    project.save()
    project.close()


def test_an_original_that_somebody_changed_is_not_overwritten(path, on_a_stick):
    project = ProjectFile(path)
    project.write(lambda write: write.add(Scenario(name="A")), words="w")
    with path.open("ab") as stream:
        stream.write(b"\0" * 4096)
    changed = path.read_bytes()
    assert code_of(project.save) == "project.changed_outside"
    project.close(save=False)
    assert path.read_bytes() == changed
    assert [item.original for item in list_recoverable()] == [path.resolve()]


def test_unsaved_work_of_a_crash_is_offered_and_never_overwritten(path, on_a_stick):
    project = ProjectFile(path)
    project.write(lambda write: write.add(Scenario(name="lost?")), words="w")
    project.close(save=False)
    assert len(list_recoverable()) == 1
    again = ProjectFile(path)
    again.close()
    kept = list_recoverable()
    assert len(kept) == 1
    raw = sqlite3.connect(kept[0].copy)
    assert ("lost?",) in raw.execute("SELECT name FROM scenario").fetchall()
    raw.close()


def test_a_read_only_place_is_worked_on_in_a_copy(path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda target, mode: mode != os.W_OK)
    project = ProjectFile(path)
    assert project.is_working_copy
    project.write(lambda write: write.add(Scenario(name="A")), words="w")
    assert code_of(project.save) == "file.read_only"
    project.close(save=False)


def test_save_as_rewrites_the_names_inside(planned, tmp_path):
    target = tmp_path / "copy of it.gpkg"
    planned.project.copy_to(target)
    assert code_of(lambda: planned.project.copy_to(target)) == "file.exists"
    raw = sqlite3.connect(target)
    content = raw.execute("SELECT content FROM qgis_projects").fetchone()[0]
    raw.close()
    import io
    import zipfile

    text = zipfile.ZipFile(io.BytesIO(bytes.fromhex(content))).read("1KL Desktop.qgs").decode()
    assert "copy of it.gpkg" in text and "square.gpkg" not in text
    ProjectFile(target).close()


# ------------------------------------------------------------------ migrations and checks


def test_an_older_file_is_backed_up_and_brought_up_to_date(path, tmp_path, registry):
    branch = tmp_path / "migrations"
    branch.mkdir()
    (branch / "0001_first.py").write_text(
        "from alembic import op\nfrom onekl_desktop.project.gpkg import register_attributes\n"
        'revision = "extra_0001"\ndown_revision = None\nbranch_labels = ("extra",)\ndepends_on = None\n'
        "def upgrade():\n    raw = op.get_bind().connection.dbapi_connection\n"
        '    raw.execute("CREATE TABLE extra_note (id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE DEFAULT (lower(hex(randomblob(16)))), words TEXT)")\n'
        '    register_attributes(raw, "extra_note")\n'
    )
    before = path.read_bytes()
    branches = [migrate.Branch("extra", branch)]
    project = ProjectFile(path, branches=branches)
    backups = list((path.parent / "square_files" / "backups").glob("*.gpkg"))
    assert len(backups) == 1 and sqlite3.connect(backups[0]).execute("SELECT count(*) FROM landscape").fetchone() == (
        1,
    )
    with project.read_raw() as raw:
        assert raw.execute("SELECT count(*) FROM extra_note").fetchone() == (0,)
        assert sorted(version for (version,) in raw.execute("SELECT * FROM alembic_version")) == [
            "core_0008",
            "extra_0001",
        ]
    project.close()
    assert path.read_bytes() != before
    ProjectFile(path).close()  # without the tool the file still opens, and its table stays


def test_a_failed_migration_changes_nothing(path, tmp_path):
    branch = tmp_path / "migrations"
    branch.mkdir()
    (branch / "0001_first.py").write_text(
        'from alembic import op\nrevision = "bad_0001"\ndown_revision = None\nbranch_labels = ("bad",)\ndepends_on = None\n'
        'def upgrade():\n    op.get_bind().connection.dbapi_connection.execute("CREATE TABLE half (id INTEGER PRIMARY KEY)")\n    raise RuntimeError("no")\n'
    )
    with pytest.raises(RuntimeError):
        ProjectFile(path, branches=[migrate.Branch("bad", branch)])
    raw = sqlite3.connect(path)
    assert not raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchone()
    raw.close()
    ProjectFile(path).close()


@pytest.mark.parametrize(
    "old", sorted((Path(__file__).parents[1] / "old_projects").glob("*.gpkg")), ids=lambda p: p.stem
)
def test_every_old_project_still_opens(old, tmp_path, registry):
    copy = tmp_path / old.name
    shutil.copyfile(old, copy)
    with Session(copy, registry=registry) as session:
        perform(session, "layers.change_landscape", description="opened again")
        with session.read() as db, session.project.read_raw() as raw:
            assert check_project(raw, db, session.project.files_folder) == []


def test_one_predecessor_becomes_a_dependency_and_share_of_support_keeps_its_meaning(tmp_path, registry):
    copy = tmp_path / "old.gpkg"
    shutil.copyfile(Path(__file__).parents[1] / "old_projects" / "core_0007.gpkg", copy)
    with Session(copy, registry=registry) as session, session.read() as db:
        names = {row.uuid: row.name for row in db.scalars(select(Action))}
        assert [(names[row.action], names[row.waits_for]) for row in db.scalars(select(Dependency))] == [
            ("Planting days", "Nursery beds")
        ]
        decision = db.scalar(select(Decision))
        assert decision.method == "support" and tally(db, decision).count.winner == 0
        assert [rule.field for rule in db.scalars(select(ReleaseRule)) if rule.record_kind == "action"] == ["name"]
        assert db.scalar(select(Group).where(Group.name == "Hill women")).group_type == "voice"


def test_what_the_bare_connection_writes_first_is_rolled_back_too(planned):
    def fail(write):
        write.raw.execute("UPDATE layer SET name = 'half done'")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        planned.project.write(fail)
    with planned.project.read_raw() as raw:
        assert not raw.execute("SELECT 1 FROM layer WHERE name = 'half done'").fetchone()


def test_check_finds_what_is_wrong(planned):
    def spoil(write):
        write.raw.execute(
            "INSERT INTO intervention (scenario, practice, name, geom) VALUES ('nobody', 'nothing', 'lost', NULL)"
        )
        write.raw.execute("DELETE FROM rtree_landscape_geom")
        write.raw.execute("CREATE TABLE stray (id INTEGER PRIMARY KEY)")

    planned.project.write(spoil)
    with planned.read() as db, planned.project.read_raw() as raw:
        codes = [problem.code for problem in check_project(raw, db, planned.project.files_folder)]
    assert sorted(codes) == ["check.reference", "check.reference", "check.rtree", "check.unregistered"]
    planned.project.write(lambda write: write.raw.execute("DROP TABLE stray"))


def test_bounds_in_the_contents_follow_the_shapes(planned):
    perform(
        planned, "scenarios.add_intervention", scenario="Plan", practice="Patrol", geometry=place(100, 200, 300, 400)
    )
    with planned.project.read_raw() as raw:
        box = raw.execute(
            "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'intervention'"
        ).fetchone()
    assert box == pytest.approx(place(100, 200, 300, 400).bounds, abs=0.05)


def test_qgis_may_insert_with_its_defaults(path):
    raw = connect(path)
    gpkg.register_functions(raw)
    raw.execute("INSERT INTO scenario (name) VALUES ('by hand')")
    uuid, stamp = raw.execute("SELECT uuid, created_at FROM scenario WHERE name = 'by hand'").fetchone()
    raw.close()
    assert len(uuid) == 32 and stamp.endswith("Z")
