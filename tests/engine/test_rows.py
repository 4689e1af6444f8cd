"""Rows of a table through an operation."""

import openpyxl
import pytest

from onekl_desktop.base.errors import UserError
from onekl_desktop.cli.main import run
from onekl_desktop.engine import Session
from onekl_desktop.engine.rows import match_columns, take_rows, takes_rows, try_rows
from onekl_desktop.project.dump import dump_hash
from onekl_desktop.project.records import Organisation


def names(session):
    with session.read() as db:
        return sorted(row.name for row in db.query(Organisation))


HEADS = ["Name", "Kind", "What for"]
ROWS = [
    ["Koperasi A", "cooperative", ""],
    ["", "ngo", ""],
    ["Koperasi A", "ngo", ""],
    ["Dinas B", "Government", "roads"],
    ["C", "circus", ""],
]


def spec_of(session):
    return session.registry.get_operation("partnership.add_organisation")[1]


def test_columns_are_matched_by_identity_and_title(session):
    spec = spec_of(session)
    found = match_columns(spec, ["NAME", "kind", "nonsense"])
    assert found["name"] == 0 and found["organisation_type"] == 1 and 2 not in found.values()


def test_sound_rows_are_one_step_and_the_others_are_told(session):
    columns = match_columns(spec_of(session), HEADS)
    numbers = [2, 3, 4, 5, 6]
    with session.project.read_raw() as raw:
        before = dump_hash(raw)
    tried = try_rows(session, "partnership.add_organisation", ROWS, numbers, columns)
    with session.project.read_raw() as raw:
        assert dump_hash(raw) == before
    taken = take_rows(session, "partnership.add_organisation", ROWS, numbers, columns)
    assert len(taken.done) == len(tried.done) == 2 and set(taken.left) == set(tried.left) == {1, 2, 4}
    assert [taken.left[at][0].row for at in sorted(taken.left)] == [3, 4, 6]
    assert [taken.left[at][0].code for at in sorted(taken.left)] == [
        "field.required",
        "record.name_taken",
        "field.not_choice",
    ]
    assert names(session) == ["Dinas B", "Koperasi A"]
    assert "2 rows" in session.history.next_undo.words
    session.undo()
    assert names(session) == []
    session.redo()
    assert names(session) == ["Dinas B", "Koperasi A"]


def test_no_sound_row_changes_nothing(session):
    with session.project.read_raw() as raw:
        before = dump_hash(raw)
    with pytest.raises(UserError) as told:
        take_rows(
            session, "partnership.add_organisation", [["", "ngo", ""]], [2], match_columns(spec_of(session), HEADS)
        )
    assert told.value.problems[0].row == 2
    with session.project.read_raw() as raw:
        assert dump_hash(raw) == before
    assert session.history.next_undo is None


def test_slow_operations_are_not_done_by_rows(session):
    assert not takes_rows(session, "layers.import_layer") and takes_rows(session, "partnership.add_organisation")


def test_the_command_line_takes_a_workbook(path, tmp_path, capsys):
    book = openpyxl.Workbook()
    book.active.append(HEADS)
    for cells in ROWS:
        book.active.append(cells)
    book.save(tmp_path / "who.xlsx")
    rest = tmp_path / "rest.csv"
    assert (
        run(
            [
                "do",
                str(path),
                "partnership.add_organisation",
                "--table",
                str(tmp_path / "who.xlsx"),
                "--left-out",
                str(rest),
            ]
        )
        == 3
    )
    said = capsys.readouterr().out
    assert "2 rows were taken." in said and "Row 6" in said
    lines = rest.read_text("utf-8-sig").splitlines()
    assert len(lines) == 4 and lines[0].startswith("row,why it is left out,Name,Kind")
    with Session(path) as session:
        assert names(session) == ["Dinas B", "Koperasi A"]
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    assert run(["do", str(path), "partnership.add_organisation", "--table", str(tmp_path / "x.csv")]) == 3
    assert "No column of" in capsys.readouterr().err
    assert run(["do", str(path), "layers.import_layer", "--table", str(tmp_path / "who.xlsx")]) in (2, 3)
