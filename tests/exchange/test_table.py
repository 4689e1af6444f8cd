"""Tables of every kind that people have."""

import datetime as dt
import zipfile

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from onekl_desktop.base.errors import UserError
from onekl_desktop.base.units import parse_number
from onekl_desktop.exchange.classes import read_classes
from onekl_desktop.exchange.points import column_values
from onekl_desktop.exchange.table import TableData, list_sheets, read_table, write_rows


def code_of(call, *given, **named):
    with pytest.raises(UserError) as told:
        call(*given, **named)
    return told.value.code


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings(tmp_path, mark, encoding):
    path = tmp_path / "t.csv"
    path.write_bytes(
        mark.join(("Nama", "Jumlah")).encode(encoding)
        if encoding == "never"
        else f"Nama{mark}Jumlah\r\nDesa Ä{mark}3\r\n\r\nB{mark}4\r\n".encode(encoding)
    )
    found = read_table(path)
    assert found.heads == ["Nama", "Jumlah"] and found.rows == [["Desa Ä", "3"], ["B", "4"]] and found.numbers == [2, 4]
    assert any("Windows-1252" in note and "Ä" in note for note in found.notes) == (encoding == "cp1252")


def test_a_named_encoding_wins(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("名,人\n简体中文,3\n".encode("gbk"))
    assert read_table(path, encoding="gbk").rows == [["简体中文", "3"]]


def test_untidy_text_tables(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('sep=;\nName;Name;;Note\n"A; B";1;2;"two\nlines"\n;;;\nC;3\n', encoding="utf-8")
    found = read_table(path)
    assert found.heads == ["Name", "Name 2", "column 3", "Note"]
    assert found.rows == [["A; B", "1", "2", "two\nlines"], ["C", "3", None, None]] and found.numbers == [3, 6]


def test_workbooks(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Desa"
    sheet.append([])
    sheet.append(["Nama", "Jumlah", "Tanggal", "Benar"])
    sheet.append(["Ä", 3, dt.datetime(2026, 1, 2), True])
    sheet.append([None, None, None, None])
    sheet.append(["B", 2.5, None, None])
    book.create_sheet("leer")
    book.save(tmp_path / "one.xlsx")
    assert list_sheets(tmp_path / "one.xlsx") == ["Desa"]
    found = read_table(tmp_path / "one.xlsx")
    assert found.rows == [["Ä", 3, "2026-01-02", True], ["B", 2.5, None, None]] and found.numbers == [3, 5]
    book["leer"].append(["a", "b"])
    book["leer"].append([1, 2])
    book.save(tmp_path / "two.xlsx")
    assert code_of(read_table, tmp_path / "two.xlsx") == "import.several_layers"
    assert code_of(read_table, tmp_path / "two.xlsx", "x") == "import.no_layer"
    assert read_table(tmp_path / "two.xlsx", "leer").rows == [[1, 2]]


def test_what_is_no_table(tmp_path):
    def write(name, data):
        (tmp_path / name).write_bytes(data)
        return tmp_path / name

    assert code_of(read_table, tmp_path / "none.csv") == "file.missing"
    assert code_of(read_table, write("e.csv", b"")) == "import.bad_table"
    assert code_of(read_table, write("h.csv", b"a,b\n")) == "import.bad_table"
    assert code_of(read_table, write("x.xls", b"anything")) == "import.old_excel"
    assert code_of(read_table, write("x.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) == "import.old_excel"
    assert code_of(read_table, write("y.xlsx", b"no zip")) == "import.bad_table"
    assert code_of(read_table, write("z.csv", b"PK\x03\x04")) == "import.bad_table"
    with zipfile.ZipFile(tmp_path / "w.xlsx", "w") as bag:
        bag.writestr("[Content_Types].xml", "<x/>")
    assert code_of(read_table, tmp_path / "w.xlsx") == "import.bad_table"


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("1.5", 1.5), ("1,5", 1.5), ("1.234,5", 1234.5), ("1,234.5", 1234.5), ("1 234,5", 1234.5), ("1 234 567", 1234567), ("-3", -3), ("1e3", 1000),
     ("", None), ("x", None), ("1.2.3", None), ("12 3", None), (None, None), (True, None), (float("nan"), None), (2, 2)],
)  # fmt: skip
def test_numbers_as_people_write_them(text, number):
    assert parse_number(text) == number


def column(*cells):
    return column_values(TableData(None, ["a"], [[cell] for cell in cells], list(range(len(cells)))), 0)


def test_columns_get_the_type_of_their_cells():
    assert column("1", "2").dtype == np.int64
    assert column("1", "2,5").tolist() == [1, 2.5]
    assert np.isnan(column("1", None)[1])
    assert column("007", "12").tolist() == ["007", "12"]
    assert column("a", None).tolist() == ["a", None]


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=20), st.integers(-1000, 1000)
        ),
        min_size=1,
        max_size=8,
    )
)
def test_rows_written_are_read_again(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("t") / "rest.csv"
    write_rows(path, ["text", "n"], rows)
    found = read_table(path)
    kept = [[text.strip(), str(n)] for text, n in rows]
    assert [[(cells[0] or "").removeprefix("'").strip(), cells[1]] for cells in found.rows] == [
        [a.removeprefix("'").strip(), b] for a, b in kept
    ]


def test_rows_are_never_written_over_a_file_nor_run_by_a_spreadsheet(tmp_path):
    path = tmp_path / "rest.csv"
    write_rows(path, ["a"], [["=1+1"], ["-5"], ["-x"]])
    assert path.read_text("utf-8-sig").split() == ["a", "'=1+1", "-5", "'-x"]
    assert code_of(write_rows, path, ["a"], []) == "file.exists"


def test_class_tables_from_a_workbook_and_with_bad_numbers(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["kode", "nama", "c_above"])
    book.active.append([1, "Hutan", 150])
    book.active.append([2, "Sawah", "n/a"])
    book.save(tmp_path / "c.xlsx")
    assert [(row.code, row.name, row.pools["above"]) for row in read_classes(tmp_path / "c.xlsx")] == [
        (1, "Hutan", 150),
        (2, "Sawah", None),
    ]
    (tmp_path / "c.csv").write_text("code,name,c_above\n1,Forest,much\n")
    assert code_of(read_classes, tmp_path / "c.csv") == "import.bad_table"
