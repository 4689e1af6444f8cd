"""A workbook's formulas, computed by LibreOffice, give the program's figures; what comes back is the case that was changed."""

import copy
import json
import shutil
import subprocess

import openpyxl
import pytest

from onekl_desktop.base.errors import UserError
from onekl_desktop.exchange.finance.returning import read_workbook
from onekl_desktop.exchange.finance.workbook import write_workbook
from onekl_desktop.models.finance.run import run_document
from tests.support.finance_cases import random_case
from tests.support.golden import finance_oracle

R1 = finance_oracle("r1.json")
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
RATES = (".irr", ".mirr")


def recomputed(paths, folder):
    """The workbooks as LibreOffice computes them."""
    done = subprocess.run(
        [SOFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), *map(str, paths)],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [openpyxl.load_workbook(folder / "out" / path.name, data_only=True) for path in paths]


def differences(book, figures):
    """Figures of a workbook that are not those of the program: money to 0.01, rates to 1e-6; and how many were compared."""
    wrong, seen = [], 0
    for sheet in book.worksheets:
        for cells in sheet.iter_rows(min_row=4):
            key = cells[2].value if len(cells) > 3 and sheet.title != "Assumptions" else None
            if key not in figures:
                continue
            expected = figures[key] if isinstance(figures[key], list) else [figures[key]]
            seen += 1
            for value, cell in zip(expected, cells[3:], strict=False):
                tolerance = 1e-6 if key.endswith(RATES) else max(0.01, 1e-9 * abs(value or 0))
                good = cell.value in (None, "") if value is None else isinstance(cell.value, int | float) and abs(cell.value - value) <= tolerance  # fmt: skip
                if not good:
                    wrong.append((sheet.title, key, cell.coordinate, cell.value, value))
        wrong += [(sheet.title, cell.coordinate, cell.value) for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str) and cell.value.startswith(("#", "Err:"))]  # fmt: skip
    return wrong, seen


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed here")
def test_libreoffice_computes_the_figures_of_the_program(tmp_path):
    """The reference project and ten random cases."""
    models, paths = [], []
    for name, document in [("r1", R1), *((f"c{seed}", random_case(seed)) for seed in range(10))]:
        models.append(run_document(document))
        paths.append(tmp_path / f"{name}.xlsx")
        write_workbook(paths[-1], models[-1], document)
    for book, model in zip(recomputed(paths, tmp_path), models, strict=True):
        wrong, seen = differences(book, model.figures)
        assert not wrong and seen > 60, (model.case.header.case_id, wrong[:5])
        checks = [row[3].value for row in book["Checks"].iter_rows(min_row=4) if row[3].value in ("OK", "CHECK")]
        assert checks.count("OK") >= 2


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed here")
def test_a_changed_assumption_moves_the_workbook_as_it_moves_the_program(tmp_path):
    path = tmp_path / "r1.xlsx"
    write_workbook(path, run_document(R1), R1)
    changes = {
        "/production/agroforest/product/price_per_kg": 2.9, "/loans/bank_loan/interest_per_year": 0.09, "/tax/rate": 0.3,
        "/production/agroforest/plantings/1/year": 2, "/production/agroforest/labour/depreciation_years": 6, "/carbon/issuances/0/year": 6,
        "/working_capital/payable_days_of_operating_cost": 20, "/loans/bank_loan/principal/first_year": 6,
    }  # fmt: skip
    book = openpyxl.load_workbook(path)
    for cells in book["Assumptions"].iter_rows(min_row=5):
        if cells[9].value in changes:
            cells[2].value = changes[cells[9].value]
    book.save(path)
    found = read_workbook(path)
    assert not found.problems and {name: after for name, _before, after in found.changes} == changes
    wrong, seen = differences(recomputed([path], tmp_path)[0], run_document(found.document).figures)
    wrong = [item for item in wrong if not str(item[1]).startswith("breakeven")]
    assert not wrong and seen > 60, wrong[:5]


def test_text_of_users_never_becomes_a_formula(tmp_path):
    document = copy.deepcopy(R1)
    evil = '=HYPERLINK("http://x","y")'
    document["header"]["name"] = evil
    document["production"][0]["product"]["name"] = "+1+1"
    document["production"][0]["unit"] = "@SUM(A1)"
    document["loans"][0]["name"] = "-2"
    sources = {"/tax/rate": {"source": evil, "who": "=1"}}
    write_workbook(tmp_path / "x.xlsx", run_document(document), document, sources)
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    told = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str) and ("HYPERLINK" in cell.value or cell.value in ("=1", "-2", "@SUM(A1)"))]  # fmt: skip
    assert told and all(cell.data_type == "s" for cell in told)
    again = read_workbook(tmp_path / "x.xlsx")
    assert again.document == document and not again.changes and again.sources["/tax/rate"]["source"] == evil


@pytest.mark.parametrize("seed", range(6))
def test_what_comes_back_unchanged_is_the_same_case(tmp_path, seed):
    document = random_case(seed)
    write_workbook(tmp_path / "x.xlsx", run_document(document), document)
    found = read_workbook(tmp_path / "x.xlsx")
    assert found.document == document and not found.changes and not found.problems


def edited(path, field, column, value):
    book = openpyxl.load_workbook(path)
    for cells in book["Assumptions"].iter_rows(min_row=5):
        if cells[9].value == field:
            cell = book["Assumptions"].cell(cells[0].row, column + 1)
            cell.value = value
            place = cell.coordinate
    book.save(path)
    return place


@pytest.mark.parametrize(
    ("field", "column", "value"),
    [
        ("/tax/rate", 2, "two"), ("/tax/rate", 2, "=1/0*A1"), ("/tax/rate", 2, 7), ("/production/agroforest/product/price_per_kg", 2, -1),
        ("/production/agroforest/product/yield", 12, None), ("/production/agroforest/plantings/0/year", 2, 1.5), ("/tax/rate", 9, "/tax/colour"),
        ("/loans/bank_loan/draws/0/year", 2, 8),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_its_cell(tmp_path, field, column, value):
    path = tmp_path / "x.xlsx"
    write_workbook(path, run_document(R1), R1)
    place = edited(path, field, column, value)
    found = read_workbook(path)
    assert found.problems and all(item.code == "finance.cell" and item.file == str(path) for item in found.problems)
    if value != 8:  # that one is told where the loan's rule names it
        assert place[-2:] in {item.field[-2:] for item in found.problems} or column == 12


def test_numbers_are_read_as_people_write_them_and_tables_can_grow(tmp_path):
    path = tmp_path / "x.xlsx"
    write_workbook(path, run_document(R1), R1)
    edited(path, "/production/agroforest/product/price_per_kg", 2, "2,75")
    edited(path, "/production/agroforest/product/yield", 17, 900)
    found = read_workbook(path)
    product = found.document["production"][0]["product"]
    assert not found.problems and product["price_per_kg"] == 2.75 and product["yield"]["values"][-1] == 900
    assert found.document["scenarios"] == R1["scenarios"]  # nothing that the workbook does not show is lost


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 broken", b"text"])
def test_strangers_files_are_refused(tmp_path, content):
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(UserError) as problem:
        read_workbook(path)
    assert problem.value.code == "finance.workbook"


def test_a_workbook_of_others_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(UserError) as problem:
        read_workbook(tmp_path / "x.xlsx")
    assert problem.value.code == "finance.workbook"
    hidden = book.create_sheet("_case")
    book.create_sheet("Assumptions")
    hidden.cell(1, 1, json.dumps(R1)[:-3])
    book.save(tmp_path / "y.xlsx")
    with pytest.raises(UserError) as problem:
        read_workbook(tmp_path / "y.xlsx")
    assert problem.value.code == "finance.workbook"
